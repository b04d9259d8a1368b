"""Where consent's decisions are written: an event log whose global order is the ledger's.

Commit point: from the commit of :meth:`LedgerLog.run` on, the decision binds. The event, its canonical leaf and its
place in the sequencer's queue commit together; a crash before leaves none of them, a crash after leaves all, and the
sequencer gives the index when it comes back. It never gives an index itself.
"""

from collections.abc import Sequence
from typing import Any

from consent_service.domain.control import control_of
from consent_service.store import SQL
from infra.eventlog.db import Pool
from infra.eventlog.log import Event
from infra.eventlog.postgres import PgLog, PgTransaction
from infra.tlog.leaf import verify_leaf_size


class LedgerLog(PgLog):
    """Implements ``infra.eventlog.log.Log``; events have no position until the sequencer has committed it."""

    def __init__(self, pool: Pool, *, patience_s: float = 4.0) -> None:
        super().__init__(pool, service="consent", patience_s=patience_s)

    def verify_envelope(self, envelope: bytes) -> None:
        """Refuse what cannot be a leaf."""
        verify_leaf_size(envelope)

    def settle(self, transaction: PgTransaction) -> None:
        """Queue the events; entries that stop running work wake the sequencer with the commit."""
        events = transaction.appended
        ids = [event.id for event in events]
        transaction.conn.execute(SQL["enqueue"], {"ids": ids} | self.append_parameters(events))

    append_statement = SQL["append_and_enqueue"]

    def append_parameters(self, events: Sequence[Event]) -> dict[str, Any]:
        return {"urgent": any(control_of(event.type, event.data) for event in events)}
