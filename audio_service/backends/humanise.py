"""What a throat does and an engine does not: pitch that drifts and trembles, air above 8 kHz, a level hand, soft s.

Pitch moves by bending time a little (a few milliseconds, never away from the mark for long); the bend is told, so that
words and phonemes move with the sound.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from audio_service.backends.cascade import Cascade
from audio_service.backends.chunks import RATE, Check, Sound, pieces
from audio_service.backends.filters import band, equalise, high_pass

_TURN = 200
"""Values a second of every control curve."""
_HOP = RATE // _TURN
_DRIFT_CENTS, _JITTER_CENTS = 14.0, 5.0
_AIR = 0.32
_SIBILANT_DB = -9.0


@dataclass(frozen=True)
class Bend:
    """Where a time of the straight sound is in the bent one: seconds to add, ``_TURN`` times a second."""

    later: NDArray[np.float64]

    def at(self, seconds: float) -> float:
        """The bent time."""
        return seconds + float(np.interp(seconds * _TURN, np.arange(len(self.later)), self.later))


def bend_for(samples: int, seed: int, tremor_cents: float) -> Bend:
    """A bend that makes pitch drift slowly and flutter finely by chance, and tremble at 6 Hz by ``tremor_cents``."""
    count = samples // _HOP + 2
    rng = np.random.default_rng((seed & 0xFFFFFFFF, 11))
    time = np.arange(count) / _TURN
    slow = ndimage.gaussian_filter1d(rng.standard_normal(count), 0.22 * _TURN)
    fine = ndimage.gaussian_filter1d(rng.standard_normal(count), 0.018 * _TURN)
    cents = _DRIFT_CENTS * slow / max(float(slow.std()), 1e-9) + _JITTER_CENTS * fine / max(float(fine.std()), 1e-9)
    cents += tremor_cents * np.sin(2 * np.pi * (6.1 * time + 0.1 * np.sin(2 * np.pi * 0.7 * time)) + seed % 7)
    speed = np.log(2) / 1200 * (cents - cents.mean())  # part by which the bent sound runs faster
    later = -np.cumsum(speed) / _TURN
    calm = np.minimum(1.0, np.minimum(time, time[::-1]) / 0.05)
    later = (later - np.linspace(later[0], later[-1], count)) * calm
    return Bend(later)


def bent(sound: Sound, bend: Bend, check: Check) -> Sound:
    """``sound`` played at the bent times, by cubic interpolation (Catmull-Rom); as long as before."""
    padded = np.concatenate([np.zeros(2, np.float32), sound, np.zeros(3, np.float32)])
    out = np.empty_like(sound)
    late = bend.later * RATE
    for start, stop in pieces(len(sound), check):
        source = np.clip(np.arange(start, stop) - _between(late, start, stop), 0, len(sound) - 1)
        whole = source.astype(np.int64)
        part = (source - whole).astype(np.float32)
        a, b, c, d = (padded[step:].take(whole) for step in (1, 2, 3, 4))
        out[start:stop] = b + 0.5 * part * (c - a + part * (2 * a - 5 * b + 4 * c - d + part * (3 * (b - c) + d - a)))
    return out


def voiced_up(sound: Sound, seed: int, press_db: float, check: Check) -> Sound:
    """Air added above what the engine makes, the level evened a little (``press_db`` more), sibilants held back."""
    sharp = equalise(sound, band(4200.0, 9000.0), check)
    edge, body = _level(sharp), _level(sound)
    gain = _evened(body, press_db) * _softened(edge, body)
    out = np.empty_like(sound)
    rng = np.random.default_rng((seed & 0xFFFFFFFF, 12))
    bright = Cascade(high_pass(8500.0))
    air, middle = _AIR * edge, _HOP // 2
    for start, stop in pieces(len(sound), check):
        noise = bright(rng.standard_normal(stop - start, np.float32))
        noise *= _between(air, start, stop, middle)
        noise += sound[start:stop]
        out[start:stop] = noise * _between(gain, start, stop, middle)
    return out


_PARTS = np.arange(_HOP) / _HOP


def _between(curve: NDArray[np.float64], start: int, stop: int, late: int = 0) -> NDArray[np.float64]:
    """A control curve at the samples ``start`` to ``stop``, on straight lines between its values, of which the first
    stands at sample ``late``; level before and after them.
    """
    first = (start - late) // _HOP
    count = (stop - 1 - late) // _HOP - first + 1
    ends = curve[np.clip(np.arange(first, first + count + 1), 0, len(curve) - 1)]
    lines = ends[:-1, None] + np.diff(ends)[:, None] * _PARTS
    return lines.ravel()[start - late - first * _HOP :][: stop - start]


def _level(sound: Sound) -> NDArray[np.float64]:
    """Root mean square, 200 times a second, smoothed over 15 ms."""
    count = -(-len(sound) // _HOP)
    whole = np.zeros(count * _HOP, np.float32)
    whole[: len(sound)] = sound
    power = np.square(whole.reshape(count, _HOP)).mean(axis=1, dtype=np.float64)
    return np.asarray(np.sqrt(ndimage.gaussian_filter1d(power, 1.5) + 1e-12))


def _evened(body: NDArray[np.float64], press_db: float) -> NDArray[np.float64]:
    """Gain that takes a fifth of the distance (more with ``press_db``) of each moment to the usual level of speech."""
    level = 20 * np.log10(body)
    loud = level > level.max() - 35
    usual = float(np.median(level[loud]))
    missing = np.clip(usual - level, -12, 8) * loud
    return np.asarray(10 ** (ndimage.gaussian_filter1d(missing, 12) * (0.2 + 0.06 * press_db) / 20))


def _softened(edge: NDArray[np.float64], body: NDArray[np.float64]) -> NDArray[np.float64]:
    """Gain that holds back moments that are almost all sibilant, by 4 dB at most."""
    over = np.clip(20 * np.log10(edge / body) - _SIBILANT_DB, 0, 8)
    return np.asarray(10 ** (-ndimage.gaussian_filter1d(over, 2) * 0.5 / 20))
