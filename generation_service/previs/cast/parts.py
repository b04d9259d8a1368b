"""Painted parts laid where a pose has them, and the planes that bodies are drawn on."""

from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
import skia
from numpy.typing import NDArray

from generation_service.previs import sampling, warps
from generation_service.previs.brush import Image

# From which slant on a part is laid as a whole picture: sine over cosine of its turn.
STEEP = 0.6
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
    _image: list[Any] = field(default_factory=list)

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

    def image(self) -> Any:
        """The picture for a canvas; kept."""
        if not self._image:
            pixels = np.ascontiguousarray(self.picture)
            self._image.append(skia.Image.fromarray(pixels, skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType))
        return self._image[0]

    def above(self, y: float) -> "Painted":
        """The part's upper end down to ``y`` units; kept."""
        rows = round((y - self.box[1]) * self.scale)
        if rows >= self.picture.shape[0]:
            return self
        if -rows not in self._smaller:
            left, top, right, _ = self.box
            kept = np.ascontiguousarray(self.picture[:rows])
            self._smaller[-rows] = painted(kept, (left, top, right, top + rows / self.scale))
        return self._smaller[-rows]


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


def _lay_steep(below: Image, picture: Image, forward: NDArray[np.float64]) -> None:
    """A picture that is turned far, over ``below``: rows of it are no longer rows there."""
    rows, columns = picture.shape[:2]
    corners = forward[:2] @ np.array([[0, columns, 0, columns], [0, 0, rows, rows], [1, 1, 1, 1]])
    x0, y0 = (max(0, int(v) - 1) for v in corners.min(axis=1))
    x1, y1 = (min(most, int(v) + 2) for v, most in zip(corners.max(axis=1), below.shape[1::-1], strict=True))
    if x1 > x0 and y1 > y0:
        step = forward[:2] - np.array([[0, 0, x0], [0, 0, y0]])
        placed = np.asarray(cv2.warpAffine(picture, step, (x1 - x0, y1 - y0), flags=cv2.INTER_LINEAR), np.uint8)
        sampling.lay_moved(sampling.words(below), *_words_of(placed), (x0 * 256, y0 * 256))


def _words_of(picture: Image) -> tuple[sampling.Words, NDArray[np.int64]]:
    words = sampling.words(picture)
    return words, sampling.spans_of(words)


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
    if abs(base.getSkewY()) > STEEP * abs(base.getScaleX()):
        _lay_steep(below, part.picture, forward)
        return
    corners = forward[1] @ np.array([[0, columns, 0, columns], [0, 0, rows, rows], [1, 1, 1, 1]])
    first, last = max(0, int(corners.min()) - 1), min(below.shape[0], int(corners.max()) + 2)
    if last > first:
        step = np.linalg.inv(forward)[:2].reshape(-1)
        warps.lay_turned(sampling.words(below), sampling.words(part.picture), part.spans, step, first, last)
