"""COSE receipts: fixed bytes, the same through pycose, and only the exact form with the exact signature passes."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycose.algorithms import EdDSA
from pycose.headers import KID, Algorithm
from pycose.keys import OKPKey
from pycose.keys.curves import Ed25519
from pycose.messages import CoseMessage, Sign1Message

from infra.kernel.crypto import Ed25519Signer
from infra.kernel.errors import Invalid
from infra.tlog import cose
from infra.tlog.checkpoint import SignedTree
from infra.tlog.cose import Consistency, Inclusion, make_receipt, sign_root
from infra.tlog.merkle import CompactRange, complete_subtrees, consistency_spans, fold, hash_leaf, inclusion_spans
from infra.tlog.note import VerifierKey
from tests.infra.tlog.test_mangling import flips, lengths

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "cose" / "receipts.json").read_text())
SIGNER = Ed25519Signer.from_seed(bytes.fromhex(VECTORS["seed"]))
KEY = VerifierKey(VECTORS["origin"], SIGNER.public)
LEAVES = [one.encode() for one in VECTORS["leaves"]]
NODES: dict[tuple[int, int], bytes] = {}
TREES = [SignedTree(KEY.name, 0, b"")]
_tree = CompactRange()
for _leaf in LEAVES:
    NODES |= {(level, n): value for level, n, value in _tree.append(hash_leaf(_leaf))}
    TREES.append(SignedTree(KEY.name, _tree.size, _tree.root()))
PUBLIC = OKPKey(crv=Ed25519, x=SIGNER.public)
PRIVATE = OKPKey(crv=Ed25519, x=SIGNER.public, d=SIGNER.seed())


def hashes(spans: list[tuple[int, int]]) -> tuple[bytes, ...]:
    return tuple(fold([NODES[at] for at in complete_subtrees(span)]) for span in spans)


def inclusion(index: int, size: int) -> bytes:
    proof = Inclusion(index, hashes(inclusion_spans(index, size)))
    return make_receipt(KEY.name, size, KEY.key_id, proof, sign_root(TREES[size], SIGNER)).encode()


def consistency(old: int, new: int) -> bytes:
    proof = Consistency(old, hashes(consistency_spans(old, new)))
    return make_receipt(KEY.name, new, KEY.key_id, proof, sign_root(TREES[new], SIGNER)).encode()


def code(act: Callable[[], object]) -> str:
    with pytest.raises(Invalid) as caught:
        act()
    return caught.value.code


# --- fixed bytes, and the same by others ------------------------------------------------------------------------


def test_receipts_are_these_bytes_and_no_others() -> None:
    assert inclusion(2, 5).hex() == "".join(VECTORS["inclusion"]["receipt"])
    assert cose.verify_inclusion_receipt(inclusion(2, 5), LEAVES[2], KEY) == (2, TREES[5])
    assert consistency(3, 5).hex() == "".join(VECTORS["consistency"]["receipt"])
    assert cose.verify_consistency_receipt(consistency(3, 5), TREES[3], KEY) == TREES[5]
    assert TREES[5].root.hex() == VECTORS["root"]


def test_every_receipt_verifies_and_reads_as_it_was_written() -> None:
    for size in range(2, len(LEAVES) + 1):
        for index in range(size):
            data = inclusion(index, size)
            assert cose.verify_inclusion_receipt(data, LEAVES[index], KEY) == (index, TREES[size])
            assert cose.decode_receipt(data).encode() == data
        for old in range(1, size):
            assert cose.verify_consistency_receipt(consistency(old, size), TREES[old], KEY) == TREES[size]
            assert cose.decode_receipt(consistency(old, size)).encode() == consistency(old, size)


def test_pycose_reads_and_verifies_them() -> None:
    for data, size in ((inclusion(2, 5), 5), (inclusion(0, 9), 9), (consistency(3, 5), 5), (consistency(8, 9), 9)):
        message = CoseMessage.decode(data)
        assert isinstance(message, Sign1Message)
        message.key = PUBLIC
        assert (message.payload, message.phdr[Algorithm], message.phdr[KID]) == (None, EdDSA, KEY.key_id)
        assert (message.phdr[395], message.phdr[15]) == (1, {1: KEY.name})
        assert message.verify_signature(detached_payload=TREES[size].root)
        assert not message.verify_signature(detached_payload=TREES[size - 1].root)


DOCS = Path(__file__).parents[3] / "docs" / "audit.md"


def test_the_program_in_the_manual_checks_a_receipt(tmp_path: Path) -> None:
    [program] = [text.split("```")[0] for text in DOCS.read_text().split("```python\n")[1:]]
    files = {
        "check.py": program.encode(), "good": inclusion(2, 5), "moved": inclusion(3, 5), "leaf": LEAVES[2],
        "other": LEAVES[3], "log.vkey": f"{KEY}\n".encode(),
    }  # fmt: skip
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    for receipt, leaf, *said in (("good", "leaf", "entry 2 of 5\n", 0), ("good", "other", "this does not hold\n", 1),
                                 ("moved", "leaf", "this does not hold\n", 1)):  # fmt: skip
        words = [sys.executable, "check.py", receipt, leaf, "log.vkey"]
        found = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (found.stderr, [found.stdout, found.returncode]) == ("", said)


def theirs(header: dict[Any, Any] | None = None, proofs: dict[Any, Any] | None = None, root: bytes = b"") -> bytes:
    """Receipt 2 of 5 made by pycose; ``header`` replaces what the protected header says."""
    phdr = header or {Algorithm: EdDSA, KID: KEY.key_id, 15: {1: KEY.name}, 395: 1, cose.TREE_SIZE: 5}
    proof = cbor2.dumps([5, 2, list(hashes(inclusion_spans(2, 5)))])
    message = Sign1Message(phdr=phdr, uhdr=proofs or {396: {-1: [proof]}}, key=PRIVATE)
    return message.encode(detached_payload=root or TREES[5].root)


def test_pycose_writes_the_same_bytes() -> None:
    assert theirs() == inclusion(2, 5)


# --- headers ----------------------------------------------------------------------------------------------------

HEADER = {1: -8, 4: KEY.key_id, 15: {1: KEY.name}, 395: 1, cose.TREE_SIZE: 5}


def signed(header: Any = HEADER, **parts: Any) -> bytes:
    """A well-signed COSE_Sign1 with these parts; ``header`` is encoded in the order that it is in."""
    protected = header if isinstance(header, bytes) else cbor2.dumps(header)
    proof = cbor2.dumps([5, 2, list(hashes(inclusion_spans(2, 5)))])
    signature = SIGNER.sign(cbor2.dumps(["Signature1", protected, b"", TREES[5].root]))
    array = [
        protected, parts.get("unprotected", {396: {-1: [parts.get("proof", proof)]}}), parts.get("payload"), signature
    ]  # fmt: skip
    return cbor2.dumps(cbor2.CBORTag(parts.get("tag", 18), array))


def verify(data: bytes) -> object:
    return cose.verify_inclusion_receipt(data, LEAVES[2], KEY)


def test_what_is_not_critical_may_be_added_and_is_signed() -> None:
    assert signed() == inclusion(2, 5)
    grown = {1: -8, 4: KEY.key_id, 15: {1: KEY.name, 6: 1_795_000_000}, 16: "x", 395: 1, cose.TREE_SIZE: 5, "z": [1]}
    assert verify(signed(dict(sorted(grown.items(), key=lambda item: cbor2.dumps(item[0]))))) == (2, TREES[5])


def test_critical_headers_are_known_or_refused() -> None:
    assert verify(signed({1: -8, 2: [cose.TREE_SIZE, 395], **HEADER})) == (2, TREES[5])
    for critical in (["z"], [395, 99], [7], [], "alg", [True], 395, [[1]], None):
        header = {1: -8, 2: critical, 4: KEY.key_id, 15: {1: KEY.name}, 395: 1, cose.TREE_SIZE: 5}
        for more in ({}, {"z": 1}):
            data = signed(dict(sorted((header | more).items(), key=lambda item: cbor2.dumps(item[0]))))
            assert code(lambda data=data: verify(data)) == "consent.receipt_malformed", critical


BENT = {
    "another algorithm": HEADER | {1: -7},
    "no algorithm": {key: value for key, value in HEADER.items() if key != 1},
    "another structure": HEADER | {395: 2},
    "a structure that is true": HEADER | {395: True},
    "no structure": {key: value for key, value in HEADER.items() if key != 395},
    "a short key id": HEADER | {4: KEY.key_id[:3]},
    "a key id in text": HEADER | {4: "abcd"},
    "no key id": {key: value for key, value in HEADER.items() if key != 4},
    "no origin": HEADER | {15: {}},
    "claims that are none": HEADER | {15: 7},
    "an origin with a space": HEADER | {15: {1: "a b"}},
    "no size": {key: value for key, value in HEADER.items() if key != cose.TREE_SIZE},
    "a size of one": HEADER | {cose.TREE_SIZE: 1},
    "another size": HEADER | {cose.TREE_SIZE: 6},
    "a size that is too large": HEADER | {cose.TREE_SIZE: 2**63},
    "a list": [1, 2],
    "nothing": b"",
}


@pytest.mark.parametrize("name", BENT)
def test_a_header_that_says_something_else_is_refused_though_it_is_signed(name: str) -> None:
    refused = ("consent.receipt_malformed", "consent.cbor_malformed")
    assert code(lambda: verify(signed(BENT[name]))) in refused


LOOSE = {
    "keys in another order": signed({4: KEY.key_id, 1: -8, 15: {1: KEY.name}, 395: 1, cose.TREE_SIZE: 5}),
    "a key twice": signed(b"\xa6\x01\x27" + cbor2.dumps(HEADER)[1:]),
    "a longer number": signed(cbor2.dumps(HEADER).replace(b"\x01\x27", b"\x01\x38\x07", 1)),
    "no end": signed(b"\xbf" + cbor2.dumps(HEADER)[1:] + b"\xff"),
    "a header and more": signed(cbor2.dumps(HEADER) + b"\x00"),
    "a receipt and more": inclusion(2, 5) + b"\x00",
    "two receipts": inclusion(2, 5) * 2,
    "no tag": inclusion(2, 5)[1:],
    "two tags": b"\xd2" + inclusion(2, 5),
    "a longer tag": b"\xd8\x12" + inclusion(2, 5)[1:],
    "another tag": signed(tag=98),
    "its payload": signed(payload=TREES[5].root),
    "an empty payload": signed(payload=b""),
    "more beside the proof": signed(unprotected={4: b"x", 396: {-1: [cbor2.dumps([5, 2, [bytes(32)]])]}}),
    "no proof": signed(unprotected={396: {}}),
    "no proofs": signed(unprotected={396: {-1: []}}),
    "two proofs": signed(unprotected={396: {-1: [cbor2.dumps([5, 2, list(hashes(inclusion_spans(2, 5)))])] * 2}}),
    "two kinds": signed(unprotected={396: {-1: [b"\x00"], -2: [b"\x00"]}}),
    "an unknown kind": signed(unprotected={396: {-3: [cbor2.dumps([5, 2, [bytes(32)]])]}}),
    "a kind that is false": signed(unprotected={396: {False: [cbor2.dumps([5, 2, [bytes(32)]])]}}),
    "a proof that is no bytes": signed(unprotected={396: {-1: [[5, 2, [bytes(32)]]]}}),
    "an empty path": signed(proof=cbor2.dumps([5, 2, []])),
    "a path too long": signed(proof=cbor2.dumps([5, 2, [bytes(32)] * 64])),
    "a short hash": signed(proof=cbor2.dumps([5, 2, [bytes(31)]])),
    "another size in the proof": signed(proof=cbor2.dumps([6, 2, list(hashes(inclusion_spans(2, 5)))])),
    "an index outside": signed(proof=cbor2.dumps([5, 5, list(hashes(inclusion_spans(2, 5)))])),
    "an index below": signed(proof=cbor2.dumps([5, -1, list(hashes(inclusion_spans(2, 5)))])),
    "an index that is true": signed(proof=cbor2.dumps([5, True, list(hashes(inclusion_spans(2, 5)))])),
    "itself": bytes.fromhex("d21d00"),
    "a cycle": bytes.fromhex("d2d81c84d81d00d81d00d81d00d81d00"),
    "too many bytes": signed(HEADER | {"z": "x" * 8192}),
    "a hill of arrays": b"\x81" * 8000,
    "nothing": b"",
}


@pytest.mark.parametrize("name", LOOSE)
def test_a_receipt_has_one_form(name: str) -> None:
    assert code(lambda: verify(LOOSE[name])) in ("consent.receipt_malformed", "consent.cbor_malformed")


# --- what it proves ---------------------------------------------------------------------------------------------


def test_the_size_and_the_index_are_proven_too() -> None:
    """Under RFC 9942 alone the path of entry 1 of 2 proves entry 2 of 3 as well, where the roots allow it."""
    leaf, sibling = hash_leaf(b"leaf"), bytes(32)
    root = SignedTree(KEY.name, 2, fold([sibling, leaf]))
    signature = sign_root(root, SIGNER)
    honest = make_receipt(KEY.name, 2, KEY.key_id, Inclusion(1, (sibling,)), signature)
    assert cose.verify_inclusion_receipt(honest.encode(), b"leaf", KEY) == (1, root)
    moved = make_receipt(KEY.name, 3, KEY.key_id, Inclusion(2, (sibling,)), signature)
    assert code(lambda: cose.verify_inclusion_receipt(moved.encode(), b"leaf", KEY)) == "consent.receipt_unsigned"


def test_another_leaf_key_or_tree_is_refused() -> None:
    other = VerifierKey(KEY.name, Ed25519Signer.from_seed(bytes(32)).public)
    renamed = VerifierKey("other.example", KEY.public)
    for leaf, keys in ((LEAVES[3], [KEY]), (LEAVES[2] + b"\n", [KEY]), (LEAVES[2], [other]), (LEAVES[2], [renamed]),
                       (LEAVES[2], [])):  # fmt: skip
        refused = code(lambda leaf=leaf, keys=keys: cose.verify_inclusion_receipt(inclusion(2, 5), leaf, *keys))
        assert refused == "consent.receipt_unsigned"
    assert cose.verify_inclusion_receipt(inclusion(2, 5), LEAVES[2], other, KEY)[0] == 2, "one key of several"
    for old in (TREES[4], SignedTree(KEY.name, 3, TREES[4].root), SignedTree("other", 3, TREES[3].root)):
        refused = code(lambda old=old: cose.verify_consistency_receipt(consistency(3, 5), old, KEY))
        assert refused == "consent.proof_invalid"
    assert code(lambda: cose.verify_consistency_receipt(inclusion(2, 5), TREES[2], KEY)) == "consent.receipt_malformed"
    assert code(lambda: cose.verify_inclusion_receipt(consistency(2, 5), LEAVES[2], KEY)) == "consent.receipt_malformed"


def test_a_root_is_signed_for_two_leaves_and_more() -> None:
    for size in (0, 1, 2**63):
        assert code(lambda size=size: sign_root(SignedTree(KEY.name, size, bytes(32)), SIGNER)) == (
            "consent.receipt_malformed"
        )
    signature = sign_root(TREES[5], SIGNER)
    cose.verify_root(TREES[5], KEY, signature)
    for tree in (TREES[4], SignedTree(KEY.name, 6, TREES[5].root), SignedTree("other", 5, TREES[5].root)):
        assert code(lambda tree=tree: cose.verify_root(tree, KEY, signature)) == "consent.receipt_unsigned"


# --- bad input --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["inclusion", "consistency"])
def test_every_mangled_receipt_is_refused(kind: str) -> None:
    data, check = {
        "inclusion": (inclusion(2, 5), verify),
        "consistency": (consistency(3, 5), lambda data: cose.verify_consistency_receipt(data, TREES[3], KEY)),
    }[kind]
    assert check(data)
    for changed in (*flips(data), *lengths(data)):
        if changed != data:
            with pytest.raises(Invalid):
                check(changed)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_refused_in_our_words(data: bytes) -> None:
    for whole in (data, b"\xd2\x84" + data, b"\xd2\x84\x40\xa0\xf6" + data):
        with pytest.raises(Invalid):
            cose.decode_receipt(whole)


@settings(max_examples=200, deadline=None)
@given(st.recursive(st.integers() | st.binary(max_size=8) | st.text(max_size=8) | st.booleans() | st.floats(),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.integers() | st.text(max_size=3),
                                                                                inner, max_size=3)))  # fmt: skip
def test_any_item_in_any_place_is_refused_in_our_words(value: Any) -> None:
    for data in (signed(value), signed(unprotected=value), signed(unprotected={396: {-1: value}}),
                 signed(proof=cbor2.dumps(value))):  # fmt: skip
        with pytest.raises(Invalid):
            cose.decode_receipt(data)
