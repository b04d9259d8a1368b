"""Taking speech apart into pitch, envelope and breath, and putting it together again, piece by piece under a guard.

Analysis is WORLD's (DIO, StoneMask, CheapTrick, D4C; M. Morise et al., IEICE E99-D, 2016) on 50 ms at a time with
150 ms of context. Synthesis follows WORLD's too: one minimum-phase response and one burst of shaped noise per pitch
pulse. It is written here because the library's own runs a whole line without a place to stop.
"""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audio_service.backends.chunks import Check, Sound, pieces

with warnings.catch_warnings():  # the package reads its own version through the deprecated pkg_resources
    warnings.simplefilter("ignore")
    import pyworld

WORK_RATE = 24_000
"""Rate of everything here, Hz: speech has nothing above 12 kHz that a vocoder could move."""

HOP_S = 0.005
_HOP = int(WORK_RATE * HOP_S)
_PIECE = 10
_CONTEXT = 3 * WORK_RATE // 20 // _HOP * _HOP
_DIO_SPEED = 4
"""Decimation inside DIO: a third of its time, under 1 % of frames more than 50 cents off before StoneMask."""
FFT = 1024
BINS = FFT // 2 + 1
_UNVOICED_HZ = 200.0
_FLOOR = 1e-12
_NO_DC = np.minimum(1.0, (np.arange(BINS) / 3.0) ** 4 + 1e-4)
"""A pulse carries no steady pressure: the envelope falls off below 70 Hz."""

Frames = NDArray[np.float64]


@dataclass(frozen=True)
class Analysis:
    """Frames every 5 ms. ``f0`` in Hz, shape ``(t,)``, 0 where unvoiced; ``envelope`` a power spectrum and ``breath``
    the aperiodic part of its amplitude 0-1, both ``(t, 513)`` from 0 to 12 kHz.
    """

    f0: Frames
    envelope: Frames
    breath: Frames

    @property
    def voiced(self) -> NDArray[np.bool_]:
        return self.f0 > 0

    @property
    def median_f0(self) -> float:
        """Median pitch in Hz; 0 when nothing is voiced."""
        return float(np.median(self.f0[self.voiced])) if self.voiced.any() else 0.0

    @property
    def span_st(self) -> float:
        """Spread of pitch, in semitones (standard deviation)."""
        return float(np.std(12 * np.log2(self.f0[self.voiced]))) if self.voiced.any() else 0.0


def analyse(sound: Sound, check: Check) -> Analysis:
    """Take apart mono ``sound`` at 24 kHz; ``len(sound) // 120 + 1`` frames."""
    wave = np.ascontiguousarray(sound, np.float64)
    count = len(wave) // _HOP + 1
    f0, envelope, breath = np.zeros(count), np.empty((count, BINS)), np.empty((count, BINS))
    for start, stop in pieces(count, check, _PIECE):
        left = max(0, start * _HOP - _CONTEXT)
        part = wave[left : stop * _HOP + _CONTEXT]
        skip = (start * _HOP - left) // _HOP
        pitch, times = pyworld.dio(part, WORK_RATE, frame_period=HOP_S * 1000, speed=_DIO_SPEED)
        at = slice(skip, skip + stop - start)
        rough, own_times = np.ascontiguousarray(pitch[at]), np.ascontiguousarray(times[at])
        own = pyworld.stonemask(part, rough, own_times, WORK_RATE), own_times
        found = slice(start, start + len(rough))
        f0[found] = own[0]
        envelope[found] = pyworld.cheaptrick(part, *own, WORK_RATE, fft_size=FFT)
        breath[found] = pyworld.d4c(part, *own, WORK_RATE, fft_size=FFT)
    return Analysis(f0, np.maximum(envelope, _FLOOR), breath)


def synthesise(parts: Analysis, length: int, seed: int, check: Check) -> Sound:
    """Sound of ``length`` samples at 24 kHz from its parts; the guard is read every 50 ms of sound."""
    rng: Any = np.random.default_rng(seed)
    pulses = _pulses(parts.f0, length)
    out = np.zeros(length + FFT)
    at = 0
    for _, stop in pieces(length, check, _PIECE * _HOP):
        end = int(np.searchsorted(pulses.at, stop))
        if end > at:
            _add(out, parts, pulses.cut(at, end), rng)
        at = end
    return out[:length].astype(np.float32)


@dataclass(frozen=True)
class _Pulses:
    """``at`` whole samples, ``late`` the part of a sample each comes after it, ``gap`` samples to the next one."""

    at: NDArray[np.int64]
    late: Frames
    gap: NDArray[np.int64]
    voiced: NDArray[np.bool_]

    def cut(self, start: int, stop: int) -> "_Pulses":
        chosen = slice(start, stop)
        return _Pulses(self.at[chosen], self.late[chosen], self.gap[chosen], self.voiced[chosen])


def _pulses(f0: Frames, length: int) -> _Pulses:
    """Where the glottis closes: whole turns of the integrated pitch; unvoiced parts turn at 200 Hz."""
    frame = np.minimum(np.arange(length) / _HOP, len(f0) - 1)
    voiced = f0[np.round(frame).astype(int)] > 0
    known = np.flatnonzero(f0 > 0)
    filled = np.interp(np.arange(len(f0)), known, f0[known]) if len(known) else np.full(len(f0), _UNVOICED_HZ)
    pitch = np.where(voiced, np.interp(frame, np.arange(len(f0)), filled), _UNVOICED_HZ)
    phase = np.cumsum(pitch / WORK_RATE)
    after = np.flatnonzero(np.diff(np.floor(phase), prepend=0.0) > 0)
    over = (phase[after] - np.floor(phase[after])) / (pitch[after] / WORK_RATE)
    at = np.maximum(after - 1, 0)
    gap = np.clip(np.diff(at, append=length), 1, FFT // 2)
    return _Pulses(at, np.clip(1.0 - over, 0.0, 1.0), gap, voiced[at])


def _add(out: Frames, parts: Analysis, pulses: _Pulses, rng: Any) -> None:
    """Add the responses of a few pulses to ``out``."""
    place = np.minimum((pulses.at + pulses.late) / _HOP, len(parts.f0) - 1.000001)
    frame, part = place.astype(int), (place % 1.0)[:, None]
    breath = parts.breath[frame] * (1 - part) + parts.breath[frame + 1] * part
    breath = np.where(pulses.voiced[:, None], np.clip(breath, 0.0, 1.0), 1.0)
    power = (parts.envelope[frame] * (1 - part) + parts.envelope[frame + 1] * part) * _NO_DC
    tone = _minimum_phase(power * np.maximum(1.0 - breath**2, _FLOOR)) * np.sqrt(pulses.gap)[:, None]
    tone *= np.exp(-2j * np.pi / FFT * pulses.late[:, None] * np.arange(BINS))
    tone[~pulses.voiced] = 0.0
    noise = np.zeros((len(pulses.at), FFT))
    for row, gap in enumerate(pulses.gap):
        noise[row, :gap] = rng.standard_normal(gap)
    burst = np.fft.rfft(noise) * _minimum_phase(power * np.maximum(breath**2, _FLOOR))
    responses = np.fft.irfft(tone + burst)
    for row, start in enumerate(pulses.at):
        out[start : start + FFT] += responses[row]


def _minimum_phase(power: Frames) -> NDArray[np.complex128]:
    """Spectra of the minimum-phase responses of power spectra, through the folded cepstrum."""
    cepstrum = np.fft.irfft(0.5 * np.log(np.maximum(power, _FLOOR)))
    cepstrum[:, 1 : FFT // 2] *= 2.0
    cepstrum[:, FFT // 2 + 1 :] = 0.0
    return np.asarray(np.exp(np.fft.rfft(cepstrum)))
