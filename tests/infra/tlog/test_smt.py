"""The sparse Merkle map: one root has one answer for each key, and no bent proof passes."""

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.kernel.errors import Invalid
from infra.tlog.smt import EMPTY, MapLeaf, MapProof, bits, build, path_places, prove, put, root_of_map, verify_map

near = st.integers(0, 2**12 - 1).map(lambda n: (n << 244).to_bytes(32))
"""Keys that share long prefixes, and differ in their first twelve bits only."""
far = st.binary(min_size=32, max_size=32)
deep = st.integers(0, 15).map(lambda n: n.to_bytes(32))
"""Keys that differ in their last four bits only."""
keys = st.one_of(near, far, deep)
values = st.binary(min_size=32, max_size=32)
maps = st.dictionaries(keys, values, max_size=40)


def naive_root(known: dict[bytes, bytes], prefix: str = "") -> bytes:
    """The definition, read literally: an oracle that shares no code with the tree but the hashes' formulas."""
    inside = [key for key in known if format(int.from_bytes(key), "0256b").startswith(prefix)]
    if not inside:
        return EMPTY
    if len(inside) == 1:
        return hashlib.sha256(b"\x02" + inside[0] + known[inside[0]]).digest()
    left, right = naive_root(known, prefix + "0"), naive_root(known, prefix + "1")
    return hashlib.sha256(b"\x03" + left + right).digest()


@settings(max_examples=60, deadline=None)
@given(maps)
def test_the_root_is_the_definitions(known: dict[bytes, bytes]) -> None:
    assert root_of_map(build(list(known.items()))) == naive_root(known)


@settings(max_examples=60, deadline=None)
@given(maps, st.randoms(use_true_random=False))
def test_the_order_of_updates_does_not_matter(known: dict[bytes, bytes], random: object) -> None:
    pairs = list(known.items())
    first = root_of_map(build(pairs))
    random.shuffle(pairs)  # type: ignore[attr-defined]
    twice = [(key, bytes(32)) for key, _ in pairs]
    assert root_of_map(build(twice + pairs)) == first


@settings(max_examples=60, deadline=None)
@given(maps, keys)
def test_what_is_there_is_proven_and_what_is_not_there_too(known: dict[bytes, bytes], other: bytes) -> None:
    nodes = build(list(known.items()))
    root = root_of_map(nodes)
    for key in (*known, other):
        assert verify_map(root, key, prove(nodes, key)) == known.get(key)


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(keys, values, min_size=2, max_size=30), keys, st.data())
def test_a_bent_proof_is_refused(known: dict[bytes, bytes], key: bytes, data: st.DataObject) -> None:
    nodes = build(list(known.items()))
    root, proof = root_of_map(nodes), prove(nodes, key)
    at = data.draw(st.integers(0, len(proof.siblings) - 1)) if proof.siblings else None
    bent = [replace(proof, siblings=(*proof.siblings, EMPTY)), replace(proof, siblings=(EMPTY, *proof.siblings))]
    if at is not None:
        bit = data.draw(st.integers(0, 255))
        flipped = (int.from_bytes(proof.siblings[at]) ^ (1 << bit)).to_bytes(32)
        bent.append(replace(proof, siblings=(*proof.siblings[:at], flipped, *proof.siblings[at + 1 :])))
        bent.append(replace(proof, siblings=proof.siblings[:-1]))
    if proof.leaf is not None:
        bent.append(replace(proof, leaf=None))
        bent.append(replace(proof, leaf=MapLeaf(proof.leaf.key, hashlib.sha256(proof.leaf.value).digest())))
    else:
        bent.append(replace(proof, leaf=MapLeaf(key, bytes(32))))
    for one in bent:
        with pytest.raises(Invalid, match="proof_invalid"):
            verify_map(root, key, one)


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(keys, values, min_size=1, max_size=20), st.data())
def test_no_proof_of_one_key_hides_another(known: dict[bytes, bytes], data: st.DataObject) -> None:
    """Any proof the map can give, for whatever key, never makes a present key look absent or changed."""
    nodes = build(list(known.items()))
    root, present = root_of_map(nodes), data.draw(st.sampled_from(sorted(known)))
    for key in (*known, data.draw(keys)):
        try:
            answer = verify_map(root, present, prove(nodes, key))
        except Invalid:
            continue
        assert answer == known[present]


@settings(max_examples=40, deadline=None)
@given(maps, keys, values)
def test_an_update_touches_only_the_places_it_says(known: dict[bytes, bytes], key: bytes, value: bytes) -> None:
    nodes = build(list(known.items()))
    before = dict(nodes)
    deepest = max((len(place) for place in nodes), default=0) + 1
    part = {place: nodes[place] for place in path_places(key, deepest) if place in nodes}
    changed = put(nodes, key, value)
    assert {place for place in nodes if nodes[place] != before.get(place)} <= set(changed)
    put(part, key, value)
    assert all(part[place] == nodes[place] for place in changed)


def test_malformed_proofs_and_keys_are_refused() -> None:
    for root, key, proof in (
        (EMPTY, b"short", MapProof((), None)), (b"x", bytes(32), MapProof((), None)),
        (EMPTY, bytes(32), MapProof((b"x",), None)), (EMPTY, bytes(32), MapProof((EMPTY,) * 257, None)),
        (EMPTY, bytes(32), MapProof((), MapLeaf(bytes(32), b"x"))),
    ):  # fmt: skip
        with pytest.raises(Invalid, match="proof_invalid"):
            verify_map(root, key, proof)
    with pytest.raises(Invalid):
        put({}, bytes(32), b"short")
    assert bits(bytes(32)) == "0" * 256
    assert verify_map(EMPTY, bytes(32), MapProof((), None)) is None
