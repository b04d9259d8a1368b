"""Whether a photo shows glasses: below both eyes a rim crosses the cheek, a line far sharper than skin has anywhere.

Brows are warped with the skin around them, and a rim lies in it: what moves a bare brow bends a frame.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generation_service.previs.brush import Image
from generation_service.previs.portrait import topology

BROWS_BEHIND_GLASSES = 0.3
"""How much of a brow's movement is left where a frame would bend with it."""

RIM = 14.0
"""Change of light along the way down from the lid, in parts of the mean for one distance of the outer eye corners: 30
for a plastic frame with clear lower rims, up to 5 in faces without glasses.
"""
_FROM, _TO, _STEPS, _WIDE = 0.04, 0.34, 61, 0.06
_LOWER_LIDS, _CORNERS, _TOP, _CHIN = (145, 374), (33, 263), 10, 152


def worn(picture: Image, mesh: NDArray[Any]) -> bool:
    """Whether the person in an RGB(A) picture with this mesh, shape (478, 2) or more, wears glasses."""
    points = mesh[: topology.MESH, :2].astype(np.float64)
    light = cv2.cvtColor(np.ascontiguousarray(picture[..., :3]), cv2.COLOR_RGB2GRAY).astype(np.float32)
    down = points[_CHIN] - points[_TOP]
    down /= np.linalg.norm(down)
    apart = float(np.linalg.norm(points[_CORNERS[1]] - points[_CORNERS[0]]))
    return all(_steepest(light, points[lid], down, apart) > RIM for lid in _LOWER_LIDS)


def _steepest(light: NDArray[np.float32], lid: NDArray[Any], down: NDArray[Any], apart: float) -> float:
    aside = np.array([-down[1], down[0]])
    along = np.linspace(_FROM, _TO, _STEPS)[:, None, None] * apart * down
    across = np.linspace(-_WIDE, _WIDE, 7)[None, :, None] * apart * aside
    way = (lid + along + across).astype(np.float32)
    seen = cv2.remap(light, way[..., 0], way[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).mean(axis=1)
    return float(np.abs(np.gradient(seen)).max() / (seen.mean() + 1.0) * (_STEPS - 1) / (_TO - _FROM))
