"""Exterior sets among people: a market, a railway platform."""

from typing import Any

import numpy as np
import skia

from generation_service.contract.shots import Place
from generation_service.previs.brush import Point, blob, fill, linear, mix, poly, rgb, smooth, stroke
from generation_service.previs.scenes import nature, plants, textures
from generation_service.previs.scenes.city import LAMP, ground, in_light, skyline
from generation_service.previs.scenes.light import Mood
from generation_service.previs.scenes.nature import LEFT, LOW, RIGHT, H, W
from generation_service.previs.scenes.skies import is_night, sunglow


def paving(canvas: Any, place: Place, mood: Mood, top: float, tone: str) -> None:
    """A paved square from ``top`` to the viewer, as the ground."""
    stone = ground(tone, place, mood)
    canvas.layer(0.5, ground=True)
    ramp = [(mix(stone, mood.air, 0.4), 1), (stone, 1)]
    canvas.drawRect(skia.Rect.MakeLTRB(LEFT, top, RIGHT, LOW), fill(shader=linear((0, top), (0, H), ramp)))
    whole = skia.Path()
    whole.addRect(skia.Rect.MakeLTRB(LEFT, top, RIGHT, LOW))
    light = mix(stone, mix(mood.sun, (255, 255, 255), 0.3), 0.35)
    textures.relief(canvas, whole, "stone", (mix(stone, mood.shade, 0.5), light), top=top, seed=place.seed)
    line = mix(stone, (14, 12, 14), 0.5)
    for k in range(-22, 24):
        canvas.drawLine(W / 2 + k * 46, top, W / 2 + k * 46 * (LOW - 500) / (top - 500), LOW, stroke(line, 2, 0.35))
    for k in range(9):
        y = top + (H + 60 - top) * (k / 9) ** 1.7
        canvas.drawLine(LEFT, y, RIGHT, y, stroke(line, 1.5 + k * 0.2, 0.35))


def market(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """Stalls under striped awnings with fruit and cloth, old fronts behind, strings of bulbs."""
    sun = nature.sky(canvas, mood, rng, horizon=540, clouds=0.6)
    skyline(canvas, mood, rng, base=564, spec=(200, 330, 26), far=0.42)
    if not is_night(mood):
        sunglow(canvas, mood, (sun[0], 470.0), 560, 0.3)
    paving(canvas, place, mood, 560, "#a1958a")
    for row, (y, size, depth) in enumerate(((610.0, 0.55, 0.6), (690.0, 0.86, 0.34))):
        canvas.layer(depth)
        for left in range(60, 1800, 300) if row == 0 else (-40, 250, 1330, 1610):
            _stall(canvas, (float(left), y), size, mood, rng)
    canvas.layer(0.3)
    bulbs(canvas, mood, 250.0)


def bulbs(canvas: Any, mood: Mood, y: float) -> None:
    """A string of bulbs across the picture, lit when lamps are."""
    wire = [(x, y + (70 if k % 2 else 0)) for k, x in enumerate(range(-500, 2200, 330))]
    canvas.drawPath(smooth([(float(a), float(b)) for a, b in wire], close=False), stroke((24, 22, 26), 2.2, 0.8))
    for k in range(34):
        x = -490 + k * 80.0
        at = (x, float(np.interp(x, [p[0] for p in wire], [p[1] for p in wire])) + 12)
        blob(canvas, at, (7, 8), mix((150, 140, 120), (255, 232, 180), mood.lamps), 1.0, blur=1.2)
        if mood.lamps > 0.3:
            blob(canvas, at, (36, 36), LAMP, 0.30, blur=14)


def park_lamp(canvas: Any, mood: Mood, foot: Point, tall: float) -> None:
    """A lantern on a post, with its pool of light when lamps burn."""
    x, y = foot
    iron = mix(in_light((44, 50, 54), mood), mood.air, 0.15)
    plants.cast_shadow(canvas, foot, tall * 0.03, tall * 0.5, 0.25)
    canvas.drawLine(x, y, x, y - tall, stroke(iron, max(2.0, tall * 0.028)))
    canvas.drawLine(x, y, x, y - tall * 0.14, stroke(iron, max(3.0, tall * 0.05)))
    glass = [(x - tall * 0.05, y - tall), (x - tall * 0.07, y - tall * 1.13), (x + tall * 0.07, y - tall * 1.13),
             (x + tall * 0.05, y - tall)]  # fmt: skip
    canvas.drawPath(poly(glass), fill(mix(mix((188, 196, 196), mood.air, 0.2), (255, 236, 190), mood.lamps)))
    hat = [(x - tall * 0.09, y - tall * 1.13), (x, y - tall * 1.20), (x + tall * 0.09, y - tall * 1.13)]
    canvas.drawPath(poly(hat), fill(iron))
    if mood.lamps > 0.3:
        blob(canvas, (x, y - tall * 1.06), (tall * 0.5, tall * 0.46), LAMP, 0.42 * mood.lamps, blur=tall * 0.16)
        blob(canvas, (x, y), (tall * 0.9, tall * 0.13), LAMP, 0.42 * mood.lamps, blur=tall * 0.07)


def _stall(canvas: Any, foot: tuple[float, float], size: float, mood: Mood, rng: np.random.Generator) -> None:
    canvas.save()
    canvas.translate(*foot)
    canvas.scale(size, size)
    wood = in_light((96, 68, 48), mood)
    plants.cast_shadow(canvas, (0, 24), 150, 230, 0.4)
    for x in (-128, 128):
        canvas.drawLine(x, 20, x, -330, stroke(wood, 11))
    canvas.drawRect(
        skia.Rect.MakeLTRB(-140, -120, 140, 20),
        fill(shader=linear((0, -120), (0, 20), [(mix(wood, (255, 230, 190), 0.2), 1), (mix(wood, (0, 0, 0), 0.4), 1)])),
    )
    goods = (("#c8402f", "#e8a13a", "#7fa83c"), ("#8a5fb0", "#d8c24a", "#4f8a5a"), ("#b98a5a", "#e4d4b4", "#7a4a34"))[
        int(rng.integers(3))
    ]
    for k in range(16):
        at = (-122 + 16.3 * k, -126 - 9.0 * (k % 2))
        canvas.drawCircle(*at, 13, fill(in_light(rgb(goods[k * 3 // 16]), mood)))
        canvas.drawCircle(at[0] + 4, at[1] - 5, 4, fill(mix(mood.sun, (255, 255, 255), 0.5), 0.4))
    shade = linear((0, -250), (0, -130), [((6, 6, 12), 0.55), ((6, 6, 12), 0.0)])
    canvas.drawRect(skia.Rect.MakeLTRB(-128, -262, 128, -130), fill(shader=shade))
    if mood.lamps > 0.3:
        blob(canvas, (0, -210), (120, 70), LAMP, 0.5 * mood.lamps, blur=30)
        blob(canvas, (0, 44), (230, 44), LAMP, 0.42 * mood.lamps, blur=24)
        canvas.drawLine(0, -330, 0, -262, stroke((30, 26, 26), 3))
        blob(canvas, (0, -252), (15, 17), (255, 240, 200), 1.0, blur=3)
    tones = (("#b23a3a", "#efe6d6"), ("#2f6b8a", "#efe6d6"), ("#3d7a4a", "#f0dca0"), ("#c98a2f", "#f2e8d8"))[
        int(rng.integers(4))
    ]
    for k in range(8):
        a, b = -160 + 40 * k, -120 + 40 * k
        tone = in_light(rgb(tones[k % 2]), mood)
        canvas.drawPath(poly([(a * 0.82, -372), (b * 0.82, -372), (b, -266), (a, -266)]), fill(tone))
        canvas.drawOval(skia.Rect.MakeLTRB(a, -280, b, -246), fill(mix(tone, (0, 0, 0), 0.12)))
    canvas.restore()


def station(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A platform under a roof, a train standing at it, a clock, benches, rails."""
    nature.sky(canvas, mood, rng, horizon=520, clouds=0.6)
    skyline(canvas, mood, rng, base=540, spec=(90, 240, 16), far=0.6)
    canvas.layer(0.6)
    _train(canvas, place, mood)
    stone = ground("#9a948c", place, mood)
    canvas.layer(0.34, ground=True)
    canvas.drawRect(
        skia.Rect.MakeLTRB(LEFT, 716, RIGHT, LOW),
        fill(shader=linear((0, 716), (0, H), [(mix(stone, mood.air, 0.3), 1), (stone, 1)])),
    )
    whole = skia.Path()
    whole.addRect(skia.Rect.MakeLTRB(LEFT, 716, RIGHT, LOW))
    tones = (mix(stone, mood.shade, 0.6), mix(stone, mood.sun, 0.35))
    textures.relief(canvas, whole, "stone", tones, top=716, seed=place.seed)
    canvas.drawRect(skia.Rect.MakeLTRB(LEFT, 726, RIGHT, 738), fill(in_light(rgb("#e0b83a"), mood), 0.9))
    for x in (420.0, 1100.0):
        blob(canvas, (x, 800), (330, 60), LAMP, 0.36 * mood.lamps, blur=30)
    for k in range(-18, 20):
        canvas.drawLine(W / 2 + k * 90, 740, W / 2 + k * 620, LOW, stroke(mix(stone, (10, 10, 12), 0.5), 2, 0.35))
    canvas.layer(0.2)
    iron = in_light((58, 66, 70), mood)
    roof = linear((0, 60), (0, 190), [(mix(iron, (255, 255, 255), 0.10), 1), (mix(iron, (0, 0, 0), 0.5), 1)])
    canvas.drawPath(poly([(LEFT, -400), (RIGHT, -400), (RIGHT, 150), (LEFT, 150)]), fill(shader=roof))
    for left in range(-40, W + 80, 60):
        canvas.drawPath(poly([(left, 150), (left + 60, 150), (left + 30, 190)]), fill(iron))
    for x in (150.0, 1330.0):
        canvas.drawLine(x, 792, x, 140, stroke(iron, 22))
        for side in (-1, 1):
            canvas.drawPath(
                smooth([(x, 300), (x + side * 36, 200), (x + side * 120, 156)], close=False), stroke(iron, 10)
            )
    _clock(canvas, mood, 800.0, 236.0)
    for x in (420.0, 1100.0):
        blob(canvas, (x, 196), (48, 10), (255, 244, 214), 0.35 + 0.6 * mood.lamps, blur=4)
        blob(canvas, (x, 300), (230, 170), LAMP, 0.24 * mood.lamps, blur=60)


def _train(canvas: Any, place: Place, mood: Mood) -> None:
    tone = in_light(rgb(("#7a2f34", "#2f4f6b", "#3d5a45")[place.seed % 3]), mood)
    body = linear(
        (0, 330), (0, 690), [(mix(tone, (255, 255, 255), 0.25), 1), (tone, 1), (mix(tone, (0, 0, 0), 0.45), 1)]
    )
    canvas.drawRect(skia.Rect.MakeLTRB(LEFT, 690, RIGHT, 730), fill((24, 22, 26)))
    for x in range(-560, 2200, 700):
        canvas.drawRRect(skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(x + 8, 326, x + 692, 694), 30, 30), fill(shader=body))
        canvas.drawRect(skia.Rect.MakeLTRB(x + 8, 560, x + 692, 574), fill(in_light((232, 220, 190), mood)))
        canvas.drawRect(skia.Rect.MakeLTRB(x + 20, 336, x + 680, 350), fill(mix(tone, mood.sun, 0.35), 0.8))
        for y in (604, 622, 640):
            canvas.drawLine(x + 12, y, x + 688, y, stroke(mix(tone, (0, 0, 0), 0.4), 2, 0.5))
        for wheel in (90, 190, 510, 610):
            canvas.drawCircle(x + wheel, 712, 26, fill((16, 16, 20)))
            canvas.drawCircle(x + wheel, 712, 14, fill(mix((60, 60, 66), mood.air, 0.2)))
        for k in range(5):
            left = x + 120 + 98 * k
            pane = mix(mix(mood.horizon, (30, 40, 56), 0.6), (255, 226, 166), 0.85 * mood.lamps)
            glass = skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(left, 400, left + 78, 520), 10, 10)
            canvas.drawRRect(
                glass,
                fill(shader=linear((left, 400), (left + 60, 520), [(mix(pane, mood.horizon, 0.45), 1), (pane, 1)])),
            )
            shine = [(left + 8, 516), (left + 42, 404), (left + 60, 404), (left + 26, 516)]
            canvas.drawPath(poly(shine), fill((255, 255, 255), 0.16))
            canvas.drawRRect(glass, stroke(mix(tone, (240, 230, 210), 0.35), 4, 0.8))
            if mood.lamps > 0.5:
                head = skia.Rect.MakeLTRB(left + 24, 452, left + 54, 490)
                if (k * 7 + int(x)) % 3 == 0:
                    canvas.drawOval(head, fill((40, 30, 34), 0.8))
                    canvas.drawRRect(
                        skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(left + 14, 488, left + 64, 520), 14, 14),
                        fill((40, 30, 34), 0.8),
                    )
        for left in (x + 40, x + 618):
            canvas.drawRRect(
                skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(left, 390, left + 50, 684), 8, 8),
                fill(mix(tone, (0, 0, 0), 0.3)),
            )


def _clock(canvas: Any, mood: Mood, x: float, y: float) -> None:
    canvas.drawLine(x, 150, x, y - 40, stroke((30, 30, 34), 8))
    canvas.drawCircle(x, y, 48, fill((34, 34, 40)))
    canvas.drawCircle(x, y, 41, fill(mix(in_light((240, 236, 226), mood), (255, 250, 230), 0.6 * mood.lamps)))
    canvas.drawLine(x, y, x, y - 30, stroke((24, 22, 24), 5))
    canvas.drawLine(x, y, x + 20, y + 12, stroke((24, 22, 24), 6))
