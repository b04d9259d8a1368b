"""How many people look out of a picture, and where. Found by a detector of its own, made for faces that are far away
(BlazeFace, full range; Bazarevsky et al., 2019): the mesh finds near faces and passes over whoever stands behind.
Decides nothing about who they are.
"""

import threading
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels of the picture, from brow to chin."""

MIN_SCORE = 0.7
"""Faces of real photos scored 0.78 and more here, and nothing else over 0.6."""

MIN_SHARE = 0.2
"""A face under this share of the largest one's size is too small to be told from a pattern."""

AROUND = 1.0
"""How much of its size is left free on each side of a face that is looked at alone."""

_ONE_AT_A_TIME = threading.Lock()


@lru_cache(maxsize=1)
def _detector() -> Any:
    from mediapipe.python.solutions.face_detection import FaceDetection  # noqa: PLC0415  (2 s to import)

    return FaceDetection(model_selection=1, min_detection_confidence=MIN_SCORE)


def faces_in(rgb: NDArray[np.uint8]) -> list[Box]:
    """The faces of an RGB picture (h, w, 3), the largest first; those that are seen at all are within its edges."""
    height, width = rgb.shape[:2]
    with _ONE_AT_A_TIME:
        found = _detector().process(np.ascontiguousarray(rgb)).detections or []
    boxes = [_box(one.location_data.relative_bounding_box, width, height) for one in found]
    boxes = sorted((box for box in boxes if _size(box) > 0), key=_size, reverse=True)
    return [box for box in boxes if _size(box) >= MIN_SHARE * _size(boxes[0])]


def surroundings(box: Box, width: int, height: int) -> Box:
    """The part of a picture that holds a face with room around it."""
    room = round(AROUND * _size(box))
    return max(0, box[0] - room), max(0, box[1] - room), min(width, box[2] + room), min(height, box[3] + room)


def _box(found: Any, width: int, height: int) -> Box:
    left, top = round(found.xmin * width), round(found.ymin * height)
    right, bottom = left + round(found.width * width), top + round(found.height * height)
    return max(0, left), max(0, top), min(width, right), min(height, bottom)


def _size(box: Box) -> int:
    return min(box[2] - box[0], box[3] - box[1])
