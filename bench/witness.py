"""How long a decision waits for a witnessed proof: appends at a steady 500 a second, sequencer, cosigner and a witness
(ML-DSA-44 and Ed25519, own store, synced before it answers) each a process of its own, over loopback HTTP.

An append's time to its *proof* ends when its writer holds the inclusion proof and the signed checkpoint; to its
*cosigned proof* when a checkpoint that covers it, cosigned by the quorum, is committed in the ledger's database, as a
watcher sees it that asks every 5 ms. Arrivals are on a clock, not on answers, so a slow answer slows no arrivals.
"""

import bisect
import os
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from bench.ledger_append import ROOT, appender
from bench.report import Report, quantile
from consent_service.store.ledger import Ledger
from consent_service.store.ledger_log import LedgerLog
from infra.eventlog.db import open_pool
from infra.stack.stack import Stack
from infra.stack.temporary import TemporaryServers
from tests.databases import Databases

RATE, PRODUCERS = 500, 48
WARM_S, SECONDS = 3.0, 12.0


@dataclass
class Measured:
    """Per append, in seconds on one clock: when it was due, when it was proven, at which index."""

    appends: list[tuple[float, float, int]] = field(default_factory=list)
    sizes: list[tuple[int, float]] = field(default_factory=list)
    late: int = 0

    def cosigned(self) -> list[float]:
        """Seconds from due to cosigned, for appends that were cosigned before the watcher ended."""
        sizes = [size for size, _ in self.sizes]
        found = []
        for due, _, index in self.appends:
            at = bisect.bisect_right(sizes, index)  # the first size above the index
            if at < len(sizes):
                found.append(self.sizes[at][1] - due)
        return found


def main() -> None:
    """Measure and write the report."""
    servers = TemporaryServers(ROOT / ".local" / "run", durable=True)
    databases = Databases(os.environ.get("ASSENT_TEST_DATABASE_URL") or servers.postgres().admin_url)
    try:
        fresh = databases.fresh(migrated=False)
        with tempfile.TemporaryDirectory() as folder, Stack(
            Path(folder), names=("sequencer", "witness", "cosigner"), database_url=fresh.admin_url,
            amqp_url="amqp://unused@127.0.0.1:1/",
        ) as stack:  # fmt: skip
            report(measure(stack.service_url("consent")), fsync(fresh.admin_url))
    finally:
        databases.close()
        servers.close()


def measure(url: str) -> Measured:
    """Appends at the rate, with a watcher beside them."""
    found, ended = Measured(), threading.Event()
    with open_pool(url, max_size=PRODUCERS, timeout_s=10.0) as pool:
        append, ledger = appender(LedgerLog(pool)), Ledger(pool)
        watcher = threading.Thread(target=watch, args=(url, found, ended))
        watcher.start()
        began = time.perf_counter() + 0.5

        def produce(first: int) -> None:
            for n in range(first, int(RATE * (WARM_S + SECONDS)), PRODUCERS):
                due = began + n / RATE
                time.sleep(max(0.0, due - time.perf_counter()))
                recorded = ledger.await_recorded(append(), ref="bench", timeout_s=10.0)
                if recorded.ledger_index is None or recorded.proof is None:
                    found.late += 1
                elif due >= began + WARM_S:
                    found.appends.append((due, time.perf_counter(), recorded.ledger_index))

        threads = [threading.Thread(target=produce, args=(n,)) for n in range(PRODUCERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        time.sleep(1.0)
        ended.set()
        watcher.join()
    return found


def watch(url: str, found: Measured, ended: threading.Event) -> None:
    """Note when each cosigned size was first seen."""
    with psycopg.connect(url, autocommit=True) as conn:
        last = 0
        while not ended.wait(0.005):
            row = conn.execute("SELECT max(size) FROM quorums").fetchone()
            if row and row[0] and row[0] > last:
                last = row[0]
                found.sizes.append((last, time.perf_counter()))


def report(found: Measured, synced: str) -> None:
    """The figures."""
    conditions = f"{RATE}/s for {SECONDS:.0f} s after {WARM_S:.0f} s, {PRODUCERS} writers, fsync {synced}, one machine"
    told = Report("witness", conditions=conditions)
    proven = [at - due for due, at, _ in found.appends]
    last_due, first_due = max(due for due, _, _ in found.appends), min(due for due, _, _ in found.appends)
    cosigned = found.cosigned()
    told.add("appends", len(found.appends) / (last_due - first_due), "entries/s")
    told.add("appends without proof in 10 s", found.late, "entries", at_most=0)
    told.add("appends never cosigned", len(found.appends) - len(cosigned), "entries", at_most=0)
    told.add("append → proof, median", quantile(proven, 0.5) * 1e3, "ms", at_most=50)
    told.add("append → proof, p99", quantile(proven, 0.99) * 1e3, "ms")
    told.add("append → cosigned proof, median", quantile(cosigned, 0.5) * 1e3, "ms")
    told.add("append → cosigned proof, p99", quantile(cosigned, 0.99) * 1e3, "ms", at_most=250)
    told.add("cosigned checkpoints", len(found.sizes) / (WARM_S + SECONDS), "per s")
    told.write()


def fsync(url: str) -> str:
    """Whether the server syncs its commits."""
    with psycopg.connect(url) as conn:
        row = conn.execute("SHOW fsync").fetchone()
    return str(row[0]) if row else "unknown"


if __name__ == "__main__":
    main()
