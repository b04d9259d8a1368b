"""The ledger as its readers ask for it: indices, proofs, entries, checkpoints. It never writes.

Everything it reads is append-only, so statements need no common snapshot. Errors: :class:`NotFound`
(``consent.no_such_entry``, ``consent.no_such_checkpoint``), :class:`Unavailable` when the store does not answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

import psycopg

from consent_service.contract.ledger import Entries, Entry, Recorded
from consent_service.contract.methods import Checkpoint, Consistency, Cosigned, Proof
from consent_service.store import SQL
from consent_service.store.arrivals import Arrival, Arrivals, Recent
from consent_service.store.cosigned import cosignature_lines_of, load_cosigned
from consent_service.store.log_keys import load_key_changes
from consent_service.store.node_cache import NodeCache, load_runs
from consent_service.store.tree import Head, latest_control, load_head
from infra.eventlog.db import Pool, autocommit, translated
from infra.kernel.errors import Internal, NotFound, Unavailable
from infra.tlog.checkpoint import SignedTree, parse_checkpoint
from infra.tlog.merkle import HASH_SIZE, consistency_spans, hash_leaf
from infra.tlog.note import b64
from infra.tlog.tiles import HEIGHT, WIDTH, Tile, pack_bundle


@dataclass(frozen=True)
class ControlSnapshot:
    """The control stream folded up to ``seq``: ``states`` maps ``(kind, key)`` to the last state. ``index`` is the
    ledger index of entry ``seq``; 0 and -1 before the first.
    """

    seq: int
    index: int
    states: dict[tuple[str, str], str]


class Ledger:
    """Implements the ``Ledger`` port of the use cases."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._arrivals = Arrivals(self._look)
        self._recent, self._nodes = Recent(), NodeCache()

    def await_recorded(self, entry_id: str, *, ref: str, timeout_s: float = 2.0) -> Recorded:
        """Index and proof of an entry that was committed; without them when the sequencer takes longer. The decision
        binds all the same.
        """
        try:
            found = self._arrivals.wait(entry_id, timeout_s=timeout_s, proven=True)
        except Unavailable:
            found = None
        if found is None:
            return Recorded(entry_id=entry_id, ref=ref, ledger_index=None)
        return Recorded(
            entry_id=entry_id, ref=ref, ledger_index=found.index, proof=found.proof, checkpoint=found.checkpoint
        )

    def await_all(self, entries: Mapping[str, str], *, timeout_s: float = 2.0) -> list[Recorded]:
        """:meth:`await_recorded` for many that were committed together (id to ref): one wait, one look."""
        *_, last = entries
        found: dict[str, Arrival] = {}
        try:
            if self._arrivals.wait(last, timeout_s=timeout_s, proven=False) is not None:
                with translated(), autocommit(self._pool) as conn:
                    head = _head(conn)
                    rows = conn.execute(SQL["find_positions"], {"ids": list(entries)}).fetchall()
                    found = {entry: self._arrival(conn, at, head) for entry, at in rows if at < head.size}
        except Unavailable:
            pass  # they bind all the same
        return [
            Recorded(entry_id=entry, ref=ref, ledger_index=at.index, proof=at.proof, checkpoint=at.checkpoint)
            if (at := found.get(entry)) is not None
            else Recorded(entry_id=entry, ref=ref, ledger_index=None)
            for entry, ref in entries.items()
        ]

    def placed(self, entry_id: str, *, timeout_s: float = 2.0) -> int | None:
        """The index of an entry that was committed, or None when it has none in time. It never fails."""
        try:
            found = self._arrivals.wait(entry_id, timeout_s=timeout_s, proven=False)
        except Unavailable:
            return None
        return None if found is None else found.index

    def _look(self, wanted: Mapping[str, bool]) -> dict[str, Arrival]:
        """Where those of the entries stand that have an index, with a proof for whom it is True."""
        with translated(), autocommit(self._pool) as conn:
            head = load_head(conn)
            if head is None:
                return {}
            found = self._recent.find(conn, wanted, head.size)
            return {
                entry_id: self._arrival(conn, index, head if wanted[entry_id] else None)
                for entry_id, index in found.items()
            }

    def _arrival(self, conn: psycopg.Connection, index: int, head: Head | None) -> Arrival:
        if head is None:
            return Arrival(index)
        return Arrival(index, self._nodes.prove(index, head, load_runs(conn)).text(), head.note)

    def signed_tree(self) -> SignedTree:
        """Origin, size and root of the latest checkpoint."""
        with translated(), autocommit(self._pool) as conn:
            return parse_checkpoint(_head(conn).note.partition("\n\n")[0] + "\n")

    def control_head(self) -> tuple[int, int]:
        """``(seq, ledger index)`` of the last control entry; ``(0, -1)`` before the first."""
        with translated(), autocommit(self._pool) as conn:
            return latest_control(conn)

    def latest_checkpoint(self) -> Checkpoint:
        """The latest signed note. The verifier key is the newest that the ledger names: a reader pins its own copy."""
        with translated(), autocommit(self._pool) as conn:
            head = _head(conn)
            keys = load_key_changes(conn)
            found = load_cosigned(conn)
        cosigned = found and Cosigned(
            note=found.note, size=found.size, witnesses=found.witnesses, quorum=found.rule, at=found.at
        )  # fmt: skip
        return Checkpoint(
            note=head.note, vkey=str(keys.active.newest) if keys else "", size=head.size, cosigned=cosigned,
            key_changes=tuple(_entry(at, leaf) for at, leaf in keys.changes) if keys else (),
        )  # fmt: skip

    def entries(self, start: int, limit: int) -> Entries:
        """Entries ``start`` up to ``start + limit``, exclusive, and the size they belong to."""
        with translated(), autocommit(self._pool) as conn:
            head = load_head(conn)
            size = head.size if head else 0
            rows = _leaves(conn, start, min(start + limit, size))
        found = tuple(Entry(index=index, leaf=leaf.decode(), leaf_hash=node.hex()) for index, leaf, node in rows)
        return Entries(entries=found, size=size)

    def proof(self, *, index: int | None = None, entry_id: str | None = None, size: int | None = None) -> Proof:
        """The tlog-proof of an entry, named by index or id, against the latest checkpoint or the one of ``size``.

        The checkpoint of a ``size`` comes with the witnesses' cosignatures, where there are any.
        """
        with translated(), autocommit(self._pool) as conn:
            head = _head(conn, size)
            if size is not None:
                head = replace(head, note=head.note + cosignature_lines_of(conn, size))
            at = _position(conn, entry_id) if index is None else index
            if not 0 <= at < head.size:
                raise NotFound("consent.no_such_entry", "the ledger of this size has no such entry", size=head.size)
            return Proof(index=at, tlog_proof=self._nodes.prove(at, head, load_runs(conn)).text())

    def consistency(self, old: int, new: int) -> Consistency:
        """The proof that the ledger of ``new`` entries extends the one of ``old``."""
        spans = consistency_spans(old, new)
        with translated(), autocommit(self._pool) as conn:
            if new > _head(conn).size:
                raise NotFound("consent.no_such_checkpoint", "the ledger is not that large yet", new=new)
            return Consistency(hashes=tuple(map(b64, self._nodes.spans(spans, load_runs(conn)))))

    def control_snapshot(self) -> ControlSnapshot:
        """Everything guards were told so far, folded, with the number of the last message."""
        with translated(), autocommit(self._pool) as conn:
            rows = conn.execute(SQL["control_states"]).fetchall()
        seq, index = max(((row[3], row[4]) for row in rows), default=(0, -1))
        return ControlSnapshot(seq, index, {(kind, key): state for kind, key, state, _, _ in rows})

    def tile(self, tile: Tile) -> bytes:
        """The bytes of a tile or an entry bundle (C2SP tlog-tiles)."""
        first, end = tile.n * WIDTH, tile.n * WIDTH + tile.width
        with translated(), autocommit(self._pool) as conn:
            if end << (HEIGHT * max(tile.level, 0)) > _head(conn).size:
                raise NotFound("consent.no_such_tile", "the ledger is not that large yet", path=tile.path())
            if tile.level < 0:
                return pack_bundle([leaf for _, leaf, _ in _leaves(conn, first, end)])
            run = (HEIGHT * tile.level, first, end)
            found = load_runs(conn)([run]).get(run[:2], b"")
        if len(found) != tile.width * HASH_SIZE:
            raise Internal("consent.tree_damaged", "the ledger's tree lacks a node", fix="run the ledger's fsck")
        return found


def _head(conn: psycopg.Connection, size: int | None = None) -> Head:
    head = load_head(conn, size=size)
    if head is None:
        raise NotFound(
            "consent.no_such_checkpoint", "the ledger has no checkpoint of this size", fix="use a size that was signed"
        )
    return head


def _position(conn: psycopg.Connection, entry_id: str | None) -> int:
    row = conn.execute(SQL["find_positions"], {"ids": [entry_id]}).fetchone() if _is_uuid(entry_id) else None
    if row is None:
        raise NotFound("consent.no_such_entry", "no entry with this id has an index", entry_id=entry_id)
    return int(row[1])


def _entry(index: int, leaf: bytes) -> Entry:
    return Entry(index=index, leaf=leaf.decode(), leaf_hash=hash_leaf(leaf).hex())


def _leaves(conn: psycopg.Connection, start: int, end: int) -> list[tuple[int, bytes, bytes]]:
    return list(conn.execute(SQL["entries"], {"start": start, "end": end}, binary=True))


def _is_uuid(text: str | None) -> bool:
    try:
        return text is not None and str(UUID(text)) == text
    except ValueError:
        return False
