"""The remote methods of the consent service. The gateway and the workers know it by these alone."""

from datetime import datetime
from typing import TypeVar

from pydantic import Field

from consent_service.contract.approvals import ApproveUse, GetApproval, PendingApproval
from consent_service.contract.batches import BatchRecorded, RecordBatch
from consent_service.contract.decisions import (
    CloseLease,
    Decision,
    DecisionRequest,
    IssuePermit,
    Lease,
    LeaseClosed,
    OpenLease,
    Permit,
    RenewLease,
)
from consent_service.contract.erasure import EraseSubject, SubjectErased
from consent_service.contract.flags import Flag, FlagApproval, FlagChange, FlagEvaluation
from consent_service.contract.ledger import (
    ChangeGrant,
    Entries,
    Entry,
    GrantView,
    Recorded,
    RecordGrant,
    RegisterParty,
    RequestGrant,
    Snapshot,
)
from consent_service.contract.privacy import GetOpenings, SubjectOpenings
from consent_service.contract.retention import DueDeletions, DueQuery, GetOutput, OutputStanding, RecordDeletion
from consent_service.contract.subject_index import ProveSubject, SubjectEntries, SubjectProof
from infra.kernel.rpc import Empty, Message, Method


class ChangeFlag(Message):
    change: FlagChange
    signature: str


class ApproveFlag(Message):
    approval: FlagApproval
    signature: str


class FlagRecorded(Message):
    """``pending`` is True while a widening waits for a second operator."""

    flag: Flag
    recorded: Recorded
    pending: bool


class Flags(Message):
    flags: tuple[Flag, ...]
    version: int


class EvaluateFlag(Message):
    flag: str
    partner: str


class GetGrant(Message):
    grant: str


class ListGrants(Message):
    """Newest first; ``after`` is the id the last page ended with."""

    partner: str | None = None
    subject: str | None = None
    limit: int = Field(default=50, ge=1, le=100)
    after: str | None = None
    before: str | None = Field(default=None, description="instead of `after`: the page that ends where this one begins")


class Grants(Message):
    grants: tuple[GrantView, ...]
    has_more: bool


class GetEntries(Message):
    start: int = Field(ge=0)
    limit: int = Field(default=256, ge=1, le=1024)


class GetProof(Message):
    """By ``index`` or by ``entry_id``; the proof is against the latest checkpoint, or the one of ``size``."""

    index: int | None = Field(default=None, ge=0)
    entry_id: str | None = None
    size: int | None = Field(default=None, ge=1)


class Proof(Message):
    """``tlog_proof`` is the text of a C2SP tlog-proof file, ready to be saved as ``.tlog-proof``."""

    index: int
    tlog_proof: str


class GetConsistency(Message):
    old: int = Field(ge=1)
    new: int = Field(ge=1)


class Consistency(Message):
    """Base64 hashes (RFC 6962 §2.1.2)."""

    hashes: tuple[str, ...]


class Cosigned(Message):
    """The latest checkpoint that a quorum of witnesses has cosigned, at most as large as the latest of all.

    ``note`` is the signed note with the witnesses' lines; ``witnesses`` are their names in the log's policy and
    ``quorum`` is its rule in words. A reader decides by a policy and witness keys of its own.
    """

    note: str
    size: int
    witnesses: tuple[str, ...]
    quorum: str
    at: datetime


class Checkpoint(Message):
    """``note`` is the signed note; ``vkey`` the verifier key to pin (C2SP signed-note).

    ``cosigned`` is None where no quorum of witnesses has cosigned any checkpoint. ``key_changes`` are all entries that
    changed the log's keys: who pinned an older key follows them from there (they prove themselves).
    """

    note: str
    vkey: str
    size: int
    cosigned: Cosigned | None = None
    key_changes: tuple[Entry, ...] = ()

    def newest_note(self) -> str:
        """The latest note, with the witnesses' lines where a quorum has cosigned that very one."""
        return self.cosigned.note if self.cosigned and self.cosigned.size == self.size else self.note


class Jwks(Message):
    """The permit-signing keys, RFC 7517."""

    keys: tuple[dict[str, str], ...]


C = TypeVar("C", bound=Message)
A = TypeVar("A", bound=Message)


def _method(name: str, command: type[C], answer: type[A], deadline_s: float = 5.0) -> Method[C, A]:
    return Method("consent", name, command, answer, deadline_s)


register_party = _method("register_party", RegisterParty, Recorded)
record_grant = _method("record_grant", RecordGrant, Recorded)
change_grant = _method("change_grant", ChangeGrant, Recorded)
request_grant = _method("request_grant", RequestGrant, Recorded)
record_batch = _method("record_batch", RecordBatch, BatchRecorded, 30.0)
get_grant = _method("get_grant", GetGrant, GrantView)
list_grants = _method("list_grants", ListGrants, Grants)
decide = _method("decide", DecisionRequest, Decision)
get_approval = _method("get_approval", GetApproval, PendingApproval)
approve_use = _method("approve_use", ApproveUse, Recorded)
output_standing = _method("output_standing", GetOutput, OutputStanding, 2.0)
due_deletions = _method("due_deletions", DueQuery, DueDeletions)
record_deletion = _method("record_deletion", RecordDeletion, Recorded)
issue_permit = _method("issue_permit", IssuePermit, Permit)
open_lease = _method("open_lease", OpenLease, Lease)
renew_lease = _method("renew_lease", RenewLease, Lease, 1.0)
close_lease = _method("close_lease", CloseLease, LeaseClosed)
change_flag = _method("change_flag", ChangeFlag, FlagRecorded)
approve_flag = _method("approve_flag", ApproveFlag, FlagRecorded)
get_flags = _method("get_flags", Empty, Flags)
evaluate_flag = _method("evaluate_flag", EvaluateFlag, FlagEvaluation)
snapshot = _method("snapshot", Empty, Snapshot)
get_checkpoint = _method("get_checkpoint", Empty, Checkpoint)
get_entries = _method("get_entries", GetEntries, Entries)
get_proof = _method("get_proof", GetProof, Proof)
get_consistency = _method("get_consistency", GetConsistency, Consistency)
get_jwks = _method("get_jwks", Empty, Jwks)
prove_subject = _method("prove_subject", ProveSubject, SubjectProof, 8.0)
get_subject_entries = _method("get_subject_entries", SubjectEntries, Entries)
erase_subject = _method("erase_subject", EraseSubject, SubjectErased)
get_openings = _method("get_openings", GetOpenings, SubjectOpenings)
