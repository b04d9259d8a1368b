"""A drawn head: skin, ears, eyes, brows, nose, lips. Origin is the midpoint between the eyes, y down, 1 unit = 1 px
of a canvas whose head is about 570 units tall. The key light comes from the upper left.
"""

from typing import Any

import numpy as np

from generation_service.previs.brush import (
    Colour,
    Point,
    blob,
    fill,
    mirrored,
    mix,
    radial,
    smooth,
    stroke,
    times,
)
from generation_service.previs.cast.features import draw_brow, draw_eye, draw_glasses, draw_mouth, draw_nose
from generation_service.previs.cast.looks import LIGHT, WARM_SHADE, Look


def outline(look: Look) -> list[Point]:
    """The head's contour without ears and hair."""
    j, c, n = look.jaw, look.cheek, look.length
    half = [
        (0, -292), (112, -274), (186, -198), (205 * c, -92), (203 * c, 8), (192 * c, 96),
        (166 * j, 182 * n), (128 * j, 238 * n), (74 * j, 279 * n), (0, 296 * n),
    ]  # fmt: skip
    return mirrored([(float(x), float(y)) for x, y in half])


def chin_y(look: Look) -> float:
    """Height of the chin's lowest point."""
    return 296 * look.length


TURN_SHIFT, TURN_NARROW = 62.0, 0.15


def draw_head(canvas: Any, look: Look, rng: np.random.Generator, *, turn: float = 0.0) -> None:
    """Skin and features, without hair in front of it. ``turn`` -1..1: the features wander to that side of the skull, as
    far as a head turned by about forty degrees shows them.
    """
    path = smooth(outline(look))
    _ears(canvas, look)
    _skin(canvas, look, path)
    canvas.save()
    canvas.clipPath(path, True)
    canvas.translate(turn * TURN_SHIFT, 0)
    canvas.scale(1 - TURN_NARROW * abs(turn), 1)
    _relief(canvas, look)
    _pores(canvas, look, rng)
    _beard(canvas, look, rng)
    canvas.restore()
    canvas.save()
    canvas.translate(turn * TURN_SHIFT, 0)
    canvas.scale(1 - TURN_NARROW * abs(turn), 1)
    for side in (-1, 1):
        draw_eye(canvas, look, side, rng)
        draw_brow(canvas, look, side, rng)
    draw_nose(canvas, look)
    draw_mouth(canvas, look)
    if look.glasses:
        draw_glasses(canvas)
    canvas.restore()


def _ears(canvas: Any, look: Look) -> None:
    shade = times(look.skin, WARM_SHADE)
    for side in (-1, 1):
        canvas.save()
        canvas.scale(side, 1)
        ear = smooth([(196, -44), (224, -56), (240, -22), (232, 34), (214, 82), (196, 74)])
        tone = mix(look.skin, shade, 0.2 if side < 0 else 0.5)
        canvas.drawPath(ear, fill(tone))
        canvas.clipPath(ear, True)
        blob(canvas, (212, 10), (12, 46), shade, 0.55, blur=8)
        blob(canvas, (230, -20), (8, 30), mix(look.skin, LIGHT, 0.4), 0.5, blur=6)
        canvas.restore()
        if look.earrings:
            canvas.drawCircle(side * 219, 92, 9, fill((214, 170, 84)))
            canvas.drawCircle(side * 219 - 3, 89, 3, fill((255, 240, 200)))


def _skin(canvas: Any, look: Look, path: Any) -> None:
    lit, dark = mix(look.skin, LIGHT, 0.24), mix(look.skin, times(look.skin, WARM_SHADE), 0.72)
    shader = radial((-70, -60), 420, [(lit, 1), (look.skin, 1), (dark, 1)], [0.0, 0.48, 1.0])
    canvas.drawPath(path, fill(shader=shader))


def _relief(canvas: Any, look: Look) -> None:
    """Planes of the face: side shade, sockets, cheeks, the light on forehead, nose and chin."""
    shade, light = times(look.skin, WARM_SHADE), mix(look.skin, LIGHT, 0.65)
    chin = chin_y(look)
    blob(canvas, (214, 60), (62, 260), shade, 0.62, blur=44)
    blob(canvas, (-232, 70), (40, 240), shade, 0.42, blur=34)
    blob(canvas, (0, chin + 14), (150, 34), shade, 0.75, blur=24)
    blob(canvas, (0, -292), (210, 62), shade, 0.35, blur=40)
    for side in (-1, 1):
        blob(canvas, (side * 90, -20), (62, 32), shade, 0.30, blur=18)
        blob(canvas, (side * 42, -14), (13, 34), shade, 0.34, blur=11)
        blob(canvas, (side * 128, 96), (58, 40), mix(look.lips, look.skin, 0.35), 0.38, blur=28)
        blob(canvas, (side * 142, 156), (30, 62), shade, 0.22, blur=26)
        blob(canvas, (side * 92, 44), (46, 10), shade, 0.14 + 0.22 * look.age, blur=8)
    blob(canvas, (-54, -178), (96, 54), light, 0.50, blur=40)
    blob(canvas, (-124, 62), (46, 26), light, 0.42, blur=20)
    blob(canvas, (100, 58), (34, 20), light, 0.22, blur=18)
    blob(canvas, (-12, chin - 44), (38, 20), light, 0.36, blur=16)
    blob(canvas, (0, 232), (52, 9), shade, 0.42, blur=9)
    if look.age > 0.5:
        _wrinkles(canvas, look, shade)


def _wrinkles(canvas: Any, look: Look, shade: Colour) -> None:
    for side in (-1, 1):
        fold = smooth([(side * 58, 112), (side * 86, 146), (side * 96, 190)], close=False)
        canvas.drawPath(fold, stroke(shade, 7, 0.5 * look.age, blur=4))
        for k in range(3):
            crow = smooth(
                [(side * 146, -8 + 11 * k), (side * 164, -14 + 16 * k), (side * 178, -16 + 21 * k)], close=False
            )
            canvas.drawPath(crow, stroke(shade, 2.5, 0.4 * look.age, blur=1.4))
    for k in range(3):
        line = smooth([(-96, -156 - 30 * k), (-10, -164 - 31 * k), (98, -155 - 30 * k)], close=False)
        canvas.drawPath(line, stroke(shade, 4, 0.28 * look.age, blur=2.4))


def _pores(canvas: Any, look: Look, rng: np.random.Generator) -> None:
    """Skin that is not plastic: faint speckle, and freckles where the look has them."""
    shade = times(look.skin, WARM_SHADE)
    for _ in range(int(900 * look.detail)):
        x, y = rng.normal(0, 110), rng.normal(40, 130)
        tone = shade if rng.random() < 0.6 else LIGHT
        canvas.drawCircle(float(x), float(y), float(rng.uniform(0.6, 1.7)), fill(tone, float(rng.uniform(0.03, 0.10))))
    if look.freckles:
        for _ in range(150):
            side = 1 if rng.random() < 0.5 else -1
            x, y = side * abs(rng.normal(78, 42)), rng.normal(66, 22)
            canvas.drawCircle(
                float(x),
                float(y),
                float(rng.uniform(1.0, 2.6)),
                fill(mix(look.skin, (120, 62, 36), 0.6), float(rng.uniform(0.12, 0.34))),
            )


def _beard(canvas: Any, look: Look, rng: np.random.Generator) -> None:
    if look.beard <= 0:
        return
    hair = mix(look.hair, (206, 202, 196), look.grey * 0.8)
    j, chin = look.jaw, chin_y(look)
    half = [
        (0, 226),
        (34, 222),
        (84, 190),
        (60, 152),
        (0, 146),
        (58, 132),
        (104, 158),
        (152 * j, 136),
        (194, 30),
        (214 * j, 150),
        (150 * j, 262),
        (0, chin + 20),
    ]
    right = smooth([(float(x), float(y)) for x, y in half])
    for side in (-1, 1):
        canvas.save()
        canvas.scale(side, 1)
        canvas.drawPath(right, fill(hair, 0.55 * min(1.0, look.beard + 0.2), blur=12))
        canvas.restore()
    for _ in range(int(2600 * look.beard)):
        angle, r = rng.uniform(0.02, np.pi - 0.02), rng.uniform(0.60, 1.0)
        x, y = 205 * j * r * np.cos(angle), 72 + (chin - 66) * r * np.sin(angle)
        if abs(x) < 84 and 120 < y < 226 and not (abs(x) > 76 or y < 152):
            continue
        flank = abs(float(np.cos(angle)))
        sparse = max(0.0, 1.35 * (flank - 0.72) / 0.28 * (1 - look.beard * 0.4))
        if r < 0.62 + 0.34 * flank**1.5 or rng.random() < sparse:
            continue
        length = 5 + 13 * look.beard
        tone = mix(hair, (255, 255, 255), float(rng.uniform(0, 0.18)))
        canvas.drawLine(
            float(x),
            float(y),
            float(x + rng.normal(0.06 * x, 3)),
            float(y + length),
            stroke(tone, 1.6, float(rng.uniform(0.2, 0.6))),
        )
