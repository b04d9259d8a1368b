"""What the guide for directors shows is understood, and what it lists is all there is."""

import re
from pathlib import Path

import pytest

from generation_service.contract.shots import CameraMove
from generation_service.domain.plan import plan
from generation_service.domain.screenplay.values import READERS
from generation_service.domain.script import read_script
from tests.generation_service.world import ROSTER, command, place_of

GUIDE = (Path(__file__).parents[3] / "docs" / "directors.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(fountain|json|prompt)\n(.*?)```", GUIDE, re.DOTALL)


def test_every_form_is_shown() -> None:
    assert {kind for kind, _ in BLOCKS} == {"fountain", "json", "prompt"}


@pytest.mark.parametrize(("kind", "text"), BLOCKS)
def test_what_is_shown_makes_a_film(kind: str, text: str) -> None:
    form = {"json": "storyboard"}.get(kind, kind)
    order, play = read_script(command(screenplay=text, format=form, cast={}))
    assert len(plan(order, "prd_1", play, ROSTER, place_of).shots) >= 2


def test_every_directive_is_in_the_guide() -> None:
    same = {"camera", "duration", "grade", "effect", "elements", "captions"}  # other words for those that are listed
    missing = [key for key in READERS.keys() - same if f"`{key}=" not in GUIDE and f"`{key}`" not in GUIDE]
    assert missing == []
    assert all(f" {move} " in GUIDE.replace("`", " ") for move in CameraMove.__args__)  # type: ignore[attr-defined]
