"""A painted strip bent along two bones: a sleeve over the elbow, a trouser leg over the knee, lit as the bones lie."""

from dataclasses import dataclass, field
from functools import lru_cache
from math import atan2, cos, hypot, pi, sin
from typing import Any

import numpy as np
import skia
from numpy.typing import NDArray

from generation_service.previs.brush import smooth, stroke
from generation_service.previs.cast.parts import Painted
from generation_service.previs.cast.rig import Joint

# Columns across a strip, and rows: over the cap, along a bone, around the joint.
ACROSS, CAP_ROWS, BONE_ROWS, BEND_ROWS = 6, 2, 4, 6
# The key light's direction in the picture, what it leaves in the shade, and how far around a joint the cloth curves.
LIGHT = (-0.74, -0.67)
SHADED, BEND = 0.60, 96.0


@dataclass(frozen=True, eq=False)
class Strip:
    """A painted strip: its picture, the lengths of its two bones in it, and the paint that has it as a texture."""

    part: Painted
    lengths: tuple[float, float]
    _paints: dict[int, Any] = field(default_factory=dict)

    def paint(self, factor: int) -> tuple[Any, float]:
        """The paint with the texture so many times smaller, and its pixels per unit; kept: setting one up is slow."""
        part = self.part.reduced(factor)
        if factor not in self._paints:
            smoothly = skia.SamplingOptions(skia.FilterMode.kLinear)
            made = skia.Paint(AntiAlias=True)
            made.setShader(part.image().makeShader(skia.TileMode.kClamp, skia.TileMode.kClamp, smoothly))
            self._paints[factor] = made
        return self._paints[factor], part.scale


def lay_strip(
    canvas: Any, strip: Strip, bones: tuple[Joint, Joint, Joint], *, dim: float = 1.0, whole: bool = True
) -> None:
    """The strip along the bones from ``bones[0]`` over ``bones[1]`` to ``bones[2]``; ``dim`` below 1 in shade. Not
    ``whole``: only from the second joint on.
    """
    base = canvas.getTotalMatrix()
    grow = float(np.hypot(base.getScaleX(), base.getSkewY())) / strip.part.scale
    factor = 2 ** max(0, int(np.floor(np.log2(1 / max(1e-3, grow))))) if grow < 0.5 else 1
    paint, density = strip.paint(factor)
    spine, along, ways = _spine(strip, bones)
    if not whole:
        spine, along, ways = (one[CAP_ROWS + BONE_ROWS :] for one in (spine, along, ways))
    left, top, right, _ = strip.part.box
    across = np.linspace(left, right, ACROSS)
    normal = np.stack([np.sin(ways), -np.cos(ways)], axis=1)  # the strip's own right, as the bone lies
    at = spine[:, None] + normal[:, None] * across[None, :, None]
    texture = np.stack(np.broadcast_arrays((across[None] - left) * density, (along[:, None] - top) * density), axis=2)
    facing = normal @ np.array(LIGHT)
    light = _light(facing[:, None] * np.linspace(-1, 1, ACROSS)[None], dim)
    mesh = skia.Vertices(
        skia.Vertices.kTriangles_VertexMode, _points(at), _points(texture), light.reshape(-1).tolist(),
        _triangles(len(spine)),
    )  # fmt: skip
    canvas.drawVertices(mesh, paint, skia.BlendMode.kModulate)
    _crease(canvas, bones, right, dim)


def _points(rows: NDArray[np.float64]) -> list[Any]:
    return [skia.Point(x, y) for x, y in rows.reshape(-1, 2).tolist()]


def _light(facing: NDArray[np.float64], dim: float) -> NDArray[np.int64]:
    """The vertices' colours: ``facing`` -1 away from the key .. 1 towards it."""
    share = dim * np.clip(SHADED + (1 - SHADED) * (0.62 + 0.52 * facing), 0.0, 1.0)
    grey = np.round(share * 255).astype(np.int64)
    return (0xFF << 24) | (grey << 16) | (grey << 8) | grey


@lru_cache(maxsize=4)
def _triangles(rows: int) -> list[int]:
    made = []
    for r in range(rows - 1):
        for c in range(ACROSS - 1):
            k = r * ACROSS + c
            made += [k, k + 1, k + ACROSS, k + 1, k + ACROSS + 1, k + ACROSS]
    return made


def _spine(
    strip: Strip, bones: tuple[Joint, Joint, Joint]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Points of the middle line (n, 2), where along the strip each is (n,), and the direction there (n,)."""
    a, b, c = (np.array(one, np.float64) for one in bones)
    one, two = float(np.hypot(*(b - a))) or 1.0, float(np.hypot(*(c - b))) or 1.0
    u, v = (b - a) / one, (c - b) / two
    first, second = strip.lengths
    top, low = strip.part.box[1], strip.part.box[3]
    reach = min(BEND, 0.45 * one, 0.45 * two)
    points: list[NDArray[np.float64]] = []
    along: list[float] = []
    ways: list[NDArray[np.float64]] = []
    for k in range(CAP_ROWS):
        points.append(a + u * top * (1 - k / CAP_ROWS))
        along.append(top * (1 - k / CAP_ROWS))
        ways.append(u)
    for k in range(BONE_ROWS):
        gone = (one - reach) * k / BONE_ROWS
        points.append(a + u * gone)
        along.append(first * gone / one)
        ways.append(u)
    for k in range(BEND_ROWS + 1):
        s = k / BEND_ROWS
        points.append((1 - s) ** 2 * (b - u * reach) + 2 * s * (1 - s) * b + s * s * (b + v * reach))
        along.append(
            first * (1 - reach / one * (1 - 2 * s)) if s <= 0.5 else first + second * reach / two * (2 * s - 1)
        )
        ways.append((1 - s) * u + s * v)
    for k in range(1, BONE_ROWS + 1):
        gone = reach + (two - reach) * k / BONE_ROWS
        points.append(b + v * gone)
        along.append(first + second * gone / two)
        ways.append(v)
    points.append(c + v * (low - first - second))
    along.append(low)
    ways.append(v)
    way = np.array(ways)
    return np.array(points), np.array(along), np.arctan2(way[:, 1], way[:, 0])


def _crease(canvas: Any, bones: tuple[Joint, Joint, Joint], half: float, dim: float) -> None:
    """The dark fold on the inside of a bent joint."""
    a, b, c = bones
    one, two = atan2(b[1] - a[1], b[0] - a[0]), atan2(c[1] - b[1], c[0] - b[0])
    bent = (two - one + pi) % (2 * pi) - pi
    if abs(bent) < 0.5 or hypot(c[0] - b[0], c[1] - b[1]) < 120:
        return
    inward = (one + two) / 2 + (pi / 2 if bent > 0 else -pi / 2)
    if abs(one - two) > pi:
        inward += pi
    strength = min(1.0, (abs(bent) - 0.5) / 1.2) * dim
    start = (b[0] + cos(inward) * 0.46 * half, b[1] + sin(inward) * 0.46 * half)
    end = (b[0] - cos(inward) * 0.10 * half, b[1] - sin(inward) * 0.10 * half)
    for wide in (26.0, 18.0, 10.0):
        canvas.drawPath(smooth([start, end], close=False), stroke((4, 3, 9), wide, 0.11 * strength))
