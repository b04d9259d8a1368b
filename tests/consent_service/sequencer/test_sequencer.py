"""The sequencer: gapless order, one checkpoint per batch, control entries, one active process, refusals to sign."""

import threading
from collections.abc import Callable

import psycopg
import pytest

from consent_service.contract import events as kinds
from consent_service.sequencer.process import BATCH_LIMIT, LogKey, Sequencer
from infra.eventlog.log import NewEvent
from infra.kernel.clock import FixedClock
from infra.kernel.crypto import Ed25519Signer
from infra.kernel.errors import Internal
from infra.messaging.ranges import facts_of
from infra.tlog.checkpoint import open_checkpoint
from infra.tlog.merkle import verify_consistency
from infra.tlog.note import unb64
from infra.tlog.proof import verify_tlog_proof
from tests.consent_service.ledger.running import KEY, NOON, RunningLedger, decision, pause


def test_a_new_ledger_begins_with_its_policy_and_keys(running: RunningLedger) -> None:
    assert running.sequence() == 0
    [genesis] = running.ledger.entries(0, 10).entries
    envelope = genesis.envelope()
    assert (envelope["type"], envelope["stream"], envelope["version"]) == ("consent.genesis.v1", "ledger", 1)
    assert envelope["data"]["keys"] == {"log": str(KEY.vkey)}
    assert running.sequence() == 0, "a second start writes no second genesis"
    assert running.ledger.latest_checkpoint().vkey == str(KEY.vkey)


def test_entries_stand_in_commit_order_with_one_checkpoint_per_batch(running: RunningLedger) -> None:
    running.append("early", decision())
    running.sequence()
    first = running.ledger.latest_checkpoint()
    ids = [event.id for n in range(3) for event in running.append(f"s/{n}", decision(n=n), decision(m=n))]
    assert running.sequence() == 6
    assert running.ids()[2:] == ids
    latest = running.ledger.latest_checkpoint()
    assert (first.size, latest.size) == (2, 8)
    old, new = (open_checkpoint(found.note, KEY.vkey) for found in (first, latest))
    hashes = [unb64(item) for item in running.ledger.consistency(2, 8).hashes]
    verify_consistency(2, 8, old.root, new.root, hashes)
    with psycopg.connect(running.url) as conn:
        assert conn.execute("SELECT size, previous FROM checkpoints ORDER BY size").fetchall() == [
            (1, 0),
            (2, 1),
            (8, 2),
        ]


def test_more_than_a_batch_is_drained_in_batches(running: RunningLedger) -> None:
    for part in range(3):
        running.append(f"s/{part}", *(decision(n=n) for n in range(500)))
    with running.sequencer() as sequencer:
        first, second, third = sequencer.drain(), sequencer.drain(), sequencer.drain()
    assert BATCH_LIMIT <= first < BATCH_LIMIT + 256, "whole rows of the queue, 256 events each at most"
    assert (second, third) == (1500 - first, 0)
    assert running.problems() == []
    leaf = running.ledger.entries(1200, 1).entries[0].leaf.encode()
    assert verify_tlog_proof(running.ledger.proof(index=1200).tlog_proof, leaf, KEY.vkey)[0] == 1200


def test_facts_and_control_messages_leave_with_the_batch(running: RunningLedger) -> None:
    running.sequence()
    with psycopg.connect(running.url) as conn:
        conn.execute("DELETE FROM outbox")
    running.append("flag-a", pause("allow.a"))
    running.append("s", decision(n=1))
    running.append("grant-g", decision(), after=0)
    [withdrawn] = running.append("grant-g", _withdrawn(), after=1)
    running.sequence()
    with psycopg.connect(running.url) as conn:
        rows = conn.execute("SELECT exchange, key, body FROM outbox ORDER BY seq").fetchall()
        facts = [(fact.key, fact.body) for fact in facts_of(conn, "consent", (1, 5))]
    controls = [body for exchange, _, body in rows if exchange == "consent.control"]
    assert [(c["kind"], c["seq"], c["index"], c["key"], c["state"]) for c in controls] == [
        ("flag", 1, 1, "allow.a", "paused"),
        ("grant", 2, 4, "grt_1", "withdrawn"),
    ]
    assert controls[0]["at_ms"] == NOON.timestamp() * 1000
    [(key, body)] = [(key, body) for exchange, key, body in rows if exchange == "consent.events"]
    assert (key, body) == ("", {"first": 1, "end": 5}), "one row stands for all facts of the batch"
    assert [key for key, _ in facts] == [
        kinds.FLAG_CHANGED,
        kinds.DECISION_MADE,
        kinds.DECISION_MADE,
        kinds.GRANT_WITHDRAWN,
    ]
    key, fact = facts[-1]
    assert (fact["id"], fact["type"], fact["sequence"], fact["subject"]) == (withdrawn.id, key, "4", "grant-g")
    assert fact["data"] == {"grant": "grt_1"}
    assert [row[0] for row in rows[:2]] == ["consent.control"] * 2, "guards hear first"


def _withdrawn() -> NewEvent:
    return NewEvent(kinds.GRANT_WITHDRAWN, {"grant": "grt_1"}, NOON)


def test_the_control_stream_goes_on_after_a_restart(running: RunningLedger) -> None:
    running.append("flag-a", pause("allow.a"))
    running.sequence()
    assert (running.ledger.control_head(), running.ledger.control_snapshot().seq) == ((1, 1), 1)
    running.append("flag-a", pause("allow.a", "limited"), pause("allow.b"), after=1)
    running.sequence()
    snapshot = running.ledger.control_snapshot()
    assert (snapshot.seq, snapshot.index) == (3, 3)
    assert snapshot.states == {("flag", "allow.a"): "limited", ("flag", "allow.b"): "paused"}


def test_the_control_stream_goes_on_from_batch_to_batch(running: RunningLedger) -> None:
    with running.sequencer() as sequencer:
        for n in range(3):
            running.append("flag-a", pause("allow.a"), after=n)
            assert sequencer.drain() == 1
    assert running.ledger.control_head() == (3, 3)


def test_only_one_sequencer_is_active(running: RunningLedger) -> None:
    with psycopg.connect(running.url, autocommit=True) as conn:
        standby = Sequencer(conn, KEY, running.watermark, clock=FixedClock(NOON))
        with running.sequencer():
            asked = iter([False, True])
            assert standby.stand_by(lambda: next(asked)) is False
            assert not standby.active
        assert standby.stand_by(lambda: False) is True
        standby.recover()


def test_two_that_both_believe_to_be_active_cannot_both_commit(running: RunningLedger) -> None:
    with running.sequencer() as one, psycopg.connect(running.url, autocommit=True) as conn:
        two = Sequencer(conn, KEY, running.watermark, clock=FixedClock(NOON))
        two.recover()
        running.append("s/1", decision())
        assert one.drain() == 1
        running.append("s/2", decision())
        with pytest.raises(psycopg.errors.UniqueViolation):
            two.drain()
        assert one.drain() == 1
    assert running.problems() == []


def test_a_database_behind_the_kept_checkpoint_is_not_signed(
    running: RunningLedger, fresh_ledger: Callable[[], RunningLedger]
) -> None:
    running.append("s", decision(), decision())
    running.sequence()
    for restored in (fresh_ledger(), _with_decisions(fresh_ledger(), 1)):
        restored.keep(running.watermark.read() or "")
        with pytest.raises(Internal) as caught, restored.sequencer():
            pass
        assert caught.value.code == "consent.ledger_rolled_back"


def test_another_history_of_the_same_log_is_not_signed(
    running: RunningLedger, fresh_ledger: Callable[[], RunningLedger]
) -> None:
    running.append("s", decision(n="one history"))
    running.sequence()
    for count in (1, 3):
        other = _with_decisions(fresh_ledger(), count)
        other.keep(running.watermark.read() or "")
        with pytest.raises(Internal) as caught, other.sequencer():
            pass
        assert caught.value.code == "consent.ledger_diverged"


def _with_decisions(ledger: RunningLedger, count: int) -> RunningLedger:
    """The genesis entry and ``count`` decisions."""
    ledger.append("s", *(decision(n=n) for n in range(count)))
    ledger.sequence()
    return ledger


def test_a_lost_kept_checkpoint_is_not_ignored(running: RunningLedger) -> None:
    running.sequence()
    running.path.unlink()
    running.sequence()  # the crash right after the very first commit looks the same
    running.append("s", decision())
    running.sequence()
    running.path.unlink()
    with pytest.raises(Internal) as caught, running.sequencer():
        pass
    assert caught.value.code == "consent.watermark_missing"
    with running.sequencer(adopt=True):
        pass
    assert running.watermark.read() == running.ledger.latest_checkpoint().note


def test_another_key_does_not_go_on(running: RunningLedger) -> None:
    running.sequence()
    for key in (LogKey(KEY.origin, Ed25519Signer.generate()), LogKey("another/log", KEY.signer)):
        with psycopg.connect(running.url, autocommit=True) as conn:
            with pytest.raises(Internal) as caught:
                Sequencer(conn, key, running.watermark, clock=FixedClock(NOON)).recover()
            assert caught.value.code == "consent.ledger_diverged"


def test_the_loop_drains_while_it_runs_and_wakes_from_sleep(running: RunningLedger) -> None:
    stop = threading.Event()
    with running.sequencer() as sequencer:
        thread = threading.Thread(target=sequencer.run, args=(stop.is_set,))
        thread.start()
        try:
            for n in range(20):
                [event] = running.append(f"s/{n}", decision(n=n))
                recorded = running.ledger.await_recorded(event.id, ref="r", timeout_s=5)
                assert recorded.ledger_index == n + 1
                assert recorded.proof is not None
        finally:
            stop.set()
            thread.join(5)
    assert running.problems() == []


@pytest.mark.parametrize(("awake", "urgent", "notified"), [(True, False, 0), (True, True, 1), (False, False, 1)])
def test_writers_notify_only_a_sleeping_sequencer_or_for_urgent_entries(
    running: RunningLedger, awake: bool, urgent: bool, notified: int
) -> None:
    with running.sequencer() as sequencer, psycopg.connect(running.url, autocommit=True) as ear:
        ear.execute("LISTEN ledger_pending")
        sequencer._stay_awake(awake) if awake else None
        running.append("s", pause("allow.a") if urgent else decision())
        assert len(list(ear.notifies(timeout=0.3, stop_after=1))) == notified
