"""Whether one grant covers one need, and everything that is missing when it does not.

Each check is a generator that yields a :class:`Reason` per fault and knows nothing of the others, so the answer is
complete and the order is that of the terms. The checks of :data:`_SEALED` read what people typed, which the ledger
holds as commitments only: their findings are recorded, so that a replay without the texts has the same answer.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from consent_service.contract.decisions import DecisionRequest, Reason, Use
from consent_service.domain.grants import GrantNow
from consent_service.domain.themes import names_theme, ruled_out, themes_in, titles_in
from consent_service.domain.words import Reading, tokens, words_outside

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
class Texts:
    """The texts of a request, read once for all grants."""

    spoken: Reading
    seen: Reading
    themes: tuple[str, ...]

    @classmethod
    def of(cls, request: DecisionRequest) -> "Texts":
        everything = Reading(" . ".join((request.title, request.screenplay, request.words)))
        return cls(Reading(request.words), everything, themes_in(everything))


@dataclass(frozen=True)
class Around:
    """What a check knows beside grant and request. Uses of ``spent`` grants are not asked for again; uses under
    ``approved`` ones were approved by their subjects; ``role`` is the one the partner is registered in, if any;
    ``sealed`` holds the findings of the sealed checks by grant.
    """

    spent: frozenset[str] = frozenset()
    approved: frozenset[str] = frozenset()
    role: str | None = None
    sealed: Mapping[str, tuple[Reason, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """One grant before one need of one request."""

    grant: GrantNow
    need: Need
    request: DecisionRequest
    now: datetime
    around: Around


def faults(
    grant: GrantNow, need: Need, request: DecisionRequest, now: datetime, around: Around | None = None
) -> list[Reason]:
    """Everything the grant lacks; empty when it covers the need."""
    case = Case(grant, need, request, now, around or Around())
    found = [reason for check in _CHECKS for reason in check(case)]
    if grant.id not in case.around.spent and need.takes > grant.uses_left:
        detail = f"{need.takes} takes are needed, {grant.uses_left} uses are left"
        found.append(_no("uses_exhausted", detail, "ask the subject for more uses"))
    return found


def sealed_faults(grant: GrantNow, request: DecisionRequest, texts: Texts) -> tuple[Reason, ...]:
    """What the checks of sealed texts find: words, themes, description, projects, brands, for whom."""
    return tuple(reason for check in _SEALED for reason in check(grant, request, texts))


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


def _grantee(case: Case) -> Iterator[Reason]:
    grantee, request = case.grant.terms.grantee, case.request
    if grantee.backends and request.backend not in grantee.backends:
        yield _no("backend_not_granted", f"{request.backend} is not permitted", ", ".join(grantee.backends))
    if grantee.models and request.model not in grantee.models:
        yield _no(
            "model_not_granted", f"{request.model or 'an unnamed model'} is not permitted", ", ".join(grantee.models)
        )
    if case.around.role is not None and case.around.role != grantee.role:
        yield _no("role_not_granted", f"the grant is for a {grantee.role}", "ask the subject for a grant in your role")


def _operations(case: Case) -> Iterator[Reason]:
    exclusions = case.grant.terms.exclusions
    if "realtime_impersonation" in exclusions and "realtime" in case.need.operations:
        yield _no("operation_excluded", "the grant excludes impersonation in real time")
    if "training" in exclusions and case.need.operations & {"train", "fine_tune"}:
        yield _no("operation_excluded", "the grant excludes training")


def _texts_found(case: Case) -> Iterator[Reason]:
    yield from case.around.sealed.get(case.grant.id, ())


def _unopened(grant: GrantNow, request: DecisionRequest, texts: Texts) -> Iterator[Reason]:
    if grant.terms.commitments:
        yield _no("terms_unopened", "what the terms say in words can no longer be read", "ask for a new grant")


def _parties(grant: GrantNow, request: DecisionRequest, texts: Texts) -> Iterator[Reason]:
    scope = grant.terms.scope
    if scope.projects and request.project not in scope.projects:
        yield _no("project_not_granted", "the grant names other projects", "name the project the grant is for")
    if scope.brands and request.brand not in scope.brands:
        yield _no("brand_not_granted", "the grant names other brands", "name the brand the grant is for")
    if request.on_behalf_of is not None and not grant.terms.grantee.sublicense:
        yield _no("sublicense_not_granted", "the grant is for this partner alone", "ask the subject to allow it")


def _words(grant: GrantNow, request: DecisionRequest, texts: Texts) -> Iterator[Reason]:
    scope = grant.terms.scope
    for phrase in filter(texts.spoken.has, scope.words_forbidden):
        yield _no("word_forbidden", f"the words “{phrase}” are forbidden", "take them out of the screenplay")
    outside = words_outside(request.words, scope.words_allowed) if scope.words_allowed else ()
    if outside:
        shown = ", ".join(outside[:5]) + (" …" if len(outside) > 5 else "")
        yield _no("word_not_allowed", f"words outside the permitted ones: {shown}", "use the permitted words only")


def _themes(grant: GrantNow, request: DecisionRequest, texts: Texts) -> Iterator[Reason]:
    """Declared themes, and those that the words of the screenplay suggest."""
    terms = grant.terms
    for theme in dict.fromkeys((*request.themes, *texts.themes)):
        how = "" if theme in request.themes else ", which its words suggest"
        if theme in terms.exclusions:
            yield _no("theme_excluded", f"the grant excludes {theme} content{how}", "take it out of the screenplay")
        elif theme in terms.scope.themes_forbidden:
            yield _no("theme_forbidden", f"the theme {theme} is forbidden{how}", "take it out of the screenplay")
    for theme in filter(texts.seen.has, terms.scope.themes_forbidden):
        if theme not in request.themes and theme not in texts.themes:
            yield _no("theme_forbidden", f"the screenplay speaks of {theme}", "take it out of the screenplay")


def _description(grant: GrantNow, request: DecisionRequest, texts: Texts) -> Iterator[Reason]:
    scope = grant.terms.scope
    titles = titles_in(scope.description)
    if titles and " ".join(tokens(request.title)) not in titles:
        yield _no("description_differs", "the grant describes another film by its title", "name the film it is for")
    for phrase in ruled_out(scope.description):
        if texts.seen.has(phrase) or phrase.replace(" ", "_") in texts.themes:
            yield _no("description_rules_out", f"the grant's description rules out {phrase}", "take it out")
    described = Reading(scope.description)
    for theme in texts.themes if scope.description_strict else ():
        if not names_theme(described, theme):
            yield _no("description_silent", f"the description does not name {theme}", "ask for a grant that names it")


def _brief(case: Case) -> Iterator[Reason]:
    owed = case.grant.terms.scope.description_commitment
    if owed is not None and case.request.brief_commitment != owed:
        yield _no(
            "brief_differs", "the grant is for another brief", "name the commitment to the brief it was given for"
        )


def _marking(case: Case) -> Iterator[Reason]:
    owed = case.grant.terms.duties.marking_profile
    if _MARKING[case.request.marking_profile] < _MARKING[owed]:
        yield _no("marking_insufficient", f"the grant asks for {owed} marking", f"ask for {owed} marking")


def _limits(case: Case) -> Iterator[Reason]:
    limits = case.grant.terms.limits
    if case.need.seconds > limits.max_seconds:
        yield _no("too_long", f"a take may last {limits.max_seconds:g} s at most", "make the shots shorter")
    if limits.approval == "per_use" and case.grant.id not in case.around.approved:
        yield _no("approval_needed", "the subject approves each use", "ask the subject to approve this use")


_CHECKS: tuple[Callable[[Case], Iterator[Reason]], ...] = (
    _standing, _permission, _operations, _assets, _scope, _territories, _grantee, _brief, _texts_found, _marking,
    _limits,
)  # fmt: skip
_SEALED: tuple[Callable[[GrantNow, DecisionRequest, Texts], Iterator[Reason]], ...] = (
    _unopened, _parties, _words, _themes, _description,
)  # fmt: skip
"""What reads the texts of terms and request; the ledger has their findings."""
