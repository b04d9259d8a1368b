"""What a pack's manifest claims, read and written piece by piece: a pack of a million entries has two million files.

SHA-256 digests by file name. Entries and proofs, of which there is no end, are kept by index in flat bytes (40 each);
the few other files by name. A manifest is read strictly in its canonical form (RFC 8785): nothing else is one.
"""

import json
import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Any

from infra.kernel.canonical import canonical
from infra.kernel.errors import Invalid

ENTRIES, PROOFS = "entries/", "proofs/"
_NUMBERED = re.compile(r"entries/([0-9]{9})\.json|proofs/([0-9]{9})\.tlog-proof")
_HASH, _OTHERS = 32, 100_000
_PAIR = re.compile(rb'"([\x20\x21\x23-\x5b\x5d-\x7e]{1,300})":"([0-9a-f]{64})"([,}])')
_HEAD = re.compile(rb'\{"checkpoint":"[^"\\]{1,300}","files":\{')
_LONGEST = 1 << 12


def numbered(name: str) -> tuple[str, int] | None:
    """The kind and index of an entry's or a proof's file; None for every other name."""
    found = _NUMBERED.fullmatch(name)
    if found is None:
        return None
    return (ENTRIES, int(found[1])) if found[1] else (PROOFS, int(found[2]))


def name_of(kind: str, index: int) -> str:
    """The name of an entry's or a proof's file."""
    return f"entries/{index:09d}.json" if kind == ENTRIES else f"proofs/{index:09d}.tlog-proof"


class Digests:
    """Digests by name; entries and proofs have to be put in ascending order."""

    def __init__(self) -> None:
        self.others: dict[str, bytes] = {}
        self._places = {ENTRIES: array("Q"), PROOFS: array("Q")}
        self._values = {ENTRIES: bytearray(), PROOFS: bytearray()}

    def put(self, name: str, digest: bytes) -> None:
        """Take the digest (32 bytes) of one file."""
        at = numbered(name)
        if at is None:
            if len(self.others) >= _OTHERS:
                raise Invalid("consent.pack_malformed", "the pack has too many files beside its entries")
            self.others[name] = digest
            return
        kind, index = at
        if self._places[kind] and self._places[kind][-1] >= index:
            raise Invalid("consent.pack_malformed", "the files of a pack are not in order", file=name)
        self._places[kind].append(index)
        self._values[kind] += digest

    def get(self, name: str) -> bytes | None:
        """The digest of a file; None where there is none."""
        at = numbered(name)
        if at is None:
            return self.others.get(name)
        place = self._place(*at)
        return None if place is None else bytes(self._values[at[0]][place * _HASH : (place + 1) * _HASH])

    def indices(self, kind: str) -> "array[int]":
        """The indices of all entries or proofs, ascending."""
        return self._places[kind]

    def has(self, kind: str, index: int) -> bool:
        """Whether there is an entry or a proof of this index."""
        return self._place(kind, index) is not None

    def items(self) -> Iterator[tuple[str, bytes]]:
        """All, in the order of their names."""
        for name in sorted({*self.others, ENTRIES, PROOFS}):
            if name in self._places:
                for place, index in enumerate(self._places[name]):
                    yield name_of(name, index), bytes(self._values[name][place * _HASH : (place + 1) * _HASH])
            else:
                yield name, self.others[name]

    def _place(self, kind: str, index: int) -> int | None:
        places = self._places[kind]
        at = bisect_left(places, index)
        return at if at < len(places) and places[at] == index else None


def write_manifest(rest: dict[str, Any], digests: Digests) -> Iterator[bytes]:
    """The canonical bytes of a manifest: ``rest`` is everything but its files."""
    before, _, after = canonical({**rest, "files": {}}).partition(b'"files":{')
    yield before + b'"files":{'
    comma = b""
    for name, digest in digests.items():
        yield comma + json.dumps(name, ensure_ascii=False).encode() + b':"' + digest.hex().encode() + b'"'
        comma = b","
    yield after


def read_manifest(chunks: Iterable[bytes]) -> tuple[Any, Digests]:
    """A manifest without its files, as JSON, and its files. Raises :class:`Invalid` (``consent.pack_malformed``) for
    what is not the canonical form of one.
    """
    reading, digests = _Reading(iter(chunks)), Digests()
    head = reading.match(_HEAD)
    before = ""
    while (pair := reading.match(_PAIR)) is not None:
        name = pair[1].decode()
        if name <= before:
            raise _malformed()
        digests.put(name, bytes.fromhex(pair[2].decode()))
        before = name
        if pair[3] == b"}":
            break
    else:
        raise _malformed()
    if head is None:
        raise _malformed()
    text = head[0] + b"}" + reading.rest()
    try:
        rest = json.loads(text)
        if not isinstance(rest, dict) or canonical(rest) != text:
            raise _malformed()
    except (ValueError, RecursionError) as error:
        raise _malformed() from error
    del rest["files"]
    return rest, digests


class _Reading:
    """A cursor over chunks of bytes."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._held, self._at = chunks, b"", 0

    def match(self, pattern: "re.Pattern[bytes]") -> "re.Match[bytes] | None":
        """The next bytes where they are of this form, and go past them."""
        self._fill()
        found = pattern.match(self._held, self._at)
        if found is not None:
            self._at = found.end()
        return found

    def rest(self) -> bytes:
        """What is left; it must be short."""
        self._fill()
        if next(self._chunks, b""):
            raise _malformed()
        return self._held[self._at :]

    def _fill(self) -> None:
        while len(self._held) - self._at < _LONGEST:
            more = next(self._chunks, None)
            if more is None:
                return
            self._held, self._at = self._held[self._at :] + more, 0


def _malformed() -> Invalid:
    return Invalid("consent.pack_malformed", "the manifest is not one in canonical form", file="manifest.json")
