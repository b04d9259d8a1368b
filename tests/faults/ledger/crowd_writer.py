"""Some of the crowd: writers in threads, each appending, colliding, giving up in mid-transaction and being cut off.

``python -m tests.faults.ledger.crowd_writer <database url> <first writer> <writers> <entries> <seed>``. Each line on
stdout says what one transaction was: ``acked`` with ids and times (CLOCK_MONOTONIC, seconds, the same for all
processes), or ``dropped`` with ids that must never be seen.
"""

import json
import os
import random
import sys
import threading
import time
from datetime import UTC, datetime
from typing import Any

from consent_service.contract import events as kinds
from consent_service.store.ledger_log import LedgerLog
from infra.eventlog.db import open_pool
from infra.eventlog.log import Command, NewEvent
from infra.kernel.errors import Conflict, Unavailable

HOT = ("hot/0", "hot/1", "hot/2", "hot/3")
"""Streams that all writers share: there they collide."""
_ROLLBACKS = 0.2
_LARGEST = 12


class Dropped(Exception):
    """The writer changes its mind in mid-transaction."""


class CrowdWriter:
    """One writer. ``versions`` is how far it knows each stream."""

    def __init__(self, log: LedgerLog, name: int, entries: int, seed: int) -> None:
        self._log, self._name, self._left = log, name, entries
        self._dice = random.Random(f"{seed}/{name}")
        self._versions: dict[str, int] = {}
        self._turn = 0

    def run(self) -> None:
        while self._left > 0:
            self._turn += 1
            count = min(self._left, self._dice.randint(1, _LARGEST))
            stream = f"crowd/{self._name}" if self._dice.random() < 0.7 else self._dice.choice(HOT)
            if self._dice.random() < _ROLLBACKS:
                self._drop(stream, count)
            else:
                self._append(stream, count)

    def _append(self, stream: str, count: int) -> None:
        command = f"crowd-{self._name}-{self._turn}"
        events = self._events(count, command)
        grouped = stream not in HOT and self._dice.random() < 0.5
        known, name = self._versions.get(stream, 0), Command(command, command)

        def together() -> list[str]:
            """In one commit with whoever else appends at this moment; only this writer knows the stream."""
            return self._log.append(stream, expected_version=known, events=events, command=name)

        def alone() -> list[str]:
            answer = self._log.run(lambda tx: tx.once(command, command, lambda: self._write(tx, stream, events)))
            return list(answer["ids"])

        began = time.monotonic()
        while True:
            try:
                ids = together() if grouped else alone()
            except (Conflict, Unavailable):
                continue  # another was faster, or the store was away: the same command again
            break
        if stream not in HOT:
            self._versions[stream] = known + count
        self._left -= count
        say({"acked": ids, "stream": stream, "began": began, "at": time.monotonic(), "writer": self._name})

    def _write(self, tx: Any, stream: str, events: list[NewEvent]) -> dict[str, Any]:
        known = self._versions.get(stream, 0)
        seen = tx.read(stream, after=known)
        version = seen[-1].version if seen else known
        self._versions[stream] = version
        stored = tx.append(stream, expected_version=version, events=events)
        return {"ids": [event.id for event in stored]}

    def _drop(self, stream: str, count: int) -> None:
        """Write everything and roll back; also a wrong expected version, which writes nothing."""
        events = self._events(count, "dropped")

        def work(tx: Any) -> None:
            self._write(tx, stream, events)
            raise Dropped

        try:
            self._log.run(work)
        except (Dropped, Conflict, Unavailable):
            say({"dropped": [event.id for event in events]})

    def _events(self, count: int, command: str) -> list[NewEvent]:
        at = datetime.now(UTC)
        return [NewEvent(kinds.DECISION_MADE, {"n": n}, at, command_id=command) for n in range(count)]


_mouth = threading.Lock()


def say(value: dict[str, Any]) -> None:
    """One line; a pipe may take a long one in parts, so only one speaks at a time."""
    data = (json.dumps(value) + "\n").encode()
    with _mouth:
        while data:
            data = data[os.write(1, data) :]


def main(url: str, first: int, writers: int, entries: int, seed: int) -> None:
    with open_pool(url, max_size=writers, timeout_s=10.0) as pool:
        log = LedgerLog(pool)
        crowd = [CrowdWriter(log, first + n, entries, seed) for n in range(writers)]
        threads = [threading.Thread(target=writer.run) for writer in crowd]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
