"""Packs about one question: what is in them, what they say is not, and that a complete one can hide nothing."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from consent_service.client import pack
from consent_service.client.export import Extras, write_export
from consent_service.client.scope import Scope, select
from consent_service.client.verify import DIVERGED, UNANCHORED, UNWITNESSED, verify_export
from consent_service.contract import events as kinds
from infra.kernel.errors import Invalid
from tests.consent_service.ledger import story as tale
from tests.consent_service.ledger.story import Story, covered_film

VKEY = str(tale.VKEY)


def busy() -> Story:
    """A film, and before and after it what has nothing to do with it."""
    story = covered_film().release()
    for number in range(5):
        story.add(kinds.DECISION_MADE, f"decision-{number}", {"production": f"prd_{number + 2}", "partner": "prt_2"})
    return story


def exported(story: Story, dest: Path, extras: Extras | None = None, **asked: Any) -> Path:
    leaves = story.leaves()
    write_export(leaves, tale.checkpoint(leaves), dest, Scope(**asked), extras)
    return dest


def indices(path: Path) -> list[int]:
    return sorted(int(one.stem) for one in (path / "entries").iterdir())


@pytest.mark.parametrize(
    "asked",
    [{"production": "prd_1"}, {"grant": tale.GRANT}, {"subject": "sub_1"}, {"partner": "prt_1"},
     {"production": "prd_1", "partner": "prt_1"}, {"start": 7, "end": 9}, {"production": "prd_1", "complete": True},
     {"since": tale.NOON + timedelta(seconds=7), "until": tale.NOON + timedelta(seconds=8)}],
    ids=str,
)  # fmt: skip
def test_a_part_verifies_by_itself_film_and_all(tmp_path: Path, asked: dict[str, Any]) -> None:
    report = verify_export(exported(busy(), tmp_path / "part", **asked), VKEY)
    assert report.faults == ()
    assert report.verdict == UNWITNESSED
    assert (report.size, [film.index for film in report.films]) == (13, [7])


def test_a_question_brings_what_it_stands_on_and_no_more(tmp_path: Path) -> None:
    found = indices(exported(busy(), tmp_path / "part", production="prd_1"))
    assert found == [0, 1, 2, 3, 6, 7], "genesis, both parties, the grant, the release's stream"
    redactions = json.loads((tmp_path / "part" / pack.REDACTIONS).read_text())
    assert [(one["start"], one["end"]) for one in redactions["entries_left_out"]] == [(4, 6), (8, 13)]


def test_a_complete_range_can_hide_nothing(tmp_path: Path) -> None:
    folder = exported(busy(), tmp_path / "part", partner="prt_2", start=8, complete=True)
    assert set(indices(folder)) >= set(range(8, 13))
    (folder / pack.entry_path(10)).unlink()
    (folder / pack.proof_path(10)).unlink()
    claimed = json.loads((folder / pack.MANIFEST).read_text())
    for name in (pack.entry_path(10), pack.proof_path(10)):
        del claimed["files"][name]
    claimed["scope"]["matched"] -= 1
    (folder / pack.MANIFEST).write_text(json.dumps(claimed, separators=(",", ":"), sort_keys=True))
    report = verify_export(folder, VKEY)
    assert ("consent.pack_incomplete", 10) in {(fault.code, fault.index) for fault in report.faults}


def test_a_part_says_that_others_may_match(tmp_path: Path) -> None:
    report = verify_export(exported(busy(), tmp_path / "part", partner="prt_2"), VKEY)
    assert "others may match" in report.remarks[0]
    page = (tmp_path / "part" / pack.REPORT).read_text()
    assert "That no other entry matches." in page
    whole = exported(busy(), tmp_path / "whole")
    assert "That no other entry matches." not in (whole / pack.REPORT).read_text()


def test_nothing_matches(tmp_path: Path) -> None:
    for asked in ({"grant": "grt_9"}, {"start": 50}, {"since": tale.NOON + timedelta(days=9)}, {"grant": 'grt_1","x'}):
        with pytest.raises(Invalid, match=r"consent\.scope_empty"):
            exported(busy(), tmp_path / "none", **asked)
    entries = [leaf.encode() for leaf in busy().leaves()]
    assert list(select(entries, Scope()).indices) == list(range(13))


def test_an_older_checkpoint_is_continued_or_the_pack_diverges(tmp_path: Path) -> None:
    story = busy()
    leaves = story.leaves()
    older = tale.checkpoint(leaves[:5]).note
    part = exported(story, tmp_path / "part", Extras(kept=(older,)), production="prd_1")
    assert verify_export(part, VKEY, kept=older).verdict == UNWITNESSED
    whole = exported(story, tmp_path / "whole")
    assert verify_export(whole, VKEY, kept=older).verdict == UNWITNESSED
    other = tale.checkpoint([*leaves[:4], leaves[0]]).note
    report = verify_export(whole, VKEY, kept=other)
    assert (report.verdict, report.faults[0].code) == (DIVERGED, "consent.diverged")
    assert verify_export(part, VKEY, kept=tale.checkpoint(leaves[:6]).note).verdict == DIVERGED, "no proof"
    assert verify_export(whole, VKEY, kept=tale.checkpoint([*leaves, leaves[0]]).note).verdict == DIVERGED
    with pytest.raises(Invalid, match=r"consent\.kept_differs"):
        exported(story, tmp_path / "no", Extras(kept=(other,)))


def test_without_a_key_nobody_answers_for_the_root(tmp_path: Path) -> None:
    assert verify_export(exported(busy(), tmp_path / "whole"), None).verdict == UNANCHORED
