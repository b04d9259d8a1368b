"""COSE receipts (RFC 9942) as they are asked for: a proof from the tree, under a signature that the sequencer left.

It signs nothing. Errors: :class:`NotFound` (``consent.no_such_receipt``, ``consent.no_such_entry``).
"""

from collections.abc import Mapping
from pathlib import Path

import psycopg

from consent_service.contract.receipts import ReceiptFile
from consent_service.store.ledger import Ledger
from consent_service.store.log_keys import load_keys
from consent_service.store.tree import load_head
from infra.eventlog.db import Pool, autocommit, named_sql, translated
from infra.kernel.errors import NotFound
from infra.tlog.checkpoint import parse_checkpoint
from infra.tlog.cose import Consistency, Inclusion, make_receipt
from infra.tlog.note import b64, split_note, unb64
from infra.tlog.proof import parse_tlog_proof

SQL = named_sql(Path(__file__).with_name("receipts.sql"))


def keep_signatures(conn: psycopg.Connection, size: int, signatures: Mapping[bytes, bytes]) -> None:
    """Store signatures over the root of ``size`` by key id. One that was stored before is kept as it is."""
    parameters = {"size": size, "kids": list(signatures), "signatures": list(signatures.values())}
    conn.execute(SQL["insert_signatures"], parameters)


class Receipts:
    """Implements the ``ReceiptReader`` port.

    Without a ``size`` (or ``new``) the newest that was signed is taken; without a ``key`` (hex) the one that was active
    longest among those that signed it: the one that most readers hold.
    """

    def __init__(self, pool: Pool, ledger: Ledger) -> None:
        self._pool, self._ledger = pool, ledger

    def inclusion(self, index: int, *, size: int | None = None, key: str | None = None) -> ReceiptFile:
        """That the entry at ``index`` is in the tree of ``size``."""
        signed = self._signed(size, key)
        if index >= signed.size and size is None:
            self._ledger.proof(index=index)  # says so where there is no such entry at all
            raise NotFound(
                "consent.no_such_receipt", "no root over this entry has been signed for receipts", size=signed.size,
                fix="the log signs one about once a second: ask again",
            )  # fmt: skip
        proof = parse_tlog_proof(self._ledger.proof(index=index, size=signed.size).tlog_proof)
        return signed.file(Inclusion(index, proof.hashes))

    def consistency(self, old: int, *, new: int | None = None, key: str | None = None) -> ReceiptFile:
        """That the tree of ``new`` extends the one of ``old``, which is smaller."""
        signed = self._signed(new, key)
        if old >= signed.size:
            raise NotFound(
                "consent.no_such_receipt", "a receipt of consistency leads from a smaller tree to a larger one",
                fix="the newest signed one may not be larger yet: ask again", old=old, new=signed.size,
            )  # fmt: skip
        hashes = self._ledger.consistency(old, signed.size).hashes
        return signed.file(Consistency(old, tuple(map(unb64, hashes))))

    def _signed(self, size: int | None, key: str | None) -> "_SignedRoot":
        kid = None if key is None else bytes.fromhex(key)
        with translated(), autocommit(self._pool) as conn:
            if size is None:
                row = conn.execute(SQL["newest_size"], {"kid": kid}).fetchone()
                size = int(row[0]) if row else 0
            rows = conn.execute(SQL["signatures_of"], {"size": size, "kid": kid}, binary=True).fetchall()
            head = load_head(conn, size=size)
            if not rows or head is None:
                raise NotFound(
                    "consent.no_such_receipt", "no root of this size was signed for receipts with such a key",
                    fix="leave out the size, or the key: the newest signed root is taken",
                )  # fmt: skip
            found = {bytes(kid): bytes(signature) for kid, signature in rows}
            chosen = _longest_active(conn, found) if len(found) > 1 else next(iter(found))
        return _SignedRoot(parse_checkpoint(split_note(head.note)[0]).origin, size, chosen, found[chosen])


class _SignedRoot:
    """One stored signature."""

    def __init__(self, origin: str, size: int, kid: bytes, signature: bytes) -> None:
        self.origin, self.size, self.kid, self.signature = origin, size, kid, signature

    def file(self, proof: Inclusion | Consistency) -> ReceiptFile:
        data = make_receipt(self.origin, self.size, self.kid, proof, self.signature).encode()
        return ReceiptFile(size=self.size, key=self.kid.hex(), data=b64(data))


def _longest_active(conn: psycopg.Connection, found: Mapping[bytes, bytes]) -> bytes:
    keys = load_keys(conn)
    active = [key.key_id for key in keys.active] if keys else []
    return next((kid for kid in active if kid in found), next(iter(found)))
