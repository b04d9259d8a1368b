"""The city: streets and roofs, in a 1600 x 900 frame, back to front."""

from typing import Any

import numpy as np
import skia

from generation_service.contract.shots import Place
from generation_service.previs.brush import Colour, Point, blob, fill, linear, mix, poly, rgb, smooth, stroke, times
from generation_service.previs.scenes import nature, textures
from generation_service.previs.scenes.light import Mood, snowy
from generation_service.previs.scenes.nature import LEFT, LOW, RIGHT, H, W

LAMP: Colour = (255, 206, 132)


def in_light(colour: Colour, mood: Mood) -> Colour:
    """A surface under the light of the moment."""
    return times(colour, mood.ambient)


def far_off(colour: Colour, mood: Mood, distance: float) -> Colour:
    """A surface seen through air: 0 near .. 1 far."""
    return mix(in_light(colour, mood), mood.air, min(0.96, distance * (0.55 + 0.45 * mood.haze)))


def ground(colour: str, place: Place, mood: Mood) -> Colour:
    """The ground's colour, under snow where it snows."""
    base = mix(rgb(colour), (236, 240, 246), 0.85) if snowy(place) else rgb(colour)
    return in_light(base, mood)


def block(
    canvas: Any,
    box: tuple[float, float, float, float],
    tone: Colour,
    mood: Mood,
    rng: np.random.Generator,
    *,
    pitch: float,
    far: float,
) -> None:
    """A building front: wall gradient, cornice, rows of windows of which some are lit."""
    left, top, right, bottom = box
    canvas.drawRect(
        skia.Rect.MakeLTRB(*box),
        fill(
            shader=linear(
                (left, top),
                (right, bottom),
                [(mix(tone, mood.horizon, 0.12), 1), (tone, 1), (mix(tone, (8, 10, 20), 0.22), 1)],
            )
        ),
    )
    canvas.drawRect(skia.Rect.MakeLTRB(left - 3, top - 5, right + 3, top + 6), fill(mix(tone, mood.horizon, 0.25)))
    glass = mix(mix(tone, (16, 22, 36), 0.55), mood.air, far * 0.5)
    y = top + pitch * 0.8
    while y < bottom - pitch * 0.7:
        x = left + pitch * 0.35
        while x < right - pitch * 0.55:
            on = rng.random() < 0.42 * mood.lamps
            pane = (
                mix(LAMP, (255, 236, 196), float(rng.random()))
                if on
                else mix(glass, mood.zenith, float(rng.uniform(0, 0.4)))
            )
            pane = mix(pane, mood.air, far * 0.4)
            canvas.drawRect(
                skia.Rect.MakeLTRB(x, y, x + pitch * 0.42, y + pitch * 0.58),
                fill(pane, 0.55 + 0.45 * float(rng.random()) if on else 0.8),
            )
            canvas.drawLine(
                x - 1,
                y + pitch * 0.62,
                x + pitch * 0.45,
                y + pitch * 0.62,
                stroke(mix(tone, mood.horizon, 0.3), max(1, pitch * 0.05), 0.6),
            )
            x += pitch * 0.72
        y += pitch


def skyline(
    canvas: Any, mood: Mood, rng: np.random.Generator, *, base: float, spec: tuple[float, float, float], far: float
) -> None:
    """A row of buildings; ``spec`` is least height, most height, window pitch."""
    x = -420.0
    walls = ("#6e6a72", "#8a6d5f", "#7c7f86", "#5b6675", "#94806c")
    while x < W + 420:
        wide = float(rng.uniform(60, 150)) * (0.6 + 0.7 * (1 - far))
        tall = float(rng.uniform(spec[0], spec[1]))
        tone = far_off(rgb(walls[int(rng.integers(len(walls)))]), mood, far)
        block(canvas, (x, base - tall, x + wide, base + 20), tone, mood, rng, pitch=spec[2], far=far)
        if rng.random() < 0.35:
            canvas.drawLine(
                x + wide / 2, base - tall, x + wide / 2, base - tall - float(rng.uniform(20, 60)), stroke(tone, 2.5)
            )
        x += wide + float(rng.uniform(0, 12))


def rooftop(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A flat roof above the city: three rows of skyline, parapet, water tank, string of bulbs."""
    nature.sky(canvas, mood, rng, horizon=600, clouds=0.8)
    rows = ((560, (90, 250, 12), 0.8, 0.94), (600, (90, 260, 17), 0.5, 0.84), (680, (60, 190, 25), 0.22, 0.70))
    for base, spec, far, depth in rows:
        canvas.layer(depth)
        skyline(canvas, mood, rng, base=base, spec=spec, far=far)
        nature.fog_bank(canvas, mood, base, 110, 0.30 + 0.3 * mood.haze)
    canvas.layer(0.34)
    _tank(canvas, (1300, 690), mood)
    _roof(canvas, place, mood, rng)
    canvas.layer(0.15)
    wire = [(-20.0, 250.0), (300.0, 330.0), (640.0, 262.0), (980.0, 338.0), (1320.0, 262.0), (1640.0, 320.0)]
    canvas.drawPath(smooth(wire, close=False), stroke((20, 20, 26), 2, 0.8))
    if mood.lamps > 0.3:
        for k in range(22):
            x = -10 + k * 76.0
            y = float(np.interp(x, [p[0] for p in wire], [p[1] for p in wire])) + 12
            blob(canvas, (x, y), (7, 8), (255, 232, 180), 1.0, blur=1.5)
            blob(canvas, (x, y), (34, 34), LAMP, 0.30, blur=14)


def _roof(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """The roof's felt in its seams, the parapet, a stair house, pipes, an aerial."""
    roof, dark = ground("#6f6a68", place, mood), in_light((88, 80, 82), mood)
    canvas.layer(0.26, ground=True)
    felt = skia.Rect.MakeLTRB(LEFT, 734, RIGHT, LOW)
    ramp = [(mix(roof, mood.air, 0.2), 1), (roof, 1), (mix(roof, mood.shade, 0.45), 1)]
    canvas.drawRect(felt, fill(shader=linear((0, 734), (0, H + 30), ramp, [0, 0.35, 1])))
    whole = skia.Path()
    whole.addRect(felt)
    tones = (mix(roof, mood.shade, 0.6), mix(roof, mood.sun, 0.4))
    textures.relief(canvas, whole, "tar", tones, top=734, seed=place.seed)
    for k in range(-14, 16):
        canvas.drawLine(800 + k * 130, 736, 800 + k * 560, LOW, stroke(tones[0], 3, 0.45))
    face = linear((0, 606), (0, 740), [(mix(dark, mood.horizon, 0.22), 1), (mix(dark, (6, 6, 14), 0.35), 1)])
    canvas.drawRect(skia.Rect.MakeLTRB(LEFT, 612, RIGHT, 740), fill(shader=face))
    for row in range(6):
        y = 632 + 18 * row
        canvas.drawLine(LEFT, y, RIGHT, y, stroke((10, 8, 14), 1.6, 0.3))
        for x in np.arange(LEFT + 22 * (row % 2), RIGHT, 44.0):
            canvas.drawLine(x, y - 18, x, y, stroke((10, 8, 14), 1.4, 0.26))
    cap = linear((0, 596), (0, 618), [(mix(dark, mood.sun, 0.5), 1), (mix(dark, mood.horizon, 0.2), 1)])
    canvas.drawRect(skia.Rect.MakeLTRB(LEFT, 596, RIGHT, 618), fill(shader=cap))
    canvas.drawRect(skia.Rect.MakeLTRB(LEFT, 740, RIGHT, 752), fill((6, 6, 14), 0.4, blur=5))
    _stair_house(canvas, mood)
    for x, tall in ((470, 120), (505, 96)):
        canvas.drawLine(x, 800, x, 800 - tall, stroke(mix(dark, (10, 10, 18), 0.3), 20))
        canvas.drawLine(x + 6, 798, x + 6, 800 - tall, stroke(mix(dark, mood.rim, 0.4), 4, 0.8))
        canvas.drawOval(skia.Rect.MakeLTRB(x - 18, 790 - tall, x + 18, 808 - tall), fill(mix(dark, mood.rim, 0.3)))


def _stair_house(canvas: Any, mood: Mood) -> None:
    """A small house with a door and a lamp at the left."""
    wall = in_light(rgb("#8a6a58"), mood)
    ramp = linear((-60, 0), (250, 0), [(mix(wall, (6, 6, 14), 0.45), 1), (mix(wall, mood.rim, 0.15), 1)])
    canvas.drawRect(skia.Rect.MakeLTRB(-400, 320, 236, 806), fill(shader=ramp))
    canvas.drawRect(skia.Rect.MakeLTRB(-400, 304, 250, 328), fill(mix(wall, mood.sun, 0.25)))
    canvas.drawRect(skia.Rect.MakeLTRB(52, 420, 186, 804), fill(in_light((64, 72, 78), mood)))
    canvas.drawRect(skia.Rect.MakeLTRB(52, 420, 186, 804), stroke((12, 12, 18), 6))
    canvas.drawCircle(168, 620, 7, fill(in_light((200, 190, 150), mood)))
    canvas.drawRect(skia.Rect.MakeLTRB(104, 376, 134, 394), fill((30, 30, 36)))
    if mood.lamps > 0.3:
        blob(canvas, (119, 396), (14, 9), (255, 248, 224), 1.0, blur=2)
        blob(canvas, (119, 430), (150, 140), LAMP, 0.42 * mood.lamps, blur=46)
        blob(canvas, (160, 812), (240, 44), LAMP, 0.5 * mood.lamps, blur=22)


def _tank(canvas: Any, foot: Point, mood: Mood) -> None:
    x, y = foot
    wood = far_off((104, 76, 58), mood, 0.12)
    for dx in (-46, -16, 16, 46):
        canvas.drawLine(x + dx, y, x + dx * 0.85, y - 130, stroke(mix(wood, (20, 16, 18), 0.5), 7))
    canvas.drawRect(
        skia.Rect.MakeLTRB(x - 70, y - 270, x + 70, y - 124),
        fill(
            shader=linear(
                (x - 70, 0), (x + 70, 0), [(mix(wood, mood.rim, 0.2), 1), (wood, 1), (mix(wood, (10, 8, 12), 0.5), 1)]
            )
        ),
    )
    canvas.drawPath(poly([(x - 80, y - 268), (x, y - 330), (x + 80, y - 268)]), fill(mix(wood, (30, 26, 30), 0.4)))
