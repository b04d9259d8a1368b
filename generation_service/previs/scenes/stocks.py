"""Where people buy, read and look: a shop, a library, a museum."""

from typing import Any

import numpy as np

from generation_service.contract.shots import Place
from generation_service.previs.brush import fill, linear, mix, smooth, stroke
from generation_service.previs.scenes.lamps import (
    bulb,
    panel_light,
    table_lamp,
)
from generation_service.previs.scenes.light import Mood
from generation_service.previs.scenes.nature import Painter
from generation_service.previs.scenes.openings import door, outlook, sunlight, window
from generation_service.previs.scenes.pieces import (
    GOODS,
    chair,
    counter,
    picture,
    shelf,
    side_case,
    table,
)
from generation_service.previs.scenes.space import DARK, WHITE, Room, seen
from generation_service.previs.scenes.surfaces import box_of, floor, lit_wall, panels, rug, walls


def shop(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """Aisles of goods under light panels, a counter with a till, a lit fridge at the back."""
    r = Room((canvas, place, mood, rng), half=3.6, back=9.4, high=2.9, sun=0)
    outlook(r, low=30)
    walls(r, "#cfc6b2", ceiling="#e4e2da", skirting="#8a8276")
    with r.wall(0) as wall:
        for k in range(5):
            left = -330.0 + 90 * k
            wall.drawRect(box_of(left, -205, left + 84, -6), fill(r.tone("#3a4046")))
            shelf(wall, r, (left + 5, -200, left + 79, -12), 5, "#aab2b6", goods=GOODS, wide=(6, 10))
            wall.drawRect(box_of(left + 5, -200, left + 79, -12), fill((206, 234, 250), 0.20))
        for k in range(6):
            tone = r.tone(GOODS[(k * 3) % len(GOODS)])
            wall.drawRect(box_of(-340 + 112.0 * k, -262, -240 + 112.0 * k, -222), fill(tone))
            wall.drawRect(box_of(-328 + 112.0 * k, -248, -270 + 112.0 * k, -240), fill((250, 248, 240), 0.85))
    door(r, 0, 2.2, "#5c646a", glass=True)
    for side in (-1, 1):
        side_case(r, side, (4.6, 8.8, 1.95, 0.5), rows=5, wood="#a89c88", goods=GOODS, wide=(7.0, 13.0))
    for x in (-1.5, 1.5):
        for z in (3.4, 5.4, 7.4):
            panel_light(r, (x, z), (0.4, 1.4))
    r.glow((-1.5, 1.2, 9.3), 2.2, alpha=0.22, tone=(206, 234, 255))
    floor(r, "#c2bcae", "tiles", mirror=0.18)
    canvas.layer(0.4)
    for x in (-1.15, 0.95):
        r.shade(x, 7.4, (0.5, 0.9), dark=0.5)
        r.box((x - 0.38, x + 0.38, 0, 1.35, 7.2, 8.4), r.tone("#b0a692"), edge=0.5)
        with r.facing(7.2) as plane:
            shelf(plane, r, (100 * x - 35, -130, 100 * x + 35, -8), 4, "#b0a692", goods=GOODS, wide=(7, 12))
    canvas.layer(0.26)
    counter(r, (1.35, 3.6, 0, 0.98, 5.6, 6.2), "#6a5240", "#b89468", panels=3)
    r.box((1.85, 2.3, 0.98, 1.22, 5.75, 6.1), r.tone("#3a3e44"), edge=0.5)
    with r.facing(5.74, 2.07, 0.98) as plane:
        plane.drawRect(box_of(-16, -21, 16, -12), fill((150, 220, 190)))
    for k in range(4):
        r.box((2.6 + 0.16 * k, 2.72 + 0.16 * k, 0.98, 1.14, 5.8, 5.95), r.tone(GOODS[k + 2]), edge=0.2)


def library(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """Tall cases of books on both sides, an arched window at the end, reading tables with green lamps."""
    r = Room((canvas, place, mood, rng), half=3.1, back=10.0, high=3.9, sun=0)
    pane = (-1.0, 1.0, 0.9, 3.3)
    outlook(r, city=False)
    walls(r, "#8a7256", ceiling="#7a6248", pattern=panels, skirting="")
    window(r, 0, pane, bars=(3, 4), frame="#5a4030")
    for x0, x1 in ((-3.0, -1.3), (1.3, 3.0)):
        with r.wall(0) as wall:
            shelf(wall, r, (100 * x0, -330, 100 * x1, -6), 9, "#5a3d2a")
    for side in (-1, 1):
        side_case(r, side, (4.3, 9.6, 3.2, 0.42), rows=8, wood="#5f412d")
        for z in (5.0, 6.9, 8.8):
            r.glow((side * 2.6, 2.9, z), 0.9, alpha=0.16 + 0.26 * mood.lamps)
    floor(r, "#6d4a34", mirror=0.07)
    rug(r, 0, 6.4, (2.2, 5.6), "#6e2f30")
    sunlight(r, 0, pane, bars=(3, 4))
    canvas.layer(0.42)
    for z, lamps in ((8.0, (-0.5, 0.5)),):
        _reading_table(r, (0.0, z), 1.7, lamps)
    canvas.layer(0.26)
    _reading_table(r, (-1.75, 6.1), 1.2, (-0.2,))
    _reading_table(r, (1.75, 6.1), 1.2, (0.2,))
    _ladder(r)


def _reading_table(r: Room, at: tuple[float, float], wide: float, lamps: tuple[float, ...]) -> None:
    (x, z) = at
    for dx in (-0.3, 0.35):
        chair(r, (x + dx * wide, z + 0.55), "#5a3a28")
    table(r, at, (wide, 0.8, 0.76), "#6b4630")
    for dx in lamps:
        table_lamp(r, (x + dx, 0.76, z), green=True)
    r.box((x + 0.1 * wide, x + 0.3 * wide, 0.76, 0.79, z - 0.25, z - 0.05), r.tone("#7c342c"), edge=0)
    r.box((x - 0.42 * wide, x - 0.26 * wide, 0.76, 0.775, z - 0.28, z - 0.06), r.tone("#e8e0cc"), edge=0)


def _ladder(r: Room) -> None:
    """A ladder that leans on the cases."""
    wood = r.tone("#8a6240")
    for z in (5.3, 5.75):
        a, b = seen(2.15, 0, z), seen(2.62, 2.9, z)
        r.canvas.drawLine(*a, *b, stroke(wood, 7))
    for k in range(1, 9):
        t = k / 9
        a, b = seen(2.15 + 0.47 * t, 2.9 * t, 5.3), seen(2.15 + 0.47 * t, 2.9 * t, 5.75)
        r.canvas.drawLine(*a, *b, stroke(mix(wood, WHITE, 0.1), 5))


def museum(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """White walls with large paintings under spots, a bench, a statue, a pale floor."""
    r = Room((canvas, place, mood, rng), half=3.6, back=9.6, high=3.6, sun=0)
    outlook(r)
    walls(r, ("#dcd8d0", "#8a3f3c", "#5a6a72")[place.seed % 3], ceiling="#e8e6e0", skirting="#cfcac0")
    for k, (a, b, low, high) in enumerate(((-2.9, -1.2, 1.0, 2.3), (-0.7, 1.1, 0.85, 2.6), (1.6, 2.9, 1.05, 2.2))):
        picture(r, 0, (a, b, low, high), "#a8843c", art=k)
        lit_wall(r, ((a + b) / 2, (low + high) / 2), 1.6, 0.34, (255, 244, 222))
    for side in (-1, 1):
        for k, at in enumerate((5.0, 7.2)):
            picture(r, side, (at, at + 1.5, 1.0, 2.2), "#a8843c", art=5 + k + side)
            r.glow((side * r.half, 1.7, at + 0.7), 1.2, alpha=0.22, tone=(255, 244, 222))
    panel_light(r, (0, 6.2), (2.6, 4.0), tone=(246, 250, 255))
    floor(r, "#a88c6a", mirror=0.12)
    r.pool(0, 6.2, 2.6, alpha=0.18, tone=(246, 250, 255))
    canvas.layer(0.36)
    r.shade(0.1, 7.2, (1.0, 0.4), dark=0.45)
    r.box((-0.8, 1.0, 0.36, 0.46, 7.0, 7.5), r.tone("#3a3634"), edge=0.7)
    for x in (-0.6, 0.75):
        r.box((x, x + 0.08, 0, 0.36, 7.05, 7.45), r.tone("#8a8c90"), edge=0)
    r.shade(-2.2, 6.2, (0.4, 0.35), dark=0.5)
    r.box((-2.5, -1.9, 0, 0.95, 5.9, 6.5), r.tone("#e6e2da"), edge=0.7)
    with r.facing(6.2, -2.2, 0.95) as plane:
        stone = r.tone("#d8d2c4")
        ramp = [(mix(stone, WHITE, 0.4), 1), (stone, 1), (mix(stone, DARK, 0.5), 1)]
        bust = smooth(
            [
                (-20, 0),
                (-17, -16),
                (-6, -22),
                (-8, -30),
                (-9, -42),
                (0, -50),
                (9, -42),
                (7, -30),
                (6, -22),
                (17, -16),
                (20, 0),
            ],
            tension=0.8,
        )
        plane.drawPath(bust, fill(shader=linear((-18, -30), (18, -20), ramp)))
    bulb(r, (-2.2, 3.3, 6.0), 0.5, alpha=0.4)


STOCKS: dict[str, Painter] = {"shop": shop, "library": library, "museum": museum}
