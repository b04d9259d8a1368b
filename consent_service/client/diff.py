"""What lies between two views of a ledger, packs or single checkpoints: continuation or fork, and what was added.

Both are taken as they are; whether each is good is :func:`consent_service.client.verify.verify_export`'s question. Two
single checkpoints of different sizes cannot be compared without a proof, and the answer then is that nobody knows.
"""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from consent_service.client import pack
from consent_service.client.digests import ENTRIES
from consent_service.client.keys import follow, is_key_change, open_followed
from infra.kernel.errors import AssentError, Invalid
from infra.kernel.rpc import Message
from infra.tlog.checkpoint import SignedTree, parse_checkpoint
from infra.tlog.leaf import LEAF_LIMIT, read_leaf
from infra.tlog.merkle import hash_leaf, root_of, verify_consistency
from infra.tlog.note import VerifierKey, split_note, unb64

CONSISTENT, UNKNOWN, DIVERGED = 0, 20, 30
_CHECKPOINT = re.compile(r"checkpoints/([0-9]{9,18})\.checkpoint")


class Added(Message):
    """One entry that only the newer view has."""

    index: int
    type: str
    at: str


class Difference(Message):
    """``verdict`` is the exit code: 0 the newer continues the older, 20 nobody can say, 30 it does not."""

    verdict: int
    detail: str
    older: int
    newer: int
    added: tuple[Added, ...] = ()


@dataclass(frozen=True)
class _View:
    """``hashes`` are the leaf hashes of the first entries, as far as none is missing, 32 bytes each."""

    note: str
    tree: SignedTree
    hashes: bytes = b""
    changes: tuple[tuple[int, bytes], ...] = ()
    reader: pack.PackReader | None = None

    def root_at(self, size: int) -> bytes | None:
        """The root over the first entries, where all of them are there."""
        if size == self.tree.size:
            return self.tree.root
        if len(self.hashes) < size * 32:
            return None
        return root_of(self.hashes[at * 32 : at * 32 + 32] for at in range(size))

    def proof(self, old: int) -> list[bytes] | None:
        """The hashes that lead from the tree of ``old`` entries to this one, where the pack has them."""
        name = pack.consistency_path(old, self.tree.size)
        if self.reader is None or name not in self.reader.others():
            return None
        return [unb64(line) for line in self.reader.read(name).decode(errors="replace").splitlines()]

    def added(self, start: int) -> Iterator["Added"]:
        """The entries from ``start`` on, as far as they are there."""
        for index in self.reader.indices(ENTRIES) if self.reader else ():
            if start <= index < self.tree.size:
                yield _added(index, self.reader.read(pack.entry_path(index), LEAF_LIMIT))  # type: ignore[union-attr]


def difference(one: Path, two: Path, key: VerifierKey | None = None) -> Difference:
    """Compare two packs or checkpoint files; with ``key`` both checkpoints must be signed by it, or by a key that the
    entries in either lead to from it. The smaller is the older. Raises :class:`Invalid` for what is neither.
    """
    with ExitStack() as stack:
        views = _view(one, stack), _view(two, stack)
        if key is not None:
            history = follow(key, sorted({*views[0].changes, *views[1].changes}))
            for view in views:
                open_followed(view.note, history)
        older, newer = sorted(views, key=lambda view: view.tree.size)
        verdict, detail = _compare(older, newer)
        added = tuple(newer.added(older.tree.size))
    return Difference(verdict=verdict, detail=detail, older=older.tree.size, newer=newer.tree.size, added=added)


def _compare(older: _View, newer: _View) -> tuple[int, str]:
    old, new = older.tree, newer.tree
    if old.origin != new.origin:
        return DIVERGED, f"two ledgers: {old.origin} and {new.origin}"
    found = newer.root_at(old.size) if old.size else old.root
    if found is not None:
        if found == old.root:
            return CONSISTENT, "the same ledger" if old.size == new.size else "the newer continues the older"
        return DIVERGED, f"different histories: two roots for the first {old.size} entries"
    proof = newer.proof(old.size)
    if proof is None:
        return UNKNOWN, "neither holds what a comparison needs: export the newer one whole, or with the older one kept"
    try:
        verify_consistency(old.size, new.size, old.root, new.root, proof)
    except AssentError:
        return DIVERGED, "the consistency proof in the newer pack fails"
    return CONSISTENT, "the newer continues the older"


def _view(path: Path, stack: ExitStack) -> _View:
    if path.is_file() and path.suffix != ".zip":
        note = path.read_bytes().decode(errors="replace")
        return _View(note, _read(note))
    reader = stack.enter_context(pack.open_pack(path))
    sizes = [int(found[1]) for name in reader.others() if (found := _CHECKPOINT.fullmatch(name))]
    if not sizes:
        raise Invalid("consent.pack_incomplete", "no checkpoint in this pack", fix="name a pack or a checkpoint")
    note = reader.read(pack.checkpoint_path(max(sizes)), 1_000_000).decode(errors="replace")
    hashes, changes = bytearray(), []
    for index in reader.indices(ENTRIES):
        leaf = reader.read(pack.entry_path(index), LEAF_LIMIT)
        if len(hashes) == index * 32:
            hashes += hash_leaf(leaf)
        if is_key_change(leaf):
            changes.append((index, leaf))
    return _View(note, _read(note), bytes(hashes), tuple(changes), reader)


def _read(note: str) -> SignedTree:
    """What a checkpoint says, whoever signed it."""
    return parse_checkpoint(split_note(note)[0])


def _added(index: int, leaf: bytes) -> Added:
    try:
        event = read_leaf(leaf, index)
    except AssentError:
        return Added(index=index, type="(not readable)", at="")
    return Added(index=index, type=event.type, at=event.at.isoformat())
