"""The plate on screen: its layers laid over one another as the camera moves, each by its depth."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generation_service.previs import inks
from generation_service.previs.brush import Image
from generation_service.previs.camera import Path
from generation_service.previs.scenes.layers import Layer
from generation_service.previs.scenes.plate import Plate

RIPPLES = ((0.021, 1.9, 0.6), (0.009, 3.1, 0.4))  # wave length in frame heights, radians a second, share


class Scenery:
    """Draws the layers of ``plate`` for a frame (width, height); ``foot`` is where people stand, in frame heights."""

    def __init__(self, plate: Plate, path: Path, frame: tuple[int, int], fps: float, foot: float) -> None:
        self.plate, self.path, self.frame, self.fps, self.foot = plate, path, frame, fps, foot
        first = plate.layers[0].pixels
        self._first = np.ascontiguousarray(first.view(np.uint8).reshape(*first.shape, 4)[..., :3])

    def base(self, index: int) -> Image:
        """The opaque first layer, and with it the size in which the layers behind the people are drawn."""
        layer, step = self.plate.layers[0], self.plate.step
        zoom, dx, dy = self.path.at(index, self.frame[1], depth=layer.depth)
        k, size = 1 / zoom, (self.frame[0] // step, self.frame[1] // step)
        middle = [
            (n - 1) / 2 - ((m - 1) / 2 + d / step) * k for n, m, d in zip(self.plate.size, size, (dx, dy), strict=True)
        ]
        affine = np.array([[k, 0, middle[0] - layer.left], [0, k, middle[1] - layer.top]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        out: Any = cv2.warpAffine(self._first, affine, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(out, np.uint8)

    def lay(self, below: Image, layer: Layer, index: int) -> None:
        """One further layer over ``below``, whatever size that has."""
        height, width = below.shape[:2]
        times = self.frame[1] / height  # below is this much smaller than the frame
        step = self.plate.step
        zoom, dx, dy = self.path.at(index, self.frame[1], depth=layer.depth)
        t = index / self.fps
        u = self._source(width, times, (self.plate.size[0], layer.left), (zoom, dx, self.frame[0]))
        v = self._source(height, times, (self.plate.size[1], layer.top), (zoom, dy, self.frame[1]))
        if layer.wrap:
            u = u - t * layer.motion.drift * self.frame[1] / step
        sway = np.zeros(height, np.int64)
        if layer.motion.ripple:
            sway += self._ripple(v, layer, t)
        if layer.ground and dx:
            sway += self._ground(v, layer, dx / zoom / step)
        ux, vy = (np.floor(256 * w + 0.5).astype(np.int64) for w in (u, v))
        inks.lay_layer(below, layer.pixels, ux, vy, sway, layer.spans, layer.wrap)

    def _source(
        self, count: int, times: float, plate: tuple[int, int], view: tuple[float, float, int]
    ) -> NDArray[np.float64]:
        """Where in a layer each output column or row is found. ``plate`` is the plate's extent and the layer's start;
        ``view`` zoom, shift and the frame's extent in pixels.
        """
        (extent, start), (zoom, shift, whole) = plate, view
        at = (np.arange(count) + 0.5) * times - 0.5
        moved = (at - (whole - 1) / 2 - shift) / zoom / self.plate.step
        return np.asarray((extent - 1) / 2 + moved - start, np.float64)

    def _ripple(self, rows: NDArray[np.float64], layer: Layer, t: float) -> NDArray[np.int64]:
        """Waves: rows move sideways, more towards the viewer."""
        unit = self.frame[1] / self.plate.step
        near = np.clip(rows / max(1, layer.pixels.shape[0]), 0, 1)
        total = np.zeros(len(rows))
        for length, speed, share in RIPPLES:
            phase = 2 * np.pi * rows / (unit * length * (0.35 + near)) - speed * t * 2
            total += share * np.sin(phase)
        return np.asarray(256 * layer.motion.ripple * unit * (0.3 + near) * total, np.int64)

    def _ground(self, rows: NDArray[np.float64], layer: Layer, shift: float) -> NDArray[np.int64]:
        """The ground under a sideways move: at its upper edge as far as its depth says, at the feet as near as the
        people, in front of them nearer still.
        """
        foot = self.foot * self.frame[1] / self.plate.step + (self.plate.size[1] - self.frame[1] / self.plate.step) / 2
        depth = layer.depth * np.clip((foot - layer.top - rows) / max(1.0, foot - layer.top), -0.6, 1.0)
        base = 1 - (1 - self.path.far) * layer.depth
        wanted = 1 - (1 - self.path.far) * depth
        return np.asarray(256 * -shift * (wanted - base) / max(base, 1e-6), np.int64)
