"""Burnt words: never a box, never half a sentence, never under the buttons of an upright player."""

from collections.abc import Callable

import pytest

from generation_service.contract.shots import Shot
from generation_service.domain.tongues import unburnt
from generation_service.previs.captions import UPRIGHT_SAFE, Words, drawable

Make = Callable[..., Shot]


@pytest.mark.parametrize("text", ["你好，世界。", "He said 你好 to me.", "สวัสดี", "नमस्ते"])
def test_a_line_without_letters_for_it_is_not_burnt_at_all(make_shot: Make, text: str) -> None:
    shot = make_shot(captions=True, title_card=text)
    line = shot.lines[0].model_copy(update={"text": text})
    assert Words(shot.model_copy(update={"lines": (line,)}), (640, 360)).pages == []
    assert drawable(text) == ""
    assert unburnt(text) != ""  # the plan says so


@pytest.mark.parametrize("text", ["مرحبا بالعالم", "שלום עולם", "Привет, мир", "Γειά σου", "naïve œuvre — №5"])
def test_what_the_plan_takes_for_writable_is_written(text: str) -> None:
    assert unburnt(text) == ""
    assert drawable(text) == text


def test_signs_without_a_picture_are_left_out() -> None:
    assert drawable("Yes 🪿 ❤️ 1️⃣ 👍🏽 go") in {"Yes ❤ 1 go", "Yes ❤ 1 👍 go"}


def test_captions_of_an_upright_film_keep_above_the_players_buttons(make_shot: Make) -> None:
    words = Words(make_shot(captions=True, width=360, height=640, frames=48), (360, 640))
    assert words.pages
    assert all(page.at[1] + page.picture.shape[0] <= 640 * (1 - UPRIGHT_SAFE) + 1 for page in words.pages)
