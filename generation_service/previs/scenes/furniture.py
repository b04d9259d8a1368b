"""What sets share beside rooms in perspective: surfaces in a room's light, and the land that passes windows."""

from typing import Any

import numpy as np
import skia

from generation_service.contract.shots import Place
from generation_service.previs.brush import Colour, Point, blob, fill, linear, mix, poly, rgb, stroke, times
from generation_service.previs.scenes.city import LAMP
from generation_service.previs.scenes.layers import Motion
from generation_service.previs.scenes.light import TIMES, Mood
from generation_service.previs.scenes.nature import LEFT, RIGHT

Box = tuple[float, float, float, float]


def in_light(colour: Colour, mood: Mood) -> Colour:
    """A surface under the light of the room."""
    return times(colour, mood.ambient)


def rect(box: Box) -> Any:
    """A box as skia's rectangle."""
    return skia.Rect.MakeLTRB(*box)


def slab(canvas: Any, box: Box, tone: Colour, *, round_: float = 8.0) -> None:
    """A lit block: brighter above left, darker below right."""
    ramp = [(mix(tone, (255, 248, 236), 0.22), 1), (tone, 1), (mix(tone, (4, 4, 10), 0.38), 1)]
    shape = skia.RRect.MakeRectXY(rect(box), round_, round_)
    canvas.drawRRect(shape, fill(shader=linear((box[0], box[1]), (box[2], box[3]), ramp)))


def ride(canvas: Any, place: Place, rng: np.random.Generator, rows: tuple[float, float], *, city: bool) -> None:
    """The land that passes the windows of something that drives: far hills slowly, trees or house fronts fast.
    ``rows`` are the windows' upper and lower edge.
    """
    outside = TIMES[place.time_of_day]
    start, end = canvas.extent
    period, top, low = end - start, rows[0] - 40, rows[1] + 40
    canvas.outside.drawPaint(
        fill(shader=linear((0, top), (0, low), [(outside.zenith, 1), (outside.horizon, 1)], [0.0, 0.8]))
    )
    for depth, speed, base, tall, tone, far in (
        (0.95, 0.06, low - 150, 90.0, "#5f7080", 0.6), (0.9, 0.30, low - 60, 60.0, "#4d6a45", 0.2),
    ):  # fmt: skip
        canvas.layer(depth, motion=Motion(drift=speed))
        canvas.save()
        canvas.clipRect(rect((LEFT * 3, top, RIGHT * 3, low)), True)
        waves = [(k, float(rng.uniform(0, 6.3)), float(rng.uniform(0.3, 1)) / k) for k in (1, 2, 3, 5, 8)]
        xs = np.linspace(start, end, 90)
        ys = base - tall * sum(a * np.sin(2 * np.pi * k * (xs - start) / period + p) for k, p, a in waves) * 0.5
        line = [(float(x), float(y)) for x, y in zip(xs, ys, strict=True)]
        colour = mix(times(rgb(tone), outside.ambient), outside.air, far)
        canvas.drawPath(poly([*line, (end, low), (start, low)]), fill(colour))
        for _ in range(34 if depth < 0.93 else 0):
            x, size = float(rng.uniform(start, end)), float(rng.uniform(0.6, 1.2))
            for shift in (-period, 0.0, period):
                if city:
                    _passing_house(canvas, (x + shift, low), size, outside, int(x))
                else:
                    blob(
                        canvas,
                        (x + shift, low - 70 * size),
                        (46 * size, 56 * size),
                        mix(colour, (12, 26, 14), 0.35),
                        1.0,
                        blur=3,
                    )
                    canvas.drawLine(
                        x + shift, low, x + shift, low - 60 * size, stroke(mix(colour, (20, 14, 10), 0.6), 9)
                    )
        canvas.restore()


def _passing_house(canvas: Any, foot: Point, size: float, outside: Mood, number: int) -> None:
    x, y = foot
    wide, tall = 120 * size, 230 * size
    tone = times(rgb(("#7d6a5f", "#5b6675", "#8a7462")[number % 3]), outside.ambient)
    canvas.drawRect(rect((x, y - tall, x + wide, y)), fill(tone))
    for k in range(12):
        lit = (number * 7 + k * 5) % 3 == 0 and outside.lamps > 0.3
        pane = LAMP if lit else mix(tone, (10, 14, 26), 0.5)
        left, top = x + wide * (0.14 + 0.29 * (k % 3)), y - tall * (0.92 - 0.24 * (k // 3))
        canvas.drawRect(rect((left, top, left + wide * 0.15, top + tall * 0.13)), fill(pane))
