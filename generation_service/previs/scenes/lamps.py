"""Lamps and small upright things in the space of a room: what burns, with its glow and its pools of light; plants."""

from typing import Any

import numpy as np

from generation_service.previs.brush import Colour, fill, linear, mix, oval, poly, smooth, stroke
from generation_service.previs.scenes.pieces import disc
from generation_service.previs.scenes.space import DARK, LAMP, WHITE, Room
from generation_service.previs.scenes.surfaces import box_of

COOL: Colour = (226, 240, 255)


def _shade(plane: Any, room: Room, top: float, size: tuple[float, float, float], tone: str) -> None:
    """A lamp shade in centimetres: its upper and lower half width and its height below ``top``."""
    a, b, tall = size
    on = room.mood.lamps
    cloth = mix(room.tone(tone), (255, 226, 168), 0.85 * on)
    ramp = [(mix(cloth, DARK, 0.28), 1), (mix(cloth, (255, 250, 232), 0.2 + 0.6 * on), 1), (mix(cloth, DARK, 0.32), 1)]
    plane.drawPath(
        poly([(-a, top), (a, top), (b, top + tall), (-b, top + tall)]), fill(shader=linear((-b, 0), (b, 0), ramp))
    )


def standing_lamp(room: Room, at: tuple[float, float], *, high: float = 1.62, tone: str = "#cbb894") -> None:
    """A standing lamp; its light follows how much lamp light the mood has."""
    (x, z), on = at, room.mood.lamps
    room.shade(x, z, (0.22, 0.2), dark=0.4)
    disc(room, (x, 0.02, z), 0.15, room.tone("#2c2624"))
    with room.facing(z, x) as plane:
        plane.drawLine(0, -2, 0, -100 * high + 30, stroke(room.tone("#4a3e36"), 2.6))
        _shade(plane, room, -100 * high, (14, 23, 34), tone)
    if on > 0.1:
        room.glow((x, high - 0.16, z), 1.7, alpha=0.62 * on)
        room.glow((x, high - 0.16, z), 0.5, alpha=0.4 * on, tone=(255, 240, 210))


def table_lamp(room: Room, at: tuple[float, float, float], *, tone: str = "#cbb894", green: bool = False) -> None:
    """A small lamp that stands at (x, y, z); ``green``: the glass shade of a reading room."""
    (x, y, z), on = at, room.mood.lamps
    with room.facing(z, x, y) as plane:
        plane.drawOval(oval(0, -1.5, 9, 2.6), fill(room.tone("#6a5638")))
        plane.drawLine(0, 0, 0, -30, stroke(room.tone("#9a7c48"), 2.4))
        if green:
            glass = mix(room.tone("#1f6a48"), (120, 220, 150), 0.35 * on)
            shade = smooth([(-20, -30), (-17, -40), (0, -44), (17, -40), (20, -30)], tension=0.5)
            plane.drawPath(shade, fill(shader=linear((0, -44), (0, -30), [(mix(glass, WHITE, 0.3), 1), (glass, 1)])))
            plane.drawRect(box_of(-18, -31, 18, -29), fill((255, 244, 214), 0.3 + 0.7 * on))
        else:
            _shade(plane, room, -52, (9, 17, 24), tone)
    if on > 0.1:
        room.glow((x, y + (0.26 if green else 0.42), z), 1.1, alpha=0.6 * on)


def pendant(
    room: Room, at: tuple[float, float, float], *, tone: str = "#40544f", wide: float = 0.24, light: float = 1.0
) -> None:
    """A lamp that hangs from the ceiling, its lower edge at (x, y, z)."""
    (x, y, z), on = at, light * (0.25 + 0.75 * room.mood.lamps)
    with room.facing(z, x, y) as plane:
        plane.drawLine(0, -22, 0, -100 * (room.high - y), stroke((24, 20, 20), 1.2))
        metal = room.tone(tone)
        shape = smooth(
            [(-100 * wide, 0), (-70 * wide, -13), (-5, -22), (5, -22), (70 * wide, -13), (100 * wide, 0)], tension=0.6
        )
        ramp = [(mix(metal, WHITE, 0.35), 1), (metal, 1), (mix(metal, DARK, 0.5), 1)]
        plane.drawPath(shape, fill(shader=linear((-100 * wide, 0), (100 * wide, 0), ramp)))
        plane.drawOval(oval(0, 0, 92 * wide, 3.4), fill(mix((150, 140, 120), (255, 246, 220), on)))
    room.glow((x, y - 0.1, z), 1.15, alpha=0.55 * on)


def sconce(room: Room, side: int, at: tuple[float, float], *, reach: float = 1.3, tone: Colour = LAMP) -> None:
    """A lamp on a wall at (along, height) metres, with its light on the wall."""
    on = 0.15 + 0.85 * room.mood.lamps
    u, v = 100 * at[0], -100 * at[1]
    with room.wall(side) as wall:
        wall.drawRect(box_of(u - 3, v, u + 3, v + 16), fill(room.tone("#7a6440")))
        cup = poly([(u - 6, v - 14), (u + 6, v - 14), (u + 10, v + 4), (u - 10, v + 4)])
        wall.drawPath(cup, fill(mix(room.tone("#b8ac96"), (255, 236, 190), on)))
    x, z = (at[0], room.back) if side == 0 else (side * room.half, at[0])
    room.glow((x, at[1] + 0.1, z), reach, alpha=0.6 * on, tone=tone)


def panel_light(room: Room, at: tuple[float, float], size: tuple[float, float], *, tone: Colour = COOL) -> None:
    """A light in the ceiling, its middle at (x, z), ``size`` across and along."""
    (x, z), (wide, long) = at, size
    on = 0.55 + 0.45 * room.mood.lamps
    with room.level(room.high - 0.005) as flat:
        box = box_of(100 * (x - wide / 2), -100 * (z + long / 2), 100 * (x + wide / 2), -100 * (z - long / 2))
        flat.drawRect(box, fill(mix(room.tone("#d2d6da"), (252, 254, 255), on)))
        flat.drawRect(box, stroke(room.tone("#a8acb0"), 2.0, 0.8))
    room.glow((x, room.high, z), 0.9 * max(wide, 0.7), alpha=0.30 * on, tone=tone)


def bulb(room: Room, at: tuple[float, float, float], reach: float, *, alpha: float = 0.6, tone: Colour = LAMP) -> None:
    """A point of light: bright in its middle, opening into a disc out of focus."""
    with room.facing(at[2], at[0], at[1]) as plane:
        plane.drawCircle(0, 0, 3.2, fill(mix(tone, (255, 255, 250), 0.7)))
    room.glow(at, reach, alpha=alpha, tone=tone)


def candles(room: Room, at: tuple[float, float, float], count: int = 3) -> None:
    """Candles side by side at (x, y, z), burning."""
    x, y, z = at
    with room.facing(z, x, y) as plane:
        for k in range(count):
            dx, tall = 9.0 * (k - (count - 1) / 2), 14.0 + 5 * ((k * 7) % 3)
            plane.drawRect(box_of(dx - 2, -tall, dx + 2, 0), fill(room.tone("#efe6cf")))
            plane.drawOval(oval(dx, -tall - 4.5, 1.7, 4.2), fill((255, 236, 170)))
    room.glow((x, y + 0.25, z), 1.0, alpha=0.55, tone=(255, 200, 120))


def plant(room: Room, at: tuple[float, float, float], tall: float, *, pot: str = "#96604a", seed: int = 0) -> None:
    """A potted plant of long leaves at (x, y, z), ``tall`` metres."""
    (x, y, z), rng = at, np.random.default_rng(room.place.seed + seed)
    size = 100 * tall
    base = 0.24 * size
    if y == 0:
        room.shade(x, z, (0.28 * tall, 0.22 * tall), dark=0.45)
    with room.facing(z, x, y) as plane:
        for k in range(34):
            a = float(rng.uniform(-1.25, 1.25))
            reach = size * 0.82 * float(rng.uniform(0.5, 1.0)) * (1 - 0.25 * abs(a))
            tip = (reach * float(np.sin(a)) * 0.8, -base - reach * float(np.cos(0.85 * a)))
            bend, wide = (0.38 * tip[0] - 0.0, -base + 0.62 * (tip[1] + base)), 0.035 * size
            leaf = smooth([(0, -base), (bend[0] - wide, bend[1]), tip, (bend[0] + wide, bend[1] + wide)])
            shade = mix((34, 70, 46), (122, 160, 82), float(rng.random()) * (0.35 + 0.65 * k / 34))
            plane.drawPath(leaf, fill(room.tone(shade)))
        clay, half = room.tone(pot), 0.15 * size
        ramp = [(mix(clay, WHITE, 0.24), 1), (clay, 1), (mix(clay, DARK, 0.5), 1)]
        body = poly([(-half, -base), (half, -base), (0.72 * half, 0), (-0.72 * half, 0)])
        plane.drawPath(body, fill(shader=linear((-half, 0), (half, 0), ramp)))
        plane.drawRect(
            box_of(-1.1 * half, -base - 0.03 * size, 1.1 * half, -base + 0.02 * size), fill(mix(clay, WHITE, 0.12))
        )


def near_leaves(room: Room, x: float, y: float, size: float, *, way: int = 1) -> None:
    """Leaves close before the camera, out of focus; painting units."""
    canvas, rng = room.canvas, np.random.default_rng(room.place.seed + 91)
    canvas.layer(-0.45)
    for _ in range(15):
        a = float(rng.uniform(-0.5, 1.1)) * way
        reach = size * float(rng.uniform(0.6, 1.0))
        tip = (x + reach * float(np.sin(a)), y - reach * float(np.cos(a)))
        side = 0.06 * size
        leaf = smooth(
            [
                (x, y),
                ((x + tip[0]) / 2 - side, (y + tip[1]) / 2 - side),
                tip,
                ((x + tip[0]) / 2 + side, (y + tip[1]) / 2),
            ]
        )
        shade = mix((20, 38, 26), (66, 98, 52), float(rng.random()))
        canvas.drawPath(leaf, fill(room.tone(shade), 0.95, blur=6))
