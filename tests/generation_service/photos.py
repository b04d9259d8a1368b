"""A photo of a real person, and what strangers make of photos: for tests of what is taken in and what is drawn.

The person is Rear Admiral Grace Hopper, photographed for the US Navy (public domain); the file lies in matplotlib's
sample data, which is installed with the picture libraries. She wears glasses and a cap, and looks at the camera.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import matplotlib as mpl
import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw

from generation_service.client.face_check import landmarks
from generation_service.previs.portrait.topology import triangles

Image = np.ndarray[Any, np.dtype[np.uint8]]


@lru_cache(maxsize=1)
def hopper() -> Image:
    """RGB, (600, 512, 3); the face is 200 pixels tall."""
    path = Path(mpl.get_data_path()) / "sample_data" / "grace_hopper.jpg"
    return np.array(Pillow.open(path).convert("RGB"))


@lru_cache(maxsize=1)
def mesh() -> np.ndarray[Any, np.dtype[np.float64]]:
    """Her mesh."""
    return landmarks(hopper())[0]


def with_sunglasses() -> Image:
    """The same with dark lenses painted over the eyes."""
    picture, points = Pillow.fromarray(hopper()), mesh()[:, :2]
    draw, wide = ImageDraw.Draw(picture), float(np.hypot(*(points[263] - points[33])))
    for outer, inner in ((33, 133), (263, 362)):
        x, y = (points[outer] + points[inner]) / 2
        draw.ellipse((x - 0.27 * wide, y - 0.2 * wide, x + 0.27 * wide, y + 0.24 * wide), fill=(18, 18, 22))
    return np.array(picture)


def in_profile(degrees: float) -> Image:
    """The head as a solid, turned: her mesh with her photo on it, drawn from far to near over a plain ground."""
    photo, points = hopper(), mesh()[:468]
    t, middle = np.radians(degrees), points.mean(axis=0)
    turn = np.array([[np.cos(t), 0, np.sin(t)], [0, 1, 0], [-np.sin(t), 0, np.cos(t)]])
    turned = (points - middle) @ turn.T + middle
    shown = np.full_like(photo, (96, 110, 140))
    faces = triangles()
    faces = faces[faces.max(axis=1) < len(points)]  # the skin; the rings below the jaw have points of their own
    for face in faces[np.argsort(-turned[faces, 2].mean(axis=1))]:
        _lay(photo, shown, points[face, :2].astype(np.float32), turned[face, :2].astype(np.float32))
    return shown


def _lay(photo: Image, shown: Image, source: Any, target: Any) -> None:
    """One triangle of the photo, moved."""
    x, y, wide, high = cv2.boundingRect(target)
    x, y = max(0, x), max(0, y)
    inside = np.zeros((high, wide), np.uint8)
    cv2.fillConvexPoly(inside, np.round(target - (x, y)).astype(np.int32), 1)
    move = cv2.getAffineTransform(source, (target - (x, y)).astype(np.float32))
    patch = cv2.warpAffine(photo, move, (wide, high), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    part = shown[y : y + high, x : x + wide]
    held = inside[: part.shape[0], : part.shape[1], None] > 0
    np.copyto(part, patch[: part.shape[0], : part.shape[1]], where=held)
