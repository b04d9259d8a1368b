"""Every use case is tested on memory and on Postgres with a sequencer: the same house, two foundations."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from infra.kernel.clock import FixedClock
from tests.consent_service.house import START, House, memory_parts, postgres_parts
from tests.databases import FreshDatabase


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(START)


@pytest.fixture(params=["memory", "postgres"])
def house(request: pytest.FixtureRequest, clock: FixedClock) -> House:
    if request.param == "memory":
        return House(memory_parts(clock)).furnish()
    return request.getfixturevalue("stone_house")


@pytest.fixture
def stone_house(fresh_database: Callable[..., FreshDatabase], clock: FixedClock, tmp_path: Path) -> Iterator[House]:
    """On Postgres only, where threads race for real."""
    with postgres_parts(fresh_database().url("consent"), clock, tmp_path) as parts:
        yield House(parts).furnish()
