"""The colour of a moment: what time of day and weather do to sky, air, lamps, and to a person standing there."""

import re
from dataclasses import dataclass, replace

from generation_service.contract.shots import Place
from generation_service.previs.brush import Colour, mix, rgb


@dataclass(frozen=True)
class Mood:
    """Colours of a place. ``ambient`` multiplies surfaces; ``lamps`` 0..1 is how much artificial light is on; ``key``
    and ``rim`` light a person (rim from the right); ``exposure`` scales the person; ``haze`` 0..1 thickens the air.
    ``sun`` is the colour of what comes straight from the sun or the moon, always from the right, ``shade`` multiplies
    what it does not reach.
    """

    zenith: Colour
    horizon: Colour
    air: Colour
    ambient: Colour
    key: Colour
    rim: Colour
    lamps: float
    exposure: float
    haze: float
    sun: Colour = (255, 250, 236)
    shade: Colour = (142, 160, 198)


TIMES: dict[str, Mood] = {
    "dawn": Mood(
        rgb("#5870b4"), rgb("#ffc8a4"), rgb("#b9a0bc"), (206, 180, 196), (255, 226, 208), rgb("#ffb48c"), 0.35, 0.92,
        0.50, (255, 198, 158), (122, 122, 172),
    ),
    "day": Mood(
        rgb("#2f7cc8"), rgb("#cfe7f4"), rgb("#b9d4e8"), (255, 253, 250), (255, 252, 246), rgb("#fff6e0"), 0.0, 1.0,
        0.28, (255, 250, 232), (140, 160, 200),
    ),
    "golden": Mood(
        rgb("#4a7ab8"), rgb("#ffd68a"), rgb("#b794a8"), (240, 200, 158), (255, 226, 186), rgb("#ffc36a"), 0.15, 1.0,
        0.40, (255, 196, 106), (112, 106, 152),
    ),
    "dusk": Mood(
        rgb("#232f6c"), rgb("#ff8f5e"), rgb("#7f5e8c"), (158, 130, 166), (236, 208, 214), rgb("#ff9a78"), 0.9, 0.90,
        0.42, (255, 150, 92), (80, 78, 132),
    ),
    "night": Mood(
        rgb("#050a1e"), rgb("#27427c"), rgb("#1d3060"), (92, 110, 164), (220, 226, 246), rgb("#9cc0ff"), 1.0, 0.86,
        0.38, (168, 194, 255), (36, 46, 86),
    ),
}  # fmt: skip
# Between sunset and night: no warmth left but at the very horizon, and every lamp on.
BLUE_HOUR = Mood(
    rgb("#10255f"), rgb("#6f9bd2"), rgb("#4a6aa6"), (118, 146, 206), (226, 224, 232), rgb("#b4d0ff"), 1.0, 0.92, 0.40,
    (176, 200, 250), (50, 70, 128),
)  # fmt: skip
BLUE = "blue hour"
INDOORS: dict[str, Mood] = {
    "dawn": Mood(
        rgb("#8fa6c8"), rgb("#ffd9b8"), rgb("#e2c5b5"), (226, 208, 200), (250, 232, 218), rgb("#ffd2a8"), 0.5, 0.95, 0.2
    ),
    "day": Mood(
        rgb("#8ab6de"), rgb("#e9f3f7"), rgb("#dfe5e4"), (250, 244, 236), (255, 250, 244), rgb("#eef6ff"), 0.2, 1.0, 0.15
    ),
    "golden": Mood(
        rgb("#8fa6c4"), rgb("#ffdf9c"), rgb("#f0cda0"), (255, 230, 196), (255, 232, 202), rgb("#ffcb80"), 0.4, 1.0, 0.25
    ),
    "dusk": Mood(
        rgb("#34437a"), rgb("#e88a72"), rgb("#a88890"), (206, 172, 156), (255, 220, 190), rgb("#ffb27a"), 0.9, 0.92, 0.2
    ),
    "night": Mood(
        rgb("#0a1230"), rgb("#2b3c68"), rgb("#6b5648"), (184, 146, 118), (255, 226, 198), rgb("#9db8ff"), 1.0, 0.88, 0.2
    ),
}


# What each weather does: share of grey, haze added, lamps added.
WEATHERS: dict[str, tuple[float, float, float]] = {
    "rain": (0.6, 0.25, 0.35), "snow": (0.34, 0.16, 0.1), "fog": (0.64, 0.6, 0.35), "overcast": (0.5, 0.26, 0.1),
    "storm": (0.85, 0.3, 0.5),
}  # fmt: skip


def mood_of(place: Place) -> Mood:
    """The mood of a place at its time, under its weather."""
    base = (INDOORS if place.interior else TIMES)[place.time_of_day]
    if BLUE in place.elements and not place.interior and place.time_of_day in {"dusk", "dawn"}:
        base = BLUE_HOUR
    if place.interior and place.kind in TUBE_LIT:
        base = _under_tubes(base)
    if place.kind == "desert":
        base = _elsewhere(base, place.name.lower())
    if place.weather not in WEATHERS:
        return base
    dark = place.time_of_day in {"night", "dusk"}
    grey: Colour = (56, 64, 84) if dark else (186, 194, 202)
    if place.weather == "storm":
        grey = (44, 50, 68) if dark else (94, 103, 120)
    share, haze, lamps = WEATHERS[place.weather]
    share *= 0.5 if place.interior else 1.0
    flat: Colour = (128, 138, 160) if place.weather == "storm" else (176, 188, 208)
    return Mood(
        zenith=mix(base.zenith, mix(grey, (90, 100, 116), 0.4), share),
        horizon=mix(base.horizon, grey, share),
        air=mix(base.air, grey, share),
        ambient=mix(base.ambient, mix(base.ambient, flat, 0.6), share),
        key=mix(base.key, (226, 232, 244), share * 0.6),
        rim=mix(base.rim, (220, 230, 245), share * 0.5),
        lamps=min(1.0, base.lamps + lamps),
        exposure=base.exposure * (1 - 0.08 * share),
        sun=mix(base.sun, mix(grey, (255, 255, 255), 0.35), share),
        shade=mix(base.shade, mix(base.shade, flat, 0.6), share),
        haze=min(1.0, base.haze + haze),
    )


def from_afar(mood: Mood, share: float = 1.0) -> Mood:
    """The mood as it lights people who are small in the frame: the darker the place, the more they are lit, so that a
    face reads against the ground. ``share`` of that, 0..1.
    """
    dark = share * min(1.0, max(0.0, (200.0 - sum(mood.ambient) / 3) / 75.0))
    return replace(
        mood, exposure=mood.exposure * (1 + 0.38 * dark), key=mix(mood.key, (255, 240, 222), 0.45 * dark),
        rim=mix(mood.rim, (255, 255, 255), 0.25 * dark),
    )  # fmt: skip


# Rooms lit by tubes and screens rather than lamps.
TUBE_LIT = frozenset({"hospital", "office", "school", "shop", "laboratory", "gym", "museum", "lift", "garage"})


def _under_tubes(base: Mood) -> Mood:
    """The mood with white, even light: at night as bright as tubes are."""
    share, grey = 0.75 * base.lamps, 0.2 * base.lamps
    return replace(
        base, ambient=mix(mix(base.ambient, (196, 208, 214), share), (220, 228, 230), grey),
        air=mix(base.air, (132, 148, 158), share), key=mix(base.key, (238, 246, 252), share),
    )  # fmt: skip


def _elsewhere(base: Mood, name: str) -> Mood:
    """The sky of another planet: dust over Mars, none over the moon."""
    if re.search(r"\bmars\b|red planet", name):
        sky, low, air, share = (168, 122, 96), (228, 180, 142), (214, 158, 120), 0.75
    elif re.search(r"\bmoon\b|lunar", name):
        sky, low, air, share = (6, 6, 10), (16, 16, 22), (96, 96, 104), 0.95
    else:
        return base
    return replace(
        base, zenith=mix(base.zenith, sky, share), horizon=mix(base.horizon, low, share), air=mix(base.air, air, share)
    )


def snowy(place: Place) -> bool:
    """Whether snow lies on the ground."""
    return not place.interior and (place.weather == "snow" or place.season == "winter")


# Leaves in shade and in light, by season.
LEAVES: dict[str, tuple[str, str]] = {
    "": ("#3f6b35", "#a6c65e"), "summer": ("#3a6a34", "#9cc457"), "spring": ("#b0708c", "#fbd3df"),
    "autumn": ("#8e4a20", "#eda23c"), "winter": ("#5d6b70", "#eef3f8"),
}  # fmt: skip


def leaves(place: Place) -> tuple[Colour, Colour]:
    """Shade and light of broad leaves at the season, unlit."""
    shade, light = LEAVES["winter" if snowy(place) else place.season]
    return rgb(shade), rgb(light)
