"""Approval of each use over HTTP and on the command line: shown whole, signed by the subject, no API key needed."""

import pytest

from consent_service.contract import methods as consent
from consent_service.contract.approvals import USE_CONTEXT, PendingApproval, request_digest
from consent_service.contract.decisions import DecisionRequest
from consent_service.contract.ledger import WITHDRAW_CONTEXT, GrantChange
from gateway.client.approving import sign_use, verify_shown
from gateway.client.signing import sign_grant_change
from infra.kernel.commitments import commitment
from infra.kernel.crypto import b64u, verify_value
from infra.kernel.errors import Invalid
from tests.gateway import world
from tests.gateway.conftest import ADMIN_KEY, PARTNER, Client, FakeRpc

SALT = bytes(range(32))


def waiting(partner: str = PARTNER) -> PendingApproval:
    asked = DecisionRequest.model_validate(
        {"partner": partner, "production": "prd_1", "purpose": "entertainment", "territories": ["DE"],
         "channels": ["web"], "words": "Good evening."}
    )  # fmt: skip
    return PendingApproval(
        decision="dec_1", partner=partner, production="prd_1", grants=("grt_1",), answered={}, request=asked,
        request_digest=request_digest(asked), words_commitment=commitment(SALT, asked.words, "e1"), salt=b64u(SALT),
        entry_id="e1", at=world.AT,
    )  # fmt: skip


def test_what_waits_is_shown_to_its_partner_only(client: Client, rpc: FakeRpc) -> None:
    rpc.on(consent.get_approval, waiting())
    body = client().get("/v1/approvals/dec_1").json()
    assert body["request"]["words"] == "Good evening."
    rpc.on(consent.get_approval, waiting("prt_other"))
    assert client().get("/v1/approvals/dec_1").status_code == 404


def test_a_signed_answer_goes_through_without_a_key(client: Client, rpc: FakeRpc) -> None:
    rpc.on(consent.approve_use, world.recorded("dec_1"))
    body = sign_use(waiting(), "grt_1", "approve", now=world.AT, signer=world.SUBJECT_KEY)
    answer = client(None).post("/v1/approvals/dec_1", json=body, headers={"Idempotency-Key": "k-1"})
    assert (answer.status_code, answer.json()["ref"]) == (201, "dec_1")
    (sent,) = rpc.sent(consent.approve_use)
    public = b64u(world.SUBJECT_KEY.public)
    verify_value(public, USE_CONTEXT, sent.approval.model_dump(mode="json"), sent.signature)
    other = client(None).post("/v1/approvals/dec_2", json=body, headers={"Idempotency-Key": "k-2"})
    assert (other.status_code, other.json()["code"]) == (422, "gateway.other_decision")


@pytest.mark.parametrize("bent", [{"words": "Vote for me"}, {"purpose": "advertising"}])
def test_nothing_is_signed_that_is_not_what_the_ledger_is_about(bent: dict[str, str]) -> None:
    honest = waiting()
    verify_shown(honest)
    request = honest.request.model_copy(update=bent)
    with pytest.raises(Invalid, match="other_request"):
        verify_shown(honest.model_copy(update={"request": request}))


def test_a_representative_is_entered_with_its_role_and_key(client: Client, rpc: FakeRpc) -> None:
    rpc.on(consent.register_party, lambda command: world.recorded(command.handle))
    form = {"role": "guardian", "public_key": b64u(world.SUBJECT_KEY.public), "subjects": ["sub_1"]}
    answers = [
        client(ADMIN_KEY).post("/v1/representatives", json=form, headers={"Idempotency-Key": "k"}) for _ in range(2)
    ]
    assert {answer.status_code for answer in answers} == {201}
    first, again = rpc.sent(consent.register_party)
    assert (first.kind, first.attributes) == ("representative", {"role": "guardian", "for": "sub_1"})
    assert first.handle == again.handle == answers[0].json()["ref"]
    assert client().post("/v1/representatives", json=form, headers={"Idempotency-Key": "k"}).status_code == 403


def test_a_union_suspends_and_a_subject_narrows_under_their_own_keys() -> None:
    for more in ({"by": "rep_guild"}, {"terms": world.terms().model_dump(mode="json")}):
        action = "suspend" if "by" in more else "narrow"
        body = sign_grant_change("grt_1", action, "", now=world.AT, signer=world.SUBJECT_KEY, **more)
        change = GrantChange.model_validate(body["change"])
        verify_value(
            b64u(world.SUBJECT_KEY.public), WITHDRAW_CONTEXT, change.model_dump(mode="json"), body["signature"]
        )
