"""A witness's memory: one record for each log in an SQLite file, changed by check-and-persist in one step.

Commit point: the transaction's end in :meth:`WitnessStore.advance`, synced to disk before it returns. A crash before
it leaves the old record and no cosignature was given; a crash after it leaves the new record, and the log learns its
size from the 409 to its next request. Two processes on one file are serialised by SQLite's lock.
"""

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

from consent_service.witness.rules import Record
from infra.kernel.errors import Internal

_SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
    origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL, note TEXT NOT NULL, time INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS forks (
    origin TEXT NOT NULL, size INTEGER NOT NULL, kept TEXT NOT NULL, offered TEXT NOT NULL, time INTEGER NOT NULL
);
"""
_KEEP = "INSERT OR REPLACE INTO records (origin, size, root, note, time) VALUES (?, ?, ?, ?, ?)"
_FORKS_KEPT = 1000


class WitnessStore:
    """Records by origin. Every method may be called from any thread; the file is opened once."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = threading.Lock()
        try:
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5.0)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise Internal("witness.store", "the witness's store cannot be opened", fix="check the file") from error

    def advance(self, origin: str, step: Callable[[Record | None], Record]) -> Record:
        """Give ``step`` the record and keep what it returns; what it raises leaves the record as it is."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                record = step(self._read(origin))
                self._db.execute(_KEEP, (origin, record.size, record.root, record.note, record.time))
                self._db.execute("COMMIT")
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
        return record

    def record(self, origin: str) -> Record | None:
        """The latest record of a log."""
        with self._lock:
            return self._read(origin)

    def keep_fork(self, origin: str, offered: str, now: int) -> None:
        """Keep two signed checkpoints of one size with different roots: the proof that the log signed both."""
        with self._lock:
            kept = self._read(origin)
            count = int(self._db.execute("SELECT count(*) FROM forks").fetchone()[0])
            if kept is not None and count < _FORKS_KEPT:
                self._db.execute(
                    "INSERT INTO forks (origin, size, kept, offered, time) VALUES (?, ?, ?, ?, ?)",
                    (origin, kept.size, kept.note, offered, now),
                )

    def forks(self) -> list[tuple[str, int, str, str]]:
        """``(origin, size, kept note, offered note)`` of every fork seen."""
        with self._lock:
            return self._db.execute("SELECT origin, size, kept, offered FROM forks ORDER BY time").fetchall()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def _read(self, origin: str) -> Record | None:
        query = "SELECT size, root, note, time FROM records WHERE origin = ?"
        row = self._db.execute(query, (origin,)).fetchone()
        return None if row is None else Record(*row)
