"""What a screenplay may contain, and how each mistake is named."""

from pathlib import Path

import pytest

from generation_service.domain.screenplay import Beat, Turn, read_screenplay
from infra.kernel.errors import Invalid

EXAMPLES = Path(__file__).parents[3] / "examples"


def problems(text: str, cast: tuple[str, ...] = ("ANA", "TOMAS")) -> list[tuple[int, int, str]]:
    with pytest.raises(Invalid) as caught:
        read_screenplay(text, cast)
    assert caught.value.code == "generation.screenplay_invalid"
    assert all(error["fix"] for error in caught.value.info["errors"])
    return [(error["line"], error["column"], error["detail"]) for error in caught.value.info["errors"]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [(1, 1, "there is no scene")]),
        ("Just a thought.\n", [(1, 1, "there is no scene")]),
        ("INT. X - DAY\n\n  BEN\n  Hello.\n", [(3, 3, "nobody is cast as BEN")]),
        ("INT. X - DAY\n\nANA\n\nShe leaves.\n", [(3, 1, "ANA has a cue but no words")]),
        ("INT. X - DAY\n\n@Ana\n(softly)\n\nShe leaves.\n", [(3, 1, "Ana has a cue but no words")]),
        ("INT. X\n\nHi. [[shot: CU, 99s]]\n", [(3, 17, "bad duration '99s'")]),
        ("INT. X\n\n[[shot: 0.5s]]\nHi.\n", [(3, 9, "bad duration '0.5s'")]),
        ("INT. X\n\n[[shot: -3s]]\nHi.\n", [(3, 9, "bad duration '-3s'")]),
        ("INT. X\n\n[[shot: zoom=2]]\nHi.\n", [(3, 9, "unknown directive 'zoom'")]),
        ("INT. X\n\n[[lens: 35]]\nHi.\n", [(3, 3, "unknown directive 'lens'")]),
        ("INT. X\n\n[[shot: size=XL]]\nHi.\n", [(3, 9, "no shot size 'XL'")]),
        ("INT. X\n\n[[shot: cam=spin]]\nHi.\n", [(3, 9, "no camera move 'spin'")]),
        ('INT. X\n\n[[bed=""]]\nHi.\n', [(3, 3, "a sound bed needs a name of up to 40 letters")]),
        ("INT. X\n\nHi. [[bed=xyzzy]]\n", [(3, 7, "no sound bed is like 'xyzzy'")]),
        ("INT. X\n\n[[shot: seed=x]]\nHi.\n", [(3, 9, "seed 'x' is not a whole number")]),
        ("INT. X\n\nHi. [[never closed\n\nMore.\n", [(3, 5, "a note is opened with [[ and never closed")]),
        ("INT. X\n\nHi. /* never\n", [(3, 5, "a comment is opened with /* and never closed")]),
        ("INT. X\n\nA\x07bell.\n", [(3, 2, "a control character")]),
        ("ANA\nHello.\n\nINT. X\n\nHi.\n", [(1, 1, "ANA speaks before the first scene")]),
    ],
)
def test_each_mistake_has_its_place(text: str, expected: list[tuple[int, int, str]]) -> None:
    assert problems(text) == expected


def test_mistakes_are_collected_in_the_order_of_the_text() -> None:
    text = "INT. X - DAY\n\n[[shot: 99s, cam=spin]]\nHi.\n\nBEN\nHello.\n\nBEN\nAgain.\n\nEVA\nNo.\n"
    assert problems(text) == [
        (3, 9, "bad duration '99s'"),
        (3, 14, "no camera move 'spin'"),
        (6, 1, "nobody is cast as BEN"),
        (12, 1, "nobody is cast as EVA"),
    ]


def test_too_many_bytes() -> None:
    assert problems("INT. X\n\n" + "é" * 200_000)[0][2] == "the screenplay is over 400000 bytes"


def test_a_line_longer_than_a_voice_can_take() -> None:
    assert problems(f"INT. X\n\nANA\n{'word ' * 401}\n")[0][:2] == (4, 1)


def test_emoji_and_right_to_left_text_survive() -> None:
    text = "INT. CAFÉ 😀 - DAY\n\nANA\nשלום, مرحبا — 👩‍🚀 \u200fok.\n\n@شهرزاد\nأهلا.\n"
    scene = read_screenplay(text, ["ana", "شهرزاد"]).scenes[0]
    first, second = scene.items
    assert scene.heading == "INT. CAFÉ 😀 - DAY"
    assert isinstance(first, Turn)
    assert first.segments[0].text == "שלום, مرحبا — 👩‍🚀 \u200fok."
    assert isinstance(second, Turn)
    assert (second.character, second.segments[0].text) == ("شهرزاد", "أهلا.")


def test_windows_line_ends_and_a_byte_order_mark() -> None:
    play = read_screenplay("\ufeffTitle: X\r\n\r\nINT. A - DAY\r\n\r\nANA\r\nHello.\r\n", ["ANA"])
    assert (play.title, len(play.scenes[0].items)) == ("X", 1)


def test_turns_are_cut_where_the_manner_changes() -> None:
    text = "INT. A\n\nANA (V.O.)\nOne.\n(whispering)\nTwo.\nThree.\n"
    turn = read_screenplay(text, ["ANA"]).scenes[0].items[0]
    assert isinstance(turn, Turn)
    assert turn.offscreen
    assert [(s.text, s.parenthetical, s.line) for s in turn.segments] == [
        ("One.", "", 4),
        ("Two. Three.", "whispering", 6),
    ]


def test_two_who_speak_at_once_speak_one_after_the_other() -> None:
    items = read_screenplay("INT. A\n\nANA\nYes.\n\nTOMAS ^\nNo.\n", ["ANA", "TOMAS"]).scenes[0].items
    assert [item.character for item in items if isinstance(item, Turn)] == ["ANA", "TOMAS"]


def test_directives_belong_to_where_they_stand() -> None:
    text = (
        "INT. A\n\n[[shot: 3s]]\nFirst.\n\n[[Note to self]] [[note: cam=spin]]\nANA\nHi. [[shot: CU]]\n\n[[shot: "
        'cam=push-in, bed="city night"]]\nLast.\n'
    )
    first, second, third = read_screenplay(text, ["ANA"]).scenes[0].items
    assert isinstance(first, Beat)
    assert (first.directive.seconds, first.directive.size) == (3.0, None)
    assert (second.directive.seconds, second.directive.size) == (None, "CU")
    assert (third.directive.camera, third.directive.bed) == ("push-in", "city night")


def test_boneyards_hide_directives_and_words() -> None:
    text = "INT. A\n\n/* [[shot: 99s]]\nBEN\nNo. */\nHello.\n"
    assert len(read_screenplay(text, []).scenes[0].items) == 1


@pytest.mark.parametrize(("name", "cast"), [("first_light", ["ANA", "TOMAS"]), ("long_walk", ["ANA", "ROSA"])])
def test_the_shipped_examples_are_good(name: str, cast: list[str]) -> None:
    assert read_screenplay((EXAMPLES / f"{name}.fountain").read_text(encoding="utf-8"), cast).scenes
