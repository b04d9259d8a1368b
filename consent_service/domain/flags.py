"""Feature flags: narrowing binds at once by one signature, widening waits for a second operator's.

Stream ``flag-<key>``. A change is *widening* when anybody could be allowed afterwards who was not before. No flag can
turn a consent check off: flags are conditions *beside* the grants, never instead of them.
"""

from datetime import datetime
from typing import Any

from consent_service.contract import events as kinds
from consent_service.contract.flags import (
    APPROVAL_CONTEXT,
    FLAG_CONTEXT,
    SHIPPED_FLAGS,
    Flag,
    FlagApproval,
    FlagChange,
    FlagState,
    Targeting,
)
from consent_service.domain.parties import PartyNow
from consent_service.domain.signed import verify_fresh, verify_signed
from infra.eventlog.log import Event, NewEvent
from infra.kernel.errors import Conflict, Denied, Invalid, NotFound
from infra.kernel.rpc import Message

_REACH = {"off": 0, "paused": 0, "limited": 1, "on": 2}


class FlagNow(Message):
    """A flag after its last event. ``version`` is that event's; ``entry`` is the ledger entry that set the state and
    ``index`` its place, once the sequencer gave it one.
    """

    key: str
    state: FlagState
    targeting: Targeting
    version: int
    change_id: str | None
    reason: str | None
    since: datetime
    entry: str
    index: int | None = None
    pending: FlagChange | None = None

    def view(self) -> Flag:
        """The flag as everybody reads it."""
        return Flag(ledger_index=self.index, **self.model_dump(exclude={"entry", "index"}))


def stream(key: str) -> str:
    """The stream of a flag."""
    return f"flag-{key}"


def evolve(now: FlagNow | None, event: Event) -> FlagNow:
    """The flag after ``event``. Any change that takes effect drops a proposal made against the state before it."""
    data = event.data
    if event.type == kinds.FLAG_PROPOSED and now is not None:
        return now.model_copy(update={"version": event.version, "pending": FlagChange.model_validate(data["change"])})
    return FlagNow(
        key=data["flag"], state=data["state"], targeting=data["targeting"], version=event.version,
        change_id=data["change_id"], reason=data["reason"], since=event.at, entry=event.id, index=event.position,
    )  # fmt: skip


def shipped(key: str, now: datetime) -> NewEvent:
    """The first event of a flag: the state this release ships it in."""
    data = {
        "flag": key, "state": SHIPPED_FLAGS[key], "targeting": Targeting().model_dump(mode="json"),
        "change_id": None, "reason": "shipped state",
    }  # fmt: skip
    return NewEvent(kinds.FLAG_SHIPPED, data, now)


def widens(flag: FlagNow, change: FlagChange) -> bool:
    """Whether anybody could be allowed after ``change`` who is not allowed before it."""
    before, after = _REACH[flag.state], _REACH[change.state]
    if before != after:
        return after > before
    return after == 1 and not _covers(flag.targeting, change.targeting or flag.targeting)


def _covers(outer: Targeting, inner: Targeting) -> bool:
    return (
        set(inner.tiers) <= set(outer.tiers)
        and set(inner.partners) <= set(outer.partners)
        and inner.percentage <= outer.percentage
    )


def change(
    flag: FlagNow | None, operator: PartyNow | None, command: FlagChange, signature: str, now: datetime
) -> list[NewEvent]:
    """One operator's signed action: takes effect at once when it narrows, becomes a proposal when it widens.

    Raises NotFound (``consent.unknown_flag``), Denied (unknown operator, missing capability, bad signature) and
    Invalid (``consent.flag_targeting_fixed``: a pause changes nothing else, so that it never has to wait).
    """
    if flag is None:
        raise NotFound("consent.unknown_flag", "no such flag", fix="flags ship with a release", flag=command.flag)
    if _REACH[command.state] == 0 and command.targeting not in (None, flag.targeting):
        raise Invalid(
            "consent.flag_targeting_fixed", "pausing or switching off changes nothing else",
            fix="leave targeting out", pointer="/change/targeting",
        )  # fmt: skip
    widening = widens(flag, command)
    signer = _operator(operator, command.operator, ("pause", "resume") if widening else ("pause",))
    signed = verify_signed(signer, FLAG_CONTEXT, command, signature)
    verify_fresh(command.at, now)
    if widening:
        data = {"flag": flag.key, "change": command.model_dump(mode="json")}
        return [_signed_event(kinds.FLAG_PROPOSED, data, now, signed, command.change_id)]
    return [_signed_event(kinds.FLAG_CHANGED, _effect(flag, command), now, signed, command.change_id)]


def approve(
    flag: FlagNow | None, operator: PartyNow | None, approval: FlagApproval, signature: str, now: datetime
) -> list[NewEvent]:
    """The second operator's signature: the pending widening takes effect.

    Raises Conflict (``consent.flag_not_pending``) when that change is not (or no longer) the pending one and Denied
    (``consent.second_operator_needed``) when both signatures would be one person's.
    """
    pending = flag.pending if flag is not None else None
    if flag is None or pending is None or pending.change_id != approval.change_id:
        raise Conflict(
            "consent.flag_not_pending", "this change is not waiting for approval",
            fix="propose it again against the flag as it stands", change_id=approval.change_id,
        )  # fmt: skip
    signer = _operator(operator, approval.operator, ("resume",))
    if approval.operator == pending.operator:
        raise Denied(
            "consent.second_operator_needed", "the operator who proposed a widening cannot approve it",
            fix="another operator must sign the approval", change_id=approval.change_id,
        )  # fmt: skip
    signed = verify_signed(signer, APPROVAL_CONTEXT, approval, signature)
    verify_fresh(approval.at, now)
    data = _effect(flag, pending) | {"approval": approval.model_dump(mode="json")}
    return [_signed_event(kinds.FLAG_APPROVED, data, now, signed, approval.change_id)]


def _operator(operator: PartyNow | None, handle: str, capabilities: tuple[str, ...]) -> PartyNow:
    if operator is None or operator.kind != "operator" or operator.state != "active":
        raise Denied("consent.unknown_operator", "no such operator", fix="register the operator first", ref=handle)
    if not any(operator.may(capability) for capability in capabilities):
        raise Denied(
            "consent.operator_may_not", f"this operator may not {capabilities[0]} features",
            fix="an operator with that capability must sign", ref=handle,
        )  # fmt: skip
    return operator


def _effect(flag: FlagNow, command: FlagChange) -> dict[str, Any]:
    targeting = command.targeting or flag.targeting
    return {
        "flag": flag.key, "state": command.state, "targeting": targeting.model_dump(mode="json"),
        "change_id": command.change_id, "reason": command.reason, "change": command.model_dump(mode="json"),
    }  # fmt: skip


def _signed_event(kind: str, data: dict[str, Any], now: datetime, signed: dict[str, str], change_id: str) -> NewEvent:
    actor = {"kind": "operator", "ref": signed["ref"]}
    return NewEvent(kind, data, now, actor=actor, command_id=change_id, signatures=(signed,))
