"""Decisions are logged, permits are decided again, and both say no with every reason."""

import base64
import json

import pytest

from consent_service.contract import events as kinds
from consent_service.contract.decisions import IssuePermit
from consent_service.usecases import decisions
from infra.kernel.crypto import b64u
from infra.kernel.errors import Denied, NotFound, Paused
from tests.consent_service.house import FACE, VOICE, House, request, use


def test_a_yes_and_a_no_are_both_logged(house: House) -> None:
    grant = house.grant()
    yes = decisions.decide(house.parts, request(use(house.subject), words="Hello there"))
    no = decisions.decide(house.parts, request(use(house.subject), purpose="news", words="Hello there"))
    assert (yes.allow, yes.grants) == (True, {f"{house.subject.handle}/face.image": grant})
    assert [reason.code for reason in no.reasons] == ["consent.purpose_not_granted"]
    assert yes.ledger_index is not None
    assert no.ledger_index is not None
    assert no.ledger_index > yes.ledger_index
    [event] = house.parts.log.run(lambda tx: tx.read(f"decision-{no.id}"))
    assert (event.type, event.data["allow"]) == (kinds.DECISION_MADE, False)
    assert "Hello" not in json.dumps(event.data)


def test_a_permit_says_what_it_is_for(house: House) -> None:
    grant = house.grant()
    used = use(house.subject)
    decision = decisions.decide(house.parts, request(used, use(house.subject, "voice.clone")))
    token = house.permit(decision.id, "job_1", used)
    claims = house.parts.permits.verify(token)
    header = json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))
    [kid] = [key["kid"] for key in decisions.get_jwks(house.parts).keys]
    assert header == {"alg": "EdDSA", "kid": kid, "typ": "permit+jwt"}
    assert (claims.sub, claims.client, claims.exp - claims.iat) == ("job_1", "prt_studio", 60)
    [detail] = claims.authorization_details
    assert (detail.type, detail.grant, detail.assets) == ("likeness-synthesis", grant, (FACE,))
    assert claims.worker_key == b64u(house.worker.public)
    assert claims.assets_by_subject() == {house.subject.handle: (FACE,)}
    assert claims.features == ("allow.video_generation", "allow.real_person_reference")
    assert claims.ledger.size > 0


@pytest.mark.parametrize(
    "beyond",
    [{"assets": [FACE, VOICE]}, {"seconds": 9.0}, {"operation": "edit"}, {"modality": "lipsync"}],
)
def test_a_permit_never_exceeds_its_decision(house: House, beyond: dict[str, object]) -> None:
    house.grant()
    decision = decisions.decide(house.parts, request(use(house.subject)))
    with pytest.raises(Denied, match="permit_exceeds_decision"):
        house.permit(decision.id, "job_1", use(house.subject, **beyond))
    with pytest.raises(Denied, match="permit_exceeds_decision"):
        house.permit(decision.id, "job_1", features=["allow.audio_generation"])


def test_a_permit_is_decided_again(house: House) -> None:
    grant = house.grant()
    used = use(house.subject)
    decision = decisions.decide(house.parts, request(used))
    house.set_flag("allow.real_person_reference", "paused")
    with pytest.raises(Paused) as paused:
        house.permit(decision.id, "job_1", used)
    assert paused.value.info["feature"] == "allow.real_person_reference"
    house.change_grant(grant, "withdraw")
    with pytest.raises(Denied) as denied:
        house.permit(decision.id, "job_1", used)
    codes = [reason["code"] for reason in denied.value.info["decision"]["reasons"]]
    assert codes == ["consent.flag_paused", "consent.grant_withdrawn"]


def test_no_permit_without_a_yes(house: House) -> None:
    decision = decisions.decide(house.parts, request(use(house.subject)))
    with pytest.raises(Denied, match="decision_denied"):
        house.permit(decision.id, "job_1", use(house.subject))
    with pytest.raises(NotFound, match="unknown_decision"):
        house.permit("dec_0", "job_1", use(house.subject))


def test_a_permit_needs_a_use_that_is_left(house: House) -> None:
    house.grant(limits__max_uses=1)
    used = use(house.subject)
    decision = decisions.decide(house.parts, request(used))
    house.open(house.permit(decision.id, "job_1", used))
    with pytest.raises(Denied, match="uses_exhausted"):
        house.permit(decision.id, "job_2", used)
    house.permit(decision.id, "job_1", used)
    house.permit(decision.id, "job_3", used, kind="release")


def test_jobs_take_what_they_name() -> None:
    with pytest.raises(ValueError, match="worker_key"):
        IssuePermit.model_validate({"decision": "d", "job": "j", "features": [], "worker_key": "short"})
