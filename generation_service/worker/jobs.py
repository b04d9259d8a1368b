"""What happens to one job of the queue, and what a failure of it means.

Refusals and stops are outcomes, not failures; the use cases record them. What is left: a fault that no retry mends
(:class:`Invalid` and the like) ends the production at once; what is away is waited for; anything else goes back to the
queue, and the last try ends the production, as does a job that killed every worker it was given to.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from generation_service.contract.jobs import AssembleJob, RenderJob
from generation_service.usecases.desk import Desk
from generation_service.usecases.guarding import report_failure
from infra.kernel.errors import AssentError, Internal, Invalid, NotFound, TooLarge, Unavailable
from infra.telemetry import log

LAST_TRY = 3
"""Of a job that fails or breaks the worker; the queue's fourth delivery is for :meth:`HandleJob.abandon`."""

_HOPELESS = (Invalid, TooLarge, NotFound)
_FAILED_CHECKS = "generation.checks_failed"


@dataclass(frozen=True)
class HandleJob:
    """``take`` and ``film`` are the two use cases."""

    desk: Desk
    take: Callable[[RenderJob], None]
    film: Callable[[AssembleJob], None]

    def __call__(self, payload: dict[str, Any]) -> None:
        """Returns when the job is done with, whatever came of it; raises when it should be tried again."""
        job = parse_job(payload)
        tries = self.desk.log.run(lambda tx: self.desk.books.progress.attempt(tx, job.job))
        try:
            if isinstance(job, RenderJob):
                self.take(job)
            else:
                self.film(job)
        except AssentError as error:
            if not _is_final(error, tries):
                raise
            log.error("job.failed_for_good", job=job.job, code=error.code, detail=error.detail)
            report_failure(self.desk, job.production, error)
        except Exception as error:
            if tries < LAST_TRY:
                raise
            log.exception("job.crashed_for_good", job=job.job, error=type(error).__name__)
            report_failure(self.desk, job.production, Internal("generation.job_crashed", "a worker broke on this job"))

    def abandon(self, payload: dict[str, Any]) -> None:
        """Nobody lived through this job: end its production, so that it does not wait for ever."""
        lost = Internal("generation.job_lost", "the workers that tried this job did not survive it")
        report_failure(self.desk, parse_job(payload).production, lost)


def _is_final(error: AssentError, tries: int) -> bool:
    """What is only away comes back: the worker waits for it, however often. Everything else has its last try."""
    if isinstance(error, Unavailable):
        return False
    return isinstance(error, _HOPELESS) or error.code == _FAILED_CHECKS or tries >= LAST_TRY


def parse_job(payload: dict[str, Any]) -> RenderJob | AssembleJob:
    """The job in a message; raises Invalid ``generation.bad_job``, which parks the message."""
    try:
        if payload.get("kind") == "render":
            return RenderJob.model_validate(payload)
        return AssembleJob.model_validate(payload)
    except ValidationError as error:
        raise Invalid("generation.bad_job", "not a job of this queue") from error
