"""What the next batch is to be, on disk outside the database *before* the batch is committed.

A crash can fall between the commit and the writing of the kept checkpoint. A database that is behind by one batch
then looks the same whether that commit failed or the database was restored from before it. The intent tells: it names
the waiting events in their order and the two trees. A failed commit left those events waiting, so the very same batch
can be made again, with the very same root; where it cannot, the database is not the one that was to be signed.

Two slots of a fixed place in one file are written in turn, each with its own checksum and synced once: a write that
was cut short leaves the intent before it, whose batch is known to be committed. Errors: :class:`Internal`
(``consent.watermark_unreadable``).
"""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.kernel.canonical import canonical, sha256_hex
from infra.kernel.errors import Internal
from infra.tlog.merkle import CompactRange
from infra.tlog.note import b64

SLOT = 1 << 16
"""Bytes; the ids of 1,024 events take 40,000."""
Size = tuple[int, str]
"""Entries, and their root in base64."""


@dataclass(frozen=True)
class Intent:
    """A batch that leads from tree ``old`` to tree ``new`` by ``events`` (ids, in order). ``genesis`` is the leaf of
    the first entry, which waits nowhere and is written with its batch; empty for all others.
    """

    old: Size
    new: Size
    events: tuple[str, ...]
    genesis: str = ""


def size_of(tree: CompactRange) -> Size:
    """A tree as an intent names it."""
    return tree.size, b64(tree.root())


def intent_of(old: CompactRange, new: CompactRange, leaves: Sequence[tuple[str, bytes]], genesis: str = "") -> Intent:
    """The intent to place ``leaves`` (event id, bytes)."""
    return Intent(size_of(old), size_of(new), tuple(event_id for event_id, _ in leaves), genesis)


class IntentFile:
    """The file beside the kept checkpoint. One process writes it: the one that holds the checkpoint."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None
        self._count = 0

    def read(self) -> Intent | None:
        """The latest intent that was written whole; None where there never was any."""
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _unreadable() from error
        slots = [one for at in (0, SLOT) if (one := _opened(data[at : at + SLOT])) is not None]
        if not slots and data.strip(b"\0"):
            raise _unreadable()
        if not slots:
            return None
        self._count, found = max(slots, key=lambda slot: slot[0])
        return found

    def write(self, intent: Intent) -> None:
        """Durable when this returns."""
        self._count += 1
        body = canonical({
            "n": self._count, "old": list(intent.old), "new": list(intent.new), "events": list(intent.events),
            "genesis": intent.genesis,
        })  # fmt: skip
        record = f"{sha256_hex(body)} {len(body)}\n".encode() + body
        if len(record) > SLOT:
            raise Internal("consent.intent_too_large", "a batch is larger than its intent may be", bytes=len(record))
        file = self._opened_file()
        os.pwrite(file, record, SLOT * (self._count % 2))
        os.fdatasync(file)

    def forget(self) -> None:
        """Remove it: an operator has compared the database with a copy, and it is to be signed as it is."""
        self.close()
        self._path.unlink(missing_ok=True)
        self._count = 0

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _opened_file(self) -> int:
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            if os.fstat(self._file).st_size < 2 * SLOT:
                os.pwrite(self._file, bytes(2 * SLOT), 0)  # the place is taken once: later writes move no metadata
                os.fsync(self._file)
                sync_folder(self._path.parent)
        return self._file


def sync_folder(folder: Path) -> None:
    """Make a name that was put into ``folder`` durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _opened(slot: bytes) -> tuple[int, Intent] | None:
    """A slot's number and intent; None for one that was never written, or not to its end."""
    head, _, rest = slot.partition(b"\n")
    digest, _, length = head.partition(b" ")
    body = rest[: int(length)] if length.isdigit() else b""
    if not body or sha256_hex(body).encode() != digest:
        return None
    value: dict[str, Any] = json.loads(body)
    old, new = ((int(value[name][0]), str(value[name][1])) for name in ("old", "new"))
    return int(value["n"]), Intent(old, new, tuple(value["events"]), str(value["genesis"]))


def _unreadable() -> Internal:
    return Internal(
        "consent.watermark_unreadable", "the intent beside the kept checkpoint cannot be read",
        fix="restore both files; or compare the head with a copy, remove both and start once with --adopt-checkpoint",
    )  # fmt: skip
