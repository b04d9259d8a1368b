"""Approvals of single uses: shown to the subject, signed by it, and counted when a permit is asked for."""

from typing import Any

from consent_service.contract.approvals import ApproveUse, GetApproval, PendingApproval
from consent_service.contract.decisions import DecisionRequest
from consent_service.contract.ledger import Recorded
from consent_service.domain import approvals
from consent_service.domain.approvals import AskedNow
from consent_service.usecases.parts import Parts
from infra.kernel.canonical import digest
from infra.kernel.crypto import b64u
from infra.kernel.errors import NotFound


def get_approval(parts: Parts, query: GetApproval) -> PendingApproval:
    """A decision that waits, with all that its subjects need to see and to sign; raises NotFound."""

    def work(tx: Any) -> PendingApproval:
        asked = approvals.fold(tx.read(approvals.stream(query.decision)))
        found, salt = parts.requests.find(tx, query.decision), parts.requests.salt(tx, query.decision)
        if asked is None or found is None or salt is None or not asked.waits_for:
            raise NotFound("consent.unknown_decision", "no decision of this id waits", ref=query.decision)
        return PendingApproval(
            decision=asked.decision, partner=asked.partner, production=asked.production, grants=asked.waits_for,
            answered=asked.answered, request=found[0], request_digest=asked.request_digest,
            words_commitment=asked.words_commitment, salt=b64u(salt), entry_id=asked.entry, spent_by=asked.spent_by,
            at=asked.at,
        )  # fmt: skip

    return parts.log.run(work)


def approve_use(parts: Parts, command: ApproveUse) -> Recorded:
    """Record a subject's yes or no to a decision that waits for it."""
    approval = command.approval

    def work(tx: Any) -> dict[str, Any]:
        asked = approvals.fold(tx.read(approvals.stream(approval.decision)))
        held = parts.views.grants(tx, ids=[approval.grant])
        grant = held[0] if held else None
        who = None if grant is None else grant.terms.subject
        handles = [] if who is None else [who.handle, who.authority_ref or who.handle]
        known = parts.views.parties(tx, handles)
        event = approvals.answer(asked, grant, known, command, parts.clock.now())
        stored = parts.append(tx, approvals.stream(approval.decision), 0 if asked is None else asked.version, [event])
        return {"entry": stored[0].id, "ref": approval.decision}

    fingerprint = digest(["ApproveUse", command.model_dump(mode="json")])
    answer = parts.log.run(lambda tx: tx.once(command.command_id, fingerprint, lambda: work(tx)))
    return parts.proofs.recorded(str(answer["entry"]), str(answer["ref"]))


def relied_on(parts: Parts, tx: Any, request: DecisionRequest) -> AskedNow | None:
    """The earlier decision that a request names as approved, if it was on the very same film."""
    if request.approved is None:
        return None
    found = parts.requests.find(tx, request.approved)
    if found is None or not approvals.same_film(found[0], request):
        return None
    return approvals.fold(tx.read(approvals.stream(request.approved)))
