"""Hands and shoes of a puppet, drawn at the end of a limb."""

from math import cos, sin
from typing import Any

from generation_service.previs.brush import Colour, Point, fill, linear, mix, smooth, stroke, times
from generation_service.previs.cast.looks import WARM_SHADE
from generation_service.previs.cast.rig import ANKLE, SOLE

# Fan of the four fingers (radians), and their lengths, for each way of holding the hand.
FINGERS: dict[str, tuple[tuple[float, float, float, float], tuple[float, float, float, float]]] = {
    "rest": ((-0.10, -0.03, 0.04, 0.11), (72, 80, 76, 62)),
    "open": ((-0.42, -0.13, 0.14, 0.40), (96, 108, 100, 80)),
    "point": ((-0.02, 0.10, 0.20, 0.30), (118, 26, 24, 22)),
    "fist": ((-0.2, -0.06, 0.08, 0.22), (22, 24, 22, 18)),
    "hold": ((-0.2, -0.06, 0.08, 0.22), (34, 36, 34, 28)),
}


def draw_hand(canvas: Any, wrist: Point, way: float, grip: str, *, skin: Colour, side: int) -> None:
    """A hand beyond ``wrist`` in the direction ``way`` (radians); ``side`` -1 the image's left hand."""
    fan, lengths = FINGERS[grip]
    shade = times(skin, WARM_SHADE)
    canvas.save()
    canvas.translate(*wrist)
    canvas.rotate(way * 57.29578 - 90)
    canvas.scale(side, 1)
    if grip == "rest":
        canvas.rotate(-7)
    palm = [(-34, -34), (34, -34), (46, 30), (40, 84), (0, 96), (-40, 84), (-44, 30)]
    thumb = (-96, 70) if grip == "open" else (-58, 104)
    for width, tone in ((37.0, shade), (30.0, skin)):
        canvas.drawPath(smooth([(-26, 14), (-58, 40), thumb], close=False), stroke(tone, width))
    for width, tone in ((31.0, shade), (25.0, skin)):
        for k, (turn, long) in enumerate(zip(fan, lengths, strict=True)):
            x = -31 + 20.6 * k
            tip = (x + long * sin(turn), 78 + long * cos(turn))
            canvas.drawLine(x, 70, tip[0], tip[1], stroke(tone, width))
    canvas.drawPath(smooth(palm), fill(shade))
    canvas.drawPath(
        smooth([(x * 0.93, y) for x, y in palm]),
        fill(shader=linear((-40, 0), (46, 60), [(mix(skin, (255, 240, 222), 0.12), 1), (skin, 1)])),
    )
    canvas.restore()


def draw_shoe(canvas: Any, ankle: Point, turn: float, tone: Colour, side: int) -> None:
    """A shoe under an ankle: from the side where somebody goes sideways, else from the front."""
    drop = SOLE - ANKLE
    light = mix(tone, (255, 240, 222), 0.22)
    canvas.save()
    canvas.translate(ankle[0], ankle[1] - drop)
    if abs(turn) > 0.6:
        canvas.scale(1.0 if turn > 0 else -1.0, 1)
        shape = [(-78, SOLE - 110), (66, SOLE - 116), (110, SOLE - 66), (214, SOLE - 42), (226, SOLE), (-84, SOLE)]
        heel = [(-84, SOLE), (226, SOLE)]
    else:
        canvas.scale(side, 1)
        shape = [(-62, SOLE - 120), (62, SOLE - 120), (100, SOLE - 50), (112, SOLE), (-66, SOLE), (-74, SOLE - 50)]
        heel = [(-66, SOLE), (112, SOLE)]
    canvas.drawPath(
        smooth(shape, tension=0.55), fill(shader=linear((0, SOLE - 120), (0, SOLE), [(light, 1), (tone, 1)]))
    )
    canvas.drawLine(*heel[0], *heel[1], stroke(mix(tone, (0, 0, 0), 0.5), 12))
    canvas.restore()
