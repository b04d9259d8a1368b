"""The read models in memory, for tests: nothing is kept but lease deadlines, all else is folded on each read.

It runs on :class:`~infra.eventlog.memory.MemoryLog`, whose transactions run one at a time, so locks hold by nature.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, get_args

from consent_service.contract.decisions import DecisionRequest
from consent_service.contract.ledger import Recorded, Snapshot
from consent_service.contract.methods import ListGrants
from consent_service.contract.permits import LedgerState
from consent_service.domain import grants
from consent_service.domain.control import PERMITTING, control_of
from consent_service.domain.flags import FlagNow
from consent_service.domain.grants import GrantNow
from consent_service.domain.leases import TTL_S, LeaseNow
from consent_service.domain.outputs import OutputNow
from consent_service.domain.parties import PartyNow
from consent_service.domain.ports import Lock
from consent_service.domain.projector import Model, evolved, moves
from infra.eventlog.log import Event
from infra.eventlog.memory import MemoryLog, MemoryTransaction


def _folded(tx: MemoryTransaction) -> dict[Model, dict[str, Any]]:
    found: dict[Model, dict[str, Any]] = {model: {} for model in get_args(Model)}
    for event in (event for stream in tx.state.streams.values() for event in stream):
        for move in moves(event):
            rows = found[move.model]
            rows[move.key] = evolved(move.model, rows.get(move.key), event)
    return found


class MemoryViews:
    """Implements the ``Views`` port."""

    def apply(self, tx: MemoryTransaction, events: Sequence[Event]) -> None:
        """Nothing to do: what was appended is folded when it is read."""

    def parties(self, tx: MemoryTransaction, handles: Sequence[str], *, lock: Lock = "none") -> dict[str, PartyNow]:
        return {handle: party for handle, party in _folded(tx)["party"].items() if handle in handles}

    def grants(
        self, tx: MemoryTransaction, *, ids: Sequence[str] = (), subjects: Sequence[str] = (), lock: Lock = "none"
    ) -> list[GrantNow]:
        return [grant for grant in _grants(tx) if grant.id in ids or grant.terms.subject.handle in subjects]

    def page(self, tx: MemoryTransaction, query: ListGrants) -> list[GrantNow]:
        found = [
            grant
            for grant in _grants(tx)
            if query.partner in (None, grant.terms.grantee.partner)
            and query.subject in (None, grant.terms.subject.handle)
            and (query.after is None or grant.id < query.after)
            and (query.before is None or grant.id > query.before)
        ]
        return (found[::-1] if query.before is None else found)[: query.limit + 1]

    def flags(
        self, tx: MemoryTransaction, *, keys: Sequence[str] | None = None, lock: Lock = "none"
    ) -> dict[str, FlagNow]:
        return {key: flag for key, flag in sorted(_folded(tx)["flag"].items()) if keys is None or key in keys}


def _grants(tx: MemoryTransaction) -> Iterator[GrantNow]:
    folded = _folded(tx)
    for key in sorted(folded["grant"]):
        used = folded["use"].get(key)
        known = {"uses": used.count if used else 0, "last_used": used.last if used else None}
        yield folded["grant"][key].model_copy(update=known)


class MemoryRuns:
    """Implements the ``Runs`` port."""

    def __init__(self) -> None:
        self._deadlines: dict[str, datetime] = {}

    def lock_job(self, tx: MemoryTransaction, job: str) -> None:
        """Transactions run one at a time."""

    def lease(self, tx: MemoryTransaction, lease: str) -> tuple[LeaseNow, datetime] | None:
        found: LeaseNow | None = _folded(tx)["lease"].get(lease)
        return None if found is None else (found, self._deadline(found))

    def extend(self, tx: MemoryTransaction, lease: str, until: datetime) -> None:
        self._deadlines[lease] = until

    def running(self, tx: MemoryTransaction, grants: Sequence[str], now: datetime, *, but: str = "") -> dict[str, int]:
        found: dict[str, int] = {}
        for lease in self._open(tx):
            if self._deadline(lease) >= now and lease.job != but and lease.kind == "synthesis":
                for grant in set(lease.grants) & set(grants):
                    found[grant] = found.get(grant, 0) + 1
        return found

    def overdue(self, tx: MemoryTransaction, now: datetime, limit: int) -> list[str]:
        return [lease.id for lease in self._open(tx) if self._deadline(lease) < now][:limit]

    def _open(self, tx: MemoryTransaction) -> list[LeaseNow]:
        return [lease for lease in _folded(tx)["lease"].values() if lease.state == "open"]

    def _deadline(self, lease: LeaseNow) -> datetime:
        return self._deadlines.get(lease.id, lease.opened_at + timedelta(seconds=TTL_S))


class MemoryAftermath:
    """Implements the ``Aftermath`` port."""

    def output(self, tx: MemoryTransaction, sha256: str) -> OutputNow | None:
        found: OutputNow | None = _folded(tx)["output"].get(sha256)
        return found

    def to_recall(self, tx: MemoryTransaction, grant: str, limit: int) -> list[OutputNow]:
        standing = (one for _, one in sorted(_folded(tx)["output"].items()) if one.recalled_at is None)
        return [one for one in standing if grant in one.grants][:limit]

    def recalling(self, tx: MemoryTransaction, limit: int) -> list[str]:
        ended = (one for one in _grants(tx) if one.state == "withdrawn")
        calling = (one.id for one in ended if one.terms.revocation.effect == "recall_outputs")
        return [one for one in calling if self.to_recall(tx, one, 1)][:limit]

    def lapsing(self, tx: MemoryTransaction, now: datetime, limit: int) -> list[str]:
        known = _folded(tx)["party"]
        return [one.id for one in _grants(tx) if grants.lapse(one, known, now) is not None][:limit]

    def subjects(self, tx: MemoryTransaction, after: str, limit: int) -> list[str]:
        return sorted({one.terms.subject.handle for one in _grants(tx) if one.terms.subject.handle > after})[:limit]

    def deleted(self, tx: MemoryTransaction, subjects: Sequence[str]) -> dict[str, dict[str, datetime]]:
        return {subject: gone for subject, gone in _folded(tx)["reference"].items() if subject in subjects}


class MemoryRequests:
    """Implements the ``Requests`` port."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[DecisionRequest, bool]] = {}
        self._salts: dict[str, bytes] = {}

    def keep(self, tx: MemoryTransaction, decision: str, request: DecisionRequest, salt: bytes, allow: bool) -> None:
        self._kept[decision] = (request, allow)
        self._salts[decision] = salt

    def find(self, tx: MemoryTransaction, decision: str) -> tuple[DecisionRequest, bool] | None:
        return self._kept.get(decision)

    def salt(self, tx: MemoryTransaction, decision: str) -> bytes | None:
        return self._salts.get(decision)


class MemoryProofs:
    """Implements the ``Proofs`` port without a tree: indices and the control stream, no proofs."""

    def __init__(self, log: MemoryLog) -> None:
        self._log = log

    def recorded(self, entry: str, ref: str) -> Recorded:
        return Recorded(entry_id=entry, ref=ref, ledger_index=self.placed(entry))

    def recorded_all(self, entries: Mapping[str, str]) -> list[Recorded]:
        return [self.recorded(entry, ref) for entry, ref in entries.items()]

    def placed(self, entry: str) -> int | None:
        return next((event.position for event in self._log.history(limit=1 << 30) if event.id == entry), None)

    def state(self) -> LedgerState:
        return LedgerState(origin="memory", size=len(self._log.history(limit=1 << 30)), root="")

    def control_index(self) -> int:
        return self.snapshot().index

    def snapshot(self) -> Snapshot:
        index, seq, states = -1, 0, dict[tuple[str, str], str]()
        for event in self._log.history(limit=1 << 30):
            control = control_of(event.type, event.data)
            if control is not None and event.position is not None:
                index, seq, states[control[0], control[1]] = event.position, seq + 1, control[2]
        blocked = {at: state for at, state in states.items() if state not in PERMITTING}
        return Snapshot(
            seq=seq, index=index, flags={key: state for (kind, key), state in states.items() if kind == "flag"},
            blocked_grants={key: state for (kind, key), state in blocked.items() if kind == "grant"},
            blocked_parties={key: state for (kind, key), state in blocked.items() if kind == "party"},
        )  # fmt: skip
