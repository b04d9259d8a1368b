"""The checker of signatures for receipts: each is over the root of a checkpoint, by a key that was the log's then.

It never repairs. That a stored signature is missing proves nothing false and is not noticed.
"""

from collections.abc import Iterator

import psycopg

from consent_service.store.log_keys import load_history
from consent_service.store.receipts import SQL
from infra.kernel.errors import AssentError
from infra.tlog.checkpoint import SignedTree
from infra.tlog.cose import verify_root
from infra.tlog.note import VerifierKey

_PAGE = 1024


def check_receipts(conn: psycopg.Connection, first: VerifierKey) -> Iterator[str]:
    """What does not hold, in plain words, in the caller's snapshot; ``first`` is the key the ledger began with.

    The roots are the stored checkpoints', which :func:`consent_service.store.fsck.check_in_transaction` verifies.
    """
    try:
        keys = load_history(conn, first)
    except AssentError as error:
        yield f"an entry about the log's keys cannot be read: {error.code}"
        return
    with conn.cursor(name="fsck_receipts", binary=True) as cursor:
        cursor.itersize = _PAGE
        cursor.execute(SQL["all_signatures"])
        for size, kid, signature, previous, root in cursor:
            accepted = () if root is None else keys.accepted(min(previous, size), size)
            problem = _problem(first.name, size, (root, kid, signature), accepted)
            if problem:
                yield f"the signature for receipts of size {size} {problem}"


def _problem(origin: str, size: int, row: tuple[bytes | None, bytes, bytes], accepted: tuple[VerifierKey, ...]) -> str:
    root, kid, signature = row
    if root is None:
        return "belongs to no checkpoint"
    key = next((one for one in accepted if one.key_id == bytes(kid)), None)
    if key is None:
        return "is of a key that was not the log's"
    try:
        verify_root(SignedTree(origin, size, bytes(root)), key, bytes(signature))
    except AssentError as error:
        return f"does not verify: {error.code}"
    return ""
