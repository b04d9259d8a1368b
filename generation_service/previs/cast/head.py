"""A drawn head: skin, ears, eyes, brows, nose, lips. Origin is the midpoint between the eyes, y down, 1 unit = 1 px
of a canvas whose head is about 570 units tall. The key light comes from the upper left.
"""

from typing import Any

import numpy as np
import skia

from generation_service.previs.brush import (
    Colour,
    Point,
    blob,
    fill,
    linear,
    mirrored,
    mix,
    oval,
    radial,
    smooth,
    stroke,
    times,
)
from generation_service.previs.cast.looks import Look

WARM_SHADE: Colour = (182, 130, 120)
LIGHT: Colour = (255, 240, 222)


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


def draw_head(canvas: Any, look: Look, rng: np.random.Generator) -> None:
    """Skin and features, without hair in front of it."""
    path = smooth(outline(look))
    _ears(canvas, look)
    _skin(canvas, look, path)
    canvas.save()
    canvas.clipPath(path, True)
    _relief(canvas, look)
    _pores(canvas, look, rng)
    _beard(canvas, look, rng)
    canvas.restore()
    for side in (-1, 1):
        _eye(canvas, look, side, rng)
        _brow(canvas, look, side, rng)
    _nose(canvas, look)
    _mouth(canvas, look)
    if look.glasses:
        _glasses(canvas)


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
            canvas.drawCircle(float(x), float(y), float(rng.uniform(1.0, 2.6)),
                              fill(mix(look.skin, (120, 62, 36), 0.6), float(rng.uniform(0.12, 0.34))))  # fmt: skip


def _eye(canvas: Any, look: Look, side: int, rng: np.random.Generator) -> None:
    canvas.save()
    canvas.translate(side * 91, 0)
    canvas.scale(side * look.eye, look.eye)
    upper = [(-46, 7), (-30, -11), (-4, -21), (24, -16), (47, 0)]
    lower = [(26, 13), (0, 18), (-26, 14)]
    almond = smooth([*upper, *lower])
    canvas.drawPath(almond, fill((238, 232, 226)))
    canvas.save()
    canvas.clipPath(almond, True)
    blob(canvas, (-42, 6), (12, 10), (214, 150, 138), 0.6, blur=6)
    _iris(canvas, look, side)
    blob(canvas, (0, -22), (58, 15), (40, 24, 26), 0.62, blur=8)
    canvas.restore()
    shade = times(look.skin, WARM_SHADE)
    lid = mix((38, 22, 20), look.hair, 0.25)
    canvas.drawPath(
        smooth([(-46, 7), *lower[::-1], (47, 0)], close=False), stroke(mix(shade, (150, 70, 66), 0.4), 3, 0.5)
    )
    canvas.drawPath(smooth(upper, close=False), stroke(lid, 4.4 + 2.6 * look.lashes, 0.92))
    canvas.drawPath(smooth([(-40, -10), (-24, -28), (2, -37), (30, -31), (52, -12)], close=False),
                    stroke(shade, 4, 0.62, blur=1.6))  # fmt: skip
    for _ in range(int(26 * look.lashes)):
        t = rng.uniform(0.45, 1.0)
        x = -40 + 88 * t
        y = -4 - 18 * float(np.sin(np.pi * min(1.0, 0.12 + 0.86 * t)))
        reach = 3 + 8 * t * t * look.lashes
        lash = smooth([(x, y), (x + 4 + 5 * t, y - reach * 0.4), (x + 9 + 8 * t, y - reach)], close=False)
        canvas.drawPath(lash, stroke(lid, 1.5, 0.6))
    canvas.restore()


def _iris(canvas: Any, look: Look, side: int) -> None:
    edge, glow = mix(look.iris, (12, 8, 8), 0.62), mix(look.iris, (255, 230, 180), 0.35)
    canvas.drawCircle(
        0, -2, 21, fill(shader=radial((0, 3), 22, [(glow, 1), (look.iris, 1), (edge, 1)], [0.1, 0.6, 1.0]))
    )
    canvas.drawCircle(0, -2, 20.5, stroke(edge, 2, 0.7, blur=0.7))
    canvas.drawCircle(0, -2, 9, fill((10, 7, 8)))
    canvas.drawCircle(-7 * side, -9, 4.6, fill((255, 255, 255), 0.95))
    canvas.drawCircle(7 * side, 6, 2.4, fill((255, 255, 255), 0.35))


def _brow(canvas: Any, look: Look, side: int, rng: np.random.Generator) -> None:
    hair = mix(mix(look.hair, (30, 20, 16), 0.35), (190, 186, 180), look.grey * 0.75)
    if look.style == "scarf":
        hair = (44, 30, 24)
    canvas.save()
    canvas.translate(side * 91, -58)
    canvas.scale(side, 1)
    thick = 11 * look.brow
    top, low = (
        [(-52, 4), (-14, -13), (30, -17), (64, 2)],
        [(-50, 4 + thick), (-12, -8 + thick), (30, -13 + thick * 0.8)],
    )
    canvas.drawPath(smooth([*top, *low[::-1]]), fill(hair, 0.62, blur=2.6))
    for _ in range(int(70 * look.brow)):
        t = rng.random()
        x = -50 + 106 * t
        y = 5 - 21 * float(np.sin(np.pi * (0.18 + 0.62 * t))) + rng.uniform(0, thick * (1 - 0.5 * t))
        canvas.drawLine(
            float(x), float(y), float(x + 8 + 10 * t), float(y - 9 * (1 - 1.4 * t)), stroke(hair, 1.8, 0.55)
        )
    canvas.restore()


def _nose(canvas: Any, look: Look) -> None:
    shade, light = times(look.skin, WARM_SHADE), mix(look.skin, LIGHT, 0.8)
    k = look.nose
    side = smooth([(24, -24), (22, 40), (36 * k, 92), (44 * k, 112), (16, 118), (12, 60)])
    canvas.drawPath(side, fill(shade, 0.36, blur=11))
    blob(canvas, (-18, 30), (8, 60), shade, 0.16, blur=8)
    blob(canvas, (0, 132), (34 * k, 9), shade, 0.58, blur=7)
    blob(canvas, (-4, 30), (7, 66), light, 0.50, blur=7)
    blob(canvas, (-5, 97), (14 * k, 11), light, 0.58, blur=6)
    for s in (-1, 1):
        wing = smooth([(s * 36 * k, 84), (s * 46 * k, 106), (s * 36 * k, 122)], close=False)
        canvas.drawPath(wing, stroke(shade, 5, 0.62, blur=2.4))
        nostril = smooth([(s * 9, 119), (s * 20 * k, 112), (s * 31 * k, 118), (s * 20 * k, 124)])
        canvas.drawPath(nostril, fill(mix(shade, (50, 16, 14), 0.7), 0.85, blur=2))


def _mouth(canvas: Any, look: Look) -> None:
    w = 70 * look.mouth
    dark, light = mix(look.lips, (70, 20, 26), 0.45), mix(look.lips, (255, 226, 214), 0.55)
    blob(canvas, (0, 150), (9, 14), times(look.skin, WARM_SHADE), 0.32, blur=5)
    seam = [(-w, 182), (-w * 0.5, 180), (-14, 183), (0, 185), (14, 183), (w * 0.5, 180), (w, 182)]
    top = [(w * 0.5, 167), (15, 161), (0, 165), (-15, 161), (-w * 0.5, 167)]
    low = [(w * 0.74, 196), (w * 0.42, 209), (0, 215), (-w * 0.42, 209), (-w * 0.74, 196)]
    upper, lower = smooth([*seam, *top]), smooth([*seam, *low], tension=0.9)
    canvas.drawPath(upper, fill(shader=linear((0, 160), (0, 185), [(look.lips, 1), (dark, 1)]), blur=1.2))
    canvas.drawPath(
        lower, fill(shader=linear((0, 184), (0, 214), [(mix(look.lips, dark, 0.25), 1), (look.lips, 1)]), blur=1.2)
    )
    blob(canvas, (-10, 199), (26, 4.6), light, 0.72, blur=4)
    blob(canvas, (-12, 165), (9, 2.6), light, 0.38, blur=2)
    canvas.drawPath(smooth(seam, close=False), stroke(mix(dark, (30, 6, 10), 0.6), 2.6, 0.85, blur=0.5))
    for s in (-1, 1):
        blob(canvas, (s * (w + 5), 183), (7, 7), times(look.skin, WARM_SHADE), 0.5, blur=4)


def _beard(canvas: Any, look: Look, rng: np.random.Generator) -> None:
    if look.beard <= 0:
        return
    hair = mix(look.hair, (206, 202, 196), look.grey * 0.8)
    j, chin = look.jaw, chin_y(look)
    half = [(0, 226), (34, 222), (84, 190), (60, 152), (0, 146), (58, 132), (104, 158), (152 * j, 136), (194, 30),
            (214 * j, 150), (150 * j, 262), (0, chin + 20)]  # fmt: skip
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
        side = abs(float(np.cos(angle)))
        if r < 0.62 + 0.34 * side**1.5 or rng.random() < max(0.0, 1.35 * (side - 0.72) / 0.28 * (1 - look.beard * 0.4)):
            continue
        length = 5 + 13 * look.beard
        tone = mix(hair, (255, 255, 255), float(rng.uniform(0, 0.18)))
        canvas.drawLine(float(x), float(y), float(x + rng.normal(0.06 * x, 3)), float(y + length),
                        stroke(tone, 1.6, float(rng.uniform(0.2, 0.6))))  # fmt: skip


def _glasses(canvas: Any) -> None:
    frame = stroke((26, 24, 28), 6.5, 0.95)
    for side in (-1, 1):
        lens = skia.RRect.MakeRectXY(oval(side * 93, 2, 71, 52), 40, 40)
        canvas.drawRRect(lens, fill(shader=linear((side * 93 - 70, -50), (side * 93 + 60, 60),
                                                  [((255, 255, 255), 0.20), ((255, 255, 255), 0.02)])))  # fmt: skip
        canvas.drawRRect(lens, frame)
        canvas.drawLine(side * 164, -10, side * 212, -18, frame)
    canvas.drawPath(smooth([(-23, -8), (0, -17), (23, -8)], close=False), frame)
