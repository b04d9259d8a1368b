"""How a drawn person is built: the widths and depths of the trunk, from which every garment and every turn follows.

The trunk is a stack of elliptical sections. Seen turned by an angle, a section's outline and each spot on its front
move as they do on a body: what is drawn for the front is drawn for any turn through :meth:`Build.place`. Units are
those of the body: the head's own, with the head laid on it at ``HEAD`` of its size about the chin, which makes adults
about seven heads tall.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import asin, cos, radians, sin, sqrt

import numpy as np

from generation_service.previs.brush import Point
from generation_service.previs.cast.looks import Look

HEAD, CHIN = 0.88, 296.0
# How much lower than it was painted a head sits on its neck.
SUNK = 22.0
TURNED = 60.0  # degrees for a turn of one
# Heights of the sections that are given: collar, shoulder blades, armpits, chest, ribs, waist, belly, hips, fork, knee.
LEVELS = (384.0, 470.0, 640.0, 780.0, 920.0, 1090.0, 1260.0, 1440.0, 1640.0, 2300.0)


@dataclass(frozen=True)
class Build:
    """Half widths, and how far the body reaches to the front and to the back, at ``LEVELS``; the neck's half width;
    ``tip`` the shoulder joints' outermost reach; ``limb`` the thickness of limbs as a factor.
    """

    wide: tuple[float, ...]
    front: tuple[float, ...]
    rear: tuple[float, ...]
    neck: float
    tip: float
    limb: float

    def half(self, y: float) -> float:
        """Half the trunk's width at a height, arms apart."""
        return float(np.interp(y, LEVELS, self.wide))

    def _deep(self, y: float) -> tuple[float, float]:
        """Half the depth at a height, and how far the section's middle lies to the front."""
        front, rear = float(np.interp(y, LEVELS, self.front)), float(np.interp(y, LEVELS, self.rear))
        return (front + rear) / 2, (front - rear) / 2

    def place(self, at: Point, turn: float) -> Point:
        """Where a spot of the front, given as seen from there, lies on a body turned by ``turn`` (-1 .. 1)."""
        if turn == 0.0:
            return (float(at[0]), float(at[1]))
        angle = radians(TURNED * turn)
        half, (deep, ahead) = max(1.0, self.half(at[1]), abs(at[0])), self._deep(at[1])
        across = asin(max(-1.0, min(1.0, at[0] / half)))
        return (half * sin(across) * cos(angle) + (deep * cos(across) + ahead) * sin(angle), float(at[1]))

    def edge(self, y: float, turn: float, side: int, more: float = 0.0) -> float:
        """Where the outline of a turned body lies at a height; ``more`` cloth that stands off."""
        angle = radians(TURNED * turn)
        deep, ahead = self._deep(y)
        half = self.half(y) + more
        return ahead * sin(angle) + side * sqrt((half * cos(angle)) ** 2 + ((deep + more) * sin(angle)) ** 2)


@lru_cache(maxsize=256)
def build_of(look: Look) -> Build:
    """The build of somebody, by their shoulders, how curved and how stout they are."""
    s, c, w = 470 * look.shoulders, look.curve, look.weight
    neck = 96 - 22 * c + 12 * w
    wide = (
        neck + 22,
        0.60 * s,
        (0.690 - 0.03 * c) * s + 14 * w,
        (0.690 - 0.025 * c) * s + 34 * w,
        (0.615 - 0.050 * c) * s + 66 * w,
        (0.545 - 0.078 * c) * s + 96 * w,
        (0.545 - 0.005 * c) * s + 92 * w,
        (0.555 + 0.105 * c) * s + 54 * w,
        (0.520 + 0.080 * c) * s + 44 * w,
        (0.420 + 0.060 * c) * s,
    )
    belly = 150 * w * w
    front = (0.95 * neck, 118.0, 158 + 22 * c, 172 + 52 * c, 160 + 16 * c + belly * 0.5, 140 - 12 * c + belly, 150 + belly, 150 + 40 * w, 140.0, 120.0)  # fmt: skip  # noqa: E501
    rear = (0.95 * neck, 150.0, 178.0, 168.0, 148.0, 126 - 12 * c + 40 * w, 138 + 34 * w, 154 + 26 * w, 146.0, 110.0)
    return Build(
        wide,
        front,
        rear,
        neck=neck,
        tip=s,
        limb=1.0 - 0.17 * c + 0.07 * w + 0.25 * (look.shoulders - 1),
    )
