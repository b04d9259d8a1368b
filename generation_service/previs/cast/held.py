"""What people carry, drawn in one of their hands, and the wheel they drive by. Units are those of the body."""

from math import atan2, cos, degrees, hypot, sin
from typing import Any

import skia

from generation_service.previs.brush import (
    Colour,
    Point,
    blob,
    fill,
    linear,
    mix,
    oval,
    poly,
    radial,
    rgb,
    smooth,
    stroke,
    times,
)
from generation_service.previs.cast.puppet import Joints

GLOW: Colour = (255, 206, 120)


def draw_held(canvas: Any, held: str, joints: Joints, light: Colour, k: int = 1) -> None:
    """The thing that hand ``k`` holds under ``light`` (255 = full)."""
    draw = _DRAW.get(held)
    if draw is not None:
        wrist, elbow = joints.wrists[k], joints.elbows[k]
        way = atan2(wrist[1] - elbow[1], wrist[0] - elbow[0])
        palm = (wrist[0] + 62 * cos(way), wrist[1] + 62 * sin(way))
        canvas.save()
        canvas.translate(*palm)
        canvas.scale(2 * k - 1, 1)
        draw(canvas, light)
        canvas.restore()


def draw_wheel(canvas: Any, joints: Joints, light: Colour) -> None:
    """A steering wheel under both hands."""
    (ax, ay), (bx, by) = joints.wrists
    tone = times((38, 40, 46), light)
    canvas.save()
    canvas.translate((ax + bx) / 2, (ay + by) / 2 + 120)
    canvas.rotate(degrees(atan2(by - ay, bx - ax)))
    wide = hypot(bx - ax, by - ay) / 2 + 20
    canvas.drawOval(oval(0, 0, wide, 0.82 * wide), stroke(tone, 58))
    canvas.drawOval(oval(-6, -8, wide, 0.82 * wide), stroke(mix(tone, (255, 255, 255), 0.25), 12, 0.6))
    canvas.drawLine(-wide, 0, wide, 0, stroke(tone, 66))
    canvas.drawLine(0, 0, 0, 0.8 * wide, stroke(tone, 60))
    canvas.drawOval(oval(0, 0, 92, 76), fill(mix(tone, (255, 255, 255), 0.1)))
    canvas.restore()


def _box(left: float, top: float, right: float, bottom: float, round_: float = 8) -> Any:
    return skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(left, top, right, bottom), round_, round_)


def _phone(canvas: Any, light: Colour) -> None:
    canvas.rotate(-14)
    canvas.drawRRect(_box(-46, -120, 46, 78, 18), fill(times((26, 28, 34), light)))
    canvas.drawRRect(
        _box(-38, -106, 38, 62, 8), fill(shader=linear((0, -106), (0, 62), [((150, 200, 240), 1), ((70, 120, 190), 1)]))
    )


def _cup(canvas: Any, light: Colour) -> None:
    tone = times(rgb("#e9e2d4"), light)
    canvas.drawPath(smooth([(62, -70), (108, -62), (104, -6), (58, 6)], close=False), stroke(tone, 20))
    canvas.drawPath(
        poly([(-66, -96), (70, -96), (56, 50), (-52, 50)]),
        fill(
            shader=linear(
                (-66, 0), (70, 0), [(mix(tone, (255, 255, 255), 0.5), 1), (tone, 1), (times(tone, (150, 150, 160)), 1)]
            )
        ),
    )
    canvas.drawOval(oval(2, -96, 68, 15), fill(times((88, 54, 34), light)))


def _umbrella(canvas: Any, light: Colour) -> None:
    top: Point = (-70.0, -1560.0)
    canvas.drawLine(0, 60, top[0], top[1] + 40, stroke(times((60, 46, 40), light), 22))
    for k, tone in enumerate((rgb("#8e2f36"), rgb("#a93a40"), rgb("#bf474b"), rgb("#a13840"))):
        a, b = -860 + 430 * k, -430 + 430 * k
        rib = [
            (top[0] + a, -1010.0),
            (top[0] + a * 0.62, -1330.0),
            top,
            (top[0] + b * 0.62, -1330.0),
            (top[0] + b, -1010.0),
            (top[0] + (a + b) / 2, -1075.0),
        ]
        canvas.drawPath(smooth(rib, tension=0.55), fill(times(tone, light)))
    canvas.drawCircle(top[0], top[1] - 14, 20, fill(times((60, 46, 40), light)))


def _lantern(canvas: Any, light: Colour) -> None:
    canvas.drawCircle(
        0, 230, 560, fill(shader=radial((0, 230), 560, [(GLOW, 0.62), (GLOW, 0.16), (GLOW, 0.0)], [0, 0.4, 1]))
    )
    iron = times((54, 50, 52), mix(light, (255, 255, 255), 0.3))
    canvas.drawPath(smooth([(-70, 120), (-60, 10), (60, 10), (70, 120)], close=False), stroke(iron, 15))
    canvas.drawRRect(_box(-92, 110, 92, 150), fill(iron))
    canvas.drawRRect(
        _box(-74, 146, 74, 322, 20), fill(shader=radial((0, 240), 120, [((255, 250, 220), 1), ((255, 190, 90), 1)]))
    )
    canvas.drawRRect(_box(-92, 316, 92, 360), fill(iron))


def _book(canvas: Any, light: Colour) -> None:
    cover, paper = times(rgb("#6b3a33"), light), times((238, 230, 212), light)
    canvas.rotate(-4)
    canvas.drawPath(poly([(-330, -120), (-120, -90), (90, -120), (90, 110), (-120, 140), (-330, 110)]), fill(cover))
    for side in (-1, 1):
        page = [(-120, -96), (-120 + side * 196, -130), (-120 + side * 196, 88), (-120, 122)]
        canvas.drawPath(poly(page), fill(mix(paper, (0, 0, 0), 0.06 if side > 0 else 0.0)))
    for k in range(5):
        for side in (-1, 1):
            y = -76 + 34 * k
            canvas.drawLine(-120 + side * 24, y, -120 + side * 170, y - 22, stroke((90, 84, 80), 5, 0.5))


def _letter(canvas: Any, light: Colour) -> None:
    paper = times((240, 234, 220), light)
    canvas.rotate(-8)
    canvas.drawRRect(_box(-170, -190, 40, 80, 4), fill(paper))
    for k in range(6):
        canvas.drawLine(-148, -160 + 36 * k, 14 - 40 * (k == 5), -160 + 36 * k, stroke((84, 80, 96), 6, 0.55))


def _suitcase(canvas: Any, light: Colour) -> None:
    tone = times(rgb("#7a5234"), light)
    canvas.drawPath(
        smooth([(-80, 90), (-70, 20), (70, 20), (80, 90)], close=False), stroke(mix(tone, (0, 0, 0), 0.5), 24)
    )
    canvas.drawRRect(
        _box(-330, 84, 330, 560, 44),
        fill(
            shader=linear(
                (0, 84), (0, 560), [(mix(tone, (255, 230, 190), 0.2), 1), (tone, 1), (mix(tone, (0, 0, 0), 0.4), 1)]
            )
        ),
    )
    for x in (-200, 200):
        canvas.drawRect(skia.Rect.MakeLTRB(x - 22, 84, x + 22, 560), fill(mix(tone, (0, 0, 0), 0.35)))


def _flowers(canvas: Any, light: Colour) -> None:
    for k in range(9):
        at = (-90.0 + 40 * (k % 5), -180.0 - 44 * (k % 3) - 16 * (k % 2))
        canvas.drawLine(0, 40, at[0], at[1], stroke(times((70, 120, 70), light), 10))
        tone = times(((214, 74, 92), (240, 190, 90), (238, 226, 232))[k % 3], light)
        blob(canvas, at, (38, 36), tone, 1.0, blur=0.0)
        canvas.drawCircle(at[0], at[1], 13, fill(times((255, 230, 140), light)))
    canvas.drawPath(poly([(-90, -60), (90, -60), (26, 110), (-26, 110)]), fill(times((232, 220, 200), light)))


_DRAW = {
    "phone": _phone, "cup": _cup, "umbrella": _umbrella, "lantern": _lantern, "book": _book, "letter": _letter,
    "suitcase": _suitcase, "flowers": _flowers,
}  # fmt: skip


def draw_held_alone(canvas: Any, held: str, light: Colour) -> None:
    """A thing that is usually carried, lying or standing by itself, about 100 units tall on y = 0."""
    canvas.save()
    scale = 0.28
    canvas.translate(24, -18)
    canvas.scale(scale, scale)
    _DRAW.get(held, _letter)(canvas, light)
    canvas.restore()
