"""The floor under every grant: terms that contradict themselves, or that no law lets a person sign, are not recorded.

All rules that are broken are reported at once. The caps are the strictest common ones: ten years between adults, one
year for a minor, whose guardian signs anew.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from consent_service.contract.terms import GrantTerms
from infra.kernel.errors import Invalid

MAX_TERM = timedelta(days=3653)
MAX_TERM_MINOR = timedelta(days=366)
_CLOCKS = timedelta(minutes=10)


@dataclass(frozen=True)
class Rule:
    """One rule: whether it holds, and what to say and where to point (RFC 6901) when it does not."""

    code: str
    holds: bool
    detail: str
    pointer: str


def verify_terms(terms: GrantTerms, now: datetime) -> None:
    """Return None when the terms may be recorded; raises Invalid (``consent.terms_refused``) naming every rule broken:
    ``info["errors"]`` holds ``{code, detail, pointer}`` each.
    """
    broken = [
        {"code": f"consent.terms_{rule.code}", "detail": rule.detail, "pointer": rule.pointer}
        for rule in (*_time_rules(terms, now), *_person_rules(terms), *_scope_rules(terms))
        if not rule.holds
    ]
    if broken:
        raise Invalid(
            "consent.terms_refused",
            "these terms cannot be recorded: " + "; ".join(rule["detail"] for rule in broken),
            fix="correct the terms and let the subject sign them again",
            errors=broken,
        )


def _time_rules(terms: GrantTerms, now: datetime) -> Iterator[Rule]:
    start, end, shown = terms.limits.not_before, terms.limits.not_after, terms.notice.presented_at
    times = (start, end, shown, terms.subject.identity.at, terms.retention.evidence_until)
    if any(time.tzinfo is None for time in times):
        yield Rule("zone", False, "a time names no offset", "/limits")
        return
    longest = MAX_TERM_MINOR if terms.subject.age_class == "minor" else MAX_TERM
    yield Rule("period", end > start, "the grant would end before it begins", "/limits/not_after")
    yield Rule("over", end > now, "the grant would be over already", "/limits/not_after")
    yield Rule("too_long", end - start <= longest, f"a grant lasts at most {longest.days} days", "/limits/not_after")
    yield Rule("notice_time", shown <= now + _CLOCKS, "the notice was shown in the future", "/notice/presented_at")
    evidence = terms.retention.evidence_until >= end
    yield Rule("evidence", evidence, "the evidence would be gone before the grant", "/retention/evidence_until")


def _person_rules(terms: GrantTerms) -> Iterator[Rule]:
    who = terms.subject
    guardian = (who.age_class == "minor") == (who.authority == "guardian")
    yield Rule("guardian", guardian, "a guardian signs for a minor, and only for a minor", "/subject/authority")
    estate = who.living != (who.authority in ("executor", "heir"))
    yield Rule("estate", estate, "executor or heir sign for the dead, and only for them", "/subject/authority")
    evidence = who.authority == "self" or who.authority_evidence is not None
    yield Rule("authority", evidence, "authority other than one's own needs evidence", "/subject/authority_evidence")


def _scope_rules(terms: GrantTerms) -> Iterator[Rule]:
    confirmed = {permission.modality for permission in terms.permissions} <= set(terms.notice.modalities)
    yield Rule("notice", confirmed, "a modality was not confirmed on its own", "/notice/modalities")
    trains = any(permission.operation in ("train", "fine_tune") for permission in terms.permissions)
    excluded = trains and "training" in terms.exclusions
    yield Rule("training", not excluded, "training is both permitted and excluded", "/exclusions")
    both = set(terms.scope.territories_allow) & set(terms.scope.territories_deny)
    yield Rule("territories", not both, "a territory is both allowed and denied", "/scope/territories_deny")
