"""What a screenplay is once read: scenes of beats and turns, and the directives written beside them."""

import re
from dataclasses import dataclass, field, replace
from typing import Any

from generation_service.contract.shots import CameraMove, ShotSize


@dataclass(frozen=True, order=True)
class Problem:
    """A mistake in a screenplay. ``line`` and ``column`` count from 1, columns in Unicode characters."""

    line: int
    column: int
    detail: str
    fix: str

    def to_wire(self) -> dict[str, Any]:
        return {"line": self.line, "column": self.column, "detail": self.detail, "fix": self.fix}


@dataclass(frozen=True)
class Directive:
    """What ``[[shot: …]]`` notes ask for; None where they say nothing. ``seconds`` is the shortest length wanted."""

    size: ShotSize | None = None
    camera: CameraMove | None = None
    seconds: float | None = None
    bed: str | None = None
    seed: int | None = None
    transition: str | None = None

    def then(self, later: "Directive") -> "Directive":
        """Both together; what the later one says wins."""
        said = {name: value for name, value in vars(later).items() if value is not None}
        return replace(self, **said)


@dataclass(frozen=True)
class Segment:
    """Words spoken in one manner: a turn is cut where a parenthetical changes the delivery."""

    text: str
    parenthetical: str
    line: int


@dataclass(frozen=True)
class Turn:
    """One character speaks. ``offscreen`` for (V.O.), (O.S.) and the like: heard, not seen."""

    character: str
    segments: tuple[Segment, ...]
    offscreen: bool
    line: int
    directive: Directive = field(default_factory=Directive)


@dataclass(frozen=True)
class Beat:
    """A paragraph of action."""

    text: str
    line: int
    directive: Directive = field(default_factory=Directive)


@dataclass(frozen=True)
class Scene:
    """A heading and what happens under it. ``transition`` is how the film comes into it."""

    heading: str
    line: int
    transition: str
    items: tuple[Beat | Turn, ...]
    directive: Directive = field(default_factory=Directive)


@dataclass(frozen=True)
class Screenplay:
    title: str
    scenes: tuple[Scene, ...]


def cue_key(name: str) -> str:
    """The name a cue is matched by: case and spacing do not count, ``Ana  Reyes`` and ``ANA REYES`` are one."""
    return re.sub(r"\s+", " ", name).strip().casefold()
