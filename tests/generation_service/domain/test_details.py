"""Who is meant by ``CLOSE ON her hands``, and what the shot then shows."""

import pytest

from generation_service.contract.methods import CastMember, SubmitProduction
from generation_service.contract.shots import Shot
from generation_service.domain.plan import plan
from generation_service.domain.screenplay import read_screenplay
from tests.generation_service.world import ROSTER, command, place_of

CAST = {"IMANI": CastMember(stock="imani"), "OTTO": CastMember(stock="otto")}
OPENING = "INT. ROOM - DAY\n\nIMANI and OTTO wait.\n\n"


def shots(body: str) -> tuple[Shot, ...]:
    order: SubmitProduction = command(screenplay=OPENING + body, cast=CAST)
    return plan(order, "prd_1", read_screenplay(order.screenplay, order.cast), ROSTER, place_of).shots


@pytest.mark.parametrize(
    ("text", "name", "doing", "size"),
    [
        ("CLOSE ON her hands.", "IMANI", "hands", "CU"),
        ("CLOSE ON his hands. They do not shake.", "OTTO", "hands", "CU"),
        ("CLOSE ON IMANI's hands around a cup.", "IMANI", "hands with cup", "CU"),
        ("CLOSE ON the letter. He opens the envelope.", "OTTO", "hands with envelope", "CU"),
        ("INSERT - OTTO'S EYES", "OTTO", "eyes", "ECU"),
        ("Her eyes fill.", "IMANI", "eyes", "ECU"),
        ("CLOSE ON his face.", "OTTO", "idle", "CU"),
    ],
)  # fmt: skip
def test_a_detail_is_of_whom_it_says(text: str, name: str, doing: str, size: str) -> None:
    made = shots(f"{text}\n")[-1]
    assert [one.name for one in made.characters] == [name]
    assert [one.doing for one in made.entities if one.kind == "person"] == [doing]
    assert made.size == size
    assert not [one for one in made.entities if one.kind == "prop"], "what is held is not drawn twice"


@pytest.mark.parametrize(
    "text", ["The clock's hands turn.", "CLOSE ON the kettle.", "She sits.", "CLOSE ON the hands."]
)
def test_what_is_nobodys_is_no_detail_of_somebody(text: str) -> None:
    alone = command(screenplay=f"INT. ROOM - DAY\n\nRain.\n\n{text}\n", cast=CAST)
    made = plan(alone, "prd_1", read_screenplay(alone.screenplay, alone.cast), ROSTER, place_of).shots[-1]
    assert not made.characters
