"""From heading words to a place."""

import pytest

from generation_service.previs.scenes.indoors import INDOORS
from generation_service.previs.scenes.outdoors import OUTDOORS
from generation_service.previs.scenes.words import KINDS, place_from_heading


@pytest.mark.parametrize(
    ("heading", "action", "kind", "interior", "time", "weather"),
    [
        ("EXT. ROOFTOP - NIGHT", "", "rooftop", False, "night", "clear"),
        ("INT. CAFÉ - DAY", "Rain on the glass.", "cafe", True, "day", "rain"),
        ("EXT. FOREST PATH - DAWN", "Mist between the trunks.", "forest", False, "dawn", "fog"),
        ("INT. ANA'S APARTMENT - EVENING", "", "room", True, "dusk", "clear"),
        ("EXT. BEACH - SUNSET", "", "beach", False, "dusk", "clear"),
        ("INT. NIGHT TRAIN - NIGHT", "", "train", True, "night", "clear"),
        ("EXT. MOUNTAIN VILLAGE - DAY", "Snow falls.", "mountain", False, "day", "snow"),
        ("EXT. DESERT - GOLDEN HOUR", "", "desert", False, "golden", "clear"),
        ("INT. OFFICE - LATER", "", "office", True, "day", "clear"),
        ("INT. SOMEWHERE ODD", "", "room", True, "day", "clear"),
        ("EXT. NOWHERE", "", "street", False, "day", "clear"),
        ("EXT. CAFE - DAY", "", "street", False, "day", "clear"),
        ("EXT. AIRPORT - NIGHT", "", "station", False, "night", "clear"),
        ("EXT. HOUSE - NIGHT", "A house on a hill.", "village", False, "night", "clear"),
        ("INT. HOUSE - DAY", "", "room", True, "day", "clear"),
        ("EXT. COAST PATH - DAY", "", "coast", False, "day", "clear"),
        ("EXT. OPEN SEA - NIGHT", "A storm.", "sea", False, "night", "storm"),
        ("EXT. SEA - DAWN", "", "sea", False, "dawn", "clear"),
        ("EXT. SEASIDE - DAY", "", "beach", False, "day", "clear"),
        ("EXT. LIGHTHOUSE - DAY", "", "beach", False, "day", "clear"),
        ("INT. LAMP ROOM - DUSK", "", "lantern", True, "dusk", "clear"),
        ("INT. HOUSE - KITCHEN - NIGHT", "", "kitchen", True, "night", "clear"),
        ("INT. BATHROOM - DAY", "", "bathroom", True, "day", "clear"),
        ("INT. DETECTIVE OFFICE - NIGHT", "", "den", True, "night", "clear"),
        ("INT. PRISON CELL - DAY", "", "cell", True, "day", "clear"),
        ("INT. COURTROOM - DAY", "", "court", True, "day", "clear"),
        ("INT. CASTLE HALL - DAY", "", "hall", True, "day", "clear"),
        ("INT. SCHOOL HALLWAY - DAY", "", "corridor", True, "day", "clear"),
        ("INT. MOUNTAIN CABIN - DUSK", "", "cottage", True, "dusk", "clear"),
        ("INT. STUDIO APARTMENT - DAY", "", "room", True, "day", "clear"),
        (".montage", "", "street", False, "day", "clear"),
    ],
)
def test_headings(heading: str, action: str, kind: str, interior: bool, time: str, weather: str) -> None:
    place = place_from_heading(heading, action)
    assert (place.kind, place.interior, place.time_of_day, place.weather) == (kind, interior, time, weather)


def test_a_place_keeps_its_seed_through_the_day() -> None:
    day, night = place_from_heading("EXT. HARBOUR - DAY"), place_from_heading("EXT. HARBOUR - NIGHT")
    assert day.name == night.name == "HARBOUR"
    assert day.seed == night.seed != place_from_heading("EXT. MARKET - DAY").seed


def test_every_kind_has_a_painter() -> None:
    for kind, interior, _ in KINDS:
        assert kind in (INDOORS if interior else OUTDOORS)


@pytest.mark.parametrize("name", ["SERVER ROOM", "TRAIN STATION", "HOTEL LOBBY", "SUBMARINE", "WAITING ROOM", "ATTIC"])
def test_a_room_that_only_stands_in_is_told(name: str) -> None:
    place = place_from_heading(f"INT. {name} - DAY")
    assert place.stand_in.startswith(f"no set is known for {name!r}: it is painted as a")


@pytest.mark.parametrize("name", ["ANA'S ROOM", "LIVING ROOM", "ROOM", "GYM", "HOSPITAL WARD", "SPACE STATION", "TENT"])
def test_a_room_with_a_set_of_its_own_is_not(name: str) -> None:
    assert place_from_heading(f"INT. {name} - DAY").stand_in == ""
