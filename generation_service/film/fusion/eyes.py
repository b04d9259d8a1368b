"""A stranger's eyes: the face mesh of mediapipe and dlib's recogniser, looking at the finished pictures.

Heavy imports happen at the first look. The mesh follows a face from picture to picture, so pictures are given in order.
"""

import warnings
from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generation_service.client.mesh_loading import Hushed, loading

Picture = NDArray[np.uint8]
Floats = NDArray[np.float64]

_UPPER_LIP, _LOWER_LIP, _FOREHEAD, _CHIN = 13, 14, 10, 152
_EYES, _NOSE = (33, 263), 1
_FIRM = (10, 338, 297, 332, 284, 251, 127, 162, 21, 54, 103, 67, 109, 33, 133, 362, 263, 168, 6, 197, 195, 5, 4, 1,
         70, 105, 107, 336, 334, 300, 234, 454)  # fmt: skip
"""Points of the mesh that speech does not move: forehead, eyes' corners, bridge and tip of the nose, brows, temples."""

_MOST = (1, 2)
"""How many faces may be looked for."""

WIDEST = 960
"""Pixels across that are looked at; wider pictures are made smaller."""


@dataclass(frozen=True)
class Look:
    """One face in one picture. ``points`` (468, 2) in pixels; ``opening`` of the lips in face heights; ``middle`` the
    nose's place across the picture, 0..1.
    """

    points: Floats
    opening: float
    middle: float

    @property
    def shape(self) -> Floats:
        """The firm points without place, size and roll: shape (32, 2), centred, unit norm."""
        points = self.points[list(_FIRM)]
        left, right = self.points[_EYES[0]], self.points[_EYES[1]]
        roll = float(np.arctan2(*(right - left)[::-1]))
        turn = np.array([[np.cos(roll), np.sin(roll)], [-np.sin(roll), np.cos(roll)]])
        centred = (points - points.mean(axis=0)) @ turn.T
        return np.asarray(centred / np.linalg.norm(centred), np.float64)


@cache
def _mesh(most: int) -> Any:
    with loading(), warnings.catch_warnings():  # it asks protobuf for a label by its old name
        warnings.simplefilter("ignore", DeprecationWarning)
        from mediapipe.python.solutions.face_mesh import FaceMesh  # noqa: PLC0415  (2 s)

        mesh = FaceMesh(
            static_image_mode=False, max_num_faces=most, refine_landmarks=False, min_detection_confidence=0.4
        )
    return Hushed(mesh)


@cache
def _recogniser() -> tuple[Any, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import dlib  # noqa: PLC0415
        import face_recognition_models as models  # noqa: PLC0415

    return (
        dlib.shape_predictor(models.pose_predictor_five_point_model_location()),
        dlib.face_recognition_model_v1(models.face_recognition_model_location()),
    )


def warm() -> None:
    """Load all models now."""
    for most in _MOST:
        _mesh(most)
    _recogniser()


def forget() -> None:
    """The next picture does not follow the last one: at the start of a film, and after a cut."""
    for most in _MOST:
        _mesh(most).reset()


def look(picture: Picture, most: int = 2) -> list[Look]:
    """The faces in an RGB picture (h, w, 3), from left to right; at most ``most``, 1 or 2. As long as fewer are in
    sight than it may find, the mesh searches the whole picture again each time, which takes a third of the work.
    """
    scale = min(1.0, WIDEST / picture.shape[1])
    small = picture if scale == 1 else cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    found = _mesh(most).process(np.ascontiguousarray(small)).multi_face_landmarks or []
    height, width = picture.shape[:2]
    looks = [_measured(np.array([[one.x * width, one.y * height] for one in face.landmark]), width) for face in found]
    return sorted(looks, key=lambda one: one.middle)


def _measured(points: Floats, width: int) -> Look:
    tall = float(np.linalg.norm(points[_FOREHEAD] - points[_CHIN]))
    opening = float(np.linalg.norm(points[_UPPER_LIP] - points[_LOWER_LIP])) / max(tall, 1e-6)
    return Look(points, opening, float(points[_NOSE][0]) / width)


def recognise(picture: Picture, seen: Look) -> Floats:
    """The 128 numbers of dlib for the face; two of one person lie within 0.6 of each other."""
    import dlib  # noqa: PLC0415

    five, recogniser = _recogniser()
    left, top = (int(v) for v in seen.points.min(axis=0))
    right, bottom = (int(v) for v in seen.points.max(axis=0))
    shape = five(picture, dlib.rectangle(left, top, right, bottom))
    return np.array(recogniser.compute_face_descriptor(picture, shape), np.float64)


def colours(picture: Picture, seen: Look) -> Floats:
    """Mean colour of hair and of clothes as CIE Lab (L 0..100): shape (2, 3), taken above and below the face."""
    left, top = seen.points.min(axis=0)
    right, bottom = seen.points.max(axis=0)
    wide, tall = right - left, bottom - top
    hair = (left + 0.25 * wide, top - 0.22 * tall, right - 0.25 * wide, top - 0.02 * tall)
    clothes = (left - 0.1 * wide, bottom + 0.55 * tall, right + 0.1 * wide, bottom + 0.95 * tall)
    return np.stack([_mean_lab(picture, box) for box in (hair, clothes)])


def _mean_lab(picture: Picture, box: tuple[float, float, float, float]) -> Floats:
    height, width = picture.shape[:2]
    left, right = (int(np.clip(v, 0, width)) for v in (box[0], box[2]))
    top, bottom = (int(np.clip(v, 0, height)) for v in (box[1], box[3]))
    if right - left < 2 or bottom - top < 2:
        return np.full(3, np.nan)
    part = picture[top:bottom, left:right].astype(np.float32) / 255
    return np.asarray(np.median(cv2.cvtColor(part, cv2.COLOR_RGB2LAB).reshape(-1, 3), axis=0), np.float64)
