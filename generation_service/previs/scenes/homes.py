"""Where people live: a living room, a bedroom, a kitchen, a bathroom, a cottage."""

from typing import Any

import numpy as np
import skia

from generation_service.contract.shots import Place
from generation_service.previs.brush import Colour, fill, linear, mix, oval, smooth, stroke
from generation_service.previs.scenes.lamps import (
    candles,
    near_leaves,
    pendant,
    plant,
    standing_lamp,
    table_lamp,
)
from generation_service.previs.scenes.light import Mood
from generation_service.previs.scenes.nature import Painter
from generation_service.previs.scenes.openings import door, drapes, outlook, sill, sunlight, window
from generation_service.previs.scenes.pieces import (
    bed,
    bookcase,
    chair,
    clock,
    cupboards,
    picture,
    shelf,
    sofa,
    table,
)
from generation_service.previs.scenes.space import DARK, LAMP, WHITE, Room
from generation_service.previs.scenes.surfaces import box_of, floor, lit_wall, paper, planks, rug, tiled, walls

# The same quilts and sofas that people sit on: see generation_service.previs.cast.seats.
QUILTS: tuple[Colour, ...] = ((196, 186, 172), (92, 108, 128), (128, 74, 78))
SOFA: Colour = (86, 104, 112)


def room(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A lived-in room: windows, curtains, a sofa under pictures, books, a lamp, a rug; a hearth where there is fire."""
    r = Room((canvas, place, mood, rng), half=2.9, back=7.4, high=2.75)
    wall = ("#b9a58c", "#93a299", "#b09389", "#8591a6", "#c4b59a")[place.seed % 5]
    pane = (4.9, 6.7, 0.75, 2.25)
    back_pane = (-0.55, 0.75, 0.95, 2.2)
    outlook(r)
    walls(r, wall, pattern=paper)
    window(r, -1, pane, bars=(2, 2))
    window(r, 0, back_pane, bars=(2, 2))
    door(r, 1, 6.2, "#e2d9c8")
    picture(r, 1, (4.5, 5.3, 1.35, 1.95), art=3)
    lit_wall(r, (1.5, 1.5), 1.9, 0.42 * mood.lamps, LAMP)
    if "fire" not in place.elements:
        picture(r, 0, (1.25, 1.85, 1.45, 1.95), art=1)
        picture(r, 0, (1.98, 2.4, 1.5, 2.02), art=2)
    floor(r, "#8a5f41")
    rug(r, 0.2, 5.6, (3.2, 2.0), ("#8a3f3a", "#3f5a6e", "#6a6a4a")[place.seed % 3])
    sunlight(r, -1, pane)
    drapes(r, -1, pane, ((182, 170, 150), (140, 74, 68), (82, 104, 120))[place.seed % 3])
    canvas.layer(0.42)
    sill(r, back_pane)
    if "fire" in place.elements:
        hearth(r, -1.75)
    else:
        bookcase(r, (-2.5, -1.3, 0.0, 2.05, 7.02, 7.4), 5)
    plant(r, (-0.95, 0, 7.0), 0.95)
    sofa(r, (1.35, 6.75), 2.05, r.tone(SOFA), ("#c4884e", "#b8b09a"))
    standing_lamp(r, (2.62, 6.7))
    r.pool(1.5, 6.0, 2.0, alpha=0.28 * mood.lamps)
    canvas.layer(0.2)
    table(r, (-1.95, 5.9), (0.6, 0.6, 0.55), "#7a5236")
    table_lamp(r, (-1.95, 0.55, 5.9))
    near_leaves(r, -60, 960, 330)


def hearth(r: Room, x: float) -> None:
    """A fireplace with a fire in it against the back wall."""
    stone, z = r.tone("#a08f7e"), r.back
    r.box((x - 0.6, x + 0.6, 1.2, r.high, z - 0.3, z), mix(stone, WHITE, 0.12))
    r.box((x - 0.8, x + 0.8, 0.0, 1.15, z - 0.42, z), stone)
    r.box((x - 0.92, x + 0.92, 1.12, 1.22, z - 0.52, z), r.tone("#5c3e2c"), edge=0.7)
    r.box((x - 0.9, x + 0.9, 0.0, 0.06, z - 0.75, z - 0.42), mix(stone, DARK, 0.3))
    with r.facing(z - 0.42, x) as plane:
        for row in range(6):
            for k in range(-4, 5):
                left = 20.0 * k - 10 * (row % 2)
                plane.drawRect(
                    box_of(left, -20 * row - 19, left + 19, -20 * row - 1), stroke(mix(stone, DARK, 0.4), 0.8, 0.5)
                )
        plane.drawRRect(skia.RRect.MakeRectXY(box_of(-45, -84, 45, -4), 22, 22), fill((20, 13, 12)))
        for a, b in ((-30, 22), (-22, 30)):
            plane.drawLine(a, -8, b, -16, stroke((60, 38, 26), 8))
    r.glow((x, 0.35, z - 0.5), 1.9, alpha=0.55, tone=(255, 150, 70))
    r.pool(x, z - 1.1, 1.7, alpha=0.5, tone=(255, 150, 70))
    s = r.at(x, 0.06, z - 0.42)
    r.canvas.spot("fire", s, 165)


def cottage(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A cottage: timber walls and beams, a hearth with a fire, a little window, a dresser, a table with candles."""
    r = Room((canvas, place, mood, rng), half=2.7, back=7.0, high=2.45, sun=1)
    pane = (0.75, 1.75, 1.05, 1.95)
    outlook(r, city=False)
    walls(r, "#8d6748", ceiling="#7a5a40", pattern=planks, skirting="")
    for z in (2.2, 3.6, 5.0, 6.3):
        r.box((-2.7, 2.7, 2.22, 2.45, z, z + 0.2), r.tone("#5a3d29"))
    window(r, 0, pane, bars=(2, 2), frame="#b09068")
    side_pane = (4.7, 5.7, 1.0, 1.9)
    window(r, 1, side_pane, frame="#b09068")
    door(r, -1, 5.0, "#6b4a31")
    floor(r, "#7a563b")
    rug(r, -0.2, 5.5, (2.6, 1.7), "#7f3b33", round_=True)
    sunlight(r, 1, side_pane)
    canvas.layer(0.42)
    sill(r, pane)
    hearth(r, -1.1)
    cupboards(r, (2.0, 2.65, 0.0, 0.9, 6.4, 7.0), 2, r.tone("#6e4c34"))
    with r.facing(6.6) as plane:
        shelf(
            plane,
            r,
            (200, -190, 262, -96),
            3,
            "#6e4c34",
            goods=("#c9c0ac", "#8a9aa0", "#b07a4a", "#d8cdb4"),
            wide=(7, 13),
        )
    r.glow((-1.1, 0.8, 6.3), 2.6, alpha=0.3 * mood.lamps, tone=(255, 160, 84))
    canvas.layer(0.24)
    table(r, (1.7, 5.9), (1.3, 0.8, 0.75), "#7d5639")
    chair(r, (1.0, 5.9), "#6b482f", faces=1)
    candles(r, (1.7, 0.75, 5.85))
    pendant(r, (0.2, 1.98, 5.6), tone="#4a3a2c", wide=0.17)


def bedroom(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A bed with a quilt, night tables with lamps, a window with curtains, a wardrobe."""
    r = Room((canvas, place, mood, rng), half=2.8, back=7.5, high=2.7)
    pane = (4.9, 6.6, 0.8, 2.2)
    outlook(r)
    walls(r, ("#9aa2ac", "#b59c92", "#97a294", "#a8a0b4")[place.seed % 4], pattern=paper)
    window(r, -1, pane)
    picture(r, 0, (0.25, 1.35, 1.55, 2.15), art=4)
    picture(r, 0, (-1.95, -1.5, 1.3, 1.85), art=5)
    for x in (-0.45, 2.05) if "no bed" not in place.elements else (2.05,):
        lit_wall(r, (x, 1.05), 1.5, 0.55 * mood.lamps, LAMP)
    floor(r, "#80604a")
    quilt = r.tone(QUILTS[place.seed % 3])
    rug(r, 0.5, 5.3, (3.4, 1.5), "#a08a78")
    sunlight(r, -1, pane)
    drapes(r, -1, pane, QUILTS[place.seed % 3])
    canvas.layer(0.4)
    r.shade(2.5, 5.6, (0.5, 0.8))
    cupboards(r, (2.25, 2.8, 0.0, 2.15, 5.2, 6.4), 1, r.tone("#6d4e3a"))
    chair(r, (-2.1, 6.9), "#7c5a40", faces=1)
    made = "no bed" not in place.elements
    if made:
        bed(r, (0.8, 6.4), 1.7, quilt, ("#5f4331", "#ece8e2"))
    for x in (-0.45, 2.05) if made else (2.05,):
        cupboards(r, (x - 0.25, x + 0.25, 0.0, 0.52, 6.95, 7.4), 1, r.tone("#6b4b37"), rows=2)
        table_lamp(r, (x, 0.52, 7.1))
    r.pool(0.8, 6.2, 2.2, alpha=0.2 * mood.lamps)
    canvas.layer(0.2)
    plant(r, (-2.35, 0, 5.9), 0.8)


def kitchen(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A kitchen: units along the back under a window, tiles, a stove with a kettle, a table with chairs, a fridge."""
    r = Room((canvas, place, mood, rng), half=2.75, back=7.2, high=2.6)
    pane, back_pane = (4.8, 6.0, 1.0, 2.1), (-0.75, 0.55, 1.12, 2.05)
    wood = r.tone(((112, 134, 128), (148, 108, 78), (112, 122, 142))[place.seed % 3])
    outlook(r, city=False)
    walls(r, "#d6cbb2", ceiling="#ece6da")
    with r.wall(0) as wall:
        wall.save()
        wall.clipRect(box_of(-275, -150, 275, -88))
        tiled(wall, (-275, 275, 150), r.tone("#dfe3dc"), rng)
        wall.restore()
    window(r, 0, back_pane)
    window(r, -1, pane)
    clock(r, 1, (5.6, 2.0))
    floor(r, "#b8a68c", "checks", mirror=0.06)
    sunlight(r, -1, pane)
    canvas.layer(0.42)
    r.shade(0, 6.55, (2.9, 0.3), dark=0.6)
    cupboards(r, (-2.75, 2.75, 0.1, 0.88, 6.6, 7.2), 9, wood)
    r.box((-2.75, 2.75, 0.88, 0.93, 6.56, 7.2), r.tone("#b58a5e"), edge=0.9)
    _sink(r)
    for left, right in ((-2.75, -0.98), (1.55, 2.75)):
        cupboards(r, (left, right, 1.5, 2.3, 6.86, 7.2), 3 if left < 0 else 2, wood)
    _stove(r, 1.08)
    for k, x in enumerate((-2.5, -2.32, -2.16, -1.5, -1.3)):
        tone = r.tone(("#b05c3c", "#d6be8c", "#788c60", "#e2dcce")[k % 4])
        r.box((x - 0.06, x + 0.06, 0.93, 1.08 + 0.05 * (k % 3), 6.85, 6.95), tone)
    plant(r, (0.72, 0.93, 6.95), 0.34)
    cupboards(r, (2.1, 2.75, 0.0, 1.85, 5.6, 6.3), 1, r.tone("#d4d6d2"), rows=2)
    canvas.layer(0.24)
    table(r, (-1.75, 5.75), (1.3, 0.85, 0.75), "#a87b52")
    _fruit(r, (-1.8, 0.75, 5.7))
    chair(r, (-0.85, 5.85), "#8a6240", faces=-1)
    chair(r, (-1.9, 6.35), "#8a6240")
    for x in (-1.75, 0.2):
        pendant(r, (x, 1.86, 5.8))


def _sink(r: Room) -> None:
    """A tap and a basin under the window."""
    with r.level(0.932) as top:
        top.drawRect(box_of(-40, -700, 20, -668), fill(r.tone("#8d969c")))
        top.drawRect(box_of(-37, -698, 17, -676), fill(mix(r.tone("#5f686e"), DARK, 0.2)))
    with r.facing(7.05, -0.1, 0.93) as plane:
        plane.drawPath(
            smooth([(0, 0), (0, -20), (6, -27), (13, -22), (13, -16)], close=False), stroke(r.tone("#c6ccd0"), 2.4)
        )


def _stove(r: Room, x: float) -> None:
    """A dark stove with a kettle that steams, under a hood."""
    iron, z = r.tone("#3a3c42"), 6.54
    r.box((x - 0.32, x + 0.32, 0.06, 0.94, z, 7.2), iron, edge=0.9)
    with r.facing(z, x) as plane:
        plane.drawRect(box_of(-26, -66, 26, -22), fill((16, 14, 16)))
        plane.drawRect(box_of(-26, -66, 26, -22), stroke(mix(iron, WHITE, 0.4), 1.2))
        plane.drawLine(-24, -72, 24, -72, stroke(r.tone("#b8bcc0"), 2.2))
        for k in range(5):
            plane.drawCircle(-22 + 11 * k, -82, 2.6, fill(r.tone("#c8ccd0")))
    r.box((x - 0.3, x + 0.3, 1.62, 1.72, 6.72, 7.2), r.tone("#a2a6aa"))
    r.box((x - 0.16, x + 0.16, 1.72, 2.6, 6.9, 7.2), r.tone("#8e9296"))
    kettle(r, (x - 0.12, 0.94, 6.8))
    r.canvas.spot("steam", r.at(x + 0.02, 1.12, 6.8), 60)


def kettle(r: Room, at: tuple[float, float, float]) -> None:
    """A kettle of copper, as large as kettles are."""
    x, y, z = at
    metal = r.tone("#c26a48")
    with r.facing(z, x, y) as plane:
        ramp = [(mix(metal, WHITE, 0.5), 1), (metal, 1), (mix(metal, DARK, 0.5), 1)]
        plane.drawPath(smooth([(8, -8), (13, -12), (15, -16)], close=False), stroke(mix(metal, DARK, 0.3), 2.6))
        body = smooth([(-9, 0), (-11, -7), (-6, -14), (0, -15.5), (6, -14), (11, -7), (9, 0)])
        plane.drawPath(body, fill(shader=linear((-11, 0), (11, 0), ramp)))
        plane.drawPath(smooth([(-6, -14), (-4, -22), (4, -22), (6, -14)], close=False), stroke((30, 26, 26), 1.6))


def _fruit(r: Room, at: tuple[float, float, float]) -> None:
    """A bowl with fruit."""
    x, y, z = at
    with r.facing(z, x, y) as plane:
        for k, tone in enumerate(("#c8452e", "#d8a02e", "#c8452e", "#7a9a3a")):
            dx = -9.0 + 6 * k
            lit = r.tone(tone)
            plane.drawCircle(
                dx,
                -10 - (k % 2) * 2,
                5,
                fill(shader=linear((dx - 4, -15), (dx + 4, -5), [(mix(lit, WHITE, 0.3), 1), (mix(lit, DARK, 0.3), 1)])),
            )
        bowl = smooth([(-17, -9), (-10, -1), (10, -1), (17, -9)], tension=0.7)
        plane.drawPath(bowl, fill(shader=linear((-17, 0), (17, 0), [(r.tone("#e8e4da"), 1), (r.tone("#8e8a84"), 1)])))


def bathroom(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A bathroom: tiles, a basin under a lit mirror, a tub under a frosted window, towels."""
    r = Room((canvas, place, mood, rng), half=2.2, back=6.9, high=2.6, sun=-1)
    pane = (4.7, 5.8, 1.3, 2.1)
    outlook(r, city=False)
    walls(r, ("#cfe0de", "#d9d4cc", "#c6d3de")[place.seed % 3], ceiling="#eef0ee", pattern=tiled, skirting="")
    window(r, -1, pane)
    _mirror(r)
    door(r, 1, 5.9, "#e8e6e0")
    lit_wall(r, (0.65, 1.7), 1.9, 0.16 + 0.45 * mood.lamps, (255, 240, 218))
    floor(r, "#9fb0b2", "checks", mirror=0.14)
    sunlight(r, -1, pane)
    rug(r, 0.2, 5.7, (1.3, 0.8), "#5f8a94")
    canvas.layer(0.4)
    white = r.tone("#f0f1ee")
    r.shade(0.65, 6.55, (0.6, 0.3))
    cupboards(r, (0.1, 1.2, 0.12, 0.80, 6.42, 6.9), 2, r.tone("#7d6a58"))
    r.box((0.06, 1.24, 0.80, 0.87, 6.36, 6.9), white, edge=0.9)
    with r.facing(6.7, 0.65, 0.87) as plane:
        plane.drawPath(smooth([(0, 0), (0, -12), (5, -16), (10, -12)], close=False), stroke(r.tone("#c2c8cc"), 2.2))
    plant(r, (1.12, 0.87, 6.75), 0.3)
    r.shade(-1.4, 5.9, (0.9, 1.0))
    r.box((-2.2, -1.15, 0.08, 0.62, 5.0, 6.9), white, edge=0.8)
    with r.level(0.622) as top:
        top.drawRRect(
            skia.RRect.MakeRectXY(box_of(-206, -678, -128, -512), 22, 22), fill(mix(white, (60, 110, 122), 0.55))
        )
    _towel(r)


def _mirror(r: Room) -> None:
    """A mirror with a row of bulbs."""
    on = 0.3 + 0.7 * r.mood.lamps
    with r.wall(0) as wall:
        frame = box_of(12, -202, 118, -112)
        wall.drawRect(frame, fill(r.tone("#e8e2d4")))
        ramp = [(r.tone("#8fa6ae"), 1), (r.tone("#dfeaec"), 1), (r.tone("#9fb4ba"), 1)]
        wall.drawRect(box_of(17, -197, 113, -117), fill(shader=linear((17, -197), (113, -117), ramp)))
        for k in range(5):
            wall.drawOval(oval(21 + 22 * k, -210, 4.4, 4.4), fill(mix(r.tone("#cfc8b8"), (255, 250, 232), on)))
    r.glow((0.65, 2.08, r.back), 1.3, alpha=0.5 * on, tone=(255, 240, 214))


def _towel(r: Room) -> None:
    """Towels on a rail at the back wall."""
    with r.facing(r.back - 0.03) as plane:
        plane.drawLine(-108, -142, -22, -142, stroke(r.tone("#c2c8cc"), 2.4))
        for left, name, long in ((-98, "#c8785a", 62), (-60, "#e8e0d0", 48)):
            tone = r.tone(name)
            ramp = [(mix(tone, WHITE, 0.2), 1), (tone, 1), (mix(tone, DARK, 0.3), 1)]
            plane.drawRect(
                box_of(left, -143, left + 32, -143 + long), fill(shader=linear((left, 0), (left + 32, 0), ramp))
            )


HOMES: dict[str, Painter] = {
    "room": room,
    "cottage": cottage,
    "bedroom": bedroom,
    "kitchen": kitchen,
    "bathroom": bathroom,
}
