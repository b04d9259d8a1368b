# mypy: allow-untyped-calls
"""Starts one nameko service: ``python -m infra.messaging.launch <service>_service.bootstrap``.

Order matters and is checked: eventlet patches the standard library before anything else is imported, and psycopg is
told to wait with ``select`` (the only wait that yields to eventlet) before it is imported. Then the bootstrap module's
``service_class()`` gives the class to run. SIGTERM finishes running commands; a second one, or a stop that takes too
long, ends the process with status 1.
"""

import warnings

warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")  # known: the ADR on transport says why
import eventlet  # noqa: E402

eventlet.monkey_patch()

import os  # noqa: E402

os.environ["PSYCOPG_WAIT_FUNC"] = "wait_select"

import importlib  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402
from functools import partialmethod  # noqa: E402
from typing import Any  # noqa: E402

import kombu.pools  # noqa: E402
import psycopg  # noqa: E402
from eventlet.event import Event  # noqa: E402
from kombu.mixins import ConsumerMixin  # noqa: E402
from nameko.amqp.publish import Publisher  # noqa: E402
from nameko.messaging import QueueConsumer  # noqa: E402
from nameko.runners import ServiceRunner  # noqa: E402

from infra.messaging.nameko_ext import NamekoRpc  # noqa: E402
from infra.settings import ServiceSettings  # noqa: E402
from infra.telemetry import configure_logging, log, serve_health  # noqa: E402

_PATIENT = {"max_retries": 60, "interval_start": 0.1, "interval_step": 0.1, "interval_max": 1.0}
_WATCH_S = 0.05
_DRAIN_S = 0.2
"""How long a consumer waits for messages before it looks whether it is to be cancelled. A stop waits for that three
times over: the entry points, the reply listener, the consumer itself. With kombu's own second it lasted over three.
"""


def main(arguments: list[str]) -> int:
    """Run until stopped; 0 after a graceful stop, 1 when the service died (its supervisor starts it again)."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m infra.messaging.launch <module with service_class()>\n")
        return 2
    settings = ServiceSettings()
    configure_logging(settings.process, settings.log_level)
    _verify_green()
    service = importlib.import_module(arguments[0]).service_class()
    Publisher.retry_policy = _PATIENT
    Publisher.transport_options = dict(_PATIENT)
    QueueConsumer.consume = partialmethod(ConsumerMixin.consume, safety_interval=_DRAIN_S)
    return Launch(service, settings).run()


class Launch:
    """One service class, its container, its signals and its health port."""

    def __init__(self, service: type, settings: ServiceSettings) -> None:
        self._name, self._settings = str(service.name), settings  # type: ignore[attr-defined]
        self._runner = ServiceRunner(_config(settings))
        self._runner.add_service(_held_open(service))
        self._container: Any = self._runner.service_map[self._name]
        self._stops = 0
        self._ended = Event()

    def run(self) -> int:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: eventlet.spawn_n(self._stop))
        health = serve_health(self._settings.health_port, self._ready) if self._settings.health_port else None
        eventlet.spawn_n(self._serve)
        status = int(self._ended.wait())
        if health is not None:
            health.close()
        log.info("service.stopped", service=self._name, status=status)
        return status

    def _serve(self) -> None:
        try:
            self._runner.start()
            log.info("service.started", service=self._name)
            self._runner.wait()
        except Exception:  # noqa: BLE001  whatever ends a container ends the process
            log.exception("service.died", service=self._name)
            self._end(1)
        else:
            self._end(0)

    def _stop(self) -> None:
        """Finish what runs. Without a broker nothing new can come and nameko cannot cancel its consumers, so there is
        only the running work to wait for. The broker may also go while the stop is under way, or have gone unnoticed
        just before it: so it is watched until the end.
        """
        self._stops += 1
        if self._stops > 1:
            self._end(1)
            return
        log.info("service.stopping", service=self._name)
        eventlet.spawn_after(self._settings.stop_grace_s, self._end, 1)
        if self._consuming():
            eventlet.spawn_n(self._runner.stop)
        while not self._ended.ready():
            if self._cut_off() and not self._container._worker_pool.running():
                self._end(0)
            eventlet.sleep(_WATCH_S)

    def _end(self, status: int) -> None:
        if not self._ended.ready():
            self._ended.send(status)

    def _ready(self) -> dict[str, bool]:
        checks = {"broker": self._consuming()}
        if self._settings.database_url:
            checks["database"] = _database_answers(self._settings.database_url)
        return checks

    def _consuming(self) -> bool:
        """Whether every queue is declared and consumed on a live channel."""
        shared = self._container.shared_extensions.values()
        return all(_consumes(one) for one in shared if isinstance(one, QueueConsumer))

    def _cut_off(self) -> bool:
        """Whether a queue that is not cancelled yet has no live channel to cancel it on."""
        return any(_lost(one) for one in self._container.shared_extensions.values() if isinstance(one, QueueConsumer))


def _lost(consumer: Any) -> bool:
    """Nameko takes a consumer out of ``_consumers`` when it cancels it; a lost connection leaves it there."""
    return not consumer._consumers_ready.ready() or not all(_live(one) for one in consumer._consumers.values())


def _consumes(consumer: Any) -> bool:
    """Nameko fills ``_consumers`` one by one while it declares their queues, at start and after a reconnect."""
    started = consumer._consumers_ready.ready() and len(consumer._consumers) == len(consumer._providers)
    return started and all(_live(one) for one in consumer._consumers.values())


def _live(consumer: Any) -> bool:
    return consumer.channel is not None and bool(consumer.channel.connection)


def _config(settings: ServiceSettings) -> dict[str, Any]:
    return {
        "AMQP_URI": settings.amqp_url,
        "HEARTBEAT": 20,
        "TRANSPORT_OPTIONS": {**_PATIENT, "client_properties": {"connection_name": settings.process}},
        "max_workers": settings.max_workers,
        "serializer": "json",
        "ACCEPT": ["json"],
    }


def _held_open(service: type) -> type:
    """The class with a reply listener, so that a graceful stop keeps the connection until all work is answered."""
    if any(isinstance(member, NamekoRpc) for member in vars(service).values()):
        return service
    return type(service.__name__, (service,), {"held_open": NamekoRpc(), "__module__": service.__module__})


def _database_answers(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=2) as connection:
            return connection.execute("SELECT 1").fetchone() is not None
    except psycopg.Error:
        return False


def _verify_green() -> None:
    if getattr(psycopg.waiting.wait, "__name__", "") != "wait_select":
        raise RuntimeError("psycopg was imported before the launcher could make it green")
    kombu.pools.set_limit(32)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
