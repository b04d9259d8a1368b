"""``python -m infra.stack <command>``: the local stack from a terminal; ``--help`` lists the commands."""

import argparse
import os
import shlex
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from infra.stack import container, daemon
from infra.stack.environment import Secrets, role_url
from infra.stack.logs import follow, latest
from infra.stack.system import StackError
from infra.stack.table import SERVICES


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it worked, 1 with a message when it did not."""
    parser = argparse.ArgumentParser(prog="python -m infra.stack", description="The local stack.")
    commands = parser.add_subparsers(required=True, metavar="command")
    for name, (work, text) in COMMANDS.items():
        command = commands.add_parser(name, help=text)
        command.set_defaults(work=work)
        command.add_argument("--folder", type=Path, default=daemon.FOLDER, help="where its state lives")
        if name in {"up", "run"}:
            command.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8080")))
        if name == "up":
            command.add_argument("--detach", action="store_true", help="return when it is ready")
        if name == "logs":
            command.add_argument("-f", "--follow", action="store_true")
            command.add_argument("names", nargs="*", help="processes; all when none is named")
        if name == "become":
            command.add_argument("name", help="a process of the table")
        if name == "env":
            command.add_argument("--role", choices=SERVICES, help="also the database as this service sees it")
    options = parser.parse_args(arguments)
    try:
        options.work(options)
    except StackError as error:
        print(f"stack: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _up(options: argparse.Namespace) -> None:
    if not options.detach:
        _run(options)
        return
    daemon.ensure_servers(_say)
    _print_state(daemon.detach(port=options.port, folder=options.folder))


def _run(options: argparse.Namespace) -> None:
    daemon.run(port=options.port, folder=options.folder, say=_say)


def _down(options: argparse.Namespace) -> None:
    cleared = daemon.down(options.folder)
    print("stack: stopped" + (f"; cleared {', '.join(cleared)}" if cleared else ""))


def _status(options: argparse.Namespace) -> None:
    state = daemon.running(options.folder)
    if state is None:
        raise StackError("not running")
    _print_state(state)


def _logs(options: argparse.Namespace) -> None:
    folder = options.folder / "logs"
    if options.follow:
        follow(folder, options.names)
    else:
        latest(folder, options.names)


def _env(options: argparse.Namespace) -> None:
    state = daemon.running(options.folder)
    if state is None:
        raise StackError("not running")
    print(f"export ASSENT_URL={state['urls'].get('gateway', '')}")
    print(f"export ASSENT_STATE_DIR={state['state_dir']}")
    if options.role:
        password = Secrets(Path(state["state_dir"])).role_passwords()[options.role]
        url = role_url(state["urls"]["database"], options.role, password)
        print(f"export ASSENT_DATABASE_URL={shlex.quote(url)}")


def _install(options: argparse.Namespace) -> None:
    daemon.ensure_servers(_say)


def _rebuild(options: argparse.Namespace) -> None:
    daemon.rebuild(options.folder, _say)


def _prepare(options: argparse.Namespace) -> None:
    for name in container.prepare():
        print(f"applied {name}")


def _become(options: argparse.Namespace) -> None:
    container.become(options.name)


def _print_state(state: dict[str, Any]) -> None:
    print(f"{state['status']}: {state['folder']}")
    for name, url in state["urls"].items():
        print(f"  {name:<14} {_without_password(url)}")
    for name, entry in (state["servers"] | state["processes"]).items():
        note = f"{entry['restarts']} restarts" if entry.get("restarts") else ""
        print(f"  {name:<16} {entry.get('state', 'server'):<9} pid {entry['pid'] or '-':<8} :{entry['port']:<6} {note}")
    for incident in state["incidents"]:
        at = time.strftime("%H:%M:%S", time.localtime(incident["at"]))
        print(f"  {at} {incident['name']} {incident['reason']}")
    print(f"  owner's key    {state['state_dir']}/secrets/admin.key")


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")
    user = host[0].partition(":")[0]
    return urlunsplit(parts._replace(netloc=f"{user}@{host[2]}" if user else host[2]))


def _say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


Command = Callable[[argparse.Namespace], None]
COMMANDS: dict[str, tuple[Command, str]] = {
    "up": (_up, "start everything; --detach returns when it is ready"),
    "down": (_down, "stop everything"),
    "status": (_status, "what runs, where"),
    "logs": (_logs, "last lines of the logs, or -f to follow"),
    "env": (_env, "shell lines that point the command line at this stack"),
    "install": (_install, "install PostgreSQL and RabbitMQ where they are missing"),
    "run": (_run, "be the supervisor in the foreground"),
    "rebuild": (_rebuild, "make every read model again from the events; the house must be down"),
    "prepare": (_prepare, "in containers: make secrets, migrate"),
    "become": (_become, "in containers: turn into one process of the table"),
}

if __name__ == "__main__":
    sys.exit(main())
