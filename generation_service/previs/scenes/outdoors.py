"""Exterior sets, back to front, in a 1600 x 900 frame."""

from collections.abc import Callable
from typing import Any

import numpy as np
import skia

from generation_service.contract.shots import Place
from generation_service.previs.brush import Colour, Point, blob, fill, linear, mix, poly, rgb, smooth, stroke, times
from generation_service.previs.scenes import nature
from generation_service.previs.scenes.light import Mood
from generation_service.previs.scenes.nature import H, W

Painter = Callable[[Any, Place, Mood, np.random.Generator], None]
LAMP: Colour = (255, 206, 132)


def _lit(colour: Colour, mood: Mood) -> Colour:
    return times(colour, mood.ambient)


def _far(colour: Colour, mood: Mood, distance: float) -> Colour:
    """A surface seen through air: 0 near .. 1 far."""
    return mix(_lit(colour, mood), mood.air, min(0.96, distance * (0.55 + 0.45 * mood.haze)))


def _ground(colour: str, place: Place, mood: Mood) -> Colour:
    base = mix(rgb(colour), (236, 240, 246), 0.85) if place.weather == "snow" else rgb(colour)
    return _lit(base, mood)


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


def _skyline(
    canvas: Any, mood: Mood, rng: np.random.Generator, base: float, spec: tuple[float, float, float], far: float
) -> None:
    """A row of buildings; ``spec`` is least height, most height, window pitch."""
    x = -40.0
    walls = ("#6e6a72", "#8a6d5f", "#7c7f86", "#5b6675", "#94806c")
    while x < W + 40:
        wide = float(rng.uniform(60, 150)) * (0.6 + 0.7 * (1 - far))
        tall = float(rng.uniform(spec[0], spec[1]))
        tone = _far(rgb(walls[int(rng.integers(len(walls)))]), mood, far)
        block(canvas, (x, base - tall, x + wide, base + 20), tone, mood, rng, pitch=spec[2], far=far)
        if rng.random() < 0.35:
            canvas.drawLine(
                x + wide / 2, base - tall, x + wide / 2, base - tall - float(rng.uniform(20, 60)), stroke(tone, 2.5)
            )
        x += wide + float(rng.uniform(0, 12))


def street(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A street that runs to a vanishing point between house fronts, with lamps and parked light."""
    vx, vy = 760.0 + float(rng.uniform(-90, 90)), 505.0
    nature.sky(canvas, mood, rng, horizon=560, clouds=0.7)
    _skyline(canvas, mood, rng, vy + 6, (40, 150, 14), 0.85)
    walls = ("#8d5f4d", "#b08d6e", "#6d747e", "#9c8f80", "#74584e", "#a9785a")
    for side in (-1, 1):
        edge = vx + side * 920
        for k in range(5, -3, -1):
            a, b = 0.80 ** (k + 1), 0.80**k
            tall = float(rng.uniform(420, 640))
            near, back = vx + (edge - vx) * (b - 0.13), vx + (edge - vx) * (a - 0.13)
            quad = [
                (back, vy - tall * (a - 0.1)),
                (near, vy - tall * (b - 0.1)),
                (near, vy + 240 * (b - 0.1)),
                (back, vy + 240 * (a - 0.1)),
            ]
            tone = _far(rgb(walls[int(rng.integers(len(walls)))]), mood, 0.62 * (max(k, 0) / 5) ** 0.8)
            _front(canvas, quad, tone, mood, rng, far=max(k, 0) / 6)
    _road(canvas, place, mood, rng, vx, vy)
    for k in range(6, 0, -1):
        t = 0.74**k
        for side in (-1, 1):
            _street_lamp(canvas, (vx + side * 620 * t, vy + 300 * t), 420 * t, mood, side)
    if mood.lamps > 0.3:
        for _ in range(16):
            t = float(rng.uniform(0.05, 0.5))
            at = (vx + float(rng.choice([-1, 1])) * 220 * t + float(rng.normal(0, 12)), vy + 180 * t)
            tone = (255, 60, 44) if rng.random() < 0.45 else (255, 240, 206)
            blob(canvas, at, (5 + 9 * t, 5 + 9 * t), tone, 0.95, blur=1.5)
            blob(canvas, at, (20 + 36 * t, 20 + 36 * t), tone, 0.30, blur=12)


def _front(canvas: Any, quad: list[Point], tone: Colour, mood: Mood, rng: np.random.Generator, *, far: float) -> None:
    """One house front in perspective: windows interpolated between its back and near edges."""
    (bx, bt), (nx, nt), (_, nb), (_, bb) = quad
    canvas.drawPath(
        poly(quad),
        fill(shader=linear((bx, bt), (nx, nb), [(mix(tone, mood.air, 0.12), 1), (mix(tone, (10, 8, 14), 0.25), 1)])),
    )
    canvas.drawLine(bx, bt, nx, nt, stroke(mix(tone, mood.horizon, 0.4), 2 + 4 * (1 - far)))
    rows, columns = 5, 4
    for r in range(rows):
        for c in range(columns):
            corner = []
            for du, dv in ((0.22, 0.24), (0.78, 0.24), (0.78, 0.80), (0.22, 0.80)):
                u, v = (c + du) / columns, (r + dv) / rows
                top, low = bt + (nt - bt) * u, bb + (nb - bb) * u
                corner.append((bx + (nx - bx) * u, top + (low - top) * (0.06 + 0.94 * v)))
            shop = r == rows - 1
            on = rng.random() < (0.85 if shop else 0.38) * mood.lamps
            dark = mix(mix(tone, (14, 18, 30), 0.62), mood.zenith, float(rng.uniform(0, 0.35)))
            pane = mix(LAMP, (255, 240, 210), float(rng.random() * 0.7)) if on else dark
            canvas.drawPath(poly(corner), fill(mix(pane, mood.air, 0.3 * far), 0.92))
            if on and shop:
                blob(canvas, corner[2], (40 * (1 - far) + 8, 26 * (1 - far) + 6), LAMP, 0.35, blur=16)
            canvas.drawPath(poly(corner), stroke(mix(tone, mood.horizon, 0.2), 1 + 2 * (1 - far), 0.5))


def _road(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator, vx: float, vy: float) -> None:
    walk, tar = _ground("#8d8880", place, mood), _ground("#4a4a50", place, mood)
    canvas.drawPath(
        poly([(vx, vy), (W + 900, H + 60), (-900, H + 60)]),
        fill(shader=linear((0, vy), (0, H), [(mix(walk, mood.air, 0.6), 1), (walk, 1)])),
    )
    canvas.drawPath(
        poly([(vx, vy), (vx + 640, H + 60), (vx - 640, H + 60)]),
        fill(shader=linear((0, vy), (0, H), [(mix(tar, mood.air, 0.6), 1), (tar, 1)])),
    )
    for k in range(9):
        a, b = 0.66**k, 0.66 ** (k + 0.45)
        ya, yb = vy + (H + 40 - vy) * a, vy + (H + 40 - vy) * b
        canvas.drawPath(
            poly([(vx - 7 * a, ya), (vx + 7 * a, ya), (vx + 7 * b, yb), (vx - 7 * b, yb)]),
            fill(mix(tar, (240, 236, 220), 0.6), 0.7),
        )
    if place.weather == "rain":
        for _ in range(150):
            t = float(rng.random()) ** 0.7
            x, y = vx + float(rng.normal(0, 700)) * t, vy + (H - vy) * t
            tone = LAMP if rng.random() < 0.5 * mood.lamps else mood.horizon
            blob(canvas, (x, y), (3 + 10 * t, 12 + 60 * t), tone, float(rng.uniform(0.05, 0.28)), blur=5)


def _street_lamp(canvas: Any, foot: Point, tall: float, mood: Mood, side: int) -> None:
    x, y = foot
    tone = _far((38, 40, 46), mood, 0.5 * (1 - tall / 420))
    arm = x - side * tall * 0.13
    canvas.drawPath(
        smooth([(x, y), (x, y - tall * 0.9), (x - side * tall * 0.04, y - tall * 0.98), (arm, y - tall)], close=False),
        stroke(tone, max(1.2, tall * 0.016)),
    )
    if mood.lamps > 0.3:
        blob(
            canvas, (arm, y - tall + 4), (tall * 0.03, tall * 0.024), (255, 244, 214), 1.0, blur=max(0.6, tall * 0.006)
        )
        blob(
            canvas, (arm, y - tall + 6), (tall * 0.20, tall * 0.18), LAMP, 0.34 * mood.lamps, blur=max(2.0, tall * 0.09)
        )
        blob(canvas, (arm, y + 2), (tall * 0.30, tall * 0.05), LAMP, 0.28 * mood.lamps, blur=max(2.0, tall * 0.05))


def rooftop(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A flat roof above the city: three rows of skyline, parapet, water tank, string of bulbs."""
    nature.sky(canvas, mood, rng, horizon=600, clouds=0.8)
    for base, spec, far in ((590, (80, 260, 13), 0.9), (640, (90, 300, 19), 0.62), (720, (80, 260, 27), 0.34)):
        _skyline(canvas, mood, rng, base, spec, far)
        nature.fog_bank(canvas, mood, base, 110, 0.30 + 0.3 * mood.haze)
    dark = _lit((58, 54, 60), mood)
    _tank(canvas, (1290, 690), mood)
    roof = _ground("#6f6a68", place, mood)
    canvas.drawPath(
        poly([(-20, 730), (W + 20, 730), (W + 20, H + 20), (-20, H + 20)]),
        fill(shader=linear((0, 730), (0, H), [(mix(roof, mood.air, 0.25), 1), (roof, 1)])),
    )
    canvas.drawRect(
        skia.Rect.MakeLTRB(-20, 690, W + 20, 736),
        fill(shader=linear((0, 690), (0, 736), [(mix(dark, mood.horizon, 0.4), 1), (dark, 1)])),
    )
    canvas.drawRect(skia.Rect.MakeLTRB(-20, 682, W + 20, 694), fill(mix(dark, mood.horizon, 0.5)))
    wire = [(-20.0, 250.0), (300.0, 330.0), (640.0, 262.0), (980.0, 338.0), (1320.0, 262.0), (1640.0, 320.0)]
    canvas.drawPath(smooth(wire, close=False), stroke((20, 20, 26), 2, 0.8))
    if mood.lamps > 0.3:
        for k in range(22):
            x = -10 + k * 76.0
            y = float(np.interp(x, [p[0] for p in wire], [p[1] for p in wire])) + 12
            blob(canvas, (x, y), (7, 8), (255, 232, 180), 1.0, blur=1.5)
            blob(canvas, (x, y), (34, 34), LAMP, 0.30, blur=14)


def _tank(canvas: Any, foot: Point, mood: Mood) -> None:
    x, y = foot
    wood = _far((104, 76, 58), mood, 0.12)
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


def park(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A path between trees, benches of shade, light on the grass."""
    nature.sky(canvas, mood, rng, horizon=520, clouds=0.7)
    snow = place.weather == "snow"
    leaf, sun = (_lit(rgb("#3f6b35"), mood), _lit(rgb("#a6c65e"), mood))
    if snow:
        leaf, sun = _lit(rgb("#5d6b70"), mood), _lit(rgb("#eef3f8"), mood)
    for far, base, tall, count in ((0.8, 520, 150, 18), (0.5, 560, 240, 11)):
        for _ in range(count):
            nature.tree(
                canvas,
                (float(rng.uniform(-40, W + 40)), base + float(rng.normal(0, 8))),
                tall * float(rng.uniform(0.8, 1.2)),
                mix(leaf, mood.air, far),
                mix(sun, mood.air, far),
                rng,
            )
        nature.fog_bank(canvas, mood, base, 70, 0.35 * (0.4 + mood.haze))
    turf, bright = _ground("#4f7a3a", place, mood), _ground("#9bbb58", place, mood)
    nature.land(
        canvas,
        [(-20, 556), (500, 540), (1100, 548), (W + 20, 536)],
        mix(bright, mood.air, 0.35),
        turf,
        depth=360,
        curve=True,
    )
    way = _ground("#c8ad87", place, mood)
    canvas.drawPath(
        smooth([(760, 548), (800, 548), (880, 640), (1180, H + 40), (380, H + 40), (640, 660)], tension=0.7),
        fill(shader=linear((0, 548), (0, H), [(mix(way, mood.air, 0.4), 1), (way, 1)]), blur=2),
    )
    if not snow:
        nature.grass(canvas, 570, H, (turf, bright), rng)
    for x, tall in ((90, 760), (1490, 700), (330, 520), (1270, 500)):
        shade = skia.Rect.MakeLTRB(x - tall * 0.5, H - 210 + tall * 0.06, x + tall * 0.4, H - 130 + tall * 0.06)
        canvas.drawOval(shade, fill(mix(turf, (6, 14, 10), 0.6), 0.55, blur=18))
        nature.tree(
            canvas, (float(x), H - 150 + (tall - 600) * 0.2), float(tall), mix(leaf, (10, 24, 12), 0.35), sun, rng
        )


def forest(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """Rows of conifers through mist, shafts of light, ferny ground."""
    nature.sky(canvas, mood, rng, horizon=620, clouds=0.3)
    tone, light = _lit(rgb("#21402f"), mood), _lit(rgb("#5d8a4e"), mood)
    if place.weather == "snow":
        light = _lit(rgb("#e6edf3"), mood)
    for far, base, tall, count in ((0.92, 560, 260, 44), (0.7, 600, 380, 26), (0.42, 660, 560, 15)):
        for _ in range(count):
            nature.pine(
                canvas,
                (float(rng.uniform(-30, W + 30)), base + float(rng.normal(0, 10))),
                tall * float(rng.uniform(0.7, 1.15)),
                mix(tone, mood.air, far),
                mix(light, mood.air, far),
                rng,
            )
        nature.fog_bank(canvas, mood, base - 20, 130, 0.42 * (0.4 + mood.haze))
    moss, fern = _ground("#3b4a2b", place, mood), _ground("#7d9a4c", place, mood)
    nature.land(
        canvas,
        [(-20, 690), (420, 668), (900, 690), (W + 20, 664)],
        mix(fern, mood.air, 0.4),
        moss,
        depth=240,
        curve=True,
    )
    nature.grass(canvas, 700, H, (moss, fern), rng, 900)
    for k in range(5):
        x = 240 + k * 270 + float(rng.normal(0, 40))
        canvas.drawPath(
            poly([(x + 160, -20), (x + 250, -20), (x - 60, 720), (x - 220, 720)]),
            fill(shader=linear((0, 0), (0, 720), [(mood.rim, 0.20), (mood.rim, 0.0)]), blur=18),
        )
    for x in (40, 250, 1400, 1585):
        wide = float(rng.uniform(46, 84))
        trunk = mix(_lit(rgb("#4a3628"), mood), (14, 12, 14), 0.35)
        canvas.drawRect(
            skia.Rect.MakeLTRB(x - wide / 2, -20, x + wide / 2, H),
            fill(
                shader=linear(
                    (x - wide / 2, 0),
                    (x + wide / 2, 0),
                    [(mix(trunk, mood.rim, 0.25), 1), (trunk, 1), (mix(trunk, (5, 5, 8), 0.6), 1)],
                )
            ),
        )
        for _ in range(70):
            px, py = x + float(rng.uniform(-wide / 2, wide / 2)), float(rng.uniform(0, H))
            canvas.drawLine(
                px, py, px + float(rng.normal(0, 3)), py + float(rng.uniform(20, 70)), stroke((10, 8, 8), 3, 0.28)
            )


def beach(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """Sea to the horizon, a headland, breaking foam, wet sand."""
    nature.sky(canvas, mood, rng, horizon=470, clouds=1.0)
    nature.water(canvas, mood, rng, 470, 760, glint_x=1150)
    cape = nature.ridge(rng, 474, 90, rough=0.5)
    shaped = [(x, 474 - (474 - y) * max(0.0, 1 - x / 620)) for x, y in cape if x < 700]
    canvas.drawPath(poly([*shaped, (700, 476), (-20, 476)]), fill(_far(rgb("#4f5d52"), mood, 0.6)))
    sand, wet = _ground("#dcc39a", place, mood), _ground("#9a8468", place, mood)
    line = [(-20.0, 742.0), (260.0, 716.0), (620.0, 738.0), (980.0, 712.0), (1330.0, 730.0), (W + 20.0, 704.0)]
    canvas.drawPath(
        smooth([*line, (W + 40, H + 40), (-40, H + 40)], tension=0.6),
        fill(shader=linear((0, 700), (0, H), [(mix(wet, mood.horizon, 0.4), 1), (wet, 1), (sand, 1)], [0, 0.25, 0.8])),
    )
    foam = mix((255, 255, 255), mood.ambient, 0.4)
    for shift, alpha, wide in ((0, 0.95, 9), (-34, 0.6, 5), (-78, 0.42, 4), (-130, 0.26, 3)):
        crest = [(x, y + shift + float(rng.normal(0, 4))) for x, y in line]
        canvas.drawPath(smooth(crest, close=False), stroke(foam, wide, alpha, blur=1.6))
    for _ in range(1400):
        t = float(rng.random())
        at = (float(rng.uniform(0, W)), 790 + 110 * t)
        canvas.drawCircle(*at, 0.7 + 1.2 * t, fill(mix(sand, (60, 40, 20), float(rng.random() * 0.6)), 0.35))


def mountain(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """Five ridges into the haze, snow on the tallest, a lake and pines in front."""
    nature.sky(canvas, mood, rng, horizon=560, clouds=0.9)
    for k, (base, height, far) in enumerate(((470, 330, 0.88), (510, 260, 0.7), (560, 200, 0.5), (600, 120, 0.34))):
        line = nature.ridge(rng, base, height, rough=0.52 if k < 2 else 0.46)
        rock = _far(rgb(("#6b7690", "#5d6a80", "#4c6353", "#3f5a3c")[k]), mood, far)
        nature.land(canvas, line, rock, mix(rock, mood.air, 0.75), depth=260)
        if k < 2 or place.weather == "snow":
            _snow_caps(canvas, line, mood, far, rng)
    nature.water(canvas, mood, rng, 610, 790, glint_x=1050)
    meadow = _ground("#5f7d43", place, mood)
    nature.land(
        canvas,
        [(-20, 760), (300, 742), (760, 800), (1200, 786), (W + 20, 752)],
        meadow,
        mix(meadow, (10, 20, 10), 0.4),
        depth=160,
        curve=True,
    )
    if place.weather != "snow":
        nature.grass(canvas, 790, H, (mix(meadow, (10, 20, 10), 0.3), _ground("#a5b866", place, mood)), rng, 900)
    tone, light = _lit(rgb("#1f3a2c"), mood), _lit(rgb("#55804a"), mood)
    for x in (-10, 60, 120, 215, 1420, 1490, 1580):
        nature.pine(
            canvas, (float(x), 800 + float(rng.uniform(-10, 50))), float(rng.uniform(230, 430)), tone, light, rng
        )


def _snow_caps(canvas: Any, line: list[Point], mood: Mood, far: float, rng: np.random.Generator) -> None:
    tops = sorted(y for _, y in line)
    limit = tops[len(tops) // 2]
    white = mix(_lit((246, 249, 255), mood), mood.air, far * 0.5)
    points = [(x, y) for x, y in line]
    lower = [(x, max(y, min(limit, y + (limit - y) * 0.55 + float(rng.normal(0, 7))))) for x, y in points]
    canvas.drawPath(poly([*points, *lower[::-1]]), fill(white, 0.85, blur=0.8))


def desert(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """Dunes with a lit and a shaded flank, mesas far away."""
    nature.sky(canvas, mood, rng, horizon=520, clouds=0.35)
    mesa = _far(rgb("#a5674a"), mood, 0.72)
    for x, wide, tall in ((220, 200, 90), (470, 120, 60), (1240, 260, 120)):
        canvas.drawPath(
            poly(
                [
                    (x - wide * 0.62, 530),
                    (x - wide * 0.5, 520 - tall),
                    (x + wide * 0.5, 520 - tall * 0.96),
                    (x + wide * 0.66, 530),
                ]
            ),
            fill(mesa),
        )
    sand, shade = _ground("#e0b077", place, mood), _ground("#9a6a48", place, mood)
    for k in range(5):
        far = 0.7 * (1 - k / 5)
        base = 530 + k * 78
        line = [
            (float(x), base + 26 * np.sin(x / 260 + k * 1.9 + rng.random()) * (0.5 + 0.25 * k))
            for x in range(-40, W + 80, 140)
        ]
        nature.land(
            canvas, line, mix(sand, mood.air, far), mix(shade, mood.air, far * 0.9), depth=150 + 40 * k, curve=True
        )
        canvas.drawPath(
            smooth(line, close=False),
            stroke(mix(mix(sand, (255, 250, 230), 0.5), mood.air, far), 2 + k * 0.6, 0.7, blur=1.2),
        )
    for _ in range(260):
        t = float(rng.random())
        x, y, long = float(rng.uniform(0, W)), 800 + 100 * t, 30 + 60 * t
        canvas.drawPath(
            smooth([(x - long, y), (x, y - 3), (x + long, y + 1)], close=False), stroke(shade, 1.4 + t, 0.22)
        )


OUTDOORS: dict[str, Painter] = {
    "street": street, "rooftop": rooftop, "park": park, "forest": forest, "beach": beach, "mountain": mountain, "desert": desert,
}  # fmt: skip
