"""What a subject signs to let one film use a permission that asks for approval each time."""

from datetime import datetime
from typing import Any

from consent_service.contract.approvals import USE_CONTEXT, PendingApproval, UseApproval, request_digest
from gateway.client.signing import milliseconds
from infra.kernel.commitments import commitment
from infra.kernel.crypto import Signer, sign_value, unb64u
from infra.kernel.errors import Invalid


def verify_shown(waiting: PendingApproval) -> None:
    """Return None when what is shown is what the ledger's entry is about; raises Invalid (``cli.other_request``)."""
    words = commitment(unb64u(waiting.salt), waiting.request.words, waiting.entry_id)
    if request_digest(waiting.request) != waiting.request_digest or words != waiting.words_commitment:
        raise Invalid("cli.other_request", "the request shown is not the one that the ledger's decision is about")


def sign_use(waiting: PendingApproval, grant: str, verdict: str, *, now: datetime, signer: Signer) -> dict[str, Any]:
    """The body of ``POST /v1/approvals/{decision}``."""
    said = UseApproval.model_validate(
        {
            "decision": waiting.decision, "grant": grant, "request_digest": waiting.request_digest,
            "words_commitment": waiting.words_commitment, "verdict": verdict, "at": milliseconds(now),
        }
    )  # fmt: skip
    value = said.model_dump(mode="json")
    return {"approval": value, "signature": sign_value(signer, USE_CONTEXT, value)}
