"""The receiving end of the fanout ``consent.control``: every message, and what silence or a gap means.

This module never judges a message. It says four things to its user, all from its own thread: a message came; the
sequence has a hole (ask for a fresh snapshot); the queue is bound anew (whatever was said before is unknown: ask for a
snapshot *now*, nothing after this moment is missed); the connection is lost (deny until told otherwise).
"""

import json
import sys
import uuid
from collections.abc import Callable
from typing import Any

from pika.channel import Channel

from infra.messaging.amqp import Link
from infra.messaging.events import CONTROL_EXCHANGE
from infra.telemetry.logs import log

_SWITCH_S = 0.0005  # a busy worker thread must not hold a withdrawal up: 110 ms p99 without, 30 ms with (measured)


def _nothing() -> None:
    return None


class ControlSubscriber:
    """Listens from :meth:`start` to :meth:`stop` on an exclusive queue of its own.

    ``on_message(body)`` gets each message in order, heartbeats included. ``on_gap()`` comes before ``on_message`` when
    ``seq`` jumps, or when a heartbeat names a ``seq`` that was never received. Callbacks should be quick; one that
    raises counts as a gap.
    """

    def __init__(
        self,
        amqp_url: str,
        on_message: Callable[[dict[str, Any]], None],
        *,
        on_connect: Callable[[], None] = _nothing,
        on_gap: Callable[[], None] = _nothing,
        on_disconnect: Callable[[], None] = _nothing,
        name: str = "control",
    ) -> None:
        self._on_message, self._on_connect, self._on_gap = on_message, on_connect, on_gap
        self._on_disconnect = on_disconnect
        self._last: int | None = None
        self._link = Link(amqp_url, name, on_open=self._opened, on_lost=self._lost)

    @property
    def connected(self) -> bool:
        return self._link.connected

    def start(self) -> None:
        sys.setswitchinterval(_SWITCH_S)
        self._link.start()

    def stop(self) -> None:
        self._link.stop()

    def wait(self, timeout_s: float) -> bool:
        """Wait for the first connection; whether it stands."""
        return self._link.wait_first(timeout_s)

    def _opened(self, channel: Channel) -> None:
        queue = f"control-{uuid.uuid4()}"
        declare_control(channel)
        channel.queue_declare(queue, exclusive=True, auto_delete=True)
        channel.queue_bind(queue, CONTROL_EXCHANGE)
        channel.basic_consume(queue, self._received, auto_ack=True, callback=lambda _frame: self._bound())

    def _bound(self) -> None:
        self._last = None
        self._link.ready()
        self._on_connect()

    def _lost(self) -> None:
        self._on_disconnect()

    def _received(self, _channel: Channel, _method: Any, _properties: Any, body: bytes) -> None:
        try:
            message = json.loads(body)
            self._follow(int(message["seq"]), message["kind"] == "heartbeat")
            self._on_message(message)
        except Exception as error:  # noqa: BLE001  unsure means closed, and the listener must live on
            log.error("control.bad_message", error=type(error).__name__)
            self._on_gap()

    def _follow(self, seq: int, heartbeat: bool) -> None:
        """A heartbeat repeats the latest ``seq``; anything else carries the next one."""
        if self._last is not None and seq > self._last + (0 if heartbeat else 1):
            log.warning("control.gap", expected=self._last, got=seq)
            self._on_gap()
        self._last = seq if self._last is None else max(self._last, seq)


def declare_control(channel: Any) -> None:
    """Declare the fanout; works with a blocking and with a callback channel."""
    channel.exchange_declare(CONTROL_EXCHANGE, "fanout", durable=True)
