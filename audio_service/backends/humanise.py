"""What a throat does and an engine does not: pitch that drifts, trembles and gives way to consonants, a breath before
the next sentence, air above 8 kHz, a level hand, soft s.

Pitch moves by bending time a little (a few milliseconds, never away from the mark for long); the bend is told, so that
words and phonemes move with the sound.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, signal

from audio_service.backends.cascade import Cascade
from audio_service.backends.chunks import RATE, Check, Sound, pieces
from audio_service.backends.filters import band, equalise, high_pass, low_pass

_TURN = 200
"""Values a second of every control curve."""
_HOP = RATE // _TURN
_DRIFT_CENTS, _JITTER_CENTS = 14.0, 5.0
_AIR = 0.45
_SIBILANT_DB = -9.0

Phoneme = tuple[str, float, float]
"""IPA, start and end in seconds."""

_VOICELESS, _VOICED_STOPS = frozenset("ptkfθsʃhxçʔʧ"), frozenset("bdɡgvðzʒɾʤ")
_CLOSE, _OPEN = frozenset("iɪuʊyʉɨ"), frozenset("aæɑɒɐ")
_AFTER_VOICELESS, _IN_VOICED, _IN_VOWEL = 70.0, -45.0, 25.0
"""Cents; under half of what is measured in laboratories, as in running speech."""


@dataclass(frozen=True)
class Shake:
    """``depth`` 0-1 of the level, ``rate_hz`` times a second; ``cents`` more tremor."""

    depth: float = 0.0
    rate_hz: float = 5.0
    cents: float = 0.0


SHAKES = {"": Shake(), "laughter": Shake(0.6, 4.7, 45.0), "tears": Shake(0.4, 3.1, 35.0)}
"""Laughter comes in four to five bursts a second (J. Bachorowski et al., JASA 110(3), 2001)."""

_SHORTEST_PAUSE_S, _LEAST_SAID_S, _BREATH_S, _BREATH_DB = 0.26, 1.2, 0.24, -24.0
_MOUTH = np.concatenate([band(500.0, 1700.0), low_pass(6500.0)])


@dataclass(frozen=True)
class Bend:
    """Where a time of the straight sound is in the bent one: seconds to add, ``_TURN`` times a second."""

    later: NDArray[np.float64]

    def at(self, seconds: float) -> float:
        """The bent time."""
        return seconds + float(np.interp(seconds * _TURN, np.arange(len(self.later)), self.later))


def bend_for(samples: int, seed: int, tremor_cents: float, phonemes: Sequence[Phoneme] = ()) -> Bend:
    """A bend that makes pitch drift slowly and flutter finely by chance, tremble at 6 Hz by ``tremor_cents``, and move
    as the ``phonemes`` make it.
    """
    count = samples // _HOP + 2
    rng = np.random.default_rng((seed & 0xFFFFFFFF, 11))
    time = np.arange(count) / _TURN
    slow = ndimage.gaussian_filter1d(rng.standard_normal(count), 0.22 * _TURN)
    fine = ndimage.gaussian_filter1d(rng.standard_normal(count), 0.018 * _TURN)
    cents = _DRIFT_CENTS * slow / max(float(slow.std()), 1e-9) + _JITTER_CENTS * fine / max(float(fine.std()), 1e-9)
    cents += tremor_cents * np.sin(2 * np.pi * (6.1 * time + 0.1 * np.sin(2 * np.pi * 0.7 * time)) + seed % 7)
    cents += micro_cents(phonemes, count)
    speed = np.log(2) / 1200 * (cents - cents.mean())  # part by which the bent sound runs faster
    later = -np.cumsum(speed) / _TURN
    calm = np.minimum(1.0, np.minimum(time, time[::-1]) / 0.05)
    later = (later - np.linspace(later[0], later[-1], count)) * calm
    return Bend(later)


def micro_cents(phonemes: Sequence[Phoneme], count: int) -> NDArray[np.float64]:
    """What consonants and vowels do to pitch, 200 times a second: it starts high after a voiceless consonant, gives way
    under a voiced one (A. House and G. Fairbanks, JASA 25(1), 1953), and lies higher in close vowels than in open ones
    (D. Whalen and A. Levitt, J. Phonetics 23, 1995).
    """
    cents = np.zeros(count)
    for text, start, end in phonemes:
        first, last = round(start * _TURN), min(round(end * _TURN), count)
        kind = text.strip("ˈˌː")[:1]
        if kind in _VOICELESS:
            after = np.arange(max(0, count - last))
            cents[last:] += _AFTER_VOICELESS * np.exp(-after / (0.04 * _TURN))
        elif kind in _VOICED_STOPS:
            cents[first:last] += _IN_VOICED
        elif kind in _CLOSE:
            cents[first:last] += _IN_VOWEL
        elif kind in _OPEN:
            cents[first:last] -= _IN_VOWEL
    return np.asarray(ndimage.gaussian_filter1d(cents, 0.012 * _TURN))


def breathed(sound: Sound, phonemes: Sequence[Phoneme], seed: int) -> Sound:
    """``sound`` with a soft intake of breath in each pause that is long enough, after enough was said."""
    out, rng, said_since = sound, np.random.default_rng((seed & 0xFFFFFFFF, 13)), 0.0
    usual = float(np.sqrt(np.mean(np.square(sound)))) if len(sound) else 0.0
    for (_, start, end), (_, following, _) in pairwise(phonemes):
        said_since += end - start
        pause = following - end
        if pause < _SHORTEST_PAUSE_S or said_since < _LEAST_SAID_S:
            continue
        seconds = min(_BREATH_S, pause - 0.12)
        breath = _inhaled(seconds, rng) * np.float32(usual * 10 ** (_BREATH_DB / 20))
        at = round((following - 0.06 - seconds) * RATE)
        out = out.copy() if out is sound else out
        out[at : at + len(breath)] += breath[: len(out) - at]
        said_since = 0.0
    return out


def shaken(sound: Sound, shake: Shake, seed: int) -> Sound:
    """``sound`` that is let go and caught again, as by one who speaks through laughter or tears."""
    if not shake.depth:
        return sound
    time = np.arange(len(sound) // _HOP + 2) / _TURN
    rng = np.random.default_rng((seed & 0xFFFFFFFF, 14))
    wander = ndimage.gaussian_filter1d(rng.standard_normal(len(time)), 0.5 * _TURN)
    turns = shake.rate_hz * time + 0.35 * wander / max(float(wander.std()), 1e-9)
    gain = 1 - shake.depth * np.sin(np.pi * turns) ** 4
    return np.asarray(sound * _between(gain, 0, len(sound)), np.float32)


def _inhaled(seconds: float, rng: np.random.Generator) -> Sound:
    """Air drawn in through an open mouth, unit level: slow to rise, quick to end."""
    noise = rng.standard_normal(round(seconds * RATE)).astype(np.float32)
    air = signal.sosfilt(_MOUTH, noise)
    at = (np.arange(len(air)) + 0.5) / len(air)
    shape = np.sin(np.pi * at**0.7) ** 1.5
    return np.asarray(air * shape / max(float(air.std()), 1e-9), np.float32)


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
