"""A real RabbitMQ node stopped, killed and started again under everything at once: nothing is lost, all come back."""

import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pika
import pytest

from infra.messaging.control import ControlSubscriber
from infra.messaging.events import control_message, event_message, job_message
from infra.messaging.jobs import JobWorker
from infra.messaging.rpc.sync import SyncRpc
from infra.stack.rabbitmq import PrivateRabbit
from tests.databases import FreshDatabase
from tests.infra.messaging import echo_contract as contract
from tests.infra.messaging.conftest import run_echo, until
from tests.infra.messaging.test_relay import Outbox, Relays

pytestmark = pytest.mark.faults
QUEUE = "restart.jobs"


@pytest.fixture
def rabbit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateRabbit]:
    node = PrivateRabbit(tmp_path_factory.mktemp("rabbit"))
    node.start()
    yield node
    node.stop()


class Parts:
    """Relay, worker, subscriber, RPC and a service on one broker, and what they have done."""

    def __init__(self, url: str, outbox: Outbox) -> None:
        self.relays, self.outbox = Relays(), outbox
        self.relay = self.relays(outbox.url, url, "consent", beats=True)
        self.done: list[str] = []
        self.beats = 0
        self.worker = JobWorker(url, QUEUE, lambda payload: self.done.append(payload["job"]), retry_s=0.01)
        self.thread = threading.Thread(target=self.worker.run, kwargs={"signals": False})
        self.thread.start()
        self.control = ControlSubscriber(url, self.beat)
        self.control.start()
        self.rpc = SyncRpc(url, "test")

    def beat(self, _message: dict[str, Any]) -> None:
        self.beats += 1

    def all_connected(self) -> bool:
        links = (self.worker.connected, self.control.connected, self.rpc.connected)
        return all(links) and self.relay.ready()["broker"]

    def stop(self) -> None:
        self.worker.stop()
        self.thread.join(10)
        self.control.stop()
        self.rpc.close()
        self.relays.stop()


def messages(start: int) -> list[Any]:
    events = [event_message("consent", "counted", {"n": n}) for n in range(start, start + 100)]
    jobs = [job_message(QUEUE, {"job": f"job-{n}"}, f"job-{n}") for n in range(start, start + 100)]
    return [*events, control_message({"kind": "flag", "seq": start, "index": start}), *jobs]


@pytest.mark.timeout(240)
def test_everything_survives_broker_restarts(
    rabbit: PrivateRabbit, fresh_database: Callable[..., FreshDatabase], tmp_path: Path
) -> None:
    collect(rabbit.url())
    outbox = Outbox(fresh_database().url("consent"), "consent")
    parts = Parts(rabbit.url(), outbox)
    echo = run_echo(rabbit.url(), tmp_path).wait_ready()
    try:
        until(parts.all_connected)
        for start, how in ((0, signal.SIGTERM), (100, signal.SIGKILL)):
            outbox.put(*messages(start))
            assert rabbit.pid is not None
            os.kill(rabbit.pid, how)
            until(lambda: not parts.all_connected(), seconds=20)
            rabbit.start()
            until(parts.all_connected, seconds=30)
            beats = parts.beats
            until(lambda seen=beats: parts.beats > seen, seconds=20)
        until(lambda: outbox.size() == 0, seconds=30)
        until(lambda: set(parts.done) == {f"job-{n}" for n in range(200)}, seconds=30)
        until(lambda: echo.get("/readyz")[0] == 200, seconds=30)
        assert parts.rpc.call(contract.echo, contract.Echo(text="back", number=1)).number == 1
        assert echo.process.poll() is None
    finally:
        parts.stop()
        echo.stop()
        outbox.connection.close()
    assert first_arrivals(rabbit.url()) == list(range(200))


def collect(url: str) -> None:
    """A durable queue that keeps every event through the restarts."""
    connection = pika.BlockingConnection(pika.URLParameters(url))
    channel = connection.channel()
    channel.exchange_declare("consent.events", "topic", durable=True)
    channel.queue_declare("kept", durable=True, arguments={"x-queue-type": "quorum"})
    channel.queue_bind("kept", "consent.events", "#")
    connection.close()


def first_arrivals(url: str) -> list[int]:
    """The numbers of the kept events in the order of their first arrival; repeats are allowed, holes are not."""
    connection = pika.BlockingConnection(pika.URLParameters(url))
    channel = connection.channel()
    numbers: dict[int, None] = {}
    while True:
        method, _properties, body = channel.basic_get("kept", auto_ack=True)
        if method is None:
            connection.close()
            return list(numbers)
        numbers[json.loads(body)["data"]["n"]] = None
