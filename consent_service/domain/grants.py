"""Grants: recorded by a signature over the exact terms, moved by signatures, ended by time.

Stream ``grant-<id>``. The states and who moves them:

    requested ──the subject signs──▶ granted ──suspend──▶ suspended ──resume──▶ resumed ──suspend──▶ …
    granted, resumed, narrowed ──narrow──▶ narrowed               (new terms that allow no more)
    any of these ── withdraw ──▶ withdrawn                        (final; the subject's, its guardian's or estate's)
    any of these ── invalidate, supersede ──▶ invalidated         (final; an operator's, or by a newer grant)
    any of these, once ``not_after`` has passed ──▶ expired       (time decides; the sweep writes it down)
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from consent_service.contract import events as kinds
from consent_service.contract.ledger import (
    WITHDRAW_CONTEXT,
    GrantChange,
    GrantState,
    GrantView,
    RecordGrant,
    RequestGrant,
)
from consent_service.contract.private import private_values, sealed_grant
from consent_service.contract.terms import GRANT_CONTEXT, NOTICE_CONTEXT, GrantTerms, notice_statement
from consent_service.domain.authority import Side, change_signer, grant_signer
from consent_service.domain.narrowing import wider_fields
from consent_service.domain.parties import PartyNow
from consent_service.domain.signed import verify_fresh, verify_signed, verify_signed_value
from consent_service.domain.statutory import verify_terms
from infra.eventlog.log import Event, NewEvent
from infra.kernel.errors import Conflict, Denied, Invalid, NotFound
from infra.kernel.rpc import Message

FINAL = frozenset({"withdrawn", "expired", "invalidated"})
_RUNNING = ("granted", "resumed", "narrowed")
_FROM: Mapping[str, tuple[str, ...]] = {
    "suspend": _RUNNING, "resume": ("suspended",), "narrow": _RUNNING, "withdraw": (*_RUNNING, "suspended"),
    "invalidate": (*_RUNNING, "suspended"),
}  # fmt: skip
_TYPES: Mapping[str, str] = {
    "suspend": kinds.GRANT_SUSPENDED, "resume": kinds.GRANT_RESUMED, "narrow": kinds.GRANT_NARROWED,
    "withdraw": kinds.GRANT_WITHDRAWN, "invalidate": kinds.GRANT_INVALIDATED,
}  # fmt: skip
_STATES: Mapping[str, GrantState] = {
    kinds.GRANT_SUSPENDED: "suspended", kinds.GRANT_RESUMED: "resumed", kinds.GRANT_NARROWED: "narrowed",
    kinds.GRANT_WITHDRAWN: "withdrawn", kinds.GRANT_EXPIRED: "expired", kinds.GRANT_INVALIDATED: "invalidated",
}  # fmt: skip


class GrantNow(Message):
    """A grant after its last event. ``uses`` counts consumed ones (events of jobs) and ``last_used`` is the time of
    the last; ``signed_at`` is the time inside the last signed change; ``suspended_by`` the side that suspended it;
    ``entry`` is the ledger entry that recorded it, ``index`` its place.
    """

    id: str
    state: GrantState
    terms: GrantTerms
    uses: int
    recorded_at: datetime
    changed_at: datetime | None
    signed_at: datetime | None
    version: int
    entry: str
    index: int | None = None
    narrowed_at: datetime | None = None
    suspended_by: Side | None = None
    last_used: datetime | None = None

    @property
    def uses_left(self) -> int:
        return max(0, self.terms.limits.max_uses - self.uses)

    def state_at(self, now: datetime) -> GrantState:
        """The state, with time's own: a grant that was not ended before expires."""
        over = now >= self.terms.limits.not_after
        return "expired" if over and self.state not in (*FINAL, "requested") else self.state

    def view(self, now: datetime, running: int) -> GrantView:
        """The grant as its readers see it."""
        return GrantView(
            id=self.id, state=self.state_at(now), terms=self.terms, uses_left=self.uses_left, running=running,
            recorded_at=self.recorded_at, ledger_index=self.index, changed_at=self.changed_at,
        )  # fmt: skip


def stream(grant: str) -> str:
    """The stream of a grant."""
    return f"grant-{grant}"


def evolve(now: GrantNow | None, event: Event) -> GrantNow | None:
    """The grant after an event of its own stream; a change of a grant nobody recorded changes nothing."""
    if event.type in (kinds.GRANT_RECORDED, kinds.GRANT_REQUESTED):
        state: Literal["granted", "requested"] = "granted" if event.type == kinds.GRANT_RECORDED else "requested"
        return GrantNow(
            id=event.data["grant"], state=state, terms=GrantTerms.model_validate(event.data["terms"]), uses=0,
            recorded_at=event.at, changed_at=None, signed_at=None, version=event.version, entry=event.id,
            index=event.position,
        )  # fmt: skip
    if now is None or event.type not in _STATES:
        return now
    moved: dict[str, Any] = {"state": _STATES[event.type], "changed_at": event.at, "version": event.version}
    if "change" in event.data:
        moved["signed_at"] = GrantChange.model_validate(event.data["change"]).at
    if event.type == kinds.GRANT_SUSPENDED:
        moved["suspended_by"] = event.data.get("side", "subject")
    if event.type == kinds.GRANT_NARROWED:
        moved |= {"terms": GrantTerms.model_validate(event.data["change"]["terms"]), "narrowed_at": event.at}
    return now.model_copy(update=moved)


def request(command: RequestGrant, grant: str, now: datetime) -> NewEvent:
    """A partner's request for a grant of these terms. It permits nothing. Raises Invalid (``consent.terms_…``)."""
    verify_terms(command.terms, now)
    data = {"grant": grant, "terms": command.terms.model_dump(mode="json")}
    actor = {"kind": "partner", "ref": command.terms.grantee.partner}
    return NewEvent(kinds.GRANT_REQUESTED, data, now, actor=actor, command_id=command.command_id)


def verify_answers(requested: GrantNow | None, command: RecordGrant) -> GrantNow:
    """The request, when the grant answers it: the same terms, not answered before. Raises NotFound and Conflict."""
    if requested is None:
        raise NotFound("consent.unknown_grant", "no such request", grant=command.request)
    if requested.state != "requested":
        raise Conflict("consent.grant_state", "this request was answered already", grant=requested.id)
    if requested.terms != sealed_grant(command):
        raise Conflict(
            "consent.other_terms", "these are not the terms that were asked for", grant=requested.id,
            fix="sign the requested terms, or record a grant of its own",
        )  # fmt: skip
    return requested


def record(
    subject: PartyNow | None, command: RecordGrant, grant: str, now: datetime, *, authority: PartyNow | None = None
) -> list[NewEvent]:
    """Enter a grant; what is signed and recorded are the sealed terms.

    Raises Denied when the subject or its representative is unknown, signs with another key, or the signature is not
    over these terms; Invalid (``consent.terms_…``) when the terms contradict themselves or the law's
    floor, and ``consent.modality_unsigned`` when a modality of the notice was not signed on its own.
    """
    sealed = sealed_grant(command)
    signer = grant_signer(sealed, subject, authority)
    signed = [verify_signed(signer, GRANT_CONTEXT, sealed, command.signature)]
    verify_terms(command.terms, now)
    signed += _modalities(signer, command)
    data = {"grant": grant, "terms": sealed.model_dump(mode="json")}
    actor = {"kind": signer.kind, "ref": signer.handle}
    return [
        NewEvent(kinds.GRANT_RECORDED, data, now, actor=actor, command_id=command.command_id, signatures=tuple(signed))
    ]


def _modalities(signer: PartyNow, command: RecordGrant) -> list[dict[str, str]]:
    """The signatures over each modality of the notice, one by one."""
    found = []
    for modality in dict.fromkeys(permission.modality for permission in command.terms.permissions):
        signature = command.modality_signatures.get(modality)
        if signature is None:
            raise Invalid(
                "consent.modality_unsigned", f"{modality} was not signed on its own",
                fix="sign the notice once for each modality, in the context " + NOTICE_CONTEXT,
                pointer=f"/modality_signatures/{modality}",
            )  # fmt: skip
        statement = notice_statement(command.terms, modality)
        found.append(verify_signed_value(signer, NOTICE_CONTEXT, statement, signature) | {"modality": modality})
    return found


def change(
    grant: GrantNow | None, parties: PartyNow | Mapping[str, PartyNow] | None, command: GrantChange, signature: str,
    now: datetime,
) -> list[NewEvent]:  # fmt: skip
    """Suspend, resume, narrow, withdraw or invalidate, by the signature of who may. ``parties`` are those by handle
    that may have signed, or the subject alone.

    Raises NotFound (``consent.unknown_grant``), Denied (signature, replay, who may not) and Conflict
    (``consent.grant_state``) when the state allows no such move.
    """
    if grant is None:
        raise NotFound("consent.unknown_grant", "no such grant", grant=command.grant)
    known = {parties.handle: parties} if isinstance(parties, PartyNow) else dict(parties or {})
    signer, side = change_signer(grant.terms, command, known)
    signed = verify_signed(signer, WITHDRAW_CONTEXT, command, signature)
    verify_fresh(command.at, now, after=grant.signed_at)
    _verify_move(grant, command, side, now)
    data = {
        "grant": grant.id, "change": command.model_dump(mode="json"), "effect": grant.terms.revocation.effect,
        "side": side, "after": grant.terms.revocation.after_withdrawal,
    }  # fmt: skip
    actor = {"kind": signer.kind, "ref": signer.handle}
    return [NewEvent(_TYPES[command.action], data, now, actor=actor, signatures=(signed,))]


def _verify_move(grant: GrantNow, command: GrantChange, side: Side, now: datetime) -> None:
    state, terms = grant.state_at(now), grant.terms
    named = "union" if side == "union" else "subject"
    if command.action == "suspend" and named not in terms.revocation.suspendable_by:
        raise Denied(
            "consent.not_suspendable", f"the terms do not let the {named} suspend this grant",
            fix="withdraw it, or ask those whom the terms name", grant=grant.id,
        )  # fmt: skip
    if state not in _FROM[command.action]:
        raise Conflict(
            "consent.grant_state", f"a grant that is {state} cannot be changed by {command.action}",
            grant=grant.id, state=state,
        )  # fmt: skip
    if command.action == "resume" and (grant.suspended_by == "union") != (side == "union"):
        raise Denied(
            "consent.not_your_suspension", "whoever suspended a grant resumes it", grant=grant.id,
            fix=f"the {grant.suspended_by} must sign",
        )  # fmt: skip
    if command.action == "narrow":
        _verify_narrow(grant, command, now)


def _verify_narrow(grant: GrantNow, command: GrantChange, now: datetime) -> None:
    if command.terms is None:
        raise Invalid("consent.terms_missing", "narrowing brings the new terms", pointer="/change/terms")
    if private_values(command.terms):
        raise Invalid(
            "consent.personal_text", "narrowed terms keep their sealed texts as they stand in the ledger",
            fix="take the terms from the grant's own ledger entry", pointer="/change/terms",
        )  # fmt: skip
    wider = wider_fields(grant.terms, command.terms)
    if wider:
        raise Invalid(
            "consent.not_narrower", "these terms allow more than the grant, or something else: " + ", ".join(wider),
            fix="record a new grant that supersedes this one", grant=grant.id, pointers=list(wider),
        )  # fmt: skip
    verify_terms(command.terms, now)


def superseded(old: GrantNow | None, new: str, terms: GrantTerms, now: datetime) -> NewEvent:
    """The event that ends the grant which ``terms`` supersede. Raises NotFound, Conflict and Invalid when there is no
    such grant, it has ended, or it is not between the same two.
    """
    if old is None:
        raise NotFound("consent.unknown_grant", "no such grant to supersede", grant=terms.supersedes)
    if old.terms.subject.handle != terms.subject.handle or old.terms.grantee.partner != terms.grantee.partner:
        raise Invalid("consent.other_parties", "a grant supersedes one between the same two", pointer="/supersedes")
    if old.state_at(now) in FINAL:
        raise Conflict("consent.grant_state", f"the grant to supersede is {old.state_at(now)}", grant=old.id)
    return invalidated(old, "superseded", now, superseded_by=new)


def expired(grant: GrantNow, now: datetime) -> NewEvent:
    """The entry that says what time has done."""
    data = {"grant": grant.id, "not_after": grant.terms.model_dump(mode="json")["limits"]["not_after"]}
    return NewEvent(kinds.GRANT_EXPIRED, data, now)


def invalidated(grant: GrantNow, reason: str, now: datetime, **about: str) -> NewEvent:
    """The entry that ends a grant nobody withdrew. ``reason`` is a word: ``superseded``, ``identity_expired``."""
    return NewEvent(kinds.GRANT_INVALIDATED, {"grant": grant.id, "reason": reason, **about}, now)


def lapse(grant: GrantNow, parties: Mapping[str, PartyNow], now: datetime) -> NewEvent | None:
    """What the sweep writes about a grant: that it expired, or that what it stood on is gone; None while it stands."""
    if grant.state in FINAL or grant.state == "requested":
        return None
    if grant.state_at(now) == "expired":
        return expired(grant, now)
    who = grant.terms.subject
    if who.identity.expires is not None and now >= who.identity.expires:
        return invalidated(grant, "identity_expired", now)
    for handle, reason in ((who.handle, "subject_erased"), (who.authority_ref, "authority_gone")):
        party = parties.get(handle) if handle else None
        if party is not None and party.state == "erased":
            return invalidated(grant, reason, now)
    return None


def lapses_at(grant: GrantNow) -> datetime | None:
    """When time alone will end a grant; None for one that has ended, or permits nothing yet."""
    if grant.state in FINAL or grant.state == "requested":
        return None
    ends, expires = grant.terms.limits.not_after, grant.terms.subject.identity.expires
    return ends if expires is None else min(ends, expires)
