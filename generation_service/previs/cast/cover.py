"""Hair that is no curtain of strands: clouds of curls, and the scarf that covers it. Coordinates as in ``head``."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from generation_service.previs.brush import Colour, Point, fill, linear, mix, oval, smooth, stroke, times
from generation_service.previs.cast.head import chin_y
from generation_service.previs.cast.looks import LIGHT, Look

DEEP: Colour = (120, 104, 112)


def tones(look: Look) -> list[Colour]:
    """Shadow, local and light tones of the hair, greyed by age."""
    base = mix(look.hair, (196, 194, 192), look.grey * 0.6)
    light = mix(base, (255, 214, 160), 0.28)
    return [times(base, DEEP), base, base, mix(base, light, 0.6), light]


def as_points(points: Sequence[Point]) -> Any:
    """Points as an (n, 2) array."""
    return np.array(points, dtype=np.float64)


def flipped(points: list[Point]) -> list[Point]:
    """The same points mirrored to the other side."""
    return [(-x, y) for x, y in points]


def draw_curls(canvas: Any, look: Look, rng: np.random.Generator, radius: float, *, behind: bool) -> None:
    """A cloud of small curls, lit from the upper left; in front only above the hairline."""
    t = tones(look)
    if behind:
        canvas.drawOval(oval(0, -126, radius * 0.93, radius * 0.90), fill(t[0], blur=5))
    for _ in range(int((1900 if behind else 1500) * look.detail)):
        a, r = rng.uniform(0, 2 * np.pi), radius * np.sqrt(rng.uniform(0.02, 1.0))
        x, y = r * np.cos(a), -126 + r * np.sin(a) * 0.95
        if not behind and (y > -176 + 0.0042 * x * x or abs(x) > 262):
            continue
        size = rng.uniform(7, 15)
        lit = 0.42 - 0.34 * (x / radius) - 0.42 * (y + 126) / radius
        tone = mix(t[0], t[4], float(np.clip(lit + rng.normal(0, 0.16), 0, 1)))
        curl = [
            (x + size * np.cos(k * 1.25 + a) * (1 - k * 0.13), y + size * np.sin(k * 1.25 + a) * (1 - k * 0.13))
            for k in range(6)
        ]
        canvas.drawPath(smooth(curl, close=False), stroke(tone, float(rng.uniform(2.5, 5)), 0.8))


def draw_curly(canvas: Any, look: Look, rng: np.random.Generator) -> None:
    """Curls over the forehead, from the hairline up."""
    hairline: list[Point] = [
        (-208, -10),
        (-198, -92),
        (-158, -150),
        (-80, -182),
        (0, -190),
        (80, -182),
        (158, -150),
        (198, -92),
        (208, -10),
    ]
    crown: list[Point] = [
        (-250, -20),
        (-290, -150),
        (-240, -300),
        (-120, -390),
        (0, -412),
        (120, -390),
        (240, -300),
        (290, -150),
        (250, -20),
    ]
    t = tones(look)
    canvas.drawPath(smooth([*crown, *hairline[::-1]]), fill((20, 8, 6), 0.3, blur=14))
    canvas.drawPath(smooth([*crown, *hairline[::-1]]), fill(t[0], 0.95, blur=7))
    draw_curls(canvas, look, rng, 318, behind=False)


def draw_scarf_back(canvas: Any, look: Look) -> None:
    """The scarf behind the head and over the shoulders."""
    y = chin_y(look)
    half: list[Point] = [(0, -352), (160, -322), (252, -190), (262, 20), (238, 180), (236, y + 40), (214, y + 150)]
    path = smooth([*half, (0, y + 250), *flipped(half[1:])[::-1]])
    canvas.drawPath(path, fill(times(look.hair, DEEP)))


def draw_scarf(canvas: Any, look: Look, rng: np.random.Generator) -> None:
    """The scarf around the face, with its folds."""
    y = chin_y(look)
    outer: list[Point] = [
        (0, -356),
        (164, -326),
        (254, -192),
        (258, 20),
        (226, 210),
        (196, y + 60),
        (150, y + 190),
        (0, y + 260),
    ]
    inner: list[Point] = [
        (0, -206),
        (112, -192),
        (172, -112),
        (186, 10),
        (172, 130),
        (128 * look.jaw, 236),
        (60, y - 4),
        (0, y + 16),
    ]
    light, dark = mix(look.hair, LIGHT, 0.3), times(look.hair, DEEP)
    across = linear((-250, -250), (250, 200), [(light, 1.0), (look.hair, 1.0), (dark, 1.0)])
    for side in (-1, 1):
        path = smooth([*[(side * x, yy) for x, yy in outer], *[(side * x, yy) for x, yy in inner[::-1]]], tension=0.85)
        canvas.drawPath(path, fill((10, 6, 12), 0.45, blur=12))
        canvas.drawPath(path, fill(shader=across))
        a, b = as_points([(side * x, yy) for x, yy in outer]), as_points([(side * x, yy) for x, yy in inner])
        for k in range(7):
            u = 0.12 + k * 0.13 + rng.normal(0, 0.015)
            fold = a * (1 - u) + b * u
            canvas.drawPath(
                smooth([(float(px), float(py)) for px, py in fold], close=False), stroke(dark, 9, 0.26, blur=5)
            )
            fold = fold + np.array([-6, -3])
            canvas.drawPath(
                smooth([(float(px), float(py)) for px, py in fold], close=False), stroke(light, 5, 0.30, blur=3)
            )
    _drape(canvas, look, y)


def _drape(canvas: Any, look: Look, y: float) -> None:
    """The end of the scarf, laid over neck and collar from one shoulder to the other."""
    light, dark = mix(look.hair, LIGHT, 0.26), times(look.hair, DEEP)
    path = smooth([
        (-206, y - 46), (-150, y + 22), (-50, y + 62), (60, y + 58), (160, y + 8), (208, y - 60), (228, y + 70),
        (196, y + 164), (96, y + 244), (-30, y + 268), (-140, y + 226), (-214, y + 128), (-232, y + 30),
    ])  # fmt: skip
    canvas.drawPath(path, fill((6, 4, 10), 0.45, blur=12))
    canvas.drawPath(path, fill(shader=linear((-210, y - 40), (190, y + 240), [(light, 1), (look.hair, 1), (dark, 1)])))
    canvas.save()
    canvas.clipPath(path, True)
    for k in range(5):
        sag = 52.0 * k
        fold = [
            (-236, y + 4 + 0.5 * sag),
            (-90, y + 92 + 0.8 * sag),
            (70, y + 76 + 0.9 * sag),
            (236, y - 40 + 0.6 * sag),
        ]
        canvas.drawPath(smooth(fold, close=False), stroke(dark, 17, 0.42, blur=9))
        canvas.drawPath(smooth([(px, py - 15) for px, py in fold], close=False), stroke(light, 9, 0.34, blur=6))
    canvas.restore()
