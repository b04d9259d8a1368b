"""Neck, shoulders and clothes of a drawn person, in the head's coordinates (see ``head``)."""

from typing import Any

import numpy as np
import skia

from generation_service.previs.brush import Colour, Point, blob, fill, linear, mirrored, mix, smooth, stroke, times
from generation_service.previs.cast.head import chin_y
from generation_service.previs.cast.looks import LIGHT, WARM_SHADE, Look
from generation_service.previs.cast.outfits import CLOTH_SHADE, FLOOR, OUTFITS


def draw_neck(canvas: Any, look: Look) -> None:
    """The neck with the jaw's shadow; drawn before clothes and head."""
    shade = times(look.skin, WARM_SHADE)
    w, chin = 66 + 58 * look.shoulders, chin_y(look)
    half = [
        (w - 6, 120),
        (w, chin - 10),
        (w + 6, chin + 60),
        (w + 26, chin + 112),
        (w + 60, chin + 180),
        (0, chin + 260),
    ]
    path = smooth(mirrored([(0.0, 110.0), *[(float(x), float(y)) for x, y in half]]))
    canvas.drawPath(path, fill(shader=linear((-w, 0), (w, 0), [(mix(look.skin, LIGHT, 0.1), 1), (shade, 1)])))
    canvas.save()
    canvas.clipPath(path, True)
    blob(canvas, (10, chin - 10), (150, 66), times(shade, WARM_SHADE), 0.78, blur=26)
    for side in (-1, 1):
        tendon = smooth([(side * 84, chin + 20), (side * 52, chin + 110), (side * 18, chin + 158)], close=False)
        canvas.drawPath(tendon, stroke(shade, 13, 0.42, blur=8))
    blob(canvas, (0, chin + 176), (26, 14), times(shade, WARM_SHADE), 0.5, blur=10)
    blob(canvas, (-70, chin + 196), (66, 10), mix(look.skin, LIGHT, 0.4), 0.35, blur=9)
    canvas.restore()


def torso(look: Look) -> list[Point]:
    """The closed outline of shoulders and trunk, without arms: broad at the shoulders, in at the waist."""
    s, y = 470 * look.shoulders, chin_y(look)
    half = [
        (0, y + 84),
        (92, y + 78),
        (136, y + 92),
        (232 * look.shoulders, y + 132),
        (s - 90, y + 172),
        (s - 8, y + 238),
        (s + 16, y + 370),
        (s - 96, y + 560),
        (s - 128, y + 800),
        (s - 110, y + 1040),
        (s - 70, FLOOR + 60),
        (0, FLOOR + 60),
    ]
    return mirrored([(float(px), float(py)) for px, py in half])


def arm(look: Look) -> list[Point]:
    """The right arm hanging at the side, slightly bent."""
    s, y = 470 * look.shoulders, chin_y(look)
    return [
        (s - 150, y + 176),
        (s - 66, y + 180),
        (s - 6, y + 236),
        (s + 22, y + 370),
        (s + 30, y + 560),
        (s + 44, y + 760),
        (s + 26, y + 980),
        (s - 6, FLOOR + 40),
        (s - 112, FLOOR + 40),
        (s - 98, y + 980),
        (s - 84, y + 780),
        (s - 96, y + 560),
        (s - 128, y + 380),
    ]


def draw_body(canvas: Any, look: Look, rng: np.random.Generator, *, front: bool = True, arms: bool = True) -> None:
    """Clothes with folds, collar and light; arms lie over the trunk, unless somebody else moves them. From behind
    (``front`` False) nothing opens.
    """
    path = smooth(torso(look), tension=0.9)
    lit, dark = mix(look.cloth, LIGHT, 0.16), times(look.cloth, CLOTH_SHADE)
    deep = times(dark, CLOTH_SHADE)
    canvas.drawPath(path, fill(shader=linear((-380, 300), (440, 900), [(lit, 1), (look.cloth, 1), (dark, 1)])))
    canvas.save()
    canvas.clipPath(path, True)
    _folds(canvas, look, lit, deep)
    _weave(canvas, look, rng)
    if front:
        OUTFITS[look.outfit](canvas, look)
    y = chin_y(look)
    blob(canvas, (14, y + 74), (150, 40), (16, 8, 14), 0.42, blur=26)
    canvas.restore()
    for side in (-1, 1) if arms else ():
        _arm(canvas, look, side, (lit, dark, deep))


def _arm(canvas: Any, look: Look, side: int, tones: tuple[Colour, Colour, Colour]) -> None:
    """One arm; at the shoulder it fades into the trunk, so no joint is seen."""
    lit, dark, deep = tones
    s, y = 470 * look.shoulders, chin_y(look)
    path = smooth([(side * x, py) for x, py in arm(look)], tension=0.9)
    near = mix(look.cloth, dark, 0.25 if side < 0 else 0.75)
    middle, outer = (mix(look.cloth, lit, 0.5), lit) if side < 0 else (mix(look.cloth, dark, 0.45), deep)
    canvas.save()
    canvas.clipPath(smooth(torso(look), tension=0.9), True)
    canvas.saveLayer()
    canvas.drawPath(path, fill(deep, 0.7, blur=16))
    fade = linear((0, y + 190), (0, y + 420), [((0, 0, 0), 0.0), ((0, 0, 0), 1.0)])
    canvas.drawPaint(fill(shader=fade, mode=skia.BlendMode.kDstIn))
    canvas.restore()
    canvas.restore()
    canvas.saveLayer()
    canvas.save()
    canvas.clipPath(path, True)
    canvas.drawPath(
        path, fill(shader=linear((side * (s - 130), y), (side * (s + 40), y), [(near, 1), (middle, 1), (outer, 1)]))
    )
    for k in range(5):
        y0 = y + 350 + 128 * k
        fold = smooth([(side * (s - 100), y0), (side * (s - 36), y0 + 30), (side * (s + 20), y0 + 24)], close=False)
        canvas.drawPath(fold, stroke(deep, 14, 0.20, blur=11))
        canvas.drawPath(
            smooth([(side * (s - 84), y0 - 24), (side * (s - 24), y0 + 4)], close=False), stroke(lit, 9, 0.16, blur=8)
        )
    canvas.restore()
    canvas.drawPaint(fill(shader=fade, mode=skia.BlendMode.kDstIn))
    canvas.restore()


def _folds(canvas: Any, look: Look, lit: Colour, deep: Colour) -> None:
    s, y = 470 * look.shoulders, chin_y(look)
    for side in (-1, 1):
        for k in range(3):
            x0, y0 = side * (s - 120 - 10 * k), y + 330 + 150 * k
            fold = smooth([(x0, y0), (x0 - side * 90, y0 + 64), (x0 - side * 200, y0 + 70)], close=False)
            canvas.drawPath(fold, stroke(deep, 16, 0.26, blur=12))
            canvas.drawPath(fold, stroke(lit, 7, 0.16, blur=6))
        chest = smooth([(side * 250, y + 250), (side * 300, y + 400), (side * 180, y + 520)], close=False)
        canvas.drawPath(chest, stroke(deep, 34, 0.20, blur=26))
    blob(canvas, (-150, y + 400), (110, 150), lit, 0.28, blur=60)
    blob(canvas, (s - 60, y + 620), (120, 480), deep, 0.50, blur=60)


def _weave(canvas: Any, look: Look, rng: np.random.Generator) -> None:
    """A trace of fabric so that large areas are not flat."""
    for _ in range(int(700 * look.detail)):
        x, y = rng.uniform(-560, 560), rng.uniform(chin_y(look) + 90, FLOOR)
        tone = (255, 255, 255) if rng.random() < 0.5 else (0, 0, 0)
        canvas.drawLine(
            float(x), float(y), float(x + rng.normal(0, 5)), float(y + rng.uniform(6, 20)), stroke(tone, 1.4, 0.05)
        )
