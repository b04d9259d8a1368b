"""The messages of the queue ``generation.jobs``, and the event that tells others a production has moved on."""

from typing import Literal

from pydantic import Field

from audio_service.contract.speech import Timed
from consent_service.contract.decisions import Use
from generation_service.contract.shots import Shot, Transition
from infra.kernel.rpc import Message

QUEUE = "generation.jobs"
PRODUCTION_CHANGED = "production_changed"


class KeptTake(Message):
    """A take that is used as it lies: sealed under the key of ``production``."""

    production: str
    sha256: str


class RenderJob(Message):
    """Render one shot whose lines are spoken. ``digest`` names everything that makes the picture: equal digests may
    share a take, after a fresh consent check. The take goes sealed into the ``takes`` blob area.
    """

    kind: Literal["render"] = "render"
    job: str
    production: str
    partner: str
    decision: str
    shot: Shot
    digest: str
    uses: tuple[Use, ...] = ()
    grants: tuple[str, ...] = Field(default=(), description="all the film stands on; losing any of them stops it")
    features: tuple[str, ...] = ("allow.video_generation",)
    backend: str = Field(default="", description="name and version of the painter that ``digest`` stands for")
    kept: KeptTake | None = Field(default=None, description="a locked shot: this take and no other")


class Seen(Message):
    """Who is on screen in a take: a drawn stock character, or the permitted face with this SHA-256."""

    name: str
    stock: str | None = None
    face: str | None = None


class Heard(Message):
    """A line of a take, in seconds of the film. ``voice`` tells voices apart: a stock id, or a sample's SHA-256."""

    character: str
    voice: str
    start_s: float = Field(ge=0)
    end_s: float = Field(ge=0)
    on_screen: bool = Field(default=True, description="the camera is on the face that speaks")
    whispered: bool = False


class TakeNote(Message):
    """What the cutting list says of a take: everything that made it, and by whose permission."""

    key: str = ""
    digest: str = ""
    heading: str = ""
    seed: int = 0
    alternate: int = 1
    lock: bool = False
    reused: bool = False
    permit: str | None = None
    grants: tuple[str, ...] = ()
    ledger_index: int | None = None


class TakeRef(Message):
    """A rendered take and how the film comes into it."""

    shot: str
    sha256: str
    frames: int = Field(ge=1)
    transition: Transition = "cut"
    caption: str = Field(default="", description="what it shows or says, for the contact sheet")
    note: TakeNote = TakeNote()
    size: str = ""
    seen: tuple[Seen, ...] = ()
    lines: tuple[Heard, ...] = ()


class Spoken(Message):
    """A line as it is shown in captions and cutting lists, in seconds of the film."""

    character: str
    text: str
    start_s: float
    end_s: float
    words: tuple[Timed, ...] = ()


class AssembleJob(Message):
    """Join takes and track to the film, mark it, sign it, check it, and bring it through the publish gate."""

    kind: Literal["assemble"] = "assemble"
    job: str
    production: str
    partner: str
    title: str
    output: str
    decision: str
    takes: tuple[TakeRef, ...] = Field(min_length=1)
    track: str = Field(description="SHA-256 of the mixed sound (AAC) in the ``takes`` area")
    loudness_lufs: float = Field(description="as the mix measured it")
    ducking_db: float = 0.0
    width: int
    height: int
    fps: int
    grants: tuple[str, ...] = ()
    decision_index: int | None = Field(default=None, description="ledger index of the decision that allowed the film")
    uses: tuple[Use, ...] = ()
    features: tuple[str, ...] = ("allow.video_generation", "allow.audio_generation")
    stems: dict[str, str] = Field(default_factory=dict, description="SHA-256 of each stem by its name")
    spoken: tuple[Spoken, ...] = ()
    captions: bool = Field(default=True, description="write WebVTT and SRT beside the film")
    made_with: str = Field(default="", description="name and version of the painter")


class ProductionChanged(Message):
    """Event ``production_changed`` of service ``generation``: read the production again from ``version`` on."""

    production: str
    partner: str
    version: int
    state: str
