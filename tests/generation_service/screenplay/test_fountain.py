"""The whole of Fountain: every element, wherever it stands, and what no element is."""

import contextlib
import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation_service.contract.methods import CastMember
from generation_service.domain.screenplay import Beat, Scene, Turn, read_screenplay
from infra.kernel.errors import Invalid

CAST = ("ANA", "TOMAS", "MCAVOY")


def scene(body: str, heading: str = "INT. ROOM - DAY") -> Scene:
    return read_screenplay(f"{heading}\n\n{body}", CAST).scenes[-1]


def told(body: str) -> list[str]:
    """Items in short: ``ANA(soft): words`` for speech, the words alone for action."""
    lines = []
    for item in scene(body).items:
        if isinstance(item, Turn):
            mark = ("^" if item.dual else "") + ("*" if item.offscreen else "")
            lines += [f"{item.character}{mark}({said.parenthetical}): {said.text}" for said in item.segments]
        else:
            lines.append(item.text)
    return lines


@pytest.mark.parametrize(
    ("heading", "kept", "number"),
    [
        ("INT. KITCHEN - DAY", "INT. KITCHEN - DAY", ""),
        ("ext. street - night", "ext. street - night", ""),
        ("EST. THE CITY", "EST. THE CITY", ""),
        ("INT./EXT. CAR - DAY", "INT./EXT. CAR - DAY", ""),
        ("INT/EXT CAR", "INT/EXT CAR", ""),
        ("I/E CAR", "I/E CAR", ""),
        ("EXT. PIER #12A#", "EXT. PIER", "12A"),
        (".SNIPER SCOPE POV #1-2.b#", "SNIPER SCOPE POV", "1-2.b"),
        ("INT. **BOLD** _PLACE_", "INT. BOLD PLACE", ""),
        ("  INT. INDENTED", "INT. INDENTED", ""),
    ],
)
def test_headings(heading: str, kept: str, number: str) -> None:
    found = scene("Look.\n", heading)
    assert (found.heading, found.number) == (kept, number)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("ANA\nHello.\n", ["ANA(): Hello."]),
        ("ANA (V.O.)\nHello.\n", ["ANA*(): Hello."]),
        ("ANA (CONT'D)(O.S.)\nHello.\n", ["ANA*(): Hello."]),
        ("ANA (CONT'D)\nHello.\n", ["ANA(): Hello."]),
        ("@McAvoy\nHello.\n", ["McAvoy(): Hello."]),
        ("McAVOY\nHello.\n", ["McAVOY Hello."]),
        ("ANA\n(soft)\nOne.\n(loud)\nTwo.\n", ["ANA(soft): One.", "ANA(loud): Two."]),
        ("ANA\nOne\ntwo.\n", ["ANA(): One two."]),
        ("ANA\nOne.\n  \nTwo.\n\nShe goes.\n", ["ANA(): One. Two.", "She goes."]),
        ("ANA\n~La la la\n", ["ANA(): La la la"]),
        ("~La la la\n", ["La la la"]),
        ("ANA\nOne.\n\nTOMAS ^\nTwo.\n", ["ANA(): One.", "TOMAS^(): Two."]),
        ("TOMAS ^\nTwo.\n", ["TOMAS(): Two."]),
        ("ANA\nIt *is* **very** ***late***, _now_.\n", ["ANA(): It is very late, now."]),
        ("ANA\n2 * 3 * 4, snake_case_here, \\*kept\\*, *open\n",
         ["ANA(): 2 * 3 * 4, snake_case_here, *kept*, *open"]),
        ("ANA\nHi [[a note\nover lines]] there.\nYou.\n", ["ANA(): Hi there. You."]),
        ("ANA\n[[first a note]]\nHi.\n", ["ANA(): Hi."]),
        ("ANA\nHi. /* gone\n\nINT. GONE\n\nBEN\nGone. */\n\nStay.\n", ["ANA(): Hi.", "Stay."]),
        ("!ANA\nis not a cue.\n", ["ANA is not a cue."]),
        ("!INT. NOT A SCENE\n", ["INT. NOT A SCENE"]),
        ("# Act one\n\n= What happens.\n\n===\n\nLook.\n", ["Look."]),
        ("Two\nlines.\n", ["Two lines."]),
        ("...and so on.\n", ["...and so on."]),
        ("INT. INSIDE A PARAGRAPH\nstays.\n", None),
        ("1776\n\nA year.\n", ["1776", "A year."]),
        ("BOOM\n\nNo cue.\n", ["BOOM", "No cue."]),
    ],
)  # fmt: skip
def test_elements(body: str, expected: list[str] | None) -> None:
    assert told(body) == (["stays."] if expected is None else expected)


@pytest.mark.parametrize(
    ("words", "kind"),
    [("CUT TO:", "cut"), ("SMASH CUT TO:", "cut"), ("DISSOLVE TO:", "dissolve"), ("> Fade to black.", "fade"),
     ("> WIPE TO:", "wipe"), ("MATCH CUT TO:", "match"), ("FADE IN:", "fade"), ("> whatever", "cut")],
)  # fmt: skip
def test_transitions_go_before_what_follows(words: str, kind: str) -> None:
    play = read_screenplay(f"INT. A\n\nOne.\n\n{words}\n\nTwo.\n\n{words}\n\nINT. B\n\nThree.\n")
    first, second = play.scenes
    assert [item.directive.transition for item in first.items] == [None, kind]
    assert (first.transition, second.transition) == ("", kind)


def test_centred_words_are_a_card() -> None:
    card = scene("> THE *END* <\n").items[0]
    assert isinstance(card, Beat)
    assert (card.text, card.directive.title) == ("", "THE END")


def test_a_title_page_is_read_and_casts() -> None:
    play = read_screenplay(
        "Title:\n    _**BIG**_\n    Day\nAuthor: X\n"
        "Cast:\n    ANA = stock/mara+voice/odile\n    Tomas = subject/sub_1\n"
        "Wardrobe: ANA = red coat\n\nINT. A\n\nANA\nHello.\n\nTOMAS\nHi. [[cast=EVA:stock/noor]]\n\nEVA\nHa.\n"
    )
    assert play.title == "BIG Day"
    assert play.cast == {
        "ANA": CastMember(stock="mara", stock_voice="odile"),
        "Tomas": CastMember(subject="sub_1"),
        "EVA": CastMember(stock="noor"),
    }
    assert play.wardrobe == (("ANA", "red coat"),)
    assert read_screenplay("FADE IN:\n\nINT. A\n\nLook.\n").title == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Title: X\nCast:\n    ANA is mara\n\nINT. A\n\nLook.\n", (3, 5, "bad casting 'ANA is mara'")),
        ("Title: X\nWardrobe: red\n\nINT. A\n\nLook.\n", (2, 11, "not a wardrobe")),
        ("INT. A\n\nHi. [[shot: cast=ANA:mara]]\n", (3, 13, "bad casting 'ANA:mara'")),
        ("INT. A\n\nHi. [[shot: anlge=low]]\n", (3, 13, "unknown directive 'anlge'")),
        ("INT. A\n\nHi. [[shot: fx=kazoo@1]]\n", (3, 13, "no effect is like 'kazoo'")),
        ("INT. A\n\nHi. [[shot: fx=door@soon]]\n", (3, 13, "bad time 'soon'")),
        ("INT. A\n\nHi. [[shot: take=0]]\n", (3, 13, "take '0' is not a number from 1 to 99")),
        ("INT. A\n\nHi. [[shot: prop=cup@moon]]\n", (3, 13, "bad place 'cup@moon'")),
        ("INT. A\n\nHi.\n\n[[shot: CU]]\n", (5, 1, "a directive that no shot follows")),
        ("INT. A\n\nHi. [[shot: 3s,\n  mood=odd]]\n", (4, 3, "no mood 'odd'")),
        ("INT. A\n\nA \ud800 half.\n", (3, 3, "a control character")),
        (f"INT. {'A' * 300}\n\nHi.\n", (1, 1, "a very long heading")),
    ],
)
def test_mistakes_have_their_place_and_a_fix(text: str, expected: tuple[int, int, str]) -> None:
    with pytest.raises(Invalid) as caught:
        read_screenplay(text, CAST)
    error = caught.value.info["errors"][0]
    assert (error["line"], error["column"], error["detail"]) == expected
    assert error["fix"]


def test_a_slip_of_the_pen_is_answered_with_the_word_that_was_meant() -> None:
    with pytest.raises(Invalid, match="anlge") as caught:
        read_screenplay("INT. A\n\nHi. [[shot: anlge=low]]\n", CAST)
    assert "did you mean angle?" in caught.value.info["errors"][0]["fix"]


PIECES = st.sampled_from(
    ["INT. A - DAY", "ANA", "TOMAS ^", "(softly)", "@", ".", "..", "!", ">", "> x <", "~", "~la", "#", "= s", "===",
     "[[", "]]", "/*", "*/", "[[shot: CU, 3s]]", "[[shot:", "=", "fx=door@", '"', "*", "**", "_", "\\", "\n", "\n\n",
     "  \n", " ", "é", "עברית", "😀", "Title: x", "Cast:", "ANA = stock/mara", "CUT TO:", "#1#", "^", "()", "(", ")",
     "word", "\t", "\ufeff", "\r\n", "FADE IN:"]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES | st.text(max_size=5), max_size=40).map("".join))
def test_nothing_crashes_the_reader(text: str) -> None:
    try:
        read_screenplay(text, CAST)
    except Invalid as refused:
        lines = text.replace("\r\n", "\n").removeprefix("\ufeff").split("\n")
        for error in refused.info["errors"]:
            assert 1 <= error["line"] <= len(lines)
            assert 1 <= error["column"] <= len(lines[error["line"] - 1]) + 1


@pytest.mark.parametrize(
    "unit",
    ["Hi [[note]] there.\n\n", "ANA\nHi.\n\n", "[[shot: CU]]\nHi.\n\n", "*a _b **c ", "[[", "/*", '[[shot: "', "(",
     "ANA ^\nHi.\n\n", "[[x]]\n", "ANA\n[[x]]\n", "> a <\n\n", "A" * 50, "INT. A\n\n", "@A(", "_a_ ", "\\*",
     "word " * 5 + "\n", "ANA\n\n"],
)  # fmt: skip
def test_reading_time_grows_with_the_text_and_no_faster(unit: str) -> None:
    small, large = (_seconds("INT. A\n\n" + unit * (size // len(unit))) for size in (10_000, 80_000))
    assert large < 8 * 4 * max(small, 0.003)


def _seconds(text: str) -> float:
    best = 9.0
    for _ in range(3):
        begun = time.process_time()
        with contextlib.suppress(Invalid):
            read_screenplay(text, CAST)
        best = min(best, time.process_time() - begun)
    return best


def test_forty_characters_in_a_scene_and_names_of_any_script() -> None:
    names = [f"NR {number}" for number in range(37)] + ["ÉLODIE", "ЖЕНЯ", "ANA"]
    turns = [f"{name}\nHello {number}.\n" for number, name in enumerate(random.Random(1).sample(names, 40))]
    found = read_screenplay("INT. HALL - DAY\n\n" + "\n".join(turns), names).scenes[0]
    assert len({item.character for item in found.items if isinstance(item, Turn)}) == 40


def test_a_screenplay_of_two_hundred_pages_is_refused_at_the_place_where_to_split_it() -> None:
    page = "INT. ROOM - DAY\n\nThey look at one another for a while.\n\n" + "ANA\nI have a lot to say today.\n\n" * 8
    with pytest.raises(Invalid, match="too long for one film") as caught:
        read_screenplay(page * 200, CAST)
    assert caught.value.info["errors"][0]["line"] > 900
    assert "120 shots or 20 minutes" in caught.value.info["errors"][0]["fix"]
