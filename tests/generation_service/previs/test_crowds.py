"""Strangers stay behind the cast and are quieter than it; what burns in a room is not painted over."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from generation_service.contract.shots import Shot
from generation_service.previs.cast.looks import LOOKS
from generation_service.previs.passers import Audience, Passer
from generation_service.previs.scenes.words import place_from_heading
from generation_service.previs.stage import Stage
from generation_service.previs.strangers import STRANGER_LOOKS, Sort, cycle_of, stranger

Make = Callable[..., Shot]


@pytest.mark.parametrize("heading", ["EXT. MARKET SQUARE - DAY", "EXT. STATION PLATFORM - DAY", "INT. OFFICE - DAY"])
def test_a_crowd_stands_behind_the_cast_in_groups_of_several_sizes(make_shot: Make, heading: str) -> None:
    stage = Stage(make_shot(heading, size="WS", place=place_from_heading(heading, "a busy crowd"), spoken=False), {})
    people = [item for item in stage._items if isinstance(item, Passer)]
    assert len(people) >= 6
    foot, tall = stage._foot[1], stage._foot[2]
    assert all(one.at[1] < foot and one.tall < 0.97 * tall for one in people), "nobody before the cast, or as large"
    assert len({round(one.tall) for one in people}) >= 4
    assert np.ptp([one.at[1] for one in people]) > 0.02 * stage.height, "they do not stand in one row"
    assert all(one.depth > 0 for one in people)


def test_an_audience_looks_on_from_behind(make_shot: Make) -> None:
    place = place_from_heading("INT. THEATRE - NIGHT", "the audience is packed")
    stage = Stage(make_shot("INT. THEATRE - NIGHT", size="WS", place=place, spoken=False), {})
    assert [item.depth < 0 for item in stage._items if isinstance(item, Audience)] == [True]
    assert not any(isinstance(item, Passer) for item in stage._items)


def test_strangers_are_people_of_their_own_in_quiet_colours(make_shot: Make) -> None:
    looks = [stranger(number) for number in range(STRANGER_LOOKS)]
    assert len({(one.skin, one.hair, one.cloth, one.style, one.outfit) for one in looks}) == STRANGER_LOOKS
    assert not {one.id for one in looks} & {one.id for one in LOOKS}
    mood = Stage(make_shot(spoken=False), {})._plate.mood
    picture = cycle_of(Sort(1, 0.0, walks=False, seated=False, tall=240, blur=0.0), mood)[0]
    solid = picture[picture[..., 3] > 250][:, :3]
    vivid = cv2.cvtColor(solid[None], cv2.COLOR_RGB2HSV)[..., 1].mean()
    assert vivid < 110, "strangers draw no eyes"


@pytest.mark.parametrize("camera", ["static", "pan-right", "dolly-left"])
def test_a_fire_is_seen_whatever_the_camera_does(make_shot: Make, camera: str) -> None:
    place = place_from_heading("INT. ATTIC - NIGHT", "a fire burns")
    shot = make_shot("INT. ATTIC - NIGHT", size="WS", place=place, camera=camera, spoken=False, characters=())
    dark = shot.model_copy(update={"place": place.model_copy(update={"elements": ()})})
    lit, unlit = (Stage(one, {}).picture(4).astype(int) for one in (shot, dark))
    left = np.s_[120:240, 30:150]
    assert lit[left][..., 0].max() > 235
    assert (lit[left][..., 0] - lit[left][..., 2]).max() > 150
    assert (unlit[left][..., 0] - unlit[left][..., 2]).max() < 150
