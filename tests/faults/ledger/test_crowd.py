"""Two thousand entries by 32 writers who roll back and are cut off; ``make drill`` writes a hundred thousand."""

from pathlib import Path

import pytest

from tests.faults.ledger import crowd
from tests.faults.ledger.scene import scene

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]


def test_a_reader_who_follows_sees_each_entry_once_and_in_order(stack_folder: Path) -> None:
    with scene(stack_folder) as running:
        report = crowd.run(running, stack_folder, entries=2_000, seed=20261122)
    assert report.faults() == {}, report
    assert report.verdict.acknowledged >= 2_000
    assert report.followed == report.verdict.entries
    assert report.cut > 3
    assert report.dropped > 100
