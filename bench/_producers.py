"""Producers: threads of this process that do one thing at a time, and what they did."""

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

SECONDS = float(os.environ.get("ASSENT_BENCH_SECONDS", "1.0"))
PINNED = os.environ.get("ASSENT_BENCH_PIN", "1") == "1" and (os.cpu_count() or 1) > 1
"""A Python process runs one thread at a time: its threads on one core do not pay for moving between cores, and leave
the others to the servers. Every system's client is treated alike.
"""


@dataclass
class Samples:
    """What one system did with so many producers, over all rounds."""

    count: int = 0
    elapsed_s: float = 0.0
    taken_s: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return self.count / self.elapsed_s


def measure(
    samples: Samples, producers: int, step: Callable[[], object], settle: Callable[[], None] = lambda: None
) -> None:
    """``producers`` threads call ``step`` for a while; the clock stops when ``settle`` returns."""
    taken: list[float] = []
    begin = time.perf_counter()
    end = begin + SECONDS

    def produce() -> None:
        if PINNED:
            os.sched_setaffinity(0, {0})  # this thread
        while (began := time.perf_counter()) < end:
            step()
            taken.append(time.perf_counter() - began)

    threads = [threading.Thread(target=produce) for _ in range(producers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    settle()
    samples.elapsed_s += time.perf_counter() - begin
    samples.count += len(taken)
    samples.taken_s += taken
