"""What one shot is: everything a picture backend needs, and nothing else. The digest of it addresses the take."""

from typing import Literal

from pydantic import Field

from audio_service.contract.speech import Style, Timed, VoiceRef
from infra.kernel.rpc import Message

ShotSize = Literal["ECU", "CU", "MCU", "MS", "WS", "EWS"]
CameraMove = Literal[
    "static", "push-in", "pull-out", "pan-left", "pan-right", "tilt-up", "tilt-down", "handheld",
    "dolly-in", "dolly-out", "dolly-left", "dolly-right",
]  # fmt: skip
Angle = Literal["eye", "low", "high", "dutch", "overhead"]
Transition = Literal["cut", "dissolve", "fade", "wipe", "match"]
Weather = Literal["clear", "rain", "snow", "fog", "overcast", "storm"]
Season = Literal["", "spring", "summer", "autumn", "winter"]
Mood = Literal["neutral", "warm", "cold", "tense", "dreamy", "noir", "joyful"]
TimeOfDay = Literal["dawn", "day", "golden", "dusk", "night"]


class Place(Message):
    """A scene in words, as the heading and the action give them. ``kind`` is the painter's own choice of set;
    ``elements`` what lives in it (``crowd``, ``fire``, ``water``, ``lights`` …); ``mood`` steers the colour grade.
    """

    name: str
    kind: str
    interior: bool
    time_of_day: TimeOfDay = "day"
    weather: Weather = "clear"
    season: Season = ""
    mood: Mood = "neutral"
    elements: tuple[str, ...] = ()
    seed: int = 0
    stand_in: str = Field(default="", description="which set stands in where none is known for the heading")


class Character(Message):
    """Who is in the shot. ``stock`` names a drawn, fictional character; ``face`` is the SHA-256 of a permitted
    reference photo of ``subject``. Exactly one of the two is set. ``wardrobe``, ``palette`` (``#rrggbb``) and
    ``identity`` are frozen by the character sheet, so that they are the same in every shot.
    """

    name: str
    stock: str | None = None
    subject: str | None = None
    face: str | None = None
    voice: VoiceRef
    wardrobe: str = ""
    palette: tuple[str, ...] = ()
    identity: str = ""


class Entity(Message):
    """Who or what is in a shot, where, and what it does. ``continues``: it stands as it stood when the last shot of
    the scene ended.
    """

    name: str
    kind: Literal["person", "prop"] = "person"
    where: Literal["left", "centre", "right", "background", "offscreen"] = "centre"
    doing: str = Field(default="", description="idle, talks, listens, walks, runs, sits, waves, points, …")
    continues: bool = False


class SpotEffect(Message):
    """A short sound at a time of the shot: ``door``, ``thunder``, ``glass`` and so on."""

    name: str
    at_s: float = Field(ge=0)
    gain_db: float = 0.0


class Line(Message):
    """One spoken line of a shot. Times of ``phonemes`` and ``words`` count from ``start_s`` of the shot; both are
    empty until the line has been spoken.
    """

    index: int
    character: str
    text: str
    parenthetical: str = ""
    style: Style = Style()
    dual: bool = Field(default=False, description="spoken at the same time as the line before it")
    start_s: float = 0.0
    seconds: float = 0.0
    words: tuple[Timed, ...] = ()
    phonemes: tuple[Timed, ...] = ()


class Shot(Message):
    """One shot. ``frames`` at ``fps``; ``speaker`` names the character whose face the camera is on. ``alternate``
    counts the takes asked of the same shot, from 1; ``lock`` keeps the take it has, whatever changes around it.
    """

    id: str
    key: str = Field(default="", description="its place by content: stays when other shots come, go or change")
    number: int = Field(ge=1)
    scene: int = Field(ge=1)
    heading: str
    place: Place
    size: ShotSize
    angle: Angle = "eye"
    camera: CameraMove = "static"
    characters: tuple[Character, ...] = ()
    speaker: str | None = None
    action: str = ""
    lines: tuple[Line, ...] = ()
    entities: tuple[Entity, ...] = ()
    bed: str | None = None
    effects: tuple[SpotEffect, ...] = ()
    title_card: str | None = Field(default=None, max_length=200, description="words shown large over the picture")
    captions: bool = Field(default=False, description="burn what is said into the picture")
    transition: Transition = "cut"
    frames: int = Field(ge=1)
    fps: int = 24
    width: int = 1280
    height: int = 720
    seed: int = 0
    alternate: int = Field(default=1, ge=1)
    lock: bool = False
    label: str | None = Field(default=None, description="visible disclosure, shown for the first 2 s or more")
    source_line: int = Field(default=1, description="line of the screenplay it came from")

    @property
    def seconds(self) -> float:
        return self.frames / self.fps
