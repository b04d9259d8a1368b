"""Productions over HTTP: submitting, refusals with their reasons, lists, and the live stream with its resumption."""

import json
from typing import Any

import pytest

from generation_service.contract import methods as generation
from infra.kernel.errors import Conflict, Invalid, NotFound, Unavailable
from tests.gateway import world
from tests.gateway.conftest import PARTNER, Client, FakeRpc

KEY = {"Idempotency-Key": "k"}
FORM = {"title": "The Keeper", "screenplay": "INT. X - DAY\n\nMIRA\nHello.\n", "purpose": "entertainment",
        "cast": {"MIRA": {"subject": world.SUBJECT, "face": world.FACE, "voice": world.VOICE}}}  # fmt: skip


def test_a_production_is_submitted_in_the_callers_name(client: Client, rpc: FakeRpc) -> None:
    rpc.on(generation.submit, world.production("queued"))
    answer = client().post("/v1/productions", json=FORM, headers=KEY)
    assert (answer.status_code, answer.json()["id"]) == (201, "prd_1")
    (sent,) = rpc.sent(generation.submit)
    assert (sent.partner, sent.title, sent.cast["MIRA"].face) == (PARTNER, "The Keeper", world.FACE)
    assert (sent.width, sent.height, sent.fps) == (1280, 720, 24)


def test_a_refusal_by_a_flag_is_a_problem_with_the_index_of_the_pause(client: Client, rpc: FakeRpc) -> None:
    rpc.on(generation.submit, world.production("refused", decision=world.decision(world.paused_reason())))
    answer = client().post("/v1/productions", json=FORM, headers=KEY)
    body = answer.json()
    assert (answer.status_code, body["code"]) == (403, "consent.flag_paused")
    assert body["paused"]["feature"] == "allow.voice_inferred_from_face"
    assert body["paused"]["ledger_index"] == 4
    assert body["decision"]["reasons"][0]["fix"] == "ask an operator"
    assert body["info"]["production"] == "prd_1"


def test_a_refusal_without_a_flag_is_a_denial(client: Client, rpc: FakeRpc) -> None:
    reason = world.paused_reason().model_copy(update={"code": "consent.no_grant", "flag": None})
    rpc.on(generation.submit, world.production("refused", decision=world.decision(reason)))
    body = client().post("/v1/productions", json=FORM, headers=KEY).json()
    assert (body["status"], body["code"]) == (403, "consent.no_grant")
    assert "paused" not in body
    assert body["decision"]["allow"] is False


def test_errors_of_the_screenplay_come_with_line_and_column(client: Client, rpc: FakeRpc) -> None:
    errors = [{"detail": "nobody speaks", "line": 3, "column": 1, "pointer": "/screenplay"}]
    rpc.on(generation.submit, Invalid("generation.screenplay_invalid", "one error", errors=errors))
    body = client().post("/v1/productions", json=FORM, headers=KEY).json()
    assert (body["status"], body["errors"][0]["line"], body["errors"][0]["column"]) == (422, 3, 1)


def test_a_screenplay_over_the_limit_is_413(client: Client, rpc: FakeRpc) -> None:
    answer = client().post("/v1/productions", json={**FORM, "screenplay": "x" * (2 << 20)}, headers=KEY)
    assert answer.status_code == 413
    assert not rpc.calls


def test_reading_listing_and_cancelling(client: Client, rpc: FakeRpc) -> None:
    rpc.on(generation.get_production, world.production())
    rpc.on(generation.list_productions, generation.Productions(productions=(world.production(),), has_more=False))
    rpc.on(generation.cancel, world.production("cancelled"))
    assert client().get("/v1/productions/prd_1").json()["shots"][0]["permits"] == ["jti-1"]
    assert client().get("/v1/productions").json()["data"][0]["id"] == "prd_1"
    answer = client().post("/v1/productions/prd_1/cancel", headers=KEY)
    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    for method in (generation.get_production, generation.list_productions, generation.cancel):
        assert rpc.sent(method)[0].partner == PARTNER


def test_what_cannot_be_cancelled_is_409_and_what_is_not_there_404(client: Client, rpc: FakeRpc) -> None:
    rpc.on(generation.cancel, Conflict("generation.already_over", "it is released"))
    assert client().post("/v1/productions/prd_1/cancel", headers=KEY).status_code == 409
    rpc.on(generation.get_production, NotFound("generation.no_such_production", "none"))
    assert client().get("/v1/productions/prd_9").status_code == 404
    assert client().get("/v1/productions/prd_9/events").status_code == 404


def script(rpc: FakeRpc, *views: Any) -> None:
    """Answers one view after another; the last one stays."""
    left = list(views)

    def answer(_command: Any) -> Any:
        view = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(view, Exception):
            raise view
        return view

    rpc.on(generation.get_production, answer)


def stream(client: Client, **headers: str) -> list[dict[str, str]]:
    answer = client().get("/v1/productions/prd_1/events", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["request-id"]
    blocks = answer.text.replace("\r\n", "\n").strip().split("\n\n")
    return [dict(line.split(": ", 1) for line in block.split("\n")) for block in blocks]


def test_the_stream_tells_each_version_once_and_ends_when_it_is_over(client: Client, rpc: FakeRpc) -> None:
    script(rpc, world.production(version=3), world.production(version=3), world.production(version=4),
           world.production("released", version=6, output=world.output()))  # fmt: skip
    events = stream(client)
    assert [event["id"] for event in events] == ["3", "4", "6"]
    assert {event["event"] for event in events} == {"production"}
    assert json.loads(events[-1]["data"])["output"]["id"] == "out_1"


def test_progress_within_a_version_is_told_too(client: Client, rpc: FakeRpc) -> None:
    script(rpc, world.production(fraction=0.1), world.production(fraction=0.2), world.production("stopped", version=4))
    events = stream(client)
    assert [(event["id"], json.loads(event["data"])["fraction"]) for event in events[:2]] == [("3", 0.1), ("3", 0.2)]


def test_a_broken_stream_goes_on_after_the_last_event_seen(client: Client, rpc: FakeRpc) -> None:
    script(rpc, world.production(version=4), world.production(version=5), world.production("stopped", version=6))
    assert [event["id"] for event in stream(client, **{"Last-Event-ID": "4"})] == ["5", "6"]


def test_after_the_final_event_there_is_nothing_to_resume(client: Client, rpc: FakeRpc) -> None:
    script(rpc, world.production("released", version=6))
    answer = client().get("/v1/productions/prd_1/events", headers={"Last-Event-ID": "6"})
    assert (answer.status_code, answer.content) == (204, b"")


def test_a_bad_last_event_id_is_422(client: Client) -> None:
    answer = client().get("/v1/productions/prd_1/events", headers={"Last-Event-ID": "soon"})
    assert answer.json()["errors"][0]["pointer"] == "/header/Last-Event-ID"


def test_a_stream_whose_service_goes_away_says_so_and_ends(client: Client, rpc: FakeRpc) -> None:
    script(rpc, world.production(version=3), Unavailable("rpc.timeout", "no answer"))
    assert stream(client)[-1] == {"event": "interrupted", "data": "rpc.timeout"}


@pytest.mark.parametrize("state", ["released", "stopped", "failed", "cancelled", "refused"])
def test_every_final_state_ends_the_stream(client: Client, rpc: FakeRpc, state: str) -> None:
    script(rpc, world.production(state, version=9))
    assert len(stream(client)) == 1
