"""The bench of films runs in parts, one by one or all."""

from pathlib import Path

import pytest

from bench.render import PART_S, PARTS, measure, merged, wanted
from bench.report import Report, read
from bench.run import LIMITS_S


def test_parts_run_in_the_order_of_the_bench() -> None:
    assert wanted("") == list(PARTS)
    assert wanted("memory, edit") == ["edit", "memory"]


def test_a_part_that_is_not_there_is_told() -> None:
    with pytest.raises(SystemExit, match=r"no part films; there are pictures, "):
        wanted("edit,films")


def test_a_part_replaces_its_own_figures_and_no_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def told(value: float) -> dict[str, object]:
        return {part: lambda report, part=part: report.add(part, value, "s") for part in ("edit", "memory")}

    for value, part in ((1.0, "edit"), (1.0, "memory"), (2.0, "edit")):
        monkeypatch.setattr("bench.render.PARTS", told(value))
        measure(part, tmp_path)
    merged(tmp_path).write()
    figures = read(tmp_path / "render.json").figures
    assert [(one.metric, one.value) for one in figures] == [("edit", 2.0), ("memory", 1.0)]
    assert all("UTC" in one.conditions for one in figures)


def test_a_folder_without_figures_merges_to_nothing(tmp_path: Path) -> None:
    assert merged(tmp_path) == Report("render", tmp_path)


def test_the_runner_waits_for_every_part() -> None:
    assert LIMITS_S["render"] >= 2 * PART_S
