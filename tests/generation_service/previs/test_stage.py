"""What a client sees: feet that stand, layers that pass, places that stay, words inside the safe area."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from generation_service.contract.shots import Entity, Place, Shot
from generation_service.previs import camera
from generation_service.previs.actors import look_for
from generation_service.previs.blocking import in_frame, view_of
from generation_service.previs.captions import SAFE, Words, drawable
from generation_service.previs.cast.looks import LOOKS
from generation_service.previs.cast.puppet import joints_of
from generation_service.previs.cast.rig import ANKLE, GAITS, SOLE, Cue, pose_of, travelled
from generation_service.previs.grade import grade_of
from generation_service.previs.scenes import air
from generation_service.previs.scenes.plate import paint_plate
from generation_service.previs.scenes.words import place_from_heading
from generation_service.previs.stage import Stage
from generation_service.previs.standing import foot_of

Make = Callable[..., Shot]


@pytest.mark.parametrize("deed", sorted(GAITS))
@pytest.mark.parametrize("way", [-1.0, 1.0])
def test_a_foot_on_the_ground_stays_where_it_is(deed: str, way: float) -> None:
    spots: list[list[tuple[float, float]]] = [[], []]
    for k in range(120):
        t = k / 60
        pose = pose_of(deed, "", way, Cue(t))
        for foot, (x, high) in zip(spots, pose.feet, strict=True):
            foot.append((x + way * travelled(deed, t), high))
    for foot in spots:
        held = [b[0] - a[0] for a, b in pairwise(foot) if a[1] == b[1] == 0.0]
        assert len(held) > 20
        assert np.abs(held).max() < 1e-6, "a standing foot slides"
        assert max(high for _, high in foot) > 100, "a foot is lifted"


@pytest.mark.parametrize("deed", ["idle", "talk", "wave", "point", "sit", "cross", "walk"])
def test_no_pose_floats_and_bones_keep_their_length(deed: str) -> None:
    look = LOOKS[0]
    for t in (0.1, 0.45, 0.9):
        pose = pose_of(deed, "", 1.0 if deed == "walk" else 0.0, Cue(t, talk=1.0, beat=0.5), broad=look.shoulders)
        joints = joints_of(look, pose)
        low = max(ankle[1] for ankle in joints.ankles)
        assert abs(low - (SOLE - ANKLE)) < 90, "at least one foot is on the ground"
        near = joints.depths
        for k in (0, 1):
            (ax, ay), (bx, by) = joints.shoulders[k], joints.elbows[k]
            assert abs(np.hypot(np.hypot(ax - bx, ay - by), near.shoulders[k] - near.elbows[k]) - 520) < 2


@pytest.mark.parametrize(
    ("heading", "told", "seat"),
    [
        ("INT. LIVING ROOM - DUSK", "sits", "armchair"), ("INT. KITCHEN - DAY", "sits", "chair"),
        ("INT. HOSPITAL WARD - DAY", "sits", "bed"), ("INT. TRAIN - DAY", "sits", "berth"),
        ("EXT. PARK - DAY", "sits", "bench"), ("EXT. BEACH - DAY", "sits", "rock"),
        ("EXT. PARK - DAY", "sits on a log", "log"), ("INT. OFFICE - DAY", "sits on the edge of the bed", "bed"),
    ],
)  # fmt: skip
def test_people_sit_on_what_the_place_has(make_shot: Make, heading: str, told: str, seat: str) -> None:
    entities = (Entity(name="ANA", doing="sits"),)
    shot = make_shot(heading, size="WS", spoken=False, entities=entities, action=f"ANA {told}.")
    part = in_frame(shot)[0]
    assert (part.deed, part.seat, part.at_table) == ("sit", seat, False)
    seated = Stage(shot, {}).picture(2)
    assert np.isfinite(seated).all()
    assert in_frame(shot.model_copy(update={"action": f"ANA {told} at the table."}))[0].at_table


def test_near_layers_pass_faster_than_far_ones_under_a_dolly() -> None:
    path = camera.path("dolly-left", 48, 24, 1)
    moved = [path.at(47, 720, depth=d)[1] - path.at(0, 720, depth=d)[1] for d in (1.0, 0.5, 0.0, -0.4)]
    assert moved == sorted(moved)
    assert moved[3] > 1.2 * moved[2] > 3 * moved[0] > 0


def test_the_horizon_of_a_picture_moves_less_than_its_ground(make_shot: Make) -> None:
    shot = make_shot("EXT. PARK - DAY", size="WS", spoken=False, camera="dolly-left", width=320, height=180, frames=48)
    stage = Stage(shot.model_copy(update={"characters": (), "speaker": None}), {})
    first, last = stage.picture(0).astype(float).mean(axis=2), stage.picture(47).astype(float).mean(axis=2)

    def shift(rows: slice) -> int:
        a, b = first[rows, 60:260], last[rows]
        return min(range(-40, 41), key=lambda d: float(np.abs(a - b[:, 60 + d : 260 + d]).mean()))

    assert shift(slice(88, 104)) < shift(slice(160, 180))


@pytest.mark.parametrize("angle", ["low", "high", "overhead"])
def test_people_stay_in_the_picture_at_every_angle(make_shot: Make, angle: str) -> None:
    for heading in ("EXT. STREET - DAY", "INT. KITCHEN - DAY"):
        shot = make_shot(heading, size="WS", angle=angle, width=320, height=180)
        x, y, tall = foot_of(shot.place, paint_plate(shot.place, 320, 180, 0.0, view_of(shot)).to_frame)
        assert abs(x - 160) < 20
        assert 0.6 * 180 < y < 1.05 * 180
        assert y - tall > -0.12 * 180


def test_the_same_shot_gives_the_same_picture_and_a_reverse_shot_looks_elsewhere(make_shot: Make) -> None:
    shot = make_shot("EXT. STREET - NIGHT, RAIN", size="MS", width=320, height=180)
    assert np.array_equal(Stage(shot, {}).frame(5).copy(), Stage(shot, {}).frame(5))
    other = shot.characters[0].model_copy(update={"name": "BEN"})
    assert view_of(shot).x != view_of(shot.model_copy(update={"characters": (other,), "speaker": "BEN"})).x
    assert paint_plate(shot.place, 160, 90, 0.0) is paint_plate(shot.place, 160, 90, 0.0)


def test_the_schedule_says_where_people_stand_and_what_they_do(make_shot: Make) -> None:
    entities = (Entity(name="ANA", where="left", doing="holds an umbrella"), Entity(name="dog", kind="prop"))
    shot = make_shot("EXT. PARK - DAY", size="WS", spoken=False, entities=entities)
    (part,) = in_frame(shot)
    assert part.across < 0.35
    assert part.held == "umbrella"
    gone = Entity(name="ANA", where="offscreen")
    assert in_frame(shot.model_copy(update={"entities": (gone,)})) == []
    told = shot.model_copy(update={"entities": (), "action": "The wind turns. Ana runs to the right."})
    assert in_frame(told)[0].deed == "run"
    sheet = shot.characters[0].model_copy(update={"palette": ("#112233",)})
    assert look_for(sheet, {}).cloth == (0x11, 0x22, 0x33)


@pytest.mark.parametrize(("width", "height"), [(640, 360), (360, 640), (480, 480)])
@pytest.mark.parametrize("text", ["One word", "A long line " * 14, "\u0645\u0631\u062d\u0628\u0627 \U0001f600 hello"])
def test_captions_stay_inside_the_safe_area(make_shot: Make, width: int, height: int, text: str) -> None:
    shot = make_shot(width=width, height=height, captions=True, frames=48)
    line = shot.lines[0].model_copy(update={"text": text})
    words = Words(shot.model_copy(update={"lines": (line,), "title_card": text[:60]}), (width, height))
    pages = words.pages[1:]
    assert pages
    for page in pages:
        rows, columns = page.picture.shape[:2]
        assert page.at[0] >= SAFE * width * 0.9 - 2
        assert page.at[0] + columns <= width * (1 - SAFE * 0.9) + 2
        assert page.at[1] + rows <= height * (1 - SAFE) + 1
    ends = [page.end for page in pages]
    assert ends == sorted(ends)
    frame = np.full((height * 3 // 2, width), 128, np.uint8)
    words.draw(frame, 12)
    assert frame[:height].max() > 220
    assert drawable("\U0001f9ff") == ""


def test_moods_and_weather_change_the_picture(make_shot: Make) -> None:
    shot = make_shot("EXT. STREET - DAY", size="WS", spoken=False, width=160, height=90)

    def chroma(**more: Any) -> float:
        place = shot.place.model_copy(update=more)
        return float(np.abs(Stage(shot.model_copy(update={"place": place}), {}).frame(0)[90:].astype(int) - 128).mean())

    assert chroma(mood="noir") < 0.3 * chroma() < 0.5 * chroma(mood="joyful")
    assert grade_of("noir").saturation < grade_of("neutral").saturation
    times = air.flash_times(3, 6.0)
    assert times
    assert air.flash_at(times, times[0]) > 0.4
    assert air.flash_at(times, 0.0) == 0.0


def test_seasons_differ_and_words_find_them() -> None:
    def plate(season: str) -> Any:
        return paint_plate(Place(name="p", kind="park", interior=False, season=season), 160, 90, 0.0).picture

    pictures = [plate(season).astype(int) for season in ("spring", "summer", "autumn", "winter")]
    assert all(np.abs(a - b).mean() > 4 for a, b in pairwise(pictures))
    place = place_from_heading("EXT. PARK - DAY", "Autumn. A crowd around a bonfire. Thunder.")
    assert (place.season, place.weather, set(place.elements) >= {"crowd", "fire"}) == ("autumn", "storm", True)
    assert place_from_heading("EXT. XYZZY - DAY").stand_in == "no set is known for 'XYZZY': it is painted as a street"
    assert not place_from_heading("INT. KITCHEN - DAY").stand_in
