"""What rooms are made of: walls and floor, windows with a view, curtains, lamps, pictures, shelves, plants."""

from typing import Any

import numpy as np
import skia

from generation_service.contract.shots import Place
from generation_service.previs.brush import (
    Colour,
    Point,
    blob,
    fill,
    linear,
    mix,
    oval,
    poly,
    rgb,
    smooth,
    stroke,
    times,
)
from generation_service.previs.scenes import nature
from generation_service.previs.scenes.city import LAMP, skyline
from generation_service.previs.scenes.layers import Motion
from generation_service.previs.scenes.light import TIMES, Mood
from generation_service.previs.scenes.nature import LEFT, LOW, RIGHT, H, W

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


def shell(canvas: Any, mood: Mood, wall: Colour, floor: Colour, *, base: float = 690) -> None:
    """Back wall, ceiling shade, floor with boards running to the viewer, skirting."""
    lit = in_light(wall, mood)
    canvas.layer(0.6)
    canvas.wall()
    canvas.drawPaint(
        fill(
            shader=linear(
                (0, 0), (W, base), [(mix(lit, (255, 255, 255), 0.12), 1), (lit, 1), (mix(lit, (10, 8, 14), 0.28), 1)]
            )
        )
    )
    canvas.drawRect(
        rect((LEFT, -900, RIGHT, 120)), fill(shader=linear((0, 0), (0, 120), [((0, 0, 0), 0.22), ((0, 0, 0), 0.0)]))
    )
    ground = in_light(floor, mood)
    canvas.layer(0.55, ground=True)
    canvas.drawRect(
        rect((LEFT, base, RIGHT, LOW)),
        fill(shader=linear((0, base), (0, H), [(mix(ground, (8, 6, 8), 0.35), 1), (ground, 1)])),
    )
    for k in range(-24, 25):
        x, spread = W / 2 + k * 70, 80 * (LOW - base) / (H + 10 - base)
        canvas.drawLine(x, base, x + k * spread, LOW, stroke(mix(ground, (10, 6, 6), 0.55), 2.2, 0.5))
    canvas.layer(0.56)
    canvas.drawRect(rect((LEFT, base - 16, RIGHT, base + 2)), fill(mix(lit, (255, 255, 255), 0.2)))


def window(
    canvas: Any, place: Place, mood: Mood, rng: np.random.Generator, box: Box, *, bars: int = 2, city: bool = True
) -> None:
    """A framed view outside and the light it throws into the room."""
    left, top, right, bottom = box
    outside = TIMES[place.time_of_day]
    canvas.hole(box)
    view(canvas.outside, outside, rng, box, city=city)
    _glass(canvas, place, rng, box)
    frame = mix(in_light((226, 220, 210), mood), (40, 30, 30), 0.25)
    canvas.drawRect(rect(box), stroke(frame, 14))
    for k in range(1, bars):
        x = left + (right - left) * k / bars
        canvas.drawLine(x, top, x, bottom, stroke(frame, 9))
    if outside.lamps < 0.6:
        spill = mix(outside.horizon, (255, 255, 255), 0.3)
        canvas.drawPath(
            poly([(left, bottom), (right, bottom), (right + 240, H), (left - 40, H)]),
            fill(shader=linear((0, bottom), (0, H), [(spill, 0.30), (spill, 0.04)]), blur=16),
        )
        blob(
            canvas,
            ((left + right) / 2, (top + bottom) / 2),
            ((right - left) * 0.7, (bottom - top) * 0.7),
            spill,
            0.22,
            blur=70,
        )


def pane(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator, box: Box) -> None:
    """A rounded window of something that drives, with what :func:`ride` has painted behind it."""
    canvas.hole(box)
    _glass(canvas, place, rng, box)
    frame = mix(in_light((226, 220, 210), mood), (40, 30, 30), 0.45)
    canvas.drawRRect(skia.RRect.MakeRectXY(rect(box), 26, 26), stroke(frame, 22))


def _glass(canvas: Any, place: Place, rng: np.random.Generator, box: Box) -> None:
    """A trace of reflection, and drops where it rains."""
    left, top, right, bottom = box
    canvas.drawRect(
        rect(box),
        fill(
            shader=linear(
                (left, top), (right, bottom), [((255, 255, 255), 0.16), ((255, 255, 255), 0.0), ((255, 255, 255), 0.08)]
            )
        ),
    )
    if place.weather in {"rain", "storm"}:
        for _ in range(160):
            x, y = float(rng.uniform(left, right)), float(rng.uniform(top, bottom))
            canvas.drawLine(
                x, y, x - 1, y + float(rng.uniform(5, 26)), stroke((225, 235, 248), 2.2, float(rng.uniform(0.1, 0.5)))
            )


def view(canvas: Any, outside: Mood, rng: np.random.Generator, box: Box, *, city: bool) -> None:
    """What is seen through a window: town or hills under the sky of the hour. Painted a little wider than the window,
    because it moves behind it.
    """
    left, top, right, bottom = box
    canvas.save()
    canvas.clipRect(rect((left - 60, top - 60, right + 60, bottom + 60)), True)
    canvas.translate(left - 300, top - 260 + (bottom - top) * 0.2)
    nature.sky(canvas, outside, rng, horizon=560, clouds=0.5, sun=False)
    if city:
        skyline(canvas, outside, rng, base=640, spec=(60, 240, 16), far=0.7)
        skyline(canvas, outside, rng, base=700, spec=(60, 200, 24), far=0.4)
    else:
        far, near = mix(rgb("#5f7080"), outside.air, 0.5), times(rgb("#4d6a45"), outside.ambient)
        nature.land(canvas, nature.ridge(rng, 520, 160), far, outside.air, depth=200)
        meadow = times(rgb("#6f8a4d"), outside.ambient)
        nature.land(canvas, nature.ridge(rng, 600, 90), mix(near, outside.air, 0.2), meadow, depth=200)
    canvas.restore()


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


def curtain(canvas: Any, mood: Mood, box: Box, tone: Colour) -> None:
    """A curtain in soft folds."""
    x, top, right, bottom = box
    wide = right - x
    lit = in_light(tone, mood)
    for k in range(8):
        a = x + wide * k / 8
        canvas.drawPath(
            smooth([(a, top), (a + wide / 8, top), (a + wide / 7 + 4, bottom), (a - 3, bottom)], tension=0.3),
            fill(
                shader=linear(
                    (a, 0),
                    (a + wide / 8, 0),
                    [(mix(lit, (255, 255, 255), 0.2), 0.96), (mix(lit, (10, 8, 16), 0.35), 0.96)],
                )
            ),
        )


def standing_lamp(canvas: Any, mood: Mood, x: float, top: float, foot: float) -> None:
    """A standing lamp; its glow follows how much lamp light the mood has."""
    canvas.drawLine(x, top, x, foot, stroke((46, 38, 36), 7))
    canvas.drawOval(oval(x, foot, 46, 9), fill((36, 30, 30)))
    shade = poly([(x - 44, top - 60), (x + 44, top - 60), (x + 72, top + 40), (x - 72, top + 40)])
    on = mood.lamps
    canvas.drawPath(
        shade,
        fill(
            shader=linear(
                (0, top - 60),
                (0, top + 40),
                [(mix((180, 160, 130), (255, 224, 168), on), 1), (mix((140, 120, 96), (255, 240, 204), on), 1)],
            )
        ),
    )
    if on > 0.2:
        blob(canvas, (x, top), (240, 220), LAMP, 0.42 * on, blur=80)
        blob(canvas, (x, top - 90), (130, 90), (255, 226, 170), 0.36 * on, blur=40)


def framed_picture(canvas: Any, mood: Mood, box: Box, rng: np.random.Generator) -> None:
    """A small abstract painting in a frame."""
    left, top, right, bottom = box
    canvas.drawRect(rect((left + 6, top + 8, right + 8, bottom + 10)), fill((0, 0, 0), 0.35, blur=7))
    canvas.drawRect(rect(box), fill(in_light((64, 48, 40), mood)))
    inner = (left + 9, top + 9, right - 9, bottom - 9)
    canvas.drawRect(rect(inner), fill(in_light((226, 216, 198), mood)))
    for _ in range(5):
        tone = in_light((float(rng.uniform(60, 220)), float(rng.uniform(60, 180)), float(rng.uniform(60, 180))), mood)
        blob(
            canvas,
            (float(rng.uniform(left + 30, right - 30)), float(rng.uniform(top + 30, bottom - 30))),
            (26, 20),
            tone,
            0.6,
            blur=5,
        )


def bookcase(canvas: Any, mood: Mood, box: Box, rng: np.random.Generator, *, rows: int) -> None:
    """A bookcase with books of many heights."""
    left, top, right, bottom = box
    wood = in_light((96, 66, 46), mood)
    canvas.drawRect(rect(box), fill(mix(wood, (8, 5, 6), 0.55)))
    tall = (bottom - top) / rows
    for r in range(rows):
        y = top + tall * (r + 1)
        x = left + 8
        while x < right - 16:
            wide, high = float(rng.uniform(8, 22)), tall * float(rng.uniform(0.5, 0.84))
            hue = [(124, 52, 44), (52, 74, 92), (150, 122, 76), (62, 86, 66), (190, 178, 156), (88, 60, 84)][
                int(rng.integers(6))
            ]
            tone = in_light(mix(hue, (70, 60, 54), float(rng.random() * 0.5)), mood)
            if rng.random() < 0.88:
                canvas.drawRect(
                    rect((x, y - high, x + wide, y)),
                    fill(
                        shader=linear(
                            (x, 0),
                            (x + wide, 0),
                            [(mix(tone, (255, 255, 255), 0.14), 1), (mix(tone, (0, 0, 0), 0.3), 1)],
                        )
                    ),
                )
            x += wide + 1.5
        canvas.drawRect(rect((left, y - 2, right, y + 9)), fill(wood))
    canvas.drawRect(rect(box), stroke(wood, 12))


def plant(canvas: Any, mood: Mood, at: Point, tall: float, rng: np.random.Generator) -> None:
    """A potted plant of many leaves."""
    x, foot = at
    pot = in_light((150, 92, 68), mood)
    canvas.drawPath(
        poly([(x - 34, foot - 70), (x + 34, foot - 70), (x + 25, foot), (x - 25, foot)]),
        fill(
            shader=linear(
                (x - 34, 0), (x + 34, 0), [(mix(pot, (255, 255, 255), 0.15), 1), (mix(pot, (0, 0, 0), 0.4), 1)]
            )
        ),
    )
    for _ in range(26):
        a, reach = float(rng.uniform(-1.1, 1.1)), tall * float(rng.uniform(0.5, 1))
        tip = (x + reach * np.sin(a) * 0.8, foot - 70 - reach * np.cos(a * 0.8))
        leaf = smooth(
            [
                (x, foot - 70),
                (x + (tip[0] - x) * 0.5 - 9, (foot - 70 + tip[1]) / 2 - 14),
                tip,
                (x + (tip[0] - x) * 0.5 + 9, (foot - 70 + tip[1]) / 2),
            ]
        )
        canvas.drawPath(leaf, fill(in_light(mix((38, 78, 48), (116, 156, 78), float(rng.random())), mood), 0.95))
