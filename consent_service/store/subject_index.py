"""The verifiable index per subject on Postgres: brought forward by ledger entries, read with proofs.

Writing happens inside the caller's transaction, together with the event that commits to the new root: either both are
there or neither. Everything is a function of the ledger's entries; :func:`check_index` makes it again and compares.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from consent_service.contract.subject_index import (
    INDEX_COMMITTED,
    INDEX_STREAM,
    Concerns,
    list_item,
    list_value,
    map_key,
    references,
)
from consent_service.store import SQL as LEDGER_SQL
from infra.eventlog.db import named_sql
from infra.tlog.merkle import CompactRange
from infra.tlog.smt import EMPTY, Branch, MapLeaf, MapNode, path_places, put, root_of_map

SQL = named_sql(Path(__file__).with_name("subject_index.sql"))
CHUNK = 2048
"""Ledger entries that one root takes in, at most."""
_SHALLOW = 40
"""Levels loaded at first: a map of less than about 2^30 subjects hardly ever goes deeper."""


@dataclass(frozen=True)
class Row:
    """A ledger entry as the index reads it."""

    position: int
    type: str
    data: dict[str, object]
    leaf_hash: bytes


@dataclass
class IndexState:
    """The part of the index that some entries touch: lists' edges, the map's nodes, and what changed of them."""

    concerns: Concerns
    lists: dict[str, CompactRange] = field(default_factory=dict)
    nodes: dict[str, MapNode] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    items: list[tuple[str, int, int]] = field(default_factory=list)

    def add(self, row: Row) -> None:
        """Take in one entry; lists of its subjects must be loaded or new."""
        for subject in self.concerns.see(row.type, row.data):
            tree = self.lists.setdefault(subject, CompactRange())
            self.items.append((subject, tree.size, row.position))
            tree.append(list_item(row.position, row.leaf_hash))

    def settle(self) -> None:
        """Bring the map up to date with the lists that grew; the nodes on their paths must be loaded."""
        for subject in dict.fromkeys(subject for subject, _, _ in self.items):
            self.changed.update(put(self.nodes, map_key(subject), list_value(self.lists[subject])))


def advance(conn: psycopg.Connection) -> tuple[int, bytes, int, int] | None:
    """Take in the next entries; ``(covered size, map root, subjects, roots before)``, None when there are none.

    One at a time: who comes second while another transaction advances gets None.
    """
    row = conn.execute(SQL["index_lock"]).fetchone()
    covered, root, _ = head(conn) or (0, EMPTY, "")
    rows = read_rows(conn, covered, min(covered + CHUNK, ledger_size(conn))) if row and row[0] else []
    if all(one.type == INDEX_COMMITTED for one in rows):
        return None
    state = _loaded(conn, rows)
    for one in rows:
        state.add(one)
    touched = list(dict.fromkeys(subject for subject, _, _ in state.items))
    _load_paths(conn, state, [map_key(subject) for subject in touched])
    state.settle()
    _write(conn, state, touched)
    size = rows[-1].position + 1
    return size, root_of_map(state.nodes) if state.changed else root, _count(conn, "subjects"), _count(conn, "commits")


def note_commit(conn: psycopg.Connection, size: int, root: bytes, entry: str) -> None:
    """Remember which ledger entry commits to the root that covers ``size`` entries."""
    conn.execute(SQL["put_commit"], {"size": size, "root": root, "entry": entry})


def head(conn: psycopg.Connection) -> tuple[int, bytes, str] | None:
    """``(covered size, root, entry id)`` of the last commitment."""
    row = conn.execute(SQL["index_head"]).fetchone()
    return (int(row[0]), bytes(row[1]), str(row[2])) if row else None


def ledger_size(conn: psycopg.Connection) -> int:
    """How many entries the latest checkpoint covers."""
    return _count(conn, "ledger_size")


def read_rows(conn: psycopg.Connection, start: int, end: int) -> list[Row]:
    """Ledger entries ``start`` up to ``end``, exclusive."""
    found = []
    for position, leaf, leaf_hash in conn.execute(LEDGER_SQL["entries"], {"start": start, "end": end}, binary=True):
        value = json.loads(leaf)
        found.append(Row(position, value["type"], value["data"], bytes(leaf_hash)))
    return found


def load_nodes(conn: psycopg.Connection, keys: Sequence[bytes], depth: int = _SHALLOW) -> dict[str, MapNode]:
    """The map's nodes on the paths of ``keys``, with their siblings, as deep as the paths go."""
    places = sorted({place for key in keys for place in path_places(key, depth)})
    rows = conn.execute(SQL["map_nodes"], {"places": places}, binary=True) if places else ()
    nodes: dict[str, MapNode] = {
        place: MapLeaf(bytes(one), bytes(two)) if leaf else Branch(bytes(one), bytes(two))
        for place, leaf, one, two in rows
    }
    if depth == _SHALLOW and any(len(at) == depth and isinstance(node, Branch) for at, node in nodes.items()):
        return load_nodes(conn, keys, 256)
    return nodes


def check_index(conn: psycopg.Connection) -> list[str]:
    """Everything that is wrong with the stored index, in plain words: it is made again from the ledger's entries up to
    the last commitment and compared, rows, nodes and root. Reads only; the caller cares for its isolation.
    """
    size, root, _ = head(conn) or (0, EMPTY, "")
    state = IndexState(Concerns())
    for start in range(0, size, CHUNK):
        for row in read_rows(conn, start, min(start + CHUNK, size)):
            state.add(row)
    state.settle()
    found = [] if root_of_map(state.nodes) == root else [f"the index root at size {size} is not the one of the entries"]
    stored = conn.execute("SELECT subject, n, position FROM subject_entries ORDER BY subject, n").fetchall()
    found += [] if sorted(state.items) == stored else ["the index lists other entries than the ledger holds"]
    nodes = {
        at: MapLeaf(bytes(one), bytes(two)) if leaf else Branch(bytes(one), bytes(two))
        for at, leaf, one, two in conn.execute("SELECT place, leaf, one, two FROM subject_nodes", binary=True)
    }
    found += [] if nodes == state.nodes else ["the index map has other nodes than the entries give"]
    lists = {who: (n, edge) for who, n, edge in conn.execute("SELECT subject, size, edge FROM subject_lists")}
    good = {subject: (tree.size, list(tree.edge)) for subject, tree in state.lists.items()}
    found += [] if lists == good else ["the index counts other lists than the entries give"]
    refs = {ref: tuple(who) for ref, who in conn.execute("SELECT ref, subjects FROM subject_refs")}
    found += [] if refs == state.concerns.about else ["the index knows other references than the entries give"]
    return [*found, *_check_commits(conn)]


def _check_commits(conn: psycopg.Connection) -> list[str]:
    """Whether the noted commitments are the ones in the ledger's own entries, waiting ones included."""
    rows = conn.execute("SELECT size, root, entry::text FROM subject_commits ORDER BY size", binary=True).fetchall()
    said = []
    for entry, leaf in conn.execute(SQL["index_entries"], {"stream": INDEX_STREAM}, binary=True):
        data = json.loads(bytes(leaf))["data"]
        said.append((data["size"], bytes.fromhex(data["root"]), entry))
    return (
        []
        if [(size, bytes(root), entry) for size, root, entry in rows] == said
        else ["the index notes other commitments than the ledger holds"]
    )


def _loaded(conn: psycopg.Connection, rows: Sequence[Row]) -> IndexState:
    refs = sorted({ref for row in rows for ref in references(row.data)})
    known: dict[str, list[str]] = dict(conn.execute(SQL["refs"], {"refs": refs}).fetchall()) if refs else {}
    state = IndexState(Concerns(known))
    probe = Concerns(known)
    subjects = sorted({subject for row in rows for subject in probe.see(row.type, row.data)})
    for subject, size, edge in conn.execute(SQL["lists"], {"subjects": subjects}, binary=True):
        state.lists[subject] = CompactRange(int(size), [bytes(item) for item in edge])
    return state


def _load_paths(conn: psycopg.Connection, state: IndexState, keys: Sequence[bytes]) -> None:
    state.nodes.update(load_nodes(conn, keys))


def _write(conn: psycopg.Connection, state: IndexState, touched: Sequence[str]) -> None:
    if state.concerns.learned:
        with conn.cursor() as cursor:
            cursor.executemany(SQL["put_refs"], [(ref, list(who)) for ref, who in state.concerns.learned.items()])
    if not state.items:
        return
    columns = {name: [item[n] for item in state.items] for n, name in enumerate(("subjects", "ns", "positions"))}
    conn.execute(SQL["put_entries"], columns)
    with conn.cursor() as cursor:
        cursor.executemany(SQL["put_list"], [(who, state.lists[who].size, state.lists[who].edge) for who in touched])
    places = sorted(state.changed)
    nodes = [state.nodes[place] for place in places]
    pairs = [(node.key, node.value) if isinstance(node, MapLeaf) else (node.left, node.right) for node in nodes]
    conn.execute(
        SQL["put_nodes"],
        {
            "places": places, "leaves": [isinstance(node, MapLeaf) for node in nodes],
            "ones": [one for one, _ in pairs], "twos": [two for _, two in pairs],
        },
    )  # fmt: skip


def _count(conn: psycopg.Connection, name: str) -> int:
    row = conn.execute(SQL[name]).fetchone()
    return int(row[0]) if row else 0
