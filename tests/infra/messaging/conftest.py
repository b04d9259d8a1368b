"""A running echo service, and small tools to look into the broker."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pika
import pytest

from infra.kernel.ids import uuid7
from infra.messaging.rpc.sync import SyncRpc
from infra.stack.processes import free_port, wait_until

ROOT = Path(__file__).parents[3]


class Running:
    """A process started by a test, with its health port."""

    def __init__(self, arguments: list[str], environment: dict[str, str], folder: Path) -> None:
        self.port = free_port()
        self.folder = folder
        self.log = folder / "log"
        env = {**os.environ, **environment, "ASSENT_STATE_DIR": str(folder), "ASSENT_HEALTH_PORT": str(self.port)}
        env["PYTHONPATH"] = str(ROOT)
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, *arguments], cwd=ROOT, env=env, stdout=output, stderr=output
            )

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def wait_ready(self, seconds: float = 20) -> "Running":
        ready = wait_until(lambda: self.get("/readyz")[0] == 200 or self.process.poll() is not None, seconds=seconds)
        assert ready, self.log.read_text()
        assert self.process.poll() is None, self.log.read_text()
        return self

    def journal(self) -> list[str]:
        path = self.folder / "journal"
        return path.read_text().splitlines() if path.exists() else []

    def stop(self, number: signal.Signals = signal.SIGTERM, seconds: float = 15) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


def run_echo(amqp_url: str, folder: Path, name: str = "echo") -> Running:
    arguments = ["-m", "infra.messaging.launch", "tests.infra.messaging.echo_service"]
    return Running(arguments, {"ASSENT_AMQP_URL": amqp_url, "ASSENT_PROCESS": name, "ECHO_NAME": name}, folder)


@pytest.fixture(scope="session")
def echo(amqp_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The echo service, running for the whole session."""
    running = run_echo(amqp_url, tmp_path_factory.mktemp("echo"))
    try:
        yield running.wait_ready()
    finally:
        running.stop()


@pytest.fixture(scope="module")
def rpc(amqp_url: str) -> Iterator[SyncRpc]:
    found = SyncRpc(amqp_url, "test")
    yield found
    found.close()


@pytest.fixture
def broker(amqp_url: str) -> Iterator[pika.adapters.blocking_connection.BlockingChannel]:
    """A channel of the test's own."""
    connection = pika.BlockingConnection(pika.URLParameters(amqp_url))
    yield connection.channel()
    if connection.is_open:
        connection.close()


@pytest.fixture
def jobs_queue(amqp_url: str) -> Iterator[str]:
    """A queue name of the test's own; the queue and its parking place are removed afterwards."""
    name = f"test-{uuid7()}.jobs"
    yield name
    connection = pika.BlockingConnection(pika.URLParameters(amqp_url))
    channel = connection.channel()
    channel.queue_delete(name)
    channel.queue_delete(f"{name}.dead")
    connection.close()


def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for a condition; fail the test when it does not come true."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)
