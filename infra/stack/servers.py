"""The two servers of a stack: private ones below its folder, or ones that exist, by URL.

A private server that dies is brought back on the same port; one that a test took away stays away until it is wanted
again. A given server is never started or stopped.
"""

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from infra.stack.child import Incident
from infra.stack.postgres import PrivatePostgres
from infra.stack.processes import tail, wait_until
from infra.stack.rabbitmq import PrivateRabbit
from infra.stack.system import StackError

Private = PrivatePostgres | PrivateRabbit
S = TypeVar("S", bound=Private)


class Servers:
    """PostgreSQL and RabbitMQ of one stack. URLs are valid after :meth:`start`."""

    def __init__(self, folder: Path, *, database_url: str | None, amqp_url: str | None, durable: bool) -> None:
        self._folder, self._durable = folder, durable
        self._database_url, self._amqp_url = database_url, amqp_url
        self._postgres: PrivatePostgres | None = None
        self._rabbit: PrivateRabbit | None = None
        self._wanted: set[str] = set()
        self._guard = threading.Lock()

    @property
    def database_url(self) -> str:
        """The owner's URL."""
        return self._database_url or _started(self._postgres).admin_url

    @property
    def amqp_url(self) -> str:
        """The broker's URL; known before it answers."""
        return self._amqp_url or _started(self._rabbit).url()

    def start(self, *, say: Callable[[str], None], database_ready: Callable[[], None]) -> None:
        """Start both side by side. ``database_ready`` runs as soon as the database answers and the broker's URL is
        known; the broker, which takes longest, is awaited after it.
        """
        with ThreadPoolExecutor(1) as pool:
            broker = pool.submit(self._begin_broker, say)
            if not self._database_url:
                say("starting PostgreSQL")
                self._postgres = PrivatePostgres(self._folder / "postgres", durable=self._durable)
                self._begin("postgres")
            wait_until(lambda: broker.done() or self._broker_known(), seconds=30)
            if not broker.done() or broker.exception() is None:
                database_ready()
            broker.result()

    def stop(self) -> None:
        """Stop the private ones, side by side."""
        with self._guard:
            self._wanted.clear()
            with ThreadPoolExecutor(2) as pool:
                list(pool.map(lambda server: server.stop(), self._private().values()))

    def take_away(self, name: str) -> None:
        """Stop ``postgres`` or ``rabbitmq`` and leave it stopped."""
        server = self._own(name)
        with self._guard:
            self._wanted.discard(name)
            server.stop()

    def bring_back(self, name: str) -> None:
        """Start it again, on the same port."""
        server = self._own(name)
        with self._guard:
            server.start()
            self._wanted.add(name)

    def revive(self) -> list[Incident]:
        """Bring back what died by itself; one incident each. Raises StackError when it cannot be started."""
        found = []
        for name, server in self._private().items():
            with self._guard:
                if name in self._wanted and not server.running():
                    found.append(Incident(name, time.time(), "is gone", tail(server.log_file), 0.0))
                    server.start()
        return found

    def describe(self) -> Mapping[str, Any]:
        """Pid, port and log of the private ones."""
        return {
            name: {"pid": server.pid, "port": server.port, "log": str(server.log_file)}
            for name, server in self._private().items()
        }

    def _begin_broker(self, say: Callable[[str], None]) -> None:
        if not self._amqp_url:
            say("starting RabbitMQ")
            self._rabbit = PrivateRabbit(self._folder / "rabbitmq")
            self._begin("rabbitmq")

    def _begin(self, name: str) -> None:
        self._private()[name].start()
        self._wanted.add(name)

    def _broker_known(self) -> bool:
        return bool(self._amqp_url) or (self._rabbit is not None and self._rabbit.port != 0)

    def _private(self) -> dict[str, Private]:
        both: dict[str, Private | None] = {"postgres": self._postgres, "rabbitmq": self._rabbit}
        return {name: server for name, server in both.items() if server is not None}

    def _own(self, name: str) -> Private:
        return _started(self._private().get(name))


def _started(server: S | None) -> S:
    if server is None:
        raise StackError("this stack did not start that server")
    return server
