"""From scenes to shots: the habits of the director, and what each shot needs permission for."""

from pathlib import Path

import pytest

from audio_service.contract.speech import SpeechTiming
from generation_service.contract.methods import CastMember, SubmitProduction
from generation_service.contract.shots import Line
from generation_service.domain.casting import check_cast
from generation_service.domain.delivery import pause_before, style_of
from generation_service.domain.needs import decision_request, film_uses
from generation_service.domain.plan import Plan, plan
from generation_service.domain.screenplay import read_screenplay
from generation_service.domain.timing import film_seconds, fix_shot, lay_out, starts_of
from generation_service.previs.scenes.words import place_from_heading
from infra.kernel.errors import Invalid
from tests.generation_service.world import CAST, FACE, ROSTER, VOICE, command, place_of

EXAMPLES = Path(__file__).parents[3] / "examples"


def planned(order: SubmitProduction) -> Plan:
    play = read_screenplay(order.screenplay, order.cast)
    return plan(order, "prd_1", play, ROSTER, place_of)


def screenplay(body: str) -> SubmitProduction:
    return command(screenplay=f"INT. ROOM - DAY\n\n{body}")


def test_the_first_example_shot_by_shot() -> None:
    film = planned(command(screenplay=(EXAMPLES / "first_light.fountain").read_text(encoding="utf-8")))
    told = [(shot.size, shot.camera, shot.transition, shot.speaker, shot.bed) for shot in film.shots]
    assert told == [
        ("WS", "push-in", "fade", None, "rain"),
        ("MCU", "static", "cut", "ANA", "rain"),
        ("MCU", "static", "cut", "TOMAS", "rain"),
        ("CU", "static", "cut", "ANA", "rain"),
        ("CU", "push-in", "cut", "TOMAS", "rain"),
        ("MCU", "handheld", "cut", "ANA", "rain"),
        ("WS", "tilt-up", "dissolve", None, "rain"),
    ]
    assert film.title == "First Light"
    assert 12 <= film_seconds(film.shots) <= 30
    assert min(shot.seconds for shot in film.shots) >= 2
    assert [line.index for shot in film.shots for line in shot.lines] == [0, 1, 2, 3, 4]


def test_a_plan_is_the_same_every_time() -> None:
    assert planned(command()) == planned(command())
    assert planned(command()).shots != planned(command(seed=5)).shots


def test_a_face_is_never_cut_to_itself_at_the_same_size() -> None:
    film = planned(screenplay("ANA\n(sadly)\n" + "This is one sentence of a speech. " * 12 + "\n\nAna looks up.\n"))
    sizes = [shot.size for shot in film.shots if shot.speaker == "ANA"]
    assert sizes == ["CU", "MCU", "CU", "MS"]


def test_directives_win_over_habits() -> None:
    film = planned(screenplay("ANA\nHi. [[shot: ECU, 5s, cam=tilt-up, seed=77, transition=dissolve]]\n"))
    shot = film.shots[1]
    assert (shot.size, shot.camera, shot.seed, shot.transition) == ("ECU", "tilt-up", 77, "dissolve")
    assert shot.frames == 5 * 24
    assert film.at_least[shot.id] == 5.0


def test_a_bed_lies_until_it_is_ended_or_the_scene_is() -> None:
    text = '[[bed="sea"]]\nOne.\n\nTwo.\n\n[[bed=none]]\nThree.\n\nEXT. STREET - DAY\n\nFour.\n\nINT. LIFT\n\nFive.\n'
    assert [shot.bed for shot in planned(screenplay(text)).shots] == ["sea", "sea", None, "city", None]


def test_offscreen_voices_are_heard_and_not_seen() -> None:
    shots = planned(screenplay("ANA (V.O.)\nI am not here.\n\nANA (O.S.)\nNor here.\n")).shots
    assert [(shot.characters, shot.speaker, shot.lines[0].character) for shot in shots] == [((), None, "ANA")] * 2
    assert [shot.key for shot in shots] == ["int-room-day/open", shots[1].key]


def test_a_long_speech_gets_several_shots() -> None:
    film = planned(screenplay("ANA\n" + "This is one sentence of a speech. " * 12 + "\n"))
    turns = film.shots[1:]
    assert len(turns) == 3
    assert all(sum(len(line.text) for line in shot.lines) <= 170 for shot in turns)
    assert [shot.size for shot in turns] == ["MCU", "CU", "MCU"]


def test_a_named_character_in_the_action_is_shown() -> None:
    film = planned(screenplay("The room.\n\nTomas sits down.\n\nAna looks up.\n\nTomasina is nobody.\n"))
    assert [shot.speaker for shot in film.shots] == [None, "TOMAS", "ANA", None]
    assert [shot.size for shot in film.shots] == ["WS", "MS", "MS", "WS"]


@pytest.mark.parametrize(
    ("body", "detail"),
    [("Look.\n\n" * 121, "120 shots"), ("[[shot: 30s]]\nLook.\n\n" * 41, "20 minutes")],
)
def test_films_that_are_too_long(body: str, detail: str) -> None:
    with pytest.raises(Invalid) as caught:
        planned(screenplay(body))
    assert detail in caught.value.detail
    assert caught.value.info["errors"][0]["line"] > 40


def test_what_the_film_needs() -> None:
    order = command(screenplay=(EXAMPLES / "first_light.fountain").read_text(encoding="utf-8"))
    film = planned(order)
    request = decision_request(order, "prd_1", film.shots, "previs", title=film.title)
    assert request.title == "First Light"
    assert "EXT. GARDEN - DAWN" in request.screenplay
    assert "consented subject" not in request.screenplay  # a note in [[ ]] is neither seen nor heard
    face, voice = request.uses
    assert (face.modality, face.assets, face.takes) == ("face.image", (FACE,), 3)
    assert (voice.modality, voice.assets, voice.takes) == ("voice.clone", (VOICE,), 3)
    assert request.features == (
        "allow.video_generation",
        "allow.audio_generation",
        "allow.real_person_reference",
        "allow.voice_clone",
    )
    assert request.words.startswith("You are up before the birds again.\n")
    longest = max(line.seconds for shot in planned(order).shots for line in shot.lines if line.character == "ANA")
    assert voice.seconds > longest * 1.5


def test_a_subject_without_a_face_is_drawn_by_a_stand_in_and_uses_the_voice_only() -> None:
    order = command(cast={**CAST, "ANA": CastMember(subject="sub_1", voice=VOICE)})
    film = planned(order)
    assert film.shots[1].characters[0].stock == ROSTER.default
    assert [use.modality for use in film_uses(order, film.shots)] == ["voice.clone"]


@pytest.mark.parametrize(
    ("member", "pointer"),
    [
        ({}, "/cast/A~1B"),
        ({"stock": "mara", "subject": "sub_1", "face": FACE}, "/cast/A~1B"),
        ({"stock": "nobody"}, "/cast/A~1B/stock"),
        ({"stock": "mara", "stock_voice": "nobody"}, "/cast/A~1B/stock_voice"),
        ({"stock": "mara", "face": FACE}, "/cast/A~1B/subject"),
        ({"subject": "sub_1"}, "/cast/A~1B/face"),
        ({"subject": "sub_1", "voice": VOICE, "voice_from_face": True}, "/cast/A~1B/face"),
    ],
)
def test_cast_errors_point_at_their_place(member: dict[str, object], pointer: str) -> None:
    with pytest.raises(Invalid) as caught:
        check_cast({"A/B": CastMember.model_validate(member)}, ROSTER)
    assert caught.value.code == "generation.cast_invalid"
    assert caught.value.info["errors"][0]["pointer"] == pointer


def test_two_entries_for_one_name() -> None:
    with pytest.raises(Invalid):
        check_cast({"ANA": CAST["TOMAS"], "Ana": CAST["TOMAS"]}, ROSTER)


@pytest.mark.parametrize(
    ("parenthetical", "emotion", "rate"),
    [("", "neutral", 1.0), ("whispering", "whisper", 1.0), ("wearily", "weary", 1.0), ("slowly, sad", "sad", 0.85),
     ("laughing, quick", "excited", 1.2), ("ANGRY", "angry", 1.0), ("terrified", "afraid", 1.0),
     ("to himself", "aside", 1.0), ("muttering", "aside", 1.0), ("under her breath", "whisper", 1.0)],
)  # fmt: skip
def test_delivery(parenthetical: str, emotion: str, rate: float) -> None:
    style = style_of(parenthetical)
    assert (style.emotion, style.rate) == (emotion, rate)


@pytest.mark.parametrize(
    ("parenthetical", "shaking"),
    [("laughing", "laughter"), ("through tears", "tears"), ("sobbing", "tears"), ("tearing at it", ""), ("sad", "")],
)
def test_what_shakes_a_voice(parenthetical: str, shaking: str) -> None:
    assert style_of(parenthetical).shaking == shaking


def test_timing_is_exact_after_speech() -> None:
    shot = planned(screenplay("ANA\nOne.\n(beat)\nTwo.\n")).shots[1]
    spoken = {line.index: SpeechTiming(seconds=length, words=(), phonemes=()) for line, length in
              zip(shot.lines, (1.01, 2.02), strict=True)}  # fmt: skip
    fixed = fix_shot(shot, spoken)
    assert [line.start_s for line in fixed.lines] == [0.25, pytest.approx(0.25 + 1.01 + 0.35 + 0.7)]
    assert fixed.frames == 115  # 4.78 s at 24 frames a second, rounded up
    assert fix_shot(shot, spoken, 6.0).frames == 144


def test_starts_are_whole_frames() -> None:
    shots = planned(command()).shots
    starts = starts_of(shots)
    assert starts[0] == 0
    assert all((start * 24).denominator == 1 for start in starts)
    assert float(starts[-1]) + shots[-1].seconds == pytest.approx(film_seconds(shots))


def test_pauses() -> None:
    assert [pause_before(text) for text in ("", "beat", "a long pause", "beaten")] == [0.0, 0.7, 1.4, 0.0]
    assert lay_out((), ()) == ((), 0.0)
    line = Line(index=0, character="A", text="x")
    assert lay_out((line,), (1.0,)) == ((0.25,), pytest.approx(1.7))


def test_a_heading_that_no_set_is_known_for_is_told() -> None:
    order = command(
        screenplay="EXT. XYZZY - DAY\n\nWind.\n\nRain.\n\nINT. KITCHEN - DAY\n\nSteam.\n\nEXT. XYZZY - DAY\n\nAgain.\n"
    )
    play = read_screenplay(order.screenplay, order.cast)
    film = plan(order, "prd_1", play, ROSTER, lambda heading, action, _: place_from_heading(heading, action))
    assert film.notes == ("scene 1: no set is known for 'XYZZY': it is painted as a street",)
