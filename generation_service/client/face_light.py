"""What the light of a face tells: whether eyes and mouth are seen, whether it is sharp, whether it has colour.

Compares places of the face with its own cheeks, so that it holds for every skin and every exposure. Decides nothing.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

CHEEKS, LIPS = (50, 280, 205, 425, 101, 330), (15, 16, 84, 314, 85, 315)
UNDER_EYES = ((230, 229, 231, 119), (450, 449, 451, 348))
OPENINGS = ((159, 145, 33, 133), (386, 374, 362, 263))
SEAM = (13, 82, 312, 81, 311)
COMMON_PX = 160


@dataclass(frozen=True)
class FaceLight:
    """``eye_contrast``: spread of light in the dimmer eye by the light of the cheeks; ``under_eye``: light below the
    darker eye by that of the cheeks; ``lip_colour``, ``lip_light``: how far the lower lip differs from the cheeks (CIE
    L*a*b* steps of 255); ``seam``: spread of light across the lips (0..255); ``sharpness`` see ``FaceReport``.
    """

    eye_contrast: float
    under_eye: float
    lip_colour: float
    lip_light: float
    seam: float
    sharpness: float
    grey: bool


def measure(rgb: NDArray[np.uint8], mesh: NDArray[np.float64], face_px: float) -> FaceLight:
    """Measure the face whose (478, 3) mesh lies in ``rgb`` (h, w, 3)."""
    import cv2  # noqa: PLC0415  (only where a face is looked at)

    lab: Any = cv2.cvtColor(np.ascontiguousarray(rgb), cv2.COLOR_RGB2LAB).astype(np.float32)
    grey: Any = cv2.cvtColor(np.ascontiguousarray(rgb), cv2.COLOR_RGB2GRAY).astype(np.float32)
    cheek, lips = _median(lab, mesh, CHEEKS, 0.02 * face_px), _median(lab, mesh, LIPS, 0.008 * face_px)
    under = min(float(_median(lab, mesh, places, 0.02 * face_px)[0]) for places in UNDER_EYES)
    reach = max(2, int(0.03 * face_px))
    seam = [float(np.ptp(_patch(grey, mesh[k], (0, reach)))) for k in SEAM]
    low, high = mesh[:468, :2].min(axis=0).astype(int), mesh[:468, :2].max(axis=0).astype(int)
    face = grey[max(0, low[1]) : high[1] + 1, max(0, low[0]) : high[0] + 1]
    scale = COMMON_PX / face_px
    common = cv2.resize(face, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    edges = np.abs(cv2.Laplacian(common, cv2.CV_32F))
    away = np.abs(cheek[1:] - lips[1:])
    return FaceLight(
        eye_contrast=min(_contrast(grey, mesh, opening) for opening in OPENINGS) / max(1.0, float(cheek[0])),
        under_eye=under / max(1.0, float(cheek[0])),
        lip_colour=float(away.sum()),
        lip_light=abs(float(cheek[0] - lips[0])),
        seam=float(np.median(seam)),
        sharpness=float(np.percentile(edges, 95)) / max(20.0, float(common.std())),
        grey=bool(np.abs(lab[::4, ::4, 1:] - 128).max() <= 3),
    )


def _patch(plane: Any, at: Any, reach: tuple[int, int]) -> Any:
    x, y = (int(np.clip(v, 0, n - 1)) for v, n in ((at[0], plane.shape[1]), (at[1], plane.shape[0])))
    return plane[max(0, y - reach[1]) : y + reach[1] + 1, max(0, x - reach[0]) : x + reach[0] + 1]


def _median(lab: Any, mesh: NDArray[np.float64], places: tuple[int, ...], reach: float) -> NDArray[np.float32]:
    """The middle one of the medians of small patches around mesh points."""
    size = max(1, int(reach))
    found = [np.median(_patch(lab, mesh[k], (size, size)).reshape(-1, 3), axis=0) for k in places]
    return np.asarray(np.median(found, axis=0), np.float32)


def _contrast(grey: Any, mesh: NDArray[np.float64], opening: tuple[int, int, int, int]) -> float:
    """Spread of light between the lids of one eye: a white and an iris have much, a dark glass has none."""
    top, low, a, b = (mesh[k, :2] for k in opening)
    x0, x1 = sorted((int(a[0]), int(b[0])))
    y0, y1 = sorted((int(top[1]), int(low[1])))
    inside = grey[max(0, y0) : y1 + 1, max(0, x0) : x1 + 1]
    return float(np.percentile(inside, 95) - np.percentile(inside, 5)) if inside.size else 0.0
