"""The ledger's checker: rebuilds everything from the entries and compares it with what is stored. It never repairs.

Duties, for every entry in order: (1) indices count up from 0 without a gap; (2) the leaf is a canonical envelope, its
row says the same, and the versions of its stream count up from 1; (3) the nodes it completes are stored as computed;
(4) every checkpoint is signed, continues the one before it and has the computed root; (5) control entries are the ones
the entries call for, gapless. At the end: (6) no node, checkpoint or control entry is left over, the last checkpoint
covers the last entry; (7) every event has an index or waits for one; (8) the checkpoint kept outside the database is
one that was computed; (9) what waits for an index or for the relay is in order
(:mod:`consent_service.store.fsck_queues`).

:func:`check_house` also holds the read models against the events (:mod:`consent_service.store.fsck_views`), the index
per subject (:mod:`consent_service.store.fsck_index`) and what witnesses have cosigned, with the keys of the policy that
is in force (:mod:`consent_service.store.fsck_cosigned`), and the signatures that receipts carry
(:mod:`consent_service.store.fsck_receipts`).

``python -m consent_service.store.fsck [verifier key]`` exits 0 when all holds, 1 when not.
"""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg.rows import TupleRow

from consent_service.domain.control import control_of
from consent_service.store import SQL
from consent_service.store.fsck_cosigned import check_cosigned
from consent_service.store.fsck_index import check_subjects
from consent_service.store.fsck_queues import check_messages, check_waiting
from consent_service.store.fsck_receipts import check_receipts
from consent_service.store.fsck_views import check_views
from consent_service.store.tree import load_nodes
from infra.eventlog.log import Event
from infra.kernel.errors import AssentError
from infra.settings import ProcessSettings
from infra.tlog.checkpoint import SignedTree, open_checkpoint, parse_checkpoint
from infra.tlog.keyset import KeyHistory
from infra.tlog.leaf import read_leaf
from infra.tlog.merkle import CompactRange, Node, hash_leaf
from infra.tlog.note import VerifierKey, parse_vkey, split_note
from infra.tlog.policy import Policy, parse_policy

_PAGE = 1024
_LIMIT = 100


@dataclass
class Findings:
    """What does not hold, in plain words; empty when all does. ``size`` is how many entries were rebuilt."""

    size: int = 0
    problems: list[str] = field(default_factory=list)

    def expect(self, holds: bool, problem: str) -> None:
        """Note ``problem`` unless ``holds``; the first 100 are kept."""
        if not holds and len(self.problems) < _LIMIT:
            self.problems.append(problem)

    def include(self, problems: Iterable[str]) -> None:
        """Note all of them."""
        for problem in problems:
            self.expect(False, problem)


def check_ledger(conn: psycopg.Connection, vkey: VerifierKey, kept: str | None = None) -> Findings:
    """Check the whole ledger in one snapshot. ``kept`` is the checkpoint kept outside the database, if there is one."""
    with conn.transaction():
        conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return check_in_transaction(conn, vkey, kept)


def check_house(
    conn: psycopg.Connection, vkey: VerifierKey, kept: str | None = None, policy: Policy | None = None
) -> Findings:
    """The ledger, and the read models, the index per subject and the signatures beside it, in one snapshot."""
    with conn.transaction():
        conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        found = check_in_transaction(conn, vkey, kept)
        found.include(check_views(conn))
        found.include(check_subjects(conn))
        found.include(check_cosigned(conn, policy))
        found.include(check_receipts(conn, vkey))
    return found


def check_in_transaction(conn: psycopg.Connection, vkey: VerifierKey, kept: str | None = None) -> Findings:
    """The same inside a transaction of the caller's, who cares for its isolation."""
    return _Check(conn, vkey, kept).run()


class _Check:
    """One run in one transaction."""

    def __init__(self, conn: psycopg.Connection, vkey: VerifierKey, kept: str | None) -> None:
        self._conn, self._keys = conn, KeyHistory(vkey)
        self._found = Findings()
        self._tree, self._versions = CompactRange(), dict[str, int]()
        self._signed_size = self._checkpoints = self._control_seq = self._nodes = 0
        self._kept_note = kept
        self._kept = self._read_kept(kept) if kept else None

    def run(self) -> Findings:
        while rows := self._page():
            first = self._tree.size
            nodes = [node for row in rows for node in self._place(row)]
            self._verify_nodes(nodes)
            self._verify_checkpoints(first, dict(self._roots))
        self._verify_totals()
        self._found.include(check_waiting(self._conn))
        self._found.include(check_messages(self._conn))
        self._found.size = self._tree.size
        return self._found

    def _page(self) -> list[TupleRow]:
        self._roots: list[tuple[int, bytes]] = []
        return self._conn.execute(SQL["fsck_page"], {"start": self._tree.size, "limit": _PAGE}, binary=True).fetchall()

    def _place(self, row: TupleRow) -> list[Node]:
        """Duties 1, 2, 5 and 8 for one entry; the nodes it completes."""
        position, event_id, stream, version, type_, leaf = row
        index = self._tree.size
        self._found.expect(position == index, f"entry {index} is missing: the next one is {position}")
        try:
            event = read_leaf(leaf, index)
        except AssentError as error:
            self._found.expect(False, f"entry {index} is no envelope: {error.code}")
        else:
            named = (event.id, event.stream, event.version, event.type)
            self._found.expect(named == (event_id, stream, version, type_), f"entry {index} differs from its row")
            expected = self._versions.get(stream, 0) + 1
            self._found.expect(version == expected, f"entry {index} is out of its stream's order")
            self._versions[stream] = version
            self._verify_control(event, index)
            self._keys.take(index, event.type, event.data, event.signatures)
        nodes = self._tree.append(hash_leaf(leaf))
        root = self._tree.root()
        self._roots.append((self._tree.size, root))
        if self._kept and self._kept.size == self._tree.size:
            self._found.expect(self._kept.root == root, f"the kept checkpoint of size {self._kept.size} differs")
        return nodes

    def _verify_control(self, event: Event, index: int) -> None:
        told = control_of(event.type, event.data)
        if told is not None:
            self._control_seq += 1
            row = self._conn.execute(SQL["fsck_control"], {"position": index}).fetchone()
            self._found.expect(row == (self._control_seq, *told), f"the control entry of entry {index} differs")

    def _verify_nodes(self, nodes: Sequence[Node]) -> None:
        self._nodes += len(nodes)
        try:
            stored = load_nodes(self._conn, [(level, n) for level, n, _ in nodes])
        except AssentError:
            self._found.expect(False, f"a node of the tree below size {self._tree.size} is missing")
            return
        for level, n, value in nodes:
            self._found.expect(stored[level, n] == value, f"node {n} of level {level} differs")

    def _verify_checkpoints(self, first: int, roots: dict[int, bytes]) -> None:
        """Duty 4 for checkpoints of sizes above ``first`` up to the tree's."""
        rows = self._conn.execute(SQL["fsck_checkpoints"], {"after": first, "upto": self._tree.size}, binary=True)
        for size, previous, root, note in rows:
            signed = self._open(note, f"checkpoint {size}", self._keys.accepted(min(previous, size), size))
            self._found.expect(previous == self._signed_size, f"checkpoint {size} does not continue the one before")
            self._found.expect(root == roots[size], f"the root of checkpoint {size} is not the one of its entries")
            self._found.expect(
                signed is None or (signed.size, signed.root) == (size, root), f"the note of checkpoint {size} differs"
            )
            self._signed_size = size
            self._checkpoints += 1

    def _verify_totals(self) -> None:
        """Duties 6 to 8, what is not about one entry."""
        row = self._conn.execute(SQL["fsck_totals"]).fetchone()
        nodes, checkpoints, controls, unplaced, placed_pending = row or (0, 0, 0, 0, 0)
        size = self._tree.size
        self._found.expect(nodes == self._nodes, f"{nodes} nodes are stored, {self._nodes} belong to the tree")
        self._found.expect(checkpoints == self._checkpoints, "a checkpoint is of no size the ledger had")
        self._found.expect(controls == self._control_seq, "a control entry belongs to no entry")
        self._found.expect(self._signed_size == size, f"{size} entries, but {self._signed_size} are signed")
        self._found.expect(unplaced == 0, f"{unplaced} events have no index and do not wait for one")
        self._found.expect(placed_pending == 0, f"{placed_pending} events have an index and wait for another")
        ahead = self._kept is not None and self._kept.size > size
        self._found.expect(not ahead, "the ledger is behind the checkpoint kept outside the database")
        if self._kept_note and self._kept:
            self._open(self._kept_note, "the kept checkpoint", self._keys.accepted(0, self._kept.size))

    def _read_kept(self, note: str) -> SignedTree | None:
        """What the kept checkpoint says; its signature is verified at the end, when all keys are known."""
        try:
            return parse_checkpoint(split_note(note)[0])
        except AssentError as error:
            self._found.expect(False, f"the kept checkpoint is none: {error.code}")
            return None

    def _open(self, note: str, name: str, vkeys: Iterable[VerifierKey]) -> SignedTree | None:
        try:
            return open_checkpoint(note, *vkeys)
        except AssentError as error:
            self._found.expect(False, f"{name} is not signed by this log: {error.code}")
            return None


def main(arguments: Sequence[str]) -> int:
    """The command line; without a verifier key the one that the genesis entry names is used.

    Later keys are followed from there, as the ledger's own entries add and retire them.
    """
    settings = ProcessSettings(amqp_url="")
    path = settings.state_dir / "ledger" / "checkpoint"
    kept = path.read_text(encoding="utf-8") if Path(path).exists() else None
    with psycopg.connect(settings.database_url, autocommit=True) as conn:
        vkey = parse_vkey(arguments[0]) if arguments else _genesis_key(conn)
        found = check_house(conn, vkey, kept, _policy(settings.state_dir))
    for problem in found.problems:
        sys.stdout.write(f"{problem}\n")
    sys.stdout.write(f"{found.size} entries, {len(found.problems)} problems\n")
    return 1 if found.problems else 0


def _policy(state_dir: Path) -> Policy | None:
    """The operator's policy, or the local witness's own: what the cosigner goes by."""
    files = (state_dir / "ledger" / "witnesses.policy", state_dir / "witness" / "policy")
    found = next((path for path in files if path.exists()), None)
    return None if found is None else parse_policy(found.read_text(encoding="utf-8"))


def _genesis_key(conn: psycopg.Connection) -> VerifierKey:
    row = conn.execute(SQL["entries"], {"start": 0, "end": 1}, binary=True).fetchone()
    return parse_vkey(str(read_leaf(row[1], 0).data["keys"]["log"])) if row else VerifierKey("none", bytes(32))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
