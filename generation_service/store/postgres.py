"""The books of :mod:`generation_service.domain.ports` on Postgres, inside the event log's own transaction."""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from secrets import token_bytes
from typing import Any

from psycopg.types.json import Jsonb

from generation_service.contract.methods import ListProductions, ProductionView
from generation_service.domain.ports import Books, Tie
from generation_service.store.shelf_postgres import PgHistory, PgLines, PgSources
from infra.eventlog.db import named_sql
from infra.kernel.crypto import seal, unseal

_SQL = named_sql(Path(__file__).with_name("queries.sql"))


def postgres_books(master: bytes) -> Books:
    """The books of one installation; ``master`` is the 32-byte key that wraps production keys."""
    return Books(
        PgKeys(master), PgIndex(), PgTakes(), PgProgress(), PgTies(), PgLines(), PgHistory(), PgSources()
    )  # fmt: skip


class PgKeys:
    def __init__(self, master: bytes) -> None:
        self._master = master

    def create(self, tx: Any, production: str) -> None:
        wrapped = seal(self._master, token_bytes(32), production.encode())
        tx.conn.execute(_SQL["create_key"], {"production": production, "wrapped": wrapped})

    def hold(self, tx: Any, production: str) -> bool:
        return tx.conn.execute(_SQL["hold_key"], {"production": production}).fetchone() is not None

    def get(self, tx: Any, production: str) -> bytes | None:
        row = tx.conn.execute(_SQL["get_key"], {"production": production}).fetchone()
        return None if row is None else unseal(self._master, bytes(row[0]), production.encode())

    def replace(self, tx: Any, production: str, key: bytes) -> None:
        wrapped = seal(self._master, key, production.encode())
        tx.conn.execute(_SQL["replace_key"], {"production": production, "wrapped": wrapped})

    def destroy(self, tx: Any, production: str) -> None:
        tx.conn.execute(_SQL["destroy_key"], {"production": production})


class PgIndex:
    def put(self, tx: Any, view: ProductionView) -> None:
        row = {
            "id": view.id,
            "partner": view.partner,
            "state": view.state,
            "output": view.output.id if view.output else None,
            "at": view.submitted_at,
            "view": Jsonb(view.model_dump(mode="json")),
        }
        tx.conn.execute(_SQL["put_production"], row)

    def page(self, tx: Any, query: ListProductions) -> tuple[list[ProductionView], bool]:
        row = {"partner": query.partner, "after": query.after, "before": query.before, "limit": query.limit + 1}
        name = "page_productions" if query.before is None else "page_productions_before"
        views = [ProductionView.model_validate(found[0]) for found in tx.conn.execute(_SQL[name], row).fetchall()]
        page = views[: query.limit]
        return page if query.before is None else page[::-1], len(views) > query.limit

    def of_output(self, tx: Any, output: str) -> str | None:
        row = tx.conn.execute(_SQL["production_of_output"], {"output": output}).fetchone()
        return None if row is None else str(row[0])


class PgTakes:
    def note(self, tx: Any, partner: str, digest: str, *, production: str, sha256: str) -> None:
        row = {"partner": partner, "digest": digest, "production": production, "sha256": sha256}
        tx.conn.execute(_SQL["note_take"], row)

    def find(self, tx: Any, partner: str, digest: str) -> tuple[str, str] | None:
        row = tx.conn.execute(_SQL["find_take"], {"partner": partner, "digest": digest}).fetchone()
        return None if row is None else (str(row[0]), str(row[1]))

    def forget(self, tx: Any, production: str, sha256s: Collection[str] | None = None) -> None:
        which = None if sha256s is None else list(sha256s)
        tx.conn.execute(_SQL["forget_takes"], {"production": production, "sha": which})


class PgTies:
    def put(self, tx: Any, production: str, ties: Iterable[tuple[Tie, str]]) -> None:
        known = sorted(set(ties))
        row = {"production": production, "kinds": [kind for kind, _ in known], "refs": [ref for _, ref in known]}
        tx.conn.execute(_SQL["put_ties"], row)

    def of(self, tx: Any, kind: Tie, ref: str) -> list[str]:
        return [str(row[0]) for row in tx.conn.execute(_SQL["find_ties"], {"kind": kind, "ref": ref})]


class PgProgress:
    def set(self, tx: Any, production: str, shot: str, fraction: float) -> None:
        row = {"production": production, "shot": shot, "fraction": fraction}
        tx.conn.execute(_SQL["set_progress"], row)

    def of(self, tx: Any, production: str) -> Mapping[str, float]:
        rows = tx.conn.execute(_SQL["get_progress"], {"production": production}).fetchall()
        return {str(shot): float(fraction) for shot, fraction in rows}

    def clear(self, tx: Any, production: str) -> None:
        tx.conn.execute(_SQL["clear_progress"], {"production": production})

    def attempt(self, tx: Any, job: str) -> int:
        return int(tx.conn.execute(_SQL["count_attempt"], {"job": job}).fetchone()[0])


class PgTables:
    """:class:`~generation_service.usecases.replay.Tables`."""

    def empty(self, tx: Any) -> None:
        tx.conn.execute(_SQL["forget_models"])

    def trim(self, tx: Any, known: Mapping[str, Collection[str]]) -> None:
        pairs = [(production, sha256) for production, held in known.items() for sha256 in sorted(held)]
        row = {"productions": [pair[0] for pair in pairs], "shas": [pair[1] for pair in pairs]}
        tx.conn.execute(_SQL["trim_takes"], row)
