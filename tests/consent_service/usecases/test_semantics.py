"""What grants say beyond yes and no: who may sign, narrowing, replacing, approval of each use, and what time does."""

from datetime import timedelta
from typing import Any

import pytest

from consent_service.contract import events as kinds
from consent_service.contract.decisions import CloseLease, Lease, RenewLease
from consent_service.contract.ledger import RequestGrant
from consent_service.contract.methods import GetGrant
from consent_service.contract.private import sealed_grant
from consent_service.contract.retention import DueQuery, GetOutput, RecordDeletion
from consent_service.usecases import afterwards, decisions, grants, leases, policy
from infra.kernel.clock import FixedClock
from infra.kernel.errors import Conflict, Denied, Invalid, NotFound
from tests.consent_service.house import (
    FACE,
    OUTPUT,
    VOICE,
    House,
    Person,
    command_id,
    memory_parts,
    request,
    terms,
    use,
)
from tests.consent_service.usecases.signing import approve, narrowed

EVIDENCE = "e" * 64


def state(house: House, grant: str) -> str:
    return grants.get_grant(house.parts, GetGrant(grant=grant)).state


def codes(house: House, **changes: Any) -> list[str]:
    decided = decisions.decide(house.parts, request(use(house.subject), **changes))
    return [reason.code.removeprefix("consent.") for reason in decided.reasons]


def history(house: House) -> list[Any]:
    kept: Any = house.parts.log
    return list(kept.history(limit=10_000))


def publish(house: House, output: str = OUTPUT) -> None:
    used = use(house.subject)
    decision = decisions.decide(house.parts, request(used))
    close(house, house.open(house.permit(decision.id, command_id(), used, kind="release")), output)


def close(house: House, lease: Lease, output: str = OUTPUT) -> None:
    command = {"lease": lease.id, "fence": lease.fence, "outcome": "completed", "output_sha256": output, "seconds": 1}
    leases.close_lease(house.parts, CloseLease.model_validate(command))


def test_a_guardian_signs_for_a_minor_who_can_still_say_no(house: House) -> None:
    mother = Person("rep_mother")
    house.register("representative", mother, role="guardian")
    agreed = terms(
        house.subject, house.now, subject__age_class="minor", subject__authority="guardian",
        subject__authority_ref=mother.handle, subject__authority_evidence=EVIDENCE,
        limits__not_after=house.now + timedelta(days=300),
    )  # fmt: skip
    with pytest.raises(Denied, match="bad_signature"):
        grants.record_grant(house.parts, house.signed_grant(agreed))
    grant = grants.record_grant(house.parts, house.signed_grant(agreed, by=mother)).ref
    assert decisions.decide(house.parts, request(use(house.subject))).allow
    clock: Any = house.parts.clock
    house.change_grant(grant, "suspend", by=house.subject)
    clock.advance(1)
    with pytest.raises(Denied, match="authority_must_sign"):
        house.change_grant(grant, "resume", by=house.subject)
    house.change_grant(grant, "resume", by=mother)
    clock.advance(1)
    house.change_grant(grant, "withdraw", by=house.subject)
    assert state(house, grant) == "withdrawn"


@pytest.mark.parametrize("who", ["unregistered", "other_role", "other_subject"])
def test_a_representative_must_be_registered_for_it(house: House, who: str) -> None:
    heir = Person("rep_heir")
    if who != "unregistered":
        role, subject = ("executor", "sub_ada") if who == "other_role" else ("heir", "sub_else")
        house.register("representative", heir, role=role, **{"for": subject})
    agreed = terms(
        house.subject, house.now, subject__living=False, subject__authority="heir",
        subject__authority_ref=heir.handle, subject__authority_evidence=EVIDENCE, subject__died_year=2024,
    )  # fmt: skip
    with pytest.raises(Denied, match="unknown_authority"):
        grants.record_grant(house.parts, house.signed_grant(agreed, by=heir))


def test_an_estate_permits_as_long_as_the_law_lets_it(house: House) -> None:
    heir = Person("rep_heir")
    house.register("representative", heir, role="heir")

    def record(died: int) -> None:
        agreed = terms(
            house.subject, house.now, subject__living=False, subject__authority="heir", subject__died_year=died,
            subject__authority_ref=heir.handle, subject__authority_evidence=EVIDENCE, subject__jurisdiction="DE",
        )  # fmt: skip
        grants.record_grant(house.parts, house.signed_grant(agreed, by=heir))

    record(2020)
    with pytest.raises(Invalid, match="the estate can permit until 2026"):
        record(2016)


def test_the_union_suspends_and_only_the_union_resumes(house: House, clock: FixedClock) -> None:
    union = Person("rep_guild")
    house.register("representative", union, role="union")
    grant = house.grant(
        subject__representation="union", subject__representative=union.handle,
        revocation={"suspendable_by": ["subject", "union"]},
    )  # fmt: skip
    house.change_grant(grant, "suspend", by=union)
    assert codes(house) == ["grant_suspended"]
    clock.advance(1)
    with pytest.raises(Denied, match="not_your_suspension"):
        house.change_grant(grant, "resume")
    with pytest.raises(Denied, match="may_not_change"):
        house.change_grant(grant, "withdraw", by=union)
    house.change_grant(grant, "resume", by=union)
    assert codes(house) == []
    stranger = Person("rep_other")
    house.register("representative", stranger)
    with pytest.raises(Denied, match="may_not_change"):
        house.change_grant(grant, "suspend", by=stranger)


def test_a_narrowed_grant_allows_less_and_stops_what_runs(house: House, clock: FixedClock) -> None:
    grant = house.grant(scope__purposes=["entertainment", "education"])
    used = use(house.subject)
    running = house.start("job_1", used)
    clock.advance(0.5)
    narrowed(house, grant, scope__purposes=["education"], limits__max_uses=50)
    assert state(house, grant) == "narrowed"
    assert codes(house) == ["purpose_not_granted"]
    assert codes(house, purpose="education") == []
    with pytest.raises(Denied, match="grant_narrowed"):
        leases.renew_lease(house.parts, RenewLease(lease=running.id, fence=running.fence))
    with pytest.raises(Denied, match="grant_narrowed"):
        close(house, running)
    view = grants.get_grant(house.parts, GetGrant(grant=grant))
    assert view.uses_left == 49


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"limits__max_uses": 101}, "/limits/max_uses"), ({"scope__channels": ["web", "cinema"]}, "/scope/channels"),
        ({"exclusions": ["sexual"]}, "/exclusions"), ({"assets": ["9" * 64]}, "/assets"),
        ({"limits__approval": "auto"}, None), ({"notice__version": "2"}, "/notice/version"),
        ({"grantee": {"partner": "prt_other"}}, "/grantee/partner"), ({"scope__languages": ["en-GB"]}, None),
        ({"scope__territories_allow": ["FR"]}, None), ({"revocation__effect": "stop_new"}, "/revocation/effect"),
    ],
)  # fmt: skip
def test_narrowing_never_widens(change: dict[str, Any], pointer: str | None, clock: FixedClock) -> None:
    house = House(memory_parts(clock)).furnish()
    grant = house.grant()
    clock.advance(1)
    if pointer is None:
        narrowed(house, grant, **change)
        return
    with pytest.raises(Invalid, match="not_narrower") as refused:
        narrowed(house, grant, **change)
    assert pointer in refused.value.info["pointers"]


def test_a_new_grant_ends_the_one_it_supersedes(house: House) -> None:
    old = house.grant()
    new = house.grant(supersedes=old, scope__purposes=["news"])
    assert (state(house, old), state(house, new)) == ("invalidated", "granted")
    assert house.parts.proofs.snapshot().blocked_grants == {old: "invalidated"}
    with pytest.raises(Conflict, match="grant_state"):
        house.grant(supersedes=old)
    with pytest.raises(Invalid, match="other_parties"):
        house.grant(supersedes=new, grantee={"partner": "prt_other"})


def test_an_operator_invalidates_what_should_never_have_stood(house: House) -> None:
    grant = house.grant()
    with pytest.raises(Denied, match="may_not_change"):
        house.change_grant(grant, "invalidate")
    house.change_grant(grant, "invalidate", by=house.pauser)
    assert codes(house) == ["grant_invalidated"]


def test_a_request_permits_nothing_until_its_own_terms_are_signed(house: House) -> None:
    signed = house.signed_grant(terms(house.subject, house.now))
    asked = RequestGrant(command_id=command_id(), terms=sealed_grant(signed))
    ref = grants.request_grant(house.parts, asked).ref
    assert state(house, ref) == "requested"
    assert codes(house) == ["no_grant_for_partner"]
    other = house.signed_grant(terms(house.subject, house.now, limits__max_uses=5))
    with pytest.raises(Conflict, match="other_terms"):
        grants.record_grant(house.parts, other.model_copy(update={"request": ref}))
    assert grants.record_grant(house.parts, signed.model_copy(update={"request": ref})).ref == ref
    assert (state(house, ref), codes(house)) == ("granted", [])


def test_each_modality_is_signed_on_its_own(house: House) -> None:
    signed = house.signed_grant(terms(house.subject, house.now))
    one = {"face.image": signed.modality_signatures["face.image"]}
    with pytest.raises(Invalid, match="modality_unsigned"):
        grants.record_grant(house.parts, signed.model_copy(update={"modality_signatures": one}))
    swapped = {**signed.modality_signatures, "voice.clone": one["face.image"]}
    with pytest.raises(Denied, match="bad_signature"):
        grants.record_grant(house.parts, signed.model_copy(update={"modality_signatures": swapped}))


def test_a_use_waits_for_the_subjects_own_yes(house: House, clock: FixedClock) -> None:
    grant = house.grant(limits__approval="per_use")
    used = use(house.subject)
    asked = request(used, words="Good evening.")
    waits = decisions.decide(house.parts, asked)
    assert (waits.allow, waits.waits_for) == (False, (grant,))
    with pytest.raises(Denied, match="approval_needed"):
        house.permit(waits.id, "job_1", used)
    with pytest.raises(Denied, match="bad_signature"):
        approve(house, waits.id, grant, by=Person("sub_eve"))
    with pytest.raises(Denied, match="other_request"):
        approve(house, waits.id, grant, request_digest="0" * 64)
    approve(house, waits.id, grant)
    house.open(house.permit(waits.id, "job_1", used))
    clock.advance(1)
    approve(house, waits.id, grant, "refuse")
    with pytest.raises(Denied, match="approval_needed"):
        house.permit(waits.id, "job_2", used)


def test_an_approval_counts_for_one_later_decision_on_the_very_same_film(house: House) -> None:
    grant = house.grant(limits__approval="per_use")
    used = use(house.subject)
    waits = decisions.decide(house.parts, request(used, words="Good evening."))
    approve(house, waits.id, grant)
    other = request(used, words="Good night.", approved=waits.id)
    assert not decisions.decide(house.parts, other).allow
    again = request(used, words="Good evening.", approved=waits.id, production="prd_2")
    allowed = decisions.decide(house.parts, again)
    assert allowed.allow
    house.permit(allowed.id, "job_1", used)
    assert not decisions.decide(house.parts, again).allow
    with pytest.raises(Denied, match="approval_needed"):
        house.permit(waits.id, "job_2", used)


def test_nobody_approves_what_does_not_wait(house: House) -> None:
    grant = house.grant()
    decided = decisions.decide(house.parts, request(use(house.subject)))
    with pytest.raises(NotFound, match="unknown_decision"):
        approve(house, decided.id, grant)


def test_a_withdrawal_calls_back_what_was_released(house: House) -> None:
    grant = house.grant(revocation={"effect": "recall_outputs"}, duties={"takedown_sla_hours": 6})
    publish(house)
    before = afterwards.output_standing(house.parts, GetOutput(output_sha256=OUTPUT))
    assert (before.state, before.grants) == ("released", (grant,))
    house.change_grant(grant, "withdraw")
    after = afterwards.output_standing(house.parts, GetOutput(output_sha256=OUTPUT))
    assert (after.state, after.recalled_for) == ("recalled", grant)
    assert after.takedown_by == house.now + timedelta(hours=6)
    assert afterwards.output_standing(house.parts, GetOutput(output_sha256="0" * 64)).state == "unknown"
    assert afterwards.sweep_grants(house.parts) == 0


def test_other_withdrawals_leave_outputs_alone(house: House) -> None:
    grant = house.grant()
    publish(house)
    house.change_grant(grant, "withdraw")
    assert afterwards.output_standing(house.parts, GetOutput(output_sha256=OUTPUT)).state == "released"


def test_time_is_written_down_once(house: House, clock: FixedClock) -> None:
    over = house.grant(limits__not_after=house.now + timedelta(minutes=5))
    stale = house.grant(
        subject__identity={
            "method": "liveness", "assurance": "low", "verifier": "v", "at": house.now,
            "expires": house.now + timedelta(minutes=5),
        }
    )  # fmt: skip
    kept = house.grant()
    assert afterwards.sweep_grants(house.parts) == 0
    clock.advance(301)
    assert afterwards.sweep_grants(house.parts) == 2
    assert afterwards.sweep_grants(house.parts) == 0
    assert [state(house, one) for one in (over, stale, kept)] == ["expired", "invalidated", "granted"]
    house.grant()  # the sweep waits for no proof; this is answered once the ledger holds it, and all before it
    assert house.parts.proofs.snapshot().blocked_grants == {over: "expired", stale: "invalidated"}


def test_references_are_due_n_days_after_the_last_use(house: House, clock: FixedClock) -> None:
    days = timedelta(days=30)
    house.grant(assets=[FACE])
    begun = house.now
    clock.advance(86_400)
    decided = decisions.decide(house.parts, request(use(house.subject)))
    house.open(house.permit(decided.id, "job_1", use(house.subject)))
    used = house.now

    def due(now: Any) -> list[Any]:
        return [one.assets for one in afterwards.due_deletions(house.parts, DueQuery(now=now)).deletions]

    assert due(begun + days) == []
    assert due(used + days - timedelta(seconds=1)) == []
    assert due(used + days) == [(FACE,)]
    withdrawn = house.grant(assets=[VOICE])
    house.change_grant(withdrawn, "withdraw")
    assert due(house.now) == [(VOICE,)]
    deleted = RecordDeletion(command_id=command_id(), subject=house.subject.handle, assets=(VOICE,))
    afterwards.record_deletion(house.parts, deleted)
    assert due(house.now) == []


def test_the_policy_is_adopted_once_and_named_by_decisions(house: House) -> None:
    policy.adopt_policy(house.parts)
    [adopted] = house.parts.log.run(lambda tx: tx.read("policy"))
    assert adopted.type == kinds.POLICY_ADOPTED
    assert adopted.data["parameters"]["closed_world"] is True
    decided = decisions.decide(house.parts, request(use(house.subject)))
    [made] = house.parts.log.run(lambda tx: tx.read(f"decision-{decided.id}"))
    assert made.data["policy"] == {"version": adopted.data["version"], "digest": adopted.data["digest"]}
    assert decided.policy == adopted.data["version"]


def test_a_decision_says_what_is_owed(house: House) -> None:
    grant = house.grant(duties={"disclosure_text": "Ein KI-Film", "takedown_sla_hours": 3, "report_period_days": 30})
    [owed] = decisions.decide(house.parts, request(use(house.subject))).duties
    assert (owed.grant, owed.disclosure_text, owed.takedown_sla_hours) == (grant, "Ein KI-Film", 3)
