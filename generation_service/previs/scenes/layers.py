"""A painting in layers: painters draw on it as on one canvas and say when the next thing stands nearer to the viewer.

Every layer has a depth: 1 is the sky, 0 the plane of the people, below 0 what stands between them and the camera.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import skia
from numpy.typing import NDArray

from generation_service.previs import inks, sampling
from generation_service.previs.brush import Image, pixels, surface


@dataclass(frozen=True)
class Motion:
    """What a layer does by itself: ``drift`` in frame heights a second (it then repeats sideways), ``ripple`` the
    height of waves that bend it, in frame heights.
    """

    drift: float = 0.0
    ripple: float = 0.0


@dataclass(frozen=True)
class Spot:
    """A thing that lives in the painting and is drawn anew for each frame: ``kind`` (fire, steam, lamp, traffic …),
    where its foot is in the painting, how tall it is there, and its depth.
    """

    kind: str
    at: tuple[float, float]
    tall: float
    depth: float


@dataclass
class Sheet:
    """One layer while it is painted. ``mirror`` 0..1: how much of what stands behind is reflected in it."""

    made: Any
    canvas: Any
    depth: float
    motion: Motion = field(default_factory=Motion)
    mirror: float = 0.0
    ground: bool = False


class Painting:
    """Stands in for a skia canvas: every drawing call goes to the newest layer. All layers share one transformation
    from the painting's 1600 x 900 units to pixels.
    """

    def __init__(self, size: tuple[int, int], view: Any) -> None:
        self._size, self._view = size, view
        self.sheets: list[Sheet] = []
        self.spots: list[Spot] = []
        self.layer(1.0)
        self._wall = self.sheets[0]

    def layer(
        self, depth: float, *, motion: Motion | None = None, mirror: float = 0.0, ground: bool = False
    ) -> "Painting":
        """From here on things are drawn on a new layer at ``depth``."""
        made = surface(*self._size)
        canvas = made.getCanvas()
        canvas.concat(self._view)
        self.sheets.append(Sheet(made, canvas, depth, motion or Motion(), mirror, ground))
        return self

    def spot(self, kind: str, at: tuple[float, float], tall: float) -> None:
        """Something that lives, at the depth of the newest layer."""
        self.spots.append(Spot(kind, at, tall, self.sheets[-1].depth))

    @property
    def outside(self) -> Any:
        """The canvas behind everything: what is seen through windows."""
        return self.sheets[0].canvas

    @property
    def canvas(self) -> Any:
        """The newest layer's canvas."""
        return self.sheets[-1].canvas

    def wall(self) -> None:
        """The newest layer is the wall that windows are cut into."""
        self._wall = self.sheets[-1]

    def hole(self, box: tuple[float, float, float, float]) -> None:
        """Cut a window into the wall."""
        clear = skia.Paint(AntiAlias=True, BlendMode=skia.BlendMode.kClear)
        self._wall.canvas.drawRect(skia.Rect.MakeLTRB(*box), clear)

    def cut(self, path: Any) -> None:
        """Cut an opening of any shape into the wall."""
        self._wall.canvas.drawPath(path, skia.Paint(AntiAlias=True, BlendMode=skia.BlendMode.kClear))

    @property
    def extent(self) -> tuple[float, float]:
        """The painting's x at the left and the right edge of the layers, half way down."""
        back = skia.Matrix()
        self._view.invert(back)
        ends = [back.mapXY(x, self._size[1] / 2) for x in (0.0, float(self._size[0]))]
        return float(ends[0].x()), float(ends[1].x())

    def __getattr__(self, name: str) -> Any:
        return getattr(self.sheets[-1].canvas, name)


@dataclass(frozen=True)
class Layer:
    """A finished layer: ``pixels`` (rows, columns) uint32 of colour times alpha, its corner (``left``, ``top``) in the
    plate; ``wrap`` the period in pixels of a drifting layer, else 0.
    ``ground``: it comes nearer from its upper edge to the people's feet.
    """

    pixels: NDArray[np.uint32]
    left: int
    top: int
    depth: float
    motion: Motion
    wrap: int
    ground: bool = False

    @cached_property
    def runs(self) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Where it is not empty, as :func:`generation_service.previs.sampling.runs_of` tells it."""
        return sampling.runs_of(self.pixels)

    @cached_property
    def solid(self) -> NDArray[np.int64]:
        """(rows - 1, 2): columns from .. to before which are opaque both in a row and in the one below it. Empty runs
        where the layer moves by itself.
        """
        runs = np.zeros((len(self.pixels), 2), np.int64)
        if not self.wrap and not self.motion.ripple:
            inks.solid_runs(self.pixels, runs)
        return np.stack([np.maximum(runs[:-1, 0], runs[1:, 0]), np.minimum(runs[:-1, 1], runs[1:, 1])], axis=1)


def straight(sheet: Sheet) -> Image:
    """A sheet's pixels as straight RGBA."""
    return pixels(sheet.made)


def pack(picture: Image, depth: float, motion: Motion, *, ground: bool = False) -> Layer | None:
    """A straight RGBA picture as a layer, cut to what it shows; None when it is empty."""
    wrap = picture.shape[1] if motion.drift else 0
    alpha = picture[..., 3]
    rows = np.flatnonzero(alpha.max(axis=1))
    if rows.size == 0:
        return None
    columns = np.flatnonzero(alpha.max(axis=0))
    top, bottom = max(0, int(rows[0]) - 1), min(picture.shape[0], int(rows[-1]) + 2)
    left, right = (0, wrap) if wrap else (max(0, int(columns[0]) - 1), min(picture.shape[1], int(columns[-1]) + 2))
    cut = picture[top:bottom, left:right]
    if wrap:
        cut = np.concatenate([cut, cut[:, :2]], axis=1)
    share = cut[..., 3:4].astype(np.uint16) + (cut[..., 3:4] > 127)
    toned = ((cut[..., :3].astype(np.uint16) * share) >> 8).astype(np.uint8)
    packed = np.ascontiguousarray(np.dstack([toned, cut[..., 3]])).view(np.uint32)[..., 0]
    packed.setflags(write=False)
    return Layer(packed, left, top, depth, motion, wrap, ground)


def joined(layers: Sequence[Layer], size: tuple[int, int]) -> Layer:
    """Neighbouring layers that stand still as one, at the depth of the nearest; ``size`` is the plate's."""
    if len(layers) == 1:
        return layers[0]
    whole = np.zeros((size[1], size[0], 4), np.uint8)
    for layer in layers:
        cut = layer.pixels[: size[1] - layer.top, : size[0] - layer.left]
        sampling.lay_flat(sampling.words(whole), cut, layer.left, layer.top)
    rows = np.flatnonzero(whole[..., 3].max(axis=1))
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    packed = np.ascontiguousarray(whole[top:bottom]).view(np.uint32)[..., 0]
    return Layer(packed, 0, top, layers[-1].depth, Motion(), 0, any(one.ground for one in layers))


def thinned(layers: Sequence[Layer], size: tuple[int, int], bins: Sequence[float], *, calm: bool) -> tuple[Layer, ...]:
    """Fewer layers for moves in which small differences of depth are not seen: those between two of ``bins`` become
    one. Layers that move stay by themselves, unless ``calm`` lets slow ones rest.
    """
    groups: list[tuple[object, list[Layer]]] = []
    # The first is behind all; the others are drawn from far to near, whichever was painted first.
    for number, layer in enumerate([layers[0], *sorted(layers[1:], key=lambda one: -one.depth)]):
        moves = layer.wrap > 0 or layer.motion.ripple > 0
        if moves and calm and layer.motion.drift <= 0.02:
            moves = False
        key: object = ("alone", number) if moves else sum(layer.depth > edge for edge in bins)
        plain = replace(layer, motion=Motion(), wrap=0) if not moves else layer
        if groups and groups[-1][0] == key:
            groups[-1][1].append(plain)
        else:
            groups.append((key, [plain]))
    return tuple(joined(group, size) for _, group in groups)


def settled(depth: float, layers: Sequence[Layer], bins: Sequence[float]) -> float:
    """Where something at ``depth`` is to be drawn so that what :func:`thinned` joined does not hide it: just before the
    nearest of the layers it stands among. The order of things among themselves stays.
    """
    among = sum(depth > edge for edge in bins)
    near = min((one.depth for one in layers if sum(one.depth > edge for edge in bins) == among), default=depth)
    return depth if near >= depth else near - 1e-4 * (1.0 - depth)
