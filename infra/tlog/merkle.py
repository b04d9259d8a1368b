"""The Merkle tree of RFC 6962 §2.1: hashes, growth, which nodes a proof needs, and proof verification. Pure.

Verification follows RFC 9162 §2.1.3.2 (inclusion) and §2.1.4.2 (consistency) step by step and raises
:class:`Invalid` (``consent.proof_invalid``); it never answers with a flag that a caller could forget to read.
"""

import hashlib
from collections.abc import Iterable, Sequence

from infra.kernel.errors import Invalid

EMPTY_ROOT = hashlib.sha256(b"").digest()
HASH_SIZE = 32

Coordinate = tuple[int, int]
"""``(level, n)`` of a complete subtree: it covers leaves ``n·2^level`` up to ``(n+1)·2^level``, exclusive."""
Node = tuple[int, int, bytes]
Run = tuple[int, int, list[bytes]]
"""``(level, n, hashes)``: neighbours of one level, the first of them ``n``."""
Span = tuple[int, int]
"""Leaves ``start`` up to ``end``, exclusive."""


def hash_leaf(entry: bytes) -> bytes:
    """``SHA-256(0x00 || entry)``."""
    return hashlib.sha256(b"\x00" + entry).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    """``SHA-256(0x01 || left || right)``."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class CompactRange:
    """The right edge of a growing tree: the roots of its complete subtrees, largest first.

    ``size`` leaves need at most ``log2(size) + 1`` hashes; every append costs two hashes on average.
    """

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        if len(hashes) != size.bit_count():
            raise Invalid("consent.tree_inconsistent", "the tree's right edge does not fit its size", size=size)
        self.size = size
        self._hashes = list(hashes)

    def append(self, leaf_hash: bytes) -> list[Node]:
        """Add a leaf; returns every subtree that became complete, the leaf itself first."""
        level, n, node = 0, self.size, leaf_hash
        grown = [(level, n, node)]
        while n & 1:
            level, n, node = level + 1, n >> 1, hash_node(self._hashes.pop(), node)
            grown.append((level, n, node))
        self._hashes.append(node)
        self.size += 1
        return grown

    def extend(self, leaf_hashes: Sequence[bytes]) -> list[Run]:
        """Add leaves in order, at half the cost of one by one; every subtree that became complete, a run a level."""
        levels = [level for level in range(self.size.bit_length() - 1, -1, -1) if self.size >> level & 1]
        edge = dict(zip(levels, self._hashes, strict=True))
        grown: list[Run] = []
        level, n, row = 0, self.size, list(leaf_hashes)
        while row:
            grown.append((level, n, row))
            pairs = [edge.pop(level), *row] if n & 1 else row
            if len(pairs) & 1:
                edge[level] = pairs[-1]
            row = [hash_node(left, right) for left, right in zip(pairs[::2], pairs[1::2], strict=False)]
            level, n = level + 1, n >> 1
        self._hashes = [edge[level] for level in sorted(edge, reverse=True)]
        self.size += len(leaf_hashes)
        return grown

    def copy(self) -> "CompactRange":
        """The same tree, to grow on its own."""
        return CompactRange(self.size, self._hashes)

    @property
    def edge(self) -> list[bytes]:
        """The roots of its complete subtrees, largest first: what it is made from again."""
        return list(self._hashes)

    def root(self) -> bytes:
        """The tree's root: the edge folded from the right (RFC 6962 splits at the largest power of two)."""
        return fold(self._hashes) if self._hashes else EMPTY_ROOT


def root_of(leaf_hashes: Iterable[bytes]) -> bytes:
    """The root over leaf hashes in order."""
    tree = CompactRange()
    for leaf_hash in leaf_hashes:
        tree.append(leaf_hash)
    return tree.root()


def fold(hashes: Sequence[bytes]) -> bytes:
    """The hash of a span from the roots of its complete subtrees, left to right; at least one."""
    *rest, node = hashes
    for left in reversed(rest):
        node = hash_node(left, node)
    return node


def complete_subtrees(span: Span) -> list[Coordinate]:
    """The fewest complete subtrees that cover a span, left to right."""
    start, end = span
    found: list[Coordinate] = []
    while start < end:
        largest = (end - start).bit_length() - 1
        aligned = (start & -start).bit_length() - 1 if start else largest
        level = min(largest, aligned)
        found.append((level, start >> level))
        start += 1 << level
    return found


def inclusion_spans(index: int, size: int) -> list[Span]:
    """The spans whose hashes prove leaf ``index`` in a tree of ``size`` leaves, leaf side first (RFC 6962 §2.1.1)."""
    if not 0 <= index < size:
        raise Invalid("consent.no_such_entry", "the tree of this size has no such entry", index=index, size=size)
    low, high, spans = 0, size, []
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            spans.append((middle, high))
            high = middle
        else:
            spans.append((low, middle))
            low = middle
    return spans[::-1]


def consistency_spans(old: int, new: int) -> list[Span]:
    """The spans whose hashes prove that the tree of ``new`` leaves extends the one of ``old`` (RFC 6962 §2.1.2)."""
    if not 1 <= old <= new:
        raise Invalid("consent.bad_sizes", "consistency needs 1 <= old <= new", old=old, new=new)
    low, high, whole, spans = 0, new, True, []
    while old < high:
        middle = low + _split(high - low)
        if old <= middle:
            spans.append((middle, high))
            high = middle
        else:
            spans.append((low, middle))
            low, whole = middle, False
    if not whole:
        spans.append((low, high))
    return spans[::-1]


def verify_inclusion(index: int, size: int, leaf_hash: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Return None when ``proof`` places the leaf at ``index`` of the tree with ``root`` (RFC 9162 §2.1.3.2)."""
    if inclusion_root(index, size, leaf_hash, proof) != root:
        raise _refuse("the inclusion proof does not lead to the root")


def inclusion_root(index: int, size: int, leaf_hash: bytes, proof: Sequence[bytes]) -> bytes:
    """The root that ``proof`` leads to from the leaf at ``index`` (RFC 9162 §2.1.3.2, but for the last comparison)."""
    _verify_hashes(leaf_hash, *proof)
    if not 0 <= index < size:
        raise _refuse("the index is outside of the tree")
    position, last, node = index, size - 1, leaf_hash
    for sibling in proof:
        if last == 0:
            raise _refuse("the proof has too many hashes")
        if position & 1 or position == last:
            node = hash_node(sibling, node)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            node = hash_node(node, sibling)
        position, last = position >> 1, last >> 1
    if last != 0:
        raise _refuse("the proof has too few hashes")
    return node


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Return None when the tree of ``new`` leaves extends the one of ``old`` (RFC 9162 §2.1.4.2); ``old`` ≥ 1."""
    if not 1 <= old <= new:
        raise _refuse("consistency needs 1 <= old <= new")
    if old == new:
        if proof or old_root != new_root:
            raise _refuse("trees of one size have one root and an empty proof")
        return
    if consistency_root(old, new, old_root, proof) != new_root:
        raise _refuse("the consistency proof does not lead to both roots")


def consistency_root(old: int, new: int, old_root: bytes, proof: Sequence[bytes]) -> bytes:
    """The root of ``new`` leaves that ``proof`` leads to from the one of ``old`` (the same, but for its last
    comparison); 1 <= old < new.
    """
    _verify_hashes(*proof)
    if not 1 <= old < new:
        raise _refuse("one tree grows into another with 1 <= old < new")
    if not proof:
        raise _refuse("the consistency proof is empty")
    path = [old_root, *proof] if old.bit_count() == 1 else list(proof)
    found, root = _climb(old - 1, new - 1, path)
    if found != old_root:
        raise _refuse("the consistency proof does not lead to both roots")
    return root


def _climb(first: int, second: int, path: list[bytes]) -> tuple[bytes, bytes]:
    """Steps 4 to 6 of §2.1.4.2: the old and the new root that ``path`` leads to."""
    while first & 1:
        first, second = first >> 1, second >> 1
    old_node = new_node = path[0]
    for sibling in path[1:]:
        if second == 0:
            raise _refuse("the proof has too many hashes")
        if first & 1 or first == second:
            old_node, new_node = hash_node(sibling, old_node), hash_node(sibling, new_node)
            while not first & 1 and first:
                first, second = first >> 1, second >> 1
        else:
            new_node = hash_node(new_node, sibling)
        first, second = first >> 1, second >> 1
    if second != 0:
        raise _refuse("the proof has too few hashes")
    return old_node, new_node


def _split(count: int) -> int:
    """The largest power of two below ``count`` (≥ 2)."""
    return 1 << ((count - 1).bit_length() - 1)


def _verify_hashes(*hashes: bytes) -> None:
    if any(len(item) != HASH_SIZE for item in hashes):
        raise _refuse("a hash has not 32 bytes")


def _refuse(detail: str) -> Invalid:
    return Invalid("consent.proof_invalid", detail)
