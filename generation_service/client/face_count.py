"""How many people look out of a picture, and where. Found by a detector of its own, made for faces that are far away
(BlazeFace, full range; Bazarevsky et al., 2019): the mesh finds near faces and passes over whoever stands behind.
Decides nothing about who they are.
"""

import threading
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generation_service.client.mesh_loading import Hushed, loading

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels of the picture, from brow to chin."""

MIN_SCORE = 0.7
"""Faces of real photos scored 0.78 and more here, and nothing else over 0.6."""

MIN_SHARE = 0.2
"""A face under this share of the largest one's size is too small to be told from a pattern."""

SMALL = 5
"""A face this many times smaller than its picture is looked at again for the places of its features."""

AROUND = 1.0
"""How much of its size is left free on each side of a face that is looked at alone."""

_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True)
class Sight:
    """One face: its box, and the places of right eye, left eye, nose tip and mouth, (4, 2), in pixels."""

    box: Box
    points: NDArray[np.float64]


@lru_cache(maxsize=1)
def _detector() -> Any:
    with loading():
        from mediapipe.python.solutions.face_detection import FaceDetection  # noqa: PLC0415  (2 s to import)

        return Hushed(FaceDetection(model_selection=1, min_detection_confidence=MIN_SCORE))


def sights_in(rgb: NDArray[np.uint8]) -> list[Sight]:
    """The faces of an RGB picture (h, w, 3), the largest first; those that are seen at all are within its edges."""
    height, width = rgb.shape[:2]
    with _ONE_AT_A_TIME:
        found = _detector().process(np.ascontiguousarray(rgb)).detections or []
    seen = [_sight(one.location_data, width, height) for one in found]
    seen = sorted((one for one in seen if _size(one.box) > 0), key=lambda one: _size(one.box), reverse=True)
    return [one for one in seen if _size(one.box) >= MIN_SHARE * _size(seen[0].box)]


def looked_at_closely(rgb: NDArray[np.uint8], sight: Sight) -> Sight:
    """The same face found again in the part of the picture around it, where it is small in the whole: the detector
    sees a picture as 192 pixels.
    """
    height, width = rgb.shape[:2]
    if SMALL * _size(sight.box) > max(height, width):
        return sight
    left, top, right, bottom = surroundings(sight.box, width, height)
    again = sights_in(rgb[top:bottom, left:right])
    if not again:
        return sight
    x0, y0, x1, y1 = again[0].box
    return Sight((x0 + left, y0 + top, x1 + left, y1 + top), again[0].points + np.array([left, top]))


def surroundings(box: Box, width: int, height: int) -> Box:
    """The part of a picture that holds a face with room around it."""
    room = round(AROUND * _size(box))
    return max(0, box[0] - room), max(0, box[1] - room), min(width, box[2] + room), min(height, box[3] + room)


def _sight(found: Any, width: int, height: int) -> Sight:
    box, points = found.relative_bounding_box, list(found.relative_keypoints)[:4]
    left, top = round(box.xmin * width), round(box.ymin * height)
    right, bottom = left + round(box.width * width), top + round(box.height * height)
    inside = max(0, left), max(0, top), min(width, right), min(height, bottom)
    return Sight(inside, np.array([(point.x * width, point.y * height) for point in points], np.float64))


def _size(box: Box) -> int:
    return min(box[2] - box[0], box[3] - box[1])
