"""A key sealed with a passphrase: AES-256-GCM under the key that scrypt (RFC 7914, N 2^15, r 8, p 1) makes of it.

The file: a line ``assent-sealed-key/1``, 16 bytes of salt, nonce and ciphertext. It is written once, mode 0600, whole
or not at all.
"""

import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from infra.kernel.crypto import Ed25519Signer, seal, unseal
from infra.kernel.errors import Conflict, Invalid

_HEAD = b"assent-sealed-key/1\n"
_SALT = 16
_SHORTEST = 12


def seal_seed(path: Path, seed: bytes, passphrase: bytes) -> None:
    """Write a sealed key file; raises :class:`Conflict` (``signing.key_exists``) where there is one."""
    if len(passphrase) < _SHORTEST:
        raise Invalid("signing.weak_passphrase", "a passphrase has at least 12 bytes", fix="use a longer one")
    salt = secrets.token_bytes(_SALT)
    content = _HEAD + salt + seal(_stretch(passphrase, salt), seed, _HEAD)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(beside, path)  # unlike a rename it never replaces a key
    except FileExistsError as error:
        raise Conflict("signing.key_exists", "there is a key in that file", path=str(path)) from error
    finally:
        beside.unlink()


def unseal_signer(content: bytes, passphrase: bytes) -> Ed25519Signer:
    """The signer in a sealed key file's bytes; raises :class:`Invalid` (``signing.sealed``) for a wrong passphrase."""
    if not content.startswith(_HEAD):
        raise Invalid("signing.sealed", "not a sealed key file")
    salt, sealed = content[len(_HEAD) :][:_SALT], content[len(_HEAD) + _SALT :]
    try:
        return Ed25519Signer.from_seed(unseal(_stretch(passphrase, salt), sealed, _HEAD))
    except Invalid as error:
        raise Invalid("signing.sealed", "the sealed key does not open with this passphrase") from error


def _stretch(passphrase: bytes, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(passphrase)
