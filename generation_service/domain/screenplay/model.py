"""What a script is once read, whatever it was written in: scenes of beats, turns and frames, and what they ask for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from generation_service.contract.methods import CastMember
from generation_service.contract.shots import Angle, CameraMove, Mood, Season, ShotSize, TimeOfDay, Transition, Weather


@dataclass(frozen=True, order=True)
class Problem:
    """A mistake in a script. ``line`` and ``column`` count from 1, columns in Unicode characters; ``pointer`` is the
    RFC 6901 place in a storyboard.
    """

    line: int
    column: int
    detail: str
    fix: str
    pointer: str = ""

    def to_wire(self) -> dict[str, Any]:
        told = {"line": self.line, "column": self.column, "detail": self.detail, "fix": self.fix}
        return told | ({"pointer": self.pointer} if self.pointer else {})


@dataclass(frozen=True)
class Effect:
    """A spot effect asked for, ``at_s`` of the shot; None: where the words stand."""

    name: str
    at_s: float | None = None


@dataclass(frozen=True)
class Directive:
    """What ``[[shot: …]]`` notes ask for; None or empty where they say nothing. ``seconds`` is the shortest length
    wanted. ``props`` and ``stage`` are (name, where), ``wardrobe`` (name, words), ``cast`` (name, who).
    """

    size: ShotSize | None = None
    angle: Angle | None = None
    camera: CameraMove | None = None
    seconds: float | None = None
    bed: str | None = None
    seed: int | None = None
    transition: Transition | None = None
    mood: Mood | None = None
    season: Season | None = None
    weather: Weather | None = None
    time: TimeOfDay | None = None
    title: str | None = None
    captions: bool | None = None
    lock: bool | None = None
    alternate: int | None = None
    id: str | None = None
    quiet: bool | None = None
    effects: tuple[Effect, ...] = ()
    elements: tuple[str, ...] = ()
    props: tuple[tuple[str, str], ...] = ()
    stage: tuple[tuple[str, str], ...] = ()
    wardrobe: tuple[tuple[str, str], ...] = ()
    cast: tuple[tuple[str, CastMember], ...] = ()

    def then(self, later: "Directive") -> "Directive":
        """Both together: lists add up, and of single wishes the later one wins."""
        if self is NOTHING or later is NOTHING:
            return later if self is NOTHING else self
        merged: dict[str, Any] = {}
        for one in fields(self):
            mine, other = getattr(self, one.name), getattr(later, one.name)
            merged[one.name] = mine + other if isinstance(mine, tuple) else mine if other is None else other
        return Directive(**merged)

    def of_scene(self) -> "Directive":
        """What of it the whole scene has: where, when, in what weather and mood, and the sound of the place."""
        return Directive(
            bed=self.bed, mood=self.mood, season=self.season, weather=self.weather, time=self.time,
            elements=self.elements,
        )  # fmt: skip


NOTHING = Directive()
"""A directive that asks for nothing: most shots have it."""


@dataclass(frozen=True)
class Segment:
    """Words spoken in one manner: a turn is cut where a parenthetical changes the delivery."""

    text: str
    parenthetical: str
    line: int


@dataclass(frozen=True)
class Turn:
    """One character speaks. ``offscreen`` for (V.O.), (O.S.) and the like: heard, not seen. ``dual``: at the same
    time as the turn before it.
    """

    character: str
    segments: tuple[Segment, ...]
    offscreen: bool
    line: int
    directive: Directive = NOTHING
    dual: bool = False


@dataclass(frozen=True)
class Beat:
    """A paragraph of action."""

    text: str
    line: int
    directive: Directive = NOTHING


@dataclass(frozen=True)
class Frame:
    """One shot, told outright by a storyboard or a prompt: no habit of the director adds another to it."""

    text: str
    turns: tuple[Turn, ...]
    line: int
    directive: Directive = NOTHING


Item = Beat | Turn | Frame


@dataclass(frozen=True)
class Scene:
    """A heading and what happens under it. ``transition`` is how the film comes into it, "" where nothing is said;
    ``number`` is the scene number written as ``#12A#``.
    """

    heading: str
    line: int
    transition: Transition | Literal[""]
    items: tuple[Item, ...]
    directive: Directive = NOTHING
    number: str = ""


@dataclass(frozen=True)
class Screenplay:
    """``cast`` is what the script itself says of who plays whom; ``notes`` what its reader had to assume; ``language``
    the one it is spoken in, "" where it says nothing.
    """

    title: str
    scenes: tuple[Scene, ...]
    cast: Mapping[str, CastMember] = field(default_factory=dict)
    wardrobe: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    language: str = ""


def cue_key(name: str) -> str:
    """The name a cue is matched by: case and spacing do not count, ``Ana  Reyes`` and ``ANA REYES`` are one."""
    return re.sub(r"\s+", " ", name).strip().casefold()
