"""The private RabbitMQ: a killed node's messages survive, leftovers are ended, taken ports are avoided."""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pika
import pytest

from infra.stack.processes import LOOPBACK, ProcessId, port_is_free
from infra.stack.rabbitmq import PrivateRabbit
from infra.stack.temporary import TemporaryServers


@pytest.fixture(scope="module")
def folder(servers: TemporaryServers) -> Path:
    return servers.claim() / "another-rabbitmq"


@pytest.fixture
def node(folder: Path) -> Iterator[PrivateRabbit]:
    found = PrivateRabbit(folder)
    yield found
    found.stop()


def publish(node: PrivateRabbit, text: bytes) -> None:
    connection = pika.BlockingConnection(pika.URLParameters(node.url()))
    channel = connection.channel()
    channel.queue_declare("kept", durable=True)
    channel.confirm_delivery()
    channel.basic_publish("", "kept", text, pika.BasicProperties(delivery_mode=2), mandatory=True)
    connection.close()


def test_an_orphan_is_ended_a_taken_port_avoided_and_messages_kept(node: PrivateRabbit, folder: Path) -> None:
    code = f"""
import os, pathlib
from infra.stack.rabbitmq import PrivateRabbit
node = PrivateRabbit(pathlib.Path({str(folder)!r}))
node.start()
from tests.infra.stack.test_rabbitmq import publish
publish(node, b"still here")
os.kill(os.getpid(), 9)
"""
    done = subprocess.run([sys.executable, "-c", code], check=False)
    assert done.returncode == -signal.SIGKILL
    state = json.loads((folder / "server.json").read_text())
    left = {name: ProcessId(**entry) for name, entry in state["processes"].items()}
    assert {name: process.alive() for name, process in left.items()} == {"node": True, "epmd": True}
    left["node"].send(signal.SIGKILL)
    with socket.create_server((LOOPBACK, 0)) as taken:
        state["ports"]["amqp"] = taken.getsockname()[1]
        (folder / "server.json").write_text(json.dumps(state))
        node.start()
        assert node.port != taken.getsockname()[1]
    assert not left["epmd"].alive()
    connection = pika.BlockingConnection(pika.URLParameters(node.url()))
    assert connection.channel().basic_get("kept", auto_ack=True)[2] == b"still here"
    connection.close()
    ports, pid = json.loads((folder / "server.json").read_text())["ports"], node.pid
    node.stop()
    assert all(port_is_free(port) for port in ports.values())
    assert pid is not None
    assert ProcessId.of(pid) is None
