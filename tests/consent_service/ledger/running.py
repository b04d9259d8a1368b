"""A ledger on a real database: a log to write to, a sequencer to step by hand, and a checker to satisfy."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from consent_service.contract import events as kinds
from consent_service.sequencer.process import LogKey, Sequencer
from consent_service.sequencer.watermark import Watermark
from consent_service.store.fsck import check_ledger
from consent_service.store.ledger import Ledger
from consent_service.store.ledger_log import LedgerLog
from infra.eventlog.db import Pool, open_pool
from infra.eventlog.log import Event, NewEvent
from infra.kernel.clock import FixedClock
from infra.kernel.crypto import Ed25519Signer
from tests.databases import FreshDatabase

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEY = LogKey("assent.local/ledger", Ed25519Signer.from_seed(bytes(range(32))))


def decision(**data: Any) -> NewEvent:
    return NewEvent(kinds.DECISION_MADE, data, NOON)


def pause(flag: str, state: str = "paused") -> NewEvent:
    return NewEvent(kinds.FLAG_CHANGED, {"flag": flag, "state": state}, NOON)


@dataclass
class RunningLedger:
    """``url`` is the consent role's; ``path`` holds the checkpoint outside the database; ``key`` signs."""

    url: str
    pool: Pool
    path: Path
    admin_url: str
    key: LogKey = KEY

    def __post_init__(self) -> None:
        self.log, self.ledger, self.watermark = LedgerLog(self.pool), Ledger(self.pool), Watermark(self.path)

    def append(self, stream: str, *events: NewEvent, after: int = 0) -> list[Event]:
        return self.log.run(lambda tx: tx.append(stream, expected_version=after, events=events))

    @contextmanager
    def sequencer(
        self, *, at_step: Callable[[str], None] = lambda step: None, adopt: bool = False
    ) -> Iterator[Sequencer]:
        """The active sequencer, recovered."""
        with psycopg.connect(self.url, autocommit=True) as conn:
            sequencer = Sequencer(conn, self.key, self.watermark, clock=FixedClock(NOON), at_step=at_step)
            assert sequencer.stand_by(lambda: False)
            sequencer.recover(adopt=adopt)
            yield sequencer

    def sequence(self, *, receipts: bool = False) -> int:
        """Start, drain everything, sign the root for ``receipts``, end; the checker must find nothing."""
        with self.sequencer() as sequencer:
            count = 0
            while placed := sequencer.drain():
                count += placed
            if receipts:
                sequencer._receipts.follow(sequencer._tree, sequencer._ring.prepare)
        assert self.problems() == []
        return count

    def keep(self, note: str) -> None:
        """Put a note into the file outside the database, as a restore of the database alone leaves it."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(note)

    def problems(self) -> list[str]:
        with psycopg.connect(self.url, autocommit=True) as conn:
            return check_ledger(conn, KEY.vkey, self.watermark.read()).problems

    def ids(self) -> list[str]:
        """Event ids in ledger order."""
        found = self.ledger.entries(0, 10_000)
        return [entry.envelope()["id"] for entry in found.entries]


@pytest.fixture
def fresh_ledger(
    fresh_database: Callable[..., FreshDatabase], tmp_path: Path
) -> Iterator[Callable[[], "RunningLedger"]]:
    """``fresh_ledger()`` gives an empty ledger in a database of its own."""
    with ExitStack() as stack:

        def make() -> RunningLedger:
            database = fresh_database()
            pool = stack.enter_context(open_pool(database.url("consent"), max_size=4))
            return RunningLedger(
                database.url("consent"), pool, tmp_path / database.name / "checkpoint", database.admin_url
            )

        yield make


@pytest.fixture
def running(fresh_ledger: Callable[[], RunningLedger]) -> RunningLedger:
    return fresh_ledger()
