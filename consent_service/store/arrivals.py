"""Waiting for what the sequencer does with entries: many callers wait, one of them looks for all.

It works in plain threads and green ones alike: it only waits on locks and asks single-statement questions, so it never
blocks a hub and holds no connection while it waits.
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import psycopg

from consent_service.store import SQL

_KEPT = 16_384
_PAUSES_S = ((0.03, 0.001), (0.2, 0.004), (float("inf"), 0.02))
"""``(waited up to, pause between looks)``: the sequencer usually answers within a few milliseconds."""


@dataclass(frozen=True)
class Arrival:
    """Where an entry stands; ``proof`` (tlog-proof text) and ``checkpoint`` only where they were asked for."""

    index: int
    proof: str | None = None
    checkpoint: str | None = None


Look = Callable[[Mapping[str, bool]], dict[str, Arrival]]
"""Those of the given entries that have arrived; the value says whether a proof is wanted."""


@dataclass(eq=False)
class _Waiter:
    entry: str
    proven: bool
    arrival: Arrival | None = None
    following: "_Waiter | None" = None
    """Whom to wake next, once arrived: waking all at once makes them fight for the interpreter."""
    lock: Any = field(default_factory=threading.Lock)

    def wake(self) -> None:
        """Let it look for itself, or find that it has arrived; twice is as good as once."""
        with suppress(RuntimeError):
            self.lock.release()


class Arrivals:
    """The places of entries in the ledger, as the sequencer assigns them."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._turn, self._guard = threading.Lock(), threading.Lock()
        self._waiting: dict[_Waiter, None] = {}

    def wait(self, entry: str, *, timeout_s: float, proven: bool) -> Arrival | None:
        """What became of the entry, or None when nothing has after ``timeout_s``. Raises what looking raises."""
        started, led = time.monotonic(), False
        one = _Waiter(entry, proven)
        one.lock.acquire()
        with self._guard:
            self._waiting[one] = None
        try:
            while one.arrival is None:
                if self._turn.acquire(blocking=False):
                    led = True
                    try:
                        self._lead(one, started, timeout_s)
                    finally:
                        self._turn.release()
                    break
                left = timeout_s - (time.monotonic() - started)
                if not one.lock.acquire(timeout=max(0.0, left)):
                    break
            return one.arrival
        finally:
            self._leave(one, led=led)

    def _lead(self, one: _Waiter, started: float, timeout_s: float) -> None:
        """Look for all until one's own has arrived, or the time is over."""
        while one.arrival is None:
            with self._guard:
                waiting = list(self._waiting)
            wanted: dict[str, bool] = {}
            for waiter in waiting:
                wanted[waiter.entry] = wanted.get(waiter.entry, False) or waiter.proven
            self._tell(waiting, self._look(wanted))
            waited = time.monotonic() - started
            if one.arrival is not None or waited >= timeout_s:
                return
            time.sleep(next(pause for limit, pause in _PAUSES_S if waited < limit))

    def _tell(self, waiting: Iterable[_Waiter], found: Mapping[str, Arrival]) -> None:
        """Those who still wait and whose entry has arrived, in a row: each wakes the next."""
        first = last = None
        with self._guard:
            for waiter in waiting:
                if waiter.entry in found and waiter in self._waiting:
                    del self._waiting[waiter]
                    waiter.arrival = found[waiter.entry]
                    if last is None:
                        first = waiter
                    else:
                        last.following = waiter
                    last = waiter
        if first is not None:
            first.wake()

    def _leave(self, one: _Waiter, *, led: bool) -> None:
        """Wake the next of the row; after a leader, or one who was told nothing, who waits longest looks next."""
        with self._guard:
            untold = one in self._waiting
            self._waiting.pop(one, None)
            longest = next(iter(self._waiting), None) if led or untold else None
        for waiter in (one.following, longest):
            if waiter is not None:
                waiter.wake()


class Recent:
    """The indices given since we began to look, so that a look asks for what is new and not for each entry again.

    Called by one looker at a time.
    """

    def __init__(self) -> None:
        self._size: int | None = None
        self._placed: dict[str, int] = {}
        self._asked: set[str] = set()

    def find(self, conn: psycopg.Connection, wanted: Iterable[str], size: int) -> dict[str, int]:
        """The indices of those among ``wanted`` that a ledger of ``size`` entries holds."""
        if self._size is None or size - self._size > _KEPT:
            self._asked.clear()  # too far behind to follow: everything is asked for by its id
        elif size > self._size:
            self._follow(conn, self._size, size)
        self._size = size
        unknown = [entry for entry in wanted if entry not in self._placed and entry not in self._asked]
        if unknown:
            rows = conn.execute(SQL["find_positions"], {"ids": unknown}).fetchall()
            self._placed.update(rows)
        self._asked = {entry for entry in wanted if entry not in self._placed}
        # an index may have been given after `size` was read: it is told with the next size
        return {entry: self._placed[entry] for entry in wanted if self._placed.get(entry, size) < size}

    def _follow(self, conn: psycopg.Connection, start: int, end: int) -> None:
        if len(self._placed) > _KEPT:
            self._placed.clear()
            self._asked.clear()
        self._placed.update(conn.execute(SQL["placed_between"], {"start": start, "end": end}).fetchall())
