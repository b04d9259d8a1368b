"""Light and weather as a client sees them: lightning that is drawn and safe, grades by hour, people who stand out."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from generation_service.contract.shots import Shot, SpotEffect
from generation_service.previs.blocking import in_frame
from generation_service.previs.cast.kit import kit_of
from generation_service.previs.cast.looks import LOOKS
from generation_service.previs.grade import grade_for, grade_of
from generation_service.previs.scenes import air, textures
from generation_service.previs.scenes.light import BLUE, TIMES, from_afar, mood_of
from generation_service.previs.scenes.plate import paint_plate
from generation_service.previs.scenes.tones import aired, lit_pair
from generation_service.previs.scenes.words import place_from_heading
from generation_service.previs.stage import Stage
from generation_service.previs.storm import lightning

Make = Callable[..., Shot]


def test_thunder_has_its_flash_just_before_it_and_flashes_keep_apart(make_shot: Make) -> None:
    peals = tuple(SpotEffect(name="thunder", at_s=at) for at in (1.0, 1.2, 1.4, 1.6, 3.0))
    shot = make_shot("EXT. FIELD - NIGHT", size="WS", spoken=False, effects=peals, frames=120)
    times = air.flashes_of(shot, 7)
    assert times[0] == pytest.approx(0.75)
    assert times[-1] == pytest.approx(2.75)
    assert all(b - a >= air.APART for a, b in pairwise(times))
    within = [sum(a <= b < a + 1.0 for b in times) for a in times]
    assert max(within) <= 3
    assert air.flashes_of(shot.model_copy(update={"place": place_from_heading("INT. ROOM - NIGHT")}), 7) == ()
    assert air.flashes_of(make_shot("EXT. FIELD - NIGHT", frames=120), 7) == ()


def test_a_flash_rises_and_falls_once() -> None:
    strength = np.array([air.flash_at((1.0,), k / 240) for k in range(480)])
    slope = np.sign(np.diff(strength))
    falls_then_rises = [k for k in range(1, len(slope)) if slope[k - 1] < 0 < slope[k]]
    again = [strength[k:].max() - strength[k] for k in falls_then_rises if strength[k] > 0.02]
    assert max(again, default=0.0) < 0.1  # less than a tenth of full light: no flash of its own


def test_a_bolt_is_a_thin_bright_branching_stroke_that_a_wide_shot_shows(make_shot: Make) -> None:
    light = air.bolt(200, 3)
    bright = light.max(axis=2) > 200
    assert 0.002 < bright.mean() < 0.08
    assert (bright.any(axis=1)).mean() > 0.8
    assert not np.array_equal(light, air.bolt(200, 4))
    peal = (SpotEffect(name="thunder", at_s=0.6),)
    shot = make_shot("EXT. FIELD - NIGHT", size="WS", spoken=False, effects=peal, frames=48, width=320, height=180)
    (bolt,) = lightning(shot, (320, 180), 5)
    during, after = np.zeros((2, 180, 320, 4), np.uint8)
    bolt.draw(during, 8, (1.0, 0.0, 0.0))
    bolt.draw(after, 40, (1.0, 0.0, 0.0))
    assert during[:100].max() > 230
    assert not after.any()
    assert lightning(shot.model_copy(update={"size": "CU"}), (320, 180), 5) == []


def test_under_the_open_sky_the_hour_grades_and_a_room_keeps_its_own() -> None:
    golden, night = (grade_for(place_from_heading(f"EXT. FIELD - {hour}")) for hour in ("GOLDEN HOUR", "NIGHT"))
    for one in (golden, night):
        assert one.blue[70] > 128 > one.blue[190]  # shadows cool, lights warm
    room = place_from_heading("INT. ROOM - NIGHT")
    assert np.array_equal(grade_for(room).curve, grade_of("neutral").curve)
    noir = grade_of("noir").curve.astype(int)
    assert noir[60] < 60 < 150 < noir[150]
    assert (np.diff(noir) >= 0).all()


@pytest.mark.parametrize("hour", sorted(TIMES))
def test_what_the_sun_strikes_is_warmer_and_lighter_than_its_shade(hour: str) -> None:
    mood = TIMES[hour]
    shade, light = lit_pair((120, 120, 120), (120, 120, 120), mood)
    assert sum(light) > 1.2 * sum(shade)
    assert light[0] / light[2] > shade[0] / shade[2]
    far = aired((shade, light), mood, 0.9)
    assert abs(sum(far[0]) - sum(mood.air)) < abs(sum(shade) - sum(mood.air))


@pytest.mark.parametrize("heading", ["EXT. ALLEY - NIGHT", "EXT. CITY STREET - NIGHT", "EXT. ROOFTOP - NIGHT"])
def test_a_face_at_night_is_lighter_than_what_is_around_it(make_shot: Make, heading: str) -> None:
    shot = make_shot(heading, size="MCU", spoken=False, width=320, height=180)
    luma = Stage(shot, {}).frame(0)[:180].astype(float)
    middle = int(in_frame(shot)[0].across * 320)
    face = luma[55:95, middle - 14 : middle + 14].mean()
    assert face > 1.25 * luma[150:, :].mean()
    assert face > luma[20:160, :60].mean() + 25


def test_a_space_a_town_an_alley_and_a_road_are_sets_of_their_own() -> None:
    kinds = {
        "EXT. SPACE - NIGHT": "orbit", "EXT. SPACE STATION - DAY": "orbit", "EXT. DESERT TOWN - DAY": "frontier",
        "EXT. ALLEY - NIGHT": "alley", "EXT. HIGHWAY - NIGHT": "highway", "EXT. DESERT - DAY": "desert",
        "EXT. TOWN - DAY": "street",
    }  # fmt: skip
    assert {heading: place_from_heading(heading).kind for heading in kinds} == kinds
    assert place_from_heading("INT. SPACE STATION - NIGHT").kind == "spaceship"


def test_a_wet_street_shows_the_lamps_in_the_ground() -> None:
    dry, wet = (place_from_heading("EXT. CITY STREET - NIGHT", told) for told in ("", "Rain."))
    ground = [paint_plate(one, 320, 180, 0.0).picture[130:].astype(float) for one in (dry, wet)]
    assert mood_of(wet).lamps >= mood_of(dry).lamps
    assert np.abs(ground[0] - ground[1]).mean() > 4


def test_noise_repeats_without_a_seam() -> None:
    x = np.linspace(0, 31.99, 400, dtype=np.float32)[None, :]
    here, round_again = textures.sample(x, x * 0 + 3), textures.sample(x + 32, x * 0 + 3)
    assert np.abs(here - round_again).max() < 0.02
    assert abs(float(textures.noise().std()) - 1) < 0.01


@pytest.mark.parametrize(("heading", "least", "most"), [
    ("EXT. ROOFTOP - NIGHT", 1.2, 1.6), ("EXT. BEACH - SUNSET", 1.1, 1.5), ("EXT. PARK - DAY", 1.0, 1.0),
])  # fmt: skip
def test_who_is_small_in_a_dark_place_gets_more_light(heading: str, least: float, most: float) -> None:
    mood = mood_of(place_from_heading(heading))
    near, far = (kit_of(LOOKS[0], one, 0.06).head.picture for one in (mood, from_afar(mood)))
    face = (near[..., 3] > 250) & (near[..., 0] > 60)
    assert least <= far[face].mean() / near[face].mean() <= most


def test_the_blue_hour_is_neither_sunset_nor_night() -> None:
    blue, sunset = (place_from_heading(f"EXT. CITY STREET - {hour}") for hour in ("BLUE HOUR", "SUNSET"))
    assert (BLUE in blue.elements, blue.time_of_day) == (True, "dusk")
    sky, warm, night = mood_of(blue), mood_of(sunset), TIMES["night"]
    assert sky.horizon[2] > sky.horizon[0] + 60 > 60 > warm.horizon[2] - warm.horizon[0]
    assert sum(sky.ambient) > 1.2 * sum(night.ambient)
    assert grade_for(blue).blue.mean() > grade_for(sunset).blue.mean()
    inside = place_from_heading("INT. KITCHEN - BLUE HOUR")
    assert mood_of(inside) == mood_of(place_from_heading("INT. KITCHEN - SUNSET"))
