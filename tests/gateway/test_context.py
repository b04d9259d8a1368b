"""What surrounds every request: ids, traces, limits, measurements, and a bug that becomes a 500 which tells nothing."""

import re
from typing import Any

import httpx
import pytest

from gateway.context import DEFAULT_LIMIT, PRODUCTION_LIMIT, UPLOAD_LIMIT, body_limit
from identity_service.contract import methods as identity
from tests.gateway.conftest import ADMIN_KEY, Client, FakeRpc


def test_a_harmless_request_id_is_kept_and_any_other_replaced(client: Client) -> None:
    assert client().get("/healthz", headers={"Request-Id": "my-request-1"}).headers["request-id"] == "my-request-1"
    for bad in ("short", "x" * 65, "spaces are bad", 'quo"te-quote'):
        made = client().get("/healthz", headers={"Request-Id": bad}).headers["request-id"]
        assert re.fullmatch(r"[0-9a-f-]{36}", made)


def test_a_given_trace_is_continued_and_a_broken_one_begun_anew(client: Client) -> None:
    given = f"00-{'a' * 32}-{'b' * 16}-01"
    answered = client().get("/healthz", headers={"traceparent": given}).headers["traceparent"]
    assert answered.startswith(f"00-{'a' * 32}-")
    assert answered != given
    fresh = client().get("/healthz", headers={"traceparent": "nonsense"}).headers["traceparent"]
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}", fresh)


def test_limits_are_by_route() -> None:
    assert body_limit("/v1/productions") == PRODUCTION_LIMIT
    assert body_limit("/v1/subjects/sub_1/face") == UPLOAD_LIMIT
    assert body_limit("/v1/subjects/sub_1/voice") == UPLOAD_LIMIT
    assert body_limit("/v1/grants") == DEFAULT_LIMIT


def test_a_declared_body_over_the_limit_is_refused_unread(client: Client, rpc: FakeRpc) -> None:
    answer = client(ADMIN_KEY).post("/v1/partners", content=b"x" * (DEFAULT_LIMIT + 1))
    assert answer.status_code == 413
    assert answer.json()["code"] == "gateway.body_too_large"
    assert answer.json()["info"] == {"limit_bytes": DEFAULT_LIMIT}
    assert "request-id" in answer.headers
    assert not rpc.calls


def test_a_body_of_undeclared_length_is_counted_as_it_comes(transport: httpx.BaseTransport) -> None:
    request = httpx.Request(
        "POST", "http://gateway/v1/partners", content=iter([b"x" * DEFAULT_LIMIT, b"x"]),
        headers={"Authorization": f"Bearer {ADMIN_KEY}", "Idempotency-Key": "k"},
    )  # fmt: skip
    answer = transport.handle_request(request)
    assert answer.status_code == 413


def test_a_bug_is_a_500_that_tells_nothing(client: Client, rpc: FakeRpc, logs: list[Any]) -> None:
    rpc.on(identity.list_parties, ZeroDivisionError("secret detail"))
    answer = client(ADMIN_KEY).get("/v1/partners")
    assert answer.status_code == 500
    assert answer.json()["code"] == "gateway.internal"
    assert "secret" not in answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert [entry["event"] for entry in logs] == ["request-crashed"]


def test_requests_are_measured_by_route_not_by_path(client: Client) -> None:
    client().get("/v1/flags/allow.nothing/evaluation")
    text = client().get("/metrics").text
    assert 'route="/v1/flags/{flag}/evaluation"' in text
    assert "allow.nothing" not in text


@pytest.mark.parametrize("path", ["/v1/nothing", "/nothing"])
def test_an_unknown_address_is_a_problem_too(client: Client, path: str) -> None:
    answer = client().get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "gateway.no_such_route")


def test_a_wrong_method_is_a_problem_too(client: Client) -> None:
    answer = client().delete("/v1/flags")
    assert (answer.status_code, answer.json()["code"]) == (405, "gateway.method_not_allowed")
