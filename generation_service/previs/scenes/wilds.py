"""Sets without people's works: mountains with a lake or above the clouds, deserts here and on other planets."""

import re
from typing import Any

import numpy as np
import skia

from generation_service.contract.shots import Place
from generation_service.previs.brush import Colour, Point, fill, linear, mix, poly, rgb, smooth, stroke
from generation_service.previs.scenes import nature, plants, textures
from generation_service.previs.scenes.city import in_light
from generation_service.previs.scenes.light import Mood, snowy
from generation_service.previs.scenes.nature import LEFT, LOW, RIGHT, WAVES, H, W
from generation_service.previs.scenes.skies import is_night, sunglow
from generation_service.previs.scenes.tones import aired, lit_pair

ROCK, WOOD = ((198, 182, 168), (104, 110, 138)), ((136, 148, 84), (50, 74, 70))


def mountain(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """Ridges into the haze, snow on the tallest, a lake that mirrors them, or clouds far below; pines and stones."""
    high = re.search(r"summit|ridge|peak|above|volcano", place.name.lower()) is not None
    sun = nature.sky(canvas, mood, rng, horizon=560, clouds=0.9)
    for k, (base, height, far) in enumerate(((490, 400, 0.52), (520, 230, 0.40), (578, 120, 0.30), (606, 62, 0.16))):
        canvas.layer(0.95 - 0.07 * k)
        line = nature.ridge(rng, base, height, rough=0.55 if k < 2 else 0.47)
        snow = (170.0, 60.0, 0.0, 0.0)[k] + (150.0 if snowy(place) else 0.0)
        tones = ROCK if k < 2 else WOOD
        seed = place.seed % 997 + 31 * k
        nature.mountains(canvas, mood, line, tones, far=far, snow=snow, seed=seed, wooded=k > 1)
        if k > 1:
            _far_wood(canvas, mood, line, far, rng)
        if not is_night(mood):
            sunglow(canvas, mood, (sun[0], base - height * 0.4), 620, 0.34 - 0.06 * k)
    if high:
        _sea_of_clouds(canvas, mood, rng)
        _ledge(canvas, place, mood, rng)
    else:
        canvas.layer(0.6, mirror=0.62, motion=WAVES)
        nature.water(canvas, mood, rng, (612, 840), glint_x=sun[0] - 60)
        _shore(canvas, place, mood, rng)
    _near_pines(canvas, place, mood, rng)


def _far_wood(canvas: Any, mood: Mood, line: list[Point], far: float, rng: np.random.Generator) -> None:
    """A comb of small conifers on and under a ridge."""
    tones = aired(lit_pair(rgb("#22443a"), rgb("#6f8f4c"), mood), mood, far)
    xs, ys = [p[0] for p in line], [p[1] for p in line]
    for _ in range(150):
        x, down = float(rng.uniform(-60, W + 60)), float(rng.random()) ** 1.6 * 90
        tall = (17 + 30 * (0.5 - far)) * float(rng.uniform(0.7, 1.3)) * (1 + down / 160)
        nature.pine(canvas, (x, float(np.interp(x, xs, ys)) + 6 + down), tall, tones, rng)


def _shore(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """The near shore: meadow, flowers, stones at the water's edge, reeds."""
    meadow = lit_pair(rgb("#44663a"), rgb("#a8c05c"), mood)
    if snowy(place):
        meadow = lit_pair((206, 216, 236), (250, 250, 252), mood)
    canvas.layer(0.25, ground=True)
    line = [(LEFT, 772.0), (-20.0, 768.0), (300.0, 748.0), (760.0, 800.0), (1200.0, 790.0), (W + 20.0, 756.0),
            (RIGHT, 756.0)]  # fmt: skip
    whole = smooth([*line, (RIGHT, LOW), (LEFT, LOW)], tension=0.4)
    canvas.drawPath(
        smooth([(x, y + 4) for x, y in line], close=False, tension=0.4), stroke((10, 20, 34), 16, 0.35, blur=6)
    )
    ramp = [(mix(*meadow, 0.85), 1), (mix(*meadow, 0.5), 1), (mix(meadow[0], (6, 12, 20), 0.25), 1)]
    canvas.drawPath(whole, fill(shader=linear((0, 750), (0, H + 60), ramp, [0, 0.4, 1])))
    textures.relief(canvas, whole, "snow" if snowy(place) else "grass", meadow, top=748, seed=place.seed)
    if not snowy(place):
        nature.grass(canvas, (800, H + 30), meadow, rng, count=2200)
        petals = (in_light((244, 240, 226), mood), in_light((238, 196, 74), mood), in_light((190, 120, 190), mood))
        plants.flowers(canvas, (815, H), petals, rng, count=240)
    edge = [
        (430.0, 772.0, 60.0),
        (560.0, 790.0, 44.0),
        (940.0, 806.0, 70.0),
        (1290.0, 792.0, 90.0),
        (180.0, 770.0, 50.0),
    ]
    plants.stones(canvas, edge, lit_pair(rgb("#5f6068"), rgb("#bdb5a6"), mood), rng)


def _ledge(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """The rocky ground that somebody stands on high above a valley."""
    rock = lit_pair(rgb("#545a68"), rgb("#c8b79c"), mood)
    turf = lit_pair(rgb("#4a5f3a"), rgb("#b0b45c"), mood)
    if snowy(place):
        turf = lit_pair((206, 216, 236), (250, 250, 252), mood)
    canvas.layer(0.25, ground=True)
    line = [
        (LEFT, 700.0),
        (-20.0, 712.0),
        (180.0, 748.0),
        (420.0, 784.0),
        (760.0, 800.0),
        (1120.0, 790.0),
        (1380.0, 742.0),
        (W + 20.0, 690.0),
        (RIGHT, 640.0),
    ]
    whole = poly([*[(x, y + float(rng.normal(0, 5))) for x, y in line], (RIGHT, LOW), (LEFT, LOW)])
    ramp = [(mix(*turf, 0.8), 1), (mix(*turf, 0.35), 1), (mix(rock[0], (6, 8, 16), 0.3), 1)]
    canvas.drawPath(whole, fill(shader=linear((0, 700), (0, H + 60), ramp, [0, 0.5, 1])))
    textures.relief(canvas, whole, "snow" if snowy(place) else "stone", (rock[0], turf[1]), top=690, seed=place.seed)
    if not snowy(place):
        nature.grass(canvas, (790, H + 20), turf, rng, count=1400)
    found = [
        (x, float(np.interp(x, [p[0] for p in line], [p[1] for p in line])) + 18 + dy, wide)
        for x, dy, wide in ((60, 0, 150), (230, 16, 90), (1340, 0, 110), (1510, 10, 190), (470, 40, 60), (1180, 60, 90))
    ]
    plants.stones(canvas, found, rock, rng)


def _near_pines(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    canvas.layer(0.12)
    tones = lit_pair(rgb("#16342c"), rgb("#e6edf3" if snowy(place) else "#6f9a4a"), mood)
    for x in (-40, 20, 96, 170, 1440, 1512, 1600):
        tall = float(rng.uniform(430, 620)) * (1.3 if x < 60 or x > 1560 else 0.8)
        nature.pine(canvas, (float(x), 806 + float(rng.uniform(-10, 50))), tall, tones, rng)


def _sea_of_clouds(canvas: Any, mood: Mood, rng: np.random.Generator) -> None:
    """What lies under somebody who stands high: clouds, lit from the right, that hide the valley."""
    lit = mix(mix(mood.sun, (255, 255, 255), 0.45), mood.ambient, 0.2)
    shade = mix(mix(mood.air, mood.zenith, 0.35), mood.shade, 0.25)
    if is_night(mood):
        lit, shade = mix(mood.horizon, mood.sun, 0.25), mix(mood.zenith, mood.horizon, 0.45)
    for depth, base, size in ((0.70, 596.0, 26.0), (0.6, 640.0, 42.0), (0.5, 705.0, 66.0)):
        canvas.layer(depth)
        ramp = linear((0, base - size), (0, base + 2.2 * size), [(mix(lit, shade, 0.25), 1), (shade, 1)])
        canvas.drawRect(skia.Rect.MakeLTRB(LEFT, base, RIGHT, LOW), fill(shader=ramp))
        x = LEFT
        while x < RIGHT:
            _billow(
                canvas, (x, base + float(rng.normal(0, size * 0.25))), size * float(rng.uniform(0.6, 1.3)), (lit, shade)
            )
            x += float(rng.uniform(0.7, 1.5)) * size


def _billow(canvas: Any, at: Point, size: float, tones: tuple[Colour, Colour]) -> None:
    """One heap of cloud: shade below and left, light above and right."""
    lit, shade = tones
    for dx, dy, r, t in (
        (-0.5, 0.3, 1.0, 0.15),
        (0.4, 0.2, 0.9, 0.4),
        (0.0, -0.1, 0.8, 0.62),
        (0.25, -0.35, 0.55, 0.95),
    ):
        box = skia.Rect.MakeLTRB(
            at[0] + size * (dx - 1.3 * r),
            at[1] + size * (dy - 0.8 * r),
            at[0] + size * (dx + 1.3 * r),
            at[1] + size * (dy + 0.8 * r),
        )
        canvas.drawOval(box, fill(mix(shade, lit, t), 0.75, blur=size * 0.16))


# Deserts elsewhere: sand in light and in shade.
PLANETS = ((r"\bmars\b|red planet", ("#c8704a", "#713726")), (r"\bmoon\b|lunar", ("#c4c5ca", "#4c4e58")))
MESAS = (
    (210.0, 230.0, 120.0, 0.62),
    (520.0, 120.0, 64.0, 0.8),
    (1250.0, 300.0, 160.0, 0.5),
    (1560.0, 150.0, 80.0, 0.78),
)


def desert(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """Dunes with a lit and a shaded flank, mesas far away, ripples and dry grass near the camera."""
    sun = nature.sky(canvas, mood, rng, horizon=530, clouds=0.35)
    canvas.layer(0.92)
    elsewhere = next((two for words, two in PLANETS if re.search(words, place.name.lower())), None)
    for spot in sorted(MESAS, key=lambda one: -one[3]):
        mesa(canvas, mood, spot, rng, "#a9603f" if elsewhere is None else elsewhere[1])
    if not is_night(mood):
        sunglow(canvas, mood, (sun[0], 500.0), 600, 0.3)
    light, dark = elsewhere or ("#eec088", "#a26a48")
    tones = lit_pair(rgb(dark), rgb(light), mood)
    for k in range(5):
        canvas.layer(0.82 - 0.15 * k, ground=k == 4)
        _dune(canvas, mood, k, aired(tones, mood, 0.75 * (1 - k / 5)), rng, seed=place.seed)
    if elsewhere is None:
        _dry_grass(canvas, mood, rng)
    rocks = [(250.0, 800.0, 80.0), (330.0, 812.0, 44.0), (1330.0, 770.0, 60.0), (1440.0, 846.0, 130.0)]
    plants.stones(canvas, rocks, mixed(tones), rng)
    if "fire" in place.elements:
        canvas.spot("fire", (1060, 800), 130)


def mixed(tones: tuple[Colour, Colour]) -> tuple[Colour, Colour]:
    """Stone of the sand's own colour."""
    return mix(tones[0], (30, 26, 34), 0.3), mix(tones[1], (120, 100, 90), 0.3)


def mesa(canvas: Any, mood: Mood, spot: tuple[float, float, float, float], rng: np.random.Generator, tone: str) -> None:
    """A table mountain in layers, its right face in the sun; ``spot`` is where, how wide and tall, how far."""
    x, wide, tall, far = spot
    base = rgb(tone)
    shade, light = aired(
        lit_pair(mix(base, (60, 40, 60), 0.35), mix(base, (255, 220, 170), 0.25), mood), mood, far * 0.75
    )
    left = [(x - wide * 0.70, 556.0), (x - wide * 0.52, 530 - tall * 0.5), (x - wide * 0.46, 530 - tall)]
    right = [(x + wide * 0.44, 530 - tall * 0.97), (x + wide * 0.5, 530 - tall * 0.52), (x + wide * 0.72, 556.0)]
    top = [(x + wide * t, 530 - tall + float(rng.normal(0, 2.5))) for t in np.linspace(-0.4, 0.4, 7)]
    whole = poly([*left, *top, *right])
    canvas.drawPath(whole, fill(shade))
    canvas.save()
    canvas.clipPath(whole, True)
    split = x + wide * 0.02
    face = [(split + float(rng.normal(0, 9)), 530 - tall * t) for t in np.linspace(0, 1, 7)]
    canvas.drawPath(poly([*face, (x + wide, 530 - tall), (x + wide, 560), (split, 560)]), fill(light, 0.92, blur=1.5))
    for t in (0.22, 0.42, 0.55, 0.78, 0.9):
        y = 530 - tall * t
        canvas.drawLine(x - wide, y, x + wide, y + 4, stroke(shade, 2.4, 0.4))
    for _ in range(int(wide / 7)):
        px = x + wide * float(rng.uniform(-0.46, 0.46))
        canvas.drawLine(px, 530 - tall * 0.98, px + float(rng.normal(0, 4)), 530 - tall * 0.5, stroke(shade, 2.2, 0.45))
    canvas.restore()


def _dune(
    canvas: Any, mood: Mood, k: int, tones: tuple[Colour, Colour], rng: np.random.Generator, *, seed: int
) -> None:
    """One dune: the flank that looks to the sun, the lee behind its crest, ripples on what is near."""
    base, start = 536 + k * 70.0, float(rng.random()) * 2
    line = [(float(x), base + (10 + 11 * k) * float(np.sin(x / 300 + k * 2.1 + start) + 0.4 * np.sin(x / 127 + 3 * k)))
            for x in range(int(LEFT), int(RIGHT) + 1, 80)]  # fmt: skip
    whole = smooth([*line, (RIGHT, LOW), (LEFT, LOW)], tension=0.7)
    ramp = [(mix(*tones, 0.88), 1), (mix(*tones, 0.52), 1), (mix(*tones, 0.32), 1)]
    canvas.drawPath(whole, fill(shader=linear((0, base - 30), (0, base + 150 + 60 * k), ramp)))
    lee = [(x, y + (20 + 26 * k) * max(0.0, float(np.cos(x / 300 + k * 2.1 + start)))) for x, y in line]
    canvas.drawPath(smooth([*line, *lee[::-1]], tension=0.6), fill(mix(tones[0], mood.shade, 0.1), 0.72, blur=1.5 + k))
    canvas.drawPath(
        smooth(line, close=False, tension=0.7), stroke(mix(tones[1], (255, 255, 255), 0.35), 1.2 + 0.4 * k, 0.6)
    )
    if k >= 3:
        textures.relief(canvas, whole, "sand", tones, top=base - 40, seed=seed + k, horizon=500)


def _dry_grass(canvas: Any, mood: Mood, rng: np.random.Generator) -> None:
    straw = lit_pair(rgb("#6a5634"), rgb("#d8b868"), mood)
    for x, y in ((180, 842), (560, 870), (1180, 830), (1390, 800), (940, 884), (1530, 872), (60, 800)):
        for _ in range(26):
            lean, tall = float(rng.normal(0.1, 0.5)), float(rng.uniform(14, 40))
            foot = x + float(rng.normal(0, 12))
            tone = mix(straw[0], straw[1], float(rng.random()))
            canvas.drawLine(foot, y, foot + tall * lean, y - tall, stroke(tone, 1.8, 0.85))
