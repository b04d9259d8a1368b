"""Grants: signed by their subject over exactly these terms, moved by its signature alone, ended by time."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from consent_service.contract import events as kinds
from consent_service.contract.ledger import WITHDRAW_CONTEXT, GrantChange, RecordGrant
from consent_service.contract.private import sealed_grant
from consent_service.contract.terms import GRANT_CONTEXT, GrantTerms
from consent_service.domain import grants
from consent_service.domain.control import control_of
from consent_service.domain.grants import GrantNow
from consent_service.domain.parties import PartyNow
from consent_service.domain.words import phrases_in, words_outside
from infra.eventlog.log import Event, NewEvent
from infra.kernel.crypto import sign_value
from infra.kernel.errors import Conflict, Denied, Invalid, NotFound
from tests.consent_service.house import START, Person, signed_terms, terms

ADA, EVE = Person("sub_ada"), Person("sub_eve")


def party(person: Person = ADA, **changes: Any) -> PartyNow:
    value = {
        "handle": person.handle, "kind": "subject", "public_key": person.key, "attributes": {}, "state": "active",
        "version": 1, "entry": "e",
    }  # fmt: skip
    return PartyNow.model_validate(value | changes)


def signed(agreed: GrantTerms, by: Person = ADA) -> RecordGrant:
    return signed_terms(agreed, by)


def stored(event: NewEvent, version: int) -> Event:
    return Event(event.id, event.type, "grant-grt_1", version, event.data, event.at, event.actor, event.command_id)


def recorded(**changes: Any) -> GrantNow:
    [event] = grants.record(party(), signed(terms(ADA, **changes)), "grt_1", START)
    now = grants.evolve(None, stored(event, 1))
    assert now is not None
    return now


def moved(now: GrantNow, action: str, at: datetime, by: Person = ADA) -> tuple[GrantNow, NewEvent]:
    asked = GrantChange.model_validate({"grant": now.id, "action": action, "at": at})
    signature = sign_value(by.signer, WITHDRAW_CONTEXT, asked.model_dump(mode="json"))
    [event] = grants.change(now, party(), asked, signature, at)
    after = grants.evolve(now, stored(event, now.version + 1))
    assert after is not None
    return after, event


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def test_a_grant_lives_suspends_resumes_and_ends() -> None:
    now = recorded()
    states = [now.state]
    for minute, action in enumerate(["suspend", "resume", "suspend", "withdraw"], start=1):
        now, _ = moved(now, action, at(minute))
        states.append(now.state)
    assert states == ["granted", "suspended", "resumed", "suspended", "withdrawn"]
    assert now.version == 5
    with pytest.raises(Conflict, match="grant_state"):
        moved(now, "resume", at(9))


@pytest.mark.parametrize(("first", "action"), [(None, "resume"), ("suspend", "suspend"), ("withdraw", "withdraw")])
def test_a_move_the_state_does_not_know_conflicts(first: str | None, action: str) -> None:
    now = recorded()
    if first is not None:
        now, _ = moved(now, first, at(1))
    with pytest.raises(Conflict, match="grant_state"):
        moved(now, action, at(2))


def test_time_alone_expires_a_grant() -> None:
    now = recorded(limits__not_after=at(60))
    assert now.state_at(at(59)) == "granted"
    assert now.state_at(at(60)) == "expired"
    withdrawn, _ = moved(now, "withdraw", at(1))
    assert withdrawn.state_at(at(99)) == "withdrawn"
    with pytest.raises(Conflict, match="grant_state"):
        moved(now, "withdraw", at(61))


def test_the_ledger_keeps_exactly_what_was_signed() -> None:
    agreed = terms(ADA)
    command = signed(agreed)
    [event] = grants.record(party(), command, "grt_1", START)
    signature, *per_modality = event.signatures
    assert event.data["terms"] == sealed_grant(command).model_dump(mode="json")
    assert [one["modality"] for one in per_modality] == ["face.image", "voice.clone"]
    assert (signature["role"], signature["ref"], signature["context"]) == ("subject", ADA.handle, GRANT_CONTEXT)


@pytest.mark.parametrize(
    ("subject", "by", "code"),
    [
        (None, ADA, "unknown_subject"), (party(kind="partner"), ADA, "unknown_subject"),
        (party(state="erased"), ADA, "unknown_subject"), (party(public_key=EVE.key), ADA, "key_mismatch"),
        (party(public_key=None), ADA, "key_mismatch"), (party(), EVE, "bad_signature"),
    ],
)  # fmt: skip
def test_only_the_subject_with_its_registered_key_grants(subject: PartyNow | None, by: Person, code: str) -> None:
    with pytest.raises(Denied, match=code):
        grants.record(subject, signed(terms(ADA), by), "grt_1", START)


def test_a_signature_over_other_terms_is_refused() -> None:
    command = signed(terms(ADA, limits__max_uses=1))
    widened = command.model_copy(update={"terms": terms(ADA, limits__max_uses=1000)})
    assert grants.record(party(), command, "grt_1", START)
    with pytest.raises(Denied, match="bad_signature"):
        grants.record(party(), widened, "grt_1", START)


def test_a_withdrawal_is_its_subjects_alone() -> None:
    now = recorded()
    with pytest.raises(Denied, match="bad_signature"):
        moved(now, "withdraw", at(1), by=EVE)
    with pytest.raises(NotFound, match="unknown_grant"):
        grants.change(None, party(), GrantChange(grant="grt_0", action="withdraw", at=START), "", START)


def test_an_old_resume_cannot_be_played_again() -> None:
    now, _ = moved(recorded(), "suspend", at(1))
    resume = GrantChange(grant="grt_1", action="resume", at=at(2))
    signature = sign_value(ADA.signer, WITHDRAW_CONTEXT, resume.model_dump(mode="json"))
    [event] = grants.change(now, party(), resume, signature, at(2))
    after = grants.evolve(now, stored(event, 3))
    assert after is not None
    again, _ = moved(after, "suspend", at(3))
    with pytest.raises(Denied, match="replayed_statement"):
        grants.change(again, party(), resume, signature, at(4))
    with pytest.raises(Denied, match="stale_statement"):
        grants.change(again, party(), resume, signature, at(30))


def test_a_grant_only_the_union_may_suspend() -> None:
    now = recorded(
        revocation={"suspendable_by": ["union"]}, subject__representation="union", subject__representative="rep_guild"
    )
    with pytest.raises(Denied, match="not_suspendable"):
        moved(now, "suspend", at(1))
    assert moved(now, "withdraw", at(1))[0].state == "withdrawn"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"limits__not_after": START - timedelta(days=2)}, "period"), ({"limits__not_after": START}, "over"),
        ({"limits__not_after": START + timedelta(days=4000)}, "too_long"),
        ({"notice__presented_at": START + timedelta(hours=1)}, "notice_time"),
        ({"notice__modalities": ["face.image"]}, "notice"), ({"retention": {"evidence_until": START}}, "evidence"),
        ({"subject__age_class": "minor"}, "guardian"), ({"subject__living": False}, "estate"),
        ({"subject__authority": "guardian"}, "authority"), ({"scope__territories_deny": ["worldwide"]}, "territories"),
        ({"limits__not_before": datetime(2026, 1, 1)}, "zone"),
        (
            {
                "permissions": [{"modality": "face.image", "operation": "train"}], "exclusions": ["training"],
            },
            "training",
        ),
    ],
)  # fmt: skip
def test_terms_below_the_floor_are_not_recorded(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        grants.record(party(), signed(terms(ADA, **changes)), "grt_1", START)
    assert refused.value.code == "consent.terms_refused"
    assert f"consent.terms_{code}" in [error["code"] for error in refused.value.info["errors"]]


def test_every_broken_rule_is_named() -> None:
    agreed = terms(ADA, subject__age_class="minor", notice__modalities=["body"], retention={"evidence_until": START})
    with pytest.raises(Invalid) as refused:
        grants.record(party(), signed(agreed), "grt_1", START)
    assert {error["code"] for error in refused.value.info["errors"]} == {
        "consent.terms_guardian", "consent.terms_notice", "consent.terms_evidence",
    }  # fmt: skip


def test_guards_hear_of_what_stops_and_of_nothing_else() -> None:
    now = recorded()
    _, suspended = moved(now, "suspend", at(1))
    assert control_of(suspended.type, suspended.data) == ("grant", "grt_1", "suspended")
    assert control_of(kinds.GRANT_RECORDED, {"grant": "grt_1"}) is None
    _, mild = moved(recorded(revocation={"effect": "stop_new"}), "withdraw", at(1))
    assert control_of(mild.type, mild.data) is None


@pytest.mark.parametrize(
    ("text", "phrase", "found"),
    [
        ("a class act", "ass", False), ("What an ASS!", "ass", True), ("cheap,\n gin", "cheap gin", True),
        ("che\u200bap gin", "cheap gin", True), ("ｃｈｅａｐ gin", "cheap", True), ("gin is cheap", "cheap gin", False),
        ("投票してください", "投票", True), ("", "x", False), ("Straße", "STRASSE", True), ("x", "!!", False),
    ],
)  # fmt: skip
def test_words_are_found_as_they_are_said(text: str, phrase: str, found: bool) -> None:
    assert (phrases_in(text, [phrase]) == (phrase,)) is found


def test_words_outside_a_permitted_list_are_named_once() -> None:
    assert words_outside("Good morning, good people, people!", ["good morning"]) == ("people",)
