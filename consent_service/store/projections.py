"""The read models on Postgres: rows of folded domain states, written in the transaction that appends the events.

Locks are separate statements before the read: at READ COMMITTED a read sees everything that was committed before it
began, so whatever the lock waited for is in it.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from psycopg.types.json import Jsonb

from consent_service.contract import events as kinds
from consent_service.contract.methods import ListGrants
from consent_service.domain import flags, grants, leases, outputs, parties
from consent_service.domain.flags import FlagNow
from consent_service.domain.grants import GrantNow, lapses_at
from consent_service.domain.leases import TTL_S, LeaseNow
from consent_service.domain.outputs import OutputNow
from consent_service.domain.parties import PartyNow
from consent_service.domain.ports import Lock
from consent_service.domain.projector import Model, moves
from infra.eventlog.db import named_sql
from infra.eventlog.log import Event
from infra.eventlog.postgres import PgTransaction
from infra.kernel.rpc import Message

SQL = named_sql(Path(__file__).with_name("projections.sql"))


class PgViews:
    """Implements the ``Views`` port."""

    def apply(self, tx: PgTransaction, events: Sequence[Event]) -> None:
        moved = [(move, event) for event in events for move in moves(event)]
        _put_grants(tx, [(move.key, event) for move, event in moved if move.model == "grant"])
        for move, event in moved:
            if move.model != "grant":
                _APPLY[move.model](tx, move.key, event)

    def parties(self, tx: PgTransaction, handles: Sequence[str], *, lock: Lock = "none") -> dict[str, PartyNow]:
        if lock != "none":
            tx.conn.execute(SQL[f"lock_parties_{lock}"], {"handles": list(handles)})
        rows = tx.conn.execute(SQL["parties"], {"handles": list(handles)})
        found = (PartyNow.model_validate(doc) for (doc,) in rows)
        return {party.handle: party for party in found}

    def grants(
        self, tx: PgTransaction, *, ids: Sequence[str] = (), subjects: Sequence[str] = (), lock: Lock = "none"
    ) -> list[GrantNow]:
        which = {"ids": list(ids), "subjects": list(subjects)}
        if lock != "none":
            tx.conn.execute(SQL[f"lock_grants_{lock}"], which)
        return [_grant(*row) for row in tx.conn.execute(SQL["grants"], which)]

    def page(self, tx: PgTransaction, query: ListGrants) -> list[GrantNow]:
        which = query.model_dump() | {"limit": query.limit + 1}
        statement = SQL["page"] if query.before is None else SQL["page_before"]
        return [_grant(*row) for row in tx.conn.execute(statement, which)]

    def flags(self, tx: PgTransaction, *, keys: Sequence[str] | None = None, lock: Lock = "none") -> dict[str, FlagNow]:
        which = {"keys": None if keys is None else list(keys)}
        if lock != "none":
            tx.conn.execute(SQL[f"lock_flags_{lock}"], which)
        found = (FlagNow.model_validate(doc | {"index": index}) for doc, index in tx.conn.execute(SQL["flags"], which))
        return {flag.key: flag for flag in found}

    def forget(self, tx: PgTransaction) -> None:
        """Empty every read model, to be made again."""
        tx.conn.execute(SQL["forget_views"])

    def rebuild(self, tx: PgTransaction, events: Iterable[Event]) -> None:
        """Make all read models again from ``events`` (all of them, in ledger order)."""
        self.forget(tx)
        for event in events:
            self.apply(tx, [event])


def _grant(doc: dict[str, Any], uses: int, index: int | None, last_used: datetime | None) -> GrantNow:
    return GrantNow.model_validate(doc | {"uses": uses, "index": index, "last_used": last_used})


def _doc(state: Message, *without: str) -> Jsonb:
    return Jsonb(state.model_dump(mode="json", exclude=set(without)))


def _put_party(tx: PgTransaction, key: str, event: Event) -> None:
    tx.conn.execute(SQL["put_party"], {"key": key, "doc": _doc(parties.evolve(None, event))})


def _put_grants(tx: PgTransaction, moved: Sequence[tuple[str, Event]]) -> None:
    """The grants that events move, read and written once for all of them."""
    begun = {key for key, event in moved if event.version == 1}
    unknown = sorted({key for key, _ in moved} - begun)
    rows = tx.conn.execute(SQL["grants"], {"ids": unknown, "subjects": []}) if unknown else ()
    states: dict[str, GrantNow | None] = {grant.id: grant for grant in (_grant(*row) for row in rows)}
    for key, event in moved:
        states[key] = grants.evolve(states.get(key), event)
    found = [state for _, state in sorted(states.items()) if state is not None]
    if found:
        columns = {
            "ids": [state.id for state in found],
            "subjects": [state.terms.subject.handle for state in found],
            "partners": [state.terms.grantee.partner for state in found],
            "entries": [state.entry for state in found],
            "lapses": [lapses_at(state) for state in found],
            "docs": [state.model_dump_json(exclude={"uses", "index", "last_used"}) for state in found],
        }
        tx.conn.execute(SQL["put_grants"], columns)


def _use_grant(tx: PgTransaction, key: str, event: Event) -> None:
    tx.conn.execute(SQL["use_grant"], {"key": key, "at": event.at})


def _put_output(tx: PgTransaction, key: str, event: Event) -> None:
    row = tx.conn.execute(SQL["output"], {"sha256": key}).fetchone()
    state = outputs.evolve(None if row is None else OutputNow.model_validate(row[0]), event)
    if state is not None:
        put = {"key": key, "grants": list(state.grants), "recalled": state.recalled_at is not None, "doc": _doc(state)}
        tx.conn.execute(SQL["put_output"], put)


def _note_gone(tx: PgTransaction, key: str, event: Event) -> None:
    tx.conn.execute(SQL["note_gone"], {"subject": key, "assets": event.data["assets"], "at": event.at})


def _put_flag(tx: PgTransaction, key: str, event: Event) -> None:
    known = [FlagNow.model_validate(doc) for doc, _ in tx.conn.execute(SQL["flags"], {"keys": [key]})]
    state = flags.evolve(known[0] if known else None, event)
    tx.conn.execute(SQL["put_flag"], {"key": key, "entry": state.entry, "doc": _doc(state, "index")})


def _put_lease(tx: PgTransaction, key: str, event: Event) -> None:
    if event.type == kinds.SYNTHESIS_STARTED:
        state = leases.started_lease(event)
    else:
        [(doc, _)] = tx.conn.execute(SQL["lease"], {"lease": key})
        state = leases.closed_lease(LeaseNow.model_validate(doc), event)
    row = {
        "key": key, "job": state.job, "grants": list(state.grants), "open": state.state == "open",
        "expires_at": state.opened_at + timedelta(seconds=TTL_S), "doc": _doc(state),
    }  # fmt: skip
    tx.conn.execute(SQL["put_lease"], row)


_APPLY: dict[Model, Callable[[PgTransaction, str, Event], None]] = {
    "party": _put_party, "use": _use_grant, "flag": _put_flag, "lease": _put_lease, "output": _put_output,
    "reference": _note_gone,
}  # fmt: skip
