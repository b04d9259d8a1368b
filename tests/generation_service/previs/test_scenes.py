"""Plates: every set at every hour paints something rich, by seed, and lenses behave."""

import io

import numpy as np
import pytest
from PIL import Image as Pillow

from generation_service.contract.shots import Place
from generation_service.previs.scenes.indoors import INDOORS
from generation_service.previs.scenes.light import mood_of
from generation_service.previs.scenes.outdoors import OUTDOORS
from generation_service.previs.scenes.plate import lens_blur, paint_plate
from generation_service.previs.scenes.words import place_from_heading
from generation_service.previs.sheet import contact_sheet

SETS = [(kind, False) for kind in OUTDOORS] + [(kind, True) for kind in INDOORS]


@pytest.mark.parametrize(("kind", "interior"), SETS)
def test_a_set_is_no_flat_card_and_night_is_darker_than_day(kind: str, interior: bool) -> None:
    def plate(time: str) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        place = Place(name=kind, kind=kind, interior=interior, time_of_day=time, seed=4)  # type: ignore[arg-type]
        return paint_plate(place, 320, 180, 0.0).picture

    day, night = plate("day"), plate("night")
    assert len(np.unique(day.reshape(-1, 3), axis=0)) > 4000
    assert day.std() > 18
    assert day.mean() > night.mean() + 12


def test_the_seed_changes_the_place_and_nothing_else_does() -> None:
    one = Place(name="x", kind="street", interior=False, seed=1)
    first = paint_plate(one, 160, 90, 0.0).picture.copy()
    paint_plate.cache_clear()
    assert np.array_equal(first, paint_plate(one, 160, 90, 0.0).picture)
    assert not np.array_equal(first, paint_plate(one.model_copy(update={"seed": 2}), 160, 90, 0.0).picture)


def test_a_lamp_out_of_focus_becomes_a_disc() -> None:
    dark = np.full((101, 101, 3), 10, np.uint8)
    dark[48:53, 48:53] = 255
    disc = lens_blur(dark, 16.0)[..., 0].astype(int)
    assert abs(disc[50, 50] - disc[50, 62]) < 0.15 * disc[50, 50]
    assert disc[50, 50] > 3 * disc[50, 75]
    assert np.array_equal(lens_blur(dark, 0.2), dark)


def test_a_contact_sheet_is_a_png_with_a_cell_for_each_picture() -> None:
    pictures = [np.full((90, 160, 3), (k * 60, 200, 90), np.uint8) for k in range(4)]
    data = contact_sheet(pictures, ["00:01 | one", "two", "00:03 | a very long caption " * 6, ""], title="Film")
    with Pillow.open(io.BytesIO(data)) as sheet:
        assert sheet.format == "PNG"
        colours = sheet.convert("RGB").getcolors(maxcolors=1 << 22)
    seen = {colour for count, colour in colours or [] if count > 100_000}
    assert {tuple(int(v) for v in picture[0, 0]) for picture in pictures} <= seen


def test_a_cliff_a_beach_and_the_open_sea_are_three_pictures() -> None:
    headings = ("EXT. COAST PATH - DAY", "EXT. BEACH - DAY", "EXT. OPEN SEA - DAY", "EXT. FERRY DECK - DAY")
    seen = [paint_plate(place_from_heading(one), 320, 180, 0.0).picture.astype(int) for one in headings]
    for k, one in enumerate(seen):
        for other in seen[k + 1 :]:
            assert np.abs(one[90:] - other[90:]).mean() > 14


def test_a_ward_is_lit_white_at_night_and_a_home_warm() -> None:
    ward, home = (
        mood_of(place_from_heading(f"INT. {one} - NIGHT")).ambient for one in ("HOSPITAL WARD", "LIVING ROOM")
    )
    assert ward[2] > ward[0] - 8
    assert home[0] > 1.3 * home[2]
