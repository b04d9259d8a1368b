"""RPC from asyncio (the gateway): aio-pika on one connection, failing fast while the broker is away.

A background task keeps the connection; while there is none every call answers Unavailable at once, so requests never
pile up behind a dead broker. It never repeats a command.
"""

import asyncio
import contextlib
import os
import socket
import time
import uuid
from typing import TypeVar

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractExchange, AbstractIncomingMessage
from aio_pika.exceptions import AMQPError, DeliveryError
from pamqp.common import FieldTable
from pydantic import BaseModel

from infra.kernel.errors import AssentError
from infra.kernel.rpc import Method
from infra.messaging.amqp import HEARTBEAT_S, Backoff, unreachable
from infra.messaging.rpc import wire
from infra.telemetry.logs import log
from infra.telemetry.metrics import BROKER_LOST

C = TypeVar("C", bound=BaseModel)
A = TypeVar("A", bound=BaseModel)
_BROKEN = (AMQPError, OSError, RuntimeError)  # RuntimeError: aiormq's "channel is closed"


class AsyncRpc:
    """A carrier for one event loop: ``start()``, any number of concurrent ``call()``, ``close()``."""

    def __init__(self, amqp_url: str, name: str = "gateway") -> None:
        self._url, self._name = amqp_url, name
        self._pending: dict[str, asyncio.Future[bytes]] = {}
        self._exchange: AbstractExchange | None = None
        self._reply_to = ""
        self._tried = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None

    @property
    def connected(self) -> bool:
        return self._exchange is not None

    async def start(self, wait_s: float = 5.0) -> bool:
        """Begin to connect; waits for the first attempt and says whether it succeeded. It goes on trying."""
        if self._keeper is None:
            self._keeper = asyncio.create_task(self._keep(), name=f"amqp-{self._name}")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._tried.wait(), wait_s)
        return self.connected

    async def close(self) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
            self._keeper = None

    async def call(self, method: Method[C, A], command: C, deadline_s: float | None = None) -> A:
        """Send ``command`` and await the answer; errors as in :class:`infra.messaging.rpc.wire.Rpc`."""
        started, limit = time.perf_counter(), method.deadline_s if deadline_s is None else deadline_s
        try:
            answer = await self._call(method, command, limit)
        except AssentError as error:
            wire.observe(method, started, error.code)
            raise
        wire.observe(method, started, "ok")
        return answer

    async def _call(self, method: Method[C, A], command: C, limit: float) -> A:
        if self._exchange is None:
            raise unreachable("rpc")
        correlation = uuid.uuid4().hex
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._pending[correlation] = answer
        try:
            async with asyncio.timeout(limit):
                await self._publish(self._exchange, method, command, correlation, limit)
                reply = await answer
        except TimeoutError:
            raise wire.timeout(method, limit) from None
        except DeliveryError as error:
            raise wire.no_service(method) from error
        except _BROKEN as error:
            raise unreachable("rpc") from error
        finally:
            self._pending.pop(correlation, None)
        return wire.decode_answer(method, reply)

    async def _publish(
        self, exchange: AbstractExchange, method: Method[C, A], command: C, correlation: str, limit: float
    ) -> None:
        message = aio_pika.Message(
            wire.encode_call(command),
            content_type=wire.CONTENT_TYPE,
            content_encoding="utf-8",
            correlation_id=correlation,
            reply_to=self._reply_to,
            expiration=wire.expiration_ms(limit) / 1000,  # aio-pika counts in seconds
            headers=wire.call_headers(limit),
        )
        await exchange.publish(message, wire.routing_key(method), mandatory=True)

    async def _keep(self) -> None:
        """Connect, serve until the connection is lost, fail what waits, pause, again."""
        backoff = Backoff()
        while True:
            try:
                await self._serve(backoff)
            except _BROKEN as error:
                log.warning("amqp.refused", link=self._name, error=type(error).__name__)
            self._tried.set()
            await asyncio.sleep(backoff.delay())

    async def _serve(self, backoff: Backoff) -> None:
        properties: FieldTable = {"connection_name": f"{self._name}@{socket.gethostname()}/{os.getpid()}"}
        async with asyncio.timeout(10):
            connection = await aio_pika.connect(self._url, heartbeat=HEARTBEAT_S, client_properties=properties)
        try:
            async with asyncio.timeout(10):
                channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
                exchange = await self._listen(channel)
            gone = self._watch(connection, channel)
            self._exchange = exchange
            backoff.reset()
            self._tried.set()
            await gone.wait()
            log.warning("amqp.lost", link=self._name)
            BROKER_LOST.labels(self._name).inc()
        finally:
            self._exchange = None
            self._fail_pending()
            with contextlib.suppress(*_BROKEN):
                await connection.close()

    async def _listen(self, channel: AbstractChannel) -> AbstractExchange:
        exchange = await channel.declare_exchange(wire.EXCHANGE, aio_pika.ExchangeType.TOPIC, durable=True)
        self._reply_to = str(uuid.uuid4())
        name = f"rpc.reply-{self._name}-{self._reply_to}"
        queue = await channel.declare_queue(name, exclusive=True, auto_delete=True)
        await queue.bind(exchange, self._reply_to)
        await queue.consume(self._answered, no_ack=True)
        return exchange

    @staticmethod
    def _watch(connection: AbstractConnection, channel: AbstractChannel) -> asyncio.Event:
        gone = asyncio.Event()
        connection.close_callbacks.add(lambda *_: gone.set())
        channel.close_callbacks.add(lambda *_: gone.set())
        return gone

    async def _answered(self, message: AbstractIncomingMessage) -> None:
        waiting = self._pending.get(message.correlation_id or "")
        if waiting is not None and not waiting.done():
            waiting.set_result(message.body)

    def _fail_pending(self) -> None:
        for waiting in self._pending.values():
            if not waiting.done():
                waiting.set_exception(unreachable("rpc"))
