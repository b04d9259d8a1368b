"""The log's keys as the ledger's own stream records them."""

from dataclasses import dataclass

import psycopg

from infra.tlog.keyset import KEY_ADDED, KEY_RETIRED, STREAM, KeyHistory, KeySet
from infra.tlog.leaf import read_leaf
from infra.tlog.note import VerifierKey, parse_vkey

_PLACED = """
SELECT o.position, e.envelope FROM events e JOIN event_order o ON o.event_id = e.id
 WHERE e.stream = %s ORDER BY e.version
"""


@dataclass(frozen=True)
class LogKeys:
    """The active keys, and the entries that led to them: ``(index, leaf)`` of each that names a key after the first."""

    active: KeySet
    changes: tuple[tuple[int, bytes], ...]


def load_key_changes(conn: psycopg.Connection) -> LogKeys | None:
    """None before the genesis entry."""
    history: KeyHistory | None = None
    changes = []
    for position, envelope in conn.execute(_PLACED, (STREAM,), binary=True):
        event = read_leaf(bytes(envelope), position)
        if history is None:
            history = KeyHistory(parse_vkey(str(event.data["keys"]["log"])))
        history.take(position, event.type, event.data, event.signatures)
        if event.type in (KEY_ADDED, KEY_RETIRED):
            changes.append((int(position), bytes(envelope)))
    return None if history is None else LogKeys(history.latest, tuple(changes))


def load_history(conn: psycopg.Connection, first: VerifierKey) -> KeyHistory:
    """All sets of keys by size, from ``first`` on. Raises :class:`Invalid` for an entry that is no envelope."""
    history = KeyHistory(first)
    for position, envelope in conn.execute(_PLACED, (STREAM,), binary=True):
        event = read_leaf(bytes(envelope), position)
        history.take(position, event.type, event.data, event.signatures)
    return history


def load_keys(conn: psycopg.Connection) -> KeySet | None:
    """The active keys; None before the genesis entry."""
    found = load_key_changes(conn)
    return None if found is None else found.active
