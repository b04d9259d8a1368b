"""Bad input: each bit flipped and each length off by one, in keys, notes, proofs and tiles, is refused or harmless.

*Harmless* is exact: a mangled form may only be accepted when it says the very same thing (a signature line of a key
nobody asked about, for one).
"""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.kernel.crypto import Ed25519Signer
from infra.kernel.errors import AssentError, Invalid, TooLarge
from infra.tlog.checkpoint import SignedTree, open_checkpoint, parse_checkpoint, sign_checkpoint
from infra.tlog.cosignature import (
    ED25519_COSIGNATURE,
    Cosigner,
    WitnessKey,
    parse_witness_key,
    verify_cosignatures,
)
from infra.tlog.leaf import LEAF_LIMIT, verify_leaf_size
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
from infra.tlog.note import VerifierKey, parse_vkey
from infra.tlog.proof import TlogProof, verify_tlog_proof
from infra.tlog.tiles import pack_bundle, unpack_bundle

SIGNER = Ed25519Signer.from_seed(bytes(range(32)))
KEY = VerifierKey("assent.local/ledger", SIGNER.public)
WITNESS = Cosigner(
    WitnessKey("w.example", ED25519_COSIGNATURE, Ed25519Signer.from_seed(b"w" * 32).public),
    Ed25519Signer.from_seed(b"w" * 32),
)
LEAVES = [b"entry %d" % n for n in range(23)]
TREE, NODES = CompactRange(), {}
for _leaf in LEAVES:
    NODES |= {(level, n): value for level, n, value in TREE.append(hash_leaf(_leaf))}
SIGNED = SignedTree(KEY.name, TREE.size, TREE.root())
NOTE = sign_checkpoint(SIGNED, SIGNER)
COSIGNED = NOTE + WITNESS.cosign(SIGNED.text(), 1_795_000_000)
INDEX = 13


def hashes(spans: list[tuple[int, int]]) -> tuple[bytes, ...]:
    return tuple(fold([NODES[at] for at in complete_subtrees(span)]) for span in spans)


INCLUSION = hashes(inclusion_spans(INDEX, 23))
CONSISTENCY = hashes(consistency_spans(11, 23))
OLD = fold([NODES[at] for at in complete_subtrees((0, 11))])
PROOF = TlogProof(INDEX, INCLUSION, NOTE).text()


def flips(data: bytes) -> Iterator[bytes]:
    """Each bit flipped once."""
    for at in range(len(data)):
        for bit in range(8):
            yield data[:at] + bytes([data[at] ^ (1 << bit)]) + data[at + 1 :]


def lengths(data: bytes) -> Iterator[bytes]:
    """One byte less, at each place; one more, at each place."""
    for at in range(len(data)):
        yield data[:at] + data[at + 1 :]
        yield data[:at] + data[at : at + 1] + data[at:]
    yield data + b"\n"
    yield data + b"A"


def texts(text: str) -> Iterator[str]:
    """Both, as far as they are UTF-8: other bytes never become a text."""
    for data in (*flips(text.encode()), *lengths(text.encode())):
        try:
            changed = data.decode()
        except UnicodeDecodeError:
            continue
        if changed != text:
            yield changed


def test_every_mangled_verifier_key_is_refused() -> None:
    for text, parse in ((str(KEY), parse_vkey), (str(WITNESS.key), parse_witness_key)):
        for changed in texts(text):
            if changed.strip() != text:
                with pytest.raises(Invalid):
                    parse(changed)


def test_every_mangled_checkpoint_is_refused() -> None:
    for changed in texts(NOTE):
        with pytest.raises(Invalid):
            open_checkpoint(changed, KEY)


def test_a_mangled_cosignature_never_counts() -> None:
    for changed in texts(COSIGNED):
        try:
            tree, names = open_checkpoint(changed, KEY), verify_cosignatures(changed, [WITNESS.key])
        except Invalid:
            continue
        assert (tree, names) == (SIGNED, ()), "another witness's line, or none"


def test_every_mangled_proof_file_is_refused() -> None:
    for changed in texts(PROOF):
        with pytest.raises(Invalid):
            verify_tlog_proof(changed, LEAVES[INDEX], KEY)
    assert verify_tlog_proof(PROOF, LEAVES[INDEX], KEY) == (INDEX, SIGNED)


def test_every_mangled_leaf_is_refused() -> None:
    for changed in (*flips(LEAVES[INDEX]), *lengths(LEAVES[INDEX])):
        if changed != LEAVES[INDEX]:
            with pytest.raises(Invalid):
                verify_tlog_proof(PROOF, changed, KEY)


def bent(proof: tuple[bytes, ...]) -> Iterator[tuple[bytes, ...]]:
    """Each hash flipped, cut, lengthened, taken out, doubled, swapped with its neighbour."""
    for at, item in enumerate(proof):
        before, after = proof[:at], proof[at + 1 :]
        for changed in (*flips(item), item[:-1], item + b"\0", b""):
            yield (*before, changed, *after)
        yield (*before, *after)
        yield (*before, item, item, *after)
        if after:
            yield (*before, after[0], item, *after[1:])
    yield (*proof, bytes(32))
    yield (bytes(32), *proof)


def test_every_bent_proof_is_refused() -> None:
    leaf = hash_leaf(LEAVES[INDEX])
    for proof in bent(INCLUSION):
        with pytest.raises(Invalid):
            verify_inclusion(INDEX, 23, leaf, proof, SIGNED.root)
    for proof in bent(CONSISTENCY):
        with pytest.raises(Invalid):
            verify_consistency(11, 23, OLD, SIGNED.root, proof)
    for index, size in ((12, 23), (14, 23), (-1, 23), (23, 23), (INDEX, INDEX), (INDEX + 32, 64), (INDEX, 0)):
        with pytest.raises(Invalid):
            verify_inclusion(index, size, leaf, INCLUSION, SIGNED.root)
    for old, new in ((0, 23), (10, 23), (12, 23), (23, 11), (11, 11), (-1, 23), (11, 64)):
        with pytest.raises(Invalid):
            verify_consistency(old, new, OLD, SIGNED.root, CONSISTENCY)


def test_a_bundle_says_its_entries_or_nothing() -> None:
    data = pack_bundle(LEAVES[:5])
    for changed in (*flips(data), *lengths(data)):
        if changed == data:
            continue
        try:
            found = unpack_bundle(changed)
        except Invalid:
            continue
        assert found != LEAVES[:5], "what is read differs, so its hashes do"
    for cut in range(1, len(data)):
        try:
            assert pack_bundle(unpack_bundle(data[:cut])) == data[:cut]
        except Invalid:
            continue


@given(st.binary(max_size=300))
def test_any_bytes_are_a_bundle_in_one_way_or_none(data: bytes) -> None:
    with suppress(Invalid):
        assert pack_bundle(unpack_bundle(data)) == data


@given(st.text(max_size=400))
def test_any_text_is_read_exactly_or_refused(text: str) -> None:
    for work in (
        lambda: str(parse_vkey(text)) == text.strip(),
        lambda: str(parse_witness_key(text)) == text.strip(),
        lambda: text.startswith(parse_checkpoint(text).text()),
        lambda: open_checkpoint(text, KEY) is None,
    ):
        try:
            assert work()
        except AssentError:
            continue


def test_an_entry_has_at_most_65535_bytes() -> None:
    verify_leaf_size(bytes(LEAF_LIMIT))
    assert unpack_bundle(pack_bundle([bytes(LEAF_LIMIT)])) == [bytes(LEAF_LIMIT)]
    for size in (LEAF_LIMIT + 1, LEAF_LIMIT + 2, 1_000_000):
        with pytest.raises(TooLarge, match=r"consent\.leaf_too_large"):
            verify_leaf_size(bytes(size))
        with pytest.raises(TooLarge, match=r"consent\.leaf_too_large"):
            pack_bundle([bytes(size)])
