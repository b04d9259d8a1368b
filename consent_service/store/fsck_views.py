"""The checker of the read models: each row says what its events say, and no event lacks its row. It never repairs.

All events that move a read model are folded again with the rules of the domain and compared with the rows, columns
beside the document included. What it cannot judge: a lease's deadline, which is no event; it is only held against the
earliest time it can have.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import psycopg
from pydantic import ValidationError

from consent_service.domain.flags import FlagNow
from consent_service.domain.grants import GrantNow, lapses_at
from consent_service.domain.leases import TTL_S, LeaseNow
from consent_service.domain.outputs import OutputNow
from consent_service.domain.parties import PartyNow
from consent_service.domain.projector import MOVING, Model, evolved, moves
from infra.eventlog.db import named_sql
from infra.eventlog.envelope import load
from infra.eventlog.log import Event
from infra.kernel.errors import AssentError

SQL = named_sql(Path(__file__).with_name("fsck.sql"))
_UNREADABLE = (AssentError, ValidationError, ValueError, KeyError, TypeError, AttributeError)
_ROWS: tuple[Model, ...] = ("party", "grant", "flag", "lease", "output", "reference")
_PAGE = 1024

States = dict[Model, dict[str, Any]]


def check_views(conn: psycopg.Connection) -> Iterator[str]:
    """What does not hold, in plain words, in the caller's snapshot (REPEATABLE READ)."""
    states: States = {model: {} for model in get_args(Model)}
    for event in moving(conn):
        try:
            for move in moves(event):
                rows = states[move.model]
                rows[move.key] = evolved(move.model, rows.get(move.key), event)
        except _UNREADABLE:
            yield f"event {event.id} does not say what its type needs"
    _join_uses(states)
    for model in _ROWS:
        yield from _compare(conn, model, states[model])


def moving(conn: psycopg.Connection) -> Iterator[Event]:
    """Events that move a read model, in the order in which they moved it."""
    with conn.cursor(name="fsck_moving", binary=True) as cursor:
        cursor.itersize = _PAGE
        cursor.execute(SQL["moving"], {"types": sorted(MOVING)})
        for (envelope,) in cursor:
            try:
                yield load(bytes(envelope))
            except _UNREADABLE:
                continue  # the ledger's own check says so


def _join_uses(states: States) -> None:
    grants = states["grant"]
    for key, uses in states["use"].items():
        if grants.get(key) is not None:
            grants[key] = grants[key].model_copy(update={"uses": uses.count, "last_used": uses.last})


def _compare(conn: psycopg.Connection, model: Model, states: dict[str, Any]) -> Iterator[str]:
    left = {key for key, state in states.items() if state is not None}
    for key, *row in conn.execute(SQL[model]).fetchall():
        state = states.get(key)
        left.discard(key)
        if state is None:
            yield f"no event made the {model} {key}"
            continue
        try:
            same = _same(model, state, row)
        except _UNREADABLE:
            same = False
        if not same:
            yield f"the {model} {key} is not what its events made it"
    for key in sorted(left):
        yield f"the {model} {key} is missing"


def _same(model: Model, state: Any, row: list[Any]) -> bool:
    """Whether a row (document first) says what the folded state says. Raises when it is no such document."""
    match model:
        case "party":
            return bool(PartyNow.model_validate(row[0]) == state)
        case "flag":
            return (_unplaced(FlagNow.model_validate(row[0])), row[1]) == (_unplaced(state), state.entry)
        case "grant":
            doc, uses, last_used, *columns = row
            stored = GrantNow.model_validate(doc | {"uses": uses, "last_used": last_used})
            beside = [state.terms.subject.handle, state.terms.grantee.partner, state.entry, lapses_at(state)]
            return _unplaced(stored) == _unplaced(state) and columns == beside
        case "output":
            doc, *columns = row
            beside = [list(state.grants), state.recalled_at is not None]
            return bool(OutputNow.model_validate(doc) == state and columns == beside)
        case "reference":
            return bool(dict(zip(*row, strict=True)) == state)
        case _:
            doc, *columns, expires_at = row
            beside = [state.job, list(state.grants), state.state == "open"]
            in_time = expires_at >= state.opened_at + timedelta(seconds=TTL_S)
            return bool(LeaseNow.model_validate(doc) == state and columns == beside and in_time)


def _unplaced(state: Any) -> Any:
    """A state without its index, which the sequencer gives later."""
    return state.model_copy(update={"index": None})
