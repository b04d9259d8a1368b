"""The main job on the real thing: the very steps of ``make demo``, and what they left behind."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from gateway.demo.house import House
from gateway.demo.run import tell
from gateway.demo.stage import Stage

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]


def test_the_main_job(house: House, tmp_path: Path) -> None:
    said = io.StringIO()
    stage = Stage("plain", Console(file=said, width=110, no_color=True))
    tell(stage, house, tmp_path)
    report = stage.report
    assert [step["step"] for step in report["steps"]] == [1, 2, 3, 4, 5, 6]
    assert all(step["checks"] for step in report["steps"])
    assert report["first_frame_s"] > 0
    assert set(report["stop_ms"]) == {"pause", "withdrawal"}
    assert all(0 <= ms <= 2000 for ms in report["stop_ms"].values())
    assert (tmp_path / "film.mp4").stat().st_size > 100_000
    assert (tmp_path / "contact_sheet.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "export" / "manifest.json").exists()
    assert json.dumps(report, default=str)
    assert "Ana Sol" not in "".join(file.read_text() for file in (tmp_path / "export" / "entries").iterdir())
    assert "entry" in said.getvalue()
