"""The last signed checkpoint, kept outside the database, so that a database restored from the past is noticed.

A file replaced whole: written beside, synced, renamed, the folder synced. A crash leaves the old note or the new one.
"""

import os
from pathlib import Path

from infra.kernel.errors import Internal


class Watermark:
    """One note in one file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> str | None:
        """The note; None where none was ever written."""
        try:
            return self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise Internal("consent.watermark_unreadable", "the checkpoint file cannot be read") from error

    def replace(self, note: str) -> None:
        """Write ``note``; it is on disk when this returns."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        beside = self._path.with_suffix(".next")
        with beside.open("w", encoding="utf-8") as file:
            file.write(note)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
