"""Finishing the film and bringing it through the publish gate.

Order of what lasts: (1) film and contact sheet sealed into ``quarantine``; (2) ``film-sealed`` recorded, the intent;
(3) the release lease completed with the digest of the delivered file: the publish gate and the commit point of the
release; (4) the bytes moved to ``released``; (5) ``film-released`` recorded. A crash before (2) builds again. A crash
after (2) asks the gate again with the same bytes, so a withdrawal that came in between still wins; after (3) the move
and the record are repeated without harm. Whatever the gate refuses is deleted, and the key with it.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from generation_service.contract.jobs import AssembleJob
from generation_service.contract.methods import OutputFile
from generation_service.domain import facts as f
from generation_service.domain.pace import rates
from generation_service.domain.production import Production, decide_release, decide_sealed
from generation_service.usecases.desk import Desk
from generation_service.usecases.guarding import ASSEMBLY, HOUSE, Watch, is_stop, report_stop
from generation_service.usecases.material import SealedMaterial
from generation_service.usecases.parts import Consent, CuttingRoom, Extra, Film, Run
from infra.kernel.errors import AssentError

_HANDS = 3
"""Files sealed at once: each waits for the disk."""


@dataclass(frozen=True)
class ReleaseFilm:
    desk: Desk
    consent: Consent
    room: CuttingRoom

    def __call__(self, job: AssembleJob) -> None:
        """Release the film of ``job`` unless that has happened or the production is over."""
        state, key = self.desk.state(job.production), self.desk.key(job.production)
        if not state.running or key is None:
            return
        film = state.sealed
        try:
            with self.consent.lease(
                decision=job.decision, job=job.job, uses=job.uses, features=job.features, kind="release"
            ) as run:
                film = self._sealed(state, key) or self._build(job, run, key)
                takes = tuple(take.sha256 for take in job.takes)
                closed = run.complete(output_sha256=film.sha256, seconds=film.seconds, takes=takes)
        except AssentError as error:
            if not is_stop(error):
                raise
            self._drop(film, key)
            report_stop(self.desk, job.production, error)
            self.desk.sweep(job.production, key)
            return
        self._publish(job, film, closed.ledger_index, key)

    def _sealed(self, state: Production, key: bytes) -> f.FilmSealed | None:
        """A film that an earlier attempt has sealed, wherever the crash left it."""
        film = state.sealed
        if film is None:
            return None
        there = [
            any(self.desk.blobs.exists(area, sha256, key) for area in ("quarantine", "released"))
            for sha256 in _addresses(film)
        ]
        return film if all(there) else None

    def _build(self, job: AssembleJob, run: Run, key: bytes) -> f.FilmSealed:
        watch = Watch(self.desk, run, job.production, ASSEMBLY)
        material = SealedMaterial(self.desk, job, key)
        watch.check()
        with self.room.finish(job, material, watch.check, watch.progress) as made:
            sealed = self._seal(job, made, material, key)
        self.desk.change(job.production, lambda state: decide_sealed(state, sealed))
        return sealed

    def _seal(self, job: AssembleJob, made: Film, material: SealedMaterial, key: bytes) -> f.FilmSealed:
        """Everything of the film into quarantine."""
        blobs = self.desk.blobs

        def sealed(extra: Extra) -> OutputFile:
            return OutputFile(
                name=extra.name, media_type=extra.media_type, bytes=extra.path.stat().st_size,
                sha256=blobs.put_file("quarantine", extra.path, key),
            )  # fmt: skip

        with ThreadPoolExecutor(_HANDS, "seal") as hands:
            files = tuple(hands.map(sealed, made.extras))
        return f.FilmSealed(
            output=job.output,
            sha256=blobs.put_file("quarantine", made.path, key),
            bytes=made.path.stat().st_size,
            seconds=made.seconds,
            contact_sheet=blobs.put("quarantine", made.contact_sheet, key),
            checks=made.checks,
            files=files,
            parts={shot: tuple(held) for shot, held in material.parts.items()},
        )

    def _publish(self, job: AssembleJob, film: f.FilmSealed, ledger_index: int, key: bytes) -> None:
        for sha256 in reversed(_addresses(film)):
            self.desk.blobs.move(sha256, "quarantine", "released", key)
        released = f.Released(
            output=film.output, sha256=film.sha256, ledger_index=ledger_index, at=self.desk.clock.now()
        )
        state = self.desk.change(job.production, lambda found: decide_release(found, released))
        if state.state != "released":  # it was stopped or cancelled after the gate: nothing of it stays
            self._drop(film, key)
            self.desk.sweep(job.production, key)
        else:
            self._note_pace(job.production)

    def _note_pace(self, production: str) -> None:
        """How long each phase took, so that the next film can be told how long it will."""

        def work(tx: Any) -> None:
            for phase, rate in rates(*self.desk.timed(tx, production)).items():
                self.desk.books.progress.set(tx, HOUSE, phase, rate)

        self.desk.log.run(work)

    def _drop(self, film: f.FilmSealed | None, key: bytes) -> None:
        if film is not None:
            for area in ("quarantine", "released"):
                for sha256 in _addresses(film):
                    self.desk.blobs.delete(area, sha256, key)


def _addresses(film: f.FilmSealed) -> tuple[str, ...]:
    """The film first, then what lies beside it, each once."""
    return tuple(dict.fromkeys((film.sha256, film.contact_sheet, *(file.sha256 for file in film.files))))
