"""The ledger beside the event stores people would use: durable, signed, Merkle-integrated appends, interleaved.

A producer is a thread that appends one entry at a time and waits until it is committed (the decision binds, fsync
done). The ledger's rate counts an entry only once it also stands under a signed checkpoint, made by the real sequencer
in its own process; the checker (``fsck``) must find nothing afterwards. Every system is measured in every round, one
after the other, with the same client. What that client alone reaches bounds them all where many produce.
``ASSENT_BENCH_SECONDS`` (per measurement), ``_ROUNDS``, ``_ENTRIES`` (size of
the large tree) and ``_PARTS`` (of ``appends,rpc,reads``) make it quicker; ``_PIN=0`` lets the producers' threads move.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from bench import _peers
from bench._ledger_reads import ENTRIES, measure_reads
from bench._ledger_rpc import measure_rpc
from bench._producers import PINNED, SECONDS, Samples, measure
from bench.ledger_append import DATA, database, sequencer
from bench.report import Report, quantile
from consent_service.contract.events import DECISION_MADE
from consent_service.store.fsck import check_ledger
from consent_service.store.ledger import Ledger
from consent_service.store.ledger_log import LedgerLog
from infra.eventlog.db import Pool, open_pool
from infra.eventlog.log import NewEvent
from infra.kernel.ids import new_id
from infra.tlog.note import parse_vkey
from tests.databases import FreshDatabase

ROUNDS = int(os.environ.get("ASSENT_BENCH_ROUNDS", "2"))
PARTS = os.environ.get("ASSENT_BENCH_PARTS", "appends,rpc,reads").split(",")
PICTURE = Path(__file__).resolve().parent.parent / "docs" / "pictures" / "ledger_bench.png"
PRODUCERS = (1, 8, 32, 64, 256)
GOALS = {1: 1.2, 32: 10.0, 64: 18.0, 256: 40.0}
"""Times ``eventsourcing`` on the same PostgreSQL."""
P99_MS = {64: 12.0, 256: 20.0}
OURS, PROVEN, ALONE = "assent", "assent, proof in hand", "assent, a transaction each"
CLIENT = "the client alone, before a store that waits 1 ms and stores nothing"
EVENTSOURCING, BARE = "eventsourcing 9.5.6", "bare insert + commit"
UMADB, PYMERKLE = "umadb 0.7.8", "pymerkle 7.0.0 (SQLite)"


Results = dict[tuple[str, int], Samples]


def main() -> None:
    """Measure and write report and plot; the picture in the documentation is replaced by a whole run at full size."""
    results: Results = {}
    curve: list[tuple[int, float]] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        fresh = stack.enter_context(database())
        report = Report("ledger", conditions=_conditions(fresh.admin_url))
        if "appends" in PARTS:
            pool = stack.enter_context(open_pool(fresh.url("consent"), max_size=_peers.CONNECTIONS, timeout_s=60.0))
            with sequencer(fresh.url("consent")):
                results = _appends(fresh, pool, folder)
            _tell_appends(report, results)
            _check(fresh, pool)
        if "rpc" in PARTS:
            measure_rpc(report)
        if "reads" in PARTS:
            curve = measure_reads(report, stack.enter_context(database()))
    report.write()
    if results and curve:
        _plot(report.out / "ledger.png", results, curve)
        if ENTRIES >= 1_000_000:
            shutil.copyfile(report.out / "ledger.png", PICTURE)


def _appends(fresh: FreshDatabase, pool: Pool, folder: Path) -> Results:
    """Every system at every number of producers, round by round."""
    log, ledger, before_nothing = LedgerLog(pool), Ledger(pool), LedgerLog(pool)
    before_nothing._group._write = lambda group: time.sleep(0.001)  # type: ignore[method-assign]
    with ExitStack() as stack:
        systems: dict[str, Callable[[], object]] = {
            OURS: lambda: append(log),
            PROVEN: lambda: prove(ledger, append(log)),
            ALONE: lambda: append_alone(log),
            CLIENT: lambda: append(before_nothing),
            BARE: stack.enter_context(_peers.bare_commits(fresh.admin_url)),
            EVENTSOURCING: stack.enter_context(_peers.eventsourcing_postgres(fresh.admin_url)),
            UMADB: stack.enter_context(_peers.umadb_server(folder / "umadb")),
            PYMERKLE: stack.enter_context(_peers.pymerkle_sqlite(folder / "pymerkle")),
        }
        prove(ledger, append(log))  # the sequencer is up
        results: Results = {}
        watch = stack.enter_context(psycopg.connect(fresh.url("consent"), autocommit=True))
        for _ in range(ROUNDS):
            for producers in PRODUCERS:
                for name, step in systems.items():
                    settle = (lambda: _integrated(watch)) if name in (OURS, ALONE) else (lambda: None)
                    measure(results.setdefault((name, producers), Samples()), producers, step, settle)
    return results


def append(log: LedgerLog) -> str:
    """One decision in a stream of its own, committed; its entry id."""
    event = NewEvent(DECISION_MADE, DATA, datetime.now(UTC))
    return log.append(f"decision-{new_id('dec')}", expected_version=0, events=[event])[0]


def append_alone(log: LedgerLog) -> None:
    """The same where a use case asks questions in its transaction: no other producer shares it."""
    event = NewEvent(DECISION_MADE, DATA, datetime.now(UTC))
    log.run(lambda tx: tx.append(f"decision-{new_id('dec')}", expected_version=0, events=[event]))


def prove(ledger: Ledger, entry: str) -> None:
    """Wait for the entry's proof under a signed checkpoint."""
    if ledger.await_recorded(entry, ref="bench", timeout_s=20.0).proof is None:
        raise SystemExit("the sequencer did not answer")


def _integrated(conn: psycopg.Connection) -> None:
    """Wait until every committed entry stands under a signed checkpoint."""
    while conn.execute("SELECT EXISTS (SELECT 1 FROM pending)").fetchone() != (False,):
        time.sleep(0.001)


def _tell_appends(report: Report, results: Results) -> None:
    for producers in PRODUCERS:
        ours = results[OURS, producers]
        name = f"{producers} producer{'s' if producers > 1 else ''}"
        peers = {peer: results[peer, producers].rate for peer in (EVENTSOURCING, BARE, UMADB, PYMERKLE)}
        for peer, rate in peers.items():
            goal = _goal(peer, producers)
            least = None if goal is None else goal * rate
            report.add(f"{name}, signed appends", ours.rate, "entries/s", at_least=least, peer=(peer, rate))
        report.add(f"{name}, with proof in hand", results[PROVEN, producers].rate, "entries/s")
        report.add(f"{name}, each in a transaction of its own", results[ALONE, producers].rate, "entries/s")
        report.add(f"{name}, {CLIENT}", results[CLIENT, producers].rate, "entries/s")
        _tell_times(report, f"{name}, append → commit", ours.taken_s, p99=P99_MS.get(producers))
        _tell_times(report, f"{name}, append → proof", results[PROVEN, producers].taken_s, p50=50.0)


def _tell_times(
    report: Report, name: str, taken: list[float], *, p50: float | None = None, p99: float | None = None
) -> None:
    report.add(f"{name}, p50", quantile(taken, 0.5) * 1e3, "ms", at_most=p50)
    report.add(f"{name}, p99", quantile(taken, 0.99) * 1e3, "ms", at_most=p99)


def _goal(peer: str, producers: int) -> float | None:
    if peer == EVENTSOURCING:
        return GOALS.get(producers)
    if peer == UMADB:
        return 1.5 if producers == 32 else None
    return 1.0 if peer == BARE and producers >= 32 else None


def _check(fresh: FreshDatabase, pool: Pool) -> None:
    """The checker must find nothing in what was written."""
    vkey = parse_vkey(Ledger(pool).latest_checkpoint().vkey)
    with psycopg.connect(fresh.url("consent"), autocommit=True) as conn:
        found = check_ledger(conn, vkey)
    if found.problems:
        raise SystemExit(f"fsck: {found.problems[:3]}")
    print(f"fsck: {found.size} entries, no problem", flush=True)


def _conditions(admin_url: str) -> str:
    with psycopg.connect(admin_url) as conn:
        state = [f"{name} {conn.execute(f'SHOW {name}').fetchone()[0]}" for name in _SHOWN]  # type: ignore[index]
    return (
        f"PostgreSQL {', '.join(state)}; SQLite synchronous {_peers.sqlite_synchronous()}; producers are threads "
        f"of one process{' on one core' if PINNED else ''}, "
        f"{SECONDS} s × {ROUNDS} rounds each, interleaved; entry {len(_peers.BODY)} B"
    )


_SHOWN = ("server_version", "fsync", "synchronous_commit", "wal_sync_method")


def _plot(path: Path, results: Results, curve: list[tuple[int, float]]) -> None:
    """Rates by producers, and the cost of an append by the size of the ledger."""
    import matplotlib as mpl  # noqa: PLC0415 - slow to import, wanted at the end only

    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415 - after the choice of the backend

    figure, (left, right) = plt.subplots(1, 2, figsize=(13, 5))
    for name in (OURS, PROVEN, ALONE, BARE, EVENTSOURCING, UMADB, PYMERKLE):
        left.plot(PRODUCERS, [results[name, producers].rate for producers in PRODUCERS], marker="o", label=name)
    left.set(
        xscale="log", yscale="log", xlabel="producers", ylabel="entries/s", title="durable appends, one entry each"
    )
    left.set_xticks(PRODUCERS, [str(producers) for producers in PRODUCERS])
    client = [results[CLIENT, producers].rate for producers in PRODUCERS]
    left.plot(PRODUCERS, client, linestyle=":", color="grey", label="the client alone, nothing stored")
    left.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncol=3, fontsize=8)
    left.grid(visible=True, which="both", alpha=0.3)
    right.plot([size for size, _ in curve], [cost for _, cost in curve], marker="o")
    right.set(
        xscale="log", xlabel="entries in the ledger", ylabel="µs an entry", title="cost of an append, batches of 512"
    )
    right.set_ylim(bottom=0)
    right.grid(visible=True, alpha=0.3)
    figure.tight_layout()
    figure.savefig(path, dpi=110)


if __name__ == "__main__":
    main()
