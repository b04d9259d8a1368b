"""CloudEvents bodies and outbox messages."""

import json
from datetime import UTC, datetime

import pytest

from infra.kernel.errors import Invalid
from infra.kernel.rpc import Message
from infra.messaging.events import control_message, event_message, job_message, parse_event
from infra.telemetry import bind_trace

AT = datetime(2026, 11, 22, 9, 0, 0, 123000, tzinfo=UTC)


class Spoken(Message):
    line: int
    at: datetime


def test_event_is_a_cloudevent_and_reads_back() -> None:
    with bind_trace(name="test", request_id="req-1") as traceparent:
        message = event_message("audio", "line_spoken", Spoken(line=1, at=AT), at=AT, subject="prd_1")
    assert (message.exchange, message.key) == ("audio.events", "line_spoken")
    assert message.headers == {"traceparent": traceparent, "x-request-id": "req-1"}
    assert message.body == {
        "specversion": "1.0",
        "id": message.id,
        "source": "/assent/audio",
        "type": "line_spoken",
        "time": "2026-11-22T09:00:00.123Z",
        "datacontenttype": "application/json",
        "subject": "prd_1",
        "traceparent": traceparent,
        "data": {"line": 1, "at": "2026-11-22T09:00:00.123000Z"},
    }
    event = parse_event(json.loads(json.dumps(message.body)))
    assert (event.id, event.service, event.type, event.time) == (message.id, "audio", "line_spoken", AT)
    assert (event.subject, event.traceparent, event.data["line"]) == ("prd_1", traceparent, 1)


def test_event_outside_of_a_trace_has_no_traceparent() -> None:
    message = event_message("audio", "line_spoken", {"line": 1})
    assert "traceparent" not in message.body
    assert message.headers == {}
    assert parse_event(message.body).traceparent == ""


def test_job_goes_straight_to_its_queue_under_its_own_id() -> None:
    message = job_message("audio.jobs", {"job": "job-1"}, "job-1")
    assert (message.exchange, message.key, message.id, message.body) == ("", "audio.jobs", "job-1", {"job": "job-1"})


def test_control_goes_to_the_fanout() -> None:
    message = control_message({"kind": "flag", "seq": 1, "index": 9})
    assert (message.exchange, message.key, message.body["seq"]) == ("consent.control", "", 1)


GOOD = event_message("audio", "line_spoken", {"line": 1}, at=AT).body


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "text",
        {},
        {**GOOD, "specversion": "0.3"},
        {**GOOD, "id": 7},
        {**GOOD, "data": "text"},
        {**GOOD, "time": "yesterday"},
        {key: value for key, value in GOOD.items() if key != "source"},
    ],
)
def test_anything_else_is_refused(body: object) -> None:
    with pytest.raises(Invalid):
        parse_event(body)
