"""What every step of a job uses: the log, the progress table, the clock; and the two moments when a job is recorded."""

from dataclasses import dataclass
from typing import Any

from audio_service.contract.jobs import AudioJobStopped
from audio_service.domain.jobs import (
    STARTED,
    Outcome,
    event_type,
    fold,
    may_end,
    may_start,
    published_type,
    recorded,
    stream_of,
)
from audio_service.domain.ports import Progress
from infra.eventlog.log import Log, NewEvent
from infra.kernel.clock import Clock
from infra.messaging.events import event_message

_TICK_S = 0.5


@dataclass(frozen=True)
class Desk:
    """Reads and writes job streams."""

    log: Log
    progress: Progress
    clock: Clock

    def start(self, job: str, production: str) -> int:
        """Record the intent to work on a job. Answers which try it is, 0 when the job has ended already."""

        def work(tx: Any) -> int:
            state = fold(tx.read(stream_of(job)))
            if not may_start(state):
                return 0
            started = NewEvent(STARTED, {"job": job, "production": production}, self.clock.now())
            tx.append(stream_of(job), expected_version=state.version, events=[started])
            self.progress.begin(tx, job, production)
            return state.tries + 1

        return self.log.run(work)

    def finish(self, outcome: Outcome) -> bool:
        """Record how a job ended and publish it, in one transaction: the commit point of a job.

        A crash before it leaves the job to its next delivery, which makes the same take again under the same address;
        after it every delivery finds the job ended. False when it had ended before: nothing is published twice.
        """

        def work(tx: Any) -> bool:
            state = fold(tx.read(stream_of(outcome.job)))
            if not may_end(state):
                return False
            now = self.clock.now()
            event = NewEvent(event_type(outcome), recorded(outcome), now)
            tx.append(stream_of(outcome.job), expected_version=state.version, events=[event])
            stopped = isinstance(outcome, AudioJobStopped)
            self.progress.end(tx, outcome.job, "stopped" if stopped else "done")
            tx.publish(event_message("audio", published_type(outcome), outcome, at=now, id=event.id))
            return True

        return self.log.run(work)


class Meter:
    """How far a running job is, written to the progress table at most twice a second."""

    def __init__(self, desk: Desk, job: str) -> None:
        self._desk, self._job, self._next = desk, job, desk.clock.monotonic() + _TICK_S

    def __call__(self, fraction: float) -> None:
        now = self._desk.clock.monotonic()
        if now >= self._next:
            self._next = now + _TICK_S
            self._desk.log.run(lambda tx: self._desk.progress.advance(tx, self._job, fraction))
