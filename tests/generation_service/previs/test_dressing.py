"""Things and groups find room: beside the people, small ones on one table, nothing twice."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from generation_service.contract.shots import Entity, Shot
from generation_service.previs.blocking import in_frame, props_of
from generation_service.previs.dressing import MOST, MOST_ON_TABLE, props_on_stage
from generation_service.previs.props import Prop
from generation_service.previs.stage import Stage

Make = Callable[..., Shot]


def _props(make_shot: Make, heading: str, *names: str, where: str = "centre") -> tuple[Stage, list[Prop]]:
    things = tuple(Entity(name=one, kind="prop", where=where) for one in names)
    shot = make_shot(heading, size="WS", spoken=False, entities=(Entity(name="ANA", where="left"), *things))
    stage = Stage(shot, {})
    return stage, props_on_stage(shot, props_of(shot), stage._plate.mood, stage._frame_size, stage._foot)


def test_things_do_not_stand_before_people_nor_on_one_another(make_shot: Make) -> None:
    stage, found = _props(make_shot, "INT. ATTIC - NIGHT", "suitcase", "bicycle", "clock", "chair")
    people = [part.across * stage.width for part in in_frame(stage.shot)]
    feet = [one._foot[0] for one in found]
    assert len(found) == 4
    assert min(abs(x - one) for x in feet for one in people) > 0.07 * stage.width
    assert min(np.diff(sorted(feet))) > 0.07 * stage.width


def test_small_things_lie_on_one_table(make_shot: Make) -> None:
    names = ("book", "candle", "cup", "bottle", "key", "letter", "apple", "coin")
    _, found = _props(make_shot, "INT. ATTIC - NIGHT", *names)
    table, *lying = found[: 1 + MOST_ON_TABLE]
    assert all(one._foot[1] < table._foot[1] - 20 for one in lying)
    assert len(found) <= 1 + MOST_ON_TABLE + MOST


def test_what_a_kitchen_has_is_not_put_there_again_unless_told_where(make_shot: Make) -> None:
    assert not _props(make_shot, "INT. KITCHEN - DAY", "kettle")[1]
    assert len(_props(make_shot, "INT. KITCHEN - DAY", "kettle", where="left")[1]) == 1
    assert len(_props(make_shot, "INT. ATTIC - DAY", "kettle")[1]) == 1


@pytest.mark.parametrize("count", [3, 4, 5, 6])
def test_a_group_in_a_tall_picture_stands_in_two_rows_with_every_head_free(make_shot: Make, count: int) -> None:
    one = make_shot().characters[0]
    cast = tuple(one.model_copy(update={"name": f"P{k}"}) for k in range(count))
    shot = make_shot(
        "INT. CLASSROOM - DAY", size="WS", width=360, height=640, spoken=False, characters=cast, speaker=None
    )
    parts = in_frame(shot)
    assert len({part.share for part in parts}) == 2
    assert [part.share for part in parts] == sorted(part.share for part in parts), "who stands behind is drawn first"
    tall = Stage(shot, {})._foot[2]
    for share in {part.share for part in parts}:
        row = sorted(part.across for part in parts if part.share == share)
        assert all(b - a > 0.13 * share * tall / 360 for a, b in pairwise(row)), "heads apart"
    assert min(part.across for part in parts) > 0.05
    assert max(part.across for part in parts) < 0.95
