"""The group commit's hand-over alone, with a write that the test holds: all are answered, whoever is ended."""

import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from infra.eventlog.group import LIMIT, Append, GroupAppender
from infra.eventlog.log import Event
from infra.kernel.errors import Internal

ROOT = Path(__file__).resolve().parents[3]
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


class Held(GroupAppender):
    """Writes nothing; each write notes its group and then does what the test says."""

    def __init__(self, during: Callable[[Sequence[Append]], None] = lambda group: None) -> None:
        super().__init__(SimpleNamespace(patience_s=1.0), None, None, alone=lambda one: [])  # type: ignore[arg-type]
        self.during, self.groups = during, []

    def _write(self, group: Sequence[Append]) -> None:
        self.groups.append([one.stream for one in group])
        self.during(group)

    def hold(self, gate: threading.Event) -> threading.Event:
        """Make the next writes wait for ``gate``; what is set once one does."""
        writing = threading.Event()

        def wait(group: Sequence[Append]) -> None:
            writing.set()
            gate.wait(5)

        self.during = wait
        return writing


class Ended(BaseException):
    """What ends a green thread while it waits."""


class Mortal:
    """A lock whose waiter can be ended."""

    def __init__(self) -> None:
        self.freed, self.waits, self.ended = threading.Semaphore(0), threading.Event(), False

    def acquire(self) -> None:
        self.waits.set()
        self.freed.acquire()
        if self.ended:
            raise Ended

    def release(self) -> None:
        self.freed.release()

    def end(self) -> None:
        self.ended = True
        self.freed.release()


def one(stream: str) -> Append:
    event = Event(stream, "audio.x.v1", stream, 1, {}, NOON, {}, "")
    return Append(stream, 0, [(event, b"{}")], woken=Mortal())


def started(appender: GroupAppender, append: Append) -> threading.Thread:
    def commit() -> None:
        with suppress(Ended, Internal, ZeroDivisionError):
            appender.commit(append)

    thread = threading.Thread(target=commit, daemon=True)
    thread.start()
    return thread


def ended(*threads: threading.Thread) -> bool:
    for thread in threads:
        thread.join(5)
    return not any(thread.is_alive() for thread in threads)


def test_every_one_of_a_crowd_is_answered_again_and_again() -> None:
    appender = Held()
    answers: list[Any] = []

    def produce(name: int) -> None:
        for n in range(20):
            answers.append((f"{name}/{n}", appender.commit(one(f"{name}/{n}"))))

    threads = [threading.Thread(target=produce, args=(name,), daemon=True) for name in range(60)]
    for thread in threads:
        thread.start()
    assert ended(*threads)
    assert len(answers) == 1200
    assert all(ids == [stream] for stream, ids in answers)
    written = [stream for group in appender.groups for stream in group]
    assert sorted(written) == sorted(stream for stream, _ in answers)


def behind_a_leader(appender: Held, gate: threading.Event, *names: str) -> tuple[list[Append], list[threading.Thread]]:
    """A leader in its write, which waits for ``gate``, and the named appends behind it."""
    writing = appender.hold(gate)
    appends = [one(name) for name in ("leader", *names)]
    threads = [started(appender, appends[0])]
    assert writing.wait(5)
    for append in appends[1:]:
        threads.append(started(appender, append))
        assert append.woken.waits.wait(5)
    return appends, threads


def test_who_is_ended_before_its_group_is_not_waited_for_and_leaves_nothing() -> None:
    appender, gate = Held(), threading.Event()
    appends, threads = behind_a_leader(appender, gate, "ended", "other")
    appends[1].woken.end()
    assert ended(threads[1])
    gate.set()
    assert ended(*threads)
    assert appender.groups == [["leader"], ["other"]]


def test_who_is_ended_in_its_group_holds_nobody_up() -> None:
    appender, first = Held(), threading.Event()
    appends, threads = behind_a_leader(appender, first, "second", "ended", "last")
    second = threading.Event()
    writing = appender.hold(second)
    first.set()
    assert writing.wait(5)
    appends[2].woken.end()
    assert ended(threads[2])
    second.set()
    assert ended(*threads)
    assert (appends[3].ids, appends[2].done) == (["last"], True)


def test_a_failure_nobody_foresaw_is_told_to_all_of_the_group() -> None:
    appender, gate = Held(), threading.Event()
    appends, threads = behind_a_leader(appender, gate, "a", "b")

    appender.during = lambda group: group[len(group) // 0 :]  # type: ignore[assignment, return-value]
    gate.set()
    assert ended(*threads)
    assert [append.error and append.error.code for append in appends] == [None, "eventlog.failed", "eventlog.failed"]


def test_a_group_has_its_limit() -> None:
    appender, gate = Held(), threading.Event()
    _, threads = behind_a_leader(appender, gate, "second")
    appender._waiting.extend(one(f"s{n}") for n in range(LIMIT))
    gate.set()
    assert ended(*threads)
    assert [len(group) for group in appender.groups] == [1, LIMIT]
    assert [append.stream for append in appender._waiting] == [f"s{LIMIT - 1}"], "the oldest come first"


GREEN = """
import eventlet
eventlet.monkey_patch()
import sys
from datetime import UTC, datetime
from infra.eventlog.db import open_pool
from infra.eventlog.log import NewEvent
from infra.eventlog.postgres import PgLog
with open_pool(sys.argv[1], max_size=4) as pool:
    log, done = PgLog(pool, service="audio"), []
    def produce(name):
        for n in range(10):
            event = NewEvent("audio.tested.v1", {}, datetime.now(UTC))
            done.extend(log.append(f"green-{name}-{n}", expected_version=0, events=[event]))
    threads = [eventlet.spawn(produce, name) for name in range(30)]
    eventlet.sleep(0.02)
    threads[7].kill()
    for n, thread in enumerate(threads):
        if n != 7:
            thread.wait()
    print(290 <= len(set(done)) < 300)
"""


def test_green_threads_go_on_when_one_of_them_is_killed(database_url: str) -> None:
    environment = {"PSYCOPG_WAIT_FUNC": "wait_select", "PYTHONWARNINGS": "ignore"}
    found = subprocess.run(
        [sys.executable, "-c", GREEN, database_url],
        env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert found.stdout.strip() == "True", found.stderr


@pytest.fixture(scope="module")
def database_url(fresh_database: Callable[..., Any]) -> str:
    return str(fresh_database().url("audio"))
