"""A sparse Merkle map from 32-byte keys to 32-byte values: updates, proofs and their verification. Pure.

The tree follows the bits of the key, most significant first; a subtree with one key in it is that key's leaf, so a
map of n random keys is about log2(n) levels deep. Hashes: empty = 32 zero bytes, leaf = SHA-256(0x02 || key || value),
branch = SHA-256(0x03 || left || right); the prefixes keep them apart from each other and from the log's own tree.

A path from the root ends in exactly one way: in a leaf of the key (present), in a leaf of another key with the same
prefix (absent), or in nothing (absent). Since a hash names one of these kinds, one root has one answer for each key.
"""

import hashlib
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass

from infra.kernel.errors import Invalid

EMPTY = bytes(32)
KEY_SIZE = 32
MAX_DEPTH = 256


@dataclass(frozen=True)
class MapLeaf:
    """One key with its value."""

    key: bytes
    value: bytes

    @property
    def hash(self) -> bytes:
        return hashlib.sha256(b"\x02" + self.key + self.value).digest()


@dataclass(frozen=True)
class Branch:
    """An inner node with the hashes of its two children."""

    left: bytes
    right: bytes

    @property
    def hash(self) -> bytes:
        return hashlib.sha256(b"\x03" + self.left + self.right).digest()


MapNode = MapLeaf | Branch
Nodes = Mapping[str, MapNode]
"""Nodes by their place: the bits from the root, ``""`` is the root itself. What is not there is empty."""


@dataclass(frozen=True)
class MapProof:
    """``siblings`` from the root down; ``leaf`` is what the path ends in: None for nothing."""

    siblings: tuple[bytes, ...]
    leaf: MapLeaf | None


def bits(key: bytes) -> str:
    """The 256 bits of a key as text, most significant first."""
    if len(key) != KEY_SIZE:
        raise _refuse("a key has 32 bytes")
    return f"{int.from_bytes(key):0256b}"


def root_of_map(nodes: Nodes) -> bytes:
    """The root hash; 32 zero bytes for the empty map."""
    return _hash(nodes.get(""))


def path_places(key: bytes, depth: int) -> list[str]:
    """Every place that an update or a proof of ``key`` may read down to ``depth``: its path and the siblings."""
    path = bits(key)
    return ["", *(path[:n] + bit for n in range(min(depth, MAX_DEPTH)) for bit in "01")]


def put(nodes: MutableMapping[str, MapNode], key: bytes, value: bytes) -> list[str]:
    """Set ``key`` to ``value``; returns the places that changed, deepest first."""
    path, new = bits(key), MapLeaf(key, value)
    if len(value) != 32:
        raise _refuse("a value has 32 bytes")
    place = _end(nodes, path)
    found = nodes.get(place)
    changed = []
    if isinstance(found, MapLeaf) and found.key != key:
        other = bits(found.key)
        shared = next(n for n in range(len(place), MAX_DEPTH) if path[n] != other[n])
        nodes[other[: shared + 1]] = found
        changed.append(other[: shared + 1])
        place = path[: shared + 1]
    nodes[place] = new
    changed.append(place)
    for length in range(len(place) - 1, -1, -1):
        up = path[:length]
        nodes[up] = Branch(_hash(nodes.get(up + "0")), _hash(nodes.get(up + "1")))
        changed.append(up)
    return changed


def prove(nodes: Nodes, key: bytes) -> MapProof:
    """The proof of what the map says about ``key``, present or absent."""
    path = bits(key)
    place = _end(nodes, path)
    siblings = tuple(_hash(nodes.get(path[:n] + _other(path[n]))) for n in range(len(place)))
    found = nodes.get(place)
    return MapProof(siblings, found if isinstance(found, MapLeaf) else None)


def verify_map(root: bytes, key: bytes, proof: MapProof) -> bytes | None:
    """The value of ``key`` under ``root``, None when the map does not have it.

    Raises Invalid (``consent.proof_invalid``) unless the proof shows exactly that.
    """
    path, depth, leaf = bits(key), len(proof.siblings), proof.leaf
    if depth > MAX_DEPTH or any(len(item) != 32 for item in (root, *proof.siblings)):
        raise _refuse("the proof is not made of at most 256 hashes of 32 bytes")
    if leaf is not None and (len(leaf.value) != 32 or bits(leaf.key)[:depth] != path[:depth]):
        raise _refuse("the proof ends in a leaf of another path")
    node = EMPTY if leaf is None else leaf.hash
    for n in range(depth - 1, -1, -1):
        sibling = proof.siblings[n]
        node = Branch(node, sibling).hash if path[n] == "0" else Branch(sibling, node).hash
    if node != root:
        raise _refuse("the proof does not lead to the root")
    return leaf.value if leaf is not None and leaf.key == key else None


def build(pairs: Sequence[tuple[bytes, bytes]]) -> dict[str, MapNode]:
    """The map of ``pairs``, made from nothing; a later pair replaces an earlier one of the same key."""
    nodes: dict[str, MapNode] = {}
    for key, value in pairs:
        put(nodes, key, value)
    return nodes


def _end(nodes: Nodes, path: str) -> str:
    """Where the path of a key ends: at a leaf or at nothing."""
    depth = 0
    while isinstance(nodes.get(path[:depth]), Branch):
        depth += 1
    return path[:depth]


def _hash(node: MapNode | None) -> bytes:
    return EMPTY if node is None else node.hash


def _other(bit: str) -> str:
    return "1" if bit == "0" else "0"


def _refuse(detail: str) -> Invalid:
    return Invalid("consent.proof_invalid", detail)
