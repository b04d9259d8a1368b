"""Waiting for ledger indices: many callers wait, one of them looks for all.

It works in plain threads and green ones alike: it only sleeps and asks single-statement questions, so it never blocks
a hub and holds no connection while it waits.
"""

import threading
import time

from consent_service.store import SQL
from infra.eventlog.db import Pool, autocommit, translated

_PAUSES_S = ((0.03, 0.001), (0.2, 0.004), (float("inf"), 0.02))
"""``(waited up to, pause between looks)``: the sequencer usually answers within a few milliseconds."""


class Arrivals:
    """The places of entries in the ledger, as the sequencer assigns them."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._turn, self._guard = threading.Lock(), threading.Lock()
        self._waiting: dict[str, int] = {}
        self._found: dict[str, int] = {}

    def wait(self, entry_id: str, *, timeout_s: float) -> int | None:
        """The entry's index, or None when it has none after ``timeout_s``."""
        started = time.monotonic()
        with self._guard:
            self._waiting[entry_id] = self._waiting.get(entry_id, 0) + 1
        try:
            while True:
                if self._turn.acquire(blocking=False):
                    try:
                        self._look()
                    finally:
                        self._turn.release()
                waited = time.monotonic() - started
                if entry_id in self._found or waited >= timeout_s:
                    return self._found.get(entry_id)
                time.sleep(next(pause for limit, pause in _PAUSES_S if waited < limit))
        finally:
            self._leave(entry_id)

    def _look(self) -> None:
        with self._guard:
            wanted = [entry_id for entry_id in self._waiting if entry_id not in self._found]
        if not wanted:
            return
        with translated(), autocommit(self._pool) as conn:
            rows = conn.execute(SQL["find_positions"], {"ids": wanted}).fetchall()
        with self._guard:
            self._found.update((entry_id, index) for entry_id, index in rows if entry_id in self._waiting)

    def _leave(self, entry_id: str) -> None:
        with self._guard:
            self._waiting[entry_id] -= 1
            if not self._waiting[entry_id]:
                del self._waiting[entry_id]
                self._found.pop(entry_id, None)
