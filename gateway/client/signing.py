"""What people sign: grants, changes of grants, changes of flags. Each is checked against what was shown before."""

import secrets
from datetime import datetime
from typing import Any

from consent_service.contract.erasure import ERASURE_CONTEXT, Erasure
from consent_service.contract.flags import APPROVAL_CONTEXT, FLAG_CONTEXT, FlagApproval, FlagChange, FlagState
from consent_service.contract.ledger import WITHDRAW_CONTEXT, GrantChange
from consent_service.contract.openings import Openings
from consent_service.contract.private import seal_change, seal_terms
from consent_service.contract.terms import GRANT_CONTEXT, NOTICE_CONTEXT, GrantTerms, notice_statement
from infra.kernel.canonical import sha256_hex
from infra.kernel.clock import parse_rfc3339, rfc3339
from infra.kernel.commitments import SALT_BYTES
from infra.kernel.crypto import Signer, b64u, sign_value, signed_bytes
from infra.kernel.errors import Invalid
from infra.kernel.ids import uuid7


def milliseconds(at: datetime) -> datetime:
    """The time as it is written: UTC, to the millisecond."""
    return parse_rfc3339(rfc3339(at))


def sign_draft(draft: dict[str, Any], signer: Signer) -> dict[str, Any]:
    """The body of ``POST /v1/grants`` for a draft.

    What is signed are the sealed terms, made here again from the terms and the openings. Refuses (``Invalid``) to sign
    when the notice is not the one the terms name, the bytes are not these terms, or the terms name another key. Where
    somebody else signs for the subject, the ledger knows their key and the terms name their handle.
    """
    terms = GrantTerms.model_validate(draft["terms"])
    openings = Openings.model_validate(draft["openings"])
    message = signed_bytes(GRANT_CONTEXT, seal_terms(terms, openings).model_dump(mode="json"))
    if sha256_hex(draft["notice"]["text"].encode()) != terms.notice.sha256:
        raise Invalid("cli.other_notice", "the notice shown is not the one these terms name")
    if draft["to_sign"]["bytes"] != b64u(message):
        raise Invalid("cli.other_bytes", "the bytes to sign are not these terms")
    if terms.subject.authority == "self" and terms.subject.public_key != b64u(signer.public):
        raise Invalid("cli.other_key", "the terms name another key than this one")
    return {
        "terms": terms.model_dump(mode="json"), "openings": openings.model_dump(mode="json"),
        "signature": b64u(signer.sign(message)), "modality_signatures": sign_modalities(terms, signer),
    }  # fmt: skip


def sign_modalities(terms: GrantTerms, signer: Signer) -> dict[str, str]:
    """The notice, signed once for each modality on its own."""
    asked = dict.fromkeys(permission.modality for permission in terms.permissions)
    return {one: sign_value(signer, NOTICE_CONTEXT, notice_statement(terms, one)) for one in asked}


def sign_grant_change(
    grant: str, action: str, reason: str, *, now: datetime, signer: Signer, **more: Any
) -> dict[str, Any]:
    """The body of ``POST /v1/grants/{grant}/changes``. The reason is signed as a commitment.

    ``more``: ``by`` (who signs, if not the subject), ``terms`` (the narrower sealed ones).
    """
    change = GrantChange.model_validate(
        {"grant": grant, "action": action, "reason": reason, "at": milliseconds(now), **more}
    )
    salts = {"/reason": b64u(secrets.token_bytes(SALT_BYTES))} if reason else {}
    openings = Openings(entry=uuid7(), salts=salts)
    sealed = seal_change(change, openings).model_dump(mode="json")
    return {
        "change": change.model_dump(mode="json"), "openings": openings.model_dump(mode="json"),
        "signature": sign_value(signer, WITHDRAW_CONTEXT, sealed),
    }  # fmt: skip


def sign_erasure(subject: str, *, by: str, reason: str, now: datetime, signer: Signer) -> dict[str, Any]:
    """The body of ``POST /v1/subjects/{subject}/erasure``."""
    erasure = Erasure.model_validate({"subject": subject, "by": by, "reason": reason, "at": milliseconds(now)})
    value = erasure.model_dump(mode="json")
    return {"erasure": value, "signature": sign_value(signer, ERASURE_CONTEXT, value)}


def sign_flag_change(change: FlagChange, signer: Signer) -> dict[str, Any]:
    """The body of ``POST /v1/flags/{flag}/changes``."""
    value = change.model_dump(mode="json")
    return {"change": value, "signature": sign_value(signer, FLAG_CONTEXT, value)}


def flag_change(
    flag: str, state: FlagState, reason: str, *, operator: str, change_id: str, now: datetime, like: dict[str, Any]
) -> FlagChange:
    """A change to ``state``; the targeting stays what the flag ``like`` says now."""
    return FlagChange.model_validate(
        {"change_id": change_id, "flag": flag, "state": state, "targeting": like["targeting"], "reason": reason,
         "operator": operator, "at": milliseconds(now)}
    )  # fmt: skip


def sign_approval(change_id: str, *, operator: str, now: datetime, signer: Signer) -> dict[str, Any]:
    """The body of ``POST /v1/flags/{flag}/approvals``."""
    value = FlagApproval(change_id=change_id, operator=operator, at=milliseconds(now)).model_dump(mode="json")
    return {"approval": value, "signature": sign_value(signer, APPROVAL_CONTEXT, value)}
