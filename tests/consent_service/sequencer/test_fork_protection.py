"""What must never be signed over: a kept checkpoint that moved, a second signer, a backup, an edited row."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest

from consent_service.sequencer.watermark import Watermark
from infra.eventlog.db import open_pool
from infra.kernel.crypto import Ed25519Signer
from infra.kernel.errors import Internal
from infra.stack.processes import free_port
from infra.tlog.checkpoint import SignedTree, sign_checkpoint
from tests.consent_service.ledger.running import KEY, RunningLedger, decision

ROOT = Path(__file__).parents[3]


def note(size: int, root: bytes = bytes(32), origin: str = KEY.origin) -> str:
    return sign_checkpoint(SignedTree(origin, size, root), KEY.signer)


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(Internal) as caught:
        act()
    return caught.value.code


def edit(running: RunningLedger, statement: str) -> None:
    """As the database's superuser, past every trigger."""
    with psycopg.connect(running.admin_url, autocommit=True) as admin:
        for table in ("events", "nodes", "event_order"):
            admin.execute(f"ALTER TABLE consent.{table} DISABLE TRIGGER ALL")  # type: ignore[arg-type]
        assert admin.execute(statement).rowcount == 1  # type: ignore[arg-type]  # a statement of this file


EDIT = r"UPDATE consent.events SET envelope = envelope || '\x20'::bytea WHERE stream = 's/1'"


# --- the file ---------------------------------------------------------------------------------------------------


def test_the_kept_checkpoint_only_goes_forward(tmp_path: Path) -> None:
    kept = Watermark(tmp_path / "checkpoint")
    assert kept.read() is None
    kept.replace(note(3))
    kept.replace(note(3))
    kept.replace(note(5))
    assert refusal(lambda: kept.replace(note(4))) == "consent.ledger_rolled_back"
    assert refusal(lambda: kept.replace(note(5, bytes([1]) * 32))) == "consent.ledger_diverged"
    assert refusal(lambda: kept.replace(note(6, origin="other"))) == "consent.ledger_diverged"
    assert kept.read() == note(5)


def test_a_checkpoint_that_somebody_else_wrote_is_not_overwritten(tmp_path: Path) -> None:
    one, two = (Watermark(tmp_path / "checkpoint") for _ in range(2))
    one.replace(note(3))
    two.read()
    one.replace(note(4))
    assert refusal(lambda: two.replace(note(5))) == "consent.watermark_moved"
    assert refusal(two.verify_unmoved) == "consent.watermark_moved"
    (tmp_path / "checkpoint").unlink()
    assert refusal(lambda: one.replace(note(5))) == "consent.watermark_moved", "not even a missing one"


def test_one_process_holds_the_file(tmp_path: Path) -> None:
    one, two = (Watermark(tmp_path / "checkpoint") for _ in range(2))
    with one.held():
        assert refusal(lambda: two.held(patience_s=0.05).__enter__()) == "consent.two_signers"
    with two.held(patience_s=0.05):
        pass


def test_a_damaged_file_is_not_taken_for_none(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint"
    path.write_text("garbage")
    assert refusal(lambda: Watermark(path).replace(note(5))) == "consent.watermark_unreadable"
    path.write_bytes(b"\xff")
    assert refusal(Watermark(path).read) == "consent.watermark_unreadable"


# --- the sequencer ----------------------------------------------------------------------------------------------


def test_nothing_is_signed_once_the_file_was_changed(running: RunningLedger) -> None:
    with running.sequencer() as sequencer:
        running.append("s", decision())
        sequencer.drain()
        before = running.ledger.latest_checkpoint()
        running.keep(note(7))
        running.append("s/2", decision())
        assert refusal(sequencer.drain) == "consent.watermark_moved"
    assert running.ledger.latest_checkpoint() == before


@contextmanager
def backup_of(running: RunningLedger) -> Iterator[RunningLedger]:
    """The database as it is now, copied by the server, with the very same file outside of it."""
    source = urlsplit(running.admin_url).path.removeprefix("/")
    name = f"{source}_copy"
    with psycopg.connect(running.admin_url.replace(f"/{source}", "/postgres"), autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {source} ALLOW_CONNECTIONS false")  # type: ignore[arg-type]
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (source,))
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {source}")  # type: ignore[arg-type]
        admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")  # type: ignore[arg-type]
        admin.execute(f"ALTER DATABASE {source} ALLOW_CONNECTIONS true")  # type: ignore[arg-type]
        url, admin_url = (text.replace(f"/{source}", f"/{name}") for text in (running.url, running.admin_url))
        try:
            with open_pool(url, max_size=4) as pool:
                yield RunningLedger(url, pool, running.path, admin_url)
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]


def test_a_restored_backup_is_not_signed_whatever_it_holds_by_then(running: RunningLedger, tmp_path: Path) -> None:
    """A copy of the database from before the last checkpoint, brought back with the file left where it is."""
    running.append("s/1", decision())
    running.sequence()
    with backup_of(running) as backup:
        running.append("s/2", decision(n="after the backup"))
        running.sequence()
        for n in range(3):
            with pytest.raises(Internal) as caught, backup.sequencer():
                pass
            assert caught.value.code == "consent.ledger_rolled_back"
            backup.append(f"t/{n}", decision(n="another history"))
        backup.watermark = Watermark(tmp_path / "elsewhere" / "checkpoint")
        with backup.sequencer(adopt=True) as sequencer:
            assert sequencer.drain() == 3, "an operator who lost the file and adopts can fork: witnesses will tell"
        backup.watermark = Watermark(running.path)
        with pytest.raises(Internal) as caught, backup.sequencer():
            pass
        assert caught.value.code == "consent.ledger_diverged"


@pytest.mark.parametrize(
    "statement",
    [
        EDIT,
        "UPDATE consent.nodes SET hashes = sha256('x') WHERE level = 0 AND first = 1",
        "DELETE FROM consent.event_order WHERE position = 1",
    ],
)
def test_an_edited_ledger_is_not_signed(running: RunningLedger, statement: str) -> None:
    for n in range(3):
        running.append(f"s/{n + 1}", decision(n=n))
    running.sequence()
    edit(running, statement)
    running.append("new", decision())
    with pytest.raises(Internal) as caught, running.sequencer():
        pass
    assert caught.value.code in ("consent.entry_edited", "consent.ledger_diverged", "consent.tree_damaged")


# --- the process ------------------------------------------------------------------------------------------------


@pytest.fixture
def state(running: RunningLedger) -> Path:
    folder = running.path.parent / "state"
    (folder / "secrets").mkdir(parents=True)
    assert isinstance(KEY.signer, Ed25519Signer)
    (folder / "secrets" / "ledger.seed").write_bytes(KEY.signer.seed())
    return folder


@contextmanager
def process(url: str, state: Path, **more: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """The sequencer's process and the address of its health port."""
    port = str(free_port())
    settings = {"ASSENT_DATABASE_URL": url, "ASSENT_STATE_DIR": str(state), "ASSENT_HEALTH_PORT": port, **more}
    command = [sys.executable, "-m", "consent_service.sequencer"]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | settings, stderr=subprocess.PIPE, text=True) as started:
        try:
            yield started, f"http://127.0.0.1:{port}"
        finally:
            started.terminate()


def await_refusal(address: str) -> dict[str, bool]:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            answer = httpx.get(f"{address}/readyz", trust_env=False)
        except httpx.TransportError:
            time.sleep(0.1)
            continue
        if answer.status_code == 503 and not answer.json()["checks"]["may sign"]:
            return dict(answer.json()["checks"])
        time.sleep(0.05)
    raise TimeoutError("it did not refuse")


@pytest.mark.faults
def test_a_second_signer_on_another_database_is_refused_loudly(
    running: RunningLedger, fresh_ledger: Callable[[], RunningLedger], state: Path
) -> None:
    other = fresh_ledger()
    with process(running.url, state):
        [event] = running.append("s", decision())
        assert running.ledger.await_recorded(event.id, ref="r", timeout_s=20).ledger_index == 1
        with process(other.url, state) as (second, address):
            await_refusal(address)
            metrics = httpx.get(f"{address}/metrics", trust_env=False).text
            assert 'assent_sequencer_refused{code="consent.two_signers"} 1.0' in metrics
            second.terminate()
            _, err = second.communicate(timeout=20)
        assert second.returncode == 1
        assert "consent.two_signers" in err.splitlines()[-1]
        assert other.ledger.entries(0, 10).size == 0, "nothing was signed by the second"


@pytest.mark.faults
def test_a_row_edited_while_it_runs_ends_the_signing(running: RunningLedger, state: Path) -> None:
    with process(running.url, state, ASSENT_AUDIT_EVERY_S="0.2") as (started, address):
        [event] = running.append("s/1", decision())
        assert running.ledger.await_recorded(event.id, ref="r", timeout_s=20).ledger_index == 1
        edit(running, EDIT)
        await_refusal(address)
        before = running.ledger.latest_checkpoint().size
        running.append("s/2", decision())
        time.sleep(0.3)
        assert running.ledger.latest_checkpoint().size == before
        started.terminate()
        _, err = started.communicate(timeout=20)
        assert started.returncode == 1
        assert "consent.entry_edited" in err.splitlines()[-1]
