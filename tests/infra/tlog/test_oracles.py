"""The same trees, proofs and checkpoints through software nobody here wrote: sigstore's verifier, pymerkle's trees.

pymerkle is GPL and used in tests and benchmarks only.
"""

import random
from types import SimpleNamespace
from typing import Any

import pymerkle
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sigstore._internal.merkle import verify_merkle_inclusion
from sigstore._internal.rekor.checkpoint import verify_checkpoint
from sigstore.errors import VerificationError

from infra.kernel.crypto import Ed25519Signer
from infra.tlog.checkpoint import SignedTree, sign_checkpoint
from infra.tlog.merkle import (
    CompactRange,
    complete_subtrees,
    consistency_spans,
    fold,
    hash_leaf,
    inclusion_spans,
    verify_consistency,
    verify_inclusion,
)
from infra.tlog.note import VerifierKey

SIGNER = Ed25519Signer.from_seed(bytes(range(32)))
KEY = VerifierKey("assent.local/ledger", SIGNER.public)
LEAVES = [random.Random(n).randbytes(n * 7 % 300) for n in range(131)]
NODES: dict[tuple[int, int], bytes] = {}
ROOTS = [b""]
_tree = CompactRange()
for _leaf in LEAVES:
    NODES |= {(level, n): value for level, n, value in _tree.append(hash_leaf(_leaf))}
    ROOTS.append(_tree.root())
SIZES = (1, 2, 3, 7, 8, 9, 64, 65, 100, 131)


def hashes(spans: list[tuple[int, int]]) -> list[bytes]:
    return [fold([NODES[at] for at in complete_subtrees(span)]) for span in spans]


class Keyring:
    """What sigstore asks of its keyring: find the key, check one signature."""

    def verify(self, *, key_id: bytes, signature: bytes, data: bytes) -> None:
        if key_id != KEY.key_id:
            raise VerificationError("unknown key")
        try:
            Ed25519PublicKey.from_public_bytes(KEY.public).verify(signature, data)
        except Exception as error:
            raise VerificationError("bad signature") from error


def entry(index: int, size: int, **bent: Any) -> Any:
    """An entry as sigstore holds one."""
    note = sign_checkpoint(SignedTree(KEY.name, size, ROOTS[size]), SIGNER)
    proof = {
        "log_index": index, "tree_size": size, "hashes": hashes(inclusion_spans(index, size)),
        "root_hash": ROOTS[size], "checkpoint": SimpleNamespace(envelope=note),
    }  # fmt: skip
    inner = SimpleNamespace(
        inclusion_proof=SimpleNamespace(**proof | bent), canonicalized_body=LEAVES[index],
        log_id=SimpleNamespace(key_id=KEY.key_id),
    )  # fmt: skip
    return SimpleNamespace(_inner=inner)


@pytest.mark.parametrize("size", SIZES)
def test_sigstore_accepts_every_inclusion_proof_and_checkpoint(size: int) -> None:
    for index in range(size):
        one = entry(index, size)
        verify_merkle_inclusion(one)
        verify_checkpoint(Keyring(), one)  # type: ignore[arg-type]


def test_sigstore_refuses_what_we_refuse() -> None:
    for bent in ({"hashes": []}, {"log_index": 4}, {"tree_size": 64}, {"root_hash": ROOTS[64]}):
        with pytest.raises(VerificationError):
            verify_merkle_inclusion(entry(5, 65, **bent))
    note = sign_checkpoint(SignedTree(KEY.name, 65, ROOTS[65]), SIGNER)
    for text in (note.replace("\n65\n", "\n66\n"), sign_checkpoint(SignedTree(KEY.name, 64, ROOTS[64]), SIGNER)):
        with pytest.raises(VerificationError):
            verify_checkpoint(Keyring(), entry(5, 65, checkpoint=SimpleNamespace(envelope=text)))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def theirs() -> Any:
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    for leaf in LEAVES:
        tree.append_entry(leaf)
    return tree


def test_pymerkle_grows_the_same_roots(theirs: Any) -> None:
    assert [theirs.get_root(size) for size in range(1, 132)] == ROOTS[1:]


def test_pymerkles_proofs_verify_here_and_ours_there(theirs: Any) -> None:
    for size in SIZES:
        for index in range(0, size, 5):
            ours = hashes(inclusion_spans(index, size))
            found = theirs.prove_inclusion(index + 1, size)
            assert found.path[1:] == ours
            pymerkle.verify_inclusion(theirs.get_leaf(index + 1), ROOTS[size], found)
            verify_inclusion(index, size, hash_leaf(LEAVES[index]), found.path[1:], theirs.get_root(size))
        for old in range(1, size):
            proof = theirs.prove_consistency(old, size)
            pymerkle.verify_consistency(ROOTS[old], ROOTS[size], proof)
            verify_consistency(
                old, size, theirs.get_root(old), theirs.get_root(size), hashes(consistency_spans(old, size))
            )
