"""What the steps of a job need from outside. Ports of few methods; adapters live in store, worker and backends."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from audio_service.contract.jobs import LineJob, MixJob
from audio_service.contract.methods import JobStatus
from audio_service.contract.speech import SpeechTiming
from consent_service.contract.decisions import LeaseClosed, Use

Check = Callable[[], None]
Report = Callable[[float], None]


class Run(Protocol):
    """A running use under a lease: consent's guard. ``check`` raises to stop the work."""

    token: str
    check: Check

    def complete(self, *, output_sha256: str, seconds: float) -> LeaseClosed: ...


class Consent(Protocol):
    """Where leases come from. Leaving the block without ``complete`` ends the lease as aborted or failed."""

    def lease(
        self, *, decision: str, job: str, uses: Sequence[Use], features: Sequence[str]
    ) -> AbstractContextManager[Any]: ...


class Vault(Protocol):
    """Sealed sound. Durability: an address that :meth:`keep` returned lies on disk. No retries.

    Errors: Denied, NotFound or Conflict when the production or the permit does not allow it; Unavailable.
    """

    def production_key(self, production: str, job: str, source: str | None = None) -> bytes: ...
    def sample(self, sha256: str, permit: str) -> bytes: ...
    def keep(self, wav: bytes, key: bytes) -> str: ...
    def take(self, sha256: str, key: bytes) -> bytes: ...
    def destroy(self, sha256: str, key: bytes) -> None: ...


class Progress(Protocol):
    """The small table that ``get_jobs`` reads; always inside the transaction ``tx`` of the log."""

    def begin(self, tx: Any, job: str, production: str) -> None: ...
    def advance(self, tx: Any, job: str, fraction: float) -> None: ...
    def end(self, tx: Any, job: str, state: str) -> None: ...
    def of(self, tx: Any, production: str) -> tuple[JobStatus, ...]: ...


@dataclass(frozen=True)
class Spoken:
    """A line as WAV bytes with its timing; the cosines are None for stock voices."""

    wav: bytes
    timing: SpeechTiming
    similarity_before: float | None = None
    similarity_after: float | None = None


@dataclass(frozen=True)
class Mixed:
    """A track as it goes into the film (AAC in an MP4) and what was measured on it before it was encoded; ``stems`` are
    WAV bytes by name, where they were asked for.
    """

    track: bytes
    seconds: float
    loudness_lufs: float
    true_peak_dbtp: float
    ducking_db: float
    stems: Mapping[str, bytes] = field(default_factory=dict)


class Studio(Protocol):
    """The engines. ``version`` names the one that speaks: equal versions make equal sound.

    Both read ``check`` at least at every 50 ms of sound, or of work where a piece is longer than that; errors are
    Invalid, NotFound or Paused. ``mix`` reads a take when its time comes, and may read it again.
    """

    version: str = ""

    def speak(self, job: LineJob, sample: bytes | None, check: Check, report: Report) -> Spoken: ...
    def mix(self, job: MixJob, takes: Sequence[bytes], check: Check, report: Report) -> Mixed: ...
