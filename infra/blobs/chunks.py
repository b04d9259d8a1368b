"""Big objects in sealed chunks, so that neither end ever holds more than one of them.

An object is ``MAGIC || wrapped data key || chunk || chunk …``; each chunk is the AES-256-GCM seal of at most 1 MiB,
bound to the digest of the whole, to its number and to whether it is the last (the STREAM construction): a chunk that
was moved, dropped, repeated or cut does not open. A part can be read without the rest.
"""

import hashlib
from collections.abc import Iterator
from typing import Any, BinaryIO

from infra.kernel.crypto import seal, unseal
from infra.kernel.errors import Invalid

MAGIC = b"ASB2"
WRAPPED = 12 + 32 + 16
CHUNK = 1 << 20
_OVERHEAD = 12 + 16
_HEAD = len(MAGIC) + WRAPPED
_STORED = CHUNK + _OVERHEAD


def digest_of(source: BinaryIO) -> str:
    """Hex SHA-256 of a file from where it stands."""
    found = hashlib.sha256()
    while data := source.read(CHUNK):
        found.update(data)
    return found.hexdigest()


def seal_into(source: BinaryIO, target: Any, data_key: bytes, bound: bytes) -> None:
    """Seal everything of ``source``; an empty one is one empty chunk."""
    number, data = 0, source.read(CHUNK)
    while True:
        following = source.read(CHUNK)
        target.write(seal(data_key, data, _about(bound, number, last=not following)))
        if not following:
            return
        number, data = number + 1, following


def size_of(stored: int) -> int:
    """Bytes of the content of an object of ``stored`` bytes."""
    body = stored - _HEAD
    return body - _OVERHEAD * max(1, -(-body // _STORED))


def open_range(source: Any, stored: int, data_key: bytes, bound: bytes, span: tuple[int, int]) -> Iterator[bytes]:
    """The content from ``span[0]`` up to but not including ``span[1]``. ``source`` is the stored object, seekable.

    Raises Invalid ``blobs.damaged`` at the first chunk that does not open.
    """
    last = max(1, -(-(stored - _HEAD) // _STORED)) - 1
    for number in range(span[0] // CHUNK, min(last, max(span[1] - 1, span[0]) // CHUNK) + 1):
        source.seek(_HEAD + number * _STORED)
        try:
            data = unseal(data_key, source.read(_STORED), _about(bound, number, last=number == last))
        except Invalid as error:
            raise Invalid("blobs.damaged", "the object was damaged or replaced", sha256=bound.hex()) from error
        first = number * CHUNK
        yield data[max(0, span[0] - first) : max(0, span[1] - first)]


def _about(bound: bytes, number: int, *, last: bool) -> bytes:
    return bound + number.to_bytes(8, "big") + (b"\x01" if last else b"\x00")
