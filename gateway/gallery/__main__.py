"""``python -m gateway.gallery [NAME …]``: make the films of the gallery (all of them, or those named)."""

import sys
from contextlib import closing
from pathlib import Path

from gateway.client import ApiError, Unreachable
from gateway.demo.house import open_house
from gateway.demo.people import meet
from gateway.demo.stage import DemoFailed, Stage
from gateway.gallery.book import write_book
from gateway.gallery.films import exhibits, make
from infra.kernel.errors import AssentError

OUT, DOCS = Path("out") / "gallery", Path("docs") / "gallery"


def main(names: list[str]) -> int:
    """0 when every film was made; the films lie in ``out/gallery``, small sheets and figures in ``docs/gallery``."""
    stage = Stage("plain")
    chosen = [one for one in exhibits() if not names or one.name in names]
    if not chosen:
        sys.stderr.write(f"no such film; there are: {', '.join(one.name for one in exhibits())}\n")
        return 2
    try:
        with open_house(stage) as house, closing(meet(stage, house, keys=OUT / "keys")) as people:
            made = {one.name: make(stage, people, one, OUT / one.name) for one in chosen}
    except (DemoFailed, ApiError, Unreachable, AssentError, OSError) as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 1
    if not names:
        write_book([(one, made[one.name]) for one in chosen], OUT, DOCS)
        stage.note(f"{DOCS}/README.md shows all of them")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
