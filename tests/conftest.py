"""Fixtures every test may use: real servers, started only when the first test asks for them.

``ASSENT_TEST_DATABASE_URL`` (superuser) and ``ASSENT_TEST_AMQP_URL`` (a virtual host of its own) point to servers that
exist; otherwise private ones are started below ``.local/run`` and stopped at the end.
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from infra.stack.temporary import TemporaryServers
from tests.databases import Databases, FreshDatabase

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(_name, "1")


@pytest.fixture(scope="session")
def servers(request: pytest.FixtureRequest) -> Iterator[TemporaryServers]:
    """The private servers of this run. PostgreSQL starts when asked for; RabbitMQ begins to boot with the first test
    that wants any server, if some test of the run wants it.
    """
    found = TemporaryServers(Path(__file__).parent.parent / ".local" / "run")
    wanted = {name for item in request.session.items if isinstance(item, pytest.Function) for name in item.fixturenames}
    if "amqp_url" in wanted and not os.environ.get("ASSENT_TEST_AMQP_URL"):
        found.begin_rabbit()
    yield found
    found.close()


@pytest.fixture(scope="session")
def postgres_url(servers: TemporaryServers) -> str:
    """Superuser URL of a running PostgreSQL."""
    return os.environ.get("ASSENT_TEST_DATABASE_URL") or servers.postgres().admin_url


@pytest.fixture(scope="session")
def amqp_url(servers: TemporaryServers) -> str:
    """AMQP URL of a running RabbitMQ: one virtual host shared by the whole run, so use unique names."""
    return os.environ.get("ASSENT_TEST_AMQP_URL") or servers.rabbit().url()


@pytest.fixture(scope="session")
def vhost(servers: TemporaryServers, amqp_url: str) -> Callable[[], str]:
    """``vhost()`` gives the AMQP URL of an empty virtual host (with a given server: of that one, not emptied)."""
    if os.environ.get("ASSENT_TEST_AMQP_URL"):
        return lambda: amqp_url
    return servers.fresh_vhost


@pytest.fixture(scope="session")
def databases(postgres_url: str) -> Iterator[Databases]:
    found = Databases(postgres_url)
    yield found
    found.close()


@pytest.fixture(scope="session")
def fresh_database(databases: Databases) -> Callable[..., FreshDatabase]:
    """``fresh_database()`` gives a new migrated database with one URL per service; ``migrated=False`` an empty one."""
    return databases.fresh


@pytest.fixture
def stack_folder(servers: TemporaryServers) -> Path:
    """A new folder for a whole stack with servers of its own: other accounts can reach it, unlike ``tmp_path``."""
    return Path(tempfile.mkdtemp(prefix="stack-", dir=servers.claim()))
