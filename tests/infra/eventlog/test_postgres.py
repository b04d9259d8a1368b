"""What only the Postgres log promises: it outlives lost connections, answers repeats, and works green."""

import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from infra.eventlog.db import Pool, open_pool
from infra.eventlog.log import NewEvent, OutboxMessage
from infra.eventlog.postgres import PgLog, PgTransaction
from infra.kernel.errors import Conflict, Unavailable
from tests.databases import FreshDatabase

ROOT = Path(__file__).parents[3]
EVENT = NewEvent("test.note-written.v1", {}, datetime(2026, 11, 22, tzinfo=UTC))


@pytest.fixture
def pool(database_url: str) -> Iterator[Pool]:
    with open_pool(database_url, max_size=3) as pool:
        yield pool


def end_connections(database: FreshDatabase) -> None:
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_a_transaction_is_repeated_after_its_connection_was_lost(pool: Pool, database: FreshDatabase) -> None:
    log, attempts = PgLog(pool, service="audio"), []

    def work(tx: PgTransaction) -> int:
        attempts.append(1)
        version = len(tx.read("lost"))
        if len(attempts) == 1:
            end_connections(database)
        tx.append("lost", expected_version=version, events=[EVENT])
        return version

    assert log.run(work) == 0
    assert len(attempts) > 1
    assert len(log.run(lambda tx: tx.read("lost"))) == 1


def test_idle_connections_that_died_are_replaced(pool: Pool, database: FreshDatabase) -> None:
    log = PgLog(pool, service="audio")
    log.run(lambda tx: tx.read("s"))
    end_connections(database)
    assert log.run(lambda tx: tx.read("s")) == []


class AnswerLost(PgLog):
    """Commits, and loses the answer of the first commit."""

    lost = False

    def _attempt(self, work: Callable[[PgTransaction], Any]) -> Any:
        result = super()._attempt(work)
        if not self.lost:
            self.lost = True
            raise psycopg.OperationalError("the answer was lost")
        return result


def test_a_commit_whose_answer_was_lost_is_found_by_its_command_id(pool: Pool) -> None:
    stream, command = uuid.uuid4().hex, uuid.uuid4().hex

    def work(tx: PgTransaction) -> dict[str, Any]:
        def first() -> dict[str, Any]:
            [event] = tx.append(stream, expected_version=0, events=[NewEvent(EVENT.type, {}, EVENT.at)])
            return {"entry": event.id}

        return tx.once(command, "f", first)

    log = AnswerLost(pool, service="audio")
    answer = log.run(work)
    [event] = log.run(lambda tx: tx.read(stream))
    assert answer == {"entry": event.id}


def test_without_a_command_id_a_lost_answer_is_a_conflict_never_a_second_event(pool: Pool) -> None:
    stream = uuid.uuid4().hex
    log = AnswerLost(pool, service="audio")
    with pytest.raises(Conflict):
        log.run(lambda tx: tx.append(stream, expected_version=0, events=[NewEvent(EVENT.type, {}, EVENT.at)]))
    assert len(log.run(lambda tx: tx.read(stream))) == 1


def test_a_store_that_stays_away_is_unavailable() -> None:
    with open_pool("postgresql://nobody@127.0.0.1:1/none", timeout_s=0.1) as pool:
        with pytest.raises(Unavailable) as caught:
            PgLog(pool, service="audio", patience_s=0.2).run(lambda tx: tx.read("s"))
        assert caught.value.code == "eventlog.unavailable"


def test_our_own_mistakes_are_not_called_the_stores(pool: Pool) -> None:
    with pytest.raises(psycopg.errors.UndefinedTable):
        PgLog(pool, service="audio").run(lambda tx: tx.conn.execute("SELECT * FROM no_such_table"))


def test_projections_commit_with_their_events(pool: Pool, database: FreshDatabase) -> None:
    with psycopg.connect(database.admin_url) as admin:
        admin.execute("CREATE TABLE audio.notes (id text); GRANT ALL ON audio.notes TO assent_audio")
    log = PgLog(pool, service="audio")

    def work(tx: PgTransaction) -> None:
        tx.conn.execute("INSERT INTO notes VALUES ('kept')")
        tx.append(uuid.uuid4().hex, expected_version=0, events=[NewEvent(EVENT.type, {}, EVENT.at)])

    log.run(work)
    with pytest.raises(Conflict):
        log.run(lambda tx: (work(tx), tx.append("x", expected_version=9, events=[EVENT])))
    assert log.run(lambda tx: tx.conn.execute("SELECT count(*) FROM notes").fetchone()) == (1,)


class CannotSettle(PgLog):
    """Fails while it places the events, with the commit already on its way."""

    def settle(self, transaction: PgTransaction) -> None:
        transaction.conn.execute("SELECT 1/0")


def test_what_cannot_be_placed_is_not_committed(pool: Pool) -> None:
    stream = uuid.uuid4().hex
    with pytest.raises(psycopg.errors.DivisionByZero):
        CannotSettle(pool, service="audio").run(
            lambda tx: tx.append(stream, expected_version=0, events=[NewEvent(EVENT.type, {}, EVENT.at)])
        )
    assert PgLog(pool, service="audio").run(lambda tx: tx.read(stream)) == []


def test_the_relay_is_rung_once_per_publishing_transaction(pool: Pool, database_url: str) -> None:
    log = PgLog(pool, service="audio")
    message = OutboxMessage("audio.events", "k", {})
    with psycopg.connect(database_url, autocommit=True) as ear:
        ear.execute("LISTEN outbox_audio")
        log.run(lambda tx: [tx.publish(message) for _ in range(3)])
        log.run(lambda tx: tx.read("nothing published"))
        assert len(list(ear.notifies(timeout=0.3))) == 1


GREEN = """
import eventlet
eventlet.monkey_patch()
import sys, time
import psycopg
from infra.eventlog.db import open_pool
from infra.eventlog.postgres import PgLog
assert psycopg.waiting.wait.__name__ == "wait_select"
with open_pool(sys.argv[1], max_size=15) as pool:
    log = PgLog(pool, service="audio")
    log.run(lambda tx: None)
    started = time.monotonic()
    sleepers = [eventlet.spawn(log.run, lambda tx: tx.conn.execute("SELECT pg_sleep(0.3)") and None) for _ in range(15)]
    for sleeper in sleepers:
        sleeper.wait()
    print(time.monotonic() - started < 3)
"""


def test_transactions_run_side_by_side_in_a_green_process(database_url: str) -> None:
    environment = {"PSYCOPG_WAIT_FUNC": "wait_select", "PYTHONWARNINGS": "ignore"}
    found = subprocess.run(
        [sys.executable, "-c", GREEN, database_url],
        env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert found.stdout.strip() == "True", found.stderr
