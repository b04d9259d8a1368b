"""The event stores people would otherwise use, each as one function that appends one event and returns when it is safe.

All write entries of the same size to the same disk with fsync on. ``eventsourcing`` and the bare insert use the same
PostgreSQL as the ledger; ``umadb`` has a server of its own; ``pymerkle`` keeps a Merkle tree in SQLite, without
signatures (GPL: it is run here and never shipped).
"""

import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import umadb
from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from pymerkle import SqliteTree  # type: ignore[import-untyped]

from infra.eventlog.db import Pool, open_pool

BODY = b"x" * 520
CONNECTIONS = 64
Step = Callable[[], object]


@contextmanager
def bare_commits(admin_url: str) -> Iterator[Step]:
    """One row, one commit, from the same client library: what a table costs."""
    with open_pool(admin_url, max_size=CONNECTIONS, timeout_s=60.0) as pool:
        with pool.connection() as conn:
            conn.execute("CREATE TABLE public.floor (id bigserial PRIMARY KEY, body bytea)")
        yield lambda: _insert(pool)


def _insert(pool: Pool) -> None:
    with pool.connection() as conn:
        conn.execute("INSERT INTO public.floor (body) VALUES (%b)", (BODY,))


@contextmanager
def eventsourcing_postgres(admin_url: str) -> Iterator[Step]:
    """``eventsourcing``: one new aggregate's first event in its application recorder."""
    parts = urlsplit(admin_url)
    store = PostgresDatastore(
        parts.path.lstrip("/"), parts.hostname or "127.0.0.1", parts.port or 5432, parts.username or "postgres",
        unquote(parts.password or "none"), pool_size=CONNECTIONS, max_overflow=0, schema="public",
    )  # fmt: skip
    recorder = PostgresApplicationRecorder(store)
    recorder.create_table()
    try:
        yield lambda: recorder.insert_events([StoredEvent(uuid4(), 1, "bench:Decision", BODY)])
    finally:
        store.close()


@contextmanager
def umadb_server(folder: Path) -> Iterator[Step]:
    """``umadb``: the server of its wheel, one client for each producer."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    folder.mkdir()
    command = [str(Path(sys.executable).with_name("umadb")), "--listen", address, "--db-path", str(folder)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    own = threading.local()

    def append() -> None:
        if not hasattr(own, "client"):
            own.client = umadb.Client(f"http://{address}")
        own.client.append([umadb.Event("Decision", BODY, tags=[uuid4().hex])])

    try:
        _await(append)
        yield append
    finally:
        server.terminate()
        server.wait(10)


@contextmanager
def pymerkle_sqlite(folder: Path) -> Iterator[Step]:
    """``pymerkle``: a leaf in its SQLite tree; one writer at a time by its own lock."""
    folder.mkdir()
    tree = SqliteTree(str(folder / "tree.db"))
    try:
        yield lambda: tree.append_entry(BODY)
    finally:
        tree.close()


def sqlite_synchronous() -> int:
    """SQLite's default durability as pymerkle leaves it (2 is FULL)."""
    with sqlite3.connect(":memory:") as conn:
        return int(conn.execute("PRAGMA synchronous").fetchone()[0])


def _await(step: Step) -> None:
    """Until the server answers, 20 s at most."""
    end = time.monotonic() + 20
    while True:
        try:
            step()
        except Exception:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
        else:
            return
