"""How far a face is turned, by the place of its nose; and whether two detectors mean the same face.

The depth of the mesh reads a turn too small, the further the smaller: a head turned by 45 degrees reads as 25. The
place of the nose tip between the ears does not: heads turned by 15, 30, 35 and 45 degrees read 13, 28, 34 and 40.
"""

import math
from typing import Any

import numpy as np

NOSE, RIGHT_EAR, LEFT_EAR = 1, 234, 454
_LENGTH = 1.15
"""The nose tip's lead over the middle of the ears at a quarter turn, in half head widths; measured on a solid head."""


def nose_deg(points: Any) -> float:
    """Yaw in degrees, to the picture's right, from the points of a mesh, shape (n, 2) or more."""
    right, left, nose = points[RIGHT_EAR, :2], points[LEFT_EAR, :2], points[NOSE, :2]
    across = left - right
    place = float((nose - right) @ across / (across @ across + 1e-9))
    return math.degrees(math.asin(min(1.0, max(-1.0, (2 * place - 1) / _LENGTH))))


def apart(points: Any, places: Any) -> float:
    """How far another detector's right eye, left eye, nose tip and mouth, ``places`` (4, 2), lie from those of the
    mesh, in distances of its outer eye corners: the furthest of them. Faces that are seen whole read up to 0.2; one
    turned by 55 degrees, whose mesh was laid over the half that shows, 0.34, and one turned by 70 more than 0.8.
    """
    pairs = ((33, 133), (263, 362), (NOSE, NOSE), (13, 14))
    own = np.array([(points[a, :2] + points[b, :2]) / 2 for a, b in pairs])
    span = float(np.hypot(*(points[263, :2] - points[33, :2]))) + 1e-9
    return float(np.hypot(*(own - places).T).max()) / span
