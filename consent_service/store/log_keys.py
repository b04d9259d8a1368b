"""The log's keys as the ledger's own stream records them."""

import psycopg

from infra.tlog.keyset import STREAM, KeyHistory, KeySet
from infra.tlog.leaf import read_leaf
from infra.tlog.note import parse_vkey

_PLACED = """
SELECT o.position, e.envelope FROM events e JOIN event_order o ON o.event_id = e.id
 WHERE e.stream = %s ORDER BY e.version
"""


def load_keys(conn: psycopg.Connection) -> KeySet | None:
    """The active keys; None before the genesis entry."""
    history: KeyHistory | None = None
    for position, envelope in conn.execute(_PLACED, (STREAM,), binary=True):
        event = read_leaf(bytes(envelope), position)
        if history is None:
            history = KeyHistory(parse_vkey(str(event.data["keys"]["log"])))
        history.take(position, event.type, event.data, event.signatures)
    return None if history is None else history.latest
