"""The event log on Postgres: the port of :mod:`infra.eventlog.log`, each transaction one database transaction.

Commit point: the database commit at the end of :meth:`PgLog.run`. A crash before it leaves nothing; a crash after it
leaves everything, and the caller's repeat finds its first answer through :meth:`PgTransaction.once`. Positions are
taken under one lock as the last thing before the commit, so the global order is gapless and in commit order.
"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, LiteralString, TypeVar

import psycopg
from psycopg import errors
from psycopg.types.json import Jsonb

from infra.eventlog.db import Pool, named_sql, persistently, translated
from infra.eventlog.envelope import load, place, seal
from infra.eventlog.group import Append, GroupAppender
from infra.eventlog.log import Command, Event, NewEvent, OutboxMessage
from infra.eventlog.replayed import listening, note_replay
from infra.kernel.errors import AssentError, Conflict

T = TypeVar("T")
_SQL = named_sql(Path(__file__).with_name("queries.sql"))


class PgTransaction:
    """One unit of work; ``conn`` is its connection, for projections that must commit with it.

    After any Conflict the transaction is lost: :meth:`PgLog.run` raises it again even if ``work`` caught it.
    """

    def __init__(self, conn: psycopg.Connection, verify: Callable[[bytes], None] = lambda envelope: None) -> None:
        self.conn, self.verify = conn, verify
        self.appended: list[Event] = []
        self.messages: list[OutboxMessage] = []
        self.broken: Conflict | None = None

    def read(self, stream: str, *, after: int = 0) -> list[Event]:
        rows = self.conn.execute(_SQL["read_stream"], {"stream": stream, "after": after}, binary=True).fetchall()
        return [load(envelope, position) for envelope, position in rows]

    def append(self, stream: str, *, expected_version: int, events: Sequence[NewEvent]) -> list[Event]:
        if not events:
            return []
        sealed = [seal(new, stream, expected_version + n) for n, new in enumerate(events, start=1)]
        for _, envelope in sealed:
            self.verify(envelope)
        self.append_sealed(stream, expected_version, sealed)
        return [event for event, _ in sealed]

    def append_sealed(self, stream: str, expected: int, sealed: Sequence[tuple[Event, bytes]]) -> None:
        """:meth:`append` for events that already have their bytes."""
        self._insert(stream, expected, sealed)
        self.appended.extend(event for event, _ in sealed)

    def publish(self, message: OutboxMessage) -> None:
        self.messages.append(message)

    def once(self, command_id: str, fingerprint: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        self.conn.execute(_SQL["lock_command"], {"id": command_id})
        row = self.conn.execute(_SQL["find_answer"], {"id": command_id}).fetchone()
        if row is None:
            answer = work()
            self.conn.execute(
                _SQL["keep_answer"], {"id": command_id, "fingerprint": fingerprint, "answer": Jsonb(answer)}
            )
            return answer
        if row[0] != fingerprint:
            raise self._break("eventlog.command_reused", "this id was used for another command", id=command_id)
        note_replay()
        return dict(row[1])

    def attempt(self, work: Callable[[], T]) -> T:
        if self.conn.info.transaction_status == psycopg.pq.TransactionStatus.IDLE:
            self.conn.execute("SELECT 1")  # begins the transaction: else the block below would, and commit it
        appended, messages = len(self.appended), len(self.messages)
        try:
            with self.conn.transaction():
                return work()
        except AssentError:
            del self.appended[appended:], self.messages[messages:]
            self.broken = None
            raise

    def first_time(self, event_id: str) -> bool:
        return self.conn.execute(_SQL["first_time"], {"id": event_id}).rowcount == 1

    def _insert(self, stream: str, expected: int, sealed: Sequence[tuple[Event, bytes]]) -> None:
        parameters = {
            "stream": stream,
            "expected": expected,
            "ids": [event.id for event, _ in sealed],
            "versions": [event.version for event, _ in sealed],
            "types": [event.type for event, _ in sealed],
            "envelopes": [envelope for _, envelope in sealed],
        }
        try:
            written = self.conn.execute(_SQL["append"], parameters).rowcount
        except errors.UniqueViolation as error:
            if error.diag.constraint_name == "events_pkey":
                raise self._break("eventlog.event_id", "an event with this id is already stored") from error
            written = 0
        if written != len(sealed):
            raise self._break("eventlog.version", "the stream moved on", stream=stream, expected=expected)

    def _break(self, code: str, detail: str, **info: Any) -> Conflict:
        self.broken = Conflict(code, detail, **info)
        return self.broken


class PgLog:
    """Implements ``infra.eventlog.log.Log`` for the service whose schema the pool's search path names.

    ``patience_s`` bounds how long :meth:`run` repeats a transaction while the store is away.
    """

    def __init__(self, pool: Pool, *, service: str, patience_s: float = 4.0) -> None:
        self._pool, self._channel, self.patience_s = pool, f"outbox_{service}", patience_s
        self._group = GroupAppender(self, pool, _SQL, alone=self._append_alone)

    def run(self, work: Callable[[PgTransaction], T]) -> T:
        return persistently(lambda: self._attempt(work), patience_s=self.patience_s)

    def append(
        self,
        stream: str,
        *,
        expected_version: int,
        events: Sequence[NewEvent],
        command: Command | None = None,
        also: Callable[[Any], None] | None = None,
    ) -> list[str]:
        sealed = [place(new, stream, expected_version + n) for n, new in enumerate(events, start=1)]
        for _, envelope in sealed:
            self.verify_envelope(envelope)
        one = Append(stream, expected_version, sealed, command, also)
        ids = self._group.commit(one) if sealed else []
        if one.replayed:
            note_replay()
        return ids

    append_statement: LiteralString | None = None
    """Where a log can do all that a plain append needs in one statement: ``append_group`` and what :meth:`settle` does.
    Such a statement is its own transaction.
    """

    def append_parameters(self, events: Sequence[Event]) -> dict[str, Any]:
        """What :attr:`append_statement` takes beside the columns of ``append_group``."""
        return {}

    def history(self, *, after: int = -1, limit: int = 1000) -> list[Event]:
        """Events with position > ``after`` in the global order, at most ``limit``."""
        with translated(), self._pool.connection() as conn:
            rows = conn.execute(_SQL["history"], {"after": after, "limit": limit}, binary=True).fetchall()
        return [load(envelope, position) for envelope, position in rows]

    def begin(self, conn: psycopg.Connection) -> PgTransaction:
        """The transaction object handed to ``work``."""
        return PgTransaction(conn, self.verify_envelope)

    def verify_envelope(self, envelope: bytes) -> None:
        """A place for a log with stricter rules to refuse an envelope before it is written."""

    def settle(self, transaction: PgTransaction) -> None:
        """Place the appended events in the global order: the last thing before the commit."""
        transaction.conn.execute(_SQL["lock_order"])
        transaction.conn.execute(_SQL["take_positions"], {"ids": [event.id for event in transaction.appended]})

    def _attempt(self, work: Callable[[PgTransaction], T]) -> T:
        with self._pool.connection() as conn:
            transaction = self.begin(conn)
            result = work(transaction)
            if transaction.broken:
                raise transaction.broken
            with conn.pipeline():  # one round trip to the commit, so the order's lock is held for the commit alone
                self.finish(transaction)
                conn.commit()
            return result

    def _append_alone(self, one: Append) -> list[str]:
        """One append in a transaction of its own, with the answers of :meth:`run`."""

        def work(transaction: PgTransaction) -> dict[str, Any]:
            transaction.append_sealed(one.stream, one.expected, one.sealed)
            if one.also is not None:
                one.also(transaction)
            return {"entries": [event.id for event, _ in one.sealed]}

        def once(transaction: PgTransaction) -> dict[str, Any]:
            command = one.command
            if command is None:
                return work(transaction)
            return transaction.once(command.id, command.fingerprint, lambda: work(transaction))

        with listening() as replayed:  # whoever leads the group does this, and it may be about somebody else's command
            ids = list(self.run(once)["entries"])
            one.replayed = replayed()
        return ids

    def finish(self, transaction: PgTransaction) -> None:
        """Outbox and order: the last statements of a transaction."""
        if transaction.messages:
            publish(transaction.conn, transaction.messages)
            transaction.conn.execute(_SQL["ring"], {"channel": self._channel})
        if transaction.appended:
            self.settle(transaction)


def publish(conn: psycopg.Connection, messages: Sequence[OutboxMessage]) -> None:
    """Put messages into the outbox of the connection's schema, in order, inside its transaction."""
    conn.execute(_SQL["publish"], message_columns(messages))


def message_columns(messages: Sequence[OutboxMessage]) -> dict[str, list[Any]]:
    """Messages as columns, for a statement that writes them beside other rows."""
    return {
        "message_ids": [message.id for message in messages],
        "exchanges": [message.exchange for message in messages],
        "keys": [message.key for message in messages],
        "bodies": [json.dumps(message.body) for message in messages],
        "headers": [json.dumps(message.headers) for message in messages],
        "expires": [message.expires_ms for message in messages],
    }
