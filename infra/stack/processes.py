"""Processes and ports of the local stack: who is alive, how one is stopped, which port is free.

A process is known by pid *and* start time, so a pid that the system has given to somebody else since is never
touched, and a zombie counts as gone.
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from infra.stack.system import StackError

LOOPBACK = "127.0.0.1"
_BESIDE = "belongs-to"
"""In a server's folder that could not lie in its stack's: the path of the latter."""
_GIVEN: set[int] = set()  # two askers of one program never get the same port


@dataclass(frozen=True)
class ProcessId:
    """A process that cannot be mistaken for a later one with the same pid. ``started`` is in epoch seconds."""

    pid: int
    started: float

    @staticmethod
    def of(pid: int) -> "ProcessId | None":
        """The living process with this pid, or None where there is none (a zombie is none)."""
        try:
            process = psutil.Process(pid)
            if process.status() == psutil.STATUS_ZOMBIE:
                return None
            return ProcessId(pid, process.create_time())
        except psutil.Error:
            return None

    def alive(self) -> bool:
        now = ProcessId.of(self.pid)
        return now is not None and abs(now.started - self.started) < 1.0

    def send(self, number: signal.Signals) -> None:
        """Signal the process unless it is gone."""
        if self.alive():
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                return


def stop_process(process: ProcessId, *, steps: Sequence[tuple[signal.Signals, float]]) -> bool:
    """Send each signal and wait up to its seconds; a final SIGKILL follows. True when no SIGKILL was needed."""
    for number, seconds in steps:
        process.send(number)
        if wait_until(lambda: not process.alive(), seconds=seconds):
            return True
    process.send(signal.SIGKILL)
    wait_until(lambda: not process.alive(), seconds=10)
    return False


def wait_until(condition: Callable[[], bool], *, seconds: float, every: float = 0.03) -> bool:
    """Ask until the condition holds; False when the time is over."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True


def free_port(preferred: int = 0) -> int:
    """A loopback TCP port nobody listens on: the preferred one where it is free, else one below the range the system
    gives to outgoing connections (from 32768 on Linux), so that none of those takes it first.
    """
    if preferred and port_is_free(preferred):
        return preferred
    while True:
        port = 20000 + secrets.randbelow(12000)
        if port not in _GIVEN and port_is_free(port):
            _GIVEN.add(port)
            return port


def port_is_free(port: int) -> bool:
    """Whether a server could listen on this loopback port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


@dataclass(frozen=True)
class Account:
    """The system account a database or broker runs under; ``name`` None means our own."""

    name: str | None
    uid: int
    gid: int

    @staticmethod
    def for_servers() -> "Account":
        """``nobody`` when we are root (PostgreSQL refuses root), else ourselves."""
        if os.geteuid() != 0:
            return Account(None, os.geteuid(), os.getegid())
        entry = pwd.getpwnam("nobody")
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)

    def own(self, path: Path) -> None:
        """Give a file or folder to the account."""
        if self.name is not None:
            os.chown(path, self.uid, self.gid)

    def spawn(self, command: Sequence[str], *, env: dict[str, str], log: Path) -> "subprocess.Popen[bytes]":
        """Start a command under the account in its own session, with both outputs appended to ``log``."""
        with log.open("ab") as output:
            return subprocess.Popen(  # type: ignore[call-overload,no-any-return]
                list(command), env=env, cwd="/", stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                start_new_session=True, **self._switch(),
            )  # fmt: skip

    def run(self, command: Sequence[str], *, env: dict[str, str]) -> "subprocess.CompletedProcess[str]":
        """Run a command under the account to its end and return its text."""
        return subprocess.run(  # type: ignore[call-overload,no-any-return]
            list(command), env=env, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
            **self._switch(),
        )  # fmt: skip

    def _switch(self) -> dict[str, object]:
        return {} if self.name is None else {"user": self.uid, "group": self.gid, "extra_groups": []}


def server_folder(wanted: Path, account: Account) -> Path:
    """A folder the account may use: the wanted one, or, where only root may enter, one beside the system's own.

    That is /var/lib, or the temporary folder for what lies in it, where what belongs to folders that are gone is
    removed first. The folder gets mode 0700 and is given to the account. Raises StackError when somebody else has put
    a folder there.
    """
    meant = wanted = wanted.resolve()
    if account.name is not None and not open_to_others(wanted.parent):
        temporary = Path(tempfile.gettempdir()).resolve()
        base = temporary if wanted.is_relative_to(temporary) else Path("/var/lib")
        if base == temporary:
            sweep_beside(base)
        wanted = base / ("assent" + str(wanted).replace("/", "-"))
    wanted.mkdir(parents=True, exist_ok=True, mode=0o700)
    if wanted != meant:
        (wanted / _BESIDE).write_text(str(meant.parent))
    if wanted.is_symlink() or wanted.stat().st_uid not in {os.geteuid(), account.uid}:
        raise StackError(f"{wanted} belongs to somebody else")
    wanted.chmod(0o700)
    account.own(wanted)
    return wanted


def folders_beside(folder: Path) -> list[Path]:
    """Where servers of stacks below ``folder`` lie that could not lie in it."""
    name = "assent" + str(folder.resolve()).replace("/", "-") + "-"
    bases = (Path(tempfile.gettempdir()).resolve(), Path("/var/lib"))
    return sorted(found for base in bases for found in base.glob(f"{name}*") if found.is_dir())


def sweep_beside(base: Path) -> list[str]:
    """Remove servers' folders in ``base`` that lay beside a stack's folder which is gone; their names. One whose server
    still runs stays.
    """
    swept = []
    for note in base.glob(f"assent-*/{_BESIDE}"):
        folder = note.parent
        with suppress(OSError, ValueError):
            pids = [int(file.read_text().split()[0]) for file in _pid_files(folder) if file.exists()]
            if not Path(note.read_text()).exists() and not any(psutil.pid_exists(pid) for pid in pids):
                shutil.rmtree(folder)
                swept.append(folder.name)
    return swept


def _pid_files(folder: Path) -> tuple[Path, Path]:
    return folder / "data" / "postmaster.pid", folder / "node.pid"


def open_to_others(folder: Path) -> bool:
    """Whether every existing folder on the way lets other accounts pass (``x`` for others)."""
    existing = [part for part in (folder, *folder.parents) if part.exists()]
    return all(part.stat().st_mode & 0o001 for part in existing)


def base_environment() -> dict[str, str]:
    """The few variables a server process needs; nothing of the caller's secrets passes."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "TZ": "UTC"}


def tail(path: Path, lines: int = 12) -> str:
    """The last lines of a log, for an error message; empty when there is no log."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 16384))
            text = file.read().decode(errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])
