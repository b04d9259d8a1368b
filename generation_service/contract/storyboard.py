"""A storyboard: a film told shot by shot as JSON, for tools and for people who think in frames.

``SubmitProduction.format = "storyboard"`` takes this document as text. Nothing is added to what it says: one entry of
``shots`` is one shot. Values mean what the directives of a screenplay mean.
"""

from typing import Literal

from pydantic import Field

from generation_service.contract.methods import CastMember
from generation_service.contract.shots import Angle, CameraMove, Mood, Season, ShotSize, TimeOfDay, Transition, Weather
from infra.kernel.rpc import Message

Where = Literal["left", "centre", "right", "background", "offscreen"]


class BoardLine(Message):
    """Something said. ``how`` is what a parenthetical would say; ``together``: at the same time as the line before."""

    who: str = Field(min_length=1, max_length=80)
    says: str = Field(min_length=1, max_length=2000)
    how: str = Field(default="", max_length=200)
    offscreen: bool = False
    together: bool = False


class BoardEffect(Message):
    """A short sound, ``at`` seconds of the shot: ``{"name": "door", "at": 1.2}``."""

    name: str = Field(min_length=1, max_length=40)
    at: float | None = Field(default=None, ge=0, le=60)


class BoardProp(Message):
    name: str = Field(min_length=1, max_length=40)
    where: Where = "centre"


class Dressing(Message):
    """What may be said of a scene or of one of its shots; on a shot it holds until the scene ends."""

    bed: str | None = Field(default=None, max_length=40, description="sound bed in words; none ends it")
    mood: Mood | None = None
    season: Season | None = None
    weather: Weather | None = None
    time: TimeOfDay | None = None
    elements: tuple[str, ...] = Field(default=(), max_length=12, description="crowd, fire, water, lights …")
    props: tuple[BoardProp, ...] = Field(default=(), max_length=12)
    wardrobe: dict[str, str] = Field(default_factory=dict, description="what somebody wears from here on")
    stage: dict[str, Where] = Field(default_factory=dict, description="where somebody stands from here on")
    transition: Transition | None = Field(default=None, description="how the film comes into it")


class BoardShot(Dressing):
    """One shot. Everything may be left out: who speaks or acts decides the framing then."""

    id: str | None = Field(default=None, pattern=r"^[\w-]{1,40}$", description="a name of its own, for locks and takes")
    action: str = Field(default="", max_length=4000, description="what is seen")
    lines: tuple[BoardLine, ...] = Field(default=(), max_length=20)
    size: ShotSize | None = None
    angle: Angle | None = None
    camera: CameraMove | None = None
    seconds: float | None = Field(default=None, ge=2, le=30, description="the shortest length wanted")
    effects: tuple[BoardEffect, ...] = Field(default=(), max_length=12)
    title: str | None = Field(default=None, min_length=1, max_length=200, description="words over the picture")
    captions: bool | None = None
    seed: int | None = Field(default=None, ge=0, le=999_999_999)
    lock: bool | None = None
    take: int | None = Field(default=None, ge=1, le=99)


class BoardScene(Dressing):
    """A place: ``heading`` as in a screenplay, ``EXT. PIER - DAWN``."""

    heading: str = Field(min_length=1, max_length=200)
    number: str = Field(default="", pattern=r"^[\w.-]{0,20}$", description="a scene number that stays")
    shots: tuple[BoardShot, ...] = Field(min_length=1, max_length=120)


class Storyboard(Message):
    """A whole film. ``cast`` in words (``stock/mara+voice/odile``, ``subject/sub_…``) or as in a submission."""

    title: str = Field(default="", max_length=200)
    cast: dict[str, CastMember | str] = Field(default_factory=dict)
    wardrobe: dict[str, str] = Field(default_factory=dict)
    language: str = Field(
        default="", pattern=r"^$|^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$", description="as BCP 47: fr, pt-BR"
    )
    scenes: tuple[BoardScene, ...] = Field(min_length=1, max_length=120)
