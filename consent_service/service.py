"""The consent service's entry points: each takes one command, calls one use case, gives its answer. No rule is here."""

from typing import Protocol

from nameko.timer import timer

from consent_service.contract import (
    approvals,
    batches,
    decisions,
    erasure,
    flags,
    ledger,
    methods,
    privacy,
    receipts,
    retention,
    subject_index,
    tiles,
)
from consent_service.domain.ports import LedgerReader, ReceiptReader
from consent_service.domain.privacy import SubjectHistories
from consent_service.usecases import afterwards
from consent_service.usecases import approvals as approving
from consent_service.usecases import batches as batching
from consent_service.usecases import decisions as deciding
from consent_service.usecases import flags as flagging
from consent_service.usecases import grants as granting
from consent_service.usecases import leases as leasing
from consent_service.usecases import privacy as privately
from consent_service.usecases.parts import Parts
from infra.kernel.rpc import Empty
from infra.messaging.nameko_ext import expose
from infra.tlog.note import b64
from infra.tlog.tiles import Tile


class Consent(Protocol):
    """What the entry points are given: the use cases' ports, and the ledger for those who only read."""

    @property
    def parts(self) -> Parts: ...
    @property
    def ledger(self) -> LedgerReader: ...
    @property
    def subjects(self) -> SubjectHistories: ...
    @property
    def receipts(self) -> ReceiptReader: ...
    def sweep(self) -> None: ...


class ConsentService:
    """``consent`` on the bus; ``bootstrap`` gives it its ``consent``."""

    name = "consent"
    consent: Consent

    @expose(methods.register_party)
    def register_party(self, command: ledger.RegisterParty) -> ledger.Recorded:
        return granting.register_party(self.consent.parts, command)

    @expose(methods.record_grant)
    def record_grant(self, command: ledger.RecordGrant) -> ledger.Recorded:
        return granting.record_grant(self.consent.parts, command)

    @expose(methods.change_grant)
    def change_grant(self, command: ledger.ChangeGrant) -> ledger.Recorded:
        return granting.change_grant(self.consent.parts, command)

    @expose(methods.request_grant)
    def request_grant(self, command: ledger.RequestGrant) -> ledger.Recorded:
        return granting.request_grant(self.consent.parts, command)

    @expose(methods.record_batch)
    def record_batch(self, command: batches.RecordBatch) -> batches.BatchRecorded:
        return batching.record_batch(self.consent.parts, command)

    @expose(methods.get_grant)
    def get_grant(self, query: methods.GetGrant) -> ledger.GrantView:
        return granting.get_grant(self.consent.parts, query)

    @expose(methods.list_grants)
    def list_grants(self, query: methods.ListGrants) -> methods.Grants:
        return granting.list_grants(self.consent.parts, query)

    @expose(methods.decide)
    def decide(self, request: decisions.DecisionRequest) -> decisions.Decision:
        return deciding.decide(self.consent.parts, request)

    @expose(methods.get_approval)
    def get_approval(self, query: approvals.GetApproval) -> approvals.PendingApproval:
        return approving.get_approval(self.consent.parts, query)

    @expose(methods.approve_use)
    def approve_use(self, command: approvals.ApproveUse) -> ledger.Recorded:
        return approving.approve_use(self.consent.parts, command)

    @expose(methods.output_standing)
    def output_standing(self, query: retention.GetOutput) -> retention.OutputStanding:
        return afterwards.output_standing(self.consent.parts, query)

    @expose(methods.due_deletions)
    def due_deletions(self, query: retention.DueQuery) -> retention.DueDeletions:
        return afterwards.due_deletions(self.consent.parts, query)

    @expose(methods.record_deletion)
    def record_deletion(self, command: retention.RecordDeletion) -> ledger.Recorded:
        return afterwards.record_deletion(self.consent.parts, command)

    @expose(methods.issue_permit)
    def issue_permit(self, command: decisions.IssuePermit) -> decisions.Permit:
        return deciding.issue_permit(self.consent.parts, command)

    @expose(methods.open_lease)
    def open_lease(self, command: decisions.OpenLease) -> decisions.Lease:
        return leasing.open_lease(self.consent.parts, command)

    @expose(methods.renew_lease)
    def renew_lease(self, command: decisions.RenewLease) -> decisions.Lease:
        return leasing.renew_lease(self.consent.parts, command)

    @expose(methods.close_lease)
    def close_lease(self, command: decisions.CloseLease) -> decisions.LeaseClosed:
        return leasing.close_lease(self.consent.parts, command)

    @expose(methods.change_flag)
    def change_flag(self, command: methods.ChangeFlag) -> methods.FlagRecorded:
        return flagging.change_flag(self.consent.parts, command)

    @expose(methods.approve_flag)
    def approve_flag(self, command: methods.ApproveFlag) -> methods.FlagRecorded:
        return flagging.approve_flag(self.consent.parts, command)

    @expose(methods.get_flags)
    def get_flags(self, _: Empty) -> methods.Flags:
        return flagging.get_flags(self.consent.parts)

    @expose(methods.evaluate_flag)
    def evaluate_flag(self, query: methods.EvaluateFlag) -> flags.FlagEvaluation:
        return flagging.evaluate_flag(self.consent.parts, query)

    @expose(methods.snapshot)
    def snapshot(self, _: Empty) -> ledger.Snapshot:
        return self.consent.parts.proofs.snapshot()

    @expose(methods.get_checkpoint)
    def get_checkpoint(self, _: Empty) -> methods.Checkpoint:
        return self.consent.ledger.latest_checkpoint()

    @expose(methods.get_entries)
    def get_entries(self, query: methods.GetEntries) -> ledger.Entries:
        return self.consent.ledger.entries(query.start, query.limit)

    @expose(methods.get_proof)
    def get_proof(self, query: methods.GetProof) -> methods.Proof:
        return self.consent.ledger.proof(index=query.index, entry_id=query.entry_id, size=query.size)

    @expose(methods.get_consistency)
    def get_consistency(self, query: methods.GetConsistency) -> methods.Consistency:
        return self.consent.ledger.consistency(query.old, query.new)

    @expose(receipts.get_receipt)
    def get_receipt(self, query: receipts.GetReceipt) -> receipts.ReceiptFile:
        return self.consent.receipts.inclusion(query.index, size=query.size, key=query.key)

    @expose(receipts.get_consistency_receipt)
    def get_consistency_receipt(self, query: receipts.GetConsistencyReceipt) -> receipts.ReceiptFile:
        return self.consent.receipts.consistency(query.old, new=query.new, key=query.key)

    @expose(methods.prove_subject)
    def prove_subject(self, query: subject_index.ProveSubject) -> subject_index.SubjectProof:
        return self.consent.subjects.prove(query)

    @expose(methods.get_subject_entries)
    def get_subject_entries(self, query: subject_index.SubjectEntries) -> ledger.Entries:
        return self.consent.subjects.entries(query)

    @expose(tiles.get_tile)
    def get_tile(self, query: tiles.GetTile) -> tiles.TileData:
        data = self.consent.ledger.tile(Tile(query.level, query.n, query.width))
        return tiles.TileData(data=b64(data))

    @expose(methods.erase_subject)
    def erase_subject(self, command: erasure.EraseSubject) -> erasure.SubjectErased:
        return privately.erase_subject(self.consent.parts, command)

    @expose(methods.get_openings)
    def get_openings(self, query: privacy.GetOpenings) -> privacy.SubjectOpenings:
        return privately.openings(self.consent.parts, query)

    @expose(methods.get_jwks)
    def get_jwks(self, _: Empty) -> methods.Jwks:
        return deciding.get_jwks(self.consent.parts)

    @timer(interval=2)  # type: ignore[untyped-decorator]  # nameko is untyped
    def sweep(self) -> None:
        self.consent.sweep()
