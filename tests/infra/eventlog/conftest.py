"""One service's schema in a database of this module's own, seen through that service's own role."""

from collections.abc import Callable

import pytest

from tests.databases import FreshDatabase


@pytest.fixture(scope="module")
def database(fresh_database: Callable[..., FreshDatabase]) -> FreshDatabase:
    return fresh_database()


@pytest.fixture(scope="module")
def database_url(database: FreshDatabase) -> str:
    return database.url("audio")
