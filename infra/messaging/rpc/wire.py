"""Nameko's RPC format, once, for every carrier: bytes in, bytes out, no I/O.

A command goes to the topic exchange ``nameko-rpc`` with key ``<service>.<method>`` and body ``{"args": [command],
"kwargs": {}}``; the answer ``{"result", "error"}`` comes to the same exchange with key = ``reply_to``. On top of
nameko: the deadline travels twice, as message expiration (the broker drops what waited too long) and as absolute time
in a header (the service drops what it took too late); an :class:`AssentError` travels as one JSON text in the error's
arguments; the text of any other exception never crosses.
"""

import json
import time
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel, ValidationError

from infra.kernel.errors import AssentError, Internal, Invalid, Unavailable
from infra.kernel.rpc import Method
from infra.messaging.events import trace_headers
from infra.telemetry.metrics import RPC_CALLED

EXCHANGE = "nameko-rpc"
CONTENT_TYPE = "application/json"
ERROR_TYPE = "AnsweredError"
DEADLINE_HEADER = "x-deadline-ms"
REPLAYED = "$replayed"
"""Beside the members of an answer: it was given before, to the same command."""

answered_before: ContextVar[bool] = ContextVar("answered_before", default=False)
"""Whether an answer that came in this task was a replay."""

C = TypeVar("C", bound=BaseModel)
A = TypeVar("A", bound=BaseModel)


class Rpc(Protocol):
    """What every synchronous carrier offers."""

    def call(self, method: Method[C, A], command: C, deadline_s: float | None = None) -> A:
        """Send ``command`` and wait at most ``deadline_s`` (default: the method's own) for the answer.

        Raises the service's own AssentError; Unavailable ``rpc.timeout`` (no answer in time: it may still have
        happened), ``rpc.unreachable`` (no broker) or ``rpc.no_service`` (nobody listens); Internal for anything else.
        """
        ...


class AnsweredError(Exception):
    """How an AssentError crosses: one argument, the JSON text of its wire form (nameko keeps strings as they are)."""

    @classmethod
    def of(cls, error: AssentError) -> "AnsweredError":
        return cls(json.dumps(error.to_wire(), default=str))


@dataclass(frozen=True)
class Received:
    """A command as the service's side sees it, before validation. ``deadline_ms`` is Unix time, 0: none."""

    payload: Any
    traceparent: str
    request_id: str
    deadline_ms: int

    def late(self) -> bool:
        """Whether nobody waits for the answer any more."""
        return 0 < self.deadline_ms < time.time() * 1000


def routing_key(method: Method[Any, Any]) -> str:
    """The key under which the service listens."""
    return f"{method.service}.{method.name}"


def call_body(command: BaseModel) -> dict[str, Any]:
    """The JSON value of a call."""
    return {"args": [command.model_dump(mode="json")], "kwargs": {}}


def encode_call(command: BaseModel) -> bytes:
    """The body of a call."""
    return json.dumps(call_body(command)).encode()


def call_headers(deadline_s: float) -> dict[str, Any]:
    """Headers of a call that is made now: deadline, trace and request id."""
    return {DEADLINE_HEADER: int((time.time() + deadline_s) * 1000), **trace_headers()}


def expiration_ms(deadline_s: float) -> int:
    """The message's time to live in the queue; never 0, which would mean *only if somebody is idle now*."""
    return max(1, int(deadline_s * 1000))


def decode_call(body: Any, headers: Mapping[str, Any]) -> Received:
    """A received call; raises Invalid (``rpc.malformed``) unless it is one JSON object as the only argument."""
    if not isinstance(body, dict) or len(body.get("args") or ()) != 1 or body.get("kwargs"):
        raise Invalid("rpc.malformed", "a call has exactly one argument: the command")
    deadline = headers.get(DEADLINE_HEADER)
    return Received(
        payload=body["args"][0],
        traceparent=str(headers.get("traceparent") or ""),
        request_id=str(headers.get("x-request-id") or ""),
        deadline_ms=deadline if isinstance(deadline, int) else 0,
    )


def parse_command(method: Method[C, A], payload: Any) -> C:
    """The command in a call. Raises Invalid (``rpc.invalid_command``) with pointers and rules, never with values."""
    try:
        return method.command.model_validate(payload)
    except ValidationError as error:
        wrong = [{"pointer": _pointer(one["loc"]), "detail": one["msg"]} for one in error.errors(include_input=False)]
        detail = f"the command of {routing_key(method)} breaks its schema"
        raise Invalid("rpc.invalid_command", detail, errors=wrong) from None


def decode_answer(method: Method[C, A], body: bytes | dict[str, Any]) -> A:
    """The answer in a reply, or the error it carries, raised."""
    try:
        reply = json.loads(body) if isinstance(body, bytes) else body
        if reply["error"] is not None:
            raise decode_error(method, reply["error"])
        result = reply["result"]
        if result.pop(REPLAYED, False):
            answered_before.set(True)
        return method.answer.model_validate(result)
    except (ValueError, LookupError, TypeError, AttributeError) as error:  # a ValidationError is a ValueError
        raise Internal("rpc.bad_answer", f"{routing_key(method)} answered something else than promised") from error


def decode_error(method: Method[Any, Any], error: dict[str, Any]) -> AssentError:
    """The error a service answered; everything but an AssentError becomes Internal without its text."""
    if error.get("exc_type") == ERROR_TYPE:
        return AssentError.from_wire(json.loads(error["exc_args"][0]))
    if error.get("exc_type") == "MethodNotFound":
        return Internal("rpc.no_method", f"{routing_key(method)} does not exist")
    return Internal("rpc.failed", f"{routing_key(method)} failed")


def timeout(method: Method[Any, Any], deadline_s: float) -> Unavailable:
    """No answer came: whether the command was carried out is not known."""
    return Unavailable(
        "rpc.timeout",
        f"{routing_key(method)} did not answer within {deadline_s:g} s",
        fix="ask again with the same command id",
    )


def no_service(method: Method[Any, Any]) -> Unavailable:
    """The broker had no queue for the key."""
    return Unavailable("rpc.no_service", f"the service {method.service} is not running", fix="try again later")


def observe(method: Method[Any, Any], started: float, outcome: str) -> None:
    """Count a call that was started at ``time.perf_counter()`` reading ``started``."""
    RPC_CALLED.labels(routing_key(method), outcome).observe(time.perf_counter() - started)


def _pointer(location: tuple[int | str, ...]) -> str:
    """RFC 6901 pointer of a pydantic error location."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in location)
