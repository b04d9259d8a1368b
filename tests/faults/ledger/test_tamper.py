"""Seventy-eight random edits by a superuser, six of every kind; ``make drill`` makes a thousand."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.databases import FreshDatabase
from tests.faults.ledger import tampering
from tests.faults.ledger.edits import EDITS

pytestmark = [pytest.mark.faults, pytest.mark.timeout(120)]


def test_every_edit_is_refused_or_found(fresh_database: Callable[..., FreshDatabase], tmp_path: Path) -> None:
    report = tampering.run(fresh_database(), tmp_path, edits=78, seed=20261122)
    assert report.undetected == []
    assert report.edits == 78
    assert set(report.found) == set(EDITS)


def test_the_database_itself_refuses_to_change_what_was_signed(
    fresh_database: Callable[..., FreshDatabase], tmp_path: Path
) -> None:
    """Superuser or replica alike: without switching triggers off by name, nothing of an append-only table changes."""
    report = tampering.run(fresh_database(), tmp_path, edits=13, seed=1)
    for kind in ("entry", "order", "checkpoint", "tile", "control", "receipt"):
        assert report.found[kind].get("trigger", 0) == 1, kind


def test_a_checker_that_looks_away_is_noticed(
    fresh_database: Callable[..., FreshDatabase], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The drill itself can fail."""
    monkeypatch.setattr(tampering, "check_views", lambda conn: iter(()))
    report = tampering.run(fresh_database(), tmp_path, edits=13, seed=1)
    assert {line.split(":")[0] for line in report.undetected} == {"flag", "grant", "party", "lease"}
