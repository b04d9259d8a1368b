"""The signatures that COSE receipts carry (RFC 9942), made beside the sequencer's path: at most one root a second.

What it signs is the tree that this process has committed and filed, never anything it was given or has read. Before it
does, the file outside the database must say what we wrote there last, and the stored checkpoint of that size must be
signed by our keys and say the same; otherwise nothing is signed and the sequencer refuses, as before a checkpoint.

Commit point: the insert. A crash before it loses signatures that the next start, or the standby, makes again byte for
byte; a root that a larger one has replaced by then needs none. Errors: :class:`Internal` (``consent.ledger_diverged``,
``consent.watermark_moved``). A signer that is away is asked again a second later.
"""

import time
from collections.abc import Callable, Sequence

import psycopg

from consent_service.sequencer.watermark import Watermark
from consent_service.store.receipts import keep_signatures
from consent_service.store.tree import load_head
from infra.kernel.crypto import Signer
from infra.kernel.errors import Internal, Invalid, Unavailable
from infra.telemetry import log
from infra.tlog.checkpoint import SignedTree, open_checkpoint
from infra.tlog.cose import SMALLEST, sign_root
from infra.tlog.merkle import CompactRange
from infra.tlog.note import VerifierKey

PACE_S = 1.0
"""Seconds between two roots: a signature, a question and a row cost a millisecond."""
Signers = Callable[[Sequence[tuple[str, bytes]]], list[Signer]]
"""Who signs a checkpoint over these leaves; over none: the active keys."""


class RootSigner:
    """Beside one active sequencer, on its connection (autocommit, no open transaction)."""

    def __init__(
        self,
        conn: psycopg.Connection,
        origin: str,
        watermark: Watermark,
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._conn, self._origin, self._watermark, self._now = conn, origin, watermark, now
        self._size, self._due = 0, float("-inf")

    def follow(self, tree: CompactRange, signers: Signers) -> None:
        """Sign the root of ``tree``, the one this process committed last, unless it is signed or it is too early."""
        if tree.size == self._size or tree.size < SMALLEST:
            return
        now = self._now()
        if now < self._due:
            return
        self._due = now + PACE_S
        try:
            self._sign(SignedTree(self._origin, tree.size, tree.root()), signers(()))
        except Unavailable as error:
            log.warning("sequencer.receipts_unsigned", code=error.code, size=tree.size)
        else:
            self._size = tree.size

    def _sign(self, tree: SignedTree, signers: Sequence[Signer]) -> None:
        keys = {VerifierKey(tree.origin, one.public): one for one in signers}
        self._watermark.verify_unmoved()
        self._verify_stored(tree, list(keys))
        keep_signatures(self._conn, tree.size, {key.key_id: sign_root(tree, one) for key, one in keys.items()})

    def _verify_stored(self, tree: SignedTree, keys: Sequence[VerifierKey]) -> None:
        """Return None when the database's checkpoint of that size is signed by us and says the same."""
        head = load_head(self._conn, size=tree.size)
        try:
            if head is not None and head.root == tree.root and open_checkpoint(head.note, *keys) == tree:
                return
        except Invalid as error:
            raise _diverged(tree.size) from error
        raise _diverged(tree.size)


def _diverged(size: int) -> Internal:
    return Internal(
        "consent.ledger_diverged", "the stored checkpoint is not the one that was signed", size=size,
        fix="restore it from a copy; run the ledger's fsck",
    )  # fmt: skip
