"""Identity on memory adapters, with a ledger registry that can be bent."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from consent_service.contract.erasure import EraseSubject, SubjectErased
from consent_service.contract.ledger import Recorded
from consent_service.contract.retention import DueDeletion, DueDeletions, DueQuery
from identity_service.domain import PartyState
from identity_service.store.files import BlobLibrary, ErasedFile
from identity_service.store.memory import MemoryDirectory, MemoryKeyring
from identity_service.store.postgres import PostgresDirectory, PostgresKeyring
from identity_service.usecases import Identity
from infra.blobs import BlobStore
from infra.eventlog.db import open_pool
from infra.eventlog.memory import MemoryLog
from infra.eventlog.postgres import PgLog
from infra.kernel.clock import FixedClock
from infra.kernel.errors import Denied, Unavailable

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


@dataclass
class Ledger:
    """A registry that counts, and fails as often as it is told to: before or after it has registered."""

    registered: list[str] = field(default_factory=list)
    fail_before: int = 0
    fail_after: int = 0
    owed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)

    def register(self, state: PartyState) -> int | None:
        if self.fail_before:
            self.fail_before -= 1
            raise Unavailable("rpc.timeout", "no answer")
        if state.id not in self.registered:
            self.registered.append(state.id)
        if self.fail_after:
            self.fail_after -= 1
            raise Unavailable("rpc.timeout", "no answer")
        return self.registered.index(state.id)

    def erase(self, command: EraseSubject) -> SubjectErased:
        if command.signature != "good":
            raise Denied("consent.bad_signature", "not signed")
        subject = command.erasure.subject
        return SubjectErased(subject=subject, recorded=Recorded(entry_id="e", ref=subject, ledger_index=7))

    def due(self, query: DueQuery) -> DueDeletions:
        """One subject a page."""
        handles = [who for who in sorted(self.owed) if who > (query.after or "")]
        found = tuple(
            DueDeletion(subject=who, assets=self.owed[who], due=NOW, grants=("grt_1",), evidence_until=None)
            for who in handles[:1]
        )
        return DueDeletions(deletions=found, more_after=handles[0] if len(handles) > 1 else None)

    def deleted(self, command_id: str, due: DueDeletion) -> int | None:
        if self.fail_before:
            self.fail_before -= 1
            raise Unavailable("rpc.timeout", "no answer")
        self.told.append(command_id)
        self.owed.pop(due.subject, None)
        return 40 + len(self.told)


@dataclass
class Permits:
    """Tokens are looked up in a table instead of verified."""

    tokens: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)

    def assets(self, token: str) -> dict[str, tuple[str, ...]]:
        return self.tokens.get(token, {})


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "blobs")


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def permits() -> Permits:
    return Permits()


@pytest.fixture(params=["memory", "postgres"])
def identity(
    request: pytest.FixtureRequest, ledger: Ledger, permits: Permits, blobs: BlobStore, tmp_path: Path
) -> Iterator[Identity]:
    """The same use cases on memory and, under the service's own database role, on Postgres."""
    master, clock = b"m" * 32, FixedClock(NOW)
    outside = (BlobLibrary(blobs), ErasedFile(tmp_path / "erased"))
    if request.param == "memory":
        yield Identity(MemoryLog(), MemoryDirectory(), MemoryKeyring(), ledger, permits, clock, master, *outside)
        return
    database = request.getfixturevalue("fresh_database")()
    pool = open_pool(database.url("identity"), max_size=2)
    log = PgLog(pool, service="identity")
    yield Identity(log, PostgresDirectory(), PostgresKeyring(master), ledger, permits, clock, master, *outside)
    pool.close()
