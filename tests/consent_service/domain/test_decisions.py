"""The fused decision: a closed world, complete reasons, and nothing implied by anything else."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from consent_service.contract.decisions import Use
from consent_service.contract.flags import SHIPPED_FLAGS, Targeting
from consent_service.contract.terms import MODALITIES, GrantTerms
from consent_service.domain.decisions import Verdict, World, decide, refusal
from consent_service.domain.flags import FlagNow
from consent_service.domain.grants import GrantNow
from consent_service.domain.parties import PartyNow
from consent_service.domain.records import made
from infra.kernel.errors import Denied, Invalid, Paused
from tests.consent_service.house import FACE, START, VOICE, Person, request, terms, use

ADA, BEN = Person("sub_ada"), Person("sub_ben")


def grant(subject: Person = ADA, id: str = "grt_1", state: str = "granted", uses: int = 0, **changes: Any) -> GrantNow:
    return GrantNow.model_validate(
        {
            "id": id, "state": state, "terms": terms(subject, **changes), "uses": uses, "recorded_at": START,
            "changed_at": None, "signed_at": None, "version": 1, "entry": f"entry-{id}", "index": 7,
        }
    )  # fmt: skip


def party(handle: str, kind: str, state: str = "active", **attributes: str) -> PartyNow:
    return PartyNow.model_validate(
        {
            "handle": handle, "kind": kind, "public_key": None, "attributes": attributes, "state": state, "version": 1,
            "entry": "e",
        }
    )  # fmt: skip


def flag(key: str, state: str, **targeting: Any) -> FlagNow:
    return FlagNow.model_validate(
        {
            "key": key, "state": state, "targeting": Targeting(**targeting), "version": 2, "change_id": f"chg-{key}",
            "reason": None, "since": START, "entry": f"entry-{key}", "index": 11,
        }
    )  # fmt: skip


def world(*grants: GrantNow, **flags: str) -> World:
    states = {**SHIPPED_FLAGS, **{f"allow.{name}": state for name, state in flags.items()}}
    known = [
        party("prt_studio", "partner", tier="vetted"), party(ADA.handle, "subject"), party(BEN.handle, "subject"),
    ]  # fmt: skip
    return World(
        now=START, parties={one.handle: one for one in known}, grants=grants,
        flags={key: flag(key, state) for key, state in states.items()},
    )  # fmt: skip


def codes(verdict: Verdict) -> list[str]:
    return [reason.code.removeprefix("consent.") for reason in verdict.reasons]


def test_all_that_is_named_is_allowed() -> None:
    verdict = decide(request(use(ADA), use(ADA, "voice.clone")), world(grant()))
    assert verdict.allow
    assert verdict.grants == {"sub_ada/face.image": "grt_1", "sub_ada/voice.clone": "grt_1"}


FAULTS: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ("grant_expired", {"limits__not_after": START}, {}, {}),
    ("grant_not_started", {"limits__not_before": START + timedelta(days=1)}, {}, {}),
    ("modality_not_granted", {}, {"modality": "body"}, {}),
    ("notice_missing", {"notice__modalities": ["voice.clone"]}, {}, {}),
    ("operation_not_granted", {}, {"operation": "edit"}, {}),
    ("asset_not_covered", {}, {"assets": ["f" * 64]}, {}),
    ("too_long", {}, {"seconds": 31.0}, {}),
    ("uses_exhausted", {"limits__max_uses": 2}, {"takes": 3}, {}),
    ("approval_needed", {"limits__approval": "per_use"}, {}, {}),
    ("purpose_not_granted", {}, {}, {"purpose": "advertising"}),
    ("channel_not_granted", {}, {}, {"channels": ["web", "cinema"]}),
    ("language_not_granted", {}, {}, {"language": "de"}),
    ("territory_not_granted", {"scope__territories_allow": ["FR"]}, {}, {"territories": ["FR", "DE"]}),
    ("territory_denied", {"scope__territories_deny": ["DE"]}, {}, {}),
    ("territory_denied", {"scope__territories_deny": ["KP"]}, {}, {"territories": ["worldwide"]}),
    ("project_not_granted", {"scope__projects": ["p1"]}, {}, {"project": "p2"}),
    ("brand_not_granted", {"scope__brands": ["b1"]}, {}, {}),
    ("backend_not_granted", {"grantee": {"partner": "prt_studio", "backends": ["wan"]}}, {}, {}),
    ("word_forbidden", {"scope__words_forbidden": ["cheap gin"]}, {}, {"words": "Buy CHEAP  gin, now"}),
    ("word_not_allowed", {"scope__words_allowed": ["good morning"]}, {}, {"words": "Good evening"}),
    ("theme_excluded", {}, {}, {"themes": ["political"]}),
    ("theme_forbidden", {"scope__themes_forbidden": ["gambling"]}, {}, {"themes": ["gambling"]}),
    ("marking_insufficient", {"duties": {"marking_profile": "broadcast"}}, {}, {}),
    ("marking_missing", {}, {}, {"marking_profile": "none"}),
]  # fmt: skip


@pytest.mark.parametrize(("code", "agreed", "used", "asked"), FAULTS)
def test_each_fault_denies_by_its_own_code(
    code: str, agreed: dict[str, Any], used: dict[str, Any], asked: dict[str, Any]
) -> None:
    need = use(ADA, **used)
    verdict = decide(request(need, **asked), world(grant(**agreed)))
    assert not verdict.allow
    assert code in codes(verdict)
    assert verdict.grants == {}
    assert all(reason.detail for reason in verdict.reasons)


def test_every_fault_is_named_not_only_the_first() -> None:
    """A request that is wrong in every way gets every reason, each once, and each says how to fix it."""
    verdict = decide(
        request(
            use(ADA, operation="realtime", assets=["f" * 64], seconds=99.0, takes=200), purpose="news",
            channels=["print"], territories=["KP"], language="de", words="cheap gin", themes=["political"],
            marking_profile="none",
        ),
        world(
            grant(
                scope__territories_deny=["KP"], scope__words_forbidden=["gin"], limits__approval="per_use",
                exclusions=["political", "realtime_impersonation"],
            ),
            video_generation="paused",
        ),
    )  # fmt: skip
    assert sorted(codes(verdict)) == sorted(
        [
            "flag_paused", "marking_missing", "operation_not_granted", "asset_not_covered", "purpose_not_granted",
            "channel_not_granted", "language_not_granted", "territory_denied", "word_forbidden", "theme_excluded",
            "operation_excluded", "marking_insufficient", "too_long", "approval_needed", "uses_exhausted",
        ]
    )  # fmt: skip
    assert {reason.grant for reason in verdict.reasons if reason.subject} == {"grt_1"}


def test_a_voice_inferred_from_a_face_is_never_implied() -> None:
    everything_else = [{"modality": name, "operation": "synthesize"} for name in MODALITIES if "inferred" not in name]
    agreed = grant(permissions=everything_else, notice__modalities=MODALITIES)
    verdict = decide(request(use(ADA, "voice.inferred_from_face", assets=[FACE])), world(agreed))
    assert codes(verdict) == ["flag_paused", "inference_not_granted"]
    named = grant(
        permissions=[{"modality": "voice.inferred_from_face", "operation": "synthesize"}],
        notice__modalities=["voice.inferred_from_face"],
    )
    opened = world(named, voice_inferred_from_face="limited")
    assert decide(request(use(ADA, "voice.inferred_from_face", assets=[FACE])), opened).allow
    assert codes(decide(request(use(ADA)), opened)) == ["modality_not_granted", "notice_missing"]


def test_an_unknown_modality_is_refused_by_name() -> None:
    with pytest.raises(Invalid) as refused:
        use(ADA, "smell", assets=[FACE])
    assert refused.value.code == "consent.unknown_modality"
    assert refused.value.info == {"modality": "smell"}
    assert "face.image" in str(refused.value.fix)
    with pytest.raises(Invalid, match="unknown_modality"):
        terms(ADA, permissions=[{"modality": "smell", "operation": "synthesize"}])


@pytest.mark.parametrize("state", ["suspended", "withdrawn", "invalidated"])
def test_a_grant_in_no_permitting_state_denies(state: str) -> None:
    assert codes(decide(request(use(ADA)), world(grant(state=state)))) == [f"grant_{state}"]


def test_another_partner_is_told_nothing_but_that_no_grant_names_it() -> None:
    verdict = decide(request(use(ADA)), world(grant(grantee={"partner": "prt_other"})))
    assert codes(verdict) == ["no_grant_for_partner"]
    assert verdict.reasons[0].grant is None


def test_unknown_and_inactive_parties_deny() -> None:
    here = world(grant())
    unknown = replace(here, parties={})
    assert codes(decide(request(use(ADA)), unknown))[-2:] == ["unknown_partner", "unknown_subject"]
    erased = replace(here, parties={**here.parties, ADA.handle: party(ADA.handle, "subject", "erased")})
    assert codes(decide(request(use(ADA)), erased)) == ["subject_inactive"]


def test_two_half_grants_make_no_whole() -> None:
    """Face under one reference, face under another: one need, and neither grant covers all of it."""
    first, second = grant(assets=[FACE]), grant(id="grt_2", assets=[VOICE])
    verdict = decide(request(use(ADA, assets=[FACE]), use(ADA, assets=[VOICE])), world(first, second))
    assert codes(verdict) == ["asset_not_covered"]


def test_the_grant_that_covers_wins_over_those_that_do_not() -> None:
    grants = [grant(id="grt_1", state="withdrawn"), grant(id="grt_2"), grant(id="grt_3", scope__purposes=["news"])]
    assert decide(request(use(ADA)), world(*grants)).grants == {"sub_ada/face.image": "grt_2"}


def test_the_nearest_grant_gives_the_reasons() -> None:
    near, far = grant(id="grt_2", state="suspended"), grant(id="grt_1", state="withdrawn", scope__purposes=["news"])
    verdict = decide(request(use(ADA)), world(far, near))
    assert codes(verdict) == ["grant_suspended"]
    assert verdict.reasons[0].grant == "grt_2"


def test_every_person_in_the_film_must_permit() -> None:
    verdict = decide(request(use(ADA), use(BEN)), world(grant()))
    assert codes(verdict) == ["no_grant_for_partner"]
    assert verdict.reasons[0].subject == "sub_ben"
    assert verdict.grants == {"sub_ada/face.image": "grt_1"}


def test_uses_are_counted_over_the_whole_film() -> None:
    uses = [use(ADA, takes=3), use(ADA, "voice.clone", takes=3)]
    assert codes(decide(request(*uses), world(grant(limits__max_uses=5)))) == ["uses_exhausted"]
    assert decide(request(*uses), world(grant(limits__max_uses=6))).allow
    spent = replace(world(grant(limits__max_uses=5, uses=5)), spent=frozenset({"grt_1"}))
    assert decide(request(*uses), spent).allow


def test_a_paused_flag_says_since_when_and_where_it_stands() -> None:
    verdict = decide(request(), world(video_generation="paused"))
    [reason] = verdict.reasons
    assert (reason.code, reason.flag) == ("consent.flag_paused", "allow.video_generation")
    assert (reason.since, reason.change_id, reason.ledger_index) == (START, "chg-allow.video_generation", 11)
    error = refusal(verdict.reasons)
    assert isinstance(error, Paused)
    assert error.info["feature"] == "allow.video_generation"
    assert error.info["ledger_index"] == 11


def test_a_flag_never_stands_in_for_consent() -> None:
    """With every flag fully on, a person who permitted nothing is still refused."""
    on = dict.fromkeys((key.removeprefix("allow.") for key in SHIPPED_FLAGS), "on")
    assert codes(decide(request(use(ADA)), world(**on))) == ["no_grant_for_partner"]


def test_an_unknown_feature_denies() -> None:
    assert codes(decide(request(features=["allow.everything"]), world())) == ["unknown_flag"]


def test_reasons_of_both_kinds_are_a_denial() -> None:
    verdict = decide(request(use(ADA)), world(grant(state="withdrawn"), video_generation="paused"))
    error = refusal(verdict.reasons)
    assert isinstance(error, Denied)
    assert error.code == "consent.grant_withdrawn"
    assert [reason["code"] for reason in error.info["decision"]["reasons"]] == [
        "consent.flag_paused", "consent.grant_withdrawn",
    ]  # fmt: skip


def test_the_log_of_a_decision_holds_no_words() -> None:
    secret = "Meet Ada Lovelace at noon"
    asked = request(use(ADA), words=secret)
    verdict = decide(asked, world(grant(scope__words_forbidden=["noon"])))
    event = made("dec_1", asked, verdict, world(grant()), salt=bytes(32))
    logged = str(event.data)
    assert "Lovelace" not in logged
    assert "noon" not in logged
    assert event.data["reasons"][0]["code"] == "consent.word_forbidden"
    again = made("dec_1", asked, verdict, world(grant()), salt=bytes(32))
    assert event.data["words_commitment"] != again.data["words_commitment"]  # bound to its own entry
    assert event.data["request_digest"] == again.data["request_digest"]
    silent = made("dec_1", request(use(ADA)), verdict, world(grant()), salt=bytes(32))
    assert event.data["request_digest"] == silent.data["request_digest"]  # words are in no unsalted hash


def test_a_language_range_covers_its_regions_only_downwards() -> None:
    assert decide(request(use(ADA), language="en-GB"), world(grant())).allow
    assert not decide(request(use(ADA), language="en"), world(grant(scope__languages=["en-GB"]))).allow


def test_uses_need_references() -> None:
    with pytest.raises(ValueError, match="assets"):
        Use.model_validate({"subject": "s", "modality": "body", "assets": [], "seconds": 1.0})


def test_terms_are_closed() -> None:
    value = terms(ADA).model_dump() | {"surprise": True}
    with pytest.raises(ValueError, match="surprise"):
        GrantTerms.model_validate(value)
