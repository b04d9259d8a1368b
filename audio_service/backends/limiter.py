"""A look-ahead true-peak limiter and the gain that brings sound to a loudness. It never adds peaks of its own."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from audio_service.backends.chunks import RATE, Check, Sound, pieces
from audio_service.backends.loudness import PEAK_CONTEXT, SILENT, integrated, sample_peaks, true_peak

_LOOK = 3 * RATE // 1000
_SMOOTH = np.hanning(2 * _LOOK + 3)[1:-1]
_SMOOTH /= _SMOOTH.sum()
_CONTEXT = 2 * _LOOK + 1 + PEAK_CONTEXT
_SAFETY_DB = 0.1
_SURELY_UNDER = 0.5
"""Below this part of the ceiling no oversampled peak of ordinary sound reaches it: the piece needs no gain."""


@dataclass(frozen=True)
class Level:
    """What was reached: integrated loudness in LUFS and true peak in dBTP, both measured on the result."""

    loudness_lufs: float
    true_peak_dbtp: float


def limit(sound: Sound, ceiling_dbtp: float, check: Check, *, gain_db: float = 0.0) -> Sound:
    """``sound``, raised by ``gain_db``, with oversampled peaks at or under the ceiling.

    The gain needed at each sample is held over 3 ms to both sides and smoothed by a window of the same reach, so the
    smoothed gain is never above what any peak needs.
    """
    ceiling = 10 ** ((ceiling_dbtp - _SAFETY_DB) / 20)
    raised = np.float32(10 ** (gain_db / 20))
    out = np.empty_like(sound)
    for start, stop in pieces(len(sound), check):
        left, right = max(0, start - _CONTEXT), min(len(sound), stop + _CONTEXT)
        part = sound[left:right] * raised
        own = slice(start - left, stop - left)
        if np.abs(part).max() < ceiling * _SURELY_UNDER:
            out[start:stop] = part[own]
            continue
        needed = ceiling / np.maximum(sample_peaks(part), ceiling)
        held = ndimage.minimum_filter1d(needed, 2 * _LOOK + 3, mode="nearest")
        gain = ndimage.convolve1d(held, _SMOOTH, mode="nearest")[own]
        out[start:stop] = part[own] * (gain[:, None] if sound.ndim == 2 else gain)
    return out


def to_loudness(sound: Sound, target_lufs: float, ceiling_dbtp: float, check: Check) -> tuple[Sound, Level]:
    """Bring ``sound`` to a loudness under a peak ceiling; both are measured on what is returned.

    Limiting takes loudness away, so gain and limiter are repeated up to five times; silence stays silence.
    """
    measured = integrated(sound, check)
    if measured <= SILENT:
        return sound, Level(SILENT, true_peak(sound, check))
    gain_db, out = target_lufs - measured, sound
    for _ in range(5):
        out = limit(sound, ceiling_dbtp, check, gain_db=gain_db)
        measured = integrated(out, check)
        if abs(measured - target_lufs) < 0.1:
            break
        gain_db += 1.6 * (target_lufs - measured)  # more than is missing: the limiter takes part of it back
    return out, Level(measured, true_peak(out, check))
