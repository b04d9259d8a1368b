"""Facts that leave straight from the log: what a row stands for, and the relay sending all of it before it goes."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from infra.eventlog.db import open_pool
from infra.eventlog.log import NewEvent, OutboxMessage
from infra.eventlog.postgres import PgLog
from infra.kernel.errors import Internal
from infra.messaging.events import parse_event
from infra.messaging.ranges import facts_of, range_message, range_of
from infra.messaging.relay import BATCH, Relay
from tests.databases import FreshDatabase
from tests.infra.messaging.conftest import until
from tests.infra.messaging.test_relay import Outbox, Relays, Sink, happened

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
COUNT = BATCH + 100


@pytest.fixture(scope="module")
def url(fresh_database: Callable[..., FreshDatabase]) -> str:
    """A log of events 0 to COUNT."""
    url = fresh_database().url("audio")
    with open_pool(url, max_size=1) as pool:
        events = [NewEvent("audio.tested.v1", {"n": n}, NOON, trace="00-abc" if n == 0 else "") for n in range(COUNT)]
        PgLog(pool, service="audio").run(lambda tx: tx.append("s", expected_version=0, events=events))
    return url


@pytest.fixture
def relay() -> Iterator[Callable[..., Relay]]:
    found = Relays()
    yield found
    found.stop()


def test_a_row_stands_for_the_facts_of_its_positions(url: str) -> None:
    row = range_message("audio", 0, 2)
    assert range_of(row) == (0, 2)
    with psycopg.connect(url) as conn:
        first, second = facts_of(conn, "audio", (0, 2))
    assert (first.exchange, first.key, first.headers) == ("audio.events", "audio.tested.v1", {"traceparent": "00-abc"})
    fact = parse_event(first.body)
    assert (fact.id, fact.time, fact.data, fact.subject, fact.service) == (first.id, NOON, {"n": 0}, "s", "audio")
    assert (first.body["sequence"], second.body["sequence"], second.headers) == ("0", "1", {})


@pytest.mark.parametrize(
    "message", [happened(1), OutboxMessage("", "audio.jobs", {}), OutboxMessage("consent.control", "", {"seq": 1})]
)
def test_other_rows_go_as_they_are(message: OutboxMessage) -> None:
    assert range_of(message) is None


def test_a_range_that_the_log_does_not_hold_is_refused(url: str) -> None:
    with psycopg.connect(url) as conn, pytest.raises(Internal, match=r"messaging\.range_incomplete"):
        facts_of(conn, "audio", (COUNT - 1, COUNT + 1))


def test_the_relay_sends_ranges_in_order_between_other_messages(
    url: str, amqp_url: str, broker, relay: Callable[..., Relay]
) -> None:
    sink, outbox = Sink(broker, "audio.events"), Outbox(url, "audio")
    outbox.put(range_message("audio", 0, 3), happened(-1), range_message("audio", 3, COUNT), happened(-2))
    relay(url, amqp_url, "audio")
    until(lambda: outbox.size() == 0)
    until(lambda: len(sink.bodies()) == COUNT + 2)
    assert [body["data"]["n"] for body in sink.bodies()] == [0, 1, 2, -1, *range(3, COUNT), -2]
    outbox.connection.close()


def test_a_relay_that_cannot_read_its_log_says_what_to_do(
    fresh_database: Callable[..., FreshDatabase], amqp_url: str, tmp_path: Path
) -> None:
    """It ends with a reason and a remedy, and what lies behind the edited row stays in the outbox."""
    database = fresh_database()
    url = database.url("audio")
    with open_pool(url, max_size=1) as pool:
        events = [NewEvent("audio.tested.v1", {"n": n}, NOON) for n in range(3)]
        PgLog(pool, service="audio").run(lambda tx: tx.append("s", expected_version=0, events=events))
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        admin.execute("ALTER TABLE audio.events DISABLE TRIGGER ALL")
        place = "SELECT event_id FROM audio.event_order WHERE position = 1"
        assert admin.execute(f"UPDATE audio.events SET envelope = %s WHERE id = ({place})", (b"{}",)).rowcount == 1
    outbox = Outbox(url, "audio")
    outbox.put(range_message("audio", 0, 3), happened(-1))
    told = {"ASSENT_DATABASE_URL": url, "ASSENT_AMQP_URL": amqp_url, "ASSENT_STATE_DIR": str(tmp_path)}
    words = [sys.executable, "-m", "infra.messaging.relay", "--service", "audio"]
    done = subprocess.run(
        words, env={**os.environ, **told}, capture_output=True, text=True, check=False, timeout=60
    )  # fmt: skip
    said = done.stdout + done.stderr
    assert done.returncode == 1, said
    assert all(part in said for part in ("messaging.event_unreadable", "event 1 of audio", "backup")), said
    assert "Traceback" not in said
    assert outbox.size() == 2
    outbox.connection.close()
