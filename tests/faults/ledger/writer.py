"""The writing service, cut down to its use cases: it sends commands one after the other and says what was acknowledged.

``python -m tests.faults.ledger.writer <database url> <base time> <writer>=<first command> …``, one thread a writer.
Every command follows from writer and number alone, so whoever comes after a killed one sends the very same again. Each
acknowledgement is a line on stdout, written before the next command is sent: what the caller knew when we died.
"""

import hashlib
import json
import os
import sys
import threading
import time
from datetime import datetime
from typing import Any

from consent_service.bootstrap import wire
from consent_service.contract import events as kinds
from consent_service.contract.ledger import RegisterParty
from consent_service.store.ledger import Ledger
from consent_service.usecases import grants
from consent_service.usecases.parts import Parts
from infra.eventlog.db import open_pool
from infra.eventlog.log import NewEvent
from infra.kernel.clock import SystemClock
from infra.kernel.crypto import Ed25519Signer, b64u
from infra.kernel.errors import AssentError, Unavailable

BATCH, BATCH_TURN = 3, 2
"""Entries of a batch; every fourth command is one."""


def command_id(writer: int, number: int) -> str:
    """The id under which a command is sent, each time."""
    return f"drill-{writer}-{number}"


class Writer:
    """One thread's commands: a subject, a change of it, a batch of entries, the subject again."""

    def __init__(self, parts: Parts, ledger: Ledger, writer: int, base: datetime) -> None:
        self._parts, self._ledger, self._writer, self._base = parts, ledger, writer, base

    def send(self, number: int) -> dict[str, Any]:
        """Send command ``number`` until it is answered; what the answer says."""
        while True:
            try:
                return self._send(number)
            except Unavailable:
                time.sleep(0.02)

    def _send(self, number: int) -> dict[str, Any]:
        turn = number % 4
        return self._batch(number) if turn == BATCH_TURN else self._party(number, number - turn)

    def _party(self, number: int, subject: int) -> dict[str, Any]:
        """A new subject, then twice a change of it: each is an entry of its stream and a control entry."""
        seed = hashlib.sha256(f"{self._writer}/{subject}".encode()).digest()
        command = RegisterParty(
            command_id=command_id(self._writer, number), kind="subject", handle=f"sub_{self._writer}_{subject}",
            public_key=b64u(Ed25519Signer.from_seed(seed).public), attributes={"sent": str(number)},
        )  # fmt: skip
        return _answer(grants.register_party(self._parts, command))

    def _batch(self, number: int) -> dict[str, Any]:
        name = command_id(self._writer, number)
        events = [NewEvent(kinds.DECISION_MADE, {"n": n}, self._base, command_id=name) for n in range(BATCH)]

        def work(tx: Any) -> dict[str, Any]:
            return {"ids": [event.id for event in tx.append(f"batch/{name}", expected_version=0, events=events)]}

        answer = self._parts.log.run(lambda tx: tx.once(name, name, lambda: work(tx)))
        recorded = self._ledger.await_recorded(answer["ids"][-1], ref=name)
        return {**_answer(recorded), "ids": answer["ids"]}


def _answer(recorded: Any) -> dict[str, Any]:
    return {"ids": [recorded.entry_id], "index": recorded.ledger_index, "note": recorded.checkpoint}


def run(writer: Writer, name: int, first: int) -> None:
    """Send from ``first`` on until the process ends."""
    number = first
    while True:
        try:
            answer = writer.send(number)
        except AssentError as error:
            say({"writer": name, "number": number, "failed": f"{error.code}: {error.detail}"})
            return
        say({"writer": name, "number": number, "at": time.monotonic(), **answer})
        number += 1


def say(value: dict[str, Any]) -> None:
    """One line in one write, so that no death can leave half of it among others'."""
    os.write(1, (json.dumps(value) + "\n").encode())


def main(url: str, base: str, *writers: str) -> None:
    with open_pool(url, max_size=2 * len(writers)) as pool:
        consent = wire(pool, Ed25519Signer.generate(), SystemClock(), bytes(32))
        threads = []
        for text in writers:
            name, _, first = text.partition("=")
            writer = Writer(consent.parts, consent.ledger, int(name), datetime.fromisoformat(base))
            threads.append(threading.Thread(target=run, args=(writer, int(name), int(first))))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


if __name__ == "__main__":
    main(*sys.argv[1:])
