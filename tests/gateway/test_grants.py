"""Grants over HTTP: the draft that is signed is the draft that is recorded, and a subject's *no* needs no key."""

import hashlib
from typing import Any

import pytest

from consent_service.contract import methods as consent
from consent_service.contract.ledger import WITHDRAW_CONTEXT, GrantChange
from consent_service.contract.openings import Openings
from consent_service.contract.private import seal_terms, sealed_grant
from consent_service.contract.terms import GRANT_CONTEXT, GrantTerms
from consent_service.domain.statutory import verify_terms
from gateway.client.signing import sign_draft
from identity_service.contract import methods as identity
from infra.kernel.crypto import Ed25519Signer, b64u, sign_value, signed_bytes, unb64u, verify_value
from infra.kernel.errors import Conflict, Denied, Invalid, NotFound, Paused, Unavailable
from tests.gateway import world
from tests.gateway.conftest import PARTNER, Client, FakeRpc

KEY = {"Idempotency-Key": "k"}
FORM = {"subject": world.SUBJECT, "modalities": ["face.image", "voice.clone"], "purposes": ["entertainment"],
        "description": "The Keeper", "days": 365, "max_uses": 100}  # fmt: skip


@pytest.fixture(autouse=True)
def parties(rpc: FakeRpc) -> None:
    known = {world.SUBJECT: world.subject(), PARTNER: world.party("partner", PARTNER)}
    rpc.on(identity.get_party, lambda command: known[command.id])
    rpc.on(identity.list_assets, identity.Assets(assets=(world.asset(), world.asset("voice", world.VOICE))))


def test_a_guardian_signs_for_a_minor_no_longer_than_the_authority_lasts(client: Client, rpc: FakeRpc) -> None:
    known = {world.SUBJECT: world.subject(age_class="minor"), PARTNER: world.party("partner", PARTNER)}
    rpc.on(identity.get_party, lambda command: known[command.id])
    authority = {"role": "guardian", "ref": "rep_1", "evidence": "a" * 64, "until": "2027-01-31T00:00:00Z"}
    drafted = client().post("/v1/grants/draft", json={**FORM, "authority": authority, "jurisdiction": "DE"}).json()
    terms = GrantTerms.model_validate(drafted["terms"])
    who = terms.subject
    assert (who.age_class, who.authority, who.authority_ref, who.jurisdiction) == ("minor", "guardian", "rep_1", "DE")
    assert terms.limits.not_after == who.authority_until
    verify_terms(terms, terms.limits.not_before)  # as the ledger will
    guardian = Ed25519Signer.generate()
    signed = sign_draft(drafted, guardian)
    verify_value(b64u(guardian.public), GRANT_CONTEXT, drafted["sealed"], signed["signature"])
    with pytest.raises(Invalid, match="another key"):
        sign_draft({**drafted, **own_draft(drafted)}, guardian)


def own_draft(drafted: dict[str, Any]) -> dict[str, Any]:
    """The same draft as the subject itself would sign it."""
    subject = {**drafted["terms"]["subject"], "authority": "self", "authority_ref": None}
    terms = GrantTerms.model_validate({**drafted["terms"], "subject": subject})
    openings = Openings.model_validate(drafted["openings"])
    message = signed_bytes(GRANT_CONTEXT, seal_terms(terms, openings).model_dump(mode="json"))
    return {"terms": terms.model_dump(mode="json"), "to_sign": {"bytes": b64u(message)}}


def test_an_heir_signs_for_the_dead(client: Client) -> None:
    authority = {"role": "heir", "ref": "rep_1", "evidence": "a" * 64}
    body = client().post("/v1/grants/draft", json={**FORM, "authority": authority, "died_year": 2020}).json()
    assert (body["terms"]["subject"]["living"], body["terms"]["subject"]["died_year"]) == (False, 2020)


def test_a_draft_is_exact_and_signing_it_as_told_verifies(client: Client, rpc: FakeRpc) -> None:
    body = client().post("/v1/grants/draft", json=FORM).json()
    terms = GrantTerms.model_validate(body["terms"])
    assert terms.grantee.partner == PARTNER
    assert {p.modality for p in terms.permissions} == {"face.image", "voice.clone"}
    assert terms.assets == (world.FACE, world.VOICE)
    assert (terms.limits.not_after - terms.limits.not_before).days == 365
    assert terms.limits.max_uses == 100
    assert len(terms.exclusions) == 9
    assert terms.notice.sha256 == body["notice"]["sha256"]
    assert hashlib.sha256(body["notice"]["text"].encode()).hexdigest() == body["notice"]["sha256"]
    signature = b64u(world.SUBJECT_KEY.sign(unb64u(body["to_sign"]["bytes"])))
    verify_value(terms.subject.public_key, GRANT_CONTEXT, body["sealed"], signature)
    rpc.on(consent.record_grant, world.recorded())
    signed = {"terms": body["terms"], "openings": body["openings"], "signature": signature}
    answer = client().post("/v1/grants", json=signed, headers=KEY)
    assert (answer.status_code, answer.json()["ledger_index"]) == (201, 7)
    (sent,) = rpc.sent(consent.record_grant)
    sealed = sealed_grant(sent).model_dump(mode="json")
    assert sealed == body["sealed"]
    verify_value(sent.terms.subject.public_key, GRANT_CONTEXT, sealed, sent.signature)


def test_a_draft_seals_what_people_typed(client: Client) -> None:
    body = client().post("/v1/grants/draft", json={**FORM, "words_forbidden": ["Mira Solen"]}).json()
    assert "The Keeper" not in str(body["sealed"])
    assert "Mira Solen" not in str(body["sealed"])
    assert body["sealed"]["commitments"].keys() == {"/scope/description", "/scope/words_forbidden"}
    assert body["terms"]["scope"]["description"] == "The Keeper"
    again = client().post("/v1/grants/draft", json={**FORM, "words_forbidden": ["Mira Solen"]}).json()
    assert again["sealed"]["commitments"] != body["sealed"]["commitments"]


def test_the_notice_says_what_is_asked_in_plain_words(client: Client) -> None:
    text = client().post("/v1/grants/draft", json=FORM).json()["notice"]["text"]
    assert "Subject, you are asked to let **Partner**" in text
    assert "let a made voice sound like yours" in text
    assert "guess a voice for you" not in text
    assert "At most 100 takes" in text
    assert "22 November 2027" in text
    assert "$" not in text


def test_a_draft_names_only_the_subjects_own_files(client: Client) -> None:
    answer = client().post("/v1/grants/draft", json={**FORM, "assets": ["0" * 64]})
    assert (answer.status_code, answer.json()["code"]) == (422, "gateway.unknown_asset")
    narrow = client().post("/v1/grants/draft", json={**FORM, "assets": [world.FACE]})
    assert narrow.json()["terms"]["assets"] == [world.FACE]


def test_a_draft_without_files_or_key_is_refused(client: Client, rpc: FakeRpc) -> None:
    rpc.on(identity.list_assets, identity.Assets(assets=()))
    assert client().post("/v1/grants/draft", json=FORM).json()["code"] == "gateway.no_assets"
    rpc.on(identity.list_assets, identity.Assets(assets=(world.asset(),)))
    rpc.on(identity.get_party, lambda command: world.subject(public_key=None))
    assert client().post("/v1/grants/draft", json=FORM).json()["code"] == "gateway.subject_without_key"


def test_an_unknown_modality_is_refused_by_name(client: Client) -> None:
    answer = client().post("/v1/grants/draft", json={**FORM, "modalities": ["soul"]})
    assert (answer.status_code, answer.json()["code"]) == (422, "consent.unknown_modality")


def test_another_partners_terms_are_not_recorded(client: Client, rpc: FakeRpc) -> None:
    body = {"terms": world.terms().model_dump(mode="json"), "signature": "A" * 86}
    answer = client("other-key").post("/v1/grants", json=body, headers=KEY)
    assert (answer.status_code, answer.json()["code"]) == (403, "gateway.wrong_partner")
    assert not rpc.sent(consent.record_grant)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Invalid("consent.bad_signature", "does not verify"), 422), (Denied("consent.subject_suspended", "no"), 403),
        (NotFound("consent.unknown_subject", "none"), 404), (Conflict("eventlog.version", "moved"), 409),
        (Paused("consent.flag_paused", "p", feature="allow.voice_clone"), 403),
        (Unavailable("rpc.timeout", "late"), 503),
    ],
)  # fmt: skip
def test_each_refusal_of_the_ledger_reaches_the_partner(
    client: Client, rpc: FakeRpc, error: Exception, status: int
) -> None:
    rpc.on(consent.record_grant, error)
    body = {"terms": world.terms().model_dump(mode="json"), "signature": "A" * 86}
    assert client().post("/v1/grants", json=body, headers=KEY).status_code == status


def test_a_partner_sees_its_own_grants_only(client: Client, rpc: FakeRpc) -> None:
    rpc.on(consent.get_grant, world.grant())
    assert client().get("/v1/grants/grt_1").json()["uses_left"] == 100
    assert client("other-key").get("/v1/grants/grt_1").json()["code"] == "gateway.no_such_grant"
    assert client("auditor-key").get("/v1/grants/grt_1").status_code == 200
    rpc.on(consent.list_grants, consent.Grants(grants=(world.grant(),), has_more=True))
    page = client().get("/v1/grants", params={"subject": world.SUBJECT, "limit": 1}).json()
    assert page["next_page_url"] == f"/v1/grants?subject={world.SUBJECT}&limit=1&starting_after=grt_1"
    assert (rpc.sent(consent.list_grants)[0].partner, rpc.sent(consent.list_grants)[0].subject) == (
        PARTNER,
        world.SUBJECT,
    )


def _change(grant: str = "grt_1") -> dict[str, object]:
    change = GrantChange(grant=grant, action="withdraw", reason="enough", at=world.AT)
    signature = sign_value(world.SUBJECT_KEY, WITHDRAW_CONTEXT, change.model_dump(mode="json"))
    return {"change": change.model_dump(mode="json"), "signature": signature}


def test_a_subject_withdraws_with_nothing_but_the_own_key(client: Client, rpc: FakeRpc) -> None:
    rpc.on(consent.change_grant, world.recorded(index=30))
    answer = client(None).post("/v1/grants/grt_1/changes", json=_change(), headers=KEY)
    assert (answer.status_code, answer.json()["ledger_index"]) == (201, 30)
    (sent,) = rpc.sent(consent.change_grant)
    public = b64u(world.SUBJECT_KEY.public)
    verify_value(public, WITHDRAW_CONTEXT, sent.change.model_dump(mode="json"), sent.signature)


def test_a_change_signed_for_another_grant_is_refused(client: Client, rpc: FakeRpc) -> None:
    answer = client(None).post("/v1/grants/grt_2/changes", json=_change("grt_1"), headers=KEY)
    assert (answer.status_code, answer.json()["code"]) == (422, "gateway.other_grant")
    assert not rpc.sent(consent.change_grant)
