"""The RPC format without a broker: what is written is what nameko reads, and errors keep their shape."""

import json
import time
from contextvars import copy_context

import pytest

from infra.kernel.errors import KINDS, AssentError, Internal, Unavailable
from infra.messaging.rpc import wire
from tests.infra.messaging import echo_contract as contract


def answered(error: dict) -> AssentError:
    with pytest.raises(AssentError) as caught:
        wire.decode_answer(contract.echo, json.dumps({"result": None, "error": error}).encode())
    return caught.value


def test_call_has_nameko_shape() -> None:
    assert json.loads(wire.encode_call(contract.Echo(text="x", number=2))) == {
        "args": [{"text": "x", "number": 2}],
        "kwargs": {},
    }
    assert wire.routing_key(contract.echo) == "echo.echo"


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_error_crosses_unchanged(kind: str) -> None:
    error = KINDS[kind]("echo.some_code", "some words", fix="do this", number=7, nested={"list": [1, None]})
    crossed = wire.AnsweredError.of(error)
    found = answered({"exc_type": "AnsweredError", "exc_args": list(crossed.args), "value": str(crossed)})
    assert type(found) is type(error)
    assert found.to_wire() == error.to_wire()


@pytest.mark.parametrize(
    "error",
    [
        {"exc_type": "ValueError", "exc_args": ["swordfish"], "value": "swordfish"},
        {"exc_type": "AnsweredError", "exc_args": ["not json, swordfish"], "value": ""},
        {"exc_type": "AnsweredError", "exc_args": [], "value": ""},
        {},
    ],
)
def test_unknown_errors_are_internal_without_their_text(error: dict) -> None:
    found = answered(error)
    assert isinstance(found, Internal)
    assert "swordfish" not in json.dumps(found.to_wire())


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"{}", b'{"error": null}', b'{"result": {"x": 1}, "error": null}']
)
def test_broken_answers_are_internal(body: bytes) -> None:
    with pytest.raises(Internal) as caught:
        wire.decode_answer(contract.echo, body)
    assert caught.value.code == "rpc.bad_answer"


def test_an_answer_that_was_given_before_says_so_beside_its_members() -> None:
    answer = {"text": "x", "number": 1}
    context = copy_context()
    assert context.run(_decoded, answer) is False
    assert context.run(_decoded, {**answer, wire.REPLAYED: True}) is True


def _decoded(result: dict[str, object]) -> bool:
    body = json.dumps({"result": result, "error": None}).encode()
    assert wire.decode_answer(contract.echo, body) == contract.Echoed(text="x", number=1)
    return wire.answered_before.get()


def test_deadline_travels_as_absolute_time_and_as_expiration() -> None:
    before = time.time() * 1000
    headers = wire.call_headers(2.0)
    assert before + 2000 - 1 <= headers["x-deadline-ms"] <= time.time() * 1000 + 2000
    assert (wire.expiration_ms(2.0), wire.expiration_ms(0.0001)) == (2000, 1)


@pytest.mark.parametrize(("header", "late"), [(1, True), (None, False), ("soon", False), (2**53, False)])
def test_late_calls_are_recognised(header: object, late: bool) -> None:
    headers = {} if header is None else {"x-deadline-ms": header}
    assert wire.decode_call({"args": [{}], "kwargs": {}}, headers).late() is late


def test_what_the_caller_learns_about_silence() -> None:
    assert isinstance(wire.timeout(contract.echo, 1), Unavailable)
    assert isinstance(wire.no_service(contract.echo), Unavailable)
