"""One suite for the books on memory and on Postgres, and the flow of a production on Postgres."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from generation_service.contract.methods import ListProductions
from generation_service.domain.ports import Books
from generation_service.store.memory import memory_books
from generation_service.store.postgres import postgres_books
from generation_service.usecases.desk import Desk
from infra.eventlog.db import open_pool
from infra.eventlog.log import Log
from infra.eventlog.memory import MemoryLog
from infra.eventlog.postgres import PgLog
from infra.kernel.errors import Invalid
from tests.generation_service.world import PARTNER, World, command

MASTER = b"m" * 32


@pytest.fixture(scope="module")
def database(fresh_database: Callable[..., Any]) -> Any:
    return fresh_database()


@pytest.fixture(scope="module")
def pg_log(database: Any) -> Iterator[PgLog]:
    pool = open_pool(database.url("generation"), max_size=2)
    yield PgLog(pool, service="generation")
    pool.close()


@pytest.fixture(params=["memory", "postgres"])
def shelf(request: pytest.FixtureRequest) -> tuple[Log, Books]:
    if request.param == "memory":
        return MemoryLog(), memory_books()
    return request.getfixturevalue("pg_log"), postgres_books(MASTER)


def test_a_key_is_made_once_and_destroyed_for_good(shelf: tuple[Log, Books]) -> None:
    log, books = shelf

    def make(tx: Any) -> bytes | None:
        books.keys.create(tx, "prd_k")
        return books.keys.get(tx, "prd_k")

    key = log.run(make)
    assert key is not None
    assert len(key) == 32
    assert log.run(make) == key
    assert log.run(lambda tx: books.keys.hold(tx, "prd_k"))
    log.run(lambda tx: books.keys.destroy(tx, "prd_k"))
    log.run(lambda tx: books.keys.destroy(tx, "prd_k"))
    assert log.run(lambda tx: books.keys.get(tx, "prd_k")) is None
    assert not log.run(lambda tx: books.keys.hold(tx, "prd_k"))


def test_a_source_is_forgotten(shelf: tuple[Log, Books]) -> None:
    log, books = shelf
    log.run(lambda tx: books.sources.put(tx, "prd_s", b"sealed"))
    assert log.run(lambda tx: books.sources.get(tx, "prd_s")) == b"sealed"
    log.run(lambda tx: books.sources.forget(tx, "prd_s"))
    assert log.run(lambda tx: books.sources.get(tx, "prd_s")) is None


def test_the_end_of_a_production_waits_for_what_is_being_noted_of_it(pg_log: PgLog) -> None:
    books, ended, noted = postgres_books(MASTER), threading.Event(), threading.Event()
    pg_log.run(lambda tx: books.keys.create(tx, "prd_r"))

    def end(tx: Any) -> None:
        noted.wait(5)
        books.keys.destroy(tx, "prd_r")
        books.progress.clear(tx, "prd_r")

    def note(tx: Any) -> None:
        assert books.keys.hold(tx, "prd_r")
        noted.set()
        assert not ended.wait(0.2)  # the end waits
        books.progress.set(tx, "prd_r", "sht_1", 0.5)

    ending = threading.Thread(target=lambda: (pg_log.run(end), ended.set()))
    ending.start()
    pg_log.run(note)
    ending.join(5)
    assert ended.is_set()
    assert pg_log.run(lambda tx: dict(books.progress.of(tx, "prd_r"))) == {}


def test_takes_are_found_only_while_their_key_lives(shelf: tuple[Log, Books]) -> None:
    log, books = shelf
    for production, sha256 in (("prd_a", "1" * 64), ("prd_b", "2" * 64)):
        log.run(lambda tx, p=production: books.keys.create(tx, p))
        log.run(lambda tx, p=production, s=sha256: books.takes.note(tx, "ptn", "d", production=p, sha256=s))
    assert log.run(lambda tx: books.takes.find(tx, "ptn", "d")) == ("prd_b", "2" * 64)
    assert log.run(lambda tx: books.takes.find(tx, "other", "d")) is None
    log.run(lambda tx: books.keys.destroy(tx, "prd_b"))
    assert log.run(lambda tx: books.takes.find(tx, "ptn", "d")) == ("prd_a", "1" * 64)
    log.run(lambda tx: books.takes.note(tx, "ptn", "d", production="prd_a", sha256="3" * 64))
    assert log.run(lambda tx: books.takes.find(tx, "ptn", "d")) == ("prd_a", "3" * 64)


def test_progress_and_attempts(shelf: tuple[Log, Books]) -> None:
    log, books = shelf
    for fraction in (0.25, 0.5):
        log.run(lambda tx, f=fraction: books.progress.set(tx, "prd_p", "sht_1", f))
    assert log.run(lambda tx: dict(books.progress.of(tx, "prd_p"))) == {"sht_1": 0.5}
    log.run(lambda tx: books.progress.clear(tx, "prd_p"))
    assert log.run(lambda tx: dict(books.progress.of(tx, "prd_p"))) == {}
    assert [log.run(lambda tx: books.progress.attempt(tx, "job_1")) for _ in range(3)] == [1, 2, 3]


def test_productions_are_listed_newest_first(shelf: tuple[Log, Books], tmp_path: Path) -> None:
    world = World(tmp_path)
    log, books = shelf
    ids = []
    for number in range(3):
        view = world.submit(command(command_id=f"c{number}", partner="ptn_list"))
        log.run(lambda tx, v=view: books.index.put(tx, v))
        ids.append(view.id)
        world.clock.advance(1)
    query = ListProductions(partner="ptn_list", limit=2)
    page, more = log.run(lambda tx: books.index.page(tx, query))
    assert ([view.id for view in page], more) == (ids[:0:-1], True)
    rest, more = log.run(lambda tx: books.index.page(tx, query.model_copy(update={"after": ids[1]})))
    assert ([view.id for view in rest], more) == (ids[:1], False)
    back, more = log.run(lambda tx: books.index.page(tx, query.model_copy(update={"before": ids[0], "limit": 1})))
    assert ([view.id for view in back], more) == (ids[1:2], True)
    top, more = log.run(lambda tx: books.index.page(tx, query.model_copy(update={"before": ids[0]})))
    assert ([view.id for view in top], more) == (ids[:0:-1], False)
    unknown, _ = log.run(lambda tx: books.index.page(tx, query.model_copy(update={"after": "prd_unknown"})))
    assert unknown == []


def test_the_whole_way_on_postgres(pg_log: PgLog, database: Any, tmp_path: Path) -> None:
    world = World(tmp_path)
    memory = world.log
    desk = Desk(pg_log, postgres_books(MASTER), world.blobs, world.clock)
    for part in (world.submit, world.follow, world.ask, world.take, world.film):
        object.__setattr__(part, "desk", desk)
    world.desk = desk
    made = world.submit(command())
    assert memory.outbox == []
    handled = 0
    while True:
        with psycopg.connect(database.admin_url) as conn:
            rows = conn.execute(
                "SELECT body FROM generation.outbox WHERE exchange = '' ORDER BY seq OFFSET %s", (handled,)
            ).fetchall()
        if not rows:
            break
        for (body,) in rows:
            world.run_job(body)
            world.run_job(body)
        handled += len(rows)
    view = world.view(made.id)
    assert view.state == "released"
    listed = world.ask.list(ListProductions(partner=PARTNER)).productions
    assert [(one.id, one.state, one.output) for one in listed] == [(made.id, "released", view.output)]


def test_a_key_does_not_open_under_another_master(pg_log: PgLog) -> None:
    books = postgres_books(MASTER)
    pg_log.run(lambda tx: books.keys.create(tx, "prd_m"))
    with pytest.raises(Invalid, match="bad_seal"):
        pg_log.run(lambda tx: postgres_books(b"x" * 32).keys.get(tx, "prd_m"))
