"""Keys and seals: Ed25519 signatures (RFC 8032) and AES-256-GCM (NIST SP 800-38D). It stores nothing.

Every signature the project makes over a JSON value is made over ``context || 0x0A || canonical(value)``, so that a
signature given for one purpose is never valid for another.
"""

import base64
import binascii
import secrets
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from infra.kernel.canonical import canonical
from infra.kernel.errors import Invalid

_NONCE = 12


class Signer(Protocol):
    """Something that holds a private key. Signing may be remote: it may block and raise ``Unavailable``."""

    @property
    def public(self) -> bytes:
        """The raw 32-byte Ed25519 public key."""
        ...

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature of ``message``."""
        ...


class Ed25519Signer:
    """A signer whose key is in this process's memory."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self._public = key.public_key().public_bytes_raw()

    @classmethod
    def generate(cls) -> "Ed25519Signer":
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_seed(cls, seed: bytes) -> "Ed25519Signer":
        """From a 32-byte seed (RFC 8032 §5.1.5)."""
        if len(seed) != 32:
            raise Invalid("kernel.bad_key", "an Ed25519 seed has 32 bytes")
        return cls(Ed25519PrivateKey.from_private_bytes(seed))

    @property
    def public(self) -> bytes:
        return self._public

    @property
    def private_key(self) -> Ed25519PrivateKey:
        """The key object, for libraries that sign themselves (PyJWT)."""
        return self._key

    def seed(self) -> bytes:
        """The 32 secret bytes, to be written to a protected file and nowhere else."""
        return self._key.private_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


def verify_ed25519(public: bytes, message: bytes, signature: bytes) -> None:
    """Return None when ``signature`` is good; raise :class:`Invalid` (``kernel.bad_signature``) otherwise."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError) as error:
        raise Invalid("kernel.bad_signature", "the signature does not verify under this key") from error


def signed_bytes(context: str, value: Any) -> bytes:
    """What is signed for ``value`` in ``context``: the context, a newline, the canonical bytes."""
    return context.encode() + b"\n" + canonical(value)


def sign_value(signer: Signer, context: str, value: Any) -> str:
    """Base64url signature of a JSON value in a context."""
    return b64u(signer.sign(signed_bytes(context, value)))


def verify_value(public: str, context: str, value: Any, signature: str) -> None:
    """Check :func:`sign_value`'s result; ``public`` and ``signature`` are base64url. Raises :class:`Invalid`."""
    verify_ed25519(unb64u(public), signed_bytes(context, value), unb64u(signature))


def seal(key: bytes, plaintext: bytes, associated: bytes = b"") -> bytes:
    """AES-256-GCM with a fresh random nonce: ``nonce(12) || ciphertext || tag(16)``."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, associated)


def unseal(key: bytes, sealed: bytes, associated: bytes = b"") -> bytes:
    """Open :func:`seal`'s result; raises :class:`Invalid` (``kernel.bad_seal``) when key or bytes are wrong."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], associated)
    except (InvalidTag, ValueError) as error:
        raise Invalid("kernel.bad_seal", "sealed bytes do not open with this key") from error


def b64u(data: bytes) -> str:
    """Base64url without padding (RFC 7515 §2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64u(text: str) -> bytes:
    """Bytes of an unpadded base64url text; raises :class:`Invalid` for anything that is not exactly that."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise Invalid("kernel.bad_base64", "not base64url") from error
    if b64u(data) != text:
        raise Invalid("kernel.bad_base64", "not canonical base64url")
    return data
