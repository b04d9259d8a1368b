"""ZIP files of any number of members, written and read with the directory on disk (APPNOTE 6.3.9, ZIP64 included).

The library's own reader and writer keep an object for each member, which is more than a gigabyte for a pack of a
million entries. Here an entry's or a proof's file costs 16 bytes while reading and nothing while writing. Names are
UTF-8, data is deflated or stored; the same files give the same bytes, for every member carries the same time.
"""

import shutil
import struct
import tempfile
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from consent_service.client.digests import ENTRIES, PROOFS, numbered
from infra.kernel.errors import Invalid, NotFound

_LOCAL, _CENTRAL, _END = struct.Struct("<4s5H3I2H"), struct.Struct("<4s6H3I5H2I"), struct.Struct("<4s4H2IH")
_END64, _PLACE64 = struct.Struct("<4sQ2H2I4Q"), struct.Struct("<4sIQI")
_VERSION, _UTF8, _DEFLATED, _DATE = 45, 0x800, 8, 0x21  # 1 January 1980
_MOST16, _MOST32 = 0xFFFF, 0xFFFFFFFF
_CHUNK, _OTHERS = 1 << 18, 100_000


def write_zip(path: Path, files: Iterable[tuple[str, bytes | Iterable[bytes]]]) -> None:
    """Write the members in the order given. A member is bytes, or pieces of one that need not fit into memory."""
    with path.open("w+b") as file, tempfile.TemporaryFile(prefix="assent-zip-") as directory:
        count = 0
        for name, content in files:
            directory.write(_write_member(file, name.encode(), content))
            count += 1
        start, size = file.tell(), directory.tell()
        directory.seek(0)
        shutil.copyfileobj(directory, file, _CHUNK)
        at, few, short, low = file.tell(), min(count, _MOST16), min(size, _MOST32), min(start, _MOST32)
        if few == _MOST16 or _MOST32 in (short, low):
            file.write(_END64.pack(b"PK\6\6", 44, _VERSION, _VERSION, 0, 0, count, count, size, start))
            file.write(_PLACE64.pack(b"PK\6\7", 0, at, 1))
        file.write(_END.pack(b"PK\5\6", 0, 0, few, few, short, low, 0))


def _write_member(file: BinaryIO, name: bytes, content: bytes | Iterable[bytes]) -> bytes:
    """The member's data where the file stands; answers its record for the directory."""
    start, packer = file.tell(), zlib.compressobj(6, zlib.DEFLATED, -15)
    file.write(bytes(_LOCAL.size) + name)  # filled in below, when the sizes are known
    crc = size = packed = 0
    for piece in (content,) if isinstance(content, bytes) else content:
        crc, size = zlib.crc32(piece, crc), size + len(piece)
        packed += file.write(packer.compress(piece))
    packed += file.write(packer.flush())
    if max(size, packed) >= _MOST32:
        raise Invalid("consent.export_too_large", "one file of the export is larger than a ZIP file takes it here")
    end, about = file.tell(), (_VERSION, _UTF8, _DEFLATED, 0, _DATE, crc, packed, size, len(name))
    file.seek(start)
    file.write(_LOCAL.pack(b"PK\3\4", *about, 0))
    file.seek(end)
    far = struct.pack("<2HQ", 1, 8, start) if start >= _MOST32 else b""
    low = min(start, _MOST32)
    return _CENTRAL.pack(b"PK\1\2", _VERSION, *about, len(far), 0, 0, 0, 0, low) + name + far


@dataclass(frozen=True)
class _Member:
    name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    start: int


class ZipReader:
    """A ZIP file's members. Where a member's record stands in the directory is all that is kept of it."""

    def __init__(self, file: BinaryIO) -> None:
        """Raises :class:`Invalid` (``consent.pack_malformed``) for what is no ZIP file, or has a name twice."""
        self._file, self._others = file, dict[str, int]()
        self._numbers = {ENTRIES: array("Q"), PROOFS: array("Q")}
        self._places = {ENTRIES: array("Q"), PROOFS: array("Q")}
        try:
            self._read_directory()
        except (struct.error, OSError, ValueError, OverflowError) as error:
            raise Invalid("consent.pack_malformed", "neither a folder nor a ZIP file") from error
        self._sort()

    def others(self) -> set[str]:
        """The names of all files but entries and proofs."""
        return {name for name in self._others if not name.endswith("/")}

    def indices(self, kind: str) -> "array[int]":
        """The indices of all entries or proofs, ascending."""
        return self._numbers[kind]

    def read(self, name: str, limit: int) -> bytes:
        """A member's bytes, at most ``limit`` and one more. Raises :class:`NotFound` (``consent.pack_incomplete``) and
        :class:`Invalid` (``consent.pack_damaged``).
        """
        data = b"".join(self.chunks(name, limit + 1))
        return data[: limit + 1]

    def chunks(self, name: str, limit: int) -> Iterator[bytes]:
        """The same in pieces; the checksum is compared at the end of a member that is not cut off."""
        place = self._place(name)
        if place is None:
            raise NotFound("consent.pack_incomplete", "a file of the pack is missing", file=name)
        try:
            yield from self._inflated(self._member(place), limit)
        except (struct.error, OSError, zlib.error, ValueError, OverflowError) as error:
            raise Invalid("consent.pack_damaged", "a file of the pack cannot be read", file=name) from error

    def _inflated(self, member: _Member, limit: int) -> Iterator[bytes]:
        self._file.seek(member.start)
        local = _LOCAL.unpack(self._file.read(_LOCAL.size))
        if local[0] != b"PK\3\4" or self._file.read(local[9]) != member.name or member.flags & 1:
            raise ValueError("the member is not what the directory says")
        if member.method not in (0, _DEFLATED):
            raise ValueError("an unknown method")
        at, left, crc, size = self._file.tell() + local[10], member.packed, 0, 0
        unpacker = zlib.decompressobj(-15) if member.method else None
        while left and size < limit:
            self._file.seek(at)
            piece = self._file.read(min(_CHUNK, left))
            if not piece:
                raise ValueError("the file ends too early")
            at, left = at + len(piece), left - len(piece)
            while piece:
                data = unpacker.decompress(piece, _CHUNK) if unpacker else piece
                piece = unpacker.unconsumed_tail if unpacker else b""
                crc, size = zlib.crc32(data, crc), size + len(data)
                yield data
                if size >= limit:
                    return
        if unpacker:
            data = unpacker.flush()
            crc, size = zlib.crc32(data, crc), size + len(data)
            yield data
        if (crc, size) != (member.crc, member.size):
            raise ValueError("another checksum")

    def _place(self, name: str) -> int | None:
        at = numbered(name)
        if at is None:
            return self._others.get(name)
        numbers = self._numbers[at[0]]
        place = bisect_left(numbers, at[1])
        return self._places[at[0]][place] if place < len(numbers) and numbers[place] == at[1] else None

    def _read_directory(self) -> None:
        count, at, end = self._where()
        for _ in range(count):
            if at >= end:
                raise ValueError("the directory is shorter than it says")
            self._file.seek(at)
            head = self._file.read(_CENTRAL.size + _MOST16 // 64)
            record = _CENTRAL.unpack_from(head)
            if record[0] != b"PK\1\2":
                raise ValueError("not a directory")
            length = record[10]
            raw = head[_CENTRAL.size : _CENTRAL.size + length]
            if len(raw) < length:
                raise ValueError("a name of this length has no place in a pack")
            self._add(raw.decode(), at)
            at += _CENTRAL.size + length + record[11] + record[12]

    def _where(self) -> tuple[int, int, int]:
        """How many members, and from where to where the directory stands."""
        size = self._file.seek(0, 2)
        back = min(size, _END.size + _MOST16)
        self._file.seek(size - back)
        tail = self._file.read(back)
        found = tail.rfind(b"PK\5\6")
        if found < 0:
            raise ValueError("no end record")
        end = size - back + found
        _, _, _, _, count, length, start, _ = _END.unpack_from(tail, found)
        if found >= _PLACE64.size and tail[found - _PLACE64.size :][:4] == b"PK\6\7":
            self._file.seek(_PLACE64.unpack_from(tail, found - _PLACE64.size)[2])
            end = self._file.tell()
            count, length, start = _END64.unpack(self._file.read(_END64.size))[7:]
        if start + length > end:
            raise ValueError("the directory is not where it should be")
        return count, start, start + length

    def _add(self, name: str, at: int) -> None:
        number = numbered(name)
        if number is not None:
            self._numbers[number[0]].append(number[1])
            self._places[number[0]].append(at)
            return
        if name in self._others or len(self._others) >= _OTHERS:
            raise Invalid("consent.pack_malformed", "two files of the pack share a name, or it has too many files")
        self._others[name] = at

    def _sort(self) -> None:
        for kind, numbers in self._numbers.items():
            ascending = all(numbers[at - 1] < numbers[at] for at in range(1, len(numbers)))
            if not ascending:
                pairs = sorted(zip(numbers, self._places[kind], strict=True))
                if len({number for number, _ in pairs}) != len(pairs):
                    raise Invalid("consent.pack_malformed", "two files of the pack share a name")
                self._numbers[kind] = array("Q", (number for number, _ in pairs))
                self._places[kind] = array("Q", (place for _, place in pairs))

    def _member(self, at: int) -> _Member:
        self._file.seek(at)
        record = _CENTRAL.unpack(self._file.read(_CENTRAL.size))
        name, extra = self._file.read(record[10]), self._file.read(record[11])
        packed, size, start = record[8], record[9], record[16]
        if _MOST32 in (packed, size):
            raise ValueError("a member of this size has no place in a pack")
        if start == _MOST32:
            start = _far(extra)
        return _Member(name, record[3], record[4], record[7], packed, size, start)


def _far(extra: bytes) -> int:
    """Where a member begins that lies beyond 4 GiB: the ZIP64 field of its record."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == 1 and length == 8:
            return int(struct.unpack_from("<Q", extra, at + 4)[0])
        at += 4 + length
    raise ValueError("no place for a far member")
