"""Whether one grant covers one need, and everything that is missing when it does not.

Each check is a generator that yields a :class:`Reason` per fault and knows nothing of the others, so the answer is
complete and the order is that of the terms.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from consent_service.contract.decisions import DecisionRequest, Reason, Use
from consent_service.domain.grants import GrantNow
from consent_service.domain.words import phrases_in, words_outside

_PERMITTING = ("granted", "resumed", "narrowed")
_MARKING = {"none": 0, "standard": 1, "broadcast": 2}


@dataclass(frozen=True)
class Need:
    """What the output needs of one subject in one modality. ``seconds`` is the longest take, ``takes`` their number."""

    subject: str
    modality: str
    operations: frozenset[str]
    assets: frozenset[str]
    seconds: float
    takes: int

    @classmethod
    def of(cls, use: Use) -> "Need":
        return cls(use.subject, use.modality, frozenset({use.operation}), frozenset(use.assets), use.seconds, use.takes)

    def joined(self, other: "Need") -> "Need":
        """Both needs of the same subject and modality as one."""
        return replace(
            self, operations=self.operations | other.operations, assets=self.assets | other.assets,
            seconds=max(self.seconds, other.seconds), takes=self.takes + other.takes,
        )  # fmt: skip

    @property
    def key(self) -> str:
        return f"{self.subject}/{self.modality}"

    def about(self, grant: str) -> dict[str, str]:
        """What a reason is about."""
        return {"subject": self.subject, "modality": self.modality, "grant": grant}


@dataclass(frozen=True)
class Case:
    """One grant before one need of one request."""

    grant: GrantNow
    need: Need
    request: DecisionRequest
    now: datetime


def faults(
    grant: GrantNow, need: Need, request: DecisionRequest, now: datetime, *, spent: frozenset[str] = frozenset()
) -> list[Reason]:
    """Everything the grant lacks; empty when it covers the need. Uses of ``spent`` grants are not asked for again."""
    case = Case(grant, need, request, now)
    found = [reason for check in _CHECKS for reason in check(case)]
    if grant.id not in spent and need.takes > grant.uses_left:
        detail = f"{need.takes} takes are needed, {grant.uses_left} uses are left"
        found.append(_no("uses_exhausted", detail, "ask the subject for more uses"))
    return found


def standing_faults(grant: GrantNow, now: datetime) -> list[Reason]:
    """What stops a grant from being used *now*, whatever for: its state, its time, its identity proof."""
    about = {"grant": grant.id, "subject": grant.terms.subject.handle}
    return [reason.model_copy(update=about) for reason in (*_state(grant, now), *_identity(grant, now))]


def _no(code: str, detail: str, fix: str | None = None) -> Reason:
    return Reason(code=f"consent.{code}", detail=detail, fix=fix)


def _state(grant: GrantNow, now: datetime) -> Iterator[Reason]:
    state = grant.state_at(now)
    if state == "expired":
        yield _no("grant_expired", "the grant has expired", "ask the subject for a new grant")
    elif state not in _PERMITTING:
        fix = "the subject can resume it" if state == "suspended" else "ask the subject for a new grant"
        yield _no(f"grant_{state}", f"the grant is {state}", fix).model_copy(update={"since": grant.changed_at})
    if now < grant.terms.limits.not_before:
        yield _no("grant_not_started", "the grant has not begun", "wait until its first day")


def _identity(grant: GrantNow, now: datetime) -> Iterator[Reason]:
    expires = grant.terms.subject.identity.expires
    if expires is not None and now >= expires:
        yield _no("identity_expired", "the subject's identity proof has expired", "verify the subject again")


def _standing(case: Case) -> Iterator[Reason]:
    yield from _state(case.grant, case.now)
    yield from _identity(case.grant, case.now)


def _permission(case: Case) -> Iterator[Reason]:
    permissions = case.grant.terms.permissions
    modality = case.need.modality
    allowed = {permission.operation for permission in permissions if permission.modality == modality}
    if not allowed and modality == "voice.inferred_from_face":
        detail = "a voice may not be inferred from a face: no other modality implies it"
        yield _no("inference_not_granted", detail, "it needs its own permission under its own notice")
    elif not allowed:
        yield _no("modality_not_granted", f"{modality} is not permitted", "ask the subject to permit it")
    for operation in sorted(case.need.operations - allowed) if allowed else ():
        yield _no("operation_not_granted", f"{operation} is not permitted for {modality}", "ask the subject")
    if modality not in case.grant.terms.notice.modalities:
        yield _no("notice_missing", f"no notice about {modality} was confirmed", "show the notice and sign again")


def _assets(case: Case) -> Iterator[Reason]:
    for asset in sorted(case.need.assets - set(case.grant.terms.assets)):
        yield _no("asset_not_covered", f"reference {asset[:12]}… is not covered", "use a reference the grant names")


def _scope(case: Case) -> Iterator[Reason]:
    scope, request = case.grant.terms.scope, case.request
    if request.purpose not in scope.purposes:
        yield _no(
            "purpose_not_granted", f"{request.purpose} is not permitted", "permitted: " + ", ".join(scope.purposes)
        )
    for channel in request.channels:
        if channel not in scope.channels:
            yield _no("channel_not_granted", f"channel {channel} is not permitted", "leave the channel out")
    if not _speaks(request.language, scope.languages):
        yield _no("language_not_granted", f"{request.language} is not permitted", ", ".join(scope.languages))
    if scope.projects and request.project not in scope.projects:
        yield _no("project_not_granted", "the grant names other projects", "name the project the grant is for")
    if scope.brands and request.brand not in scope.brands:
        yield _no("brand_not_granted", "the grant names other brands", "name the brand the grant is for")


def _speaks(language: str, allowed: tuple[str, ...]) -> bool:
    """A permitted ``en`` covers ``en-GB`` (RFC 4647 §3.3.1, basic filtering), not the other way round."""
    wanted = language.lower()
    return any(wanted == range_ or wanted.startswith(range_ + "-") for range_ in map(str.lower, allowed))


def _territories(case: Case) -> Iterator[Reason]:
    scope = case.grant.terms.scope
    for territory in case.request.territories:
        if territory in scope.territories_deny:
            yield _no("territory_denied", f"{territory} is excluded", "leave the territory out")
        elif territory == "worldwide" and scope.territories_deny:
            yield _no("territory_denied", "worldwide includes excluded territories", "name the territories one by one")
        elif territory not in scope.territories_allow and "worldwide" not in scope.territories_allow:
            yield _no("territory_not_granted", f"{territory} is not permitted", ", ".join(scope.territories_allow))


def _backend(case: Case) -> Iterator[Reason]:
    backends = case.grant.terms.grantee.backends
    if backends and case.request.backend not in backends:
        yield _no(
            "backend_not_granted", f"{case.request.backend} is not permitted", "permitted: " + ", ".join(backends)
        )


def _words(case: Case) -> Iterator[Reason]:
    scope, text = case.grant.terms.scope, case.request.words
    for phrase in phrases_in(text, scope.words_forbidden):
        yield _no("word_forbidden", f"the words “{phrase}” are forbidden", "take them out of the screenplay")
    outside = words_outside(text, scope.words_allowed) if scope.words_allowed else ()
    if outside:
        shown = ", ".join(outside[:5]) + (" …" if len(outside) > 5 else "")
        yield _no("word_not_allowed", f"words outside the permitted ones: {shown}", "use the permitted words only")


def _themes(case: Case) -> Iterator[Reason]:
    terms = case.grant.terms
    for theme in dict.fromkeys(case.request.themes):
        if theme in terms.exclusions:
            yield _no("theme_excluded", f"the grant excludes {theme} content", "take it out of the screenplay")
        elif theme in terms.scope.themes_forbidden:
            yield _no("theme_forbidden", f"the theme {theme} is forbidden", "take it out of the screenplay")
    if "realtime_impersonation" in terms.exclusions and "realtime" in case.need.operations:
        yield _no("operation_excluded", "the grant excludes impersonation in real time")
    if "training" in terms.exclusions and case.need.operations & {"train", "fine_tune"}:
        yield _no("operation_excluded", "the grant excludes training")


def _marking(case: Case) -> Iterator[Reason]:
    owed = case.grant.terms.duties.marking_profile
    if _MARKING[case.request.marking_profile] < _MARKING[owed]:
        yield _no("marking_insufficient", f"the grant asks for {owed} marking", f"ask for {owed} marking")


def _limits(case: Case) -> Iterator[Reason]:
    limits = case.grant.terms.limits
    if case.need.seconds > limits.max_seconds:
        yield _no("too_long", f"a take may last {limits.max_seconds:g} s at most", "make the shots shorter")
    if limits.approval == "per_use":
        yield _no("approval_needed", "the subject approves each use", "ask the subject to approve this use")


_CHECKS: tuple[Callable[[Case], Iterator[Reason]], ...] = (
    _standing, _permission, _assets, _scope, _territories, _backend, _words, _themes, _marking, _limits,
)  # fmt: skip
