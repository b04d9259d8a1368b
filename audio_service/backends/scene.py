"""What is to be heard in a film, and when: lines, beds, effects and room tone, given out block by block.

Nothing here holds more of the film than what sounds at the moment.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from audio_service.backends.bed_parts import Events, sides
from audio_service.backends.chunks import CHUNK, RATE, Check, Sound
from audio_service.backends.filters import fade
from audio_service.backends.loudness import SILENT, Gauge
from audio_service.backends.rooms import heard_in
from audio_service.backends.spots import make_effect
from audio_service.backends.tape import bed_tape, tone_tape

BED_LUFS = -20.0
"""Loudness of a bed at gain 0 dB, that of a neutral line."""

CROSS_S = 0.5
"""How long one bed goes over into the next; half of it lies on each side of the cut."""

_CALIBRATED_S = 10.0

_NOWHERE = frozenset({"heartbeat", "whoosh"})
"""Effects that belong to a mind or to a cut, not to a place."""


@dataclass(frozen=True)
class PlacedLine:
    """Mono sound at 48 kHz, or what loads it, from ``start_s`` of the film; ``pan`` -1 left to 1 right; the ``room``
    it is spoken in (see ``rooms``), None for none, and its ``distance``.
    """

    sound: Sound | Callable[[], Sound]
    start_s: float
    gain_db: float = 0.0
    pan: float = 0.0
    room: str | None = None
    distance: str = "close"

    def load(self) -> Sound:
        """The sound itself."""
        return self.sound() if callable(self.sound) else self.sound


@dataclass(frozen=True)
class PlacedBed:
    """A bed by its name (see ``bed_names``), from ``start_s`` to ``end_s`` of the film."""

    name: str
    start_s: float
    end_s: float
    gain_db: float
    seed: int


@dataclass(frozen=True)
class PlacedEffect:
    """A spot effect by its name (see ``effect_names``) at ``start_s`` of the film, in the ``room`` and at the
    ``distance`` of the line beside it.
    """

    name: str
    start_s: float
    gain_db: float = 0.0
    pan: float = 0.0
    seed: int = 0
    room: str | None = None
    distance: str = "close"


@dataclass(frozen=True)
class PlacedTone:
    """The tone of a room (see ``rooms``), from ``start_s`` to ``end_s`` of the film."""

    room: str
    start_s: float
    end_s: float
    seed: int = 0


@dataclass(frozen=True)
class Scene:
    """All of a film's sound."""

    lines: Sequence[PlacedLine] = ()
    beds: Sequence[PlacedBed] = ()
    effects: Sequence[PlacedEffect] = ()
    tones: Sequence[PlacedTone] = ()


class Cues:
    """Sounds that begin at a sample of the film, made when their block comes and forgotten when they are over."""

    def __init__(self, cues: list[tuple[int, Callable[[], Sound]]]) -> None:
        self._waiting = sorted(cues, key=lambda cue: cue[0], reverse=True)
        self._events, self._at = Events(), 0

    def take(self, length: int) -> Sound:
        """The coming block."""
        while self._waiting and self._waiting[-1][0] < self._at + length:
            start, make = self._waiting.pop()
            self._events.add_stereo(make(), start - self._at)
        self._at += length
        return self._events.take(length)


class Stretch:
    """An endless stream between two samples of the film, faded at both ends at constant power."""

    def __init__(self, blocks: Iterator[Sound], start: int, stop: int, gain: float) -> None:
        self._blocks, self._start, self._stop, self._gain = blocks, start, stop, np.float32(gain)
        self._fade = max(1, min(round(CROSS_S * RATE), (stop - start) // 2))
        self._rest = np.zeros((0, 2), np.float32)

    def add_to(self, out: Sound, at: int) -> None:
        """Add what of it lies in the block that begins at sample ``at`` of the film."""
        first, last = max(self._start, at), min(self._stop, at + len(out))
        if last <= first:
            return
        index = np.arange(first, last)
        inside = np.minimum(index - self._start + 0.5, self._stop - index - 0.5) / self._fade
        level = self._gain * np.sin(np.minimum(inside, 1.0) * np.pi / 2).astype(np.float32)
        out[first - at : last - at] += self._read(last - first) * level[:, None]

    def over(self, at: int) -> bool:
        """Whether nothing of it comes any more."""
        return at >= self._stop

    def _read(self, count: int) -> Sound:
        while len(self._rest) < count:
            self._rest = np.concatenate([self._rest, next(self._blocks)])
        out, self._rest = self._rest[:count], self._rest[count:]
        return out


def line_cues(lines: Sequence[PlacedLine], length: int, check: Check) -> Cues:
    """The lines as they are heard: panned, in their room, at their distance."""

    def made(line: PlacedLine) -> Sound:
        start = round(line.start_s * RATE)
        dry = fade(line.load()[: max(0, length - start)], 48, 480) * np.float32(10 ** (line.gain_db / 20))
        heard = heard_in(dry, line.room, line.distance, check)
        return heard * np.asarray(sides(line.pan) * np.sqrt(2), np.float32)

    return Cues([(round(line.start_s * RATE), partial(made, line)) for line in lines])


def effect_cues(effects: Sequence[PlacedEffect], check: Check) -> Cues:
    """The spot effects as they are heard: panned, in their room, at their distance. What sounds nowhere stays dry."""

    def made(effect: PlacedEffect) -> Sound:
        gains = np.asarray(sides(effect.pan) * np.sqrt(2) * 10 ** (effect.gain_db / 20), np.float32)
        dry = make_effect(effect.name, effect.seed, check)
        heard = dry if effect.name in _NOWHERE else heard_in(dry, effect.room, effect.distance, check, voice=False)
        return heard * gains

    return Cues([(round(one.start_s * RATE), partial(made, one)) for one in effects])


def bed_stretches(beds: Sequence[PlacedBed], length: int, check: Check) -> list[Stretch]:
    """The beds, each brought to its loudness; neighbours in time overlap, so that one goes over into the next."""
    found = []
    for bed in beds:
        gain = 10 ** ((_bed_gain_db(bed.name, bed.seed, check) + bed.gain_db) / 20)
        found.append(Stretch(bed_tape(bed.name, bed.seed), *_widened(bed.start_s, bed.end_s, length), gain))
    return found


def tone_stretches(tones: Sequence[PlacedTone], length: int) -> list[Stretch]:
    """Room tones, crossfaded like beds."""
    return [Stretch(tone_tape(one.room, one.seed), *_widened(one.start_s, one.end_s, length), 1.0) for one in tones]


def _widened(start_s: float, end_s: float, length: int) -> tuple[int, int]:
    half = round(CROSS_S / 2 * RATE)
    return max(0, round(start_s * RATE) - half), min(length, round(end_s * RATE) + half)


_GAINS: dict[tuple[str, int], float] = {}


def _bed_gain_db(name: str, seed: int, check: Check) -> float:
    """What brings a bed to ``BED_LUFS``, measured on its first seconds; kept, as the same bed sounds the same."""
    if (name, seed) not in _GAINS:
        gauge, blocks = Gauge(), bed_tape(name, seed)
        for _ in range(round(_CALIBRATED_S * RATE / CHUNK)):
            check()
            gauge.feed(next(blocks))
        measured = gauge.integrated()
        if len(_GAINS) > 500:
            _GAINS.clear()
        _GAINS[name, seed] = BED_LUFS - measured if measured > SILENT else 0.0
    return _GAINS[name, seed]
