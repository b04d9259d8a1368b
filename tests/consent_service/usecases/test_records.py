"""Parties, grants and flags as commands: made once per command id, found again, proven."""

import uuid

import pytest

from consent_service.contract.ledger import RegisterParty
from consent_service.contract.methods import EvaluateFlag, GetGrant, ListGrants
from consent_service.usecases import flags, grants
from infra.kernel.clock import FixedClock
from infra.kernel.errors import Conflict, Denied, NotFound
from tests.consent_service.house import House, Person, terms, use


def test_a_grant_is_recorded_with_its_place(house: House) -> None:
    recorded = grants.record_grant(house.parts, house.signed_grant(terms(house.subject)))
    view = grants.get_grant(house.parts, GetGrant(grant=recorded.ref))
    assert recorded.ledger_index is not None
    assert (view.state, view.uses_left, view.running) == ("granted", 100, 0)
    assert view.ledger_index == recorded.ledger_index
    assert view.terms == terms(house.subject)


def test_on_postgres_the_answer_carries_its_proof(stone_house: House) -> None:
    recorded = grants.record_grant(stone_house.parts, stone_house.signed_grant(terms(stone_house.subject)))
    assert recorded.proof is not None
    assert recorded.proof.startswith("c2sp.org/tlog-proof@v1\n")
    assert recorded.checkpoint is not None
    assert recorded.checkpoint.startswith("test.local/ledger\n")


def test_the_same_command_is_carried_out_once(house: House) -> None:
    command = house.signed_grant(terms(house.subject))
    first = grants.record_grant(house.parts, command)
    again = grants.record_grant(house.parts, command)
    assert (first.ref, first.entry_id) == (again.ref, again.entry_id)
    assert len(grants.list_grants(house.parts, ListGrants()).grants) == 1


def test_a_command_id_with_another_payload_conflicts(house: House) -> None:
    command = house.signed_grant(terms(house.subject))
    grants.record_grant(house.parts, command)
    other = house.signed_grant(terms(house.subject, limits__max_uses=7))
    with pytest.raises(Conflict) as refused:
        grants.record_grant(house.parts, other.model_copy(update={"command_id": command.command_id}))
    assert refused.value.code == "eventlog.command_reused"
    assert len(grants.list_grants(house.parts, ListGrants()).grants) == 1


def test_a_change_id_with_another_payload_conflicts(house: House) -> None:
    first = house.signed_flag("allow.video_generation", "paused")
    flags.change_flag(house.parts, first)
    other = house.signed_flag("allow.audio_generation", "paused").change
    reused = other.model_copy(update={"change_id": first.change.change_id})
    with pytest.raises(Conflict, match="command_reused"):
        flags.change_flag(house.parts, first.model_copy(update={"change": reused}))


def test_a_refused_command_leaves_nothing(house: House) -> None:
    with pytest.raises(Denied, match="bad_signature"):
        grants.record_grant(house.parts, house.signed_grant(terms(house.subject), by=Person("sub_eve")))
    assert grants.list_grants(house.parts, ListGrants()).grants == ()
    with pytest.raises(NotFound, match="unknown_grant"):
        grants.get_grant(house.parts, GetGrant(grant="grt_0"))


def test_grants_are_listed_newest_first_by_page(house: House) -> None:
    made = [house.grant() for _ in range(3)]
    other = house.grant(grantee={"partner": "prt_other"})
    page = grants.list_grants(house.parts, ListGrants(partner="prt_studio", limit=2))
    assert [grant.id for grant in page.grants] == [made[2], made[1]]
    assert page.has_more
    rest = grants.list_grants(house.parts, ListGrants(partner="prt_studio", limit=2, after=made[1]))
    assert ([grant.id for grant in rest.grants], rest.has_more) == ([made[0]], False)
    back = grants.list_grants(house.parts, ListGrants(partner="prt_studio", limit=1, before=made[0]))
    assert ([grant.id for grant in back.grants], back.has_more) == ([made[1]], True)
    top = grants.list_grants(house.parts, ListGrants(partner="prt_studio", before=made[0]))
    assert ([grant.id for grant in top.grants], top.has_more) == ([made[2], made[1]], False)
    everything = grants.list_grants(house.parts, ListGrants(subject=house.subject.handle))
    assert [grant.id for grant in everything.grants] == [other, *reversed(made)]


def test_a_running_lease_shows_on_its_grant(house: House) -> None:
    grant = house.grant()
    house.start("job_1", use(house.subject))
    view = grants.get_grant(house.parts, GetGrant(grant=grant))
    assert (view.running, view.uses_left) == (1, 99)


def test_registering_again_changes_the_key_but_never_the_kind(house: House) -> None:
    old = house.signed_grant(terms(house.subject))
    renewed = Person(house.subject.handle)
    house.register("subject", renewed)
    with pytest.raises(Denied, match="key_mismatch"):
        grants.record_grant(house.parts, old)
    house.subject = renewed
    house.grant()
    turncoat = RegisterParty(command_id=uuid.uuid4().hex, kind="operator", handle=renewed.handle)
    with pytest.raises(Conflict, match="party_kind"):
        grants.register_party(house.parts, turncoat)


def test_a_pause_binds_at_once_and_a_resume_needs_two(house: House, clock: FixedClock) -> None:
    paused = house.set_flag("allow.voice_clone", "paused")
    assert (paused.pending, paused.flag.state, paused.flag.version) == (False, "paused", 2)
    assert paused.flag.ledger_index == paused.recorded.ledger_index
    clock.advance(1)
    proposal = house.set_flag("allow.voice_clone", "limited", by=house.resumer)
    assert (proposal.pending, proposal.flag.state) == (True, "paused")
    change_id = proposal.recorded.ref
    with pytest.raises(Denied, match="second_operator_needed"):
        house.approve(change_id, by=house.resumer)
    third = Person("opr_tia")
    house.register("operator", third, can="resume")
    resumed = house.approve(change_id, by=third)
    assert (resumed.pending, resumed.flag.state, resumed.flag.change_id) == (False, "limited", change_id)
    with pytest.raises(Conflict, match="flag_not_pending"):
        house.approve(change_id, by=house.resumer)


def test_flags_are_shipped_once_and_listed(house: House) -> None:
    before = flags.get_flags(house.parts)
    flags.ship_flags(house.parts)
    after = flags.get_flags(house.parts)
    assert after == before
    states = {flag.key: flag.state for flag in after.flags}
    assert states["allow.voice_inferred_from_face"] == "paused"
    assert after.version == len(states) == 5


def test_a_flag_answers_a_partner(house: House) -> None:
    house.register("partner", Person("prt_new"), tier="unvetted")
    ask = [EvaluateFlag(flag="allow.video_generation", partner=who) for who in ("prt_studio", "prt_new", "prt_none")]
    assert [flags.evaluate_flag(house.parts, query).value for query in ask] == [True, False, False]
    house.set_flag("allow.video_generation", "paused")
    answer = flags.evaluate_flag(house.parts, EvaluateFlag(flag="allow.real_person_reference", partner="prt_studio"))
    assert (answer.value, answer.variant, answer.reason) == (False, "paused", "DISABLED")
    assert answer.metadata["prerequisite"] == "allow.video_generation"
    with pytest.raises(NotFound, match="unknown_flag"):
        flags.evaluate_flag(house.parts, EvaluateFlag(flag="allow.x", partner="prt_studio"))


def test_a_snapshot_is_the_control_stream_folded(house: House) -> None:
    kept, gone = house.grant(), house.grant()
    house.change_grant(gone, "withdraw")
    house.change_grant(kept, "suspend")
    house.register("partner", Person("prt_bad"), state="suspended")
    last = house.set_flag("allow.video_generation", "paused")
    snapshot = house.parts.proofs.snapshot()
    assert snapshot.flags["allow.video_generation"] == "paused"
    assert snapshot.flags["allow.audio_generation"] == "limited"
    assert snapshot.blocked_grants == {gone: "withdrawn", kept: "suspended"}
    assert snapshot.blocked_parties == {"prt_bad": "suspended"}
    assert snapshot.index == last.recorded.ledger_index == house.parts.proofs.control_index()
