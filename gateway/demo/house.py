"""Where the demo runs: the stack that is up, or one it starts for itself and stops at its end.

The stack is started as a person would, with its own command in its own process: the demo keeps to HTTP.
"""

import contextlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gateway.demo.stage import DemoFailed, Stage

FOLDER = Path(__file__).resolve().parents[2] / ".local"


@dataclass(frozen=True)
class House:
    """A running stack: the gateway's address, the key of the machine's owner, and the policy that names the keys of
    this machine's witness, which its owner knows of themselves.
    """

    url: str
    admin_key: str
    witnesses: Path | None = None


@contextlib.contextmanager
def open_house(stage: Stage, folder: Path = FOLDER) -> Iterator[House]:
    """The running stack below ``folder``; started when there is none, and then stopped at the end."""
    if _stack("status", folder, quiet=True) == 0:
        stage.note("using the stack that is running")
        yield running_house(folder)
        return
    stage.note("starting the stack (gateway, services, workers, a private PostgreSQL and RabbitMQ)")
    try:
        if _stack("up", folder, "--detach", "--port", str(_free_port())) != 0:
            raise DemoFailed("the stack did not start; see the lines above and `make logs`")
        stage.note(f"ready after {stage.elapsed_s:.1f} s")
        yield running_house(folder)
    finally:
        _stack("down", folder, quiet=True)


def running_house(folder: Path) -> House:
    """The stack that runs below ``folder``. Raises ``OSError`` when none was ever started there."""
    state = json.loads((folder / "stack.json").read_text())
    key, policy = (Path(state["state_dir"]) / name for name in ("secrets/admin.key", "witness/policy"))
    witnesses = policy if policy.exists() else None
    return House(url=state["urls"]["gateway"], admin_key=key.read_text().strip(), witnesses=witnesses)


def _stack(command: str, folder: Path, *more: str, quiet: bool = False) -> int:
    """Run ``python -m infra.stack``; what it says goes to standard error."""
    out = subprocess.DEVNULL if quiet else sys.stderr
    words = [sys.executable, "-m", "infra.stack", command, "--folder", str(folder), *more]
    done = subprocess.run(words, stdout=out, stderr=out, check=False, env=os.environ.copy())  # noqa: S603 - our module
    return done.returncode


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])
