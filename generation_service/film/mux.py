"""Takes and track to one MP4: H.264 and AAC, exact frame rate, sound exactly as long as the picture.

Frames pass through as I420 and one at a time, so memory does not grow with the film. Transitions happen inside the
following take and shorten nothing: a *dissolve* lays the last picture of the take before over its first half second, a
*fade* comes out of black and lets the take before end in black. The film ends in black.
"""

import io
import json
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import soundfile
from numpy.typing import NDArray

from generation_service.film.label import SECONDS, Label, draw_label, make_label
from infra.kernel.errors import Invalid

SAMPLE_RATE = 48_000
FADE_FRAMES = 12
Plane = NDArray[np.uint8]


@dataclass(frozen=True)
class Piece:
    """One take as it was rendered: an MP4, its frames, and how the film comes into it."""

    mp4: bytes
    frames: int
    transition: str = "cut"


@dataclass(frozen=True)
class Recipe:
    """How the film is made. ``metadata`` are the text tags of the file; ``label`` the disclosure shown first."""

    width: int
    height: int
    fps: int
    label: str
    metadata: dict[str, str]


def mux(pieces: Sequence[Piece], wav: bytes, recipe: Recipe, path: Path, check: Callable[[], None]) -> None:
    """Write the film to ``path``. ``check`` is the guard: called for every frame, it raises to stop.

    Raises Invalid ``generation.take_broken`` when a take is not what its reference says.
    """
    frames = sum(piece.frames for piece in pieces)
    sound = _fitted(wav, frames, recipe.fps)
    options = {"movflags": "use_metadata_tags+faststart", "movie_timescale": str(SAMPLE_RATE)}
    with av.open(str(path), "w", format="mp4", options=options) as container:
        container.metadata.update(recipe.metadata)
        video, audio = _streams(container, recipe)
        label = make_label(recipe.label, recipe.width, recipe.height)
        labelled = int(np.ceil(SECONDS * recipe.fps))
        chunks = _sound_chunks(sound)
        for number, picture in enumerate(_pictures(pieces, recipe)):
            check()
            _encode_picture(container, video, _marked(picture, label if number < labelled else None), number)
            _encode_sound(container, audio, chunks, Fraction(number + 1, recipe.fps))
        _encode_sound(container, audio, chunks, None)
        container.mux(video.encode(None))
        container.mux(audio.encode(None))


def _streams(container: Any, recipe: Recipe) -> tuple[Any, Any]:
    options = {"preset": "veryfast", "crf": "20", "g": str(2 * recipe.fps), "threads": "2"}
    video = container.add_stream("libx264", rate=Fraction(recipe.fps), options=options)
    video.width, video.height, video.pix_fmt = recipe.width, recipe.height, "yuv420p"
    video.codec_context.time_base = Fraction(1, recipe.fps)
    video.codec_context.color_primaries = video.codec_context.color_trc = video.codec_context.colorspace = 1  # BT.709
    video.codec_context.color_range = 1
    # the encoder's own low-pass at this rate takes 0.7 LU from white noise, which the loudness check would refuse
    audio = container.add_stream("aac", rate=SAMPLE_RATE, layout="stereo", options={"cutoff": "22000"})
    audio.codec_context.bit_rate = 256_000
    return video, audio


def _marked(picture: Plane, label: Label | None) -> Plane:
    return picture if label is None else draw_label(label, picture)


def _encode_picture(container: Any, video: Any, picture: Plane, number: int) -> None:
    frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
    frame.pts, frame.time_base = number, video.codec_context.time_base
    frame.colorspace, frame.color_range = 1, 1
    container.mux(video.encode(frame))


def _encode_sound(
    container: Any, audio: Any, chunks: deque[tuple[int, NDArray[np.float32]]], until: Fraction | None
) -> None:
    """Encode the sound up to a time in seconds (None: all of it), so both streams grow side by side in the file."""
    while chunks and (until is None or Fraction(chunks[0][0], SAMPLE_RATE) < until):
        start, samples = chunks.popleft()
        frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, start, Fraction(1, SAMPLE_RATE)
        container.mux(audio.encode(frame))


def _sound_chunks(sound: NDArray[np.float32]) -> deque[tuple[int, NDArray[np.float32]]]:
    """Frames of 1024 samples (AAC's own), as contiguous arrays of shape (2, n); the last may be shorter."""
    starts = range(0, sound.shape[1], 1024)
    return deque((start, np.ascontiguousarray(sound[:, start : start + 1024])) for start in starts)


def _fitted(wav: bytes, frames: int, fps: int) -> NDArray[np.float32]:
    """Stereo samples of shape (2, n), cut or padded to exactly ``frames / fps`` seconds (rounded to a sample)."""
    data, rate = soundfile.read(io.BytesIO(wav), dtype="float32", always_2d=True)
    if rate != SAMPLE_RATE:
        raise Invalid("generation.track_broken", f"the track has {rate} Hz instead of {SAMPLE_RATE}")
    stereo = np.repeat(data, 2, axis=1) if data.shape[1] == 1 else data[:, :2]
    wanted = round(Fraction(frames, fps) * SAMPLE_RATE)
    fitted = np.zeros((2, wanted), dtype=np.float32)
    kept = min(wanted, stereo.shape[0])
    fitted[:, :kept] = stereo[:kept].T
    return fitted


def _pictures(pieces: Sequence[Piece], recipe: Recipe) -> Iterator[Plane]:
    """All frames of the film with transitions applied, I420, shape (height * 3 / 2, width)."""
    last: Plane | None = None
    for number, piece in enumerate(pieces):
        following = pieces[number + 1].transition if number + 1 < len(pieces) else "fade"
        for at, picture in enumerate(_decoded(piece, recipe)):
            shown = _entering(piece.transition, at, picture, last) if at < FADE_FRAMES else picture
            left = piece.frames - 1 - at
            if following == "fade" and left < FADE_FRAMES:
                shown = _blend(_black(shown), shown, left / FADE_FRAMES)
            if left == 0:
                last = picture
            yield shown


def _entering(transition: str, at: int, picture: Plane, before: Plane | None) -> Plane:
    share = (at + 1) / (FADE_FRAMES + 1)
    if transition == "fade":
        return _blend(_black(picture), picture, share)
    if transition == "dissolve" and before is not None:
        return _blend(before, picture, share)
    return picture


def _blend(under: Plane, over: Plane, share: float) -> Plane:
    """``share`` 0..1 of ``over`` upon ``under``."""
    weight = round(256 * share)
    mixed = under.astype(np.uint16) * (256 - weight) + over.astype(np.uint16) * weight
    return (mixed >> 8).astype(np.uint8)


def _black(like: Plane) -> Plane:
    """Black in limited-range I420: luma 16, chroma 128."""
    black = np.full_like(like, 128)
    black[: like.shape[0] * 2 // 3] = 16
    return black


def _decoded(piece: Piece, recipe: Recipe) -> Iterator[Plane]:
    """Exactly ``piece.frames`` frames of a take in the film's size."""
    seen = 0
    try:
        with av.open(io.BytesIO(piece.mp4), "r") as container:
            container.streams.video[0].thread_type = "AUTO"
            for frame in container.decode(video=0):
                if (frame.width, frame.height) != (recipe.width, recipe.height):
                    raise Invalid("generation.take_broken", "a take has another picture size than the film")
                seen += 1
                if seen <= piece.frames:
                    yield np.asarray(frame.to_ndarray(format="yuv420p"), dtype=np.uint8)
    except av.FFmpegError as error:
        raise Invalid("generation.take_broken", "a take does not decode") from error
    if seen != piece.frames:
        raise Invalid("generation.take_broken", f"a take has {seen} frames instead of {piece.frames}")


def aigc_tag(*, production: str, output: str, producer: str = "Assent") -> str:
    """The ``AIGC`` metadata value (GB 45438-2025; formats.md, Marking 3). Label "1": this is synthetic."""
    return json.dumps(
        {
            "Label": "1",
            "ContentProducer": producer,
            "ProduceID": production,
            "ReservedCode1": "",
            "ContentPropagator": producer,
            "PropagateID": output,
            "ReservedCode2": "",
        },
        separators=(",", ":"),
    )
