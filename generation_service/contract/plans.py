"""A plan: the shots a script would become, looked at before anything is asked, decided or made."""

from typing import Literal

from pydantic import Field

from generation_service.contract.methods import CastMember
from generation_service.contract.shots import Entity, SpotEffect
from infra.kernel.rpc import Message, Method


class PlanScript(Message):
    """Plan a script. ``cast`` may leave out whom the script casts itself."""

    screenplay: str = Field(min_length=1, max_length=400_000)
    format: Literal["fountain", "storyboard", "prompt"] = "fountain"
    cast: dict[str, CastMember] = Field(default_factory=dict)
    title: str = Field(default="Untitled", max_length=200)
    language: str = "en"
    captions: Literal["none", "sidecar", "burnt"] = "sidecar"
    title_card: bool = False
    fps: int = Field(default=24, ge=12, le=60)
    seed: int = 0


class PlannedLine(Message):
    character: str
    text: str
    parenthetical: str = ""
    emotion: str = "neutral"
    start_s: float = 0.0
    seconds: float = 0.0


class PlannedShot(Message):
    """One shot as it would be made; seconds are estimated until its lines are spoken."""

    key: str
    number: int
    heading: str
    size: str
    angle: str
    camera: str
    transition: str
    seconds: float
    start_s: float
    place: str = Field(description="the painter's set, time of day, weather, season and mood")
    entities: tuple[Entity, ...] = ()
    lines: tuple[PlannedLine, ...] = ()
    action: str = ""
    bed: str | None = None
    effects: tuple[SpotEffect, ...] = ()
    title_card: str | None = None
    captions: bool = False
    lock: bool = False
    alternate: int = 1
    seed: int = 0
    source_line: int = 1


class PlanProblem(Message):
    """A mistake, with its place in the text and in a storyboard."""

    detail: str
    fix: str
    line: int | None = None
    column: int | None = None
    pointer: str | None = None


class PlanView(Message):
    """What would be made, or what keeps it from being made: ``shots`` is empty where there are ``problems``."""

    title: str = ""
    seconds: float = 0.0
    cast: dict[str, CastMember] = Field(default_factory=dict)
    shots: tuple[PlannedShot, ...] = ()
    problems: tuple[PlanProblem, ...] = ()
    notes: tuple[str, ...] = Field(default=(), description="what had to be assumed")


plan_script = Method("generation", "plan_script", PlanScript, PlanView, 10.0)
