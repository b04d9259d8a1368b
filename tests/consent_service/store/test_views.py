"""The read models on Postgres are the fold of the events: built again from nothing they are the same."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from consent_service.domain import flags
from consent_service.rebuild import ViewModels, events_of
from consent_service.store.projections import PgViews
from infra.eventlog.postgres import PgLog
from infra.eventlog.rebuild import rebuild
from infra.kernel.clock import FixedClock
from tests.consent_service.house import START, House, Person, postgres_parts, use
from tests.databases import FreshDatabase

TABLES = {
    "parties": "SELECT handle, doc FROM parties ORDER BY 1",
    "grants": "SELECT id, subject, partner, entry, uses, doc FROM grants ORDER BY 1",
    "flags": "SELECT key, entry, doc FROM flags ORDER BY 1",
    "leases": "SELECT id, job, grants, open, expires_at, doc FROM leases ORDER BY 1",
    "outputs": "SELECT sha256, grants, recalled, doc FROM outputs ORDER BY 1",
}


@pytest.fixture
def house(fresh_database: Callable[..., FreshDatabase], tmp_path: Path) -> Iterator[House]:
    with postgres_parts(fresh_database().url("consent"), FixedClock(START), tmp_path) as parts:
        yield House(parts).furnish()


def rows(tx: Any) -> dict[str, list[Any]]:
    return {table: tx.conn.execute(statement).fetchall() for table, statement in TABLES.items()}


def test_a_rebuild_gives_the_same_rows(house: House) -> None:
    gone, kept = house.grant(), house.grant(limits__max_uses=2)
    house.change_grant(gone, "withdraw")
    house.start("job_1", use(house.subject))
    house.start("job_1", use(house.subject))
    house.start("job_2", use(house.subject))
    house.set_flag("allow.voice_clone", "paused")
    house.set_flag("allow.voice_clone", "limited")
    house.register("partner", Person("prt_other"), tier="unvetted")
    log = cast("PgLog", house.parts.log)
    renewed = "UPDATE leases SET expires_at = expires_at + interval '1 s' WHERE open"
    log.run(lambda tx: tx.conn.execute(renewed))
    before = log.run(rows)
    assert rebuild(log, ViewModels(PgViews()), events=events_of) > 5
    after = log.run(rows)
    assert after == before
    assert [(row[0], row[4]) for row in after["grants"]] == [(gone, 0), (kept, 2)]
    assert [row[3] for row in after["leases"]] == [False, True, True]


def test_a_views_row_is_never_written_without_its_event(house: House) -> None:
    before = house.parts.log.run(rows)

    def work(tx: Any) -> None:
        house.parts.append(
            tx, flags.stream("allow.video_generation"), 1, [flags.shipped("allow.video_generation", START)]
        )
        assert rows(tx) != before
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        house.parts.log.run(work)
    assert house.parts.log.run(rows) == before
