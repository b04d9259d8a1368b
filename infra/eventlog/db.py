"""Postgres at the edge: the connection pool, named SQL, and driver errors in the house's own words.

The same code runs in plain threads and, after the launcher's patching, green under eventlet. It never decides anything.
"""

import random
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import LiteralString, TypeVar, cast

import psycopg
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout, TooManyRequests

from infra.kernel.errors import AssentError, Unavailable

T = TypeVar("T")
Pool = ConnectionPool[psycopg.Connection]
_AWAY = "eventlog.unavailable"
_NAME = re.compile(r"^-- name: ([a-z_]+)\n", re.MULTILINE)
_TRANSIENT = (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout, PoolClosed, TooManyRequests)


def open_pool(url: str, *, max_size: int = 8, timeout_s: float = 3.0) -> Pool:
    """A pool on ``url`` (libpq URL whose role or options set the search path). Connects in the background: a database
    that is away at start delays the first transaction instead of failing the process. ``timeout_s`` bounds the wait
    for a free connection.
    """
    return ConnectionPool(
        url,
        min_size=1,
        max_size=max_size,
        timeout=timeout_s,
        reconnect_timeout=60.0,
        open=True,
        kwargs={"connect_timeout": 3, "keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3},
    )


def named_sql(path: Path) -> dict[str, LiteralString]:
    """The statements of a ``queries.sql``: each opens with ``-- name: <name>``, comments below it say why."""
    parts = _NAME.split(path.read_text(encoding="utf-8"))
    statements = {name: _without_comments(body) for name, body in zip(parts[1::2], parts[2::2], strict=True)}
    return cast("dict[str, LiteralString]", statements)


def _without_comments(body: str) -> str:
    lines = (line for line in body.splitlines() if not line.lstrip().startswith("--"))
    return "\n".join(lines).strip().rstrip(";")


@contextmanager
def translated() -> Iterator[None]:
    """Turn what the driver raises into :class:`Unavailable` (``eventlog.unavailable``) where the store is at fault.

    Other driver errors are our bugs and pass through unchanged.
    """
    try:
        yield
    except _TRANSIENT as error:
        raise Unavailable(_AWAY, "the event store did not answer", fix="try again") from error


def persistently(work: Callable[[], T], *, patience_s: float) -> T:
    """Run ``work`` again while the store is away or a deadlock chose us, until ``patience_s`` have passed."""
    deadline = time.monotonic() + patience_s
    delay = 0.02
    while True:
        try:
            with translated():
                return work()
        except AssentError as error:
            if error.code != _AWAY or time.monotonic() + delay > deadline:
                raise
        time.sleep(delay * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, not a secret
        delay = min(delay * 2, 0.25)


@contextmanager
def autocommit(pool: Pool) -> Iterator[psycopg.Connection]:
    """A connection for single-statement questions: no transaction around them, so one round trip each."""
    with pool.connection() as conn:
        conn.autocommit = True
        try:
            yield conn
        finally:
            if not conn.closed and conn.info.transaction_status == psycopg.pq.TransactionStatus.IDLE:
                conn.autocommit = False
