"""What the guard costs each step of a synthesis, against calling a function that does nothing.

The guard is a real one with a run that stands on four features, two grants and three parties; the control stream keeps
coming from another thread while it is read, a hundred times faster than in life.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bench.report import Report, quantile
from consent_service.client.guard import Guard, Watch
from consent_service.contract.ledger import Control, Snapshot

CALLS = 200_000
BLOCK = 1_000
FEATURES = ("allow.video_generation", "allow.audio_generation", "allow.real_person_reference", "allow.voice_clone")
PARTIES = ("prt_0", "sub_0", "sub_1")


def main() -> None:
    """Measure and write the report."""
    report = Report("guard", conditions=f"{CALLS} calls, control stream fed at 400 messages/s")
    with fed_watch() as watch:
        empty, check = one_by_one(nothing), one_by_one(watch.check)
        bare, block = in_blocks(nothing), in_blocks(watch.check)
    report.add("read, median", quantile(check, 0.5), "µs", at_most=2.0, peer=("empty call", quantile(empty, 0.5)))
    report.add("read, p99", quantile(check, 0.99), "µs", peer=("empty call", quantile(empty, 0.99)))
    report.add("read, in a loop", quantile(block, 0.5), "µs", peer=("empty call", quantile(bare, 0.5)))
    report.write()


def nothing() -> None:
    """What a step would call if there were no guard."""


def one_by_one(call: Callable[[], None]) -> list[float]:
    """µs of each call, the reading of the clock included in all alike."""
    taken = []
    for _ in range(CALLS):
        began = time.perf_counter_ns()
        call()
        taken.append((time.perf_counter_ns() - began) / 1e3)
    return taken


def in_blocks(call: Callable[[], None]) -> list[float]:
    """µs per call in blocks of a thousand: no clock in between."""
    taken = []
    for _ in range(CALLS // BLOCK):
        began = time.perf_counter_ns()
        for _ in range(BLOCK):
            call()
        taken.append((time.perf_counter_ns() - began) / 1e3 / BLOCK)
    return taken


@contextmanager
def fed_watch() -> Iterator[Watch]:
    """A run's watch on a guard that hears a heartbeat or a foreign pause every 2.5 ms."""
    guard, ended = Guard(lambda: None), threading.Event()
    guard.adopt(Snapshot(seq=0, index=0, flags={}, blocked_grants={}), asked_at=time.monotonic())

    def feed() -> None:
        seq = 0
        while not ended.wait(0.0025):
            guard.receive(Control(kind="heartbeat", seq=seq, index=seq))
            seq += 1
            guard.receive(Control(kind="grant", seq=seq, index=seq, key=f"grt_{seq}", state="suspended"))

    thread = threading.Thread(target=feed, daemon=True)
    thread.start()
    yield guard.watch(features=FEATURES, grants=("grt_a", "grt_b"), parties=PARTIES)
    ended.set()
    thread.join()


if __name__ == "__main__":
    main()
