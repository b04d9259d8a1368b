"""The indexer's one step: take in what the ledger gained, commit to the new root, both in one transaction.

Commit point: the commit of :meth:`Indexer.step`. A crash before it leaves the index as it was; after it the root's
entry waits for the sequencer like any other. A second indexer finds the lock taken and does nothing.
"""

from collections.abc import Callable
from typing import Any

from consent_service.contract.subject_index import INDEX_COMMITTED, INDEX_STREAM
from consent_service.store.subject_index import advance, note_commit
from infra.eventlog.log import Log, NewEvent
from infra.kernel.clock import Clock

_ACTOR = {"kind": "service", "ref": "indexer"}


class Indexer:
    """Works on the consent service's own log (Postgres)."""

    def __init__(self, log: Log, clock: Clock) -> None:
        self._log, self._clock = log, clock

    def step(self) -> int | None:
        """Commit to the next root; the size it covers, None when there was nothing new."""
        return self._log.run(self._advance)

    def drain(self, stopping: Callable[[], bool] = lambda: False) -> int | None:
        """Step until nothing is new; the last size covered by it, None when there was nothing new."""
        covered = None
        while not stopping() and (size := self.step()) is not None:
            covered = size
        return covered

    def _advance(self, tx: Any) -> int | None:
        found = advance(tx.conn)
        if found is None:
            return None
        size, root, subjects, before = found
        data = {"size": size, "root": root.hex(), "subjects": subjects}
        event = NewEvent(INDEX_COMMITTED, data, self._clock.now(), actor=_ACTOR)
        [stored] = tx.append(INDEX_STREAM, expected_version=before, events=[event])
        note_commit(tx.conn, size, root, stored.id)
        return size
