"""What the mesh of a face says: its size, how it is turned, how far eyes and mouth are open. Decides nothing."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generation_service.client.face_pose import nose_deg

RIGHT_EYE = (33, 160, 158, 133, 153, 144)
LEFT_EYE = (362, 385, 387, 263, 373, 380)


@dataclass(frozen=True)
class FaceReport:
    """What was found. Sizes in pixels of the picture, angles in degrees (yaw to the picture's right, pitch down;
    ``nose_deg`` is the yaw by the place of the nose); ``mouth_open`` in mouth widths; ``sharpness`` is the strength of
    fine edges at a common face size: 0.15 for a face of 25 pixels enlarged tenfold, 0.4 and more for a sharp one;
    ``grey`` where the picture has no colour.
    """

    faces: int
    face_px: float
    yaw_deg: float
    pitch_deg: float
    roll_deg: float
    eyes_open: float
    box: tuple[int, int, int, int]
    mouth_open: float = 0.0
    sharpness: float = 1.0
    grey: bool = False
    nose_deg: float = 0.0


def measured(mesh: NDArray[np.float64], width: int, height: int) -> FaceReport:
    """The report of a mesh (478, 3) in a picture of ``width`` x ``height`` pixels."""
    eyes = mesh[263] - mesh[33]
    up = mesh[152] - mesh[10]
    low, high = mesh[:468, :2].min(axis=0), mesh[:468, :2].max(axis=0)
    return FaceReport(
        faces=1,
        face_px=float(np.hypot(*up[:2])),
        yaw_deg=math.degrees(math.atan2(eyes[2], float(np.hypot(*eyes[:2])))),
        pitch_deg=math.degrees(math.atan2(-up[2], float(np.hypot(*up[:2])))),
        roll_deg=math.degrees(math.atan2(eyes[1], eyes[0])),
        eyes_open=min(_aperture(mesh, RIGHT_EYE), _aperture(mesh, LEFT_EYE)),
        box=(max(0, int(low[0])), max(0, int(low[1])), min(width, int(high[0]) + 1), min(height, int(high[1]) + 1)),
        nose_deg=nose_deg(mesh),
        mouth_open=float(np.linalg.norm(mesh[14, :2] - mesh[13, :2]) / np.linalg.norm(mesh[291, :2] - mesh[61, :2])),
    )


def _aperture(mesh: NDArray[np.float64], ring: tuple[int, ...]) -> float:
    """Eye aspect ratio: mean lid distance over eye width (Soukupová and Čech, 2016); about 0.3 open, 0.1 shut."""
    p = mesh[list(ring), :2]
    lids = np.linalg.norm(p[1] - p[5]) + np.linalg.norm(p[2] - p[4])
    return float(lids / (2 * np.linalg.norm(p[0] - p[3]) + 1e-9))
