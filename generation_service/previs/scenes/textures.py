"""Surfaces that no outline gives: noise, the grain of grounds in perspective, crags of mountains, billows of clouds.

All of it is computed in arrays over a box of the painting's units and handed over as a picture to be drawn there.
"""

from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import skia
from numpy.typing import NDArray

from generation_service.previs.brush import Colour

Field = NDArray[np.float32]
Box = tuple[float, float, float, float]
TILE = 512
HORIZON = 520.0


@lru_cache(maxsize=1)
def noise() -> Field:
    """Soft noise, one octave of 32 cells, (``TILE``, ``TILE``), mean 0 and spread 1, that repeats both ways."""
    cells, room = 32, 2
    rough = np.random.default_rng(41).standard_normal((cells, cells)).astype(np.float32)
    unit = TILE // cells
    wide: Any = cv2.resize(np.pad(rough, room, mode="wrap"), None, fx=unit, fy=unit, interpolation=cv2.INTER_CUBIC)
    made: Field = wide[room * unit : room * unit + TILE, room * unit : room * unit + TILE]
    return np.ascontiguousarray(made / made.std())


def sample(u: NDArray[Any], v: NDArray[Any]) -> Field:
    """The noise at positions in cells."""
    unit = TILE / 32
    x = np.mod(u * unit, TILE).astype(np.float32)
    y = np.mod(v * unit, TILE).astype(np.float32)
    found: Any = cv2.remap(noise(), x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
    return np.asarray(found, np.float32)


def fractal(u: NDArray[Any], v: NDArray[Any], octaves: int, *, gain: float = 0.5) -> Field:
    """Noise of several sizes, the first of one cell per unit; spread about 1."""
    total, share, norm = np.zeros(u.shape, np.float32), 1.0, 0.0
    for k in range(octaves):
        total += np.float32(share) * sample(u * 2**k + 7.3 * k, v * 2**k + 3.1 * k)
        norm += share * share
        share *= gain
    return np.asarray(total / np.float32(np.sqrt(norm)), np.float32)


def grid(box: Box, pitch: float) -> tuple[Field, Field]:
    """X and y of the painting at the middle of each cell of ``box``, ``pitch`` units apart."""
    left, top, right, bottom = box
    x = np.arange(left + pitch / 2, right, pitch, dtype=np.float32)
    y = np.arange(top + pitch / 2, bottom, pitch, dtype=np.float32)
    xs, ys = np.meshgrid(x, y)
    return np.asarray(xs, np.float32), np.asarray(ys, np.float32)


def fine(canvas: Any, least: float) -> float:
    """How far apart cells may lie on a canvas, in units: as its pixels do, never nearer than ``least``."""
    drawn = getattr(canvas, "canvas", canvas)
    return max(least, 0.9 / max(1e-3, abs(float(drawn.getTotalMatrix().getScaleX()))))


def lay(canvas: Any, tone: NDArray[Any], alpha: NDArray[Any], box: Box, *, path: Any = None) -> None:
    """Colours (rows, columns, 3 or one colour) with ``alpha`` 0..1 over ``box``, within ``path``."""
    rows, columns = alpha.shape
    picture = np.empty((rows, columns, 4), np.uint8)
    picture[..., :3] = np.clip(tone, 0, 255)
    picture[..., 3] = np.clip(alpha * 255, 0, 255)
    image = skia.Image.fromarray(np.ascontiguousarray(picture))
    canvas.save()
    if path is not None:
        canvas.clipPath(path, skia.ClipOp.kIntersect, True)
    canvas.drawImageRect(image, skia.Rect.MakeLTRB(*box), skia.SamplingOptions(skia.CubicResampler.Mitchell()))
    canvas.restore()


# Kinds of ground: cells per unit across and along at the feet, octaves, contrast.
GROUNDS: dict[str, tuple[float, float, int, float]] = {
    "grass": (0.022, 0.020, 4, 0.34), "earth": (0.016, 0.016, 5, 0.20), "sand": (0.006, 0.010, 5, 0.22),
    "tar": (0.030, 0.022, 4, 0.15), "snow": (0.004, 0.007, 4, 0.26), "stone": (0.026, 0.022, 4, 0.18),
}  # fmt: skip


def relief(
    canvas: Any, path: Any, kind: str, tones: tuple[Colour, Colour], *, top: float, seed: int, horizon: float = HORIZON
) -> None:
    """Light and dark of a ground of ``kind`` (:data:`GROUNDS`) within ``path``, in perspective towards ``horizon``;
    ``tones`` are shade and light.
    """
    box = (-700.0, top, 2300.0, 1180.0)
    x, y = grid(box, fine(canvas, 2.0))
    near = np.maximum(np.float32(2.0), y - np.float32(horizon)) / np.float32(280.0)
    across, along, octaves, contrast = GROUNDS[kind]
    u, v = (x - 800) / near * np.float32(across) + seed % 97, np.float32(280 * along) / near * 4 + seed % 61
    total, share = np.zeros(x.shape, np.float32), 1.0
    for k in range(octaves):
        # What is smaller than a pixel of the painting fades instead of shimmering.
        seen = np.clip(near * near / np.float32(along * 2**k * 4) * np.float32(0.16), 0, 1)
        total += np.float32(share) * seen * sample(u * 2**k + 5.7 * k, v * 2**k + 2.9 * k)
        share *= 0.72
    if kind == "sand":
        total += 0.8 * np.clip(near - 0.5, 0, 1) * np.sin(v * 14 + 2.2 * sample(u * 0.7, v * 0.7))
    strength = np.clip(np.abs(total), 0, 2.2) * np.float32(contrast) * np.clip((y - top) / 60, 0.25, 1)
    lit = (total > 0)[..., None]
    lay(canvas, np.where(lit, np.array(tones[1]), np.array(tones[0])), strength, box, path=path)


def _creased(u: NDArray[Any], v: NDArray[Any]) -> Field:
    """Noise with sharp ridges: -|noise| of several sizes."""
    total, share = np.zeros(u.shape, np.float32), 1.0
    for k in range(5):
        total -= np.float32(share) * np.abs(sample(u * 1.9**k + 3.7 * k, v * 1.9**k + 8.1 * k))
        share *= 0.56
    return np.asarray(total, np.float32)


def crags(
    line: list[tuple[float, float]], box: Box, seed: int, *, scale: float = 1.0, pitch: float
) -> tuple[Field, Field, Field]:
    """A mountain side under a ridge ``line``: how much each cell of ``box`` turns to a sun on the right 0..1, how far
    it lies below the ridge (units), and its cover 0..1.
    """
    x, y = grid(box, pitch)
    xs, ys = (np.array([p[k] for p in line], np.float32) for k in (0, 1))
    ridge = np.interp(x[0], xs, ys).astype(np.float32)
    below = y - ridge[None, :]
    wide: Any = cv2.GaussianBlur(np.gradient(ridge).astype(np.float32)[None, :], (0, 0), 9 / pitch * scale)
    slope = np.clip(wide * 1.3 / pitch, -1, 1) * np.exp(-np.maximum(below, 0) / (210 * scale))
    # Gullies run down and outwards: creased noise stretched along the fall of the slope.
    bent = x + 0.22 * below * np.sign(wide) + 7 * scale * sample(x / 60, y / 45)
    u, v = bent / (96 * scale) + seed % 89, y / (210 * scale) + seed % 53
    step = np.float32(0.10)
    turn = np.clip((_creased(u, v) - _creased(u + step, v + step * 0.4)) / 0.5, -1, 1)
    light = np.clip(0.44 + 0.50 * slope + 0.42 * turn, 0, 1)
    return np.asarray(light, np.float32), below, np.clip(below / pitch + 0.5, 0, 1)


def billows(box: Box, seed: int, *, cover: float, flat: float, pitch: float) -> tuple[Field, Field, Field]:
    """Clouds over ``box``, smaller and flatter towards its lower edge: density 0..1, how much of the light from the
    upper right they catch 0..1, and their thickness 0..1. ``cover`` 0..1 is how much sky they hide, ``flat`` how much
    longer than tall they are.
    """
    x, y = grid(box, pitch)
    _, top, _, bottom = box
    near = np.maximum(np.float32(0.16), (bottom + 60 - y) / np.float32(bottom - top))
    u, v = (x - 800) / near / np.float32(760 * flat) + seed % 83, np.float32(1.9) / near + seed % 47
    rough = fractal(u, v, 6, gain=0.55)
    ahead = fractal(u + 0.06 / near, v - 0.10, 5, gain=0.55)
    edge = np.float32(1.25 - 2.1 * cover)
    density = np.clip((rough - edge) / np.float32(0.75), 0, 1)
    density = density * density * (3 - 2 * density)
    light = np.clip(0.55 + 0.75 * (rough - ahead), 0, 1)
    return density, light, np.clip((rough - edge) / 1.7, 0, 1)
