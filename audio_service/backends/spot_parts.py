"""The parts of spot effects: seeded noise, envelopes, struck bodies, sweeps. Mono float64 at 48 kHz."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from audio_service.backends.chunks import RATE

Wave = NDArray[np.float64]


class Dice:
    """All chance of one effect, keyed by its seed."""

    def __init__(self, seed: int, effect: int) -> None:
        self._rng: Any = np.random.default_rng((seed & 0xFFFFFFFF, effect))

    def noise(self, seconds: float) -> Wave:
        """White noise of unit variance."""
        return np.asarray(self._rng.standard_normal(round(seconds * RATE)))

    def draw(self, low: float, high: float) -> float:
        """A number between ``low`` and ``high``."""
        return float(self._rng.uniform(low, high))

    def several(self, count: int, low: float, high: float) -> list[float]:
        """``count`` such numbers."""
        return [float(one) for one in self._rng.uniform(low, high, count)]

    def wander(self, seconds: float, per_second: float) -> Wave:
        """A smooth random movement 0 to 1 with about so many turns a second."""
        knots = self._rng.random(max(4, int(seconds * per_second) + 3))
        length = round(seconds * RATE)
        at = np.linspace(0, len(knots) - 1.001, length)
        low = at.astype(int)
        part = at - low
        ease = part * part * (3 - 2 * part)
        return np.asarray(knots[low] * (1 - ease) + knots[low + 1] * ease)


def decay(wave: Wave, seconds: float, attack_s: float = 0.001) -> Wave:
    """``wave`` with a soft start and an exponential fall to 1/e in ``seconds``."""
    time = np.arange(len(wave)) / RATE
    return np.asarray(wave * np.minimum(time / attack_s, 1.0) * np.exp(-time / seconds))


def swell(wave: Wave, rise: float, power: float = 2.0) -> Wave:
    """``wave`` rising to its part ``rise`` of the length (0-1) and falling after it."""
    at = np.linspace(0, 1, len(wave))
    shape = np.where(at < rise, at / max(rise, 1e-6), (1 - at) / max(1 - rise, 1e-6))
    return np.asarray(wave * np.clip(shape, 0, 1) ** power)


@cache
def _sections(low: float, high: float, order: int) -> NDArray[np.float64]:
    if low <= 0:
        return np.asarray(signal.butter(order, high, "lowpass", fs=RATE, output="sos"))
    if high >= RATE / 2:
        return np.asarray(signal.butter(order, low, "highpass", fs=RATE, output="sos"))
    return np.asarray(signal.butter(order, (low, high), "bandpass", fs=RATE, output="sos"))


def band(wave: Wave, low: float, high: float, order: int = 2) -> Wave:
    """``wave`` between two frequencies in Hz; 0 and 24000 leave an end open."""
    return np.asarray(signal.sosfilt(_sections(low, high, order), wave))


def struck(seconds: float, modes: Iterable[tuple[float, float, float]]) -> Wave:
    """A struck body: the sum of decaying tones ``(Hz, decay in s, loudness)``."""
    time = np.arange(round(seconds * RATE)) / RATE
    wave = np.zeros(len(time))
    for hertz, fall, loud in modes:
        if hertz < RATE * 0.45:
            wave += loud * np.exp(-time / fall) * np.sin(2 * np.pi * hertz * time)
    return wave * np.minimum(time / 0.0007, 1.0)


def glide(hertz: Wave | float, seconds: float, partials: Sequence[float] = (1.0,)) -> Wave:
    """A tone whose pitch may move, with partials of these loudnesses."""
    length = round(seconds * RATE)
    phase = 2 * np.pi * np.cumsum(np.broadcast_to(np.asarray(hertz, float), (length,))) / RATE
    return np.asarray(sum(loud * np.sin((number + 1) * phase) for number, loud in enumerate(partials)))


def ramp(*points: float, seconds: float) -> Wave:
    """A line through evenly spaced ``points``."""
    return np.interp(np.linspace(0, len(points) - 1, round(seconds * RATE)), np.arange(len(points)), points)


def placed(seconds: float, parts: Iterable[tuple[float, Wave, float]]) -> Wave:
    """Sounds ``(start in s, wave, loudness)`` laid over each other; what reaches past the end is cut."""
    out = np.zeros(round(seconds * RATE))
    for start, wave, loud in parts:
        first = round(start * RATE)
        kept = wave[: max(0, len(out) - first)]
        out[first : first + len(kept)] += loud * kept
    return out


def moving(wave: Wave, start: float, end: float) -> Wave:
    """Mono to stereo, moving from one side (-1 to 1) to the other at constant power, shape ``(n, 2)``."""
    angle = (np.linspace(start, end, len(wave)) + 1) * np.pi / 4
    return np.stack([wave * np.cos(angle), wave * np.sin(angle)], axis=1)
