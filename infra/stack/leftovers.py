"""What a killed run left behind: processes noted in ``stack.json`` and servers below a folder, ended exactly."""

import json
import signal
from pathlib import Path

from infra.stack.postgres import PrivatePostgres
from infra.stack.processes import ProcessId, stop_process
from infra.stack.rabbitmq import PrivateRabbit
from infra.stack.system import StackError


def clear_leftovers(folder: Path) -> list[str]:
    """End what a killed stack left running below ``folder``; the names of the processes that were still there."""
    left = {name: process for name, process in _noted(folder / "stack.json").items() if process.alive()}
    for process in left.values():
        process.send(signal.SIGTERM)
    for process in left.values():
        stop_process(process, steps=((signal.SIGTERM, 3.0),))
    for name, kind in (("postgres", PrivatePostgres), ("rabbitmq", PrivateRabbit)):
        if (folder / name).exists():
            try:
                kind(folder / name).clear_leftovers()
            except StackError:
                continue  # the program is not installed, so none of it runs
    return sorted(left)


def _noted(file: Path) -> dict[str, ProcessId]:
    """The processes a ``stack.json`` names; none where it is missing or damaged."""
    try:
        entries = json.loads(file.read_text())["processes"]
        return {name: ProcessId(int(e["pid"]), float(e["started"])) for name, e in entries.items() if e["pid"]}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
