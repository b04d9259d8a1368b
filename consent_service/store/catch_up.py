"""Catch-up subscriptions: the ledger from any index on, first what is there in bulk, then what comes. It never writes.

Gapless: indices are given in commit order, so an entry that is not there yet has none before a later one. Resumable:
:attr:`CatchUp.next` is all there is to keep; who keeps it with its own state sees every entry exactly once.
"""

from collections.abc import Callable, Iterator

import psycopg

from consent_service.store import SQL
from infra.kernel.errors import Internal

PAGE = 8192
"""Entries in one question, at most: 64 KiB each in the worst case, half a KiB in life."""


class CatchUp:
    """One subscription on one connection (autocommit)."""

    def __init__(self, conn: psycopg.Connection, start: int = 0, *, page: int = PAGE) -> None:
        self._conn, self.next, self._page = conn, start, page

    def read(self) -> list[tuple[int, bytes]]:
        """The following ``(index, leaf)`` pairs, at most a page; empty at the end of the ledger.

        Raises :class:`Internal` (``consent.entry_missing``) when an index is skipped: the store lost an entry.
        """
        wanted = {"start": self.next, "limit": self._page}
        rows: list[tuple[int, bytes]] = self._conn.execute(SQL["leaves"], wanted, binary=True).fetchall()
        if rows and (rows[0][0], rows[-1][0]) != (self.next, self.next + len(rows) - 1):
            raise Internal(
                "consent.entry_missing", "the ledger skips an index", fix="run the ledger's fsck", at=self.next
            )
        self.next += len(rows)
        return rows

    def follow(self, stopping: Callable[[], bool], *, wait_s: float = 0.25) -> Iterator[tuple[int, bytes]]:
        """Every entry from here on as it comes, until told to stop. A lost signal costs ``wait_s``, never an entry."""
        self._conn.execute(SQL["listen_batches"])
        while not stopping():
            rows = self.read()
            yield from rows
            if not rows:
                for _ in self._conn.notifies(timeout=wait_s, stop_after=1):
                    break
