"""A private PostgreSQL: found on this machine, kept in one folder, on a free loopback port.

It never touches a cluster the system runs. What an earlier run left behind (a postmaster that outlived its
supervisor, a stale pid file, a half-made data folder) is cleared before the start.
"""

import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg

from infra.stack.processes import (
    LOOPBACK,
    Account,
    ProcessId,
    base_environment,
    free_port,
    server_folder,
    stop_process,
    tail,
    wait_until,
)
from infra.stack.system import StackError

ADMIN = "postgres"
_STOP = ((signal.SIGINT, 5.0), (signal.SIGQUIT, 3.0))  # fast shutdown, then immediate
_BUSY = re.compile(r"pre-existing shared memory|lock file .* already exists")
_PORT_TAKEN = re.compile(r"could not bind|could not create any TCP/IP sockets")


def find_postgres() -> Path | None:
    """The folder with ``postgres`` and ``initdb``: the newest Debian version, else the one on PATH."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: float(p.parts[-3]), reverse=True)
    found = shutil.which("initdb")
    for initdb in [*versions, *([Path(found).resolve()] if found else [])]:
        if (initdb.parent / "postgres").exists():
            return initdb.parent
    return None


class PrivatePostgres:
    """One PostgreSQL server below ``folder``.

    ``durable=False`` turns fsync off, for tests: a killed server still loses nothing, a power cut would.
    ``passwords=False`` (at the first start) lets every role in without one, for servers that many tests share: a role
    belongs to the whole server, so one test would change another's password.
    """

    def __init__(self, folder: Path, *, durable: bool = True, passwords: bool = True) -> None:
        binaries = find_postgres()
        if binaries is None:
            raise StackError("PostgreSQL is not installed")
        self._bin, self._durable, self._passwords = binaries, durable, passwords
        self._account = Account.for_servers()
        self._folder = server_folder(folder, self._account)
        self._data = self._folder / "data"
        self._child: subprocess.Popen[bytes] | None = None
        self.log_file = self._folder / "postgres.log"
        self.port = 0

    @property
    def admin_url(self) -> str:
        """URL of the superuser; valid after :meth:`start`."""
        return f"postgresql://{ADMIN}:{quote(self._password())}@{LOOPBACK}:{self.port}/postgres"

    @property
    def pid(self) -> int | None:
        """The postmaster's pid while it runs."""
        process = self._recorded()
        return process.pid if process else None

    def start(self, *, seconds: float = 30.0) -> None:
        """Make the data folder if needed, clear what a killed run left, start and wait until it answers."""
        self.clear_leftovers()
        self._initialise()
        deadline = time.monotonic() + seconds
        self.port = free_port(self._last_port())
        while not self._try_start(deadline):
            if time.monotonic() > deadline:
                raise StackError(f"PostgreSQL did not start within {seconds:.0f} s:\n{tail(self.log_file)}")
            if _PORT_TAKEN.search(tail(self.log_file)):
                self.port = free_port()
            else:
                time.sleep(0.3)
                self.clear_leftovers()
        self._remember_port()

    def stop(self) -> None:
        """Fast shutdown: open sessions are ended, committed work is kept. Harmless when it does not run."""
        process = self._recorded() or (ProcessId.of(self._child.pid) if self._child else None)
        if process is not None:
            self._stop(process)
        if self._child is not None:
            self._child.wait(timeout=10)
            self._child = None

    def kill(self) -> None:
        """SIGKILL to the postmaster, as a power cut would: for fault tests."""
        process = self._recorded()
        if process is not None:
            process.send(signal.SIGKILL)
            wait_until(lambda: not process.alive(), seconds=5)
        if self._child is not None:
            self._child.wait(timeout=5)
            self._child = None

    def running(self) -> bool:
        return self._recorded() is not None

    def clear_leftovers(self) -> None:
        """Stop a postmaster that outlived its run and remove a pid file that belongs to nobody."""
        process = self._recorded()
        if process is not None and (self._child is None or self._child.pid != process.pid):
            self._stop(process)
        if self._recorded() is None:
            (self._data / "postmaster.pid").unlink(missing_ok=True)

    def _stop(self, process: ProcessId) -> None:
        if self._child is not None and self._child.pid == process.pid:
            self._child.send_signal(signal.SIGINT)
            try:
                self._child.wait(timeout=5)
            except subprocess.TimeoutExpired:
                stop_process(process, steps=_STOP[1:])
        else:
            stop_process(process, steps=_STOP)

    def _recorded(self) -> ProcessId | None:
        """The living postmaster of *this* data folder; a recycled pid or a zombie is none."""
        try:
            pid = int((self._data / "postmaster.pid").read_text().split("\n", 1)[0])
            if Path(psutil.Process(pid).cwd()) != self._data:
                return None
        except (OSError, ValueError, psutil.Error):
            return None
        return ProcessId.of(pid)

    def _initialise(self) -> None:
        if (self._data / "PG_VERSION").exists():
            return
        fresh = self._folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(self._data, ignore_errors=True)
        auth = "scram-sha-256" if self._passwords else "trust"
        command = [
            str(self._bin / "initdb"), "-D", str(fresh), "-U", ADMIN, f"--auth={auth}", "-E", "UTF8",
            "--locale=C", f"--pwfile={self._password_file()}", *([] if self._durable else ["--no-sync"]),
        ]  # fmt: skip
        done = self._account.run(command, env=base_environment())
        if done.returncode:
            raise StackError(f"initdb failed:\n{done.stderr.strip() or done.stdout.strip()}")
        fresh.rename(self._data)

    def _try_start(self, deadline: float) -> bool:
        settings = {
            "listen_addresses": LOOPBACK, "port": str(self.port), "unix_socket_directories": "",
            "max_connections": "300", "shared_buffers": "64MB", "log_min_messages": "warning",
            "log_line_prefix": "%m [%p] %d ",
            "timezone": "UTC", "log_timezone": "UTC", "password_encryption": "scram-sha-256",
        }  # fmt: skip
        if not self._durable:
            settings |= {"fsync": "off", "full_page_writes": "off"}
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        self.log_file.unlink(missing_ok=True)
        self.log_file.touch(mode=0o600)
        command = [str(self._bin / "postgres"), "-D", str(self._data), *options]
        self._child = child = self._account.spawn(command, env=base_environment(), log=self.log_file)
        wait_until(lambda: self._answers() or child.poll() is not None, seconds=max(0.1, deadline - time.monotonic()))
        if child.poll() is None and self._answers():
            return True
        if child.poll() is None:
            self.stop()
        elif not (_PORT_TAKEN.search(tail(self.log_file)) or _BUSY.search(tail(self.log_file))):
            raise StackError(f"PostgreSQL ended with status {child.returncode}:\n{tail(self.log_file)}")
        self._child = None
        return False

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.admin_url, connect_timeout=2).close()
        except psycopg.Error:
            return False
        return True

    def _password_file(self) -> Path:
        """A file of mode 0600 with the superuser's password, written once; the account may read it."""
        path = self._folder / "superuser"
        if not path.exists():
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(24))
            self._account.own(path)
        return path

    def _password(self) -> str:
        return self._password_file().read_text().strip()

    def _last_port(self) -> int:
        try:
            return int(json.loads((self._folder / "server.json").read_text())["port"])
        except (OSError, ValueError, KeyError, TypeError):
            return 0

    def _remember_port(self) -> None:
        (self._folder / "server.json").write_text(json.dumps({"port": self.port}))
