"""Partners, operators and subjects over HTTP, and what an idempotency key becomes."""

from typing import Any

import pytest

from consent_service.contract.flags import Targeting
from gateway.idempotency import command_id
from identity_service.contract import methods as identity
from infra.kernel.errors import Conflict, NotFound
from tests.gateway import world
from tests.gateway.conftest import ADMIN_KEY, KEYS, PARTNER, Client, FakeRpc

KEY = {"Idempotency-Key": "order-66"}
PUBLIC = "A" * 43


def test_the_admin_creates_a_partner_and_sees_its_key(client: Client, rpc: FakeRpc) -> None:
    rpc.on(identity.create_partner, world.party("partner", PARTNER, tier="vetted", api_key="k"))
    answer = client(ADMIN_KEY).post("/v1/partners", json={"name": "Northlight", "tier": "vetted"}, headers=KEY)
    assert (answer.status_code, answer.json()["api_key"]) == (201, "k")
    (sent,) = rpc.sent(identity.create_partner)
    assert (sent.name, sent.tier) == ("Northlight", "vetted")
    assert sent.command_id == command_id("admin", "POST /v1/partners", "order-66")


def test_the_admin_creates_an_operator(client: Client, rpc: FakeRpc) -> None:
    rpc.on(identity.create_operator, world.party("operator", "opr_1", api_key="k"))
    body = {"name": "Ada", "public_key": PUBLIC, "can": ["pause", "resume"]}
    assert client(ADMIN_KEY).post("/v1/operators", json=body, headers=KEY).status_code == 201
    assert rpc.sent(identity.create_operator)[0].can == ("pause", "resume")


@pytest.mark.parametrize("path", ["/v1/partners", "/v1/operators"])
def test_the_admin_lists_parties(client: Client, rpc: FakeRpc, path: str) -> None:
    rpc.on(identity.list_parties, identity.Parties(parties=(world.party("partner", "prt_9"),), has_more=True))
    body = client(ADMIN_KEY).get(path, params={"limit": 1, "starting_after": "prt_a"}).json()
    assert (body["object"], body["has_more"]) == ("list", True)
    assert body["next_page_url"] == f"{path}?limit=1&starting_after=prt_9"
    sent = rpc.sent(identity.list_parties)[0]
    assert (sent.kind, sent.limit, sent.after) == (path[4:-1], 1, "prt_a")


def test_a_list_is_read_backwards_as_well(client: Client, rpc: FakeRpc) -> None:
    found = tuple(world.party("partner", name) for name in ("prt_9", "prt_8"))
    rpc.on(identity.list_parties, identity.Parties(parties=found, has_more=True))
    body = client(ADMIN_KEY).get("/v1/partners", params={"limit": 2, "ending_before": "prt_7"}).json()
    assert body["next_page_url"] == "/v1/partners?limit=2&ending_before=prt_9"
    sent = rpc.sent(identity.list_parties)[0]
    assert (sent.before, sent.after) == ("prt_7", None)
    both = client(ADMIN_KEY).get("/v1/partners", params={"starting_after": "a", "ending_before": "b"})
    assert (both.status_code, both.json()["code"]) == (422, "gateway.two_cursors")


def test_a_page_has_one_to_a_hundred_items(client: Client) -> None:
    for limit in (0, 101):
        answer = client(ADMIN_KEY).get("/v1/partners", params={"limit": limit})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/query/limit")


CREATING: list[tuple[str, str, dict[str, Any]]] = [
    (ADMIN_KEY, "/v1/partners", {"name": "N"}),
    (ADMIN_KEY, "/v1/operators", {"name": "N", "public_key": PUBLIC}),
    ("partner-key", "/v1/subjects", {"display_name": "M", "public_key": PUBLIC}),
    ("partner-key", "/v1/productions", {"screenplay": "x", "cast": {}, "purpose": "news"}),
    ("partner-key", "/v1/productions/prd_1/cancel", {}),
    ("partner-key", "/v1/grants", {"terms": world.terms().model_dump(mode="json"), "signature": "A" * 86}),
    ("partner-key", "/v1/grants/grt_1/changes",
     {"change": {"grant": "grt_1", "action": "withdraw", "at": "2026-11-22T09:00:00Z"}, "signature": "A" * 86}),
    ("ada-key", "/v1/flags/allow.voice_clone/changes",
     {"change": {"change_id": "c", "flag": "allow.voice_clone", "state": "paused", "reason": "test",
                 "operator": KEYS["ada-key"][0], "at": "2026-11-22T09:00:00Z",
                 "targeting": Targeting().model_dump(mode="json")}, "signature": "A" * 86}),
    ("ada-key", "/v1/flags/allow.voice_clone/approvals",
     {"approval": {"change_id": "c", "operator": KEYS["ada-key"][0], "at": "2026-11-22T09:00:00Z"},
      "signature": "A" * 86}),
]  # fmt: skip


@pytest.mark.parametrize(("key", "path", "body"), CREATING, ids=[path for _, path, _ in CREATING])
def test_every_creating_route_wants_an_idempotency_key(
    client: Client, rpc: FakeRpc, key: str, path: str, body: dict[str, Any]
) -> None:
    none = client(key).post(path, json=body)
    assert (none.status_code, none.json()["code"]) == (400, "gateway.idempotency_key_missing")
    for bad in ("", "with space", "x" * 129):
        answer = client(key).post(path, json=body, headers={"Idempotency-Key": bad})
        assert (answer.status_code, answer.json()["code"]) == (400, "gateway.bad_idempotency_key")
    assert {name for name, _ in rpc.calls} <= {"identity.authenticate"}


def test_command_ids_differ_by_caller_route_and_key() -> None:
    ids = {
        command_id("a", "POST /x", "k"), command_id("b", "POST /x", "k"), command_id("a", "POST /y", "k"),
        command_id("a", "POST /x", "l"), command_id("a", "POST /x\nk", ""),
    }  # fmt: skip
    assert len(ids) == 5
    assert command_id("a", "POST /x", "k") == command_id("a", "POST /x", "k")


def test_the_same_key_with_another_payload_is_422(client: Client, rpc: FakeRpc) -> None:
    rpc.on(identity.create_partner, Conflict("eventlog.command_reused", "this id was used for something else"))
    answer = client(ADMIN_KEY).post("/v1/partners", json={"name": "Other"}, headers=KEY)
    assert (answer.status_code, answer.json()["code"]) == (422, "eventlog.command_reused")


def test_a_partner_enrols_a_subject_in_its_own_name(client: Client, rpc: FakeRpc) -> None:
    rpc.on(identity.enrol_subject, world.subject())
    answer = client().post("/v1/subjects", json={"display_name": "Mira", "public_key": PUBLIC}, headers=KEY)
    assert (answer.status_code, answer.json()["id"]) == (201, world.SUBJECT)
    assert rpc.sent(identity.enrol_subject)[0].partner == PARTNER


def test_a_public_key_has_43_characters(client: Client) -> None:
    answer = client().post("/v1/subjects", json={"display_name": "Mira", "public_key": "short"}, headers=KEY)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/public_key")


def test_another_partners_subject_is_not_there(client: Client, rpc: FakeRpc) -> None:
    rpc.on(identity.get_party, world.subject())
    assert client().get(f"/v1/subjects/{world.SUBJECT}").status_code == 200
    assert client("other-key").get(f"/v1/subjects/{world.SUBJECT}").status_code == 404
    assert client("other-key").get(f"/v1/subjects/{world.SUBJECT}/assets").status_code == 404
    assert client("auditor-key").get(f"/v1/subjects/{world.SUBJECT}").status_code == 200


def test_a_partner_is_not_a_subject(client: Client, rpc: FakeRpc) -> None:
    rpc.on(identity.get_party, world.party("partner", PARTNER))
    assert client().get(f"/v1/subjects/{PARTNER}").json()["code"] == "gateway.no_such_subject"


def test_lists_of_subjects_and_assets(client: Client, rpc: FakeRpc) -> None:
    rpc.on(identity.list_parties, identity.Parties(parties=(world.subject(),), has_more=False))
    rpc.on(identity.get_party, world.subject())
    rpc.on(identity.list_assets, identity.Assets(assets=(world.asset(),)))
    assert client().get("/v1/subjects").json()["data"][0]["id"] == world.SUBJECT
    assert rpc.sent(identity.list_parties)[0].partner == PARTNER
    assert client().get(f"/v1/subjects/{world.SUBJECT}/assets").json()["data"][0]["sha256"] == world.FACE


def test_an_unknown_subject_is_404(client: Client, rpc: FakeRpc) -> None:
    rpc.on(identity.get_party, NotFound("identity.unknown_party", "no such party"))
    assert client().get("/v1/subjects/sub_0").json()["code"] == "identity.unknown_party"
