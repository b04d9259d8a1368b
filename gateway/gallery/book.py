"""The gallery's pages: a small contact sheet of each film, and the figures that were measured on it."""

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from gateway.gallery.films import Exhibit, View

_WIDTH = 960
_QUALITY = 80
_HEAD = """# Gallery

Eight films made by the built-in path on two processor cores, from the texts in [`examples/`](../../examples/). `make
gallery` makes them again through the running house: consent decided, takes rendered, every film measured after it was
finished and before it was released. The whole reports are in [`reports.json`](reports.json); the films themselves are
left in `out/gallery/`.

| film | length | shots | lips, frames off | loudness | true to the cast, worst shot | made in |
|---|---|---|---|---|---|---|
"""


def write_book(made: Sequence[tuple[Exhibit, View]], out: Path, docs: Path) -> None:
    """Write ``README.md``, ``reports.json`` and one JPEG per film below ``docs``; ``out`` holds the films' folders."""
    docs.mkdir(parents=True, exist_ok=True)
    rows, pages, reports = [], [], {}
    for exhibit, view in made:
        checks = view["output"]["checks"]
        reports[exhibit.name] = checks
        rows.append(_row(exhibit, view, checks))
        (docs / f"{exhibit.name}.jpg").write_bytes(_small(out / exhibit.name / "contact_sheet.png"))
        pages.append(_page(exhibit, view["title"]))
    (docs / "README.md").write_text(_HEAD + "\n".join(rows) + "\n\n" + "\n\n".join(pages) + "\n")
    (docs / "reports.json").write_text(json.dumps(reports, indent=1, ensure_ascii=False) + "\n")


def _row(exhibit: Exhibit, view: View, checks: dict[str, Any]) -> str:
    lips = ", ".join(_offset(name, one) for name, one in checks["fusion"]["lips"].items()) or "nobody speaks on screen"
    worst = checks["continuity"]["worst"]
    told = (
        f"{worst['measure'].replace('_', ' ')} {worst['figure']} in shot {worst['shot']}" if worst else "one shot each"
    )
    cells = (
        f"[{view['title']}](#{view['title'].lower().replace(' ', '-')})",
        f"{view['output']['seconds']:.1f} s",
        str(len(view["shots"])),
        lips,
        f"{checks['loudness_lufs']} LUFS",
        told,
        f"{view['made_s']} s",
    )
    return "| " + " | ".join(cells) + " |"


def _offset(name: str, one: dict[str, Any]) -> str:
    return f"{name} {one['offset_frames']:+g}" if one["verdict"] == "in time" else f"{name} {one['verdict']}"


def _page(exhibit: Exhibit, title: str) -> str:
    source = f"[`{exhibit.file}`](../../examples/{exhibit.file})"
    return f"## {title}\n\n{exhibit.about} From {source}.\n\n![{title}]({exhibit.name}.jpg)"


def _small(png: Path) -> bytes:
    with Image.open(png) as sheet:
        height = round(sheet.height * _WIDTH / sheet.width)
        small = sheet.convert("RGB").resize((_WIDTH, height), Image.Resampling.LANCZOS)
    target = io.BytesIO()
    small.save(target, "JPEG", quality=_QUALITY, optimize=True)
    return target.getvalue()
