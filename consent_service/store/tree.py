"""The sequencer's side of the ledger: what waits, the tree's right edge, and one batch written whole.

Every function works inside the caller's transaction; none commits.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg

from consent_service.contract.ledger import Control
from consent_service.store import SQL
from infra.eventlog.log import Event, OutboxMessage
from infra.eventlog.postgres import publish
from infra.kernel.errors import Internal
from infra.tlog.checkpoint import SignedTree
from infra.tlog.merkle import CompactRange, Coordinate, Node, Span, complete_subtrees, fold


@dataclass(frozen=True)
class Head:
    """The latest checkpoint as it is stored: what it says and the signed note it says it in."""

    size: int
    root: bytes
    note: str


@dataclass(frozen=True)
class Batch:
    """What one transaction of the sequencer adds. ``tree`` grew from ``previous`` leaves by ``event_ids``."""

    previous: int
    event_ids: list[str]
    nodes: list[Node]
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


def is_pending(conn: psycopg.Connection) -> bool:
    """Whether any committed event waits for its index."""
    row = conn.execute(SQL["is_pending"]).fetchone()
    return bool(row and row[0])


def take_pending(conn: psycopg.Connection, limit: int) -> list[tuple[str, bytes]]:
    """``(event id, leaf)`` of the oldest waiting events, removed from the queue: ``limit``, and at most 255 more that
    were queued with the last of them.
    """
    return [(id_, bytes(leaf)) for id_, leaf in conn.execute(SQL["take_pending"], {"limit": limit}, binary=True)]


def take_named(conn: psycopg.Connection, ids: Sequence[str]) -> list[tuple[str, bytes]]:
    """The same of the events with these ids, in this order; those that do not wait are left out."""
    return [(id_, bytes(leaf)) for id_, leaf in conn.execute(SQL["take_named"], {"ids": list(ids)}, binary=True)]


def write_event(conn: psycopg.Connection, event: Event, leaf: bytes) -> None:
    """Store one event outside of any log: the genesis entry, which comes before all decisions."""
    parameters = {"id": event.id, "stream": event.stream, "version": event.version, "type": event.type}
    conn.execute(SQL["insert_event"], {**parameters, "envelope": leaf})


def write_batch(conn: psycopg.Connection, batch: Batch) -> None:
    """Order, nodes, checkpoint, control entries and messages of one batch, with one signal to the relay."""
    with conn.pipeline():
        conn.execute(SQL["insert_order"], {"first": batch.previous, "ids": batch.event_ids})
        conn.execute(SQL["insert_nodes"], _runs(batch.nodes))
        checkpoint = {"size": batch.tree.size, "previous": batch.previous, "root": batch.tree.root, "note": batch.note}
        conn.execute(SQL["insert_checkpoint"], checkpoint)
        if batch.controls:
            _write_controls(conn, batch.controls)
        publish(conn, batch.messages)
        conn.execute(SQL["ring"])


def _runs(nodes: list[Node]) -> dict[str, list[int] | list[bytes]]:
    """Nodes as one run of hashes a level: those of a batch are neighbours."""
    runs: dict[int, tuple[int, list[bytes]]] = {}
    for level, n, value in nodes:
        runs.setdefault(level, (n, []))[1].append(value)
    return {
        "levels": list(runs),
        "firsts": [first for first, _ in runs.values()],
        "runs": [b"".join(values) for _, values in runs.values()],
    }


def _write_controls(conn: psycopg.Connection, controls: list[Control]) -> None:
    conn.execute(
        SQL["insert_control"],
        {
            "seqs": [control.seq for control in controls],
            "positions": [control.index for control in controls],
            "kinds": [control.kind for control in controls],
            "keys": [control.key for control in controls],
            "states": [control.state for control in controls],
        },
    )
