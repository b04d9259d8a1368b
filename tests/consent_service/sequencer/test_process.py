"""The sequencer as it really runs: its own process, its settings, its exit codes, and a database that goes away."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from consent_service.sequencer.watermark import Watermark
from infra.kernel.crypto import Ed25519Signer
from infra.tlog.checkpoint import SignedTree, sign_checkpoint
from tests.consent_service.ledger.running import KEY, RunningLedger, decision

ROOT = Path(__file__).parents[3]


@pytest.fixture
def state(running: RunningLedger) -> Path:
    """A state folder with the log's key."""
    folder = running.path.parent / "state"
    (folder / "secrets").mkdir(parents=True)
    signer = KEY.signer
    assert isinstance(signer, Ed25519Signer)
    (folder / "secrets" / "ledger.seed").write_bytes(signer.seed())
    return folder


@contextmanager
def process(running: RunningLedger, state: Path) -> Iterator["subprocess.Popen[str]"]:
    settings = {"ASSENT_DATABASE_URL": running.url, "ASSENT_STATE_DIR": str(state)}
    command = [sys.executable, "-m", "consent_service.sequencer"]
    with subprocess.Popen(
        command, cwd=ROOT, env=os.environ | settings, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as started:
        try:
            yield started
        finally:
            started.terminate()


def proven(running: RunningLedger, stream: str) -> int | None:
    [event] = running.append(stream, decision())
    return running.ledger.await_recorded(event.id, ref="r", timeout_s=20).ledger_index


@pytest.mark.faults
def test_it_goes_on_when_its_connection_was_lost(running: RunningLedger, state: Path) -> None:
    with process(running, state) as started:
        assert proven(running, "before") == 1
        with psycopg.connect(running.admin_url, autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        assert proven(running, "after") == 2
        started.terminate()
        assert started.wait(10) == 0
    running.watermark = Watermark(state / "ledger" / "checkpoint")
    assert running.problems() == []


@pytest.mark.faults
def test_a_standby_takes_over_when_the_active_one_is_killed(running: RunningLedger, state: Path) -> None:
    with process(running, state) as active:
        assert proven(running, "before") == 1
        with process(running, state) as standby:
            active.kill()
            assert proven(running, "after") == 2
            standby.terminate()
            assert standby.wait(10) == 0
    running.watermark = Watermark(state / "ledger" / "checkpoint")
    assert running.problems() == []


def test_it_refuses_a_database_from_the_past(running: RunningLedger, state: Path) -> None:
    newer = sign_checkpoint(SignedTree(KEY.origin, 7, bytes(32)), KEY.signer)
    Watermark(state / "ledger" / "checkpoint").replace(newer)
    with process(running, state) as started:
        out, err = started.communicate(timeout=30)
    assert started.returncode == 1
    assert "consent.ledger_rolled_back" in out + err
