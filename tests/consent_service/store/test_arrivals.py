"""Waiting for places: one looks for all, nobody is told more than the checkpoint it is told with covers."""

import threading
from collections.abc import Mapping

import psycopg
import pytest

from consent_service.store.arrivals import Arrival, Arrivals, Recent
from tests.consent_service.ledger.running import RunningLedger, decision


def test_one_looks_for_all_who_wait() -> None:
    placed, lookers, together = threading.Event(), set(), []

    def look(wanted: Mapping[str, bool]) -> dict[str, Arrival]:
        lookers.add(threading.get_ident())
        together.append(len(wanted))
        if len(wanted) == 8:
            placed.set()
        return {entry: Arrival(int(entry), "proof" if proven else None) for entry, proven in wanted.items()} if (
            placed.is_set()
        ) else {}  # fmt: skip

    arrivals, found = Arrivals(look), {}

    def wait(n: int) -> None:
        found[n] = arrivals.wait(str(n), timeout_s=10, proven=n % 2 == 0)

    threads = [threading.Thread(target=wait, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {n: Arrival(n, "proof" if n % 2 == 0 else None) for n in range(8)}
    assert max(together) == 8


def test_a_look_is_taken_even_without_patience_and_an_error_reaches_its_looker() -> None:
    assert Arrivals(lambda wanted: {"a": Arrival(3)}).wait("a", timeout_s=0, proven=False) == Arrival(3)
    assert Arrivals(lambda wanted: {}).wait("a", timeout_s=0.01, proven=False) is None

    def look(wanted: Mapping[str, bool]) -> dict[str, Arrival]:
        raise RuntimeError("away")

    failing = Arrivals(look)
    for _ in range(2):
        with pytest.raises(RuntimeError):
            failing.wait("a", timeout_s=1, proven=False)


def test_recent_indices_are_followed_and_older_ones_asked_for(running: RunningLedger) -> None:
    [old] = running.append("s/old", decision())
    running.sequence()
    recent = Recent()
    with psycopg.connect(running.url, autocommit=True) as conn:
        assert recent.find(conn, [old.id], 1) == {}, "the checkpoint of size 1 does not cover it"
        assert recent.find(conn, [old.id], 2) == {old.id: 1}
        [late] = running.append("s/late", decision())
        assert recent.find(conn, [late.id, old.id], 2) == {old.id: 1}
        running.sequence()
        assert recent.find(conn, [late.id], 2) == {}
        assert recent.find(conn, [late.id], 3) == {late.id: 2}


def test_a_crowd_is_told_whoever_gives_up_meanwhile() -> None:
    """Entries arrive in waves; every third waiter has no patience and leaves at any moment."""
    placed: set[str] = set()
    arrivals = Arrivals(lambda wanted: {entry: Arrival(int(entry)) for entry in wanted if entry in placed})
    found: dict[int, Arrival | None] = {}

    def wait(n: int) -> None:
        found[n] = arrivals.wait(str(n), timeout_s=0.004 * (n % 5) if n % 3 == 0 else 10, proven=False)

    threads = [threading.Thread(target=wait, args=(n,), daemon=True) for n in range(150)]
    for n, thread in enumerate(threads):
        thread.start()
        if n % 10 == 9:
            placed |= {str(m) for m in range(n)}
    placed |= {str(n) for n in range(150)}
    for thread in threads:
        thread.join(5)
    assert {n: arrival for n, arrival in found.items() if n % 3} == {n: Arrival(n) for n in range(150) if n % 3}
