"""32 writers who roll back, collide and lose their back ends, and one reader who follows the ledger while it happens.

The reader sees each entry once, in order, without a gap; what was rolled back is never seen; and who began after
another's acknowledgement stands behind it.
"""

import json
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from consent_service.store.ledger import Ledger
from infra.eventlog.db import open_pool
from infra.kernel.errors import AssentError
from tests.faults.ledger.judge import Stored, Verdict, judge
from tests.faults.ledger.scene import PATIENCE_S, Scene, Worker

PROCESSES = 4
_CUT_S = (0.02, 0.3)
"""Between two cuts of a connection."""


@dataclass
class CrowdReport:
    """One run. ``cut`` is how many back ends were ended, ``dropped`` how many entries were written and rolled back."""

    seed: int
    seconds: float
    writers: int
    cut: int
    dropped: int
    resurrected: int
    followed: int
    unfollowed: int
    overtaken: int
    verdict: Verdict

    def faults(self) -> dict[str, Any]:
        names = ("resurrected", "unfollowed", "overtaken")
        return self.verdict.faults() | {name: getattr(self, name) for name in names if getattr(self, name)}

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Follower(threading.Thread):
    """A catch-up reader: asks for what comes after the last entry it has, over and over."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(daemon=True)
        self._url = scene.url.replace("?options=", "?application_name=follower&options=")
        self._ended = threading.Event()
        self.seen: list[tuple[int, str]] = []
        self.notes: set[str] = set()

    def run(self) -> None:
        with open_pool(self._url, max_size=1) as pool:
            ledger = Ledger(pool)
            while not self._ended.is_set():
                try:
                    page = ledger.entries(len(self.seen), 500).entries
                    self.notes.add(ledger.latest_checkpoint().note)
                except AssentError:
                    continue
                self.seen.extend((entry.index, entry.envelope()["id"]) for entry in page)
                if not page:
                    self._ended.wait(0.005)

    def stop(self, size: int) -> None:
        """End once ``size`` entries were seen, or patience is over."""
        end = time.monotonic() + PATIENCE_S
        while len(self.seen) < size and time.monotonic() < end:
            time.sleep(0.02)
        self._ended.set()
        self.join()


class Crowd:
    """The writing processes and what they said."""

    def __init__(self, scene: Scene, folder: Path, *, writers: int, entries: int, seed: int) -> None:
        self.acks: list[dict[str, Any]] = []
        self.dropped: set[str] = set()
        self._last = time.monotonic()
        each, share = writers // PROCESSES, -(-entries // writers)
        self.workers = []
        for number in range(PROCESSES):
            arguments = [scene.url, *map(str, (number * each, each, share, seed))]
            command = ["-m", "tests.faults.ledger.crowd_writer", *arguments]
            name = f"crowd-{number}"
            self.workers.append(Worker(name, lambda _, command=command: command, {}, folder / f"{name}.log"))

    @contextmanager
    def running(self) -> Iterator[None]:
        """From the start until all have written their share; killed when something raises."""
        listeners = []
        try:
            for worker in self.workers:
                process = worker.start(piped=True)
                listeners.append(threading.Thread(target=self._listen, args=(process.stdout,), daemon=True))
                listeners[-1].start()
            yield
        finally:
            for worker in self.workers:
                worker.kill()
            for listener in listeners:
                listener.join()

    def at_work(self) -> bool:
        """Whether anybody still writes. Raises RuntimeError when one failed or nothing is answered any more."""
        if time.monotonic() - self._last > PATIENCE_S:
            raise RuntimeError("no writer gets an answer any more")
        for worker in self.workers:
            if worker.process is not None and worker.process.poll() not in (None, 0):
                worker.verify_not_ended()
        return any(worker.process is not None and worker.process.poll() is None for worker in self.workers)

    def _listen(self, lines: Any) -> None:
        with lines:
            for line in lines:
                said = json.loads(line)
                self._last = time.monotonic()
                if "acked" in said:
                    self.acks.append({"ids": said["acked"], **said})
                else:
                    self.dropped.update(said["dropped"])


def run(scene: Scene, folder: Path, *, entries: int, seed: int, writers: int = 32) -> CrowdReport:
    """Let ``writers`` write ``entries`` in all while connections are cut; judge what came out."""
    began, dice = time.monotonic(), random.Random(seed)
    crowd = Crowd(scene, folder, writers=writers, entries=entries, seed=seed)
    follower, cut = Follower(scene), 0
    follower.start()
    with crowd.running():
        while crowd.at_work():
            time.sleep(dice.uniform(*_CUT_S))
            cut += _cut(scene, dice)
            for worker in scene.sequencers:
                worker.verify_not_ended()
    acked = sum(len(ack["ids"]) for ack in crowd.acks)
    follower.stop(acked + 1)
    verdict, stored = judge(scene, crowd.acks, follower.notes)
    return CrowdReport(
        seed, time.monotonic() - began, writers, cut, len(crowd.dropped),
        resurrected=sum(entry.id in crowd.dropped for entry in stored), followed=len(follower.seen),
        unfollowed=_differences(follower.seen, stored), overtaken=_overtaken(crowd.acks, stored), verdict=verdict,
    )  # fmt: skip


def _cut(scene: Scene, dice: random.Random) -> int:
    """End one back end of a writer, of a sequencer or of the reader."""
    victims = [pid for name in ("crowd", "sequencer", "follower") for pid in scene.back_ends(name)]
    if not victims:
        return 0
    with scene.admin() as conn:
        row = conn.execute("SELECT pg_terminate_backend(%s)", (dice.choice(victims),)).fetchone()
    return int(bool(row and row[0]))


def _differences(seen: list[tuple[int, str]], stored: list[Stored]) -> int:
    """Places where the reader who followed saw something else than stands there: 0 is gapless, once, in order."""
    standing = [(entry.index, entry.id) for entry in stored]
    return sum(one != other for one, other in zip(seen, standing, strict=False)) + abs(len(seen) - len(standing))


def _overtaken(acks: list[dict[str, Any]], stored: list[Stored]) -> int:
    """Entries that stand before one that was acknowledged before they were begun."""
    times = {id_: (ack["began"], ack["at"]) for ack in acks for id_ in ack["ids"]}
    earliest, overtaken = float("inf"), 0
    for entry in reversed(stored):
        began, at = times.get(entry.id, (0.0, float("inf")))
        overtaken += began > earliest
        earliest = min(earliest, at)
    return overtaken
