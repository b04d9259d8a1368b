"""Beds of what lives outdoors: birds, insects, the forest they live in. See ``beds``."""

import numpy as np

from audio_service.backends.bed_parts import (
    LOW_CHUNK,
    LOW_RATE,
    Block,
    Blocks,
    Events,
    Weather,
    layer,
    low_band,
    sides,
    under,
)  # fmt: skip
from audio_service.backends.chunks import CHUNK, RATE, Sound
from audio_service.backends.filters import high_pass, low_pass


def _syllable(draw: np.ndarray) -> Sound:
    """One note of a bird from five numbers 0-1: where it starts, where it goes, how long, its tremble, its bow."""
    start, go, long, tremble, bow = (float(one) for one in draw)
    seconds = 0.04 + 0.13 * long
    at = np.linspace(0, 1, round(seconds * RATE))
    hertz = (2300 + 2600 * start) * (1 + (0.9 * go - 0.45) * at + 0.5 * (bow - 0.5) * np.sin(np.pi * at))
    hertz *= 1 + 0.05 * max(0.0, tremble - 0.5) * np.sin(2 * np.pi * 34 * seconds * at)
    phase = 2 * np.pi * np.cumsum(np.clip(hertz, 1500, 7800)) / RATE
    return np.asarray((np.sin(phase) + 0.12 * np.sin(2 * phase)) * np.sin(np.pi * at) ** 1.5, np.float32)


def _song(weather: Weather) -> Sound:
    """A phrase: a few syllables, each said one to six times, in a rhythm of its own."""
    parts: list[Sound] = []
    for _ in range(1 + int(3 * weather.draw(1)[0])):
        note, numbers = _syllable(weather.draw(5)), weather.draw(2)
        gap = np.zeros(round((0.02 + 0.09 * numbers[0]) * RATE), np.float32)
        for _ in range(1 + int(6 * numbers[1] ** 1.5)):
            parts += [note, gap]
    return np.concatenate(parts)


def _singers(seed: int, per_second: float, loud: float) -> Blocks:
    """A handful of birds, each with its own few songs, near and far."""
    chance, voices, far = Weather(seed, 30), Events(), layer(high_pass(1400), low_pass(9000))
    songs = [(_song(Weather(seed, 31 + bird)), 1.7 * (bird % 5) / 4 - 0.85, 0.25 + 0.75 * ((bird * 7) % 5) / 4)
             for bird in range(9)]  # fmt: skip

    def block(index: int) -> Block:
        for _ in range(chance.count(per_second * (0.35 + 1.2 * chance.slow(index, 3.0)))):
            which, at, how = chance.draw(3)
            song, pan, near = songs[int(which * len(songs))]
            for late, part in ((0, 1.0), (round((0.05 + 0.07 * near) * RATE), 0.20), (round(0.19 * RATE), 0.09)):
                voices.add(song, int(at * CHUNK) + late, pan * (1 - 0.4 * (late > 0)), loud * near * (0.5 + how) * part)
        return np.zeros((CHUNK // 3, 2), np.float32), far(voices.take(), 1.0)

    return block


def birds(seed: int) -> Blocks:
    """Many birds over a little air."""
    choir, air = _singers(seed, 2.4, 0.20), Weather(seed, 1)
    breeze, leaves = layer(low_band(120, 500), under(900)), layer(high_pass(2200), low_pass(7000))

    def block(index: int) -> Block:
        low, high = choir(index)
        soft = 0.05 + 0.05 * air.slow(index, 3.0)
        return low + breeze(air.noise(), soft), (0.0 if high is None else high) + leaves(air.noise(CHUNK), 0.4 * soft)

    return block


def forest(seed: int) -> Blocks:
    """Leaves that rustle in slow gusts from two sides, low air between the trunks, a bird here and there."""
    choir, air, crown = _singers(seed, 0.55, 0.11), Weather(seed, 1), Weather(seed, 2)
    trunk, left, right = layer(low_band(70, 330), under(600)), layer(low_band(1300, 6000)), layer(low_band(1300, 6000))
    twigs = layer(high_pass(4200), low_pass(11_000))

    def block(index: int) -> Block:
        gusts = [crown.slow(index, 2.6, lane) * (0.35 + 0.65 * crown.slow(index, 6.5, lane + 2)) for lane in (0, 1)]
        _, high = choir(index)
        noise = crown.noise()
        leaves = left(noise, 0.04 + 0.6 * gusts[0] ** 1.4, -0.7) + right(noise[::-1], 0.04 + 0.6 * gusts[1] ** 1.4, 0.7)
        near = twigs(air.noise(CHUNK), 0.012 + 0.08 * max(gusts) ** 2)
        return trunk(air.noise(), 0.10 + 0.22 * max(gusts)) + leaves, near + (0.0 if high is None else high)

    return block


_CRICKETS = (
    (4150.0, 2.9, 3, -0.75, 0.8),
    (4480.0, 2.3, 4, 0.6, 0.55),
    (4790.0, 3.4, 3, 0.1, 0.3),
    (3890.0, 1.9, 4, -0.3, 0.4),
)
"""Each cricket: pitch in Hz, chirps a second, pulses in a chirp, side, loudness."""


def insects(seed: int) -> Blocks:
    """A warm night: crickets that chirp in pulses, each at its own pace, over the shimmer of very many far ones."""
    night, mass = Weather(seed, 1), Weather(seed, 2)
    air, shimmer = layer(low_band(70, 300), under(600)), layer(low_band(4700, 6900, 2))
    shift = 1 + 0.04 * (seed % 7 - 3) / 3
    places = np.stack([sides(pan) for *_, pan, _ in _CRICKETS])
    within = np.arange(LOW_CHUNK) / LOW_RATE

    def block(index: int) -> Block:
        time = within + index * CHUNK / RATE
        out = shimmer(mass.noise(), 0.05 + 0.02 * mass.slow(index, 2.5))
        out *= np.asarray(0.75 + 0.25 * np.sin(2 * np.pi * 21 * time), np.float32)[:, None]
        for number, (hertz, pace, pulses, _, loud) in enumerate(_CRICKETS):
            sings = np.clip(4 * night.slow(index, 4.0, number) - 0.8, 0, 1)
            early, late = (0.9 * mass.slow(index + step, 3.1, number) for step in (0, 1))
            turn = (time * pace + np.linspace(early, late, LOW_CHUNK, endpoint=False) + 0.31 * number) % 1.0
            chirp = np.where(turn < 0.035 * pace * pulses, np.sin(np.pi * (turn / (0.035 * pace)) % np.pi) ** 2, 0.0)
            tone = np.sin(2 * np.pi * hertz * shift * time)
            wave = np.asarray(0.3 * loud * sings * chirp * tone, np.float32)
            out += wave[:, None] * np.asarray(places[number], np.float32)
        return air(night.noise(), 0.03 + 0.02 * night.slow(index, 5.0)) + out, None

    return block
