"""Facts that leave straight from the event log: one row of the outbox names positions, and stands for their events.

The log holds every event already, in its final order and unchangeable, so copying each into the outbox would write it
twice. The relay reads the events of the range and makes the messages; it deletes the row once the broker has confirmed
all of them. A crash before that sends the range again, and consumers drop repeats by id, as always.
"""

from typing import Any

import psycopg

from infra.eventlog.envelope import load
from infra.eventlog.log import Event, OutboxMessage
from infra.kernel.errors import AssentError, Internal
from infra.messaging.events import event_exchange, event_message

Range = tuple[int, int]
"""Positions ``first`` up to ``end``, exclusive."""
_MEND = (
    "nothing more leaves this service until its log is whole: put the rows back from a backup (for consent, "
    "`assent audit fsck --store` names them), then start the relay again"
)
_EVENTS = """
SELECT o.position, e.envelope
  FROM event_order o CROSS JOIN LATERAL (SELECT envelope FROM events WHERE id = o.event_id OFFSET 0) AS e
 WHERE o.position >= %(first)s AND o.position < %(end)s ORDER BY o.position
"""


def range_message(service: str, first: int, end: int) -> OutboxMessage:
    """The outbox row for the events at these positions of the service's log. No event type is empty: such a key marks
    the row, and it never reaches a broker.
    """
    body = {"first": first, "end": end}
    return OutboxMessage(event_exchange(service), "", body, id=f"{service}:{first}-{end}")


def range_of(message: OutboxMessage) -> Range | None:
    """The positions a row stands for; None for a message that goes as it is."""
    if message.key or not message.exchange.endswith(".events"):
        return None
    return int(message.body["first"]), int(message.body["end"])


def facts_of(connection: "psycopg.Connection[Any]", service: str, named: Range) -> list[OutboxMessage]:
    """The messages of a range, in order.

    Raises :class:`Internal`: ``messaging.range_incomplete`` when the log does not hold all of it,
    ``messaging.event_unreadable`` for an event that is none any more. Nothing is sent past either: consumers would take
    what comes later for all there is.
    """
    first, end = named
    rows = connection.execute(_EVENTS, {"first": first, "end": end}, binary=True).fetchall()
    if len(rows) != end - first:
        raise Internal(
            "messaging.range_incomplete", "the log lacks events that the outbox names", fix=_MEND, first=first, end=end
        )
    return [fact_message(service, _loaded(service, envelope, position)) for position, envelope in rows]


def _loaded(service: str, envelope: bytes, position: int) -> Event:
    try:
        return load(envelope, position)
    except (AssentError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Internal(
            "messaging.event_unreadable", f"event {position} of {service}'s log cannot be read: its row was edited",
            fix=_MEND, position=position,
        ) from error  # fmt: skip


def fact_message(service: str, event: Event) -> OutboxMessage:
    """The CloudEvent of an event in the log; ``sequence`` (a CloudEvents extension) is its position."""
    return event_message(
        service, event.type, event.data, at=event.at, id=event.id, subject=event.stream, trace=event.trace,
        sequence=str(event.position),
    )  # fmt: skip
