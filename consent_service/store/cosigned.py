"""Cosignatures as they are stored and read: lines beside their checkpoint, and which checkpoint a quorum has cosigned.

The lines were verified before they came here; readers verify them again with keys of their own.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg

from infra.eventlog.db import named_sql
from infra.tlog.policy import Policy

SQL = named_sql(Path(__file__).with_name("cosigned.sql"))


@dataclass(frozen=True)
class Cosigned:
    """The latest checkpoint that met the quorum ``rule``: the note with all its lines, and who cosigned it."""

    size: int
    note: str
    witnesses: tuple[str, ...]
    rule: str
    at: datetime


def load_cosigned(conn: psycopg.Connection) -> Cosigned | None:
    """None until a quorum has cosigned a checkpoint."""
    row = conn.execute(SQL["latest_cosigned"]).fetchone()
    return None if row is None else Cosigned(row[0], row[1], tuple(row[2]), row[3], row[4])


def cosignature_lines_of(conn: psycopg.Connection, size: int) -> str:
    """The lines to append to the checkpoint of ``size``; empty where no witness has cosigned it."""
    row = conn.execute(SQL["lines_of"], {"size": size}).fetchone()
    return str(row[0]) if row else ""


def keep_cosignatures(conn: psycopg.Connection, size: int, lines: dict[str, str], policy: Policy) -> bool:
    """Store lines by policy name, and the quorum once it is met; whether it is. One transaction (autocommit ``conn``).

    A line over a checkpoint that its witness has signed before is a newer one: readers get it from then on.

    Commit point: a crash before it loses lines that the witnesses give again; the same lines twice are kept once.
    """
    with conn.transaction():
        conn.execute(SQL["lock_cosignatures"])
        parameters = {"size": size, "witnesses": list(lines), "lines": list(lines.values())}
        conn.execute(SQL["insert_cosignatures"], parameters)
        conn.execute(SQL["renew_cosignatures"], parameters)
        names = [str(row[0]) for row in conn.execute(SQL["cosigners_of"], {"size": size})]
        return _keep_quorum(conn, size, names, policy)


def _keep_quorum(conn: psycopg.Connection, size: int, names: Collection[str], policy: Policy) -> bool:
    if not names or not policy.is_met(names):
        return False
    conn.execute(SQL["insert_quorum"], {"size": size, "witnesses": list(names), "rule": policy.in_words()})
    return True
