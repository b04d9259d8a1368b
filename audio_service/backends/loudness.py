"""Measuring loudness and true peak: ITU-R BS.1770-4, as EBU R128 uses it. It measures and changes nothing.

Sound is float32 at 48 kHz, shape ``(n,)`` or ``(n, 2)``; loudness in LUFS, peaks in dBTP.
"""

import numpy as np
from scipy import signal

from audio_service.backends.cascade import Cascade
from audio_service.backends.chunks import CHUNK, RATE, Check, Sound, pieces, unchecked
from audio_service.backends.oversample import Oversampler

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
_DENSE = Oversampler(_TAPS, _OVERSAMPLING)
_MOST_RISE = float(max(np.abs(_TAPS[phase::_OVERSAMPLING]).sum() for phase in range(_OVERSAMPLING)))
"""How far an oversampled peak can rise over the samples around it, whatever they are."""
PEAK_CONTEXT = 32
"""Samples on each side that an oversampled peak depends on."""


class Gauge:
    """Measures loudness as sound goes by; its memory is 10 numbers a second."""

    def __init__(self) -> None:
        self._weight = Cascade(_K_WEIGHT)
        self._hops: list[float] = []
        self._sum, self._filled, self._samples = 0.0, 0, 0

    def feed(self, block: Sound) -> None:
        """The next samples, ``(n,)`` or ``(n, 2)``; any n."""
        power = np.square(self._weight.rows(block)).sum(axis=0)
        self._samples += len(power)
        while len(power):
            part = power[: _HOP - self._filled]
            self._sum, self._filled = self._sum + float(part.sum()), self._filled + len(part)
            power = power[len(part) :]
            if self._filled == _HOP:
                self._hops.append(self._sum)
                self._sum, self._filled = 0.0, 0

    def blocks(self) -> np.ndarray:
        """Mean square, summed over channels, of 400 ms blocks every 100 ms; of all when there is less than one. A last
        hop that is more than half there counts as a whole one.
        """
        hops = np.asarray([*self._hops, self._sum] if self._filled > _HOP // 2 else self._hops)
        if self._samples < 4 * _HOP:
            return np.array([(float(np.sum(self._hops)) + self._sum) / max(self._samples, 1)])
        total = np.concatenate([[0.0], np.cumsum(hops)])
        return np.asarray((total[4:] - total[:-4]) / (4 * _HOP))

    def integrated(self) -> float:
        """Gated integrated loudness so far, in LUFS (BS.1770-4 annex 1)."""
        power = self.blocks()
        loud = power[_lufs(power) > SILENT]
        if not len(loud):
            return SILENT
        return float(_lufs(loud[_lufs(loud) > _lufs(loud.mean()) - 10.0].mean()))


def integrated(sound: Sound, check: Check = unchecked) -> float:
    """Gated integrated loudness in LUFS; sounds under 400 ms are measured as one block."""
    return _gauged(sound, check).integrated()


def _gauged(sound: Sound, check: Check) -> Gauge:
    gauge = Gauge()
    for start, stop in pieces(len(sound), check, CHUNK):
        gauge.feed(sound[start:stop])
    return gauge


def _lufs(power: np.ndarray) -> np.ndarray:
    return np.asarray(-0.691 + 10 * np.log10(np.maximum(power, 1e-20)))


def sample_peaks(sound: Sound) -> Sound:
    """For each sample, the greatest magnitude at it and up to the next one, oversampled 4 times, over channels."""
    wide = sound if sound.ndim == 2 else sound[:, None]
    peaks = np.asarray(np.abs(wide).max(axis=1), np.float32)
    for channel in range(wide.shape[1]):
        dense = np.abs(_DENSE(np.pad(wide[:, channel], _DENSE.reach)))
        for phase in range(_OVERSAMPLING):
            np.maximum(peaks, dense[:, phase], out=peaks)
    return peaks


class PeakGauge:
    """Measures the highest oversampled peak as sound goes by."""

    def __init__(self) -> None:
        self._tail: Sound | None = None
        self._highest = 1e-6

    def feed(self, block: Sound) -> None:
        """The next samples."""
        whole = block if self._tail is None else np.concatenate([self._tail, block])
        if float(np.abs(whole).max(initial=0.0)) * _MOST_RISE > self._highest:
            known = sample_peaks(whole)[: max(0, len(whole) - PEAK_CONTEXT)]
            skip = 0 if self._tail is None else PEAK_CONTEXT
            self._highest = max(self._highest, float(known[skip:].max(initial=0.0)))
        self._tail = whole[-2 * PEAK_CONTEXT :]

    def dbtp(self) -> float:
        """The highest peak so far in dBTP (BS.1770-4 annex 2); -120 for digital silence."""
        last = 0.0 if self._tail is None else float(sample_peaks(self._tail)[-PEAK_CONTEXT:].max(initial=0.0))
        return float(20 * np.log10(max(self._highest, last)))


def true_peak(sound: Sound, check: Check = unchecked) -> float:
    """The highest oversampled peak of a sound in dBTP."""
    gauge = PeakGauge()
    for start, stop in pieces(len(sound), check):
        gauge.feed(sound[start:stop])
    return gauge.dbtp()


def loudest(sound: Sound, check: Check = unchecked) -> float:
    """The loudest 400 ms, in LUFS; sound that is shorter counts as filled up with silence."""
    missing = 4 * _HOP - len(sound)
    if missing > 0:
        sound = np.concatenate([sound, np.zeros((missing, *sound.shape[1:]), np.float32)])
    return float(_lufs(_gauged(sound, check).blocks().max()))
