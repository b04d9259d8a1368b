"""Group commit: many producers in one process, one transaction for all that they append while the last one commits.

There is no thread of its own: whoever finds nobody at work leads, commits everything that waits and answers all, so a
lone producer never changes threads and 256 of them share one ``fdatasync``. Who is answered is woken by the one before
it: waking all at once makes them fight for the interpreter, which costs more than the rest of an append. Works in plain
threads and green ones.

Commit point: the database commit in :meth:`GroupAppender._write`. A crash before it leaves nothing of the group; one
after it leaves all of it. When anything in the group is refused (a stream that moved on, a command that was answered
before) the whole group is rolled back and each append is made alone, so that each gets its own answer.
"""

import copy
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from psycopg import errors
from psycopg.types.json import Jsonb

from infra.eventlog.db import Pool, autocommit, persistently, translated
from infra.eventlog.log import Command, Event
from infra.kernel.errors import AssentError, Internal

if TYPE_CHECKING:
    from infra.eventlog.postgres import PgLog, PgTransaction

LIMIT = 512
"""Appends in one transaction, at most."""
_CROWD, _LOOK_S, _LOOKS = 8, 0.00015, 16
"""After a group of so many a leader looks this often, and at most so many times, whether more come."""


@dataclass
class Append:
    """One producer's events, already in their bytes. ``also`` adds rows to the same transaction: writes only, it cannot
    read there, and it may run more than once.
    """

    stream: str
    expected: int
    sealed: Sequence[tuple[Event, bytes]]
    command: Command | None = None
    also: Callable[[Any], None] | None = None
    ids: list[str] = field(default_factory=list)
    error: AssentError | None = None
    replayed: bool = False
    done: bool = False
    gone: bool = False
    """Nobody waits for it any more."""
    woken: Any = field(default_factory=lambda: _held())  # noqa: PLW0108 - defined below
    following: "Append | None" = None
    """Whom to wake next, once ``done``."""


class GroupAppender:
    """Commits appends for a log. ``sql`` holds its statements; ``alone`` makes one append in a transaction of its own
    and gives the entry ids.
    """

    def __init__(self, log: "PgLog", pool: Pool, sql: Any, *, alone: Callable[[Append], list[str]]) -> None:
        self._log, self._pool, self._sql, self._alone = log, pool, sql, alone
        self._waiting: deque[Append] = deque()
        self._turn = threading.Lock()
        self._answered = 0  # the size of the last group

    def commit(self, one: Append) -> list[str]:
        """The ids of the stored events, once they are on disk. Raises what :meth:`PgLog.run` raises."""
        self._waiting.append(one)
        try:
            while not one.done:
                if self._turn.acquire(blocking=False):
                    try:
                        if not one.done:
                            self._lead()
                    finally:
                        self._turn.release()
                        self._hand_over()
                else:
                    one.woken.acquire()
        except BaseException:
            self._give_up(one)
            raise
        finally:
            if one.done:
                _wake(one.following)
        if one.error is not None:
            raise one.error
        return one.ids

    def _give_up(self, one: Append) -> None:
        """A green thread may be ended while it waits: then nobody is to wait for it to lead, or to wake others."""
        one.gone = True
        with suppress(ValueError):
            self._waiting.remove(one)
        self._hand_over()

    def _lead(self) -> None:
        self._gather()
        group = self._take()
        self._answered = len(group)
        try:
            persistently(lambda: self._write(group), patience_s=self._log.patience_s)
        except (errors.IntegrityError, AssentError) as error:
            for one in group:
                self._settle_alone(one, away=error if isinstance(error, AssentError) else None)
        except BaseException as error:
            for one in group:
                one.error = Internal("eventlog.failed", f"the group could not be written: {type(error).__name__}")
            raise
        else:
            for one in group:
                one.ids = [event.id for event, _ in one.sealed]
        finally:
            for one, following in pairwise(group):
                one.following = following
            for one in group:
                one.done = True
            _wake(group[0] if group else None)

    def _gather(self) -> None:
        """Those the last group answered are on their way back: while they come, a larger group is the cheaper one. Few
        producers are never waited for.
        """
        seen, looks = 0, _LOOKS if self._answered >= _CROWD else 0
        while looks and seen + 2 <= len(self._waiting) < LIMIT:
            seen, looks = len(self._waiting), looks - 1
            time.sleep(_LOOK_S)

    def _take(self) -> list[Append]:
        """The oldest waiting appends; a second one to a stream or of a command belongs to the next group."""
        group: list[Append] = []
        later: list[Append] = []
        seen: set[str] = set()
        while self._waiting and len(group) < LIMIT:
            one = self._waiting.popleft()
            names = {f"s{one.stream}"} | ({f"c{one.command.id}"} if one.command else set())
            (group if seen.isdisjoint(names) else later).append(one)
            seen |= names
        self._waiting.extendleft(reversed(later))
        return group

    def _write(self, group: Sequence[Append]) -> None:
        """All of the group in one round trip. A stream that stands elsewhere makes the database refuse a row."""
        plain = all(one.command is None and one.also is None for one in group)
        if plain and self._log.append_statement is not None:
            events = [event for one in group for event, _ in one.sealed]
            with autocommit(self._pool) as conn:
                conn.execute(self._log.append_statement, _columns(group) | self._log.append_parameters(events))
            return
        with self._pool.connection() as conn:
            transaction = self._log.begin(conn)
            transaction.appended = [event for one in group for event, _ in one.sealed]
            with conn.pipeline():
                conn.execute(self._sql["append_group"], _columns(group))
                self._keep_answers(transaction, group)
                for one in group:
                    if one.also is not None:
                        one.also(transaction)
                self._log.finish(transaction)
                conn.commit()

    def _keep_answers(self, transaction: "PgTransaction", group: Sequence[Append]) -> None:
        commands = [(one, one.command) for one in group if one.command is not None]
        if commands:
            transaction.conn.execute(
                self._sql["keep_answers"],
                {
                    "ids": [command.id for _, command in commands],
                    "fingerprints": [command.fingerprint for _, command in commands],
                    "answers": [Jsonb({"entries": [event.id for event, _ in one.sealed]}) for one, _ in commands],
                },
            )

    def _settle_alone(self, one: Append, *, away: AssentError | None) -> None:
        """One append of a refused group. A group whose commit went through although its answer was lost is found."""
        try:
            if away is not None:
                raise copy.copy(away)
            if one.command is None and self._is_stored(one):
                one.ids = [event.id for event, _ in one.sealed]
            else:
                one.ids = self._alone(one)
        except AssentError as error:
            one.error = error

    def _is_stored(self, one: Append) -> bool:
        """Whether exactly these events stand where they were to go."""
        with translated(), self._pool.connection() as conn:
            row = conn.execute(self._sql["count_stored"], _columns([one])).fetchone()
        return row is not None and row[0] == len(one.sealed)

    def _hand_over(self) -> None:
        """Let the one who waits longest lead; it may have been served meanwhile, and then just returns."""
        with suppress(IndexError):
            _release(self._waiting[0].woken)


def _columns(group: Sequence[Append]) -> dict[str, Any]:
    """The events of a group as columns; ``bases`` is the version each one needs its stream to have, or 0."""
    rows = [
        (event, envelope, one.expected if n == 0 else 0)
        for one in group
        for n, (event, envelope) in enumerate(one.sealed)
    ]
    return event_columns(rows)


def event_columns(rows: Sequence[tuple[Event, bytes, int]]) -> dict[str, Any]:
    """What ``append_group`` takes: events with their bytes and the version that the stream must have before, or 0."""
    return {
        "ids": [event.id for event, _, _ in rows],
        "streams": [event.stream for event, _, _ in rows],
        "versions": [event.version for event, _, _ in rows],
        "types": [event.type for event, _, _ in rows],
        "envelopes": [envelope for _, envelope, _ in rows],
        "bases": [base for _, _, base in rows],
    }


def _wake(one: Append | None) -> None:
    """Wake the one who waits for this append, and on behalf of those that nobody waits for, the next."""
    while one is not None:
        _release(one.woken)
        if not one.gone:
            return
        one = one.following


def _held() -> Any:
    lock = threading.Lock()
    lock.acquire()
    return lock


def _release(lock: Any) -> None:
    """Wake whoever waits, or will; twice is as good as once."""
    with suppress(RuntimeError):
        lock.release()
