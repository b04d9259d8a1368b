"""The colour grade of a mood and an hour: a tone curve, a saturation and a tint by brightness, laid over finished I420
frames.

It works on everything in the frame at once, people and place, so that both stay of one piece.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from generation_service.contract.shots import Place
from generation_service.previs.scenes.light import BLUE


@dataclass(frozen=True)
class Grade:
    """``curve`` (256,) uint8 for luma (limited range); ``saturation`` 1 = unchanged; ``blue`` and ``red`` (256,)
    uint8, by brightness what is added to the two chroma planes, 128 nothing.
    """

    curve: NDArray[np.uint8]
    saturation: float
    blue: NDArray[np.uint8]
    red: NDArray[np.uint8]


Tint = tuple[float, float]
# contrast, lift of the blacks, exposure, saturation, tint of shadows and of lights as (Cb, Cr) in code values
Look = tuple[float, float, float, float, Tint, Tint]
MOODS: dict[str, Look] = {
    "neutral": (0.06, 0.0, 1.0, 1.0, (0, 0), (0, 0)),
    "warm": (0.05, 0.01, 1.02, 1.08, (-3, 4), (-9, 6)),
    "cold": (0.10, 0.0, 0.97, 0.80, (8, -4), (4, -3)),
    "tense": (0.22, 0.0, 0.95, 0.72, (4, -7), (-2, 0)),
    "dreamy": (-0.10, 0.06, 1.04, 0.92, (6, 4), (-3, 5)),
    "noir": (0.46, 0.0, 1.22, 0.05, (3, -2), (-2, 2)),
    "joyful": (0.08, 0.02, 1.06, 1.26, (0, 2), (-5, 3)),
}
# What the hour adds under the open sky: cool shadows against lights of the sun's or the lamps' colour.
HOURS: dict[str, Look] = {
    "dawn": (0.05, 0.0, 1.0, 1.06, (4, 0), (-3, 3)), "day": (0.08, 0.0, 1.02, 1.08, (3, -1), (-2, 1)),
    "golden": (0.10, 0.0, 1.02, 1.08, (5, -3), (-6, 4)), "dusk": (0.10, 0.0, 1.04, 1.06, (5, -1), (-4, 3)),
    BLUE: (0.10, 0.0, 1.05, 1.10, (7, -5), (-2, 0)),
    "night": (0.12, 0.0, 1.10, 1.08, (4, -4), (-5, 4)), "": (0.0, 0.0, 1.0, 1.0, (0, 0), (0, 0)),
}  # fmt: skip


def grade_for(place: Place) -> Grade:
    """The grade of a place: its mood's, and under the open sky its hour's with it."""
    hour = BLUE if BLUE in place.elements and place.time_of_day in {"dusk", "dawn"} else place.time_of_day
    return grade_of(place.mood, "" if place.interior else hour)


@lru_cache(maxsize=32)
def grade_of(mood: str, hour: str = "") -> Grade:
    """The grade of a mood at an hour; an unknown one is neutral."""
    first, second = MOODS.get(mood, MOODS["neutral"]), HOURS.get(hour, HOURS[""])
    contrast, lift = first[0] + second[0], first[1] + second[1]
    exposure, saturation = first[2] * second[2], first[3] * second[3]
    x = np.clip((np.arange(256) - 16) / 219, 0, 1)
    y = np.clip(x * exposure, 0, 1)
    y = y + contrast * np.sin(2 * np.pi * (y - 0.5)) / (2 * np.pi) * 1.6
    y = np.clip(lift + y * (1 - lift), 0, 1)
    bell = np.sin(np.pi * np.clip(0.1 + 0.8 * x, 0, 1))
    # A picture without colours takes the tint of its mood alone.
    share = min(1.0, first[3])
    shade, light = (
        [a + share * b for a, b in zip(mine, hours, strict=True)]
        for mine, hours in ((first[4], second[4]), (first[5], second[5]))
    )
    tints = [(128 + bell * (shade[k] * (1 - x) + light[k] * x)).round().astype(np.uint8) for k in (0, 1)]
    curve: NDArray[np.uint8] = np.clip(16 + 219 * y + 0.5, 16, 235).astype(np.uint8)
    return Grade(curve, saturation, tints[0], tints[1])
