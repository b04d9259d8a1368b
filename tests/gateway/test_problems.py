"""Every kind of error becomes the problem document that ``formats.md`` describes."""

from typing import Any

import pytest

from consent_service.contract import methods as consent
from gateway.problems import STATUS
from infra.kernel.errors import KINDS, Conflict, Denied, Invalid, Paused, Unauthenticated, Unavailable
from tests.gateway.conftest import Client, FakeRpc


def problem(client: Client, rpc: FakeRpc, error: Exception) -> Any:
    rpc.on(consent.get_flags, error)
    return client().get("/v1/flags", headers={"Request-Id": "request-77"})


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_kind_has_its_status_and_the_whole_form(client: Client, rpc: FakeRpc, kind: str) -> None:
    facts = {"feature": "allow.video_generation"} if kind == "paused" else {"grant": "grt_1"}
    answer = problem(client, rpc, KINDS[kind]("area.code", "what happened", fix="what to do", **facts))
    body = answer.json()
    assert answer.status_code == STATUS[kind] == body["status"]
    assert answer.headers["content-type"] == "application/problem+json"
    assert body["type"] == "urn:assent:problem:area.code"
    assert body["title"]
    assert body["detail"] == "what happened"
    assert body["fix"] == "what to do"
    assert body["code"] == "area.code"
    assert body["instance"] == "/v1/flags"
    assert body["request_id"] == "request-77" == answer.headers["request-id"]
    assert kind == "paused" or body["info"] == {"grant": "grt_1"}


def test_a_paused_feature_says_since_when_and_by_which_entry(client: Client, rpc: FakeRpc) -> None:
    error = Paused(
        "consent.flag_paused", "paused", feature="allow.voice_clone", since="2026-11-22T09:00:00Z", change_id="chg_1",
        ledger_index=4,
    )  # fmt: skip
    body = problem(client, rpc, error).json()
    assert body["paused"] == {
        "feature": "allow.voice_clone", "since": "2026-11-22T09:00:00Z", "change_id": "chg_1", "ledger_index": 4
    }  # fmt: skip


def test_a_denial_carries_the_whole_decision(client: Client, rpc: FakeRpc) -> None:
    decision = {"allow": False, "reasons": [{"code": "consent.no_grant", "detail": "none", "flag": None}]}
    body = problem(client, rpc, Denied("consent.denied", "no", decision=decision)).json()
    assert body["decision"] == decision
    assert "info" not in body
    assert "paused" not in body


def test_places_in_the_request_are_listed(client: Client, rpc: FakeRpc) -> None:
    errors = [{"detail": "no heading", "pointer": "/screenplay", "line": 3, "column": 7, "extra": 1}]
    body = problem(client, rpc, Invalid("generation.bad_screenplay", "has errors", errors=errors)).json()
    assert body["errors"] == [{"detail": "no heading", "pointer": "/screenplay", "line": 3, "column": 7}]
    body = problem(client, rpc, Invalid("consent.bad", "is wrong", pointer="/terms")).json()
    assert body["errors"] == [{"detail": "is wrong", "pointer": "/terms"}]


def test_headers_that_belong_to_a_status(client: Client, rpc: FakeRpc) -> None:
    assert problem(client, rpc, Unavailable("rpc.timeout", "no answer")).headers["retry-after"] == "1"
    assert "Bearer" in problem(client, rpc, Unauthenticated("x.y", "who")).headers["www-authenticate"]


def test_a_reused_key_is_422_and_a_lost_race_409(client: Client, rpc: FakeRpc) -> None:
    assert problem(client, rpc, Conflict("eventlog.command_reused", "other payload")).status_code == 422
    assert problem(client, rpc, Conflict("eventlog.version", "moved on")).status_code == 409


def test_json_that_is_none_is_400_and_json_of_another_form_422(client: Client) -> None:
    headers = {"Idempotency-Key": "k", "Content-Type": "application/json"}
    broken = client().post("/v1/productions", content=b"{", headers=headers)
    assert (broken.status_code, broken.json()["code"]) == (400, "gateway.bad_json")
    wrong = client().post("/v1/productions", json={"cast": {"A/B": {"nope": 1}}}, headers=headers)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "gateway.invalid_request")
    pointers = {item["pointer"] for item in wrong.json()["errors"]}
    assert {"/screenplay", "/purpose", "/cast/A~1B/nope"} <= pointers


def test_openapi_is_whole(client: Client) -> None:
    api = client(None).get("/openapi.json").json()
    for path, methods in api["paths"].items():
        for method, operation in methods.items():
            assert operation.get("summary"), path
            if path.startswith("/v1/"):
                assert {"401", "500", "503"} <= set(operation["responses"]) or "changes" in path, (path, method)
            if path.startswith("/v1/") and method == "post" and not path.endswith(("/draft", "/plans")):
                names = {parameter["name"] for parameter in operation.get("parameters", ())}
                assert ("Idempotency-Key" in names) != (path == "/v1/grants/batch"), path
    assert {"key", "terms"} == set(api["components"]["schemas"]["BatchItem"]["required"]), "a key for each item instead"
    refused = api["paths"]["/v1/productions"]["post"]["responses"]["403"]["content"]["application/problem+json"]
    assert "paused" in refused["example"]
