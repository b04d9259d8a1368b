"""Pre-flight decisions and the permits that stem from them."""

import secrets
from dataclasses import replace
from typing import Any

from consent_service.contract.decisions import Decision, DecisionRequest, IssuePermit, Permit
from consent_service.contract.methods import Jwks
from consent_service.contract.permits import PermitClaims
from consent_service.domain import approvals, decisions, leases, permits, records
from consent_service.domain.commitments import SALT_BYTES
from consent_service.domain.decisions import APPROVAL_NEEDED, Verdict, World
from consent_service.usecases.approvals import relied_on
from consent_service.usecases.parts import Parts, without_uses
from infra.kernel.errors import Denied, NotFound
from infra.kernel.ids import new_id


def decide(parts: Parts, request: DecisionRequest) -> Decision:
    """Allow or deny the whole output, with every reason; both are logged. The texts stay out of the ledger.

    A request that names an ``approved`` decision on the very same film uses that approval up, once.
    """
    decision, salt = new_id("dec"), secrets.token_bytes(SALT_BYTES)

    def work(tx: Any) -> tuple[Decision, str]:
        earlier = relied_on(parts, tx, request)
        world = _world(parts, tx, request)
        world = world if earlier is None else replace(world, approved=earlier.approved)
        verdict = decisions.decide(request, world)
        event = records.made(decision, request, verdict, world, salt=salt, policy=parts.policy.named())
        stored = parts.append(tx, approvals.stream(decision), 0, [event])
        parts.requests.keep(tx, decision, request, salt, verdict.allow)
        if earlier is not None and verdict.allow and earlier.approved:
            spent = approvals.spent(earlier, decision, world.now)
            parts.append(tx, approvals.stream(earlier.decision), earlier.version, [spent])
        return _answer(decision, verdict, world, parts.policy.version), stored[0].id

    answer, entry = parts.log.run(work)
    return answer.model_copy(update={"ledger_index": parts.proofs.placed(entry)})


def _answer(decision: str, verdict: Verdict, world: World, policy: str) -> Decision:
    return Decision(
        id=decision, allow=verdict.allow, reasons=verdict.reasons, grants=verdict.grants,
        flags_version=world.flags_version, ledger_index=None, at=world.now, policy=policy,
        duties=decisions.duties_of(verdict, world), waits_for=verdict.waits_for,
    )  # fmt: skip


def issue_permit(parts: Parts, command: IssuePermit) -> Permit:
    """A permit for one job, if what was decided is decided the same way now.

    Raises NotFound (``consent.unknown_decision``), Denied (``consent.decision_denied``,
    ``consent.permit_exceeds_decision``, or the reasons of today) and Paused.
    """
    ledger, jti = parts.proofs.state(), new_id("pmt")

    def work(tx: Any) -> PermitClaims:
        decided, approved = _decided(parts, tx, command.decision)
        request = permits.narrowed(decided, command)
        world = _world(parts, tx, request)
        job = leases.fold(tx.read(leases.stream(command.job)))
        spent = {grant.id for grant in world.grants} if command.kind == "release" else job.consumed
        verdict = decisions.decide(request, replace(without_uses(world, spent), approved=approved))
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


def _decided(parts: Parts, tx: Any, decision: str) -> tuple[DecisionRequest, frozenset[str]]:
    """The request of a decision that allowed, or that waited and was approved since; and whose approval it has."""
    found = parts.requests.find(tx, decision)
    if found is None:
        raise NotFound("consent.unknown_decision", "no such decision", fix="ask for a decision first", ref=decision)
    request, allowed = found
    if allowed and request.approved is None:
        return request, frozenset()
    asked = approvals.fold(tx.read(approvals.stream(request.approved if allowed and request.approved else decision)))
    if allowed:
        return request, frozenset() if asked is None else _relied(asked, decision)
    if asked is None or not asked.waits_for:
        raise Denied("consent.decision_denied", "the decision was no", fix="see its reasons", ref=decision)
    if not set(asked.waits_for) <= asked.approved:
        raise Denied(
            APPROVAL_NEEDED, "the decision waits for the subject's approval", ref=decision,
            fix="let the subject sign it", grants=sorted(set(asked.waits_for) - asked.approved),
        )  # fmt: skip
    return request, asked.approved


def _relied(asked: approvals.AskedNow, decision: str) -> frozenset[str]:
    """The approvals that a later decision has used up for itself. A subject who said no since is heard."""
    if asked.spent_by not in (None, decision):
        return frozenset()
    return asked.model_copy(update={"spent_by": None}).approved
