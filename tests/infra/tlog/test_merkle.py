"""The Merkle tree against the public vectors and against a tree built straight from RFC 6962's definition."""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from infra.kernel.errors import Invalid
from infra.tlog import merkle

VECTORS = Path(__file__).parents[2] / "vectors" / "merkle" / "testdata"


def vectors(kind: str) -> list[Any]:
    paths = sorted((VECTORS / kind).rglob("*.json"))
    assert len(paths) > 30
    return [pytest.param(json.loads(p.read_text()), id=f"{p.parent.name}/{p.stem}") for p in paths]


def raw(value: str | None) -> bytes:
    return base64.b64decode(value or "")


@pytest.mark.parametrize("case", vectors("inclusion"))
def test_inclusion_vectors(case: dict[str, Any]) -> None:
    arguments = (case["leafIdx"], case["treeSize"], raw(case["leafHash"]), [raw(h) for h in case["proof"] or []])
    if case["wantErr"]:
        with pytest.raises(Invalid):
            merkle.verify_inclusion(*arguments, raw(case["root"]))
    else:
        merkle.verify_inclusion(*arguments, raw(case["root"]))


@pytest.mark.parametrize("case", vectors("consistency"))
def test_consistency_vectors(case: dict[str, Any]) -> None:
    proof = [raw(h) for h in case["proof"] or []]
    arguments = (case["size1"], case["size2"], raw(case["root1"]), raw(case["root2"]), proof)
    if case["wantErr"] or case["size1"] == 0:
        with pytest.raises(Invalid):
            merkle.verify_consistency(*arguments)
    else:
        merkle.verify_consistency(*arguments)


def definition(leaves: list[bytes]) -> bytes:
    """RFC 6962 §2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return hashlib.sha256(b"\1" + definition(leaves[:k]) + definition(leaves[k:])).digest()


@pytest.mark.parametrize("sizes", [(0, 1), (1, 1), (3, 5), (7, 64), (64, 64), (5, 0), (31, 33), (200, 101)])
def test_many_leaves_at_once_grow_the_tree_as_one_by_one(sizes: tuple[int, int]) -> None:
    leaves = [hashlib.sha256(n.to_bytes(2)).digest() for n in range(sum(sizes))]
    before, new = leaves[: sizes[0]], leaves[sizes[0] :]
    one, many = merkle.CompactRange(), merkle.CompactRange()
    for leaf in before:
        one.append(leaf)
    many.extend(before)
    nodes = {(level, n): value for leaf in new for level, n, value in one.append(leaf)}
    runs = many.extend(new)
    assert {(level, n + i): value for level, n, run in runs for i, value in enumerate(run)} == nodes
    assert (many.size, many.edge, many.root()) == (one.size, one.edge, one.root())


def grow(leaves: list[bytes]) -> tuple[merkle.CompactRange, dict[merkle.Coordinate, bytes]]:
    tree, nodes = merkle.CompactRange(), {}
    for leaf in leaves:
        nodes |= {(level, n): value for level, n, value in tree.append(merkle.hash_leaf(leaf))}
    return tree, nodes


def proof_of(spans: list[merkle.Span], nodes: dict[merkle.Coordinate, bytes]) -> list[bytes]:
    return [merkle.fold([nodes[at] for at in merkle.complete_subtrees(span)]) for span in spans]


LEAVES = [bytes([n]) * (n % 5) for n in range(40)]
ROOTS = [definition(LEAVES[:n]) for n in range(41)]


def test_growth_gives_the_defined_root_at_every_size() -> None:
    for size in range(41):
        tree, nodes = grow(LEAVES[:size])
        assert tree.root() == ROOTS[size]
        edge = [nodes[at] for at in merkle.complete_subtrees((0, size))]
        assert merkle.CompactRange(size, edge).root() == ROOTS[size], "a tree can go on from its stored edge"
        assert merkle.root_of(merkle.hash_leaf(leaf) for leaf in LEAVES[:size]) == ROOTS[size]


def test_every_proof_we_make_verifies_and_no_other_leaf_does() -> None:
    _, nodes = grow(LEAVES)
    for size in range(1, 41):
        for index in range(size):
            proof = proof_of(merkle.inclusion_spans(index, size), nodes)
            leaf = merkle.hash_leaf(LEAVES[index])
            merkle.verify_inclusion(index, size, leaf, proof, ROOTS[size])
            for broken in (
                (index, size, merkle.hash_leaf(b"other"), proof, ROOTS[size]),
                (index, size, leaf, [*proof, ROOTS[1]], ROOTS[size]),
                (index, size, leaf, proof[:-1] if proof else [ROOTS[1]], ROOTS[size]),
            ):
                with pytest.raises(Invalid):
                    merkle.verify_inclusion(*broken)


def test_every_consistency_proof_we_make_verifies() -> None:
    _, nodes = grow(LEAVES)
    for new in range(1, 41):
        for old in range(1, new + 1):
            proof = proof_of(merkle.consistency_spans(old, new), nodes)
            merkle.verify_consistency(old, new, ROOTS[old], ROOTS[new], proof)
            if old < new:
                with pytest.raises(Invalid):
                    merkle.verify_consistency(old, new, ROOTS[old - 1], ROOTS[new], proof)


@pytest.mark.parametrize(("old", "new"), [(0, 3), (4, 3), (-1, 3)])
def test_consistency_of_impossible_sizes_is_refused(old: int, new: int) -> None:
    with pytest.raises(Invalid):
        merkle.consistency_spans(old, new)
    with pytest.raises(Invalid):
        merkle.verify_consistency(old, new, ROOTS[1], ROOTS[3], [])


@pytest.mark.parametrize("index", [-1, 3, 2**70])
def test_an_index_outside_of_the_tree_is_refused(index: int) -> None:
    with pytest.raises(Invalid):
        merkle.inclusion_spans(index, 3)
    with pytest.raises(Invalid):
        merkle.verify_inclusion(index, 3, ROOTS[1], [], ROOTS[3])


def test_an_edge_that_does_not_fit_its_size_is_refused() -> None:
    with pytest.raises(Invalid):
        merkle.CompactRange(3, [ROOTS[1]])
