"""A town in the desert: a street of dust between wooden false fronts, porches, a water tower, hills behind."""

from typing import Any

import numpy as np
import skia

from generation_service.contract.shots import Place
from generation_service.previs.brush import Colour, Point, blob, fill, linear, mix, poly, rgb, smooth, stroke
from generation_service.previs.scenes import nature, plants, textures
from generation_service.previs.scenes.city import LAMP
from generation_service.previs.scenes.light import Mood
from generation_service.previs.scenes.nature import LEFT, LOW, RIGHT, H
from generation_service.previs.scenes.skies import is_night, sunglow
from generation_service.previs.scenes.tones import Tones, aired, lit_pair
from generation_service.previs.scenes.wilds import mesa, mixed

VX, VY = 800.0, 545.0
WALLS = ("#9a6f4a", "#b08a5e", "#7c5a44", "#a3624a", "#8f8468", "#6f7a76")
SIGNS = ("SALOON", "BANK", "HOTEL", "GENERAL STORE", "BARBER", "SHERIFF", "LIVERY", "ASSAY")


def frontier(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A street of dust between false-front houses, from far to near; a water tower, mesas at its end."""
    sun = nature.sky(canvas, mood, rng, horizon=545, clouds=0.45)
    canvas.layer(0.92)
    for spot in ((560.0, 230.0, 110.0, 0.62), (1010.0, 330.0, 150.0, 0.55), (760.0, 130.0, 60.0, 0.8)):
        mesa(canvas, mood, spot, rng, "#a9603f")
    if not is_night(mood):
        sunglow(canvas, mood, (sun[0], 490.0), 560, 0.32)
    _street(canvas, place, mood)
    canvas.layer(0.78)
    _tower(canvas, mood, (930.0, 574.0), 0.86)
    order = list(rng.permutation(len(SIGNS)))
    for k in range(5, -1, -1):
        canvas.layer(0.76 - 0.09 * (5 - k))
        for side in (-1, 1):
            number = int(order[(2 * k + (side > 0)) % len(order)])
            _front(canvas, (side, k, number), mood, rng)
    canvas.layer(0.2)
    tones = lit_pair(rgb("#5a4030"), rgb("#b98a58"), mood)
    _rail(canvas, (1195.0, 770.0), 1.7, tones)
    _barrel(canvas, (150.0, 800.0), 2.2, tones)
    _barrel(canvas, (262.0, 818.0), 1.9, tones)


def _street(canvas: Any, place: Place, mood: Mood) -> None:
    """Dust with wheel ruts that run to the end of the street."""
    sand = lit_pair(rgb("#a9744c"), rgb("#ecc594"), mood)
    canvas.layer(0.8, ground=True)
    whole = skia.Path()
    whole.addRect(skia.Rect.MakeLTRB(LEFT, VY, RIGHT, LOW))
    far = aired(sand, mood, 0.6)
    ramp = [(mix(*far, 0.8), 1), (mix(*sand, 0.72), 1), (mix(*sand, 0.55), 1)]
    canvas.drawPath(whole, fill(shader=linear((0, VY), (0, H + 40), ramp, [0, 0.35, 1])))
    textures.relief(canvas, whole, "earth", sand, top=VY, seed=place.seed, horizon=VY - 12)
    for x in (-210, -120, 90, 190):
        rut = [(VX + x * 0.02, VY + 2), (VX + x * 0.02 + 2, VY + 2), (VX + x * 2.2 + 34, LOW), (VX + x * 2.2 - 34, LOW)]
        canvas.drawPath(poly(rut), fill(mix(sand[0], (40, 24, 20), 0.3), 0.42, blur=3))
        canvas.drawPath(poly([(a + 9, b) for a, b in rut]), fill(sand[1], 0.22, blur=3))
    plants.stones(canvas, [(520, 742, 22), (1090, 800, 30), (690, 868, 36), (980, 690, 14)], mixed(sand),
                  np.random.default_rng(place.seed + 2))  # fmt: skip


def _at(side: int, depth: float, high: float) -> Point:
    """A point of the row of houses on one side: ``depth`` 1 where people stand .. 0 at the end of the street, ``high``
    in storeys above the ground.
    """
    return VX + side * 1950 * depth, VY + (300 - 800 * high) * depth


def _front(canvas: Any, which: tuple[int, int, int], mood: Mood, rng: np.random.Generator) -> None:
    """One house: its face along the street, the false front above the roof, porch, windows, sign."""
    side, k, number = which
    near, back = 1 / (1.15 + 1.75 * k), 1 / (1.15 + 1.75 * (k + 0.94))
    base = rgb(WALLS[(number * 2 + (side > 0)) % len(WALLS)])
    # The sun stands to the right and behind: what is on the left of the street is lit, the right side shaded.
    pair = aired(lit_pair(mix(base, (50, 40, 60), 0.3), mix(base, (255, 226, 180), 0.22), mood), mood, 0.10 * k)
    wall = mix(*pair, 0.88) if side < 0 else mix(*pair, 0.24)
    tall = 1.75 + 0.28 * (number % 3)
    face = [_at(side, back, 0), _at(side, near, 0), _at(side, near, tall), _at(side, back, tall)]
    top = poly(
        [
            _at(side, near, 0),
            (_at(side, near, 0)[0] + side * 2600 * near, _at(side, near, 0)[1]),
            (_at(side, near, 0)[0] + side * 2600 * near, _at(side, near, tall * 0.82)[1]),
            _at(side, near, tall * 0.82),
        ]
    )
    canvas.drawPath(top, fill(mix(*pair, 0.12)))
    ramp = linear(face[3], face[1], [(mix(wall, mood.air, 0.12), 1), (wall, 1)])
    canvas.drawPath(poly(face), fill(shader=ramp))
    _planks(canvas, (side, back, near, tall), mix(wall, (20, 12, 12), 0.5), mood)
    for u in (0.22, 0.62):
        _window(canvas, (side, back + (near - back) * u, (near - back) * 0.20), (0.86 + 0.12, 1.36), mood, rng)
    _window(canvas, (side, back + (near - back) * 0.16, (near - back) * 0.24), (0.22, 0.66), mood, rng)
    _window(canvas, (side, back + (near - back) * 0.66, (near - back) * 0.22), (0.0, 0.66), mood, rng)
    _porch(canvas, (side, back, near), pair, mood)
    if k < 5:
        _sign(canvas, (side, back, near, tall), SIGNS[number], pair)


def _planks(canvas: Any, span: tuple[int, float, float, float], tone: Colour, mood: Mood) -> None:
    side, back, near, tall = span
    for t in np.arange(0.06, tall, 0.07):
        a, b = _at(side, back, float(t)), _at(side, near, float(t))
        canvas.drawLine(*a, *b, stroke(tone, 0.8 + 2.2 * near, 0.36))
    crown = [_at(side, back, tall), _at(side, near, tall)]
    canvas.drawLine(*crown[0], *crown[1], stroke(mix(mix(tone, (255, 220, 170), 0.35), mood.sun, 0.25), 3 + 16 * near))


def _window(
    canvas: Any, across: tuple[int, float, float], rise: tuple[float, float], mood: Mood, rng: np.random.Generator
) -> None:
    side, start, wide = across
    low, high = rise
    pane = [_at(side, start, low), _at(side, start + wide, low), _at(side, start + wide, high), _at(side, start, high)]
    lit = rng.random() < 0.75 * mood.lamps
    glass = mix(LAMP, (255, 240, 200), 0.3) if lit else mix((30, 26, 34), mood.horizon, 0.22)
    canvas.drawPath(poly(pane), fill(glass))
    canvas.drawPath(poly(pane), stroke(mix((226, 206, 172), mood.shade, 0.45), 1.0 + 10 * start, 0.9))
    middle = _at(side, start + wide / 2, low), _at(side, start + wide / 2, high)
    canvas.drawLine(*middle[0], *middle[1], stroke(mix((226, 206, 172), mood.shade, 0.45), 0.7 + 6 * start))
    if lit:
        x, y = _at(side, start + wide / 2, (low + high) / 2)
        blob(canvas, (x, y), (300 * start, 340 * start), LAMP, 0.30, blur=80 * start)


def _porch(canvas: Any, span: tuple[int, float, float], pair: Tones, mood: Mood) -> None:
    """A boardwalk and its roof on posts before a house."""
    side, back, near = span
    out = 560.0
    shadow = [
        _at(side, back, 0.0),
        _at(side, near, 0.0),
        (_at(side, near, 0)[0] - side * out * near, _at(side, near, 0)[1] + 10),
        (_at(side, back, 0)[0] - side * out * back, _at(side, back, 0)[1] + 4),
    ]
    canvas.drawPath(poly(shadow), fill(mix(*pair, 0.3)))
    under = [_at(side, back, 0.78), _at(side, near, 0.78), _at(side, near, 0.0), _at(side, back, 0.0)]
    canvas.drawPath(poly(under), fill((12, 10, 22), 0.38))
    roof = [
        _at(side, back, 0.86),
        _at(side, near, 0.86),
        (_at(side, near, 0)[0] - side * out * near, _at(side, near, 0.74)[1]),
        (_at(side, back, 0)[0] - side * out * back, _at(side, back, 0.74)[1]),
    ]
    tone = mix(*pair, 0.75 if side < 0 else 0.4)
    canvas.drawPath(poly(roof), fill(mix(tone, mood.sun, 0.14)))
    canvas.drawLine(*roof[2], *roof[3], stroke(mix(pair[0], (10, 8, 12), 0.4), 2 + 14 * near))
    for t in (0.04, 0.5, 0.98):
        d = back + (near - back) * t
        x = _at(side, d, 0)[0] - side * out * d
        canvas.drawLine(
            x,
            _at(side, d, -0.02)[1],
            x,
            _at(side, d, 0.74)[1],
            stroke(mix(*pair, 0.55 if side < 0 else 0.3), 3 + 9 * d),
        )


def _sign(canvas: Any, span: tuple[int, float, float, float], words: str, pair: Tones) -> None:
    """The name over the door, in the perspective of the face."""
    side, back, near, tall = span
    a, b = (near, back) if side < 0 else (back, near)
    left, right = _at(side, a + (b - a) * 0.1, tall - 0.38), _at(side, a + (b - a) * 0.9, tall - 0.38)
    upper, other = _at(side, a + (b - a) * 0.1, tall - 0.12), _at(side, a + (b - a) * 0.9, tall - 0.12)
    canvas.drawPath(poly([upper, other, right, left]), fill(mix(pair[0], (30, 18, 14), 0.5)))
    font = skia.Font(skia.Typeface("serif", skia.FontStyle.Bold()), 40)
    wide = max(1.0, font.measureText(words))
    source = [skia.Point(-20, -38), skia.Point(wide + 20, -38), skia.Point(wide + 20, 12), skia.Point(-20, 12)]
    target = [skia.Point(*p) for p in (upper, other, right, left)]
    matrix = skia.Matrix()
    if matrix.setPolyToPoly(source, target):
        canvas.save()
        canvas.concat(matrix)
        canvas.drawString(words, 0, 0, font, fill(mix(pair[1], (255, 236, 190), 0.6)))
        canvas.restore()


def _tower(canvas: Any, mood: Mood, foot: Point, size: float) -> None:
    """A water tower on legs."""
    x, y = foot
    wood = aired(lit_pair(rgb("#5c4434"), rgb("#b58a5c"), mood), mood, 0.35)
    for dx in (-70, -25, 25, 70):
        canvas.drawLine(x + dx * size, y, x + dx * 0.8 * size, y - 190 * size, stroke(mix(*wood, 0.3), 9 * size))
    for a, b in ((-70, 60), (70, -60)):
        canvas.drawLine(x + a * size, y - 10, x + b * size, y - 180 * size, stroke(wood[0], 4 * size))
    body = linear((x - 95 * size, 0), (x + 95 * size, 0), [(wood[0], 1), (mix(*wood, 0.4), 1), (wood[1], 1)])
    canvas.drawRect(skia.Rect.MakeLTRB(x - 95 * size, y - 370 * size, x + 95 * size, y - 188 * size), fill(shader=body))
    for t in (210, 280, 350):
        canvas.drawLine(x - 95 * size, y - t * size, x + 95 * size, y - t * size, stroke((30, 24, 26), 3 * size, 0.6))
    roof = [(x - 112 * size, y - 366 * size), (x, y - 440 * size), (x + 112 * size, y - 366 * size)]
    canvas.drawPath(poly(roof), fill(mix(*wood, 0.45)))


def _barrel(canvas: Any, foot: Point, size: float, tones: Tones) -> None:
    x, y = foot
    plants.cast_shadow(canvas, foot, 34 * size, 120 * size, 0.4)
    side = smooth(
        [
            (x - 30 * size, y - 92 * size),
            (x - 38 * size, y - 46 * size),
            (x - 30 * size, y),
            (x + 30 * size, y),
            (x + 38 * size, y - 46 * size),
            (x + 30 * size, y - 92 * size),
        ],
        tension=0.6,
    )
    ramp = [(mix(tones[0], (0, 0, 0), 0.4), 1), (mix(*tones, 0.3), 1), (tones[1], 1)]
    canvas.drawPath(side, fill(shader=linear((x - 36 * size, 0), (x + 36 * size, 0), ramp)))
    for t in (16, 46, 76):
        canvas.drawLine(x - 35 * size, y - t * size, x + 35 * size, y - t * size, stroke((34, 32, 36), 5 * size, 0.8))


def _rail(canvas: Any, at: Point, size: float, tones: Tones) -> None:
    """A rail to tie horses to."""
    x, y = at
    for dx in (0, 150, 300):
        plants.cast_shadow(canvas, (x + dx * size, y), 8, 110 * size, 0.32)
        canvas.drawLine(x + dx * size, y, x + dx * size, y - 104 * size, stroke(mix(*tones, 0.45), 13 * size))
    canvas.drawLine(x - 14, y - 92 * size, x + 320 * size, y - 92 * size, stroke(mix(*tones, 0.7), 11 * size))
