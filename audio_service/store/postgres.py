"""The progress table on Postgres, always in the transaction that it is handed."""

from pathlib import Path

from audio_service.contract.methods import JobStatus
from infra.eventlog.db import named_sql
from infra.eventlog.postgres import PgTransaction

_SQL = named_sql(Path(__file__).with_name("queries.sql"))


class PgProgress:
    """Implements :class:`audio_service.domain.ports.Progress`. Durable with the caller's transaction; no retries."""

    def begin(self, tx: PgTransaction, job: str, production: str) -> None:
        tx.conn.execute(_SQL["begin"], {"job": job, "production": production})

    def forget(self, tx: PgTransaction) -> None:
        """Empty the table, to be made again from the events."""
        tx.conn.execute(_SQL["forget"])

    def advance(self, tx: PgTransaction, job: str, fraction: float) -> None:
        tx.conn.execute(_SQL["advance"], {"job": job, "fraction": min(max(fraction, 0.0), 1.0)})

    def end(self, tx: PgTransaction, job: str, state: str) -> None:
        tx.conn.execute(_SQL["finish"], {"job": job, "state": state})

    def of(self, tx: PgTransaction, production: str) -> tuple[JobStatus, ...]:
        rows = tx.conn.execute(_SQL["of_production"], {"production": production}).fetchall()
        return tuple(JobStatus(job=job, state=state, fraction=fraction) for job, state, fraction in rows)
