"""Released outputs, deleted references and grants whose time has come, on Postgres."""

from collections.abc import Sequence
from datetime import datetime

from consent_service.domain.outputs import OutputNow
from consent_service.store.projections import SQL
from infra.eventlog.postgres import PgTransaction


class PgAftermath:
    """Implements the ``Aftermath`` port."""

    def output(self, tx: PgTransaction, sha256: str) -> OutputNow | None:
        row = tx.conn.execute(SQL["output"], {"sha256": sha256}).fetchone()
        return None if row is None else OutputNow.model_validate(row[0])

    def to_recall(self, tx: PgTransaction, grant: str, limit: int) -> list[OutputNow]:
        rows = tx.conn.execute(SQL["to_recall"], {"grant": grant, "limit": limit})
        return [OutputNow.model_validate(doc) for (doc,) in rows]

    def recalling(self, tx: PgTransaction, limit: int) -> list[str]:
        return [grant for (grant,) in tx.conn.execute(SQL["recalling"], {"limit": limit})]

    def lapsing(self, tx: PgTransaction, now: datetime, limit: int) -> list[str]:
        return [grant for (grant,) in tx.conn.execute(SQL["lapsing"], {"now": now, "limit": limit})]

    def subjects(self, tx: PgTransaction, after: str, limit: int) -> list[str]:
        return [subject for (subject,) in tx.conn.execute(SQL["subjects"], {"after": after, "limit": limit})]

    def deleted(self, tx: PgTransaction, subjects: Sequence[str]) -> dict[str, dict[str, datetime]]:
        found: dict[str, dict[str, datetime]] = {}
        for subject, asset, at in tx.conn.execute(SQL["gone"], {"subjects": list(subjects)}):
            found.setdefault(subject, {})[asset] = at
        return found
