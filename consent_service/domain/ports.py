"""What the use cases need from outside: read models kept in the writing transaction, and the ledger's proofs.

The read models hold folded domain states, nothing else; :mod:`consent_service.domain.projector` says which event moves
which. Adapters: memory (folds everything on each read) and Postgres (rows, with the locks that the gate needs).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, Protocol

from consent_service.contract.decisions import DecisionRequest
from consent_service.contract.ledger import Entries, Recorded, Snapshot
from consent_service.contract.methods import Checkpoint, Consistency, ListGrants, Proof
from consent_service.contract.permits import LedgerState, PermitClaims
from consent_service.contract.receipts import ReceiptFile
from consent_service.domain.flags import FlagNow
from consent_service.domain.grants import GrantNow
from consent_service.domain.leases import LeaseNow
from consent_service.domain.outputs import OutputNow
from consent_service.domain.parties import PartyNow
from infra.eventlog.log import Event
from infra.tlog.tiles import Tile

Lock = Literal["none", "share", "update"]
"""``update``: nobody else reads it under a lock until our commit; ``share``: nobody changes it until our commit."""


class Views(Protocol):
    """Parties, grants and flags as they stand. ``tx`` is the running transaction; what it applied it sees.

    Durability and errors are the transaction's. With a lock, a change committed first is always seen.
    """

    def apply(self, tx: Any, events: Sequence[Event]) -> None:
        """Bring the read models forward by events just appended in ``tx``."""
        ...

    def parties(self, tx: Any, handles: Sequence[str], *, lock: Lock = "none") -> dict[str, PartyNow]:
        """The parties among ``handles`` that exist, locked in the order of handles."""
        ...

    def grants(
        self, tx: Any, *, ids: Sequence[str] = (), subjects: Sequence[str] = (), lock: Lock = "none"
    ) -> list[GrantNow]:
        """Grants by id or by subject, ordered by id, locked in that order."""
        ...

    def page(self, tx: Any, query: ListGrants) -> list[GrantNow]:
        """At most ``query.limit + 1`` grants, newest first."""
        ...

    def flags(self, tx: Any, *, keys: Sequence[str] | None = None, lock: Lock = "none") -> dict[str, FlagNow]:
        """Flags by key (all when None), locked in key order."""
        ...


class Runs(Protocol):
    """Running leases, and what a decision was asked. Lease deadlines are not events: a lost one only ends a run."""

    def lock_job(self, tx: Any, job: str) -> None:
        """Be the only transaction that touches this job until the commit."""
        ...

    def lease(self, tx: Any, lease: str) -> tuple[LeaseNow, datetime] | None:
        """A lease and the time it is good until."""
        ...

    def extend(self, tx: Any, lease: str, until: datetime) -> None:
        """Move a lease's deadline."""
        ...

    def running(self, tx: Any, grants: Sequence[str], now: datetime, *, but: str = "") -> dict[str, int]:
        """How many live leases each grant has, leaving out those of the job ``but``."""
        ...

    def overdue(self, tx: Any, now: datetime, limit: int) -> list[str]:
        """Open leases whose deadline has passed, oldest first."""
        ...


class Aftermath(Protocol):
    """Released outputs, references that were deleted, and grants that time has caught up with."""

    def output(self, tx: Any, sha256: str) -> OutputNow | None:
        """A released output by the digest of its file."""
        ...

    def to_recall(self, tx: Any, grant: str, limit: int) -> list[OutputNow]:
        """Outputs that stand on a grant and were not called back, by digest."""
        ...

    def recalling(self, tx: Any, limit: int) -> list[str]:
        """Withdrawn grants whose terms call outputs back, with outputs left to call."""
        ...

    def lapsing(self, tx: Any, now: datetime, limit: int) -> list[str]:
        """Grants that no entry has ended although time, or an erased party, has."""
        ...

    def subjects(self, tx: Any, after: str, limit: int) -> list[str]:
        """Subjects with grants, in the order of their handles, from the one after ``after``."""
        ...

    def deleted(self, tx: Any, subjects: Sequence[str]) -> dict[str, dict[str, datetime]]:
        """When each subject's references were deleted, by digest."""
        ...


class Requests(Protocol):
    """What decisions were asked, words included: an erasable table, never the ledger."""

    def keep(self, tx: Any, decision: str, request: DecisionRequest, salt: bytes, allow: bool) -> None:
        """Keep the request of a decision with the salt (32 bytes) of the commitment to its words."""
        ...

    def find(self, tx: Any, decision: str) -> tuple[DecisionRequest, bool] | None:
        """The request of a decision and whether it was allowed."""
        ...

    def salt(self, tx: Any, decision: str) -> bytes | None:
        """The salt that opens the commitments of a decision's entry."""
        ...


class Proofs(Protocol):
    """The ledger beyond the commit: where the sequencer placed entries, and what it signed.

    Waiting never fails: an entry that is not placed in time has no index yet, and the decision binds all the same.
    """

    def recorded(self, entry: str, ref: str) -> Recorded:
        """Where an entry stands, with its proof, waiting a moment for the sequencer."""
        ...

    def recorded_all(self, entries: Mapping[str, str]) -> list[Recorded]:
        """The same for entries that were committed together, by id and ref, in that order."""
        ...

    def placed(self, entry: str) -> int | None:
        """The index of one entry, waiting a moment for the sequencer."""
        ...

    def state(self) -> LedgerState:
        """Origin, size and root of the latest checkpoint."""
        ...

    def control_index(self) -> int:
        """The index of the latest control entry, -1 before the first."""
        ...

    def snapshot(self) -> Snapshot:
        """The control stream folded up to its latest message."""
        ...


class LedgerReader(Protocol):
    """The ledger as anybody may read it. Raises NotFound for what it does not hold yet."""

    def latest_checkpoint(self) -> Checkpoint: ...
    def entries(self, start: int, limit: int) -> Entries: ...
    def proof(self, *, index: int | None = None, entry_id: str | None = None, size: int | None = None) -> Proof: ...
    def consistency(self, old: int, new: int) -> Consistency: ...
    def tile(self, tile: Tile) -> bytes: ...


class ReceiptReader(Protocol):
    """COSE receipts by what they prove. Raises NotFound for what no root has been signed for."""

    def inclusion(self, index: int, *, size: int | None = None, key: str | None = None) -> ReceiptFile: ...
    def consistency(self, old: int, *, new: int | None = None, key: str | None = None) -> ReceiptFile: ...


class PermitReader(Protocol):
    """Checks a permit token offline: type, algorithm, signature, issuer, audience, times."""

    def verify(self, token: str) -> PermitClaims:
        """The claims of a permit that is good now; raises Denied (``consent.permit_…``)."""
        ...
