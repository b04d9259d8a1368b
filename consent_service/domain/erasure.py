"""Erasing a subject, decided: who may ask, and which entries say that it happened. Pure.

The ledger keeps what it holds, none of which is personal: handles, codes, digests, commitments. What dies is outside of
it, so every proof that was ever issued still verifies.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from consent_service.contract import events as kinds
from consent_service.contract.erasure import ERASURE_CONTEXT, SUBJECT_ERASED, EraseSubject
from consent_service.domain.grants import GrantNow
from consent_service.domain.parties import PartyNow
from consent_service.domain.signed import verify_signed
from infra.eventlog.log import NewEvent
from infra.kernel.errors import Denied, NotFound

_OVER = ("withdrawn", "invalidated", "expired")


def verify_asked(command: EraseSubject, subject: PartyNow | None, signer: PartyNow | None) -> dict[str, str]:
    """The ledger's record of who asked. Raises NotFound (``consent.unknown_subject``) and Denied
    (``consent.may_not_erase``, ``consent.bad_signature``).
    """
    if subject is None or subject.kind != "subject":
        raise NotFound("consent.unknown_subject", "no such subject", subject=command.erasure.subject)
    own = command.erasure.by == subject.handle
    if signer is None or not (own or (signer.kind == "operator" and signer.state == "active")):
        raise Denied(
            "consent.may_not_erase", "only the subject or an active operator has a subject erased",
            fix="sign with the subject's own key, or as an operator", ref=command.erasure.by,
        )  # fmt: skip
    return verify_signed(signer, ERASURE_CONTEXT, command.erasure, command.signature)


def erased(command: EraseSubject, subject: PartyNow, signed: dict[str, str], now: datetime) -> list[NewEvent]:
    """The two entries of the party's stream: that it was asked for, and that the party is erased for ever."""
    erasure = command.erasure.model_dump(mode="json")
    actor = {"kind": signed["role"], "ref": signed["ref"]}
    party: dict[str, Any] = {
        "handle": subject.handle, "kind": subject.kind, "public_key": subject.public_key, "attributes": {},
        "state": "erased",
    }  # fmt: skip
    asked = {"subject": subject.handle, "erasure": erasure}
    return [
        NewEvent(SUBJECT_ERASED, asked, now, actor=actor, command_id=command.command_id, signatures=(signed,)),
        NewEvent(kinds.PARTY_REGISTERED, party, now, actor=actor, command_id=command.command_id),
    ]


def ended(grants: Sequence[GrantNow], now: datetime) -> list[tuple[GrantNow, NewEvent]]:
    """Each grant that still stood, with the entry that ends it."""
    return [
        (grant, NewEvent("consent.grant-invalidated.v1", {"grant": grant.id, "reason": "subject_erased"}, now))
        for grant in grants
        if grant.state_at(now) not in _OVER
    ]
