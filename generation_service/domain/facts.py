"""What can happen to a production: the events of its stream. Types carry a version; formats only grow."""

from datetime import datetime
from typing import Any

from pydantic import Field

from audio_service.contract.speech import SpeechTiming, VoiceRef
from consent_service.contract.decisions import Decision, Use
from generation_service.contract.methods import CastMember
from generation_service.contract.shots import Shot
from infra.kernel.rpc import Message


class Submitted(Message):
    """The plan and the decision that allows or refuses it. ``at_least`` is the shortest length asked, by shot id."""

    production: str
    partner: str
    fingerprint: str
    title: str
    screenplay_sha256: str
    decision: Decision
    cast: dict[str, CastMember]
    voices: dict[str, VoiceRef]
    uses: tuple[Use, ...]
    features: tuple[str, ...]
    shots: tuple[Shot, ...]
    at_least: dict[str, float]
    language: str
    backend: str
    seed: int
    at: datetime


class Refused(Submitted):
    """The same, when the decision denies. Nothing was made and no key exists."""


class LineDone(Message):
    shot: str
    line: int
    job: str
    sha256: str
    timing: SpeechTiming
    similarity_before: float | None = None
    similarity_after: float | None = None
    ledger_index: int | None = None


class ShotTimed(Message):
    """All its lines are spoken: ``frames`` is final and rendering was asked for as ``job``."""

    shot: str
    frames: int
    job: str


class MixAsked(Message):
    job: str
    seconds: float


class TrackDone(Message):
    job: str
    sha256: str
    seconds: float
    loudness_lufs: float
    true_peak_dbtp: float
    ducking_db: float
    stems: dict[str, str] = Field(default_factory=dict)
    ledger_index: int | None = None


class TakeDone(Message):
    """``measured`` is what the painter measured: frames per second, mouth against phonemes and the like."""

    shot: str
    job: str
    sha256: str
    frames: int
    reused: bool = False
    permit: str | None = None
    ledger_index: int | None = None
    measured: dict[str, Any] = Field(default_factory=dict)


class AssemblyAsked(Message):
    job: str
    output: str


class FilmSealed(Message):
    """The finished, checked and signed film lies in quarantine. Recorded before the publish gate is asked."""

    output: str
    sha256: str
    bytes: int
    seconds: float
    contact_sheet: str
    checks: dict[str, Any]


class Released(Message):
    """The gate let it pass at ``ledger_index`` and the bytes lie in the ``released`` area."""

    output: str
    sha256: str
    ledger_index: int
    at: datetime


class Stopped(Message):
    code: str
    detail: str
    stop_ms: float | None = None
    ledger_index: int | None = None
    at: datetime


class StopMeasured(Message):
    """A job that was running reports, after the production was stopped, how fast it stopped."""

    stop_ms: float
    ledger_index: int | None = None


class Failed(Message):
    code: str
    detail: str
    at: datetime


class Cancelled(Message):
    at: datetime


Fact = (
    Submitted | Refused | LineDone | ShotTimed | MixAsked | TrackDone | TakeDone | AssemblyAsked | FilmSealed
    | Released | Stopped | StopMeasured | Failed | Cancelled
)  # fmt: skip

TYPES: dict[str, type[Message]] = {
    "generation.production-submitted.v1": Submitted,
    "generation.production-refused.v1": Refused,
    "generation.line-spoken.v1": LineDone,
    "generation.shot-timed.v1": ShotTimed,
    "generation.mix-asked.v1": MixAsked,
    "generation.track-mixed.v1": TrackDone,
    "generation.take-rendered.v1": TakeDone,
    "generation.assembly-asked.v1": AssemblyAsked,
    "generation.film-sealed.v1": FilmSealed,
    "generation.film-released.v1": Released,
    "generation.production-stopped.v1": Stopped,
    "generation.stop-measured.v1": StopMeasured,
    "generation.production-failed.v1": Failed,
    "generation.production-cancelled.v1": Cancelled,
}
_NAMES = {cls: name for name, cls in TYPES.items()}


def type_of(fact: Fact) -> str:
    """The event type a fact is stored under."""
    return _NAMES[type(fact)]


def read_fact(event_type: str, data: dict[str, Any]) -> Message | None:
    """The fact of a stored event; None for a type this version does not know, which changes nothing here."""
    cls = TYPES.get(event_type)
    return None if cls is None else cls.model_validate(data)
