"""A drawn person from head to foot, from the front or from behind, at half the scale of the close pictures.

Seen from behind, somebody has hair and clothes but no face: that is how a subject appears in a wide shot, where their
portrait holds nothing to draw a whole body from.
"""

import zlib
from functools import lru_cache
from typing import Any

import numpy as np

from generation_service.previs.brush import (
    Colour,
    Image,
    Point,
    blob,
    fill,
    linear,
    mix,
    pixels,
    smooth,
    stroke,
    surface,
    times,
)
from generation_service.previs.cast.body import draw_body, draw_neck
from generation_service.previs.cast.draw import CENTRE, WIDTH
from generation_service.previs.cast.hair import draw_back, draw_front
from generation_service.previs.cast.head import draw_head
from generation_service.previs.cast.looks import Look
from generation_service.previs.cast.nape import draw_nape
from generation_service.previs.cast.outfits import CLOTH_SHADE

SCALE = 0.5
SOLE = 3330.0
TALL = int(CENTRE[1] + SOLE + 60)


@lru_cache(maxsize=8)
def draw_full(look: Look, *, behind: bool = False) -> Image:
    """The whole person: straight-alpha RGBA, 1935 x 660, uint8; eyes at (330, 240), soles at y = 1905."""
    made = surface(int(WIDTH * SCALE), int(TALL * SCALE))
    canvas = made.getCanvas()
    canvas.scale(SCALE, SCALE)
    canvas.translate(*CENTRE)
    rng = np.random.default_rng(zlib.crc32(look.id.encode()))
    blob(canvas, (0, SOLE + 4), (330, 30), (0, 0, 8), 0.42, blur=22)
    _legs(canvas, look)
    if behind:
        draw_neck(canvas, look)
        draw_body(canvas, look, rng, front=False)
        draw_nape(canvas, look, rng)
    else:
        draw_back(canvas, look, rng)
        draw_neck(canvas, look)
        draw_body(canvas, look, rng)
        draw_head(canvas, look, rng)
        draw_front(canvas, look, rng)
    picture = pixels(made)
    picture.setflags(write=False)
    return picture


def _legs(canvas: Any, look: Look) -> None:
    """Trousers with a crease and shoes, feet a little apart."""
    s = 470 * look.shoulders
    cloth: Colour = mix(times(look.cloth, (120, 122, 138)), (44, 46, 56), 0.55)
    dark = times(cloth, CLOTH_SHADE)
    for side in (1, -1):
        leg: list[Point] = [
            (0, 1480), (s - 84, 1480), (s - 78, 1640), (s - 110, 2100), (s - 150, 2480), (s - 168, 3240),
            (s - 330, 3240), (s - 352, 2480), (20, 1720),
        ]  # fmt: skip
        path = smooth([(side * x, y) for x, y in leg], tension=0.7)
        left, right = (
            (cloth, mix(cloth, dark, 0.7)) if side > 0 else (mix(cloth, (255, 240, 222), 0.08), mix(cloth, dark, 0.3))
        )
        shoe = smooth(
            [
                (side * x, y)
                for x, y in (
                    (s - 150, 3226),
                    (s - 112, SOLE - 8),
                    (s - 180, SOLE),
                    (s - 344, SOLE - 2),
                    (s - 346, 3226),
                )
            ]
        )
        canvas.drawPath(shoe, fill(times(dark, (110, 96, 92))))
        canvas.drawPath(path, fill(shader=linear((side * 60 - 160, 0), (side * 60 + 260, 0), [(left, 1), (right, 1)])))
        canvas.drawPath(
            smooth([(side * (s - 250), 1780), (side * (s - 252), 2480), (side * (s - 250), 3200)], close=False),
            stroke(dark, 9, 0.5, blur=5),
        )
        for y in (2420, 2520, 3170):
            fold = smooth([(side * (s - 160), y), (side * (s - 250), y + 34), (side * (s - 340), y + 16)], close=False)
            canvas.drawPath(fold, stroke(dark, 12, 0.4, blur=8))
