"""Kill -9 at random moments: the sequencer, the writing service, their back ends, the whole database server.

Writers send commands all the while; what died is started again at once, nothing is tidied. Afterwards everything that
was acknowledged must be in the ledger once, and all checkpoints that were ever read must be of one history.
"""

import json
import os
import random
import signal
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from consent_service.store.ledger import Ledger
from infra.eventlog.db import open_pool
from infra.kernel.errors import AssentError
from tests.faults.ledger.judge import Verdict, judge
from tests.faults.ledger.scene import PATIENCE_S, Scene, Worker
from tests.faults.ledger.writer import BATCH, BATCH_TURN

VICTIMS = ("sequencer", "sequencer's back end", "writer", "writer's back end", "postmaster")
_PAUSE_S = (0.01, 0.4)
"""Between two kills, once the house has acknowledged something again."""


class Service:
    """A writing service: its process, and what was acknowledged to its callers."""

    def __init__(self, scene: Scene, number: int, threads: int, folder: Path) -> None:
        self._writers = range(number * threads, (number + 1) * threads)
        self._next = dict.fromkeys(self._writers, 0)
        base = datetime.now(UTC).isoformat(timespec="seconds")
        self.acks: list[dict[str, Any]] = []
        self.failures: list[str] = []

        def command(_: int) -> list[str]:
            firsts = [f"{writer}={first}" for writer, first in self._next.items()]
            return ["-m", "tests.faults.ledger.writer", scene.url, base, *firsts]

        name = f"writer-{number}"
        self.worker = Worker(name, command, {}, folder / f"{name}.log")
        self._reader = threading.Thread()

    def start(self) -> None:
        """Start with each writer's first command that was not acknowledged."""
        process = self.worker.start(piped=True)
        self._reader = threading.Thread(target=self._listen, args=(process.stdout,), daemon=True)
        self._reader.start()

    def kill(self) -> None:
        """Kill, and hear out what it had said before."""
        self.worker.kill()
        self._reader.join()

    def _listen(self, lines: Any) -> None:
        with lines:
            for line in lines:
                said = json.loads(line)
                if "failed" in said:
                    self.failures.append(f"command {said['writer']}-{said['number']}: {said['failed']}")
                else:
                    self.acks.append(said)
                    self._next[said["writer"]] = said["number"] + 1


@dataclass
class KillReport:
    """One run. ``recovery_ms`` is how long after each kill the first acknowledgement came, by kind of victim."""

    seed: int
    seconds: float
    kills: dict[str, int]
    recovery_ms: dict[str, list[float]]
    repeated: int
    verdict: Verdict
    failures: list[str] = field(default_factory=list)

    def faults(self) -> dict[str, Any]:
        return self.verdict.faults() | ({"failures": self.failures} if self.failures else {})

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Watcher(threading.Thread):
    """Reads the latest checkpoint over and over, from the ledger and from the file beside it, and keeps each note."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(daemon=True)
        self._scene, self._ended = scene, threading.Event()
        self.notes: set[str] = set()

    def run(self) -> None:
        with open_pool(self._scene.url, max_size=1) as pool:
            ledger = Ledger(pool)
            while not self._ended.wait(0.004):
                try:
                    self.notes.add(ledger.latest_checkpoint().note)
                except AssentError:
                    continue
                kept = self._scene.watermark.read()
                if kept is not None:
                    self.notes.add(kept)

    def stop(self) -> None:
        self._ended.set()
        self.join()


def run(scene: Scene, folder: Path, *, points: int, seed: int, services: int = 2, threads: int = 4) -> KillReport:
    """Kill ``points`` times and judge. Raises RuntimeError when the house does not come back."""
    dice, began = random.Random(seed), time.monotonic()
    plan = [VICTIMS[n % len(VICTIMS)] for n in range(points)]
    dice.shuffle(plan)
    staff = [Service(scene, number, threads, folder) for number in range(services)]
    recovery: dict[str, list[float]] = defaultdict(list)
    watcher = Watcher(scene)
    watcher.start()
    with _running(staff):
        _await_ack(scene, staff, time.monotonic())
        for victim in plan:
            time.sleep(dice.uniform(*_PAUSE_S))
            killed = _KILL[victim](scene, staff, dice)
            recovery[victim].append((_await_ack(scene, staff, killed) - killed) * 1000)
    _settle(scene)
    watcher.stop()
    acks = [ack for service in staff for ack in service.acks]
    notes = watcher.notes | {ack["note"] for ack in acks if ack["note"]}
    verdict, stored = judge(scene, acks, notes)
    verdict.duplicated += _sent_twice(stored)
    failures = [failure for service in staff for failure in service.failures]
    starts = sum(service.worker.incarnation for service in staff)
    return KillReport(
        seed, time.monotonic() - began, dict(Counter(plan)), dict(recovery), starts, verdict, failures
    )  # fmt: skip


@contextmanager
def _running(staff: list[Service]) -> Iterator[None]:
    try:
        for service in staff:
            service.start()
        yield
    finally:
        for service in staff:
            service.kill()


def _await_ack(scene: Scene, staff: list[Service], since: float) -> float:
    """When the first command that was answered after ``since`` was answered."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        for worker in [*scene.sequencers, *(service.worker for service in staff)]:
            worker.verify_not_ended()
        for service in staff:
            if service.failures:
                raise RuntimeError(service.failures[0])
            if service.acks and service.acks[-1]["at"] > since and service.acks[-1]["index"] is not None:
                return float(service.acks[-1]["at"])
        time.sleep(0.005)
    raise RuntimeError("the house did not come back")


def _settle(scene: Scene) -> None:
    """Wait until nothing waits for an index any more."""
    end = time.monotonic() + PATIENCE_S
    with scene.admin() as conn:
        while time.monotonic() < end:
            row = conn.execute("SELECT count(*) FROM consent.pending").fetchone()
            if row == (0,) and scene.active_sequencer() is not None:
                return
            time.sleep(0.05)
    raise RuntimeError("events still wait for an index")


def _sent_twice(stored: list[Any]) -> int:
    """Commands that took effect twice: each is one entry, a batch is :data:`BATCH`."""
    counts = Counter(entry.command for entry in stored if entry.command.startswith("drill-"))
    return sum(count not in (1, BATCH) or (count == BATCH) != _is_batch(name) for name, count in counts.items())


def _is_batch(command: str) -> bool:
    return int(command.rsplit("-", 1)[1]) % 4 == BATCH_TURN


def _kill_sequencer(scene: Scene, _: list[Service], __: random.Random) -> float:
    worker = scene.active_sequencer() or scene.sequencers[0]
    killed = time.monotonic()
    worker.kill()
    worker.start()
    return killed


def _kill_writer(_: Scene, staff: list[Service], dice: random.Random) -> float:
    service = dice.choice(staff)
    killed = time.monotonic()
    service.kill()
    service.start()
    return killed


def _kill_back_end(of: str) -> Callable[[Scene, list[Service], random.Random], float]:
    """A back end that dies takes all others with it: the server starts over by itself."""

    def kill(scene: Scene, _: list[Service], dice: random.Random) -> float:
        found = scene.back_ends(of)
        killed = time.monotonic()
        if found:
            os.kill(dice.choice(found), signal.SIGKILL)
        return killed

    return kill


def _kill_postmaster(scene: Scene, _: list[Service], __: random.Random) -> float:
    killed = time.monotonic()
    scene.postgres.kill()
    scene.restart_postgres()
    return killed


_KILL: dict[str, Callable[[Scene, list[Service], random.Random], float]] = {
    "sequencer": _kill_sequencer, "writer": _kill_writer, "postmaster": _kill_postmaster,
    "sequencer's back end": _kill_back_end("sequencer"), "writer's back end": _kill_back_end("writer"),
}  # fmt: skip
