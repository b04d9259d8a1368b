"""A plan is shown without anything being asked or made."""

import json

from generation_service.contract.plans import PlanScript
from generation_service.usecases.preview import Preview
from tests.generation_service.world import ROSTER, SCREENPLAY, place_of

CAST = {"ANA": {"subject": "sub_1"}, "TOMAS": {"stock": "jonas"}}


def preview() -> Preview:
    return Preview(lambda: ROSTER, place_of)


def test_a_plan_shows_shots_schedule_and_lengths() -> None:
    view = preview()(PlanScript.model_validate({"screenplay": SCREENPLAY, "cast": CAST}))
    assert (view.title, view.problems) == ("Test", ())
    assert (view.shots[0].size, view.shots[0].place) == ("WS", "kitchen, day")
    assert view.shots[1].start_s == view.shots[0].seconds
    assert view.seconds == round(sum(shot.seconds for shot in view.shots), 3)
    assert [(one.name, one.doing) for one in view.shots[1].entities] == [("ANA", "talks")]
    assert view.shots[1].lines[0].emotion == "warm"
    assert view.cast["ANA"].face is None  # none was given, and none is made up in the answer


def test_mistakes_are_the_answer() -> None:
    view = preview()(PlanScript(screenplay="INT. A\n\nBEN\nHi. [[shot: sise=CU]]\n"))
    assert [(one.line, one.column) for one in view.problems] == [(3, 1), (4, 13)]
    assert view.shots == ()
    board = preview()(PlanScript(screenplay=json.dumps({"scenes": []}), format="storyboard"))
    assert [one.pointer for one in board.problems] == ["/scenes"]
    cast = preview()(
        PlanScript.model_validate({"screenplay": SCREENPLAY, "cast": CAST | {"TOMAS": {"stock": "nobody"}}})
    )
    assert cast.problems[0].pointer == "/cast/TOMAS/stock"
