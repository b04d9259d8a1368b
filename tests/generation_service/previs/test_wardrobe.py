"""What the wardrobe says is worn in every size of shot; who is said nothing of wears what they always wear."""

from collections.abc import Callable

import numpy as np
import pytest

from generation_service.contract.shots import Shot
from generation_service.domain.stock import STOCK
from generation_service.domain.wardrobe import palette_of
from generation_service.previs.cast.dress import dressed
from generation_service.previs.cast.looks import LOOKS
from generation_service.previs.stage import Stage

Make = Callable[..., Shot]


@pytest.mark.parametrize("look", LOOKS, ids=lambda one: one.id)
def test_the_clothes_of_habit_are_those_of_the_sheet(make_shot: Make, look: object) -> None:
    stock = look.id  # type: ignore[attr-defined]
    who = make_shot(stock=stock).characters[0]
    sheet = STOCK[stock]
    assert dressed(look, who.model_copy(update={"wardrobe": sheet.wardrobe, "palette": sheet.palette})) == look  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "palette"),
    [
        ("a yellow oilskin coat", ("#e0b92e", "#222222")),
        ("a navy suit over a white shirt", ("#22304f", "#ecebe6")),
        ("dark red dress", ("#6d1e20", "#222222")),
        ("pale blue shirt", ("#8fa3c7", "#222222")),
        ("rags", ("#111111", "#222222")),
    ],
)
def test_colours_in_words(words: str, palette: tuple[str, str]) -> None:
    assert palette_of(words, ("#111111", "#222222")) == palette
    assert palette_of(words, ()) == ()


@pytest.mark.parametrize("size", ["WS", "MS", "MCU", "CU"])
def test_a_yellow_coat_is_yellow_in_every_size(make_shot: Make, size: str) -> None:
    def yellow(wardrobe: str) -> int:
        shot = make_shot("INT. OFFICE - DAY", size=size, stock="otto", spoken=False)
        palette = palette_of(wardrobe, STOCK["otto"].palette)
        who = shot.characters[0].model_copy(update={"wardrobe": wardrobe, "palette": palette})
        tone = Stage(shot.model_copy(update={"characters": (who,)}), {}).picture(2).astype(int)
        return int(
            np.count_nonzero((tone[..., 0] > 1.8 * tone[..., 2] + 20) & (tone[..., 1] > 1.5 * tone[..., 2] + 20))
        )

    assert yellow("a yellow oilskin coat") > 4 * yellow("") + 100
