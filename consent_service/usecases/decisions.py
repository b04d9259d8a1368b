"""Pre-flight decisions and the permits that stem from them."""

import secrets
from typing import Any

from consent_service.contract.decisions import Decision, DecisionRequest, IssuePermit, Permit
from consent_service.contract.methods import Jwks
from consent_service.contract.permits import PermitClaims
from consent_service.domain import decisions, leases, permits
from consent_service.domain.commitments import SALT_BYTES
from consent_service.domain.decisions import World
from consent_service.usecases.parts import Parts, without_uses
from infra.kernel.errors import Denied, NotFound
from infra.kernel.ids import new_id


def decide(parts: Parts, request: DecisionRequest) -> Decision:
    """Allow or deny the whole output, with every reason; both are logged. The words stay out of the ledger."""
    decision, salt = new_id("dec"), secrets.token_bytes(SALT_BYTES)

    def work(tx: Any) -> tuple[Decision, str]:
        world = _world(parts, tx, request)
        verdict = decisions.decide(request, world)
        event = decisions.made(decision, request, verdict, world, salt=salt)
        stored = parts.append(tx, f"decision-{decision}", 0, [event])
        parts.requests.keep(tx, decision, request, salt, verdict.allow)
        answer = Decision(
            id=decision, allow=verdict.allow, reasons=verdict.reasons, grants=verdict.grants,
            flags_version=world.flags_version, ledger_index=None, at=world.now,
        )  # fmt: skip
        return answer, stored[0].id

    answer, entry = parts.log.run(work)
    return answer.model_copy(update={"ledger_index": parts.proofs.placed(entry)})


def issue_permit(parts: Parts, command: IssuePermit) -> Permit:
    """A permit for one job, if what was decided is decided the same way now.

    Raises NotFound (``consent.unknown_decision``), Denied (``consent.decision_denied``,
    ``consent.permit_exceeds_decision``, or the reasons of today) and Paused.
    """
    ledger, jti = parts.proofs.state(), new_id("pmt")

    def work(tx: Any) -> PermitClaims:
        request = permits.narrowed(_decided(parts, tx, command.decision), command)
        world = _world(parts, tx, request)
        job = leases.fold(tx.read(leases.stream(command.job)))
        spent = {grant.id for grant in world.grants} if command.kind == "release" else job.consumed
        verdict = decisions.decide(request, without_uses(world, spent))
        if not verdict.allow:
            raise decisions.refusal(verdict.reasons, job=command.job)
        return permits.claims(
            request, command, verdict, jti=jti, now=world.now, flags_version=world.flags_version, ledger=ledger
        )

    claims = parts.log.run(work)
    return Permit(token=permits.encode(claims, parts.signer), jti=jti, expires=permits.expiry(claims))


def get_jwks(parts: Parts) -> Jwks:
    """The public keys that permits are signed with."""
    return Jwks(keys=(permits.jwk(parts.signer.public),))


def _world(parts: Parts, tx: Any, request: DecisionRequest) -> World:
    subjects = tuple(dict.fromkeys(use.subject for use in request.uses))
    grants = parts.views.grants(tx, subjects=subjects) if subjects else []
    return parts.world(tx, grants, request.partner, subjects)


def _decided(parts: Parts, tx: Any, decision: str) -> DecisionRequest:
    found = parts.requests.find(tx, decision)
    if found is None:
        raise NotFound("consent.unknown_decision", "no such decision", fix="ask for a decision first", ref=decision)
    request, allowed = found
    if not allowed:
        raise Denied("consent.decision_denied", "the decision was no", fix="see its reasons", ref=decision)
    return request
