"""Connections to the broker that come back: parameters, back-off, and a link that runs in its own thread.

Two kinds of users: :class:`Link` (one IO thread, calls from any thread; RPC, relay, control) and workers that own a
blocking connection in their main thread (:mod:`infra.messaging.jobs`). pika's errors end here: callers see
:class:`~infra.kernel.errors.Unavailable`. Everything is in AMQP 0-9-1.
"""

import os
import random
import socket
import threading
from collections.abc import Callable
from typing import Any

import pika
from pika.adapters.select_connection import IOLoop, SelectConnection
from pika.channel import Channel

from infra.kernel.errors import Unavailable
from infra.telemetry.logs import log
from infra.telemetry.metrics import BROKER_LOST

HEARTBEAT_S = 20
PERSISTENT = 2


def parameters(url: str, name: str) -> pika.URLParameters:
    """Connection parameters of ``url`` for a connection that shows as ``name`` in the broker's list."""
    found = pika.URLParameters(url)
    found.heartbeat = HEARTBEAT_S
    found.blocked_connection_timeout = 30
    found.socket_timeout = found.stack_timeout = 5
    found.connection_attempts = 1
    found.client_properties = {"connection_name": f"{name}@{socket.gethostname()}/{os.getpid()}"}
    return found


def unreachable(what: str = "messaging") -> Unavailable:
    """The error for a broker that is away."""
    return Unavailable(f"{what}.unreachable", "the message broker does not answer", fix="try again in a few seconds")


def parked_queue(queue: str) -> tuple[str, dict[str, Any]]:
    """The name of the queue where ``queue`` parks what it gives up, and the arguments that make ``queue`` do so:
    a quorum queue that dead-letters at least once (which RabbitMQ allows with ``reject-publish`` only).
    """
    parking = f"{queue}.dead"
    return parking, {
        "x-queue-type": "quorum",
        "x-overflow": "reject-publish",
        "x-dead-letter-strategy": "at-least-once",
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": parking,
    }


class Backoff:
    """Delays in seconds: doubling from ``first`` to ``limit``, each shortened by up to half at random."""

    def __init__(self, first: float = 0.1, limit: float = 2.0) -> None:
        self._first, self._limit, self._next = first, limit, first

    def delay(self) -> float:
        """The next pause; the one after it is twice as long."""
        pause = self._next * random.uniform(0.5, 1.0)  # noqa: S311  spreads reconnects, keeps no secret
        self._next = min(self._limit, self._next * 2)
        return pause

    def reset(self) -> None:
        self._next = self._first


class Link:
    """A connection with one channel on its own IO thread, reconnecting until :meth:`stop`.

    ``on_open(channel)`` runs on the IO thread after every (re)connection and ends by calling :meth:`ready`;
    ``on_lost()`` runs there when a connection is gone, and again for work that came too late for it. A channel that
    the broker closes takes its connection with it, so there is one way back only. :meth:`submit` hands work to the IO
    thread and raises Unavailable at once while there is no connection.
    """

    def __init__(
        self, url: str, name: str, *, on_open: Callable[[Channel], None], on_lost: Callable[[], None] = lambda: None
    ) -> None:
        self._parameters, self._name = parameters(url, name), name
        self._on_open, self._on_lost = on_open, on_lost
        self._backoff = Backoff()
        self._ioloop = IOLoop()
        self._connection: SelectConnection | None = None
        self._channel: Channel | None = None
        self._stopping = False
        self._tried = threading.Event()  # set by the first success or failure
        self._up = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"amqp-{name}", daemon=True)

    @property
    def connected(self) -> bool:
        """Whether the channel is set up and usable, as far as known."""
        return self._up.is_set()

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout_s: float = 5.0) -> None:
        """Close the connection and end the thread."""
        self._stopping = True
        if self._thread.is_alive():
            self._ioloop.add_callback_threadsafe(self._close)
            self._thread.join(timeout_s)

    def ready(self) -> None:
        """Called by ``on_open`` when its declarations are answered: work may be submitted from now on."""
        self._backoff.reset()
        self._up.set()
        self._tried.set()

    def wait_first(self, timeout_s: float) -> bool:
        """Wait until the first attempt to connect has ended; True when the link is up."""
        self._tried.wait(timeout_s)
        return self._up.is_set()

    def submit(self, work: Callable[[Channel], None]) -> None:
        """Run ``work(channel)`` soon on the IO thread. Raises Unavailable while the broker is away; if the connection
        is lost before ``work`` ran it never runs, and ``on_lost`` is called.
        """
        if not self._up.is_set():
            raise unreachable()
        self._ioloop.add_callback_threadsafe(lambda: self._with_channel(work))

    def call_later(self, delay_s: float, work: Callable[[], None]) -> None:
        """Run ``work()`` on the IO thread after a pause, connected or not. From the IO thread only."""
        self._ioloop.call_later(delay_s, work)

    def _with_channel(self, work: Callable[[Channel], None]) -> None:
        if self._up.is_set() and self._channel is not None and self._channel.is_open:
            work(self._channel)
        else:
            self._on_lost()

    def _run(self) -> None:
        self._connect()
        self._ioloop.start()
        self._ioloop.close()

    def _connect(self) -> None:
        if self._stopping:
            self._ioloop.stop()
            return
        self._connection = SelectConnection(
            self._parameters,
            on_open_callback=lambda connection: connection.channel(on_open_callback=self._opened),
            on_open_error_callback=self._refused,
            on_close_callback=self._closed,
            custom_ioloop=self._ioloop,
        )

    def _opened(self, channel: Channel) -> None:
        self._channel = channel
        channel.add_on_close_callback(self._channel_closed)
        channel.add_on_cancel_callback(lambda _frame: channel.close())  # our queue is gone: declare it anew
        self._on_open(channel)

    def _channel_closed(self, _channel: Any, reason: Exception) -> None:
        if self._connection is not None and self._connection.is_open:
            log.warning("amqp.channel_closed", link=self._name, error=str(reason))
            self._connection.close()

    def _refused(self, _connection: Any, error: Exception | str) -> None:
        if not self._tried.is_set():
            log.warning("amqp.refused", link=self._name, error=type(error).__name__)
        self._tried.set()
        self._again()

    def _closed(self, _connection: Any, reason: Exception) -> None:
        self._channel = None
        self._tried.set()
        was_up = self._up.is_set()
        self._up.clear()
        if was_up and not self._stopping:
            log.warning("amqp.lost", link=self._name, error=type(reason).__name__)
            BROKER_LOST.labels(self._name).inc()
        self._on_lost()
        self._again()

    def _again(self) -> None:
        if self._stopping:
            self._ioloop.stop()
        else:
            self._ioloop.call_later(self._backoff.delay(), self._connect)

    def _close(self) -> None:
        if self._connection is None or self._connection.is_closed:
            self._ioloop.stop()
        elif not self._connection.is_closing:
            self._connection.close()
