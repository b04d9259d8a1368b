"""Neck and trunk of a drawn person: skin, the garment's silhouette, the light and shade of its form, its folds. What
opens, closes and is sewn on it is drawn by ``outfits``, arms and legs by ``strips`` and ``limbs``.
"""

from math import cos, radians, sin, sqrt
from typing import Any

import numpy as np
import skia

from generation_service.previs.brush import Colour, Point, blob, fill, linear, mix, smooth, stroke, times
from generation_service.previs.cast.build import TURNED, Build, build_of
from generation_service.previs.cast.cloth import cloth_of, fabric, fold
from generation_service.previs.cast.head import chin_y
from generation_service.previs.cast.looks import LIGHT, Look
from generation_service.previs.cast.outfits import CUTS, Tailor

__all__ = ["draw_neck", "draw_trunk", "outline_of"]

NECK_TOP, PIT = 190.0, 452.0
FORK = 1650.0
# What the jaw and the body leave of the light on a neck.
NECK_SHADE: Colour = (168, 138, 134)


def draw_neck(canvas: Any, look: Look) -> None:
    """The neck, with the jaw's soft shadow on it; drawn before clothes and head."""
    n, chin = build_of(look).neck, chin_y(look)
    shade = mix(look.skin, times(look.skin, NECK_SHADE), 0.72)
    deep = mix(shade, times(shade, NECK_SHADE), 0.60)
    half = [(n - 4, NECK_TOP), (n - 3, 300), (n + 2, 356), (n + 18, 408), (n + 80, 462), (n + 110, 540), (0, 640)]
    path = smooth([(0.0, NECK_TOP), *_both(half)])
    canvas.drawPath(path, fill(shader=linear((-n - 30, 0), (n + 40, 0), [
        (look.skin, 1), (mix(look.skin, LIGHT, 0.08), 1), (mix(look.skin, shade, 0.55), 1), (shade, 1),
    ])))  # fmt: skip
    canvas.save()
    canvas.clipPath(path, True)
    blob(canvas, (8, chin + 8), (n * 1.35, 62), deep, 0.85, blur=20)
    blob(canvas, (26, chin + 44), (n * 0.9, 56), deep, 0.38, blur=24)
    for side in (-1, 1):
        tendon = smooth([(side * n * 0.86, 300), (side * n * 0.55, 400), (side * 16, PIT - 8)], close=False)
        canvas.drawPath(tendon, stroke(shade, 9, 0.30 + 0.3 * look.age, blur=6))
    blob(canvas, (0, PIT), (17, 11), deep, 0.55, blur=7)
    for side in (-1, 1):
        bone = smooth([(side * 20, PIT + 12), (side * 90, PIT + 2), (side * (n + 84), PIT - 18)], close=False)
        canvas.drawPath(bone, stroke(mix(look.skin, LIGHT, 0.5), 9, 0.35, blur=5))
    canvas.restore()


def _both(half: list[Point]) -> list[Point]:
    """A right half and its reflection, as one outline from the top right around."""
    return [*half, *[(-x, y) for x, y in reversed(half) if abs(x) > 1e-6]]


def outline_of(build: Build, turn: float, hem: float, *, loose: float = 0.0, flare: float = 0.0) -> list[Point]:
    """The closed outline of a garment on the trunk down to ``hem``; ``loose`` cloth that stands off below the chest,
    ``flare`` more of it at the hem.
    """
    angle, s, n = radians(TURNED * turn), build.tip, build.neck
    top = [
        (n + 6, 390.0),
        (n + 46, 414.0),
        (0.56 * s, 448.0),
        (s - 118, 474.0),
        (s - 64, 496.0),
        (s - 46, 540.0),
        (s - 58, 604.0),
        (s - 84, 666.0),
    ]
    levels = [y for y in (740.0, 830.0, 950.0, 1090.0, 1250.0, 1410.0, 1540.0, 1700.0) if y < hem - 70]
    sides: list[list[Point]] = []
    for side in (1, -1):
        points = [(side * sqrt((x * cos(angle)) ** 2 + (min(x, 64.0) * sin(angle)) ** 2), y) for x, y in top]
        for y in (*levels, hem):
            share = max(0.0, min(1.0, (y - 760) / 500))
            wide = loose * share + flare * max(0.0, (y - 1090) / max(1.0, hem - 1090)) ** 1.2
            points.append((build.edge(y, turn, side, 8 + wide), y))
        sides.append(points)
    for points in sides:
        x = points[-1][0]
        points[-1:] = [(x, hem - 30), (x * 0.985, hem - 2), (x * 0.88, hem + 5)]
    return [(0.0, 404.0), *sides[0], (0.0, hem + 16), *reversed(sides[1])]


def draw_trunk(canvas: Any, look: Look, rng: np.random.Generator, *, turn: float = 0.0, front: bool = True) -> None:
    """Clothes on the trunk without the arms; from behind (``front`` False) nothing opens."""
    build, cut, cloth = build_of(look), CUTS[look.outfit], cloth_of(look.cloth)
    path = smooth(outline_of(build, turn, cut.hem, loose=cut.loose, flare=cut.flare), tension=0.9)
    beside = build.neck + cut.collar
    canvas.saveLayer()
    left, right = build.edge(820, turn, -1), build.edge(820, turn, 1)
    canvas.drawPath(path, fill(shader=linear((left - 20, 0), (right + 20, 150), [
        (cloth.mid, 1), (cloth.lit, 1), (cloth.mid, 1), (cloth.dark, 1),
    ], [0.0, 0.28, 0.64, 1.0])))  # fmt: skip
    canvas.save()
    around = skia.Path()
    around.addRect(skia.Rect.MakeLTRB(-beside, 300, beside, 470))
    canvas.clipPath(skia.Op(path, around, skia.PathOp.kUnion_PathOp), True)
    tailor = Tailor(canvas, look, build, cloth, turn, rng)
    _form(tailor)
    fabric(canvas, rng, (-640, 400, 640, cut.hem), look.detail)
    if front:
        cut.draw(tailor)
    else:
        _behind(tailor, cut.hem)
    blob(canvas, (10, 400), (build.neck + 44, 46), (14, 7, 14), 0.34, blur=24, mode=skia.BlendMode.kSrcATop)
    canvas.restore()
    if front and cut.over is not None:
        cut.over(tailor)
    canvas.restore()


def _form(t: "Tailor") -> None:
    """What makes the trunk round: the lit chest, the shade of the far side, under the arms, at the waist."""
    canvas, b, cloth, turn = t.canvas, t.build, t.cloth, t.turn
    c = t.look.curve
    blob(canvas, t.at(-0.44 * b.half(700), 640), (0.34 * b.tip, 150), cloth.lit, 0.42, blur=64)
    for side in (-1, 1):
        x = b.edge(760, turn, side)
        pit = smooth([(x + side * 6, 560), (x - side * 26, 720), (x - side * 8, 900)], close=False)
        canvas.drawPath(pit, stroke(cloth.deep, 70, 0.34, blur=30))
        seam = smooth([(side * (b.tip - 128), 470), (side * (b.tip - 158), 580), (x - side * 10, 700)], close=False)
        if abs(turn) < 0.5:
            canvas.drawPath(seam, stroke(cloth.dark, 5, 0.55, blur=2.5))
    x = b.edge(1000, turn, 1)
    canvas.drawPath(
        smooth([(b.edge(640, turn, 1), 640), (x - 10, 1000), (b.edge(1400, turn, 1) - 6, 1460)], close=False),
        stroke(cloth.deep, 140, 0.32, blur=52),
    )
    left = smooth([(b.edge(700, turn, -1), 700), (b.edge(1080, turn, -1), 1080), (b.edge(1480, turn, -1), 1480)], close=False)  # fmt: skip  # noqa: E501
    canvas.drawPath(left, stroke(cloth.dark, 54, 0.36, blur=24))
    if c > 0:
        for side in (-1, 1):
            under = smooth([t.at(side * 56, 812), t.at(side * 138, 836), t.at(side * 214, 790)], close=False)
            canvas.drawPath(under, stroke(cloth.dark, 40, 0.26 * c, blur=22))
            blob(canvas, t.at(side * 122 - 20, 726), (60, 54), cloth.lit, 0.22 * c, blur=30)
    if t.look.weight > 0.6:
        blob(canvas, t.at(-90, 1160), (190, 150), cloth.lit, 0.25, blur=60)
        blob(canvas, t.at(20, 1390), (220, 60), cloth.deep, 0.30, blur=40)
    _creases(t)


def _creases(t: "Tailor") -> None:
    """Folds that run from the armpits towards the chest and gather at the waist, no two alike."""
    for side, k, strength in ((-1, 0, 0.26), (1, 0, 0.30), (1, 1, 0.20)):
        a = t.edge(690 + 44 * k, side, -16)
        fold(
            t.canvas,
            t.cloth,
            [a, (a[0] - side * 56, a[1] - 14 + 20 * k), (a[0] - side * 118, a[1] - 50 + 30 * k)],
            14,
            strength,
        )
    for side, y, long, strength in (
        (-1, 1040, 120, 0.30),
        (-1, 1118, 84, 0.24),
        (1, 1016, 92, 0.28),
        (1, 1090, 140, 0.34),
        (1, 1166, 80, 0.22),
    ):
        a = t.edge(y, side, -2)
        fold(t.canvas, t.cloth, [a, (a[0] - side * long * 0.5, y + 22), (a[0] - side * long, y + 46)], 15, strength)


def _behind(t: "Tailor", hem: float) -> None:
    """A back: its seam, the shoulder blades, a collar seen from behind."""
    t.canvas.drawPath(smooth([(0, 430), (3, 900), (0, hem)], close=False), stroke(t.cloth.dark, 5, 0.6, blur=1.5))
    for side in (-1, 1):
        blade = smooth([(side * 60, 560), (side * 150, 640), (side * 170, 800)], close=False)
        t.canvas.drawPath(blade, stroke(t.cloth.dark, 40, 0.28, blur=22))
    n = t.build.neck + 22
    collar = smooth([(-n, 380), (0, 366), (n, 380), (n + 14, 428), (0, 446), (-n - 14, 428)], tension=0.7)
    t.canvas.drawPath(collar, fill((0, 0, 0), 0.4, blur=10))
    t.canvas.drawPath(collar, fill(shader=linear((-n, 0), (n, 0), [(t.cloth.lit, 1), (t.cloth.dark, 1)])))


def trousers_of(look: Look) -> Colour:
    """The colour of somebody's trousers: quieter and darker than what they wear above."""
    return mix(times(look.cloth, (120, 122, 138)), (52, 54, 66), 0.62)


def below_of(look: Look) -> Colour:
    """The colour of what covers the thighs: trousers, or a dress."""
    return look.cloth if look.outfit == "dress" else trousers_of(look)


def draw_hips(canvas: Any, look: Look, *, turn: float = 0.0) -> None:
    """The trousers' upper part, from under the garment to the fork; the legs are laid over it."""
    build, cloth = build_of(look), cloth_of(below_of(look))
    levels = (1330.0, 1420.0, 1540.0, 1620.0)
    within = (6.0, 12.0, 44.0, 96.0)
    right = [(build.edge(y, turn, 1) - less, y) for y, less in zip(levels, within, strict=True)]
    left = [(build.edge(y, turn, -1) + less, y) for y, less in zip(levels, within, strict=True)]
    path = smooth([*right, (0.0, 1572.0), *reversed(left)], tension=0.8)
    x = build.edge(1440, turn, 1)
    canvas.drawPath(path, fill(shader=linear((-x, 0), (x, 0), [(cloth.mid, 1), (cloth.lit, 1), (cloth.mid, 1), (cloth.dark, 1)])))  # fmt: skip  # noqa: E501
    canvas.save()
    canvas.clipPath(path, True)
    blob(canvas, (0, FORK), (90, 120), cloth.deep, 0.6, blur=40)
    canvas.restore()
