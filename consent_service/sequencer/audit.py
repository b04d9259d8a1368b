"""Whether the entries still are what was signed: every envelope is hashed again and the roots compared.

It never repairs. Small ledgers are audited before the first signature; all of them in the background, again and again,
on a connection of its own. Errors: :class:`Internal` (``consent.entry_edited`` with the index,
``consent.ledger_diverged``).
"""

from collections.abc import Callable

import psycopg

from consent_service.store import SQL
from consent_service.store.tree import load_head
from infra.kernel.errors import Internal
from infra.tlog.merkle import CompactRange, hash_leaf

_PAGE = 1024
AT_START = 20_000
"""Entries that are audited before anything is signed: a fifth of a second's work."""


def audit_entries(
    conn: psycopg.Connection, *, limit: int | None = None, pause: Callable[[], bool] | None = None
) -> int:
    """Audit up to the latest checkpoint; returns how many entries were looked at, 0 for a ledger above ``limit``.

    ``pause`` is called between pages; the audit ends early when it answers True.
    """
    head = load_head(conn)
    if head is None or (limit is not None and head.size > limit):
        return 0
    tree = CompactRange()
    while tree.size < head.size:
        before = tree.size
        end = min(before + _PAGE, head.size)
        for index, envelope, stored in conn.execute(SQL["entries"], {"start": before, "end": end}, binary=True):
            _verify_entry(tree, index, envelope, stored)
        if tree.size != end:
            raise _edited(tree.size)
        if pause is not None and pause():
            return tree.size
    if tree.root() != head.root:
        raise Internal("consent.ledger_diverged", "the entries do not have the signed root", size=head.size)
    return tree.size


def _verify_entry(tree: CompactRange, index: int, envelope: bytes, stored: bytes) -> None:
    found = hash_leaf(envelope)
    if index != tree.size or found != stored:
        raise _edited(tree.size)
    tree.append(found)


def _edited(index: int) -> Internal:
    return Internal(
        "consent.entry_edited", "an entry is not what was signed", index=index,
        fix="restore the entry from a copy; run the ledger's fsck",
    )  # fmt: skip
