"""One film of the gallery: submitted, followed to its end, fetched with its sheet and its report."""

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gateway.demo.people import EXAMPLES, People
from gateway.demo.stage import DemoFailed, Stage

SUBJECT = "subject"
"""In place of a cast member: the subject of the demo, who has signed a grant for face and voice."""

_FILES = {"video": "film.mp4", "contact-sheet": "contact_sheet.png", "report": "report.html"}
View = dict[str, Any]


@dataclass(frozen=True)
class Exhibit:
    """An entry of ``examples/gallery.json``. ``asks`` are further fields of the production's form."""

    name: str
    title: str
    about: str
    file: str
    cast: dict[str, Any]
    asks: dict[str, Any] = field(default_factory=dict)


def exhibits() -> list[Exhibit]:
    """All of them, in the order they are shown."""
    return [Exhibit(**one) for one in json.loads((EXAMPLES / "gallery.json").read_text())]


def make(stage: Stage, people: People, exhibit: Exhibit, out: Path) -> View:
    """The released production's view with ``made_s``, the seconds it took; files go below ``out``.

    Raises :class:`DemoFailed` when it was not released.
    """
    stage.step(2, exhibit.title)
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
    for name, member in exhibit.cast.items():
        cast |= people.cast(name) if member == SUBJECT else {name: member}
    return {
        "title": exhibit.title,
        "screenplay": (EXAMPLES / exhibit.file).read_text(),
        "cast": cast,
        "purpose": "entertainment",
        **exhibit.asks,
    }
