"""Where land meets the sea: a beach, a path along a cliff, and the open sea from a deck."""

import re
from itertools import pairwise
from typing import Any

import numpy as np
import skia

from generation_service.contract.shots import Place
from generation_service.previs.brush import Colour, fill, linear, mix, oval, poly, rgb, smooth, stroke
from generation_service.previs.scenes import nature, plants, textures
from generation_service.previs.scenes.city import far_off, ground, in_light
from generation_service.previs.scenes.layers import Motion
from generation_service.previs.scenes.light import Mood, snowy
from generation_service.previs.scenes.nature import LEFT, LOW, RIGHT, WAVES, H, W
from generation_service.previs.scenes.skies import is_night, sunglow
from generation_service.previs.scenes.tones import lit_pair
from generation_service.previs.scenes.tower import lighthouse

ABOARD = re.compile(r"deck|boat|ship|yacht|raft|ferry|trawler|on board|aboard", re.IGNORECASE)


def beach(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """Sea to the horizon, a headland, breaking foam, wet sand."""
    sun = nature.sky(canvas, mood, rng, horizon=475, clouds=1.0)
    canvas.layer(0.75, mirror=0.34, motion=WAVES)
    nature.water(canvas, mood, rng, (470, 800), glint_x=sun[0])
    sunglow(canvas, mood, (sun[0], 470.0), 420, 0.0 if is_night(mood) else 0.3)
    canvas.layer(0.88)
    cape = nature.ridge(rng, 474, 90, rough=0.5)
    shaped = [(x, 474 - (474 - y) * max(0.0, 1 - x / 620)) for x, y in cape if x < 700]
    canvas.drawPath(poly([(LEFT, 430), *shaped, (700, 476), (LEFT, 476)]), fill(far_off(rgb("#4f5d52"), mood, 0.6)))
    if "lighthouse" in place.name.lower():
        lighthouse(canvas, mood, 1180, 500, 325)
    sand, wet = ground("#dcc39a", place, mood), ground("#9a8468", place, mood)
    line = [(-20.0, 742.0), (260.0, 716.0), (620.0, 738.0), (980.0, 712.0), (1330.0, 730.0), (W + 20.0, 704.0)]
    foam = mix((255, 255, 255), mood.ambient, 0.4)
    canvas.layer(0.35, motion=WAVES)
    for shift, alpha, wide in ((-34, 0.6, 5), (-78, 0.42, 4), (-130, 0.26, 3)):
        crest = [(x, y + shift + float(rng.normal(0, 4))) for x, y in ((LEFT, 730.0), *line, (RIGHT, 710.0))]
        canvas.drawPath(smooth(crest, close=False), stroke(foam, wide, alpha, blur=1.6))
    canvas.layer(0.25, ground=True)
    shore = [(LEFT, 742.0), *line, (RIGHT, 704.0), (RIGHT, LOW), (LEFT, LOW)]
    ramp = [(mix(wet, mood.horizon, 0.4), 1), (wet, 1), (sand, 1)]
    canvas.drawPath(smooth(shore, tension=0.35), fill(shader=linear((0, 700), (0, H), ramp, [0, 0.25, 0.8])))
    canvas.drawPath(
        smooth([(x, y + float(rng.normal(0, 3))) for x, y in shore[:-2]], close=False), stroke(foam, 9, 0.95, blur=1.6)
    )
    whole = smooth(shore, tension=0.35)
    tones = (mix(sand, mood.shade, 0.6), mix(sand, mix(mood.sun, (255, 250, 236), 0.4), 0.5))
    textures.relief(canvas, whole, "sand", tones, top=765, seed=place.seed, horizon=470)
    _strand(canvas, mood, tones, rng)
    if "fire" in place.elements:
        canvas.spot("fire", (1060, 800), 130)


def _strand(canvas: Any, mood: Mood, tones: tuple[Colour, Colour], rng: np.random.Generator) -> None:
    """What lies on a beach: footprints, shells, weed, tufts of dune grass at the sides, a weathered post."""
    for k in range(18):
        t = k / 17
        x, y = 1060 - 420 * t + (16 if k % 2 else -16) * (0.4 + t), 764 + 130 * t
        size = 4 + 9 * t
        canvas.drawOval(oval(x, y, size, size * 0.42), fill(tones[0], 0.7, blur=1.2))
        canvas.drawOval(oval(x + 2, y + size * 0.34, size, size * 0.2), fill(tones[1], 0.6, blur=1.0))
    for _ in range(60):
        t = float(rng.random())
        at, size = (float(rng.uniform(0, W)), 775 + 120 * t), 1.2 + 3.2 * t
        shell = mix((250, 240, 226), (150, 110, 90), float(rng.random()))
        canvas.drawOval(oval(at[0], at[1], size * 1.3, size * 0.8), fill(in_light(shell, mood), 0.9))
    straw = (in_light(rgb("#5f6238"), mood), mix(in_light(rgb("#c9bc76"), mood), mood.sun, 0.2))
    canvas.layer(0.12)
    for x, y, tall in ((40, 846, 96), (150, 872, 70), (1500, 830, 84), (1585, 862, 120), (-60, 800, 90)):
        for _ in range(46):
            lean, long = float(rng.normal(-0.18, 0.42)), tall * float(rng.uniform(0.5, 1.1))
            foot = x + float(rng.normal(0, 0.25 * tall))
            bend, tip = (foot + 0.3 * long * lean, y - 0.6 * long), (foot + long * lean, y - 0.9 * long)
            blade = smooth([(foot, y), bend, tip], close=False)
            canvas.drawPath(blade, stroke(mix(*straw, float(rng.random())), 2.0, 0.9))


def cliff(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A path through gorse and stones along the edge of a cliff; the sea lies far below."""
    sun = nature.sky(canvas, mood, rng, horizon=405, clouds=1.0)
    canvas.layer(0.85, motion=Motion(ripple=0.0012))
    nature.water(canvas, mood, rng, (400, 760), glint_x=620)
    sunglow(canvas, mood, (sun[0], 400.0), 420, 0.0 if is_night(mood) else 0.3)
    if "lighthouse" in place.name.lower():
        lighthouse(canvas, mood, 420, 470, 250)
    for depth, start, top, far in ((0.72, 1130.0, 330.0, 0.6), (0.56, 900.0, 420.0, 0.38)):
        canvas.layer(depth)
        _headland(canvas, place, mood, (start, top, far), rng)
    turf, bright = ground("#55733c", place, mood), ground("#a3b45c", place, mood)
    canvas.layer(0.3, ground=True)
    edge = [
        (LEFT, 690.0),
        (-20.0, 690.0),
        (330.0, 668.0),
        (700.0, 690.0),
        (1120.0, 640.0),
        (W + 20.0, 600.0),
        (RIGHT, 590.0),
    ]
    nature.land(canvas, edge, mix(bright, mood.air, 0.2), turf, depth=260, curve=True)
    whole = smooth([*edge, (RIGHT, LOW), (LEFT, LOW)], tension=0.35)
    shade = mix(turf, mood.shade, 0.5)
    textures.relief(canvas, whole, "grass", (shade, mix(bright, mood.sun, 0.2)), top=592, seed=place.seed)
    way = ground("#cbb48c", place, mood)
    path = [(1330, 634), (1370, 632), (1190, 700), (1050, 780), (1240, LOW), (280, LOW), (560, 790), (900, 706)]
    canvas.drawPath(smooth(path, tension=0.7), fill(mix(way, turf, 0.12), blur=2))
    if not snowy(place):
        nature.grass(canvas, (690, H), (turf, bright), rng, count=1100)
    for x, y, size in ((120, 740, 1.0), (300, 716, 0.7), (1460, 700, 0.9), (1560, 780, 1.3), (40, 850, 1.5)):
        _gorse(canvas, (float(x), float(y), size), place, mood, rng)
    canvas.layer(0.14)
    stone = lit_pair(rgb("#58565a"), rgb("#c4b8a4"), mood)
    plants.stones(canvas, [(430.0, 792.0, 120.0), (1330.0, 804.0, 150.0), (520.0, 806.0, 60.0)], stone, rng)
    plants.flowers(canvas, (700, H), (in_light((238, 150, 190), mood), in_light((246, 240, 226), mood)), rng, count=160)


def _headland(
    canvas: Any, place: Place, mood: Mood, shape: tuple[float, float, float], rng: np.random.Generator
) -> None:
    """A steep cape that comes in from the right: rock below, grass on top, foam at its foot."""
    start, top, far = shape
    rock, green = far_off(rgb("#7d6f60"), mood, far), far_off(rgb("#5d7a45"), mood, far)
    green = far_off(rgb("#e6ecf2"), mood, far) if snowy(place) else green
    low = top + 150
    crown = [(start + 60.0 + 150 * k, top - 12 * k + float(rng.normal(0, 7))) for k in range(14)]
    face = [(start - 30, low), (start, low - 60), (start + 24, top + 40), *crown, (RIGHT, low), (start - 30, low)]
    ramp = [(mix(rock, (255, 246, 232), 0.2), 1), (mix(rock, (10, 10, 16), 0.35), 1)]
    canvas.drawPath(poly(face), fill(shader=linear((start, top), (start + 500, low), ramp)))
    for k in range(22):
        x = start + 20 + 70 * k + float(rng.normal(0, 14))
        crack = [(x, top + 20 + float(rng.uniform(0, 20))), (x - 8, top + 80), (x + 6, low)]
        canvas.drawPath(smooth(crack, close=False), stroke(mix(rock, (0, 0, 0), 0.4), 5, 0.35, blur=1))
    back = [(x, y + 26 + float(rng.uniform(0, 16))) for x, y in reversed(crown)]
    canvas.drawPath(poly([*crown, *back]), fill(green))
    canvas.drawLine(start - 60, low, RIGHT, low, stroke(mix((255, 255, 255), mood.ambient, 0.4), 6, 0.7, blur=3))


def _gorse(canvas: Any, at: tuple[float, float, float], place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A low bush with yellow flowers; ``at`` is where it stands and its size."""
    x, y, size = at
    dark, bloom = ground("#3d5530", place, mood), ground("#e6bf3a", place, mood)
    for k in range(70):
        a, r = float(rng.uniform(np.pi, 2 * np.pi)), float(rng.random()) ** 0.5
        px, py = x + 92 * size * r * np.cos(a), y + 58 * size * r * np.sin(a)
        tone: Colour = (
            bloom if k % 4 == 0 and not snowy(place) else mix(dark, (200, 220, 150), 0.16 * float(rng.random()))
        )
        canvas.drawOval(
            oval(px, py, 9 * size if k % 4 == 0 else 17 * size, 7 * size if k % 4 == 0 else 12 * size), fill(tone)
        )


def sea(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """Open water to the horizon, swell that grows toward the viewer; from a deck, or from rocks that it washes."""
    rough = place.weather == "storm"
    sun = nature.sky(canvas, mood, rng, horizon=455, clouds=1.1)
    canvas.layer(0.8, mirror=0.2, motion=WAVES)
    nature.water(canvas, mood, rng, (450, 860), glint_x=sun[0])
    deep = mix(mix(mood.zenith, (20, 66, 88), 0.5), (0, 8, 16), 0.2)
    crest = mix((255, 255, 255), mood.ambient, 0.35)
    for k, (depth, base) in enumerate(((0.66, 500.0), (0.52, 552.0), (0.4, 622.0), (0.3, 716.0))):
        if k == 1 and not ABOARD.search(place.name):
            _boat(canvas, (640.0, 540.0), 1.0, mood)
        canvas.layer(depth, motion=Motion(ripple=0.003 + 0.002 * k * (2 if rough else 1)))
        _swell(canvas, mood, (base, (9 + 11 * k) * (2.4 if rough else 1.0), k), (deep, crest), rng)
    canvas.layer(0.2, ground=True)
    if ABOARD.search(place.name):
        _deck(canvas, mood)
    else:
        _rocks(canvas, mood, crest)


def _swell(
    canvas: Any, mood: Mood, wave: tuple[float, float, int], tones: tuple[Colour, Colour], rng: np.random.Generator
) -> None:
    """One swell of the open sea: its light back, ripples that follow it, torn foam on its crest. ``wave`` is where its
    line lies, how high it is and its number from the horizon.
    """
    (base, high, k), (deep, crest) = wave, tones
    start = float(rng.uniform(0, 6))
    xs = np.arange(LEFT, RIGHT, 36.0)
    lift = np.sin(xs / (150 + 80 * k) + start) + 0.42 * np.sin(xs / (61 + 30 * k) + 2 * start)
    line = [(float(x), base - high * float(v) + float(rng.normal(0, 1 + k))) for x, v in zip(xs, lift, strict=True)]
    whole = smooth([*line, (RIGHT, LOW), (LEFT, LOW)], tension=0.9)
    tone = mix(deep, mood.horizon, 0.36 - 0.09 * k)
    ramp = [(mix(tone, mix(mood.sun, mood.horizon, 0.5), 0.34), 1), (tone, 1), (mix(tone, (0, 8, 20), 0.3), 1)]
    canvas.drawPath(whole, fill(shader=linear((0, base - high), (0, base + 110 + 40 * k), ramp, [0, 0.3, 1])))
    box = (-700.0, base - 2 * high, 2300.0, base + 170.0 + 30 * k)
    x, y = textures.grid(box, textures.fine(canvas, 2.0))
    size = np.float32(1 / (50 + 46 * k))
    rough = textures.fractal(x * size + k * 9, (y - 0.3 * x * 0.06) * size * 3.4, 4, gain=0.66)
    light, dark = np.array(mix(mood.horizon, crest, 0.4)), np.array(mix(deep, (0, 6, 18), 0.5))
    textures.lay(
        canvas, np.where((rough > 0)[..., None], light, dark), np.clip(np.abs(rough) * 0.20, 0, 0.5), box, path=whole
    )
    for a, b in pairwise(line):
        steep = 1.5 * (base - (a[1] + b[1]) / 2) / high
        if steep > float(rng.uniform(0.0, 1.9)):
            foam = [(a[0] - 8, a[1] + 2), b, (b[0] + 4, b[1] + 3 + 1.4 * k), ((a[0] + b[0]) / 2, a[1] + 4 + 1.8 * k)]
            canvas.drawPath(smooth(foam), fill(crest, 0.6, blur=2.2))
            for _ in range(3):
                at = (a[0] + float(rng.uniform(-10, 40)), a[1] + float(rng.uniform(4, 16 + 12 * k)))
                canvas.drawOval(oval(at[0], at[1], 6 + 5 * k, 1.4 + 0.8 * k), fill(crest, 0.4))


def _boat(canvas: Any, at: tuple[float, float], size: float, mood: Mood) -> None:
    """A small fishing boat far out."""
    canvas.layer(0.6)
    x, y = at
    hull, house = far_off(rgb("#7a3a34"), mood, 0.35), far_off(rgb("#d8d2c4"), mood, 0.35)
    canvas.drawPath(
        poly([(x - 110 * size, y - 26), (x + 118 * size, y - 34), (x + 84 * size, y + 20), (x - 92 * size, y + 20)]),
        fill(hull),
    )
    canvas.drawRect(skia.Rect.MakeLTRB(x - 60 * size, y - 76, x + 6 * size, y - 28), fill(house))
    for k in (-46, -20):
        glow = mix((50, 60, 74), (255, 220, 150), mood.lamps)
        canvas.drawRect(skia.Rect.MakeLTRB(x + k, y - 66, x + k + 16, y - 50), fill(glow))
    canvas.drawLine(x + 40, y - 30, x + 40, y - 150, stroke(mix(hull, (0, 0, 0), 0.4), 4))
    canvas.drawLine(x + 40, y - 146, x + 108, y - 36, stroke(mix(hull, (0, 0, 0), 0.4), 2))


def _deck(canvas: Any, mood: Mood) -> None:
    """Planks toward the viewer and the rail."""
    wood = in_light(rgb("#94704e"), mood)
    ramp = [(mix(wood, (0, 0, 0), 0.25), 1), (wood, 1)]
    canvas.drawPath(
        poly([(LEFT, 762), (RIGHT, 762), (RIGHT, LOW), (LEFT, LOW)]), fill(shader=linear((0, 762), (0, H), ramp))
    )
    for k in range(-22, 23):
        canvas.drawLine(800 + k * 62, 762, 800 + k * 190, LOW, stroke(mix(wood, (0, 0, 0), 0.55), 2.6, 0.6))
    rail = in_light((226, 226, 222), mood)
    for x in np.arange(LEFT, RIGHT, 150.0):
        canvas.drawLine(x, 640, x, 764, stroke(rail, 9))
    for y, wide in ((642, 13), (690, 5), (728, 5)):
        canvas.drawLine(LEFT, y, RIGHT, y, stroke(rail, wide))


def _rocks(canvas: Any, mood: Mood, crest: Colour) -> None:
    """A low shelf of dark rock with foam at its edge."""
    stone = in_light(rgb("#4d4a48"), mood)
    line = [
        (LEFT, 800.0),
        (60.0, 780.0),
        (300.0, 806.0),
        (620.0, 786.0),
        (980.0, 800.0),
        (1290.0, 778.0),
        (RIGHT, 800.0),
    ]
    ramp = [(mix(stone, (255, 250, 240), 0.16), 1), (mix(stone, (0, 0, 0), 0.4), 1)]
    canvas.drawPath(
        smooth([*line, (RIGHT, LOW), (LEFT, LOW)], tension=0.6), fill(shader=linear((0, 780), (0, H), ramp))
    )
    canvas.drawPath(smooth(line, close=False), stroke(crest, 9, 0.85, blur=2))
