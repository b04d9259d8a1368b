"""Approval of each use: a decision that waits becomes a yes when every subject concerned has signed exactly it.

Stream ``decision-<id>``, after the entry of the decision itself. The last word of a subject counts. An approval is of
one film: the decision itself may be used, or one later decision on the very same request may name it, once.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import reduce
from typing import Any, Literal

from pydantic import Field

from consent_service.contract import events as kinds
from consent_service.contract.approvals import USE_CONTEXT, ApproveUse, UseApproval
from consent_service.contract.decisions import DecisionRequest
from consent_service.domain.authority import grant_signer
from consent_service.domain.grants import GrantNow
from consent_service.domain.parties import PartyNow
from consent_service.domain.signed import verify_fresh, verify_signed
from infra.eventlog.log import Event, NewEvent
from infra.kernel.errors import Conflict, Denied, NotFound
from infra.kernel.rpc import Message


class AskedNow(Message):
    """A decision and what was signed about it. ``waits_for`` are grants; ``spent_by`` the decision that used it up."""

    decision: str
    version: int
    entry: str
    at: datetime
    partner: str
    production: str
    request_digest: str
    words_commitment: str
    waits_for: tuple[str, ...]
    answered: dict[str, Literal["approve", "refuse"]] = Field(default_factory=dict)
    signed_at: dict[str, datetime] = Field(default_factory=dict)
    spent_by: str | None = None

    @property
    def approved(self) -> frozenset[str]:
        """Grants whose subjects approved, as long as nothing else used the approval up."""
        if self.spent_by is not None:
            return frozenset()
        return frozenset(grant for grant, verdict in self.answered.items() if verdict == "approve")


def stream(decision: str) -> str:
    """The stream of a decision."""
    return f"decision-{decision}"


def fold(events: Sequence[Event]) -> AskedNow | None:
    """The decision after all its events."""
    return reduce(evolve, events, None)


def evolve(now: AskedNow | None, event: Event) -> AskedNow | None:
    """The decision after ``event``."""
    data = event.data
    if event.type == kinds.DECISION_MADE:
        return AskedNow(
            decision=data["decision"], version=event.version, entry=event.id, at=event.at, partner=data["partner"],
            production=data["production"], request_digest=data["request_digest"],
            words_commitment=data["words_commitment"], waits_for=tuple(data.get("waits_for", ())),
        )  # fmt: skip
    if now is None:
        return None
    moved: dict[str, Any] = {"version": event.version}
    if event.type == kinds.USE_APPROVAL_SPENT:
        moved["spent_by"] = data["by"]
    elif event.type in (kinds.USE_APPROVED, kinds.USE_REFUSED):
        said = UseApproval.model_validate(data["approval"])
        moved["answered"] = {**now.answered, said.grant: said.verdict}
        moved["signed_at"] = {**now.signed_at, said.grant: said.at}
    return now.model_copy(update=moved)


def answer(
    asked: AskedNow | None, grant: GrantNow | None, parties: Mapping[str, PartyNow], command: ApproveUse, now: datetime
) -> NewEvent:  # fmt: skip
    """The subject's word on a decision. Raises NotFound, Conflict (``consent.approval_not_awaited``,
    ``consent.approval_spent``) and Denied (``consent.other_request`` when it is about another film; signature; replay).
    """
    approval = command.approval
    if asked is None or grant is None:
        raise NotFound("consent.unknown_decision", "no such decision or grant", ref=approval.decision)
    if approval.grant not in asked.waits_for:
        raise Conflict("consent.approval_not_awaited", "this decision waits for no such approval", ref=asked.decision)
    if asked.spent_by is not None and approval.verdict == "approve":
        raise Conflict("consent.approval_spent", "the approval was used already", ref=asked.decision)
    if (approval.request_digest, approval.words_commitment) != (asked.request_digest, asked.words_commitment):
        raise Denied(
            "consent.other_request", "the approval is of another request than the one that waits",
            fix="show the subject the request of this decision", ref=asked.decision,
        )  # fmt: skip
    who = grant.terms.subject
    signer = grant_signer(grant.terms, parties.get(who.handle), parties.get(who.authority_ref or ""))
    signed = verify_signed(signer, USE_CONTEXT, approval, command.signature)
    verify_fresh(approval.at, now, after=asked.signed_at.get(approval.grant))
    kind = kinds.USE_APPROVED if approval.verdict == "approve" else kinds.USE_REFUSED
    data = {"decision": asked.decision, "grant": grant.id, "approval": approval.model_dump(mode="json")}
    return NewEvent(kind, data, now, actor={"kind": signer.kind, "ref": signer.handle}, signatures=(signed,))


def spent(asked: AskedNow, by: str, now: datetime) -> NewEvent:
    """The entry that uses an approval up for the decision ``by``."""
    return NewEvent(kinds.USE_APPROVAL_SPENT, {"decision": asked.decision, "by": by}, now)


def same_film(one: DecisionRequest, other: DecisionRequest) -> bool:
    """Whether two requests ask for the very same, production id aside."""
    blank = {"production": "", "approved": None}
    return one.model_copy(update=blank) == other.model_copy(update=blank)
