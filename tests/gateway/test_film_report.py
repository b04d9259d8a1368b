"""The page about a film says what its event says, and nothing that was typed can break out of it."""

from datetime import UTC, datetime
from typing import Any

from gateway.film_report import film_report
from generation_service.contract.methods import OutputView


def output(**checks: Any) -> OutputView:
    return OutputView(
        id="out_1", production="prd_1", sha256="ab" * 32, bytes=1, seconds=19.75, width=1280, height=720, fps=24,
        ledger_index=41, released_at=datetime.now(UTC), grants=(), checks=checks,
    )  # fmt: skip


def test_what_was_measured_is_told() -> None:
    figures = {"limit": 0.6, "compared": 3, "mean": 0.2, "worst": 0.31, "worst_shot": 2, "off": False}
    page = film_report(
        output(
            fusion={
                "lips": {"ANA": {"offset_frames": -0.75, "correlation": 0.66, "frames": 90, "verdict": "in time"}},
                "speech": {"lines": 5, "heard": 4, "missing": ["ANA at 3.0 s"], "stray_seconds": 0.1},
            },
            continuity={
                "characters": {"ANA": {"kind": "portrait", "face_distance": figures}},
                "worst": {"character": "ANA", "shot": 2, "measure": "face_distance", "figure": 0.31, "limit": 0.6},
            },
            loudness_lufs=-16.1,
        )
    )
    for told in ("-0.75 frames", "ANA at 3.0 s", "shot 2", "0.31", "-16.1 LUFS", "ledger entry 41"):
        assert told in page
    assert page.count('class="bad"') == 1


def test_a_film_in_which_nobody_speaks_or_is_compared() -> None:
    page = film_report(
        output(fusion={"lips": {}, "speech": {"lines": 0, "heard": 0, "missing": [], "stray_seconds": 0.0}})
    )
    assert "Nobody speaks on screen" in page
    assert "Continuity" not in page
    assert 'class="bad"' not in page


def test_names_are_text() -> None:
    page = film_report(output(fusion={"lips": {"<b>X</b>": {"frames": 3, "verdict": "not measurable"}}}))
    assert "<b>X" not in page
    assert "&lt;b&gt;X" in page
