"""Pre-flight decisions and the permits that stem from them."""

import secrets
from dataclasses import dataclass, replace
from typing import Any

from consent_service.contract.decisions import Decision, DecisionRequest, IssuePermit, Permit
from consent_service.contract.methods import Jwks
from consent_service.contract.permits import PermitClaims
from consent_service.domain import approvals, decisions, leases, permits, records
from consent_service.domain.commitments import SALT_BYTES
from consent_service.domain.decisions import APPROVAL_NEEDED, Verdict, World
from consent_service.usecases.approvals import relied_on
from consent_service.usecases.parts import Parts, without_uses
from infra.eventlog.log import NewEvent
from infra.kernel.errors import Denied, NotFound
from infra.kernel.ids import new_id


def decide(parts: Parts, request: DecisionRequest) -> Decision:
    """Allow or deny the whole output, with every reason; both are logged. The texts stay out of the ledger.

    A request that names an ``approved`` decision on the very same film uses that approval up, once, in the transaction
    that read it. Any other decision locks nothing: it says what was true when it was made (permits and leases ask
    again), so it is written together with whatever else is being decided at that moment.
    """
    made = _Made(new_id("dec"), request, secrets.token_bytes(SALT_BYTES))
    if request.approved is not None:
        answer, entry = parts.log.run(lambda tx: _decide_by_approval(parts, tx, made))
    else:
        answer, event, _ = parts.log.run(lambda tx: _judge(parts, tx, made, None))
        [entry] = parts.log.append(
            approvals.stream(made.id), expected_version=0, events=[event],
            also=lambda tx: parts.requests.keep(tx, made.id, request, made.salt, answer.allow),
        )  # fmt: skip
    return answer.model_copy(update={"ledger_index": parts.proofs.placed(entry)})


@dataclass(frozen=True)
class _Made:
    """A decision in the making: its id, what was asked, and the salt of the commitment to its words."""

    id: str
    request: DecisionRequest
    salt: bytes


def _judge(parts: Parts, tx: Any, made: _Made, earlier: approvals.AskedNow | None) -> tuple[Decision, NewEvent, World]:
    world = _world(parts, tx, made.request)
    world = world if earlier is None else replace(world, approved=earlier.approved)
    verdict = decisions.decide(made.request, world)
    event = records.made(made.id, made.request, verdict, world, salt=made.salt, policy=parts.policy.named())
    return _answer(made.id, verdict, world, parts.policy.version), event, world


def _decide_by_approval(parts: Parts, tx: Any, made: _Made) -> tuple[Decision, str]:
    earlier = relied_on(parts, tx, made.request)
    answer, event, world = _judge(parts, tx, made, earlier)
    stored = parts.append(tx, approvals.stream(made.id), 0, [event])
    parts.requests.keep(tx, made.id, made.request, made.salt, answer.allow)
    if earlier is not None and answer.allow and earlier.approved:
        spent = approvals.spent(earlier, made.id, world.now)
        parts.append(tx, approvals.stream(earlier.decision), earlier.version, [spent])
    return answer, stored[0].id


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
