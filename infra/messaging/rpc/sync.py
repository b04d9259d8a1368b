"""RPC from plain processes (workers, tools): pika, one IO thread, any number of calling threads.

A call that finds no broker fails at once; a call without an answer fails at its deadline. It never repeats a command.
"""

import threading
import time
import uuid
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NoAnswer
from typing import Any, TypeVar

import pika
from pika.channel import Channel
from pydantic import BaseModel

from infra.kernel.errors import AssentError
from infra.kernel.rpc import Method
from infra.messaging.amqp import Link, unreachable
from infra.messaging.rpc import wire

C = TypeVar("C", bound=BaseModel)
A = TypeVar("A", bound=BaseModel)
_RETURNED = b""  # no answer has an empty body


class SyncRpc:
    """A carrier for many threads. Connects when it is built; :meth:`close` ends its thread."""

    def __init__(self, amqp_url: str, name: str = "rpc") -> None:
        self._name = name
        self._reply_to = ""
        self._pending: dict[str, Future[bytes]] = {}
        self._lock = threading.Lock()
        self._link = Link(amqp_url, name, on_open=self._opened, on_lost=self._lost)
        self._link.start()

    @property
    def connected(self) -> bool:
        return self._link.connected

    def call(self, method: Method[C, A], command: C, deadline_s: float | None = None) -> A:
        """See :class:`infra.messaging.rpc.wire.Rpc`."""
        started, limit = time.perf_counter(), method.deadline_s if deadline_s is None else deadline_s
        try:
            answer = self._call(method, command, limit)
        except AssentError as error:
            wire.observe(method, started, error.code)
            raise
        wire.observe(method, started, "ok")
        return answer

    def close(self) -> None:
        self._link.stop()

    def _call(self, method: Method[C, A], command: C, limit: float) -> A:
        end = time.monotonic() + limit
        if not self._link.wait_first(limit):
            raise unreachable("rpc")
        correlation, answer = uuid.uuid4().hex, Future[bytes]()
        with self._lock:
            self._pending[correlation] = answer
        try:
            body, headers = wire.encode_call(command), wire.call_headers(limit)
            self._send(wire.routing_key(method), body, correlation, headers, limit)
            reply = answer.result(max(0.0, end - time.monotonic()))
        except NoAnswer:
            raise wire.timeout(method, limit) from None
        finally:
            with self._lock:
                self._pending.pop(correlation, None)
        if reply == _RETURNED:
            raise wire.no_service(method)
        return wire.decode_answer(method, reply)

    def _send(self, key: str, body: bytes, correlation: str, headers: dict[str, Any], limit: float) -> None:
        def publish(channel: Channel) -> None:
            properties = pika.BasicProperties(
                content_type=wire.CONTENT_TYPE,
                content_encoding="utf-8",
                correlation_id=correlation,
                reply_to=self._reply_to,
                expiration=str(wire.expiration_ms(limit)),
                headers=headers,
            )
            channel.basic_publish(wire.EXCHANGE, key, body, properties, mandatory=True)

        try:
            self._link.submit(publish)
        except AssentError:
            raise unreachable("rpc") from None

    def _opened(self, channel: Channel) -> None:
        """Declare the exchange and a reply queue of our own, bind, consume; a new name for each connection."""
        self._reply_to = str(uuid.uuid4())
        queue = f"rpc.reply-{self._name}-{self._reply_to}"
        channel.add_on_return_callback(lambda _ch, _method, properties, _body: self._answer(properties, _RETURNED))
        channel.exchange_declare(wire.EXCHANGE, "topic", durable=True)
        channel.queue_declare(queue, exclusive=True, auto_delete=True)
        channel.queue_bind(queue, wire.EXCHANGE, self._reply_to)
        channel.basic_consume(
            queue,
            lambda _ch, _method, properties, body: self._answer(properties, body),
            auto_ack=True,
            callback=lambda _frame: self._link.ready(),
        )

    def _answer(self, properties: pika.BasicProperties, body: bytes) -> None:
        with self._lock:
            waiting = self._pending.pop(properties.correlation_id or "", None)
        if waiting is not None:
            waiting.set_result(body)

    def _lost(self) -> None:
        with self._lock:
            waiting, self._pending = list(self._pending.values()), {}
        for one in waiting:
            one.set_exception(unreachable("rpc"))
