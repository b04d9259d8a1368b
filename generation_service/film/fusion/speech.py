"""Speech where the script has dialogue, and nowhere else: what a listener without the script hears in the film."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

from audio_service.client import hearing
from generation_service.contract.jobs import Heard, TakeRef
from generation_service.film.fusion.lips import envelope

_LIKELY, _SURE = 0.15, 0.6
_RISE_DB = 4.0
_FLOOR = 0.003
"""-50 dB of full scale: what is softer than this is no line, where there is nothing beside it to compare."""

_AROUND_S = 0.35
_STRAY_S = 0.3
Floats = NDArray[np.float64]


def to_judge(sound: Floats, rate: int) -> NDArray[np.float32]:
    """A mono sound at the 16 kHz the judges listen at."""
    return np.asarray(resample_poly(sound, hearing.RATE, rate), np.float32)


def measure_speech(takes: Sequence[TakeRef], mono: NDArray[np.float32], check: Callable[[], None]) -> dict[str, Any]:
    """``lines`` and how many are ``heard``; ``missing`` names those nobody hears; ``stray_seconds`` is the longest
    stretch of speech outside all lines. ``mono`` is the film's sound at 16 kHz. No sound bed of ours, a crowd among
    them, is taken for speech.
    """
    lines = [line for take in takes for line in take.lines]
    likely = hearing.speech_probability(mono, check)
    times = (np.arange(len(likely)) + 0.5) * hearing.STEP / hearing.RATE
    loud = envelope(mono.astype(np.float64), hearing.RATE)
    missing = [line for line in lines if not _is_heard(line, lines, (likely, times), loud)]
    return {
        "lines": len(lines),
        "heard": len(lines) - len(missing),
        "missing": [f"{line.character} at {line.start_s:.1f} s" for line in missing],
        "stray_seconds": round(_longest((likely > _SURE) & _silent(times, lines)) * hearing.STEP / hearing.RATE, 3),
    }


def stray_is_too_long(measured: dict[str, Any]) -> bool:
    """Whether speech was heard where the script has none."""
    return bool(measured["stray_seconds"] > _STRAY_S)


def _is_heard(line: Heard, lines: Sequence[Heard], judged: tuple[Floats, Floats], loud: Floats) -> bool:
    """By the judge of speech, or, as for a whisper, because the band of speech rises over what lies around."""
    likely, times = judged
    during = (times >= line.start_s) & (times <= line.end_s)
    if during.any() and float(np.quantile(likely[during], 0.75)) >= _LIKELY:
        return True
    at = np.arange(len(loud)) / hearing.RATE
    inside = loud[(at >= line.start_s) & (at <= line.end_s)]
    near = (at >= line.start_s - 2.0) & (at <= line.end_s + 2.0) & _silent(at, lines)
    if not inside.size or not near.any():
        return bool(inside.size and float(np.sqrt(np.mean(inside**2))) > _FLOOR)
    rise = 20 * np.log10((np.quantile(inside, 0.8) + 1e-9) / (np.median(loud[near]) + 1e-9))
    return bool(rise >= _RISE_DB)


def _silent(times: Floats, lines: Sequence[Heard]) -> NDArray[np.bool_]:
    """Where no line is near."""
    silent = np.ones(len(times), bool)
    for line in lines:
        silent &= (times < line.start_s - _AROUND_S) | (times > line.end_s + _AROUND_S)
    return silent


def _longest(wanted: NDArray[np.bool_]) -> int:
    """The longest run of True."""
    longest = run = 0
    for one in wanted:
        run = run + 1 if one else 0
        longest = max(longest, run)
    return longest
