"""A person under the light of a place: directional shading from an estimated relief, rim, light wrap, contrast.

The relief is the silhouette blown up like a cushion with the face's own mesh laid in; its slopes say which side looks
to the key light. A photo has light of its own, so the shading stays gentle, and a face is never left too dark to read.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generation_service.previs import kernels
from generation_service.previs.brush import Colour, Image
from generation_service.previs.kernels import _jit
from generation_service.previs.portrait import topology
from generation_service.previs.scenes.light import Mood

# Where the key comes from: the picture's left, above, in front. The rim comes from the right.
KEY = (-0.50, -0.46, 0.73)
RELIEF_ROWS = 220
READABLE, DIM = 84.0, 70.0
"""How light a face is made at least, of 255: as light as its photo nearly, but a dark one no darker than ``DIM``."""


def light_of(mood: Mood) -> Colour:
    """What falls on a person: mostly the key's colour, some of it neutral, under a hazy sky also the air's; dimmed by
    the exposure.
    """
    sky = 0.5 * mood.haze * float(np.clip(1 - 4 * _warmth(mood.key), 0, 1))
    level = max(1.0, sum(mood.air) / 3)
    r, g, b = (
        mood.exposure * (0.15 * 255 + 0.85 * c) * (1 + sky * (air / level - 1))
        for c, air in zip(mood.key, mood.air, strict=True)
    )
    return r, g, b


def veil_of(mood: Mood) -> float:
    """Share of the air's colour between the lens and a person near it: what is black there is no blacker than the set
    at that depth.
    """
    return 0.015 + 0.075 * mood.haze


def _warmth(colour: Colour) -> float:
    """How much more red than blue, about -1..1."""
    return (colour[0] - colour[2]) / 255


def contrast_of(mood: Mood) -> float:
    """How much the key stands out, 0..1: little under a hazy sky, much by low sun and by lamps at night."""
    return float(np.clip(0.42 + 0.9 * _warmth(mood.key) + 0.25 * mood.lamps - 0.45 * mood.haze, 0.12, 0.75))


def lit(picture: Image, mood: Mood, reach: float, mesh: NDArray[np.float64] | None = None) -> Image:
    """The person under the light of the place. ``reach`` is the face height in pixels, ``mesh`` (478, 3) the face's
    points in the picture where it is near enough to have a relief; RGBA in and out.
    """
    alpha: Any = picture[..., 3].astype(np.float32) / 255
    shade = np.ones_like(alpha) if mesh is None else 1 + contrast_of(mood) * (_shade(alpha, mesh, reach) - 1)
    key, air = (np.array(c, np.float32) / max(1.0, float(np.mean(c))) for c in (mood.key, mood.air))
    tints = np.stack([0.4 + 0.6 * key, 1 + 0.14 * (1 - air)]).astype(np.float32)
    light = np.array(light_of(mood), np.float32) / 255
    gain = 1.0 if mesh is None else _gain(picture, mesh, shade, light)
    rim, wrap = _edges(alpha, mood, reach)
    out = np.empty_like(picture)
    colours = np.stack([light, np.array(mood.rim, np.float32), np.array(mood.air, np.float32)])
    _light_pixels(np.ascontiguousarray(picture), (shade, rim, wrap), colours, tints, (gain, veil_of(mood)), out)
    return out


def _gain(picture: Image, mesh: NDArray[np.float64], shade: Any, light: Any) -> float:
    """How much a face must be lifted so that it can be read: its cheeks, nose and forehead, before and after."""
    at = np.round(mesh[[50, 280, 4, 151, 205, 425, 117, 346], :2]).astype(int)
    x, y = np.clip(at, 0, (picture.shape[1] - 1, picture.shape[0] - 1)).T
    skin = picture[y, x, :3].astype(np.float32)
    before, after = np.median(skin.mean(axis=1)), np.median((skin * light).mean(axis=1) * shade[y, x])
    return float(max(1.0, _wanted(float(before)) / max(after, 1.0)))


def _wanted(before: float) -> float:
    return min(READABLE, max(0.72 * before, min(DIM, 1.75 * before)))


@_jit
def _light_pixels(picture: Any, fields: Any, colours: Any, tints: Any, measures: Any, out: Any) -> None:  # noqa: PLR0917
    """All of it in one pass. ``fields``: shade, rim, wrap (rows, columns); ``colours`` (3, 3): light (1 = full), rim,
    air; ``tints`` (2, 3): of the lit and of the shaded side; ``measures``: gain, veil of air. Darker
    towards the lower edge.
    """
    shade, rim, wrap = fields
    gain, veil = measures
    rows, columns = picture.shape[0], picture.shape[1]
    for y in range(rows):
        low = y / max(1, rows - 1)
        fall = 1.02 - 0.16 * low * low
        for x in range(columns):
            more = shade[y, x] - 1.0
            side = 0 if more > 0 else 1
            for c in range(3):
                tone = picture[y, x, c] * colours[0, c] * (1.0 + more * tints[side, c])
                tone = tone * gain / (1.0 + (gain - 1.0) * min(tone / 255.0, 1.0))
                tone += rim[y, x] * (colours[1, c] - 0.4 * tone)
                tone += max(wrap[y, x], veil) * (colours[2, c] - tone)
                out[y, x, c] = np.uint8(min(max(tone * fall, 0.0), 255.0))
            out[y, x, 3] = picture[y, x, 3]


def _edges(alpha: Any, mood: Mood, reach: float) -> tuple[Any, Any]:
    """Shares (rows, columns) of a rim of light on the right, and of air that bleeds over soft edges, so that nobody
    looks cut out.
    """
    size = (alpha.shape[1], alpha.shape[0])
    half = cv2.resize(alpha, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    soft = cv2.resize(cv2.GaussianBlur(half, (0, 0), reach * 0.015), size, interpolation=cv2.INTER_LINEAR)
    wide = max(reach * 0.028, min(1.3, reach * 0.06))  # on a small figure still a line that can be seen
    shift = np.array([[1, 0, -wide], [0, 1, 0.43 * wide]], np.float64)
    moved = cv2.warpAffine(soft, shift, size, borderMode=cv2.BORDER_REPLICATE)
    rim = np.clip(alpha - moved, 0, 1) * alpha * np.float32(_rim(mood))
    return rim, np.clip(1 - soft, 0, 1) * np.float32(0.16 + 0.16 * mood.haze)


def _rim(mood: Mood) -> float:
    """How much of the rim's light an edge takes: much from a low sun or from lamps, little from a plain day."""
    return 0.20 + 0.30 * mood.lamps + 0.30 * max(0.0, _warmth(mood.rim))


def _shade(alpha: Any, mesh: NDArray[np.float64], reach: float) -> NDArray[np.float32]:
    """How much light the key gives each pixel, about 1 where it looks at the camera; (rows, columns)."""
    step = alpha.shape[0] / RELIEF_ROWS
    size = (max(8, round(alpha.shape[1] / step)), RELIEF_ROWS)
    small: Any = cv2.resize(alpha, size, interpolation=cv2.INTER_AREA)
    unit = reach / step
    inside = np.pad((small > 0.5).astype(np.uint8), 1, mode="edge")
    away = cv2.distanceTransform(inside, cv2.DIST_L2, 5)[1:-1, 1:-1]
    radius = 0.42 * unit
    depth = np.minimum(away, radius)
    height = 0.62 * np.sqrt(np.maximum(depth * (2 * radius - depth), 0))
    height = cv2.GaussianBlur(height.astype(np.float32), (0, 0), 0.05 * unit)
    height = _with_face(height, mesh / step, unit)
    height = cv2.GaussianBlur(height, (0, 0), 0.028 * unit)
    slope_x, slope_y = (cv2.Sobel(height, cv2.CV_32F, *way, scale=1 / 8) for way in ((1, 0), (0, 1)))
    facing = (-slope_x * KEY[0] - slope_y * KEY[1] + KEY[2]) / np.sqrt(slope_x**2 + slope_y**2 + 1)
    shade = np.clip(facing / KEY[2], 0.30, 1.45)
    shade = cv2.GaussianBlur(shade.astype(np.float32), (0, 0), 0.012 * unit)
    return np.asarray(cv2.resize(shade, (alpha.shape[1], alpha.shape[0]), interpolation=cv2.INTER_CUBIC), np.float32)


def _with_face(height: Any, mesh: NDArray[np.float64], unit: float) -> Any:
    """The face's mesh as relief, joined to the cushion along its oval."""
    field = np.zeros((*height.shape, 2), np.float32)
    relief = np.stack([-mesh[:, 2], np.ones(len(mesh))], axis=1).astype(np.float32)
    triangles = topology.triangles()
    face = np.ascontiguousarray(triangles[(triangles < topology.MESH).all(axis=1)])
    kernels.raster_inverse(face, np.ascontiguousarray(mesh[:, :2].astype(np.float32)), relief, field)
    cover: Any = (field[..., 1] > 0.5).astype(np.float32)
    rim = np.round(mesh[list(topology.OVAL), :2]).astype(int)
    rim = np.clip(rim, 0, (height.shape[1] - 1, height.shape[0] - 1))
    base = float(height[rim[:, 1], rim[:, 0]].mean() - relief[list(topology.OVAL), 0].mean())
    core = cv2.erode(cover, np.ones((3, 3), np.uint8), iterations=max(1, int(0.10 * unit)))
    inner = cv2.GaussianBlur(core, (0, 0), 0.07 * unit)
    return height + (0.85 * field[..., 0] + base - height) * inner * cover
