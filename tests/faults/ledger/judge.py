"""What a drill is judged by: what was acknowledged and read while it ran, against the ledger as it stands afterwards.

Nothing is taken from the writers' process state: acknowledgements and checkpoints are what callers held in hand.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import psycopg

from consent_service.store.fsck import check_house
from consent_service.store.ledger import Ledger
from infra.eventlog.db import open_pool
from infra.kernel.errors import AssentError
from infra.tlog.checkpoint import SignedTree, open_checkpoint
from infra.tlog.merkle import CompactRange, hash_leaf, verify_consistency
from infra.tlog.note import unb64
from tests.faults.ledger.scene import Scene


@dataclass(frozen=True)
class Stored:
    """One entry as the ledger's readers get it."""

    index: int
    id: str
    stream: str
    version: int
    command: str
    leaf: bytes


@dataclass
class Verdict:
    """Counts of what must not be, each 0 after a good run; ``problems`` are the checker's, in words."""

    entries: int = 0
    acknowledged: int = 0
    lost: int = 0
    duplicated: int = 0
    skipped: int = 0
    reordered: int = 0
    misplaced: int = 0
    checkpoints: int = 0
    pairs: int = 0
    inconsistent: int = 0
    problems: list[str] = field(default_factory=list)

    def faults(self) -> dict[str, Any]:
        """What is not as it must be; empty after a good run."""
        names = ("lost", "duplicated", "skipped", "reordered", "misplaced", "inconsistent", "problems")
        return {name: getattr(self, name) for name in names if getattr(self, name)}


def read_ledger(ledger: Ledger) -> list[Stored]:
    """All entries, page by page, as any reader would."""
    found: list[Stored] = []
    while True:
        page = ledger.entries(len(found), 1000)
        for entry in page.entries:
            value = entry.envelope()
            at = (value["id"], value["stream"], value["version"], value["command_id"])
            found.append(Stored(entry.index, *at, entry.leaf.encode()))
        if not page.entries:
            return found


def judge(scene: Scene, acks: Iterable[dict[str, Any]], notes: set[str]) -> tuple[Verdict, list[Stored]]:
    """Judge a finished run. ``acks`` hold ``ids`` and, where it was told, ``index`` of the last of them."""
    verdict = Verdict()
    with open_pool(scene.url, max_size=2) as pool:
        ledger = Ledger(pool)
        stored = read_ledger(ledger)
        verdict.entries = len(stored)
        verdict.skipped = sum(entry.index != n for n, entry in enumerate(stored))
        _count_acks(verdict, stored, acks)
        _count_order(verdict, stored)
        _count_forks(verdict, scene, stored, notes, ledger)
    with psycopg.connect(scene.url, autocommit=True) as conn:
        verdict.problems = check_house(conn, scene.vkey, scene.watermark.read()).problems
    return verdict, stored


def _count_acks(verdict: Verdict, stored: list[Stored], acks: Iterable[dict[str, Any]]) -> None:
    times = Counter(entry.id for entry in stored)
    places = {entry.id: entry.index for entry in stored}
    verdict.duplicated = sum(count - 1 for count in times.values())
    for ack in acks:
        verdict.acknowledged += len(ack["ids"])
        verdict.lost += sum(id_ not in places for id_ in ack["ids"])
        if ack.get("index") is not None:
            verdict.misplaced += places.get(ack["ids"][-1]) != ack["index"]


def _count_order(verdict: Verdict, stored: list[Stored]) -> None:
    """Versions of each stream count up from 1 in ledger order."""
    versions = Counter[str]()
    for entry in stored:
        versions[entry.stream] += 1
        verdict.reordered += entry.version != versions[entry.stream]


def _count_forks(verdict: Verdict, scene: Scene, stored: list[Stored], notes: set[str], ledger: Ledger) -> None:
    """Every two checkpoints anybody ever held are of one history.

    Twice: each is the root of the entries up to its size; and the ledger proves each from the one before.
    """
    trees = sorted((open_checkpoint(note, scene.vkey) for note in notes), key=lambda tree: tree.size)
    verdict.checkpoints, verdict.pairs = len(trees), len(trees) * (len(trees) - 1) // 2
    roots = dict(_roots(stored, {tree.size for tree in trees}))
    verdict.inconsistent += sum(roots.get(tree.size) != tree.root for tree in trees)
    verdict.inconsistent += sum(not _extends(ledger, old, new) for old, new in pairwise(trees))


def _roots(stored: list[Stored], sizes: set[int]) -> Iterator[tuple[int, bytes]]:
    tree = CompactRange()
    for entry in stored:
        tree.append(hash_leaf(entry.leaf))
        if tree.size in sizes:
            yield tree.size, tree.root()


def _extends(ledger: Ledger, old: SignedTree, new: SignedTree) -> bool:
    if old.size == new.size:
        return old.root == new.root
    try:
        proof = [unb64(text) for text in ledger.consistency(old.size, new.size).hashes]
        verify_consistency(old.size, new.size, old.root, new.root, proof)
    except AssentError:
        return False
    return True
