"""The list of erasures, kept outside the database so that a restored backup cannot bring anybody back.

One JSON line for each request, as it was signed: handles, a reason code, a signature, no personal data. A line is
flushed to disk before :meth:`Erasures.note` returns; a torn last line is a request that was never answered.
"""

import os
import threading
from pathlib import Path

from pydantic import ValidationError

from consent_service.contract.erasure import EraseSubject


class Erasures:
    """The file at ``path``; without one the list lives in memory (tests)."""

    def __init__(self, path: Path | None = None) -> None:
        self._path, self._lock = path, threading.Lock()
        self._lines: list[str] = []

    def note(self, command: EraseSubject) -> None:
        """Remember a request; noting a subject again does nothing."""
        with self._lock:
            if any(known.erasure.subject == command.erasure.subject for known in self._read()):
                return
            self._append(command.model_dump_json())

    def all(self) -> list[EraseSubject]:
        """Every request, oldest first."""
        with self._lock:
            return self._read()

    def _read(self) -> list[EraseSubject]:
        lines = self._lines
        if self._path is not None:
            lines = self._path.read_text(encoding="utf-8").splitlines() if self._path.exists() else []
        return [command for line in lines if (command := _parse(line)) is not None]

    def _append(self, line: str) -> None:
        if self._path is None:
            self._lines.append(line)
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(("\n" if self._torn() else "") + line + "\n")
            file.flush()
            os.fsync(file.fileno())

    def _torn(self) -> bool:
        data = self._path.read_bytes() if self._path is not None and self._path.exists() else b""
        return bool(data) and not data.endswith(b"\n")


def _parse(line: str) -> EraseSubject | None:
    try:
        return EraseSubject.model_validate_json(line)
    except ValidationError:
        return None
