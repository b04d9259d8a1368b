"""The features of a drawn face: eyes, brows, nose, lips, glasses. Coordinates as in ``head``."""

from typing import Any

import numpy as np
import skia

from generation_service.previs.brush import (
    blob,
    fill,
    linear,
    mix,
    oval,
    radial,
    smooth,
    stroke,
    times,
)
from generation_service.previs.cast.looks import LIGHT, WARM_SHADE, Look


def draw_eye(canvas: Any, look: Look, side: int, rng: np.random.Generator) -> None:
    """White, iris, lids and lashes of one eye; ``side`` -1 is the left of the picture."""
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
    canvas.drawPath(
        smooth([(-40, -10), (-24, -28), (2, -37), (30, -31), (52, -12)], close=False), stroke(shade, 4, 0.62, blur=1.6)
    )
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


def draw_brow(canvas: Any, look: Look, side: int, rng: np.random.Generator) -> None:
    """One brow: a soft shape and its hairs."""
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


def draw_nose(canvas: Any, look: Look) -> None:
    """Bridge, tip, wings and nostrils, by light and shade."""
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


def draw_mouth(canvas: Any, look: Look) -> None:
    """Closed lips, with the seam on the mesh's inner lip line."""
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


def draw_glasses(canvas: Any) -> None:
    """Round frames with a trace of reflection."""
    frame = stroke((26, 24, 28), 6.5, 0.95)
    for side in (-1, 1):
        lens = skia.RRect.MakeRectXY(oval(side * 93, 2, 71, 52), 40, 40)
        canvas.drawRRect(
            lens,
            fill(
                shader=linear(
                    (side * 93 - 70, -50), (side * 93 + 60, 60), [((255, 255, 255), 0.20), ((255, 255, 255), 0.02)]
                )
            ),
        )
        canvas.drawRRect(lens, frame)
        canvas.drawLine(side * 164, -10, side * 212, -18, frame)
    canvas.drawPath(smooth([(-23, -8), (0, -17), (23, -8)], close=False), frame)
