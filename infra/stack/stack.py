"""The whole house on one machine, as an object: servers, services and workers, started, watched and stopped together.

``make up``, the demo, the acceptance tests and the fault tests all use this class; only the folder and the table
differ. It decides the order of starting and stopping and never what a process does.
"""

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from infra.eventlog.migrate import migrate
from infra.stack.child import Backoff, Child, Incident
from infra.stack.environment import Secrets, process_environment, role_url
from infra.stack.leftovers import clear_leftovers
from infra.stack.processes import LOOPBACK, ProcessId, port_is_free, tail, wait_until
from infra.stack.servers import Servers
from infra.stack.system import StackError
from infra.stack.table import ProcessSpec, full_table, select

ROOT = Path(__file__).resolve().parents[2]


class Stack:
    """A stack below ``folder`` (state, secrets, logs, servers). Use as a context manager or ``up`` and ``down``.

    ``names`` selects processes of the ``table``. ``database_url`` (a superuser's) and ``amqp_url`` use servers that
    exist instead of private ones. ``durable=False`` turns fsync off, for tests. ``say`` gets one line per step.
    """

    def __init__(
        self, folder: Path, *, port: int = 0, names: Sequence[str] | None = None, database_url: str | None = None,
        amqp_url: str | None = None, durable: bool = True, table: tuple[ProcessSpec, ...] | None = None,
        backoff: Backoff | None = None, say: Callable[[str], None] = lambda _: None,
    ) -> None:  # fmt: skip
        self.folder = folder.resolve()
        self.state_dir, self.log_dir = self.folder / "state", self.folder / "logs"
        self.secrets = Secrets(self.state_dir)
        self.incidents: list[Incident] = []
        self.status = "stopped"
        self._specs = select(full_table() if table is None else table, None if names is None else tuple(names))
        self._servers = Servers(self.folder, database_url=database_url, amqp_url=amqp_url, durable=durable)
        self._wanted_port, self._say, self._backoff = port, say, backoff or Backoff()
        self._children: dict[str, Child] = {}
        self._lock = threading.RLock()
        self._ending = threading.Event()

    # --- life -------------------------------------------------------------------------------------------------

    def up(self, *, seconds: float = 120.0, cancelled: threading.Event | None = None) -> None:
        """Start everything; returns when every process is ready. Raises StackError (and stops all) when one is not,
        or when ``cancelled`` is set meanwhile.
        """
        began = time.monotonic()
        clear_leftovers(self.folder)
        self._ending.clear()
        for path, mode in ((self.folder, 0o711), (self.state_dir, 0o700), (self.log_dir, 0o700)):
            path.mkdir(parents=True, exist_ok=True)
            path.chmod(mode)  # the servers' account passes through the folder; state and logs are ours alone
        self.secrets.ensure()
        try:
            self._start_all(began + seconds, cancelled or threading.Event())
        except BaseException:
            self.down(final="failed")
            raise
        self._set_status("ready")
        self._say(f"ready in {time.monotonic() - began:.1f} s")

    def down(self, *, final: str = "stopped") -> None:
        """Stop everything in reverse order: what asks first, what answers last. Harmless when it is down."""
        self._ending.set()
        self._set_status("stopping")
        for wave in sorted({child.spec.wave for child in self._children.values()}, reverse=True):
            group = [child for child in self._children.values() if child.spec.wave == wave]
            for child in group:
                child.request_stop()
            for child in group:
                child.wait_stopped()
        self._servers.stop()
        self._set_status(final)

    def __enter__(self) -> Self:
        self.up()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.down()

    # --- where things are -------------------------------------------------------------------------------------

    @property
    def admin_url(self) -> str:
        """The database as its owner sees it."""
        return self._servers.database_url

    @property
    def amqp_url(self) -> str:
        """The broker."""
        return self._servers.amqp_url

    @property
    def gateway_url(self) -> str:
        """Base URL of the HTTP API."""
        return f"http://{LOOPBACK}:{self.port('gateway')}"

    def service_url(self, service: str) -> str:
        """The database as a service's role sees it."""
        return role_url(self.admin_url, service, self.secrets.role_passwords()[service])

    def port(self, name: str) -> int:
        """The port a process answers ``/readyz`` on."""
        return self._children[name].port

    # --- bending it, for fault tests and for people -----------------------------------------------------------

    def pid(self, name: str) -> int | None:
        """Pid of a process's present incarnation."""
        identity = self._children[name].identity
        return identity.pid if identity else None

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """Signal a process; the supervisor restarts it and notes an incident."""
        self._children[name].signal(number)

    def stop(self, name: str) -> None:
        """Stop one process; it stays stopped until :meth:`start`."""
        self._children[name].stop()

    def start(self, name: str) -> None:
        """Start one stopped process; see :meth:`wait_ready`."""
        self._children[name].start()

    def restart(self, name: str) -> None:
        """Stop, start, wait until ready."""
        self.stop(name)
        self.start(name)
        self.wait_ready(name)

    def wait_ready(self, name: str, *, seconds: float = 60.0) -> None:
        """Wait until a process is ready. Raises StackError with its last log lines when it is not in time."""
        child = self._children[name]
        if not wait_until(lambda: child.is_ready or child.state == "failed", seconds=seconds) or not child.is_ready:
            raise StackError(f"{name} is not ready ({child.state}):\n{tail(child.log)}")

    def stop_postgres(self) -> None:
        """Take the private PostgreSQL away; it stays away until :meth:`start_postgres`."""
        self._servers.take_away("postgres")

    def start_postgres(self) -> None:
        """Bring the private PostgreSQL back, on the same port."""
        self._servers.bring_back("postgres")

    def restart_postgres(self) -> None:
        """Fast stop and start."""
        self.stop_postgres()
        self.start_postgres()

    def stop_broker(self) -> None:
        """Take the private RabbitMQ away; it stays away until :meth:`start_broker`."""
        self._servers.take_away("rabbitmq")

    def start_broker(self) -> None:
        """Bring the private RabbitMQ back, on the same port."""
        self._servers.bring_back("rabbitmq")

    def describe(self) -> dict[str, Any]:
        """What is where, JSON-safe; also kept in ``stack.json`` (mode 0600: it holds passwords)."""
        with self._lock:
            me = ProcessId.of(os.getpid())
            processes = {name: self._describe_child(child) for name, child in self._children.items()}
            urls = {"database": self.admin_url, "amqp": self.amqp_url} if self.status == "ready" else {}
            if "gateway" in self._children:
                urls["gateway"] = self.gateway_url
            return {
                "status": self.status, "supervisor": asdict(me) if me else None, "folder": str(self.folder),
                "state_dir": str(self.state_dir), "urls": urls, "processes": processes,
                "servers": self._servers.describe(), "incidents": [asdict(found) for found in self.incidents[-20:]],
            }  # fmt: skip

    # --- inside -----------------------------------------------------------------------------------------------

    def _start_all(self, deadline: float, cancelled: threading.Event) -> None:
        self._set_status("starting")
        self._make_children()
        self._servers.start(say=self._say, database_ready=self._start_children)
        self._await_all(deadline, cancelled)
        threading.Thread(target=self._watch_servers, name="watch-servers", daemon=True).start()

    def _await_all(self, deadline: float, cancelled: threading.Event) -> None:
        children = list(self._children.values())

        def settled() -> bool:
            return cancelled.is_set() or any(c.state == "failed" for c in children) or all(c.is_ready for c in children)

        wait_until(settled, seconds=max(0.0, deadline - time.monotonic()))
        if cancelled.is_set():
            raise StackError("stopped while starting")
        late = sorted((child for child in children if not child.is_ready), key=lambda child: child.state != "failed")
        if late:
            raise StackError("\n".join(f"{c.spec.name} is not ready ({c.state}):\n{tail(c.log)}" for c in late[:3]))

    def _make_children(self) -> None:
        self._children = {}
        for spec in self._specs:
            log = self.log_dir / f"{spec.name}.log"
            if log.exists():
                log.replace(log.with_suffix(".log.1"))
            port = self._wanted_port if spec.listens else 0
            if port and not port_is_free(port):
                raise StackError(f"port {port} is in use: choose another with PORT=<number>")
            self._children[spec.name] = Child(
                spec, environment=self._environment, log=log, root=ROOT, port=port, report=self._report,
                changed=self._save, backoff=self._backoff,
            )  # fmt: skip

    def _environment(self, spec: ProcessSpec) -> dict[str, str]:
        return process_environment(
            spec, state_dir=self.state_dir, admin_url=self.admin_url, amqp_url=self.amqp_url,
            port=self._children[spec.name].port,
        )  # fmt: skip

    def _start_children(self) -> None:
        """The database answers: migrate and start everything. The broker still boots; processes connect patiently."""
        migrate(self.admin_url, passwords=self.secrets.role_passwords())
        self._say(f"starting {', '.join(self._children)}")
        for child in self._children.values():
            child.start()

    def _watch_servers(self) -> None:
        """Bring a server back that died; the processes reconnect by themselves."""
        while not self._ending.wait(0.5):
            try:
                for incident in self._servers.revive():
                    self._report(incident)
            except StackError as error:
                self._say(str(error))

    def _report(self, incident: Incident) -> None:
        with self._lock:
            self.incidents.append(incident)
        then = "given up" if incident.restart_in is None else f"restart in {incident.restart_in:.1f} s"
        lines = "".join(f"\n    {line}" for line in incident.log_lines.splitlines()[-5:])
        self._say(f"{incident.name} {incident.reason}; {then}{lines}")
        self._save()

    def _describe_child(self, child: Child) -> dict[str, Any]:
        identity = child.identity
        return {
            "state": child.state, "port": child.port, "restarts": child.restarts, "log": str(child.log),
            "pid": identity.pid if identity else None, "started": identity.started if identity else None,
        }  # fmt: skip

    def _set_status(self, status: str) -> None:
        self.status = status
        self._save()

    def _save(self) -> None:
        with self._lock:
            if not self.folder.exists():
                return
            part = self.folder / ".stack.json.part"
            part.unlink(missing_ok=True)
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                json.dump(self.describe(), file, indent=1)
            part.replace(self.folder / "stack.json")
