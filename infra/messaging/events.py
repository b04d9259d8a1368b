"""Facts, jobs and control messages as they lie in an outbox: CloudEvents 1.0 (JSON format, §3) with ``traceparent``.

Events go to the topic exchange ``<service>.events`` with the event type as key, which is nameko's own convention.
Jobs go straight to their queue. Control messages go to the fanout ``consent.control``.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from infra.eventlog.log import OutboxMessage
from infra.kernel.clock import SystemClock, parse_rfc3339, rfc3339
from infra.kernel.errors import Invalid
from infra.kernel.ids import uuid7
from infra.telemetry.trace import current_request_id, current_traceparent

CONTROL_EXCHANGE = "consent.control"
_REQUIRED = ("id", "type", "source", "time")


@dataclass(frozen=True)
class CloudEvent:
    """A fact as its consumers see it. ``id`` is what they drop repeats by; ``data`` is the event's own model;
    ``sequence`` the ledger index of a fact of the consent ledger.
    """

    id: str
    type: str
    source: str
    time: datetime
    data: dict[str, Any]
    traceparent: str = ""
    subject: str = ""
    sequence: int | None = None

    @property
    def service(self) -> str:
        """The service that published it."""
        return self.source.removeprefix("/assent/")


def event_exchange(service: str) -> str:
    """The topic exchange that carries a service's events."""
    return f"{service}.events"


def event_message(
    service: str,
    type: str,
    data: BaseModel | dict[str, Any],
    *,
    at: datetime | None = None,
    id: str | None = None,
    subject: str = "",
    trace: str | None = None,
    **extensions: str,
) -> OutboxMessage:
    """The message for event ``type`` of ``service``, which happened ``at`` (now, when not given); ``subject`` is the
    id of the thing it is about, if any. ``trace`` is the ``traceparent`` of what caused it ("": none), the running one
    when not given; ``extensions`` are further CloudEvents attributes.
    """
    event_id = id or uuid7()
    body: dict[str, Any] = {
        "specversion": "1.0",
        "id": event_id,
        "source": f"/assent/{service}",
        "type": type,
        "time": rfc3339(at or SystemClock().now()),
        "datacontenttype": "application/json",
        "data": _plain(data),
        **extensions,
    }
    if subject:
        body["subject"] = subject
    headers = trace_headers() if trace is None else {"traceparent": trace} if trace else {}
    if "traceparent" in headers:
        body["traceparent"] = headers["traceparent"]
    return OutboxMessage(exchange=event_exchange(service), key=type, body=body, id=event_id, headers=headers)


def job_message(queue: str, payload: BaseModel | dict[str, Any], id: str) -> OutboxMessage:
    """The message that puts a job into ``queue``; ``id`` is the job's id and becomes the AMQP message id."""
    return OutboxMessage(exchange="", key=queue, body=_plain(payload), id=id, headers=trace_headers())


def control_message(control: BaseModel | dict[str, Any]) -> OutboxMessage:
    """A control entry (kind, seq, index, …) for every guard."""
    return OutboxMessage(exchange=CONTROL_EXCHANGE, key="", body=_plain(control))


def parse_event(body: Any) -> CloudEvent:
    """The event in a message body (already JSON-decoded); raises Invalid (``messaging.bad_event``)."""
    if not isinstance(body, dict) or body.get("specversion") != "1.0":
        raise Invalid("messaging.bad_event", "not a CloudEvents 1.0 object")
    if any(not isinstance(body.get(name), str) for name in _REQUIRED) or not isinstance(body.get("data"), dict):
        raise Invalid("messaging.bad_event", "a required attribute of the event is missing or is not of its type")
    return CloudEvent(
        id=body["id"],
        type=body["type"],
        source=body["source"],
        time=parse_rfc3339(body["time"]),
        data=body["data"],
        traceparent=str(body.get("traceparent") or ""),
        subject=str(body.get("subject") or ""),
        sequence=int(body["sequence"]) if str(body.get("sequence", "")).isdecimal() else None,
    )


def trace_headers() -> dict[str, str]:
    """Message headers of the current trace and request; empty outside of both."""
    found = {"traceparent": current_traceparent(), "x-request-id": current_request_id()}
    return {key: value for key, value in found.items() if value}


def _plain(data: BaseModel | dict[str, Any]) -> dict[str, Any]:
    return data.model_dump(mode="json") if isinstance(data, BaseModel) else data
