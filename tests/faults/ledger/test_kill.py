"""Twelve random ``kill -9`` points of processes and database; ``make drill`` runs two hundred."""

from pathlib import Path

import pytest

from tests.faults.ledger import killing
from tests.faults.ledger.scene import scene

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]


def test_nothing_acknowledged_is_lost_and_no_two_checkpoints_disagree(stack_folder: Path) -> None:
    with scene(stack_folder) as running:
        report = killing.run(running, stack_folder, points=10, seed=20261122, threads=2)
    assert report.faults() == {}, report
    assert sum(report.kills.values()) == 10
    assert report.verdict.acknowledged > 100
    assert report.verdict.checkpoints > 10
