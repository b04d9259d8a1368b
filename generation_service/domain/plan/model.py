"""What the director works with: a brief for each shot before it is made, and the finished plan."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from generation_service.contract.shots import Angle, CameraMove, Character, Place, Shot, ShotSize, Transition
from generation_service.domain.screenplay import Segment
from generation_service.domain.screenplay.model import Directive

PlaceOf = Callable[[str, str, int], Place]
"""From a heading, the action under it and a seed to a place; the painter's own."""


@dataclass(frozen=True)
class Plan:
    """Shots with estimated lengths. ``at_least`` is the shortest length in seconds each shot was asked for, by id;
    ``notes`` say what had to be assumed.
    """

    title: str
    shots: tuple[Shot, ...]
    at_least: Mapping[str, float]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Said:
    """One segment in the mouth of one character, by the cast's name."""

    name: str
    segment: Segment
    dual: bool = False


@dataclass(frozen=True)
class Look:
    """How a shot is framed where nobody says otherwise."""

    size: ShotSize
    camera: CameraMove = "static"
    angle: Angle = "eye"


@dataclass(frozen=True)
class Brief:
    """One shot before it is made. ``what`` it shows (``open``, ``action``, a speaker) and the ``content`` that tells it
    from others of its kind name it; neither counts where it stands. ``doing`` is what whoever is seen
    does, where the shot is about a part of them.
    """

    line: int
    what: str
    content: str
    look: Look
    directive: Directive
    action: str = ""
    seen: tuple[str, ...] = ()
    speaker: str | None = None
    said: tuple[Said, ...] = ()
    props: tuple[str, ...] = ()
    doing: str = ""


@dataclass(frozen=True)
class Staging:
    """A scene as it is played: ``sides`` by cast name, ``pair`` who talk to each other where they are two."""

    heading: str
    sides: Mapping[str, str]
    pair: tuple[str, ...] = ()


@dataclass
class Dressing:
    """What lies over a scene from where it is asked for to its end; ``first`` is the index of its first shot."""

    place: Place
    bed: str | None
    first: int
    props: dict[str, str] = field(default_factory=dict)
    wardrobe: dict[str, str] = field(default_factory=dict)
    stage: dict[str, str] = field(default_factory=dict)

    def take(self, directive: Directive) -> None:
        """Put on what a directive asks for. ``bed=none`` ends the bed; elements add up."""
        if directive.bed is not None:
            self.bed = None if directive.bed == "none" else directive.bed
        asked = {
            "mood": directive.mood, "season": directive.season, "weather": directive.weather,
            "time_of_day": directive.time,
            "elements": tuple(dict.fromkeys((*self.place.elements, *directive.elements))),
        }  # fmt: skip
        self.place = self.place.model_copy(update={name: value for name, value in asked.items() if value is not None})
        self.props.update(directive.props)
        self.stage.update(directive.stage)
        self.wardrobe.update(directive.wardrobe)


@dataclass(frozen=True)
class Sheets:
    """The frozen sheet of everybody in the cast, and the names they are found by."""

    characters: Mapping[str, Character]
    by_cue: Mapping[str, str]
    pattern: re.Pattern[str] | None

    def named_in(self, text: str) -> tuple[str, ...]:
        """Who of the cast is spoken of, in the order of the words, each once."""
        if self.pattern is None:
            return ()
        found = (" ".join(name.split()).casefold() for name in self.pattern.findall(text))
        return tuple(dict.fromkeys(self.by_cue[name] for name in found if name in self.by_cue))

    def drawn(self, name: str) -> bool:
        """Whether a character can stand in a wide picture: a photo shows head and shoulders only."""
        return self.characters[name].face is None


@dataclass(frozen=True)
class ScenePlace:
    """Where a scene stands in the film and what it is called in keys."""

    number: int
    key: str
    entry: Transition


def stable_id(prefix: str, *parts: object) -> str:
    """An id that the same parts always give: 128 bits of their SHA-256, so that repeating a step repeats its ids."""
    text = "\x1f".join(str(part) for part in parts)
    return f"{prefix}_{hashlib.sha256(text.encode()).hexdigest()[:32]}"


def stable_number(*parts: object) -> int:
    """A whole number below 2**31 that the same parts always give."""
    return int(stable_id("n", *parts)[2:10], 16) & 0x7FFFFFFF
