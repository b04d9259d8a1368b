"""Making read models again from the events: the promise that nothing but events is a source of truth, carried out.

One transaction: all rows are forgotten and every event of the service is applied again, in the order in which it was
committed. Until the commit the old rows stand; a crash leaves them as they were. No other process of the service may
write meanwhile: stop it first. Keys, outbox, answers and consumed events are no read models and stay.
"""

import sys
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from infra.eventlog.envelope import load
from infra.eventlog.log import Event
from infra.eventlog.postgres import PgLog, PgTransaction

_EVENTS = "SELECT e.envelope, o.position FROM event_order o JOIN events e ON e.id = o.event_id ORDER BY o.position"
_PAGE = 500
_EVERY = 1000


class ReadModels(Protocol):
    """All read models of one service. ``apply`` is what the running service does with an event, and nothing more."""

    def forget(self, tx: Any) -> None: ...
    def apply(self, tx: Any, event: Event) -> None: ...
    def finish(self, tx: Any) -> None: ...


def rebuild(
    log: PgLog, models: ReadModels, *, say: Callable[[int], None] = lambda _: None,
    events: Callable[[PgTransaction], Iterator[Event]] | None = None,
) -> int:  # fmt: skip
    """Forget all rows and make them again; answers how many events were read. ``say`` hears of it now and then."""

    def work(tx: PgTransaction) -> int:
        models.forget(tx)
        count = 0
        for count, event in enumerate((events or every_event)(tx), start=1):
            models.apply(tx, event)
            if count % _EVERY == 0:
                say(count)
        models.finish(tx)
        say(count)
        return count

    return log.run(work)


def every_event(tx: PgTransaction) -> Iterator[Event]:
    """All events of the service in their global order, read through a cursor while rows are written beside it."""
    with tx.conn.cursor(name="rebuild", binary=True) as cursor:
        cursor.itersize = _PAGE
        cursor.execute(_EVENTS)
        for envelope, position in cursor:
            yield load(bytes(envelope), position)


def progress(service: str) -> Callable[[int], None]:
    """A line on the terminal for every thousand events."""

    def say(count: int) -> None:
        sys.stdout.write(f"{service}: {count} events\n")
        sys.stdout.flush()

    return say
