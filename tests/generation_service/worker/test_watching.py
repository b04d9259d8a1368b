"""The film's own watch beside the lease's: whatever the film stands on stops every shot of it."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

from consent_service.client.errors import Stopped, StoppedByConsent
from consent_service.client.guard import Guard
from consent_service.contract.ledger import Control, Snapshot
from generation_service.worker.watching import FilmConsent, FilmRun


class Client:
    """A client with a real guard and a lease that stands on nothing."""

    def __init__(self) -> None:
        self.guard = Guard(lambda: None, lambda: 1e12)
        started = Snapshot(seq=0, index=0, flags={"allow.video_generation": "on"}, blocked_grants={})
        self.guard.adopt(started, asked_at=1e12)  # far ahead: nothing grows old in this test
        self.completed: list[str] = []
        self.left: BaseException | None = None

    @contextmanager
    def lease(self, **_: Any) -> Iterator["Client"]:
        try:
            yield self
        except BaseException as error:
            self.left = error
            raise

    token = "t"

    def check(self) -> None:
        return None

    def complete(self, *, output_sha256: str, **_: Any) -> str:
        self.completed.append(output_sha256)
        return "closed"


def withdraw(client: Client, grant: str, seq: int) -> None:
    client.guard.receive(Control(kind="grant", seq=seq, index=8 + seq, key=grant, state="withdrawn", at_ms=2.0))


def lease_of(client: Client) -> AbstractContextManager[FilmRun]:
    consent = FilmConsent(client)  # type: ignore[arg-type]
    return consent.lease(decision="d", job="j", uses=(), features=("allow.video_generation",), film_grants=("grt_1",))


def test_a_grant_of_the_film_stops_a_shot_that_does_not_use_it() -> None:
    client = Client()

    def work() -> None:
        with lease_of(client) as run:
            run.check()
            withdraw(client, "grt_2", 1)
            run.check()
            withdraw(client, "grt_1", 2)
            run.check()

    with pytest.raises(StoppedByConsent) as caught:
        work()
    assert isinstance(client.left, Stopped)
    assert (caught.value.info["ledger_index"], caught.value.cause_at_ms) == (10, 2.0)


def test_a_film_that_lost_a_grant_does_not_reach_the_gate() -> None:
    client = Client()

    def work() -> None:
        with lease_of(client) as run:
            withdraw(client, "grt_1", 1)
            run.complete(output_sha256="0" * 64, seconds=1.0)

    with pytest.raises(StoppedByConsent):
        work()
    assert client.completed == []
