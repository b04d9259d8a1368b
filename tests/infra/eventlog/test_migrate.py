"""Migrations: applied once, never edited, and append-only tables that refuse even their owner."""

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

import infra.eventlog.migrate as migrations
from infra.eventlog.migrate import migrate
from infra.kernel.errors import Invalid
from tests.databases import FreshDatabase

ROW = "INSERT INTO audio.events VALUES (gen_random_uuid(), 's', 1, 't', 'e')"


@pytest.fixture
def common(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The common migrations copied to where a test may edit them."""
    for path in migrations._COMMON.glob("*.sql"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(migrations, "_COMMON", tmp_path)
    return tmp_path


def test_a_second_run_applies_only_what_is_new(fresh_database: Callable[..., FreshDatabase], common: Path) -> None:
    url = fresh_database(migrated=False).admin_url
    assert migrate(url, services=["probe"]) == ["probe/001_events.sql"]
    assert migrate(url, services=["probe"]) == []
    (common / "002_more.sql").write_text("CREATE TABLE more (n int);")
    assert migrate(url, services=["probe", "other"]) == [
        "probe/002_more.sql",
        "other/001_events.sql",
        "other/002_more.sql",
    ]


def test_an_edited_migration_stops_everything(fresh_database: Callable[..., FreshDatabase], common: Path) -> None:
    url = fresh_database(migrated=False).admin_url
    migrate(url, services=["probe"])
    with (common / "001_events.sql").open("a") as file:
        file.write("-- edited\n")
    with pytest.raises(Invalid) as caught:
        migrate(url, services=["probe"])
    assert caught.value.code == "eventlog.migration_edited"


def test_a_failing_migration_leaves_nothing(fresh_database: Callable[..., FreshDatabase], common: Path) -> None:
    url = fresh_database(migrated=False).admin_url
    (common / "002_more.sql").write_text("CREATE TABLE more (n int); SELECT 1/0;")
    with pytest.raises(psycopg.errors.DivisionByZero):
        migrate(url, services=["probe"])
    with psycopg.connect(url) as conn:
        assert conn.execute("SELECT to_regclass('probe.events')").fetchone() == (None,)


def test_a_service_name_is_never_sql(fresh_database: Callable[..., FreshDatabase]) -> None:
    with pytest.raises(Invalid):
        migrate(fresh_database(migrated=False).admin_url, services=['x"; DROP SCHEMA public; --'])


@pytest.mark.parametrize("statement", ["UPDATE {} SET position = 9", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
@pytest.mark.parametrize("table", ["events", "event_order"])
@pytest.mark.parametrize("owner", [True, False])
def test_event_tables_refuse_change(database: FreshDatabase, statement: str, table: str, owner: bool) -> None:
    statement = statement.format(f"audio.{table}")
    if table == "events":
        statement = statement.replace("position = 9", "version = 9")
    with psycopg.connect(database.admin_url) as conn:
        conn.execute(ROW)
        conn.execute("INSERT INTO audio.event_order SELECT 0, id FROM audio.events WHERE stream = 's'")
        if not owner:
            conn.execute("SET LOCAL ROLE assent_audio")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute(statement)


def test_a_role_sees_its_own_schema_only(database: FreshDatabase) -> None:
    with psycopg.connect(database.admin_url) as conn:
        conn.execute("SET LOCAL ROLE assent_audio")
        conn.execute("SELECT * FROM audio.events")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute("SELECT * FROM consent.events")
