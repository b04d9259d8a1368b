"""A city street that runs to a vanishing point: houses with shops, pavement, lamps, parked cars, a crossing."""

from typing import Any

import numpy as np
import skia

from generation_service.contract.shots import Place
from generation_service.previs.brush import Colour, Point, blob, fill, linear, mix, poly, rgb, smooth, stroke
from generation_service.previs.scenes import nature, plants, textures
from generation_service.previs.scenes.city import LAMP, in_light, skyline
from generation_service.previs.scenes.layers import Spot
from generation_service.previs.scenes.light import Mood, snowy
from generation_service.previs.scenes.nature import LEFT, LOW, RIGHT, H
from generation_service.previs.scenes.skies import is_night, sunglow
from generation_service.previs.scenes.tones import Tones, aired, lit_pair

VY = 505.0
# Where people stand (depth 1) a metre is 212 units: house fronts 8.5 m from the middle, kerbs 4.6 m, storeys 3.4 m.
HALF, KERB, STOREY = 1800.0, 980.0, 720.0
WALLS = ("#9c6650", "#bc9a78", "#75808c", "#a89a88", "#84645a", "#b98664", "#8c8f86")
AWNINGS = ("#a83a34", "#2f6a5a", "#32567e", "#c08a34", "#6a4a7a")
NAMES = ("CAFÉ", "BOOKS", "FLOWERS", "BAKERY", "TAILOR", "RECORDS", "MARKET", "PHARMACY")


class Avenue:
    """The street around its vanishing point: geometry, light and dice."""

    def __init__(self, vx: float, mood: Mood, rng: np.random.Generator) -> None:
        self.vx, self.mood, self.rng = vx, mood, rng

    def at(self, side: int, depth: float, high: float, out: float = 0.0) -> Point:
        """A point of the house fronts of one side, ``out`` units from them towards the road, ``high`` above ground."""
        return self.vx + side * (HALF - out) * depth, VY + (240 - high) * depth


def street(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A street between house fronts with shops, lamps, parked cars; wet and lit at night."""
    road = Avenue(760.0 + float(rng.uniform(-70, 70)), mood, rng)
    nature.sky(canvas, mood, rng, horizon=560, clouds=0.7, at=(road.vx + 190, 300.0))
    canvas.layer(0.93)
    skyline(canvas, mood, rng, base=VY + 14, spec=(60, 230, 14), far=0.85)
    if not is_night(mood):
        sunglow(canvas, mood, (road.vx + 90, VY - 60), 420, 0.35)
    else:
        blob(canvas, (road.vx, VY - 10), (330, 150), LAMP, 0.30, blur=70)
    _road(canvas, place, mood, road)
    for k in range(7, -1, -1):
        canvas.layer(0.80 - 0.07 * (7 - k))
        for side in (-1, 1):
            _house(canvas, road, (side, k))
    for k in range(6, -1, -1):
        if k in {6, 3, 1}:
            canvas.layer({6: 0.42, 3: 0.32, 1: 0.2}[k])
        for side in (-1, 1):
            if k in {1, 3, 4} or (k == 2 and side < 0):
                _car(canvas, road, (side, 0.86 * 0.62 ** (k - 0.35)))
            _lamp(canvas, road, (side, 1.02 * 0.62**k), mood)
    _signs(canvas, road, mood)
    if mood.lamps > 0.3 or "traffic" in place.elements:
        canvas.spots.append(Spot("traffic", (road.vx, VY), 395, 0.30))


def _road(canvas: Any, place: Place, mood: Mood, road: Avenue) -> None:
    """Pavement with slabs, kerbs, tarmac, a dashed line, a crossing near the people, light from the street's end."""
    walk, tar = lit_pair(rgb("#6d6a6c"), rgb("#c6bcae"), mood), lit_pair(rgb("#2b2c34"), rgb("#74706e"), mood)
    if snowy(place):
        walk, tar = lit_pair((204, 214, 234), (250, 250, 252), mood), lit_pair((150, 158, 176), (214, 218, 226), mood)
    canvas.layer(0.8, ground=True)
    whole, lane = skia.Path(), poly([(road.vx, VY)] + [(road.vx + s * KERB / 240 * (LOW - VY), LOW) for s in (1, -1)])
    whole.addRect(skia.Rect.MakeLTRB(LEFT, VY, RIGHT, LOW))
    ramp = [(mix(mix(*walk, 0.8), mood.air, 0.4), 1), (mix(*walk, 0.6), 1), (mix(*walk, 0.4), 1)]
    canvas.drawPath(whole, fill(shader=linear((0, VY), (0, H + 20), ramp, [0, 0.35, 1])))
    textures.relief(canvas, whole, "stone", walk, top=VY, seed=place.seed, horizon=VY - 6)
    joint = mix(walk[0], (10, 10, 16), 0.4)
    for k in range(16):
        d = 1.7 * 0.80**k
        for side in (-1, 1):
            canvas.drawLine(*road.at(side, d, 0), *road.at(side, d, 0, HALF - KERB), stroke(joint, 0.6 + 1.8 * d, 0.5))
    for out in (200.0, 410.0, 610.0):
        for side in (-1, 1):
            canvas.drawLine(road.vx, VY, *road.at(side, 4.0, 0, out), stroke(joint, 1.3, 0.42))
    ramp = [(mix(mix(*tar, 0.9), mood.air, 0.35), 1), (mix(*tar, 0.55), 1), (mix(*tar, 0.28), 1)]
    canvas.drawPath(lane, fill(shader=linear((0, VY), (0, H + 20), ramp, [0, 0.3, 1])))
    textures.relief(canvas, lane, "tar", tar, top=VY, seed=place.seed + 5, horizon=VY - 6)
    for side in (-1, 1):
        kerb = [(road.vx, VY), road.at(side, 6, 0, HALF - KERB), road.at(side, 6, 0, HALF - KERB - 46)]
        canvas.drawPath(poly(kerb), fill(mix(*walk, 0.9 if side < 0 else 0.55)))
        canvas.drawLine(road.vx, VY, *road.at(side, 6, 0, HALF - KERB), stroke(mix(tar[0], (0, 0, 0), 0.4), 2.5, 0.7))
    _markings(canvas, road, mix(in_light((240, 238, 228), mood), tar[1], 0.1))
    wet = 0.5 if place.weather in {"rain", "storm"} else 0.22
    glow = mix(mix(mood.horizon, mood.sun, 0.5), LAMP, 0.7 * mood.lamps)
    blob(canvas, (road.vx, VY + 70), (70, 190), glow, wet, blur=34)


def _markings(canvas: Any, road: Avenue, paint: Colour) -> None:
    """A dashed middle line and a crossing."""
    for k in range(3, 12):
        a, b = 1.3 * 0.70**k, 1.3 * 0.70 ** (k + 0.5)
        quad = [(road.vx - 22 * a, VY + 240 * a), (road.vx + 22 * a, VY + 240 * a), (road.vx + 22 * b, VY + 240 * b),
                (road.vx - 22 * b, VY + 240 * b)]  # fmt: skip
        canvas.drawPath(poly(quad), fill(paint, 0.75))
    for k in range(-5, 6):
        x = 170.0 * k
        near, far = 0.78, 0.56
        quad = [(road.vx + (x - 48) * near, VY + 240 * near), (road.vx + (x + 48) * near, VY + 240 * near),
                (road.vx + (x + 48) * far, VY + 240 * far), (road.vx + (x - 48) * far, VY + 240 * far)]  # fmt: skip
        canvas.drawPath(poly(quad), fill(paint, 0.62))


def _house(canvas: Any, road: Avenue, which: tuple[int, int]) -> None:
    """One house front: cornice, storeys of windows, a shop with its awning and sign below."""
    (side, k), mood, rng = which, road.mood, road.rng
    near, back = 1 / (0.55 + 2.0 * k), 1 / (0.55 + 2.0 * (k + 1))
    base, storeys = rgb(WALLS[int(rng.integers(len(WALLS)))]), int(rng.integers(4, 7))
    pair = aired(lit_pair(mix(base, (44, 40, 62), 0.28), mix(base, (255, 230, 190), 0.18), mood), mood, 0.10 * k)
    wall = mix(*pair, 0.90 if side < 0 else 0.22)
    tall = STOREY * storeys + 90
    quad = [road.at(side, back, 0), road.at(side, near, 0), road.at(side, near, tall), road.at(side, back, tall)]
    end = [road.at(side, near, 0), (quad[1][0] + side * 3000 * near, quad[1][1]),
           (quad[1][0] + side * 3000 * near, quad[2][1]), quad[2]]  # fmt: skip
    canvas.drawPath(poly(end), fill(mix(*pair, 0.10)))
    ramp = [(mix(wall, mood.air, 0.16), 1), (wall, 1)]
    canvas.drawPath(poly(quad), fill(shader=linear((quad[0][0], 0), (quad[1][0], 0), ramp)))
    trim = mix(wall, mix(mood.sun, (255, 255, 255), 0.3), 0.30 if side < 0 else 0.14)
    for high, thick in ((tall, 70.0), (STOREY * 1.02, 40.0)):
        canvas.drawLine(*road.at(side, back, high), *road.at(side, near, high), stroke(trim, max(1.5, thick * back)))
    for row in range(1, storeys):
        for c in range(4):
            u = back + (near - back) * (0.08 + 0.235 * c)
            _pane(canvas, road, (side, u, (near - back) * 0.125), (STOREY * row + 180, 420.0), (wall, trim))
    _shop(canvas, road, (side, back, near), (pair, k))


def _pane(canvas: Any, road: Avenue, across: tuple[int, float, float], rise: Point, tones: Tones) -> None:
    """One window with its frame and sill."""
    (side, a, wide), mood, rng = across, road.mood, road.rng
    low, tall = rise
    b = a + wide
    quad = [road.at(side, a, low), road.at(side, b, low), road.at(side, b, low + tall), road.at(side, a, low + tall)]
    on = rng.random() < 0.36 * mood.lamps
    glass = mix(mix(tones[0], (14, 20, 34), 0.66), mood.horizon, float(rng.uniform(0.05, 0.34)))
    pane = mix(LAMP, (255, 242, 214), float(rng.random())) if on else glass
    canvas.drawPath(poly(quad), fill(pane))
    if not on:
        canvas.drawPath(poly([quad[3], quad[2], quad[0]]), fill(mix(glass, mood.horizon, 0.5), 0.35))
    canvas.drawPath(poly(quad), stroke(tones[1], max(0.8, 22 * a), 0.85))
    middle = road.at(side, (a + b) / 2, low), road.at(side, (a + b) / 2, low + tall)
    canvas.drawLine(*middle[0], *middle[1], stroke(tones[1], max(0.6, 11 * a), 0.8))
    canvas.drawLine(*road.at(side, a, low - 20), *road.at(side, b, low - 20), stroke(tones[1], max(1.0, 34 * a)))


def _shop(canvas: Any, road: Avenue, span: tuple[int, float, float], look: tuple[Tones, int]) -> None:
    """The ground floor: a lit window, a door, an awning over the pavement, the name above."""
    (side, back, near), mood, rng = span, road.mood, road.rng
    pair, k = look
    tone = rgb(AWNINGS[int(rng.integers(len(AWNINGS)))])
    cloth = aired(lit_pair(mix(tone, (20, 20, 40), 0.3), mix(tone, (255, 240, 220), 0.15), mood), mood, 0.10 * k)
    wood = mix(cloth[0], (16, 14, 20), 0.45)
    front = [road.at(side, back, 0), road.at(side, near, 0), road.at(side, near, 700), road.at(side, back, 700)]
    canvas.drawPath(poly(front), fill(wood))
    lit = rng.random() < 0.25 + 0.7 * mood.lamps
    glass = mix(LAMP, (255, 240, 210), 0.45) if lit and mood.lamps > 0.2 else mix((30, 38, 50), mood.horizon, 0.30)
    for u, w, low in ((0.05, 0.36, 110.0), (0.46, 0.16, 10.0), (0.66, 0.29, 110.0)):
        a, b = back + (near - back) * u, back + (near - back) * (u + w)
        pane = [road.at(side, a, low), road.at(side, b, low), road.at(side, b, 500), road.at(side, a, 500)]
        ramp = linear(pane[2], pane[1], [(mix(glass, (255, 255, 255), 0.12), 1), (mix(glass, wood, 0.4), 1)])
        canvas.drawPath(poly(pane), fill(shader=ramp))
    if lit and mood.lamps > 0.3:
        x, y = road.at(side, (back + near) / 2, 250)
        blob(canvas, (x, y), (820 * back, 420 * back), LAMP, 0.30, blur=170 * back)
        blob(canvas, road.at(side, near * 0.8 + back * 0.2, 0, 260), (700 * back, 70 * back), LAMP, 0.5, blur=60 * back)
    a, b = back + (near - back) * 0.04, back + (near - back) * 0.96
    roof = [road.at(side, a, 560), road.at(side, b, 560), road.at(side, b, 430, 300), road.at(side, a, 430, 300)]
    canvas.drawPath(poly(roof), fill(mix(*cloth, 0.9 if side < 0 else 0.5)))
    for n in range(0, 8, 2):
        u, w = a + (b - a) * n / 8, a + (b - a) * (n + 1) / 8
        stripe = [road.at(side, u, 560), road.at(side, w, 560), road.at(side, w, 430, 300), road.at(side, u, 430, 300)]
        canvas.drawPath(poly(stripe), fill(mix(mix(*cloth, 0.8), in_light((244, 238, 226), mood), 0.75)))
    if k in {1, 2, 3}:
        _name(canvas, road, (side, a, b), NAMES[int(rng.integers(len(NAMES)))], mix(pair[1], (255, 244, 214), 0.7))


def _name(canvas: Any, road: Avenue, span: tuple[int, float, float], words: str, tone: Colour) -> None:
    """Letters over a shop in the perspective of its front."""
    side, back, near = span
    a, b = (near, back) if side < 0 else (back, near)
    font = skia.Font(skia.Typeface("sans-serif", skia.FontStyle.Bold()), 40)
    wide = max(1.0, font.measureText(words)) * 1.6
    source = [skia.Point(-wide * 0.19, -40), skia.Point(wide * 0.81, -40), skia.Point(wide * 0.81, 14),
              skia.Point(-wide * 0.19, 14)]  # fmt: skip
    target = [skia.Point(*road.at(side, d, h)) for d, h in ((a, 690.0), (b, 690.0), (b, 570.0), (a, 570.0))]
    matrix = skia.Matrix()
    if matrix.setPolyToPoly(source, target):
        canvas.save()
        canvas.concat(matrix)
        canvas.drawString(words, 0, 0, font, fill(tone))
        canvas.restore()


def _car(canvas: Any, road: Avenue, spot: tuple[int, float]) -> None:
    """A parked car at the kerb, seen from behind: body, glass, lights, tyres, its shadow."""
    (side, d), mood, rng = spot, road.mood, road.rng
    x, y = road.vx + side * (KERB - 250) * d, VY + 240 * d
    unit = 212 * d
    base = rgb(("#8a2f30", "#2f4d72", "#c7c3ba", "#3b3f46", "#5d6f58", "#b08a3c")[int(rng.integers(6))])
    body = aired(
        lit_pair(mix(base, (16, 16, 36), 0.4), mix(base, (255, 250, 240), 0.25), mood), mood, 0.4 * (1 - min(1.0, d))
    )
    plants.cast_shadow(canvas, (x, y), 0.95 * unit, 1.5 * unit, 0.4)
    for s in (-1, 1):
        tyre = skia.Rect.MakeXYWH(x + (s * 0.72 - 0.13) * unit, y - 0.34 * unit, 0.26 * unit, 0.34 * unit)
        canvas.drawRect(tyre, fill((16, 16, 20)))
    half = [(0.62, -1.38), (0.80, -0.92), (0.92, -0.78), (0.90, -0.26)]
    shell = [*((-a, b) for a, b in half[::-1]), *half]
    shape = smooth([(x + a * unit, y + b * unit) for a, b in shell], tension=0.35)
    ramp = [(mix(*body, 0.15), 1), (mix(*body, 0.5), 1), (body[1], 1)]
    canvas.drawPath(shape, fill(shader=linear((x - 0.9 * unit, 0), (x + 0.9 * unit, 0), ramp)))
    pane = [(-0.66, -0.94), (-0.54, -1.30), (0.54, -1.30), (0.66, -0.94)]
    canvas.drawPath(poly([(x + a * unit, y + b * unit) for a, b in pane]), fill(mix((24, 30, 42), mood.horizon, 0.4)))
    for s in (-1, 1):
        light = skia.Rect.MakeLTRB(
            x + (s * 0.74 - 0.13) * unit, y - 0.74 * unit, x + (s * 0.74 + 0.13) * unit, y - 0.60 * unit
        )
        canvas.drawRect(light, fill(mix((110, 24, 26), (255, 70, 50), mood.lamps)))
    canvas.drawRect(
        skia.Rect.MakeLTRB(x - 0.28 * unit, y - 0.58 * unit, x + 0.28 * unit, y - 0.44 * unit), fill((226, 222, 208))
    )
    canvas.drawLine(
        x - 0.88 * unit, y - 0.32 * unit, x + 0.88 * unit, y - 0.32 * unit, stroke(mix(*body, 0.1), 0.07 * unit)
    )


def _lamp(canvas: Any, road: Avenue, spot: tuple[int, float], mood: Mood) -> None:
    """A street lamp at the kerb with its arm over the road and its pool of light."""
    side, d = spot
    x, y = road.vx + side * (KERB + 90) * d, VY + 240 * d
    tall, tone = 1150 * d, mix(in_light((42, 46, 52), mood), mood.air, 0.5 * max(0.0, 1 - d))
    arm = x - side * 260 * d
    bent = [(x, y), (x, y - tall * 0.86), (x - side * 70 * d, y - tall * 0.98), (arm, y - tall)]
    canvas.drawPath(smooth(bent, close=False), stroke(tone, max(1.3, 20 * d)))
    canvas.drawLine(x, y, x, y - 0.16 * tall, stroke(tone, max(2.0, 34 * d)))
    canvas.drawOval(skia.Rect.MakeLTRB(arm - 60 * d, y - tall - 14 * d, arm + 60 * d, y - tall + 22 * d), fill(tone))
    if mood.lamps > 0.3:
        blob(canvas, (arm, y - tall + 14 * d), (52 * d, 20 * d), (255, 246, 220), 1.0, blur=max(0.6, 8 * d))
        blob(canvas, (arm, y - tall + 20 * d), (260 * d, 230 * d), LAMP, 0.46 * mood.lamps, blur=max(2.0, 100 * d))
        cone = linear((0, y - tall), (0, y), [(LAMP, 0.16 * mood.lamps), (LAMP, 0.03)])
        fan = [(arm - 40 * d, y - tall), (arm + 40 * d, y - tall), (arm + 420 * d, y), (arm - 420 * d, y)]
        canvas.drawPath(poly(fan), fill(shader=cone, blur=30 * d + 1))
        blob(canvas, (arm, y + 12 * d), (520 * d, 74 * d), LAMP, 0.46 * mood.lamps, blur=max(2.0, 46 * d))


def _signs(canvas: Any, road: Avenue, mood: Mood) -> None:
    """A traffic light and a street sign near the people."""
    x, y = road.vx + 890.0 * 0.62, VY + 240 * 0.62
    iron = in_light((46, 50, 54), mood)
    canvas.drawLine(x, y, x, y - 420, stroke(iron, 9))
    canvas.drawRRect(
        skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(x - 22, y - 440, x + 22, y - 316), 7, 7), fill((22, 24, 28))
    )
    for n, tone in enumerate(((220, 50, 44), (150, 110, 30), (60, 210, 110))):
        on = n == 2
        canvas.drawCircle(x, y - 418 + 40 * n, 13, fill(tone if on else mix(tone, (14, 14, 16), 0.75)))
        if on:
            blob(canvas, (x, y - 418 + 40 * n), (34, 34), tone, 0.25 + 0.3 * mood.lamps, blur=12)
    left = road.vx - 890.0 * 0.7
    foot = VY + 240 * 0.7
    canvas.drawLine(left, foot, left, foot - 430, stroke(iron, 8))
    plate = skia.Rect.MakeLTRB(left - 12, foot - 424, left + 128, foot - 384)
    canvas.drawRRect(skia.RRect.MakeRectXY(plate, 5, 5), fill(in_light(rgb("#1f5c8c"), mood)))
    font = skia.Font(skia.Typeface("sans-serif", skia.FontStyle.Bold()), 22)
    canvas.drawString("ONE WAY", left + 2, foot - 396, font, fill(in_light((244, 246, 248), mood)))
