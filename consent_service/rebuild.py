"""``python -m consent_service.rebuild``: parties, grants, flags, leases and outputs, made again from the events.

The verifiable index per subject is not among them: the indexer makes it from the ledger alone, and its roots are
checked against the ledger by ``assent audit verify``. Until when an open lease was
renewed is no event: it is carried over.
"""

from collections.abc import Iterator
from typing import Any

from consent_service.bootstrap import ConsentSettings
from consent_service.store.fsck_views import check_views, moving
from consent_service.store.ledger_log import LedgerLog
from consent_service.store.projections import PgViews
from infra.eventlog.db import open_pool
from infra.eventlog.log import Event
from infra.eventlog.postgres import PgTransaction
from infra.eventlog.rebuild import progress, rebuild
from infra.kernel.errors import Internal


class ViewModels:
    """:class:`~infra.eventlog.rebuild.ReadModels` of the consent service."""

    def __init__(self, views: PgViews) -> None:
        self._views = views
        self._deadlines: dict[str, Any] = {}

    def forget(self, tx: PgTransaction) -> None:
        self._deadlines = dict(tx.conn.execute("SELECT id, expires_at FROM leases WHERE open").fetchall())
        self._views.forget(tx)

    def apply(self, tx: PgTransaction, event: Event) -> None:
        self._views.apply(tx, [event])

    def finish(self, tx: PgTransaction) -> None:
        """Open leases get their deadlines back; then everything is held against the events by the checker."""
        for lease, until in self._deadlines.items():
            tx.conn.execute("UPDATE leases SET expires_at = %s WHERE id = %s AND open", (until, lease))
        faults = list(check_views(tx.conn))
        if faults:
            raise Internal("consent.rebuild_differs", "the rebuilt read models do not hold: " + "; ".join(faults[:3]))


def events_of(tx: PgTransaction) -> Iterator[Event]:
    """What moves a read model, in ledger order, with what still waits for its index."""
    return moving(tx.conn)


def main() -> None:
    """Read the settings, rebuild, say how far it is."""
    pool = open_pool(ConsentSettings().database_url, max_size=1)
    rebuild(LedgerLog(pool), ViewModels(PgViews()), say=progress("consent"), events=events_of)
    pool.close()


if __name__ == "__main__":
    main()
