"""Measuring loudness and true peak: ITU-R BS.1770-4, as EBU R128 uses it. It measures and changes nothing.

Sound is float32 at 48 kHz, shape ``(n,)`` or ``(n, 2)``; loudness in LUFS, peaks in dBTP.
"""

import numpy as np
from scipy import signal

from audio_service.backends.chunks import CHUNK, RATE, Check, Sound, pieces, unchecked

SILENT = -70.0
"""The absolute gate; what is quieter has no loudness, and is reported as this."""

_K_WEIGHT = np.array(
    [
        [1.53512485958697, -2.69169618940638, 1.19839281085285, 1.0, -1.69065929318241, 0.73248077421585],
        [1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621],
    ]
)
"""Tables 1 and 2 of BS.1770-4: the shelf and the high-pass at 48 kHz."""

_HOP = RATE // 10
_OVERSAMPLING = 4
_TAPS = signal.firwin(24 * _OVERSAMPLING + 1, 1 / _OVERSAMPLING, window=("kaiser", 8.0)) * _OVERSAMPLING
PEAK_CONTEXT = 32
"""Samples on each side that an oversampled peak depends on."""


def integrated(sound: Sound, check: Check = unchecked) -> float:
    """Gated integrated loudness in LUFS (BS.1770-4 annex 1); sounds under 400 ms are measured as one block."""
    power = _block_power(sound, check)
    loud = power[_lufs(power) > SILENT]
    if not len(loud):
        return SILENT
    gated = loud[_lufs(loud) > _lufs(loud.mean()) - 10.0]
    return float(_lufs(gated.mean()))


def _lufs(power: np.ndarray) -> np.ndarray:
    return np.asarray(-0.691 + 10 * np.log10(np.maximum(power, 1e-20)))


def _block_power(sound: Sound, check: Check) -> np.ndarray:
    """Mean square, summed over channels, of 400 ms blocks every 100 ms."""
    wide = sound if sound.ndim == 2 else sound[:, None]
    state = np.zeros((2, 2, wide.shape[1]))
    cumulative = [0.0]
    for start, stop in pieces(len(wide), check, CHUNK):
        weighted, state = signal.sosfilt(_K_WEIGHT, wide[start:stop], axis=0, zi=state)
        cumulative.append(cumulative[-1] + float(np.sum(np.square(weighted))))
    per_hop = np.asarray(cumulative[:: _HOP // CHUNK])
    if len(wide) < 4 * _HOP:
        return np.array([cumulative[-1] / max(len(wide), 1)])
    return np.asarray((per_hop[4:] - per_hop[:-4]) / (4 * _HOP))


def sample_peaks(sound: Sound) -> Sound:
    """For each sample, the greatest magnitude at it and up to the next one, oversampled 4 times, over channels."""
    wide = sound if sound.ndim == 2 else sound[:, None]
    peaks = np.abs(wide).max(axis=1)
    for channel in range(wide.shape[1]):
        padded = np.concatenate([wide[:, channel], np.zeros(PEAK_CONTEXT, np.float32)])
        dense = signal.upfirdn(_TAPS, padded, up=_OVERSAMPLING)[len(_TAPS) // 2 :][: _OVERSAMPLING * len(wide)]
        peaks = np.maximum(peaks, np.abs(dense).reshape(-1, _OVERSAMPLING).max(axis=1))
    return np.asarray(peaks, np.float32)


def true_peak(sound: Sound, check: Check = unchecked) -> float:
    """The highest oversampled peak in dBTP (BS.1770-4 annex 2); -120 for digital silence."""
    highest = 1e-6
    for start, stop in pieces(len(sound), check):
        left = max(0, start - PEAK_CONTEXT)
        peaks = sample_peaks(sound[left : stop + PEAK_CONTEXT])[start - left : stop - left]
        highest = max(highest, float(peaks.max(initial=0.0)))
    return float(20 * np.log10(highest))


def loudest(sound: Sound, check: Check = unchecked) -> float:
    """The loudest 400 ms, in LUFS; sound that is shorter counts as filled up with silence."""
    missing = 4 * _HOP - len(sound)
    if missing > 0:
        sound = np.concatenate([sound, np.zeros((missing, *sound.shape[1:]), np.float32)])
    return float(_lufs(_block_power(sound, check).max()))
