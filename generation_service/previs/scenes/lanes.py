"""Lanes and roads: an alley between walls of brick, a highway through open land."""

from typing import Any

import numpy as np
import skia

from generation_service.contract.shots import Place
from generation_service.previs.brush import Colour, Point, blob, fill, linear, mix, poly, radial, rgb, smooth, stroke
from generation_service.previs.scenes import nature, plants, textures
from generation_service.previs.scenes.city import LAMP, in_light, skyline
from generation_service.previs.scenes.layers import Spot
from generation_service.previs.scenes.light import Mood, snowy
from generation_service.previs.scenes.nature import LEFT, LOW, RIGHT, H, W
from generation_service.previs.scenes.skies import is_night, sunglow
from generation_service.previs.scenes.tones import aired, lit_pair

VX, VY = 800.0, 500.0
NEON = ((255, 64, 120), (64, 214, 255), (255, 170, 60))


def _at(side: int, depth: float, high: float) -> Point:
    """A point of one wall of the alley: ``depth`` 1 near .. 0 at its end, ``high`` above its foot, as at depth 1."""
    return VX + side * 660 * depth, VY + (330 - high) * depth


def alley(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """Walls of brick to both sides, fire escapes, bins, a lamp over a door, a sign, the bright street at the end."""
    nature.sky(canvas, mood, rng, horizon=560, clouds=0.5, sun=False)
    skyline(canvas, mood, rng, base=VY + 8, spec=(120, 260, 16), far=0.6)
    glow: Colour = mix(mix(mood.horizon, mood.sun, 0.4), LAMP, 0.75 * mood.lamps)
    ramp = radial((VX, VY - 30), 330, [(glow, 0.95), (glow, 0.4), (glow, 0.0)], [0, 0.4, 1])
    canvas.drawCircle(VX, VY - 30, 330, fill(shader=ramp))
    _ground(canvas, place, mood, glow)
    cuts = [1.75, 1.0, 0.62, 0.40, 0.25, 0.15, 0.085]
    for k in range(len(cuts) - 2, -1, -1):
        canvas.layer(min(0.78, 0.24 + 0.11 * k))
        for side in (-1, 1):
            _wall(canvas, (side, cuts[k + 1], cuts[k], k), mood, rng, glow)
    canvas.layer(0.5)
    for number, (side, depth, high) in enumerate(((-1, 0.42, 640.0), (1, 0.30, 640.0))):
        _neon(canvas, (side, depth, high), NEON[(place.seed + number) % 3], mood)
    canvas.layer(0.26)
    _bins(canvas, mood, rng)
    for side, depth in ((1, 0.70), (-1, 0.36)):
        _door_lamp(canvas, (side, depth), mood)


def _ground(canvas: Any, place: Place, mood: Mood, glow: Colour) -> None:
    """Wet stones toward the viewer: a gutter, puddles, the light of the end of the alley in them."""
    stone = lit_pair(rgb("#3c3c44"), rgb("#8c8680"), mood)
    if snowy(place):
        stone = lit_pair((206, 216, 236), (250, 250, 252), mood)
    canvas.layer(0.8, ground=True)
    whole = skia.Path()
    whole.addRect(skia.Rect.MakeLTRB(LEFT, VY, RIGHT, LOW))
    ramp = [(mix(*stone, 0.75), 1), (mix(*stone, 0.42), 1), (mix(stone[0], (6, 8, 16), 0.25), 1)]
    canvas.drawPath(whole, fill(shader=linear((0, VY), (0, H + 40), ramp, [0, 0.4, 1])))
    textures.relief(canvas, whole, "stone", stone, top=VY, seed=place.seed, horizon=VY - 8)
    wet = place.weather in {"rain", "storm"} or is_night(mood)
    sheen = radial(
        (VX, VY), 520, [(glow, 0.75 if wet else 0.25), (glow, 0.22 if wet else 0.08), (glow, 0.0)], [0, 0.45, 1]
    )
    canvas.save()
    canvas.translate(VX, VY)
    canvas.scale(0.55, 1.0)
    canvas.translate(-VX, -VY)
    canvas.drawCircle(VX, VY, 520, fill(shader=sheen))
    canvas.restore()
    pools = ((650, 770, 150), (1010, 706, 100), (900, 860, 190), (720, 640, 60), (480, 850, 120))
    for x, y, wide in pools if wet else ():
        pool = smooth(
            [
                (x - wide, y),
                (x - wide * 0.4, y - wide * 0.11),
                (x + wide * 0.7, y - wide * 0.08),
                (x + wide, y + 2),
                (x + wide * 0.3, y + wide * 0.12),
                (x - wide * 0.6, y + wide * 0.1),
            ]
        )
        sky = linear(
            (0, y - 20), (0, y + 20), [(mix(mood.horizon, glow, 0.55), 0.9), (mix(mood.zenith, glow, 0.2), 0.85)]
        )
        canvas.drawPath(pool, fill(shader=sky))
        canvas.drawPath(pool, stroke(mix(glow, (255, 255, 255), 0.3), 1.4, 0.35))


def _wall(canvas: Any, span: tuple[int, float, float, int], mood: Mood, rng: np.random.Generator, glow: Colour) -> None:
    """One house wall: brick in courses, windows, a pipe, sometimes a fire escape; lit from the end of the alley."""
    side, back, near, k = span
    base = rgb(("#8a4f3c", "#6f5a50", "#7d4438", "#5c5f66", "#94664a", "#6a4a44")[(k * 2 + (side > 0)) % 6])
    pair = aired(lit_pair(mix(base, (40, 36, 56), 0.3), mix(base, (255, 226, 190), 0.2), mood), mood, 0.12 * k)
    tall = float(rng.uniform(2300, 3300))
    quad = [_at(side, back, 0), _at(side, near, 0), _at(side, near, tall), _at(side, back, tall)]
    whole = poly(quad)
    lit = mix(pair[1], glow, 0.22)
    tone = mix(*pair, 0.5 if side < 0 else 0.3)
    ramp = [(mix(tone, lit, 0.55), 1), (tone, 1), (mix(tone, (6, 6, 14), 0.45), 1)]
    canvas.drawPath(whole, fill(shader=linear((quad[0][0], 0), (quad[1][0], 0), ramp, [0, 0.35, 1])))
    canvas.save()
    canvas.clipPath(whole, True)
    for t in np.arange(16.0, min(tall, 1500.0 / near), 20.0):
        a, b = _at(side, back, float(t)), _at(side, near, float(t))
        canvas.drawLine(*a, *b, stroke(mix(tone, (8, 6, 12), 0.55), 0.5 + 1.3 * near, 0.42))
    for _ in range(int(330 * (near - back))):
        d, t = back + (near - back) * float(rng.random()), 20.0 * int(rng.uniform(0, min(tall, 1100.0 / near) / 20))
        wide = 0.055 * d
        brick = [_at(side, d, t), _at(side, d + wide, t), _at(side, d + wide, t + 19), _at(side, d, t + 19)]
        canvas.drawPath(poly(brick), fill(mix(tone, lit if rng.random() < 0.5 else (10, 8, 16), 0.35), 0.7))
    canvas.restore()
    for row in range(4):
        _panes(canvas, (side, back, near, 940.0 + 760 * row), mood, rng)
    pipe = back + (near - back) * 0.12
    canvas.drawLine(*_at(side, pipe, 0), *_at(side, pipe, tall), stroke(mix(tone, (20, 20, 28), 0.6), 2 + 9 * pipe))
    if k in {1, 2} and side == (-1 if k == 1 else 1):
        _escape(canvas, (side, back, near), mix(pair[0], (14, 14, 22), 0.6), glow)


def _panes(canvas: Any, span: tuple[int, float, float, float], mood: Mood, rng: np.random.Generator) -> None:
    """Two windows of a storey."""
    side, back, near, high = span
    for u in (0.30, 0.68):
        a, b = back + (near - back) * u, back + (near - back) * (u + 0.16)
        pane = [_at(side, a, high), _at(side, b, high), _at(side, b, high + 400), _at(side, a, high + 400)]
        on = rng.random() < 0.40 * mood.lamps
        glass = mix(LAMP, (255, 238, 200), float(rng.random())) if on else mix((16, 20, 32), mood.horizon, 0.18)
        canvas.drawPath(poly(pane), fill(glass))
        canvas.drawPath(poly(pane), stroke(mix((20, 18, 22), mood.shade, 0.4), 1 + 4 * a))
        middle = high + 210
        canvas.drawLine(*_at(side, a, middle), *_at(side, b, middle), stroke((22, 20, 26), 0.8 + 3 * a))
        if on:
            blob(canvas, pane[0], (170 * a + 6, 220 * a + 6), LAMP, 0.20, blur=60 * a + 2)


def _escape(canvas: Any, span: tuple[int, float, float], iron: Colour, glow: Colour) -> None:
    """Landings and ladders of a fire escape."""
    side, back, near = span
    a, b, out = back + (near - back) * 0.22, back + (near - back) * 0.92, 240.0
    for n, high in enumerate((880.0, 1640.0, 2400.0)):
        inner, outer = (_at(side, a, high), _at(side, b, high)), []
        for d, (x, y) in zip((a, b), inner, strict=True):
            outer.append((x - side * out * d, y + 6 * d))
        canvas.drawPath(poly([*inner, outer[1], outer[0]]), fill(iron, 0.9))
        for lift in (0, 110, 220):
            first, last = ((x, y - lift * d) for (x, y), d in zip(outer, (a, b), strict=True))
            canvas.drawLine(*first, *last, stroke(mix(iron, glow, 0.28), 1.2 + 2.6 * a))
        for t in np.linspace(0, 1, 9):
            d = a + (b - a) * float(t)
            x, y = _at(side, d, high)
            x -= side * out * d
            canvas.drawLine(x, y + 6 * d, x, y - 220 * d, stroke(iron, 0.8 + 3 * d))
        if n:
            low, up = _at(side, a + 0.02, high - 760), _at(side, b - 0.04, high)
            for shift in (0.0, 22 * a):
                canvas.drawLine(low[0] - side * (30 + shift) * a, low[1], up[0] - side * (30 + shift) * b, up[1],
                                stroke(iron, 1.4 + 3 * a))  # fmt: skip


def _neon(canvas: Any, spot: tuple[int, float, float], tone: Colour, mood: Mood) -> None:
    """A sign that stands out from a wall, with its glow and its streak on the ground."""
    side, depth, high = spot
    x, y = _at(side, depth, high)
    x -= side * 150 * depth
    wide, tall = 150 * depth, 560 * depth
    on = 0.35 + 0.65 * mood.lamps
    canvas.drawLine(x + side * 150 * depth, y - tall, x, y - tall, stroke((16, 16, 22), 3 + 5 * depth))
    plate = skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(x - wide / 2, y - tall, x + wide / 2, y), 8 * depth, 8 * depth)
    canvas.drawRRect(plate, fill((18, 16, 26)))
    canvas.drawRRect(plate, stroke(mix((70, 66, 80), tone, on), 2 + 6 * depth))
    font = skia.Font(skia.Typeface("sans-serif", skia.FontStyle.Bold()), 104 * depth)
    for n, letter in enumerate("HOTEL" if side < 0 else "BAR"):
        step = tall / (5.3 if side < 0 else 3.5)
        at = (x - font.measureText(letter) / 2, y - tall + step * (n + 0.95))
        canvas.drawString(letter, *at, font, fill(tone, 0.8 * on, blur=7 * depth))
        canvas.drawString(letter, *at, font, fill(mix(tone, (255, 255, 255), 0.55 * on)))
    if mood.lamps > 0.3:
        blob(canvas, (x, y - tall / 2), (wide * 2.6, tall * 1.0), tone, 0.34, blur=54 * depth)
        foot = VY + 330 * depth
        canvas.drawRect(skia.Rect.MakeLTRB(x - wide * 0.6, foot, x + wide * 0.6, foot + 330 * depth),
                        fill(tone, 0.34, blur=24 * depth))  # fmt: skip


def _bins(canvas: Any, mood: Mood, rng: np.random.Generator) -> None:
    """A dumpster on the left, cans and boxes on the right."""
    green = lit_pair(rgb("#1f3a34"), rgb("#6f9a80"), mood)
    x, y = 195.0, 780.0
    plants.cast_shadow(canvas, (x + 120, y + 6), 150, 190, 0.42)
    front = [(x - 90, y + 22), (x + 190, y - 4), (x + 196, y - 206), (x - 96, y - 210)]
    ramp = [(mix(*green, 0.16), 1), (mix(*green, 0.75), 1)]
    canvas.drawPath(poly(front), fill(shader=linear((x - 90, 0), (x + 190, 0), ramp)))
    lid = [(x - 104, y - 206), (x + 200, y - 202), (x + 176, y - 252), (x - 104, y - 262)]
    canvas.drawPath(poly(lid), fill(mix(*green, 0.9)))
    for t in (0.25, 0.5, 0.75):
        px = x - 90 + 280 * t
        canvas.drawLine(px, y + 20 - 26 * t, px, y - 206, stroke(green[0], 4, 0.7))
    box = lit_pair(rgb("#6a4a32"), rgb("#c49a6c"), mood)
    for bx, by, size in ((1330.0, 776.0, 96.0), (1420.0, 806.0, 120.0), (1345.0, 690.0, 76.0)):
        plants.cast_shadow(canvas, (bx, by), size * 0.4, size, 0.35)
        canvas.drawRect(skia.Rect.MakeLTRB(bx - size / 2, by - size * 0.8, bx + size / 2, by), fill(mix(*box, 0.38)))
        top = [(bx - size / 2, by - size * 0.8), (bx + size / 2, by - size * 0.8), (bx + size * 0.36, by - size * 0.96),
               (bx - size * 0.36, by - size * 0.96)]  # fmt: skip
        canvas.drawPath(poly(top), fill(mix(*box, 0.75)))
        canvas.drawLine(bx, by - size * 0.8, bx, by, stroke(mix(*box, 0.1), 3, 0.6))


def _door_lamp(canvas: Any, spot: tuple[int, float], mood: Mood) -> None:
    """A door in the wall with a lamp over it and the light it throws."""
    side, depth = spot
    frame = [_at(side, depth, 0), _at(side, depth * 1.16, 0), _at(side, depth * 1.16, 560), _at(side, depth, 560)]
    canvas.drawPath(poly(frame), fill(in_light((58, 44, 44), mood)))
    canvas.drawPath(poly(frame), stroke((14, 12, 18), 3 + 5 * depth))
    x, y = _at(side, depth * 1.08, 660)
    x -= side * 18 * depth
    hood = [
        (x - 26 * depth, y),
        (x + 26 * depth, y),
        (x + 12 * depth, y - 22 * depth),
        (x - 12 * depth, y - 22 * depth),
    ]
    canvas.drawPath(poly(hood), fill((30, 30, 36)))
    if mood.lamps > 0.3:
        foot = VY + 330 * depth
        cone = linear((0, y), (0, foot), [(LAMP, 0.42 * mood.lamps), (LAMP, 0.05)])
        wide = 240 * depth
        canvas.drawPath(poly([(x - 14, y), (x + 14, y), (x + wide, foot + 30 * depth), (x - wide, foot + 30 * depth)]),
                        fill(shader=cone, blur=14 * depth))  # fmt: skip
        blob(canvas, (x, foot + 24 * depth), (wide * 1.1, 44 * depth), LAMP, 0.5 * mood.lamps, blur=18 * depth)
        blob(canvas, (x, y + 3), (16 * depth, 10 * depth), (255, 250, 226), 1.0, blur=2)
        blob(canvas, (x, y), (96 * depth, 84 * depth), LAMP, 0.55 * mood.lamps, blur=28 * depth)


def highway(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A road that runs to the horizon, its lines, a barrier, poles with wires, hills behind."""
    vx, vy = 880.0, 520.0
    sun = nature.sky(canvas, mood, rng, horizon=535, clouds=0.8)
    for k, (base, height, far) in enumerate(((520, 150, 0.72), (530, 80, 0.45))):
        canvas.layer(0.94 - 0.06 * k)
        line = nature.ridge(rng, base, height, rough=0.5)
        nature.mountains(
            canvas, mood, line, ((176, 150, 112), (92, 96, 116)), far=far, snow=0, seed=place.seed % 97 + k
        )
        if not is_night(mood):
            sunglow(canvas, mood, (sun[0], 500.0), 520, 0.28)
    land = lit_pair(rgb("#5c5a38"), rgb("#c8b270"), mood)
    if snowy(place):
        land = lit_pair((206, 216, 236), (250, 250, 252), mood)
    canvas.layer(0.8, ground=True)
    whole = skia.Path()
    whole.addRect(skia.Rect.MakeLTRB(LEFT, vy, RIGHT, LOW))
    far_tones = aired(land, mood, 0.6)
    ramp = [(mix(*far_tones, 0.7), 1), (mix(*land, 0.6), 1), (mix(*land, 0.3), 1)]
    canvas.drawPath(whole, fill(shader=linear((0, vy), (0, H + 40), ramp, [0, 0.3, 1])))
    textures.relief(canvas, whole, "grass", land, top=vy, seed=place.seed, horizon=vy - 8)
    _lanes(canvas, place, mood, (vx, vy))
    nature.grass(canvas, (640, H + 20), land, rng, count=500)
    _lanes(canvas, place, mood, (vx, vy))
    _poles(canvas, mood, (vx, vy))
    canvas.spots.append(Spot("traffic", (vx, vy), 395, 0.55))


def _lanes(canvas: Any, place: Place, mood: Mood, vanish: Point) -> None:
    """Tarmac with a broken line in the middle, edge lines, crash barrier on the left."""
    vx, vy = vanish
    tar = lit_pair(rgb("#2c2d36"), rgb("#7a7876"), mood)
    road = poly([(vx, vy), (vx + 2300, LOW), (vx - 3300, LOW)])
    ramp = [(mix(mix(*tar, 0.9), mood.air, 0.4), 1), (mix(*tar, 0.62), 1), (mix(*tar, 0.35), 1)]
    canvas.drawPath(road, fill(shader=linear((0, vy), (0, H + 20), ramp, [0, 0.3, 1])))
    textures.relief(canvas, road, "tar", tar, top=vy, seed=place.seed + 5, horizon=vy - 6)
    paint = mix(in_light((240, 236, 222), mood), LAMP, 0.12 * mood.lamps)
    for slope, wide in ((-1.86, 0.030), (1.28, 0.030)):
        edge = [(vx, vy), (vx + slope * 1580 + wide * 1580, LOW), (vx + slope * 1580 - wide * 1580, LOW)]
        canvas.drawPath(poly(edge), fill(paint, 0.8))
    for k in range(14):
        a, b = 0.72**k * 1.5, 0.72 ** (k + 0.5) * 1.5
        ya, yb = vy + 400 * a, vy + 400 * b
        xa, xb = vx - 118 * a, vx - 118 * b
        canvas.drawPath(poly([(xa - 9 * a, ya), (xa + 9 * a, ya), (xb + 9 * b, yb), (xb - 9 * b, yb)]),
                        fill(mix(paint, (240, 190, 60), 0.5), 0.9))  # fmt: skip
    steel = lit_pair(rgb("#5a606a"), rgb("#d4d8dc"), mood)
    for a, b in ((1.0, 0.62), (0.62, 0.38), (0.38, 0.2), (0.2, 0.08)):
        xa, xb, ya, yb = vx - 930 * a, vx - 930 * b, vy + 400 * a, vy + 400 * b
        canvas.drawLine(xa, ya, xa, ya - 92 * a, stroke(mix(*steel, 0.2), 3 + 10 * a))
        band = [(xa, ya - 96 * a), (xb, yb - 96 * b), (xb, yb - 56 * b), (xa, ya - 56 * a)]
        canvas.drawPath(
            poly(band), fill(shader=linear((0, ya - 96 * a), (0, ya - 56 * a), [(steel[1], 1), (mix(*steel, 0.25), 1)]))
        )


def _poles(canvas: Any, mood: Mood, vanish: Point) -> None:
    """Poles with wires along the right, from far to near."""
    vx, vy = vanish
    wood = lit_pair(rgb("#3a302a"), rgb("#8c6f52"), mood)
    last: list[Point] | None = None
    for k in range(7, -1, -1):
        d = 0.66**k * 1.05
        if k in {7, 4, 2}:
            canvas.layer({7: 0.78, 4: 0.6, 2: 0.36}[k])
        x, y, tall = vx + 760 * d, vy + 330 * d, 560 * d
        tone = mix(mix(*wood, 0.5), mood.air, 0.5 * (1 - d) if d < 1 else 0)
        if x < W + 400:
            canvas.drawLine(x, y, x, y - tall, stroke(tone, 1.2 + 13 * d))
            for lift in (0.94, 0.84):
                canvas.drawLine(x - 70 * d, y - tall * lift, x + 70 * d, y - tall * lift, stroke(tone, 1 + 8 * d))
        ends = [(x - 66 * d, y - tall * 0.95), (x + 66 * d, y - tall * 0.95)]
        if last:
            for one, other in zip(last, ends, strict=True):
                middle = ((one[0] + other[0]) / 2, (one[1] + other[1]) / 2 + 26 * d)
                canvas.drawPath(smooth([one, middle, other], close=False), stroke((18, 18, 24), 0.7 + 1.2 * d, 0.75))
        last = ends
