"""Simple music for a mood: chords, an arpeggio, a bass and soft pads, composed as it goes along by the seed.

It never loops: chords walk through a small graph of what follows what in the key, the melody walks through the chord,
dynamics drift. All tones are sums of sines; nothing is taken from any recording or score.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from audio_service.backends.bed_parts import LOW_CHUNK, LOW_RATE, Block, Blocks, Events, Weather, layer, low_band, under
from audio_service.backends.chunks import Sound


@dataclass(frozen=True)
class Mood:
    """``key`` MIDI number of the tonic; ``scale`` semitones; ``follows`` degree -> degrees that may come next;
    ``beat_s`` seconds; ``chord_beats``; ``arp`` chance of a note on each half beat; ``bright`` 0-1 number of partials;
    ``pulse`` loudness of a low pulse on each beat; ``sevenths`` whether chords have four notes; ``before_home`` the
    degree that leads home to the tonic.
    """

    key: int
    scale: tuple[int, ...]
    follows: dict[int, tuple[int, ...]]
    beat_s: float
    chord_beats: int = 4
    arp: float = 0.5
    bright: float = 0.4
    pulse: float = 0.0
    sevenths: bool = False
    before_home: int = 4
    octave: int = 1


_MAJOR, _MINOR, _LYDIAN = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10), (0, 2, 4, 6, 7, 9, 11)
_PHRYGIAN = (0, 1, 3, 5, 7, 8, 10)

MOODS: dict[str, Mood] = {
    "music-calm": Mood(60, _MAJOR, {0: (3, 5, 2), 3: (0, 4, 1), 5: (3, 1), 1: (4, 3), 4: (0, 5), 2: (5, 3)}, 0.95,
                       arp=0.32, bright=0.25, sevenths=True),
    "music-tense": Mood(50, _PHRYGIAN, {0: (1, 0, 5), 1: (0, 3), 5: (1, 4), 3: (1, 0), 4: (0, 5)}, 0.5,
                        chord_beats=8, arp=0.24, bright=0.55, pulse=0.5, before_home=1, octave=0),
    "music-joyful": Mood(62, _MAJOR, {0: (3, 4, 5), 3: (4, 0), 4: (0, 5), 5: (3, 4), 1: (4,)}, 0.44,
                         arp=0.85, bright=0.6, pulse=0.16),
    "music-sad": Mood(57, _MINOR, {0: (5, 3, 2), 5: (2, 3), 2: (6, 5), 6: (0, 5), 3: (0, 4), 4: (0, 5)}, 1.05,
                      arp=0.36, bright=0.22),
    "music-hopeful": Mood(55, _LYDIAN, {0: (4, 5, 1), 4: (5, 0), 5: (1, 4), 1: (0, 4)}, 0.66,
                          arp=0.62, bright=0.45, pulse=0.1, sevenths=True),
}  # fmt: skip


_PHRASE = 8
"""Chords in a phrase."""


def _hertz(note: int) -> float:
    return float(440.0 * 2 ** ((note - 69) / 12))


@lru_cache(maxsize=64)
def _pluck(note: int, bright: float) -> Sound:
    """A soft plucked tone at 16 kHz: high partials die first."""
    hertz, time = _hertz(note), np.arange(round(1.9 * LOW_RATE)) / LOW_RATE
    wave = np.zeros(len(time))
    for partial in range(1, 7):
        if hertz * partial < 6500:
            loud = (0.35 + 0.4 * bright) ** (partial - 1)
            wave += (
                loud
                * np.exp(-time * (1.7 + 1.5 * partial))
                * np.sin(2 * np.pi * hertz * partial * 1.0004**partial * time)
            )
    return np.asarray(wave * np.minimum(time / 0.006, 1) * np.minimum((1.9 - time) / 0.2, 1), np.float32)


@lru_cache(maxsize=64)
def _pad(note: int, seconds: float, bright: float) -> Sound:
    """A tone that swells in and out: three detuned voices of a few partials, breathing."""
    hertz, time = _hertz(note), np.arange(round(seconds * LOW_RATE)) / LOW_RATE
    wave = np.zeros(len(time))
    for detune, shift in ((0.9975, 0.0), (1.0, 1.3), (1.0028, 2.1)):
        for partial, loud in ((1, 1.0), (2, 0.28 + 0.3 * bright), (3, 0.12 + 0.3 * bright * bright), (4, 0.1 * bright)):
            if hertz * partial < 5000:
                wave += loud / 3 * np.sin(2 * np.pi * hertz * detune * partial * time + shift * partial)
    edge = np.minimum(1.0, np.minimum(time / (0.3 * seconds), (seconds - time) / (0.35 * seconds)))
    breath = 1 + 0.08 * np.sin(2 * np.pi * 0.31 * time + note)
    return np.asarray(wave * np.sin(edge * np.pi / 2) ** 2 * breath, np.float32)


class Hall:
    """A soft hall at 16 kHz: four long lines that feed each other, each round a little darker (Jot's network)."""

    _LENGTHS = (811, 1051, 1277, 1543)

    def __init__(self, gain: float) -> None:
        self._lines = [np.zeros(length + LOW_CHUNK) for length in self._LENGTHS]
        self._low, self._gain = np.zeros(4), gain
        self._mixing = 0.5 * np.array([[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]])

    def __call__(self, dry: Sound) -> Sound:
        """The wet block for a dry one, ``(800, 2)``."""
        heads = np.stack([line[:LOW_CHUNK] for line in self._lines])
        damped = 0.62 * heads + 0.38 * np.concatenate([self._low[:, None], heads[:, :-1]], axis=1)
        self._low = heads[:, -1]
        fed = self._gain * (self._mixing @ damped) + np.stack([dry[:, 0], dry[:, 1], dry[:, 1], dry[:, 0]]) * 0.5
        for line, new in zip(self._lines, fed, strict=True):
            line[: len(line) - LOW_CHUNK] = line[LOW_CHUNK:]
            line[len(line) - LOW_CHUNK :] = new
        return np.asarray(np.stack([heads[0] - heads[2], heads[1] - heads[3]], axis=1), np.float32)


class _Player:
    """Reads the score as it is being written: what sounds in the coming half beat."""

    def __init__(self, mood: Mood, seed: int) -> None:
        self.mood, self.chance, self.voices = mood, Weather(seed, 1), Events()
        self._seed, self._half, self._degree, self._last = seed, 0, 0, 0

    def half_beat(self, at: int) -> None:
        """Write and start the notes of the next half beat, ``at`` samples into the coming block."""
        mood, halves = self.mood, 2 * self.mood.chord_beats
        if self._half % halves == 0:
            self._degree = self._next_degree(self._half // halves)
            self._chord(at)
        chance, step, loud, side = self.chance.draw(4)
        strong = self._half % 2 == 0
        if chance < mood.arp * (1.15 if strong else 0.8):
            tones = self._tones()
            self._last = int(np.clip(self._last + round(3.2 * step - 1.6), 0, 2 * len(tones) - 1))
            note = tones[self._last % len(tones)] + 12 * (self._last // len(tones)) + 12 * mood.octave
            self.voices.add(_pluck(note, mood.bright), at, 0.9 * side - 0.45, 0.16 + 0.12 * loud + 0.05 * strong)
        if mood.pulse and strong:
            self.voices.add(_pluck(mood.key - 24 + mood.scale[self._degree % 7] % 12, 0.8), at, 0.0, mood.pulse)
        self._half += 1

    def _next_degree(self, chord: int) -> int:
        """The degree of a chord by its number: every phrase of eight goes out from the tonic and comes home to it."""
        step = chord % _PHRASE
        if step in (0, _PHRASE - 1):
            return 0
        if step == _PHRASE - 2:
            return self.mood.before_home
        nexts = self.mood.follows[self._degree]
        return nexts[int(self.chance.draw(1)[0] * len(nexts))]

    def _tones(self) -> list[int]:
        scale, key = self.mood.scale, self.mood.key
        steps = (0, 2, 4, 6) if self.mood.sevenths else (0, 2, 4)
        return [key + scale[(self._degree + s) % 7] + 12 * ((self._degree + s) // 7) for s in steps]

    def _chord(self, at: int) -> None:
        seconds = self.mood.beat_s * self.mood.chord_beats * 1.45
        tones = self._tones()
        for number, note in enumerate(tones):
            near = note - 12 * ((note - self.mood.key + 5) // 12)  # voices move as little as they can
            pan = 0.7 * (number / (len(tones) - 1) - 0.5)
            self.voices.add(_pad(near, seconds, self.mood.bright), at, pan, 0.20)
        self.voices.add(_pad(tones[0] - 24 if tones[0] - 24 > 33 else tones[0] - 12, seconds, 0.15), at, 0.0, 0.34)


def music(name: str, seed: int) -> Blocks:
    """The blocks of a mood of music; two seeds play two pieces."""
    mood = MOODS[name]
    player, hall, drift = _Player(mood, seed), Hall(0.78), Weather(seed, 2)
    air, next_at = layer(low_band(200, 1500), under(2500)), 0

    def block(index: int) -> Block:
        nonlocal next_at
        while next_at < LOW_CHUNK:
            player.half_beat(max(0, next_at))
            next_at += round(mood.beat_s / 2 * LOW_RATE)
        next_at -= LOW_CHUNK
        dry = player.voices.take(LOW_CHUNK) * np.float32(0.75 + 0.35 * drift.slow(index, 9.0))
        return dry + np.float32(0.5) * hall(dry) + air(drift.noise(), 0.002), None

    return block
