"""What the sequencer must know before it may sign: that the database holds everything that was ever signed.

Duties, in order: (1) the stored head is signed by our key and is what the stored tree says; (2) as many events have an
index as the head has leaves; (3) the checkpoint kept outside the database is signed by our key and the head extends
it; (4) the batch that was intended last is in the tree, or can be made again as it was intended
(:func:`is_unfinished`). Anything else refuses: :class:`Internal` with ``consent.ledger_rolled_back``,
``consent.ledger_diverged``, ``consent.watermark_missing`` or ``consent.tree_damaged``. It never repairs.
"""

from collections.abc import Sequence

import psycopg

from consent_service.sequencer.intent import Intent, size_of
from consent_service.store.tree import Head, load_edge, load_head, load_spans, next_position
from infra.kernel.errors import Internal, Invalid
from infra.tlog.checkpoint import SignedTree, open_checkpoint
from infra.tlog.merkle import CompactRange, consistency_spans, verify_consistency
from infra.tlog.note import VerifierKey, unb64

Vkeys = Sequence[VerifierKey]


def recover_tree(conn: psycopg.Connection, vkeys: Vkeys, kept: str | None, *, adopt: bool = False) -> CompactRange:
    """The tree to go on from; empty where nothing was ever signed. ``vkeys`` are the keys we could sign with.

    ``kept`` is the note outside the database. A lost one is accepted for a ledger that has a single checkpoint (the
    crash after the very first commit), or when ``adopt`` says that an operator has compared the head with a copy.
    """
    head = load_head(conn)
    if head is None:
        return _begin(conn, kept)
    tree = _verified_head(conn, vkeys, head)
    if kept is not None:
        _verify_extends(conn, vkeys, kept, tree)
    elif not adopt and not _is_first(conn, head):
        raise Internal(
            "consent.watermark_missing", "the checkpoint kept outside the database is gone",
            fix="restore the file, or compare the head with a copy and start once with --adopt-checkpoint",
        )  # fmt: skip
    return tree


def is_unfinished(conn: psycopg.Connection, tree: CompactRange, intent: Intent) -> bool:
    """Whether the intended batch is still to be committed, as the very next one; False when the tree holds it.

    A database in between, before or beside is not the one that the intent was written for, and refuses.
    """
    size, root = intent.new
    if size_of(tree) == intent.old:
        return True
    if tree.size < size:
        raise rolled_back(intended=size, stored=tree.size)
    _verify_contains(conn, tree, size, unb64(root))
    return False


def _begin(conn: psycopg.Connection, kept: str | None) -> CompactRange:
    if kept is not None or next_position(conn):
        raise rolled_back()
    return CompactRange()


def _verified_head(conn: psycopg.Connection, vkeys: Vkeys, head: Head) -> CompactRange:
    """Duties 1 and 2."""
    signed = _open(vkeys, head.note)
    tree = load_edge(conn, head.size)
    if (signed.size, signed.root) != (head.size, head.root) or tree.root() != head.root:
        raise Internal("consent.ledger_diverged", "the stored tree is not the one that was signed", size=head.size)
    if next_position(conn) != head.size:
        raise Internal("consent.ledger_diverged", "events and leaves differ in number", size=head.size)
    return tree


def _verify_extends(conn: psycopg.Connection, vkeys: Vkeys, kept: str, tree: CompactRange) -> None:
    """Duty 3."""
    old = _open(vkeys, kept)
    if old.size > tree.size:
        raise rolled_back(kept=old.size, stored=tree.size)
    _verify_contains(conn, tree, old.size, old.root)


def _verify_contains(conn: psycopg.Connection, tree: CompactRange, size: int, root: bytes) -> None:
    """Return None when the first ``size`` entries of the stored tree have this root."""
    proof = load_spans(conn, consistency_spans(size, tree.size))
    try:
        verify_consistency(size, tree.size, root, tree.root(), proof)
    except Invalid as error:
        raise Internal("consent.ledger_diverged", "the database does not extend what was signed before") from error


def _open(vkeys: Vkeys, note: str) -> SignedTree:
    try:
        return open_checkpoint(note, *vkeys)
    except Invalid as error:
        raise Internal(
            "consent.ledger_diverged", "a stored checkpoint is not signed by this log's key",
            fix="check the log key and the origin",
        ) from error  # fmt: skip


def _is_first(conn: psycopg.Connection, head: Head) -> bool:
    """Whether the head is the ledger's first checkpoint."""
    row = conn.execute("SELECT previous FROM checkpoints WHERE size = %s", (head.size,)).fetchone()
    return row is not None and row[0] == 0


def rolled_back(**info: int) -> Internal:
    """The refusal of a database that lacks what was signed, or was about to be."""
    return Internal(
        "consent.ledger_rolled_back", "the database is behind a checkpoint that was signed",
        fix="restore the newer database; the log never signs two histories", **info,
    )  # fmt: skip
