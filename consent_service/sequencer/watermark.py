"""The last signed checkpoint, kept outside the database, so that a database restored from the past is noticed.

Two files in one folder. The *intent* (:mod:`consent_service.sequencer.intent`) is written before a batch is committed,
the *note* after it. The note is replaced whole by compare-and-swap: under a lock, the note there must be the one this
process left or read last, and the new one must not be behind it or differ from it at the same size; then it is written
beside and renamed. It is not synced: the intent holds what a power cut could take from it. A crash leaves the old note
or the new one, and the intent of the batch that was under way. The signer that is active holds both for itself: a
second one, on whatever database, is refused. Errors:
:class:`Internal` with ``consent.two_signers``, ``consent.watermark_moved``, ``consent.ledger_rolled_back``,
``consent.ledger_diverged``, ``consent.watermark_unreadable``.
"""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from consent_service.sequencer.intent import Intent, IntentFile
from infra.kernel.errors import Internal, Invalid
from infra.tlog.checkpoint import SignedTree, parse_checkpoint
from infra.tlog.note import split_note

_PATIENCE_S = 5.0
_UNREAD = "unread"


class Watermark:
    """One note in one file. ``held`` makes this object its only writer, of all processes that share the folder."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._intents = IntentFile(path.with_suffix(".intent"))
        self._expected: str | None = _UNREAD

    @contextmanager
    def held(self, *, patience_s: float = _PATIENCE_S) -> Iterator[None]:
        """Hold the file; a holder that just lost its connection has ``patience_s`` to let it go."""
        with self._locked("active", patience_s):
            try:
                yield
            finally:
                self._intents.close()

    def read(self) -> str | None:
        """The note; None where none was ever written. From here on it must stay as it is, but for our own writes."""
        self._expected = self._current()
        return self._expected

    def intended(self) -> Intent | None:
        """The batch that was to be committed last, by whomever; None where none was ever written down."""
        return self._intents.read()

    def forget_intent(self) -> None:
        """The database is to be signed as it is, on an operator's word."""
        self._intents.forget()

    def intend(self, intent: Intent) -> None:
        """Write down what is about to be committed; durable when this returns."""
        self._intents.write(intent)

    def verify_unmoved(self) -> None:
        """Return None when the file says what we read or wrote last. Asked before each signature."""
        self._verify_expected(self._current())

    def _verify_expected(self, current: str | None) -> None:
        if self._expected not in (_UNREAD, current):
            raise Internal(
                "consent.watermark_moved", "another process has changed the kept checkpoint",
                fix="find the second signer; start again once there is one", path=str(self._path),
            )  # fmt: skip

    def replace(self, note: str) -> None:
        """Compare and swap. Whoever reads the file sees the note from here on; a machine that loses its power right
        away may find the one before, or an empty file, and the intent of this batch beside it.
        """
        with self._locked("swap", _PATIENCE_S):
            current = self._current()
            self._verify_expected(current)
            _verify_ahead(current, note)
            self._write(note)
        self._expected = note

    def _current(self) -> str | None:
        try:
            return self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise Internal("consent.watermark_unreadable", "the checkpoint file cannot be read") from error

    def _write(self, note: str) -> None:
        beside = self._path.with_suffix(".next")
        beside.write_text(note, encoding="utf-8")
        beside.replace(self._path)

    @contextmanager
    def _locked(self, name: str, patience_s: float) -> Iterator[None]:
        """An exclusive lock of the system on a file beside; it ends with the process, however that ends."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.with_suffix(f".{name}").open("a") as file:
            end = time.monotonic() + patience_s
            while not _try_lock(file.fileno()):
                if time.monotonic() > end:
                    raise Internal(
                        "consent.two_signers", "another process signs for this log",
                        fix="two sequencers share this folder but not a database: stop one", path=str(self._path),
                    )  # fmt: skip
                time.sleep(0.01)
            yield


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _verify_ahead(kept: str | None, note: str) -> None:
    """The new checkpoint is of the same log and larger, or the very same tree. An empty file is a power cut's work."""
    if not kept:
        return
    old, new = _tree(kept), _tree(note)
    if old.origin != new.origin or (old.size == new.size and old.root != new.root):
        raise Internal("consent.ledger_diverged", "the kept checkpoint is of another history", size=old.size)
    if new.size < old.size:
        raise Internal(
            "consent.ledger_rolled_back", "the kept checkpoint is newer than the one to be kept",
            fix="restore the newer database; the log never signs two histories", kept=old.size, stored=new.size,
        )  # fmt: skip


def _tree(note: str) -> SignedTree:
    try:
        return parse_checkpoint(split_note(note)[0])
    except Invalid as error:
        raise Internal("consent.watermark_unreadable", "the kept checkpoint is none", fix="restore the file") from error
