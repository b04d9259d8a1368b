"""Approval of each use: what waits for a subject's yes, and the signed answer.

An answer needs no API key: the subject's signature over exactly this film is the authentication.
"""

from fastapi import APIRouter

from consent_service.contract import methods as consent
from consent_service.contract.approvals import ApproveUse, GetApproval, PendingApproval, UseApproval
from consent_service.contract.ledger import Recorded
from gateway.auth import ReadsConsent, TheParts
from gateway.forms import Signature
from gateway.idempotency import TheCommand
from gateway.problems import responses
from infra.kernel.errors import Invalid, NotFound
from infra.kernel.rpc import Message

router = APIRouter(prefix="/v1/approvals", tags=["grants"])


class ApprovalForm(Message):
    """``signature`` is over ``approval``, all fields, in the context ``assent/use-approval/v1``."""

    approval: UseApproval
    signature: Signature


@router.get("/{decision}", responses=responses(403, 404))
async def get_approval(decision: str, caller: ReadsConsent, parts: TheParts) -> PendingApproval:
    """A decision that waits: the whole request to show to the subject, and what the subject signs."""
    found = await parts.rpc.call(consent.get_approval, GetApproval(decision=decision))
    if caller.partner not in {None, found.partner}:
        raise NotFound("gateway.no_such_decision", "no decision of this id waits", decision=decision)
    return found


@router.post("/{decision}", status_code=201, responses=responses(400, 404, 409, 422))
async def approve_use(decision: str, form: ApprovalForm, parts: TheParts, command: TheCommand) -> Recorded:
    """The subject's signed yes or no. After a yes, submit the same production with ``approved`` = this decision."""
    if form.approval.decision != decision:
        raise Invalid("gateway.other_decision", "the signed answer is about another decision", pointer="/approval")
    command_id = command.id_for(f"signed-by-subject-for {decision}")
    return await parts.rpc.call(
        consent.approve_use, ApproveUse(command_id=command_id, approval=form.approval, signature=form.signature)
    )
