"""Teeth, gums, tongue and cavity as painted layers: a dental arch seen from the front, ever darker towards the back."""

from functools import lru_cache
from typing import Any

import numpy as np
import skia

from generation_service.previs.brush import Image, blob, fill, linear, mix, pixels, smooth, stroke, surface

WIDE, TALL, UNIT = 320, 260, 280.0
# Half of each row from the middle out: width, height (pixels of the layer, the mouth being UNIT wide).
UPPER = ((35, 60), (27, 55), (26, 58), (20, 52), (16, 48), (13, 44), (10, 40))
LOWER = ((21, 46), (22, 46), (23, 48), (20, 45), (17, 42), (14, 40), (11, 38))
DEPTH = (1.0, 0.95, 0.84, 0.66, 0.48, 0.34, 0.24)
ENAMEL, NECK, EDGE = (228, 211, 187), (196, 164, 136), (212, 200, 184)
GUM, GAP = (176, 98, 96), (98, 62, 54)


@lru_cache(maxsize=1)
def cavity() -> Image:
    """The dark behind everything, warmer towards the throat's floor."""
    made = surface(WIDE, TALL)
    ramp = [((40, 14, 16), 1.0), ((62, 23, 25), 1.0), ((92, 38, 37), 1.0)]
    made.getCanvas().drawPaint(fill(shader=linear((0, 40), (0, TALL), ramp)))
    return pixels(made)


@lru_cache(maxsize=1)
def tongue() -> Image:
    """The resting tongue: a broad back with a groove and a wet light."""
    made = surface(WIDE, TALL)
    canvas = made.getCanvas()
    path = smooth([(66, 250), (80, 150), (160, 120), (240, 150), (254, 250)])
    ramp = [((92, 38, 42), 1.0), ((158, 84, 84), 1.0), ((150, 74, 76), 1.0), ((104, 44, 48), 1.0)]
    canvas.drawPath(path, fill(shader=linear((0, 112), (0, 240), ramp, [0.0, 0.42, 0.62, 1.0]), blur=6))
    blob(canvas, (146, 176), (46, 8), (226, 158, 154), 0.30, blur=10)
    blob(canvas, (88, 190), (16, 40), (84, 30, 36), 0.5, blur=12)
    blob(canvas, (232, 190), (16, 40), (84, 30, 36), 0.5, blur=12)
    canvas.drawPath(smooth([(160, 140), (158, 176), (160, 230)], close=False), stroke((104, 42, 48), 7, 0.28, blur=6))
    return pixels(made)


@lru_cache(maxsize=1)
def tip() -> Image:
    """The tip raised to the upper teeth, as for l, th, d, t and n: its upper face lit, its underside dark."""
    made = surface(WIDE, TALL)
    canvas = made.getCanvas()
    path = smooth([(84, 170), (92, 60), (124, 26), (160, 18), (196, 26), (228, 60), (236, 170)])
    ramp = [((190, 102, 100), 1.0), ((112, 46, 52), 1.0)]
    canvas.drawPath(path, fill(shader=linear((0, 14), (0, 150), ramp), blur=2.5))
    blob(canvas, (150, 40), (34, 6), (240, 178, 172), 0.42, blur=6)
    return pixels(made)


@lru_cache(maxsize=2)
def row(*, upper: bool) -> Image:
    """One row of teeth with its gum. Upper teeth hang down from row 0, lower ones stand up from row 34."""
    made = surface(WIDE, TALL)
    canvas = made.getCanvas()
    sizes, base = (UPPER, 0.0) if upper else (LOWER, 34.0)
    _gum(canvas, upper=upper)
    edges: list[tuple[float, float, float]] = []
    for side in (-1, 1):
        x = 0.0
        for (width, tall), depth in zip(sizes, DEPTH, strict=True):
            rise = (1 - depth) * (10 if upper else 8)
            _tooth(canvas, (160 + side * (x + width / 2), base), (width, tall - rise), depth, upper=upper)
            x += width
            edges.append((160 + side * x, tall - rise, depth))
        edges.append((160.0, sizes[0][1], 1.0))
    for x, long, depth in edges:  # the shaded gap between neighbours
        top, end = (base - 26, base + long - 7) if upper else (base + 7, base + long + 20)
        canvas.drawPath(smooth([(x, top), (x, end)], close=False), stroke(GAP, 1.3, 0.20 * depth, blur=0.9))
    return _sides(pixels(made))


def _tooth(canvas: Any, at: tuple[float, float], size: tuple[float, float], depth: float, *, upper: bool) -> None:
    (x, base), (width, tall) = at, size
    half = width / 2 - 0.3
    enamel, neck, edge = (mix((64, 34, 32), tone, depth * (1.0 if upper else 0.84)) for tone in (ENAMEL, NECK, EDGE))
    if upper:
        top, low = base - 28, base + tall
        path = smooth([
            (x - half * 0.84, top), (x - half, low - 0.45 * tall), (x - half * 0.97, low - 5), (x - half * 0.62, low),
            (x + half * 0.62, low), (x + half * 0.97, low - 5), (x + half, low - 0.45 * tall), (x + half * 0.84, top),
        ], tension=0.8)  # fmt: skip
        ramp, stops = [(neck, 1.0), (enamel, 1.0), (enamel, 1.0), (edge, 1.0)], [0.0, 0.35, 0.86, 1.0]
    else:
        top, low = base, base + tall + 24
        path = smooth([
            (x - half * 0.80, low), (x - half, top + 0.4 * tall), (x - half * 0.95, top + 4), (x - half * 0.6, top),
            (x + half * 0.6, top), (x + half * 0.95, top + 4), (x + half, top + 0.4 * tall), (x + half * 0.80, low),
        ], tension=0.8)  # fmt: skip
        ramp, stops = [(edge, 1.0), (enamel, 1.0), (enamel, 1.0), (neck, 1.0)], [0.0, 0.14, 0.5, 1.0]
    canvas.drawPath(path, fill(shader=linear((0, top), (0, low), ramp, stops), blur=0.6))
    middle = (base + 0.42 * tall) if upper else (base + 0.30 * tall)
    blob(canvas, (x - 0.16 * half, middle), (0.24 * half, 0.20 * tall), (255, 252, 246), 0.30 * depth**2, blur=3.2)


def _gum(canvas: Any, *, upper: bool) -> None:
    dark = mix(GUM, (60, 22, 24), 0.4)
    if upper:
        canvas.drawRect(skia.Rect.MakeLTRB(30, -20, 290, -2), fill(dark, 1.0, blur=2))
    else:
        path = smooth([(44, 104), (90, 88), (160, 84), (230, 88), (276, 104), (276, 200), (44, 200)])
        canvas.drawPath(path, fill(shader=linear((0, 84), (0, 160), [(GUM, 1.0), (dark, 1.0)]), blur=3))


def _sides(picture: Image) -> Image:
    """The arch bends away: both ends of a row sink into the dark of the cheek."""
    x = np.abs(np.arange(WIDE, dtype=np.float32) - WIDE / 2) / (UNIT / 2)
    fall = 1 - 0.42 * np.clip((x - 0.45) / 0.55, 0, 1) ** 1.5
    out = picture.astype(np.float32)
    out[..., :3] *= fall[None, :, None]
    return np.clip(out, 0, 255).astype(np.uint8)
