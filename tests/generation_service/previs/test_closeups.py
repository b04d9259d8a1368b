"""Hands and eyes on their own: in the colours of whom they belong to, without the rest of them."""

from collections.abc import Callable

import numpy as np
import pytest

from generation_service.contract.shots import Entity, Shot
from generation_service.previs.brush import Image
from generation_service.previs.cast.looks import look_of
from generation_service.previs.closeups import Hands
from generation_service.previs.stage import Stage

Make = Callable[..., Shot]


def _still(make_shot: Make, doing: str, size: str, stock: str = "mara") -> Image:
    who = (Entity(name="ANA", doing=doing),)
    shot = make_shot("INT. ROOM - DAY", size=size, stock=stock, spoken=False, speaker=None, entities=who)
    return Stage(shot, {}).picture(3)


def _share(picture: Image, tone: tuple[float, float, float]) -> float:
    """Which part of a picture has about the hue of ``tone``."""
    wanted = np.array(tone) / sum(tone)
    seen = picture / np.maximum(picture.sum(axis=2, keepdims=True), 1)
    return float((np.abs(seen - wanted).sum(axis=2) < 0.05).mean())


@pytest.mark.parametrize("doing", ["hands", "hands with letter", "hands with a cup"])
def test_hands_are_seen_in_their_own_skin_and_sleeves(make_shot: Make, doing: str) -> None:
    for stock in ("mara", "imani"):
        look, picture = look_of(stock), _still(make_shot, doing, "CU", stock)
        assert look is not None
        middle = picture[90:230, 130:350]
        assert _share(middle, look.cloth) + _share(middle, look.skin) > 0.25
    one, other = (_still(make_shot, doing, "CU", stock) for stock in ("mara", "imani"))
    assert np.abs(one.astype(int) - other).mean() > 8, "they are not the same hands"


def test_a_subjects_hands_have_the_colours_of_the_portrait(make_shot: Make, ana: Image) -> None:
    who = (Entity(name="ANA", doing="hands"),)
    shot = make_shot(size="CU", face="a" * 64, spoken=False, speaker=None, entities=who)
    stage = Stage(shot, {"a" * 64: ana})
    assert [type(item) for item in stage._items if isinstance(item, Hands)] == [Hands]


def test_eyes_fill_the_frame(make_shot: Make) -> None:
    face, eyes = (_still(make_shot, doing, "ECU") for doing in ("idle", "eyes"))
    skin = look_of("mara")
    assert skin is not None
    corner = np.s_[200:260, 60:120]  # beside the chin there is room behind a face, but cheek beside the eyes
    assert _share(eyes[corner], skin.skin) > 0.6 > _share(face[corner], skin.skin)
