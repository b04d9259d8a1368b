"""Random edits that a database superuser can make to the ledger: one function a kind, each changes something for sure.

An edit gets a superuser's connection (in a transaction that is rolled back afterwards, triggers off) and dice. It
raises :class:`Nothing` when the drawn row cannot be edited that way, and is then drawn again.
"""

import json
import random
import string
from collections.abc import Callable
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

_NOBODY = UUID(int=0)
Edit = Callable[[psycopg.Connection, random.Random], None]


class Nothing(Exception):
    """The drawn edit changes nothing here."""


def _flip(data: bytes, dice: random.Random) -> bytes:
    """One bit flipped, a byte dropped, or one added."""
    at = dice.randrange(len(data))
    match dice.randrange(4):
        case 0:
            return data[:at] + data[at + 1 :]
        case 1:
            return data[:at] + bytes([dice.randrange(32, 127)]) + data[at:]
        case _:
            return data[:at] + bytes([data[at] ^ (1 << dice.randrange(8))]) + data[at + 1 :]


def _bent(value: Any, dice: random.Random) -> Any:
    """Another value in the place of this one."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value + dice.choice((-1, 1, 1000))
        case str() if value and dice.random() < 0.8:
            at = dice.randrange(len(value))
            other = dice.choice([c for c in string.ascii_lowercase + string.digits if c != value[at].lower()])
            return value[:at] + other + value[at + 1 :]
        case str():
            return value + "x"
        case None:
            return "x"
        case list() if value:
            return value[:-1] if dice.random() < 0.5 else [*value[:-1], _bent(value[-1], dice)]
        case list():
            return ["x"]
        case dict() if value and dice.random() < 0.9:
            key = dice.choice(sorted(value))
            return value | {key: _bent(value[key], dice)}
        case _:
            return dict(value) | {"unknown": 1}


def _pick(conn: psycopg.Connection, dice: random.Random, table: str, columns: str) -> tuple[Any, ...]:
    """A random row: ctid first."""
    query = sql.SQL("SELECT ctid::text, {} FROM {} ORDER BY ctid").format(sql.SQL(columns), sql.Identifier(table))  # type: ignore[arg-type]
    rows = conn.execute(query).fetchall()
    if not rows:
        raise Nothing
    return tuple(dice.choice(rows))


def _set(conn: psycopg.Connection, table: str, column: str, ctid: str, value: Any) -> None:
    query = sql.SQL("UPDATE {} SET {} = %s WHERE ctid = %s::tid").format(sql.Identifier(table), sql.Identifier(column))
    if conn.execute(query, (value, ctid)).rowcount != 1:
        raise Nothing


def _exec(conn: psycopg.Connection, query: str, *values: Any) -> None:
    """A statement that must change a row."""
    if conn.execute(query, values).rowcount < 1:  # type: ignore[arg-type]
        raise Nothing


def _delete(table: str) -> Edit:
    def edit(conn: psycopg.Connection, dice: random.Random) -> None:
        ctid, _ = _pick(conn, dice, table, "1")
        conn.execute(sql.SQL("DELETE FROM {} WHERE ctid = %s::tid").format(sql.Identifier(table)), (ctid,))

    return edit


def _bytes(table: str, column: str) -> Edit:
    def edit(conn: psycopg.Connection, dice: random.Random) -> None:
        ctid, value = _pick(conn, dice, table, column)
        changed = _flip(bytes(value), dice)
        if changed == bytes(value):
            raise Nothing
        _set(conn, table, column, ctid, changed)

    return edit


def _hash(table: str, column: str) -> Edit:
    """A flipped bit or another hash altogether; the length stays, the database holds on to that."""

    def edit(conn: psycopg.Connection, dice: random.Random) -> None:
        ctid, value = _pick(conn, dice, table, column)
        other = dice.randbytes(32)
        at = dice.randrange(32)
        flipped = value[:at] + bytes([value[at] ^ (1 << dice.randrange(8))]) + value[at + 1 :]
        _set(conn, table, column, ctid, dice.choice((other, flipped)))

    return edit


def _bit(table: str, column: str) -> Edit:
    """A flipped bit."""

    def edit(conn: psycopg.Connection, dice: random.Random) -> None:
        ctid, value = _pick(conn, dice, table, column)
        at = dice.randrange(len(value))
        _set(conn, table, column, ctid, value[:at] + bytes([value[at] ^ (1 << dice.randrange(8))]) + value[at + 1 :])

    return edit


def _scalar(table: str, *columns: str) -> Edit:
    """Another value in a column beside the document."""

    def edit(conn: psycopg.Connection, dice: random.Random) -> None:
        column = dice.choice(columns)
        ctid, value = _pick(conn, dice, table, column)
        _set(conn, table, column, ctid, _bent(value, dice))

    return edit


def _copied(table: str, column: str) -> Edit:
    """The value of one row put into another."""

    def edit(conn: psycopg.Connection, dice: random.Random) -> None:
        (ctid, value), (_, other) = _pick(conn, dice, table, column), _pick(conn, dice, table, column)
        if value == other:
            raise Nothing
        _set(conn, table, column, ctid, other)

    return edit


def _text(table: str, column: str) -> Edit:
    def edit(conn: psycopg.Connection, dice: random.Random) -> None:
        ctid, value = _pick(conn, dice, table, column)
        at = dice.randrange(len(value))
        kept = dice.choice(["", dice.choice([c for c in string.printable[:94] + "\n" if c != value[at]])])
        _set(conn, table, column, ctid, value[:at] + kept + value[at + 1 :])

    return edit


def _document(table: str, column: str = "doc") -> Edit:
    def edit(conn: psycopg.Connection, dice: random.Random) -> None:
        ctid, value = _pick(conn, dice, table, column)
        _set(conn, table, column, ctid, json.dumps(_bent(value, dice)))

    return edit


def _random_uuid(table: str, column: str) -> Edit:
    def edit(conn: psycopg.Connection, dice: random.Random) -> None:
        ctid, _ = _pick(conn, dice, table, "1")
        row = conn.execute("SELECT gen_random_uuid()").fetchone()
        _set(conn, table, column, ctid, row[0] if row else None)

    return edit


def _moment(table: str, *columns: str) -> Edit:
    """A time moved, or put where none was."""

    def edit(conn: psycopg.Connection, dice: random.Random) -> None:
        column = sql.Identifier(dice.choice(columns))
        ctid, _ = _pick(conn, dice, table, "1")
        query = sql.SQL("UPDATE {} SET {} = coalesce({}, now()) + interval '1 day' WHERE ctid = %s::tid")
        conn.execute(query.format(sql.Identifier(table), column, column), (ctid,))

    return edit


def _order_swapped(conn: psycopg.Connection, dice: random.Random) -> None:
    (a, _), (b, _) = _pick(conn, dice, "event_order", "1"), _pick(conn, dice, "event_order", "1")
    if a == b:
        raise Nothing
    [one, other] = [
        conn.execute("SELECT position, event_id FROM event_order WHERE ctid = %s::tid", (at,)).fetchone()
        for at in (a, b)
    ]
    if one is None or other is None:
        raise Nothing
    conn.execute("DELETE FROM event_order WHERE ctid = ANY (%s::tid[])", ([a, b],))
    for position, event in ((one[0], other[1]), (other[0], one[1])):
        conn.execute("INSERT INTO event_order VALUES (%s, %s)", (position, event))


def _order_truncated(conn: psycopg.Connection, dice: random.Random) -> None:
    """The latest entries forgotten, with everything that was signed over them."""
    row = conn.execute("SELECT size FROM checkpoints ORDER BY size DESC OFFSET 1 LIMIT 1").fetchone()
    size = row[0] if row else 0
    conn.execute("DELETE FROM pending")
    for table, column in (("control_entries", "position"), ("event_order", "position")):
        conn.execute(f"DELETE FROM {table} WHERE {column} >= %s", (size,))  # type: ignore[call-overload]
    conn.execute("DELETE FROM events WHERE id NOT IN (SELECT event_id FROM event_order)")
    conn.execute("DELETE FROM nodes WHERE (first + 1) * 2 ^ level > %s", (size,))
    conn.execute("DELETE FROM checkpoints WHERE size > %s", (size,))


def _node_added(conn: psycopg.Connection, dice: random.Random) -> None:
    level, first = dice.randrange(12), dice.randrange(10_000, 20_000)
    conn.execute("INSERT INTO nodes VALUES (%s, %s, %s)", (level, first, dice.randbytes(32)))


def _checkpoint_added(conn: psycopg.Connection, dice: random.Random) -> None:
    taken = {row[0] for row in conn.execute("SELECT size FROM checkpoints UNION SELECT previous FROM checkpoints")}
    size = dice.choice([n for n in range(1, max(taken) + 50) if n not in taken])
    _exec(
        conn,
        "INSERT INTO checkpoints (size, previous, root, note) SELECT %s, %s, root, note FROM checkpoints LIMIT 1",
        size, size - 1,
    )  # fmt: skip


def _control_added(conn: psycopg.Connection, dice: random.Random) -> None:
    position = "SELECT position FROM event_order WHERE position NOT IN (SELECT position FROM control_entries) LIMIT 1"
    _exec(
        conn,
        f"INSERT INTO control_entries SELECT max(seq) + 1, ({position}), 'flag', %s, 'on' FROM control_entries",
        dice.choice(("allow.voice_clone", "allow.video_generation")),
    )  # fmt: skip


def _event_added(conn: psycopg.Connection, dice: random.Random) -> None:
    _exec(
        conn,
        "INSERT INTO events SELECT gen_random_uuid(), stream, (SELECT max(version) + 1 FROM events i WHERE i.stream = "
        "o.stream), type, envelope FROM events o OFFSET %s LIMIT 1",
        dice.randrange(50),
    )  # fmt: skip


def _flag_resumed(conn: psycopg.Connection, dice: random.Random) -> None:
    """The edit somebody would really want: a paused feature is on again."""
    _exec(conn, "UPDATE flags SET doc = jsonb_set(doc, '{state}', '\"on\"') WHERE key = %s", _a_flag(conn, dice))


def _a_flag(conn: psycopg.Connection, dice: random.Random) -> str:
    return str(_pick(conn, dice, "flags", "key")[1])


def _row_forged(table: str, key: str) -> Edit:
    """A row that no event made, after the picture of one that some did."""

    def edit(conn: psycopg.Connection, dice: random.Random) -> None:
        columns = [
            name
            for (name,) in conn.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_schema = 'consent' AND table_name = %s "
                "ORDER BY ordinal_position",
                (table,),
            )
        ]
        ctid, _ = _pick(conn, dice, table, "1")
        listed = ", ".join("%s" if name == key else name for name in columns)
        _exec(conn, f"INSERT INTO {table} SELECT {listed} FROM {table} WHERE ctid = %s::tid", f"x{dice.random()}", ctid)

    return edit


def _pending_swapped(conn: psycopg.Connection, dice: random.Random) -> None:
    """Two that wait in one stream change places."""
    rows = conn.execute(
        "SELECT array_agg(p.seq ORDER BY p.seq, n.at), array_agg(n.id ORDER BY p.seq, n.at) FROM pending p "
        "CROSS JOIN unnest(p.event_ids) WITH ORDINALITY AS n (id, at) JOIN events e ON e.id = n.id "
        "GROUP BY e.stream HAVING count(*) > 1"
    ).fetchall()
    if not rows:
        raise Nothing
    seqs, ids = dice.choice(rows)
    for old, new in ((ids[0], _NOBODY), (ids[1], ids[0]), (_NOBODY, ids[1])):
        swap = "UPDATE pending SET event_ids = array_replace(event_ids, %s, %s) WHERE seq = ANY (%s)"
        conn.execute(swap, (old, new, seqs))


def _pending_replaced(conn: psycopg.Connection, dice: random.Random) -> None:
    ctid, _ = _pick(conn, dice, "pending", "1")
    _exec(conn, "UPDATE pending SET event_ids[1] = gen_random_uuid() WHERE ctid = %s::tid", ctid)


def _pending_repeated(conn: psycopg.Connection, dice: random.Random) -> None:
    _exec(conn, "INSERT INTO pending (event_ids) SELECT ARRAY[id] FROM events OFFSET %s LIMIT 1", dice.randrange(50))


def _receipt_added(conn: psycopg.Connection, dice: random.Random) -> None:
    """A signature by somebody else."""
    added = "INSERT INTO receipt_signatures SELECT size, %s, signature FROM receipt_signatures ORDER BY size LIMIT 1"
    _exec(conn, added, dice.randbytes(4))


def _message_forged(conn: psycopg.Connection, dice: random.Random) -> None:
    """A word into the guards' ear: a pause taken back that nobody took back."""
    state = dice.choice(("on", "limited", "resumed", "active"))
    _exec(
        conn,
        "INSERT INTO outbox (id, exchange, key, body, headers) SELECT gen_random_uuid()::text, exchange, key, "
        "body || jsonb_build_object('state', %s::text, 'seq', (SELECT max(seq) FROM control_entries) + %s), headers "
        "FROM outbox WHERE exchange = 'consent.control' LIMIT 1",
        state, dice.randrange(3),
    )  # fmt: skip


EDITS: dict[str, dict[str, Edit]] = {
    "entry": {
        "bytes": _bytes("events", "envelope"), "bytes of another": _copied("events", "envelope"),
        "column": _scalar("events", "stream", "version", "type"), "id": _random_uuid("events", "id"),
        "deleted": _delete("events"), "added": _event_added,
    },
    "order": {
        "swapped": _order_swapped, "moved": _scalar("event_order", "position"), "deleted": _delete("event_order"),
        "another event": _random_uuid("event_order", "event_id"), "history cut short": _order_truncated,
    },
    "checkpoint": {
        "note": _text("checkpoints", "note"), "note of another": _copied("checkpoints", "note"),
        "root": _hash("checkpoints", "root"), "size": _scalar("checkpoints", "size", "previous"),
        "deleted": _delete("checkpoints"), "added": _checkpoint_added,
    },
    "tile": {
        "hash": _bytes("nodes", "hashes"), "hashes of another": _copied("nodes", "hashes"),
        "place": _scalar("nodes", "level", "first"), "deleted": _delete("nodes"), "added": _node_added,
    },
    "control": {
        "column": _scalar("control_entries", "kind", "key", "state"),
        "number": _scalar("control_entries", "seq", "position"), "deleted": _delete("control_entries"),
        "added": _control_added,
    },
    # one that is deleted proves nothing false, and nobody tells
    "receipt": {
        "signature": _bit("receipt_signatures", "signature"),
        "signature of another": _copied("receipt_signatures", "signature"),
        "size": _scalar("receipt_signatures", "size"), "key": _bit("receipt_signatures", "kid"),
        "added": _receipt_added,
    },
    "flag": {
        "document": _document("flags"), "resumed": _flag_resumed, "entry": _random_uuid("flags", "entry"),
        "deleted": _delete("flags"), "forged": _row_forged("flags", "key"),
    },
    "grant": {
        "document": _document("grants"), "column": _scalar("grants", "subject", "partner", "uses"),
        "time": _moment("grants", "last_used", "lapses_at"),
        "entry": _random_uuid("grants", "entry"), "deleted": _delete("grants"), "forged": _row_forged("grants", "id"),
    },
    "party": {
        "document": _document("parties"), "deleted": _delete("parties"), "forged": _row_forged("parties", "handle"),
    },
    "lease": {
        "document": _document("leases"), "column": _scalar("leases", "job", "grants", "open"),
        "deleted": _delete("leases"), "forged": _row_forged("leases", "id"),
    },
    "index": {
        "list": _scalar("subject_entries", "subject", "n", "position"), "list cut": _delete("subject_entries"),
        "edge": _scalar("subject_lists", "size"), "map": _hash("subject_nodes", "two"),
        "map cut": _delete("subject_nodes"), "reference": _scalar("subject_refs", "ref", "subjects"),
        "root": _hash("subject_commits", "root"), "commitment": _delete("subject_commits"),
    },
    "pending": {
        "deleted": _delete("pending"), "another event": _pending_replaced,
        "swapped": _pending_swapped, "repeated": _pending_repeated,
    },
    "outbox": {
        "body": _document("outbox", "body"), "way": _scalar("outbox", "exchange", "key"), "forged": _message_forged,
        "expiry": _scalar("outbox", "expires_ms"),
    },
}  # fmt: skip
"""Kind → how → edit."""
