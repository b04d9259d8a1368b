"""What is written down before a commit: a database from before it is never signed, a failed commit is made again."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest

from consent_service.sequencer.intent import SLOT, Intent, IntentFile
from infra.kernel.errors import Internal
from tests.consent_service.ledger.running import RunningLedger, decision
from tests.consent_service.sequencer.test_fork_protection import backup_of

ONE = Intent((1, "old"), (3, "new"), ("a", "b"))
TWO = Intent((3, "new"), (4, "newer"), ("c",))


def test_the_intent_written_last_is_read(tmp_path: Path) -> None:
    file = IntentFile(tmp_path / "checkpoint.intent")
    assert file.read() is None
    for intent in (ONE, TWO, ONE, TWO):
        file.write(intent)
        assert IntentFile(tmp_path / "checkpoint.intent").read() == intent
    again = IntentFile(tmp_path / "checkpoint.intent")
    assert again.read() == TWO
    again.write(ONE)
    assert file.read() == ONE, "a new process goes on where the last one was"


def test_a_write_that_was_cut_short_leaves_the_intent_before(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.intent"
    file = IntentFile(path)
    file.write(ONE)
    file.write(TWO)
    whole = path.read_bytes()
    for cut in (1, 70, 90, 120):
        path.write_bytes(whole[:cut] + bytes(SLOT - cut) + whole[SLOT:])
        assert IntentFile(path).read() == ONE, "the second write is the one in the first slot"
    path.write_bytes(b"x" + bytes(SLOT - 1) + b"x" + bytes(SLOT - 1))
    with pytest.raises(Internal) as caught:
        IntentFile(path).read()
    assert caught.value.code == "consent.watermark_unreadable"
    path.write_bytes(bytes(2 * SLOT))
    assert IntentFile(path).read() is None, "made, and never written"


@contextmanager
def failing(running: RunningLedger, step: str) -> Iterator[None]:
    """What the block appended is sequenced by a process that ends at ``step``."""
    yield

    def fail(name: str) -> None:
        if name == step:
            raise psycopg.OperationalError("the connection was lost")

    with pytest.raises(psycopg.OperationalError), running.sequencer(at_step=fail) as sequencer:
        sequencer.drain()


def refused(running: RunningLedger) -> str:
    with pytest.raises(Internal) as caught, running.sequencer():
        pass
    return caught.value.code


@pytest.mark.faults
@pytest.mark.parametrize("step", ["committed", "filed"])
def test_a_database_from_before_the_last_batch_is_not_signed(running: RunningLedger, step: str) -> None:
    """Even where the process ended between the commit and the file, so that the file knows nothing of the batch."""
    running.sequence()
    with backup_of(running) as backup:
        with failing(running, step):
            running.append("s", decision(n="after the backup"))
        backup.append("t", decision(n="another history"))
        assert refused(backup) == "consent.ledger_rolled_back"
        assert refused(backup) == "consent.ledger_rolled_back", "again and again"
        running.pool.check()  # the copying ended its connections
        assert backup.ids() == running.ids()[:1], "nothing was signed over"
    running.sequence()


def test_a_backup_in_which_the_events_wait_is_given_the_very_same_batch(running: RunningLedger) -> None:
    running.sequence()
    first = running.append("s/1", decision(n=1))[0].id
    with backup_of(running) as backup:
        with failing(running, "committed"):
            pass
        running.pool.check()  # the copying ended its connections
        backup.append("s/2", decision(n=2))
        assert backup.sequence() == 1
        assert backup.ids()[:2] == running.ids()
        assert backup.ids()[1] == first
        assert backup.ledger.consistency(2, 3).hashes, "it continues what was public"
        signed = [ledger.ledger.proof(index=1, size=2).tlog_proof for ledger in (running, backup)]
        assert signed[0] == signed[1], "one checkpoint of that size, byte for byte"


@pytest.mark.faults
def test_a_commit_that_failed_does_not_look_like_a_rollback(running: RunningLedger) -> None:
    running.sequence()
    written = []
    with failing(running, "intended"):
        written += [running.append(f"s/{n}", decision(n=n))[0].id for n in range(3)]
    assert len(running.ids()) == 1
    written += [running.append(f"t/{n}", decision(n=n))[0].id for n in range(2)]
    assert running.sequence() == 2, "three at the start, as they were intended"
    assert running.ids()[1:] == written


def test_a_first_start_that_failed_is_the_same_first_start(running: RunningLedger) -> None:
    def fail(name: str) -> None:
        if name == "intended":
            raise psycopg.OperationalError("the connection was lost")

    with pytest.raises(psycopg.OperationalError), running.sequencer(at_step=fail):
        pass
    intended = running.watermark.intended()
    running.sequence()
    assert intended is not None
    assert running.ledger.entries(0, 1).entries[0].leaf == intended.genesis


@pytest.mark.faults
def test_a_power_cut_may_empty_the_note_and_not_the_intent(running: RunningLedger) -> None:
    running.append("s/1", decision())
    running.sequence()
    with backup_of(running) as backup:
        running.pool.check()  # the copying ended its connections
        running.append("s/2", decision())
        running.sequence()
        running.path.write_text("")
        assert refused(backup) == "consent.ledger_rolled_back", "the intent is enough to tell"
        running.append("s/3", decision())
        assert running.sequence() == 1
        assert running.watermark.read() == running.ledger.latest_checkpoint().note
        running.path.write_text("")
        running.path.with_name("checkpoint.intent").unlink()
        assert refused(running) == "consent.ledger_diverged", "with neither, nobody can tell"


def test_another_database_under_the_same_files_is_refused(
    running: RunningLedger, fresh_ledger: Callable[[], RunningLedger]
) -> None:
    """Restored from before its first entry, or with an event of the intended batch gone."""
    running.sequence()
    with failing(running, "intended"):
        running.append("s", decision())
    empty = fresh_ledger()
    for name in ("checkpoint", "checkpoint.intent"):
        empty.path.parent.mkdir(parents=True, exist_ok=True)
        os.link(running.path.with_name(name), empty.path.with_name(name))
    assert refused(empty) == "consent.ledger_rolled_back"
    with ExitStack() as stack:
        admin = stack.enter_context(psycopg.connect(running.admin_url, autocommit=True))
        assert admin.execute("DELETE FROM consent.pending").rowcount == 1
    assert refused(running) == "consent.ledger_rolled_back"
    running.path.unlink()
    assert refused(running) != "", "still refused while nobody has said otherwise"
    with running.sequencer(adopt=True) as sequencer:
        assert sequencer.drain() == 0
