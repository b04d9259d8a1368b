"""A subject's complete list with its proof, as the index stands at its last root that the ledger has placed."""

import time

import psycopg

from consent_service.contract.ledger import Entries, Entry
from consent_service.contract.methods import Proof
from consent_service.contract.subject_index import (
    MAX_HISTORY,
    ProveSubject,
    SubjectEntries,
    SubjectItem,
    SubjectProof,
    map_key,
)
from consent_service.store.ledger import Ledger
from consent_service.store.subject_index import SQL, head, load_nodes
from infra.eventlog.db import Pool, translated
from infra.kernel.errors import NotFound, TooLarge, Unavailable
from infra.tlog.smt import prove

_PAUSE_S = 0.05


class SubjectProofs:
    """Answers about one subject. ``patience_s`` bounds the wait for a root that covers enough, or has no place yet."""

    def __init__(self, pool: Pool, ledger: Ledger, *, patience_s: float = 4.0) -> None:
        self._pool, self._ledger, self._patience_s = pool, ledger, patience_s

    def prove(self, query: ProveSubject) -> SubjectProof:
        """The list and its proof. Raises Unavailable (``consent.index_behind``) when no root covers ``at_least`` in
        time, TooLarge (``consent.history_too_long``), NotFound (``consent.no_index``) before the first root.
        """
        deadline = time.monotonic() + self._patience_s
        while (found := self._read(query)) is None:
            if time.monotonic() > deadline:
                raise Unavailable("consent.index_behind", "the index does not cover that many entries yet", fix="wait")
            time.sleep(_PAUSE_S)
        proof, entry = found
        index = self._ledger.placed(entry, timeout_s=max(0.5, deadline - time.monotonic()))
        if index is None:
            raise Unavailable("consent.index_behind", "the index's root has no place in the ledger yet", fix="wait")
        placed: Proof = self._ledger.proof(index=index)
        [leaf] = self._ledger.entries(index, 1).entries
        return proof.model_copy(update={"commitment": leaf.leaf, "tlog_proof": placed.tlog_proof})

    def entries(self, query: SubjectEntries) -> Entries:
        """Leaves of the subject's list, in order; ``size`` is how many the list has."""
        with translated(), self._pool.connection() as conn:
            rows = conn.execute(SQL["subject_leaves"], query.model_dump(), binary=True).fetchall()
            size = conn.execute(SQL["list_size"], {"subject": query.subject}).fetchone()
        found = tuple(Entry(index=at, leaf=bytes(leaf).decode(), leaf_hash=node.hex()) for at, leaf, node in rows)
        return Entries(entries=found, size=int(size[0]) if size else 0)

    def _read(self, query: ProveSubject) -> tuple[SubjectProof, str] | None:
        with translated(), self._pool.connection() as conn, conn.transaction():
            conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            known = head(conn)
            if known is None and not query.at_least:
                raise NotFound("consent.no_index", "the ledger has no index of subjects yet", fix="start the indexer")
            if known is None or known[0] < query.at_least:
                return None
            return self._list(conn, query.subject), known[2]

    def _list(self, conn: psycopg.Connection, subject: str) -> SubjectProof:
        key = map_key(subject)
        shown = prove(load_nodes(conn, [key]), key)
        rows = conn.execute(SQL["items"], {"subject": subject, "limit": MAX_HISTORY + 1}, binary=True).fetchall()
        if len(rows) > MAX_HISTORY:
            raise TooLarge(
                "consent.history_too_long", f"more than {MAX_HISTORY} entries concern this subject",
                fix="read the whole ledger and check it with the auditor's tools",
            )  # fmt: skip
        return SubjectProof(
            subject=subject, commitment="", tlog_proof="", siblings=tuple(item.hex() for item in shown.siblings),
            leaf_key=shown.leaf.key.hex() if shown.leaf else None,
            leaf_value=shown.leaf.value.hex() if shown.leaf else None,
            items=tuple(SubjectItem(index=at, leaf_hash=bytes(node).hex()) for at, node in rows),
        )  # fmt: skip
