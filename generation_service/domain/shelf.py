"""What is kept of takes and spoken lines beyond the production that made them. As in :mod:`.ports`, every method runs
in the caller's transaction.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

Stored = dict[str, Any]
"""A JSON object as it is stored: its words sealed under the key of the production that made it."""


class Lines(Protocol):
    """Spoken lines by the digest of what they say and how. A hint: the sound and its key must still be there."""

    def note(self, tx: Any, partner: str, digest: str, line: Stored) -> None:
        """``line`` names its ``production`` and ``sha256``."""
        ...

    def find(self, tx: Any, partner: str, digest: str) -> Stored | None:
        """The latest line with this digest whose production still has its key."""
        ...

    def forget(self, tx: Any, production: str, sha256s: Sequence[str] | None = None) -> None:
        """Strike these lines of a production off; all of them when none are named."""
        ...


class History(Protocol):
    """All takes ever made of a film, by shot key, numbered from 1. Rows are never deleted: a purged take says so."""

    def add(self, tx: Any, partner: str, film: str, take: Stored) -> int:
        """Note a take by its ``key``, ``sha256`` and ``production``; its number. The same picture again only adds a
        user to its row.
        """
        ...

    def of(self, tx: Any, film: str, key: str | None = None) -> list[Stored]:
        """By key and number; with ``number``, ``used_by``, ``purged`` and ``purged_at`` as they are now."""
        ...

    def purge(self, tx: Any, production: str, sha256s: Sequence[str] | None, why: str, at: datetime) -> None:
        """Say that this production's copies of takes are gone (all when none are named). A take of which no user has
        a copy left is purged.
        """
        ...


class Sources(Protocol):
    """What a production was submitted with, sealed under its key, so that a version can be made of it."""

    def put(self, tx: Any, production: str, sealed: bytes) -> None: ...

    def get(self, tx: Any, production: str) -> bytes | None: ...

    def forget(self, tx: Any, production: str) -> None: ...
