"""Release checks, measured on the finished file as it will be delivered. Any error blocks the release.

Each check answers what it measured; :func:`verify_film` collects the errors. Nothing is taken from the recipe that can
be read from the file. The imperceptible watermark is not there yet and is reported as absent.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import c2pa
import cv2
import numpy as np
import pyloudnorm
from numpy.typing import NDArray

from generation_service.contract.jobs import TakeRef
from generation_service.film.credentials import Identity, read_credential
from generation_service.film.fusion.eyes import WIDEST
from generation_service.film.fusion.measure import Witness
from generation_service.film.label import MIN_SECONDS, Label, find_label, make_label

LOUDNESS_TOLERANCE_LU = 1.0
_CUT_FLOOR, _CUT_RATIO = 2.0, 2.5
_SMALL = (160, 90)
_STRETCHED = np.clip((np.arange(256) - 16) * 255 / 219 + 0.5, 0, 255).astype(np.uint8)


@dataclass(frozen=True)
class Expected:
    """What the film should be. ``cuts`` are the frames a new take begins at with a hard cut."""

    frames: int
    fps: int
    width: int
    height: int
    label: str
    loudness_lufs: float
    cuts: tuple[int, ...]
    produce_id: str
    takes: tuple[TakeRef, ...] = ()


@dataclass(frozen=True)
class _Seen:
    frames: int
    rate: Fraction
    size: tuple[int, int]
    labelled: int
    jumps: NDArray[np.float64]


def verify_film(
    path: Path, expected: Expected, identity: Identity, check: Callable[[], None] = lambda: None
) -> tuple[dict[str, Any], list[str]]:
    """(what was measured, what is wrong). An empty list lets the film go to the publish gate. ``check`` is the guard,
    called for every picture.
    """
    errors: list[str] = []
    try:
        measured = _measure(path, expected, errors, check)
    except (av.FFmpegError, IndexError):  # IndexError: a stream is missing altogether
        measured = {}
        errors.append("the film does not decode")
    measured |= _check_marks(path, expected, identity, errors)
    return measured, errors


def _measure(path: Path, expected: Expected, errors: list[str], check: Callable[[], None]) -> dict[str, Any]:
    """Everything that decoding tells."""
    witness = Witness(expected.takes, expected.fps)
    seen = _look(path, make_label(expected.label, expected.width, expected.height), witness, check)
    check()
    samples, rate = _listen(path)
    streams = _lengths(path)
    measured: dict[str, Any] = {
        "frames": seen.frames,
        "seconds": float(Fraction(seen.frames, expected.fps)),
        "picture_seconds": streams["video"],
        "sound_seconds": streams["audio"],
        "watermark": "none",
    }
    measured |= _check_picture(seen, expected, errors)
    measured |= _check_sound(samples, rate, (streams, expected), errors)
    if expected.takes:
        reports, wrong = witness.report(samples, rate, check)
        measured |= reports
        errors += wrong
    return measured


def _check_picture(seen: _Seen, expected: Expected, errors: list[str]) -> dict[str, Any]:
    found = find_cuts(seen.jumps, expected.cuts)
    labelled = round(seen.labelled / expected.fps, 3)
    _require(seen.frames == expected.frames, f"{seen.frames} frames instead of {expected.frames}", errors)
    _require(seen.rate == expected.fps, f"frame rate {seen.rate} instead of {expected.fps}", errors)
    _require(seen.size == (expected.width, expected.height), f"picture size {seen.size}", errors)
    _require(len(found) == len(expected.cuts), f"{len(found)} of {len(expected.cuts)} cuts are in the picture", errors)
    _require(labelled >= MIN_SECONDS, f"the label shows for {labelled} s, less than {MIN_SECONDS} s", errors)
    return {"cuts": len(found), "cuts_planned": len(expected.cuts), "label_seconds": labelled}


def _check_sound(
    samples: NDArray[np.float64], rate: int, against: tuple[dict[str, float], Expected], errors: list[str]
) -> dict[str, Any]:
    streams, expected = against
    offset = abs(streams["audio"] - streams["video"])
    _require(offset <= 1 / expected.fps, f"sound and picture differ by {offset * 1000:.1f} ms", errors)
    loudness = _loudness(samples, rate)
    peak = float(np.abs(samples).max()) if samples.size else 0.0
    if np.isfinite(expected.loudness_lufs) and expected.loudness_lufs > -70:
        off = abs(loudness - expected.loudness_lufs)
        _require(off <= LOUDNESS_TOLERANCE_LU, f"loudness {loudness:.1f} LUFS is {off:.1f} LU off the mix", errors)
    _require(peak <= 1.0, f"the sound clips at {peak:.2f}", errors)
    sync = round(offset * 1000, 3)
    return {"loudness_lufs": round(loudness, 2), "peak_dbfs": round(_db(peak), 2), "sync_ms": sync}


def _check_marks(path: Path, expected: Expected, identity: Identity, errors: list[str]) -> dict[str, Any]:
    tag = read_aigc(path)
    _require(tag.get("Label") == "1" and tag.get("ProduceID") == expected.produce_id, "no AIGC label", errors)
    try:
        credential = read_credential(path, identity)
    except c2pa.C2paError:
        credential = {"state": "none", "consent": {}, "actions": [], "ingredients": 0}
    first = credential["actions"][0]["action"] if credential["actions"] else ""
    _require(credential["state"] in ("Trusted", "Valid"), f"content credential is {credential['state']}", errors)
    _require(first == "c2pa.created", "the first action is not c2pa.created", errors)
    _require(bool(credential["consent"]), "the credential names no consent", errors)
    return {"aigc": bool(tag), "c2pa": credential["state"], "ingredients": credential["ingredients"]}


def _require(holds: bool, otherwise: str, errors: list[str]) -> None:
    if not holds:
        errors.append(otherwise)


def read_aigc(path: Path) -> dict[str, Any]:
    """The ``AIGC`` metadata of the file; empty when there is none or it is not an object."""
    try:
        with av.open(str(path), "r") as container:
            tag = json.loads(container.metadata.get("AIGC", ""))
    except (av.FFmpegError, ValueError):
        return {}
    return tag if isinstance(tag, dict) else {}


def _look(path: Path, label: Label, witness: Witness, check: Callable[[], None]) -> _Seen:
    """One pass over all pictures. ``labelled`` counts frames from the start that carry the label without a break; the
    witness is shown those it wants to see.
    """
    small: list[NDArray[np.uint8]] = []
    labelled, unbroken, frames = 0, True, 0
    with av.open(str(path), "r") as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        for frame in container.decode(video=0):
            check()
            luma = _luma(frame)
            unbroken = unbroken and find_label(label, _full_range(luma))
            labelled += unbroken
            if witness.wants(frames):
                witness.see(frames, _shown(frame))
            small.append(_full_range(np.asarray(cv2.resize(luma, _SMALL, interpolation=cv2.INTER_AREA), np.uint8)))
            frames += 1
        rate, size = Fraction(stream.average_rate or 0), (stream.width, stream.height)
    return _Seen(frames, rate, size, labelled, _jumps(small))


def _shown(frame: av.VideoFrame) -> NDArray[np.uint8]:
    """A decoded picture as RGB, brought to the size the witness looks at before it gets its colours."""
    width = min(frame.width, WIDEST)
    height = round(frame.height * width / frame.width)
    small = frame.reformat(width=width, height=height, format="rgb24", interpolation="AREA")
    return np.asarray(small.to_ndarray(), dtype=np.uint8)


def _luma(frame: av.VideoFrame) -> NDArray[np.uint8]:
    """The luma plane of a decoded picture as it lies there, limited range, shape (height, width)."""
    if frame.format.name != "yuv420p":
        frame = frame.reformat(format="yuv420p")
    plane = frame.planes[0]
    rows: NDArray[np.uint8] = np.frombuffer(bytes(plane), np.uint8).reshape(-1, plane.line_size)
    return np.ascontiguousarray(rows[: frame.height, : frame.width])


def _full_range(luma: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Limited-range luma (16 to 235) stretched to 0 to 255."""
    return np.asarray(cv2.LUT(luma, _STRETCHED), np.uint8)


def _jumps(small: Sequence[NDArray[np.uint8]]) -> NDArray[np.float64]:
    """Mean absolute luma difference of each frame to the one before; 0 for the first."""
    jumps = [float(np.abs(b.astype(np.int16) - a).mean()) for a, b in pairwise(small)]
    return np.array([0.0, *jumps])


def find_cuts(jumps: NDArray[np.float64], planned: Sequence[int]) -> list[int]:
    """Those of the planned cuts that can be seen: the picture changes more there than anywhere within five frames."""
    found = []
    for cut in planned:
        around = np.concatenate([jumps[max(1, cut - 5) : cut], jumps[cut + 1 : cut + 6]])
        motion = float(np.median(around)) if around.size else 0.0
        if cut < len(jumps) and jumps[cut] > max(_CUT_FLOOR, _CUT_RATIO * motion):
            found.append(cut)
    return found


def _listen(path: Path) -> tuple[NDArray[np.float64], int]:
    """Decoded sound, shape (n, channels), and its rate in Hz."""
    with av.open(str(path), "r") as container:
        rate = int(container.streams.audio[0].rate)
        parts = [np.asarray(frame.to_ndarray(), dtype=np.float64).T for frame in container.decode(audio=0)]
    return (np.concatenate(parts) if parts else np.zeros((0, 2))), rate


def _lengths(path: Path) -> dict[str, float]:
    """Length of each stream in seconds, as the file states it."""
    with av.open(str(path), "r") as container:
        return {
            stream.type: float(Fraction(stream.duration or 0) * Fraction(stream.time_base or 1))
            for stream in container.streams
        }


def _loudness(samples: NDArray[np.float64], rate: int) -> float:
    """Integrated loudness in LUFS (ITU-R BS.1770-4); -inf for silence or less than one block of 400 ms."""
    if samples.shape[0] < int(0.4 * rate) + 1 or not samples.any():
        return float("-inf")
    return float(pyloudnorm.Meter(rate).integrated_loudness(samples))


def _db(peak: float) -> float:
    return float(20 * np.log10(max(peak, 1e-6)))
