"""Hands and shoes of a drawn person, painted once for each way of holding a hand; units of the body.

A hand hangs down from the wrist at (0, 0), its thumb to the left; a shoe lies under the ankle at (0, 0).
"""

from typing import Any

import skia

from generation_service.previs.brush import Colour, Point, blob, fill, linear, mix, smooth, stroke, times
from generation_service.previs.cast.looks import LIGHT, WARM_SHADE
from generation_service.previs.cast.parts import Box
from generation_service.previs.cast.rig import ANKLE

HAND_BOX: Box = (-130.0, -70.0, 130.0, 250.0)
SHOE_BOX: Box = (-150.0, -90.0, 270.0, ANKLE + 14.0)
# Fan of the four fingers (radians, index finger first), their lengths, and how much they curl, for each grip.
FINGERS: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    "rest": ((-0.05, 0.00, 0.05, 0.11), (84, 94, 86, 66)),
    "open": ((-0.34, -0.10, 0.12, 0.36), (92, 104, 96, 76)),
    "point": ((-0.03, 0.08, 0.16, 0.24), (108, 34, 30, 26)),
    "fist": ((-0.12, -0.04, 0.05, 0.14), (34, 38, 34, 28)),
    "hold": ((-0.14, -0.05, 0.06, 0.16), (46, 50, 46, 36)),
    "clasp": ((-0.10, -0.03, 0.04, 0.12), (58, 64, 58, 46)),
    "flat": ((-0.12, -0.04, 0.05, 0.14), (90, 100, 92, 72)),
    "pinch": ((-0.10, 0.04, 0.14, 0.22), (72, 52, 44, 36)),
}
THUMBS: dict[str, tuple[Point, Point, Point]] = {
    "rest": ((-26, 26), (-50, 62), (-48, 112)), "open": ((-26, 20), (-66, 50), (-98, 84)),
    "point": ((-26, 26), (-48, 66), (-18, 98)), "fist": ((-28, 26), (-52, 66), (-14, 104)),
    "hold": ((-28, 22), (-60, 58), (-46, 108)), "clasp": ((-26, 24), (-50, 62), (-34, 108)),
    "flat": ((-26, 24), (-58, 58), (-70, 104)), "pinch": ((-28, 24), (-56, 66), (-34, 128)),
}  # fmt: skip


def draw_hand(canvas: Any, skin: Colour, grip: str) -> None:
    """The back of a right hand as the viewer sees it, hanging."""
    fan, lengths = FINGERS.get(grip, FINGERS["rest"])
    shade = mix(skin, times(skin, WARM_SHADE), 0.75)
    line = times(shade, WARM_SHADE)
    if grip == "rest":
        canvas.rotate(-5)
    wrist = smooth([(-30, -66), (30, -66), (31, 0), (36, 40), (-36, 40), (-31, 0)], tension=0.7)
    canvas.drawPath(wrist, fill(shader=linear((-34, 0), (36, 0), [(skin, 1), (mix(skin, LIGHT, 0.08), 1), (shade, 1)])))
    for k in (3, 2, 1, 0):
        _finger(
            canvas,
            (-30.5 + 20.4 * k, 82 + (4, 8, 5, -4)[k]),
            (fan[k], lengths[k], (21.0, 22.0, 21.0, 18.5)[k]),
            (skin, shade, line),
        )
    palm = [(-31, -8), (31, -8), (41, 34), (43, 76), (32, 96), (0, 104), (-33, 98), (-44, 72), (-42, 30)]
    back = smooth([(float(x), float(y)) for x, y in palm])
    canvas.drawPath(
        back,
        fill(shader=linear((-44, 0), (48, 50), [(mix(skin, LIGHT, 0.18), 1), (skin, 1), (mix(skin, shade, 0.8), 1)])),
    )
    canvas.save()
    canvas.clipPath(back, True)
    for k in range(4):
        x = -30.5 + 20.4 * k
        blob(canvas, (x, 86 + (2, 6, 3, -6)[k]), (9, 8), shade, 0.45, blur=4)
        blob(canvas, (x - 2, 80 + (2, 6, 3, -6)[k]), (7, 5), mix(skin, LIGHT, 0.4), 0.4, blur=3)
        if k < 3:
            canvas.drawLine(x + 10, 40, x + 10.5, 74, stroke(shade, 5, 0.35, blur=3))
    blob(canvas, (46, 40), (16, 60), line, 0.40, blur=10)
    canvas.restore()
    _thumb(canvas, THUMBS.get(grip, THUMBS["rest"]), (skin, shade, line))


def _finger(canvas: Any, root: Point, form: tuple[float, float, float], tones: tuple[Colour, Colour, Colour]) -> None:
    """A finger from its knuckle: tapering, rounded, with the lines of its joints and a nail; ``form`` is where it
    points (radians), its length and its width.
    """
    skin, shade, line = tones
    turn, long, wide = form
    canvas.save()
    canvas.translate(*root)
    canvas.rotate(-turn * 57.29578)
    h, tip = wide / 2, float(long)
    shape = smooth([(-h, -14), (h, -14), (h * 0.98, tip * 0.45), (h * 0.84, tip - h * 0.8), (0, tip), (-h * 0.84, tip - h * 0.8), (-h * 0.98, tip * 0.45)], tension=0.85)  # fmt: skip  # noqa: E501
    canvas.drawPath(shape, stroke(line, 4.5, 0.75))
    ramp = [(mix(skin, LIGHT, 0.14), 1), (skin, 1), (shade, 1)]
    canvas.drawPath(shape, fill(shader=linear((-h, 0), (h, 6), ramp, [0.0, 0.5, 1.0])))
    if long > 60:
        for y in (0.40, 0.70):
            canvas.drawLine(-h * 0.6, tip * y, h * 0.6, tip * y, stroke(line, 2.4, 0.35, blur=1))
        nail = smooth([(-h * 0.5, tip - h * 1.5), (h * 0.5, tip - h * 1.5), (h * 0.46, tip - h * 0.5), (0, tip - 3), (-h * 0.46, tip - h * 0.5)])  # fmt: skip  # noqa: E501
        canvas.drawPath(nail, fill(mix(mix(skin, (236, 170, 160), 0.45), LIGHT, 0.3), 0.8))
    canvas.restore()


def _thumb(canvas: Any, bones: tuple[Point, Point, Point], tones: tuple[Colour, Colour, Colour]) -> None:
    skin, shade, line = tones
    path = smooth(list(bones), close=False)
    canvas.drawPath(path, stroke(line, 33, 0.75))
    canvas.drawPath(path, stroke(shade, 29))
    canvas.drawPath(smooth([(x - 2.5, y - 1) for x, y in bones], close=False), stroke(skin, 23))
    canvas.drawPath(
        smooth([(x - 6, y - 3) for x, y in bones], close=False), stroke(mix(skin, LIGHT, 0.3), 8, 0.5, blur=3)
    )


def draw_shoe(canvas: Any, tone: Colour, *, beside: bool, pump: bool = False) -> None:
    """A shoe: from the side with the toe to the right, else from the front, its toe a little to the right; ``pump`` one
    that leaves the instep bare.
    """
    if pump:
        canvas.clipRect(skia.Rect.MakeLTRB(*SHOE_BOX[:1], 30, *SHOE_BOX[2:]))
    light, dark, sole = mix(tone, LIGHT, 0.30), mix(tone, (0, 0, 0), 0.45), mix(tone, (150, 132, 116), 0.35)
    low = ANKLE
    if beside:
        upper: list[Point] = [(-74, -70), (60, -76), (70, -20), (128, 14), (206, 36), (240, 62), (236, low - 14), (-78, low - 14), (-86, 20)]  # fmt: skip  # noqa: E501
        under: list[Point] = [(-84, low - 18), (238, low - 20), (246, low - 4), (222, low + 3), (60, low + 1), (20, low - 8), (-20, low + 2), (-84, low + 2)]  # fmt: skip  # noqa: E501
    else:
        upper = [(-62, -76), (62, -76), (66, -10), (84, 34), (98, 70), (84, low - 10), (8, low - 2), (-66, low - 10), (-80, 66), (-68, 30), (-66, -10)]  # fmt: skip  # noqa: E501
        under = [(-76, low - 22), (96, low - 24), (92, low - 2), (10, low + 7), (-70, low - 2)]
    canvas.drawPath(smooth(under, tension=0.5), fill(mix(sole, (0, 0, 0), 0.45)))
    shape = smooth(upper, tension=0.7)
    canvas.drawPath(shape, fill(shader=linear((-60, -70), (110, low), [(light, 1), (tone, 1), (dark, 1)])))
    canvas.save()
    canvas.clipPath(shape, True)
    if beside:
        canvas.drawPath(smooth([(150, 24), (166, 56), (158, low)], close=False), stroke(dark, 5, 0.8, blur=1.5))
        canvas.drawPath(smooth([(-40, 10), (-30, 50), (-44, low)], close=False), stroke(dark, 4, 0.6, blur=1.5))
        blob(canvas, (206, 52), (24, 8), mix(light, (255, 255, 255), 0.3), 0.5, blur=6)
        laces = [((74.0, -16.0), (96.0, -34.0)), ((96.0, -2.0), (118.0, -20.0)), ((118.0, 10.0), (138.0, -8.0))]
    else:
        blob(canvas, (0, 64), (40, 16), mix(light, (255, 255, 255), 0.3), 0.45, blur=12)
        canvas.drawPath(smooth([(-62, 44), (8, 30), (82, 46)], close=False), stroke(dark, 5, 0.7, blur=1.5))
        laces = [((-30.0, y), (34.0, y - 2)) for y in (-26.0, -6.0, 14.0)]
    for a, b in laces:
        canvas.drawLine(*a, *b, stroke(mix(dark, (0, 0, 0), 0.3), 6, 0.8))
    canvas.restore()
    edge: list[Point] = (
        [(-80, low - 16), (236, low - 18)] if beside else [(-72, low - 16), (8, low - 6), (92, low - 18)]
    )
    canvas.drawPath(smooth(edge, close=False), stroke(mix(sole, LIGHT, 0.35), 5, 0.75))
