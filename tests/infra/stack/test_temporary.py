"""The servers the tests themselves use, and the sweep that clears up after a killed run."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pika
import psycopg

from infra.stack.processes import ProcessId
from infra.stack.temporary import sweep
from tests.databases import FreshDatabase


def test_each_fresh_database_is_empty_and_its_own(fresh_database: Callable[..., FreshDatabase]) -> None:
    first, second = fresh_database(migrated=False), fresh_database(migrated=False)
    with psycopg.connect(first.admin_url) as connection:
        connection.execute("CREATE TABLE mark (n int)")
    with psycopg.connect(second.admin_url) as connection:
        assert connection.execute("SELECT to_regclass('mark')").fetchone() == (None,)


def test_a_virtual_host_accepts_a_queue(vhost: Callable[[], str]) -> None:
    connection = pika.BlockingConnection(pika.URLParameters(vhost()))
    declared = connection.channel().queue_declare("", exclusive=True)
    assert declared.method.message_count == 0
    connection.close()


def test_sweep_removes_folders_of_programs_that_are_gone_and_no_others(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as living:
        alive = ProcessId.of(living.pid)
        assert alive is not None
        for name, owner in (("living", alive), ("reused-pid", ProcessId(alive.pid, alive.started - 500))):
            (tmp_path / name).mkdir()
            (tmp_path / name / "owner.json").write_text(json.dumps({"pid": owner.pid, "started": owner.started}))
        assert sweep(tmp_path) == ["reused-pid"]
        assert [path.name for path in tmp_path.iterdir()] == ["living"]
        living.communicate(b"\n")
