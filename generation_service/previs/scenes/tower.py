"""A lighthouse: as it stands over the sea, and its lamp room with glass on every side."""

from typing import Any

import numpy as np
import skia

from generation_service.contract.shots import Place
from generation_service.previs.brush import blob, fill, linear, mix, oval, poly, radial, rgb, stroke
from generation_service.previs.scenes import nature
from generation_service.previs.scenes.city import LAMP, far_off
from generation_service.previs.scenes.furniture import in_light, rect, slab
from generation_service.previs.scenes.light import TIMES, Mood
from generation_service.previs.scenes.nature import LEFT, LOW, RIGHT, H


def lighthouse(canvas: Any, mood: Mood, x: float, foot: float, tall: float) -> None:
    """A tower on its rock at ``x``, standing on ``foot``; its lamp burns when lamps do."""
    canvas.layer(0.62)
    beam = mood.lamps > 0.3
    if beam:
        for side, far in ((-1, 1500.0), (1, 900.0)):
            ray = linear((x, 0), (x + side * far, 0), [((255, 240, 200), 0.42), ((255, 240, 200), 0.0)])
            ends = [(x, foot - tall * 0.93), (x + side * far, foot - tall * 1.22), (x + side * far, foot - tall * 0.82)]
            canvas.drawPath(poly(ends), fill(shader=ray, blur=9))
    rock = far_off(rgb("#5a534c"), mood, 0.25)
    cliff = [(x - 250, foot + 60), (x - 190, foot + 18), (x - 90, foot - 6), (x + 80, foot - 10), (x + 170, foot + 14)]
    shade = linear((x - 200, 0), (x + 200, 0), [(mix(rock, (255, 240, 220), 0.18), 1), (mix(rock, (0, 0, 0), 0.45), 1)])
    canvas.drawPath(poly([*cliff, (x + 270, foot + 60)]), fill(shader=shade))
    _shaft(canvas, mood, x, foot, tall)
    _gallery(canvas, mood, x, foot - tall * 0.86, tall * 0.14)
    if beam:
        blob(canvas, (x, foot - tall * 0.93), (150, 120), LAMP, 0.75, blur=40)
        blob(canvas, (x, foot - tall * 0.93), (16, 14), (255, 250, 226), 1.0, blur=3)


def _shaft(canvas: Any, mood: Mood, x: float, foot: float, tall: float) -> None:
    """The round wall in bands of red and white, with small windows."""
    bands, low, high = 5, tall * 0.105, tall * 0.062
    for k in range(bands):
        a, b = k / bands, (k + 1) / bands
        tone = far_off((232, 226, 214) if k % 2 == 0 else rgb("#b23a36"), mood, 0.18)
        wide = [low + (high - low) * t for t in (a, b)]
        top, bottom = foot - tall * 0.84 * b, foot - tall * 0.84 * a
        ramp = [(mix(tone, (255, 246, 230), 0.2), 1), (tone, 1), (mix(tone, (8, 8, 16), 0.5), 1)]
        paint = fill(shader=linear((x - low, 0), (x + low, 0), ramp, [0.0, 0.4, 1.0]))
        canvas.drawPath(
            poly([(x - wide[0], bottom), (x - wide[1], top), (x + wide[1], top), (x + wide[0], bottom)]), paint
        )
    for t in (0.2, 0.46, 0.68):
        glow = mix(mix((40, 46, 60), mood.air, 0.3), LAMP, mood.lamps)
        y = foot - tall * t
        canvas.drawRRect(skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(x - 9, y - 20, x + 9, y + 14), 8, 8), fill(glow))


def _gallery(canvas: Any, mood: Mood, x: float, y: float, tall: float) -> None:
    """Balcony, glass and dome on top."""
    iron, half = far_off((52, 50, 56), mood, 0.15), tall * 0.5
    canvas.drawRect(skia.Rect.MakeLTRB(x - half * 1.35, y, x + half * 1.35, y + tall * 0.16), fill(iron))
    for k in range(-4, 5):
        canvas.drawLine(x + k * half * 0.33, y, x + k * half * 0.33, y - tall * 0.2, stroke(iron, 2.4))
    canvas.drawLine(x - half * 1.32, y - tall * 0.2, x + half * 1.32, y - tall * 0.2, stroke(iron, 3))
    glass = mix(mix(mood.horizon, (255, 255, 255), 0.35), LAMP, 0.8 * mood.lamps)
    canvas.drawRect(skia.Rect.MakeLTRB(x - half * 0.8, y - tall * 0.86, x + half * 0.8, y), fill(glass))
    for bar in (-0.8, -0.27, 0.27, 0.8):
        canvas.drawLine(x + half * bar, y, x + half * bar, y - tall * 0.86, stroke(iron, 3))
    red = far_off(rgb("#8e2f30"), mood, 0.15)
    canvas.drawPath(poly([(x - half, y - tall * 0.84), (x, y - tall * 1.5), (x + half, y - tall * 0.84)]), fill(red))
    canvas.drawLine(x, y - tall * 1.45, x, y - tall * 1.75, stroke(iron, 3))


def lantern(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """The lamp room: sea and sky behind glass on every side, the great lens in the middle."""
    outside = TIMES[place.time_of_day]
    nature.sky(canvas, outside, rng, horizon=560, clouds=0.9)
    canvas.layer(0.9)
    nature.water(canvas, outside, rng, (540, 720), glint_x=1150)
    canvas.layer(0.5)
    iron = in_light((66, 70, 76), mood)
    for step in range(-420, 2300, 230):
        x = float(step)
        ramp = [(mix(iron, (255, 246, 230), 0.3), 1), (iron, 1), (mix(iron, (0, 0, 0), 0.5), 1)]
        canvas.drawRect(rect((x - 10, -300, x + 10, 660)), fill(shader=linear((x - 10, 0), (x + 10, 0), ramp)))
        shine = linear((x, 0), (x + 200, 300), [((255, 255, 255), 0.16), ((255, 255, 255), 0.0)])
        canvas.drawPath(poly([(x + 20, -300), (x + 130, -300), (x + 60, 640), (x + 20, 640)]), fill(shader=shine))
        if place.weather in {"rain", "storm"}:
            for _ in range(46):
                at = (float(rng.uniform(x, x + 230)), float(rng.uniform(40, 640)))
                canvas.drawLine(*at, at[0] - 1, at[1] + float(rng.uniform(6, 28)), stroke((225, 235, 248), 2.2, 0.3))
    for y in (60, 350):
        canvas.drawRect(rect((LEFT, y - 7, RIGHT, y + 7)), fill(iron))
    slab(canvas, (LEFT, 640, RIGHT, 690), in_light(rgb("#7a3a34"), mood), round_=0)
    slab(canvas, (LEFT, 690, RIGHT, 770), in_light(rgb("#d8d0c0"), mood), round_=0)
    canvas.layer(0.45, ground=True)
    planks = in_light(rgb("#6d4f3a"), mood)
    canvas.drawRect(rect((LEFT, 770, RIGHT, LOW)),
                    fill(shader=linear((0, 770), (0, H), [(mix(planks, (0, 0, 0), 0.3), 1), (planks, 1)])))  # fmt: skip
    for k in range(-14, 15):
        canvas.drawLine(800 + k * 90, 770, 800 + k * 190, LOW, stroke(mix(planks, (0, 0, 0), 0.5), 3, 0.6))
    _lens(canvas, mood)


def _lens(canvas: Any, mood: Mood) -> None:
    """The great lens on its pillar: rings of glass around a lamp."""
    canvas.layer(0.32)
    iron, brass = in_light((58, 60, 66), mood), in_light((206, 166, 92), mood)
    slab(canvas, (735, 600, 865, 800), iron, round_=6)
    slab(canvas, (690, 574, 910, 606), brass, round_=6)
    on = 0.35 + 0.65 * mood.lamps
    blob(canvas, (800, 400), (420, 360), LAMP, 0.5 * on, blur=90)
    glass = radial((800, 400), 190, [((255, 252, 232), 1), ((255, 226, 160), 0.9 * on), ((150, 176, 184), 0.75)])
    canvas.drawOval(oval(800, 400, 120, 176), fill(shader=glass))
    for k in range(1, 7):
        canvas.drawOval(oval(800, 400, 20 * k, 29 * k), stroke(mix((236, 244, 240), LAMP, on), 3.4, 0.6))
    for x in (-120, -60, 60, 120):
        canvas.drawLine(800 + x, 576, 800 + x * 0.9, 226, stroke(brass, 6))
    slab(canvas, (690, 206, 910, 234), brass, round_=6)
    canvas.drawPath(poly([(700, 208), (800, 140), (900, 208)]), fill(iron))
