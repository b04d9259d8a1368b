"""The sequencer's side of the ledger: what waits, the tree's right edge, and one batch written whole.

Every function works inside the caller's transaction; none commits.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from consent_service.contract.ledger import Control
from consent_service.store import SQL
from infra.eventlog.log import Event, OutboxMessage
from infra.eventlog.postgres import message_columns
from infra.kernel.errors import Internal
from infra.tlog.checkpoint import SignedTree
from infra.tlog.merkle import CompactRange, Coordinate, Run, Span, complete_subtrees, fold

PIECE = 32
"""Neighbouring hashes in one row of ``nodes``, at most: a kilobyte, which the database keeps in the row itself."""


@dataclass(frozen=True)
class Head:
    """The latest checkpoint as it is stored: what it says and the signed note it says it in."""

    size: int
    root: bytes
    note: str


Leaves = list[tuple[str, bytes]]
"""``(event id, leaf)``."""


@dataclass(frozen=True)
class Waiting:
    """Events that have no index yet, in the order they will get one, and the rows of the queue they wait in."""

    rows: list[int]
    leaves: Leaves


@dataclass(frozen=True)
class Batch:
    """What one transaction of the sequencer adds. ``tree`` grew from ``previous`` leaves by ``event_ids``."""

    previous: int
    event_ids: list[str]
    nodes: list[Run]
    tree: SignedTree
    note: str
    controls: list[Control]
    messages: list[OutboxMessage]


def load_head(conn: psycopg.Connection, *, size: int | None = None) -> Head | None:
    """The latest checkpoint, or the one of ``size``; None where there is none."""
    query = SQL["latest_checkpoint"] if size is None else SQL["checkpoint_of_size"]
    row = conn.execute(query, {"size": size}, binary=True).fetchone()
    return None if row is None else Head(row[0], bytes(row[1]), row[2])


def load_edge(conn: psycopg.Connection, size: int) -> CompactRange:
    """The tree of the first ``size`` leaves, ready to grow."""
    wanted = complete_subtrees((0, size))
    nodes = load_nodes(conn, wanted)
    return CompactRange(size, [nodes[at] for at in wanted])


def load_nodes(conn: psycopg.Connection, wanted: list[Coordinate]) -> dict[Coordinate, bytes]:
    """Stored hashes by coordinate; raises :class:`Internal` (``consent.tree_damaged``) when one is missing."""
    parameters = {"levels": [level for level, _ in wanted], "ns": [n for _, n in wanted]}
    rows = conn.execute(SQL["nodes"], parameters, binary=True).fetchall()
    found = {(level, n): bytes(value) for level, n, value in rows}
    if len(found) != len(set(wanted)):
        raise Internal("consent.tree_damaged", "the ledger's tree lacks a node", fix="run the ledger's fsck")
    return found


def load_spans(conn: psycopg.Connection, spans: list[Span]) -> list[bytes]:
    """The hash of each span, in order: what a proof consists of."""
    parts = [complete_subtrees(span) for span in spans]
    nodes = load_nodes(conn, [at for part in parts for at in part])
    return [fold([nodes[at] for at in part]) for part in parts]


def next_position(conn: psycopg.Connection) -> int:
    """How many events have an index."""
    row = conn.execute(SQL["next_position"]).fetchone()
    return int(row[0]) if row else 0


def latest_control(conn: psycopg.Connection) -> tuple[int, int]:
    """``(seq, ledger index)`` of the last control entry; ``(0, -1)`` before the first."""
    row = conn.execute(SQL["latest_control"]).fetchone()
    return (row[0], row[1]) if row else (0, -1)


def take_pending(conn: psycopg.Connection, limit: int) -> Waiting:
    """The oldest waiting events: ``limit``, and at most 255 more that were queued with the last of them."""
    return _waiting(conn.execute(SQL["take_pending"], {"limit": limit}, binary=True).fetchall())


def take_named(conn: psycopg.Connection, ids: Sequence[str]) -> Waiting:
    """The same of the events with these ids, in this order; those that do not wait are left out."""
    return _waiting(conn.execute(SQL["take_named"], {"ids": list(ids)}, binary=True).fetchall())


def _waiting(rows: Sequence[tuple[int, str, bytes]]) -> Waiting:
    return Waiting(list(dict.fromkeys(seq for seq, _, _ in rows)), [(id_, leaf) for _, id_, leaf in rows])


def write_event(conn: psycopg.Connection, event: Event, leaf: bytes) -> None:
    """Store one event outside of any log: the genesis entry, which comes before all decisions."""
    parameters = {"id": event.id, "stream": event.stream, "version": event.version, "type": event.type}
    conn.execute(SQL["insert_event"], {**parameters, "envelope": leaf})


def write_batch(conn: psycopg.Connection, batch: Batch, rows: Sequence[int]) -> None:
    """One statement: order, nodes, checkpoint, control entries and messages of one batch, with a signal to the relay.
    The rows of the queue that it was made of are gone with it.
    """
    conn.execute(
        SQL["write_batch"],
        {
            "rows": rows,
            "first": batch.previous,
            "ids": batch.event_ids,
            "size": batch.tree.size,
            "root": batch.tree.root,
            "note": batch.note,
            **node_columns(batch.nodes),
            **_control_columns(batch.controls),
            **message_columns(batch.messages),
        },
    )


def node_columns(runs: list[Run]) -> dict[str, list[Any]]:
    """Nodes as the table has them: neighbours of one level, cut at multiples of :data:`PIECE`."""
    pieces = [
        (level, first + at, b"".join(hashes[at : at + PIECE - (first + at) % PIECE]))
        for level, first, hashes in runs
        for at in _cuts(first, len(hashes))
    ]
    return {
        "levels": [level for level, _, _ in pieces],
        "firsts": [first for _, first, _ in pieces],
        "hashes": [hashes for _, _, hashes in pieces],
    }


def _cuts(first: int, count: int) -> Iterator[int]:
    """Where the pieces of a run begin, counted from its own begin."""
    yield 0
    yield from range(PIECE - first % PIECE, count, PIECE)


def _control_columns(controls: list[Control]) -> dict[str, list[Any]]:
    return {
        "control_seqs": [control.seq for control in controls],
        "control_positions": [control.index for control in controls],
        "control_kinds": [control.kind for control in controls],
        "control_keys": [control.key for control in controls],
        "control_states": [control.state for control in controls],
    }
