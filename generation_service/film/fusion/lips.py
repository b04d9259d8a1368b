"""Lips against speech in the finished file: how far the mouth comes before or after the sound it makes.

The mouth is measured by landmarks in the decoded pictures, the sound is the envelope of the decoded track in the band
of speech. Neither knows what was commanded. The offset is where their correlation is highest, over all watched lines of
a character together: one short line alone is too noisy to judge by.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfiltfilt

from generation_service.film.fusion.watchlist import Mouthed

BAND_HZ = (400.0, 2500.0)
"""Where open vowels are loud, the first two formants, and closed ones (*you*, *me*) are not: a mouth's opening follows
the level of this band best (K. Grant, P. Seitz, JASA 108(3), 2000).
"""

SMOOTH_HZ = 8.0
"""What a mouth can follow: it opens and shuts with syllables, 2 to 7 times a second (Chandrasekaran et al., PLoS
Computational Biology 5(7), 2009).
"""

MOST_FRAMES = 1.0
"""The offset a viewer does not see: one picture."""

_REACH, _STEP = 6.0, 0.25
CERTAIN = 0.35
"""Below this correlation the offset is not told apart from chance."""

_APART = 1.5
"""Standard errors by which an offset beyond the limit must fit better than every one within it."""

_INDEPENDENT_HZ = 8.0
"""Independent looks a second that a mouth gives: neither it nor the smoothed sound changes faster."""

_STILL = 0.02
_FEWEST = 24
_LAGS = np.arange(-_REACH, _REACH + _STEP / 2, _STEP)
Floats = NDArray[np.float64]


def envelope(sound: Floats, rate: int) -> Floats:
    """How loud speech is, for every sample of a mono sound."""
    band = sosfiltfilt(butter(4, BAND_HZ, "bandpass", fs=rate, output="sos"), sound)
    power = sosfiltfilt(butter(2, SMOOTH_HZ, fs=rate, output="sos"), np.square(band))
    return np.asarray(np.sqrt(np.clip(power, 0.0, None)), np.float64)


def measure_lips(
    mouths: Sequence[Mouthed], opened: Mapping[int, Sequence[float]], loud: Floats, rate: int, fps: int
) -> dict[str, Any]:
    """By character: ``offset_frames`` (positive: the picture is late), the ``correlation`` there, the ``frames`` it was
    measured on, ``opening`` (the range of the mouth in face heights) and a ``verdict``: ``in time``, ``off``,
    ``still`` (it speaks with a closed mouth) or ``not measurable``.

    ``opened`` is what was seen: by frame, the opening of each mouth in face heights, from left to right. Of two people
    the one whose mouth moves more is taken to speak.
    """
    pairs: dict[str, list[tuple[Floats, Floats]]] = defaultdict(list)
    for one in mouths:
        numbers, mouth = _followed(range(one.first, one.last), opened)
        if len(numbers) >= _FEWEST // 2:
            pairs[one.person.name].append((mouth, _heard(numbers, loud, rate, fps)))
    people = dict.fromkeys(one.person.name for one in mouths)
    return {name: _judge(pairs.get(name, []), fps) for name in people}


def _followed(wanted: range, opened: Mapping[int, Sequence[float]]) -> tuple[NDArray[np.int64], Floats]:
    """The frames in which as many faces were seen as in most of them, and the mouth there that moves most."""
    seen = [number for number in wanted if opened.get(number)]
    if not seen:
        return np.zeros(0, np.int64), np.zeros(0)
    people = Counter(len(opened[number]) for number in seen).most_common(1)[0][0]
    numbers = [number for number in seen if len(opened[number]) == people]
    mouths = np.array([opened[number] for number in numbers], np.float64)
    return np.array(numbers), mouths[:, int(np.argmax(mouths.std(axis=0)))]


def _heard(numbers: NDArray[np.int64], loud: Floats, rate: int, fps: int) -> Floats:
    """The sound at each lag: shape (lags, frames). The root tames the loudest vowels."""
    at = (numbers[None, :] + 0.5 - _LAGS[:, None]) / fps * rate
    heard = np.interp(at, np.arange(len(loud)), loud)
    ceiling = np.quantile(heard, 0.9)
    return np.asarray(np.sqrt(np.minimum(heard, ceiling)), np.float64)


def _judge(pairs: Sequence[tuple[Floats, Floats]], fps: int) -> dict[str, Any]:
    frames = sum(len(mouth) for mouth, _ in pairs)
    if frames < _FEWEST:
        return {"verdict": "not measurable", "frames": frames}
    opening = max(float(np.ptp(mouth)) for mouth, _ in pairs)
    found = np.sum([len(mouth) * _correlations(mouth, heard) for mouth, heard in pairs], axis=0) / frames
    best = int(np.argmax(found))
    offset, strength = float(_LAGS[best]), float(found[best])
    told = {
        "offset_frames": offset,
        "correlation": round(strength, 3),
        "frames": frames,
        "opening": round(opening, 4),
    }
    if opening < _STILL:
        return told | {"verdict": "still"}
    if abs(offset) <= MOST_FRAMES and strength >= CERTAIN:
        return told | {"verdict": "in time"}
    in_time = float(found[np.abs(_LAGS) <= MOST_FRAMES].max())
    error = (1 - strength**2) / np.sqrt(max(1.0, frames / fps * _INDEPENDENT_HZ))
    certain = strength >= CERTAIN and strength - in_time >= _APART * error
    return told | {"verdict": "off" if certain else "not measurable"}


def _correlations(mouth: Floats, heard: Floats) -> Floats:
    """Pearson's r of the mouth with the sound at every lag; 0 where one of them does not change."""
    x = mouth - mouth.mean()
    y = heard - heard.mean(axis=1, keepdims=True)
    scale = np.sqrt((x @ x) * np.sum(y * y, axis=1))
    return np.asarray(np.divide(y @ x, scale, out=np.zeros(len(heard)), where=scale > 0), np.float64)
