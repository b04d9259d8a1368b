"""The consent ledger's list of parties, over RPC."""

from consent_service.contract.erasure import EraseSubject, SubjectErased
from consent_service.contract.ledger import RegisterParty
from consent_service.contract.methods import due_deletions, erase_subject, record_deletion, register_party
from consent_service.contract.retention import DueDeletion, DueDeletions, DueQuery, RecordDeletion
from identity_service.domain import PartyState
from infra.messaging.rpc.wire import Rpc


class ConsentRegistry:
    """:class:`~identity_service.domain.Registry`: one RPC, repeatable because the party's id is the command's id."""

    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    def register(self, state: PartyState) -> int | None:
        attributes = {"age_class": state.age_class} if state.kind == "subject" else {}
        if state.tier is not None:
            attributes["tier"] = state.tier
        if state.can:
            attributes["can"] = " ".join(sorted(state.can))
        command = RegisterParty(
            command_id=f"register-{state.id}", kind=state.kind, handle=state.id, public_key=state.public_key,
            attributes=attributes,
        )  # fmt: skip
        return self._rpc.call(register_party, command).ledger_index

    def erase(self, command: EraseSubject) -> SubjectErased:
        return self._rpc.call(erase_subject, command)

    def due(self, query: DueQuery) -> DueDeletions:
        return self._rpc.call(due_deletions, query)

    def deleted(self, command_id: str, due: DueDeletion) -> int | None:
        command = RecordDeletion(command_id=command_id, subject=due.subject, assets=due.assets)
        return self._rpc.call(record_deletion, command).ledger_index
