"""The tree's hashes in rows of neighbours: written by batches of any size, read one by one and in runs, moved once."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from consent_service.store import tree
from consent_service.store.node_cache import load_runs
from infra.kernel.errors import Internal
from infra.tlog.merkle import CompactRange, Node
from infra.tlog.tiles import Tile
from tests.consent_service.ledger.running import RunningLedger, decision

MIGRATION = Path(tree.__file__).parent / "migrations" / "130_node_runs.sql"
INSERT = "INSERT INTO nodes SELECT * FROM unnest(%(levels)s::smallint[], %(firsts)s::bigint[], %(hashes)s::bytea[])"


def hashes(count: int) -> list[bytes]:
    return [hashlib.sha256(n.to_bytes(4)).digest() for n in range(count)]


def expected(count: int) -> list[Node]:
    grown = CompactRange()
    return [node for leaf in hashes(count) for node in grown.append(leaf)]


@pytest.fixture
def conn(running: RunningLedger) -> Iterator[psycopg.Connection]:
    with psycopg.connect(running.url, autocommit=True) as conn:
        yield conn


def write(conn: psycopg.Connection, sizes: list[int]) -> None:
    """Batches of these sizes, one after the other."""
    grown, left = CompactRange(), hashes(sum(sizes))
    for size in sizes:
        conn.execute(INSERT, tree.node_columns(grown.extend(left[:size])))
        left = left[size:]


@pytest.mark.parametrize("sizes", [[1] * 70, [70], [31, 1, 2, 36], [5, 60, 33, 32], [200]])
def test_every_node_is_found_whatever_the_batches_were(conn: psycopg.Connection, sizes: list[int]) -> None:
    write(conn, sizes)
    nodes = expected(sum(sizes))
    assert tree.load_nodes(conn, [(level, n) for level, n, _ in nodes]) == {
        (level, n): node for level, n, node in nodes
    }
    level0 = b"".join(hashes(sum(sizes)))
    for first, end in ((0, 32), (0, sum(sizes)), (31, 34), (33, 34), (40, 1000)):
        run = load_runs(conn)([(0, first, end)])[0, first]
        assert run == level0[first * 32 : end * 32]


def test_a_run_with_a_hole_is_left_out(conn: psycopg.Connection, running: RunningLedger) -> None:
    write(conn, [20, 5, 45])
    with psycopg.connect(running.admin_url, autocommit=True) as admin:
        admin.execute("ALTER TABLE consent.nodes DISABLE TRIGGER USER")
        assert admin.execute("DELETE FROM consent.nodes WHERE level = 0 AND first = 20").rowcount == 1
    assert load_runs(conn)([(0, 0, 70)]) == {}
    assert load_runs(conn)([(0, 20, 25)]) == {}
    assert load_runs(conn)([(0, 0, 20)])[0, 0] == b"".join(hashes(20))
    with pytest.raises(Internal, match="lacks a node"):
        tree.load_nodes(conn, [(0, 22)])


def test_a_tile_that_lost_a_node_is_no_shorter_tile(running: RunningLedger) -> None:
    running.sequence()
    for n in range(40):
        running.append(f"s/{n}", decision(n=n))
    running.sequence()
    assert len(running.ledger.tile(Tile(0, 0, 41))) == 41 * 32
    with psycopg.connect(running.admin_url, autocommit=True) as admin:
        admin.execute("ALTER TABLE consent.nodes DISABLE TRIGGER USER")
        admin.execute("DELETE FROM consent.nodes WHERE level = 0 AND first = 32")
    with pytest.raises(Internal, match="lacks a node"):
        running.ledger.tile(Tile(0, 0, 41))


def test_nodes_that_had_a_row_each_are_moved(running: RunningLedger) -> None:
    nodes = expected(150)
    with psycopg.connect(running.admin_url, autocommit=True) as admin:
        admin.execute("SET search_path = consent")
        admin.execute("DROP TABLE nodes")
        admin.execute(
            "CREATE TABLE nodes (level smallint, n bigint, hash bytea, CONSTRAINT nodes_pkey PRIMARY KEY (level, n))"
        )
        admin.cursor().executemany("INSERT INTO nodes VALUES (%s, %s, %s)", nodes)
        admin.execute(MIGRATION.read_text(encoding="utf-8").encode())
        assert tree.load_nodes(admin, [(level, n) for level, n, _ in nodes]) == {(level, n): v for level, n, v in nodes}
        rows = admin.execute("SELECT count(*), max(octet_length(hashes)) FROM nodes").fetchone()
    assert rows == (5 + 3 + 2 + 1 + 1 + 1 + 1 + 1, 32 * 32)
