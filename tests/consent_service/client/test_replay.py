"""Every decision of a story is made again from the ledger alone; a ledger that was bent is noticed."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from consent_service.client.replay import Replayed, replay
from consent_service.contract import events as kinds
from consent_service.usecases import decisions
from infra.eventlog.log import Event
from infra.kernel.clock import FixedClock
from tests.consent_service.house import START, House, Person, memory_parts, request, use
from tests.consent_service.usecases.signing import approve, narrowed


def told() -> list[Event]:
    """A story with a yes and a no of every kind: flags, words, narrowing, approval, suspension, uses, withdrawal."""
    clock = FixedClock(START)
    house = House(memory_parts(clock)).furnish()

    def ask(*uses: Any, **changes: Any) -> Any:
        clock.advance(5)
        return decisions.decide(house.parts, request(*(uses or (use(house.subject),)), **changes))

    ask()
    grant = house.grant(scope__words_forbidden=["gin"], scope__projects=["dawn"], limits__max_uses=3)
    ask()
    ask(project="dawn")
    ask(project="dawn", words="cheap gin", themes=("political",))
    house.set_flag("allow.video_generation", "paused")
    ask(project="dawn")
    clock.advance(1)
    proposal = house.set_flag("allow.video_generation", "limited", house.resumer, tiers=("vetted",))
    house.approve(proposal.recorded.ref, by=_third(house))
    yes = ask(project="dawn")
    house.open(house.permit(yes.id, "job_1", use(house.subject)))
    ask(use(house.subject, takes=3), project="dawn")
    clock.advance(1)
    narrowed(house, grant, limits__max_seconds=2.0)
    ask(project="dawn")
    for action in ("suspend", "resume", "withdraw"):
        clock.advance(1)
        house.change_grant(grant, action)
        ask(project="dawn")
    careful = house.grant(limits__approval="per_use")
    waits = ask()
    approve(house, waits.id, careful)
    assert ask(approved=waits.id).allow
    assert not ask(approved=waits.id).allow
    log: Any = house.parts.log
    return list(log.history(limit=10_000))


def _third(house: House) -> Person:
    third = Person("opr_tia")
    house.register("operator", third, can="resume")
    return third


STORY = told()


def faults(events: list[Event]) -> list[Replayed]:
    return [one for one in replay(events) if one.faults]


def test_every_decision_of_a_story_has_the_same_answer() -> None:
    found = replay(STORY)
    assert len(found) == sum(event.type == kinds.DECISION_MADE for event in STORY) == 14
    assert {one.allow for one in found} == {True, False}
    assert all(one.replayable and one.same_rules for one in found)
    assert [one.faults for one in found if one.faults] == []


def bent(kind: str, change: Callable[[dict[str, Any]], dict[str, Any]], which: int = 0) -> list[Event]:
    places = [at for at, event in enumerate(STORY) if event.type == kind]
    at = places[which]
    return [*STORY[:at], replace(STORY[at], data=change(STORY[at].data)), *STORY[at + 1 :]]


@pytest.mark.parametrize("which", range(14))
def test_an_answer_that_was_turned_round_is_noticed(which: int) -> None:
    [found] = faults(bent(kinds.DECISION_MADE, lambda data: {**data, "allow": not data["allow"]}, which))
    assert "opposite" in found.faults[0]


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        (kinds.GRANT_WITHDRAWN, "never written"), (kinds.GRANT_NARROWED, "never written"),
        (kinds.FLAG_CHANGED, "never written"), (kinds.SYNTHESIS_STARTED, "counted 1 uses"),
        (kinds.USE_APPROVED, "nobody signed"), (kinds.POLICY_ADOPTED, "another policy"),
    ],
)  # fmt: skip
def test_an_entry_that_was_left_out_is_noticed(kind: str, what: str) -> None:
    at = next(at for at, event in enumerate(STORY) if event.type == kind)
    assert what in str([one.faults for one in faults([*STORY[:at], *STORY[at + 1 :]])])


def test_a_decision_that_overlooked_a_withdrawal_is_noticed() -> None:
    """A decision that names an older version of its grant than the ledger had written seconds before."""

    def forget(data: dict[str, Any]) -> dict[str, Any]:
        grants = {key: version - 1 for key, version in data["seen"]["grants"].items()}
        return {**data, "seen": {**data["seen"], "grants": grants}}

    after = [event.type for event in STORY].index(kinds.GRANT_WITHDRAWN)
    which = sum(event.type == kinds.DECISION_MADE for event in STORY[:after])
    [found] = faults(bent(kinds.DECISION_MADE, forget, which))
    assert "did not see" in found.faults[0]


def test_no_decision_holds_what_people_typed() -> None:
    written = str([event.data for event in STORY])
    assert "dawn" not in written
    assert "cheap" not in written
