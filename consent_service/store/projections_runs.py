"""Running leases and the requests of decisions, on Postgres."""

from collections.abc import Sequence
from datetime import datetime

from psycopg.types.json import Jsonb

from consent_service.contract.decisions import DecisionRequest
from consent_service.domain.leases import LeaseNow
from consent_service.store.projections import SQL
from infra.eventlog.postgres import PgTransaction


class PgRuns:
    """Implements the ``Runs`` port."""

    def lock_job(self, tx: PgTransaction, job: str) -> None:
        tx.conn.execute(SQL["lock_job"], {"job": job})

    def lease(self, tx: PgTransaction, lease: str) -> tuple[LeaseNow, datetime] | None:
        row = tx.conn.execute(SQL["lease"], {"lease": lease}).fetchone()
        return None if row is None else (LeaseNow.model_validate(row[0]), row[1])

    def extend(self, tx: PgTransaction, lease: str, until: datetime) -> None:
        tx.conn.execute(SQL["extend"], {"lease": lease, "until": until})

    def running(self, tx: PgTransaction, grants: Sequence[str], now: datetime, *, but: str = "") -> dict[str, int]:
        if not grants:
            return {}
        return dict(tx.conn.execute(SQL["running"], {"grants": list(grants), "now": now, "but": but}).fetchall())

    def overdue(self, tx: PgTransaction, now: datetime, limit: int) -> list[str]:
        return [lease for (lease,) in tx.conn.execute(SQL["overdue"], {"now": now, "limit": limit})]


class PgRequests:
    """Implements the ``Requests`` port."""

    def keep(self, tx: PgTransaction, decision: str, request: DecisionRequest, salt: bytes, allow: bool) -> None:
        asked = Jsonb(request.model_dump(mode="json"))
        row = {"decision": decision, "allow": allow, "salt": salt, "request": asked}
        tx.conn.execute(SQL["keep_request"], row)

    def find(self, tx: PgTransaction, decision: str) -> tuple[DecisionRequest, bool] | None:
        row = tx.conn.execute(SQL["find_request"], {"decision": decision}).fetchone()
        return None if row is None else (DecisionRequest.model_validate(row[0]), row[1])

    def salt(self, tx: PgTransaction, decision: str) -> bytes | None:
        row = tx.conn.execute(SQL["find_salt"], {"decision": decision}).fetchone()
        return None if row is None else bytes(row[0])
