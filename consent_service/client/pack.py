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

import re
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from infra.kernel.errors import Invalid, NotFound

MANIFEST, VKEY, README, REPORT = "manifest.json", "keys/log.vkey", "README.txt", "report.html"
WITNESSES, REDACTIONS = "witnesses.json", "redactions.json"
CHECKERS = ("verify.py", "verify_index.py", "verify.html")
_FILE_LIMIT = 64_000_000
"""Bytes; only a manifest comes near (about 100 bytes a file)."""
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


def entry_path(index: int) -> str:
    """Where an entry's leaf lies."""
    return f"entries/{index:09d}.json"


def proof_path(index: int) -> str:
    """Where an entry's proof lies."""
    return f"proofs/{index:09d}.tlog-proof"


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

    def names(self) -> set[str]: ...
    def read(self, name: str, limit: int = _FILE_LIMIT) -> bytes: ...


class FolderPack:
    """A pack in a folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def names(self) -> set[str]:
        return {path.relative_to(self._root).as_posix() for path in self._root.rglob("*") if not path.is_dir()}

    def read(self, name: str, limit: int = _FILE_LIMIT) -> bytes:
        try:
            with (self._root / name).open("rb") as file:
                return _bounded(name, file.read(limit + 1), limit)
        except OSError as error:
            raise _missing(name) from error


class ZipPack:
    """A pack in a ZIP file; two members of one name are refused."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        if len(archive.namelist()) != len(set(archive.namelist())):
            raise Invalid("consent.pack_malformed", "two files of the pack share a name")

    def names(self) -> set[str]:
        return {name for name in self._archive.namelist() if not name.endswith("/")}

    def read(self, name: str, limit: int = _FILE_LIMIT) -> bytes:
        try:
            with self._archive.open(name) as file:
                return _bounded(name, file.read(limit + 1), limit)
        except KeyError as error:
            raise _missing(name) from error
        except Exception as error:  # the ZIP reader's own errors differ with what exactly was damaged
            raise Invalid("consent.pack_damaged", "a file of the pack cannot be read", file=name) from error


@contextmanager
def open_pack(path: Path) -> Iterator[PackReader]:
    """A folder or a ZIP file to read from; raises :class:`Invalid` when it is neither."""
    if path.is_dir():
        yield FolderPack(path)
        return
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile, ValueError) as error:
        raise Invalid("consent.pack_malformed", "neither a folder nor a ZIP file") from error
    with archive:
        yield ZipPack(archive)


def write_pack(dest: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """Write a pack: a ZIP file (the same bytes for the same files) where ``dest`` ends in ``.zip``, else a folder.
    ``dest`` must not exist yet.
    """
    if dest.exists():
        raise Invalid("consent.export_exists", "the export's destination exists already", fix="name another one")
    if dest.suffix == ".zip":
        _write_zip(dest, files)
        return
    for name, data in files:
        path = dest / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _write_zip(dest: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """To a temporary name first: a half-written pack never has the final one."""
    beside = dest.with_suffix(".part")
    with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            member = zipfile.ZipInfo(name, _ZIP_EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, data)
    beside.replace(dest)


def _bounded(name: str, data: bytes, limit: int) -> bytes:
    if len(data) > limit:
        raise Invalid("consent.pack_malformed", "a file of the pack is larger than it may be", file=name)
    return data


def _missing(name: str) -> NotFound:
    return NotFound("consent.pack_incomplete", "a file of the pack is missing", file=name)
