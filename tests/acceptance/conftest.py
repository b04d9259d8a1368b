"""One whole stack for the acceptance tests: private servers, every service, every worker, nothing pretended.

``ASSENT_TEST_STACK`` names the folder of a stack that already runs, to be used instead.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.client import Api
from gateway.demo.house import House, running_house
from infra.stack.stack import Stack
from infra.stack.temporary import TemporaryServers

FACE_SAMPLE = Path(__file__).parents[2] / "examples" / "cast" / "ana.png"
VOICE_SAMPLE = Path(__file__).parents[2] / "examples" / "cast" / "ana_voice.flac"


@pytest.fixture(scope="session")
def house(servers: TemporaryServers) -> Iterator[House]:
    """The running house; flushing to disk is off, because nothing here is meant to survive."""
    if given := os.environ.get("ASSENT_TEST_STACK"):
        yield running_house(Path(given))
        return
    folder = Path(tempfile.mkdtemp(prefix="acceptance-", dir=servers.claim()))
    with Stack(folder, durable=False) as stack:
        yield House(url=stack.gateway_url, admin_key=stack.secrets.admin_key())


@pytest.fixture(scope="session")
def partner(house: House) -> Iterator[Api]:
    """A vetted partner of its own, apart from the demo's."""
    with Api(house.url, house.admin_key) as admin:
        made = admin.post("/v1/partners", {"name": "Southlight", "tier": "vetted"})
    with Api(house.url, made["api_key"]) as api:
        yield api
