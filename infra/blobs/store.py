"""Encrypted objects over fsspec: a local folder by default, any fsspec URL (``s3://…``) where configured.

An object is ``MAGIC || wrapped data key || AES-256-GCM(content)``. Each object has a data key of its own, wrapped by
the owner's key (a subject's or a production's), and both seals are bound to the digest of the plaintext: a file that
was swapped, cut or edited does not open. Destroying the owner's key destroys every object under it, wherever copies
lie. The store keeps no key and knows no owner; the same content under two keys is two objects.

Commit point of :meth:`BlobStore.put`: the rename of the finished, flushed file. A crash before it leaves a ``.part``
file that nothing reads; after it the object is whole.
"""

import contextlib
import os
import secrets
from pathlib import Path
from typing import Any, Literal

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from fsspec.core import url_to_fs

from infra.kernel.canonical import sha256_hex
from infra.kernel.crypto import seal, unseal
from infra.kernel.errors import Invalid, NotFound, Unavailable

Area = Literal["library", "takes", "quarantine", "released"]
AREAS: tuple[Area, ...] = ("library", "takes", "quarantine", "released")

_MAGIC = b"ASB1"
_WRAPPED = 12 + 32 + 16


class BlobStore:
    """Put, get, move and delete sealed objects.

    Durability: an object that :meth:`put` returned for is flushed to disk (local folders) or acknowledged (remote).
    Retries: none; every call may be repeated. Errors: :class:`NotFound` ``blobs.missing``, :class:`Invalid`
    ``blobs.damaged`` or ``blobs.bad_address``, :class:`Unavailable` ``blobs.unavailable``.
    """

    def __init__(self, root: Path | str) -> None:
        self._fs, self._root = url_to_fs(str(root), auto_mkdir=True)

    def put(self, area: Area, data: bytes, key: bytes) -> str:
        """Seal ``data`` under the 32-byte ``key``; answers its address, the hex SHA-256 of ``data``."""
        address = sha256_hex(data)
        bound = bytes.fromhex(address)
        data_key = secrets.token_bytes(32)
        sealed = _MAGIC + seal(key, data_key, bound) + seal(data_key, data, bound)
        self._write(self._path(area, address, key), sealed)
        return address

    def get(self, area: Area, address: str, key: bytes) -> bytes:
        """The content at ``address``; raises unless key, seal and digest all hold."""
        path = self._path(area, address, key)
        try:
            sealed = self._fs.cat_file(path)
        except FileNotFoundError as error:
            raise NotFound("blobs.missing", "no such object under this key", sha256=address) from error
        except OSError as error:
            raise Unavailable("blobs.unavailable", "the object store did not answer", sha256=address) from error
        return _open(sealed, address, key)

    def exists(self, area: Area, address: str, key: bytes) -> bool:
        """Whether an object with this address lies in ``area`` under ``key``."""
        return bool(self._fs.exists(self._path(area, address, key)))

    def move(self, address: str, source: Area, target: Area, key: bytes) -> None:
        """Move an object between areas. Repeating a move that already happened does nothing."""
        old, new = self._path(source, address, key), self._path(target, address, key)
        if self._fs.exists(old):
            self._fs.makedirs(self._fs._parent(new), exist_ok=True)
            self._fs.mv(old, new)
        elif not self._fs.exists(new):
            raise NotFound("blobs.missing", "no such object to move", sha256=address)

    def delete(self, area: Area, address: str, key: bytes) -> None:
        """Delete an object; deleting what is not there does nothing."""
        with contextlib.suppress(FileNotFoundError):
            self._fs.rm_file(self._path(area, address, key))

    def _path(self, area: Area, address: str, key: bytes) -> str:
        if area not in AREAS or len(address) != 64 or not all(c in "0123456789abcdef" for c in address):
            raise Invalid("blobs.bad_address", "an object address is an area and 64 hex digits")
        return f"{self._root}/{area}/{address[:2]}/{address}.{_key_name(key)}"

    def _write(self, path: str, sealed: bytes) -> None:
        part = f"{path}.{secrets.token_hex(6)}.part"
        try:
            self._fs.makedirs(self._fs._parent(path), exist_ok=True)
            with self._fs.open(part, "wb") as file:
                file.write(sealed)
                _flush(file)
            self._fs.mv(part, path)
        except OSError as error:
            raise Unavailable("blobs.unavailable", "the object could not be stored") from error


def _flush(file: Any) -> None:
    """Flush to disk where the file is one; a remote store acknowledges on close."""
    file.flush()
    with contextlib.suppress(AttributeError, OSError):
        os.fsync(file.fileno())


def _key_name(key: bytes) -> str:
    """A name for a key that tells nothing of it: the first 8 bytes of HMAC-SHA256(key, "assent/blob")."""
    mac = HMAC(key, SHA256())
    mac.update(b"assent/blob")
    return mac.finalize()[:8].hex()


def _open(sealed: bytes, address: str, key: bytes) -> bytes:
    bound = bytes.fromhex(address)
    head, body = sealed[len(_MAGIC) : len(_MAGIC) + _WRAPPED], sealed[len(_MAGIC) + _WRAPPED :]
    try:
        if not sealed.startswith(_MAGIC):
            raise Invalid("blobs.damaged", "not a sealed object")
        data = unseal(unseal(key, head, bound), body, bound)
    except Invalid as error:
        raise Invalid("blobs.damaged", "the object was damaged or replaced", sha256=address) from error
    if sha256_hex(data) != address:
        raise Invalid("blobs.damaged", "the object is not what its address says", sha256=address)
    return data
