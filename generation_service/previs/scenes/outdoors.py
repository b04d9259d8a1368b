"""Exterior sets, back to front, in a 1600 x 900 frame."""

from typing import Any

import numpy as np
import skia

from generation_service.contract.shots import Place
from generation_service.previs.brush import Point, fill, linear, mix, poly, rgb, smooth, stroke
from generation_service.previs.scenes import nature
from generation_service.previs.scenes.city import far_off, ground, in_light, rooftop, street
from generation_service.previs.scenes.light import Mood
from generation_service.previs.scenes.nature import H, Painter, W


def park(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A path between trees, benches of shade, light on the grass."""
    nature.sky(canvas, mood, rng, horizon=520, clouds=0.7)
    snow = place.weather == "snow"
    leaf, sun = (in_light(rgb("#3f6b35"), mood), in_light(rgb("#a6c65e"), mood))
    if snow:
        leaf, sun = in_light(rgb("#5d6b70"), mood), in_light(rgb("#eef3f8"), mood)
    for far, base, tall, count in ((0.8, 520, 150, 18), (0.5, 560, 240, 11)):
        for _ in range(count):
            nature.tree(
                canvas,
                (float(rng.uniform(-40, W + 40)), base + float(rng.normal(0, 8))),
                tall * float(rng.uniform(0.8, 1.2)),
                (mix(leaf, mood.air, far), mix(sun, mood.air, far)),
                rng,
            )
        nature.fog_bank(canvas, mood, base, 70, 0.35 * (0.4 + mood.haze))
    turf, bright = ground("#4f7a3a", place, mood), ground("#9bbb58", place, mood)
    nature.land(
        canvas,
        [(-20, 556), (500, 540), (1100, 548), (W + 20, 536)],
        mix(bright, mood.air, 0.35),
        turf,
        depth=360,
        curve=True,
    )
    way = ground("#c8ad87", place, mood)
    canvas.drawPath(
        smooth([(760, 548), (800, 548), (880, 640), (1180, H + 40), (380, H + 40), (640, 660)], tension=0.7),
        fill(shader=linear((0, 548), (0, H), [(mix(way, mood.air, 0.4), 1), (way, 1)]), blur=2),
    )
    if not snow:
        nature.grass(canvas, (570, H), (turf, bright), rng)
    for x, tall in ((90, 760), (1490, 700), (330, 520), (1270, 500)):
        shade = skia.Rect.MakeLTRB(x - tall * 0.5, H - 210 + tall * 0.06, x + tall * 0.4, H - 130 + tall * 0.06)
        canvas.drawOval(shade, fill(mix(turf, (6, 14, 10), 0.6), 0.55, blur=18))
        nature.tree(
            canvas, (float(x), H - 150 + (tall - 600) * 0.2), float(tall), (mix(leaf, (10, 24, 12), 0.35), sun), rng
        )


def forest(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """Rows of conifers through mist, shafts of light, ferny ground."""
    nature.sky(canvas, mood, rng, horizon=620, clouds=0.3)
    tone, light = in_light(rgb("#21402f"), mood), in_light(rgb("#5d8a4e"), mood)
    if place.weather == "snow":
        light = in_light(rgb("#e6edf3"), mood)
    for far, base, tall, count in ((0.92, 560, 260, 44), (0.7, 600, 380, 26), (0.42, 660, 560, 15)):
        for _ in range(count):
            nature.pine(
                canvas,
                (float(rng.uniform(-30, W + 30)), base + float(rng.normal(0, 10))),
                tall * float(rng.uniform(0.7, 1.15)),
                (mix(tone, mood.air, far), mix(light, mood.air, far)),
                rng,
            )
        nature.fog_bank(canvas, mood, base - 20, 130, 0.42 * (0.4 + mood.haze))
    moss, fern = ground("#3b4a2b", place, mood), ground("#7d9a4c", place, mood)
    nature.land(
        canvas,
        [(-20, 690), (420, 668), (900, 690), (W + 20, 664)],
        mix(fern, mood.air, 0.4),
        moss,
        depth=240,
        curve=True,
    )
    nature.grass(canvas, (700, H), (moss, fern), rng, count=900)
    for k in range(5):
        x = 240 + k * 270 + float(rng.normal(0, 40))
        canvas.drawPath(
            poly([(x + 160, -20), (x + 250, -20), (x - 60, 720), (x - 220, 720)]),
            fill(shader=linear((0, 0), (0, 720), [(mood.rim, 0.20), (mood.rim, 0.0)]), blur=18),
        )
    for x in (40, 250, 1400, 1585):
        wide = float(rng.uniform(46, 84))
        trunk = mix(in_light(rgb("#4a3628"), mood), (14, 12, 14), 0.35)
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
    nature.water(canvas, mood, rng, (470, 760), glint_x=1150)
    cape = nature.ridge(rng, 474, 90, rough=0.5)
    shaped = [(x, 474 - (474 - y) * max(0.0, 1 - x / 620)) for x, y in cape if x < 700]
    canvas.drawPath(poly([*shaped, (700, 476), (-20, 476)]), fill(far_off(rgb("#4f5d52"), mood, 0.6)))
    sand, wet = ground("#dcc39a", place, mood), ground("#9a8468", place, mood)
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
        rock = far_off(rgb(("#6b7690", "#5d6a80", "#4c6353", "#3f5a3c")[k]), mood, far)
        nature.land(canvas, line, rock, mix(rock, mood.air, 0.75), depth=260)
        if k < 2 or place.weather == "snow":
            _snow_caps(canvas, line, mood, far, rng)
    nature.water(canvas, mood, rng, (610, 790), glint_x=1050)
    meadow = ground("#5f7d43", place, mood)
    nature.land(
        canvas,
        [(-20, 760), (300, 742), (760, 800), (1200, 786), (W + 20, 752)],
        meadow,
        mix(meadow, (10, 20, 10), 0.4),
        depth=160,
        curve=True,
    )
    if place.weather != "snow":
        nature.grass(canvas, (790, H), (mix(meadow, (10, 20, 10), 0.3), ground("#a5b866", place, mood)), rng, count=900)
    tone, light = in_light(rgb("#1f3a2c"), mood), in_light(rgb("#55804a"), mood)
    for x in (-10, 60, 120, 215, 1420, 1490, 1580):
        nature.pine(
            canvas, (float(x), 800 + float(rng.uniform(-10, 50))), float(rng.uniform(230, 430)), (tone, light), rng
        )


def _snow_caps(canvas: Any, line: list[Point], mood: Mood, far: float, rng: np.random.Generator) -> None:
    tops = sorted(y for _, y in line)
    limit = tops[len(tops) // 2]
    white = mix(in_light((246, 249, 255), mood), mood.air, far * 0.5)
    points = [(x, y) for x, y in line]
    lower = [(x, max(y, min(limit, y + (limit - y) * 0.55 + float(rng.normal(0, 7))))) for x, y in points]
    canvas.drawPath(poly([*points, *lower[::-1]]), fill(white, 0.85, blur=0.8))


def desert(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """Dunes with a lit and a shaded flank, mesas far away."""
    nature.sky(canvas, mood, rng, horizon=520, clouds=0.35)
    mesa = far_off(rgb("#a5674a"), mood, 0.72)
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
    sand, shade = ground("#e0b077", place, mood), ground("#9a6a48", place, mood)
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
        left, y, long = float(rng.uniform(0, W)), 800 + 100 * t, 30 + 60 * t
        canvas.drawPath(
            smooth([(left - long, y), (left, y - 3), (left + long, y + 1)], close=False), stroke(shade, 1.4 + t, 0.22)
        )


OUTDOORS: dict[str, Painter] = {
    "street": street,
    "rooftop": rooftop,
    "park": park,
    "forest": forest,
    "beach": beach,
    "mountain": mountain,
    "desert": desert,
}
