"""What can happen to a production: the events of its stream. Types carry a version; formats only grow."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from audio_service.contract.speech import SpeechTiming, VoiceRef
from consent_service.contract.decisions import Decision, Use
from generation_service.contract.methods import CastMember, Change, OutputFile
from generation_service.contract.shots import Shot
from infra.kernel.rpc import Message


class LineDone(Message):
    shot: str
    line: int
    job: str
    sha256: str
    timing: SpeechTiming
    similarity_before: float | None = None
    similarity_after: float | None = None
    engine: str = ""
    reused: bool = False
    ledger_index: int | None = None


class Kept(Message):
    """The take a locked shot keeps: of which version, with the lines it was made to, by their index in this film, and
    who spoke them then.
    """

    production: str
    sha256: str
    digest: str = ""
    lines: dict[int, LineDone] = Field(default_factory=dict)
    cast: dict[str, CastMember] = Field(default_factory=dict)
    voices: dict[str, VoiceRef] = Field(default_factory=dict)


class Submitted(Message):
    """The plan and the decision that allows or refuses it. ``at_least`` is the shortest length asked, by shot id.

    ``film`` names the first version (empty: this is it), ``revises`` the version before; ``kept``, ``changes``
    and ``held`` (what a lock keeps out) are by shot id, ``removed`` are keys of shots that the version before had.
    ``painter`` is the backend with its version.
    """

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
    painter: str = ""
    film: str = ""
    revises: str | None = None
    kept: dict[str, Kept] = Field(default_factory=dict)
    changes: dict[str, tuple[Change, ...]] = Field(default_factory=dict)
    held: dict[str, tuple[Change, ...]] = Field(default_factory=dict)
    removed: tuple[str, ...] = ()
    loudness_lufs: float = -16.0
    captions: str = "sidecar"

    def member(self, shot: str, character: str) -> CastMember:
        """Who plays a character in a shot: in a locked one whoever played it when its take was made."""
        kept = self.kept.get(shot)
        return kept.cast[character] if kept and character in kept.cast else self.cast[character]

    def voice(self, shot: str, character: str) -> VoiceRef:
        """Whose voice speaks for a character in a shot."""
        kept = self.kept.get(shot)
        return kept.voices[character] if kept and character in kept.voices else self.voices[character]


class Refused(Submitted):
    """The same, when the decision denies. Nothing was made; its key seals its words and nothing else."""


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
    digest: str = ""
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
    files: tuple[OutputFile, ...] = ()
    parts: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="encoded parts of each shot kept for the next version, by shot id"
    )


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


class LikenessPurged(Message):
    """A permission has ended after the film was made: the sealed takes of these shots, these spoken lines and the mixed
    track are gone; ``film`` says what became of the film itself. With ``deleted`` everything went, and its key.

    ``code`` is the cause: ``consent.grant_withdrawn``, ``consent.subject_erased`` or ``consent.output_recalled``;
    ``ref`` the grant, the subject's handle or the SHA-256 of the film.
    """

    code: str
    ref: str
    shots: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()
    film: Literal["kept", "deleted"]
    grant: str | None = None
    takedown_by: datetime | None = None
    ledger_index: int | None = None
    at: datetime


Fact = (
    Submitted | Refused | LineDone | ShotTimed | MixAsked | TrackDone | TakeDone | AssemblyAsked | FilmSealed
    | Released | Stopped | StopMeasured | Failed | Cancelled | LikenessPurged
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
    "generation.likeness-purged.v1": LikenessPurged,
}
_NAMES = {cls: name for name, cls in TYPES.items()}


def type_of(fact: Fact) -> str:
    """The event type a fact is stored under."""
    return _NAMES[type(fact)]


def read_fact(event_type: str, data: dict[str, Any]) -> Message | None:
    """The fact of a stored event; None for a type this version does not know, which changes nothing here."""
    cls = TYPES.get(event_type)
    return None if cls is None else cls.model_validate(data)
