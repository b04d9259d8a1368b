"""A small house to test in: people with keys, terms they sign, the service on memory or on Postgres."""

import secrets
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from consent_service.bootstrap import wire
from consent_service.client.permits import PermitKeys, PermitVerifier
from consent_service.contract.decisions import DecisionRequest, IssuePermit, Lease, OpenLease, Use
from consent_service.contract.flags import APPROVAL_CONTEXT, FLAG_CONTEXT, FlagApproval, FlagChange, Targeting
from consent_service.contract.ledger import WITHDRAW_CONTEXT, ChangeGrant, GrantChange, RecordGrant, RegisterParty
from consent_service.contract.methods import ApproveFlag, ChangeFlag, FlagRecorded
from consent_service.contract.openings import Openings
from consent_service.contract.permits import LEASE_CONTEXT, lease_statement
from consent_service.contract.private import private_values, seal_terms
from consent_service.contract.terms import GRANT_CONTEXT, NOTICE_CONTEXT, GrantTerms, notice_statement
from consent_service.domain.permits import jwk
from consent_service.sequencer.process import LogKey, Sequencer
from consent_service.sequencer.watermark import Watermark
from consent_service.store.openings import MemoryVault, OpenedViews
from consent_service.store.projections_memory import (
    MemoryAftermath,
    MemoryProofs,
    MemoryRequests,
    MemoryRuns,
    MemoryViews,
)
from consent_service.usecases import decisions, flags, grants, leases, policy
from consent_service.usecases.parts import Parts
from infra.eventlog.db import open_pool
from infra.eventlog.many_memory import MemoryMany
from infra.eventlog.memory import MemoryLog
from infra.kernel.clock import Clock, SystemClock
from infra.kernel.crypto import Ed25519Signer, b64u, sign_value
from infra.kernel.ids import uuid7

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
FACE, VOICE = "a" * 64, "b" * 64
OUTPUT = "c" * 64
VAULT_KEY = b"v" * 32


def command_id() -> str:
    return uuid.uuid4().hex


@dataclass
class Person:
    """Somebody with a key."""

    handle: str
    signer: Ed25519Signer = field(default_factory=Ed25519Signer.generate)

    @property
    def key(self) -> str:
        return b64u(self.signer.public)


def terms(subject: Person, now: datetime = START, /, **changes: Any) -> GrantTerms:
    """Terms that permit face and voice for one partner, changed by ``part__field`` (``limits__max_uses=3``)."""
    value: dict[str, Any] = {
        "subject": {
            "handle": subject.handle, "public_key": subject.key,
            "identity": {"method": "liveness", "assurance": "substantial", "verifier": "assent", "at": now},
        },
        "grantee": {"partner": "prt_studio"},
        "permissions": [
            {"modality": "face.image", "operation": "synthesize"},
            {"modality": "voice.clone", "operation": "synthesize"},
        ],
        "assets": [FACE, VOICE],
        "scope": {
            "purposes": ["entertainment"], "description": "a short film", "territories_allow": ["worldwide"],
            "channels": ["web"], "languages": ["en"],
        },
        "limits": {
            "not_before": now - timedelta(days=1), "not_after": now + timedelta(days=364), "max_uses": 100,
            "max_seconds": 30, "max_concurrent": 4,
        },
        "exclusions": ["sexual", "political"],
        "notice": {
            "uri": "urn:notice:1", "version": "1", "sha256": "d" * 64, "locale": "en", "presented_at": now,
            "modalities": ["face.image", "voice.clone"],
        },
        "retention": {"evidence_until": now + timedelta(days=3650)},
    }  # fmt: skip
    for path, change in changes.items():
        part, _, name = path.partition("__")
        if name:
            value[part][name] = change
        else:
            value[part] = change
    return GrantTerms.model_validate(value)


def signed_terms(agreed: GrantTerms, by: Person) -> RecordGrant:
    """Terms as their signer sends them: sealed, signed whole, and once for each modality of the notice."""
    openings = Openings(entry=uuid7(), salts={at: b64u(secrets.token_bytes(32)) for at in private_values(agreed)})
    signature = sign_value(by.signer, GRANT_CONTEXT, seal_terms(agreed, openings).model_dump(mode="json"))
    modalities = {permission.modality for permission in agreed.permissions}
    singly = {one: sign_value(by.signer, NOTICE_CONTEXT, notice_statement(agreed, one)) for one in modalities}
    return RecordGrant(
        command_id=command_id(), terms=agreed, signature=signature, openings=openings,
        modality_signatures=singly,
    )  # fmt: skip


def use(subject: Person, modality: str = "face.image", **changes: Any) -> Use:
    asset = FACE if modality.startswith("face") else VOICE
    value = {"subject": subject.handle, "modality": modality, "assets": [asset], "seconds": 4.0}
    return Use.model_validate(value | changes)


def request(*uses: Use, **changes: Any) -> DecisionRequest:
    value = {
        "partner": "prt_studio", "production": "prd_1", "uses": uses, "purpose": "entertainment",
        "territories": ["DE"], "channels": ["web"], "features": ["allow.video_generation"],
    }  # fmt: skip
    return DecisionRequest.model_validate(value | changes)


@dataclass
class House:
    """The parts, and the usual people: one subject, one vetted partner, a pausing and a resuming operator."""

    parts: Parts
    subject: Person = field(default_factory=lambda: Person("sub_ada"))
    pauser: Person = field(default_factory=lambda: Person("opr_pia"))
    resumer: Person = field(default_factory=lambda: Person("opr_rui"))
    worker: Ed25519Signer = field(default_factory=Ed25519Signer.generate)

    @property
    def now(self) -> datetime:
        return self.parts.clock.now()

    def furnish(self) -> "House":
        flags.ship_flags(self.parts)
        policy.adopt_policy(self.parts)
        self.register("subject", self.subject)
        self.register("partner", Person("prt_studio"), tier="vetted")
        self.register("operator", self.pauser, can="pause")
        self.register("operator", self.resumer, can="pause resume")
        return self

    def register(self, kind: str, person: Person, **attributes: str) -> None:
        command = RegisterParty.model_validate(
            {
                "command_id": command_id(), "kind": kind, "handle": person.handle, "public_key": person.key,
                "attributes": attributes,
            }
        )  # fmt: skip
        grants.register_party(self.parts, command)

    def signed_grant(self, agreed: GrantTerms, by: Person | None = None) -> RecordGrant:
        return signed_terms(agreed, by or self.subject)

    def grant(self, **changes: Any) -> str:
        return grants.record_grant(self.parts, self.signed_grant(terms(self.subject, self.now, **changes))).ref

    def signed_change(
        self, grant: str, action: str, by: Person | None = None, at: datetime | None = None,
        fields: dict[str, Any] | None = None,
    ) -> ChangeGrant:  # fmt: skip
        value = {"grant": grant, "action": action, "at": at or self.now, **(fields or {})}
        change = GrantChange.model_validate(value)
        signature = sign_value((by or self.subject).signer, WITHDRAW_CONTEXT, change.model_dump(mode="json"))
        return ChangeGrant(command_id=command_id(), change=change, signature=signature)

    def change_grant(self, grant: str, action: str, by: Person | None = None, **fields: Any) -> None:
        """By the subject, or by the named person as themselves."""
        named = {} if by is None else {"by": by.handle}
        grants.change_grant(self.parts, self.signed_change(grant, action, by, fields={**named, **fields}))

    def signed_flag(self, flag: str, state: str, by: Person | None = None, **targeting: Any) -> ChangeFlag:
        operator = by or self.pauser
        change = FlagChange.model_validate(
            {
                "change_id": command_id(), "flag": flag, "state": state, "reason": "for the test",
                "operator": operator.handle, "at": self.now, "targeting": Targeting(**targeting) if targeting else None,
            }
        )  # fmt: skip
        signature = sign_value(operator.signer, FLAG_CONTEXT, change.model_dump(mode="json"))
        return ChangeFlag(change=change, signature=signature)

    def set_flag(self, flag: str, state: str, by: Person | None = None, **targeting: Any) -> FlagRecorded:
        return flags.change_flag(self.parts, self.signed_flag(flag, state, by, **targeting))

    def signed_approval(self, change_id: str, by: Person | None = None) -> ApproveFlag:
        operator = by or self.resumer
        approval = FlagApproval(change_id=change_id, operator=operator.handle, at=self.now)
        signature = sign_value(operator.signer, APPROVAL_CONTEXT, approval.model_dump(mode="json"))
        return ApproveFlag(approval=approval, signature=signature)

    def approve(self, change_id: str, by: Person | None = None) -> FlagRecorded:
        return flags.approve_flag(self.parts, self.signed_approval(change_id, by))

    def permit(self, decision: str, job: str, *uses: Use, **changes: Any) -> str:
        value = {
            "decision": decision, "job": job, "uses": uses, "features": ["allow.video_generation"],
            "worker_key": b64u(self.worker.public),
        }  # fmt: skip
        return decisions.issue_permit(self.parts, IssuePermit.model_validate(value | changes)).token

    def open(self, token: str, worker: Ed25519Signer | None = None) -> Lease:
        claims = self.parts.permits.verify(token)
        proof = sign_value(worker or self.worker, LEASE_CONTEXT, lease_statement(claims.jti, claims.sub))
        return leases.open_lease(self.parts, OpenLease(token=token, proof=proof))

    def start(self, job: str, *uses: Use, **changes: Any) -> Lease:
        """Decide, permit and open in one go."""
        decision = decisions.decide(self.parts, request(*uses))
        return self.open(self.permit(decision.id, job, *uses, **changes))


def memory_parts(clock: Clock) -> Parts:
    log, signer, vault = MemoryLog(), Ed25519Signer.generate(), MemoryVault()
    permits = PermitVerifier(PermitKeys(lambda: [jwk(signer.public)]), clock)
    return Parts(
        log=log, views=OpenedViews(MemoryViews(), vault), runs=MemoryRuns(), requests=MemoryRequests(), vault=vault,
        proofs=MemoryProofs(log), permits=permits, signer=signer, clock=clock, aftermath=MemoryAftermath(),
        many=MemoryMany(),
    )  # fmt: skip


@contextmanager
def postgres_parts(url: str, clock: Clock, folder: Path) -> Iterator[Parts]:
    """The parts on a migrated database, with a sequencer at work beside them."""
    with sequencing(url, folder), open_pool(url, max_size=12) as pool:
        yield wire(pool, Ed25519Signer.generate(), clock, VAULT_KEY).parts


@contextmanager
def sequencing(url: str, folder: Path) -> Iterator[None]:
    """A sequencer in a thread of this process."""
    ended = threading.Event()
    key = LogKey("test.local/ledger", Ed25519Signer.generate())

    def work() -> None:
        with psycopg.connect(url, autocommit=True) as conn:
            sequencer = Sequencer(conn, key, Watermark(folder / "checkpoint"), clock=SystemClock())
            sequencer.stand_by(ended.is_set)
            sequencer.recover()
            sequencer.run(ended.is_set)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    yield
    ended.set()
    thread.join()
