"""Links that come back, and the pauses between their tries."""

import threading

import pytest

from infra.kernel.errors import Unavailable
from infra.kernel.ids import uuid7
from infra.messaging.amqp import Backoff, Link
from tests.infra.messaging.conftest import until
from tests.infra.messaging.proxy import proxied


def test_pauses_double_up_to_the_limit_and_differ() -> None:
    backoff = Backoff(first=0.1, limit=1.0)
    pauses = [backoff.delay() for _ in range(8)]
    for pause, full in zip(pauses, [0.1, 0.2, 0.4, 0.8, 1, 1, 1, 1], strict=True):
        assert full / 2 <= pause <= full
    assert len(set(pauses[4:])) == 4
    backoff.reset()
    assert backoff.delay() <= 0.1


class Listener:
    """A link that consumes one queue and counts what happens."""

    def __init__(self, url: str) -> None:
        self.queue, self.opened, self.lost = f"test-{uuid7()}", 0, 0
        self.link = Link(url, "test", on_open=self._open, on_lost=self._lose)
        self.link.start()

    def _open(self, channel) -> None:
        self.opened += 1
        channel.queue_declare(self.queue, auto_delete=True)
        channel.basic_consume(self.queue, lambda *_: None, auto_ack=True, callback=lambda _frame: self.link.ready())

    def _lose(self) -> None:
        self.lost += 1


def test_link_comes_back_and_refuses_work_in_between(amqp_url: str) -> None:
    with proxied(amqp_url) as proxy:
        listener = Listener(proxy.url)
        assert listener.link.wait_first(5)
        proxy.cut()
        until(lambda: listener.lost == 1)
        with pytest.raises(Unavailable):
            listener.link.submit(lambda _channel: None)
        proxy.heal()
        until(lambda: listener.link.connected)
        ran = threading.Event()
        listener.link.submit(lambda _channel: ran.set())
        assert ran.wait(5)
        listener.link.stop()
        assert not listener.link.connected


def test_consumer_cancelled_by_the_broker_is_set_up_anew(amqp_url: str, broker) -> None:
    listener = Listener(amqp_url)
    assert listener.link.wait_first(5)
    broker.queue_delete(listener.queue)
    until(lambda: listener.opened == 2 and listener.link.connected)
    listener.link.stop()


def test_link_stops_while_the_broker_is_away(amqp_url: str) -> None:
    with proxied(amqp_url) as proxy:
        proxy.cut()
        listener = Listener(proxy.url)
        assert not listener.link.wait_first(5)
        listener.link.stop()
        assert threading.active_count() == len([t for t in threading.enumerate() if t.name != "amqp-test"])
