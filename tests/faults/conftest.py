"""A whole stack of its own to be broken: private servers, every service, every worker."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.client import Api
from infra.stack.stack import Stack
from infra.stack.temporary import TemporaryServers


@pytest.fixture(scope="session")
def stack(servers: TemporaryServers) -> Iterator[Stack]:
    """Durable, unlike the other tests' stacks: what was committed must survive."""
    folder = Path(tempfile.mkdtemp(prefix="faults-", dir=servers.claim()))
    with Stack(folder, durable=True) as running:
        yield running


@pytest.fixture(scope="session")
def partner(stack: Stack) -> Iterator[Api]:
    with Api(stack.gateway_url, stack.secrets.admin_key()) as admin:
        made = admin.post("/v1/partners", {"name": "Stormlight", "tier": "vetted"})
    with Api(stack.gateway_url, made["api_key"]) as api:
        yield api
