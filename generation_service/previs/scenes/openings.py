"""What a room opens to: windows with a view and the light they throw on the floor, curtains and blinds, doors."""

from typing import Any

import numpy as np
import skia

from generation_service.previs.brush import Colour, fill, linear, mix, poly, rgb, stroke, times
from generation_service.previs.scenes import nature
from generation_service.previs.scenes.city import skyline
from generation_service.previs.scenes.layers import Motion
from generation_service.previs.scenes.light import TIMES
from generation_service.previs.scenes.space import DARK, FOCAL, HORIZON, NEAR, WHITE, Room, Solid, seen
from generation_service.previs.scenes.surfaces import box_of

Opening = tuple[float, float, float, float]
# How strongly the sun, or the moon, falls into a room, and how far a metre of height throws it.
SUN: dict[str, tuple[float, float]] = {
    "dawn": (0.50, 1.9), "day": (0.56, 1.35), "golden": (0.68, 2.0), "dusk": (0.30, 2.0), "night": (0.16, 1.3),
}  # fmt: skip
WALL_DEEP = 0.2


def outlook(room: Room, *, city: bool = True, low: float = 70.0) -> None:
    """What is seen through all windows of a room, its horizon ``low`` below that of the room: town or hills under the
    sky of the hour.
    """
    out, outside, rng = room.canvas.outside, TIMES[room.place.time_of_day], room.rng
    grey = room.place.weather in {"rain", "storm", "overcast", "snow", "fog"}
    out.save()
    out.translate(0, HORIZON + low - 560)
    nature.sky(out, outside, rng, horizon=560, clouds=0.9 if grey else 0.5, sun=False)
    if city:
        skyline(out, outside, rng, base=640, spec=(60, 240, 16), far=0.7)
        skyline(out, outside, rng, base=720, spec=(90, 240, 24), far=0.4)
    else:
        far, near = mix(rgb("#5f7080"), outside.air, 0.5), times(rgb("#4d6a45"), outside.ambient)
        nature.land(out, nature.ridge(rng, 545, 120), far, outside.air, depth=200)
        meadow = times(rgb("#6f8a4d"), outside.ambient)
        nature.land(out, nature.ridge(rng, 610, 70), mix(near, outside.air, 0.2), meadow, depth=200)
    out.restore()
    if grey:
        out.drawPaint(fill(mix(outside.air, (120, 130, 146), 0.4), 0.35))


def on_wall(room: Room, side: int, along: float, y: float, *, out: float = 0.0) -> Solid:
    """A point of a wall: ``along`` is x at the back, z on a side; ``out`` metres beyond it."""
    if side == 0:
        return along, y, room.back + out
    return side * (room.half + out), y, along


def corners(room: Room, side: int, box: Opening, *, out: float = 0.0) -> list[Solid]:
    """The corners of an opening (from, to, lower and upper edge, metres)."""
    a, b, low, high = box
    return [on_wall(room, side, along, y, out=out) for along, y in ((a, low), (a, high), (b, high), (b, low))]


def window(
    room: Room, side: int, box: Opening, *, bars: tuple[int, int] = (2, 2), frame: str = "#e6e0d4", sun: bool = True
) -> None:
    """A window in a thick wall, with glass, bars and sill. Drawn on the layer of the walls."""
    canvas, (a, b, low, high) = room.canvas, box
    tone = room.tone(frame)
    day = TIMES[room.place.time_of_day]
    spill = mix(day.horizon, (255, 255, 255), 0.35)
    lit = mix(tone, spill, 0.5 * (1 - 0.7 * day.lamps))
    inner, outer = corners(room, side, box), corners(room, side, box, out=WALL_DEEP)
    for k in range(4):
        cheek = [inner[k], inner[(k + 1) % 4], outer[(k + 1) % 4], outer[k]]
        room.quad(cheek, fill(mix(lit, DARK, 0.22) if k in {0, 2} else lit if k == 3 else mix(lit, DARK, 0.4)))
    pane = poly([seen(*one) for one in outer])
    canvas.cut(pane)
    canvas.save()
    canvas.clipPath(pane, True)
    _glass(room, outer)
    canvas.restore()
    bar = mix(tone, DARK, 0.18 + 0.3 * day.lamps)
    wide = 0.05 * FOCAL / outer[0][2]
    for k in range(bars[0] + 1):
        at = a + (b - a) * k / bars[0]
        line = seen(*on_wall(room, side, at, low, out=WALL_DEEP)), seen(*on_wall(room, side, at, high, out=WALL_DEEP))
        canvas.drawLine(*line[0], *line[1], stroke(bar, wide * (1.3 if k in {0, bars[0]} else 0.8)))
    for k in range(bars[1] + 1):
        y = low + (high - low) * k / bars[1]
        line = seen(*on_wall(room, side, a, y, out=WALL_DEEP)), seen(*on_wall(room, side, b, y, out=WALL_DEEP))
        canvas.drawLine(*line[0], *line[1], stroke(bar, wide * (1.3 if k in {0, bars[1]} else 0.8)))
    if sun and day.lamps < 0.95:
        middle = on_wall(room, side, (a + b) / 2, (low + high) / 2)
        room.glow(middle, 1.5 * max(b - a, high - low), alpha=0.34 * (1 - 0.6 * day.lamps), tone=spill)


def _glass(room: Room, pane: list[Solid]) -> None:
    """A trace of reflection, and drops where it rains."""
    points = [seen(*one) for one in pane]
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    left, right, top, low = min(xs), max(xs), min(ys), max(ys)
    shine = [((255, 255, 255), 0.20), ((255, 255, 255), 0.0), ((255, 255, 255), 0.10)]
    room.canvas.drawRect(box_of(left, top, right, low), fill(shader=linear((left, top), (right, low), shine)))
    if room.place.weather in {"rain", "storm"}:
        for _ in range(int(min(260, 60 + (right - left) * (low - top) / 900))):
            x, y = float(room.rng.uniform(left, right)), float(room.rng.uniform(top, low))
            paint = stroke((225, 235, 248), 2.0, float(room.rng.uniform(0.1, 0.5)))
            room.canvas.drawLine(x, y, x - 1, y + float(room.rng.uniform(5, 24)), paint)


def sunlight(room: Room, side: int, box: Opening, *, bars: tuple[int, int] = (2, 2), slats: bool = False) -> None:
    """The light of a window on the floor, pane by pane, on the layer of the floor. ``slats``: through blinds."""
    strength, throw = SUN[room.place.time_of_day]
    if room.place.weather != "clear":
        strength *= 0.25
    day, (a, b, low, high) = TIMES[room.place.time_of_day], box
    tone = (150, 176, 230) if room.place.time_of_day == "night" else mix(day.rim, (255, 250, 236), 0.35)
    canvas = room.canvas
    canvas.save()
    canvas.clipPath(
        poly([seen(s * room.half, 0, z) for s, z in ((-1, NEAR), (-1, room.back), (1, room.back), (1, NEAR))])
    )
    rows = 9 if slats else bars[1]
    for i in range(bars[0]):
        for j in range(rows):
            u = [a + (b - a) * (i + t) / bars[0] for t in (0.04, 0.96)]
            y = [low + (high - low) * (j + t) / rows for t in ((0.1, 0.5) if slats else (0.05, 0.95))]
            patch = [thrown(room, side, (u[p], y[q]), throw) for p, q in ((0, 0), (0, 1), (1, 1), (1, 0))]
            fade = strength * (1.0 - 0.35 * (j + 0.5) / rows)
            room.quad(patch, fill(tone, fade, blur=5.0, mode=skia.BlendMode.kScreen))
    canvas.restore()


def thrown(room: Room, side: int, at: tuple[float, float], throw: float) -> Solid:
    """Where light through a point of a wall meets the floor."""
    along, y = at
    far = y * throw
    if side == 0:
        return along + 0.35 * far * (1 if room.place.seed % 2 else -1), 0.0, max(NEAR + 0.1, room.back - far)
    return side * room.half - side * far, 0.0, max(NEAR + 0.1, along - 0.22 * far)


def drapes(room: Room, side: int, box: Opening, cloth: Colour) -> None:
    """Curtains on both sides of a window, from a rod to the floor, on a layer that stirs a little."""
    canvas, (a, b, _, high) = room.canvas, box
    canvas.layer(0.57, motion=Motion(ripple=0.0008))
    lit, wide = times(cloth, room.mood.ambient), 0.30 * (b - a)
    with room.wall(side) as wall:
        top = -100 * (high + 0.16)
        wall.drawLine(100 * (a - 0.3), top, 100 * (b + 0.3), top, stroke(room.tone("#4a3a30"), 4))
        for start, way in ((a - 0.26, 1), (b + 0.26, -1)):
            for k in range(7):
                u, v = 100 * (start + way * wide * k / 7), 100 * (start + way * wide * (k + 1) / 7)
                ramp = [(mix(lit, WHITE, 0.20), 1), (lit, 1), (mix(lit, DARK, 0.48), 1)]
                fold = poly([(u, top), (v, top), (v + 2, -4), (u - 2, -4)])
                wall.drawPath(fold, fill(shader=linear((u, 0), (v, 0), ramp, [0.0, 0.45, 1.0])))
            shade = linear((0, top), (0, top + 60), [(DARK, 0.3), (DARK, 0.0)])
            wall.drawRect(box_of(min(100 * start, 100 * (start + way * wide)), top,
                                 max(100 * start, 100 * (start + way * wide)), -4), fill(shader=shade))  # fmt: skip


def blinds(room: Room, side: int, box: Opening) -> None:
    """Slats before a window, half open."""
    a, b, low, high = (100 * v for v in box)
    slat = mix(room.tone("#d8d0c0"), DARK, 0.25)
    with room.wall(side) as wall:
        for y in np.arange(-high, -low, 9.0):
            wall.drawRect(box_of(a - 4, float(y), b + 4, float(y) + 4.6), fill(slat))
            wall.drawLine(a - 4, float(y), b + 4, float(y), stroke(mix(slat, WHITE, 0.5), 0.8, 0.8))
        for x in (a + (b - a) * 0.2, a + (b - a) * 0.8):
            wall.drawLine(x, -high, x, -low, stroke(mix(slat, DARK, 0.3), 1.2))


def door(
    room: Room, side: int, at: float, tone: str, *, wide: float = 0.95, high: float = 2.1, glass: bool = False
) -> None:
    """A door in its frame, its middle at ``at`` metres along the wall; ``glass``: a frosted pane that glows."""
    wood = room.tone(tone)
    u0, u1, top = 100 * (at - wide / 2), 100 * (at + wide / 2), -100 * high
    with room.wall(side) as wall:
        wall.drawRect(box_of(u0 - 10, top - 10, u1 + 10, 0), fill(mix(wood, WHITE, 0.16)))
        wall.drawRect(box_of(u0 - 2, top - 2, u1 + 2, 0), fill(mix(wood, DARK, 0.6)))
        ramp = linear((u0, top), (u1, 0), [(mix(wood, WHITE, 0.14), 1), (wood, 1), (mix(wood, DARK, 0.25), 1)])
        wall.drawRect(box_of(u0, top, u1, 0), fill(shader=ramp))
        inner = 0.16 * (u1 - u0)
        for y0, y1 in ((top + 16, 0.52 * top), (0.44 * top, -18)):
            panel = box_of(u0 + inner, y0, u1 - inner, y1)
            pane = glass and y0 == top + 16
            wall.drawRect(
                panel, fill(mix((196, 206, 204), (255, 226, 170), room.mood.lamps) if pane else mix(wood, DARK, 0.15))
            )
            wall.drawRect(panel, stroke(mix(wood, DARK, 0.5), 1.6, 0.8))
        wall.drawCircle(u1 - 9, 0.47 * top, 3.6, fill(room.tone("#d0a85c")))


def sill(room: Room, box: Opening) -> Any:
    """The sill of a window in the back wall, as a block before the wall."""
    a, b, low, _ = box
    room.box((a - 0.08, b + 0.08, low - 0.06, low, room.back - 0.16, room.back), room.tone("#e6e0d4"))
