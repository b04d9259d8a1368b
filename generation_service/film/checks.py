"""Release checks, measured on the finished file as it will be delivered. Any error blocks the release.

Each check answers what it measured; :func:`verify_film` collects the errors. Nothing is taken from the recipe that can
be read from the file. The imperceptible watermark is not there yet and is reported as absent.
"""

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import c2pa
import numpy as np
from numpy.typing import NDArray

from generation_service.contract.jobs import TakeRef
from generation_service.film.credentials import Identity, read_credential
from generation_service.film.ears import Heard, Listening, hear
from generation_service.film.fusion.measure import Witness
from generation_service.film.label import MIN_SECONDS, make_label
from generation_service.film.looking import Lay, Scheme, Seen, Viewing
from generation_service.film.mux import NoShelf, Shelf

LOUDNESS_TOLERANCE_LU = 1.0
_CUT_FLOOR, _CUT_RATIO = 2.0, 2.5


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
class Memory:
    """What is known already, and where stills go: parts of earlier films by what they are made of, the track of this
    one as it is listened to, and who takes the picture in the middle of each take.
    """

    shelf: Shelf = field(default_factory=NoShelf)
    lay: Lay = lambda _number, _still: None
    listening: Listening | None = None


def verify_film(
    path: Path, expected: Expected, identity: Identity, check: Callable[[], None] = lambda: None,
    memory: Memory | None = None,
) -> tuple[dict[str, Any], list[str]]:  # fmt: skip
    """(what was measured, what is wrong). An empty list lets the film go to the publish gate. ``check`` is the guard,
    called for every picture that is looked at, from two threads.
    """
    errors: list[str] = []
    try:
        measured = _measure(path, expected, errors, (check, memory or Memory()))
    except (av.FFmpegError, IndexError):  # IndexError: a stream is missing altogether
        measured = {}
        errors.append("the film does not decode")
    measured |= _check_marks(path, expected, identity, errors)
    return measured, errors


def _measure(
    path: Path, expected: Expected, errors: list[str], using: tuple[Callable[[], None], Memory]
) -> dict[str, Any]:
    """Everything that decoding tells. The sound is judged in a thread of its own while pictures are."""
    check, memory = using
    witness = Witness(expected.takes, expected.fps)
    with ThreadPoolExecutor(1, "listen") as beside:
        known = memory.listening.of if memory.listening is not None else lambda _path: None
        listening = beside.submit(lambda: known(path) or hear(path, witness, check))
        scheme = Scheme(
            expected.fps, make_label(expected.label, expected.width, expected.height), expected.label,
            [(take.frames, take.transition) for take in expected.takes],
        )  # fmt: skip
        seen = Viewing(path, scheme, witness, check, memory.shelf, memory.lay).seen()
        heard = listening.result()
    streams = _lengths(path)
    measured: dict[str, Any] = {
        "frames": seen.frames,
        "seconds": float(Fraction(seen.frames, expected.fps)),
        "picture_seconds": streams["video"],
        "sound_seconds": streams["audio"],
        "watermark": "none",
    }
    measured |= _check_picture(seen, expected, errors)
    measured |= _check_sound(heard, (streams, expected), errors)
    if heard.judged is not None:
        reports, wrong = witness.report(heard.judged)
        measured |= reports
        errors += wrong
    return measured


def _check_picture(seen: Seen, expected: Expected, errors: list[str]) -> dict[str, Any]:
    found = find_cuts(seen.jumps, expected.cuts)
    labelled = round(seen.labelled / expected.fps, 3)
    _require(seen.frames == expected.frames, f"{seen.frames} frames instead of {expected.frames}", errors)
    _require(seen.rate == expected.fps, f"frame rate {seen.rate} instead of {expected.fps}", errors)
    _require(seen.size == (expected.width, expected.height), f"picture size {seen.size}", errors)
    _require(len(found) == len(expected.cuts), f"{len(found)} of {len(expected.cuts)} cuts are in the picture", errors)
    _require(labelled >= MIN_SECONDS, f"the label shows for {labelled} s, less than {MIN_SECONDS} s", errors)
    return {"cuts": len(found), "cuts_planned": len(expected.cuts), "label_seconds": labelled}


def _check_sound(
    heard: Heard, against: tuple[dict[str, float], Expected], errors: list[str]
) -> dict[str, Any]:  # fmt: skip
    streams, expected = against
    offset = abs(streams["audio"] - streams["video"])
    _require(offset <= 1 / expected.fps, f"sound and picture differ by {offset * 1000:.1f} ms", errors)
    loudness, peak = heard.loudness, heard.peak
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


def find_cuts(jumps: NDArray[np.float64], planned: Sequence[int]) -> list[int]:
    """Those of the planned cuts that can be seen: the picture changes more there than anywhere within five frames."""
    found = []
    for cut in planned:
        around = np.concatenate([jumps[max(1, cut - 5) : cut], jumps[cut + 1 : cut + 6]])
        motion = float(np.median(around)) if around.size else 0.0
        if cut < len(jumps) and jumps[cut] > max(_CUT_FLOOR, _CUT_RATIO * motion):
            found.append(cut)
    return found


def _lengths(path: Path) -> dict[str, float]:
    """Length of each stream in seconds, as the file states it."""
    with av.open(str(path), "r") as container:
        return {
            stream.type: float(Fraction(stream.duration or 0) * Fraction(stream.time_base or 1))
            for stream in container.streams
        }


def _db(peak: float) -> float:
    return float(20 * np.log10(max(peak, 1e-6)))
