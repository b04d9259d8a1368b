"""The checker of the read models: quiet on what the use cases wrote, and loud on every column that was changed."""

from collections.abc import Callable, Iterator

import psycopg
import pytest

from consent_service.store.fsck_queues import check_messages, check_waiting
from consent_service.store.fsck_views import check_views
from infra.kernel.clock import FixedClock
from tests.consent_service.house import START, House, postgres_parts, use
from tests.databases import FreshDatabase


@pytest.fixture(scope="module")
def admin(
    fresh_database: Callable[..., FreshDatabase], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[psycopg.Connection]:
    """A superuser's transaction on a house where everything has happened once; the sequencer has ended."""
    database = fresh_database()
    with postgres_parts(database.url("consent"), FixedClock(START), tmp_path_factory.mktemp("ledger")) as parts:
        house = House(parts).furnish()
        gone, _ = house.grant(), house.grant(limits__max_uses=2)
        house.change_grant(gone, "withdraw")
        house.start("job_1", use(house.subject))
        house.start("job_1", use(house.subject))
        house.set_flag("allow.voice_clone", "paused")
        house.set_flag("allow.voice_clone", "limited", house.resumer)
    with psycopg.connect(database.admin_url, autocommit=True) as conn:
        conn.execute("SET search_path = consent")
        yield conn


def problems(conn: psycopg.Connection) -> list[str]:
    return [*check_views(conn), *check_waiting(conn), *check_messages(conn)]


def test_an_honest_house_is_quiet(admin: psycopg.Connection) -> None:
    with admin.transaction():
        assert problems(admin) == []


CHANGES = {
    "a flag's state": "UPDATE flags SET doc = jsonb_set(doc, '{state}', '\"on\"') WHERE key = 'allow.voice_clone'",
    "a proposal dropped": "UPDATE flags SET doc = jsonb_set(doc, '{pending}', 'null') WHERE key = 'allow.voice_clone'",
    "a flag's entry": "UPDATE flags SET entry = gen_random_uuid()",
    "a flag gone": "DELETE FROM flags WHERE key = 'allow.voice_clone'",
    "a flag too many": "INSERT INTO flags SELECT 'allow.x', entry, doc || '{\"key\": \"allow.x\"}' FROM flags LIMIT 1",
    "a withdrawal undone": "UPDATE grants SET doc = jsonb_set(doc, '{state}', '\"granted\"')",
    "a use given back": "UPDATE grants SET uses = 0",
    "a limit": "UPDATE grants SET doc = jsonb_set(doc, '{terms,limits,max_uses}', '999')",
    "a grant's subject": "UPDATE grants SET subject = 'sub_other'",
    "a grant gone": "DELETE FROM grants",
    "a party's key": "UPDATE parties SET doc = jsonb_set(doc, '{public_key}', 'null') WHERE handle = 'sub_ada'",
    "a party's field": "UPDATE parties SET doc = doc || '{\"more\": 1}'",
    "a party gone": "DELETE FROM parties WHERE handle = 'opr_pia'",
    "a lease open again": "UPDATE leases SET open = true",
    "a lease's grants": "UPDATE leases SET grants = '{}'",
    "a lease too short": "UPDATE leases SET expires_at = '2000-01-01'",
    "a lease gone": "DELETE FROM leases",
    "a message for the guards": (
        "INSERT INTO outbox (id, exchange, key, body, headers) SELECT 'x', 'consent.control', '', "
        "body || '{\"state\": \"on\"}', '{}' FROM outbox WHERE exchange = 'consent.control' LIMIT 1"
    ),
    "a message's data": "UPDATE outbox SET body = jsonb_set(body, '{data}', '{}') WHERE exchange = 'consent.events'",
    "a message's way": "UPDATE outbox SET exchange = 'elsewhere'",
    "a place too many": "INSERT INTO pending (event_ids) SELECT ARRAY[id] FROM events LIMIT 1",
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_is_noticed(admin: psycopg.Connection, what: str) -> None:
    with admin.transaction(force_rollback=True):
        assert admin.execute(CHANGES[what]).rowcount > 0  # type: ignore[call-overload]
        assert problems(admin) != []


def test_what_waits_is_checked(admin: psycopg.Connection) -> None:
    insert = "INSERT INTO events VALUES (gen_random_uuid(), 'z', %s, 'consent.x.v1', '{}') RETURNING id"
    with admin.transaction(force_rollback=True):
        admin.execute("SET LOCAL session_replication_role = replica")
        admin.execute("INSERT INTO pending (event_ids) VALUES (ARRAY[gen_random_uuid()])")
        for version in (2, 1):
            row = admin.execute(insert, (version,)).fetchone()
            for _ in range(2):
                admin.execute("INSERT INTO pending (event_ids) VALUES (ARRAY[%s])", row)
        found = " ".join(check_waiting(admin))
    for part in ("does not exist", "waits twice", "out of its stream's order", "is no envelope"):
        assert part in found
