"""Tiny takes and tracks made on the spot: moving gradients as H.264, tones as WAV."""

import io
from fractions import Fraction
from functools import lru_cache

import av
import numpy as np
import soundfile

WIDTH, HEIGHT, FPS = 320, 180, 24


@lru_cache(maxsize=16)
def take(frames: int, luma: int = 90, width: int = WIDTH, height: int = HEIGHT) -> bytes:
    """An MP4 of exactly ``frames`` frames around a luma of its own, moving a little."""
    out = io.BytesIO()
    y, x = np.mgrid[0:height, 0:width]
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=Fraction(FPS), options={"preset": "ultrafast", "threads": "1"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in range(frames):
            picture = np.full((height * 3 // 2, width), 128, np.uint8)
            wave = np.sin(x / 23 + number / 9) + np.cos(y / 17 + luma)
            picture[:height] = (luma + 12 * wave).clip(16, 235).astype(np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="yuv420p")))
        container.mux(stream.encode(None))
    return out.getvalue()


@lru_cache(maxsize=4)
def track(seconds: float, rate: int = 48_000) -> bytes:
    """A stereo WAV: a tone with a slow swell."""
    at = np.arange(round(seconds * rate)) / rate
    tone = 0.2 * np.sin(2 * np.pi * 330 * at) * (0.8 + 0.2 * np.sin(at))
    out = io.BytesIO()
    soundfile.write(out, np.stack([tone, tone], axis=1), rate, format="WAV", subtype="FLOAT")
    return out.getvalue()
