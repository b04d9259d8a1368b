"""What the sequencer does with a clock that goes back, and why an entry that is too large never reaches it."""

from datetime import timedelta
from pathlib import Path

import pytest

from consent_service.client.export import write_export
from consent_service.client.verify import UNWITNESSED, verify_export
from consent_service.contract import events as kinds
from infra.eventlog.log import NewEvent
from infra.kernel.errors import TooLarge
from infra.tlog.leaf import LEAF_LIMIT
from tests.consent_service.ledger.running import KEY, NOON, RunningLedger


def test_a_clock_that_goes_back_changes_no_order_and_no_entry(running: RunningLedger, tmp_path: Path) -> None:
    """The index is the order; ``at`` is what the writer's clock said, kept as it was committed."""
    times = [NOON, NOON + timedelta(hours=2), NOON - timedelta(hours=1), NOON]
    for n, at in enumerate(times):
        running.append(f"s/{n}", NewEvent(kinds.DECISION_MADE, {"n": n}, at))
    assert running.sequence() == 4
    found = running.ledger.entries(1, 10).entries
    assert [entry.envelope()["data"]["n"] for entry in found] == [0, 1, 2, 3]
    assert [entry.envelope()["at"][11:16] for entry in found] == ["12:00", "14:00", "11:00", "12:00"]
    leaves = [entry.leaf for entry in running.ledger.entries(0, 10).entries]
    write_export(leaves, running.ledger.latest_checkpoint(), tmp_path / "export")
    report = verify_export(tmp_path / "export", str(KEY.vkey))
    assert (report.verdict, report.faults) == (UNWITNESSED, ())
    assert "went back by 10800 s at entry 3" in report.remarks[0]


def test_an_entry_that_is_too_large_is_refused_before_it_is_committed(running: RunningLedger) -> None:
    """Else it would wait for an index for ever, and everything behind it."""

    def entry(size: int) -> NewEvent:
        return NewEvent(kinds.DECISION_MADE, {"text": "x" * size}, NOON)

    [event] = running.append("measure", entry(0))
    running.sequence()
    bare = len(running.ledger.entries(1, 1).entries[0].leaf) - len("measure")
    with pytest.raises(TooLarge, match=r"consent\.leaf_too_large"):
        running.append("a", entry(LEAF_LIMIT - bare))
    running.append("b", entry(LEAF_LIMIT - bare - 1))
    assert running.sequence() == 1
    assert len(running.ledger.entries(2, 1).entries[0].leaf) == LEAF_LIMIT
    assert event.position is None
