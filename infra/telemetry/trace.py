"""Trace and request ids through HTTP, AMQP and the event envelope (W3C Trace Context, level 1).

A context is bound inside the thread or green thread that does the work: ``eventlet.spawn`` and ``threading.Thread``
both start with an empty one, so whoever takes a message binds its ``traceparent`` first.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import structlog
from opentelemetry.context import Context
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import format_trace_id
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_PROPAGATOR = TraceContextTextMapPropagator()
_TRACER = TracerProvider(shutdown_on_exit=False).get_tracer("assent")
_REQUEST: ContextVar[str] = ContextVar("assent_request_id", default="")


@contextmanager
def bind_trace(
    traceparent: str | None = None, *, request_id: str | None = None, name: str = "work", **fields: str
) -> Iterator[str]:
    """Work inside a new span: a child of ``traceparent``, else of the current span, else a new root.

    Log lines inside carry ``trace_id``, ``request_id`` (inherited when not given) and ``fields``. A ``traceparent``
    that is malformed is ignored, as the recommendation asks (§4.3). Yields the new span's own traceparent.
    """
    parent = _PROPAGATOR.extract({"traceparent": traceparent}, context=Context()) if traceparent else None
    request = request_id or _REQUEST.get()
    with _TRACER.start_as_current_span(name, context=parent or None, record_exception=False) as span:
        bound = {"trace_id": format_trace_id(span.get_span_context().trace_id), **fields}
        if request:
            bound["request_id"] = request
        token = _REQUEST.set(request)
        try:
            with structlog.contextvars.bound_contextvars(**bound):
                yield current_traceparent()
        finally:
            _REQUEST.reset(token)


def current_traceparent() -> str:
    """The current span as a ``traceparent`` header value; empty outside of any span."""
    carrier: dict[str, str] = {}
    _PROPAGATOR.inject(carrier)
    return carrier.get("traceparent", "")


def current_request_id() -> str:
    """The request id bound last; empty when there is none."""
    return _REQUEST.get()
