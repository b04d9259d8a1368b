"""Drawn layers of a body, kept while they hold and laid wherever the camera then sees them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generation_service.previs import sampling
from generation_service.previs.brush import Image
from generation_service.previs.cast.rig import Pose


@dataclass(frozen=True)
class Cel:
    """A drawn layer of a body, premultiplied RGBA, and where its corner lies from the foot, in pixels; ``spans`` as
    :func:`generation_service.previs.sampling.spans_of` gives them.
    """

    pixels: sampling.Words
    spans: NDArray[np.int64]
    left: float
    top: float

    def lay(self, below: Image, x: float, y: float) -> None:
        """Over ``below`` (h, w, 4) with the foot at (x, y)."""
        at = round((x + self.left) * 256), round((y + self.top) * 256)
        sampling.lay_moved(sampling.words(below), self.pixels, self.spans, at)


@dataclass(frozen=True)
class Body:
    """A body as of frame ``index`` in layers between which hair and head go; ``gone`` is how far they have walked."""

    index: int
    pose: Pose
    gone: float
    layers: tuple[Cel, ...]


def cel_of(picture: Image, left: float, top: float) -> Cel:
    """A drawn picture (h, w, 4) as a layer, cut to the rows that hold something."""
    pixels = sampling.words(picture)
    spans = sampling.spans_of(pixels)
    rows = np.flatnonzero(spans[:, 1] > spans[:, 0])
    first, last = (int(rows[0]), int(rows[-1]) + 1) if rows.size else (0, 1)
    return Cel(pixels[first:last], spans[first:last], left, top + first)
