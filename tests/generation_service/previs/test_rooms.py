"""Rooms in perspective: their space is that of the people in it, light falls in, nothing stands before the faces."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import skia

from generation_service.contract.shots import Entity, Place, Shot
from generation_service.previs.blocking import FACE_AT, in_frame, view_of
from generation_service.previs.brush import fill
from generation_service.previs.scenes.indoors import INDOORS
from generation_service.previs.scenes.layers import Painting, straight
from generation_service.previs.scenes.light import mood_of
from generation_service.previs.scenes.openings import sunlight
from generation_service.previs.scenes.plate import Plate, paint_plate
from generation_service.previs.scenes.space import HORIZON, PEOPLE, PERSON, Room, seen
from generation_service.previs.scenes.words import place_from_heading
from generation_service.previs.stage import Stage
from generation_service.previs.standing import INDOORS_FLOOR, TALL_INSIDE, tall_at

WIDE, TALL = 320, 180


def plate(kind: str, **more: Any) -> Plate:
    return paint_plate(Place(name=kind, kind=kind, interior=True, seed=4, **more), WIDE, TALL, 0.0)


def part_of(picture: np.ndarray[Any, Any], box: tuple[float, float, float, float]) -> np.ndarray[Any, Any]:
    """The part of a plate that painting units (left, top, right, low) are seen in."""
    left, top, right, low = box
    rows, columns = picture.shape[:2]
    x0, y0 = (columns - WIDE) / 2, (rows - TALL) / 2
    return picture[round(y0 + top / 5) : round(y0 + low / 5), round(x0 + left / 5) : round(x0 + right / 5)]


def test_a_person_in_the_room_is_as_tall_as_people_are_drawn() -> None:
    foot, head = seen(0, 0, PEOPLE), seen(0, PERSON, PEOPLE)
    assert foot == pytest.approx((800.0, INDOORS_FLOOR))
    assert foot[1] - head[1] == pytest.approx(TALL_INSIDE)


def test_strangers_farther_back_are_as_tall_as_the_room_makes_them() -> None:
    foot, head = seen(0, 0, 6.0), seen(0, PERSON, 6.0)
    place = Place(name="x", kind="room", interior=True)
    assert tall_at(place, foot[1]) == pytest.approx(foot[1] - head[1], rel=0.01)


@pytest.mark.parametrize(("side", "at"), [(-1, (-2.0, 1.0, 5.0)), (1, (2.0, 1.0, 5.0)), (0, (1.2, 2.0, 7.0))])
def test_what_is_drawn_on_a_wall_is_seen_where_the_wall_is(side: int, at: tuple[float, float, float]) -> None:
    canvas = Painting((800, 450), skia.Matrix.Scale(0.5, 0.5))
    place = Place(name="x", kind="room", interior=True)
    room = Room((canvas, place, mood_of(place), np.random.default_rng(1)), half=2.0, back=7.0)
    with room.wall(side) as wall:
        wall.drawCircle(100 * (at[2] if side else at[0]), -100 * at[1], 6, fill((255, 255, 255)))
    rows, columns = np.nonzero(straight(canvas.sheets[0])[..., 3] > 128)
    x, y = seen(*at)
    assert (columns.mean() * 2, rows.mean() * 2) == pytest.approx((x, y), abs=4)


def test_the_sun_falls_on_the_floor_and_rain_takes_it_away() -> None:
    def light(weather: str) -> np.ndarray[Any, Any]:
        canvas = Painting((WIDE, TALL), skia.Matrix.Scale(0.2, 0.2))
        place = Place(name="x", kind="room", interior=True, weather=weather)  # type: ignore[arg-type]
        room = Room((canvas, place, mood_of(place), np.random.default_rng(1)), half=2.5, back=7.5)
        sunlight(room, -1, (5.0, 6.5, 0.8, 2.2))
        return straight(canvas.sheets[0])[..., 3].astype(float)

    clear, rain = light("clear"), light("rain")
    assert clear.sum() > 3 * rain.sum() > 0
    assert clear[: round(seen(0, 0, 7.5)[1] / 5) - 2].max() == 0, "none of it above the floor"


def test_a_window_shows_the_hour() -> None:
    day, night = (
        part_of(plate("library", time_of_day=hour).picture, (745, 120, 855, 300)).mean() for hour in ("day", "night")
    )
    assert day > 2.2 * night


@pytest.mark.parametrize("kind", sorted(INDOORS))
def test_nothing_of_a_set_stands_before_the_faces(kind: str) -> None:
    """What is nearer than the people leaves the middle of the picture free: no row of it above their belts."""
    for layer in plate(kind).layers:
        if layer.depth < 0:
            whole = np.zeros((*plate(kind).picture.shape[:2], 1), np.uint8)
            cover = layer.pixels.view(np.uint8).reshape(*layer.pixels.shape, 4)[..., 3:]
            whole[layer.top : layer.top + cover.shape[0], layer.left : layer.left + cover.shape[1]] = cover
            assert part_of(whole, (380, 120, 1220, 540)).max() < 16


def test_a_corridor_of_a_hospital_and_its_ward_are_two_pictures() -> None:
    one, other = (
        paint_plate(place_from_heading(f"INT. HOSPITAL {name} - DAY"), WIDE, TALL, 0.0).picture.astype(int)
        for name in ("CORRIDOR", "ROOM")
    )
    assert np.abs(one - other).mean() > 14


def test_in_a_car_everybody_is_seen_in_their_own_seat(make_shot: Callable[..., Shot]) -> None:
    def seat(heading: str, where: str) -> float:
        return view_of(make_shot(heading, size="CU", entities=(Entity(name="ANA", where=where),))).x

    assert seat("INT. CAR - DAY", "left") < 800 < seat("INT. CAR - DAY", "right")
    assert seat("INT. LIBRARY - DAY", "left") > 800 > seat("INT. LIBRARY - DAY", "right")


@pytest.mark.parametrize("size", ["MS", "MCU", "CU", "ECU"])
def test_the_horizon_of_a_room_goes_through_the_face(make_shot: Callable[..., Shot], size: str) -> None:
    into = view_of(make_shot("INT. LIBRARY - DAY", size=size)).matrix(1600, 900)
    _, y, w = into @ np.array([800.0, HORIZON, 1.0])
    assert y / w == pytest.approx(FACE_AT[size] * 900, abs=2)


def test_a_room_for_questions_has_no_bunk() -> None:
    one, other = (
        paint_plate(place_from_heading(f"INT. {name} - DAY"), WIDE, TALL, 0.0).picture.astype(int)
        for name in ("PRISON CELL", "INTERROGATION ROOM")
    )
    assert np.abs(one - other).mean() > 14


def test_who_sits_on_the_throne_sits_in_the_middle_on_one(make_shot: Callable[..., Shot]) -> None:
    shot = make_shot("INT. CASTLE HALL - DAY", size="WS", action="ANA sits on the throne.", spoken=False)
    (part,) = in_frame(shot)
    assert (part.seat, part.across) == ("throne", 0.5)
    bare = shot.model_copy(update={"characters": ()})
    throne = (Stage(shot, {}).picture(0)[:, 200:280].astype(int) - Stage(bare, {}).picture(0)[:, 200:280]).any(axis=2)
    assert throne.mean() > 0.4
