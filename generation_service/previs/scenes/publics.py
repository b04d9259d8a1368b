"""Where people meet, eat and drink: a cafe, a restaurant, a bar."""

from typing import Any

import numpy as np
import skia

from generation_service.contract.shots import Place
from generation_service.previs.brush import Colour, fill, linear, mix, poly, smooth, stroke
from generation_service.previs.scenes.lamps import (
    candles,
    near_leaves,
    pendant,
    plant,
    sconce,
)
from generation_service.previs.scenes.light import Mood
from generation_service.previs.scenes.nature import Painter
from generation_service.previs.scenes.openings import door, outlook, sill, sunlight, window
from generation_service.previs.scenes.pieces import (
    chair,
    counter,
    disc,
    picture,
    round_table,
    shelf,
    stool,
    table,
)
from generation_service.previs.scenes.space import DARK, LAMP, WHITE, Room, seen
from generation_service.previs.scenes.surfaces import box_of, bricks, floor, full_panels, lit_wall, panels, walls

BOTTLES: tuple[str, ...] = ("#466e4a", "#96602c", "#c4beb2", "#3c465c", "#7a2f2c", "#b8923a")


def cup(r: Room, at: tuple[float, float, float]) -> None:
    """A cup on its saucer."""
    x, y, z = at
    disc(r, (x, y + 0.004, z), 0.075, r.tone("#e8e4da"))
    with r.facing(z, x, y) as plane:
        white = r.tone("#f4f0e8")
        plane.drawPath(smooth([(4, -6), (7.5, -5), (4, -2)], close=False), stroke(white, 1.2))
        body = poly([(-4.4, -7.5), (4.4, -7.5), (3.2, 0), (-3.2, 0)])
        plane.drawPath(body, fill(shader=linear((-4, 0), (4, 0), [(white, 1), (mix(white, DARK, 0.35), 1)])))


def cafe(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A cafe: windows on the street, a counter with cakes and a machine, bottles, a menu board, small tables."""
    r = Room((canvas, place, mood, rng), half=3.4, back=8.2, high=3.0)
    front, side = (-3.1, -0.4, 0.55, 2.45), (4.8, 7.6, 0.55, 2.45)
    outlook(r, low=30)
    walls(r, "#8d5f4c", side="#9a8570", ceiling="#8a7460", pattern=bricks, skirting="#4a342a")
    window(r, 0, front, bars=(3, 1), frame="#3a322c")
    window(r, -1, side, bars=(3, 1), frame="#3a322c")
    _menu(r)
    with r.facing(r.back - 0.02) as plane:
        shelf(plane, r, (40, -152, 310, -108), 1, "#6a4a34", goods=BOTTLES, wide=(6, 9))
    lit_wall(r, (1.8, 1.9), 1.8, 0.16 + 0.4 * mood.lamps, LAMP)
    floor(r, "#7d5840", mirror=0.05)
    sunlight(r, 0, front, bars=(3, 1))
    sunlight(r, -1, side, bars=(3, 1))
    canvas.layer(0.44)
    sill(r, front)
    plant(r, (-2.6, 0.55, 8.05), 0.5)
    counter(r, (0.35, 3.4, 0, 1.08, 6.9, 7.5), "#5c4032", "#b08a5c", panels=4)
    _machine(r, (2.5, 1.08, 7.2))
    _cakes(r, (1.1, 1.08, 7.0))
    for x in (0.7, 1.8, 2.9):
        pendant(r, (x, 2.05, 6.9), tone="#2f3a38", wide=0.17)
    canvas.layer(0.28)
    for x, z in ((-2.05, 6.9), (-1.1, 5.75), (2.35, 5.7)):
        chair(r, (x + 0.62, z + 0.1), "#7a5238", faces=-1)
        chair(r, (x - 0.62, z + 0.05), "#7a5238", faces=1)
        round_table(r, (x, z), 0.42, "#a87c54")
        cup(r, (x - 0.12, 0.745, z - 0.05))
        if z < 6:
            canvas.spot("steam", seen(x - 0.12, 0.83, z - 0.05), 60)
    for x, z in ((-2.05, 6.9), (-1.1, 5.75)):
        pendant(r, (x, 2.0, z), tone="#8a4a34", wide=0.2)
    near_leaves(r, 1690, 960, 300, way=-1)


def _menu(r: Room) -> None:
    """A board with the menu in chalk."""
    with r.wall(0) as wall:
        wall.drawRect(box_of(60, -262, 290, -176), fill(r.tone("#6a4a32")))
        wall.drawRect(box_of(64, -258, 286, -180), fill(r.tone("#2a2c2e")))
        for k in range(3):
            left = 74.0 + 72 * k
            wall.drawLine(left, -246, left + 44, -246, stroke((236, 214, 150), 3, 0.9))
            for j in range(4):
                y = -234.0 + 12 * j
                wall.drawLine(left, y, left + 24 + (k * 13 + j * 29) % 22, y, stroke((232, 232, 226), 1.8, 0.8))
                wall.drawLine(left + 52, y, left + 60, y, stroke((232, 232, 226), 1.8, 0.8))


def _machine(r: Room, at: tuple[float, float, float]) -> None:
    """An espresso machine with cups on top."""
    x, y, z = at
    steel = r.tone("#aeb4b8")
    r.box((x - 0.38, x + 0.38, y, y + 0.42, z - 0.2, z + 0.2), steel, edge=0.9)
    with r.facing(z - 0.2, x, y) as plane:
        plane.drawRect(box_of(-34, -14, 34, -2), fill(r.tone("#22242a")))
        for dx in (-18, 18):
            plane.drawRect(box_of(dx - 6, -20, dx + 6, -14), fill(r.tone("#5a5e62")))
            plane.drawLine(dx, -18, dx - 12, -14, stroke((24, 22, 22), 2.6))
        plane.drawCircle(0, -31, 5, fill(r.tone("#f0ede4")))
        plane.drawCircle(0, -31, 5, stroke(r.tone("#3a3c40"), 1))
        for k in range(6):
            plane.drawRect(box_of(-32 + 11 * k, -50, -24 + 11 * k, -42), fill(r.tone("#f2eee6")))


def _cakes(r: Room, at: tuple[float, float, float]) -> None:
    """A glass case with cakes, lit from inside."""
    x, y, z = at
    r.box((x - 0.5, x + 0.5, y, y + 0.04, z - 0.1, z + 0.25), r.tone("#6a4a34"), edge=0)
    with r.facing(z - 0.1, x, y) as plane:
        plane.drawRect(
            box_of(-50, -40, 50, 0),
            fill(shader=linear((0, -40), (0, 0), [((255, 232, 190), 0.75), ((150, 104, 70), 0.85)])),
        )
        for row, y0 in enumerate((-22.0, -3.0)):
            plane.drawLine(-48, y0, 48, y0, stroke(r.tone("#d8d4cc"), 1.4))
            for k in range(6):
                tone = r.tone(("#c88a4a", "#7a4a34", "#e6c8a0", "#c85a5a")[(k + row) % 4])
                plane.drawRRect(
                    skia.RRect.MakeRectXY(box_of(-44 + 15.5 * k, y0 - 9, -33 + 15.5 * k, y0 - 1), 3, 3), fill(tone)
                )
        plane.drawRect(box_of(-50, -40, 50, 0), stroke((240, 246, 248), 1.2, 0.8))
        plane.drawLine(-40, -36, -22, -4, stroke((255, 255, 255), 3, 0.35))


def restaurant(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A restaurant: laid tables with candles, wall lamps, pictures, a window on the street."""
    r = Room((canvas, place, mood, rng), half=3.3, back=8.4, high=2.9)
    side = (4.9, 7.4, 0.6, 2.4)
    outlook(r, low=30)
    walls(r, ("#7a3f3a", "#3f5a52", "#5a4a62")[place.seed % 3], ceiling="#cfc4b0", pattern=panels, skirting="")
    window(r, -1, side, bars=(3, 2), frame="#3a2c24")
    for x in (-2.5, 0.0, 2.5):
        sconce(r, 0, (x, 1.8))
    for k, x in enumerate((-1.7, 0.75)):
        picture(r, 0, (x, x + 0.95, 1.5, 2.15), "#8a6a3a", art=k)
    door(r, 1, 7.0, "#4a3226")
    floor(r, "#6d4a36", mirror=0.06)
    sunlight(r, -1, side, bars=(3, 2))
    for depth, row in ((0.44, ((-2.0, 7.4), (0.1, 7.5), (2.1, 7.4))), (0.28, ((-2.1, 5.9), (2.2, 5.9)))):
        canvas.layer(depth)
        for x, z in row:
            chair(r, (x - 0.78, z), "#4a3024", faces=1)
            chair(r, (x + 0.78, z), "#4a3024", faces=-1)
            table(r, (x, z), (0.95, 0.8, 0.75), "#7a5238", cloth="#f0ebe0")
            candles(r, (x, 0.75, z), 1)
            for dx in (-0.28, 0.28):
                disc(r, (x + dx, 0.755, z - 0.08), 0.11, mix(r.tone("#ffffff"), DARK, 0.05))
                _glass(r, (x + dx * 0.55, 0.75, z + 0.12))
    canvas.layer(0.2)
    plant(r, (2.95, 0, 6.6), 1.2)
    for x, z in ((-2.1, 5.9), (2.2, 5.9), (0.1, 7.5)):
        r.glow((x, 1.0, z), 1.0, alpha=0.16 + 0.2 * mood.lamps)


def _glass(r: Room, at: tuple[float, float, float]) -> None:
    """A wine glass."""
    x, y, z = at
    with r.facing(z, x, y) as plane:
        plane.drawLine(0, -1, 0, -9, stroke((226, 232, 236), 0.8, 0.9))
        plane.drawPath(
            smooth([(-3.2, -18), (-3.6, -13), (0, -9), (3.6, -13), (3.2, -18)], tension=0.6), fill((226, 236, 240), 0.5)
        )
        plane.drawPath(smooth([(-3.4, -14), (0, -9), (3.4, -14)], tension=0.6), fill(r.tone("#7a1f2c"), 0.9))


def bar(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A bar: a long counter with stools, bottles lit from behind, a mirror, a neon sign, booths along the side."""
    r = Room((canvas, place, mood, rng), half=3.2, back=7.8, high=2.9, sun=1)
    side = (5.2, 7.0, 1.0, 2.2)
    outlook(r, low=30)
    walls(r, "#6a4636", ceiling="#3c2e28", pattern=full_panels, skirting="")
    window(r, 1, side, bars=(2, 1), frame="#2c221c")
    _back_bar(r)
    _neon(r)
    floor(r, "#5a4030", mirror=0.1)
    sunlight(r, 1, side, bars=(2, 1))
    canvas.layer(0.42)
    counter(r, (-3.2, 1.6, 0, 1.1, 6.4, 6.95), "#4a2f22", "#8a5c3a", panels=7)
    with r.facing(6.38) as plane:
        plane.drawLine(-320, -18, 160, -18, stroke(r.tone("#c8a050"), 4))
    for k, x in enumerate((-2.75, -1.2, 0.4, 1.2)):
        with r.facing(6.6, x, 1.1) as plane:
            tone = r.tone(BOTTLES[k % len(BOTTLES)])
            plane.drawRRect(skia.RRect.MakeRectXY(box_of(-4, -20, 4, 0), 2, 2), fill(tone))
            plane.drawRect(box_of(-1.4, -29, 1.4, -19), fill(tone))
    _taps(r, (-0.5, 1.1, 6.7))
    for x in (-2.4, -0.95, 0.5):
        stool(r, (x, 6.0), "#7a2f2c")
        pendant(r, (x, 1.95, 6.5), tone="#7a5a2c", wide=0.16)
    canvas.layer(0.26)
    _booth(r)


def _back_bar(r: Room) -> None:
    """Shelves of bottles with light behind them."""
    on = 0.45 + 0.55 * r.mood.lamps
    with r.wall(0) as wall:
        wall.drawRect(box_of(-290, -245, 130, -96), fill(r.tone("#2c1e18")))
        glow = linear(
            (0, -245), (0, -96), [((255, 190, 96), 0.85 * on), ((200, 110, 44), 0.6 * on), ((255, 176, 84), 0.75 * on)]
        )
        wall.drawRect(box_of(-284, -239, 124, -100), fill(shader=glow))
        for row, y in enumerate((-196.0, -150.0, -103.0)):
            x = -278.0
            while x < 112:
                w, h = float(r.rng.uniform(6, 9)), float(r.rng.uniform(24, 37))
                tone = mix(r.tone(BOTTLES[int(r.rng.integers(len(BOTTLES)))]), (255, 190, 96), 0.22 * on)
                ramp = [(mix(tone, WHITE, 0.45), 1), (tone, 1), (mix(tone, DARK, 0.5), 1)]
                body = skia.RRect.MakeRectXY(box_of(x, y - 0.66 * h, x + w, y), 1.6, 1.6)
                wall.drawRRect(body, fill(shader=linear((x, 0), (x + w, 0), ramp)))
                wall.drawRect(box_of(x + 0.34 * w, y - h, x + 0.66 * w, y - 0.6 * h), fill(tone))
                wall.drawRect(box_of(x + 0.5, y - 0.45 * h, x + w - 0.5, y - 0.2 * h), fill(r.tone("#e8dcc0"), 0.75))
                x += w + float(r.rng.uniform(1.5, 4))
            wall.drawRect(box_of(-290, y, 130, y + 4 + row % 2), fill(r.tone("#5a3a28")))
    for x in (-2.2, -0.8, 0.6):
        r.glow((x, 1.7, r.back - 0.1), 1.3, alpha=0.28 * on, tone=(255, 180, 90))


def _neon(r: Room) -> None:
    """A glass of light on the wall."""
    tone: Colour = ((255, 84, 140), (84, 200, 255), (255, 150, 60))[r.place.seed % 3]
    lines = (
        [(172, -226), (236, -226), (204, -188), (172, -226)],
        [(204, -188), (204, -156)],
        [(186, -154), (222, -154)],
    )
    with r.wall(0) as wall:
        for wide, alpha, soft in ((10, 0.5, 5.0), (3.6, 1.0, 0.0), (1.4, 1.0, 0.0)):
            colour = tone if wide > 2 else (255, 244, 250)
            for line in lines:
                wall.drawPath(poly(line, close=False), stroke(colour, wide, alpha, blur=soft))
    r.glow((2.04, 1.95, r.back), 1.5, alpha=0.4, tone=tone)


def _taps(r: Room, at: tuple[float, float, float]) -> None:
    x, y, z = at
    with r.facing(z, x, y) as plane:
        brass = r.tone("#d0a85c")
        plane.drawLine(0, 0, 0, -20, stroke(brass, 4.6))
        plane.drawLine(-16, -20, 16, -20, stroke(brass, 4.6))
        for dx in (-14, 0, 14):
            plane.drawLine(dx, -20, dx, -34, stroke((30, 24, 22), 3))
            plane.drawLine(dx, -18, dx, -12, stroke(brass, 2))


def _booth(r: Room) -> None:
    """A booth in leather with its table on the right."""
    hide = r.tone("#6a2c28")
    r.shade(2.3, 5.9, (0.9, 0.8), dark=0.5)
    r.box((1.75, 3.2, 0, 1.2, 6.3, 6.5), hide)
    r.box((1.75, 3.2, 0, 0.46, 5.9, 6.3), mix(hide, DARK, 0.1), edge=0.5)
    with r.facing(6.3) as plane:
        for k in range(6):
            plane.drawLine(188 + 24 * k, -114, 188 + 24 * k, -50, stroke(mix(hide, DARK, 0.5), 1.6, 0.8))
    table(r, (2.5, 5.5), (1.2, 0.7, 0.76), "#7a4f34")
    candles(r, (2.45, 0.76, 5.5), 1)


PUBLICS: dict[str, Painter] = {"cafe": cafe, "restaurant": restaurant, "bar": bar}
