"""The fused decision: one answer over the whole output, with every reason for a *no*, never only the first.

    needs   = the uses of the request, one per (subject, modality)
    allowed = features allow  AND  parties stand  AND  the output is marked
              AND  for every need some grant covers all of it: state, time, modality, operation, assets, purpose,
              territory, channel, language, project, brand, backend, words, themes, marking, seconds, uses left

A closed world: what no grant names is denied. Each need is answered by one grant alone; two half grants make no whole.
What is logged holds codes, ids and a commitment to the words, never the words.
"""

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from consent_service.contract.decisions import DecisionRequest, DutyOwed, Reason, Use
from consent_service.contract.flags import FEATURES_OF_MODALITY
from consent_service.domain.coverage import Around, Need, Texts, faults, sealed_faults
from consent_service.domain.evaluation import rule, with_prerequisites
from consent_service.domain.flags import FlagNow
from consent_service.domain.grants import GrantNow
from consent_service.domain.parties import PartyNow
from infra.kernel.errors import AssentError, Denied, NotFound, Paused

APPROVAL_NEEDED = "consent.approval_needed"
FLAG_CODES = frozenset({"consent.flag_paused", "consent.flag_off", "consent.flag_not_for_partner"})


@dataclass(frozen=True)
class World:
    """Everything a decision reads, as it stands at ``now``. ``grants`` are those of the subjects asked about.

    ``spent`` names grants whose uses are not asked for again: the job has consumed one already, or publishes;
    ``approved`` those whose subjects approved this very use. ``sealed`` are the findings of checks that read texts, by
    grant, where they were made before: a replay has them from the ledger.
    """

    now: datetime
    parties: Mapping[str, PartyNow]
    grants: Sequence[GrantNow]
    flags: Mapping[str, FlagNow]
    spent: frozenset[str] = frozenset()
    approved: frozenset[str] = frozenset()
    sealed: Mapping[str, tuple[Reason, ...]] | None = None

    @property
    def flags_version(self) -> int:
        """The version of all flags together: it grows with every change of any of them."""
        return sum(flag.version for flag in self.flags.values())


@dataclass(frozen=True)
class Verdict:
    """The decision before it has an id. ``grants`` maps ``<subject>/<modality>`` to the grant that allows it;
    ``sealed`` what the checks of texts found, by grant.
    """

    reasons: tuple[Reason, ...]
    grants: dict[str, str]
    sealed: Mapping[str, tuple[Reason, ...]] = field(default_factory=dict)

    @property
    def allow(self) -> bool:
        return not self.reasons

    @property
    def waits_for(self) -> tuple[str, ...]:
        """Grants whose subjects must approve, when nothing else is missing."""
        if any(reason.code != APPROVAL_NEEDED for reason in self.reasons):
            return ()
        return tuple(sorted({reason.grant for reason in self.reasons if reason.grant is not None}))


def needs_of(uses: Iterable[Use]) -> tuple[Need, ...]:
    """Uses merged by (subject, modality): operations and assets joined, longest take, takes summed."""
    merged: dict[tuple[str, str], Need] = {}
    for use in uses:
        known = merged.get((use.subject, use.modality))
        fresh = Need.of(use)
        merged[use.subject, use.modality] = fresh if known is None else known.joined(fresh)
    return tuple(merged.values())


def features_of(request: DecisionRequest) -> tuple[str, ...]:
    """The flags that must allow: those asked for, those the modalities imply, and what these stand on."""
    implied = (feature for use in request.uses for feature in FEATURES_OF_MODALITY[use.modality])
    return with_prerequisites((*request.features, *implied))


def decide(request: DecisionRequest, world: World) -> Verdict:
    """Allow or deny the whole output. Pure: the same request in the same world has the same verdict."""
    reasons = [*flag_reasons(features_of(request), request.partner, world), *_party_reasons(request, world)]
    if request.marking_profile == "none":
        reasons.append(
            Reason(
                code="consent.marking_missing", detail="the output would not be marked", fix="ask for standard marking"
            )
        )
    chosen: dict[str, GrantNow] = {}
    around = _around(request, world)
    for need in needs_of(request.uses):
        grant, missing = _best(need, request, world, around)
        reasons.extend(missing)
        if grant is not None and not missing:
            chosen[need.key] = grant
    reasons.extend(_exhausted(request, chosen, world))
    return Verdict(tuple(reasons), {key: grant.id for key, grant in chosen.items()}, around.sealed)


def _around(request: DecisionRequest, world: World) -> Around:
    """What the checks of every grant share. Texts are read once, and only for a request that uses a grant."""
    partner = world.parties.get(request.partner)
    role = None if partner is None else partner.attributes.get("role")
    sealed = world.sealed
    if sealed is None:
        texts = Texts.of(request)
        subjects = {use.subject for use in request.uses}
        candidates = [grant for grant in world.grants if _may_concern(grant, request, subjects)]
        sealed = {grant.id: sealed_faults(grant, request, texts) for grant in candidates}
    return Around(spent=world.spent, approved=world.approved, role=role, sealed=sealed)


def _may_concern(grant: GrantNow, request: DecisionRequest, subjects: Container[str]) -> bool:
    named = grant.terms.subject.handle in subjects and grant.terms.grantee.partner == request.partner
    return named and grant.state != "requested"


def flag_reasons(features: Iterable[str], partner: str, world: World) -> list[Reason]:
    """Why features are not allowed for this partner; empty when all are. One reason per deciding flag."""
    found: dict[str, Reason] = {}
    for feature in features:
        try:
            ruling = rule(world.flags, feature, world.parties.get(partner), partner)
        except NotFound:
            fix = "use one of: " + ", ".join(sorted(world.flags))
            found[feature] = Reason(code="consent.unknown_flag", detail="no such feature", fix=fix, flag=feature)
            continue
        if not ruling.value:
            found.setdefault(ruling.decided_by.key, _flag_reason(ruling.decided_by))
    return list(found.values())


def _flag_reason(flag: FlagNow) -> Reason:
    code, detail, fix = {
        "paused": ("flag_paused", "the feature is paused", "wait until two operators resume it"),
        "off": ("flag_off", "the feature is switched off", "two operators must switch it on"),
    }.get(flag.state, ("flag_not_for_partner", "the feature is not open to this partner", "ask for vetting"))
    return Reason(
        code=f"consent.{code}", detail=f"{detail}: {flag.key}", fix=fix, flag=flag.key, since=flag.since,
        change_id=flag.change_id, ledger_index=flag.index,
    )  # fmt: skip


def _party_reasons(request: DecisionRequest, world: World) -> list[Reason]:
    reasons = []
    partner = world.parties.get(request.partner)
    if partner is None or partner.kind != "partner":
        reasons.append(
            Reason(code="consent.unknown_partner", detail="no such partner", fix="register the partner first")
        )
    elif partner.state != "active":
        reasons.append(
            Reason(code="consent.partner_inactive", detail=f"the partner is {partner.state}", fix="ask an operator")
        )
    for handle in dict.fromkeys(use.subject for use in request.uses):
        subject = world.parties.get(handle)
        if subject is None or subject.kind != "subject":
            detail, fix = "no such subject", "enrol the subject first"
            reasons.append(Reason(code="consent.unknown_subject", detail=detail, fix=fix, subject=handle))
        elif subject.state != "active":
            detail = f"the subject is {subject.state}"
            reasons.append(Reason(code="consent.subject_inactive", detail=detail, subject=handle))
    return reasons


def _best(need: Need, request: DecisionRequest, world: World, around: Around) -> tuple[GrantNow | None, list[Reason]]:
    """The grant that covers the need, or the nearest one with everything it lacks."""
    candidates = [grant for grant in world.grants if _may_concern(grant, request, (need.subject,))]
    judged = [(faults(grant, need, request, world.now, around), grant) for grant in candidates]
    if not judged:
        return None, [_no_grant(need)]
    missing, grant = min(judged, key=lambda pair: (len(pair[0]), -pair[1].uses_left, pair[1].id))
    return grant, [reason.model_copy(update=need.about(grant.id)) for reason in missing]


def _no_grant(need: Need) -> Reason:
    return Reason(
        code="consent.no_grant_for_partner", detail="no grant of this subject names this partner",
        fix="ask the subject for a grant that names the partner", subject=need.subject, modality=need.modality,
    )  # fmt: skip


def _exhausted(request: DecisionRequest, chosen: Mapping[str, GrantNow], world: World) -> list[Reason]:
    """Needs that pass one by one may still ask too many uses of one grant together."""
    takes = Counter[str]()
    for need in needs_of(request.uses):
        if need.key in chosen and chosen[need.key].id not in world.spent:
            takes[chosen[need.key].id] += need.takes
    left = {grant.id: grant.uses_left for grant in chosen.values()}
    return [
        Reason(
            code="consent.uses_exhausted", detail=f"{count} takes are needed, {left[grant]} uses are left",
            fix="ask the subject for more uses", grant=grant,
        )
        for grant, count in takes.items()
        if count > left[grant]
    ]  # fmt: skip


def duties_of(verdict: Verdict, world: World) -> tuple[DutyOwed, ...]:
    """What the producer owes under the grants that allow it."""
    used = set(verdict.grants.values())
    return tuple(
        DutyOwed(grant=grant.id, **grant.terms.duties.model_dump()) for grant in world.grants if grant.id in used
    )


def refusal(reasons: Sequence[Reason], **info: Any) -> AssentError:
    """The error that carries a *no*: :class:`Paused` when flags alone stand in the way, :class:`Denied` otherwise."""
    listed = [reason.model_dump(mode="json", exclude_none=True) for reason in reasons]
    first = reasons[0]
    detail = "; ".join(dict.fromkeys(reason.detail for reason in reasons))
    facts: dict[str, Any] = {"decision": {"allow": False, "reasons": listed}, **info}
    if all(reason.code in FLAG_CODES for reason in reasons):
        facts |= {
            "feature": first.flag, "since": listed[0].get("since"), "change_id": first.change_id,
            "ledger_index": first.ledger_index,
        }  # fmt: skip
        return Paused(first.code, detail, fix=first.fix, **facts)
    code = next(reason.code for reason in reasons if reason.code not in FLAG_CODES)
    fix = next((reason.fix for reason in reasons if reason.code == code), None)
    return Denied(code, detail, fix=fix, **facts)
