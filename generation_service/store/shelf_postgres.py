"""The shelf of :mod:`generation_service.domain.shelf` on Postgres, inside the event log's own transaction."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from psycopg.types.json import Jsonb

from generation_service.domain.shelf import Stored
from infra.eventlog.db import named_sql

_SQL = named_sql(Path(__file__).with_name("shelf.sql"))


class PgLines:
    def note(self, tx: Any, partner: str, digest: str, line: Stored) -> None:
        row = {"partner": partner, "digest": digest, "production": line["production"], "sha256": line["sha256"]}
        tx.conn.execute(_SQL["note_line"], {**row, "line": Jsonb(line)})

    def find(self, tx: Any, partner: str, digest: str) -> Stored | None:
        row = tx.conn.execute(_SQL["find_line"], {"partner": partner, "digest": digest}).fetchone()
        return None if row is None else dict(row[0])

    def forget(self, tx: Any, production: str, sha256s: Sequence[str] | None = None) -> None:
        which = None if sha256s is None else list(sha256s)
        tx.conn.execute(_SQL["forget_lines"], {"production": production, "sha": which})


class PgHistory:
    """The rows of one shot are written by one transaction at a time, so numbers have no gaps."""

    def add(self, tx: Any, partner: str, film: str, take: Stored) -> int:
        place = {"film": film, "key": take["key"], "partner": partner, "sha256": take["sha256"]}
        tx.conn.execute(_SQL["lock_shot"], place)
        row = {**place, "production": take["production"], "take": Jsonb(take)}
        found = tx.conn.execute(_SQL["use_take"], row).fetchone()
        if found is None:
            found = tx.conn.execute(_SQL["add_take"], row).fetchone()
        return int(found[0])

    def of(self, tx: Any, film: str, key: str | None = None) -> list[Stored]:
        return [_take(row) for row in tx.conn.execute(_SQL["list_takes"], {"film": film, "key": key})]

    def purge(self, tx: Any, production: str, sha256s: Sequence[str] | None, why: str, at: datetime) -> None:
        which = None if sha256s is None else list(sha256s)
        tx.conn.execute(_SQL["purge_takes"], {"production": production, "sha": which, "why": why, "at": at})


def _take(row: Any) -> Stored:
    take, number, used_by, purged, purged_at = row
    return {**take, "number": number, "used_by": used_by, "purged": purged, "purged_at": purged_at}


class PgSources:
    def put(self, tx: Any, production: str, sealed: bytes) -> None:
        tx.conn.execute(_SQL["put_source"], {"production": production, "sealed": sealed})

    def get(self, tx: Any, production: str) -> bytes | None:
        row = tx.conn.execute(_SQL["get_source"], {"production": production}).fetchone()
        return None if row is None else bytes(row[0])

    def forget(self, tx: Any, production: str) -> None:
        tx.conn.execute(_SQL["forget_source"], {"production": production})
