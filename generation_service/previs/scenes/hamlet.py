"""A village: houses with gables and warm windows around a lane, a church, hills; under snow in winter."""

from typing import Any

import numpy as np
import skia

from generation_service.contract.shots import Place
from generation_service.previs.brush import Colour, Point, blob, fill, linear, mix, poly, rgb, smooth, stroke
from generation_service.previs.scenes import nature, plants, textures
from generation_service.previs.scenes.city import LAMP, in_light
from generation_service.previs.scenes.light import Mood, leaves, snowy
from generation_service.previs.scenes.nature import LEFT, LOW, RIGHT, H, W
from generation_service.previs.scenes.skies import is_night, sunglow
from generation_service.previs.scenes.squares import park_lamp
from generation_service.previs.scenes.tones import Tones, aired, lit_pair

WALLS = ("#e6d8bc", "#d8b690", "#cfc8b8", "#b98f72", "#c9a58a")
ROOFS = ("#8e4a38", "#6d5046", "#5b5f6a", "#7a4a3c")


def village(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """Houses along a lane, from far to near, a church tower behind, a lamp, trees at the sides."""
    sun = nature.sky(canvas, mood, rng, horizon=540, clouds=0.8)
    snow = snowy(place)
    for k, (base, high, far) in enumerate(((505.0, 190.0, 0.62), (535.0, 95.0, 0.42))):
        canvas.layer(0.94 - 0.05 * k)
        tones: Tones = ((214, 222, 236), (150, 164, 196)) if snow else ((138, 152, 92), (60, 86, 78))
        line = nature.ridge(rng, base, high, rough=0.42)
        nature.mountains(canvas, mood, line, tones, far=far, snow=0, seed=place.seed % 89 + k, wooded=True)
        wood = aired(lit_pair(rgb("#1f3c36"), rgb("#8a9aa0" if snow else "#6f8f4c"), mood), mood, far)
        for _ in range(70):
            x = float(rng.uniform(-60, W + 60))
            y = float(np.interp(x, [p[0] for p in line], [p[1] for p in line])) + 70 * float(rng.random())
            nature.pine(canvas, (x, y + 8), float(rng.uniform(26, 48)) * (1 + 0.5 * k), wood, rng)
        if not is_night(mood):
            sunglow(canvas, mood, (sun[0], 460.0), 520, 0.3)
    _lane(canvas, place, mood, rng)
    canvas.layer(0.78)
    _church(canvas, place, mood, (1010.0, 566.0), 0.16)
    for depth, base, metre, spots in (
        (0.66, 574.0, 42.0, (-150.0, 150.0, 420.0, 1130.0, 1400.0, 1640.0)),
        (0.5, 598.0, 62.0, (-60.0, 330.0, 1180.0, 1530.0)),
        (0.36, 650.0, 104.0, (-330.0, 1330.0)),
    ):
        canvas.layer(depth)
        for start in spots:
            house(canvas, place, mood, rng, (start + float(rng.normal(0, 14)), base, metre))
    canvas.layer(0.3)
    park_lamp(canvas, mood, (1085.0, 668.0), 430.0)
    _trees(canvas, place, mood, rng)


def _lane(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """The green, or the snow, and the lane with its ruts and footprints."""
    snow = snowy(place)
    turf = lit_pair((196, 210, 238), (252, 252, 255), mood) if snow else lit_pair(rgb("#4d6a38"), rgb("#a8bc60"), mood)
    canvas.layer(0.8, ground=True)
    line = [(LEFT, 566.0), (-20.0, 564.0), (700.0, 556.0), (W + 20.0, 562.0), (RIGHT, 562.0)]
    whole = smooth([*line, (RIGHT, LOW), (LEFT, LOW)], tension=0.35)
    ramp = [(mix(mix(*turf, 0.8), mood.air, 0.3), 1), (mix(*turf, 0.74), 1), (mix(*turf, 0.42), 1)]
    canvas.drawPath(whole, fill(shader=linear((0, 556), (0, H + 40), ramp, [0, 0.35, 1])))
    textures.relief(canvas, whole, "snow" if snow else "grass", turf, top=556, seed=place.seed)
    earth = lit_pair((150, 164, 196), (226, 232, 244), mood) if snow else lit_pair(rgb("#7a5f44"), rgb("#d8bc90"), mood)
    way = smooth(
        [
            (800, 560),
            (836, 560),
            (850, 600),
            (960, 690),
            (1330, H + 60),
            (1900, LOW),
            (-300, LOW),
            (330, H + 60),
            (650, 690),
            (780, 604),
        ],
        tension=0.6,
    )
    canvas.drawPath(way, fill(shader=linear((0, 560), (0, H), [(mix(*earth, 0.7), 1), (mix(*earth, 0.5), 1)]), blur=4))
    textures.relief(canvas, way, "snow" if snow else "earth", earth, top=560, seed=place.seed + 1)
    for x in (-0.55, 0.45):
        rut = [(818, 566), (824, 566), (820 + 560 * x + 34, H + 90), (820 + 560 * x - 34, H + 90)]
        canvas.drawPath(poly(rut), fill(mix(earth[0], (30, 30, 50), 0.2), 0.35, blur=5))
    if snow:
        for k in range(14):
            t = k / 13
            x, y = 860 + 50 * t + (26 * t if k % 2 else -26 * t), 600 + 290 * t**1.5
            canvas.drawOval(
                skia.Rect.MakeLTRB(x - 3 - 10 * t, y - 2 - 4 * t, x + 3 + 10 * t, y + 2 + 4 * t),
                fill(mix(earth[0], (40, 50, 90), 0.35), 0.7, blur=1.5),
            )
    else:
        nature.grass(canvas, (580, H + 20), turf, rng, count=1700)


def _church(canvas: Any, place: Place, mood: Mood, foot: Point, far: float) -> None:
    """Nave and tower with a pointed roof and a clock."""
    x, y = foot
    wall = aired(lit_pair(rgb("#8f8a88"), rgb("#efe4cc"), mood), mood, far)
    roof = aired(lit_pair(rgb("#4a3f48"), rgb("#8a6a5c"), mood), mood, far)
    if snowy(place):
        roof = aired(lit_pair((196, 210, 238), (250, 250, 254), mood), mood, far)
    ramp = [(wall[0], 1), (mix(*wall, 0.5), 1), (wall[1], 1)]
    canvas.drawRect(skia.Rect.MakeLTRB(x - 170, y - 96, x + 10, y + 8), fill(mix(*wall, 0.32)))
    canvas.drawPath(
        poly([(x - 184, y - 94), (x - 150, y - 160), (x + 4, y - 160), (x + 4, y - 94)]), fill(mix(*roof, 0.6))
    )
    tower = skia.Rect.MakeLTRB(x, y - 250, x + 74, y + 8)
    canvas.drawRect(tower, fill(shader=linear((x, 0), (x + 74, 0), ramp)))
    canvas.drawPath(poly([(x - 8, y - 248), (x + 37, y - 400), (x + 37, y - 248)]), fill(mix(*roof, 0.25)))
    canvas.drawPath(poly([(x + 37, y - 248), (x + 37, y - 400), (x + 82, y - 248)]), fill(roof[1]))
    canvas.drawCircle(x + 37, y - 205, 17, fill(mix(in_light((236, 230, 214), mood), LAMP, 0.6 * mood.lamps)))
    canvas.drawLine(x + 37, y - 205, x + 37, y - 217, stroke((30, 28, 32), 2.4))
    canvas.drawLine(x + 37, y - 205, x + 45, y - 201, stroke((30, 28, 32), 2.4))
    for dx in (-140, -95, -50):
        pane = mix((44, 50, 70), (255, 216, 140), mood.lamps)
        canvas.drawRRect(
            skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(x + dx, y - 72, x + dx + 16, y - 24), 8, 8), fill(pane)
        )
    canvas.drawLine(x + 37, y - 400, x + 37, y - 424, stroke(roof[0], 3))
    canvas.drawLine(x + 29, y - 414, x + 45, y - 414, stroke(roof[0], 3))


def house(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator, spot: tuple[float, float, float]) -> None:
    """A house with a pitched roof, chimney, door and windows; ``spot`` is its left foot and how long a metre is."""
    x, y, m = spot
    wide, tall, rise = (
        float(rng.uniform(5.6, 7.4)) * m,
        float(rng.uniform(2.7, 3.4)) * m,
        float(rng.uniform(2.0, 2.8)) * m,
    )
    far = max(0.0, 0.30 - 0.0028 * m)
    tone = rgb(WALLS[int(rng.integers(len(WALLS)))])
    wall = aired(lit_pair(mix(tone, (70, 66, 96), 0.35), tone, mood), mood, far)
    if not is_night(mood):
        plants.cast_shadow(canvas, (x + wide * 0.3, y), wide * 0.5, wide * 0.6, 0.3)
    ramp = linear((x, 0), (x + wide, 0), [(mix(*wall, 0.12), 1), (mix(*wall, 0.48), 1), (mix(*wall, 0.9), 1)])
    canvas.drawRect(skia.Rect.MakeLTRB(x, y - tall, x + wide, y), fill(shader=ramp))
    canvas.drawRect(skia.Rect.MakeLTRB(x, y - 0.4 * m, x + wide, y), fill(mix(*wall, 0.0), 0.5))
    shade = linear((0, y - tall), (0, y - tall + 0.9 * m), [((10, 12, 34), 0.5), ((10, 12, 34), 0.0)])
    canvas.drawRect(skia.Rect.MakeLTRB(x, y - tall, x + wide, y - tall + 0.9 * m), fill(shader=shade))
    _openings(canvas, mood, rng, (x, y, m, wide))
    _roof(canvas, place, (x, y - tall, wide, rise), m, _roof_tones(place, mood, rng, far))
    if mood.lamps > 0.3:
        blob(canvas, (x + wide * 0.5, y + 0.25 * m), (wide * 0.46, 0.5 * m), LAMP, 0.34 * mood.lamps, blur=0.4 * m)


def _roof_tones(place: Place, mood: Mood, rng: np.random.Generator, far: float) -> Tones:
    base = rgb(ROOFS[int(rng.integers(len(ROOFS)))])
    if snowy(place):
        return aired(lit_pair((190, 206, 240), (252, 252, 255), mood), mood, far * 0.6)
    return aired(lit_pair(mix(base, (40, 36, 60), 0.35), mix(base, (255, 220, 180), 0.2), mood), mood, far)


def _openings(canvas: Any, mood: Mood, rng: np.random.Generator, box: tuple[float, float, float, float]) -> None:
    """The door and windows with frames, shutters and the glow of lamps."""
    x, y, m, wide = box
    frame = in_light((226, 214, 194), mood)
    paint = in_light(rgb(("#3f6a6e", "#7a3a34", "#4a6a44")[int(rng.integers(3))]), mood)
    door = x + wide * 0.5
    canvas.drawRect(
        skia.Rect.MakeLTRB(door - 0.5 * m, y - 2.05 * m, door + 0.5 * m, y), fill(mix(paint, (20, 14, 12), 0.35))
    )
    canvas.drawRect(
        skia.Rect.MakeLTRB(door - 0.5 * m, y - 2.05 * m, door + 0.5 * m, y), stroke(frame, max(1.0, 0.08 * m))
    )
    for u in (0.2, 0.8):
        a, b, top, low = x + wide * u - 0.55 * m, x + wide * u + 0.55 * m, y - 2.0 * m, y - 0.95 * m
        on = rng.random() < mood.lamps * 0.92
        pane = (
            mix((255, 206, 120), (255, 238, 190), float(rng.random())) if on else mix((34, 42, 58), mood.horizon, 0.3)
        )
        for s in (a - 0.5 * m, b):
            canvas.drawRect(skia.Rect.MakeLTRB(s, top, s + 0.5 * m, low), fill(paint))
        canvas.drawRect(skia.Rect.MakeLTRB(a, top, b, low), fill(pane))
        canvas.drawRect(skia.Rect.MakeLTRB(a, top, b, low), stroke(frame, max(1.0, 0.08 * m)))
        canvas.drawLine((a + b) / 2, top, (a + b) / 2, low, stroke(frame, max(0.8, 0.05 * m)))
        canvas.drawLine(a, (top + low) / 2, b, (top + low) / 2, stroke(frame, max(0.8, 0.05 * m)))
        if on:
            blob(canvas, ((a + b) / 2, (top + low) / 2), (1.2 * m, 1.1 * m), LAMP, 0.34, blur=0.5 * m)


def _roof(canvas: Any, place: Place, box: tuple[float, float, float, float], m: float, tones: Tones) -> None:
    """A roof with its eaves, rows of tiles or a thick cover of snow, and the chimney with its smoke."""
    x, y, wide, rise = box
    stack = x + wide * 0.72
    brick = mix(tones[0], (110, 60, 50), 0.5)
    canvas.drawRect(skia.Rect.MakeLTRB(stack, y - rise - 0.7 * m, stack + 0.7 * m, y - rise * 0.4), fill(brick))
    canvas.drawRect(
        skia.Rect.MakeLTRB(stack - 0.08 * m, y - rise - 0.9 * m, stack + 0.78 * m, y - rise - 0.65 * m),
        fill(mix(*tones, 0.85)),
    )
    for k in range(5):
        blob(
            canvas,
            (stack + (0.35 + 0.34 * k) * m, y - rise - (1.2 + 0.55 * k) * m),
            ((0.28 + 0.16 * k) * m, (0.24 + 0.1 * k) * m),
            mix(tones[1], (200, 204, 214), 0.3),
            0.30 - 0.05 * k,
            blur=0.2 * m,
        )
    outline = [
        (x - 0.5 * m, y + 0.12 * m),
        (x + wide * 0.16, y - rise),
        (x + wide * 0.84, y - rise),
        (x + wide + 0.5 * m, y + 0.12 * m),
    ]
    ramp = linear(
        (x, y - rise), (x + wide, y), [(mix(*tones, 0.30), 1), (mix(*tones, 0.62), 1), (mix(*tones, 0.95), 1)]
    )
    if snowy(place):
        lower = [
            (x + wide + 0.5 * m - (wide + m) * t, y + (0.12 + 0.16 * (k % 2)) * m)
            for k, t in enumerate(np.linspace(0, 1, 15))
        ]
        canvas.drawPath(smooth([outline[1], outline[2], *lower], tension=0.35), fill(shader=ramp))
        canvas.drawLine(
            x - 0.4 * m, y + 0.30 * m, x + wide + 0.4 * m, y + 0.30 * m, stroke((14, 16, 40), 0.14 * m, 0.35, blur=2)
        )
        return
    canvas.drawPath(poly(outline), fill(shader=ramp))
    for k in range(1, 9):
        t = k / 9
        a, b = x - 0.5 * m + (wide * 0.16 + 0.5 * m) * t, x + wide + 0.5 * m - (wide * 0.16 + 0.5 * m) * t
        canvas.drawLine(a, y - rise * t, b, y - rise * t, stroke(tones[0], max(0.7, 0.05 * m), 0.5))
    canvas.drawLine(*outline[1], *outline[2], stroke(mix(*tones, 1.0), max(1.5, 0.12 * m)))


def _trees(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A conifer and a broad tree at the sides."""
    snow = snowy(place)
    needles = lit_pair(rgb("#17342c"), rgb("#dfe8f2" if snow else "#6f9450"), mood)
    canvas.layer(0.28)
    nature.pine(canvas, (1530.0, 770.0), 760.0, needles, rng)
    nature.pine(canvas, (1650.0, 800.0), 620.0, needles, rng)
    canvas.layer(0.25)
    shade: tuple[Colour, Colour] = leaves(place)
    nature.tree(canvas, (60.0, 775.0), 820.0, lit_pair(*shade, mood), rng, bare=place.season == "winter" or snow)
