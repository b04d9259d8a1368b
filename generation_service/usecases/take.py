"""Making one take: permit and lease, the face from the library, the picture, the seal, the report.

Idempotent by job. Order of what lasts: (1) bytes sealed into ``takes``; (2) the take noted under its digest; (3) the
lease completed, which is the gate; (4) the take recorded on the production, which asks for the assembly. A crash before
(2) renders again; between (2) and (4) the next attempt finds the take, asks for consent again and goes on. The same
job consumes one use however often it runs.
"""

from dataclasses import dataclass

import jwt

from generation_service.contract.jobs import RenderJob
from generation_service.domain import facts as f
from generation_service.domain.production import decide_take
from generation_service.usecases.desk import Desk
from generation_service.usecases.guarding import Watch, is_stop, report_stop
from generation_service.usecases.parts import Consent, Faces, Painter, Run
from infra.kernel.canonical import sha256_hex
from infra.kernel.errors import AssentError, Internal, NotFound


@dataclass(frozen=True)
class _Made:
    """``frames`` sealed at ``sha256``; ``measured`` is empty for a take that was there already."""

    sha256: str
    reused: bool
    measured: dict[str, object]


@dataclass(frozen=True)
class MakeTake:
    desk: Desk
    consent: Consent
    faces: Faces
    painter: Painter
    version: str = ""

    def __call__(self, job: RenderJob) -> None:
        """Make the take of ``job`` unless it is there or the production is over."""
        state, key = self.desk.state(job.production), self.desk.key(job.production)
        if not state.running or key is None or job.shot.id in state.takes:
            return
        made: _Made | None = None
        try:
            with self.consent.lease(
                decision=job.decision, job=job.job, uses=job.uses, features=job.features, film_grants=job.grants
            ) as run:
                made = self._kept(job, key) or self._reused(job, key) or self._painted(job, run, key)
                closed = run.complete(output_sha256=made.sha256, seconds=job.shot.seconds)
        except AssentError as error:
            if not is_stop(error):
                raise
            self._discard(made, key)
            report_stop(self.desk, job.production, error)
            self.desk.sweep(job.production, key)
            return
        self._report(job, made, (run.token, closed.ledger_index), key)

    def _report(self, job: RenderJob, made: _Made, proof: tuple[str, int], key: bytes) -> None:
        take = f.TakeDone(
            shot=job.shot.id,
            job=job.job,
            sha256=made.sha256,
            frames=job.shot.frames,
            digest=job.digest,
            reused=made.reused,
            permit=permit_id(proof[0]),
            ledger_index=proof[1],
            measured=dict(made.measured),
        )
        state = self.desk.change(job.production, lambda found: decide_take(found, take))
        if not state.running and state.state != "released":
            self._discard(made, key)
            self.desk.sweep(job.production, key)

    def _painted(self, job: RenderJob, run: Run, key: bytes) -> _Made:
        watch = Watch(self.desk, run, job.production, job.shot.id)
        watch.check()
        wanted = {seen.face for seen in job.shot.characters if seen.face is not None}
        photos = {sha256: self.faces.open(sha256, run.token) for sha256 in sorted(wanted)}
        painted = self.painter.paint(job.shot, photos, watch.check, watch.progress)
        if painted.frames != job.shot.frames:
            raise Internal("generation.take_length", f"{painted.frames} frames instead of {job.shot.frames}")
        sha256 = self.desk.blobs.put("takes", painted.mp4, key)
        self._note(job, sha256)
        return _Made(sha256, reused=False, measured=painted.measured)

    def _kept(self, job: RenderJob, key: bytes) -> _Made | None:
        """The take of a locked shot. Where it cannot be opened any more nothing else takes its place."""
        if job.kept is None:
            return None
        made = self._copied(job, (job.kept.production, job.kept.sha256), key)
        if made is None:
            raise NotFound(
                "generation.take_gone", f"the take that shot {job.shot.key} is locked to is gone",
                fix="unlock the shot and make it anew", key=job.shot.key, version=job.kept.production,
            )  # fmt: skip
        return made

    def _reused(self, job: RenderJob, key: bytes) -> _Made | None:
        """A take that the same picture made before, by the same painter."""
        if not self._same_painter(job):
            return None
        found = self.desk.log.run(lambda tx: self.desk.books.takes.find(tx, job.partner, job.digest))
        return None if found is None else self._copied(job, found, key)

    def _same_painter(self, job: RenderJob) -> bool:
        """Whether the address of the job is true of what this worker paints: not while a house changes its version."""
        return not job.backend or not self.version or job.backend == self.version

    def _copied(self, job: RenderJob, found: tuple[str, str], key: bytes) -> _Made | None:
        """A take that is there already, sealed again under this production's key; None where it does not open."""
        production, sha256 = found
        try:
            if production != job.production:
                old = self.desk.key(production)
                mp4 = self.desk.blobs.get("takes", sha256, old) if old is not None else b""
                if sha256_hex(mp4) != sha256:
                    return None
                self.desk.blobs.put("takes", mp4, key)
                self._note(job, sha256)
            elif not self.desk.blobs.exists("takes", sha256, key):
                return None
        except NotFound:
            return None  # the index is only a hint
        return _Made(sha256, reused=True, measured={})

    def _note(self, job: RenderJob, sha256: str) -> None:
        if not self._same_painter(job):
            return
        self.desk.log.run(
            lambda tx: self.desk.books.takes.note(tx, job.partner, job.digest, production=job.production, sha256=sha256)
        )

    def _discard(self, made: _Made | None, key: bytes) -> None:
        if made is not None:
            self.desk.blobs.delete("takes", made.sha256, key)


def permit_id(token: str) -> str | None:
    """The ``jti`` of a permit, for showing; it was verified when the lease was opened."""
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except jwt.PyJWTError:
        return None
    return str(claims["jti"]) if "jti" in claims else None
