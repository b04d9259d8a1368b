"""The gallery's list and its pages; the films themselves are made by ``make gallery``."""

import json
from pathlib import Path

from PIL import Image

from gateway.demo.people import EXAMPLES
from gateway.gallery.book import write_book
from gateway.gallery.films import exhibits


def test_every_film_of_the_list_is_there() -> None:
    found = exhibits()
    assert len(found) == 8
    assert all((EXAMPLES / one.file).is_file() for one in found)
    assert {(one.width > one.height) - (one.width < one.height) for one in found} == {-1, 0, 1}  # three formats
    assert {one.format for one in found} == {"fountain", "storyboard", "prompt"}


def test_the_pages_show_sheet_and_figures_of_each_film(tmp_path: Path) -> None:
    exhibit, out, docs = exhibits()[0], tmp_path / "out", tmp_path / "docs"
    (out / exhibit.name).mkdir(parents=True)
    Image.new("RGB", (1608, 1240), "#345").save(out / exhibit.name / "contact_sheet.png")
    worst = {"character": "MARA", "shot": 3, "measure": "voice_cosine", "figure": 0.71, "limit": 0.6, "off": False}
    checks = {
        "fusion": {"lips": {"MARA": {"offset_frames": -0.5, "verdict": "in time"}}},
        "continuity": {"characters": {}, "worst": worst},
        "loudness_lufs": -16.1,
    }
    view = {"title": "Slow Coffee", "shots": [{}] * 8, "made_s": 31.0, "output": {"seconds": 20.5, "checks": checks}}
    write_book([(exhibit, view)], out, docs)
    page = (docs / "README.md").read_text()
    assert (
        "| [Slow Coffee](#slow-coffee) | 20.5 s | 8 | MARA -0.5 | -16.1 LUFS | voice cosine 0.71 in shot 3 | 31.0 s |"
        in page
    )
    assert f"![Slow Coffee]({exhibit.name}.jpg)" in page
    with Image.open(docs / f"{exhibit.name}.jpg") as sheet:
        assert sheet.size == (960, 740)
    assert json.loads((docs / "reports.json").read_text()) == {exhibit.name: checks}
