"""Pre-flight decisions, permits and leases: what is asked before, during and after a synthesis."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from consent_service.contract.terms import Channel, Modality, Operation, PublicKey, Purpose, Sha256, Territory
from infra.kernel.rpc import Message


class Use(Message):
    """One likeness used in one modality. ``seconds`` is the longest single take that needs it."""

    subject: str
    modality: Modality
    operation: Operation = "synthesize"
    assets: tuple[Sha256, ...] = Field(min_length=1)
    seconds: float = Field(gt=0)
    takes: int = Field(default=1, ge=1, description="how many leases this use will need")


class DecisionRequest(Message):
    """The whole fused output, asked at once: faces × voices × words × purpose × territory × marking.

    A film with stock cast only has no ``uses``; its features are still checked against the flags. ``words``,
    ``screenplay`` and ``title`` are matched and kept where they can be erased; the ledger has commitments to them.
    """

    partner: str
    production: str
    uses: tuple[Use, ...] = ()
    features: tuple[str, ...] = ("allow.video_generation", "allow.audio_generation")
    purpose: Purpose
    territories: tuple[Territory, ...] = Field(min_length=1)
    channels: tuple[Channel, ...] = Field(min_length=1)
    language: str = "en"
    project: str | None = None
    brand: str | None = None
    backend: str = "previs"
    model: str | None = None
    on_behalf_of: str | None = Field(default=None, description="for whom the partner makes it, if not for itself")
    brief_commitment: Sha256 | None = Field(default=None, description="the commitment to the brief the grant names")
    title: str = Field(default="", max_length=200)
    words: str = Field(default="", description="all spoken and shown words, for forbidden words and themes")
    screenplay: str = Field(default="", description="what is seen: headings and action, for themes and description")
    themes: tuple[str, ...] = ()
    marking_profile: Literal["none", "standard", "broadcast"] = "standard"
    approved: str | None = Field(default=None, description="an earlier decision on this very film that was approved")


class Reason(Message):
    """Why a decision is no: a stable code, plain words, a way to fix it, and what it is about."""

    code: str
    detail: str
    fix: str | None = None
    subject: str | None = None
    modality: str | None = None
    grant: str | None = None
    flag: str | None = None
    since: datetime | None = None
    change_id: str | None = None
    ledger_index: int | None = None


class DutyOwed(Message):
    """What the producer owes under one grant it uses: how to mark, what to say, when to report and take down."""

    grant: str
    marking_profile: Literal["standard", "broadcast"]
    disclosure_text: str
    compensation_ref: str | None
    report_period_days: int | None
    takedown_sla_hours: int


class Decision(Message):
    """The logged answer. ``grants`` maps ``<subject>/<modality>`` to the grant that allows it.

    ``waits_for`` names the grants whose subjects approve each use, when nothing but their approval is missing.
    """

    id: str
    allow: bool
    reasons: tuple[Reason, ...]
    grants: dict[str, str]
    flags_version: int
    ledger_index: int | None
    at: datetime
    duties: tuple[DutyOwed, ...] = ()
    waits_for: tuple[str, ...] = ()
    policy: str | None = Field(default=None, description="version of the policy it was decided under")


class IssuePermit(Message):
    """Ask for the permit of one job. It is decided again: only what the decision allowed, and still stands."""

    decision: str
    job: str
    uses: tuple[Use, ...] = ()
    features: tuple[str, ...]
    kind: Literal["synthesis", "release"] = "synthesis"
    worker_key: PublicKey


class Permit(Message):
    """A short-lived signed token (JWT ``permit+jwt``, EdDSA, at most 60 s to start)."""

    token: str
    jti: str
    expires: datetime


class OpenLease(Message):
    """Start the running use. ``proof`` signs the permit's jti with the worker key named in ``cnf``
    (context ``assent/lease/v1``, value ``{"jti", "job"}``).
    """

    token: str
    proof: str


class Lease(Message):
    """A running use. The fence only grows per job: an older fence is refused everywhere.

    ``features`` and ``grants`` are what the guard must watch while it runs; ``control_index`` is the latest control
    entry this answer has taken into account.
    """

    id: str
    job: str
    fence: int
    ttl_s: float
    features: tuple[str, ...]
    grants: tuple[str, ...]
    subjects: tuple[str, ...]
    control_index: int
    opened_at: datetime


class RenewLease(Message):
    lease: str
    fence: int


class CloseLease(Message):
    """End a use. ``completed`` passes the publish gate or raises; ``aborted`` records why and how fast it stopped."""

    lease: str
    fence: int
    outcome: Literal["completed", "aborted", "failed"]
    output_sha256: Sha256 | None = None
    seconds: float = Field(default=0.0, ge=0)
    stop_ms: float | None = Field(default=None, ge=0, description="commit of the cause to the stopped step")
    reason: str | None = None
    takes: tuple[Sha256, ...] = Field(default=(), description="for a release: the takes fused into it")


class LeaseClosed(Message):
    """The entry that ended the lease. ``ledger_index`` is the output's own entry for a released film."""

    lease: str
    entry_id: str
    ledger_index: int
    at: datetime
