"""The servers the tests themselves use, and the sweep that clears up after a killed run."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pika
import psycopg
import pytest

from infra.stack.processes import ProcessId, folders_beside, sweep_beside
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


def test_what_lay_beside_a_swept_folder_goes_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    gone = tmp_path / "run" / "1-abc"
    gone.mkdir(parents=True)
    (gone / "owner.json").write_text(json.dumps({"pid": 1, "started": 1.0}))
    names = [str(gone).replace("/", "-") + tail for tail in ("-stack-x-postgres", "d-stack-y-postgres")]
    mine, other = (tmp_path / f"assent{name}" for name in names)
    mine.mkdir()
    other.mkdir()
    assert folders_beside(gone) == [mine]
    assert sweep(gone.parent) == ["1-abc"]
    assert (mine.exists(), other.exists()) == (False, True)


def test_folders_beside_stacks_that_are_gone_are_removed(tmp_path: Path) -> None:
    for name, owner, pid in (("a", "gone", None), ("b", "gone", os.getpid()), ("c", "", None), ("d", None, None)):
        folder = tmp_path / f"assent-{name}"
        (folder / "data").mkdir(parents=True)
        if owner is not None:
            (folder / "belongs-to").write_text(str(tmp_path / owner))
        if pid is not None:
            (folder / "data" / "postmaster.pid").write_text(f"{pid}\n/data\n")
    assert sweep_beside(tmp_path) == ["assent-a"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["assent-b", "assent-c", "assent-d"]
