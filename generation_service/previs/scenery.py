"""The plate on screen: its layers laid over one another as the camera moves, each by its depth."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from generation_service.previs import sampling
from generation_service.previs.brush import Image
from generation_service.previs.camera import Path
from generation_service.previs.scenes.layers import Layer
from generation_service.previs.scenes.plate import Plate

RIPPLES = ((0.021, 1.9, 0.6), (0.009, 3.1, 0.4))  # wave length in frame heights, radians a second, share


class Scenery:
    """Draws the layers of ``plate`` for a frame (width, height); ``foot`` is where people stand, in frame heights."""

    def __init__(self, plate: Plate, path: Path, frame: tuple[int, int], fps: float, foot: float) -> None:
        self.plate, self.path, self.frame, self.fps, self.foot = plate, path, frame, fps, foot
        self._covered: tuple[object, dict[int, NDArray[np.int64]]] | None = None

    def base(self, index: int) -> Image:
        """The opaque first layer (h, w, 4), and with it the size in which the layers behind the people are drawn. What
        other layers hide holds nothing of use.
        """
        layer, step = self.plate.layers[0], self.plate.step
        size = (self.frame[0] // step, self.frame[1] // step)
        u, v = self._where(layer, size, index)
        out = np.empty((size[1], size[0], 4), np.uint8)
        sampling.lay_ground(sampling.words(out), layer.pixels, _across(u), _steps(v), self._hidden(index, size)[0])
        return out

    def lay(self, below: Image, layer: Layer, index: int) -> None:
        """One further layer over ``below`` (h, w, 4), whatever size that has."""
        height, width = below.shape[:2]
        u, v = self._where(layer, (width, height), index)
        sway = self._ground_sway(layer, v, index)
        if layer.motion.ripple:
            sway += self._ripple(v, layer, index / self.fps)
        hidden = self._hidden(index, (width, height)).get(id(layer))
        if hidden is None:
            hidden = np.zeros((height, 2), np.int64)
        over = sampling.words(below)
        sampling.lay_layer(over, layer.pixels, _across(u), _steps(v), sway, layer.runs, hidden, layer.wrap)

    def _where(
        self, layer: Layer, size: tuple[int, int], index: int
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Where in a layer the columns and rows of a picture of ``size`` are found."""
        times = self.frame[1] / size[1]  # the picture is this much smaller than the frame
        zoom, dx, dy = self.path.at(index, self.frame[1], depth=layer.depth)
        u = self._source(size[0], times, (self.plate.size[0], layer.left), (zoom, dx, self.frame[0]))
        v = self._source(size[1], times, (self.plate.size[1], layer.top), (zoom, dy, self.frame[1]))
        if layer.wrap:
            u = u - index / self.fps * layer.motion.drift * self.frame[1] / self.plate.step
        return u, v

    def _ground_sway(self, layer: Layer, v: NDArray[np.float64], index: int) -> NDArray[np.int64]:
        zoom, dx, _ = self.path.at(index, self.frame[1], depth=layer.depth)
        if not layer.ground or not dx:
            return np.zeros(len(v), np.int64)
        return self._ground(v, layer, dx / zoom / self.plate.step)

    def _hidden(self, index: int, size: tuple[int, int]) -> dict[int, NDArray[np.int64]]:
        """By layer (its id; 0 the first): in each row of a picture of ``size`` the columns from .. to before which
        opaque layers in front of it cover. Layers before the people hide nothing here.
        """
        key = (0 if self.path.rests else index, size)
        if self._covered is None or self._covered[0] != key:
            found, cover = {}, np.zeros((size[1], 2), np.int64)
            for layer in sorted(self.plate.layers[1:], key=lambda one: one.depth):
                if layer.depth > 0:
                    found[id(layer)] = cover
                    cover = _wider(cover, self._cover(layer, size, index))
            found[0] = cover
            self._covered = key, found
        return self._covered[1]

    def _cover(self, layer: Layer, size: tuple[int, int], index: int) -> NDArray[np.int64]:
        """The columns that one layer covers in each row, a little less than they are."""
        u, v = self._where(layer, size, index)
        row = np.floor(v).astype(np.int64)
        runs = layer.solid[np.clip(row, 0, len(layer.solid) - 1)]
        inside = (row >= 0) & (row < len(layer.solid) - 1) & (runs[:, 1] - runs[:, 0] > 4)
        pace = max(1e-6, (u[-1] - u[0]) / max(1, size[0] - 1))
        shifted = runs - self._ground_sway(layer, v, index)[:, None] / 256 - u[0]
        ends = np.clip(np.stack([shifted[:, 0] + 1, shifted[:, 1] - 3], axis=1) / pace + (1, 0), 0, size[0])
        return np.where(inside[:, None] & (ends[:, 1:] > ends[:, :1]), ends, 0).astype(np.int64)

    def _source(
        self, count: int, times: float, plate: tuple[int, int], view: tuple[float, float, int]
    ) -> NDArray[np.float64]:
        """Where in a layer each output column or row is found. ``plate`` is the plate's extent and the layer's start;
        ``view`` zoom, shift and the frame's extent in pixels.
        """
        (extent, start), (zoom, shift, whole) = plate, view
        moved = (_centres(count, times) - (whole - 1) / 2 - shift) / zoom / self.plate.step
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


@lru_cache(maxsize=8)
def _centres(count: int, times: float) -> NDArray[np.float64]:
    """Middles of ``count`` pixels, each ``times`` pixels of the frame wide; not to be written to. Kept: counting lets
    another thread in, for up to five milliseconds.
    """
    return np.asarray((np.arange(count) + 0.5) * times - 0.5, np.float64)


def _across(u: NDArray[np.float64]) -> tuple[int, int]:
    """Evenly spaced columns as their start and step in 1/65536 pixel."""
    return round(u[0] * 65536), round((u[-1] - u[0]) / max(1, len(u) - 1) * 65536)


def _steps(v: NDArray[np.float64]) -> NDArray[np.int64]:
    """Positions in 1/256 pixel."""
    return np.floor(256 * v + 0.5).astype(np.int64)


def _wider(a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.int64]:
    """Row by row one interval out of two: both together where they touch, else the longer."""
    touch = (a[:, 0] <= b[:, 1]) & (b[:, 0] <= a[:, 1]) & (a[:, 1] > a[:, 0]) & (b[:, 1] > b[:, 0])
    both = np.stack([np.minimum(a[:, 0], b[:, 0]), np.maximum(a[:, 1], b[:, 1])], axis=1)
    longer = np.where((a[:, 1] - a[:, 0] >= b[:, 1] - b[:, 0])[:, None], a, b)
    return np.where(touch[:, None], both, longer)
