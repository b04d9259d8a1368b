"""The checker of the ledger's two queues: what waits for an index and what waits for the relay. It never repairs.

(1) what waits is a canonical envelope, its row says the same, it waits once and follows the version of its stream that
came before; (2) a message to be relayed is about an entry of the ledger and says what that entry says, or names the
entries of one signed batch: nobody can put words into a guard's ear through the outbox. What it cannot judge: a message
that is gone was relayed or removed; its readers notice by the gap in ``seq`` or ``sequence``.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import TupleRow

from consent_service.contract.ledger import Control
from infra.eventlog.db import named_sql
from infra.kernel.clock import rfc3339
from infra.kernel.errors import AssentError
from infra.messaging.events import CONTROL_EXCHANGE, event_exchange
from infra.messaging.ranges import range_message
from infra.tlog.leaf import read_leaf

SQL = named_sql(Path(__file__).with_name("fsck.sql"))
_FACTS = event_exchange("consent")
_PAGE = 1024


def check_waiting(conn: psycopg.Connection) -> Iterator[str]:
    """Duty 1, in plain words where it does not hold."""
    seen: set[str] = set()
    versions: dict[str, int] = {}
    for event_id, found, stream, version, type_, leaf, placed in conn.execute(SQL["waiting"], binary=True):
        if found is None:
            yield f"event {event_id} waits for an index and does not exist"
            continue
        if event_id in seen:
            yield f"event {event_id} waits twice"
        seen.add(event_id)
        before = versions[stream] if stream in versions else int(placed)
        if version != before + 1:
            yield f"event {event_id} waits out of its stream's order"
        versions[stream] = version
        try:
            event = read_leaf(bytes(leaf), 0)
        except AssentError as error:
            yield f"event {event_id} waits and is no envelope: {error.code}"
            continue
        if (event.id, event.stream, event.version, event.type) != (event_id, stream, version, type_):
            yield f"event {event_id} waits and differs from its row"


def check_messages(conn: psycopg.Connection) -> Iterator[str]:
    """Duty 2, in plain words where it does not hold."""
    after = 0
    while rows := conn.execute(SQL["messages"], {"after": after, "limit": _PAGE}).fetchall():
        for seq, message_id, exchange, key, body, plain, leaf, position in rows:
            after = seq
            try:
                if not plain:
                    holds = False
                elif exchange == CONTROL_EXCHANGE:
                    holds = key == "" and _is_control(conn, body)
                elif exchange == _FACTS and key == "":
                    holds = _is_batch(conn, message_id, body)
                else:
                    holds = exchange == _FACTS and _is_fact(message_id, key, body, leaf, position)
            except (AssentError, ValueError, KeyError, TypeError):
                holds = False
            if not holds:
                yield f"message {seq} of the outbox is not what an entry says"


def _is_fact(message_id: str, key: str, body: dict[str, Any], leaf: bytes | None, position: int | None) -> bool:
    """Whether a CloudEvent, written out by an earlier version, is the one of its entry; tracing aside."""
    if leaf is None or position is None:
        return False
    event = read_leaf(bytes(leaf), position)
    said = {
        "specversion": "1.0", "id": event.id, "source": "/assent/consent", "type": event.type,
        "time": rfc3339(event.at), "datacontenttype": "application/json", "data": event.data, "subject": event.stream,
        "sequence": str(position),
    }  # fmt: skip
    return (message_id, key) == (event.id, event.type) and said == {k: v for k, v in body.items() if k != "traceparent"}


def _is_batch(conn: psycopg.Connection, message_id: str, body: dict[str, Any]) -> bool:
    """Whether a range is what one checkpoint added to the one before."""
    said = range_message("consent", body["first"], body["end"])
    row = conn.execute(SQL["batch"], {"size": body["end"], "previous": body["first"]}).fetchone()
    return row is not None and (message_id, body) == (said.id, said.body)


def _is_control(conn: psycopg.Connection, body: dict[str, Any]) -> bool:
    said = Control.model_validate(body)
    row: TupleRow | None = conn.execute(SQL["control"], {"seq": said.seq}).fetchone()
    if row is None:
        return False
    kind, key, state, position, leaf = row
    at_ms = read_leaf(bytes(leaf), position).at.timestamp() * 1000
    return said == Control(kind=kind, seq=said.seq, index=position, key=key, state=state, at_ms=at_ms)
