"""Storyboards, prompts and casting in the script: three forms of one thing."""

import contextlib
import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation_service.contract.casting import named_subjects, read_member
from generation_service.contract.methods import CastMember
from generation_service.contract.storyboard import Storyboard
from generation_service.domain.casting import check_cast
from generation_service.domain.plan import Plan, plan
from generation_service.domain.script import read_script
from infra.kernel.errors import Invalid
from tests.generation_service.world import FACE, ROSTER, VOICE, command, place_of

EXAMPLES = Path(__file__).parents[3] / "examples"
GALLERY: list[dict[str, Any]] = json.loads((EXAMPLES / "gallery.json").read_text(encoding="utf-8"))
ANA = CastMember(subject="sub_1", face=FACE, voice=VOICE)


def planned(text: str, form: str = "fountain", cast: dict[str, CastMember] | None = None) -> Plan:
    order, play = read_script(command(screenplay=text, format=form, cast=cast or {}))
    check_cast(order.cast, ROSTER)
    return plan(order, "prd_1", play, ROSTER, place_of)


def errors(text: str, form: str) -> list[dict[str, Any]]:
    with pytest.raises(Invalid) as caught:
        planned(text, form)
    assert caught.value.code == "generation.screenplay_invalid"
    found: list[dict[str, Any]] = caught.value.info["errors"]
    assert all(error["fix"] for error in found)
    return found


@pytest.mark.parametrize("entry", GALLERY, ids=lambda entry: entry["file"])
def test_every_film_of_the_gallery_can_be_made(entry: dict[str, Any]) -> None:
    cast = dict.fromkeys(entry.get("subjects", {}), ANA)
    film = planned((EXAMPLES / entry["file"]).read_text(encoding="utf-8"), entry["format"], cast)
    assert 15 <= sum(shot.seconds for shot in film.shots) <= 40
    assert len({shot.size for shot in film.shots}) >= 3
    assert all(shot.bed for shot in film.shots)


BOARD = {
    "title": "T",
    "cast": {"MARA": "stock/mara+voice/odile"},
    "scenes": [
        {"heading": "EXT. PIER - DAWN", "bed": "sea", "mood": "cold", "shots": [
            {"size": "EWS", "camera": "dolly-left", "seconds": 3, "effects": [{"name": "horn", "at": 1.0}]},
            {"id": "hello", "angle": "low", "lines": [{"who": "Mara", "says": "Good  morning.", "how": "softly"}],
             "take": 2, "props": [{"name": "lantern", "where": "left"}], "transition": "wipe", "lock": True},
            {"action": "She walks off."},
        ]},
    ],
}  # fmt: skip


def test_a_storyboard_is_taken_shot_by_shot() -> None:
    shots = planned(json.dumps(BOARD), "storyboard").shots
    assert [(shot.size, shot.angle, shot.camera, shot.transition) for shot in shots[:2]] == [
        ("EWS", "eye", "dolly-left", "fade"), ("CU", "low", "static", "wipe"),
    ]  # fmt: skip
    assert [(one.name, one.at_s) for one in shots[0].effects] == [("horn", 1.0)]
    assert (shots[1].key, shots[1].alternate, shots[1].lock, shots[1].speaker) == (
        "ext-pier-dawn/hello",
        2,
        True,
        "MARA",
    )
    assert (shots[1].lines[0].text, shots[1].lines[0].style.emotion) == ("Good morning.", "warm")
    assert [(one.name, one.where) for one in shots[1].entities] == [("MARA", "centre"), ("lantern", "left")]
    assert {shot.place.mood for shot in shots} == {"cold"}
    assert {shot.bed for shot in shots} == {"sea"}
    assert len(shots) == 3


def test_what_a_storyboard_gets_wrong_is_pointed_at() -> None:
    text = """{"title": "T",
 "cast": {"MARA": "stock mara"},
 "scenes": [{"heading": "EXT. PIER", "bed": "xyzzy", "shots": [
   {"size": "CU", "effects": [{"name": "kazoo"}]},
   {"lines": [{"who": "Bob", "says": " "}]}]}]}"""
    assert [(one["line"], one["column"], one["pointer"]) for one in errors(text, "storyboard")] == [
        (2, 19, "/cast/MARA"),
        (3, 45, "/scenes/0/bed"),
        (4, 40, "/scenes/0/shots/0/effects/0/name"),
        (5, 23, "/scenes/0/shots/1/lines/0/who"),
        (5, 38, "/scenes/0/shots/1/lines/0/says"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "column", "pointer", "detail"),
    [
        ("", 1, 1, None, "this is no JSON: EOF while parsing a value"),
        ('{"title": "x",\n}', 2, 1, None, "this is no JSON: trailing comma"),
        ("[" * 5000, 1, 202, None, "this is no JSON: recursion limit exceeded"),
        ("[]", 1, 1, None, "the storyboard: input should be an object"),
        ('{"scenes": []}', 1, 12, "/scenes", "scenes: tuple should have at least 1 item after validation, not 0"),
        ('{"scenes":\n [{"heading": "A", "shots": [{"size": "XL"}]}]}', 2, 39, "/scenes/0/shots/0/size",
         "size: input should be 'ECU', 'CU', 'MCU', 'MS', 'WS' or 'EWS'"),
        ('{"scenes": [{"heading": "A", "shots": [{"sise": "CU"}]}]}', 1, 49, "/scenes/0/shots/0/sise",
         "unknown field 'sise'"),
        ('{"scenes": [{"shots": [{}]}]}', 1, 13, "/scenes/0/heading", "heading is missing"),
        ('{"scenes": [{"heading": "A", "shots": [{"seconds": 99}]}]}', 1, 52, "/scenes/0/shots/0/seconds",
         "seconds: input should be less than or equal to 30"),
    ],
)  # fmt: skip
def test_each_mistake_of_a_storyboard_has_its_place(
    text: str, line: int, column: int, pointer: str | None, detail: str
) -> None:
    first = errors(text or " ", "storyboard")[0]
    assert (first["line"], first.get("pointer"), first["detail"]) == (line, pointer, detail)
    assert first["column"] == column or not text


def test_the_schema_of_a_storyboard_says_what_its_fields_mean() -> None:
    shot = Storyboard.model_json_schema()["$defs"]["BoardShot"]
    assert shot["properties"]["seconds"]["description"]
    assert shot["additionalProperties"] is False


LIGHTHOUSE = (
    "Shot one: wide shot of a lighthouse at dawn, fog rolling in, slow push in, 4 seconds. An old man walks along the "
    'path with a lantern.\nShot two: close-up, he says softly, "Forty years I have lit this lamp." Cut to: inside the '
    "lamp room, Mara strikes a match and whispers: “Then let me do it.”\nDissolve to the sea, low angle; a horn "
    'sounds. Narrator: "And every ship came home." Title card: "The Keeper"'
)


def test_a_prompt_becomes_shots() -> None:
    film = planned(LIGHTHOUSE, "prompt")
    told = [(s.heading, s.size, s.camera, s.speaker, s.transition) for s in film.shots]
    assert told == [
        ("EXT. LIGHTHOUSE - DAWN", "WS", "push-in", None, "fade"),
        ("EXT. LIGHTHOUSE - DAWN", "CU", "static", "MAN", "cut"),
        ("INT. LAMP ROOM - DAWN", "CU", "push-in", "MARA", "cut"),
        ("EXT. SEA - DAWN", film.shots[3].size, film.shots[3].camera, None, "dissolve"),
    ]
    assert film.shots[0].seconds == 4
    assert film.shots[0].entities[0].doing == "walks with a lantern"
    said = [(line.character, line.parenthetical, line.text) for shot in film.shots for line in shot.lines]
    assert said == [
        ("MAN", "warm", "Forty years I have lit this lamp."),
        ("MARA", "whispering", "Then let me do it."),
        ("NARRATOR", "", "And every ship came home."),
    ]
    assert [effect.name for shot in film.shots for effect in shot.effects] == ["match", "horn"]
    assert (film.shots[3].angle, film.shots[3].title_card) == ("low", "The Keeper")
    assert {one.stock for shot in film.shots for one in shot.characters} == {"otto", "mara"}
    assert any("NARRATOR is not cast" in note for note in film.notes)


@pytest.mark.parametrize(
    ("text", "speakers"),
    [
        ('In a café. "You came back," says Lena. "I never left," he replies.', [("LENA", "mara"), ("MAN", "jonas")]),
        ("Tom walks through a forest. Cut to: he says “Hi”. Cut to: a woman says “Bye”, he smiles.",
         [("TOM", "jonas"), ("WOMAN", "mara")]),
        ("An old woman in a kitchen says: «Bonjour.»", [("WOMAN", "rosa")]),
        ("“Hello.”", [("SPEAKER", "mara")]),
        ("Kenji on a roof: “Hello.”", [("KENJI", "kenji")]),
    ],
)  # fmt: skip
def test_who_speaks_in_a_prompt(text: str, speakers: list[tuple[str, str]]) -> None:
    order, play = read_script(command(screenplay=text, format="prompt", cast={}))
    turns = [turn.character for scene in play.scenes for frame in scene.items for turn in getattr(frame, "turns", ())]
    assert [(name, order.cast[name].stock) for name in turns] == speakers


def test_who_is_cast_by_the_order_is_known_to_a_prompt() -> None:
    film = planned("Ana stands on a pier. “Good morning,” she says.", "prompt", {"ANA": ANA})
    assert film.shots[0].speaker == "ANA"
    assert film.notes == ()


@pytest.mark.parametrize(
    ("text", "column", "detail"),
    [(" ", 1, "the prompt is empty"), ("Cut to:", 1, "the prompt is empty"),
     ('She says "oops', 10, "a quotation mark is never closed"),
     ("word " * 5000, 1, "a prompt of over 20000 characters")],
)  # fmt: skip
def test_mistakes_of_a_prompt(text: str, column: int, detail: str) -> None:
    first = errors(text, "prompt")[0]
    assert (first["line"], first["column"], first["detail"]) == (1, column, detail)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ['"', "“", "”", "Cut to: ", "shot 2: ", "Mara says ", "he says ", "in a kitchen ", "3 seconds ", ". ",
             "Lena walks ", "title: ", "\n", "an old man ", "שלום ", "😀", "dissolve to "]
        ) | st.text(max_size=4),
        min_size=1, max_size=30,
    ).map("".join),
    st.sampled_from(["prompt", "storyboard", "fountain"]),
)  # fmt: skip
def test_nothing_crashes_any_reader(text: str, form: str) -> None:
    with contextlib.suppress(Invalid):
        planned(text or " ", form)


def test_the_order_counts_before_the_script_and_the_plan_says_so() -> None:
    text = "Title: T\nCast:\n    Mara = stock/noor\n    JONAS = stock/jonas\n\nINT. A\n\nMARA\nHi.\n\nJONAS\nHo.\n"
    film = planned(text, cast={"MARA": CastMember(stock="mara")})
    assert [shot.characters[0].stock for shot in film.shots[1:]] == ["mara", "jonas"]
    assert film.notes == ("Mara: the script says stock/noor, the order says stock/mara; the order counts",)
    assert planned(text, cast={"MARA": CastMember(stock="noor")}).notes == ()


def test_a_subject_named_without_references_is_asked_for_them() -> None:
    with pytest.raises(Invalid, match="without references") as caught:
        planned("Title: T\nCast: ANA = subject/sub_1\n\nINT. A\n\nANA\nHi.\n")
    assert caught.value.code == "generation.cast_invalid"


@pytest.mark.parametrize(
    ("words", "member"),
    [
        ("stock/mara", CastMember(stock="mara")),
        ("stock/mara + voice/odile", CastMember(stock="mara", stock_voice="odile")),
        (f"subject/sub_1+face/{FACE}+voice/{VOICE}", ANA),
        (f"subject/sub_1+face/{FACE}+voice-from-face", CastMember(subject="sub_1", face=FACE, voice_from_face=True)),
        ("mara", None), ("stock/", None), ("stock/a b/c", None), ("voice/odile", None), ("", None),
    ],
)  # fmt: skip
def test_casting_in_words(words: str, member: CastMember | None) -> None:
    assert read_member(words) == member


@pytest.mark.parametrize(
    ("script", "named"),
    [
        ("Title: T\nCast:\n    ANA = subject/sub_1\n    Mara = stock/mara\n", {"ANA": "sub_1"}),
        ("Cast: ANA REYES = subject/sub_a-1+voice-from-face\n", {}),
        ("Hi. [[shot: cast=ANA:subject/sub_1, CU]]", {"ANA": "sub_1"}),
        ('{"cast": {"Ana": "subject/sub_1", "BO": "subject/sub_2"}}', {"Ana": "sub_1", "BO": "sub_2"}),
        (f"ANA = subject/sub_1+face/{FACE}", {}),
    ],
)
def test_subjects_without_references_are_found_in_any_script(script: str, named: dict[str, str]) -> None:
    assert named_subjects(script) == named


@pytest.mark.parametrize("unit", ["aaaa", "a ", "an old man ", "“a” ", "he says ", "Lena walks. ", "in a kitchen "])
def test_the_longest_prompt_is_read_at_once(unit: str) -> None:
    begun = time.process_time()
    with contextlib.suppress(Invalid):
        planned(unit * (19_900 // len(unit)), "prompt")
    assert time.process_time() - begun < 2.0
