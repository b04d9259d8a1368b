"""Cloth on a drawn body: its tones under the key light, folds, edges, buttons, knit, and the trace of its weave."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from generation_service.previs.brush import Colour, Point, fill, mix, smooth, stroke, times
from generation_service.previs.cast.looks import LIGHT

CLOTH_SHADE: Colour = (120, 112, 134)


@dataclass(frozen=True)
class Cloth:
    """A fabric's tones: lit, its own, in shade, in the deepest folds, and the bright line of an edge."""

    lit: Colour
    mid: Colour
    dark: Colour
    deep: Colour
    edge: Colour


@lru_cache(maxsize=128)
def cloth_of(colour: Colour) -> Cloth:
    """The tones of a fabric of a colour; dark ones keep enough light to show their form."""
    bright = sum(colour) / 765
    lit = mix(colour, LIGHT, 0.20 + 0.06 * (1 - bright))
    dark = mix(colour, times(colour, CLOTH_SHADE), 0.86)
    return Cloth(lit, mix(colour, LIGHT, 0.03), dark, times(dark, CLOTH_SHADE), mix(colour, LIGHT, 0.40))


def fold(canvas: Any, cloth: Cloth, points: Sequence[Point], width: float, strength: float) -> None:
    """A fold: a soft valley and the ridge above it that takes the light."""
    valley = smooth(list(points), close=False)
    canvas.drawPath(valley, stroke(cloth.deep, width, strength, blur=width * 0.62))
    ridge = smooth([(x - 3, y - width * 0.95) for x, y in points], close=False)
    canvas.drawPath(ridge, stroke(cloth.edge, width * 0.6, strength * 0.55, blur=width * 0.42))


def piece(canvas: Any, path: Any, cloth: Cloth, paint: Any, *, lift: float = 10.0) -> None:
    """A piece that lies on the garment: its shadow, itself, the dark line around and the light on its edge."""
    canvas.drawPath(path, fill((4, 3, 10), 0.42, blur=lift))
    canvas.drawPath(path, paint)
    canvas.drawPath(path, stroke(cloth.deep, 2.6, 0.6))
    canvas.save()
    canvas.clipPath(path, True)
    canvas.translate(2.5, 3)
    canvas.drawPath(path, stroke(cloth.edge, 4, 0.34, blur=1.2))
    canvas.restore()


def seam(canvas: Any, cloth: Cloth, points: Sequence[Point], width: float = 4.0, strength: float = 0.75) -> None:
    """A sewn line, with a little light beside it."""
    line = list(points)
    canvas.drawPath(smooth(line, close=False), stroke(cloth.deep, width, strength, blur=0.8))
    canvas.drawPath(
        smooth([(x - width, y) for x, y in line], close=False), stroke(cloth.edge, width * 0.7, strength * 0.35, blur=1)
    )


def button(canvas: Any, at: Point, radius: float, tone: Colour) -> None:
    """A sewn-on button."""
    canvas.drawCircle(at[0] + 2, at[1] + 3, radius * 1.1, fill((4, 3, 8), 0.5, blur=3))
    canvas.drawCircle(at[0], at[1], radius, fill(mix(tone, (0, 0, 0), 0.25)))
    canvas.drawCircle(at[0] - 1, at[1] - 1.5, radius * 0.8, fill(tone))
    canvas.drawCircle(at[0] - radius * 0.3, at[1] - radius * 0.35, radius * 0.34, fill((255, 250, 240), 0.45, blur=1.5))


def ribs(canvas: Any, cloth: Cloth, top: Sequence[Point], low: Sequence[Point]) -> None:
    """Knitted ribs from a row of points to another of as many."""
    for a, b in zip(top, low, strict=True):
        canvas.drawLine(a[0], a[1], b[0], b[1], stroke(cloth.deep, 4.2, 0.42, blur=1.4))
        canvas.drawLine(a[0] - 5, a[1], b[0] - 5, b[1], stroke(cloth.edge, 3.2, 0.26, blur=1.2))


def fabric(canvas: Any, rng: np.random.Generator, box: tuple[float, float, float, float], detail: float) -> None:
    """A trace of weave so that large areas are not flat; ``box`` left, top, right, bottom."""
    left, top, right, bottom = box
    count = int(560 * detail * (right - left) * (bottom - top) / 1.3e6)
    for _ in range(count):
        x, y = rng.uniform(left, right), rng.uniform(top, bottom)
        tone = (255, 255, 255) if rng.random() < 0.5 else (0, 0, 0)
        canvas.drawLine(
            float(x), float(y), float(x + rng.normal(0, 5)), float(y + rng.uniform(6, 20)), stroke(tone, 1.4, 0.036)
        )
