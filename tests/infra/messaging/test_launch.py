"""The launcher: a graceful stop, a broker that goes away, and psycopg that yields."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pika
import pytest

from infra.kernel.ids import uuid7
from infra.messaging.rpc.sync import SyncRpc
from tests.infra.messaging import echo_contract as contract
from tests.infra.messaging.conftest import ROOT, Running, run_echo, until
from tests.infra.messaging.proxy import Proxy, proxied


@pytest.fixture
def proxy(amqp_url: str) -> Iterator[Proxy]:
    with proxied(amqp_url) as found:
        yield found


NAME = f"echo-{uuid7()}"
ECHO, SLOW = replace(contract.echo, service=NAME), replace(contract.slow, service=NAME)


@pytest.fixture
def own(proxy: Proxy, tmp_path: Path) -> Iterator[Running]:
    """An echo service of the test's own, behind a proxy and under a name of its own."""
    running = run_echo(proxy.url, tmp_path, NAME)
    try:
        yield running.wait_ready()
    finally:
        running.stop(signal.SIGKILL)
        remove(proxy)


def remove(proxy: Proxy) -> None:
    """The durable queues of the service."""
    proxy.heal()
    connection = pika.BlockingConnection(pika.URLParameters(proxy.url))
    channel = connection.channel()
    for queue in (
        f"rpc-{NAME}",
        f"evt-source-happened--{NAME}.on_happened",
        f"evt-source-happened--{NAME}.on_happened.dead",
    ):
        channel.queue_delete(queue)
    connection.close()


def test_graceful_stop_answers_what_runs(own: Running, rpc: SyncRpc, broker) -> None:
    with ThreadPoolExecutor(1) as thread:
        answer = thread.submit(rpc.call, SLOW, contract.Slow(name="last", seconds=3.0), 60.0)
        until(lambda: "started last" in own.journal())
        assert own.stop() == 0
        assert answer.result().text == "last"
    assert own.journal() == ["started last", "finished last"]  # once, and to its end
    assert broker.queue_declare(f"rpc-{NAME}", passive=True).method.message_count == 0  # and it does not come again
    assert '"event": "service.stopped"' in own.log.read_text()


def test_a_stop_with_nothing_to_finish_is_short(own: Running) -> None:
    started = time.monotonic()
    assert own.stop() == 0
    assert time.monotonic() - started < 3.0  # three waits of kombu's own second would take longer


def test_service_survives_a_broker_that_goes_and_comes(own: Running, proxy: Proxy, rpc: SyncRpc) -> None:
    with ThreadPoolExecutor(1) as thread:
        answer = thread.submit(rpc.call, SLOW, contract.Slow(name="cut", seconds=0.5), 15.0)
        until(lambda: "started cut" in own.journal())
        proxy.cut()
        until(lambda: "finished cut" in own.journal())
        until(lambda: own.get("/readyz")[0] == 503)
        assert own.get("/healthz")[0] == 200
        proxy.heal()
        until(lambda: own.get("/readyz")[0] == 200, seconds=20)
        assert answer.result().text == "cut"  # the answer waited for the broker
    assert rpc.call(ECHO, contract.Echo(text="back", number=1), 5.0).number == 1


def test_service_starts_before_its_broker_and_stops_without_it(proxy: Proxy, tmp_path: Path) -> None:
    proxy.cut()
    running = run_echo(proxy.url, tmp_path, NAME)
    try:
        until(lambda: running.get("/healthz")[0] == 200, seconds=20)
        assert running.get("/readyz")[0] == 503
        proxy.heal()
        running.wait_ready()
        proxy.cut()
        assert running.stop() == 0
    finally:
        running.stop(signal.SIGKILL)
        remove(proxy)


def test_service_stops_when_its_broker_goes_while_it_stops(own: Running, proxy: Proxy) -> None:
    """Its consumers wait to be cancelled, and there is nobody left to cancel them with."""
    own.process.send_signal(signal.SIGTERM)
    until(lambda: "service.stopping" in own.log.read_text())
    proxy.cut()
    assert own.process.wait(15) == 0  # a second signal would end it at once


def test_psycopg_yields_to_other_green_threads(postgres_url: str) -> None:
    """Ten waits of 0.2 s at once: 0.2 s when green, 2 s when psycopg blocks the hub."""
    code = """
import sys
import infra.messaging.launch as launch
import eventlet, psycopg, time
launch._verify_green()
def wait(_):
    with psycopg.connect(sys.argv[1]) as connection:
        connection.execute("SELECT pg_sleep(0.2)")
pool = eventlet.GreenPool()
started = time.monotonic()
list(pool.imap(wait, range(10)))
print(time.monotonic() - started)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, postgres_url], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert float(done.stdout) < 1.2


def test_launcher_refuses_a_psycopg_that_was_imported_before_it(amqp_url: str, tmp_path: Path) -> None:
    code = "import psycopg, infra.messaging.launch as launch; launch._verify_green()"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert "before the launcher" in done.stderr
