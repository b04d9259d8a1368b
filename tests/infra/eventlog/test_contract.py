"""The event log's contract: one suite, run on memory and on Postgres alike."""

import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from infra.eventlog.db import open_pool
from infra.eventlog.log import Command, NewEvent, OutboxMessage
from infra.eventlog.memory import MemoryLog
from infra.eventlog.postgres import PgLog
from infra.eventlog.replayed import listening
from infra.kernel.errors import Conflict, Invalid
from infra.kernel.ids import uuid7

AT = datetime(2026, 11, 22, 9, 0, 0, 123456, UTC)


def event(name: str = "note-written", **data: Any) -> NewEvent:
    return NewEvent(type=f"test.{name}.v1", data=data, at=AT, command_id="cmd", trace="00-a-b-01")


def new_stream() -> str:
    return f"note/{uuid.uuid4().hex}"


@pytest.fixture(params=["memory", "postgres"])
def log(request: pytest.FixtureRequest) -> Iterator[Any]:
    if request.param == "memory":
        yield MemoryLog()
        return
    with open_pool(request.getfixturevalue("database_url")) as pool:
        yield PgLog(pool, service="audio")


def test_read_gives_back_exactly_what_append_returned(log: Any) -> None:
    stream = new_stream()
    new = [event(n=1, half=0.5, text="ä\u2028", nested={"list": (1, 2)}), event("note-closed")]
    written = log.run(lambda tx: tx.append(stream, expected_version=0, events=new))
    read = log.run(lambda tx: tx.read(stream))
    assert [e.version for e in read] == [1, 2]
    assert [(e.id, e.type, e.data, e.at, e.actor) for e in read] == [
        (e.id, e.type, e.data, e.at, e.actor) for e in written
    ]
    assert read[0].data == {"n": 1, "half": 0.5, "text": "ä\u2028", "nested": {"list": [1, 2]}}
    assert read[0].at.microsecond == 123000, "milliseconds are what the envelope holds"
    assert log.run(lambda tx: tx.read(stream, after=1)) == read[1:]
    assert log.run(lambda tx: tx.read(new_stream())) == []


def test_events_are_visible_inside_their_own_transaction_only_until_it_fails(log: Any) -> None:
    stream = new_stream()

    def work(tx: Any) -> None:
        tx.append(stream, expected_version=0, events=[event()])
        assert len(tx.read(stream)) == 1
        raise RuntimeError("later step failed")

    with pytest.raises(RuntimeError):
        log.run(work)
    assert log.run(lambda tx: tx.read(stream)) == []


@pytest.mark.parametrize("expected", [0, 2, 7])
def test_a_wrong_expected_version_is_a_conflict(log: Any, expected: int) -> None:
    stream = new_stream()
    log.run(lambda tx: tx.append(stream, expected_version=0, events=[event()]))
    with pytest.raises(Conflict) as caught:
        log.run(lambda tx: tx.append(stream, expected_version=expected, events=[event()]))
    assert caught.value.code == "eventlog.version"
    assert len(log.run(lambda tx: tx.read(stream))) == 1


def test_a_caught_conflict_still_loses_the_transaction(log: Any) -> None:
    stream, other = new_stream(), new_stream()

    def work(tx: Any) -> str:
        tx.append(other, expected_version=0, events=[event()])
        try:
            tx.append(stream, expected_version=5, events=[event()])
        except Conflict:
            return "carried on"
        return "not refused"

    with pytest.raises(Conflict):
        log.run(work)
    assert log.run(lambda tx: tx.read(other)) == []


def test_an_attempt_that_fails_loses_what_it_wrote_and_no_more(log: Any) -> None:
    first, second, third = new_stream(), new_stream(), new_stream()

    def refused(tx: Any) -> None:
        tx.append(second, expected_version=0, events=[event()])
        tx.publish(OutboxMessage("lost.events", "k", {}))
        tx.append(first, expected_version=7, events=[event()])

    def work(tx: Any) -> str:
        tx.attempt(lambda: tx.append(first, expected_version=0, events=[event()]))
        with pytest.raises(Conflict):
            tx.attempt(lambda: refused(tx))
        assert tx.read(second) == []
        tx.attempt(lambda: tx.once(third, "f", lambda: _counted(tx, third)))
        return "carried on"

    assert log.run(work) == "carried on"
    stored = [log.run(lambda tx, name=name: len(tx.read(name))) for name in (first, second, third)]
    assert stored == [1, 0, 1]
    assert log.run(lambda tx: tx.once(third, "f", lambda: {"n": 2})) == {"n": 1}


def _counted(tx: Any, stream: str) -> dict[str, Any]:
    return {"n": len(tx.append(stream, expected_version=0, events=[event()]))}


def test_a_later_failure_loses_the_attempts_before_it_too(log: Any) -> None:
    stream = new_stream()

    def work(tx: Any) -> None:
        tx.attempt(lambda: tx.append(stream, expected_version=0, events=[event()]))
        raise RuntimeError("later step failed")

    with pytest.raises(RuntimeError):
        log.run(work)
    assert log.run(lambda tx: tx.read(stream)) == []


def test_an_event_id_is_stored_once(log: Any) -> None:
    same = event()
    log.run(lambda tx: tx.append(new_stream(), expected_version=0, events=[same]))
    with pytest.raises(Conflict) as caught:
        log.run(lambda tx: tx.append(new_stream(), expected_version=0, events=[same]))
    assert caught.value.code == "eventlog.event_id"


@pytest.mark.parametrize("data", [{"n": 2**60}, {"x": float("nan")}, {"s": "\ud800"}, {"o": object()}])
def test_data_without_an_exact_json_form_is_refused(log: Any, data: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        log.run(lambda tx: tx.append(new_stream(), expected_version=0, events=[event(**data)]))


def test_positions_are_gapless_and_in_commit_order(log: Any) -> None:
    start = len(log.history(limit=100_000))
    streams = [new_stream() for _ in range(8)]

    def writer(mine: str) -> None:
        for version in range(5):
            log.run(lambda tx, v=version: tx.append(mine, expected_version=v, events=[event(n=v)]))

    threads = [threading.Thread(target=writer, args=(s,)) for s in streams]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    history = log.history(after=start - 1, limit=100)
    assert [e.position for e in history] == list(range(start, start + 40))
    for stream in streams:
        assert [e.version for e in history if e.stream == stream] == [1, 2, 3, 4, 5]
    assert log.run(lambda tx: tx.read(streams[0]))[0].position is not None


def test_one_of_two_racing_writers_wins(log: Any) -> None:
    stream, outcomes = new_stream(), []
    barrier = threading.Barrier(2)

    def writer() -> None:
        barrier.wait(5)
        try:
            log.run(lambda tx: tx.append(stream, expected_version=0, events=[event()]))
            outcomes.append("won")
        except Conflict:
            outcomes.append("lost")

    threads = [threading.Thread(target=writer) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["lost", "won"]


def test_a_command_is_done_once_and_answered_the_same(log: Any) -> None:
    command, stream = uuid.uuid4().hex, new_stream()

    def command_work(tx: Any) -> dict[str, Any]:
        def work() -> dict[str, Any]:
            [written] = tx.append(stream, expected_version=0, events=[event()])
            return {"entry": written.id}

        return dict(tx.once(command, "fingerprint", work))

    answers = []
    threads = [threading.Thread(target=lambda: answers.append(log.run(command_work))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 3
    assert answers[0] == answers[1] == answers[2]
    assert len(log.run(lambda tx: tx.read(stream))) == 1
    with pytest.raises(Conflict) as caught:
        log.run(lambda tx: tx.once(command, "another", dict))
    assert caught.value.code == "eventlog.command_reused"


def test_a_replay_is_told_to_whoever_listens(log: Any) -> None:
    command, by_append = uuid7(), Command(uuid7(), "f")
    for expected in (False, True):
        with listening() as replayed:
            log.run(lambda tx: tx.once(command, "f", lambda: {"ok": True}))
            assert replayed() is expected
    stream = new_stream()
    for expected in (False, True):
        with listening() as replayed:
            log.append(stream, expected_version=0, events=[event()], command=by_append)
            assert replayed() is expected
    with listening() as replayed:
        assert replayed() is False


def test_a_failed_command_leaves_no_answer(log: Any) -> None:
    command = uuid.uuid4().hex

    def failing() -> dict[str, Any]:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        log.run(lambda tx: tx.once(command, "f", failing))
    assert log.run(lambda tx: tx.once(command, "f", lambda: {"ok": True})) == {"ok": True}


def test_a_consumed_event_is_noted_only_with_its_transaction(log: Any) -> None:
    consumed = uuid.uuid4().hex

    def failing(tx: Any) -> None:
        assert tx.first_time(consumed)
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        log.run(failing)
    assert log.run(lambda tx: tx.first_time(consumed)) is True
    assert log.run(lambda tx: tx.first_time(consumed)) is False


def test_messages_leave_with_their_transaction(log: Any, request: pytest.FixtureRequest) -> None:
    message = OutboxMessage("audio.events", uuid.uuid4().hex, {"n": [1]}, headers={"h": "v"}, expires_ms=500)

    def failing(tx: Any) -> None:
        tx.publish(message)
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        log.run(failing)
    log.run(lambda tx: tx.publish(message))
    if isinstance(log, MemoryLog):
        assert log.outbox == [message]
        return
    with psycopg.connect(request.getfixturevalue("database_url")) as conn:
        rows = conn.execute(
            "SELECT id, exchange, key, body, headers, expires_ms FROM outbox WHERE key = %s", (message.key,)
        ).fetchall()
    assert rows == [(message.id, "audio.events", message.key, {"n": [1]}, {"h": "v"}, 500)]


def test_an_append_on_its_own_is_a_transaction(log: Any) -> None:
    stream = new_stream()

    def note(tx: Any) -> None:
        tx.publish(OutboxMessage("audio.events", stream, {}))

    ids = log.append(stream, expected_version=0, events=[event(n=1), event(n=2)])
    ids += log.append(stream, expected_version=2, events=[event(n=3)], also=note)
    assert [(e.id, e.version) for e in log.run(lambda tx: tx.read(stream))] == list(zip(ids, (1, 2, 3), strict=True))
    assert log.append(stream, expected_version=9, events=[]) == []


@pytest.mark.parametrize("expected", [0, 1, 3, 7])
def test_an_append_on_its_own_needs_the_expected_version(log: Any, expected: int) -> None:
    stream = new_stream()
    log.append(stream, expected_version=0, events=[event(), event()])
    with pytest.raises(Conflict) as caught:
        log.append(stream, expected_version=expected, events=[event(), event()])
    assert caught.value.code == "eventlog.version"
    assert len(log.run(lambda tx: tx.read(stream))) == 2


def test_an_event_id_is_stored_once_by_appends_as_well(log: Any) -> None:
    first, again = event(), NewEvent(type="test.note-written.v1", data={}, at=AT, id=uuid7())
    log.append(new_stream(), expected_version=0, events=[first, again])
    with pytest.raises(Conflict) as caught:
        log.append(new_stream(), expected_version=0, events=[again])
    assert caught.value.code == "eventlog.event_id"


def test_an_append_by_command_happens_once(log: Any) -> None:
    stream, command = new_stream(), Command(uuid.uuid4().hex, "a")
    ids = log.append(stream, expected_version=0, events=[event()], command=command)
    assert log.append(stream, expected_version=0, events=[event()], command=command) == ids
    with pytest.raises(Conflict) as caught:
        log.append(new_stream(), expected_version=0, events=[event()], command=Command(command.id, "b"))
    assert caught.value.code == "eventlog.command_reused"
    assert len(log.run(lambda tx: tx.read(stream))) == 1


def test_many_producers_append_and_one_that_is_refused_harms_no_other(log: Any) -> None:
    streams, taken = [new_stream() for _ in range(24)], new_stream()
    log.append(taken, expected_version=0, events=[event()])
    outcomes: list[Any] = []

    def produce(n: int) -> None:
        for version in range(4):
            if n % 4 == 0:
                try:
                    log.append(taken, expected_version=0, events=[event()])
                except Conflict as error:
                    outcomes.append(error.code)
            log.append(streams[n], expected_version=version, events=[event(n=n)])

    threads = [threading.Thread(target=produce, args=(n,)) for n in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == ["eventlog.version"] * 24
    assert [len(log.run(lambda tx, s=s: tx.read(s))) for s in (*streams, taken)] == [4] * 24 + [1]


def test_racing_appends_by_one_command_give_one_answer(log: Any) -> None:
    stream, command = new_stream(), Command(uuid.uuid4().hex, "a")
    answers: list[list[str]] = []

    def produce() -> None:
        answers.append(log.append(stream, expected_version=0, events=[event()], command=command))

    threads = [threading.Thread(target=produce) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    assert {tuple(ids) for ids in answers} == {tuple(e.id for e in log.run(lambda tx: tx.read(stream)))}
