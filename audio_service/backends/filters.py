"""Resampling, equalising and fading of sound, piece by piece under a guard. It decides nothing about what sounds."""

from fractions import Fraction
from functools import lru_cache
from math import ceil

import numpy as np
from scipy import ndimage, signal

from audio_service.backends.cascade import Cascade
from audio_service.backends.chunks import RATE, Check, Sound, by_pieces, pieces

_MOST_DOWN = 600
"""Largest denominator of a resampling ratio: keeps a piece of input under 50 ms of sound."""


def ratio(rate_in: float, rate_out: float) -> Fraction:
    """The resampling ratio that is used for these rates: exact for common rates, within 1e-5 for odd ones."""
    return Fraction(rate_out / rate_in).limit_denominator(_MOST_DOWN)


def resample(sound: Sound, step: Fraction, check: Check) -> Sound:
    """``sound`` (mono) with ``step`` output samples per input sample; the output has ``ceil(n * step)`` samples.

    Equal to ``scipy.signal.resample_poly`` of the whole, computed in pieces of whole filter periods.
    """
    up, down = step.numerator, step.denominator
    if up == down:
        return sound
    size = down * max(1, 1024 // down)
    context = down * ceil((10 * max(up, down) / up + 2) / down)
    taps, late = _low_pass_taps(up, down)
    out: list[Sound] = []
    for start, stop in pieces(len(sound), check, size):
        left = max(0, start - context)
        made = signal.upfirdn(taps, sound[left : stop + context], up, down)
        skip = late + (start - left) * up // down
        out.append(made[skip : skip + ceil((stop - start) * up / down)])
    return np.concatenate(out).astype(np.float32) if out else sound


@lru_cache(maxsize=32)
def _low_pass_taps(up: int, down: int) -> tuple[np.ndarray, int]:
    """The anti-aliasing filter of ``resample_poly`` (10 periods to each side, Kaiser window with beta 5), and how many
    outputs it is late.
    """
    half = 10 * max(up, down)
    taps = signal.firwin(2 * half + 1, 1.0 / max(up, down), window=("kaiser", 5.0)).astype(np.float32) * np.float32(up)
    lead = down - half % down
    return np.concatenate([np.zeros(lead, np.float32), taps]), (half + lead) // down


def equalise(sound: Sound, sections: np.ndarray, check: Check) -> Sound:
    """Second-order sections along axis 0, state carried from piece to piece; float32 in and out."""
    cascade, out = Cascade(sections), np.empty_like(sound)
    for start, stop in pieces(len(sound), check):
        out[start:stop] = cascade(sound[start:stop])
    return out


def high_pass(frequency: float, rate: int = RATE) -> np.ndarray:
    """A second-order Butterworth high-pass."""
    return np.asarray(signal.butter(2, frequency, "highpass", fs=rate, output="sos"))


def band(low: float, high: float, rate: int = RATE, order: int = 1) -> np.ndarray:
    """A Butterworth band-pass of ``order`` per edge."""
    return np.asarray(signal.butter(order, (low, high), "bandpass", fs=rate, output="sos"))


def low_pass(frequency: float, rate: int = RATE, order: int = 2) -> np.ndarray:
    """A Butterworth low-pass."""
    return np.asarray(signal.butter(order, frequency, "lowpass", fs=rate, output="sos"))


def shelf(frequency: float, gain_db: float, *, high: bool, rate: int = RATE) -> np.ndarray:
    """A shelving filter of slope 1 (R. Bristow-Johnson, Audio EQ Cookbook)."""
    amp = 10 ** (gain_db / 40)
    omega = 2 * np.pi * frequency / rate
    cos, alpha = np.cos(omega), np.sin(omega) / np.sqrt(2)
    sign, root = (1 if high else -1), 2 * np.sqrt(amp) * alpha
    b0 = amp * ((amp + 1) + sign * (amp - 1) * cos + root)
    b1 = -2 * sign * amp * ((amp - 1) + sign * (amp + 1) * cos)
    b2 = amp * ((amp + 1) + sign * (amp - 1) * cos - root)
    a0 = (amp + 1) - sign * (amp - 1) * cos + root
    a1 = 2 * sign * ((amp - 1) - sign * (amp + 1) * cos)
    a2 = (amp + 1) - sign * (amp - 1) * cos - root
    return np.array([[b0 / a0, b1 / a0, b2 / a0, 1.0, a1 / a0, a2 / a0]])


def peak(frequency: float, gain_db: float, width: float, rate: int = RATE) -> np.ndarray:
    """A bell of ``width`` octaves between its half-gain points (R. Bristow-Johnson, Audio EQ Cookbook)."""
    amp, omega = 10 ** (gain_db / 40), 2 * np.pi * frequency / rate
    alpha = np.sin(omega) * np.sinh(np.log(2) / 2 * width * omega / np.sin(omega))
    a0, cos = 1 + alpha / amp, -2 * np.cos(omega)
    return np.array([[(1 + alpha * amp) / a0, cos / a0, (1 - alpha * amp) / a0, 1.0, cos / a0, (1 - alpha / amp) / a0]])


def fade(sound: Sound, fade_in: int, fade_out: int) -> Sound:
    """A copy with raised-cosine ends of so many samples."""
    out = sound.copy()
    first, last = min(fade_in, len(out)), min(fade_out, len(out))
    out[:first] *= _ramp(first, out.ndim)
    out[len(out) - last :] *= _ramp(last, out.ndim)[::-1]
    return out


def _ramp(count: int, dimensions: int) -> Sound:
    ramp = (0.5 - 0.5 * np.cos(np.pi * (np.arange(count) + 0.5) / max(count, 1))).astype(np.float32)
    return ramp[:, None] if dimensions == 2 else ramp


def envelope(sound: Sound, check: Check, width: int = RATE // 100) -> Sound:
    """Power of a mono sound, a smoothed mean square over ``width`` samples, per sample."""

    def power(piece: Sound) -> Sound:
        once = ndimage.uniform_filter1d(np.square(piece, dtype=np.float64), width // 2, mode="constant")
        return np.asarray(ndimage.uniform_filter1d(once, width // 2, mode="constant"), np.float32)

    return by_pieces(sound, power, context=width, check=check)


def envelope_db(sound: Sound, check: Check, width: int = RATE // 100) -> Sound:
    """The same in dB of full scale."""
    return np.asarray(10 * np.log10(np.maximum(envelope(sound, check, width), 1e-12)), np.float32)
