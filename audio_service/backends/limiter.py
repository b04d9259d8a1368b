"""A look-ahead true-peak limiter and the gain that brings sound to a loudness. It never adds peaks of its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy import ndimage

from audio_service.backends.chunks import RATE, Check, Sound, pieces
from audio_service.backends.loudness import PEAK_CONTEXT, SILENT, Gauge, PeakGauge, sample_peaks
from audio_service.backends.spool import Spool

_LOOK = 3 * RATE // 1000
_SMOOTH = np.hanning(2 * _LOOK + 3)[1:-1]
_SMOOTH /= _SMOOTH.sum()
_CONTEXT = 2 * _LOOK + 1 + PEAK_CONTEXT
_SAFETY_DB = 0.1
_TRIES, _NEAR_LU = 6, 0.1
_SURELY_UNDER = 0.5
"""Below this part of the ceiling no oversampled peak of ordinary sound reaches it: the piece needs no gain."""


@dataclass(frozen=True)
class Level:
    """What was reached: integrated loudness in LUFS and true peak in dBTP, both measured on the result."""

    loudness_lufs: float
    true_peak_dbtp: float


class Readable(Protocol):
    """Sound that can be read in slices: an array, or a file."""

    def __len__(self) -> int: ...
    def __getitem__(self, part: slice, /) -> Sound: ...


def limited(sound: Readable, ceiling_dbtp: float, check: Check, *, gain_db: float = 0.0) -> Iterator[Sound]:
    """``sound``, raised by ``gain_db``, with oversampled peaks at or under the ceiling, in pieces of 50 ms.

    The gain needed at each sample is held over 3 ms to both sides and smoothed by a window of the same reach, so the
    smoothed gain is never above what any peak needs.
    """
    ceiling = 10 ** ((ceiling_dbtp - _SAFETY_DB) / 20)
    raised = np.float32(10 ** (gain_db / 20))
    for start, stop in pieces(len(sound), check):
        left, right = max(0, start - _CONTEXT), min(len(sound), stop + _CONTEXT)
        part = sound[left:right] * raised
        own = slice(start - left, stop - left)
        if np.abs(part).max() < ceiling * _SURELY_UNDER:
            yield part[own]
            continue
        peaks = sample_peaks(part)
        if peaks.max() <= ceiling:
            yield part[own]
            continue
        needed = ceiling / np.maximum(peaks, ceiling)
        held = ndimage.minimum_filter1d(needed, 2 * _LOOK + 3, mode="nearest")
        gain = np.asarray(ndimage.convolve1d(held, _SMOOTH, mode="nearest")[own], np.float32)
        yield part[own] * (gain[:, None] if part.ndim == 2 else gain)


def limit(sound: Sound, ceiling_dbtp: float, check: Check, *, gain_db: float = 0.0) -> Sound:
    """All of :func:`limited` as one array."""
    parts = list(limited(sound, ceiling_dbtp, check, gain_db=gain_db))
    return np.concatenate(parts) if parts else sound


def levelled(sound: Readable, target_lufs: float, ceiling_dbtp: float, check: Check) -> tuple[Spool, Level]:
    """``sound`` at a loudness, under a peak ceiling, in a spool that the caller closes; silence stays so. What was
    reached is measured on it.

    Limiting takes loudness away, so gain and limiter are repeated up to six times, until within 0.1 LU.
    """
    gauge = Gauge()
    for start, stop in pieces(len(sound), check):
        gauge.feed(sound[start:stop])
    measured = gauge.integrated()
    gain_db = target_lufs - measured if measured > SILENT else 0.0
    for tries in range(_TRIES, 0, -1):
        made, level = _limited_once(sound, ceiling_dbtp, check, gain_db)
        missing = target_lufs - level.loudness_lufs
        if tries == 1 or measured <= SILENT or abs(missing) < _NEAR_LU:
            break
        made.close()
        gain_db += 1.6 * missing  # more than is missing: the limiter takes part of it back
    return made, level


def _limited_once(sound: Readable, ceiling_dbtp: float, check: Check, gain_db: float) -> tuple[Spool, Level]:
    made, gauge, peak = Spool(), Gauge(), PeakGauge()
    try:
        for block in limited(sound, ceiling_dbtp, check, gain_db=gain_db):
            gauge.feed(block)
            peak.feed(block)
            made.append(block)
    except BaseException:
        made.close()
        raise
    return made, Level(gauge.integrated(), peak.dbtp())
