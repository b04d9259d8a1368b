"""A witness as it really runs: its own process, one command, HTTP, killed and started again."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from infra.stack.processes import free_port
from infra.tlog.policy import parse_policy
from infra.tlog.witness_api import cosignature_lines
from tests.consent_service.witness.logs import SmallLog

ROOT = Path(__file__).parents[3]
LOG = SmallLog()


@contextmanager
def running(folder: Path, *arguments: str) -> Iterator[tuple["subprocess.Popen[bytes]", httpx.Client]]:
    port = free_port()
    command = [sys.executable, "-m", "consent_service.witness", "--dir", str(folder), "--port", str(port), *arguments]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ) as process:
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
                await_ready(client)
                yield process, client
        finally:
            process.terminate()


def await_ready(client: httpx.Client) -> None:
    end = time.monotonic() + 20
    while True:
        try:
            assert client.get("/readyz").status_code == 200
        except httpx.TransportError:
            assert time.monotonic() < end, "the witness did not come up"
            time.sleep(0.05)
        else:
            return


@pytest.mark.faults
def test_it_cosigns_over_http_and_remembers_when_it_was_killed(tmp_path: Path) -> None:
    arguments = ("--log", str(LOG.vkey), "--name", "w.example")
    with running(tmp_path, *arguments) as (process, client):
        policy = parse_policy(client.get("/policy").text)
        assert (tmp_path / "policy").read_text() == client.get("/policy").text
        answer = client.post("/add-checkpoint", content=LOG.request(0, 5))
        assert answer.status_code == 200
        assert len(cosignature_lines(LOG.note(5), answer.content, policy.keys)) == 2
        process.kill()
    with running(tmp_path, *arguments) as (process, client):
        assert parse_policy(client.get("/policy").text).keys == policy.keys, "the same keys"
        conflict = client.post("/add-checkpoint", content=LOG.request(0, 6))
        assert (conflict.status_code, conflict.content) == (409, b"5\n")
        assert conflict.headers["Content-Type"] == "text/x.tlog.size"
        assert client.post("/add-checkpoint", content=LOG.request(5, 6)).status_code == 200
        assert client.post("/add-checkpoint", content=SmallLog(fork="x").request(6, 6)).status_code == 422
        assert client.post("/add-checkpoint", content=b"x" * 200_000).status_code == 400
        assert client.get("/add-checkpoint").status_code == 405
        assert 'assent_witness_forks_total{origin="log.example"} 1.0' in client.get("/metrics").text
        process.terminate()
        assert process.wait(10) == 0


def test_it_does_not_start_with_a_broken_key(tmp_path: Path) -> None:
    (tmp_path / "witness.seed").write_bytes(b"short")
    command = [sys.executable, "-m", "consent_service.witness", "--dir", str(tmp_path), "--log", str(LOG.vkey)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 1
    assert "witness.bad_key" in done.stderr
