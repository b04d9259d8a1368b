"""What somebody sits on: a chair, a bench outdoors, a seat in a carriage."""

from typing import Any

import skia

from generation_service.contract.shots import Place
from generation_service.previs.brush import Colour, fill, linear, mix, rgb, stroke, times
from generation_service.previs.cast.rig import SEAT, SOLE


def draw_seat(canvas: Any, place: Place, light: Colour) -> None:
    """Behind the person who sits on it; units of the body."""
    wood = times(rgb("#7c5236") if place.interior else rgb("#6a5646"), light)
    dark = mix(wood, (0, 0, 0), 0.5)
    top = SOLE - SEAT
    wide = 480.0 if place.interior else 1050.0
    legs = (-wide + 70, wide - 70)
    for x in legs:
        canvas.drawLine(x, top + 60, x * 1.02, SOLE, stroke(dark, 62))
        canvas.drawLine(x * 0.9, top - 760, x * 0.94, top + 40, stroke(dark, 54))
    slats = (-760, -560, -360) if not place.interior else (-800, -520)
    for y in slats:
        tall = 120 if not place.interior else 190
        box = skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(-wide + 30, top + y, wide - 30, top + y + tall), 40, 40)
        canvas.drawRRect(
            box,
            fill(shader=linear((0, top + y), (0, top + y + tall), [(mix(wood, (255, 236, 210), 0.25), 1), (wood, 1)])),
        )
    seat = skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(-wide, top - 50, wide, top + 120), 50, 50)
    canvas.drawRRect(
        seat, fill(shader=linear((0, top - 50), (0, top + 120), [(mix(wood, (255, 236, 210), 0.30), 1), (dark, 1)]))
    )
