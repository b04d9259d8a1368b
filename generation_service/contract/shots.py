"""What one shot is: everything a picture backend needs, and nothing else. The digest of it addresses the take."""

from typing import Literal

from pydantic import Field

from audio_service.contract.speech import Style, Timed, VoiceRef
from infra.kernel.rpc import Message

ShotSize = Literal["ECU", "CU", "MCU", "MS", "WS", "EWS"]
CameraMove = Literal["static", "push-in", "pull-out", "pan-left", "pan-right", "tilt-up", "tilt-down", "handheld"]
TimeOfDay = Literal["dawn", "day", "golden", "dusk", "night"]


class Place(Message):
    """A scene in words, as the heading and the action give them. ``kind`` is the painter's own choice of set."""

    name: str
    kind: str
    interior: bool
    time_of_day: TimeOfDay = "day"
    weather: Literal["clear", "rain", "snow", "fog", "overcast"] = "clear"
    seed: int = 0


class Character(Message):
    """Who is in the shot. ``stock`` names a drawn, fictional character; ``face`` is the SHA-256 of a permitted
    reference photo of ``subject``. Exactly one of the two is set.
    """

    name: str
    stock: str | None = None
    subject: str | None = None
    face: str | None = None
    voice: VoiceRef


class Line(Message):
    """One spoken line of a shot. Times of ``phonemes`` and ``words`` count from ``start_s`` of the shot; both are
    empty until the line has been spoken.
    """

    index: int
    character: str
    text: str
    parenthetical: str = ""
    style: Style = Style()
    start_s: float = 0.0
    seconds: float = 0.0
    words: tuple[Timed, ...] = ()
    phonemes: tuple[Timed, ...] = ()


class Shot(Message):
    """One shot. ``frames`` at ``fps``; ``speaker`` names the character whose face the camera is on."""

    id: str
    number: int = Field(ge=1)
    scene: int = Field(ge=1)
    heading: str
    place: Place
    size: ShotSize
    camera: CameraMove = "static"
    characters: tuple[Character, ...] = ()
    speaker: str | None = None
    action: str = ""
    lines: tuple[Line, ...] = ()
    bed: str | None = None
    transition: Literal["cut", "dissolve", "fade"] = "cut"
    frames: int = Field(ge=1)
    fps: int = 24
    width: int = 1280
    height: int = 720
    seed: int = 0
    label: str | None = Field(default=None, description="visible disclosure, shown for the first 2 s or more")
    source_line: int = Field(default=1, description="line of the screenplay it came from")

    @property
    def seconds(self) -> float:
        return self.frames / self.fps
