"""Catch-up subscriptions: gapless from any index, resumable, awake when a batch comes, loud about a lost entry."""

import threading
from itertools import islice

import psycopg
import pytest

from consent_service.store.catch_up import CatchUp
from infra.kernel.errors import Internal
from infra.tlog.leaf import read_leaf
from tests.consent_service.ledger.running import RunningLedger, decision


def test_every_entry_comes_once_from_any_index_on(running: RunningLedger) -> None:
    ids = [event.id for n in range(40) for event in running.append(f"s/{n}", decision(n=n))]
    running.append("waiting", decision())
    running.sequence()
    with psycopg.connect(running.url, autocommit=True) as conn:
        catch_up, seen = CatchUp(conn, page=7), []
        while rows := catch_up.read():
            seen += rows
        assert [index for index, _ in seen] == list(range(42))
        assert [read_leaf(leaf, index).id for index, leaf in seen[1:41]] == ids
        assert catch_up.next == 42
        assert CatchUp(conn, 30).read() == seen[30:]
        running.append("late", decision())
        assert catch_up.read() == [], "an entry without an index is not shown"
        running.sequence()
        assert [index for index, _ in catch_up.read()] == [42]


def test_a_follower_is_woken_by_the_batch(running: RunningLedger) -> None:
    running.sequence()
    with psycopg.connect(running.url, autocommit=True) as conn:
        follower = CatchUp(conn).follow(lambda: False, wait_s=20)
        assert next(follower)[0] == 0
        writer = threading.Timer(0.2, lambda: (running.append("s", decision(), decision()), running.sequence()))
        writer.start()
        assert [index for index, _ in islice(follower, 2)] == [1, 2]
        writer.join()
        assert list(CatchUp(conn).follow(lambda: True)) == []


def test_a_lost_entry_is_said(running: RunningLedger) -> None:
    running.append("s", decision(), decision(), decision())
    running.sequence()
    with psycopg.connect(running.admin_url, autocommit=True) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute("ALTER TABLE consent.event_order DISABLE TRIGGER ALL")
        admin.execute("DELETE FROM consent.event_order WHERE position = 2")
    with psycopg.connect(running.url, autocommit=True) as conn, pytest.raises(Internal) as caught:
        CatchUp(conn).read()
    assert caught.value.code == "consent.entry_missing"
