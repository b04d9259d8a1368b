"""The parts that beds are built from: seeded noise, slow movement, moving filters, grains. It knows no bed by name."""

from collections.abc import Callable
from dataclasses import InitVar, dataclass, field
from math import cos, floor, pi, sin, sqrt
from typing import Any

import numpy as np
from scipy import signal

from audio_service.backends.cascade import Cascade
from audio_service.backends.chunks import CHUNK, RATE, Sound
from audio_service.backends.filters import band, low_pass
from audio_service.backends.oversample import Oversampler

Block = tuple[Sound, Sound | None]
"""50 ms as ``(800, 2)`` at 16 kHz and, where there is anything above 7 kHz, ``(2400, 2)`` at 48 kHz to be added."""

Blocks = Callable[[int], Block]
"""From a block's number to its sound; called in order."""

LOW_RATE = RATE // 3
LOW_CHUNK = CHUNK // 3
"""Layers without anything above 7 kHz are made at 16 kHz and brought up together: a third of the work."""


_KNOTS = 2048
"""How many turns slow movement takes before it comes round: at the pace of syllables some four minutes."""


class Weather:
    """What a layer draws from: noise of a block, and slow random movement, both keyed by the seed."""

    def __init__(self, seed: int, layer: int) -> None:
        self._key = (seed & 0xFFFFFFFF, layer)
        self._rng: Any = np.random.default_rng(self._key)
        self._knots = np.random.default_rng((*self._key, 1)).random((_KNOTS, 4))

    def noise(self, length: int = LOW_CHUNK) -> Sound:
        """White stereo noise of one block, unit variance."""
        return np.asarray(self._rng.standard_normal((length, 2), np.float32))

    def slow(self, block: int, period_s: float, lane: int = 0) -> float:
        """Smooth random movement 0-1 at a block's start, with about one turn every ``period_s``."""
        at = block * CHUNK / RATE / period_s
        index, part = floor(at), at % 1.0
        ease = part * part * (3 - 2 * part)
        knots = self._knots[:, lane]
        return float(knots[index % _KNOTS] * (1 - ease) + knots[(index + 1) % _KNOTS] * ease)

    def count(self, per_second: float) -> int:
        """How many events of this rate begin in a block (Poisson)."""
        return int(self._rng.poisson(per_second * CHUNK / RATE))

    def draw(self, size: int) -> np.ndarray:
        """Uniform numbers 0-1."""
        return np.asarray(self._rng.random(size))


@dataclass
class Filtered:
    """Noise through fixed sections, with a gain that moves smoothly from block to block."""

    sections: InitVar[np.ndarray]
    cascade: Cascade = field(init=False)
    last: np.ndarray = field(init=False)

    def __post_init__(self, sections: np.ndarray) -> None:
        self.cascade = Cascade(sections)
        self.last = np.zeros((2, 1))

    def __call__(self, noise: Sound, gain: float, pan: float = 0.0) -> Sound:
        """``pan`` -1 to 1 moves the layer between the sides at constant power."""
        sound = self.cascade.rows(noise)
        angle = (pan + 1) * pi / 4
        goal = np.array([[gain * sqrt(2) * cos(angle)], [gain * sqrt(2) * sin(angle)]])
        sound *= self.last + (goal - self.last) * _RAMPS[len(noise)]
        self.last = goal
        return sound.T.astype(np.float32, order="C")


_RAMPS = {length: np.linspace(0, 1, length, endpoint=False) for length in (CHUNK, LOW_CHUNK)}


class Upsampler:
    """Blocks at 16 kHz to blocks at 48 kHz, 1 ms late, without a seam."""

    _DENSE = Oversampler(signal.firwin(32 * 3 + 1, 7200, fs=RATE, window=("kaiser", 7.0)) * 3, 3)

    def __init__(self) -> None:
        self._history = np.zeros((2 * self._DENSE.reach, 2), np.float32)

    def __call__(self, block: Sound) -> Sound:
        whole = np.concatenate([self._history, np.asarray(block, np.float32)])
        self._history = whole[-len(self._history) :]
        return np.stack([self._DENSE(whole[:, side]).ravel() for side in (0, 1)], axis=1)


class Grains:
    """Short sounds added at random places; what reaches past a block is kept for the next one."""

    def __init__(self, longest_s: float) -> None:
        self._tail = np.zeros((int(longest_s * RATE) + 2 * CHUNK, 2), np.float32)

    def add(self, grain: Sound, at: int, left: float, right: float) -> None:
        """Add a mono grain ``at`` samples into the coming block."""
        self._tail[at : at + len(grain), 0] += grain * left
        self._tail[at : at + len(grain), 1] += grain * right

    def take(self) -> Sound:
        """The coming block."""
        out = self._tail[:CHUNK].copy()
        self._tail[:-CHUNK] = self._tail[CHUNK:]
        self._tail[-CHUNK:] = 0.0
        return out


def ping(frequency: float, decay_s: float, attack_s: float = 0.0005) -> Sound:
    """A decaying tone with a soft start: a drop, a knock. Peak about 1."""
    time = np.arange(int(decay_s * 6 * RATE)) / RATE
    rise = np.minimum(time / attack_s, 1.0)
    fall = 0.5 + 0.5 * np.cos(np.pi * np.arange(len(time)) / len(time))
    return np.asarray(rise * fall * np.exp(-time / decay_s) * np.sin(2 * np.pi * frequency * time), np.float32)


class Events:
    """Longer sounds that begin at random moments and are given out block by block; each is kept until it is over."""

    def __init__(self) -> None:
        self._active: list[tuple[Sound, np.ndarray | None, int]] = []

    def add(self, sound: Sound, at: int = 0, pan: float = 0.0, gain: float = 1.0) -> None:
        """Add a mono sound ``at`` samples into the coming block, at a side -1 to 1."""
        self._active.append((sound[:, None], sides(pan) * gain, -at))

    def add_stereo(self, sound: Sound, at: int = 0) -> None:
        """Add a stereo sound ``at`` samples into the coming block."""
        self._active.append((sound, None, -at))

    def take(self, length: int = CHUNK) -> Sound:
        """The coming block of ``length`` samples, stereo."""
        out = np.zeros((length, 2), np.float32)
        left: list[tuple[Sound, np.ndarray | None, int]] = []
        for sound, gains, done in self._active:
            start = max(0, -done)
            if start < length:
                part = sound[max(0, done) : max(0, done) + length - start]
                out[start : start + len(part)] += part if gains is None else np.asarray(part * gains, np.float32)
            if done + length < len(sound):
                left.append((sound, gains, done + length))
        self._active = left
        return out


def layer(*sections: np.ndarray) -> Filtered:
    """Noise through these sections, one after the other."""
    return Filtered(np.concatenate(sections))


def low_band(low: float, high: float, order: int = 1) -> np.ndarray:
    """A band-pass for layers at 16 kHz."""
    return band(low, high, LOW_RATE, order)


def under(hertz: float) -> np.ndarray:
    """A low-pass for layers at 16 kHz."""
    return low_pass(hertz, LOW_RATE)


def sides(pan: float) -> np.ndarray:
    """Constant-power gains of a side -1 (left) to 1 (right), shape ``(2,)``."""
    angle = (pan + 1) * np.pi / 4
    return np.array([np.cos(angle), np.sin(angle)])


def hump(at: float, centre: float, width: float) -> float:
    """A smooth rise and fall around ``centre``, 0 beyond twice the width."""
    away = (at - centre) / (2 * width)
    return float(np.cos(away * np.pi / 2) ** 4) if abs(away) < 1 else 0.0
