"""One delivery of one job: speak a line or mix a track under a lease, keep it, and say so; or stop and keep nothing.

Steps, in order: (1) record the start; (2) the production's key, which an ended production has no more, so that no use
of a grant is spent on it; (3) open the lease: nothing sounds before it; for a subject's voice the sample, which only
the permit opens; (4) make the sound, the guard read at every 50 ms; (5) seal
it; (6) close the lease with its digest: the gate; (7) record and publish. What a stop or a refusal leaves behind in
(5) is destroyed. A crash anywhere before (7) gives the job to somebody else.
"""

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from audio_service.contract.jobs import AudioJobStopped, LineJob, LineSpoken, MixJob, TrackMixed
from audio_service.domain.capabilities import verify_capable
from audio_service.domain.jobs import Outcome
from audio_service.domain.ports import Consent, Run, Spoken, Studio, Vault
from audio_service.usecases.desk import Desk, Meter
from audio_service.usecases.reuse import known_sound
from audio_service.usecases.takes import SealedTakes
from infra.kernel.errors import AssentError, Conflict, Denied, Internal, Invalid, Unavailable
from infra.telemetry import log

LAST_TRY = 3
"""Of a job that breaks the worker; the fourth delivery is for :meth:`HandleJob.abandon`. What is only away is waited
for: a guard that did not hear the ledger, a gate or broker that did not answer. Each such run keeps nothing and the job
asks from the start.
"""

Job = LineJob | MixJob


@dataclass(frozen=True)
class HandleJob:
    """What the worker does with a message of ``audio.jobs``."""

    desk: Desk
    consent: Consent
    vault: Vault
    studio: Studio

    def __call__(self, payload: dict[str, Any]) -> None:
        """Returns when the job has ended, whatever came of it; raises when it should be tried again.

        A refusal is final; :class:`Unavailable` never is.
        """
        job = parse_job(payload)
        tries = self.desk.start(job.job, job.production)
        if tries == 0:
            log.info("job.already_ended", job=job.job)
            return
        try:
            outcome = self._work(job)
        except AssentError as error:
            if isinstance(error, Unavailable) or (isinstance(error, Internal) and tries < LAST_TRY):
                raise
            outcome = _stopped(job, error)
        except Exception:
            if tries < LAST_TRY:
                raise
            log.exception("job.crashed_for_good", job=job.job)
            outcome = _stopped(job, Internal("audio.job_crashed", "the audio worker broke on this job"))
        self.desk.finish(outcome)
        log.info("job.ended", job=job.job, production=job.production, outcome=type(outcome).__name__)

    def abandon(self, payload: dict[str, Any]) -> None:
        """Nobody lived through this job: say so, so that its film does not wait for ever."""
        lost = Internal("audio.job_lost", "the workers that tried this job did not survive it")
        self.desk.finish(_stopped(parse_job(payload), lost))

    def _work(self, job: Job) -> Outcome:
        uses = job.uses if isinstance(job, LineJob) else ()
        verify_capable(uses)
        key = self.vault.production_key(job.production, job.job)
        with self.consent.lease(decision=job.decision, job=job.job, uses=uses, features=job.features) as run:
            made = self._speak(job, run, key) if isinstance(job, LineJob) else self._mix(job, run, key)
        self._verify_wanted(job, made, key)
        return made

    def _verify_wanted(self, job: Job, made: LineSpoken | TrackMixed, key: bytes) -> None:
        """A film that was cancelled while this was made swept its sound before there was any: destroy it here."""
        try:
            self.vault.production_key(job.production, job.job)
        except Conflict:
            stems = made.stems.values() if isinstance(made, TrackMixed) else ()
            for sha256 in (made.sha256, *stems):
                self.vault.destroy(sha256, key)
            raise

    def _speak(self, job: LineJob, run: Run, key: bytes) -> LineSpoken:
        verify_named(job)
        known = known_sound(job, self.studio.version, self.vault)
        spoken = known or self._spoken(job, run)
        sha256, index = self._deliver(spoken.wav, spoken.timing.seconds, key, run)
        kept = job.known.engine if known and job.known else self.studio.version
        said = _line_spoken(job, spoken, sha256, index, run)
        return said.model_copy(update={"engine": kept, "reused": known is not None})

    def _spoken(self, job: LineJob, run: Run) -> Spoken:
        """The line in a stock voice, or toward the permitted sample, which only the permit opens."""
        asset = job.voice.asset if job.voice.subject is not None else None
        sample = self.vault.sample(asset, run.token) if asset is not None else None
        return self.studio.speak(job, sample, run.check, Meter(self.desk, job.job))

    def _mix(self, job: MixJob, run: Run, key: bytes) -> TrackMixed:
        takes = SealedTakes(job.cues, self.vault, key, run.check)
        mixed = self.studio.mix(job, takes, run.check, Meter(self.desk, job.job))
        stems: dict[str, str] = {}
        try:
            for name, wav in mixed.stems.items():
                run.check()
                stems[name] = self.vault.keep(wav, key)
            sha256, index = self._deliver(mixed.track, mixed.seconds, key, run)
        except BaseException:
            for address in stems.values():
                self.vault.destroy(address, key)
            raise
        return TrackMixed(
            job=job.job, production=job.production, sha256=sha256, seconds=mixed.seconds,
            loudness_lufs=mixed.loudness_lufs, true_peak_dbtp=mixed.true_peak_dbtp, ducking_db=mixed.ducking_db,
            stems=stems, ledger_index=index,
        )  # fmt: skip

    def _deliver(self, wav: bytes, seconds: float, key: bytes, run: Run) -> tuple[str, int]:
        """Seal, then pass the gate with the digest; what the gate refuses is destroyed."""
        run.check()
        sha256 = self.vault.keep(wav, key)
        try:
            closed = run.complete(output_sha256=sha256, seconds=seconds)
        except BaseException:
            self.vault.destroy(sha256, key)
            raise
        return sha256, closed.ledger_index


def verify_named(job: LineJob) -> None:
    """Raise Denied ``audio.voice_not_permitted`` unless the uses of the job name the sample of a subject's voice: its
    permit covers no other, and a line that was spoken before needs it no less.
    """
    if job.voice.subject is None:
        return
    named = any(
        use.subject == job.voice.subject and use.modality == "voice.clone" and job.voice.asset in use.assets
        for use in job.uses
    )
    if job.voice.asset is None or not named:
        raise Denied("audio.voice_not_permitted", "no permitted use names this voice sample", job=job.job)


def parse_job(payload: dict[str, Any]) -> Job:
    """The job in a message; raises :class:`Invalid` (``audio.bad_job``), which parks the message."""
    try:
        if payload.get("kind") == "mix":
            return MixJob.model_validate(payload)
        return LineJob.model_validate(payload)
    except ValidationError as error:
        raise Invalid("audio.bad_job", "not a job of this queue") from error


def _line_spoken(job: LineJob, spoken: Spoken, sha256: str, index: int, run: Run) -> LineSpoken:
    lease = getattr(run, "lease", None)
    return LineSpoken(
        job=job.job, production=job.production, shot=job.shot, line=job.line, sha256=sha256, timing=spoken.timing,
        similarity_before=spoken.similarity_before, similarity_after=spoken.similarity_after,
        lease=getattr(lease, "id", None), ledger_index=index,
    )  # fmt: skip


def _stopped(job: Job, error: AssentError) -> AudioJobStopped:
    stop_ms, index = error.info.get("stop_ms"), error.info.get("ledger_index")
    return AudioJobStopped(
        job=job.job, production=job.production, code=error.code, detail=error.detail,
        stop_ms=float(stop_ms) if isinstance(stop_ms, int | float) else None,
        ledger_index=index if isinstance(index, int) else None,
    )  # fmt: skip
