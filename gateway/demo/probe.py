"""``python -m gateway.demo.probe film.mp4``: opens a film as any player would and prints what is in it, as JSON."""

import json
import sys
from typing import Any

import av
import numpy as np


def probe(path: str) -> dict[str, Any]:
    """Codecs, size, exact rate, length in seconds, decoded frames, and the loudest sample of the sound (0..1)."""
    with av.open(path, "r") as film:
        picture, sound = film.streams.video[0], film.streams.audio[0]
        found = {
            "video_codec": picture.codec_context.name, "audio_codec": sound.codec_context.name,
            "width": picture.codec_context.width, "height": picture.codec_context.height,
            "rate": str(picture.average_rate), "audio_rate": sound.codec_context.sample_rate,
        }  # fmt: skip
        frames, peak = 0, 0.0
        for frame in film.decode(picture, sound):
            if isinstance(frame, av.VideoFrame):
                frames += 1
            elif isinstance(frame, av.AudioFrame):
                peak = max(peak, float(np.abs(frame.to_ndarray()).max()))
        seconds = frames / float(picture.average_rate) if picture.average_rate else 0.0
    return {**found, "frames": frames, "seconds": round(seconds, 3), "peak": round(peak, 3)}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(probe(sys.argv[1])) + "\n")
