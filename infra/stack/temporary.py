"""Servers for the length of one program: a private PostgreSQL and RabbitMQ started when first asked for.

Tests and benches use it. Each program has its own folder below ``.local/run``; what a killed program left there
(servers that still run, files) is ended and removed by the next one.
"""

import json
import os
import secrets
import shutil
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

from infra.stack.leftovers import clear_leftovers
from infra.stack.postgres import PrivatePostgres
from infra.stack.processes import ProcessId, folders_beside
from infra.stack.rabbitmq import PrivateRabbit


class TemporaryServers:
    """Lazily started servers below ``root``; :meth:`close` stops them and removes their files."""

    def __init__(self, root: Path, *, vhosts: int = 16, durable: bool = False) -> None:
        self.folder = root.resolve() / f"{os.getpid()}-{secrets.token_hex(3)}"
        self._spare = [f"t{number}" for number in range(vhosts)]
        self._durable = durable
        self._postgres: PrivatePostgres | None = None
        self._rabbit: Future[PrivateRabbit] | None = None
        self._background = ThreadPoolExecutor(1)

    def postgres(self) -> PrivatePostgres:
        """The running PostgreSQL."""
        if self._postgres is None:
            self._postgres = PrivatePostgres(self.claim() / "postgres", durable=self._durable, passwords=False)
            self._postgres.start()
        return self._postgres

    def begin_rabbit(self) -> "Future[PrivateRabbit]":
        """Start RabbitMQ in the background, because it takes longest; :meth:`rabbit` waits for it."""
        if self._rabbit is None:
            folder = self.claim() / "rabbitmq"
            self._rabbit = self._background.submit(_started_rabbit, folder, tuple(self._spare))
        return self._rabbit

    def rabbit(self) -> PrivateRabbit:
        """The running RabbitMQ. Raises StackError when it did not start."""
        return self.begin_rabbit().result()

    def fresh_vhost(self) -> str:
        """URL of a virtual host nobody used before; prepared ones are instant, further ones take a second."""
        rabbit = self.rabbit()
        if not self._spare:
            name = f"x{secrets.token_hex(4)}"
            rabbit.add_vhost(name)
            return rabbit.url(name)
        return rabbit.url(self._spare.pop(0))

    def close(self) -> None:
        """Stop what was started and remove its files."""
        if self._postgres is not None:
            self._postgres.stop()
        if self._rabbit is not None and self._rabbit.exception() is None:
            self._rabbit.result().stop()
        self._background.shutdown()
        _remove(self.folder)

    def claim(self) -> Path:
        """Make the folder ours (a later program removes it should we be killed); its path."""
        if not self.folder.exists():
            sweep(self.folder.parent)
            self.folder.mkdir(parents=True)
            me = ProcessId.of(os.getpid())
            if me is not None:
                (self.folder / "owner.json").write_text(json.dumps(asdict(me)))
        return self.folder


def _started_rabbit(folder: Path, vhosts: tuple[str, ...]) -> PrivateRabbit:
    rabbit = PrivateRabbit(folder, vhosts=vhosts)
    rabbit.start()
    return rabbit


def sweep(root: Path) -> list[str]:
    """End and remove what programs that are gone left below ``root``; the names of their folders."""
    swept = []
    for owner in root.glob("*/owner.json"):
        try:
            process = ProcessId(**json.loads(owner.read_text()))
        except (OSError, ValueError, TypeError):
            continue  # another program is making or removing this folder just now
        if not process.alive():
            for folder in (owner.parent, *(file.parent for file in owner.parent.glob("*/stack.json"))):
                clear_leftovers(folder)
            _remove(owner.parent)
            swept.append(owner.parent.name)
    return swept


def _remove(folder: Path) -> None:
    """Everything below the folder, and the servers' files that had to lie beside it."""
    for beside in folders_beside(folder):
        shutil.rmtree(beside, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
