"""One job under one lease: the guard at every step, progress twice a second, and what a stop means for the film."""

import contextlib
from dataclasses import dataclass

from generation_service.domain import facts as f
from generation_service.domain.production import decide_failure, decide_stop
from generation_service.usecases.desk import Desk
from generation_service.usecases.parts import Run
from infra.kernel.errors import AssentError, Conflict, Denied, Paused, Unavailable

_TICK_S = 0.5
ASSEMBLY = "assembly"
"""In the progress table beside the shots: how far the joining of the film has come."""
OVER = "generation.production_over"
HOUSE = "*"
"""In the progress table: what the house needs for each phase, in seconds of work for a second of film."""


@dataclass
class Watch:
    """The guard of a running job. :meth:`check` costs one guard read; twice a second it also writes progress and
    learns whether the production has ended meanwhile.
    """

    desk: Desk
    run: Run
    production: str
    shot: str = ""
    fraction: float = 0.0
    _next: float = 0.0

    def check(self) -> None:
        self.run.check()
        now = self.desk.clock.monotonic()
        if now >= self._next:
            self._next = now + _TICK_S
            self._tick()

    def progress(self, fraction: float) -> None:
        self.fraction = fraction

    def _tick(self) -> None:
        alive = True
        with contextlib.suppress(Unavailable):  # a database that is away is for the end of the job to find
            alive = self.desk.log.run(self._note)
        if not alive:
            raise Conflict(OVER, "the production has ended", production=self.production)

    def _note(self, tx: object) -> bool:
        """Whether the production lives; only then is anything written, or an ended one would leave a row behind."""
        alive = self.desk.books.keys.hold(tx, self.production)
        if alive and self.shot:
            self.desk.books.progress.set(tx, self.production, self.shot, self.fraction)
        return alive


def is_stop(error: AssentError) -> bool:
    """Whether this error ends the film rather than being a fault to try again: a refusal, or the end of the production.

    What says nothing about consent is Unavailable: it ends the job's run and keeps nothing, and the job asks again from
    the start: a guard that did not hear the ledger in time, a gate that did not answer, a lease renewed too late.
    """
    return error.code == OVER or isinstance(error, Denied | Paused)


def report_stop(desk: Desk, production: str, error: AssentError) -> None:
    """Record the stop. The production's key goes with it, so nothing of it can be opened any more."""
    if error.code == OVER:
        return
    stop_ms, index = error.info.get("stop_ms"), error.info.get("ledger_index")
    stop = f.Stopped(
        code=error.code,
        detail=error.detail,
        stop_ms=float(stop_ms) if isinstance(stop_ms, int | float) else None,
        ledger_index=index if isinstance(index, int) else None,
        at=desk.clock.now(),
    )
    desk.change(production, lambda state: decide_stop(state, stop))


def report_failure(desk: Desk, production: str, error: AssentError) -> None:
    """Record a fault that no retry will mend."""
    failure = f.Failed(code=error.code, detail=error.detail, at=desk.clock.now())
    desk.change(production, lambda state: decide_failure(state, failure))
