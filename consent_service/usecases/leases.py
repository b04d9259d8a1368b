"""Leases: opened, kept alive and closed through the publish gate, each in one transaction.

Locks are taken in one order everywhere: job, grants by id, flags by key. Whoever changes a grant or a flag needs its
row exclusively, so either its commit comes first and the rule below sees it, or ours does and it waits for us.
"""

from datetime import timedelta
from functools import partial
from typing import Any

from consent_service.contract.decisions import CloseLease, Lease, LeaseClosed, OpenLease, RenewLease
from consent_service.contract.permits import LEASE_CONTEXT, PermitClaims, lease_statement
from consent_service.domain import leases
from consent_service.domain.decisions import World, refusal
from consent_service.domain.leases import TTL_S, JobNow, LeaseNow
from consent_service.domain.ports import Lock
from consent_service.usecases.parts import Parts
from infra.eventlog.log import Event
from infra.kernel.crypto import verify_value
from infra.kernel.errors import Conflict, Denied, Invalid, NotFound, Unavailable
from infra.kernel.ids import new_id

_TTL = timedelta(seconds=TTL_S)


def open_lease(parts: Parts, command: OpenLease) -> Lease:
    """Start the use of a permit.

    (1) the permit is good; (2) the caller holds the key it names; (3) grants and flags still stand, a use is left and
    a place is free, under locks; (4) ``synthesis-started`` and the consumed uses commit together: the commit point.
    """
    claims = parts.permits.verify(command.token)
    _verify_holder(claims, command.proof)
    control = parts.proofs.control_index()
    return parts.log.run(lambda tx: _open(parts, tx, claims)).view(control)


def _open(parts: Parts, tx: Any, claims: PermitClaims) -> LeaseNow:
    parts.runs.lock_job(tx, claims.sub)
    world = _world(parts, tx, claims, "update")
    job = leases.fold(tx.read(leases.stream(claims.sub)))
    running = parts.runs.running(tx, claims.grants, world.now, but=claims.sub)
    events = leases.open_lease(job, claims, new_id("lse"), world, running)
    stored = parts.append(tx, leases.stream(claims.sub), job.version, events)
    return leases.started_lease(stored[-1])


def _verify_holder(claims: PermitClaims, proof: str) -> None:
    try:
        verify_value(claims.worker_key, LEASE_CONTEXT, lease_statement(claims.jti, claims.sub), proof)
    except Invalid as error:
        raise Denied(
            "consent.wrong_worker_key", "the proof is not by the key that the permit names",
            fix="open the lease with the worker key the permit was asked for", job=claims.sub,
        ) from error  # fmt: skip


def renew_lease(parts: Parts, command: RenewLease) -> Lease:
    """Keep a lease alive while everything it stands on stands; raises Denied or Paused when it does not."""
    control = parts.proofs.control_index()

    def work(tx: Any) -> LeaseNow:
        job, lease, expires_at = _held(parts, tx, command.lease)
        leases.verify_held(job, lease, command.fence)
        world = _world(parts, tx, lease, "none")
        leases.verify_live(lease, expires_at, world.now)
        reasons = leases.standing(lease, world, opened_at=lease.opened_at)
        if reasons:
            raise refusal(reasons, lease=lease.id, job=lease.job)
        parts.runs.extend(tx, lease.id, world.now + _TTL)
        return lease

    return parts.log.run(work).view(control)


def close_lease(parts: Parts, command: CloseLease) -> LeaseClosed:
    """End a lease. ``completed`` is the publish gate: a withdrawal or pause committed before it always wins.

    Commit point: the one transaction below. A crash before it leaves the lease open and nothing published; after it
    a repeat gets the same answer. Raises Unavailable (``consent.not_placed``) when the sequencer gave the entry no
    index in time: the lease is closed all the same, ask again.
    """
    entry = parts.log.run(lambda tx: _close(parts, tx, command))
    index = parts.proofs.placed(entry.id)
    if index is None:
        raise Unavailable("consent.not_placed", "the ledger has not placed the entry yet", fix="ask again")
    return LeaseClosed(lease=command.lease, entry_id=entry.id, ledger_index=index, at=entry.at)


def _close(parts: Parts, tx: Any, command: CloseLease) -> Event:
    job, lease, expires_at = _held(parts, tx, command.lease)
    leases.verify_held(job, lease, command.fence)
    if leases.answered(lease, command):
        return _entry(tx, lease)
    world = _world(parts, tx, lease, "update")
    event = leases.close(lease, command, world, expires_at)
    return parts.append(tx, leases.stream(lease.job), job.version, [event])[0]


def sweep(parts: Parts, limit: int = 50) -> int:
    """End leases that nobody renewed, so that the ledger knows what became of each; returns how many."""
    overdue = parts.log.run(lambda tx: parts.runs.overdue(tx, parts.clock.now(), limit))
    return sum(parts.log.run(partial(_expire, parts, lease)) for lease in overdue)


def _expire(parts: Parts, lease: str, tx: Any) -> int:
    job, held, expires_at = _held(parts, tx, lease)
    now = parts.clock.now()
    if held.state != "open" or job.lease is None or job.lease.id != lease or now <= expires_at:
        return 0
    command = CloseLease(lease=lease, fence=held.fence, outcome="failed", reason="consent.lease_expired")
    event = leases.close(held, command, World(now, {}, (), {}), expires_at)
    parts.append(tx, leases.stream(held.job), job.version, [event])
    return 1


def _held(parts: Parts, tx: Any, lease: str) -> tuple[JobNow, LeaseNow, Any]:
    """The job of a lease, locked, and the lease as the job's own stream tells it."""
    found = parts.runs.lease(tx, lease)
    if found is None:
        raise NotFound("consent.unknown_lease", "no such lease", lease=lease)
    known, expires_at = found
    parts.runs.lock_job(tx, known.job)
    job = leases.fold(tx.read(leases.stream(known.job)))
    return job, job.lease if job.lease is not None and job.lease.id == lease else known, expires_at


def _entry(tx: Any, lease: LeaseNow) -> Event:
    for event in tx.read(leases.stream(lease.job)):
        if event.id == lease.closed_by:
            return event  # type: ignore[no-any-return]
    raise Conflict("consent.lease_closed", "the lease is closed already", lease=lease.id)


def _world(parts: Parts, tx: Any, lease: LeaseNow | PermitClaims, grants: Lock) -> World:
    partner = lease.partner if isinstance(lease, LeaseNow) else lease.client
    held = parts.views.grants(tx, ids=lease.grants, lock=grants) if lease.grants else []
    flags: Lock = "none" if grants == "none" else "share"
    return parts.world(tx, held, partner, lease.subjects, lock=flags, features=lease.features)
