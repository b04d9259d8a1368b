"""The relay between a real outbox and a real broker: order, confirms, restarts, heartbeat."""

import itertools
import json
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import psycopg
import pytest
from psycopg import sql

from infra.eventlog.log import OutboxMessage
from infra.kernel.ids import uuid7
from infra.messaging.control import declare_control
from infra.messaging.events import control_message, event_message, job_message
from infra.messaging.publisher import Publisher
from infra.messaging.relay import Relay
from tests.databases import FreshDatabase
from tests.infra.messaging.conftest import until
from tests.infra.messaging.proxy import proxied

INSERT = "INSERT INTO outbox (id, exchange, key, body, headers, expires_ms) VALUES (%s, %s, %s, %s, %s, %s)"


class Outbox:
    """One service's outbox, written as its own role."""

    def __init__(self, url: str, service: str) -> None:
        self.url, self.service = url, service
        self.connection = psycopg.connect(url, autocommit=True)

    def put(self, *messages: OutboxMessage) -> None:
        with self.connection.transaction(), self.connection.cursor() as cursor:
            for one in messages:
                body, headers = json.dumps(one.body), json.dumps(one.headers)
                cursor.execute(INSERT, (one.id, one.exchange, one.key, body, headers, one.expires_ms))
            cursor.execute(sql.SQL("NOTIFY {}").format(sql.Identifier(f"outbox_{self.service}")))

    def size(self) -> int:
        row = self.connection.execute("SELECT count(*) FROM outbox").fetchone()
        assert row is not None
        return row[0]


class Relays:
    def __init__(self) -> None:
        self.running: list[tuple[Relay, threading.Thread]] = []

    def __call__(self, database_url: str, amqp_url: str, service: str, **options: Any) -> Relay:
        relay = Relay(database_url, amqp_url, service, **options)
        thread = threading.Thread(target=relay.run)
        thread.start()
        self.running.append((relay, thread))
        return relay

    def stop(self, *relays: Relay) -> None:
        chosen = [pair for pair in self.running if not relays or pair[0] in relays]
        for relay, _ in chosen:
            relay.stop()
        for pair in chosen:
            pair[1].join(10)
            assert not pair[1].is_alive()
            self.running.remove(pair)


@pytest.fixture(scope="module")
def database(fresh_database: Callable[..., FreshDatabase]) -> FreshDatabase:
    return fresh_database()


@pytest.fixture
def outbox(database: FreshDatabase) -> Iterator[Outbox]:
    found = Outbox(database.url("audio"), "audio")
    found.connection.execute("DELETE FROM outbox")
    yield found
    found.connection.close()


@pytest.fixture
def relay() -> Iterator[Relays]:
    found = Relays()
    yield found
    found.stop()


class Sink:
    """A queue bound to an exchange; what arrived in it."""

    def __init__(self, channel: Any, exchange: str, kind: str = "topic") -> None:
        self.channel, self.queue = channel, channel.queue_declare("", exclusive=True).method.queue
        channel.exchange_declare(exchange, kind, durable=True)
        channel.queue_bind(self.queue, exchange, "#")
        self.got: list[tuple[Any, dict[str, Any]]] = []

    def bodies(self) -> list[dict[str, Any]]:
        while True:
            method, properties, body = self.channel.basic_get(self.queue, auto_ack=True)
            if method is None:
                return [one for _, one in self.got]
            self.got.append((properties, json.loads(body)))


def numbers(sink: Sink) -> list[int]:
    return [body["data"]["n"] for body in sink.bodies()]


def happened(number: int) -> OutboxMessage:
    return event_message("audio", "tested", {"n": number})


def test_events_leave_in_order_and_the_outbox_is_empty(outbox: Outbox, amqp_url: str, broker, relay: Relays) -> None:
    sink = Sink(broker, "audio.events")
    relay(outbox.url, amqp_url, "audio")
    messages = [happened(n) for n in range(1200)]
    outbox.put(*messages)
    until(lambda: outbox.size() == 0)
    until(lambda: len(sink.bodies()) == 1200)
    assert numbers(sink) == list(range(1200))
    properties, body = sink.got[0]
    assert (properties.message_id, properties.delivery_mode, properties.content_type) == (
        messages[0].id, 2, "application/json",
    )  # fmt: skip
    assert body == messages[0].body


def test_message_without_notify_is_found_by_the_poll(outbox: Outbox, amqp_url: str, broker, relay: Relays) -> None:
    sink = Sink(broker, "audio.events")
    running = relay(outbox.url, amqp_url, "audio")
    until(lambda: running.leading)
    one = happened(1)
    outbox.connection.execute(INSERT, (one.id, one.exchange, one.key, json.dumps(one.body), "{}", None))
    until(lambda: numbers(sink) == [1])


def test_job_goes_to_its_queue_which_is_declared_first(outbox, amqp_url, broker, relay: Relays, jobs_queue) -> None:
    relay(outbox.url, amqp_url, "audio")
    outbox.put(job_message(jobs_queue, {"job": "job-1"}, "job-1"))
    until(lambda: outbox.size() == 0)
    _method, properties, body = broker.basic_get(jobs_queue, auto_ack=True)
    assert (properties.message_id, json.loads(body)) == ("job-1", {"job": "job-1"})


def test_job_that_no_queue_takes_stays_and_holds_nothing_up(outbox, amqp_url, broker, relay: Relays) -> None:
    sink, missing = Sink(broker, "audio.events"), f"missing-{uuid7()}"
    outbox.put(job_message(missing, {"job": "job-2"}, "job-2"), happened(2))
    relay(outbox.url, amqp_url, "audio")
    until(lambda: numbers(sink) == [2])
    assert outbox.size() == 1
    broker.queue_declare(missing, exclusive=True)
    until(lambda: outbox.size() == 0)
    assert broker.basic_get(missing, auto_ack=True)[0] is not None


def test_two_relays_side_by_side_send_once_and_in_order(outbox, amqp_url, broker, relay: Relays) -> None:
    sink = Sink(broker, "audio.events")
    first, second = relay(outbox.url, amqp_url, "audio"), relay(outbox.url, amqp_url, "audio")
    for start in range(0, 600, 100):
        outbox.put(*(happened(n) for n in range(start, start + 100)))
        if start == 300:
            until(lambda: first.leading or second.leading)
            relay.stop(first if first.leading else second)
    until(lambda: outbox.size() == 0)
    assert numbers(sink) == list(range(600))


def test_broker_that_goes_and_comes_loses_nothing(outbox, amqp_url, broker, relay: Relays) -> None:
    sink = Sink(broker, "audio.events")
    with proxied(amqp_url) as proxy:
        running = relay(outbox.url, proxy.url, "audio")
        for start in range(0, 400, 100):
            outbox.put(*(happened(n) for n in range(start, start + 100)))
            proxy.cut()
            until(lambda: not running.ready()["broker"])
            proxy.heal()
            until(lambda: running.ready()["broker"])
        until(lambda: outbox.size() == 0)
        relay.stop()
    assert list(dict.fromkeys(numbers(sink))) == list(range(400))


def test_database_that_goes_and_comes_loses_nothing(database, outbox, amqp_url, broker, relay: Relays) -> None:
    sink = Sink(broker, "audio.events")
    running = relay(outbox.url, amqp_url, "audio")
    for start in range(0, 400, 100):
        outbox.put(*(happened(n) for n in range(start, start + 100)))
        until(lambda: running.leading)
        terminate(database, "assent_audio", but=outbox.connection)
    until(lambda: outbox.size() == 0)
    assert list(dict.fromkeys(numbers(sink))) == list(range(400))


def terminate(database: FreshDatabase, role: str, *, but: psycopg.Connection[Any]) -> None:
    """Kill the role's other sessions, as a restart would."""
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s AND pid <> %s AND datname = %s",
            (role, but.info.backend_pid, database.name),
        )


@pytest.fixture
def consent(database: FreshDatabase) -> Iterator[Outbox]:
    found = Outbox(database.url("consent"), "consent")
    yield found
    found.connection.close()


def test_heartbeat_repeats_the_head_and_never_overtakes_control(consent, amqp_url, broker, relay: Relays) -> None:
    declare_control(broker)
    sink = Sink(broker, "consent.control", "fanout")
    consent.put(*(happened(n) for n in range(50)), control_message({"kind": "flag", "seq": 0, "index": -1, "key": "k"}))
    relay(consent.url, amqp_url, "consent", beats=True)
    until(lambda: len(sink.bodies()) >= 4)
    first, *beats = sink.bodies()
    assert first == {"kind": "flag", "seq": 0, "index": -1, "key": "k"}
    assert {(beat["kind"], beat["seq"], beat["index"]) for beat in beats} == {("heartbeat", 0, -1)}
    assert all(200 <= later["at_ms"] - earlier["at_ms"] <= 1000 for earlier, later in itertools.pairwise(beats))
    assert sink.got[-1][0].expiration == "1000"


def test_control_goes_before_older_events(consent, amqp_url, relay: Relays, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    publish = Publisher.publish

    def record(self: Publisher, messages: Sequence[OutboxMessage]) -> set[str]:
        sent.extend(message.body.get("kind", message.exchange) for message in messages)
        return publish(self, messages)

    monkeypatch.setattr(Publisher, "publish", record)
    consent.put(*(happened(n) for n in range(5)), control_message({"kind": "flag", "seq": 0, "index": -1}))
    relay(consent.url, amqp_url, "consent", beats=True)
    until(lambda: consent.size() == 0)
    assert [what for what in sent if what != "heartbeat"] == ["flag", *["audio.events"] * 5]


def test_no_database_no_heartbeat(consent, amqp_url, broker, relay: Relays) -> None:
    declare_control(broker)
    with proxied(consent.url) as proxy:
        running = relay(proxy.url, amqp_url, "consent", beats=True)
        sink = Sink(broker, "consent.control", "fanout")
        until(lambda: len(sink.bodies()) >= 2)
        proxy.cut()
        until(lambda: not running.ready()["database"])
        sink.bodies()
        seen = len(sink.got)
        broker.connection.sleep(0.6)
        assert len(sink.bodies()) == seen
        proxy.heal()
        until(lambda: len(sink.bodies()) > seen)


def test_control_is_sent_on_notify_not_on_the_next_poll(consent, amqp_url, broker, relay: Relays) -> None:
    declare_control(broker)
    running = relay(consent.url, amqp_url, "consent", beats=True)
    arrived: list[float] = []

    def on_message(_channel: Any, _method: Any, _properties: Any, body: bytes) -> None:
        if json.loads(body)["kind"] == "flag":
            arrived.append(time.monotonic())

    queue = broker.queue_declare("", exclusive=True).method.queue
    broker.queue_bind(queue, "consent.control")
    broker.basic_consume(queue, on_message, auto_ack=True)
    until(lambda: running.leading and running.ready()["broker"])
    delays = []
    for number in range(11):
        arrived.clear()
        consent.put(control_message({"kind": "flag", "seq": number, "index": number}))
        sent = time.monotonic()
        until(lambda: broker.connection.process_data_events(time_limit=0.002) or bool(arrived))
        delays.append(arrived[0] - sent)
    assert statistics.median(delays) < 0.06  # polling alone gives 0.125


def test_relay_without_broker_keeps_everything(outbox, amqp_url, relay: Relays) -> None:
    with proxied(amqp_url) as proxy:
        proxy.cut()
        running = relay(outbox.url, proxy.url, "audio")
        outbox.put(happened(1))
        until(lambda: running.leading and running.ready() == {"broker": False, "database": True})
        assert outbox.size() == 1
        relay.stop()
