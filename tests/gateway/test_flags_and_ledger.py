"""Flags, the ledger and the catalogue over HTTP."""

from typing import Any

import pytest

from audio_service.contract import methods as audio
from audio_service.contract.speech import StockVoice
from consent_service.contract import methods as consent
from consent_service.contract.flags import FlagEvaluation
from consent_service.contract.ledger import Entries, Entry
from generation_service.contract import methods as generation
from infra.kernel.errors import Denied, NotFound, Unavailable
from tests.gateway import world
from tests.gateway.conftest import KEYS, PARTNER, Client, FakeRpc

KEY = {"Idempotency-Key": "k"}
FLAG = "allow.video_generation"
ADA, BOB = KEYS["ada-key"][0], KEYS["bob-key"][0]


def change(**more: Any) -> dict[str, Any]:
    return {
        "change": {"change_id": "chg_1", "flag": FLAG, "state": "paused", "reason": "a test", "operator": ADA,
                   "at": "2026-11-22T09:00:00Z", **more},
        "signature": "A" * 86,
    }  # fmt: skip


def approval(operator: str = BOB) -> dict[str, Any]:
    return {
        "approval": {"change_id": "chg_1", "operator": operator, "at": "2026-11-22T09:00:00Z"}, "signature": "A" * 86
    }  # fmt: skip


def test_flags_are_listed_and_read(client: Client, rpc: FakeRpc) -> None:
    rpc.on(consent.get_flags, consent.Flags(flags=(world.flag(), world.flag("allow.voice_clone")), version=2))
    assert [flag["key"] for flag in client().get("/v1/flags").json()["data"]] == [FLAG, "allow.voice_clone"]
    assert client().get(f"/v1/flags/{FLAG}").json()["state"] == "limited"
    missing = client().get("/v1/flags/allow.nothing").json()
    assert (missing["code"], missing["info"]["flag"]) == ("gateway.no_such_flag", "allow.nothing")


def test_a_partner_asks_what_a_flag_says_for_it(client: Client, rpc: FakeRpc) -> None:
    rpc.on(
        consent.evaluate_flag, FlagEvaluation(key=FLAG, value=False, variant="paused", reason="DISABLED", metadata={})
    )
    assert client().get(f"/v1/flags/{FLAG}/evaluation").json()["variant"] == "paused"
    assert rpc.sent(consent.evaluate_flag)[0].partner == PARTNER


def test_an_operator_pauses_and_another_approves_the_widening(client: Client, rpc: FakeRpc) -> None:
    recorded = consent.FlagRecorded(flag=world.flag(state="paused"), recorded=world.recorded(index=31), pending=False)
    rpc.on(consent.change_flag, recorded)
    rpc.on(consent.approve_flag, recorded)
    rpc.on(consent.get_flags, consent.Flags(flags=(world.flag(),), version=2))
    answer = client("ada-key").post(f"/v1/flags/{FLAG}/changes", json=change(), headers=KEY)
    assert (answer.status_code, answer.json()["recorded"]["ledger_index"]) == (201, 31)
    assert client("bob-key").post(f"/v1/flags/{FLAG}/approvals", json=approval(), headers=KEY).status_code == 201
    assert rpc.sent(consent.change_flag)[0].change.operator == ADA
    assert rpc.sent(consent.approve_flag)[0].approval.operator == BOB


def test_nobody_sends_another_operators_change(client: Client, rpc: FakeRpc) -> None:
    mine = client("bob-key").post(f"/v1/flags/{FLAG}/changes", json=change(), headers=KEY)
    assert (mine.status_code, mine.json()["code"]) == (403, "gateway.other_operator")
    theirs = client("ada-key").post(f"/v1/flags/{FLAG}/approvals", json=approval(BOB), headers=KEY)
    assert theirs.status_code == 403
    assert not rpc.sent(consent.change_flag)
    assert not rpc.sent(consent.approve_flag)


def test_a_change_signed_for_another_flag_is_refused(client: Client) -> None:
    answer = client("ada-key").post("/v1/flags/allow.voice_clone/changes", json=change(), headers=KEY)
    assert answer.json()["code"] == "gateway.other_flag"


def test_the_ledgers_refusal_of_a_change_is_told(client: Client, rpc: FakeRpc) -> None:
    rpc.on(consent.change_flag, Denied("consent.same_operator", "a second operator must approve"))
    answer = client("ada-key").post(f"/v1/flags/{FLAG}/changes", json=change(state="on"), headers=KEY)
    assert (answer.status_code, answer.json()["code"]) == (403, "consent.same_operator")


def test_the_checkpoint_as_json_and_as_the_note_itself(client: Client, rpc: FakeRpc) -> None:
    rpc.on(consent.get_checkpoint, consent.Checkpoint(note="origin\n3\nroot\n\n— sig\n", vkey="v+k", size=3))
    assert client().get("/v1/ledger/checkpoint").json()["vkey"] == "v+k"
    note = client().get("/v1/ledger/checkpoint.note")
    assert note.content == "origin\n3\nroot\n\n— sig\n".encode()
    assert note.headers["content-type"] == "text/plain; charset=utf-8"


def entries(start: int, count: int) -> tuple[Entry, ...]:
    return tuple(Entry(index=i, leaf='{"v":1}', leaf_hash="00") for i in range(start, start + count))


def test_entries_page_by_page(client: Client, rpc: FakeRpc) -> None:
    rpc.on(consent.get_entries, lambda command: Entries(entries=entries(command.start, 2), size=4))
    first = client().get("/v1/ledger/entries", params={"limit": 2}).json()
    assert (first["has_more"], first["next_page_url"]) == (True, "/v1/ledger/entries?start=2&limit=2")
    assert first["data"][0]["envelope"] == {"v": 1}
    last = client().get(first["next_page_url"]).json()
    assert (last["has_more"], last["next_page_url"], last["data"][-1]["index"]) == (False, None, 3)
    rpc.on(consent.get_entries, Entries(entries=(), size=4))
    assert client().get("/v1/ledger/entries?start=9").json()["has_more"] is False


def test_proofs(client: Client, rpc: FakeRpc) -> None:
    rpc.on(consent.get_proof, consent.Proof(index=2, tlog_proof="c2sp.org/tlog-proof@v1\n"))
    assert client().get("/v1/ledger/proof", params={"index": 2}).json()["index"] == 2
    assert client().get("/v1/ledger/proof", params={"entry_id": "e", "size": 3}).status_code == 200
    file = client().get("/v1/ledger/entries/2.tlog-proof")
    assert file.text == "c2sp.org/tlog-proof@v1\n"
    assert 'filename="2.tlog-proof"' in file.headers["content-disposition"]
    for params in ({}, {"index": 1, "entry_id": "e"}):
        assert client().get("/v1/ledger/proof", params=params).json()["code"] == "gateway.one_of"
    rpc.on(consent.get_proof, NotFound("consent.no_such_entry", "none"))
    assert client().get("/v1/ledger/proof", params={"index": 99}).status_code == 404


def test_consistency(client: Client, rpc: FakeRpc) -> None:
    rpc.on(consent.get_consistency, consent.Consistency(hashes=("aGk=",)))
    assert client().get("/v1/ledger/consistency", params={"old": 1, "new": 3}).json() == {"hashes": ["aGk="]}
    assert client().get("/v1/ledger/consistency", params={"old": 0, "new": 3}).status_code == 422


@pytest.mark.parametrize("path", ["/v1/ledger/checkpoint", "/v1/flags", "/v1/voices", "/v1/beds", "/v1/effects"])
def test_a_service_that_is_away_is_503(client: Client, rpc: FakeRpc, path: str) -> None:
    for method in (consent.get_checkpoint, consent.get_flags, audio.list_voices, audio.list_beds):
        rpc.on(method, Unavailable("rpc.unreachable", "the broker is away"))
    answer = client().get(path)
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "rpc.unreachable", "1")


DOOR = audio.KnownEffect(name="door", words=("door", "gate"))


def test_the_catalogue(client: Client, rpc: FakeRpc) -> None:
    rpc.on(audio.list_voices, audio.Voices(voices=(StockVoice(id="alto", name="Alto", description="warm"),)))
    rpc.on(audio.list_beds, audio.Beds(beds=("rain", "sea"), effects=(DOOR,)))
    assert client().get("/v1/effects").json()["data"] == [{"name": "door", "words": ["door", "gate"]}]
    assert client().get("/v1/voices").json()["data"][0]["id"] == "alto"
    assert client().get("/v1/beds").json()["data"] == ["rain", "sea"]
    rpc.on(generation.list_cast, generation.StockCast(characters=({"id": "mara", "voice": "wren"},)))
    assert client().get("/v1/cast").json()["data"] == [{"id": "mara", "voice": "wren"}]
