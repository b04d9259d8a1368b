"""What identity keeps outside its database: the sealed reference files, and the list of who was erased."""

import os
from pathlib import Path

from infra.blobs import BlobStore


class BlobLibrary:
    """:class:`~identity_service.domain.Library` on the blob store's ``library`` area."""

    def __init__(self, blobs: BlobStore) -> None:
        self._blobs = blobs

    def delete(self, sha256: str, data_key: bytes) -> None:
        self._blobs.delete("library", sha256, data_key)


class ErasedFile:
    """:class:`~identity_service.domain.ErasedList` in a file, one handle a line, flushed to disk."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def note(self, owner: str) -> None:
        if owner in self.all():
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(f"\n{owner}\n")  # a torn line before it stays a line of its own
            file.flush()
            os.fsync(file.fileno())

    def all(self) -> list[str]:
        lines = self._path.read_text(encoding="utf-8").split() if self._path.exists() else []
        return list(dict.fromkeys(lines))
