"""Hashes of the tree, read once and kept: nodes never change, so nothing here can be stale.

Kept are runs of 64 neighbours of one level; the run at the tree's right edge is read on as the tree grows.
"""

from collections.abc import Callable, Sequence

import psycopg

from consent_service.store import SQL
from consent_service.store.tree import Head
from infra.kernel.errors import Internal
from infra.tlog.merkle import HASH_SIZE, Coordinate, Span, complete_subtrees, fold, inclusion_spans
from infra.tlog.proof import TlogProof

RUN = 64
_LIMIT = 65_536
"""Runs kept, at most: 2 KiB each; and folded spans."""

LoadRuns = Callable[[Sequence[tuple[int, int, int]]], dict[Coordinate, bytes]]
"""``(level, first, end)`` to the hashes stored there, joined, under ``(level, first)``."""


class NodeCache:
    """One for a process; safe to use from many threads."""

    def __init__(self) -> None:
        self._runs: dict[Coordinate, bytes] = {}
        self._folded: dict[Span, bytes] = {}

    def prove(self, index: int, head: Head, load: LoadRuns) -> TlogProof:
        """The inclusion proof of entry ``index`` under the checkpoint ``head``."""
        return TlogProof(index, tuple(self.spans(inclusion_spans(index, head.size), load)), head.note)

    def spans(self, spans: Sequence[Span], load: LoadRuns) -> list[bytes]:
        """The hash of each span. Raises :class:`Internal` (``consent.tree_damaged``) when a node is not stored."""
        folded = self._folded
        found = {span: folded.get(span) for span in spans}
        unknown = [span for span, value in found.items() if value is None]
        if unknown:  # neighbours' proofs differ in a few spans only
            made = dict(zip(unknown, self._fold(unknown, load), strict=True))
            if len(folded) > _LIMIT:
                folded = self._folded = {}
            folded.update(made)
            found |= made
        return [found[span] or b"" for span in spans]

    def _fold(self, spans: Sequence[Span], load: LoadRuns) -> list[bytes]:
        parts = [complete_subtrees(span) for span in spans]
        missing = {(level, n // RUN) for part in parts for level, n in part if not self._has(level, n)}
        if missing:
            self._read(missing, load)
        return [fold([self._node(level, n) for level, n in part]) for part in parts]

    def _has(self, level: int, n: int) -> bool:
        run = self._runs.get((level, n // RUN))
        return run is not None and len(run) > n % RUN * HASH_SIZE

    def _node(self, level: int, n: int) -> bytes:
        at = n % RUN * HASH_SIZE
        node = self._runs.get((level, n // RUN), b"")[at : at + HASH_SIZE]
        if len(node) != HASH_SIZE:
            raise Internal("consent.tree_damaged", "the ledger's tree lacks a node", fix="run the ledger's fsck")
        return node

    def _read(self, missing: set[Coordinate], load: LoadRuns) -> None:
        if len(self._runs) > _LIMIT:
            self._runs.clear()
        known = {at: self._runs.get(at, b"") for at in missing}
        wanted = [(level, n * RUN + len(run) // HASH_SIZE, (n + 1) * RUN) for (level, n), run in known.items()]
        found = load(wanted)
        for (level, n), run in known.items():
            self._runs[level, n] = run + found.get((level, n * RUN + len(run) // HASH_SIZE), b"")


def load_runs(conn: psycopg.Connection) -> LoadRuns:
    """A loader on a connection; what lies beyond the tree's edge is left out."""

    def load(wanted: Sequence[tuple[int, int, int]]) -> dict[Coordinate, bytes]:
        columns = {
            "levels": [level for level, _, _ in wanted],
            "firsts": [first for _, first, _ in wanted],
            "ends": [end for _, _, end in wanted],
        }
        rows = conn.execute(SQL["node_runs"], columns, binary=True).fetchall()
        return {(level, first): bytes(run) for level, first, run in rows}

    return load
