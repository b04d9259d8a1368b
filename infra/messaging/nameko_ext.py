# mypy: allow-untyped-calls
"""What a nameko service class is made of here: ``@expose``, ``@subscribe``, ``Built`` and ``NamekoRpc``.

Over nameko's own entry points these add: validation, deadlines (a late command is dropped, not executed), trace and
request ids, one error mapping (no text of a foreign exception ever crosses), and events that are never lost when
their handler fails. Only nameko processes import this module.
"""

import time
from collections.abc import Callable
from functools import partial, wraps
from typing import Any, TypeVar

import eventlet
from kombu.connection import Connection
from kombu.entity import Queue
from nameko.events import EventHandler
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import DependencyProvider, register_entrypoint
from nameko.rpc import ReplyListener
from nameko.rpc import Rpc as RpcEntrypoint
from pydantic import BaseModel

from infra.eventlog.replayed import listening
from infra.kernel.errors import AssentError, Internal, Unavailable
from infra.kernel.rpc import Method
from infra.messaging.amqp import parked_queue
from infra.messaging.events import CloudEvent, parse_event
from infra.messaging.rpc import wire
from infra.messaging.rpc.green import BROKER_ERRORS, GreenRpc, NamekoRpc
from infra.telemetry.logs import log
from infra.telemetry.metrics import EVENTS_HANDLED, RPC_LATE, RPC_SERVED
from infra.telemetry.trace import bind_trace

__all__ = ["Built", "BuiltWithRpc", "GreenRpc", "NamekoRpc", "expose", "subscribe"]

C = TypeVar("C", bound=BaseModel)
A = TypeVar("A", bound=BaseModel)

MAX_TRIES = 8
_FIRST_RETRY_S, _LONGEST_RETRY_S = 0.1, 30.0


def expose(method: Method[C, A]) -> Callable[[Callable[[Any, C], A]], Callable[[Any, wire.Received], dict[str, Any]]]:
    """Serve ``method``: the decorated function takes the validated command and returns the answer model.

    AssentErrors reach the caller as they are; any other exception is logged here and answered as Internal.
    """
    name = wire.routing_key(method)

    def decorate(handler: Callable[[Any, C], A]) -> Callable[[Any, wire.Received], dict[str, Any]]:
        if handler.__name__ != method.name:
            raise TypeError(f"{handler.__name__} is exposed as {name}")

        @wraps(handler)
        def serve(service: Any, call: wire.Received) -> dict[str, Any]:
            with bind_trace(call.traceparent, request_id=call.request_id, name=name, method=name):
                return _serve(method, partial(handler, service), call)

        register_entrypoint(serve, Exposed(expected_exceptions=wire.AnsweredError))
        return serve

    return decorate


def subscribe(
    service: str, event_type: str, *, max_tries: int = MAX_TRIES
) -> Callable[[Callable[[Any, CloudEvent], None]], Any]:
    """Handle event ``event_type`` of ``service``: the decorated function takes a :class:`CloudEvent`.

    At least once: drop repeats by ``event.id`` in the transaction of the effect. A failed handler is tried again with
    growing pauses: for ever while something is Unavailable, else ``max_tries`` times, then the event is parked in
    the queue ``<queue>.dead``.
    """

    def decorate(handler: Callable[[Any, CloudEvent], None]) -> Callable[[Any, CloudEvent], None]:
        @wraps(handler)
        def handle(instance: Any, event: CloudEvent) -> None:
            with bind_trace(event.traceparent, name=event_type, event_id=event.id):
                try:
                    handler(instance, event)
                except Exception as error:
                    known = isinstance(error, AssentError) and not isinstance(error, Internal)
                    log.warning("event.failed", type=event_type, error=str(error), exc_info=not known)
                    raise

        register_entrypoint(handle, Subscribed(service, event_type, max_tries))
        return handle

    return decorate


class Built(DependencyProvider):  # type: ignore[misc]  # nameko is untyped
    """One object per process, made by ``factory()`` at start and injected into every worker; closed at stop.

    A factory that raises stops the process at start, which is where wrong settings belong.
    """

    def __init__(self, factory: Callable[..., Any]) -> None:
        self._factory, self._built = factory, None

    def setup(self) -> None:
        self._built = self._factory()

    def get_dependency(self, _worker_ctx: Any) -> Any:
        return self._built

    def stop(self) -> None:
        close = getattr(self._built, "close", None)
        if close is not None:
            close()


class BuiltWithRpc(Built):
    """Like :class:`Built`, for a ``factory(rpc)`` whose objects call other services."""

    reply_listener = ReplyListener()

    def setup(self) -> None:
        self._built = self._factory(GreenRpc(self.container.config["AMQP_URI"], self.reply_listener))


class Exposed(RpcEntrypoint):  # type: ignore[misc]  # nameko is untyped
    """Nameko's RPC entry point, with our call format, deadlines, and answers that survive a lost broker."""

    def handle_message(self, body: Any, message: Any) -> None:
        try:
            call = wire.decode_call(body, message.headers)
        except AssentError as error:
            raise wire.AnsweredError.of(error) from error
        if call.late():  # the caller has given up: executing it now would surprise everybody
            RPC_LATE.labels(message.delivery_info["routing_key"]).inc()
            self.rpc_consumer.queue_consumer.ack_message(message)
            return
        try:
            done = partial(self.handle_result, message)
            self.container.spawn_worker(self, (call,), {}, context_data={}, handle_result=done)
        except ContainerBeingKilled:
            self.rpc_consumer.requeue_message(message)

    def handle_result(self, message: Any, worker_ctx: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        try:
            super().handle_result(message, worker_ctx, result, exc_info)
        except BROKER_ERRORS as error:  # the message comes again unless it expires; commands are idempotent by id
            log.error("rpc.answer_lost", method=self.method_name, error=type(error).__name__)
        return result, exc_info


class Subscribed(EventHandler):  # type: ignore[misc]  # nameko is untyped
    """Nameko's event handler on a quorum queue with a parking place, and pauses between tries."""

    def __init__(self, source_service: str, event_type: str, max_tries: int) -> None:
        self._max_tries = max_tries
        super().__init__(source_service, event_type, expected_exceptions=Exception)

    def setup(self) -> None:
        super().setup()
        parking, arguments = parked_queue(self.queue.name)
        self.queue.queue_arguments = arguments
        with Connection(self.container.config["AMQP_URI"]) as connection:
            connection.ensure_connection(interval_start=0.2, interval_step=0.2, interval_max=2)
            parked = Queue(parking, durable=True, queue_arguments={"x-queue-type": "quorum"})
            parked(connection.default_channel).declare()

    def handle_message(self, body: Any, message: Any) -> None:
        try:
            event = parse_event(body)
        except AssentError as error:
            log.error("event.malformed", queue=self.queue.name, code=error.code)
            message.reject()
            return
        try:
            done = partial(self._settle, message, event)
            self.container.spawn_worker(self, (event,), {}, context_data={}, handle_result=done)
        except ContainerBeingKilled:
            self.queue_consumer.requeue_message(message)

    def _settle(self, message: Any, event: CloudEvent, _ctx: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        tries = int((message.headers or {}).get("x-delivery-count", 0)) + 1
        if exc_info is None:
            EVENTS_HANDLED.labels(event.type, "ok").inc()
            self._on_channel(message, message.ack)
        elif tries >= self._max_tries and not isinstance(exc_info[1], Unavailable):
            EVENTS_HANDLED.labels(event.type, "parked").inc()
            log.error("event.parked", queue=self.queue.name, event_id=event.id, tries=tries)
            self._on_channel(message, message.reject)
        else:  # held unacknowledged while it pauses: a crash gives it back to the broker
            EVENTS_HANDLED.labels(event.type, "retried").inc()
            pause = min(_LONGEST_RETRY_S, _FIRST_RETRY_S * 2 ** (tries - 1))
            eventlet.spawn_after(pause, self._on_channel, message, message.requeue)
        return result, exc_info

    @staticmethod
    def _on_channel(message: Any, settle: Callable[[], None]) -> None:
        """Settle a message if its channel still lives; otherwise the broker has taken it back already."""
        if message.channel is not None and message.channel.connection:
            try:
                settle()
            except BROKER_ERRORS as error:
                log.warning("event.not_settled", error=type(error).__name__)


def _serve(method: Method[C, A], handle: Callable[[C], A], call: wire.Received) -> dict[str, Any]:
    started, outcome = time.perf_counter(), "ok"
    name = wire.routing_key(method)
    try:
        if call.late():  # it waited for a free worker longer than its caller waited for it
            RPC_LATE.labels(name).inc()
            raise Unavailable("rpc.timeout", f"{name} was busy past the deadline")
        with listening() as replayed:
            answer = handle(wire.parse_command(method, call.payload)).model_dump(mode="json")
            return answer | {wire.REPLAYED: True} if replayed() else answer
    except AssentError as error:
        outcome = error.code
        log.info("rpc.refused", code=error.code, exc_info=isinstance(error, Internal))
        raise wire.AnsweredError.of(error) from None
    except Exception:  # noqa: BLE001  the last stop before the wire: its text stays here
        outcome = "rpc.failed"
        log.exception("rpc.crashed")
        raise wire.AnsweredError.of(Internal("rpc.failed", f"{name} failed")) from None
    finally:
        RPC_SERVED.labels(name, outcome).observe(time.perf_counter() - started)
