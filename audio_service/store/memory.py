"""The progress table in memory, for tests of the use cases. It ignores the transaction and forgets with the process."""

from typing import Any

from audio_service.contract.methods import JobStatus


class MemoryProgress:
    """Implements :class:`audio_service.domain.ports.Progress` in a dictionary."""

    def __init__(self) -> None:
        self._rows: dict[str, tuple[str, str, float]] = {}

    def begin(self, tx: Any, job: str, production: str) -> None:
        self._rows[job] = (production, "running", 0.0)

    def advance(self, tx: Any, job: str, fraction: float) -> None:
        production, state, _ = self._rows[job]
        if state == "running":
            self._rows[job] = (production, state, min(max(fraction, 0.0), 1.0))

    def end(self, tx: Any, job: str, state: str) -> None:
        production, _, fraction = self._rows[job]
        self._rows[job] = (production, state, 1.0 if state == "done" else fraction)

    def of(self, tx: Any, production: str) -> tuple[JobStatus, ...]:
        rows = ((job, *row) for job, row in self._rows.items())
        return tuple(JobStatus(job=job, state=s, fraction=f) for job, p, s, f in rows if p == production)
