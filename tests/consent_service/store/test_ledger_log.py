"""Group commit on the ledger: plain appends in one statement, queued in order, refused one by one."""

import threading

import psycopg
import pytest

from consent_service.sequencer.process import Sequencer
from infra.eventlog.log import Command
from infra.kernel.errors import Conflict, TooLarge
from tests.consent_service.ledger.running import RunningLedger, decision, pause


def test_many_producers_stand_in_the_ledger_once_each(running: RunningLedger) -> None:
    ids: list[str] = []

    def produce(n: int) -> None:
        for version in range(5):
            ids.extend(running.log.append(f"s/{n}", expected_version=version, events=[decision(n=n, v=version)]))

    threads = [threading.Thread(target=produce, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert running.sequence() == 80
    assert sorted(running.ids()[1:]) == sorted(ids)
    assert len(running.log.run(lambda tx: tx.read("s/3"))) == 5


def test_a_plain_append_is_refused_like_any_other(running: RunningLedger) -> None:
    running.log.append("s", expected_version=0, events=[decision(), decision()])
    for expected in (0, 1, 3):
        with pytest.raises(Conflict) as caught:
            running.log.append("s", expected_version=expected, events=[decision(), decision()])
        assert caught.value.code == "eventlog.version"
    with pytest.raises(TooLarge):
        running.log.append("t", expected_version=0, events=[decision(text="x" * 70_000)])
    assert running.sequence() == 2


def test_a_command_is_entered_once(running: RunningLedger) -> None:
    command = Command("cmd-1", "print")
    ids = running.log.append("s", expected_version=0, events=[decision()], command=command)
    assert running.log.append("s", expected_version=0, events=[decision()], command=command) == ids
    assert running.sequence() == 1


@pytest.mark.parametrize(("urgent", "notified"), [(False, 0), (True, 1)])
def test_an_awake_sequencer_is_notified_of_urgent_entries_only(
    running: RunningLedger, urgent: bool, notified: int
) -> None:
    with running.sequencer() as sequencer, psycopg.connect(running.url, autocommit=True) as ear:
        assert isinstance(sequencer, Sequencer)
        ear.execute("LISTEN ledger_pending")
        sequencer._stay_awake(True)
        running.log.append("s", expected_version=0, events=[pause("allow.a") if urgent else decision()])
        assert len(list(ear.notifies(timeout=0.3, stop_after=1))) == notified
