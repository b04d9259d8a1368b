"""Statements that people sign: who signed, under which key, over exactly which bytes.

A statement is verified over the canonical bytes of the *whole* message as this service read it, so a field that was
added, dropped or reordered on the way breaks the signature. What is kept in the ledger is the statement itself, so
anybody can verify it again.
"""

from datetime import datetime, timedelta
from typing import Any

from consent_service.domain.parties import PartyNow
from infra.kernel.crypto import verify_value
from infra.kernel.errors import Denied, Invalid
from infra.kernel.rpc import Message

TOLERANCE = timedelta(minutes=10)
"""How far a signer's clock may be from ours; an older statement is taken for a replay."""


def verify_signed(signer: PartyNow, context: str, statement: Message, signature: str) -> dict[str, str]:
    """The ledger's record of a good signature of ``signer``; raises :class:`Denied` otherwise.

    ``consent.no_key`` when the party never registered a key, ``consent.bad_signature`` when it does not verify.
    """
    return verify_signed_value(signer, context, statement.model_dump(mode="json"), signature)


def verify_signed_value(signer: PartyNow, context: str, value: Any, signature: str) -> dict[str, str]:
    """The same for a statement given as its JSON value."""
    if signer.public_key is None:
        raise Denied(
            "consent.no_key", "this party has no public key on record", fix="register its key first", ref=signer.handle
        )
    try:
        verify_value(signer.public_key, context, value, signature)
    except Invalid as error:
        raise Denied(
            "consent.bad_signature",
            "the signature is not this party's over exactly this statement",
            fix=f"sign the canonical JSON of all fields in the context {context} with the registered key",
            ref=signer.handle,
        ) from error
    return {
        "role": signer.kind, "ref": signer.handle, "key": signer.public_key, "context": context, "signature": signature,
    }  # fmt: skip


def verify_fresh(at: datetime, now: datetime, *, after: datetime | None = None) -> None:
    """Refuse a statement signed too long ago, in the future, or not after the last one that took effect."""
    if at.tzinfo is None:
        raise Invalid("consent.naive_time", "a signed time needs an offset", pointer="/at")
    if abs(now - at) > TOLERANCE:
        raise Denied(
            "consent.stale_statement",
            "this statement was signed too long ago or in the future",
            fix="check the clock and sign again",
        )
    if after is not None and at <= after:
        raise Denied(
            "consent.replayed_statement", "a later statement about this already stands", fix="sign a new statement"
        )
