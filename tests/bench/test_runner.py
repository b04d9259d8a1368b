"""The runner behind ``make bench``: goals are judged, a bench that breaks is named."""

import json
from pathlib import Path

import pytest

from bench.report import Report, quantile, read
from bench.run import discover, main, run_all


def test_goals_are_judged_on_both_sides() -> None:
    report = Report("x")
    assert report.add("low", 2.0, "µs", at_most=2.0).met is True
    assert report.add("high", 2.1, "µs", at_most=2.0).met is False
    assert report.add("slow", 47.9, "fps", at_least=48).met is False
    assert report.add("free", 1.0, "s").met is None


def test_a_report_survives_its_file(tmp_path: Path) -> None:
    report = Report("x", tmp_path)
    report.add("speed", 3.5, "fps", at_least=2, peer=("bare", 7.0))
    path = report.write()
    assert read(path).figures == report.figures
    (figure,) = json.loads(path.read_text())
    assert set(figure) == {"metric", "value", "unit", "goal", "met", "peer", "ratio", "conditions"}
    assert (figure["ratio"], figure["met"], figure["goal"]) == (0.5, True, "≥ 2")
    assert "cores" in figure["conditions"]


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.99, 99), (1.0, 100), (0.0, 1), (0.001, 1)])
def test_quantile_is_the_nearest_rank(share: float, value: int) -> None:
    assert quantile(list(range(100, 0, -1)), share) == value


def test_benches_are_found_without_the_runners_own_modules(tmp_path: Path) -> None:
    for name in ("guard", "_parts", "run", "report", "__init__"):
        (tmp_path / f"{name}.py").touch()
    assert discover(tmp_path) == ["guard"]


def test_a_bench_that_is_missing_or_breaks_is_named(tmp_path: Path) -> None:
    assert run_all(["nowhere"], package="bench", out=tmp_path) == (["nowhere"], [])
    with pytest.raises(SystemExit):
        main(["nowhere"])
