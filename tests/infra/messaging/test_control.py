"""The control subscriber: order, gaps, silence."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from infra.messaging.control import ControlSubscriber, declare_control
from tests.infra.messaging.conftest import until
from tests.infra.messaging.proxy import Proxy, proxied


class Heard:
    def __init__(self) -> None:
        self.log: list[Any] = []

    def subscriber(self, url: str) -> ControlSubscriber:
        return ControlSubscriber(
            url,
            lambda message: self.log.append(message["seq"]),
            on_connect=lambda: self.log.append("connect"),
            on_gap=lambda: self.log.append("gap"),
            on_disconnect=lambda: self.log.append("disconnect"),
        )


@pytest.fixture
def proxy(amqp_url: str) -> Iterator[Proxy]:
    with proxied(amqp_url) as found:
        yield found


@pytest.fixture
def heard(proxy: Proxy) -> Iterator[Heard]:
    found = Heard()
    subscriber = found.subscriber(proxy.url)
    subscriber.start()
    until(lambda: found.log == ["connect"])
    yield found
    subscriber.stop()


def say(broker, seq: int, kind: str = "flag") -> None:
    declare_control(broker)
    broker.basic_publish("consent.control", "", json.dumps({"kind": kind, "seq": seq, "index": seq}).encode())


def test_messages_come_in_order_and_heartbeats_repeat_the_latest(broker, heard: Heard) -> None:
    for seq, kind in ((7, "heartbeat"), (8, "flag"), (8, "heartbeat"), (9, "grant"), (9, "heartbeat")):
        say(broker, seq, kind)
    until(lambda: len(heard.log) == 6)
    assert heard.log == ["connect", 7, 8, 8, 9, 9]


@pytest.mark.parametrize(("seq", "kind"), [(9, "flag"), (8, "heartbeat")])
def test_hole_in_the_sequence_is_a_gap(broker, heard: Heard, seq: int, kind: str) -> None:
    say(broker, 7)
    say(broker, seq, kind)
    until(lambda: len(heard.log) == 4)
    assert heard.log == ["connect", 7, "gap", seq]


def test_unreadable_message_is_a_gap(broker, heard: Heard) -> None:
    declare_control(broker)
    broker.basic_publish("consent.control", "", b"{}")
    until(lambda: heard.log == ["connect", "gap"])


def test_lost_connection_is_told_and_so_is_the_next_one(broker, proxy: Proxy, heard: Heard) -> None:
    proxy.cut()
    until(lambda: heard.log == ["connect", "disconnect"])
    proxy.heal()
    until(lambda: heard.log == ["connect", "disconnect", "connect"])
    say(broker, 30)
    until(lambda: heard.log[3:] == [30])
