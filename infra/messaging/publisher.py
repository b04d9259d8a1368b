"""Publishing many messages at once: pipelined on one channel, each confirmed by the broker, unroutable ones reported.

Confirms one by one cost a round trip each (1.2 k/s); here a whole batch is in flight (over 10 k/s). Order on the
channel is the order given. Exchanges and job queues that a message names are declared on first use.
"""

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pika
from pika.channel import Channel

from infra.eventlog.log import OutboxMessage
from infra.kernel.errors import Unavailable
from infra.messaging.amqp import PERSISTENT, Link, unreachable
from infra.messaging.control import declare_control
from infra.messaging.events import CONTROL_EXCHANGE
from infra.messaging.jobs import declare_jobs

TRANSIENT = 1


@dataclass
class _Batch:
    """Tags count from ``first``; ``open`` are those the broker has not answered yet."""

    messages: Sequence[OutboxMessage]
    first: int = 0
    open: set[int] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    lost: bool = False
    ended: threading.Event = field(default_factory=threading.Event)


class Publisher:
    """Connects when it is built. One batch at a time; call it from one thread."""

    def __init__(self, amqp_url: str, name: str) -> None:
        self._batch: _Batch | None = None
        self._next_tag = 1
        self._declared: set[tuple[str, str]] = set()
        self._link = Link(amqp_url, name, on_open=self._opened, on_lost=self._lost)
        self._link.start()

    @property
    def connected(self) -> bool:
        return self._link.connected

    def wait(self, timeout_s: float) -> bool:
        """Wait for the first connection; whether it stands."""
        return self._link.wait_first(timeout_s)

    def close(self) -> None:
        self._link.stop()

    def publish(self, messages: Sequence[OutboxMessage], timeout_s: float = 10.0) -> set[str]:
        """Send ``messages`` in order and wait until the broker has taken or refused each.

        Returns the ids that no queue took (jobs only: an event nobody listens to is taken). Raises Unavailable when the
        broker went away or did not answer in time: then any of them may have been sent.
        """
        if not messages:
            return set()
        batch = self._batch = _Batch(messages)
        self._link.submit(lambda channel: self._send(channel, batch))
        if not batch.ended.wait(timeout_s):
            raise Unavailable("messaging.no_confirm", f"the broker did not confirm within {timeout_s:g} s")
        if batch.lost:
            raise unreachable()
        return batch.failed

    def _opened(self, channel: Channel) -> None:
        self._next_tag, self._declared = 1, set()
        channel.add_on_return_callback(self._returned)
        channel.confirm_delivery(self._confirmed, callback=lambda _frame: self._link.ready())

    def _send(self, channel: Channel, batch: _Batch) -> None:
        batch.first = self._next_tag
        batch.open = set(range(self._next_tag, self._next_tag + len(batch.messages)))
        self._next_tag += len(batch.messages)
        for message in batch.messages:
            self._declare(channel, message)
            body = json.dumps(message.body, ensure_ascii=False, separators=(",", ":")).encode()
            channel.basic_publish(message.exchange, message.key, body, _properties(message), mandatory=_is_job(message))

    def _declare(self, channel: Channel, message: OutboxMessage) -> None:
        """Once per connection and place; without waiting, since a channel works in order."""
        place = (message.exchange, message.key if _is_job(message) else "")
        if place in self._declared:
            return
        if message.exchange == CONTROL_EXCHANGE:
            declare_control(channel)
        elif message.exchange:
            channel.exchange_declare(message.exchange, "topic", durable=True)
        elif message.key.endswith(".jobs"):
            declare_jobs(channel, message.key)
        self._declared.add(place)

    def _returned(self, _channel: Any, _method: Any, properties: pika.BasicProperties, _body: bytes) -> None:
        """Comes before the confirm of the same message."""
        if self._batch is not None and properties.message_id:
            self._batch.failed.add(properties.message_id)

    def _confirmed(self, frame: Any) -> None:
        batch, method = self._batch, frame.method
        if batch is None or not batch.open:
            return  # a late confirm of a batch that was given up
        tags = {tag for tag in batch.open if tag <= method.delivery_tag} if method.multiple else {method.delivery_tag}
        if isinstance(method, pika.spec.Basic.Nack):  # e.g. a queue at its limit that rejects: not taken
            batch.failed |= {batch.messages[tag - batch.first].id for tag in tags & batch.open}
        batch.open -= tags
        if not batch.open:
            self._batch = None
            batch.ended.set()

    def _lost(self) -> None:
        batch, self._batch = self._batch, None
        if batch is not None:
            batch.lost = True
            batch.ended.set()


def _is_job(message: OutboxMessage) -> bool:
    return message.exchange == ""


def _properties(message: OutboxMessage) -> pika.BasicProperties:
    return pika.BasicProperties(
        content_type="application/json",
        content_encoding="utf-8",
        message_id=message.id,
        headers=dict(message.headers),
        delivery_mode=TRANSIENT if message.exchange == CONTROL_EXCHANGE else PERSISTENT,
        expiration=None if message.expires_ms is None else str(message.expires_ms),
    )
