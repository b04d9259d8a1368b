"""Encrypted objects over fsspec: a local folder by default, any fsspec URL (``s3://…``) where configured.

An object is ``MAGIC || wrapped data key || AES-256-GCM(content)``, or, put from a file, sealed in chunks (see
:mod:`infra.blobs.chunks`). Each object has a data key of its own, wrapped by
the owner's key (a subject's or a production's), and both seals are bound to the digest of the plaintext: a file that
was swapped, cut or edited does not open. Destroying the owner's key destroys every object under it, wherever copies
lie. The store keeps no key and knows no owner; the same content under two keys is two objects.

Commit point of :meth:`BlobStore.put`: the rename of the finished, flushed file. A crash before it leaves a ``.part``
file that nothing reads; after it the object is whole.
"""

import contextlib
import hashlib
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from fsspec.core import url_to_fs

from infra.blobs import chunks
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
        self._write(self._path(area, address, key), lambda target: target.write(sealed))
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
        if sealed.startswith(chunks.MAGIC):
            return self._whole(area, address, key)
        return _open(sealed, address, key)

    def _whole(self, area: Area, address: str, key: bytes) -> bytes:
        data = b"".join(self.stream(area, address, key))
        if sha256_hex(data) != address:
            raise Invalid("blobs.damaged", "the object is not what its address says", sha256=address)
        return data

    def put_file(self, area: Area, source: Path, key: bytes) -> str:
        """Seal a file of any size under the 32-byte ``key``, a chunk at a time; answers its address."""
        with source.open("rb") as file:
            address = chunks.digest_of(file)
            file.seek(0)
            bound, data_key = bytes.fromhex(address), secrets.token_bytes(32)

            def write(target: Any) -> None:
                target.write(chunks.MAGIC + seal(key, data_key, bound))
                chunks.seal_into(file, target, data_key, bound)

            self._write(self._path(area, address, key), write)
        return address

    def get_file(self, area: Area, address: str, key: bytes, target: Path) -> int:
        """Write the content at ``address`` to ``target``; its size. Raises like :meth:`get`, leaving no file then."""
        found, size = hashlib.sha256(), 0
        try:
            with target.open("wb") as file:
                for data in self.stream(area, address, key):
                    found.update(data)
                    size += file.write(data)
            if found.hexdigest() != address:
                raise Invalid("blobs.damaged", "the object is not what its address says", sha256=address)
        except BaseException:
            target.unlink(missing_ok=True)
            raise
        return size

    def stream(self, area: Area, address: str, key: bytes, span: tuple[int, int] | None = None) -> Iterator[bytes]:
        """The content, or the bytes from ``span[0]`` up to ``span[1]``, in pieces of at most 1 MiB where it was put
        from a file. Every piece is authentic; only a reader of the whole can compare it with the address.
        """
        try:
            with self._fs.open(self._path(area, address, key), "rb") as source:
                head = source.read(len(_MAGIC) + _WRAPPED)
                if not head.startswith(chunks.MAGIC):
                    data = self.get(area, address, key)
                    yield data if span is None else data[span[0] : span[1]]
                    return
                bound, stored = bytes.fromhex(address), source.seek(0, os.SEEK_END)
                data_key = _data_key(head[len(_MAGIC) :], key, bound)
                yield from chunks.open_range(source, stored, data_key, bound, span or (0, chunks.size_of(stored)))
        except FileNotFoundError as error:
            raise NotFound("blobs.missing", "no such object under this key", sha256=address) from error
        except OSError as error:
            raise Unavailable("blobs.unavailable", "the object store did not answer", sha256=address) from error

    def sweep(self, key: bytes, areas: Sequence[Area] = ("takes", "quarantine", "released")) -> int:
        """Delete everything that is sealed under ``key``, also what a killed writer left half written; how many files
        there were. Repeating does nothing.
        """
        name, gone = _key_name(key), 0
        for area in areas:
            for path in self._fs.glob(f"{self._root}/{area}/*/*.{name}*"):
                with contextlib.suppress(FileNotFoundError):
                    self._fs.rm_file(path)
                    gone += 1
        return gone

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

    def _write(self, path: str, fill: Callable[[Any], Any]) -> None:
        part = f"{path}.{secrets.token_hex(6)}.part"
        try:
            self._fs.makedirs(self._fs._parent(path), exist_ok=True)
            with self._fs.open(part, "wb") as file:
                fill(file)
                _flush(file)
            self._fs.mv(part, path)
        except OSError as error:
            raise Unavailable("blobs.unavailable", "the object could not be stored") from error


def _flush(file: Any) -> None:
    """Flush to disk where the file is one; a remote store acknowledges on close."""
    file.flush()
    with contextlib.suppress(AttributeError, OSError):
        os.fsync(file.fileno())


def _data_key(wrapped: bytes, key: bytes, bound: bytes) -> bytes:
    try:
        return unseal(key, wrapped, bound)
    except Invalid as error:
        raise Invalid("blobs.damaged", "the object was damaged or replaced", sha256=bound.hex()) from error


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
