"""Exterior sets by the water and in the open: a harbour, a bridge over a river, a field."""

from typing import Any

import numpy as np
import skia

from generation_service.contract.shots import Place
from generation_service.previs.brush import Colour, blob, fill, linear, mix, poly, rgb, smooth, stroke
from generation_service.previs.scenes import nature, plants, textures
from generation_service.previs.scenes.city import LAMP, far_off, ground, in_light, skyline
from generation_service.previs.scenes.light import Mood, leaves, snowy
from generation_service.previs.scenes.nature import LEFT, LOW, RIGHT, WAVES, H, W
from generation_service.previs.scenes.skies import is_night, sunglow
from generation_service.previs.scenes.tones import Tones, aired, lit_pair


def harbour(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A quay with bollards, ships and masts, cranes, a lighthouse on the mole."""
    sun = nature.sky(canvas, mood, rng, horizon=510, clouds=0.9)
    canvas.layer(0.9)
    hills = nature.ridge(rng, 508, 120, rough=0.45)
    nature.mountains(
        canvas, mood, hills, ((150, 158, 128), (84, 100, 118)), far=0.66, snow=0, seed=place.seed % 83, wooded=True
    )
    skyline(canvas, mood, rng, base=508, spec=(18, 74, 11), far=0.62)
    if not is_night(mood):
        sunglow(canvas, mood, (sun[0], 470.0), 520, 0.34)
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
    canvas.layer(0.6, mirror=0.5, motion=WAVES)
    nature.water(canvas, mood, rng, (505, 770), glint_x=sun[0])
    fleet = ((700.0, 548.0, 0.5, "#c9a24a", 0.55), (1130.0, 588.0, 0.95, "#a33c36", 0.45),
             (180.0, 600.0, 0.8, "#3f6a52", 0.4), (455.0, 656.0, 1.5, "#2a5f86", 0.34))  # fmt: skip
    for x, y, size, tone, depth in fleet:
        canvas.layer(depth, motion=WAVES if depth > 0.5 else None)
        _wake(canvas, (x, y), size, rgb(tone), mood)
        _ship(canvas, (x, y), size, rgb(tone), mood)
    stone = ground("#9a9184", place, mood)
    canvas.layer(0.3, ground=True)
    ramp = [(mix(stone, mood.sun, 0.25), 1), (stone, 1), (mix(stone, mood.shade, 0.45), 1)]
    quay = skia.Rect.MakeLTRB(LEFT, 726, RIGHT, LOW)
    canvas.drawRect(quay, fill(shader=linear((0, 726), (0, H + 40), ramp, [0, 0.3, 1])))
    whole = skia.Path()
    whole.addRect(quay)
    tones = (mix(stone, mood.shade, 0.6), mix(stone, mood.sun, 0.4))
    textures.relief(canvas, whole, "stone", tones, top=726, seed=place.seed)
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
    _cargo(canvas, mood)
    _quay_lamp(canvas, mood, 150.0)


def _wake(canvas: Any, at: tuple[float, float], size: float, tone: Colour, mood: Mood) -> None:
    """A ship's picture in the water: dark hull, bright house, broken by ripples."""
    x, y = at
    hull, house = lit_pair(tone, (232, 226, 212), mood)
    for k in range(13):
        t = k / 12
        wide = (190 - 60 * t) * size
        shift = 14 * size * float(np.sin(2.6 * k))
        colour = mix(mix(hull, mood.zenith, 0.3), house, 0.55) if 5 < k < 9 else mix(hull, mood.zenith, 0.35 + 0.3 * t)
        high = y + (16 + 11 * k) * size
        canvas.drawLine(
            x - wide + shift, high, x + wide * 0.9 + shift, high, stroke(colour, 7 * size, 0.55 * (1 - 0.8 * t))
        )


def _cargo(canvas: Any, mood: Mood) -> None:
    """Crates on the quay, with their shadows."""
    wood = lit_pair(rgb("#5a4432"), rgb("#c69c68"), mood)
    for x, y, size in ((1360.0, 788.0, 116.0), (1470.0, 800.0, 92.0), (1392.0, 676.0, 84.0), (60.0, 830.0, 110.0)):
        plants.cast_shadow(canvas, (x, y), size * 0.4, size * 1.1, 0.36)
        face = skia.Rect.MakeLTRB(x - size / 2, y - size * 0.9, x + size / 2, y)
        canvas.drawRect(
            face,
            fill(shader=linear((x - size / 2, 0), (x + size / 2, 0), [(mix(*wood, 0.2), 1), (mix(*wood, 0.75), 1)])),
        )
        for t in (0.0, 0.33, 0.66):
            canvas.drawLine(
                x - size / 2,
                y - size * (0.9 - 0.3 * t * 3),
                x + size / 2,
                y - size * (0.9 - 0.3 * t * 3),
                stroke(wood[0], 3),
            )
        canvas.drawLine(x - size / 2, y - size * 0.9, x + size / 2, y, stroke(mix(*wood, 0.1), 5))
        canvas.drawRect(face, stroke(mix(*wood, 0.05), 5))


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
    """A fishing boat: hull with its waterline, wheelhouse, mast, booms, rigging; lit from the right."""
    canvas.save()
    canvas.translate(*at)
    canvas.scale(size, size)
    shade, light = lit_pair(mix(tone, (20, 16, 40), 0.35), mix(tone, (255, 244, 226), 0.12), mood)
    hull = smooth([(-196, -52), (-168, 10), (0, 22), (150, 14), (216, -74), (110, -46), (-80, -40)], tension=0.55)
    ramp = [(mix(shade, (0, 0, 0), 0.25), 1), (mix(shade, light, 0.45), 1), (light, 1)]
    canvas.drawPath(hull, fill(shader=linear((-190, 20), (200, -60), ramp, [0, 0.5, 1])))
    canvas.save()
    canvas.clipPath(hull, True)
    canvas.drawRect(skia.Rect.MakeLTRB(-220, 4, 220, 40), fill(mix(shade, (60, 16, 18), 0.5)))
    rail = smooth([(-190, -44), (-80, -32), (110, -38), (212, -66)], close=False)
    canvas.drawPath(rail, stroke(mix(light, (255, 250, 240), 0.6), 6))
    canvas.restore()
    wall = lit_pair((176, 176, 190), (250, 244, 230), mood)
    house = linear((-110, 0), (14, 0), [(mix(*wall, 0.15), 1), (mix(*wall, 0.6), 1), (wall[1], 1)])
    canvas.drawRect(skia.Rect.MakeLTRB(-116, -128, 8, -38), fill(shader=house))
    canvas.drawRect(skia.Rect.MakeLTRB(-126, -140, 20, -126), fill(mix(shade, light, 0.6)))
    for k in range(4):
        pane = mix((36, 50, 70), LAMP, 0.95 * mood.lamps)
        canvas.drawRect(skia.Rect.MakeLTRB(-108 + 29 * k, -114, -88 + 29 * k, -88), fill(pane))
    if mood.lamps > 0.3:
        blob(canvas, (-54, -100), (96, 60), LAMP, 0.4 * mood.lamps, blur=24)
        blob(canvas, (60, -296), (9, 9), (255, 240, 200), 1.0, blur=3)
    mast = lit_pair(rgb("#4a3a30"), rgb("#a8845c"), mood)
    canvas.drawLine(60, -42, 60, -300, stroke(mix(*mast, 0.5), 7))
    canvas.drawLine(-60, -128, -60, -236, stroke(mix(*mast, 0.3), 5))
    canvas.drawLine(60, -80, 176, -210, stroke(mix(*mast, 0.6), 5))
    for end in ((-60, -236), (208, -72), (-150, -44), (176, -210)):
        canvas.drawLine(60, -294, *end, stroke(mast[0], 1.5, 0.8))
    for k, tag in enumerate(((214, 60, 50), (240, 236, 226), (50, 90, 170))):
        canvas.drawRect(
            skia.Rect.MakeLTRB(84 + 18 * k, -268 + 26 * k, 98 + 18 * k, -256 + 26 * k), fill(in_light(tag, mood))
        )
    for x in (-150, 40, 120):
        canvas.drawCircle(x, -14, 11, fill(mix(in_light((226, 120, 50), mood), (20, 16, 20), 0.2)))
    canvas.restore()


def bridge(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """On a stone bridge over a river, the town on both banks."""
    sun = nature.sky(canvas, mood, rng, horizon=520, clouds=0.8)
    for base, spec, far, depth in ((520, (70, 210, 13), 0.72, 0.85), (548, (60, 170, 18), 0.40, 0.7)):
        canvas.layer(depth)
        skyline(canvas, mood, rng, base=base, spec=spec, far=far)
        nature.fog_bank(canvas, mood, base, 60, 0.2 + 0.3 * mood.haze)
    canvas.layer(0.55, mirror=0.62, motion=WAVES)
    nature.water(canvas, mood, rng, (552, 760), glint_x=sun[0])
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
    sun = nature.sky(canvas, mood, rng, horizon=540, clouds=1.0)
    tones = {"autumn": ("#b98a4a", "#8f6a3a"), "spring": ("#8fb857", "#6c9a48")}.get(
        place.season, ("#c9b25e", "#86a04c")
    )
    woods = lit_pair(*leaves(place), mood)
    for k, (base, height, far) in enumerate(((524, 80, 0.62), (560, 62, 0.38), (600, 50, 0.16))):
        canvas.layer(0.85 - 0.2 * k)
        line = nature.ridge(rng, base, height, rough=0.35, steps=4)
        crop = ground(tones[k % 2], place, mood)
        pair = aired((mix(crop, mood.shade, 0.45), mix(crop, mood.sun, 0.22)), mood, far)
        nature.land(canvas, line, pair[1], mix(*pair, 0.25), depth=130, curve=True)
        _furrows(canvas, line, pair, k)
        for _ in range(16 - 3 * k):
            x = float(rng.uniform(-40, W + 40))
            y = float(np.interp(x, [p[0] for p in line], [p[1] for p in line]))
            tall = (44 + 34 * k) * float(rng.uniform(0.7, 1.3))
            nature.tree(canvas, (x, y + 10 + 8 * k), tall, aired(woods, mood, far), rng, bare=place.season == "winter")
        if not is_night(mood):
            sunglow(canvas, mood, (sun[0], base - 50.0), 520, 0.28)
        if k == 1:
            _barn(canvas, mood, 1130.0, base + 26)
    _meadow(canvas, place, mood, rng)


def _furrows(canvas: Any, line: list[tuple[float, float]], pair: Tones, k: int) -> None:
    """Rows of a crop that run up a hill."""
    xs, ys = [p[0] for p in line], [p[1] for p in line]
    for n in range(26):
        x = 80 + 62 * n
        top = float(np.interp(x, xs, ys)) + 3
        canvas.drawLine(x, top, x + (x - 900) * 0.5, top + 70 + 10 * k, stroke(pair[0], 2.5 + k, 0.26))


def _meadow(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """The grass before the camera, with a track, flowers and a fence."""
    near = ground("#8a9a4c" if place.season != "autumn" else "#a5803f", place, mood)
    tones = (mix(near, mood.shade, 0.6), mix(near, mix(mood.sun, (255, 244, 180), 0.4), 0.4))
    canvas.layer(0.3, ground=True)
    line = [(LEFT, 650.0), (-20.0, 650.0), (600.0, 640.0), (W + 20.0, 656.0), (RIGHT, 656.0)]
    whole = smooth([*line, (RIGHT, LOW), (LEFT, LOW)], tension=0.35)
    ramp = [(tones[1], 1), (mix(*tones, 0.5), 1), (mix(*tones, 0.1), 1)]
    canvas.drawPath(whole, fill(shader=linear((0, 640), (0, H + 60), ramp, [0, 0.4, 1])))
    textures.relief(canvas, whole, "snow" if snowy(place) else "grass", tones, top=640, seed=place.seed)
    way = lit_pair(rgb("#7a6044"), rgb("#d4b688"), mood)
    for shift in (-1, 1):
        track = [
            (820 + 6 * shift, 646),
            (826 + 6 * shift, 646),
            (800 + 130 * shift + 40, H + 60),
            (800 + 130 * shift - 40, H + 60),
        ]
        canvas.drawPath(poly(track), fill(mix(*way, 0.55), 0.85, blur=3))
    if not snowy(place):
        nature.grass(canvas, (660, H + 30), tones, rng, count=3000)
        petals = (in_light((214, 60, 50), mood), in_light((246, 240, 226), mood), in_light((120, 130, 210), mood))
        plants.flowers(canvas, (680, H), petals, rng, count=420)
    canvas.layer(0.15)
    wood = lit_pair(rgb("#4a3a2e"), rgb("#b8946a"), mood)
    for x in range(-60, W + 120, 170):
        if not 560 < x < 1060:
            plants.cast_shadow(canvas, (x, 772), 9, 120, 0.3)
            canvas.drawLine(x, 772, x, 640, stroke(wood[0], 15))
            canvas.drawLine(x + 4, 770, x + 4, 642, stroke(wood[1], 5, 0.9))
            for y in (668, 716):
                canvas.drawLine(x, y, x + 170, y + 3, stroke(mix(*wood, 0.25), 10))
                canvas.drawLine(x, y - 3, x + 170, y, stroke(wood[1], 3, 0.8))


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
