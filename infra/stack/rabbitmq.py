"""A private RabbitMQ node: found on this machine, kept in one folder, on free loopback ports.

It has its own node name, cookie, port mapper (epmd) and configuration, so a node the system runs is neither used nor
disturbed. What an earlier run left behind is ended by pid before the start.
"""

import hashlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote

from infra.stack.processes import (
    LOOPBACK,
    Account,
    ProcessId,
    base_environment,
    free_port,
    port_is_free,
    server_folder,
    stop_process,
    tail,
    wait_until,
)
from infra.stack.system import StackError

USER = "assent"
_STOP = ((signal.SIGTERM, 8.0),)
_ANY_VERSION = b"AMQP\0\0\x09\x01"


def find_rabbitmq() -> Path | None:
    """The ``rabbitmq-server`` script itself, not Debian's wrapper (which insists on the account ``rabbitmq``)."""
    debian = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
    if debian.exists():
        return debian
    found = shutil.which("rabbitmq-server")
    return Path(found).resolve() if found else None


def find_epmd() -> Path | None:
    """Erlang's port mapper: on PATH, else inside the Erlang installation."""
    found = shutil.which("epmd")
    if found:
        return Path(found)
    inside = [path for lib in ("/usr/lib", "/usr/local/lib") for path in Path(lib).glob("erlang/erts-*/bin/epmd")]
    return inside[-1] if inside else None


@dataclass(frozen=True)
class _Ports:
    amqp: int
    dist: int
    epmd: int


class PrivateRabbit:
    """One RabbitMQ node below ``folder``; ``vhosts`` are created at its first start besides ``/``."""

    def __init__(self, folder: Path, *, vhosts: tuple[str, ...] = ()) -> None:
        server, epmd = find_rabbitmq(), find_epmd()
        if server is None or epmd is None:
            raise StackError("RabbitMQ is not installed")
        self._server, self._epmd = server, epmd
        self._account = Account.for_servers()
        self._folder = server_folder(folder, self._account)
        self._vhosts = ("/", *vhosts)
        self._node = f"assent{hashlib.sha256(str(self._folder).encode()).hexdigest()[:10]}@localhost"
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._ports = _Ports(0, 0, 0)
        self.log_file = self._folder / "rabbitmq.log"

    def url(self, vhost: str = "/") -> str:
        """AMQP URL of a virtual host; valid after :meth:`start`."""
        secret = quote(self._password(), safe="")
        return f"amqp://{USER}:{secret}@{LOOPBACK}:{self._ports.amqp}/{quote(vhost, safe='')}"

    @property
    def port(self) -> int:
        return self._ports.amqp

    @property
    def pid(self) -> int | None:
        """The node's pid while it runs."""
        process = self._recorded().get("node")
        return process.pid if process else None

    def start(self, *, seconds: float = 60.0) -> None:
        """Clear what a killed run left, start port mapper and node, and wait until AMQP answers."""
        self.clear_leftovers()
        for _ in range(3):
            self._choose_ports()
            self._configure()
            if self._try_start(seconds):
                return
            text = self._failure()
            self.stop()
            if "eaddrinuse" not in text and "already_in_use" not in text and "already in use" not in text:
                raise StackError(f"RabbitMQ did not start:\n{text}")
            self._ports = _Ports(0, 0, 0)
            (self._folder / "server.json").unlink(missing_ok=True)
        raise StackError(f"RabbitMQ found no free port:\n{self._failure()}")

    def stop(self) -> None:
        """Clean stop (confirmed messages and durable queues are on disk); the port mapper ends after the node."""
        for name in ("node", "epmd"):
            process = self._recorded().get(name)
            if process is not None:
                stop_process(process, steps=_STOP if name == "node" else ((signal.SIGTERM, 1.0),))
        for child in self._children.values():
            child.wait(timeout=10)
        self._children.clear()

    def kill(self) -> None:
        """SIGKILL to the node, as a crash would: for fault tests. The port mapper stays."""
        process = self._recorded().get("node")
        if process is not None:
            process.send(signal.SIGKILL)
            wait_until(lambda: not process.alive(), seconds=5)
        if "node" in self._children:
            self._children.pop("node").wait(timeout=5)

    def running(self) -> bool:
        return self.pid is not None

    def clear_leftovers(self) -> None:
        """End a node or port mapper of ours that outlived its run."""
        self.stop()

    def add_vhost(self, name: str) -> None:
        """Create one more virtual host on the running node (takes about two seconds)."""
        for args in (["add_vhost", name], ["set_permissions", "-p", name, USER, ".*", ".*", ".*"]):
            control = str(self._server.with_name("rabbitmqctl"))
            done = self._account.run([control, "-n", self._node, "-q", *args], env=self._environment())
            if done.returncode:
                raise StackError(f"rabbitmqctl {args[0]} failed: {done.stderr.strip() or done.stdout.strip()}")

    def _try_start(self, seconds: float) -> bool:
        for file in (self.log_file, self._folder / "output.log"):
            file.unlink(missing_ok=True)
            file.touch(mode=0o600)
            self._account.own(file)
        environment, output = self._environment(), self._folder / "output.log"
        mapper = [str(self._epmd), "-port", str(self._ports.epmd), "-address", LOOPBACK]
        self._children["epmd"] = self._account.spawn(mapper, env=environment, log=output)
        wait_until(lambda: not port_is_free(self._ports.epmd), seconds=5, every=0.01)
        node = self._account.spawn([str(self._server)], env=environment, log=output)
        self._children["node"] = node
        self._record()
        deadline = time.monotonic() + seconds
        wait_until(lambda: self.answers() or node.poll() is not None, seconds=deadline - time.monotonic(), every=0.1)
        return node.poll() is None and self.answers()

    def answers(self) -> bool:
        """Whether AMQP itself answers: an unknown protocol version is replied to with the known one."""
        try:
            with socket.create_connection((LOOPBACK, self._ports.amqp), timeout=1.0) as connection:
                connection.sendall(_ANY_VERSION)
                return connection.recv(8)[:4] in (b"AMQP", b"\x01\0\0\0")
        except OSError:
            return False

    def _environment(self) -> dict[str, str]:
        base, ports = self._folder, self._ports
        return base_environment() | {
            "HOME": str(base), "RABBITMQ_NODENAME": self._node, "RABBITMQ_NODE_PORT": str(ports.amqp),
            "RABBITMQ_DIST_PORT": str(ports.dist), "ERL_EPMD_PORT": str(ports.epmd), "ERL_EPMD_ADDRESS": LOOPBACK,
            "RABBITMQ_MNESIA_BASE": str(base / "mnesia"), "RABBITMQ_LOG_BASE": str(base),
            "RABBITMQ_LOGS": str(self.log_file),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(base / "plugins"), "RABBITMQ_CONFIG_FILE": str(base / "rabbitmq"),
            "RABBITMQ_CONF_ENV_FILE": os.devnull, "RABBITMQ_PID_FILE": str(base / "node.pid"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(base / "config"), "RABBITMQ_SCHEMA_DIR": str(base / "schema"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS":
                "-kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none",
            "RUNNING_UNDER_SYSTEMD": "true",  # the script then replaces itself by the node: our child is the node
        }  # fmt: skip

    def _configure(self) -> None:
        secret = self._password()
        definitions = {
            "users": [{"name": USER, "password": secret, "tags": ["administrator"], "limits": {}}],
            "vhosts": [{"name": name} for name in self._vhosts],
            "permissions": [
                {"user": USER, "vhost": name, "configure": ".*", "write": ".*", "read": ".*"} for name in self._vhosts
            ],
        }
        self._write("definitions.json", json.dumps(definitions))
        self._write("plugins", "[].\n")
        self._write(
            "rabbitmq.conf",
            f"listeners.tcp.1 = {LOOPBACK}:{self._ports.amqp}\n"
            f"load_definitions = {self._folder / 'definitions.json'}\n"
            "consumer_timeout = 86400000\n"  # a film's job may take longer than the default half hour
            "log.file.level = info\n",
        )

    def _write(self, name: str, text: str) -> None:
        path = self._folder / name
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
        self._account.own(path)

    def _password(self) -> str:
        path = self._folder / "password"
        if not path.exists():
            self._write("password", secrets.token_urlsafe(24))
        return path.read_text().strip()

    def _choose_ports(self) -> None:
        try:
            last = json.loads((self._folder / "server.json").read_text())["ports"]
        except (OSError, ValueError, KeyError):
            last = {}
        self._ports = _Ports(*(free_port(int(last.get(name, 0))) for name in ("amqp", "dist", "epmd")))

    def _record(self) -> None:
        """Note pids with start times, so that a later run can end exactly these processes."""
        found = {name: ProcessId.of(child.pid) for name, child in self._children.items()}
        state = {"ports": asdict(self._ports), "processes": {name: asdict(p) for name, p in found.items() if p}}
        (self._folder / "server.json").write_text(json.dumps(state))

    def _recorded(self) -> dict[str, ProcessId]:
        try:
            stored = json.loads((self._folder / "server.json").read_text()).get("processes", {})
            found = {name: ProcessId(int(p["pid"]), float(p["started"])) for name, p in stored.items()}
        except (OSError, ValueError, KeyError, TypeError):
            return {}
        return {name: process for name, process in found.items() if process.alive()}

    def _failure(self) -> str:
        return "\n".join(filter(None, (tail(self._folder / "output.log", 20), tail(self.log_file))))
