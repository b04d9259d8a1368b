"""The stack in the background: one supervisor per folder, found by a lock, known by pid and start time.

``stack.json`` in the folder is written by the supervisor and read by everybody else.
"""

import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from infra.stack.environment import process_environment
from infra.stack.leftovers import clear_leftovers
from infra.stack.postgres import find_postgres
from infra.stack.processes import ProcessId, stop_process, tail, wait_until
from infra.stack.rabbitmq import find_epmd, find_rabbitmq
from infra.stack.stack import ROOT, Stack
from infra.stack.system import StackError, install_packages
from infra.stack.table import SERVICES, ProcessSpec

FOLDER = ROOT / ".local"
_OTHERWISE = """\
Or use servers that exist:  ASSENT_DATABASE_URL=postgresql://…  ASSENT_AMQP_URL=amqp://…
Or run everything in containers:  docker compose up"""


def ensure_servers(say: Callable[[str], None] = print) -> None:
    """PostgreSQL and RabbitMQ are here, are given by URL, or are installed now. Raises StackError otherwise."""
    missing = []
    if not os.environ.get("ASSENT_DATABASE_URL") and find_postgres() is None:
        missing.append("postgresql")
    if not os.environ.get("ASSENT_AMQP_URL") and (find_rabbitmq() is None or find_epmd() is None):
        missing.append("rabbitmq-server")
    if missing:
        install_packages(missing, otherwise=_OTHERWISE, say=say)


def run(*, port: int, folder: Path = FOLDER, say: Callable[[str], None] = print) -> None:
    """Be the supervisor until SIGTERM or Ctrl-C."""
    ensure_servers(say)
    with supervisor_lock(folder) as owned:
        if not owned:
            raise StackError("the stack is already running here; see `make logs`, stop it with `make down`")
        ended = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: ended.set())
        stack = Stack(
            folder, port=port, say=say,
            database_url=os.environ.get("ASSENT_DATABASE_URL"), amqp_url=os.environ.get("ASSENT_AMQP_URL"),
        )  # fmt: skip
        stack.up(cancelled=ended)
        ended.wait()
        say("stopping")
        stack.down()


def detach(*, port: int, folder: Path = FOLDER, seconds: float = 180.0) -> dict[str, Any]:
    """Start the supervisor in the background; returns its ``stack.json`` when everything is ready."""
    if (state := running(folder)) is not None:
        return state
    log = folder / "logs" / "supervisor.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "infra.stack", "run", "--port", str(port), "--folder", str(folder)], cwd=ROOT,
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    begun = time.time() - 1.0

    def settled() -> bool:
        state = read_state(folder)
        fresh = (folder / "stack.json").exists() and (folder / "stack.json").stat().st_mtime >= begun
        return process.poll() is not None or (fresh and state.get("status") == "ready")

    if not wait_until(settled, seconds=seconds, every=0.1) or process.poll() is not None:
        process.terminate()
        raise StackError(f"the stack did not come up; {log}:\n{tail(log, 30)}")
    return read_state(folder)


def down(folder: Path = FOLDER) -> list[str]:
    """Stop the supervisor, or clear up after one that was killed; the names of processes that had to be cleared."""
    supervisor = _supervisor(read_state(folder))
    if supervisor is not None:
        stop_process(supervisor, steps=((signal.SIGTERM, 30.0),))
    return clear_leftovers(folder)


def running(folder: Path = FOLDER) -> dict[str, Any] | None:
    """The state of the stack whose supervisor lives; None when there is none."""
    state = read_state(folder)
    return state if _supervisor(state) is not None else None


def rebuild(folder: Path = FOLDER, say: Callable[[str], None] = print) -> None:
    """Make the read models of every service again from its events, with nothing running but the servers."""
    with supervisor_lock(folder) as owned:
        if not owned:
            raise StackError("the house is running; stop it first: make down")
        stack = Stack(
            folder, names=(), say=say, database_url=os.environ.get("ASSENT_DATABASE_URL"),
            amqp_url=os.environ.get("ASSENT_AMQP_URL"),
        )  # fmt: skip
        with stack:
            for service in SERVICES:
                spec = ProcessSpec(f"rebuild-{service}", f"{service}_service.rebuild", role=service)
                told = process_environment(
                    spec, state_dir=stack.state_dir, admin_url=stack.admin_url, amqp_url=stack.amqp_url, port=0
                )
                done = subprocess.run([sys.executable, "-m", spec.module], cwd=ROOT, env=told, check=False)
                if done.returncode != 0:
                    raise StackError(f"{service} was not rebuilt; its read models are as they were")


def read_state(folder: Path = FOLDER) -> dict[str, Any]:
    """``stack.json``; empty when there is none."""
    try:
        return dict(json.loads((folder / "stack.json").read_text()))
    except (OSError, ValueError):
        return {}


@contextmanager
def supervisor_lock(folder: Path) -> Iterator[bool]:
    """True while we are the only supervisor of the folder. The system frees the lock of a killed one."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "stack.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True


def _supervisor(state: dict[str, Any]) -> ProcessId | None:
    noted = state.get("supervisor")
    if not noted or state.get("status") in {"stopped", "failed"}:
        return None
    process = ProcessId(int(noted["pid"]), float(noted["started"]))
    return process if process.alive() else None
