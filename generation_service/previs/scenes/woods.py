"""Sets among trees: a park or a garden with its path, a forest in depth."""

import re
from typing import Any

import numpy as np
import skia

from generation_service.contract.shots import Place
from generation_service.previs.brush import (
    Point,
    blob,
    fill,
    linear,
    mix,
    oval,
    rgb,
    smooth,
    stroke,
    times,
)
from generation_service.previs.scenes import nature, plants, textures
from generation_service.previs.scenes.city import ground, in_light
from generation_service.previs.scenes.hamlet import house
from generation_service.previs.scenes.light import Mood, leaves, snowy
from generation_service.previs.scenes.nature import LEFT, LOW, RIGHT, H, W
from generation_service.previs.scenes.skies import is_night, shafts, sunglow
from generation_service.previs.scenes.squares import bulbs, park_lamp
from generation_service.previs.scenes.tones import Tones, aired, lit_pair


def park(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A path between trees, light on the grass, lamps along it; a pond; in a garden flower beds."""
    sun = nature.sky(canvas, mood, rng, horizon=540, clouds=0.7)
    bare = place.season == "winter"
    tones = lit_pair(*leaves(place), mood)
    for far, base, tall, count in ((0.78, 532.0, 130.0, 26), (0.46, 556.0, 215.0, 13)):
        canvas.layer(0.85 if far > 0.6 else 0.65)
        _hedge(canvas, base + 6, tall * 0.36, aired(tones, mood, far), rng)
        for _ in range(count):
            at = (float(rng.uniform(-340, W + 340)), base + float(rng.normal(0, 6)))
            if far > 0.6 or abs(at[0] - 790) > 120:
                nature.tree(canvas, at, tall * float(rng.uniform(0.8, 1.25)), aired(tones, mood, far), rng, bare=bare)
        sunglow(canvas, mood, (sun[0], base), 520, 0.26)
        nature.fog_bank(canvas, mood, base, 54, 0.25 * (0.4 + mood.haze))
    _lawn(canvas, place, mood, rng)
    if place.kind == "garden":
        _beds(canvas, place, mood, rng)
    if re.search(r"cottage|house|home|villa|back ?yard", place.name.lower()):
        canvas.layer(0.5)
        house(canvas, place, mood, np.random.default_rng(place.seed + 1), (1010.0, 604.0, 66.0))
    if "lights" in place.elements:
        canvas.layer(0.45)
        bulbs(canvas, mood, 250.0)
    _park_trees(canvas, mood, tones, rng, bare=bare)
    _near_leaves(canvas, (mix(tones[0], (4, 8, 14), 0.45), mix(tones[0], tones[1], 0.5)), rng, bare=bare)


def _hedge(canvas: Any, foot: float, tall: float, tones: Tones, rng: np.random.Generator) -> None:
    """Bushes under far trees, so that no trunk stands on a bare line."""
    line = [(x, foot - tall * float(rng.uniform(0.5, 1.0))) for x in np.arange(LEFT, RIGHT, tall * 0.9)]
    ramp = linear((0, foot - tall), (0, foot), [(mix(tones[0], tones[1], 0.35), 1), (tones[0], 1)])
    canvas.drawPath(smooth([*line, (RIGHT, foot + 30), (LEFT, foot + 30)], tension=1.1), fill(shader=ramp))


def _lawn(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """Grass with light and shade on it, a pond, the path."""
    snow = snowy(place)
    turf, bright = ground("#4d7a38", place, mood), ground("#a4c45c", place, mood)
    if place.season == "autumn":
        turf = mix(turf, ground("#8a6a34", place, mood), 0.35)
        bright = mix(bright, ground("#d89a3c", place, mood), 0.45)
    canvas.layer(0.6, ground=True)
    hills = [(LEFT, 560.0), (-20.0, 556.0), (500.0, 545.0), (1100.0, 550.0), (W + 20.0, 540.0), (RIGHT, 540.0)]
    whole = smooth([*hills, (RIGHT, LOW), (LEFT, LOW)], tension=0.35)
    ramp = [(mix(bright, mood.air, 0.30), 1), (mix(turf, bright, 0.62), 1), (mix(turf, mood.shade, 0.12), 1)]
    canvas.drawPath(whole, fill(shader=linear((0, 540), (0, H + 60), ramp, [0, 0.3, 1])))
    shade = times(turf, mix(mood.shade, (255, 255, 255), 0.15))
    textures.relief(canvas, whole, "snow" if snow else "grass", (shade, bright), top=545, seed=place.seed)
    _pond(canvas, mood)
    _path(canvas, place, mood, rng)
    if not snow:
        nature.grass(canvas, (575, H + 20), (shade, bright), rng, count=2600)
        petals = ((240, 236, 220), (236, 200, 80)) if place.season != "autumn" else (rgb("#c9622a"), rgb("#e0a038"))
        plants.flowers(canvas, (610, H), tuple(in_light(c, mood) for c in petals), rng, count=460)


def _pond(canvas: Any, mood: Mood) -> None:
    """Still water to the right, with the sky in it and a bright far edge."""
    shape = smooth([(1010, 588), (1180, 572), (1420, 574), (1640, 590), (1560, 622), (1300, 634), (1090, 618)])
    ramp = linear((0, 572), (0, 636), [(mix(mood.horizon, mood.air, 0.2), 1), (mix(mood.zenith, mood.shade, 0.3), 1)])
    canvas.drawPath(shape, fill(shader=ramp))
    canvas.drawPath(shape, stroke(mix(mood.sun, (255, 255, 255), 0.3), 1.6, 0.4))
    for y, x, long in ((592, 1340, 90), (604, 1260, 70), (600, 1450, 50), (616, 1330, 60), (584, 1230, 60)):
        canvas.drawLine(x - long, y, x + long, y, stroke(mix(mood.sun, (255, 255, 255), 0.4), 1.3, 0.55))


def _path(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """The path that narrows into the distance, with its borders and gravel."""
    way = ground("#cfb48c", place, mood)
    shape = smooth(
        [(770, 551), (796, 551), (870, 610), (960, 690), (1250, H + 60), (1900, LOW), (-300, LOW), (400, H + 60),
         (640, 690), (750, 600)], tension=0.7,
    )  # fmt: skip
    canvas.drawPath(shape, fill(mix(way, (30, 24, 20), 0.55), 0.5, blur=5))
    ramp = linear((0, 548), (0, H), [(mix(way, mood.air, 0.35), 1), (way, 1)])
    canvas.drawPath(shape, fill(shader=ramp))
    dark = times(way, mix(mood.shade, (255, 255, 255), 0.1))
    textures.relief(canvas, shape, "earth", (dark, mix(way, (255, 250, 236), 0.5)), top=551, seed=place.seed + 3)
    for _ in range(240):
        t = float(rng.random()) ** 0.6
        x, y, size = 800 + float(rng.normal(0, 40 + 270 * t)), 560 + 340 * t, 0.8 + 3.4 * t
        tone = mix(dark, mix(way, (255, 255, 255), 0.4), float(rng.random()))
        if shape.contains(x, y):
            canvas.drawOval(oval(x, y, size * 1.5, size * 0.6), fill(tone, 0.7))


def _park_trees(canvas: Any, mood: Mood, tones: Tones, rng: np.random.Generator, *, bare: bool) -> None:
    """The large trees and the lamps, from far to near, each with its shadow."""
    spots = ((60.0, 980.0, 0.16), (1540.0, 900.0, 0.10), (330.0, 640.0, 0.36), (1290.0, 600.0, 0.34))
    for x, tall, depth in sorted(spots, key=lambda spot: -spot[2]):
        canvas.layer(depth)
        foot = H - 150 + (tall - 780) * 0.2
        if not is_night(mood):
            for dx, dy, r in ((-0.16, 0.03, 0.34), (-0.48, 0.10, 0.30), (-0.30, 0.06, 0.42)):
                blob(canvas, (x + tall * dx, foot + tall * dy * 0.5), (tall * r, 26), (14, 22, 40), 0.26, blur=12)
        nature.tree(canvas, (x, foot), tall, aired(tones, mood, 0.25 * depth), rng, bare=bare)
        if depth == 0.34:
            for lamp_x, lamp_y, high in ((600.0, 628.0, 300.0), (985.0, 676.0, 430.0)):
                park_lamp(canvas, mood, (lamp_x, lamp_y), high)


def _beds(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """Flower beds left and right of a path."""
    tones = ("#d6566f", "#f0c25a", "#efe6ee", "#9a6fc0") if not snowy(place) else ("#dfe6ee", "#cfd8e4")
    for side in (-1, 1):
        for _ in range(260):
            t = float(rng.random())
            y = 640 + 200 * t
            x = 790 + side * ((200 + 210 * t) + float(rng.uniform(0, 190)) * (0.5 + t))
            canvas.drawLine(x, y, x, y - 8 - 16 * t, stroke(in_light(rgb("#4b7a3c"), mood), 2))
            tone = in_light(rgb(tones[int(rng.integers(len(tones)))]), mood)
            canvas.drawCircle(x, y - 10 - 18 * t, 3 + 5 * t, fill(tone))
            canvas.drawCircle(x + 1 + t, y - 11 - 19 * t, 1 + 2 * t, fill(mix(tone, (255, 255, 255), 0.55)))


def _near_leaves(canvas: Any, tones: Tones, rng: np.random.Generator, *, bare: bool) -> None:
    """Boughs at the upper edges, out of focus between the camera and everything else."""
    canvas.layer(-0.55)
    for side in (0, 1):
        for _ in range(46 if not bare else 0):
            x, y = abs(float(rng.normal(0, 120))), abs(float(rng.normal(0, 70)))
            x, y = (x, y) if x / 260 + y / 120 < 1 else (x * 0.4, y * 0.4)  # no leaf hangs on its own
            at = (-60 + x if side == 0 else W + 60 - x, -50 + y)
            size = float(rng.uniform(13, 30))
            canvas.drawOval(
                skia.Rect.MakeLTRB(at[0] - size, at[1] - size * 0.6, at[0] + size, at[1] + size * 0.6),
                fill(mix(tones[0], tones[1], float(rng.random()) * (0.4 + 0.4 * side)), 0.95, blur=3.5),
            )


def forest(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """Conifers row behind row through the light, shafts of sun, a path of earth, ferns; trunks near the camera."""
    sun = nature.sky(canvas, mood, rng, horizon=620, clouds=0.3, at=(905.0, 410.0))
    snow = snowy(place)
    tones = lit_pair(rgb("#1f4034"), rgb("#eef3f8" if snow else "#7fa650"), mood)
    rows = ((0.86, 588.0, 380.0, 34), (0.58, 606.0, 520.0, 22), (0.32, 632.0, 720.0, 14), (0.10, 668.0, 980.0, 9))
    for number, (far, base, tall, count) in enumerate(rows):
        canvas.layer(0.92 - 0.14 * number)
        for k in range(count):
            x = -420 + (W + 840) * (k + float(rng.uniform(0.1, 0.9))) / count
            if abs(x - 880) > (60, 110, 200, 400)[number]:
                high = tall * float(rng.uniform(0.72, 1.2))
                foot = (x, base + float(rng.normal(0, 7)))
                if place.season in {"autumn", "spring"} and k % 3 == 0:
                    nature.tree(canvas, foot, high * 0.8, aired(lit_pair(*leaves(place), mood), mood, far), rng)
                else:
                    nature.pine(canvas, foot, high, aired(tones, mood, far), rng)
        if not is_night(mood):
            sunglow(canvas, mood, sun, 560 - 60 * number, 0.55 - 0.13 * number)
        nature.fog_bank(canvas, mood, base + 14, 64, (0.34 + 0.4 * mood.haze) * (0.15 + 0.85 * far))
    _forest_floor(canvas, place, mood, rng)
    if mood.haze < 0.75 and not is_night(mood):
        canvas.layer(0.3)
        shafts(canvas, mood, sun, rng, low=850, share=0.22)
    elif mood.haze >= 0.75:
        _in_fog(canvas, place, mood, tones, rng)
    for x, depth in ((215.0, 0.22), (1420.0, 0.18)):
        canvas.layer(depth)
        trunk(canvas, (x, H - 130 * depth / 0.2), float(rng.uniform(50, 66)), mood, rng)
    for x in (20.0, 1605.0):
        canvas.layer(-0.4)
        trunk(canvas, (x, LOW), 118.0, mood, rng)


# Trunks between the far rows and the near ones: foot, width and how deep they stand.
IN_FOG = (
    (120.0, 640.0, 15.0, 0.62), (392.0, 652.0, 20.0, 0.56), (655.0, 640.0, 13.0, 0.64), (1085.0, 646.0, 16.0, 0.62),
    (1236.0, 660.0, 24.0, 0.54), (1530.0, 648.0, 18.0, 0.58), (540.0, 690.0, 34.0, 0.40), (1010.0, 684.0, 30.0, 0.42),
)  # fmt: skip


def _in_fog(canvas: Any, place: Place, mood: Mood, tones: Tones, rng: np.random.Generator) -> None:
    """Fog hides the rows behind: bare trunks step out of it one behind the other, darker the nearer, with a paler bank
    of it between them, so that even a close picture has depth.
    """
    glow = mix(mood.air, mood.sun, 0.45)
    blob(canvas, (905.0, 380.0), (420, 300), glow, 0.34, blur=120)
    for x, y, wide, depth in sorted(IN_FOG, key=lambda one: -one[3]):
        canvas.layer(depth)
        shade, light = aired((mix(tones[0], (30, 24, 26), 0.5), mix(*tones, 0.25)), mood, 0.85 * depth)
        ramp = linear((x - wide, 0), (x + wide, 0), [(shade, 1), (mix(shade, light, 0.5), 1), (light, 1)])
        half = [(-0.6 * wide, -300.0), (-0.8 * wide, y - 90), (-1.5 * wide, y + 4)]
        sides = [*((x + dx, at) for dx, at in half), *((x - dx, at) for dx, at in reversed(half))]
        canvas.drawPath(smooth(sides, tension=0.5), fill(shader=ramp))
        for _ in range(3):
            foot, way = y - float(rng.uniform(230, 560)), 1 if rng.random() < 0.5 else -1
            reach = wide * float(rng.uniform(3, 6))
            bough = [(x + way * along * reach, foot - up * reach) for along, up in ((0.0, 0.0), (0.6, 0.2), (1.0, 0.5))]
            canvas.drawPath(smooth(bough, close=False), stroke(shade, 0.22 * wide, 0.9))
        blob(canvas, (x, y - 6), (9 * wide, 26), glow, 0.42, blur=22)


def _forest_floor(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """Moss, a path of earth that winds away, patches of light, ferns and stones."""
    snow = snowy(place)
    moss = lit_pair((206, 216, 236), (250, 250, 252), mood) if snow else lit_pair(rgb("#3a4a2c"), rgb("#9aa850"), mood)
    canvas.layer(0.4, ground=True)
    line = [(LEFT, 680.0), (-20.0, 676.0), (420.0, 660.0), (900.0, 672.0), (W + 20.0, 654.0), (RIGHT, 654.0)]
    whole = smooth([*line, (RIGHT, LOW), (LEFT, LOW)], tension=0.35)
    ramp = [(mix(mix(*moss, 0.55), mood.air, 0.35), 1), (mix(*moss, 0.40), 1), (mix(moss[0], (8, 12, 22), 0.3), 1)]
    canvas.drawPath(whole, fill(shader=linear((0, 660), (0, H + 40), ramp, [0, 0.35, 1])))
    textures.relief(canvas, whole, "snow" if snow else "grass", moss, top=656, seed=place.seed)
    earth = lit_pair(rgb("#5a4634"), rgb("#c2a06c"), mood) if not snow else (mix(*moss, 0.2), mix(*moss, 0.8))
    way = smooth([(850, 666), (900, 664), (830, 716), (1010, 790), (1240, H + 60), (1700, LOW), (-100, LOW),
                  (480, H + 60), (700, 780), (770, 714)], tension=0.7)  # fmt: skip
    ramp = [(mix(mix(*earth, 0.7), mood.air, 0.3), 1), (mix(*earth, 0.45), 1)]
    canvas.drawPath(way, fill(shader=linear((0, 664), (0, H), ramp), blur=4))
    textures.relief(canvas, way, "earth", earth, top=664, seed=place.seed + 1)
    if not is_night(mood):
        for _ in range(15):
            t = float(rng.random())
            at = (float(rng.uniform(100, 1500)), 690 + 200 * t)
            blob(canvas, at, (40 + 130 * t, 6 + 15 * t), mood.sun, 0.26, blur=7)
    spots = sorted(float(rng.uniform(700, 880)) for _ in range(26))
    if not snow:
        nature.grass(canvas, (690, H + 20), moss, rng, count=1300)
        found = [(x, y, 18 + 0.34 * (y - 690)) for y in spots
                 for x in [float(rng.uniform(-60, 1660))] if abs(x - 800) > 170 + (y - 690) * 1.5]  # fmt: skip
        plants.ferns(canvas, found, lit_pair(rgb("#2f4a2a"), rgb("#9cba54"), mood), rng)
    rocks = [(520.0, 742.0, 74.0), (1180.0, 720.0, 54.0), (1255.0, 800.0, 110.0), (330.0, 852.0, 120.0)]
    plants.stones(canvas, rocks, lit_pair(rgb("#5c5a56"), rgb("#b4ac98"), mood), rng)


def trunk(canvas: Any, foot: Point, wide: float, mood: Mood, rng: np.random.Generator) -> None:
    """A trunk that leaves the picture above, its bark lit from the right, its roots spread on the ground."""
    x, y = foot
    bark = lit_pair(rgb("#3a2c24"), rgb("#a8825c"), mood)
    half = wide / 2
    left = [(x - half * 0.86, -300.0), (x - half, y - 220), (x - half * 1.25, y - 60), (x - half * 2.2, y + 8)]
    right = [(x + half * 2.1, y + 10), (x + half * 1.2, y - 60), (x + half, y - 220), (x + half * 0.86, -300.0)]
    shape = smooth([*left, (x, y - 10), *right], tension=0.5)
    ramp = [(mix(bark[0], (4, 5, 12), 0.45), 1), (bark[0], 1), (mix(*bark, 0.45), 1), (bark[1], 1)]
    canvas.drawPath(shape, fill(shader=linear((x - half, 0), (x + half, 0), ramp, [0, 0.45, 0.8, 1])))
    box = (x - half * 2.4, -300.0, x + half * 2.4, min(y + 12, 1200.0))
    px, py = textures.grid(box, textures.fine(canvas, 2.0))
    u, v = (px - np.float32(x)) / np.float32(wide * 0.16) + np.float32(wide), py / np.float32(wide * 1.5)
    rough = textures.fractal(u, v, 4, gain=0.6)
    tone = np.where((rough > 0)[..., None], np.array(bark[1], np.float32), np.array((6, 6, 10), np.float32))
    side = np.clip(0.5 + (px - np.float32(x)) / np.float32(wide), 0.15, 1)
    strength = np.clip(np.abs(rough) * 0.34, 0, 0.6) * np.where(rough > 0, side, 0.9)
    textures.lay(canvas, tone, strength, box, path=shape)
    rim = smooth([(a - 2, b) for a, b in right[::-1]], close=False, tension=0.5)
    canvas.drawPath(rim, stroke(mood.sun, 3.0, 0.5, blur=1.2))
