"""The tamper drill: a superuser edits the ledger's database at random; each edit is refused or found.

Each edit is made on an honest ledger, checked and rolled back. First the database is asked to refuse it: the triggers
of append-only tables hold for a superuser too, and for one who plays a replica (``session_replication_role``). Then
the triggers are switched off, the edit is made, and the checker looks; where it is silent, an export of what the
database now holds is given to the offline verifier with the auditor's own copy of the key.
"""

import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psycopg

from consent_service.client.export import write_export
from consent_service.client.verify import verify_export
from consent_service.contract.methods import Checkpoint
from consent_service.indexer.process import Indexer
from consent_service.sequencer import receipts
from consent_service.store.fsck import check_in_transaction
from consent_service.store.fsck_index import check_subjects
from consent_service.store.fsck_receipts import check_receipts
from consent_service.store.fsck_views import check_views
from consent_service.store.ledger_log import LedgerLog
from infra.eventlog.db import open_pool
from infra.kernel.clock import FixedClock
from infra.kernel.errors import AssentError
from infra.tlog.note import VerifierKey, parse_vkey
from tests.consent_service.house import START, House, Person, postgres_parts, use
from tests.consent_service.ledger.running import decision
from tests.databases import FreshDatabase
from tests.faults.ledger.edits import EDITS, Edit, Nothing

APPEND_ONLY = ("events", "event_order", "nodes", "checkpoints", "control_entries", "receipt_signatures")
_REFUSED = (psycopg.IntegrityError, psycopg.DataError, psycopg.errors.InsufficientPrivilege)


@dataclass
class TamperReport:
    """One run. ``found`` counts by kind and by who noticed: ``trigger``, ``constraint``, ``fsck`` or ``verifier``.

    ``trigger`` is counted beside the others: the edit is then made all the same, with the triggers off.
    """

    seed: int
    seconds: float
    entries: int
    found: dict[str, dict[str, int]]
    undetected: list[str] = field(default_factory=list)

    @property
    def edits(self) -> int:
        return sum(count for by in self.found.values() for who, count in by.items() if who != "trigger")

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"edits": self.edits}


@dataclass(frozen=True)
class Honest:
    """What the auditor holds outside the database: the log's key and the last checkpoint."""

    vkey: VerifierKey
    kept: str


def furnish(database: FreshDatabase, folder: Path) -> Honest:
    """A ledger in which everything has happened, with events that wait and messages nobody has relayed."""
    often = patch.object(receipts, "PACE_S", 0.0)  # a root signed for receipts whenever nothing waits
    with often, postgres_parts(database.url("consent"), FixedClock(START), folder) as parts:
        house = House(parts).furnish()
        clock: Any = parts.clock
        for number in range(6):
            subject = Person(f"sub_{number}")
            house.register("subject", subject)
            house.subject = subject
            grant, _ = house.grant(), house.grant(limits__max_uses=3)
            lease = house.start(f"job_{number}", use(subject))
            clock.advance(1)
            if number % 2:
                house.change_grant(grant, ("suspend", "withdraw")[number % 3 == 0])
            if number == 4:
                house.start(lease.job, use(subject))
        for flag in ("allow.voice_clone", "allow.real_person_reference"):
            house.set_flag(flag, "paused")
        house.set_flag("allow.voice_clone", "limited", house.resumer)
        for number in range(40):
            house.parts.log.run(lambda tx, n=number: tx.append(f"s/{n}", expected_version=0, events=[decision(n=n)]))
        Indexer(house.parts.log, parts.clock).drain()
        house.register("partner", Person("prt_last"))  # answered with a proof: everything before has its index
    with open_pool(database.url("consent"), max_size=1) as pool:  # no sequencer any more: these wait
        for number in range(3):
            late = [decision(n=n) for n in range(3)]
            LedgerLog(pool).run(lambda tx, n=number, e=late: tx.append(f"late/{n}", expected_version=0, events=e))
    with psycopg.connect(database.admin_url) as conn:
        row = conn.execute("SELECT convert_from(e.envelope, 'UTF8')::jsonb #>> '{data,keys,log}' FROM consent.events e "
                           "WHERE e.stream = 'ledger'").fetchone()  # fmt: skip
        assert row is not None
        return Honest(parse_vkey(row[0]), (folder / "checkpoint").read_text(encoding="utf-8"))


def run(database: FreshDatabase, folder: Path, *, edits: int, seed: int) -> TamperReport:
    """Make ``edits`` edits, the kinds in turn, and report who noticed each."""
    began, dice = time.monotonic(), random.Random(seed)
    honest = furnish(database, folder)
    found: dict[str, dict[str, int]] = {kind: {} for kind in EDITS}
    undetected: list[str] = []
    hows = {kind: list(ways) for kind, ways in EDITS.items()}
    with psycopg.connect(database.admin_url, autocommit=True) as conn:
        conn.execute("SET search_path = consent")
        conn.execute("SET session_replication_role = replica")
        size = _verify_honest(conn, honest)
        for number in range(edits):
            kind = list(EDITS)[number % len(EDITS)]
            how = hows[kind][number // len(EDITS) % len(hows[kind])]
            by = Counter(_tamper(conn, EDITS[kind][how], honest, dice.randrange(2**31)))
            if not by.keys() - {"trigger"}:
                undetected.append(f"{kind}: {how} (edit {number})")
            for who, count in by.items():
                found[kind][who] = found[kind].get(who, 0) + count
        _verify_honest(conn, honest)
    return TamperReport(seed, time.monotonic() - began, size, found, undetected)


def _verify_honest(conn: psycopg.Connection, honest: Honest) -> int:
    """An untouched ledger is quiet; otherwise finding a thousand edits would mean nothing."""
    with conn.transaction():
        problems = _problems(conn, honest)
        row = conn.execute("SELECT count(*) FROM event_order").fetchone()
    if problems:
        raise RuntimeError(f"the honest ledger is not: {problems}")
    return int(row[0]) if row else 0


def _tamper(conn: psycopg.Connection, edit: Edit, honest: Honest, seed: int) -> Iterator[str]:
    """Who noticed the edit drawn by ``seed`` (or by the next ones, where that one changes nothing)."""
    while True:
        try:
            with conn.transaction(force_rollback=True):
                edit(conn, random.Random(seed))
        except Nothing:
            seed += 1
            continue
        except _REFUSED as error:
            if _is_trigger(error):
                yield "trigger"
        break
    with _defenceless(conn):
        try:
            with conn.transaction():
                edit(conn, random.Random(seed))
        except Nothing:
            return
        except _REFUSED:
            yield "constraint"
            return
        if _problems(conn, honest):
            yield "fsck"
        elif _export_is_refused(conn, honest):
            yield "verifier"


@contextmanager
def _defenceless(conn: psycopg.Connection) -> Iterator[None]:
    """A transaction without triggers, rolled back at its end."""
    with conn.transaction(force_rollback=True):
        for table in APPEND_ONLY:
            conn.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")  # type: ignore[call-overload]
        yield


def _is_trigger(error: Exception) -> bool:
    return isinstance(error, psycopg.errors.InsufficientPrivilege) and "append-only" in str(error)


def _problems(conn: psycopg.Connection, honest: Honest) -> list[str]:
    found = check_in_transaction(conn, honest.vkey, honest.kept).problems
    return [*found, *check_views(conn), *check_subjects(conn), *check_receipts(conn, honest.vkey)]


def _export_is_refused(conn: psycopg.Connection, honest: Honest) -> bool:
    """Whether the offline verifier refuses what the database would export now."""
    head = conn.execute("SELECT note, size FROM checkpoints ORDER BY size DESC LIMIT 1").fetchone()
    rows = conn.execute(
        "SELECT convert_from(e.envelope, 'UTF8') FROM event_order o"
        " JOIN events e ON e.id = o.event_id ORDER BY o.position"
    ).fetchall()
    if head is None:
        return True
    checkpoint = Checkpoint(note=head[0], vkey=str(honest.vkey), size=head[1])
    with tempfile.TemporaryDirectory() as folder:
        try:
            write_export([leaf for (leaf,) in rows], checkpoint, Path(folder) / "export")
        except AssentError:
            return True
        return not verify_export(Path(folder) / "export", str(honest.vkey)).ok
