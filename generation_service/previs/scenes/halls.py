"""Where people work: a floor of offices, a detective's den, a laboratory."""

from typing import Any

import numpy as np
import skia

from generation_service.contract.shots import Place
from generation_service.previs.brush import fill, linear, mix, oval, poly, smooth, stroke
from generation_service.previs.scenes.lamps import (
    panel_light,
    plant,
    table_lamp,
)
from generation_service.previs.scenes.light import Mood
from generation_service.previs.scenes.nature import Painter
from generation_service.previs.scenes.openings import blinds, door, outlook, sunlight, window
from generation_service.previs.scenes.pieces import (
    GOODS,
    bookcase,
    cupboards,
    padded,
    picture,
    shelf,
    stool,
)
from generation_service.previs.scenes.space import DARK, WHITE, Room
from generation_service.previs.scenes.surfaces import (
    box_of,
    floor,
    lit_wall,
    panels,
    rug,
    walls,
)

# Where people sit at the desks of an office, far row first: x and z in metres.
OFFICE_DESKS = ((-2.2, 8.05), (-0.1, 8.05), (2.0, 8.05), (-2.4, 6.05), (2.3, 6.05))


def screen(r: Room, at: tuple[float, float, float], *, wide: float = 0.56) -> None:
    """A monitor that faces the camera, standing at (x, y, z), with a few windows on it."""
    x, y, z = at
    half, tall = 50 * wide, 34.0 * wide / 0.56
    with r.facing(z, x, y) as plane:
        plane.drawRect(box_of(-9, -3, 9, 0), fill(r.tone("#2c2e34")))
        plane.drawRect(box_of(-2.5, -14, 2.5, -2), fill(r.tone("#34363c")))
        plane.drawRRect(skia.RRect.MakeRectXY(box_of(-half, -12 - tall, half, -11), 2, 2), fill((22, 24, 30)))
        glass = box_of(-half + 1.6, -10.4 - tall, half - 1.6, -13)
        plane.drawRect(
            glass, fill(shader=linear((-half, -tall), (half, 0), [((150, 200, 232), 1), ((58, 104, 156), 1)]))
        )
        for k in range(4):
            line = box_of(
                -half + 5, -6 - tall + 6 * k, -half + 12 + 30 * ((k * 5 + int(abs(x) * 7)) % 4) / 4, -4 - tall + 6 * k
            )
            plane.drawRect(line, fill((232, 244, 255), 0.75))


def desk(r: Room, at: tuple[float, float], *, wide: float = 1.5, screens: int = 1) -> None:
    """An office desk seen from the front: panel, drawers, screen, papers, the chair behind it."""
    x, z = at
    wood, dark = r.tone("#bfa486"), r.tone("#3c4148")
    r.shade(x, z, (0.62 * wide, 0.5), dark=0.45)
    padded(r, (x - 0.26, 0.5, x + 0.26, 1.12), z + 0.75, dark, 9)
    r.box((x - wide / 2, x - wide / 2 + 0.4, 0, 0.70, z - 0.32, z + 0.35), mix(wood, DARK, 0.28))
    r.box((x + wide / 2 - 0.06, x + wide / 2, 0, 0.70, z - 0.35, z + 0.35), mix(wood, DARK, 0.3))
    r.box((x - wide / 2 + 0.4, x + wide / 2 - 0.06, 0.25, 0.70, z + 0.1, z + 0.14), mix(wood, DARK, 0.45))
    r.box((x - wide / 2, x + wide / 2, 0.70, 0.745, z - 0.38, z + 0.38), wood, edge=0.8)
    for k in range(screens):
        screen(r, (x + (k - (screens - 1) / 2) * 0.62, 0.745, z + 0.1))
    r.box((x + 0.42, x + 0.64, 0.745, 0.76, z - 0.15, z + 0.15), r.tone("#eceae2"), edge=0)
    r.box((x - 0.58, x - 0.5, 0.745, 0.845, z - 0.1, z - 0.02), r.tone(GOODS[int(abs(x) * 10 + z) % len(GOODS)]))


def swivel_back(r: Room, at: tuple[float, float]) -> None:
    """An office chair from behind: its padded back over one leg."""
    x, z = at
    dark = r.tone("#3c4148")
    r.box((x - 0.03, x + 0.03, 0.06, 0.5, z - 0.03, z + 0.03), mix(dark, WHITE, 0.3))
    r.box((x - 0.28, x + 0.28, 0.03, 0.08, z - 0.04, z + 0.04), mix(dark, DARK, 0.3))
    r.box((x - 0.24, x + 0.24, 0.42, 0.50, z - 0.22, z + 0.22), dark)
    padded(r, (x - 0.23, 0.52, x + 0.23, 0.98), z - 0.24, dark, 9)


def office(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A floor of desks before glass: city view, light panels, rows of screens, a glazed meeting room."""
    r = Room((canvas, place, mood, rng), half=4.0, back=10.2, high=2.9, sun=0)
    glass = (-3.7, 3.7, 0.45, 2.6)
    side = (5.0, 9.4, 0.45, 2.6)
    outlook(r, low=110)
    walls(r, "#c9cfd2", ceiling="#dfe3e4", skirting="#8a9096")
    window(r, 0, glass, bars=(6, 1), frame="#8e969c")
    window(r, -1, side, bars=(4, 1), frame="#8e969c")
    _meeting_room(r)
    for x in (-2.4, 0.0, 2.4):
        for z in (3.4, 5.6, 7.8):
            panel_light(r, (x, z), (0.7, 1.1))
    floor(r, "#7a828a", "carpet", mirror=0.0)
    sunlight(r, 0, glass, bars=(6, 1))
    sunlight(r, -1, side, bars=(4, 1))
    canvas.layer(0.48)
    for x, z in OFFICE_DESKS[:3]:
        desk(r, (x, z + 0.75))
    plant(r, (-3.5, 0, 9.6), 1.2, pot="#d8d8d4")
    canvas.layer(0.34)
    for x, z in OFFICE_DESKS[3:]:
        desk(r, (x, z + 0.75), screens=2, wide=1.7)
    plant(r, (0.2, 0, 7.3), 0.9, pot="#d8d8d4", seed=3)
    canvas.layer(-0.35)
    _near_desk(r)


def _meeting_room(r: Room) -> None:
    """A glazed corner on the right with a lit screen in it."""
    with r.wall(1) as wall:
        wall.drawRect(
            box_of(500, -250, 950, -4),
            fill(shader=linear((500, -250), (950, -4), [((226, 238, 244), 0.5), ((130, 160, 176), 0.45)])),
        )
        for u in (500, 610, 720, 830, 950):
            wall.drawLine(u, -250, u, 0, stroke(r.tone("#5c646a"), 3.4))
        wall.drawRect(box_of(500, -140, 950, -96), fill((244, 248, 250), 0.5))
        wall.drawRect(box_of(640, -196, 800, -150), fill((120, 190, 226), 0.9))


def _near_desk(r: Room) -> None:
    """The corner of a near desk, out of focus."""
    tone = mix(r.tone("#a98d70"), DARK, 0.35)
    r.canvas.drawPath(poly([(-500, 842), (96, 842), (10, 1000), (-500, 1000)]), fill(tone, blur=5))
    r.canvas.drawRRect(skia.RRect.MakeRectXY(box_of(-190, 640, 34, 800), 8, 8), fill((20, 22, 28), blur=5))
    r.canvas.drawRect(box_of(-80, 796, -50, 846), fill((24, 26, 32), blur=5))


def den(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A private office: panelled walls, blinds that stripe the light, a desk lamp, files, a coat stand."""
    r = Room((canvas, place, mood, rng), half=2.7, back=7.5, high=2.8)
    pane, side = (-0.5, 1.3, 0.85, 2.25), (5.0, 6.4, 0.9, 2.2)
    outlook(r)
    walls(r, "#8f8672", ceiling="#a89e8a", pattern=panels, skirting="")
    window(r, 0, pane, bars=(2, 1), frame="#5a4030", sun=False)
    window(r, -1, side, bars=(1, 1), frame="#5a4030")
    blinds(r, 0, pane)
    blinds(r, -1, side)
    door(r, 1, 6.0, "#5f4330", glass=True)
    picture(r, 0, (-2.3, -1.75, 1.5, 2.1), art=1)
    picture(r, 0, (-1.6, -1.1, 1.55, 1.95), art=2)
    with r.wall(0) as wall:
        _map(wall, r, (165, -215, 250, -140))
    lit_wall(r, (-1.2, 1.1), 2.4, 0.62 * mood.lamps, (255, 206, 140))
    lit_wall(r, (1.5, 1.7), 2.2, 0.34 * mood.lamps, (255, 216, 160))
    floor(r, "#6a4a35")
    rug(r, 0.0, 5.0, (2.8, 1.9), "#6e3230")
    sunlight(r, -1, side, bars=(1, 1), slats=True)
    canvas.layer(0.42)
    for k, x in enumerate((1.65, 2.2)):
        cupboards(r, (x, x + 0.5, 0, 1.32, 6.95, 7.5), 1, r.tone("#5c6660"), rows=4)
        r.box((x + 0.06, x + 0.4, 1.32, 1.44 + 0.06 * k, 7.05, 7.4), r.tone("#b8a888"))
    bookcase(r, (-2.65, -1.95, 0, 1.25, 7.15, 7.5), 3)
    _coat_stand(r, (2.45, 6.2))
    canvas.layer(0.26)
    if "no desk" not in place.elements:
        _old_desk(r)


def _old_desk(r: Room) -> None:
    """A heavy desk, a padded chair behind it, a green lamp on it."""
    padded(r, (-1.5, 0.5, -0.9, 1.25), 6.75, r.tone("#4a2c22"), 12)
    wood = r.tone("#6b4630")
    r.shade(-1.2, 6.0, (1.1, 0.5), dark=0.55)
    r.box((-2.1, -0.3, 0, 0.72, 5.75, 6.45), mix(wood, DARK, 0.14))
    r.box((-2.18, -0.22, 0.72, 0.78, 5.68, 6.5), wood, edge=0.9)
    table_lamp(r, (-1.75, 0.78, 6.0), green=True)
    r.box((-1.35, -1.0, 0.78, 0.80, 5.85, 6.15), r.tone("#e8e0cc"), edge=0)
    r.box((-0.75, -0.5, 0.78, 0.88, 5.95, 6.15), r.tone("#1e1c1e"))
    r.pool(-1.2, 5.3, 1.5, alpha=0.2 * r.mood.lamps)


def _map(wall: object, r: Room, box: tuple[float, float, float, float]) -> None:
    """A pinned map with notes and red thread."""
    plane: Any = wall
    left, top, right, low = box
    plane.drawRect(box_of(*box), fill(r.tone("#b08a5c")))
    for k in range(9):
        x, y = left + 6 + (right - left - 24) * (k % 3) / 2, top + 6 + (low - top - 26) * (k // 3) / 2
        plane.drawRect(box_of(x, y, x + 13, y + 15), fill(r.tone(("#e8e0cc", "#d8c8a8", "#f0ece0")[k % 3])))
        plane.drawLine(
            x + 6,
            y + 2,
            left + 8 + (k * 37) % (right - left - 16),
            top + 8 + (k * 23) % (low - top - 16),
            stroke((176, 40, 40), 0.8),
        )


def _coat_stand(r: Room, at: tuple[float, float]) -> None:
    """A coat stand with a trench coat and a hat."""
    x, z = at
    r.shade(x, z, (0.3, 0.25), dark=0.4)
    with r.facing(z, x) as plane:
        plane.drawLine(0, 0, 0, -180, stroke(r.tone("#4a3222"), 3.6))
        for dx in (-16, 16):
            plane.drawLine(0, -4, dx, 0, stroke(r.tone("#4a3222"), 3.2))
            plane.drawPath(
                smooth([(0, -166), (dx * 0.7, -168), (dx, -176)], close=False), stroke(r.tone("#4a3222"), 2.6)
            )
        coat = r.tone("#a08a66")
        shape = smooth([(-6, -172), (8, -174), (20, -150), (24, -66), (4, -60), (-20, -64), (-18, -148)], tension=0.6)
        plane.drawPath(
            shape,
            fill(shader=linear((-22, 0), (24, 0), [(mix(coat, WHITE, 0.2), 1), (coat, 1), (mix(coat, DARK, 0.5), 1)])),
        )
        plane.drawLine(2, -168, 3, -64, stroke(mix(coat, DARK, 0.5), 1.4))
        hat = r.tone("#4c4238")
        plane.drawOval(oval(-2, -181, 19, 3.8), fill(hat))
        plane.drawPath(
            smooth([(-12, -182), (-10, -195), (6, -196), (9, -182)], tension=0.6), fill(mix(hat, WHITE, 0.1))
        )


def laboratory(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """White benches with glassware and screens, cupboards of bottles, a fume hood, light panels."""
    r = Room((canvas, place, mood, rng), half=3.0, back=8.0, high=2.75, sun=0)
    walls(r, "#d5dde0", ceiling="#eef2f2", skirting="#9aa6aa")
    outlook(r)
    side = (5.2, 7.4, 1.1, 2.2)
    window(r, -1, side, bars=(3, 1), frame="#b8c2c6")
    with r.wall(0) as wall:
        wall.drawRect(box_of(60, -228, 200, -148), fill(r.tone("#f4f6f6")))
        wall.drawRect(box_of(60, -228, 200, -148), stroke(r.tone("#98a2a6"), 2.4))
        for k in range(26):
            left, top = 74 + 15 * (k % 8), -216 + 20 * (k // 8)
            wall.drawRect(box_of(left, top, left + 12, top + 15), fill(r.tone(GOODS[(k * 5) % len(GOODS)]), 0.75))
    door(r, 1, 6.6, "#b6c2c6", glass=True)
    for x in (-1.6, 1.6):
        for z in (3.6, 5.8):
            panel_light(r, (x, z), (0.5, 1.4))
    floor(r, "#aab6b8", "tiles", mirror=0.16)
    sunlight(r, -1, side, bars=(3, 1))
    canvas.layer(0.44)
    cupboards(r, (-2.9, 2.9, 0, 0.86, 7.35, 8.0), 9, r.tone("#dfe5e6"))
    r.box((-2.95, 2.95, 0.86, 0.91, 7.3, 8.0), r.tone("#3f474c"), edge=0.8)
    with r.facing(7.75) as plane:
        shelf(
            plane,
            r,
            (-270, -205, -70, -120),
            2,
            "#c8d0d2",
            goods=("#7a4a2a", "#3f6f8a", "#dfe6e6", "#5a8a5a", "#c8a84a"),
            wide=(6, 9),
        )
    _hood(r)
    for x, tone in ((-1.7, (90, 200, 190)), (-1.2, (240, 180, 80)), (0.6, (120, 160, 240)), (0.95, (236, 110, 120))):
        glassware(r, (x, 0.91, 7.5), tone)
    canvas.layer(0.26)
    r.shade(1.7, 6.0, (1.3, 0.5), dark=0.5)
    cupboards(r, (0.75, 2.7, 0, 0.84, 5.7, 6.4), 3, r.tone("#e6ebeb"))
    r.box((0.68, 2.77, 0.84, 0.89, 5.62, 6.45), r.tone("#454d52"), edge=0.9)
    screen(r, (2.25, 0.89, 6.2))
    for x, tone in ((1.0, (130, 220, 150)), (1.3, (100, 180, 240)), (1.62, (250, 200, 90))):
        glassware(r, (x, 0.89, 5.95), tone)
    stool(r, (-1.7, 6.1), "#3a4248", seat=0.62)
    stool(r, (0.35, 6.5), "#3a4248", seat=0.62)


def glassware(r: Room, at: tuple[float, float, float], tone: tuple[float, float, float]) -> None:
    """A flask with something in it."""
    x, y, z = at
    with r.facing(z, x, y) as plane:
        plane.drawPath(poly([(-3, -24), (3, -24), (3, -15), (11, 0), (-11, 0), (-3, -15)]), fill((226, 240, 244), 0.55))
        plane.drawPath(poly([(-7, -7.5), (7, -7.5), (11, 0), (-11, 0)]), fill(tone, 0.9))
        plane.drawLine(-2, -22, -8, -3, stroke((255, 255, 255), 1.2, 0.8))
        plane.drawPath(
            poly([(-3, -24), (3, -24), (3, -15), (11, 0), (-11, 0), (-3, -15)]), stroke((120, 140, 150), 0.7, 0.8)
        )


def _hood(r: Room) -> None:
    """A fume hood with a lit chamber."""
    r.box((1.25, 2.75, 0.9, 2.3, 7.3, 8.0), r.tone("#c2cccf"))
    with r.facing(7.3) as plane:
        plane.drawRect(
            box_of(135, -200, 265, -98),
            fill(shader=linear((0, -200), (0, -98), [((214, 240, 244), 1), ((96, 128, 136), 1)])),
        )
        plane.drawRect(box_of(135, -200, 265, -160), fill((240, 250, 252), 0.4))
        plane.drawRect(box_of(135, -200, 265, -98), stroke(r.tone("#7a868a"), 2.4))
    glassware(r, (1.8, 0.98, 7.28), (150, 220, 110))
    glassware(r, (2.2, 0.98, 7.28), (200, 120, 230))


HALLS: dict[str, Painter] = {"office": office, "den": den, "laboratory": laboratory}
