"""Changing the log's key while the log goes on: overlap, retirement, readers who hold one key, and what is refused."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from consent_service.sequencer.keys import LogKey
from consent_service.sequencer.process import Sequencer
from consent_service.sequencer.rotate import active_keys, add_key, make_key, retire_key
from consent_service.store.fsck import check_ledger
from infra.eventlog.log import NewEvent
from infra.kernel.clock import FixedClock
from infra.kernel.crypto import Ed25519Signer, Signer
from infra.kernel.errors import AssentError, Internal
from infra.tlog.checkpoint import open_checkpoint
from infra.tlog.keyset import KEY_ADDED, key_change
from infra.tlog.note import VerifierKey
from tests.consent_service.ledger.running import KEY, NOON, RunningLedger, decision
from tests.consent_service.sequencer.test_fork_protection import process, state

__all__ = ["state"]
ROOT = Path(__file__).parents[3]
CLOCK = FixedClock(NOON)
NEW = Ed25519Signer.from_seed(bytes([7]) * 32)
OLD_VKEY, NEW_VKEY = KEY.vkey, VerifierKey(KEY.origin, NEW.public)
AT_HAND: list[Signer] = [NEW]
BOTH = LogKey(KEY.origin, KEY.signer, lambda: AT_HAND)


def sequence(running: RunningLedger, key: LogKey = BOTH) -> None:
    with psycopg.connect(running.url, autocommit=True) as conn:
        sequencer = Sequencer(conn, key, running.watermark, clock=CLOCK)
        sequencer.recover()
        while sequencer.drain():
            pass
        assert check_ledger(conn, KEY.vkey, running.watermark.read()).problems == []


def opens(running: RunningLedger, vkey: VerifierKey) -> bool:
    try:
        open_checkpoint(running.ledger.latest_checkpoint().note, vkey)
    except AssentError:
        return False
    return True


def test_both_keys_sign_during_the_overlap_and_the_new_one_alone_after(running: RunningLedger) -> None:
    sequence(running)
    assert (opens(running, OLD_VKEY), opens(running, NEW_VKEY)) == (True, False), "a key at hand signs nothing yet"
    assert add_key(running.pool, BOTH, NEW, CLOCK) == NEW_VKEY
    sequence(running)
    assert (opens(running, OLD_VKEY), opens(running, NEW_VKEY)) == (True, True), "who holds either key can go on"
    running.append("s", decision())
    sequence(running)
    assert (opens(running, OLD_VKEY), opens(running, NEW_VKEY)) == (True, True)
    retire_key(running.pool, BOTH, OLD_VKEY.key_id.hex(), CLOCK)
    sequence(running)
    assert (opens(running, OLD_VKEY), opens(running, NEW_VKEY)) == (True, True), "its last signature is over its end"
    running.append("t", decision())
    sequence(running, LogKey(KEY.origin, NEW))
    assert (opens(running, OLD_VKEY), opens(running, NEW_VKEY)) == (False, True)
    assert active_keys(running.pool).active == (NEW_VKEY,)
    assert running.ledger.latest_checkpoint().vkey == str(NEW_VKEY)
    entries = [entry.envelope() for entry in running.ledger.entries(0, 10).entries]
    assert [entry["type"] for entry in entries if entry["stream"] == "ledger"] == [
        "consent.genesis.v1",
        "consent.log-key-added.v1",
        "consent.log-key-retired.v1",
    ]


def test_a_running_sequencer_takes_the_key_up_and_tells(running: RunningLedger) -> None:
    told: list[tuple[VerifierKey, ...]] = []
    with psycopg.connect(running.url, autocommit=True) as conn:
        sequencer = Sequencer(
            conn, BOTH, running.watermark, clock=CLOCK, announce=lambda keys: told.append(keys.active)
        )
        sequencer.recover()
        running.append("s", decision())
        add_key(running.pool, BOTH, NEW, CLOCK)
        running.append("t", decision())
        assert sequencer.drain() == 3
        assert told == [(OLD_VKEY,), (OLD_VKEY, NEW_VKEY)]
    assert opens(running, NEW_VKEY)


def test_a_key_that_is_not_at_hand_stops_the_signing(running: RunningLedger) -> None:
    sequence(running, KEY)
    add_key(running.pool, BOTH, NEW, CLOCK)
    before = running.ledger.latest_checkpoint().note
    for _ in range(2):
        with pytest.raises(Internal) as caught:
            sequence(running, KEY)
        assert caught.value.code == "consent.log_key_missing"
    assert running.ledger.latest_checkpoint().note == before
    sequence(running)
    with pytest.raises(Internal) as caught:
        sequence(running, KEY)
    assert caught.value.code == "consent.log_key_missing", "nor does it start without it"


def test_an_entry_that_no_active_key_signed_changes_nothing(running: RunningLedger) -> None:
    sequence(running)
    data, signatures = key_change(NEW_VKEY, NEW)
    running.append("ledger", NewEvent(KEY_ADDED, data, NOON, signatures=signatures), after=1)
    sequence(running, KEY)
    assert not opens(running, NEW_VKEY)


def test_a_checkpoint_signed_by_a_retired_key_alone_is_found(running: RunningLedger) -> None:
    sequence(running)
    add_key(running.pool, BOTH, NEW, CLOCK)
    sequence(running)
    retire_key(running.pool, BOTH, str(OLD_VKEY), CLOCK)
    sequence(running)
    running.append("s", decision())
    with psycopg.connect(running.url, autocommit=True) as conn:
        sequencer = Sequencer(conn, BOTH, running.watermark, clock=CLOCK)
        sequencer.recover()
        sequencer._ring.prepare = lambda leaves: [KEY.signer]  # type: ignore[method-assign]  # a signer gone bad
        sequencer.drain()
        problems = check_ledger(conn, KEY.vkey).problems
    assert any("is not signed by this log" in problem for problem in problems)


def test_the_last_key_is_not_retired_and_strangers_change_nothing(running: RunningLedger) -> None:
    stranger = LogKey(KEY.origin, Ed25519Signer.generate())
    for attempt in (
        lambda: add_key(running.pool, BOTH, NEW, CLOCK),
        lambda: sequence(running, KEY) or retire_key(running.pool, BOTH, str(OLD_VKEY), CLOCK),  # type: ignore[func-returns-value]
        lambda: add_key(running.pool, stranger, NEW, CLOCK),
    ):
        with pytest.raises(AssentError):
            attempt()


def test_made_keys_are_private_and_never_replaced(tmp_path: Path) -> None:
    signer = make_key(tmp_path / "keys", KEY.origin)
    [path] = (tmp_path / "keys").iterdir()
    assert path.name == f"{VerifierKey(KEY.origin, signer.public).key_id.hex()}.seed"
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (signer.seed(), 0o600)


@pytest.mark.faults
def test_the_command_rotates_a_running_log(running: RunningLedger, state: Path) -> None:
    def rotate(*arguments: str) -> str:
        settings = {"ASSENT_DATABASE_URL": running.url, "ASSENT_STATE_DIR": str(state)}
        command = [sys.executable, "-m", "consent_service.sequencer.rotate", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=os.environ | settings, capture_output=True, text=True, check=True)
        return done.stdout

    def proven(stream: str) -> None:
        [event] = running.append(stream, decision())
        assert running.ledger.await_recorded(event.id, ref="r", timeout_s=20).proof is not None

    with process(running.url, state):
        proven("before")
        added = rotate("add").split()[1]
        proven("during")
        assert rotate("show").split() == [str(OLD_VKEY), added]
        assert (state / "ledger" / "log.vkey").read_text().split() == [str(OLD_VKEY), added]
        rotate("retire", OLD_VKEY.key_id.hex())
        proven("after")
        proven("later")
        assert rotate("show").split() == [added]
        assert not opens(running, OLD_VKEY)
