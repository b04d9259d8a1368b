"""Sleeves and trouser legs painted once, hanging straight, to be bent along the bones of a pose by ``ribbon``.

A strip's own coordinates: x across, 0 in the middle of the limb; y along it, 0 at the shoulder or the hip. The shading
is that of a round limb lit from the front; what the key light adds depends on how the limb lies and comes with it.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import skia

from generation_service.previs.brush import Point, fill, linear, mix, smooth, stroke, times
from generation_service.previs.cast.body import trousers_of
from generation_service.previs.cast.build import build_of
from generation_service.previs.cast.cloth import Cloth, button, cloth_of, fabric, fold, ribs, seam
from generation_service.previs.cast.looks import LIGHT, WARM_SHADE, Look
from generation_service.previs.cast.rig import FORE, SHIN, THIGH, UPPER

Profile = Sequence[tuple[float, float, float]]

ARM, LEG = UPPER + FORE, THIGH + SHIN
CAP, HIP_CAP = 80.0, 120.0
SLEEVE_BOX = (-135.0, -CAP - 16, 135.0, ARM + 40)
LEG_BOX = (-180.0, -HIP_CAP - 10, 180.0, LEG + 84)
KNIT = {"turtleneck", "hoodie"}
SHORT, SHORT_END = {"tee"}, 300.0
# How much slimmer a bare leg is than trousers, and where it differs from them besides.
BARE_LEG, CALF = 0.80, {1150: 1.12, 1450: 0.92}


def sleeve_profile(look: Look) -> Profile:
    """Along a sleeve: y, how far it reaches to its outer and to its inner side."""
    f, loose = build_of(look).limb, {"hoodie": 10.0, "coat": 12.0, "blouse": 8.0}.get(look.outfit, 3.0)
    cuff = 50 * f + (2 if look.outfit in KNIT | {"shirt"} else 8 + 0.6 * loose)
    return [
        (-CAP, 8, 8), (-CAP + 18, 42 * f, 42 * f), (-40, 68 * f, 64 * f), (30, 87 * f, 78 * f),
        (150, 89 * f + loose, 80 * f + loose), (330, 80 * f + loose, 74 * f + loose),
        (UPPER, 76 * f + loose, 72 * f + loose), (650, 75 * f + loose, 68 * f + loose),
        (840, 62 * f + loose, 58 * f + loose), (ARM - 30, cuff, cuff), (ARM + 8, cuff, cuff),
    ]  # fmt: skip


def arm_profile(look: Look) -> Profile:
    """Along a bare arm, as :func:`sleeve_profile`."""
    f = build_of(look).limb
    return [
        (-CAP, 8, 8), (-40, 60 * f, 56 * f), (60, 76 * f, 66 * f), (200, 74 * f, 66 * f), (360, 66 * f, 62 * f),
        (UPPER - 10, 58 * f, 56 * f), (UPPER + 110, 64 * f, 56 * f), (780, 52 * f, 46 * f),
        (ARM - 40, 33, 32), (ARM + 10, 31, 31),
    ]  # fmt: skip


def _bare(canvas: Any, look: Look, path: Any, side: int) -> None:
    """A limb in its own skin."""
    skin = Cloth(
        mix(look.skin, LIGHT, 0.14), look.skin, mix(look.skin, times(look.skin, WARM_SHADE), 0.62),
        times(look.skin, WARM_SHADE), mix(look.skin, LIGHT, 0.4),
    )  # fmt: skip
    canvas.save()
    canvas.clipPath(path, True)
    _round(canvas, path, skin, 84 * build_of(look).limb, side)
    canvas.drawPath(
        smooth([(-10, UPPER + 20), (6, UPPER - 4), (24, UPPER + 14)], close=False), stroke(skin.dark, 8, 0.4, blur=5)
    )
    canvas.restore()


def leg_profile(look: Look) -> Profile:
    """Along a trouser leg, as :func:`sleeve_profile`."""
    f = build_of(look).limb * (1.02 - 0.02 * look.curve)
    hip = 1.0 + 0.16 * look.curve
    return [
        (-HIP_CAP, 40, 60), (-60, 118 * f * hip, 126 * f), (90, 146 * f * hip, 146 * f),
        (300, 144 * f * hip, 138 * f), (600, 122 * f, 116 * f),
        (THIGH - 40, 102 * f, 96 * f), (THIGH + 60, 96 * f, 92 * f), (1150, 98 * f, 94 * f), (1450, 88 * f, 84 * f),
        (LEG - 60, 77 * f, 76 * f), (LEG + 26, 84 * f, 80 * f),
    ]  # fmt: skip


def _shape(profile: Profile, side: int) -> Any:
    """The closed outline of a strip whose outer side is ``side``."""
    outer = [(side * out, y) for y, out, _ in profile]
    inner = [(-side * into, y) for y, _, into in profile]
    return smooth([*outer, *reversed(inner)], tension=0.9)


def _round(canvas: Any, path: Any, cloth: Cloth, half: float, side: int) -> None:
    """A limb's own form: full tone in the middle, falling off to both sides; the one away from the key is darker."""
    soft = mix(cloth.lit, cloth.mid, 0.45)
    ramp = [(cloth.dark, 1), (cloth.mid, 1), (soft, 1), (soft, 1), (cloth.mid, 1), (cloth.dark, 1)]
    if side > 0:
        ramp = [(mix(tone, cloth.dark, 0.34), 1) for tone, _ in ramp]
    canvas.drawPath(path, fill(shader=linear((-half, 0), (half, 0), ramp, [0.0, 0.18, 0.34, 0.50, 0.74, 1.0])))


def _reach(profile: Profile, y: float, side: int, across: float) -> float:
    """The x of a spot of the strip: ``across`` -1 (inner rim) .. 1 (outer rim)."""
    ys = [one[0] for one in profile]
    wide = np.interp(y, ys, [one[1] if across > 0 else one[2] for one in profile])
    return float(side * across * wide)


def draw_sleeve(canvas: Any, look: Look, rng: np.random.Generator, side: int) -> None:
    """A sleeve from the shoulder's seam to the cuff; ``side`` -1 the image's left arm. Short ones leave arms bare."""
    profile, cloth = sleeve_profile(look), cloth_of(look.cloth)
    path = _shape(profile, side)
    canvas.saveLayer()
    if look.outfit in SHORT:
        _bare(canvas, look, _shape(arm_profile(look), side), side)
        canvas.clipRect(skia.Rect.MakeLTRB(-200, -CAP - 20, 200, SHORT_END))
    _cuff_below(canvas, look, profile, side)
    canvas.save()
    canvas.clipPath(path, True)
    _round(canvas, path, cloth, 96 * build_of(look).limb, side)

    def spots(points: Sequence[Point]) -> list[Point]:
        return [(_reach(profile, y, side, u), y) for u, y in points]

    canvas.drawPath(
        smooth(spots([(-0.96, -10), (-1.0, 250), (-1.0, 900)]), close=False), stroke(cloth.deep, 40, 0.32, blur=18)
    )
    canvas.drawPath(
        smooth(spots([(0.98, 40), (1.0, 400), (1.0, 960)]), close=False), stroke(cloth.deep, 20, 0.30, blur=10)
    )
    for low, u, wide, strength in ((150, 0.9, 0.9, 0.30), (236, 0.7, 0.8, 0.22)):
        fold(canvas, cloth, spots([(-u, low), (-u + wide * 0.5, low + 34), (-u + wide, low + 20)]), 14, strength)
    for k, y in enumerate((UPPER - 66, UPPER - 10, UPPER + 50)):
        fold(
            canvas,
            cloth,
            spots([(-1.0, y), (-0.3, y + 34 - 14 * k), (0.45 + 0.15 * k, y + 8 - 22 * k)]),
            15,
            0.42 if k == 1 else 0.32,
        )
    for k, y in enumerate((ARM - 250, ARM - 170, ARM - 104)):
        lean = 1 if k % 2 else -1
        fold(canvas, cloth, spots([(-0.9 * lean, y), (0.0, y + 26), (0.7 * lean, y + 12)]), 12, 0.26)
    _sleeve_end(canvas, look, cloth, profile, side)
    fabric(canvas, rng, SLEEVE_BOX, look.detail)
    canvas.restore()
    fade = linear((-side * 84, -30), (-side * 24, 30), [((0, 0, 0), 0.0), ((0, 0, 0), 1.0)])
    canvas.drawPaint(fill(shader=fade, mode=skia.BlendMode.kDstIn))
    canvas.restore()


def _cuff_below(canvas: Any, look: Look, profile: Profile, side: int) -> None:
    """The shirt's cuff that shows below a jacket's sleeve."""
    if look.outfit not in {"jacket", "coat"}:
        return
    inner, half = cloth_of(look.inner), profile[-1][1] - 7
    cuff = smooth(
        [(-half, ARM - 30), (half, ARM - 30), (half, ARM + 22), (0, ARM + 27), (-half, ARM + 22)], tension=0.25
    )
    canvas.drawPath(cuff, fill(shader=linear((-half, 0), (half, 0), [(inner.mid, 1), (inner.lit, 1), (inner.dark, 1)])))


def _sleeve_end(canvas: Any, look: Look, cloth: Cloth, profile: Profile, side: int) -> None:
    """How a sleeve ends: knitted ribs, a buttoned cuff, a plain hem with small buttons."""
    half = profile[-1][1] + 2
    low = ARM + 8 if look.outfit not in SHORT else SHORT_END
    if look.outfit in KNIT:
        xs = [half * k / 6 for k in range(-6, 7)]
        canvas.drawLine(-half, ARM - 66, half, ARM - 66, stroke(cloth.deep, 12, 0.55, blur=5))
        ribs(canvas, cloth, [(x * 1.06, ARM - 62) for x in xs], [(x, low) for x in xs])
    elif look.outfit in SHORT:
        seam(canvas, cloth, [(-half * 2, low - 30), (0, low - 26), (half * 2, low - 30)], 3.5, 0.6)
    elif look.outfit in {"shirt", "blouse", "apron", "dress"}:
        seam(canvas, cloth, [(-half, ARM - 70), (0, ARM - 62), (half, ARM - 70)], 4.5, 0.8)
        button(canvas, (side * half * 0.42, ARM - 28), 8, mix(cloth.lit, (255, 255, 255), 0.3))
    else:
        for k in range(3):
            button(canvas, (side * half * 0.62, ARM - 36 - 34 * k), 8, mix(cloth.dark, cloth.deep, 0.4))
    half *= 2 if look.outfit in SHORT else 1
    canvas.drawLine(-half, low, half, low, stroke(cloth.deep, 14, 0.6, blur=5))
    canvas.drawLine(-half, low - 13, half, low - 13, stroke(cloth.edge, 4, 0.3, blur=1.5))


def draw_leg_strip(canvas: Any, look: Look, rng: np.random.Generator, side: int) -> None:
    """A trouser leg from the hip to the hem over the shoe; ``side`` -1 the image's left one."""
    profile, cloth = leg_profile(look), cloth_of(trousers_of(look))
    path = _shape(profile, side)
    if look.outfit == "dress":
        slim = [
            (y, out * BARE_LEG * CALF.get(int(y), 1.0), into * BARE_LEG * CALF.get(int(y), 1.0))
            for y, out, into in profile
        ]
        _bare(canvas, look, _shape([*slim[:-2], (LEG - 60, 40, 40), (LEG + 26, 38, 38)], side), side)
        return
    canvas.save()
    canvas.clipPath(path, True)
    _round(canvas, path, cloth, 128 * build_of(look).limb, -1)

    def spots(points: Sequence[Point]) -> list[Point]:
        return [(_reach(profile, y, side, u), y) for u, y in points]

    canvas.drawPath(
        smooth(spots([(-0.98, 0), (-1.0, 700), (-1.0, 1700)]), close=False), stroke(cloth.deep, 46, 0.5, blur=20)
    )
    canvas.drawPath(
        smooth(spots([(1.0, 200), (1.0, 1000), (1.0, 1700)]), close=False), stroke(cloth.deep, 20, 0.30, blur=10)
    )
    crease = spots([(0.06, 160), (0.08, THIGH), (0.06, LEG - 60)])
    canvas.drawPath(smooth([(x + 7, y) for x, y in crease], close=False), stroke(cloth.deep, 9, 0.22, blur=4))
    canvas.drawPath(smooth(crease, close=False), stroke(cloth.edge, 6, 0.22, blur=2.5))
    for k, y in enumerate((THIGH - 96, THIGH - 20, THIGH + 66)):
        fold(canvas, cloth, spots([(-1.0, y), (-0.2, y + 34), (0.6, y + 6 - 16 * k)]), 17, 0.34)
    for k, y in enumerate((LEG - 210, LEG - 128, LEG - 56, LEG - 8)):
        lean = 1 if k % 2 else -1
        fold(canvas, cloth, spots([(-0.95 * lean, y), (0.1 * lean, y + 34), (0.85 * lean, y + 10)]), 16, 0.34)
    seam(canvas, cloth, spots([(0.86, -20), (0.9, 600), (0.9, 1600)]), 3, 0.35)
    half = profile[-1][1] + 4
    canvas.drawLine(-half, LEG + 22, half, LEG + 22, stroke(cloth.deep, 14, 0.6, blur=5))
    fabric(canvas, rng, LEG_BOX, look.detail * 0.6)
    canvas.restore()
