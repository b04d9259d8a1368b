"""The list of purges, kept outside the database so that a restored backup makes nothing usable again.

One JSON line for each: a cause, an opaque id, a ledger index. A line is flushed to disk before :meth:`PurgeFile.note`
returns; a torn last line is a purge that did not begin.
"""

import os
import threading
from pathlib import Path

from pydantic import ValidationError

from generation_service.domain.purging import Ended


class PurgeFile:
    """The file at ``path``; without one the list lives in memory (tests)."""

    def __init__(self, path: Path | None = None) -> None:
        self._path, self._lock = path, threading.Lock()
        self._lines: list[str] = []

    def note(self, ended: Ended) -> None:
        """Remember a purge; noting one again does nothing."""
        with self._lock:
            if any(_same(known, ended) for known in self._read()):
                return
            line = ended.model_dump_json()
            if self._path is None:
                self._lines.append(line)
                return
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(f"\n{line}\n")  # a torn line before it stays a line of its own
                file.flush()
                os.fsync(file.fileno())

    def all(self) -> list[Ended]:
        """Every purge, oldest first."""
        with self._lock:
            return self._read()

    def _read(self) -> list[Ended]:
        lines = self._lines
        if self._path is not None:
            lines = self._path.read_text(encoding="utf-8").splitlines() if self._path.exists() else []
        return [ended for line in lines if (ended := _parse(line)) is not None]


def _same(one: Ended, other: Ended) -> bool:
    return (one.cause, one.ref, one.assets) == (other.cause, other.ref, other.assets)


def _parse(line: str) -> Ended | None:
    try:
        return Ended.model_validate_json(line)
    except ValidationError:
        return None
