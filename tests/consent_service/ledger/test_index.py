"""Whoever verifies a whole ledger also makes every committed index root again."""

from pathlib import Path

import pytest

from consent_service.client.verify import verify_export
from consent_service.contract.subject_index import INDEX_COMMITTED, INDEX_STREAM
from tests.consent_service.ledger.story import VKEY, covered_film, export
from tests.gateway.test_privacy import proven


def codes(path: Path) -> set[str]:
    return {fault.code for fault in verify_export(path, str(VKEY)).faults}


def test_a_root_that_the_entries_do_not_give_is_found(tmp_path: Path) -> None:
    story = covered_film()
    wrong = {"size": len(story.leaves()), "root": "00" * 32, "subjects": 1}
    bad = export(story.add(INDEX_COMMITTED, INDEX_STREAM, wrong), tmp_path / "bad")
    assert "consent.index_differs" in codes(bad)


@pytest.mark.parametrize("data", [{}, {"size": 99, "root": "00" * 32}, {"size": "7", "root": 1}])
def test_a_commitment_that_is_none_is_found(tmp_path: Path, data: dict[str, object]) -> None:
    assert "consent.index_differs" in codes(
        export(covered_film().add(INDEX_COMMITTED, INDEX_STREAM, data), tmp_path / "p")
    )


def test_a_committed_index_that_lists_a_stranger_is_found(tmp_path: Path) -> None:
    story = covered_film()
    proven(story)  # its map holds a subject that no entry names
    assert "consent.index_differs" in codes(export(story, tmp_path / "p"))
