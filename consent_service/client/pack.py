"""The layout of an evidence pack, as a folder or a ZIP file, and bounded reading from either.

    manifest.json                           scope, size, root and the SHA-256 of every other file
    checkpoints/000000043.checkpoint        the signed note everything is proven against; older ones beside it
    consistency/000000007-000000043.txt     that the tree of 43 entries continues the one of 7 (base64, a line each)
    entries/000000042.json                  the exact leaf bytes of entry 42
    proofs/000000042.tlog-proof             its inclusion proof (C2SP tlog-proof)
    keys/log.vkey, keys/<witness>.vkey      the keys the exporter was told; a verifier uses its own copies
    witnesses.json, redactions.json         who cosigned the checkpoint; what is not in the pack, and why
    report.html, README.txt                 the same in plain words
    verify.py, verify_index.py, verify.html checkers that need nothing of Assent

Nothing is ever extracted; a file is read only by the name it must have, up to the size it may have.
"""

import os
import re
from array import array
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from consent_service.client.digests import ENTRIES, PROOFS, name_of, numbered
from consent_service.client.zips import ZipReader, write_zip
from infra.kernel.errors import Invalid, NotFound

MANIFEST, VKEY, README, REPORT = "manifest.json", "keys/log.vkey", "README.txt", "report.html"
WITNESSES, REDACTIONS = "witnesses.json", "redactions.json"
CHECKERS = ("verify.py", "verify_index.py", "verify.html")
_FILE_LIMIT = 64_000_000
"""Bytes of a file that is read at once. A manifest is not: it has about 100 bytes for each file of the pack."""
_LONGEST, _CHUNK = 1 << 40, 1 << 18


def entry_path(index: int) -> str:
    """Where an entry's leaf lies."""
    return name_of(ENTRIES, index)


def proof_path(index: int) -> str:
    """Where an entry's proof lies."""
    return name_of(PROOFS, index)


def checkpoint_path(size: int) -> str:
    """Where the checkpoint of a size lies."""
    return f"checkpoints/{size:09d}.checkpoint"


def consistency_path(old: int, new: int) -> str:
    """Where the proof lies that the tree of ``new`` entries continues the one of ``old``."""
    return f"consistency/{old:09d}-{new:09d}.txt"


def key_path(name: str) -> str:
    """Where a witness's key lies; the name is made safe for a file."""
    return f"keys/{re.sub('[^A-Za-z0-9.-]', '_', name)[:100]}.vkey"


class PackReader(Protocol):
    """Reads a pack; raises :class:`NotFound` or :class:`Invalid` (``consent.pack_…``) per file."""

    def others(self) -> set[str]:
        """The names of all files but entries and proofs."""
        ...

    def indices(self, kind: str) -> "array[int]":
        """The indices of all ``entries/`` or ``proofs/``, ascending."""
        ...

    def read(self, name: str, limit: int = _FILE_LIMIT) -> bytes: ...
    def chunks(self, name: str) -> Iterator[bytes]: ...


class FolderPack:
    """A pack in a folder."""

    def __init__(self, root: Path) -> None:
        self._root, self._others = root, set[str]()
        self._numbers = {ENTRIES: array("Q"), PROOFS: array("Q")}
        for name in self._walk(root, ""):
            at = numbered(name)
            if at is None:
                self._others.add(name)
            else:
                self._numbers[at[0]].append(at[1])
        self._numbers = {kind: array("Q", sorted(found)) for kind, found in self._numbers.items()}

    def others(self) -> set[str]:
        return self._others

    def indices(self, kind: str) -> "array[int]":
        return self._numbers[kind]

    def read(self, name: str, limit: int = _FILE_LIMIT) -> bytes:
        try:
            with (self._root / name).open("rb") as file:
                return _bounded(name, file.read(limit + 1), limit)
        except OSError as error:
            raise _missing(name) from error

    def chunks(self, name: str) -> Iterator[bytes]:
        try:
            with (self._root / name).open("rb") as file:
                while piece := file.read(_CHUNK):
                    yield piece
        except OSError as error:
            raise _missing(name) from error

    def _walk(self, folder: Path, before: str) -> Iterator[str]:
        with os.scandir(folder) as found:
            for one in found:
                if one.is_dir(follow_symlinks=False):
                    yield from self._walk(folder / one.name, f"{before}{one.name}/")
                else:
                    yield before + one.name


class ZipPack:
    """A pack in a ZIP file; two members of one name are refused."""

    def __init__(self, file: BinaryIO) -> None:
        self._zip = ZipReader(file)

    def others(self) -> set[str]:
        return self._zip.others()

    def indices(self, kind: str) -> "array[int]":
        return self._zip.indices(kind)

    def read(self, name: str, limit: int = _FILE_LIMIT) -> bytes:
        return _bounded(name, self._zip.read(name, limit), limit)

    def chunks(self, name: str) -> Iterator[bytes]:
        return self._zip.chunks(name, _LONGEST)


@contextmanager
def open_pack(path: Path) -> Iterator[PackReader]:
    """A folder or a ZIP file to read from; raises :class:`Invalid` when it is neither."""
    if path.is_dir():
        yield FolderPack(path)
        return
    try:
        file = path.open("rb")
    except OSError as error:
        raise Invalid("consent.pack_malformed", "neither a folder nor a ZIP file") from error
    with file:
        yield ZipPack(file)


def write_pack(dest: Path, files: Iterable[tuple[str, bytes | Iterable[bytes]]]) -> None:
    """Write a pack: a ZIP file (the same bytes for the same files) where ``dest`` ends in ``.zip``, else a folder. A
    file is bytes or pieces. ``dest`` must not exist yet.
    """
    if dest.exists():
        raise Invalid("consent.export_exists", "the export's destination exists already", fix="name another one")
    if dest.suffix == ".zip":
        beside = dest.with_suffix(".part")  # a half-written pack never has the final name
        write_zip(beside, files)
        beside.replace(dest)
        return
    for name, data in files:
        path = dest / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.writelines((data,) if isinstance(data, bytes) else data)


def _bounded(name: str, data: bytes, limit: int) -> bytes:
    if len(data) > limit:
        raise Invalid("consent.pack_malformed", "a file of the pack is larger than it may be", file=name)
    return data


def _missing(name: str) -> NotFound:
    return NotFound("consent.pack_incomplete", "a file of the pack is missing", file=name)
