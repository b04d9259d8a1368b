"""Flags: what one operator can do alone, what needs two, and the answers everybody gets."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from consent_service.contract.flags import (
    APPROVAL_CONTEXT,
    FLAG_CONTEXT,
    SHIPPED_FLAGS,
    FlagApproval,
    FlagChange,
    Targeting,
)
from consent_service.domain import flags
from consent_service.domain.evaluation import answer, rule
from consent_service.domain.flags import FlagNow
from consent_service.domain.parties import PartyNow
from consent_service.domain.rollout import bucket, fractional, included
from infra.eventlog.log import Event, NewEvent
from infra.kernel.crypto import sign_value
from infra.kernel.errors import Conflict, Denied, Invalid, NotFound
from tests.consent_service.house import START, Person

PIA, RUI, RON = Person("opr_pia"), Person("opr_rui"), Person("opr_ron")
CARDS = (("clubs", 25), ("diamonds", 25), ("hearts", 25), ("spades", 25))


def operator(person: Person, can: str, **changes: Any) -> PartyNow:
    value = {
        "handle": person.handle, "kind": "operator", "public_key": person.key, "attributes": {"can": can},
        "state": "active", "version": 1, "entry": "e",
    }  # fmt: skip
    return PartyNow.model_validate(value | changes)


def stored(event: NewEvent, version: int) -> Event:
    return Event(event.id, event.type, "flag-x", version, event.data, event.at, event.actor, event.command_id)


def flag(state: str = "limited", **targeting: Any) -> FlagNow:
    return FlagNow.model_validate(
        {
            "key": "allow.x", "state": state, "targeting": Targeting(**targeting), "version": 1, "change_id": None,
            "reason": None, "since": START, "entry": "e1",
        }
    )  # fmt: skip


def change(state: str, by: Person = PIA, **changes: Any) -> tuple[FlagChange, str]:
    value = {
        "change_id": "chg_1", "flag": "allow.x", "state": state, "reason": "because", "operator": by.handle,
        "at": START,
    }  # fmt: skip
    asked = FlagChange.model_validate(value | changes)
    return asked, sign_value(by.signer, FLAG_CONTEXT, asked.model_dump(mode="json"))


def approval(by: Person, change_id: str = "chg_1") -> tuple[FlagApproval, str]:
    given = FlagApproval(change_id=change_id, operator=by.handle, at=START)
    return given, sign_value(by.signer, APPROVAL_CONTEXT, given.model_dump(mode="json"))


def proposed(before: FlagNow, state: str = "limited", **changes: Any) -> FlagNow:
    [event] = flags.change(before, operator(PIA, "pause"), *change(state, **changes), START)
    return flags.evolve(before, stored(event, 2))


@pytest.mark.parametrize(
    ("before", "after", "widening"),
    [
        ("on", "limited", False), ("on", "paused", False), ("limited", "off", False), ("paused", "off", False),
        ("off", "paused", False), ("paused", "limited", True), ("limited", "on", True), ("off", "on", True),
    ],
)  # fmt: skip
def test_widening_is_what_lets_anybody_more_in(before: str, after: str, widening: bool) -> None:
    assert flags.widens(flag(before), change(after)[0]) is widening


@pytest.mark.parametrize(
    ("targeting", "widening"),
    [
        ({"percentage": 10}, False), ({"percentage": 20}, False), ({"percentage": 21}, True),
        ({"percentage": 20, "partners": ("p2",)}, True), ({"percentage": 20, "partners": ("p1",)}, False),
        ({"percentage": 0, "tiers": ("vetted", "unvetted")}, True), ({"percentage": 20, "tiers": ()}, False),
    ],
)  # fmt: skip
def test_a_smaller_rollout_narrows_and_a_larger_one_widens(targeting: dict[str, Any], widening: bool) -> None:
    asked, _ = change("limited", targeting=Targeting(**targeting))
    assert flags.widens(flag(percentage=20, partners=("p1",)), asked) is widening


def test_one_operator_pauses_at_once() -> None:
    [event] = flags.change(flag(), operator(PIA, "pause"), *change("paused"), START)
    after = flags.evolve(flag(), stored(event, 2))
    assert (after.state, after.change_id, after.version, after.since) == ("paused", "chg_1", 2, START)
    assert event.signatures[0]["ref"] == PIA.handle


def test_a_widening_waits_for_a_second_operator() -> None:
    waiting = proposed(flag("paused"))
    assert waiting.state == "paused"
    assert waiting.pending is not None
    [event] = flags.approve(waiting, operator(RUI, "resume"), *approval(RUI), START)
    after = flags.evolve(waiting, stored(event, 3))
    assert (after.state, after.pending, after.version) == ("limited", None, 3)


def test_the_same_operator_never_approves_its_own_widening() -> None:
    [event] = flags.change(flag("paused"), operator(RUI, "pause resume"), *change("limited", RUI), START)
    waiting = flags.evolve(flag("paused"), stored(event, 2))
    with pytest.raises(Denied, match="second_operator_needed"):
        flags.approve(waiting, operator(RUI, "pause resume"), *approval(RUI), START)


def test_an_approver_needs_the_capability_and_its_own_signature() -> None:
    waiting = proposed(flag("paused"))
    with pytest.raises(Denied, match="operator_may_not"):
        flags.approve(waiting, operator(RON, "pause"), *approval(RON), START)
    forged = (approval(RUI)[0], approval(PIA)[1])
    with pytest.raises(Denied, match="bad_signature"):
        flags.approve(waiting, operator(RUI, "resume"), *forged, START)


def test_a_pause_drops_a_proposal_made_before_it() -> None:
    waiting = proposed(flag(percentage=5), targeting=Targeting(percentage=50))
    asked = change("paused", change_id="chg_2")
    [event] = flags.change(waiting, operator(PIA, "pause"), *asked, START)
    paused = flags.evolve(waiting, stored(event, 3))
    with pytest.raises(Conflict, match="flag_not_pending"):
        flags.approve(paused, operator(RUI, "resume"), *approval(RUI), START)


def test_a_pause_changes_nothing_else() -> None:
    with pytest.raises(Invalid, match="targeting_fixed"):
        flags.change(flag(), operator(PIA, "pause"), *change("paused", targeting=Targeting(percentage=90)), START)


@pytest.mark.parametrize(
    ("who", "code"),
    [
        (None, "unknown_operator"), (operator(PIA, "pause", kind="partner"), "unknown_operator"),
        (operator(PIA, "pause", state="suspended"), "unknown_operator"), (operator(PIA, "resume"), "operator_may_not"),
        (operator(PIA, "pause", public_key=RUI.key), "bad_signature"),
        (operator(PIA, "pause", public_key=None), "no_key"),
    ],
)  # fmt: skip
def test_only_an_operator_with_the_capability_and_key_pauses(who: PartyNow | None, code: str) -> None:
    with pytest.raises(Denied, match=code):
        flags.change(flag(), who, *change("paused"), START)


def test_a_signature_is_over_every_field() -> None:
    asked, signature = change("paused")
    altered = asked.model_copy(update={"reason": "another reason"})
    with pytest.raises(Denied, match="bad_signature"):
        flags.change(flag(), operator(PIA, "pause"), altered, signature, START)


@pytest.mark.parametrize("minutes", [-11, 11])
def test_an_old_or_future_statement_is_refused(minutes: int) -> None:
    with pytest.raises(Denied, match="stale_statement"):
        flags.change(flag(), operator(PIA, "pause"), *change("paused"), START + timedelta(minutes=minutes))


def test_an_unknown_flag_is_not_found() -> None:
    with pytest.raises(NotFound, match="unknown_flag"):
        flags.change(None, operator(PIA, "pause"), *change("paused"), START)


def test_what_ships_ships_in_its_state() -> None:
    event = flags.shipped("allow.voice_inferred_from_face", START)
    assert flags.evolve(None, stored(event, 1)).state == "paused"
    assert {
        key: flags.evolve(None, stored(flags.shipped(key, START), 1)).state for key in SHIPPED_FLAGS
    } == SHIPPED_FLAGS


@pytest.mark.parametrize(
    ("name", "hashed", "suit"),
    [
        ("jack", 2682799072, "hearts"), ("queen", 4278517551, "spades"), ("ten", 801845258, "clubs"),
        ("nine", 1406129861, "diamonds"), ("3", 604371928, "clubs"),
    ],
)  # fmt: skip
def test_bucketing_is_flagds_own(name: str, hashed: int, suit: str) -> None:
    assert bucket("fractional-flag", name, 1 << 32) == hashed
    assert fractional("fractional-flag", name, CARDS) == suit


def test_raising_a_percentage_drops_nobody() -> None:
    partners = [f"prt_{n}" for n in range(2000)]
    inside = [{one for one in partners if included("allow.x", one, share)} for share in (0, 5, 10, 50, 100)]
    assert all(smaller <= larger for smaller, larger in pairwise(inside))
    assert (len(inside[0]), len(inside[-1])) == (0, 2000)
    assert 70 < len(inside[1]) < 130


def partner(tier: str = "vetted") -> PartyNow:
    return operator(PIA, "", handle="prt_1", kind="partner", attributes={"tier": tier})


@pytest.mark.parametrize(
    ("now", "tier", "expected"),
    [
        (flag("paused"), "vetted", (False, "paused", "DISABLED")), (flag("off"), "vetted", (False, "off", "DISABLED")),
        (flag("on"), "unvetted", (True, "on", "STATIC")), (flag(), "vetted", (True, "on", "TARGETING_MATCH")),
        (flag(), "unvetted", (False, "off", "DEFAULT")),
        (flag(partners=("prt_1",)), "unvetted", (True, "on", "TARGETING_MATCH")),
        (flag(percentage=100), "unvetted", (True, "on", "SPLIT")),
        (flag(percentage=1), "unvetted", (False, "off", "SPLIT")),
    ],
)  # fmt: skip
def test_answers_are_openfeatures_and_never_without_a_variant(
    now: FlagNow, tier: str, expected: tuple[bool, str, str]
) -> None:
    given = answer("allow.x", rule({"allow.x": now}, "allow.x", partner(tier), "prt_1"))
    assert (given.value, given.variant, given.reason) == expected
    assert given.metadata == {"version": 1, "changeId": None, "ledgerIndex": None}


def test_a_prerequisite_decides_first() -> None:
    known = {
        "allow.voice_clone": flag("on").model_copy(update={"key": "allow.voice_clone"}),
        "allow.audio_generation": flag("paused").model_copy(update={"key": "allow.audio_generation", "version": 9}),
    }
    given = answer("allow.voice_clone", rule(known, "allow.voice_clone", partner(), "prt_1"))
    assert (given.value, given.variant, given.reason) == (False, "paused", "DISABLED")
    assert given.metadata["prerequisite"] == "allow.audio_generation"
    assert given.metadata["version"] == 9
