"""Who is in a picture that names nobody, what is told of what cannot be shown, and that a face is not cut to itself."""

from generation_service.contract.methods import CastMember, SubmitProduction
from generation_service.domain.plan import Plan, plan
from generation_service.domain.screenplay import read_screenplay
from tests.generation_service.world import ROSTER, command, place_of

CAST = {name.upper(): CastMember(stock=name) for name in ("mara", "jonas", "noor")}
OPENING = "INT. ROOM - DAY\n\nMARA and JONAS wait.\n\nJONAS\nWell.\n\n"


def planned(body: str) -> Plan:
    order: SubmitProduction = command(screenplay=OPENING + body + "\n", cast=CAST)
    return plan(order, "prd_1", read_screenplay(order.screenplay, order.cast), ROSTER, place_of)


def seen(body: str) -> list[tuple[str, str]]:
    return [(one.name, one.doing) for one in planned(body).shots[-1].entities if one.kind == "person"]


def test_they_are_who_is_there_and_he_and_she_the_last_of_their_kind() -> None:
    assert seen("They look at the screen.") == [("JONAS", "looks"), ("MARA", "looks")]
    assert seen("They both laugh. Jonas hugs Mara.") == [("JONAS", "hugs"), ("MARA", "hugs")]
    assert seen("She waves.") == [("MARA", "waves")]
    assert seen("He sits down.") == [("JONAS", "sits down")]
    assert seen("NOOR\nHello there, you two.\n\nShe sits.") == [("NOOR", "sits")]
    assert seen("The lights go out.") == []
    assert seen("CLOSE ON the letter.") == []


def test_who_is_alone_in_a_scene_has_no_side_and_two_have() -> None:
    alone = command(screenplay="INT. ROOM - DAY\n\nMARA waits.\n", cast=CAST)
    shots = plan(alone, "prd_1", read_screenplay(alone.screenplay, alone.cast), ROSTER, place_of).shots
    assert [one.where for one in shots[0].entities] == ["centre"]
    assert [one.where for one in planned("They wait.").shots[-1].entities] == ["left", "right"]


def test_a_plan_says_what_stands_in_for_a_thing_and_for_an_angle() -> None:
    made = planned("CLOSE ON the astrolabe.\n\n[[shot: WS, overhead]]\nThey sit down.")
    assert [one.name for one in made.shots[2].entities] == ["astrolabe"]
    assert [note for note in made.notes if "astrolabe" in note and "card" in note]
    assert [note for note in made.notes if "overhead" in note]
    assert not [note for note in planned("CLOSE ON the pan.").notes if "card" in note]


def test_a_face_is_not_cut_to_itself_at_the_same_size_unless_asked() -> None:
    sizes = [shot.size for shot in planned("She waves.\n\nShe nods.\n\nShe points.").shots[-3:]]
    assert sizes == ["MS", "MCU", "MS"]
    held = [shot.size for shot in planned("She waves.\n\nShe lifts a cup.").shots[-2:]]
    assert held == ["MS", "MS"], "what a hand holds is not cut off"
    asked = planned("She waves.\n\n[[shot: MS]]\nShe nods.").shots[-2:]
    assert [shot.size for shot in asked] == ["MS", "MS"]
