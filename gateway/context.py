"""What surrounds each request: an id, a trace, a size limit, a measurement. Plain ASGI, so streams pass untouched.

``Request-Id`` is answered always; a caller's own is kept when it is harmless text. W3C ``traceparent`` is continued or
begun, bound for everything below (RPC carries it on) and answered. ``Idempotent-Replayed: true`` says that a service
gave the first answer to a repeated command again. A body over its route's limit is refused from its
declared length before a byte is read, and from the running count where no length was declared.
"""

import re
import time
from collections.abc import Callable, MutableMapping
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from infra.kernel.errors import AssentError, Internal, TooLarge
from infra.kernel.ids import uuid7
from infra.messaging.rpc.wire import answered_before
from infra.telemetry import bind_trace, log

_HARMLESS = re.compile(r"[A-Za-z0-9_.-]{8,64}")
_UPLOAD = re.compile(r"/v1/subjects/[^/]+/(face|voice)")

IDEMPOTENT, TOLD = "assent.idempotent", "assent.told"
"""Members of a request's ASGI scope: it carries an idempotency key; further headers of its answer, whatever it is."""

DEFAULT_LIMIT = 256 * 1024
PRODUCTION_LIMIT = 2 * 1024 * 1024
_LARGE = frozenset({"/v1/productions", "/v1/grants/batch"})
UPLOAD_LIMIT = 32 * 1024 * 1024


def body_limit(path: str) -> int:
    """Bytes a request body may have."""
    if _UPLOAD.fullmatch(path):
        return UPLOAD_LIMIT
    return PRODUCTION_LIMIT if path in _LARGE else DEFAULT_LIMIT


class Metrics:
    """Counters of one gateway process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self.requests = Counter("assent_http_requests", "Requests answered", labels, registry=self.registry)
        self.seconds = Histogram(
            "assent_http_request_seconds", "Time to the last byte", ("method", "route"), registry=self.registry
        )


class RequestContext:
    """The middleware. ``respond(error, path)`` makes the response for an oversized body and for a crash."""

    def __init__(self, app: ASGIApp, metrics: Metrics, respond: Callable[[AssentError, str], ASGIApp]) -> None:
        self._app, self._metrics, self._respond = app, metrics, respond

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in scope["headers"]}
        given = headers.get("request-id", "")
        request_id = given if _HARMLESS.fullmatch(given) else uuid7()
        answered_before.set(False)
        with bind_trace(headers.get("traceparent"), request_id=request_id, name="http") as traceparent:
            exchange = _Exchange(scope, receive, send, {"request-id": request_id, "traceparent": traceparent})
            await self._answer(exchange, headers)

    async def _answer(self, exchange: "_Exchange", headers: dict[str, str]) -> None:
        path, started = exchange.scope["path"], time.perf_counter()
        declared = headers.get("content-length", "0")
        try:
            if declared.isdigit() and int(declared) > exchange.limit:
                await self._refuse(exchange, _too_large(exchange.limit))
                return
            await self._run(exchange, path)
            if exchange.over and not exchange.started:
                await self._refuse(exchange, _too_large(exchange.limit))
        finally:
            self._measure(exchange.scope, exchange.status, time.perf_counter() - started)

    async def _run(self, exchange: "_Exchange", path: str) -> None:
        try:
            await self._app(exchange.scope, exchange.receive, exchange.send)
        except Exception:  # the last fence: a bug becomes a 500 that tells nothing, and a full log entry
            if exchange.over:
                return
            log.exception("request-crashed", path=path)
            if exchange.started:
                raise
            await self._refuse(exchange, Internal("gateway.internal", "something broke on our side"))

    async def _refuse(self, exchange: "_Exchange", error: AssentError) -> None:
        await self._respond(error, exchange.scope["path"])(exchange.scope, exchange.receive, exchange.forward)

    def _measure(self, scope: MutableMapping[str, Any], status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "(none)")
        self._metrics.requests.labels(scope["method"], route, str(status)).inc()
        self._metrics.seconds.labels(scope["method"], route).observe(seconds)


def _too_large(limit: int) -> AssentError:
    return TooLarge("gateway.body_too_large", "the body is over the limit of this route", limit_bytes=limit)


class _Exchange:
    """One request and its answer, counted on the way in and headed on the way out."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, headers: dict[str, str]) -> None:
        self.scope, self._receive, self._send = scope, receive, send
        self._headers = [(key.encode(), value.encode()) for key, value in headers.items()]
        self.limit = body_limit(scope["path"])
        self.over, self.started, self.status, self._count = False, False, 500, 0

    async def receive(self) -> Message:
        message = await self._receive()
        self._count += len(message.get("body", b""))
        if self._count > self.limit:
            self.over = True
            return {"type": "http.disconnect"}
        return message

    async def send(self, message: Message) -> None:
        """Pass the app's answer on, unless the body turned out too large: then the refusal comes instead."""
        if not self.over or self.started:
            await self.forward(message)

    async def forward(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started, self.status = True, message["status"]
            told = [(key.encode(), value.encode()) for key, value in self.scope.get(TOLD, {}).items()]
            if IDEMPOTENT in self.scope and answered_before.get():
                told.append((b"idempotent-replayed", b"true"))
            message = {**message, "headers": [*message.get("headers", ()), *self._headers, *told]}
        await self._send(message)
