"""The supervisor: starts, restarts what dies and says why, stops without a trace. Processes are little ones."""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from infra.stack.child import Backoff, answers_ready
from infra.stack.leftovers import clear_leftovers
from infra.stack.processes import LOOPBACK, ProcessId, free_port, port_is_free, wait_until
from infra.stack.stack import Stack
from infra.stack.system import StackError
from infra.stack.table import ProcessSpec
from tests.databases import FreshDatabase

QUICK = Backoff(first=0.05, longest=0.2, quiet=20.0, start_attempts=2)


def little(name: str, kind: str = "good", **fields: object) -> ProcessSpec:
    return ProcessSpec(name, "tests.infra.stack.little", (kind,), **fields)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def database(fresh_database: Callable[..., FreshDatabase]) -> FreshDatabase:
    return fresh_database()


@pytest.fixture
def make(tmp_path: Path, database: FreshDatabase) -> Iterator[Callable[..., Stack]]:
    """``make(*specs)`` gives a stack with these processes on the test's database; a broker is not needed here."""
    made: list[Stack] = []

    def build(*specs: ProcessSpec, **options: object) -> Stack:
        stack = Stack(
            tmp_path, table=specs, database_url=database.admin_url, amqp_url="amqp://nobody@127.0.0.1:1/",
            backoff=QUICK, **options,  # type: ignore[arg-type]
        )  # fmt: skip
        made.append(stack)
        return stack

    yield build
    for stack in made:
        stack.down()


def test_starts_all_and_stops_without_a_trace(make: Callable[..., Stack], tmp_path: Path) -> None:
    stack = make(little("a", role="consent"), little("b", wave=1))
    stack.up(seconds=20)
    pids = [stack.pid("a"), stack.pid("b")]
    assert all(answers_ready(stack.port(name)) for name in ("a", "b"))
    noted = json.loads((tmp_path / "stack.json").read_text())
    assert noted["status"] == "ready"
    assert [noted["processes"][name]["pid"] for name in ("a", "b")] == pids
    stack.down()
    assert not any(psutil.pid_exists(pid) for pid in pids if pid)
    assert json.loads((tmp_path / "stack.json").read_text())["status"] == "stopped"


def test_each_process_gets_its_own_role(make: Callable[..., Stack]) -> None:
    stack = make(little("a", role="audio"), little("b"))
    with stack, psycopg.connect(stack.service_url("audio")) as connection:
        assert connection.execute("SELECT current_user, current_schema").fetchone() == ("assent_audio", "audio")
        lines = {name: json.loads((stack.log_dir / f"{name}.log").read_text()) for name in ("a", "b")}
    assert lines["a"]["role_url"] == stack.service_url("audio")
    assert lines["b"]["role_url"] == ""


def test_a_process_that_dies_is_restarted_and_reported(make: Callable[..., Stack]) -> None:
    said: list[str] = []
    stack = make(little("a"), little("b"), say=said.append)
    stack.up(seconds=20)
    before, other = stack.pid("a"), stack.pid("b")
    stack.kill("a")
    assert wait_until(lambda: stack.pid("a") not in {None, before}, seconds=5)
    stack.wait_ready("a", seconds=10)
    assert stack.pid("b") == other
    assert [(found.name, found.reason) for found in stack.incidents] == [("a", "killed by SIGKILL")]
    assert '"event": "up"' in stack.incidents[0].log_lines
    assert any(text.startswith("a killed by SIGKILL; restart in") for text in said)


def test_a_death_before_ready_is_tried_again(make: Callable[..., Stack], tmp_path: Path) -> None:
    stack = make(little("a", f"once:{tmp_path / 'mark'}"))
    stack.up(seconds=20)
    assert [found.reason for found in stack.incidents] == ["ended with status 3 before it was ready"]


def test_what_never_starts_stops_everything_and_says_why(make: Callable[..., Stack]) -> None:
    stack = make(little("good"), little("broken", "broken"))
    with pytest.raises(StackError, match=r"(?s)broken is not ready \(failed\).*the well is dry"):
        stack.up(seconds=20)
    assert stack.pid("good") is None
    assert stack.status == "failed"


def test_a_process_that_ignores_sigterm_is_killed(make: Callable[..., Stack]) -> None:
    stack = make(little("a", "stubborn", stop_seconds=0.3))
    stack.up(seconds=20)
    pid = stack.pid("a")
    stack.down()
    assert pid is not None
    assert not psutil.pid_exists(pid)


def test_a_stopped_process_stays_stopped_until_started(make: Callable[..., Stack]) -> None:
    stack = make(little("a"), little("b"))
    stack.up(seconds=20)
    stack.stop("a")
    assert stack.pid("a") is None
    stack.start("a")
    stack.wait_ready("a", seconds=10)
    assert stack.incidents == []


def test_a_wanted_port_in_use_is_named(make: Callable[..., Stack]) -> None:
    with socket.create_server((LOOPBACK, 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(StackError, match=rf"port {port} is in use: choose another with PORT="):
            make(little("gateway", listens="PORT"), port=port).up(seconds=5)


def test_processes_of_a_killed_supervisor_are_ended_by_the_next(tmp_path: Path) -> None:
    port = free_port()
    orphan = subprocess.Popen(
        [sys.executable, "-m", "tests.infra.stack.little", "good"], env={"ASSENT_HEALTH_PORT": str(port)}
    )
    assert wait_until(lambda: answers_ready(port), seconds=10)
    identity = ProcessId.of(orphan.pid)
    assert identity is not None
    entry = {"pid": identity.pid, "started": identity.started}
    innocent = {"pid": identity.pid, "started": identity.started - 100}  # the pid's earlier owner: not this process
    (tmp_path / "stack.json").write_text(json.dumps({"processes": {"reused": innocent}}))
    assert clear_leftovers(tmp_path) == []
    assert orphan.poll() is None
    (tmp_path / "stack.json").write_text(json.dumps({"processes": {"a": entry}}))
    assert clear_leftovers(tmp_path) == ["a"]
    assert orphan.wait(5) in {0, -signal.SIGTERM}
    assert port_is_free(port)


@pytest.mark.parametrize("text", ["", "{", '{"processes": {"a": {"pid": "x"}}}', "[]"])
def test_a_damaged_state_file_hinders_nobody(tmp_path: Path, text: str) -> None:
    (tmp_path / "stack.json").write_text(text)
    assert clear_leftovers(tmp_path) == []


def test_secrets_are_made_once_and_only_for_their_owner(make: Callable[..., Stack]) -> None:
    stack = make(little("a"))
    stack.secrets.ensure()
    first = {path.name: path.read_bytes() for path in stack.secrets.folder.iterdir()}
    stack.secrets.ensure()
    assert first == {path.name: path.read_bytes() for path in stack.secrets.folder.iterdir()}
    assert {len(first[name]) for name in ("ledger.seed", "permit.seed", "master.key")} == {32}
    assert {path.stat().st_mode & 0o777 for path in stack.secrets.folder.iterdir()} == {0o600}


def test_pauses_double_up_to_the_limit() -> None:
    backoff = Backoff(first=0.5, longest=3.0)
    assert [backoff.pause(failures) for failures in (1, 2, 3, 4, 500)] == [0.5, 1.0, 2.0, 3.0, 3.0]
