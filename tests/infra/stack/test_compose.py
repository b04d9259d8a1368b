"""``docker-compose.yml`` and the process table say the same, and each container can become its process."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from infra.stack.table import full_table, select
from tests.databases import FreshDatabase

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, object]]:
    return dict(yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"])


def test_every_process_of_the_table_is_a_service_and_no_other(services: dict[str, dict[str, object]]) -> None:
    assert set(services) - {"postgres", "rabbitmq", "prepare"} == {spec.name for spec in full_table()}
    for spec in full_table():
        assert services[spec.name]["command"] == ["become", spec.name]


def test_every_service_that_stays_has_a_healthcheck(services: dict[str, dict[str, object]]) -> None:
    for name, service in services.items():
        check = service["healthcheck"]
        assert isinstance(check, dict)
        assert ("test" in check) != (name == "prepare")


def test_only_the_gateway_is_published_and_only_on_loopback(services: dict[str, dict[str, object]]) -> None:
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert published == {"gateway": ["127.0.0.1:${PORT:-8080}:8080"]}


def test_unknown_processes_are_refused() -> None:
    with pytest.raises(KeyError):
        select(full_table(), ("nobody",))
    done = subprocess.run(
        [sys.executable, "-m", "infra.stack", "become", "nobody"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "no process nobody; there are " in done.stderr


def test_prepare_makes_secrets_and_schemas(fresh_database: Callable[..., FreshDatabase], tmp_path: Path) -> None:
    database = fresh_database(migrated=False)
    environment = os.environ | {"ASSENT_DATABASE_URL": database.admin_url, "ASSENT_STATE_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "infra.stack", "prepare"]
    first = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    second = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    assert "applied consent/001_events.sql" in first
    assert second == ""
    assert (tmp_path / "secrets" / "roles.json").exists()
