"""W3C trace context and request ids."""

import re
import threading

import pytest

from infra.telemetry import bind_trace, current_request_id, current_traceparent

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_outside_of_a_span_there_is_nothing() -> None:
    assert (current_traceparent(), current_request_id()) == ("", "")


def test_new_root_has_the_form_of_the_recommendation() -> None:
    with bind_trace(name="test") as traceparent:
        assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-0[0-3]", traceparent)
        assert current_traceparent() == traceparent
    assert current_traceparent() == ""


def test_child_keeps_the_trace_and_changes_the_span() -> None:
    with bind_trace(PARENT, request_id="req-1") as child:
        assert child.split("-")[1] == PARENT.split("-")[1]
        assert child.split("-")[2] != PARENT.split("-")[2]
        with bind_trace(name="inner") as inner:
            assert inner.split("-")[1] == PARENT.split("-")[1]
            assert current_request_id() == "req-1"
        assert current_traceparent() == child


@pytest.mark.parametrize("bad", ["", "nonsense", "00-0-0-01", PARENT.replace("0af", "zzz"), "ff" + PARENT[2:]])
def test_malformed_parents_are_ignored(bad: str) -> None:
    with bind_trace(bad) as traceparent:
        assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-0[0-3]", traceparent)
        assert traceparent.split("-")[1] != "0" * 32


def test_received_context_wins_over_the_current_one() -> None:
    with bind_trace(name="outer"), bind_trace(PARENT) as traceparent:
        assert traceparent.split("-")[1] == PARENT.split("-")[1]


def test_context_is_restored_after_an_error() -> None:
    with pytest.raises(ValueError, match="x"), bind_trace(PARENT, request_id="req-1"):
        raise ValueError("x")
    assert (current_traceparent(), current_request_id()) == ("", "")


def test_threads_start_without_a_context() -> None:
    seen: list[str] = []
    with bind_trace(PARENT, request_id="req-1"):
        thread = threading.Thread(target=lambda: seen.extend([current_traceparent(), current_request_id()]))
        thread.start()
        thread.join()
    assert seen == ["", ""]
