"""Exterior sets by the water and in the open: a harbour, a bridge over a river, a field."""

from typing import Any

import numpy as np
import skia

from generation_service.contract.shots import Place
from generation_service.previs.brush import Colour, blob, fill, linear, mix, poly, rgb, smooth, stroke
from generation_service.previs.scenes import nature
from generation_service.previs.scenes.city import LAMP, far_off, ground, in_light, skyline
from generation_service.previs.scenes.light import Mood, snowy
from generation_service.previs.scenes.nature import LEFT, LOW, RIGHT, WAVES, H, W


def harbour(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A quay with bollards, ships and masts, cranes, a lighthouse on the mole."""
    nature.sky(canvas, mood, rng, horizon=500, clouds=0.9)
    canvas.layer(0.85)
    skyline(canvas, mood, rng, base=504, spec=(14, 70, 11), far=0.85)
    _lighthouse(canvas, mood, 1330, 508)
    steel = far_off(rgb("#5a4f52"), mood, 0.5)
    for x in (180.0, 420.0):
        for a, b in (
            ((x, 506), (x + 10, 300)),
            ((x + 60, 506), (x + 50, 300)),
            ((x - 90, 330), (x + 190, 262)),
            ((x + 30, 300), (x + 30, 250)),
        ):
            canvas.drawLine(*a, *b, stroke(steel, 7))
    canvas.layer(0.6, mirror=0.36, motion=WAVES)
    nature.water(canvas, mood, rng, (502, 760), glint_x=980)
    for x, y, size, tone, depth in ((1060.0, 590.0, 1.0, "#8e3a36", 0.45), (430.0, 640.0, 1.35, "#2f5a7a", 0.3)):
        canvas.layer(depth, motion=WAVES if depth > 0.4 else None)
        _ship(canvas, (x, y), size, in_light(rgb(tone), mood), mood)
    stone = ground("#8c857c", place, mood)
    canvas.layer(0.3, ground=True)
    ramp = [(mix(stone, mood.air, 0.3), 1), (stone, 1)]
    canvas.drawRect(skia.Rect.MakeLTRB(LEFT, 726, RIGHT, LOW), fill(shader=linear((0, 726), (0, H), ramp)))
    canvas.drawRect(skia.Rect.MakeLTRB(LEFT, 722, RIGHT, 742), fill(mix(stone, (255, 255, 255), 0.18)))
    for k in range(-16, 18):
        x = W / 2 + k * 110
        canvas.drawLine(x, 742, W / 2 + k * 230, LOW / 2, stroke(mix(stone, (10, 10, 12), 0.5), 2.4, 0.5))
    for y in (780, 838):
        canvas.drawLine(LEFT, y, RIGHT, y, stroke(mix(stone, (10, 10, 12), 0.5), 2.4, 0.45))
    for x in (260, 1290):
        iron = in_light((52, 50, 54), mood)
        canvas.drawRRect(skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(x - 17, 700, x + 17, 748), 8, 8), fill(iron))
        canvas.drawRRect(
            skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(x - 26, 692, x + 26, 710), 8, 8),
            fill(mix(iron, (255, 255, 255), 0.15)),
        )
    _quay_lamp(canvas, mood, 150.0)


def _quay_lamp(canvas: Any, mood: Mood, x: float) -> None:
    canvas.layer(0.1)
    canvas.drawLine(x, 800, x, 330, stroke(in_light((44, 46, 52), mood), 10))
    canvas.drawOval(
        skia.Rect.MakeLTRB(x - 20, 300, x + 20, 340), fill(mix((150, 150, 150), (255, 240, 206), mood.lamps))
    )
    if mood.lamps > 0.3:
        blob(canvas, (x, 320), (170, 150), LAMP, 0.34 * mood.lamps, blur=50)


def _lighthouse(canvas: Any, mood: Mood, x: float, foot: float) -> None:
    wall = far_off((226, 222, 214), mood, 0.3)
    canvas.drawPath(poly([(x - 20, foot), (x - 12, foot - 150), (x + 12, foot - 150), (x + 20, foot)]), fill(wall))
    for k in (0, 2):
        a, b = foot - 40 * k - 20, foot - 40 * k - 60
        canvas.drawPath(
            poly([(x - 18 + k, a), (x - 16 + k, b), (x + 16 - k, b), (x + 18 - k, a)]),
            fill(far_off(rgb("#b23a36"), mood, 0.3)),
        )
    canvas.drawRect(skia.Rect.MakeLTRB(x - 10, foot - 172, x + 10, foot - 150), fill((255, 244, 206)))
    if mood.lamps > 0.3:
        blob(canvas, (x, foot - 160), (60, 46), LAMP, 0.6, blur=18)
        beam = linear((x, 0), (x - 620, 0), [((255, 240, 200), 0.34), ((255, 240, 200), 0.0)])
        canvas.drawPath(
            poly([(x, foot - 164), (x - 640, foot - 250), (x - 640, foot - 150)]), fill(shader=beam, blur=6)
        )


def _ship(canvas: Any, at: tuple[float, float], size: float, tone: Colour, mood: Mood) -> None:
    canvas.save()
    canvas.translate(*at)
    canvas.scale(size, size)
    hull = smooth([(-190, -46), (-150, 12), (0, 22), (150, 14), (210, -62), (90, -40), (-80, -36)], tension=0.6)
    canvas.drawPath(
        hull,
        fill(
            shader=linear((0, -50), (0, 24), [(mix(tone, (255, 255, 255), 0.25), 1), (mix(tone, (0, 0, 0), 0.45), 1)])
        ),
    )
    house = in_light((222, 216, 204), mood)
    canvas.drawRect(skia.Rect.MakeLTRB(-110, -96, 10, -38), fill(house))
    for k in range(4):
        pane = mix((40, 56, 76), LAMP, 0.9 * mood.lamps)
        canvas.drawRect(skia.Rect.MakeLTRB(-100 + 27 * k, -84, -84 + 27 * k, -64), fill(pane))
    mast = in_light((74, 60, 50), mood)
    canvas.drawLine(60, -42, 60, -290, stroke(mast, 6))
    canvas.drawLine(-60, -96, -60, -220, stroke(mast, 5))
    for end in ((-60, -220), (205, -62), (-150, -40)):
        canvas.drawLine(60, -286, *end, stroke(mast, 1.4, 0.8))
    canvas.restore()


def bridge(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """On a stone bridge over a river, the town on both banks."""
    nature.sky(canvas, mood, rng, horizon=520, clouds=0.8)
    for base, spec, far, depth in ((520, (60, 190, 13), 0.85, 0.85), (548, (50, 150, 18), 0.55, 0.7)):
        canvas.layer(depth)
        skyline(canvas, mood, rng, base=base, spec=spec, far=far)
        nature.fog_bank(canvas, mood, base, 60, 0.2 + 0.3 * mood.haze)
    canvas.layer(0.55, mirror=0.42, motion=WAVES)
    nature.water(canvas, mood, rng, (552, 760), glint_x=900)
    stone = ground("#9a9083", place, mood)
    canvas.layer(0.22, ground=True)
    canvas.drawRect(
        skia.Rect.MakeLTRB(LEFT, 742, RIGHT, LOW),
        fill(shader=linear((0, 742), (0, H), [(mix(stone, mood.air, 0.2), 1), (stone, 1)])),
    )
    for _ in range(300):
        t = float(rng.random())
        x, y = float(rng.uniform(-100, W + 100)), 760 + 140 * t
        wide = 26 + 44 * t
        canvas.drawRRect(
            skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(x, y, x + wide, y + 8 + 12 * t), 5, 5),
            stroke(mix(stone, (20, 18, 18), 0.6), 1.6, 0.35),
        )
    canvas.layer(0.18)
    wall = mix(stone, (16, 14, 16), 0.2)
    canvas.drawRect(
        skia.Rect.MakeLTRB(LEFT, 640, RIGHT, 752),
        fill(
            shader=linear((0, 640), (0, 752), [(mix(wall, (255, 255, 255), 0.15), 1), (mix(wall, (0, 0, 0), 0.35), 1)])
        ),
    )
    canvas.drawRect(skia.Rect.MakeLTRB(LEFT, 624, RIGHT, 650), fill(mix(wall, (255, 255, 255), 0.22)))
    for x in range(-60, W + 100, 84):
        canvas.drawRRect(
            skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(x, 664, x + 40, 738), 18, 18), fill(mix(wall, (0, 0, 0), 0.5))
        )
    for x in (210.0, 1180.0):
        canvas.drawLine(x, 640, x, 300, stroke(in_light((40, 42, 48), mood), 11))
        canvas.drawPath(
            poly([(x - 22, 300), (x + 22, 300), (x + 15, 240), (x - 15, 240)]),
            fill(mix((140, 140, 140), (255, 240, 206), mood.lamps)),
        )
        if mood.lamps > 0.3:
            blob(canvas, (x, 270), (150, 130), LAMP, 0.36 * mood.lamps, blur=44)


def field(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """Rolling fields with hedges, a barn, a fence and tall grass before the camera."""
    nature.sky(canvas, mood, rng, horizon=540, clouds=1.0)
    tones = {"autumn": ("#b98a4a", "#8f6a3a"), "spring": ("#8fb857", "#6c9a48")}.get(
        place.season, ("#c9b25e", "#86a04c")
    )
    for k, (base, height, far) in enumerate(((520, 60, 0.8), (560, 60, 0.5), (600, 50, 0.25))):
        canvas.layer(0.85 - 0.2 * k)
        line = nature.ridge(rng, base, height, rough=0.35, steps=4)
        tone = mix(ground(tones[k % 2], place, mood), mood.air, far)
        nature.land(canvas, line, tone, mix(tone, mood.air, 0.2), depth=160, curve=True)
        for _ in range(12):
            at = (float(rng.uniform(0, W)), base + float(rng.uniform(0, 26)))
            blob(canvas, at, (26 - 4 * k, 11), mix(in_light(rgb("#3d5a34"), mood), mood.air, far), 0.9, blur=3)
        if k == 1:
            _barn(canvas, mood, 1150.0, base + 22)
    near = ground("#8a9a4c" if place.season != "autumn" else "#a5803f", place, mood)
    canvas.layer(0.3, ground=True)
    nature.land(
        canvas,
        [(-20.0, 650.0), (600.0, 640.0), (W + 20.0, 656.0)],
        mix(near, mood.air, 0.2),
        mix(near, (20, 26, 10), 0.4),
        depth=300,
        curve=True,
    )
    if not snowy(place):
        nature.grass(canvas, (660, H), (mix(near, (20, 30, 10), 0.4), mix(near, (255, 240, 170), 0.3)), rng, count=1500)
    canvas.layer(0.15)
    wood = in_light((104, 82, 62), mood)
    for x in range(-60, W + 120, 170):
        if not 560 < x < 1060:
            canvas.drawLine(x, 770, x, 664, stroke(wood, 13))
            for y in (690, 730):
                canvas.drawLine(x, y, x + 170, y + 3, stroke(wood, 8))


def _barn(canvas: Any, mood: Mood, x: float, foot: float) -> None:
    red = far_off(rgb("#8e3f36"), mood, 0.35)
    canvas.drawRect(skia.Rect.MakeLTRB(x, foot - 70, x + 150, foot), fill(red))
    canvas.drawPath(
        poly([(x - 12, foot - 70), (x + 75, foot - 124), (x + 162, foot - 70)]), fill(far_off((84, 78, 80), mood, 0.35))
    )
    canvas.drawRect(
        skia.Rect.MakeLTRB(x + 54, foot - 46, x + 96, foot),
        fill(mix(red, LAMP, 0.7 * mood.lamps) if mood.lamps > 0.3 else mix(red, (0, 0, 0), 0.5)),
    )
