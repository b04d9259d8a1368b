"""Appending to the ledger at 1 and 32 producers: to the commit that binds, and to the proof in the caller's hands.

Beside it, from the same client on the same server, the floor: one INSERT and one COMMIT. Producers are threads of one
process, as in a service; the sequencer runs in a process of its own.
"""

import os
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from bench.report import Report, quantile
from consent_service.contract.events import DECISION_MADE
from consent_service.store.ledger import Ledger
from consent_service.store.ledger_log import LedgerLog
from infra.eventlog.db import Pool, open_pool
from infra.eventlog.log import NewEvent
from infra.kernel.ids import new_id
from infra.stack.temporary import TemporaryServers
from tests.databases import Databases, FreshDatabase

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 3.0
PRODUCERS = (1, 32)
DATA = {"decision": "dec_0", "partner": "prt_0", "production": "prd_0", "allow": True, "request_digest": "0" * 64,
        "grants": {"sub_0/face.image": "grt_0"}, "features": ["allow.video_generation"], "reasons": []}  # fmt: skip


def main() -> None:
    """Measure and write the report."""
    report = Report("ledger_append")
    with (
        database() as fresh,
        open_pool(fresh.url("consent"), max_size=34, timeout_s=10.0) as pool,
        sequencer(fresh.url("consent")),
    ):
        measure(report, pool, fresh)
    report.write()


def measure(report: Report, pool: Pool, fresh: FreshDatabase) -> None:
    """All figures; every kind of append is measured in the same minute as its floor."""
    log, ledger = LedgerLog(pool), Ledger(pool)
    append = appender(log)
    prove(ledger, append())  # the sequencer is up
    with open_pool(fresh.admin_url, max_size=34) as bare:
        with bare.connection() as conn:
            conn.execute("CREATE TABLE public.floor (id bigserial PRIMARY KEY, body bytea)")
        for producers in PRODUCERS:
            name = f"{producers} producer{'s' if producers > 1 else ''}"
            floor = run(producers, lambda: insert(bare))
            committed = run(producers, append)
            proven = run(producers, lambda: prove(ledger, append()))
            peer = ("bare insert + commit", rate(floor))
            report.add(f"{name}, decision committed", rate(committed), "entries/s", peer=peer)
            report.add(f"{name}, with proof", rate(proven), "entries/s", peer=peer)
            for part, share in (("median", 0.5), ("p99", 0.99)):
                at_most = 10.0 if (part, producers) == ("median", 1) else None
                report.add(f"{name}, append → commit, {part}", quantile(committed, share) * 1e3, "ms")
                report.add(f"{name}, append → proof, {part}", quantile(proven, share) * 1e3, "ms", at_most=at_most)


def appender(log: LedgerLog) -> Callable[[], str]:
    """Append one decision to a stream of its own; returns its entry id."""

    def append() -> str:
        event = NewEvent(DECISION_MADE, DATA, datetime.now(UTC))
        stream = f"decision-{new_id('dec')}"
        return log.run(lambda tx: tx.append(stream, expected_version=0, events=[event]))[0].id

    return append


def prove(ledger: Ledger, entry: str) -> None:
    """Wait for the entry's proof."""
    if ledger.await_recorded(entry, ref="bench", timeout_s=10.0).proof is None:
        raise SystemExit("the sequencer did not answer")


def insert(pool: Pool) -> None:
    """The floor: as many bytes as an entry has."""
    with pool.connection() as conn:
        conn.execute("INSERT INTO public.floor (body) VALUES (%b)", (b"x" * 600,))


def run(producers: int, step: Callable[[], object]) -> list[float]:
    """Seconds each step took, over about three seconds with so many threads."""
    taken: list[float] = []
    end = time.perf_counter() + SECONDS

    def produce() -> None:
        while (began := time.perf_counter()) < end:
            step()
            taken.append(time.perf_counter() - began)

    threads = [threading.Thread(target=produce) for _ in range(producers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken


def rate(taken: list[float]) -> float:
    """Steps a second."""
    return len(taken) / SECONDS


@contextmanager
def database() -> Iterator[FreshDatabase]:
    """A migrated database on the test server, or on a private one."""
    servers = TemporaryServers(ROOT / ".local" / "run", durable=True)
    databases = Databases(os.environ.get("ASSENT_TEST_DATABASE_URL") or servers.postgres().admin_url)
    try:
        yield databases.fresh()
    finally:
        databases.close()
        servers.close()


@contextmanager
def sequencer(url: str) -> Iterator[None]:
    """The sequencer's own process."""
    with tempfile.TemporaryDirectory() as folder:
        secret = Path(folder) / "secrets" / "ledger.seed"
        secret.parent.mkdir()
        secret.write_bytes(secrets.token_bytes(32))
        settings = {"ASSENT_DATABASE_URL": url, "ASSENT_STATE_DIR": folder, "ASSENT_LOG_LEVEL": "WARNING"}
        process = subprocess.Popen(
            [sys.executable, "-m", "consent_service.sequencer"], cwd=ROOT, env={**os.environ, **settings}
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(10)


if __name__ == "__main__":
    main()
