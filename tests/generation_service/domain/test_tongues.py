"""Lines in other letters than the film's: spoken in the language they are usual for, or refused; never spelled out."""

from typing import Any

import pytest

from generation_service.contract.methods import CastMember
from generation_service.domain.script import read_script
from generation_service.domain.tongues import engine_tag, said, tongue_of, unburnt, unsaid
from infra.kernel.errors import Invalid
from tests.generation_service.world import FACE, VOICE, command

STOCK = {"ANA": CastMember(stock="mara"), "TOM": CastMember(stock="jonas")}
OWN = {**STOCK, "ANA": CastMember(subject="sub_1", face=FACE, voice=VOICE)}


def script(*lines: str, page: str = "") -> str:
    spoken = "\n\n".join(f"{'ANA' if n % 2 == 0 else 'TOM'}\n{line}" for n, line in enumerate(lines))
    return f"{page}\n\nINT. KITCHEN - DAY\n\n{spoken}\n".lstrip()


def notes(text: str, **more: Any) -> tuple[str, ...]:
    return read_script(command(screenplay=text, **{"cast": STOCK, **more}))[1].notes


def wrong(text: str, **more: Any) -> list[dict[str, Any]]:
    with pytest.raises(Invalid) as caught:
        notes(text, **more)
    found: list[dict[str, Any]] = caught.value.info["errors"]
    return found


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("你好，世界。", "cmn"), ("こんにちは", "ja"), ("안녕하세요", "ko"), ("مرحبا بالعالم", "ar"),
        ("שלום עולם", "he"),
        ("Привет, мир", "ru"), ("สวัสดี", "th"), ("Hello 你好 there", "en"), ("naïve café, 42! 😀", "en"), ("😀", "en"),
    ],
)  # fmt: skip
def test_a_line_is_spoken_in_the_language_of_its_letters(text: str, spoken: str) -> None:
    assert tongue_of(text, "en") == spoken


def test_a_films_own_language_is_its_own_letters() -> None:
    assert tongue_of("Привет", "uk") == "uk"
    assert tongue_of("Bonjour", "fr") == "fr"
    assert tongue_of("OK", "ru") == "ru"  # every voice reads Latin letters too
    assert (engine_tag("zh-TW"), engine_tag("pt-BR")) == ("cmn", "pt-BR")


def test_letters_that_would_be_spelled_out_are_not_said() -> None:
    assert said("He  said 你好 to me.", "en") == "He said to me."
    assert unsaid("He said 你好 to me.", "en") == "你好"
    untouched = "Two  spaces,  Ω and 😀"
    assert said(untouched, "en") == untouched  # a lone Greek letter is said by its name
    assert said("κόσμε, my friend", "en") == ", my friend"


def test_the_plan_tells_of_every_such_line() -> None:
    told = notes(script("你好，世界。", "He said 你好 to me."))
    assert told[0] == "line 4: ANA speaks another language here (cmn)"
    assert "line 7: a voice of en cannot read '你好' and leaves it out" in told
    assert not notes(script("Hello.", "Emoji 😀 are fine."))


def test_a_permitted_voice_speaks_the_language_that_permission_is_asked_for() -> None:
    [one] = wrong(script("你好，世界。", "Hello."), cast=OWN)
    assert (one["line"], "film's language" in one["fix"]) == (4, True)
    order, play = read_script(command(screenplay=script("你好。", page="Title: T\nLanguage: zh"), cast=OWN))
    assert (order.language, play.notes) == ("zh", ())


def test_what_no_voice_can_read_is_an_error_with_its_line() -> None:
    [one] = wrong(script("Hello.", "こんにちは、世界。"))
    assert (one["line"], one["fix"]) == (7, "Japanese is read from kana: write it in kana")
    [one] = wrong(script("ᓄᓇᕗᑦ"))
    assert "no voice can read" in one["detail"]
    [one] = wrong(script("Hello.", page="Title: T\nLanguage: klingon please"))
    assert (one["line"], one["column"]) == (2, 11)


def test_words_that_cannot_be_burnt_are_told() -> None:
    text = script("你好，世界。", "Hello.") + "\n[[shot: title=東京]]\nNight.\n"
    told = notes(text, captions="burnt", title_card=True, title="東京")
    assert sum("caption beside the film only" in note for note in told) == 1
    assert sum("title is left out" in note for note in told) == 2
    assert not any("caption" in note for note in notes(text))
    assert unburnt("مرحبا, Привет, Γειά 😀") == ""
