"""Cosignatures, C2SP tlog-cosignature: a witness's timestamped statement that a checkpoint continues all it saw. Pure.

Two kinds: Ed25519 (type 0x04) over ``cosignature/v1``, a time line and the note's text; ML-DSA-44 (type 0x06, FIPS 204
with an empty context) over a ``cosigned_message`` that names cosigner, origin, size and root. Both are notes'
signature lines, ``key id || u64be seconds || signature``. A line by a key nobody asked about is ignored; one by a known
key that fails rejects the note. Errors: :class:`Invalid` (``consent.cosignature_invalid``, ``consent.bad_vkey``).
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from infra.kernel.crypto import Signer, verify_ed25519
from infra.kernel.errors import Invalid
from infra.tlog.checkpoint import parse_checkpoint
from infra.tlog.note import b64, is_key_name, signature_line, split_note, unb64

ED25519_COSIGNATURE = 0x04
MLDSA44_COSIGNATURE = 0x06
_PUBLIC_SIZE = {ED25519_COSIGNATURE: 32, MLDSA44_COSIGNATURE: 1312}
_SIGNATURE_SIZE = {ED25519_COSIGNATURE: 64, MLDSA44_COSIGNATURE: 2420}
_LABEL = b"subtree/v1\n\0"


@dataclass(frozen=True)
class WitnessKey:
    """A witness's public key: ``kind`` 0x04 (32 bytes) or 0x06 (1,312 bytes) under ``name``."""

    name: str
    kind: int
    public: bytes

    def __post_init__(self) -> None:
        if not is_key_name(self.name) or len(self.public) != _PUBLIC_SIZE.get(self.kind):
            raise Invalid("consent.bad_vkey", "a witness key is of type 0x04 or 0x06, under a name without spaces or +")

    @property
    def key_id(self) -> bytes:
        """``SHA-256(name || 0x0A || type || key)[:4]``."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def __str__(self) -> str:
        """The text to hand out and to pin."""
        return f"{self.name}+{self.key_id.hex()}+{b64(bytes([self.kind]) + self.public)}"


@dataclass(frozen=True)
class Cosignature:
    """One that verified: who, under which key id (4 bytes), when (Unix seconds)."""

    name: str
    key_id: bytes
    time: int


class MlDsa44Signer:
    """A signer whose ML-DSA-44 key (FIPS 204, pure, empty context) is in this process's memory."""

    def __init__(self, seed: bytes) -> None:
        if len(seed) != 32:
            raise Invalid("kernel.bad_key", "an ML-DSA seed has 32 bytes")
        self._key = MLDSA44PrivateKey.from_seed_bytes(seed)

    @property
    def public(self) -> bytes:
        """The raw 1,312-byte public key."""
        return self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """The 2,420-byte signature of ``message``."""
        return self._key.sign(message)


@dataclass(frozen=True)
class Cosigner:
    """A witness that signs. ``signer`` holds the key that ``key`` is the public part of."""

    key: WitnessKey
    signer: Signer

    def cosign(self, text: str, at: int) -> str:
        """The signature line over a checkpoint's text at Unix second ``at`` (above 0)."""
        if not 0 < at < 2**63:
            raise Invalid("consent.cosignature_invalid", "a cosignature's time is a positive 63-bit number of seconds")
        signature = self.signer.sign(cosigned_message(self.key, text, at))
        return signature_line(self.key.name, self.key.key_id + at.to_bytes(8, "big") + signature)


def parse_witness_key(text: str) -> WitnessKey:
    """A witness's verifier key from its text form, split on the first two ``+`` only."""
    try:
        name, key_id, encoded = text.strip().split("+", 2)
        raw = unb64(encoded)
    except (ValueError, Invalid) as error:
        raise Invalid("consent.bad_vkey", "not a verifier key", fix="name+hex+base64") from error
    key = WitnessKey(name, raw[0] if raw else 0, raw[1:])
    if key.key_id.hex() != key_id:
        raise Invalid("consent.bad_vkey", "the verifier key does not match its own key id")
    return key


def verify_cosignatures(note: str, witness_keys: Iterable[WitnessKey]) -> tuple[str, ...]:
    """Names of the witnesses among ``witness_keys`` that cosigned ``note``, each once, in the keys' order.

    The log's own signature is not looked at: open the checkpoint with the log's key too. Raises :class:`Invalid` when
    the note is malformed or a cosignature by one of the keys fails.
    """
    keys = tuple(witness_keys)
    signed = {found.name for found in read_cosignatures(note, keys)}
    return tuple(dict.fromkeys(key.name for key in keys if key.name in signed))


def read_cosignatures(note: str, witness_keys: Iterable[WitnessKey]) -> tuple[Cosignature, ...]:
    """Every verified cosignature by one of the keys, in the note's order; raises as :func:`verify_cosignatures`."""
    keys = tuple(witness_keys)
    text, lines = split_note(note)
    parse_checkpoint(text)
    found = []
    for name, blob in lines:
        for key in keys:
            if (name, blob[:4]) == (key.name, key.key_id):
                found.append(_verify(key, text, blob[4:]))
    return tuple(found)


def claimed_cosignatures(note: str) -> tuple[Cosignature, ...]:
    """What the note's lines that are not the log's say of themselves; nothing is verified."""
    text, lines = split_note(note)
    origin = parse_checkpoint(text).origin
    return tuple(
        Cosignature(name, blob[:4], int.from_bytes(blob[4:12], "big")) for name, blob in lines if name != origin
    )


def cosigned_message(key: WitnessKey, text: str, at: int) -> bytes:
    """The exact bytes a witness signs at Unix second ``at`` for the checkpoint with this note text."""
    if key.kind == ED25519_COSIGNATURE:
        return f"cosignature/v1\ntime {at}\n{text}".encode()
    tree = parse_checkpoint(text)
    start_and_end = bytes(8) + tree.size.to_bytes(8, "big")
    return _LABEL + _short(key.name) + at.to_bytes(8, "big") + _short(tree.origin) + start_and_end + tree.root


def _verify(key: WitnessKey, text: str, blob: bytes) -> Cosignature:
    at, signature = int.from_bytes(blob[:8], "big"), blob[8:]
    if len(signature) != _SIGNATURE_SIZE[key.kind] or not 0 < at < 2**63:
        raise _refuse(key)
    message = cosigned_message(key, text, at)
    try:
        if key.kind == ED25519_COSIGNATURE:
            verify_ed25519(key.public, message, signature)
        else:
            MLDSA44PublicKey.from_public_bytes(key.public).verify(signature, message)
    except (Invalid, InvalidSignature, ValueError) as error:
        raise _refuse(key) from error
    return Cosignature(key.name, key.key_id, at)


def _short(text: str) -> bytes:
    """A TLS vector ``opaque<1..2^8-1>``: one byte of length, then the bytes."""
    data = text.encode()
    if not 1 <= len(data) <= 255:
        raise Invalid("consent.cosignature_invalid", "an ML-DSA cosignature names cosigner and origin in 255 bytes")
    return bytes([len(data)]) + data


def _refuse(key: WitnessKey) -> Invalid:
    return Invalid("consent.cosignature_invalid", "a cosignature by a known witness fails", witness=key.name)
