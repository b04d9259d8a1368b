"""Leases: the running use of a permit, and the publish gate at its end.

Stream ``job-<job>``: one job holds at most one lease; opening again ends the one before and raises the fence, which
only grows, without consuming another use. Whoever holds an older fence is refused everywhere.

The rules ask one question three times, when a lease opens, is renewed and closes: :func:`standing` — does everything
it stands on still stand? The gate passes only what stands at that moment, read under locks by its caller.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import reduce
from typing import Any, Literal

from consent_service.contract import events as kinds
from consent_service.contract.decisions import CloseLease, Lease, Reason
from consent_service.contract.permits import PermitClaims, PermitDetail
from consent_service.domain.coverage import standing_faults
from consent_service.domain.decisions import World, flag_reasons, refusal
from consent_service.domain.grants import GrantNow
from infra.eventlog.log import Event, NewEvent
from infra.kernel.errors import Conflict, Denied, Invalid
from infra.kernel.rpc import Message

TTL_S = 2.0


class LeaseNow(Message):
    """A lease after its last event. ``closed_by`` is the entry that ended it; ``output`` what was let through."""

    id: str
    job: str
    fence: int
    kind: Literal["synthesis", "release"]
    permit: str
    decision: str
    partner: str
    production: str
    details: tuple[PermitDetail, ...]
    features: tuple[str, ...]
    opened_at: datetime
    state: Literal["open", "completed", "aborted", "failed"] = "open"
    output: str | None = None
    closed_by: str | None = None

    @property
    def grants(self) -> tuple[str, ...]:
        return tuple(sorted({detail.grant for detail in self.details}))

    @property
    def subjects(self) -> tuple[str, ...]:
        return tuple(sorted({detail.subject for detail in self.details}))

    def view(self, control_index: int) -> Lease:
        """The lease as its holder sees it."""
        return Lease(
            id=self.id, job=self.job, fence=self.fence, ttl_s=TTL_S, features=self.features, grants=self.grants,
            subjects=self.subjects, control_index=control_index, opened_at=self.opened_at,
        )  # fmt: skip


class JobNow(Message):
    """A job after its last event: its latest lease and the grants it has consumed a use of."""

    version: int = 0
    fence: int = 0
    consumed: frozenset[str] = frozenset()
    lease: LeaseNow | None = None


def stream(job: str) -> str:
    """The stream of a job."""
    return f"job-{job}"


def fold(events: Sequence[Event]) -> JobNow:
    """The job after all its events."""
    return reduce(evolve, events, JobNow())


def evolve(now: JobNow, event: Event) -> JobNow:
    """The job after ``event``."""
    if event.type == kinds.SYNTHESIS_STARTED:
        consumed = now.consumed | set(event.data["consumed"])
        lease = started_lease(event)
        return JobNow(version=event.version, fence=lease.fence, consumed=consumed, lease=lease)
    ended = None if now.lease is None else closed_lease(now.lease, event)
    return now.model_copy(update={"version": event.version, "lease": ended})


def started_lease(event: Event) -> LeaseNow:
    """The lease that an event of type ``synthesis-started`` opened."""
    known = {name: value for name, value in event.data.items() if name in LeaseNow.model_fields}
    return LeaseNow(id=event.data["lease"], opened_at=event.at, **known)


def closed_lease(lease: LeaseNow, event: Event) -> LeaseNow:
    """The lease after the event that ended it."""
    done = event.type in (kinds.SYNTHESIS_COMPLETED, kinds.OUTPUT_RELEASED)
    state = "completed" if done else event.data["outcome"]
    update = {"state": state, "output": event.data.get("output_sha256"), "closed_by": event.id}
    return lease.model_copy(update=update)


def standing(lease: LeaseNow | PermitClaims, world: World, *, opened_at: datetime | None = None) -> list[Reason]:
    """Every reason why what this lease stands on no longer stands; empty while all of it does.

    A withdrawal whose terms say ``stop_new`` lets a lease that was open before it (``opened_at``) finish.
    """
    partner = lease.partner if isinstance(lease, LeaseNow) else lease.client
    reasons = flag_reasons(lease.features, partner, world)
    grants = {grant.id: grant for grant in world.grants}
    for name in lease.grants:
        grant = grants.get(name)
        if grant is None:
            reasons.append(Reason(code="consent.unknown_grant", detail="no such grant", grant=name))
        elif not _may_finish(grant, opened_at):
            reasons.extend(standing_faults(grant, world.now))
            reasons.extend(_narrowed_since(lease, grant))
    for handle in (partner, *lease.subjects):
        party = world.parties.get(handle)
        if party is None or party.state != "active":
            detail = "a party is no longer active"
            reasons.append(Reason(code="consent.party_inactive", detail=detail, subject=handle))
    return reasons


def _narrowed_since(lease: LeaseNow | PermitClaims, grant: GrantNow) -> list[Reason]:
    """Whether the terms were narrowed since it was decided: only a new permit is decided under the new ones."""
    if grant.narrowed_at is None:
        return []
    decided = lease.iat if isinstance(lease, PermitClaims) else lease.opened_at.timestamp()
    if decided > grant.narrowed_at.timestamp():
        return []
    fix = "ask for a new permit"
    return [Reason(code="consent.grant_narrowed", detail="the terms were narrowed since", fix=fix, grant=grant.id)]


def _may_finish(grant: GrantNow, opened_at: datetime | None) -> bool:
    withdrawn = grant.state == "withdrawn" and grant.terms.revocation.effect == "stop_new"
    return withdrawn and opened_at is not None and grant.changed_at is not None and opened_at < grant.changed_at


def open_lease(
    job: JobNow, claims: PermitClaims, lease: str, world: World, running: Mapping[str, int]
) -> list[NewEvent]:
    """Start the use of a permit: one use of each grant is consumed, once per job. ``running`` counts the live leases
    of each grant that belong to other jobs. Raises Denied or Paused with every reason.
    """
    consumed = [] if claims.kind == "release" else [name for name in claims.grants if name not in job.consumed]
    reasons = standing(claims, world)
    for grant in world.grants:
        if grant.id in consumed and grant.uses_left < 1:
            reasons.append(_no("uses_exhausted", "no use of the grant is left", grant.id))
        if claims.kind == "synthesis" and running.get(grant.id, 0) >= grant.terms.limits.max_concurrent:
            reasons.append(_no("too_many_running", "the grant allows no more runs at the same time", grant.id))
    if reasons:
        raise refusal(reasons, job=claims.sub)
    ended = [] if job.lease is None or job.lease.state != "open" else [_superseded(job.lease, world.now)]
    return [*ended, _started(job, claims, lease, consumed, world)]


def _no(code: str, detail: str, grant: str) -> Reason:
    return Reason(code=f"consent.{code}", detail=detail, fix="wait, or ask the subject for more", grant=grant)


def _started(job: JobNow, claims: PermitClaims, lease: str, consumed: Sequence[str], world: World) -> NewEvent:
    data = {
        "lease": lease, "job": claims.sub, "fence": job.fence + 1, "kind": claims.kind, "permit": claims.jti,
        "decision": claims.decision, "partner": claims.client, "production": claims.production,
        "details": [detail.model_dump(mode="json") for detail in claims.authorization_details],
        "consumed": list(consumed), "features": list(claims.features), "flags_version": world.flags_version,
        "worker_key": claims.worker_key,
    }  # fmt: skip
    return NewEvent(kinds.SYNTHESIS_STARTED, data, world.now, actor=_worker(claims.worker_key))


def verify_held(job: JobNow, lease: LeaseNow, fence: int) -> None:
    """Return None when ``lease`` is the job's latest and ``fence`` is its fence; raises Denied otherwise."""
    if job.lease is None or job.lease.id != lease.id or fence != job.fence:
        raise Denied("consent.lease_superseded", "a later lease of this job exists", lease=lease.id, job=lease.job)


def verify_live(lease: LeaseNow, expires_at: datetime, now: datetime) -> None:
    """Return None while the lease is open and was renewed in time."""
    if lease.state != "open":
        raise Conflict("consent.lease_closed", f"the lease is {lease.state} already", lease=lease.id)
    if now > expires_at:
        raise Denied("consent.lease_expired", "the lease was not renewed in time", fix="open it again", lease=lease.id)


def answered(lease: LeaseNow, command: CloseLease) -> bool:
    """Whether this very close was carried out before (a repeat gets the first answer)."""
    return lease.state == command.outcome and lease.output == command.output_sha256


def close(lease: LeaseNow, command: CloseLease, world: World, expires_at: datetime) -> NewEvent:
    """The event that ends the lease. ``completed`` is the publish gate: raises Denied or Paused unless everything the
    lease stands on stands now. ``aborted`` and ``failed`` always pass: what stopped is recorded.
    """
    if lease.state != "open":
        raise Conflict("consent.lease_closed", f"the lease is {lease.state} already", lease=lease.id)
    if command.outcome != "completed":
        return _aborted(lease, command, world.now)
    verify_live(lease, expires_at, world.now)
    reasons = standing(lease, world, opened_at=lease.opened_at)
    if reasons:
        raise refusal(reasons, lease=lease.id, job=lease.job)
    _verify_output(lease, command)
    return _released(lease, command, world.now) if lease.kind == "release" else _completed(lease, command, world.now)


def _verify_output(lease: LeaseNow, command: CloseLease) -> None:
    if command.output_sha256 is None:
        raise Invalid("consent.output_missing", "a completed lease names its output", pointer="/output_sha256")
    longest = min((detail.max_seconds for detail in lease.details), default=None)
    if lease.kind == "synthesis" and longest is not None and command.seconds > longest + 0.5:
        raise Denied("consent.too_long", f"the permit allows {longest:g} s", fix="ask for longer takes", lease=lease.id)


def _identity(lease: LeaseNow) -> dict[str, Any]:
    return {"lease": lease.id, "job": lease.job, "fence": lease.fence, "production": lease.production}


def _completed(lease: LeaseNow, command: CloseLease, now: datetime) -> NewEvent:
    data = _identity(lease) | {"output_sha256": command.output_sha256, "seconds": command.seconds}
    return NewEvent(kinds.SYNTHESIS_COMPLETED, data, now)


def _released(lease: LeaseNow, command: CloseLease, now: datetime) -> NewEvent:
    data = _identity(lease) | {
        "output_sha256": command.output_sha256, "seconds": command.seconds, "takes": list(command.takes),
        "grants": list(lease.grants), "subjects": list(lease.subjects), "partner": lease.partner,
        "modalities": sorted({detail.modality for detail in lease.details}), "decision": lease.decision,
    }  # fmt: skip
    return NewEvent(kinds.OUTPUT_RELEASED, data, now)


def _aborted(lease: LeaseNow, command: CloseLease, now: datetime) -> NewEvent:
    data = _identity(lease) | {
        "outcome": command.outcome, "reason": command.reason, "stop_ms": command.stop_ms, "seconds": command.seconds,
    }  # fmt: skip
    return NewEvent(kinds.SYNTHESIS_ABORTED, data, now)


def _superseded(lease: LeaseNow, now: datetime) -> NewEvent:
    command = CloseLease(lease=lease.id, fence=lease.fence, outcome="failed", reason="consent.lease_superseded")
    return _aborted(lease, command, now)


def _worker(key: str) -> dict[str, str]:
    return {"kind": "worker", "ref": key}
