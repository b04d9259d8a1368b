"""Where people stand in a place: the point of the painting under their feet, and how tall they are there."""

import numpy as np
from numpy.typing import NDArray

from generation_service.contract.shots import Place
from generation_service.previs.camera import through

# Painting units (1600 x 900): where feet stand in a wide shot.
FLOOR = {
    "street": 770.0, "rooftop": 796.0, "park": 776.0, "forest": 780.0, "beach": 796.0, "mountain": 800.0,
    "desert": 786.0, "harbour": 790.0, "market": 786.0, "garden": 780.0, "field": 780.0, "village": 780.0,
    "station": 790.0, "bridge": 790.0, "coast": 790.0, "sea": 812.0,
}  # fmt: skip
# Where the ground that strangers may walk on begins.
GROUND_TOP = {
    "street": 560.0, "rooftop": 760.0, "park": 590.0, "garden": 590.0, "forest": 715.0, "beach": 758.0,
    "mountain": 800.0, "desert": 700.0, "harbour": 752.0, "market": 610.0, "station": 742.0, "village": 640.0,
    "bridge": 766.0, "field": 680.0, "coast": 700.0, "sea": 790.0,
    "alley": 600.0, "highway": 620.0, "frontier": 610.0, "orbit": 780.0,
}  # fmt: skip
INDOORS_FLOOR = 782.0
# How tall a person is in the painting there.
TALL_OUTSIDE, TALL_INSIDE = 440.0, 552.0
HORIZON = 520.0
# Sets that are seen from so near that the floor is out of the picture.
NEAR = {"car": (962.0, 820.0)}


def foot_of(place: Place, to_frame: NDArray[np.float64]) -> tuple[float, float, float]:
    """The spot in the middle where people stand, in pixels of the frame, and a person's height there in pixels."""
    y, tall = floor_of(place)
    x0, y0, scale = through(to_frame, 800.0, y)
    return x0, y0, tall * scale


def floor_of(place: Place) -> tuple[float, float]:
    """Floor line and a person's height, in painting units."""
    if place.interior:
        return NEAR.get(place.kind, (INDOORS_FLOOR, TALL_INSIDE))
    return FLOOR.get(place.kind, 800.0), TALL_OUTSIDE


def tall_at(place: Place, y: float) -> float:
    """How tall a person is whose feet stand at height ``y`` of the painting: less towards the horizon."""
    floor, tall = floor_of(place)
    horizon = HORIZON if not place.interior else 330.0
    return max(0.04 * tall, tall * (y - horizon) / (floor - horizon))
