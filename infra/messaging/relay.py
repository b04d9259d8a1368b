"""Outbox to exchange: ``python -m infra.messaging.relay --service <name>``, a plain process per service.

Reads the service's outbox in order, publishes with pipelined confirms and deletes what the broker has confirmed. The
commit point of a message is its confirm: a crash before the delete sends it again (consumers drop repeats by id), a
crash before the confirm sends it for the first time. An advisory lock lets one relay of a service work while others
stand by, so that order holds and nothing is sent twice needlessly. A job whose queue cannot take it stays in the
outbox and is tried again later without holding up the rest. A row may stand for many facts (:mod:`.ranges`): it goes
once all of them are confirmed.

For ``consent`` it also beats: every 250 ms a heartbeat with the latest control ``seq`` and ledger ``index``, read from
the database each time and sent after every control message up to it. No database or no broker: no heartbeat, and
every guard denies.
"""

import argparse
import signal
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import sql
from pydantic import Field

from infra.eventlog.log import OutboxMessage
from infra.kernel.errors import AssentError, Unavailable
from infra.messaging.amqp import Backoff
from infra.messaging.events import CONTROL_EXCHANGE, control_message
from infra.messaging.publisher import Publisher
from infra.messaging.ranges import facts_of, range_of
from infra.settings import ProcessSettings
from infra.telemetry import configure_logging, log, serve_health
from infra.telemetry.metrics import HEARTBEATS, RELAY_LAG, RELAY_RETURNED, RELAYED

BEAT_S = 0.25
POLL_S = 0.25
BATCH = 500
HOLD_S = 1.0
HEARTBEAT_EXPIRES_MS = 1000  # an old heartbeat tells nobody anything

_LEAD = "SELECT pg_try_advisory_lock(hashtextextended(current_schema() || '.relay', 0))"
_HEAD = "SELECT seq, index, extract(epoch FROM clock_timestamp()) * 1000 FROM control_head"
_TAKE = """
SELECT seq, id, exchange, key, body, headers, expires_ms, extract(epoch FROM clock_timestamp() - at)
  FROM outbox WHERE (exchange = %(control)s) = ANY(%(lanes)s) AND NOT (exchange = '' AND key = ANY(%(held)s))
 ORDER BY seq LIMIT %(limit)s
"""
_DROP = "DELETE FROM outbox WHERE seq = ANY(%s)"


class RelaySettings(ProcessSettings):
    """The relay reads one service's outbox under that service's role."""

    database_url: str = Field(min_length=1, description="libpq URL of the service's role")


class Relay:
    """One service's relay. ``beats`` adds the control heartbeat. :meth:`run` returns after :meth:`stop`."""

    def __init__(self, database_url: str, amqp_url: str, service: str, *, beats: bool = False) -> None:
        self._database_url, self._service, self._beats = database_url, service, beats
        self._publisher = Publisher(amqp_url, f"relay-{service}")
        self._stopping = threading.Event()
        self._database_up = False
        self.leading = False
        self._held: dict[str, float] = {}
        self._next_beat = 0.0
        self._broker_down = False

    def stop(self) -> None:
        """Ask for the end after the batch in hand; safe in signal handlers and from any thread."""
        self._stopping.set()

    def ready(self) -> dict[str, bool]:
        return {"broker": self._publisher.connected, "database": self._database_up}

    def run(self) -> None:
        """Relay until stopped, through restarts of the database and of the broker. Raises :class:`Internal` where the
        service's own log is not whole.
        """
        backoff = Backoff()
        try:
            while not self._stopping.is_set():
                try:
                    with psycopg.connect(self._database_url, autocommit=True, **_PATIENCE) as connection:
                        self._database_up = True
                        backoff.reset()
                        self._serve(connection)
                except psycopg.OperationalError as error:
                    log.warning("relay.database_lost", service=self._service, error=type(error).__name__)
                    self._database_up = self.leading = False
                    self._stopping.wait(backoff.delay())
        finally:
            self._publisher.close()

    def _serve(self, connection: "psycopg.Connection[Any]") -> None:
        while not self._stopping.is_set() and not self._elected(connection):
            self._stopping.wait(POLL_S)
        self._publisher.wait(5.0)
        connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(f"outbox_{self._service}")))
        while not self._stopping.is_set():
            self._round(connection)
            for _ in connection.notifies(timeout=self._pause(), stop_after=1):
                pass

    def _elected(self, connection: "psycopg.Connection[Any]") -> bool:
        row = connection.execute(_LEAD).fetchone()
        self.leading = bool(row and row[0])
        if self.leading:
            log.info("relay.leading", service=self._service)
        return self.leading

    def _pause(self) -> float:
        """Seconds to wait for a NOTIFY: until the next poll, or the next beat."""
        if not self._beats:
            return POLL_S
        return min(POLL_S, max(0.0, self._next_beat - time.monotonic()))

    def _round(self, connection: "psycopg.Connection[Any]") -> None:
        """Send what is there. Control messages go first and the beat after them, whatever else waits."""
        try:
            full = True
            while full and not self._stopping.is_set():
                if self._beats:
                    self._control(connection)
                full = self._send(connection, (False,) if self._beats else (False, True))
            self._broker_down = False
        except Unavailable as error:
            if not self._broker_down:
                log.warning("relay.broker_lost", service=self._service, code=error.code)
            self._broker_down = True
            self._stopping.wait(POLL_S)

    def _control(self, connection: "psycopg.Connection[Any]") -> None:
        """The head is read first: all up to it is in the outbox by then, or was sent before."""
        due = time.monotonic() >= self._next_beat
        head = connection.execute(_HEAD).fetchone() if due else None
        while self._send(connection, (True,)):
            pass
        if head is not None:
            self._next_beat = time.monotonic() + BEAT_S
            beat = {"kind": "heartbeat", "seq": head[0], "index": head[1], "at_ms": round(float(head[2]), 3)}
            self._publisher.publish([_expiring(control_message(beat))])
            HEARTBEATS.inc()

    def _send(self, connection: "psycopg.Connection[Any]", lanes: Sequence[bool]) -> bool:
        """Send one batch of the control lane, the others, or both; True when there may be more."""
        now = time.monotonic()
        self._held = {queue: until for queue, until in self._held.items() if until > now}
        arguments = {"control": CONTROL_EXCHANGE, "lanes": list(lanes), "held": list(self._held), "limit": BATCH}
        rows = connection.execute(_TAKE, arguments).fetchall()
        if False in lanes:
            RELAY_LAG.labels(self._service).set(float(rows[0][7]) if rows else 0.0)
        if not rows:
            return False
        part: list[tuple[Any, list[OutboxMessage]]] = []
        for row in rows:
            part.append((row, self._messages(connection, row)))
            if sum(len(messages) for _, messages in part) >= BATCH:  # the control lane is to have its turn
                break
        self._hand_over(connection, part)
        return len(part) < len(rows) or len(rows) == BATCH

    def _messages(self, connection: "psycopg.Connection[Any]", row: Any) -> list[OutboxMessage]:
        """What a row of the outbox stands for."""
        message = _message(row)
        named = range_of(message)
        return [message] if named is None else facts_of(connection, self._service, named)

    def _hand_over(
        self, connection: "psycopg.Connection[Any]", part: Sequence[tuple[Any, list[OutboxMessage]]]
    ) -> None:
        """Publish, and delete the rows whose messages were all taken."""
        refused = self._publisher.publish([message for _, messages in part for message in messages])
        self._hold([row for row, _ in part], refused)
        sent = [(row[0], len(messages)) for row, messages in part if refused.isdisjoint(one.id for one in messages)]
        connection.execute(_DROP, ([seq for seq, _ in sent],))
        RELAYED.labels(self._service).inc(sum(count for _, count in sent))

    def _hold(self, rows: Sequence[Any], refused: set[str]) -> None:
        """Leave jobs that no queue took in the outbox, and their queue alone for a while."""
        queues = {row[3] for row in rows if row[1] in refused}
        for queue in queues:
            log.error("relay.unroutable", service=self._service, queue=queue)
            self._held[queue] = time.monotonic() + HOLD_S
        RELAY_RETURNED.labels(self._service).inc(len(refused))


_PATIENCE: dict[str, Any] = {
    "connect_timeout": 3,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 5000,
}


def _message(row: Any) -> OutboxMessage:
    _seq, id_, exchange, key, body, headers, expires_ms, _age = row
    return OutboxMessage(exchange, key, body, id=id_, headers=headers, expires_ms=expires_ms)


def _expiring(message: OutboxMessage) -> OutboxMessage:
    return OutboxMessage(message.exchange, message.key, message.body, expires_ms=HEARTBEAT_EXPIRES_MS)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one service's relay until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m infra.messaging.relay", description=__doc__)
    parser.add_argument("--service", required=True, help="whose outbox; consent's relay also sends the heartbeat")
    service = parser.parse_args(arguments).service
    settings = RelaySettings()
    configure_logging(settings.process, settings.log_level)
    relay = Relay(settings.database_url, settings.amqp_url, service, beats=service == "consent")
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: relay.stop())
    health = serve_health(settings.health_port, relay.ready) if settings.health_port else None
    try:
        relay.run()
    except AssentError as error:  # its own log is not whole: it sends nothing past that, whoever starts it again
        log.critical(
            "relay.refused", service=service, code=error.code, detail=error.detail, fix=error.fix, **error.info
        )
        return 1
    finally:
        if health is not None:
            health.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
