# mypy: allow-untyped-calls
"""RPC from inside a nameko process: kombu, green threads, nameko's own reply listener.

A call that finds no broker fails within a fraction of a second; it never repeats a command. The connections are kept
apart from those that answer: after an unroutable message py-amqp leaves a stray confirm on the channel, so such a
connection is thrown away.
"""

import time
import uuid
from typing import Any, TypeVar

import amqp  # type: ignore[import-untyped]
import eventlet
from kombu.entity import Exchange
from kombu.exceptions import KombuError
from nameko.amqp.publish import get_producer
from nameko.extensions import DependencyProvider
from nameko.rpc import ReplyListener
from pydantic import BaseModel

from infra.kernel.errors import AssentError
from infra.kernel.rpc import Method
from infra.messaging.amqp import unreachable
from infra.messaging.rpc import wire

C = TypeVar("C", bound=BaseModel)
A = TypeVar("A", bound=BaseModel)

BROKER_ERRORS = (KombuError, amqp.AMQPError, OSError)
_FAST = {"max_retries": 1, "interval_start": 0.05, "interval_step": 0, "interval_max": 0.05}
_OPTIONS = {**_FAST, "client_properties": {"connection_name": "rpc-calls"}}
_EXCHANGE = Exchange(wire.EXCHANGE, type="topic", durable=True)


class GreenRpc:
    """A carrier for one nameko container; made by :class:`NamekoRpc` and ``BuiltWithRpc``."""

    def __init__(self, amqp_url: str, listener: Any) -> None:
        self._url, self._listener = amqp_url, listener

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

    def _call(self, method: Method[C, A], command: C, limit: float) -> A:
        end = time.monotonic() + limit
        correlation = uuid.uuid4().hex
        replied = self._listener.get_reply_event(correlation)
        try:
            self._publish(method, command, correlation, limit)
            with eventlet.Timeout(max(0.0, end - time.monotonic()), False):
                return wire.decode_answer(method, replied.wait())
            raise wire.timeout(method, limit)
        finally:
            self._listener._reply_events.pop(correlation, None)  # nameko keeps it for ever otherwise

    def _publish(self, method: Method[C, A], command: C, correlation: str, limit: float) -> None:
        try:
            with get_producer(self._url, True, transport_options=dict(_OPTIONS)) as producer:
                try:
                    producer.publish(
                        wire.call_body(command),
                        exchange=_EXCHANGE,
                        routing_key=wire.routing_key(method),
                        mandatory=True,
                        serializer="json",
                        delivery_mode=1,
                        reply_to=self._listener.routing_key,
                        correlation_id=correlation,
                        expiration=limit,  # kombu counts in seconds
                        headers=wire.call_headers(limit),
                        retry=True,  # a connection that died unnoticed is replaced once
                        retry_policy=_FAST,
                        confirm_timeout=limit,
                    )
                except BROKER_ERRORS:
                    producer.connection.collect(0.1)
                    raise
        except BROKER_ERRORS as error:
            raise (wire.no_service(method) if "NO_ROUTE" in str(error) else unreachable("rpc")) from error


class NamekoRpc(DependencyProvider):  # type: ignore[misc]  # nameko is untyped
    """Declare it on a service class to call other services: ``self.rpc.call(method, command)``.

    Its reply listener also keeps the consumer's connection open until running commands are answered, without which a
    graceful stop would have the broker deliver them again.
    """

    reply_listener = ReplyListener()

    def get_dependency(self, _worker_ctx: Any) -> GreenRpc:
        return GreenRpc(self.container.config["AMQP_URI"], self.reply_listener)
