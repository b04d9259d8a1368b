"""Does everybody stay who they are? Faces, drawn looks and voices, compared from shot to shot in the finished film.

Portraits are compared by a face recogniser, drawn characters by the shape of the face and the colours of hair and
clothes, voices by a speaker embedding. Each character gets its worst shot by name. Light, weather and the bed under a
voice move these figures a little; the limits are where a viewer would notice, and the figures are always told.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audio_service.client import hearing
from generation_service.contract.jobs import Heard, TakeRef

SAME_FACE = 0.6
"""dlib's own limit for two pictures of one person."""

SAME_SHAPE = 0.12
SAME_COLOUR = 30.0
SAME_VOICE = 0.6
"""Procrustes distance of firm points, CIE76 difference, cosine: beyond these a shot is named as off."""

_SHORTEST_S = 0.9
_MOST_LINES = 12
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Sight:
    """One person in one shot: ``face`` (128,) of a portrait; ``shape`` (n, 2) and ``colours`` (2, 3) of all."""

    shot: int
    person: str
    portrait: bool
    face: Floats | None
    shape: Floats
    colours: Floats


@dataclass(frozen=True)
class _Kind:
    """A measure between two of a kind. ``far`` says which of two figures is worse."""

    name: str
    limit: float
    between: Callable[[Any, Any], float]
    near_is_high: bool = False

    def is_off(self, figure: float) -> bool:
        return figure < self.limit if self.near_is_high else figure > self.limit


def _colour_difference(one: Floats, other: Floats) -> float:
    """The mean CIE76 difference of hair and clothes; lightness counts half, for the light of a scene changes it."""
    weights = np.array([0.5, 1.0, 1.0])
    parts = np.linalg.norm((one - other) * weights, axis=1)
    return float(np.nanmean(parts)) if np.isfinite(parts).any() else 0.0


_FACE = _Kind("face_distance", SAME_FACE, lambda a, b: float(np.linalg.norm(a - b)))
_SHAPE = _Kind("shape_distance", SAME_SHAPE, lambda a, b: float(np.linalg.norm(a - b)))
_COLOUR = _Kind("colour_difference", SAME_COLOUR, _colour_difference)
_VOICE = _Kind("voice_cosine", SAME_VOICE, lambda a, b: float(a @ b), near_is_high=True)


def measure_looks(sights: Sequence[Sight]) -> dict[str, Any]:
    """By character: the measures that apply, each with its mean, its worst figure and the shot that has it."""
    people: dict[str, list[Sight]] = defaultdict(list)
    for sight in sights:
        people[sight.person].append(sight)
    told: dict[str, Any] = {}
    for name, seen in people.items():
        faces = [(one.shot, one.face) for one in seen if one.face is not None]
        measures = [(_FACE, faces)] if seen[0].portrait else [(_SHAPE, [(one.shot, one.shape) for one in seen])]
        if not seen[0].portrait:
            measures.append((_COLOUR, [(one.shot, one.colours) for one in seen]))
        told[name] = {"kind": "portrait" if seen[0].portrait else "drawn", "shots": [one.shot for one in seen]}
        told[name] |= {kind.name: _spread(kind, values, "shot") for kind, values in measures}
    return told


def measure_voices(takes: Sequence[TakeRef], mono: NDArray[np.float32], check: Callable[[], None]) -> dict[str, Any]:
    """By character: how near its lines are to each other as voices; ``mono`` is the film's sound at 16 kHz. A whisper
    has no voice and is left out, and so is what is said while another speaks: the judge would hear them both.
    """
    spoken: dict[str, list[tuple[int, Floats]]] = defaultdict(list)
    for number, line, (start, end) in _longest_lines(takes):
        part = mono[round(start * hearing.RATE) : round(end * hearing.RATE)]
        spoken[line.character].append((number, hearing.speaker(part, check)))
    return {name: {_VOICE.name: _spread(_VOICE, values, "shot")} for name, values in spoken.items()}


def worst_shot(told: Mapping[str, Any]) -> dict[str, Any] | None:
    """The shot that is furthest out of line in the whole film, relative to the limit; None when nothing compares."""
    kinds = {kind.name: kind for kind in (_FACE, _SHAPE, _COLOUR, _VOICE)}
    found = [
        (_share(kinds[measure], figures["worst"]), name, measure, figures)
        for name, one in told.items()
        for measure, figures in one.items()
        if measure in kinds and figures.get("worst") is not None
    ]
    if not found:
        return None
    share, name, measure, figures = max(found, key=lambda one: one[0])
    return {
        "character": name,
        "shot": figures["worst_shot"],
        "measure": measure,
        "figure": figures["worst"],
        "limit": figures["limit"],
        "off": share > 1,
    }


def _share(kind: _Kind, figure: float) -> float:
    """How much of the limit is used: over 1 is off."""
    return (1 - figure) / (1 - kind.limit) if kind.near_is_high else figure / kind.limit


def _spread(kind: _Kind, values: Sequence[tuple[int, Any]], what: str) -> dict[str, Any]:
    """Each one against the others: the mean over all pairs, and who is furthest from the rest on average."""
    told: dict[str, Any] = {"limit": kind.limit, "compared": len(values)}
    if len(values) < 2:
        return told | {"mean": None, "worst": None}
    away: dict[int, list[float]] = defaultdict(list)
    for (one, a), (other, b) in combinations(enumerate(v for _, v in values), 2):
        figure = kind.between(a, b)
        away[one].append(figure)
        away[other].append(figure)
    means = {at: float(np.mean(figures)) for at, figures in away.items()}
    pick = min if kind.near_is_high else max
    worst = pick(means, key=lambda at: means[at])
    return told | {
        "mean": round(float(np.mean(list(means.values()))), 4),
        "worst": round(means[worst], 4),
        f"worst_{what}": values[worst][0],
        "off": kind.is_off(means[worst]),
    }


def _longest_lines(takes: Sequence[TakeRef]) -> Iterable[tuple[int, Heard, tuple[float, float]]]:
    """(shot number, line, its longest part that nobody else talks into, in seconds of the film): at most twelve lines
    of each character, the longest ones, in the order of the film.
    """
    everybody = [line for take in takes for line in take.lines]
    by_name: dict[str, list[tuple[int, Heard, tuple[float, float]]]] = defaultdict(list)
    for number, take in enumerate(takes, 1):
        for line in take.lines:
            start, end = _alone(line, everybody)
            if end - start >= _SHORTEST_S and not line.whispered:
                by_name[line.character].append((number, line, (start, end)))
    for lines in by_name.values():
        chosen = sorted(lines, key=lambda one: one[2][0] - one[2][1])[:_MOST_LINES]
        yield from sorted(chosen, key=lambda one: one[1].start_s)


def _alone(line: Heard, everybody: Iterable[Heard]) -> tuple[float, float]:
    """The longest part of ``line`` in which no other character speaks."""
    free = [(line.start_s, line.end_s)]
    for other in everybody:
        if other.character != line.character:
            left = [(start, min(end, other.start_s)) for start, end in free]
            free = left + [(max(start, other.end_s), end) for start, end in free]
    return max(free, key=lambda one: one[1] - one[0])
