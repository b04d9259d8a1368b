"""The ledger's readers, on Postgres: proofs that verify, pages, tiles, and answers for what is not there."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from consent_service.store.fsck import check_in_transaction
from consent_service.store.proofs import LedgerProofs
from infra.eventlog.db import open_pool
from infra.kernel.errors import Invalid, NotFound, TooLarge
from infra.tlog.merkle import hash_leaf
from infra.tlog.proof import parse_tlog_proof, verify_tlog_proof
from infra.tlog.tiles import Tile, unpack_bundle
from tests.consent_service.ledger.running import KEY, RunningLedger, decision, pause
from tests.databases import FreshDatabase

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def filled(
    fresh_database: Callable[..., FreshDatabase], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningLedger]:
    """Genesis, 299 decisions in two batches. Tests leave its entries as they are."""
    database = fresh_database()
    path = tmp_path_factory.mktemp("filled") / "state" / "checkpoint"
    with open_pool(database.url("consent"), max_size=4) as pool:
        yield _fill(RunningLedger(database.url("consent"), pool, path, database.admin_url))


def _fill(running: RunningLedger) -> RunningLedger:
    running.append("s/1", *(decision(n=n) for n in range(150)))
    running.sequence()
    running.append("s/2", *(decision(n=n) for n in range(149)))
    running.sequence()
    return running


def test_every_entry_is_proven_against_every_checkpoint_that_covers_it(filled: RunningLedger) -> None:
    entries = filled.ledger.entries(0, 1000)
    assert (len(entries.entries), entries.size) == (300, 300)
    for entry in entries.entries[::23]:
        assert hash_leaf(entry.leaf.encode()).hex() == entry.leaf_hash
        for size in (151, 300, None):
            if size is None or entry.index < size:
                proof = filled.ledger.proof(index=entry.index, size=size)
                index, tree = verify_tlog_proof(proof.tlog_proof, entry.leaf.encode(), KEY.vkey)
                assert (index, tree.size) == (entry.index, size or 300)
    by_id = filled.ledger.proof(entry_id=entries.entries[7].envelope()["id"])
    assert parse_tlog_proof(by_id.tlog_proof).index == by_id.index == 7


def test_pages(filled: RunningLedger) -> None:
    assert [e.index for e in filled.ledger.entries(297, 10).entries] == [297, 298, 299]
    assert filled.ledger.entries(300, 10).entries == ()


def test_tiles_are_the_stored_hashes(filled: RunningLedger) -> None:
    leaves = [entry.leaf.encode() for entry in filled.ledger.entries(0, 1000).entries]
    full, partial = filled.ledger.tile(Tile(0, 0)), filled.ledger.tile(Tile(0, 1, 44))
    assert full + partial == b"".join(map(hash_leaf, leaves))
    assert len(filled.ledger.tile(Tile(1, 0, 1))) == 32
    assert unpack_bundle(filled.ledger.tile(Tile(-1, 1, 44))) == leaves[256:]
    for missing in (Tile(0, 1, 45), Tile(1, 0, 2), Tile(-1, 1, 45)):
        with pytest.raises(NotFound):
            filled.ledger.tile(missing)


def test_what_is_not_there_is_not_found(filled: RunningLedger) -> None:
    ledger = filled.ledger
    for ask in (
        lambda: ledger.proof(index=300),
        lambda: ledger.proof(index=200, size=151),
        lambda: ledger.proof(index=1, size=150),
        lambda: ledger.proof(entry_id="0198c0de-0000-7000-8000-000000000000"),
        lambda: ledger.proof(entry_id="no id"),
        ledger.proof,
        lambda: ledger.consistency(1, 301),
    ):
        with pytest.raises(NotFound):
            ask()
    with pytest.raises(Invalid):
        ledger.consistency(0, 5)


def test_an_empty_ledger_has_no_checkpoint(running: RunningLedger) -> None:
    with pytest.raises(NotFound) as caught:
        running.ledger.latest_checkpoint()
    assert caught.value.code == "consent.no_such_checkpoint"


def test_a_decision_binds_before_it_has_a_proof(running: RunningLedger) -> None:
    running.sequence()
    [event] = running.append("s", decision())
    recorded = running.ledger.await_recorded(event.id, ref="r", timeout_s=0.01)
    assert (recorded.entry_id, recorded.ref, recorded.ledger_index, recorded.proof) == (event.id, "r", None, None)
    assert running.log.run(lambda tx: tx.read("s"))[0].position is None
    running.sequence()
    recorded = running.ledger.await_recorded(event.id, ref="r", timeout_s=0)
    assert recorded.ledger_index == 1
    assert recorded.proof is not None
    assert recorded.proof.endswith(recorded.checkpoint or "-")
    assert running.log.run(lambda tx: tx.read("s"))[0].position == 1


def test_what_cannot_be_a_leaf_is_not_written(running: RunningLedger) -> None:
    with pytest.raises(TooLarge):
        running.append("s", decision(), decision(text="x" * 65_536))
    assert running.log.run(lambda tx: tx.read("s")) == []


def test_the_use_cases_port(running: RunningLedger) -> None:
    proofs = LedgerProofs(running.ledger, patience_s=0.01)
    running.sequence()
    assert (proofs.control_index(), proofs.snapshot().seq) == (-1, 0)
    [event] = running.append("flag-a", pause("allow.a"))
    assert proofs.placed(event.id) is None
    running.sequence()
    assert proofs.placed(event.id) == 1
    assert proofs.recorded(event.id, "r").ledger_index == 1
    assert proofs.control_index() == 1
    assert proofs.snapshot().flags == {"allow.a": "paused"}
    assert (proofs.state().origin, proofs.state().size) == (KEY.origin, 2)


TAMPER = {
    "a leaf": ("events", "UPDATE consent.events SET envelope = envelope || ' ' WHERE stream = 's/1' AND version = 3"),
    "a row beside its leaf": ("events", "UPDATE consent.events SET type = 'x' WHERE stream = 's/1' AND version = 3"),
    "a node": (
        "nodes",
        "UPDATE consent.nodes SET hashes = overlay(hashes PLACING sha256('x') FROM 33) WHERE level = 2 AND first = 0",
    ),
    "a row of nodes": ("nodes", "DELETE FROM consent.nodes WHERE level = 0 AND first = 32"),
    "a shortened row of nodes": (
        "nodes",
        "UPDATE consent.nodes SET hashes = substr(hashes, 1, 32) WHERE level = 0 AND first = 32",
    ),
    "a node too many": ("nodes", "INSERT INTO consent.nodes VALUES (9, 0, sha256('x'))"),
    "a root": ("checkpoints", "UPDATE consent.checkpoints SET root = sha256('x') WHERE size = 151"),
    "a note": ("checkpoints", "UPDATE consent.checkpoints SET note = 'x' WHERE size = 151"),
    "another signed note": (
        "checkpoints",
        "UPDATE consent.checkpoints o SET note = n.note FROM consent.checkpoints n WHERE n.size = 300 AND o.size = 151",
    ),
    "an order": ("event_order", "UPDATE consent.event_order SET position = 999 WHERE position = 299"),
    "an event unplaced": ("pending", "INSERT INTO consent.events VALUES (gen_random_uuid(), 'z', 1, 't', 'e')"),
    "a control entry": ("control_entries", "INSERT INTO consent.control_entries VALUES (1, 5, 'flag', 'k', 's')"),
}


@pytest.mark.parametrize("what", TAMPER)
def test_the_checker_notices_every_kind_of_damage(filled: RunningLedger, what: str) -> None:
    table, statement = TAMPER[what]
    with psycopg.connect(filled.admin_url, autocommit=True) as admin, admin.transaction(force_rollback=True):
        admin.execute("SET LOCAL search_path = consent")
        assert check_in_transaction(admin, KEY.vkey, filled.watermark.read()).problems == []
        admin.execute(f"ALTER TABLE consent.{table} DISABLE TRIGGER USER")  # type: ignore[arg-type]
        admin.execute(statement)  # type: ignore[arg-type]
        assert check_in_transaction(admin, KEY.vkey, filled.watermark.read()).problems != []


def test_the_checker_as_a_command(filled: RunningLedger) -> None:
    state = filled.path.parent.parent
    (state / "ledger").mkdir()
    (state / "ledger" / "checkpoint").write_text(filled.watermark.read() or "")
    environment = {"ASSENT_DATABASE_URL": filled.url, "ASSENT_STATE_DIR": str(state)}
    command = [sys.executable, "-m", "consent_service.store.fsck"]
    found = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (found.returncode, found.stdout, found.stderr) == (0, "300 entries, 0 problems\n", "")
    (state / "ledger" / "checkpoint").write_text("another note\n")
    found = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert found.returncode == 1


GREEN = """
import eventlet
eventlet.monkey_patch()
import sys, time
from consent_service.store.ledger import Ledger
from infra.eventlog.db import open_pool
import psycopg
assert psycopg.waiting.wait.__name__ == "wait_select"
ticks = 0
def tick():
    global ticks
    while True:
        ticks += 1
        eventlet.sleep(0.005)
with open_pool(sys.argv[1]) as pool:
    ledger = Ledger(pool)
    eventlet.spawn(tick)
    waiters = [eventlet.spawn(ledger.await_recorded, sys.argv[2], ref="r", timeout_s=0.5) for _ in range(10)]
    started = time.monotonic()
    found = [waiter.wait().ledger_index for waiter in waiters]
    print(found, time.monotonic() - started < 2, ticks > 20)
"""


def test_waiting_does_not_block_a_green_process(running: RunningLedger) -> None:
    [event] = running.append("late", decision())
    environment = {"PSYCOPG_WAIT_FUNC": "wait_select", "PYTHONWARNINGS": "ignore"}
    found = subprocess.run(
        [sys.executable, "-c", GREEN, running.url, event.id],
        env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert found.stdout.strip() == f"{[None] * 10} True True", found.stderr
