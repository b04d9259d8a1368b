"""The floor under every grant: terms that contradict themselves, or that no law lets a person sign, are not recorded.

All rules that are broken are reported at once. The law's own figures are data with their sources
(``statutory_terms.toml``, which is **not legal advice**); of all that apply, the strictest counts.
"""

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from consent_service.contract.terms import GrantTerms
from consent_service.domain.words import tokens
from infra.kernel.errors import Invalid

_CLOCKS = timedelta(minutes=10)
_DEFAULT = "default"


@dataclass(frozen=True)
class Law:
    """What one jurisdiction asks, None where it asks nothing. ``basis`` is ``law``, ``bill`` or ``house``."""

    place: str
    basis: str
    source: str
    max_days: int | None = None
    max_days_minor: int | None = None
    after_death_years: int | None = None
    biometrics_days: int | None = None
    representation: bool = False
    description_words: int | None = None


@dataclass(frozen=True)
class Table:
    """All laws by place. ``digest`` is the SHA-256 of the file they were read from."""

    version: str
    digest: str
    laws: dict[str, Law]


@cache
def table() -> Table:
    """The table of this release."""
    data = files(__package__).joinpath("statutory_terms.toml").read_bytes()
    found: dict[str, Any] = tomllib.loads(data.decode())
    laws = {place: Law(place=place, **rows) for place, rows in found.items() if isinstance(rows, dict)}
    return Table(version=found["version"], digest=sha256(data).hexdigest(), laws=laws)


def laws_for(terms: GrantTerms) -> tuple[Law, ...]:
    """The laws that apply: the default, those of the countries of use, those of where the subject lives."""
    known, home = table().laws, terms.subject.jurisdiction
    allowed = set(terms.scope.territories_allow)
    used = {place for place in known if len(place) == len("XX")} if "worldwide" in allowed else allowed
    used -= set(terms.scope.territories_deny)
    places = {_DEFAULT, *used, *(() if home is None else (home, home[:2]))}
    return tuple(known[place] for place in sorted(places & known.keys()))


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
        for rule in (*_time_rules(terms, now), *_person_rules(terms), *_scope_rules(terms), *_law_rules(terms))
        if not rule.holds
    ]
    if broken:
        raise Invalid(
            "consent.terms_refused",
            "these terms cannot be recorded: " + "; ".join(rule["detail"] for rule in broken),
            fix="correct the terms and let the subject sign them again",
            errors=broken,
        )


def _zoned(terms: GrantTerms) -> bool:
    limits, who = terms.limits, terms.subject
    given = (limits.not_before, limits.not_after, terms.notice.presented_at, who.identity.at, who.identity.expires,
             who.authority_until, terms.retention.evidence_until)  # fmt: skip
    return all(time is None or time.tzinfo is not None for time in given)


def _time_rules(terms: GrantTerms, now: datetime) -> Iterator[Rule]:
    start, end, shown = terms.limits.not_before, terms.limits.not_after, terms.notice.presented_at
    if not _zoned(terms):
        yield Rule("zone", False, "a time names no offset", "/limits")
        return
    yield Rule("period", end > start, "the grant would end before it begins", "/limits/not_after")
    yield Rule("over", end > now, "the grant would be over already", "/limits/not_after")
    yield Rule("notice_time", shown <= now + _CLOCKS, "the notice was shown in the future", "/notice/presented_at")
    evidence = terms.retention.evidence_until >= end
    yield Rule("evidence", evidence, "the evidence would be gone before the grant", "/retention/evidence_until")
    until = terms.subject.authority_until
    yield Rule(
        "authority_ends", until is None or end <= until, "the grant would outlast the authority it was signed by",
        "/limits/not_after",
    )  # fmt: skip


def _person_rules(terms: GrantTerms) -> Iterator[Rule]:
    who = terms.subject
    guardian = (who.age_class == "minor") == (who.authority == "guardian")
    yield Rule("guardian", guardian, "a guardian signs for a minor, and only for a minor", "/subject/authority")
    estate = who.living != (who.authority in ("executor", "heir"))
    yield Rule("estate", estate, "executor or heir sign for the dead, and only for them", "/subject/authority")
    own = who.authority == "self"
    evidence = own or who.authority_evidence is not None
    yield Rule("authority", evidence, "authority other than one's own needs evidence", "/subject/authority_evidence")
    named = own == (who.authority_ref is None)
    yield Rule("authority_ref", named, "name who signs, unless the subject does", "/subject/authority_ref")
    union = "union" not in terms.revocation.suspendable_by or (
        who.representation == "union" and who.representative is not None
    )
    yield Rule("union", union, "name the union that may suspend the grant", "/subject/representative")
    dead = who.died_year is None or not who.living
    yield Rule("died", dead, "a year of death belongs to the dead", "/subject/died_year")


def _scope_rules(terms: GrantTerms) -> Iterator[Rule]:
    confirmed = {permission.modality for permission in terms.permissions} <= set(terms.notice.modalities)
    yield Rule("notice", confirmed, "a modality was not confirmed on its own", "/notice/modalities")
    trains = any(permission.operation in ("train", "fine_tune") for permission in terms.permissions)
    excluded = trains and "training" in terms.exclusions
    yield Rule("training", not excluded, "training is both permitted and excluded", "/exclusions")
    both = set(terms.scope.territories_allow) & set(terms.scope.territories_deny)
    yield Rule("territories", not both, "a territory is both allowed and denied", "/scope/territories_deny")


def _law_rules(terms: GrantTerms) -> Iterator[Rule]:
    laws, who = laws_for(terms), terms.subject
    minor = who.age_class == "minor"
    days = _strictest((law, law.max_days_minor if minor else law.max_days) for law in laws)
    if days is not None and _zoned(terms):
        length = terms.limits.not_after - terms.limits.not_before
        detail = f"a grant lasts at most {days[1]} days ({_why(days[0])})"
        yield Rule("too_long", length <= timedelta(days=days[1]), detail, "/limits/not_after")
    kept = _strictest((law, law.biometrics_days) for law in laws)
    if kept is not None:
        asked = terms.retention.delete_biometrics_days_after_last_use
        detail = f"references are kept at most {kept[1]} days after the last use ({_why(kept[0])})"
        yield Rule("retention", asked <= kept[1], detail, "/retention/delete_biometrics_days_after_last_use")
    yield from _estate_rules(terms, laws)
    yield from _contract_rules(terms, laws)


def _estate_rules(terms: GrantTerms, laws: Iterable[Law]) -> Iterator[Rule]:
    years = None if terms.subject.living else _strictest((law, law.after_death_years) for law in laws)
    if years is None:
        return
    died = terms.subject.died_year
    yield Rule("death_year", died is not None, f"name the year of death ({_why(years[0])})", "/subject/died_year")
    if died is not None:
        within = terms.limits.not_after.year <= died + years[1]
        detail = f"the estate can permit until {died + years[1]} ({_why(years[0])})"
        yield Rule("after_death", within, detail, "/limits/not_after")


def _contract_rules(terms: GrantTerms, laws: Iterable[Law]) -> Iterator[Rule]:
    for law in laws:
        if law.representation:
            named = terms.subject.representation != "none" and terms.subject.representative is not None
            detail = f"counsel or a union must represent the subject ({_why(law)})"
            yield Rule("representation", named, detail, "/subject/representation")
        if law.description_words is not None:
            enough = len(tokens(terms.scope.description)) >= law.description_words
            detail = f"describe the use in at least {law.description_words} words ({_why(law)})"
            yield Rule("description", enough, detail, "/scope/description")


def _strictest(figures: Iterable[tuple[Law, int | None]]) -> tuple[Law, int] | None:
    known = [(law, figure) for law, figure in figures if figure is not None]
    return min(known, key=lambda pair: pair[1], default=None)


def _why(law: Law) -> str:
    return f"{law.place}, {law.basis}"
