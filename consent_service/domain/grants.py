"""Grants: recorded by the subject's own signature over the exact terms, changed by it, expired by time alone.

Stream ``grant-<id>``. The states and who moves them:

    granted ──suspend──▶ suspended ──resume──▶ resumed ──suspend──▶ …      (signed by the subject)
       └────────────┴────── withdraw ──────────────┘──▶ withdrawn          (final)
    any of them, once ``not_after`` has passed ──▶ expired                 (no event: time decides)
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from consent_service.contract import events as kinds
from consent_service.contract.ledger import WITHDRAW_CONTEXT, GrantChange, GrantState, GrantView, RecordGrant
from consent_service.contract.terms import GRANT_CONTEXT, GrantTerms
from consent_service.domain.parties import PartyNow
from consent_service.domain.signed import verify_fresh, verify_signed
from consent_service.domain.statutory import verify_terms
from infra.eventlog.log import Event, NewEvent
from infra.kernel.errors import Conflict, Denied, NotFound
from infra.kernel.rpc import Message

_MOVES: Mapping[tuple[str, str], str] = {
    ("granted", "suspend"): kinds.GRANT_SUSPENDED,
    ("resumed", "suspend"): kinds.GRANT_SUSPENDED,
    ("suspended", "resume"): kinds.GRANT_RESUMED,
    ("granted", "withdraw"): kinds.GRANT_WITHDRAWN,
    ("resumed", "withdraw"): kinds.GRANT_WITHDRAWN,
    ("suspended", "withdraw"): kinds.GRANT_WITHDRAWN,
}
_STATES: Mapping[str, Literal["suspended", "resumed", "withdrawn"]] = {
    kinds.GRANT_SUSPENDED: "suspended",
    kinds.GRANT_RESUMED: "resumed",
    kinds.GRANT_WITHDRAWN: "withdrawn",
}


class GrantNow(Message):
    """A grant after its last event. ``uses`` counts consumed ones (events of jobs); ``signed_at`` is the time inside
    the last signed change; ``entry`` is the ledger entry that recorded it, ``index`` its place.
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

    @property
    def uses_left(self) -> int:
        return max(0, self.terms.limits.max_uses - self.uses)

    def state_at(self, now: datetime) -> GrantState:
        """The state, with time's own: a grant that was not withdrawn before expires."""
        over = now >= self.terms.limits.not_after
        return "expired" if over and self.state not in ("withdrawn", "invalidated") else self.state

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
    if event.type == kinds.GRANT_RECORDED:
        return GrantNow(
            id=event.data["grant"], state="granted", terms=GrantTerms.model_validate(event.data["terms"]), uses=0,
            recorded_at=event.at, changed_at=None, signed_at=None, version=event.version, entry=event.id,
            index=event.position,
        )  # fmt: skip
    if now is None or event.type not in _STATES:
        return now
    signed_at = GrantChange.model_validate(event.data["change"]).at
    moved = {"state": _STATES[event.type], "changed_at": event.at, "signed_at": signed_at, "version": event.version}
    return now.model_copy(update=moved)


def record(subject: PartyNow | None, command: RecordGrant, grant: str, now: datetime) -> list[NewEvent]:
    """Enter a grant. Raises Denied when the subject is unknown, signs with another key, or the signature is not over
    these terms; Invalid (``consent.terms_…``) when the terms contradict themselves or the law's floor.
    """
    terms = command.terms
    signer = _subject(subject, terms.subject.handle)
    if signer.public_key != terms.subject.public_key:
        raise Denied(
            "consent.key_mismatch", "the terms name another key than the subject registered",
            fix="put the registered key into the terms and sign them again", subject=signer.handle,
        )  # fmt: skip
    signed = verify_signed(signer, GRANT_CONTEXT, terms, command.signature)
    verify_terms(terms, now)
    data = {"grant": grant, "terms": terms.model_dump(mode="json")}
    actor = {"kind": "subject", "ref": signer.handle}
    return [
        NewEvent(
            kinds.GRANT_RECORDED, data, now, actor=actor, command_id=command.command_id, signatures=(signed,)
        )
    ]  # fmt: skip


def change(
    grant: GrantNow | None, subject: PartyNow | None, command: GrantChange, signature: str, now: datetime
) -> list[NewEvent]:
    """Suspend, resume or withdraw, by the subject's signature alone.

    Raises NotFound (``consent.unknown_grant``), Denied (signature, replay, not suspendable) and Conflict
    (``consent.grant_state``) when the state allows no such move.
    """
    if grant is None:
        raise NotFound("consent.unknown_grant", "no such grant", grant=command.grant)
    signer = _subject(subject, grant.terms.subject.handle)
    signed = verify_signed(signer, WITHDRAW_CONTEXT, command, signature)
    verify_fresh(command.at, now, after=grant.signed_at)
    if command.action == "suspend" and "subject" not in grant.terms.revocation.suspendable_by:
        raise Denied(
            "consent.not_suspendable", "the terms let only the union suspend this grant",
            fix="withdraw it, or ask the union", grant=grant.id,
        )  # fmt: skip
    move = _MOVES.get((grant.state_at(now), command.action))
    if move is None:
        raise Conflict(
            "consent.grant_state", f"a grant that is {grant.state_at(now)} cannot be changed by {command.action}",
            grant=grant.id, state=grant.state_at(now),
        )  # fmt: skip
    data = {"grant": grant.id, "change": command.model_dump(mode="json"), "effect": grant.terms.revocation.effect}
    return [NewEvent(move, data, now, actor={"kind": "subject", "ref": signer.handle}, signatures=(signed,))]


def _subject(subject: PartyNow | None, handle: str) -> PartyNow:
    if subject is None or subject.kind != "subject" or subject.state == "erased":
        raise Denied("consent.unknown_subject", "no such subject", fix="enrol the subject first", subject=handle)
    return subject
