"""Reading the logs of a stack: JSON lines of many processes as one readable stream, in order of time."""

import json
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

_HEAD = ("at", "level", "event", "process")


def latest(folder: Path, names: Sequence[str], *, lines: int = 40) -> None:
    """Print the last lines of all logs (or the named ones), by time."""
    found = [(name, line) for name, path in _files(folder, names) for line in _tail(path, lines)]
    for name, line in sorted(found, key=lambda item: _time_of(item[1]))[-max(lines, 40) :]:
        print(render(name, line))


def follow(folder: Path, names: Sequence[str]) -> None:
    """Print what is written from now on, until Ctrl-C. Logs that appear later are found."""
    offsets = {path: path.stat().st_size for _, path in _files(folder, names)}
    while True:
        for name, path in _files(folder, names):
            size = path.stat().st_size
            start = offsets.get(path, 0) if size >= offsets.get(path, 0) else 0  # a new run begins a new file
            with path.open("rb") as file:
                file.seek(start)
                data = file.read()
            whole = data.rfind(b"\n") + 1
            offsets[path] = start + whole
            for line in data[:whole].decode(errors="replace").splitlines():
                print(render(name, line), flush=True)
        time.sleep(0.2)


def render(name: str, line: str) -> str:
    """One log line for a person: time, process, level, event, fields; text that is not JSON passes unchanged."""
    entry = _parse(line)
    if entry is None:
        return f"{'':<12} {name:<16} {line}"
    clock = str(entry.get("at", ""))[11:23]
    fields = " ".join(f"{key}={value}" for key, value in entry.items() if key not in _HEAD)
    return f"{clock:<12} {name:<16} {str(entry.get('level', '')).upper():<7} {entry.get('event', '')} {fields}".rstrip()


def _files(folder: Path, names: Sequence[str]) -> Iterable[tuple[str, Path]]:
    found = [(path.stem, path) for path in sorted(folder.glob("*.log"))]
    unknown = set(names) - {name for name, _ in found}
    if unknown:
        print(f"no log of {', '.join(sorted(unknown))} in {folder}", file=sys.stderr)
    return [(name, path) for name, path in found if not names or name in names]


def _tail(path: Path, lines: int) -> list[str]:
    return path.read_text(errors="replace").splitlines()[-lines:]


def _time_of(line: str) -> str:
    entry = _parse(line)
    return "" if entry is None else str(entry.get("at", ""))


def _parse(line: str) -> dict[str, object] | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None
