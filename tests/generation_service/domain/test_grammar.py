"""The grammar of shots: sizes, sides, reactions, inserts, schedules and sounds; and what an edit leaves alone."""

import pytest

from audio_service.contract.effects import effect_names
from generation_service.contract.methods import CastMember, SubmitProduction
from generation_service.contract.shots import Shot
from generation_service.domain.digests import take_digest
from generation_service.domain.needs import words_of
from generation_service.domain.plan import MAX_SHOTS, Plan, plan, rekeyed
from generation_service.domain.screenplay import Turn, read_screenplay
from generation_service.domain.screenplay.words import without_camera_words
from generation_service.domain.spotting import EFFECT_NAMES
from generation_service.domain.stock import STOCK
from generation_service.previs.cast.looks import LOOKS
from tests.generation_service.world import FACE, ROSTER, command, place_of

DRAWN = {"MARA": CastMember(stock="mara"), "JONAS": CastMember(stock="jonas"), "NOOR": CastMember(stock="noor")}
SCENE = "INT. ROOM - DAY\n\nMara pours tea.\n\n"


def planned(text: str, **changes: object) -> Plan:
    order: SubmitProduction = command(screenplay=text, **{"cast": DRAWN, **changes})
    return plan(order, "prd_1", read_screenplay(text, order.cast), ROSTER, place_of)


def said(*turns: str) -> str:
    return SCENE + "\n\n".join(turn.replace(": ", "\n", 1) for turn in turns) + "\n"


@pytest.mark.parametrize(
    ("words", "manner", "look"),
    [
        ("It is late and nobody came.", "", ("MCU", "static", "eye")),
        ("Do you think that it will rain?", "", ("MS", "static", "eye")),
        ("I thought…", "", ("CU", "push-in", "eye")),
        ("Look at that!", "", ("MCU", "handheld", "eye")),
        ("Get out of my house.", "(furious)\n", ("CU", "push-in", "low")),
        ("Who is there?", "(terrified)\n", ("ECU", "static", "eye")),
        ("There is somebody behind the door, I heard it.", "(scared)\n", ("CU", "handheld", "high")),
        ("I have carried it for a long time now.", "(weary)\n", ("CU", "static", "high")),
    ],
)
def test_how_it_is_said_frames_it(words: str, manner: str, look: tuple[str, str, str]) -> None:
    shot = planned(said(f"JONAS: {manner}{words}", "MARA: Yes.")).shots[1]
    assert (shot.size, shot.camera, shot.angle) == look


def test_who_stands_left_stays_left_and_the_listener_is_in_the_picture() -> None:
    shots = planned(
        said("JONAS: It is late now, nobody came.", "MARA: I know that it is late.", "JONAS: Is it raining outside?")
    )
    told = [[(one.name, one.where, one.doing) for one in shot.entities] for shot in shots.shots[1:]]
    assert told == [
        [("JONAS", "left", "talks"), ("MARA", "right", "listens")],
        [("MARA", "right", "talks"), ("JONAS", "left", "listens")],
        [("JONAS", "left", "talks"), ("MARA", "right", "listens")],
    ]
    assert [one.name for one in shots.shots[2].characters] == ["MARA", "JONAS"]


def test_a_photo_is_never_put_beside_a_drawn_figure() -> None:
    cast = {"MARA": CastMember(stock="mara"), "JONAS": CastMember(subject="sub_1", face=FACE)}
    shots = planned(said("MARA: Is it raining outside?", "JONAS: It is late now, nobody came."), cast=cast).shots
    assert [one.name for one in shots[1].characters] == ["MARA"]
    assert [one.name for one in shots[2].characters] == ["JONAS", "MARA"]  # her shoulder, from behind
    wide = planned(SCENE + "Jonas walks in.\n", cast=cast).shots[1]
    assert (wide.size, wide.speaker) == ("MS", "JONAS")


def test_strong_words_that_nobody_answers_are_followed_by_the_face_they_were_for() -> None:
    strong = "MARA: (whispering)\nI never told you that he came back."
    shots = planned(said("JONAS: Well.", strong)).shots
    assert [(shot.speaker, shot.entities[0].doing) for shot in shots[-2:]] == [("MARA", "talks"), ("JONAS", "listens")]
    assert planned(said("JONAS: Well.", strong, "JONAS: Oh.")).shots[-1].lines
    assert len(planned(said("JONAS: Well.", strong) + "\nJonas sits down.\n").shots) == 4


def test_things_that_are_pointed_at_get_an_insert() -> None:
    shots = planned(SCENE + "The letter lies on the table.\n\nINSERT - the key.\n\nRain on the roof.\n").shots
    assert [(shot.size, [one.name for one in shot.entities]) for shot in shots[1:]] == [
        ("CU", ["letter"]), ("CU", ["key"]), ("WS", []),
    ]  # fmt: skip
    assert shots[1].key.startswith("int-room-day/insert-")


def test_words_of_the_trade_in_the_action_are_obeyed() -> None:
    shot = planned(SCENE + "EXTREME CLOSE UP, low angle, slowly panning left: her hands.\n").shots[1]
    assert (shot.size, shot.angle, shot.camera) == ("ECU", "low", "pan-left")


def test_what_somebody_does_is_in_the_schedule() -> None:
    shots = planned(SCENE + "Mara walks left with a lantern. Jonas waves.\n\nNoor enters.\n").shots
    assert [(one.name, one.doing, one.continues) for one in shots[1].entities] == [
        ("MARA", "walks left with a lantern", True), ("JONAS", "waves", True),
    ]  # fmt: skip
    assert (shots[1].size, shots[1].camera[:5]) == ("WS", "dolly")
    assert not shots[0].entities[0].continues
    assert not shots[2].entities[0].continues


def test_two_who_speak_at_once_share_a_shot_and_begin_together() -> None:
    shots = planned(
        said("MARA: (loud)\nNo!\n(softly)\nNot now.", "JONAS ^: Yes, I said, yes and yes again!", "MARA: Oh.")
    ).shots
    assert len(shots) == 3
    first, second, dual = shots[1].lines
    assert (dual.dual, dual.start_s, first.start_s) == (True, 0.25, 0.25)
    assert second.start_s > first.start_s + first.seconds
    assert shots[1].size == "MS"
    assert shots[1].seconds >= max(line.start_s + line.seconds for line in shots[1].lines)


def test_sounds_stand_where_their_words_stand() -> None:
    shot = planned(SCENE + "[[shot: 6s]]\nNothing moves in here. Then the door slams shut.\n").shots[1]
    assert [one.name for one in shot.effects] == ["slam"]
    assert 3.5 < shot.effects[0].at_s < 5
    asked = planned(SCENE + '[[shot: 4s, fx="door@1.2+phone"]]\nThe bell tolls.\n').shots[1]
    assert [(one.name, one.at_s) for one in asked.effects] == [("door", 1.2), ("phone", 0.3)]
    assert planned(SCENE + "[[fx=none]]\nThe bell tolls.\n").shots[1].effects == ()
    assert planned(SCENE + "He walks through the door.\n").shots[1].effects == ()


def test_effects_that_are_heard_can_be_made() -> None:
    assert set(effect_names()) >= EFFECT_NAMES


def test_directives_fill_the_shot() -> None:
    note = (
        "[[shot: ECU, low, 4s, cam=dolly-left, mood=noir, weather=rain, season=autumn, time=night, with=crowd+lights, "
        'title="Two days later", captions, lock, take=2, prop=lantern@left, transition=wipe, id=the-face]]'
    )
    shots = planned(SCENE + f"MARA\nHello. {note}\n\nJONAS\nYes, I can see that now.\n\nNothing moves.\n").shots
    shot = shots[1]
    assert (shot.size, shot.angle, shot.camera, shot.transition) == ("ECU", "low", "dolly-left", "wipe")
    place = shot.place
    assert (place.mood, place.weather, place.season, place.time_of_day) == ("noir", "rain", "autumn", "night")
    assert (shot.title_card, shot.captions, shot.lock, shot.alternate) == ("Two days later", True, True, 2)
    assert shot.key == "int-room-day/the-face"
    assert [(one.name, one.kind, one.where) for one in shot.entities][1] == ("lantern", "prop", "left")
    assert shots[2].place.elements == ("crowd", "lights")  # the set stays dressed
    after = shots[2]
    assert (after.title_card, after.captions, after.lock) == (None, False, False)
    assert [one.name for one in shots[3].entities] == ["lantern"]  # and so do its props, where they can be seen


def test_a_title_opens_the_film_and_centred_words_are_a_card() -> None:
    shots = planned(SCENE + "> THE END <\n", title="My film", title_card=True, captions="burnt").shots
    assert [shot.title_card for shot in shots] == ["My film", "THE END"]
    assert all(shot.captions for shot in shots)


def test_a_title_page_names_the_film_on_its_card() -> None:
    film = planned("Title: The Keeper\n\n" + SCENE, title="a", title_card=True)
    assert (film.title, film.shots[0].title_card) == ("The Keeper", "The Keeper")


def test_a_scene_that_begins_with_words_has_its_weather_and_sound_from_the_first_frame() -> None:
    text = "INT. ROOM - DAY\n\nMARA\nHello. [[shot: CU, bed=rain, mood=noir, weather=rain, with=fire, prop=lantern]]\n"
    opening, speech = planned(text).shots
    assert (opening.bed, opening.place.mood, opening.place.weather, opening.place.elements) == (
        "rain", "noir", "rain", ("fire",)
    )  # fmt: skip
    assert (opening.size, opening.entities, speech.size) == ("WS", (), "CU")


def test_forty_people_in_a_scene_are_thinned_out_and_it_is_said() -> None:
    names = [f"GUEST {chr(65 + n // 26)}{chr(65 + n % 26)}" for n in range(40)]
    crew = {name: CastMember(stock="mara") for name in names}
    text = f"INT. HALL - DAY\n\n{', '.join(names)} wait.\n\n" + "".join(f"{name}\nHere.\n\n" for name in names)
    film = planned(text, cast=crew)
    assert len(film.shots[0].characters) == 6
    assert film.notes == ("shot 1: WS holds 6 people, without GUEST AG and 33 more",)
    assert {line.character for shot in film.shots for line in shot.lines} == set(names)  # all are heard


def test_names_without_capitals_are_cast_as_they_are_cued() -> None:
    text = "Cast:\n    @שרה = stock/mara\n\nINT. ROOM ☕ - DAY\n\n@שרה\nשלום 😀\n"
    [line] = read_screenplay(text, {}).scenes[0].items
    assert isinstance(line, Turn)
    assert line.character == "שרה"


def test_sheets_are_the_same_in_every_shot() -> None:
    text = "Title: T\nWardrobe:\n    Jonas = a red scarf\n\n" + said(
        "JONAS: Well now, here we are.", "MARA: So we are, and why?"
    )
    seen = [one for shot in planned(text).shots for one in shot.characters]
    assert {one.wardrobe for one in seen if one.name == "JONAS"} == {"a red scarf"}
    assert {one.identity for one in seen if one.name == "MARA"} == {
        "MARA: a woman of thirty with long brown hair, green eyes and freckles, "
        "wearing dark teal jacket over a cream shirt."
    }
    assert {one.palette for one in seen if one.name == "MARA"} == {STOCK["mara"].palette}
    later = planned(said("JONAS: Well.", 'MARA: So. [[wardrobe="Mara: black coat"]]', "MARA: And so?")).shots
    assert [shot.characters[0].wardrobe for shot in later[2:4]] == ["black coat", "black coat"]


def hexed(colour: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(part):02x}" for part in colour)


def test_sheets_agree_with_what_the_painter_draws() -> None:
    for look in LOOKS:
        assert STOCK[look.id].palette == tuple(hexed(one) for one in (look.cloth, look.inner)), look.id


TURNS = ("JONAS: Well now, here we are.", "MARA: (sadly)\nI had hoped for another ending.", "JONAS: Is that so?",
         "NOOR: (V.O.)\nNobody knew.", "MARA: Is it raining outside?")  # fmt: skip


def digests(film: Plan) -> dict[str, str]:
    return {shot.key: take_digest(shot, [line.text for line in shot.lines], "p") for shot in film.shots}


@pytest.mark.parametrize("at", range(len(TURNS) + 1))
@pytest.mark.parametrize("new", ["MARA: Wait.", "JONAS: (afraid)\nWhat was that noise out there?"])
def test_a_turn_put_in_leaves_every_other_take_as_it_was(at: int, new: str) -> None:
    before = digests(planned(said(*TURNS)))
    after = digests(planned(said(*TURNS[:at], new, *TURNS[at:])))
    reactions = {key for key in before if "listens" in key}
    assert {key: after.get(key) for key in before if key not in reactions} == {
        key: value for key, value in before.items() if key not in reactions
    }
    assert 1 <= len(after.keys() - before.keys()) <= 2


def test_a_scene_put_in_front_changes_no_take() -> None:
    before = digests(planned(said(*TURNS)))
    after = digests(planned("EXT. PIER - NIGHT\n\nWaves.\n\n" + said(*TURNS)))
    assert before.items() <= after.items()


def test_an_edited_shot_keeps_its_key_its_seed_and_its_framing() -> None:
    before = planned(said(*TURNS))
    edited = planned(said(TURNS[0], "MARA: Wait!", "MARA: (sadly)\nI had hoped for a better ending.", *TURNS[2:]))
    after = rekeyed(edited, before.shots)
    old, new = ({shot.key: shot for shot in film.shots} for film in (before, after))
    assert old.keys() - new.keys() == set()
    assert len(new.keys() - old.keys()) == 1
    changed = [key for key in old if _told(old[key]) != _told(new[key])]
    assert [new[key].lines[0].text for key in changed] == ["I had hoped for a better ending."]
    assert (new[changed[0]].seed, new[changed[0]].size) == (old[changed[0]].seed, old[changed[0]].size)
    assert rekeyed(before, before.shots) == before


def _told(shot: Shot) -> str:
    return take_digest(shot, [], "p")


def test_a_renamed_scene_keeps_its_keys() -> None:
    before = planned(said(*TURNS))
    after = rekeyed(planned(said(*TURNS).replace("ROOM - DAY", "LOFT - NIGHT")), before.shots)
    assert [shot.key for shot in after.shots] == [shot.key for shot in before.shots]


def test_scene_numbers_and_repeated_headings_make_keys() -> None:
    text = "INT. ROOM - DAY #12A#\n\nOne.\n\nINT. ROOM - DAY\n\nTwo.\n\nTwo.\n\nINT. ROOM - DAY\n\nThree.\n"
    keys = [shot.key for shot in planned(text).shots]
    assert keys[:2] == ["12a/open", "int-room-day/open"]
    assert keys[3] == "int-room-day-2/open"
    assert len({*keys}) == len(keys)


def test_the_plan_stops_where_the_film_is_too_long() -> None:
    asked = []

    def counting(heading: str, action: str, seed: int):  # type: ignore[no-untyped-def]
        asked.append(heading)
        return place_of(heading, action, seed)

    text = "INT. ROOM - DAY\n\nLook.\n\n" * 400
    with pytest.raises(Exception, match=f"over {MAX_SHOTS} shots"):
        plan(command(screenplay=text), "prd_1", read_screenplay(text), ROSTER, counting)
    assert len(asked) == MAX_SHOTS + 1


def test_words_on_a_card_are_decided_on_like_spoken_ones() -> None:
    film = planned(said("JONAS: Well.") + "\n> Two days later <\n")
    assert list(words_of(film.shots)) == ["Well.", "Two days later"]


@pytest.mark.parametrize(
    ("asked", "seen"),
    [
        ("aerial of an autumn forest at golden hour, birds", "an autumn forest at golden hour, birds"),
        ("wide shot, tracking right, Mara runs along the path", "Mara runs along the path"),
        ("Ana waits, low angle, close-up, by the door.", "Ana waits, by the door."),
        ("Off the coast: a boat; of wood", "Off the coast: a boat; of wood"),
        ("CLOSE ON", ""),
    ],
)
def test_what_is_left_without_words_about_the_camera_reads_as_it_was_meant(asked: str, seen: str) -> None:
    assert without_camera_words(asked) == seen
