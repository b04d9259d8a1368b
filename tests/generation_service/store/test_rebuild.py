"""The read models of generation on Postgres, built again from nothing, are what they were."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from generation_service.contract.methods import CancelProduction
from generation_service.domain.purging import Ended
from generation_service.store.postgres import PgTables, postgres_books
from generation_service.store.purges import PurgeFile
from generation_service.usecases.account import history_of
from generation_service.usecases.purge import Purge
from generation_service.usecases.replay import Replay
from infra.eventlog.db import open_pool
from infra.eventlog.log import OutboxMessage
from infra.eventlog.postgres import PgLog
from infra.eventlog.rebuild import rebuild
from tests.databases import FreshDatabase
from tests.generation_service.world import PARTNER, World, command

TABLES = {
    "productions": "SELECT id, partner, state, output, submitted_at, view FROM productions ORDER BY 1",
    "ties": "SELECT kind, ref, production FROM production_ties ORDER BY 1, 2, 3",
    "takes": "SELECT partner, digest, production, sha256 FROM take_index ORDER BY 1, 2, 3",
    "lines": "SELECT partner, digest, production, sha256 FROM line_index ORDER BY 1, 2, 3",
    "history": "SELECT film, key, number, sha256, used_by, copies, purged, purged_at FROM take_history ORDER BY 1,2,3",
}


class SentLog(PgLog):
    """A log that shows what would have been sent: no relay empties its outbox."""

    @property
    def outbox(self) -> list[OutboxMessage]:
        with self._pool.connection() as conn:
            rows = conn.execute("SELECT exchange, key, body FROM outbox ORDER BY seq").fetchall()
        return [OutboxMessage(*row) for row in rows]


@pytest.fixture
def world(fresh_database: Callable[..., FreshDatabase], tmp_path: Path) -> Iterator[World]:
    pool = open_pool(fresh_database().url("generation"), max_size=2)
    yield World(tmp_path, SentLog(pool, service="generation"), postgres_books(b"m" * 32))
    pool.close()


def rows(world: World) -> dict[str, list[Any]]:
    def work(tx: Any) -> dict[str, list[Any]]:
        found = {table: tx.conn.execute(statement).fetchall() for table, statement in TABLES.items()}
        films = sorted({row[0] for row in found["history"]})
        told = [history_of(world.books, tx, film) for film in films]
        return {**found, "told": told}

    return cast("dict[str, list[Any]]", world.log.run(work))


def test_everything_comes_back_as_it_was(world: World) -> None:
    first = world.submit(command())
    world.pump()
    second = world.submit(command(command_id="cmd-2", revises=first.id))
    world.pump()
    assert world.view(second.id).state == "released"
    gone = world.submit(command(command_id="cmd-3", seed=7))
    world.pump()
    assert world.view(gone.id).state == "released"
    purge = Purge(world.desk, PurgeFile(), lambda _: False)
    output = world.view(gone.id).output
    assert output is not None
    purge(Ended(cause="consent.output_recalled", ref=output.sha256))
    purge(Ended(cause="consent.grant_withdrawn", ref="grt_face.image"))
    dropped = world.submit(command(command_id="cmd-4"))
    world.ask.cancel(CancelProduction(command_id="c", production=dropped.id, partner=PARTNER))
    world.consent.allow = False
    world.submit(command(command_id="cmd-5"))
    before = rows(world)
    assert {row[2] for row in before["productions"]} == {"released", "purged", "cancelled", "refused"}
    assert min(map(len, before.values())) > 0
    stray = "INSERT INTO take_index (partner, digest, production, sha256) VALUES ('ptn_1', 'd', %s, 'e')"
    world.log.run(lambda tx: tx.conn.execute(stray, (first.id,)))
    said: list[int] = []
    count = rebuild(world.log, Replay(world.desk, PgTables()), say=said.append)
    assert count > 40
    assert said[-1] == count
    assert rows(world) == before


def test_a_rebuild_that_fails_leaves_the_rows_as_they_were(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.submit(command())
    world.pump()
    before = rows(world)
    models = Replay(world.desk, PgTables())

    def broken(_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(models, "finish", broken)
    with pytest.raises(ZeroDivisionError):
        rebuild(world.log, models)
    assert rows(world) == before
