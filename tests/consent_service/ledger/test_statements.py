"""Operators' signatures, parties' keys and the clock: what the audit judges beside films."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from consent_service.client.verify import Report, verify_export
from consent_service.contract import events as kinds
from consent_service.contract.flags import APPROVAL_CONTEXT, FLAG_CONTEXT
from consent_service.contract.ledger import WITHDRAW_CONTEXT
from infra.kernel.crypto import Ed25519Signer, b64u
from tests.consent_service.ledger import story as tale
from tests.consent_service.ledger.story import Story, covered_film, export, signed

ADA, BOB = Ed25519Signer.from_seed(b"a" * 32), Ed25519Signer.from_seed(b"b" * 32)
FLAG, SHUT = "allow.voice_clone", {"tiers": ["vetted"], "partners": [], "percentage": 0}


def operators() -> Story:
    story = Story()
    for handle, key, can in (("opr_ada", ADA, "pause"), ("opr_bob", BOB, "pause,resume")):
        data = {"handle": handle, "kind": "operator", "public_key": b64u(key.public), "attributes": {"can": can},
                "state": "active"}  # fmt: skip
        story.add(kinds.PARTY_REGISTERED, f"party-{handle}", data)
    shipped = {"flag": FLAG, "state": "limited", "targeting": SHUT, "change_id": None, "reason": "shipped state"}
    return story.add(kinds.FLAG_SHIPPED, f"flag-{FLAG}", shipped)


def change(state: str, operator: str = "opr_ada", **more: Any) -> dict[str, Any]:
    return {"change_id": f"chg_{state}", "flag": FLAG, "state": state, "targeting": None, "reason": "a test",
            "operator": operator, "at": "2026-11-22T12:00:00Z", **more}  # fmt: skip


def effect(value: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"flag": FLAG, "state": value["state"], "targeting": value["targeting"] or SHUT,
            "change_id": value["change_id"], "reason": "a test", "change": value, **more}  # fmt: skip


def paused(signer: Ed25519Signer = ADA, told: str = "paused", **more: Any) -> Story:
    value = change("paused", **more)
    data = effect(value) | {"state": told}
    return operators().add(kinds.FLAG_CHANGED, f"flag-{FLAG}", data, signed(signer, FLAG_CONTEXT, value))


def proposed(story: Story, operator: str = "opr_ada", signer: Ed25519Signer = ADA) -> Story:
    value = change("on", operator)
    data = {"flag": FLAG, "change": value}
    return story.add(kinds.FLAG_PROPOSED, f"flag-{FLAG}", data, signed(signer, FLAG_CONTEXT, value))


def approved(story: Story, operator: str = "opr_bob", signer: Ed25519Signer = BOB) -> Story:
    value = {"change_id": "chg_on", "operator": operator, "at": "2026-11-22T12:01:00Z"}
    data = effect(change("on"), approval=value)
    return story.add(kinds.FLAG_APPROVED, f"flag-{FLAG}", data, signed(signer, APPROVAL_CONTEXT, value))


def verified(story: Story, tmp_path: Path) -> Report:
    return verify_export(export(story, tmp_path / "export"), str(tale.VKEY))


def test_a_pause_by_one_and_a_widening_by_two_hold(tmp_path: Path) -> None:
    assert verified(approved(proposed(paused())), tmp_path).faults == ()


BENT: dict[str, Callable[[], Story]] = {
    "another key": lambda: paused(tale.STRANGER),
    "nobody's operator": lambda: paused(operator="opr_eve"),
    "another state than signed": lambda: paused(told="off"),
    "widened alone": lambda: operators().add(
        kinds.FLAG_CHANGED, f"flag-{FLAG}", effect(change("on")), signed(ADA, FLAG_CONTEXT, change("on"))
    ),
    "targeting widened alone": lambda: operators().add(
        kinds.FLAG_CHANGED,
        f"flag-{FLAG}",
        effect(change("limited", targeting=SHUT | {"percentage": 5})),
        signed(ADA, FLAG_CONTEXT, change("limited", targeting=SHUT | {"percentage": 5})),
    ),
    "approved without a proposal": lambda: approved(operators()),
    "approved by one who may not": lambda: approved(proposed(operators()), "opr_ada", ADA),
    "approved by the same": lambda: approved(proposed(operators(), "opr_bob", BOB)),
    "approval by another key": lambda: approved(proposed(operators()), "opr_bob", ADA),
    "set without a signature": lambda: operators().add(
        kinds.FLAG_SHIPPED, f"flag-{FLAG}", {"flag": FLAG, "state": "on", "targeting": SHUT, "change_id": None}
    ),
    "a proposal that a pause dropped": lambda: approved(
        proposed(operators()).add(
            kinds.FLAG_CHANGED, f"flag-{FLAG}", effect(change("paused")), signed(ADA, FLAG_CONTEXT, change("paused"))
        )
    ),
    "a party of another kind": lambda: operators().party("opr_ada", ADA.public),
    "a key that is none": lambda: Story().party("sub_1", b"short"),
}


@pytest.mark.parametrize("why", BENT)
def test_what_nobody_may_sign_is_named(tmp_path: Path, why: str) -> None:
    story = BENT[why]()
    report = verified(story, tmp_path)
    assert report.verdict == 40
    assert {fault.index for fault in report.faults} == {len(story.entries) - 1}


GUILD = Ed25519Signer.from_seed(b"g" * 32)


def member() -> Story:
    """A grant whose subject is in a union, and an operator."""
    story = operators().party("sub_1", tale.SUBJECT.public).party("rep_guild", GUILD.public)
    value = tale.terms()
    value["subject"] |= {"representation": "union", "representative": "rep_guild"}
    return story.grant(value)


def changed(action: str, by: str | None, signer: Ed25519Signer) -> Story:
    value = {"grant": tale.GRANT, "action": action, "reason": "", "at": "2026-11-22T12:00:00Z", "by": by}
    kind = {"withdraw": "withdrawn", "suspend": "suspended", "invalidate": "invalidated"}[action]
    data = {"grant": tale.GRANT, "change": value}
    stream = f"grant-{tale.GRANT}"
    return member().add(f"consent.grant-{kind}.v1", stream, data, signed(signer, WITHDRAW_CONTEXT, value))


@pytest.mark.parametrize(
    ("action", "by", "signer", "code"),
    [
        ("withdraw", None, tale.SUBJECT, None),
        ("suspend", "rep_guild", GUILD, None),
        ("invalidate", "opr_ada", ADA, None),
        ("withdraw", "rep_guild", GUILD, "consent.change_not_allowed"),
        ("invalidate", "sub_1", tale.SUBJECT, "consent.change_not_allowed"),
        ("withdraw", "opr_ada", ADA, "consent.change_not_allowed"),
        ("suspend", "opr_ada", ADA, "consent.change_not_allowed"),
        ("withdraw", "rep_guild", tale.SUBJECT, "consent.change_unsigned"),
        ("withdraw", "sub_9", tale.STRANGER, "consent.change_unsigned"),
        ("withdraw", None, GUILD, "consent.change_unsigned"),
    ],
)
def test_a_grant_is_changed_by_who_may(
    tmp_path: Path, action: str, by: str | None, signer: Ed25519Signer, code: str | None
) -> None:
    faults = verified(changed(action, by, signer), tmp_path).faults
    assert [fault.code for fault in faults] == ([code] if code else [])


def shifted(story: Story, index: int, by: timedelta) -> Story:
    """The writer of one entry had another clock."""
    stream, new = story.entries[index]
    story.entries[index] = (stream, type(new)(new.type, new.data, new.at + by, signatures=new.signatures))
    return story


def test_a_clock_that_goes_back_is_said_and_breaks_nothing(tmp_path: Path) -> None:
    report = verified(shifted(covered_film().release(), 5, timedelta(hours=2)), tmp_path)
    assert report.faults == ()
    assert report.remarks == (
        "a writer's clock went back by 7199 s at entry 6: the order holds, times near it may not",
    )
    assert verified(shifted(covered_film(), 5, timedelta(seconds=3)), tmp_path / "jitter").remarks == ()


def test_a_clock_that_goes_back_revives_no_grant_that_was_over(tmp_path: Path) -> None:
    story = shifted(covered_film(not_after=tale.NOON + timedelta(hours=1)).release(), 6, timedelta(hours=2))
    report = verified(story, tmp_path)
    assert [(fault.index, fault.code) for fault in report.faults] == [(7, "consent.film_uncovered")]
