"""COSE Receipts (RFC 9942) with the verifiable data structure RFC9162_SHA256: a proof in CBOR, and the root it leads to
signed as a COSE_Sign1 (RFC 9052 §4.2, tag 18) whose payload is detached. Pure.

The protected header names alg (1) EdDSA (RFC 9053 §2.2), kid (4) the log key's four-byte id (C2SP signed-note), CWT
claims (15, RFC 9597) with the log's origin as iss, vds (395) 1, and ``org.assent.tree-size``. RFC 9942 signs the root
alone, and a root does not say how many leaves are below it: the same path would prove entry 1 of 2 and entry 2 of 3. So
the size is signed too, and must be the proof's. The unprotected header holds vdp (396) with one proof and nothing else.

Reading is strict: one receipt, deterministically encoded (RFC 8949 §4.2.1), with nothing before or after it. Labels
that we do not know are ignored unless crit (2) names them. Errors: :class:`Invalid` (``consent.receipt_malformed``,
``consent.cbor_malformed``; ``consent.receipt_unsigned`` where none of the given keys has signed;
``consent.proof_invalid``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.kernel.crypto import Signer, verify_ed25519
from infra.kernel.errors import Invalid
from infra.tlog.cbor import Tagged, decoded, deterministic, is_bytes, is_label, is_list, is_number
from infra.tlog.checkpoint import SignedTree
from infra.tlog.merkle import HASH_SIZE, consistency_root, hash_leaf, inclusion_root
from infra.tlog.note import VerifierKey, is_key_name

MEDIA_TYPE = 'application/cose; cose-type="cose-sign1"'
ALG, CRIT, KID, CLAIMS, VDS, VDP = 1, 2, 4, 15, 395, 396
TREE_SIZE = "org.assent.tree-size"
EDDSA, RFC9162_SHA256, INCLUSION, CONSISTENCY = -8, 1, -1, -2
SMALLEST = 2
"""Leaves; the proof of the only entry of a tree is empty, and RFC 9942 has no empty proofs."""

_COSE_SIGN1 = 18
_ISS = 1
_KNOWN = {ALG, CRIT, KID, CLAIMS, VDS, TREE_SIZE}
_MAX_BYTES, _MAX_HASHES = 8192, 63


@dataclass(frozen=True)
class Inclusion:
    """That a leaf stands at ``index``: the hashes from it to the root, leaf side first."""

    index: int
    hashes: tuple[bytes, ...]


@dataclass(frozen=True)
class Consistency:
    """That the tree extends its first ``old`` leaves."""

    old: int
    hashes: tuple[bytes, ...]


@dataclass(frozen=True)
class Receipt:
    """A proof under the root of ``size`` leaves that the key with ``key_id`` (4 bytes) of the log ``origin`` signed.

    ``protected`` is the protected header, byte for byte: what was signed with the root.
    """

    origin: str
    size: int
    key_id: bytes
    proof: Inclusion | Consistency
    signature: bytes
    protected: bytes

    @property
    def root_signer(self) -> str:
        """Origin and key id as a verifier key begins."""
        return f"{self.origin}+{self.key_id.hex()}"

    def encode(self) -> bytes:
        """The receipt's bytes."""
        kind, proof = _encoded_proof(self.size, self.proof)
        parts = [self.protected, {VDP: {kind: [proof]}}, None, self.signature]
        return deterministic(Tagged(_COSE_SIGN1, parts))


def protected_header(origin: str, size: int, key_id: bytes) -> bytes:
    """The header under which a root is signed; the same for every receipt under it. ``size`` ≥ 2."""
    if not SMALLEST <= size < 2**63 or len(key_id) != 4 or not is_key_name(origin):
        raise _malformed("a receipt is of a named log with two entries or more")
    claims = {_ISS: origin}
    return deterministic({ALG: EDDSA, KID: key_id, CLAIMS: claims, VDS: RFC9162_SHA256, TREE_SIZE: size})


def signed_bytes(protected: bytes, root: bytes) -> bytes:
    """The Sig_structure of a COSE_Sign1 (RFC 9052 §4.4). No checkpoint begins like it: neither stands for the other."""
    return deterministic(["Signature1", protected, b"", root])


def sign_root(tree: SignedTree, signer: Signer) -> bytes:
    """The signature (64 bytes) that every receipt under this root carries. It may block and raise Unavailable."""
    key = VerifierKey(tree.origin, signer.public)
    return signer.sign(signed_bytes(protected_header(tree.origin, tree.size, key.key_id), tree.root))


def verify_root(tree: SignedTree, key: VerifierKey, signature: bytes) -> None:
    """Return None when ``signature`` is what :func:`sign_root` made with this key."""
    _verify_signature(protected_header(tree.origin, tree.size, key.key_id), tree.root, key, signature)


def make_receipt(
    origin: str, size: int, key_id: bytes, proof: Inclusion | Consistency, signature: bytes
) -> Receipt:  # fmt: skip
    """A receipt from its parts; the signature is one of :func:`sign_root`."""
    return Receipt(origin, size, key_id, proof, signature, protected_header(origin, size, key_id))


def verify_inclusion_receipt(data: bytes, leaf: bytes, *vkeys: VerifierKey) -> tuple[int, SignedTree]:
    """``(index, tree)`` when the receipt places ``leaf`` (an entry's bytes) in a tree that one of ``vkeys`` signed."""
    receipt = decode_receipt(data)
    if not isinstance(receipt.proof, Inclusion):
        raise _malformed("this is a receipt of consistency, not of inclusion")
    root = inclusion_root(receipt.proof.index, receipt.size, hash_leaf(leaf), receipt.proof.hashes)
    return receipt.proof.index, _signed(receipt, root, vkeys)


def verify_consistency_receipt(data: bytes, old: SignedTree, *vkeys: VerifierKey) -> SignedTree:
    """The newer tree, when the receipt leads to it from ``old`` and one of ``vkeys`` signed it."""
    receipt = decode_receipt(data)
    if not isinstance(receipt.proof, Consistency):
        raise _malformed("this is a receipt of inclusion, not of consistency")
    if (receipt.origin, receipt.proof.old) != (old.origin, old.size):
        raise Invalid(
            "consent.proof_invalid", "the receipt begins at another tree than the one you have",
            receipt=receipt.proof.old, kept=old.size,
        )  # fmt: skip
    root = consistency_root(old.size, receipt.size, old.root, receipt.proof.hashes)
    return _signed(receipt, root, vkeys)


def decode_receipt(data: bytes) -> Receipt:
    """Read a receipt; nothing of it is verified but the form."""
    outer = decoded(data, limit=_MAX_BYTES)
    if not isinstance(outer, Tagged) or outer.tag != _COSE_SIGN1 or not is_list(outer.value, 4):
        raise _malformed("a receipt is a COSE_Sign1 with its tag")
    protected, unprotected, payload, signature = outer.value
    if payload is not None or not is_bytes(protected) or not is_bytes(signature, 64):
        raise _malformed("a receipt has a protected header, a detached payload and 64 bytes of signature")
    origin, size, key_id = _read_header(decoded(protected, limit=_MAX_BYTES))
    return Receipt(origin, size, key_id, _read_proofs(unprotected, size), signature, protected)


def _read_header(header: Any) -> tuple[str, int, bytes]:
    """Origin, size and key id."""
    if not isinstance(header, dict) or not all(map(is_label, header)):
        raise _malformed("the protected header is no map of labels")
    _verify_critical(header)
    alg, vds, size = header.get(ALG), header.get(VDS), header.get(TREE_SIZE)
    if not is_number(alg) or alg != EDDSA or not is_number(vds) or vds != RFC9162_SHA256:
        raise _malformed("a receipt of ours is signed with EdDSA over an RFC9162_SHA256 tree")
    claims, key_id = header.get(CLAIMS), header.get(KID)
    origin = claims.get(_ISS) if isinstance(claims, dict) else None
    if not isinstance(origin, str) or not is_key_name(origin) or not is_bytes(key_id, 4):
        raise _malformed("the protected header does not name the log and its key")
    if not is_number(size) or not SMALLEST <= size < 2**63:
        raise _malformed("the protected header does not state the tree's size")
    return origin, size, key_id


def _verify_critical(header: Mapping[Any, Any]) -> None:
    """RFC 9052 §3.1: who does not know a label that crit names must not go on; each is in the header."""
    critical = header.get(CRIT, [ALG])
    if not isinstance(critical, list) or not critical:
        raise _malformed("crit names at least one label")
    for label in critical:
        if not is_label(label) or label not in _KNOWN or label not in header:
            raise _malformed("the receipt has a critical header that is not known here")


def _read_proofs(unprotected: Any, size: int) -> Inclusion | Consistency:
    proofs = unprotected.get(VDP) if isinstance(unprotected, dict) and len(unprotected) == 1 else None
    if not isinstance(proofs, dict) or len(proofs) != 1:
        raise _malformed("the unprotected header holds one kind of proof and nothing else")
    [(kind, listed)] = proofs.items()
    if not is_number(kind) or kind not in (INCLUSION, CONSISTENCY) or not is_list(listed, 1):
        raise _malformed("a receipt of ours holds one proof, of inclusion or of consistency")
    if not is_bytes(listed[0]):
        raise _malformed("a proof is a byte string")
    first, second, hashes = _read_proof(decoded(listed[0], limit=_MAX_BYTES))
    if kind == INCLUSION:
        if first != size or not 0 <= second < size:
            raise _malformed("the proof is not of the signed size")
        return Inclusion(second, hashes)
    if second != size or not 1 <= first < size:
        raise _malformed("the proof does not end at the signed size")
    return Consistency(first, hashes)


def _read_proof(value: Any) -> tuple[int, int, tuple[bytes, ...]]:
    """Two numbers and a path of one to 63 hashes, in either kind."""
    if not is_list(value, 3) or not is_number(value[0]) or not is_number(value[1]):
        raise _malformed("a proof is two numbers and a path")
    path = value[2]
    if not isinstance(path, list) or not 1 <= len(path) <= _MAX_HASHES:
        raise _malformed("a path has one to 63 hashes")
    if not all(is_bytes(item, HASH_SIZE) for item in path):
        raise _malformed("a hash has not 32 bytes")
    return value[0], value[1], tuple(path)


def _encoded_proof(size: int, proof: Inclusion | Consistency) -> tuple[int, bytes]:
    """Kind and bytes: ``[size, index, path]`` or ``[old, size, path]``."""
    if isinstance(proof, Inclusion):
        return INCLUSION, deterministic([size, proof.index, list(proof.hashes)])
    return CONSISTENCY, deterministic([proof.old, size, list(proof.hashes)])


def _signed(receipt: Receipt, root: bytes, vkeys: Sequence[VerifierKey]) -> SignedTree:
    """The tree, once the key that the receipt names is among ``vkeys`` and has signed its root."""
    for key in vkeys:
        if (key.name, key.key_id) == (receipt.origin, receipt.key_id):
            _verify_signature(receipt.protected, root, key, receipt.signature)
            return SignedTree(receipt.origin, receipt.size, root)
    raise Invalid(
        "consent.receipt_unsigned", "the receipt is signed with a key that you did not name",
        fix="name the log's verifier key of that id", key=receipt.root_signer,
    )  # fmt: skip


def _verify_signature(protected: bytes, root: bytes, key: VerifierKey, signature: bytes) -> None:
    try:
        verify_ed25519(key.public, signed_bytes(protected, root), signature)
    except Invalid as error:
        raise Invalid(
            "consent.receipt_unsigned", "the log's key has not signed the root that the proof leads to",
            fix="check that the entry's bytes are the exact ones, and whose receipt it is",
        ) from error  # fmt: skip


def _malformed(detail: str) -> Invalid:
    return Invalid("consent.receipt_malformed", detail)
