"""Painted parts laid where a pose has them, and the planes that bodies are drawn on."""

from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
import skia
from numpy.typing import NDArray

from generation_service.previs import sampling, warps
from generation_service.previs.brush import Image

Box = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class Painted:
    """A picture of a part, premultiplied RGBA, and what it covers, in units: left, top, right, bottom. ``spans`` as
    :func:`generation_service.previs.sampling.spans_of` gives them.
    """

    picture: Image
    box: Box
    spans: NDArray[np.int64]
    _smaller: dict[int, "Painted"] = field(default_factory=dict)

    @property
    def scale(self) -> float:
        """Pixels per unit."""
        return float(self.picture.shape[1] / (self.box[2] - self.box[0]))

    def reduced(self, factor: int) -> "Painted":
        """The same part with so many times fewer pixels to a side; kept."""
        if factor > 1 and factor not in self._smaller:
            size = (max(1, self.picture.shape[1] // factor), max(1, self.picture.shape[0] // factor))
            small = np.asarray(cv2.resize(self.picture, size, interpolation=cv2.INTER_AREA), np.uint8)
            self._smaller[factor] = painted(small, self.box)
        return self._smaller[factor] if factor > 1 else self


def painted(picture: Image, box: Box) -> Painted:
    """A premultiplied picture (h, w, 4) as a part."""
    return Painted(picture, box, sampling.spans_of(sampling.words(picture)))


@dataclass(frozen=True)
class Plane:
    """What a puppet is drawn on: ``pixels`` (rows, columns, 4) premultiplied, ``canvas`` that draws into the same
    memory.
    """

    pixels: Image
    canvas: Any


def plane_of(rows: int, columns: int) -> Plane:
    """An empty plane."""
    pixels = np.zeros((max(1, rows), max(1, columns), 4), np.uint8)
    canvas = skia.Surface(pixels, skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType).getCanvas()
    return Plane(pixels, canvas)


def lay_part(below: Image, part: Painted, base: Any) -> None:
    """A part over ``below`` (h, w, 4); ``base`` takes units to pixels. What shrinks to less than half is first
    reduced by whole steps.
    """
    grow = float(np.hypot(base.getScaleX(), base.getSkewY())) / part.scale
    part = part.reduced(2 ** max(0, int(np.floor(np.log2(1 / max(1e-3, grow))))) if grow < 0.5 else 1)
    rows, columns = part.picture.shape[:2]
    left, top, right, bottom = part.box
    across, down = (right - left) / columns, (bottom - top) / rows
    forward = np.array([
        [base.getScaleX(), base.getSkewX(), base.getTranslateX()],
        [base.getSkewY(), base.getScaleY(), base.getTranslateY()], [0.0, 0.0, 1.0],
    ]) @ np.array([[across, 0.0, left + across / 2], [0.0, down, top + down / 2], [0.0, 0.0, 1.0]])  # fmt: skip
    forward[:2, 2] -= 0.5
    corners = forward[1] @ np.array([[0, columns, 0, columns], [0, 0, rows, rows], [1, 1, 1, 1]])
    first, last = max(0, int(corners.min()) - 1), min(below.shape[0], int(corners.max()) + 2)
    if last > first:
        step = np.linalg.inv(forward)[:2].reshape(-1)
        warps.lay_turned(sampling.words(below), sampling.words(part.picture), part.spans, step, first, last)
