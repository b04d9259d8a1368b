"""What the ledger costs its readers, and what an append costs at growing sizes, on a ledger filled to a million.

The fill is made by PostgreSQL itself (real leaves' sizes, the true tree over them, no signatures), because a million
appends would take the whole bench. What is measured on it is real: batches of the sequencer's own code committed with
fsync, the catch-up subscription, a hash audit of every entry, proofs from the reader's cache and their verification.
"""

import os
import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import psycopg

from bench.ledger_append import DATA
from bench.report import Report, quantile
from consent_service.contract.events import DECISION_MADE
from consent_service.sequencer.batch import plan_batch
from consent_service.store.catch_up import CatchUp
from consent_service.store.ledger_log import LedgerLog
from consent_service.store.node_cache import NodeCache, load_runs
from consent_service.store.tree import Head, load_edge, load_nodes, node_columns, take_pending, write_batch
from infra.eventlog.db import open_pool
from infra.eventlog.log import NewEvent
from infra.kernel.crypto import Ed25519Signer
from infra.kernel.ids import new_id
from infra.tlog.merkle import fold, hash_leaf, hash_node, verify_inclusion
from tests.databases import FreshDatabase

ENTRIES = int(os.environ.get("ASSENT_BENCH_ENTRIES", "1000000"))
BATCH, REPEATS, PROOFS = 512, 4, 2000
_EVENTS = """
INSERT INTO events (id, stream, version, type, envelope)
SELECT (lpad(to_hex(i), 12, '0') || '7000a000000000000000')::uuid, 'fill-' || i, 1, 'consent.decision-made.v1',
       convert_to(lpad(i::text, 520, 'x'), 'UTF8')
  FROM generate_series(%(start)s::bigint, %(end)s::bigint - 1) AS i
"""
_ORDER = """
INSERT INTO event_order (position, event_id)
SELECT i, (lpad(to_hex(i), 12, '0') || '7000a000000000000000')::uuid
  FROM generate_series(%(start)s::bigint, %(end)s::bigint - 1) AS i
"""
_LEAVES = """
SELECT sha256('\\x00'::bytea || e.envelope) FROM event_order o JOIN events e ON e.id = o.event_id
 WHERE o.position >= %(start)s AND o.position < %(end)s ORDER BY o.position
"""
_NODES = """
INSERT INTO nodes (level, first, hashes)
SELECT * FROM unnest(%(levels)b::smallint[], %(firsts)b::bigint[], %(hashes)b::bytea[])
"""


def measure_reads(report: Report, fresh: FreshDatabase) -> list[tuple[int, float]]:
    """Add the readers' figures; the curve of ``(entries in the ledger, µs an appended entry)``."""
    signer = Ed25519Signer.generate()
    curve = []
    with psycopg.connect(fresh.url("consent"), autocommit=True) as conn:
        size = 0
        for target in [count for count in (10_000, 30_000, 100_000, 300_000, 1_000_000) if count <= ENTRIES]:
            fill(conn, size, target)
            size, cost = append_batches(fresh, conn, target, signer)
            curve.append((target, cost))
            report.add(f"append at {target:,} entries, batches of {BATCH}", cost, "µs/entry")
        report.add("cost at the largest / at the smallest size", curve[-1][1] / curve[0][1], "×", at_most=1.5)
        read_everything(report, conn, size)
        proofs(report, conn, size)
    return curve


def fill(conn: psycopg.Connection, start: int, end: int) -> None:
    """Entries ``start`` up to ``end``, exclusive, and the nodes they complete."""
    with conn.transaction():
        conn.execute("SET LOCAL synchronous_commit = off")
        tree = load_edge(conn, start)
        for statement in (_EVENTS, _ORDER):
            conn.execute(statement, {"start": start, "end": end})
        leaves = conn.execute(_LEAVES, {"start": start, "end": end}, binary=True).fetchall()
        conn.execute(_NODES, node_columns(tree.extend([leaf for (leaf,) in leaves])))
    conn.execute("ANALYZE")


def append_batches(
    fresh: FreshDatabase, conn: psycopg.Connection, size: int, signer: Ed25519Signer
) -> tuple[int, float]:
    """Commit a few batches as the sequencer does; the new size and the best batch's microseconds an entry."""
    tree, best = load_edge(conn, size), float("inf")
    with open_pool(fresh.url("consent"), max_size=1) as pool:
        for _ in range(REPEATS):
            events = [NewEvent(DECISION_MADE, DATA, datetime.now(UTC)) for _ in range(BATCH)]
            began = time.perf_counter()
            LedgerLog(pool).append(f"decisions-{new_id('dec')}", expected_version=0, events=events)
            waiting = take_pending(conn, BATCH)
            batch = plan_batch(tree, waiting.leaves, control_seq=0, origin="bench/fill", signer=signer)
            write_batch(conn, batch, waiting.rows)
            best = min(best, (time.perf_counter() - began) / BATCH * 1e6)
    return tree.size, best


def read_everything(report: Report, conn: psycopg.Connection, size: int) -> None:
    """The catch-up subscription from index 0, and the hash audit of every entry."""
    began = time.perf_counter()
    catch_up, count = CatchUp(conn), 0
    while rows := catch_up.read():
        count += len(rows)
    report.add(
        "catch-up subscription from index 0", count / (time.perf_counter() - began), "entries/s", at_least=91_000
    )
    began, hashing = time.perf_counter(), 0.0
    catch_up = CatchUp(conn)
    edge: dict[int, bytes] = {}
    while rows := catch_up.read():
        from_here = time.perf_counter()
        _extend(edge, [hash_leaf(leaf) for _, leaf in rows])
        hashing += time.perf_counter() - from_here
    report.add("full hash audit, hashing", size / hashing, "entries/s", at_least=250_000)
    report.add("full hash audit, with reading", size / (time.perf_counter() - began), "entries/s")
    stored = load_edge(conn, size).root()
    if fold([edge[level] for level in sorted(edge, reverse=True)]) != stored:
        raise SystemExit("the audit found another root")


def _extend(edge: dict[int, bytes], hashes: list[bytes]) -> None:
    """Add leaf hashes to the right edge (root of a complete subtree by level), a whole level at a time."""
    level = 0
    while hashes:
        if level in edge:
            hashes.insert(0, edge.pop(level))
        if len(hashes) % 2:
            edge[level] = hashes.pop()
        hashes = [hash_node(hashes[n], hashes[n + 1]) for n in range(0, len(hashes), 2)]
        level += 1


def proofs(report: Report, conn: psycopg.Connection, size: int) -> None:
    """Making and verifying inclusion proofs of random entries, the reader's cache warm."""
    head, cache, load = Head(size, load_edge(conn, size).root(), "note\n"), NodeCache(), load_runs(conn)
    wanted = [random.Random(7).randrange(size) for _ in range(PROOFS)]  # noqa: S311 - a sample, not a secret
    for index in wanted:
        cache.prove(index, head, load)
    made: list[float] = []
    for index in wanted:
        cache._folded.clear()  # only hashes that are stored are known beforehand: nothing of this proof was made before
        made += _times([lambda index=index: cache.prove(index, head, load)])  # type: ignore[misc]
    found = [(index, cache.prove(index, head, load).hashes) for index in wanted]
    leaves = {at: load_nodes(conn, [(0, at)])[0, at] for at, _ in found}
    verified = _times(
        [lambda i=i, h=h: verify_inclusion(i, size, leaves[i], h, head.root) for i, h in found]  # type: ignore[misc]
    )
    report.add(f"proof at {size:,} entries, to make, p50", quantile(made, 0.5) * 1e3, "ms", at_most=0.1)
    report.add(f"proof at {size:,} entries, to verify, p50", quantile(verified, 0.5) * 1e6, "µs", at_most=40.0)


def _times(steps: Sequence[Callable[[], object]]) -> list[float]:
    taken = []
    for step in steps:
        began = time.perf_counter()
        step()
        taken.append(time.perf_counter() - began)
    return taken
