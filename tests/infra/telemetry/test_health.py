"""The health port."""

import json
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from infra.telemetry import HealthServer, serve_health
from infra.telemetry.metrics import HEARTBEATS


class Parts:
    def __init__(self) -> None:
        self.state: dict[str, bool] = {"database": True, "broker": True}

    def __call__(self) -> dict[str, bool]:
        return self.state


@pytest.fixture
def parts() -> Parts:
    return Parts()


@pytest.fixture
def server(parts: Parts) -> Iterator[HealthServer]:
    found = serve_health(0, parts)
    yield found
    found.close()


def get(server: HealthServer, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.port}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_alive_is_not_ready(server: HealthServer, parts: Parts) -> None:
    parts.state = {"database": True, "broker": False}
    assert get(server, "/healthz")[0] == 200
    status, body = get(server, "/readyz")
    assert (status, json.loads(body)) == (503, {"ready": False, "checks": {"database": True, "broker": False}})
    parts.state = {"database": True, "broker": True}
    assert get(server, "/readyz")[0] == 200


def test_metrics_and_unknown_paths(server: HealthServer) -> None:
    HEARTBEATS.inc()
    status, body = get(server, "/metrics")
    assert status == 200
    assert "# TYPE assent_control_heartbeats_total counter" in body
    assert get(server, "/other")[0] == 404


def test_broken_check_is_not_ready_and_the_server_lives_on(server: HealthServer, parts: Parts) -> None:
    parts.state = None  # type: ignore[assignment]
    assert get(server, "/readyz")[0] == 503
    assert get(server, "/healthz")[0] == 200


def test_client_that_leaves_does_not_end_the_server(server: HealthServer) -> None:
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(b"\x00\xff\r\n")
    assert get(server, "/healthz")[0] == 200


def test_closed_server_refuses_and_frees_its_port(parts: Parts) -> None:
    server = serve_health(0, parts)
    server.close()
    with pytest.raises(OSError):  # noqa: PT011  any refusal will do
        socket.create_connection(("127.0.0.1", server.port), timeout=1)
    serve_health(server.port, parts).close()


def test_same_code_is_green_under_eventlet() -> None:
    """While a slow check waits, other green threads of the process run."""
    code = """
import warnings; warnings.simplefilter("ignore")
import eventlet; eventlet.monkey_patch()
import time, urllib.request
from infra.telemetry import serve_health
def check():
    time.sleep(0.3)
    return {"slow": True}
server = serve_health(0, check)
ticks = 0
def tick():
    global ticks
    while True:
        eventlet.sleep(0.01)
        ticks += 1
eventlet.spawn(tick)
with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/readyz") as answer:
    print(answer.status, ticks > 5)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["200", "True"]
