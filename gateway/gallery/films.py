"""One film of the gallery: submitted, followed to its end, fetched with its sheet and its report."""

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gateway.demo.people import EXAMPLES, People
from gateway.demo.stage import DemoFailed, Stage

_FILES = {"video": "film.mp4", "contact-sheet": "contact_sheet.png", "report": "report.html"}
View = dict[str, Any]


@dataclass(frozen=True)
class Exhibit:
    """An entry of ``examples/gallery.json``. Who plays whom stands in the script itself; ``subjects`` names the
    characters that the subject of the demo plays, who has signed a grant for face and voice; ``title`` is for a text
    that has none.
    """

    file: str
    format: str
    width: int
    height: int
    purpose: str
    about: str
    captions: str = "sidecar"
    title: str | None = None
    subjects: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.file.partition(".")[0]


def exhibits() -> list[Exhibit]:
    """All of them, in the order they are shown."""
    return [Exhibit(**one) for one in json.loads((EXAMPLES / "gallery.json").read_text())]


def make(stage: Stage, people: People, exhibit: Exhibit, out: Path) -> View:
    """The released production's view with ``made_s``, the seconds it took; files go below ``out``.

    Raises :class:`DemoFailed` when it was not released.
    """
    stage.step(2, exhibit.file)
    began = time.monotonic()
    begun = people.partner.post("/v1/productions", _form(people, exhibit))
    view: View = list(people.partner.follow(begun["id"]))[-1]
    if view["state"] != "released":
        raise DemoFailed(f"{exhibit.name} was not released: {view['state']} {view['stop']}")
    view["made_s"] = round(time.monotonic() - began, 1)
    out.mkdir(parents=True, exist_ok=True)
    for path, name in _FILES.items():
        people.partner.download(f"/v1/outputs/{view['output']['id']}/{path}", out / name)
    (out / "checks.json").write_text(json.dumps(view["output"]["checks"], indent=1) + "\n")
    stage.fact("film", out / "film.mp4")
    stage.fact("made in", f"{view['made_s']} s for {view['output']['seconds']:.1f} s of film")
    return view


def _form(people: People, exhibit: Exhibit) -> dict[str, Any]:
    cast: dict[str, Any] = {}
    for name in exhibit.subjects:
        cast |= people.cast(name)
    named = {"title": exhibit.title} if exhibit.title else {}
    return {
        **named,
        "screenplay": (EXAMPLES / exhibit.file).read_text(),
        "cast": cast,
        **{name: getattr(exhibit, name) for name in ("format", "width", "height", "purpose", "captions")},
    }
