"""Exterior sets under the open sky, back to front, in a 1600 x 900 frame."""

import re
from typing import Any

import numpy as np
import skia

from generation_service.contract.shots import Place
from generation_service.previs.brush import Point, fill, linear, mix, poly, rgb, smooth, stroke
from generation_service.previs.scenes import nature
from generation_service.previs.scenes.city import far_off, ground, in_light, rooftop, street
from generation_service.previs.scenes.coast import beach, cliff, sea
from generation_service.previs.scenes.light import Mood, leaves, snowy
from generation_service.previs.scenes.nature import LEFT, LOW, RIGHT, WAVES, H, Painter, W
from generation_service.previs.scenes.quays import bridge, field, harbour
from generation_service.previs.scenes.squares import bulbs, house, market, station, village


def park(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A path between trees, light on the grass; a bench; in a garden flower beds."""
    nature.sky(canvas, mood, rng, horizon=520, clouds=0.7)
    snow, bare = snowy(place), place.season == "winter"
    shade, light = leaves(place)
    leaf, sun = in_light(shade, mood), in_light(light, mood)
    for far, base, tall, count in ((0.8, 520.0, 150.0, 18), (0.5, 560.0, 240.0, 11)):
        canvas.layer(0.85 if far > 0.6 else 0.65)
        for _ in range(count):
            at = (float(rng.uniform(-340, W + 340)), base + float(rng.normal(0, 8)))
            tones = (mix(leaf, mood.air, far), mix(sun, mood.air, far))
            nature.tree(canvas, at, tall * float(rng.uniform(0.8, 1.2)), tones, rng, bare=bare)
        nature.fog_bank(canvas, mood, base, 70, 0.35 * (0.4 + mood.haze))
    turf, bright = ground("#4f7a3a", place, mood), ground("#9bbb58", place, mood)
    canvas.layer(0.6, ground=True)
    hills = [(-20.0, 556.0), (500.0, 540.0), (1100.0, 548.0), (W + 20.0, 536.0)]
    nature.land(canvas, hills, mix(bright, mood.air, 0.35), turf, depth=360, curve=True)
    way = ground("#c8ad87", place, mood)
    path = smooth(
        [(760, 548), (800, 548), (880, 640), (1180, H + 40), (1900, LOW), (-400, LOW), (380, H + 40), (640, 660)],
        tension=0.7,
    )
    canvas.drawPath(path, fill(shader=linear((0, 548), (0, H), [(mix(way, mood.air, 0.4), 1), (way, 1)]), blur=2))
    if not snow:
        nature.grass(canvas, (570, H), (turf, bright), rng)
    if place.kind == "garden":
        _beds(canvas, place, mood, rng)
    if re.search(r"cottage|house|home|villa|back ?yard", place.name.lower()):
        canvas.layer(0.5)
        house(canvas, place, mood, np.random.default_rng(place.seed + 1), (1020.0, 604.0, 1.25))
    if "lights" in place.elements:
        canvas.layer(0.45)
        bulbs(canvas, mood, 250.0)
    spots = ((90.0, 760.0, 0.16), (1490.0, 700.0, 0.10), (330.0, 520.0, 0.36), (1270.0, 500.0, 0.34))
    for x, tall, depth in sorted(spots, key=lambda spot: -spot[2]):
        canvas.layer(depth)
        foot = H - 150 + (tall - 600) * 0.2
        oval = skia.Rect.MakeLTRB(x - tall * 0.5, foot - 34, x + tall * 0.4, foot + 40)
        canvas.drawOval(oval, fill(mix(turf, (6, 14, 10), 0.6), 0.55, blur=18))
        nature.tree(canvas, (x, foot), tall, (mix(leaf, (10, 24, 12), 0.35), sun), rng, bare=bare)
    _near_leaves(canvas, (mix(leaf, (4, 10, 8), 0.55), mix(leaf, sun, 0.3)), rng, bare=bare)


def _beds(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """Flower beds left and right of a path."""
    tones = ("#d6566f", "#f0c25a", "#efe6ee", "#9a6fc0") if not snowy(place) else ("#dfe6ee", "#cfd8e4")
    for side in (-1, 1):
        for _ in range(210):
            t = float(rng.random())
            y = 640 + 200 * t
            x = 790 + side * ((200 + 210 * t) + float(rng.uniform(0, 190)) * (0.5 + t))
            canvas.drawLine(x, y, x, y - 8 - 16 * t, stroke(in_light(rgb("#4b7a3c"), mood), 2))
            canvas.drawCircle(
                x, y - 10 - 18 * t, 3 + 5 * t, fill(in_light(rgb(tones[int(rng.integers(len(tones)))]), mood))
            )


def _near_leaves(canvas: Any, tones: Any, rng: np.random.Generator, *, bare: bool) -> None:
    """Boughs at the upper edges, between the camera and everything else."""
    canvas.layer(-0.55)
    for side in (0, 1):
        for _ in range(34 if not bare else 0):
            x, y = abs(float(rng.normal(0, 130))), abs(float(rng.normal(0, 78)))
            x, y = (x, y) if x / 280 + y / 130 < 1 else (x * 0.4, y * 0.4)  # no leaf hangs on its own
            at = (-60 + x if side == 0 else W + 60 - x, -50 + y)
            size = float(rng.uniform(16, 34))
            canvas.drawOval(
                skia.Rect.MakeLTRB(at[0] - size, at[1] - size * 0.6, at[0] + size, at[1] + size * 0.6),
                fill(mix(tones[0], tones[1], float(rng.random()) * 0.5), 0.95, blur=3),
            )


def forest(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """Rows of conifers through mist, shafts of light, ferny ground; trunks near the camera."""
    nature.sky(canvas, mood, rng, horizon=620, clouds=0.3)
    tone, light = in_light(rgb("#21402f"), mood), in_light(rgb("#5d8a4e"), mood)
    if snowy(place):
        light = in_light(rgb("#e6edf3"), mood)
    elif place.season == "autumn":
        tone, light = in_light(rgb("#4a3a26"), mood), in_light(rgb("#c98a3c"), mood)
    for far, base, tall, count in ((0.92, 560, 260, 44), (0.7, 600, 380, 26), (0.42, 660, 560, 15)):
        canvas.layer(far * 0.9)
        for _ in range(count):
            at = (float(rng.uniform(-330, W + 330)), base + float(rng.normal(0, 10)))
            tones = (mix(tone, mood.air, far), mix(light, mood.air, far))
            nature.pine(canvas, at, tall * float(rng.uniform(0.7, 1.15)), tones, rng)
        nature.fog_bank(canvas, mood, base - 20, 130, 0.42 * (0.4 + mood.haze))
    moss, fern = ground("#3b4a2b", place, mood), ground("#7d9a4c", place, mood)
    canvas.layer(0.4, ground=True)
    line = [(-20.0, 690.0), (420.0, 668.0), (900.0, 690.0), (W + 20.0, 664.0)]
    nature.land(canvas, line, mix(fern, mood.air, 0.4), moss, depth=240, curve=True)
    if not snowy(place):
        nature.grass(canvas, (700, H), (moss, fern), rng, count=900)
    if mood.haze < 0.75:
        canvas.layer(0.3)
        for k in range(5):
            x = 240 + k * 270 + float(rng.normal(0, 40))
            beam = linear((0, 0), (0, 720), [(mood.rim, 0.20), (mood.rim, 0.0)])
            canvas.drawPath(
                poly([(x + 160, -20), (x + 250, -20), (x - 60, 720), (x - 220, 720)]), fill(shader=beam, blur=18)
            )
    for x, depth in ((250.0, 0.22), (1400.0, 0.18), (30.0, -0.35), (1600.0, -0.45)):
        canvas.layer(depth)
        _trunk(canvas, x, depth, mood, rng)


def _trunk(canvas: Any, x: float, depth: float, mood: Mood, rng: np.random.Generator) -> None:
    """A trunk that leaves the picture above, with its roots spread on the ground."""
    wide = float(rng.uniform(46, 64)) if depth > 0 else 96.0
    foot = H - 130 * depth / 0.2 if depth > 0 else LOW
    bark = mix(in_light(rgb("#4a3628"), mood), (14, 12, 14), 0.35)
    ramp = [(mix(bark, mood.rim, 0.25), 1), (bark, 1), (mix(bark, (5, 5, 8), 0.6), 1)]
    half = wide / 2
    shape = [
        (x - half, -300),
        (x + half, -300),
        (x + half, foot - 60),
        (x + wide * 1.1, foot),
        (x - wide * 1.1, foot),
        (x - half, foot - 60),
    ]
    canvas.drawPath(poly(shape), fill(shader=linear((x - half, 0), (x + half, 0), ramp)))
    for _ in range(70):
        px, py = x + float(rng.uniform(-half, half)), float(rng.uniform(0, min(foot - 60, H)))
        canvas.drawLine(
            px, py, px + float(rng.normal(0, 3)), py + float(rng.uniform(20, 70)), stroke((10, 8, 8), 3, 0.28)
        )


def mountain(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """Four ridges into the haze, snow on the tallest, a lake and pines in front."""
    nature.sky(canvas, mood, rng, horizon=560, clouds=0.9)
    for k, (base, height, far) in enumerate(((470, 330, 0.88), (510, 260, 0.7), (560, 200, 0.5), (600, 120, 0.34))):
        canvas.layer(0.95 - 0.07 * k)
        line = nature.ridge(rng, base, height, rough=0.52 if k < 2 else 0.46)
        rock = far_off(rgb(("#6b7690", "#5d6a80", "#4c6353", "#3f5a3c")[k]), mood, far)
        nature.land(canvas, line, rock, mix(rock, mood.air, 0.75), depth=260)
        if k < 2 or snowy(place):
            _snow_caps(canvas, line, mood, far, rng)
    if re.search(r"summit|ridge|peak|above", place.name.lower()):
        _sea_of_clouds(canvas, mood, rng)
    else:
        canvas.layer(0.6, mirror=0.34, motion=WAVES)
        nature.water(canvas, mood, rng, (610, 830), glint_x=1050)
    meadow = ground("#5f7d43", place, mood)
    canvas.layer(0.25, ground=True)
    line = [(-20.0, 760.0), (300.0, 742.0), (760.0, 800.0), (1200.0, 786.0), (W + 20.0, 752.0)]
    nature.land(canvas, line, meadow, mix(meadow, (10, 20, 10), 0.4), depth=160, curve=True)
    if not snowy(place):
        nature.grass(canvas, (790, H), (mix(meadow, (10, 20, 10), 0.3), ground("#a5b866", place, mood)), rng, count=900)
    canvas.layer(0.12)
    tone, light = in_light(rgb("#1f3a2c"), mood), in_light(rgb("#e6edf3" if snowy(place) else "#55804a"), mood)
    for x in (-10, 60, 120, 215, 1420, 1490, 1580):
        nature.pine(
            canvas, (float(x), 800 + float(rng.uniform(-10, 50))), float(rng.uniform(230, 430)), (tone, light), rng
        )


def _sea_of_clouds(canvas: Any, mood: Mood, rng: np.random.Generator) -> None:
    """What lies under somebody who stands high: clouds, lit from above, that hide the valley."""
    lit = mix(mix(mood.air, mood.horizon, 0.5), (255, 255, 255), 0.30)
    shade = mix(mix(mood.air, mood.zenith, 0.55), lit, 0.25)
    for depth, base, size in ((0.68, 600.0, 34.0), (0.6, 645.0, 52.0), (0.5, 715.0, 80.0)):
        canvas.layer(depth)
        ramp = linear((0, base - size), (0, base + 1.5 * size), [(lit, 1), (mix(lit, shade, 0.55), 1), (shade, 1)])
        crest = [(LEFT, base)]
        while crest[-1][0] < RIGHT:
            wide, rise = float(rng.uniform(3.0, 6.5)) * size, float(rng.uniform(0.25, 0.75)) * size
            x = crest[-1][0]
            crest += [(x + 0.25 * wide, base - 0.8 * rise), (x + 0.7 * wide, base - rise), (x + wide, base)]
        canvas.drawPath(smooth([*crest, (RIGHT, LOW), (LEFT, LOW)], tension=0.8), fill(shader=ramp, blur=9))


def _snow_caps(canvas: Any, line: list[Point], mood: Mood, far: float, rng: np.random.Generator) -> None:
    tops = sorted(y for _, y in line)
    limit = tops[len(tops) // 2]
    white = mix(in_light((246, 249, 255), mood), mood.air, far * 0.5)
    points = [(x, y) for x, y in line]
    lower = [(x, max(y, min(limit, y + (limit - y) * 0.55 + float(rng.normal(0, 7))))) for x, y in points]
    canvas.drawPath(poly([*points, *lower[::-1]]), fill(white, 0.85, blur=0.8))


# Deserts elsewhere: sand in light and in shade.
PLANETS = ((r"\bmars\b|red planet", ("#b5613c", "#713726")), (r"\bmoon\b|lunar", ("#b4b5ba", "#63656e")))


def desert(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """Dunes with a lit and a shaded flank, mesas far away."""
    nature.sky(canvas, mood, rng, horizon=520, clouds=0.35)
    mesa = far_off(rgb("#a5674a"), mood, 0.72)
    for x, wide, tall in ((220, 200, 90), (470, 120, 60), (1240, 260, 120)):
        top = [
            (x - wide * 0.62, 530),
            (x - wide * 0.5, 520 - tall),
            (x + wide * 0.5, 520 - tall * 0.96),
            (x + wide * 0.66, 530),
        ]
        canvas.drawPath(poly(top), fill(mesa))
    tones = next((two for words, two in PLANETS if re.search(words, place.name.lower())), ("#e0b077", "#9a6a48"))
    sand, shade = ground(tones[0], place, mood), ground(tones[1], place, mood)
    for k in range(5):
        canvas.layer(0.82 - 0.15 * k, ground=k == 4)
        far = 0.7 * (1 - k / 5)
        base = 530 + k * 78
        line = [
            (float(x), base + 30 * np.sin(x / 260 + k * 1.9 + rng.random()) * (0.5 + 0.25 * k))
            for x in range(-340, W + 380, 140)
        ]
        nature.land(
            canvas, line, mix(sand, mood.air, far), mix(shade, mood.air, far * 0.9), depth=150 + 40 * k, curve=True
        )
        crest = stroke(mix(mix(sand, (255, 250, 230), 0.5), mood.air, far), 2 + k * 0.6, 0.7, blur=1.2)
        canvas.drawPath(smooth(line, close=False), crest)
        lee = [(x, y + (34 + 10 * k) * max(0.0, float(np.sin(x / 260 + k * 1.9 + 0.9)))) for x, y in line]
        canvas.drawPath(smooth([*line, *lee[::-1]], tension=0.5), fill(mix(shade, mood.air, far), 0.45, blur=6))
    for _ in range(260):
        t = float(rng.random())
        left, y, long = float(rng.uniform(0, W)), 800 + 100 * t, 30 + 60 * t
        canvas.drawPath(
            smooth([(left - long, y), (left, y - 3), (left + long, y + 1)], close=False), stroke(shade, 1.4 + t, 0.22)
        )
    if "fire" in place.elements:
        canvas.spot("fire", (1060, 800), 130)


OUTDOORS: dict[str, Painter] = {
    "street": street, "rooftop": rooftop, "park": park, "garden": park, "forest": forest, "beach": beach,
    "mountain": mountain, "desert": desert, "harbour": harbour, "market": market, "station": station,
    "village": village, "bridge": bridge, "field": field, "coast": cliff, "sea": sea,
}  # fmt: skip
