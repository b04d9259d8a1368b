"""Log lines: JSON, a constant event name, and no secrets."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from infra.telemetry import bind_trace, configure_logging, log
from infra.telemetry.logs import drop_secrets


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_line_is_json_with_process_trace_and_fields(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("consent", "INFO")
    with bind_trace(name="test", request_id="req-1", job="job-1") as traceparent:
        log.info("grant.recorded", grant="grt_1")
    log.debug("too.quiet")
    (line,) = lines(capsys)
    assert line.pop("at").endswith("Z")
    assert line == {
        "event": "grant.recorded",
        "level": "info",
        "process": "consent",
        "grant": "grt_1",
        "job": "job-1",
        "request_id": "req-1",
        "trace_id": traceparent.split("-")[1],
    }


def test_libraries_speak_json_too(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("consent", "INFO")
    logging.getLogger("some.library").warning("cannot reach %s", "amqp://guest:swordfish@host/x")
    (line,) = lines(capsys)
    assert (line["event"], line["logger"]) == ("library", "some.library")
    assert line["text"] == "cannot reach amqp://guest:***@host/x"


def test_exceptions_are_one_field(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("consent", "INFO")
    try:
        raise ValueError("postgresql://role:swordfish@host/db")
    except ValueError:
        log.exception("rpc.crashed")
    (line,) = lines(capsys)
    assert "ValueError" in line["exception"]
    assert "swordfish" not in json.dumps(line)


@pytest.mark.parametrize(
    "name",
    ["password", "secret", "token", "api_key", "apikey", "private_key", "data_key", "seed", "Authorization",
     "permit_token", "cookies", "role_password"],
)  # fmt: skip
def test_keys_named_like_secrets_are_dropped_at_any_depth(name: str) -> None:
    event = {"event": "x", name: "swordfish", "deep": {"list": [{name: "swordfish", "kept": 1}]}}
    assert drop_secrets(None, "info", event) == {"event": "x", "deep": {"list": [{"kept": 1}]}}


@pytest.mark.parametrize("name", ["key", "keys", "stream", "tokenizer", "command_id", "seconds", "ledger_index"])
def test_other_keys_are_kept(name: str) -> None:
    assert drop_secrets(None, "info", {"event": "x", name: 1}) == {"event": "x", name: 1}
