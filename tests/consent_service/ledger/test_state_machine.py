"""Appends, crashes, erasures, new keys and restores in orders drawn by Hypothesis; ``make drill`` draws many more."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.consent_service.ledger.state_machine import LedgerMachine
from tests.databases import FreshDatabase

EXAMPLES = int(os.environ.get("ASSENT_DRILL_EXAMPLES", "0"))
"""How many histories a drill asks for; 0 in the tests' everyday run, which always draws the same few."""


@pytest.mark.timeout(1800 if EXAMPLES else 120)
def test_every_history_leaves_a_whole_ledger(fresh_database: Callable[..., FreshDatabase], tmp_path: Path) -> None:
    class Machine(LedgerMachine):
        template, folder = fresh_database(), tmp_path

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=EXAMPLES or 6, stateful_step_count=20, derandomize=not EXAMPLES, database=None, deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=list(Phase) if EXAMPLES else [Phase.generate],  # a drill looks for the shortest
        ),
    )  # fmt: skip
