"""Many commands in one transaction on Postgres: the port of :mod:`infra.eventlog.many` in set-based statements."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from psycopg import errors
from psycopg.types.json import Jsonb

from infra.eventlog.db import named_sql
from infra.eventlog.envelope import seal
from infra.eventlog.group import event_columns
from infra.eventlog.log import NewEvent
from infra.eventlog.many import RACED, Answered, Sealed
from infra.eventlog.postgres import PgTransaction
from infra.kernel.errors import Conflict

SQL = named_sql(Path(__file__).with_name("many.sql"))
LOG_SQL = named_sql(Path(__file__).with_name("queries.sql"))


class PgMany:
    """Implements ``infra.eventlog.many.Many``."""

    def reserve(self, tx: PgTransaction, commands: Sequence[str]) -> dict[str, Answered]:
        ids = {"ids": list(commands)}
        with tx.conn.pipeline():  # two statements: the second sees what the first has waited for
            tx.conn.execute(SQL["lock_commands"], ids)
            rows = tx.conn.execute(SQL["find_answers"], ids)
        return {id_: Answered(fingerprint, dict(answer)) for id_, fingerprint, answer in rows}

    def stored(self, tx: PgTransaction, events: Sequence[str]) -> set[str]:
        if not events:
            return set()
        return {id_ for (id_,) in tx.conn.execute(SQL["find_events"], {"ids": list(events)})}

    def seal(self, tx: PgTransaction, new: NewEvent, stream: str, version: int) -> Sealed:
        event, envelope = seal(new, stream, version)
        tx.verify(envelope)
        return event, envelope

    def write(self, tx: PgTransaction, events: Sequence[Sealed], answers: Mapping[str, Answered]) -> None:
        try:
            with tx.conn.pipeline():
                if events:
                    tx.conn.execute(LOG_SQL["append_group"], _columns(events))
                if answers:
                    tx.conn.execute(LOG_SQL["keep_answers"], _answers(answers))
        except errors.IntegrityError as error:
            tx.broken = Conflict(RACED, "somebody wrote the same in this moment", fix="try again")
            raise tx.broken from error
        tx.appended.extend(event for event, _ in events)


def _columns(events: Sequence[Sealed]) -> dict[str, Any]:
    """The events as columns, each stream's first one with the version that it must follow."""
    seen: set[str] = set()
    rows = []
    for event, envelope in events:
        rows.append((event, envelope, 0 if event.stream in seen else event.version - 1))
        seen.add(event.stream)
    return event_columns(rows)


def _answers(answers: Mapping[str, Answered]) -> dict[str, list[Any]]:
    return {
        "ids": list(answers),
        "fingerprints": [one.fingerprint for one in answers.values()],
        "answers": [Jsonb(one.answer) for one in answers.values()],
    }
