"""Waiting for what the sequencer does with entries: many callers wait, one of them looks for all.

It works in plain threads and green ones alike: it only waits on locks and asks single-statement questions, so it never
blocks a hub and holds no connection while it waits.
"""

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

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


@dataclass
class _Waiter:
    entry: str
    proven: bool
    arrival: Arrival | None = None
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
        self._waiting: list[_Waiter] = []

    def wait(self, entry: str, *, timeout_s: float, proven: bool) -> Arrival | None:
        """What became of the entry, or None when nothing has after ``timeout_s``. Raises what looking raises."""
        started = time.monotonic()
        one = _Waiter(entry, proven)
        one.lock.acquire()
        with self._guard:
            self._waiting.append(one)
        try:
            while one.arrival is None:
                if self._turn.acquire(blocking=False):
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
            self._leave(one)

    def _lead(self, one: _Waiter, started: float, timeout_s: float) -> None:
        """Look for all until one's own has arrived, or the time is over."""
        while one.arrival is None:
            with self._guard:
                waiting = list(self._waiting)
            wanted: dict[str, bool] = {}
            for waiter in waiting:
                wanted[waiter.entry] = wanted.get(waiter.entry, False) or waiter.proven
            found = self._look(wanted)
            for waiter in waiting:
                if waiter.entry in found:
                    waiter.arrival = found[waiter.entry]
                    waiter.wake()
            waited = time.monotonic() - started
            if one.arrival is not None or waited >= timeout_s:
                return
            time.sleep(next(pause for limit, pause in _PAUSES_S if waited < limit))

    def _leave(self, one: _Waiter) -> None:
        """Hand the looking over to the one who waits longest."""
        with self._guard:
            self._waiting.remove(one)
            following = next((waiter for waiter in self._waiting if waiter.arrival is None), None)
        if following is not None:
            following.wake()
