"""What a drawn person wears: collars, lapels, openings, over the trunk that ``body`` has painted."""

from typing import Any

from generation_service.previs.brush import Colour, fill, linear, mix, smooth, stroke, times
from generation_service.previs.cast.head import chin_y
from generation_service.previs.cast.looks import LIGHT, WARM_SHADE, Look

CLOTH_SHADE: Colour = (112, 104, 128)
FLOOR = 1560.0


def _v_neck(canvas: Any, look: Look, depth: float, width: float) -> None:
    """The opening between lapels, filled with the inner garment and a patch of skin."""
    y = chin_y(look)
    opening = smooth([(-width, y + 88), (0, y + depth), (width, y + 88), (0, y + 60)], tension=0.35)
    shade = times(look.inner, CLOTH_SHADE)
    canvas.drawPath(opening, fill(shader=linear((-120, y), (140, y + depth), [(look.inner, 1), (shade, 1)])))
    skin = smooth([(-96, y + 88), (-40, y + 150), (0, y + 172), (40, y + 150), (96, y + 88), (0, y + 40)], tension=0.8)
    canvas.drawPath(skin, fill(mix(look.skin, times(look.skin, WARM_SHADE), 0.55)))
    canvas.drawPath(skin, stroke(shade, 7, 0.8, blur=2))


def _lapels(canvas: Any, look: Look, depth: float, width: float) -> None:
    y = chin_y(look)
    lit, dark = mix(look.cloth, LIGHT, 0.22), times(look.cloth, CLOTH_SHADE)
    for side in (-1, 1):
        lapel = smooth(
            [
                (side * 100, y + 78),
                (side * (width + 46), y + 150),
                (side * (width + 66), y + 236),
                (side * (width + 14), y + 262),
                (0, y + depth + 16),
                (side * 62, y + 190),
            ],
            tension=0.45,
        )
        canvas.drawPath(lapel, fill((0, 0, 0), 0.45, blur=14))
        tone = lit if side < 0 else mix(look.cloth, dark, 0.35)
        canvas.drawPath(
            lapel,
            fill(shader=linear((side * 60, y + 90), (side * 120, y + depth), [(tone, 1), (mix(tone, dark, 0.6), 1)])),
        )
        canvas.drawPath(lapel, stroke(dark, 3, 0.5))
    for k in range(3):
        canvas.drawCircle(10, y + depth + 90 + 150 * k, 13, fill(times(dark, CLOTH_SHADE)))
        canvas.drawCircle(7, y + depth + 86 + 150 * k, 6, fill(lit, 0.5, blur=2))
    canvas.drawPath(
        smooth([(0, y + depth), (4, y + depth + 300), (6, FLOOR)], close=False), stroke(dark, 5, 0.8, blur=1.5)
    )


def _jacket(canvas: Any, look: Look) -> None:
    _v_neck(canvas, look, 430, 128)
    _lapels(canvas, look, 430, 100)


def _coat(canvas: Any, look: Look) -> None:
    _v_neck(canvas, look, 330, 140)
    _knit_collar(canvas, look)
    _lapels(canvas, look, 330, 130)


def _knit_collar(canvas: Any, look: Look) -> None:
    """A knitted inner collar that sits on the neck."""
    y = chin_y(look)
    dark = times(look.inner, CLOTH_SHADE)
    ring = smooth(
        [(-112, y + 66), (0, y + 120), (112, y + 66), (116, y + 140), (0, y + 226), (-116, y + 140)], tension=0.8
    )
    canvas.drawPath(ring, fill(shader=linear((-130, y), (140, y + 60), [(mix(look.inner, LIGHT, 0.2), 1), (dark, 1)])))
    for k in range(-9, 10):
        rib = smooth([(k * 13, y + 118 - abs(k) * 5), (k * 15, y + 214 - abs(k) * 8)], close=False)
        canvas.drawPath(rib, stroke(dark, 3, 0.4, blur=1))


def _turtleneck(canvas: Any, look: Look) -> None:
    _knit_collar(canvas, look)
    y = chin_y(look)
    for k in range(-22, 23):
        knit = smooth([(k * 22, y + 230), (k * 23, y + 700), (k * 22, FLOOR)], close=False)
        canvas.drawPath(knit, stroke(times(look.cloth, CLOTH_SHADE), 3, 0.22, blur=1.2))


def _shirt(canvas: Any, look: Look) -> None:
    y = chin_y(look)
    _v_neck(canvas, look, 216, 96)
    lit, dark = mix(look.cloth, LIGHT, 0.25), times(look.cloth, CLOTH_SHADE)
    for side in (-1, 1):
        collar = smooth(
            [(side * 106, y + 62), (side * 150, y + 122), (side * 118, y + 226), (side * 14, y + 196)], tension=0.4
        )
        canvas.drawPath(collar, fill((0, 0, 0), 0.4, blur=10))
        canvas.drawPath(collar, fill(lit if side < 0 else look.cloth))
        canvas.drawPath(collar, stroke(dark, 2.5, 0.6))
    canvas.drawPath(smooth([(0, y + 206), (3, FLOOR)], close=False), stroke(dark, 4, 0.7))
    for k in range(5):
        canvas.drawCircle(-14, y + 280 + 140 * k, 8, fill(mix(lit, (255, 255, 255), 0.4)))


def _hoodie(canvas: Any, look: Look) -> None:
    y = chin_y(look)
    _v_neck(canvas, look, 190, 110)
    lit, dark = mix(look.cloth, LIGHT, 0.18), times(look.cloth, CLOTH_SHADE)
    for side in (-1, 1):
        hood = smooth(
            [
                (side * 96, y + 46),
                (side * 196, y + 96),
                (side * 214, y + 168),
                (side * 120, y + 236),
                (0, y + 268),
                (side * 20, y + 206),
                (side * 104, y + 140),
            ],
            tension=0.8,
        )
        canvas.drawPath(hood, fill((0, 0, 0), 0.4, blur=14))
        canvas.drawPath(
            hood,
            fill(shader=linear((side * 210, y + 60), (0, y + 260), [(lit if side < 0 else look.cloth, 1), (dark, 1)])),
        )
        canvas.drawLine(side * 34, y + 232, side * 40, y + 420, stroke(look.inner, 7, 0.9))


def _blouse(canvas: Any, look: Look) -> None:
    y = chin_y(look)
    _v_neck(canvas, look, 250, 118)
    dark = times(look.cloth, CLOTH_SHADE)
    for side in (-1, 1):
        edge = smooth([(side * 122, y + 80), (side * 84, y + 170), (0, y + 256)], close=False)
        canvas.drawPath(edge, stroke(dark, 20, 0.4, blur=8))
        canvas.drawPath(edge, stroke(mix(look.cloth, LIGHT, 0.3), 11, 0.95))


OUTFITS = {
    "jacket": _jacket, "coat": _coat, "turtleneck": _turtleneck, "shirt": _shirt, "hoodie": _hoodie, "blouse": _blouse,
}  # fmt: skip
