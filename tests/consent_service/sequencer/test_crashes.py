"""The fault table of the ledger's commit points: killed, or told of a failure, at each step; nothing lost or twice."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from tests.consent_service.ledger.running import RunningLedger, decision

STEPS = ["taken", "intended", "committed", "filed"]
UNCOMMITTED = STEPS[:2]
CHILD = Path(__file__).with_name("child.py")
ROOT = Path(__file__).parents[3]


def run_child(running: RunningLedger, step: str, nth: int) -> int:
    command = [sys.executable, str(CHILD), running.url, str(running.path), step, str(nth)]
    return subprocess.run(command, env={"PYTHONPATH": str(ROOT)}, timeout=60, check=False).returncode


@pytest.mark.faults
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("nth", [1, 2])
def test_killed_at_a_step(running: RunningLedger, step: str, nth: int) -> None:
    """``nth`` 1 is the batch of the genesis entry, 2 the first batch of decisions."""
    written = [running.append(f"s/{n}", decision(n=n))[0].id for n in range(5)]
    assert run_child(running, step, nth) == -9
    public = running.ids()
    running.sequence()
    assert running.ids()[1:] == written, "every decision once, in commit order"
    assert running.ids()[: len(public)] == public, "what was public before the crash still stands"


@pytest.mark.parametrize("step", STEPS)
def test_told_of_a_failure_at_a_step(running: RunningLedger, step: str) -> None:
    """The step was passed, yet the process believes it failed: before the commit nothing stays, after it all does."""
    running.sequence()
    written = [running.append(f"s/{n}", decision(n=n))[0].id for n in range(3)]

    def fail(name: str) -> None:
        if name == step:
            raise psycopg.OperationalError("the connection was lost")

    with pytest.raises(psycopg.OperationalError), running.sequencer(at_step=fail) as sequencer:
        sequencer.drain()
    assert len(running.ids()) == (1 if step in UNCOMMITTED else 4)
    assert running.sequence() == (3 if step == "taken" else 0), "what was intended is made at the start"
    assert running.ids()[1:] == written


def test_a_new_start_catches_the_kept_checkpoint_up(running: RunningLedger) -> None:
    running.sequence()
    running.append("s", decision())
    before = running.watermark.read()

    def fail(name: str) -> None:
        if name == "committed":
            raise psycopg.OperationalError("the connection was lost")

    with pytest.raises(psycopg.OperationalError), running.sequencer(at_step=fail) as sequencer:
        sequencer.drain()
    assert running.watermark.read() == before, "the file is one batch behind"
    running.sequence()
    assert running.watermark.read() == running.ledger.latest_checkpoint().note


def test_the_connection_lost_in_mid_batch_leaves_the_batch_waiting(
    running: RunningLedger, fresh_ledger: Callable[[], RunningLedger]
) -> None:
    running.sequence()
    running.append("s", decision())

    def cut(name: str) -> None:
        if name == "intended":
            with psycopg.connect(running.admin_url, autocommit=True) as admin:
                admin.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND query LIKE '%FROM pending%' AND pid <> pg_backend_pid()"
                )

    with pytest.raises(psycopg.OperationalError), running.sequencer(at_step=cut) as sequencer:
        sequencer.drain()
    running.sequence()
    assert len(running.ids()) == 2, "made at the start, as it was intended"
