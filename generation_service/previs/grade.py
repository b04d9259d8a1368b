"""The colour grade of a mood: a tone curve, a saturation and a tint by brightness, laid over finished I420 frames.

It works on everything in the frame at once, people and place, so that both stay of one piece.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Grade:
    """``curve`` (256,) uint8 for luma (limited range); ``saturation`` 1 = unchanged; ``blue`` and ``red`` (256,)
    uint8, by brightness what is added to the two chroma planes, 128 nothing.
    """

    curve: NDArray[np.uint8]
    saturation: float
    blue: NDArray[np.uint8]
    red: NDArray[np.uint8]


# contrast, lift of the blacks, exposure, saturation, tint of shadows and of lights as (Cb, Cr) in code values
MOODS: dict[str, tuple[float, float, float, float, tuple[float, float], tuple[float, float]]] = {
    "neutral": (0.06, 0.0, 1.0, 1.0, (0, 0), (0, 0)),
    "warm": (0.05, 0.01, 1.02, 1.08, (-3, 4), (-9, 6)),
    "cold": (0.10, 0.0, 0.97, 0.80, (8, -4), (4, -3)),
    "tense": (0.22, 0.0, 0.95, 0.72, (4, -7), (-2, 0)),
    "dreamy": (-0.10, 0.06, 1.04, 0.92, (6, 4), (-3, 5)),
    "noir": (0.30, 0.01, 1.06, 0.05, (3, -2), (0, 1)),
    "joyful": (0.08, 0.02, 1.06, 1.26, (0, 2), (-5, 3)),
}


@lru_cache(maxsize=16)
def grade_of(mood: str) -> Grade:
    """The grade of a mood; an unknown one is neutral."""
    contrast, lift, exposure, saturation, shade, light = MOODS.get(mood, MOODS["neutral"])
    x = np.clip((np.arange(256) - 16) / 219, 0, 1)
    y = x * exposure
    y = y + contrast * np.sin(2 * np.pi * (np.clip(y, 0, 1) - 0.5)) / (2 * np.pi) * 1.6
    y = np.clip(lift + y * (1 - lift), 0, 1)
    bell = np.sin(np.pi * np.clip(0.1 + 0.8 * x, 0, 1))
    tints = [(128 + bell * (shade[k] * (1 - x) + light[k] * x)).round().astype(np.uint8) for k in (0, 1)]
    curve: NDArray[np.uint8] = np.clip(16 + 219 * y + 0.5, 16, 235).astype(np.uint8)
    return Grade(curve, saturation, tints[0], tints[1])
