"""Where people learn and play: a classroom, a sports hall."""

from typing import Any

import numpy as np

from generation_service.contract.shots import Place
from generation_service.previs.brush import fill, linear, mix, oval, poly, smooth, stroke
from generation_service.previs.scenes.lamps import (
    panel_light,
)
from generation_service.previs.scenes.light import Mood
from generation_service.previs.scenes.nature import Painter
from generation_service.previs.scenes.openings import outlook, sunlight, window
from generation_service.previs.scenes.pieces import (
    GOODS,
    clock,
    cupboards,
    picture,
    table,
)
from generation_service.previs.scenes.space import DARK, WHITE, Room
from generation_service.previs.scenes.surfaces import (
    box_of,
    floor,
    walls,
)

# Where pupils sit, far row first: x and z in metres.
SCHOOL_DESKS = tuple((x, z) for z in (6.65, 5.45) for x in (-2.3, -0.85, 0.75, 2.2))


def classroom(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A blackboard with writing, rows of desks, tall windows, posters, a globe, a clock."""
    r = Room((canvas, place, mood, rng), half=3.3, back=8.6, high=3.0)
    side = (4.6, 8.0, 0.95, 2.6)
    outlook(r, city=False)
    walls(r, "#d2c7a8", ceiling="#e8e4d6", skirting="#8a6a4a")
    window(r, -1, side, bars=(4, 2))
    _blackboard(r)
    clock(r, 0, (2.35, 2.45), 0.2)
    for k, at in enumerate((4.9, 5.9, 6.9)):
        picture(r, 1, (at, at + 0.7, 1.3, 2.1), "#e8e2d4", art=10 + k)
    with r.wall(0) as wall:
        for k in range(6):
            left, top = 206 + 42 * (k % 2), -196 + 40 * (k // 2)
            wall.drawRect(box_of(left, top, left + 34, top + 32), fill(r.tone(GOODS[(k * 3 + 1) % len(GOODS)])))
            wall.drawCircle(left + 17, top + 16, 9, fill(r.tone("#f0e8d4")))
    for x in (-1.6, 1.6):
        for z in (3.8, 6.2):
            panel_light(r, (x, z), (0.5, 1.5), tone=(255, 248, 232))
    floor(r, "#9a7650")
    sunlight(r, -1, side, bars=(4, 2))
    canvas.layer(0.44)
    r.box((-2.6, 1.6, 0, 0.18, 7.6, 8.6), r.tone("#7a5638"), edge=0.6)
    cupboards(r, (1.75, 3.2, 0, 0.9, 8.05, 8.6), 3, r.tone("#9a744e"))
    _globe(r, (2.2, 0.9, 8.2))
    r.box((-2.5, -1.1, 0.18, 0.92, 7.75, 8.2), r.tone("#8a6240"), edge=0.9)
    for k, (x, z) in enumerate(SCHOOL_DESKS):
        if k % 4 == 0:
            canvas.layer((0.4, 0.26)[k // 4])
        _school_desk(r, (x, z + 0.45))
        school_chair(r, (x, z))


def school_chair(r: Room, at: tuple[float, float]) -> None:
    """A small chair that looks to the board: its two slats are nearest to the camera."""
    (x, z), wood = at, r.tone("#94703f")
    dark = mix(wood, DARK, 0.34)
    r.shade(x, z, (0.3, 0.28), dark=0.4)
    for dx, dz in ((-0.17, 0.17), (0.17, 0.17), (-0.18, -0.18), (0.18, -0.18)):
        r.box((x + dx - 0.02, x + dx + 0.02, 0, 0.42, z + dz - 0.02, z + dz + 0.02), dark, edge=0)
    r.box((x - 0.20, x + 0.20, 0.38, 0.42, z - 0.2, z + 0.2), wood, edge=0.5)
    for dx in (-0.18, 0.18):
        r.box((x + dx - 0.02, x + dx + 0.02, 0.42, 0.80, z - 0.22, z - 0.19), dark, edge=0)
    for low in (0.54, 0.69):
        r.box((x - 0.19, x + 0.19, low, low + 0.1, z - 0.23, z - 0.2), wood, edge=0.6)


def _school_desk(r: Room, at: tuple[float, float]) -> None:
    x, z = at
    table(r, at, (0.9, 0.5, 0.68), "#c49a68")
    r.box(
        (x - 0.2, x + 0.1, 0.68, 0.70, z - 0.12, z + 0.12),
        r.tone(("#3f6f8a", "#b8503a", "#e8e2d2")[int(abs(x * 3 + z)) % 3]),
        edge=0,
    )


def _blackboard(r: Room) -> None:
    """A board with chalk on it; always the same in the same school."""
    with r.wall(0) as wall:
        wall.drawRect(box_of(-250, -240, 150, -98), fill(r.tone("#7a5638")))
        ramp = [(r.tone("#2c483b"), 1), (r.tone("#3a5c4b"), 1), (r.tone("#2a4438"), 1)]
        wall.drawRect(box_of(-243, -233, 143, -105), fill(shader=linear((-243, -233), (143, -105), ramp)))
        for k in range(5):
            x, y, end = -228.0, -212 + 21.0 * k, -120 + float(r.rng.uniform(20, 130))
            while x < end:
                wide = float(r.rng.uniform(6, 20))
                line = [(x, y), (x + wide * 0.3, y - 5), (x + wide * 0.6, y + 3), (x + wide, y - 1)]
                wall.drawPath(smooth(line, close=False), stroke((228, 234, 228), 1.5, 0.75))
                x += wide + 6
        wall.drawCircle(86, -176, 32, stroke((228, 234, 228), 1.4, 0.75))
        wall.drawPath(poly([(54, -176), (118, -176), (86, -208)]), stroke((240, 214, 130), 1.4, 0.8))
        wall.drawRect(box_of(-243, -101, 143, -96), fill(r.tone("#94704c")))


def _globe(r: Room, at: tuple[float, float, float]) -> None:
    x, y, z = at
    with r.facing(z, x, y) as plane:
        plane.drawOval(oval(0, -1, 9, 2.4), fill(r.tone("#5a4030")))
        plane.drawLine(0, 0, 0, -8, stroke(r.tone("#9a7c48"), 2))
        sea = r.tone("#4a86b0")
        plane.drawCircle(
            0,
            -23,
            15,
            fill(shader=linear((-12, -36), (12, -10), [(mix(sea, WHITE, 0.4), 1), (sea, 1), (mix(sea, DARK, 0.5), 1)])),
        )
        for dx, dy, w, h in ((-5, -28, 5, 6), (4, -22, 6, 5), (-2, -16, 4, 3)):
            plane.drawOval(oval(dx, dy, w, h), fill(r.tone("#7a9a58"), 0.9))


def gym(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A sports hall: a marked wooden floor, wall bars, high windows, a basket, mats and balls."""
    r = Room((canvas, place, mood, rng), half=4.2, back=11.5, high=4.6)
    side = (5.0, 11.0, 2.7, 4.0)
    outlook(r, city=False, low=-40)
    walls(r, "#d8cfb8", ceiling="#c8c4b8", skirting="#8a6a4a")
    for where in (-1, 1):
        window(r, where, side, bars=(6, 1), frame="#c8c0ae", sun=where < 0)
    with r.wall(0) as wall:
        wall.drawRect(box_of(-420, -190, 420, 0), fill(r.tone("#3f6a8c")))
        wall.drawRect(box_of(-420, -196, 420, -188), fill(r.tone("#e8dfc8")))
        for u0, u1 in ((-400, -170), (170, 400)):
            for u in range(u0, u1 + 1, 58):
                wall.drawRect(box_of(u, -250, u + 7, -6), fill(r.tone("#8a5f38")))
            for v in range(-240, -10, 15):
                wall.drawLine(u0, v, u1, v, stroke(r.tone("#c08c54"), 3.6))
    _basket(r)
    for x in (-2.2, 0.0, 2.2):
        for z in (5.0, 8.0):
            panel_light(r, (x, z), (0.5, 1.6))
    floor(r, "#c08a50", mirror=0.14)
    _court(r)
    sunlight(r, -1, side, bars=(6, 1))
    canvas.layer(0.4)
    for k in range(4):
        r.box((-4.0, -2.3, 0.12 * k, 0.12 * k + 0.1, 9.4, 10.8), r.tone(("#2f5f8a", "#3a6f9c")[k % 2]))
    r.shade(3.2, 9.4, (1.0, 0.4), dark=0.4)
    r.box((2.4, 3.9, 0.5, 0.75, 9.2, 9.7), r.tone("#8a5a38"))
    for x in (2.55, 3.7):
        r.box((x, x + 0.12, 0, 0.5, 9.3, 9.5), r.tone("#6a4a30"))
    for x, z, tone in ((1.7, 8.6, "#c8682e"), (2.05, 8.8, "#c8682e"), (-2.0, 8.2, "#b83a34")):
        r.shade(x, z, (0.16, 0.12), dark=0.4)
        with r.facing(z, x, 0.13) as plane:
            lit = r.tone(tone)
            plane.drawCircle(
                0,
                0,
                13,
                fill(
                    shader=linear((-9, -10), (9, 11), [(mix(lit, WHITE, 0.4), 1), (lit, 1), (mix(lit, DARK, 0.5), 1)])
                ),
            )


def _basket(r: Room) -> None:
    with r.facing(r.back - 0.5) as plane:
        plane.drawRect(box_of(-90, -395, 90, -285), fill(r.tone("#f0eee6")))
        plane.drawRect(box_of(-90, -395, 90, -285), stroke(r.tone("#3a3c40"), 4))
        plane.drawRect(box_of(-28, -345, 28, -305), stroke(r.tone("#c8452e"), 4))
        plane.drawOval(oval(0, -300, 24, 5), stroke(r.tone("#d8622e"), 4))
        for k in range(-3, 4):
            plane.drawLine(7.5 * k, -298, 5 * k, -258, stroke((240, 240, 236), 1.4, 0.8))


def _court(r: Room) -> None:
    """The lines on the floor."""
    with r.level() as flat:
        white = stroke(mix(r.tone("#f2ece0"), WHITE, 0.2), 6, 0.9)
        flat.drawRect(box_of(-340, -1090, 340, -120), white)
        flat.drawCircle(0, -560, 150, white)
        flat.drawLine(-340, -560, 340, -560, white)
        flat.drawRect(box_of(-120, -1090, 120, -840), fill(r.tone("#a8452e"), 0.5))
        flat.drawRect(box_of(-120, -1090, 120, -840), white)


SCHOOLS: dict[str, Painter] = {"school": classroom, "gym": gym}
