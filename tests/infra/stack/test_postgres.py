"""The private PostgreSQL under everything a killed run can leave behind. One data folder serves all cases."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from infra.stack.postgres import PrivatePostgres
from infra.stack.processes import LOOPBACK, Account, ProcessId, open_to_others, server_folder
from infra.stack.temporary import TemporaryServers


@pytest.fixture(scope="module")
def folder(servers: TemporaryServers) -> Path:
    return servers.claim() / "another-postgres"


@pytest.fixture
def server(folder: Path) -> Iterator[PrivatePostgres]:
    found = PrivatePostgres(folder, durable=False)
    yield found
    found.stop()


def answers(server: PrivatePostgres) -> bool:
    with psycopg.connect(server.admin_url) as connection:
        return connection.execute("SELECT 1").fetchone() == (1,)


def test_starts_stops_and_keeps_its_port(server: PrivatePostgres) -> None:
    server.start()
    port = server.port
    assert answers(server)
    server.stop()
    assert not server.running()
    server.start()
    assert (server.port, answers(server)) == (port, True)


def test_another_port_when_its_own_is_taken(server: PrivatePostgres) -> None:
    server.start()
    port = server.port
    server.stop()
    with socket.create_server((LOOPBACK, port)):
        server.start()
    assert server.port != port
    assert answers(server)


def test_starts_after_a_killed_postmaster(server: PrivatePostgres) -> None:
    server.start()
    with psycopg.connect(server.admin_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
        connection.execute("TRUNCATE kept")
        connection.execute("INSERT INTO kept VALUES (7)")
    server.kill()
    server.start()
    with psycopg.connect(server.admin_url) as connection:
        assert connection.execute("SELECT n FROM kept").fetchall() == [(7,)]


def test_ends_a_postmaster_that_outlived_its_supervisor(server: PrivatePostgres, folder: Path) -> None:
    code = f"""
import os, pathlib
from infra.stack.postgres import PrivatePostgres
server = PrivatePostgres(pathlib.Path({str(folder)!r}), durable=False)
server.start()
print(server.pid, flush=True)
os.kill(os.getpid(), 9)
"""
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=False)
    assert done.returncode == -signal.SIGKILL
    orphan = ProcessId.of(int(done.stdout))
    assert orphan is not None
    server.start()
    assert not orphan.alive()
    assert answers(server)


def test_a_stale_pid_file_of_another_process_is_removed(server: PrivatePostgres, folder: Path) -> None:
    (folder / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n{folder / 'data'}\n")
    server.start()
    assert server.pid != os.getpid()
    assert answers(server)


def test_a_half_made_data_folder_is_made_again(server: PrivatePostgres, folder: Path) -> None:
    server.clear_leftovers()
    (folder / "data" / "PG_VERSION").unlink()
    (folder / "data.new").mkdir(exist_ok=True)
    server.start()
    assert answers(server)


def test_refuses_a_wrong_password_and_other_addresses(server: PrivatePostgres) -> None:
    server.start()
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(f"postgresql://postgres:wrong@{LOOPBACK}:{server.port}/postgres")
    with psycopg.connect(server.admin_url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == (LOOPBACK,)


def test_the_folder_is_the_accounts_alone(server: PrivatePostgres, folder: Path) -> None:
    account = Account.for_servers()
    found = server_folder(folder, account)
    assert (found.stat().st_uid, found.stat().st_mode & 0o777) == (account.uid, 0o700)


@pytest.mark.parametrize(("mode", "stays"), [(0o755, True), (0o700, False)])
def test_a_folder_others_cannot_reach_is_not_used_for_another_account(tmp_path: Path, mode: int, stays: bool) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    for folder in (closed, tmp_path, tmp_path.parent, tmp_path.parent.parent):
        folder.chmod(0o755)
    closed.chmod(mode)
    assert open_to_others(closed / "postgres") is stays
