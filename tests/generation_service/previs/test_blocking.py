"""Who is where in a frame: sides and eyelines across a cut, seats, what hands hold, and how large a thing is."""

from collections.abc import Callable

import numpy as np
import pytest

from generation_service.contract.shots import Entity, Shot
from generation_service.previs.blocking import in_frame, looks_to, stands, view_of
from generation_service.previs.carried import draw_carried, posed
from generation_service.previs.cast.looks import LOOKS
from generation_service.previs.cast.puppet import joints_of, plane_of
from generation_service.previs.cast.rig import SOLE, Cue, pose_of
from generation_service.previs.catalogue import KINDS, WARES, held_in
from generation_service.previs.passers import Passer
from generation_service.previs.scenes.light import mood_of
from generation_service.previs.scenes.words import place_from_heading
from generation_service.previs.stage import Stage

Make = Callable[..., Shot]

HEADING = "EXT. PARK - DAY"


def two(make_shot: Make, size: str, first: str = "idle", second: str = "idle", **changes: object) -> Shot:
    """ANA stands left and BEN right, as the schedule says."""
    shot = make_shot(HEADING, size=size, spoken=False, width=320, height=180, **changes)
    ana = shot.characters[0].model_copy(update={"name": "ANA", "stock": "mara"})
    ben = ana.model_copy(update={"name": "BEN", "stock": "jonas"})
    entities = (Entity(name="ANA", where="left", doing=first), Entity(name="BEN", where="right", doing=second))
    return shot.model_copy(update={"characters": (ana, ben), "entities": entities, "speaker": "ANA"})


@pytest.mark.parametrize("size", ["CU", "MCU", "MS"])
def test_two_who_talk_look_at_each_other_across_the_cut(make_shot: Make, size: str) -> None:
    shot = two(make_shot, size)
    reverse = shot.model_copy(update={"characters": shot.characters[::-1], "speaker": "BEN"})
    ana, ben = (next(p for p in in_frame(one) if p.character.name == one.speaker) for one in (shot, reverse))
    assert ana.across < 0.5 < ben.across, "who stands left is seen left"
    gazes = [Stage(one, {}).tracks[str(one.speaker)].gaze[:, 0].mean() for one in (shot, reverse)]
    assert gazes[0] > 0.02 > -0.02 > gazes[1]
    assert view_of(shot).x > view_of(reverse).x, "and the camera turns to the other side of the place"
    alone = shot.model_copy(update={"characters": shot.characters[:1], "entities": (Entity(name="ANA"),)})
    assert looks_to(alone, alone.characters[0]) == 0.0
    assert abs(stands(alone, alone.characters[0])) == 1


def test_a_medium_shot_follows_who_sits(make_shot: Make) -> None:
    def head(doing: str) -> float:
        shot = two(make_shot, "MS", doing)
        shot = shot.model_copy(update={"characters": shot.characters[:1]})
        stage, part = Stage(shot, {}), in_frame(shot)[0]
        mark, pose = stage._mark(part), pose_of(part.deed, "", 0.0, Cue(1.5))
        return (mark.y - (SOLE - pose.hips[1]) * mark.scale) / 180

    standing = head("idle")
    for doing in ("sits", "sits in the grass", "kneels"):
        assert abs(head(doing) - standing) < 0.16, doing


def test_two_on_a_bench_share_it(make_shot: Make) -> None:
    parts = in_frame(two(make_shot, "WS", "sits on a bench", "sits on a bench"))
    left, right = sorted(parts, key=lambda part: part.across)
    assert 0.03 < right.across - left.across < 0.14
    assert (left.seat, right.seat) == ("bench", "none")
    assert left.seat_shift > 0
    apart = in_frame(two(make_shot, "WS", "sits on a bench", "stands"))
    assert abs(apart[0].across - apart[1].across) > 0.3


@pytest.mark.parametrize("frame", [(320, 320), (180, 320)])
def test_two_at_half_length_do_not_cross_in_a_narrow_frame(make_shot: Make, frame: tuple[int, int]) -> None:
    shot = two(make_shot, "MS").model_copy(update={"width": frame[0], "height": frame[1]})
    stage, parts = Stage(shot, {}), in_frame(shot)
    marks = [stage._mark(part) for part in parts]
    half = 470 * marks[0].scale
    assert abs(marks[0].x - marks[1].x) > 1.65 * half
    assert all(0.6 * half < mark.x < frame[0] - 0.6 * half for mark in marks)


def test_everything_small_can_be_carried_and_is_seen(make_shot: Make) -> None:
    mood = mood_of(place_from_heading(HEADING))
    for kind, _, share in (*KINDS, *WARES):
        if share > 0.3 or kind == "backpack":  # that one is worn
            continue
        pose = pose_of("idle", posed(kind), 0.0, Cue(0.5))
        plane = plane_of(180, 200)
        plane.canvas.scale(0.045, 0.045)
        plane.canvas.translate(2200, 600)
        draw_carried(plane.canvas, kind, joints_of(LOOKS[0], pose), (255.0, 255.0, 255.0), mood)
        assert (plane.pixels[..., 3] > 60).sum() > 25, kind
    assert held_in("sits with a newspaper") == "newspaper"
    assert held_in("stirs a pan") == "pan"
    assert (held_in("sits at the table"), held_in("looks")) == ("", "")
    assert held_in("holds an astrolabe") == "parcel"


@pytest.mark.parametrize(("width", "height"), [(320, 180), (180, 320), (320, 320)])
@pytest.mark.parametrize("thing", ["pan", "key", "bottle", "ticket"])
def test_an_insert_fills_its_frame(make_shot: Make, thing: str, width: int, height: int) -> None:
    shot = make_shot("INT. KITCHEN - DAY", size="CU", spoken=False, characters=(), width=width, height=height)
    shown, other = (
        Stage(shot.model_copy(update={"entities": (Entity(name=name, kind="prop"),)}), {}).picture(0).astype(int)
        for name in (thing, "coin")
    )
    changed = np.abs(shown - other).max(axis=2) > 12
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    assert max(np.ptp(rows) / height, np.ptp(columns) / width) > 0.42
    assert abs((columns[0] + columns[-1]) / 2 / width - 0.5) < 0.14


def test_guests_have_tables_of_their_own_and_people_on_a_beach_are_far(make_shot: Make) -> None:
    heading = "INT. CAFE - DAY"
    cafe = Stage(make_shot(heading, size="WS", place=place_from_heading(heading, "a crowd"), spoken=False), {})
    tables = sorted(item.at[0] for item in cafe._items if isinstance(item, Passer))
    assert len(tables) >= 3
    assert np.diff(tables).min() > 0.08 * cafe.width
    beach = Stage(make_shot("EXT. BEACH - DAY", size="WS", spoken=False), {})
    far = [item for item in beach._items if isinstance(item, Passer)]
    assert far
    assert all(item.tall < 0.6 * beach._foot[2] for item in far)
