"""Who sits at a set's desks, who goes to the board, and a set that has its one throne, bed or desk only once."""

from collections.abc import Callable

import numpy as np
import pytest

from generation_service.contract.shots import Entity, Shot
from generation_service.previs.brush import rgb
from generation_service.previs.passers import Passer
from generation_service.previs.scenes.words import place_from_heading
from generation_service.previs.sitters import DESKS, YOUNG
from generation_service.previs.stage import Stage
from generation_service.previs.stations import cleared
from generation_service.previs.strangers import GREY, stranger

Make = Callable[..., Shot]


@pytest.mark.parametrize(
    ("heading", "action", "most"),
    [
        ("INT. CLASSROOM - DAY", "Children at desks.", 8),
        ("INT. OFFICE - DAY", "Six people at desks.", 5),
    ],
)
def test_words_fill_the_desks_of_a_set(make_shot: Make, heading: str, action: str, most: int) -> None:
    place = place_from_heading(heading, action)
    stage = Stage(make_shot(heading, size="WS", place=place, spoken=False, characters=(), lines=()), {})
    people = [item for item in stage._items if isinstance(item, Passer)]
    assert most - 1 <= len(people) <= most, "at most one seat stays empty"
    assert len({round(one.at[1]) for one in people}) == 2, "they sit in two rows"
    assert all(one.speed == 0 for one in people)
    assert all(one.depth > 0 for one in people)
    empty = place_from_heading(heading)
    quiet = Stage(make_shot(heading, size="WS", place=empty, spoken=False, characters=(), lines=()), {})
    assert not any(isinstance(item, Passer) for item in quiet._items)
    one = max(people, key=lambda item: item.at[1])
    head = np.s_[int(one.at[1] - 0.8 * one.tall) : int(one.at[1]), int(one.at[0] - 6) : int(one.at[0] + 6)]
    moved = np.abs(stage.picture(0)[head].astype(int) - quiet.picture(0)[head].astype(int))
    assert moved.mean() > 8, "they are in the picture"


def test_pupils_are_young() -> None:
    assert len(YOUNG) > 9
    assert not any(stranger(k).style == "bald" or stranger(k).hair == rgb(GREY) for k in YOUNG)
    assert DESKS["school"].looks == YOUNG
    assert DESKS["school"].tall < DESKS["office"].tall


def test_nobody_sits_where_one_of_the_cast_stands(make_shot: Make) -> None:
    place = place_from_heading("INT. CLASSROOM - DAY", "Children at desks.")
    told = Entity(name="ANA", doing="idle", where="centre", continues=True)
    shots = [make_shot("INT. CLASSROOM - DAY", size="WS", place=place, spoken=False, **more)
             for more in ({"entities": (told,)}, {"characters": (), "lines": ()})]  # fmt: skip
    beside, alone = ([one for one in Stage(shot, {})._items if isinstance(one, Passer)] for shot in shots)
    assert len(beside) == len(alone) - 1


def test_who_writes_on_the_board_is_at_it(make_shot: Make) -> None:
    told = Entity(name="ANA", doing="writes on the board", where="centre", continues=True)
    shots = [make_shot("INT. CLASSROOM - DAY", size="WS", spoken=False, entities=entities)
             for entities in ((told,), ())]  # fmt: skip
    there, here = (Stage(shot, {})._talking[0] for shot in shots)
    assert there._mark.scale < 0.65 * here._mark.scale, "far away"  # type: ignore[union-attr]
    assert there.depth > 0.3 > here.depth


@pytest.mark.parametrize(
    ("heading", "doing", "gone"),
    [
        ("INT. CASTLE HALL - DAY", "sits on the throne", "no throne"),
        ("INT. BEDROOM - NIGHT", "lies in bed", "no bed"),
        ("INT. DETECTIVE'S OFFICE - NIGHT", "writes", "no desk"),
    ],
)
def test_a_set_has_its_one_piece_only_once(make_shot: Make, heading: str, doing: str, gone: str) -> None:
    told = Entity(name="ANA", doing=doing, where="centre", continues=True)
    shot = make_shot(heading, size="WS", spoken=False, entities=(told,))
    assert cleared(shot).elements == (*shot.place.elements, gone)
    assert cleared(shot.model_copy(update={"entities": ()})) == shot.place
    assert cleared(shot.model_copy(update={"size": "CU"})) == shot.place
    bare, whole = (
        Stage(make_shot(heading, size="WS", place=place, spoken=False, characters=(), lines=()), {}).picture(0)
        for place in (cleared(shot), shot.place)
    )
    assert np.abs(bare.astype(int) - whole.astype(int)).mean() > 0.5


def test_who_runs_on_the_spot_stays_there(make_shot: Make) -> None:
    told = Entity(name="ANA", doing="runs", where="centre", continues=True)
    more = {"size": "WS", "spoken": False, "entities": (told,)}
    here, away = (Stage(make_shot("INT. GYM - DAY", action=words, **more), {})._talking[0]
                  for words in ("Ana runs on the spot.", "Ana runs."))  # fmt: skip
    assert here.acting.gone(11) == here.acting.gone(0) == 0  # type: ignore[union-attr]
    assert away.acting.gone(11) != away.acting.gone(0)  # type: ignore[union-attr]
