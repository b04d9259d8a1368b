"""Where things are kept and mended: a warehouse, a garage, a barn, a cellar."""

from typing import Any

import numpy as np
import skia

from generation_service.contract.shots import Place
from generation_service.previs.brush import fill, linear, mix, oval, smooth, stroke
from generation_service.previs.scenes.lamps import bulb, panel_light, pendant
from generation_service.previs.scenes.light import Mood
from generation_service.previs.scenes.nature import Painter
from generation_service.previs.scenes.openings import outlook, sunlight, window
from generation_service.previs.scenes.pieces import GOODS, crate, cupboards, shelf
from generation_service.previs.scenes.space import DARK, FOCAL, LAMP, WHITE, Room, seen
from generation_service.previs.scenes.surfaces import box_of, bricks, floor, lit_wall, planks, steel, walls


def warehouse(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A hall with racks of crates on both sides, steel beams, a roller gate, pools of lamp light."""
    r = Room((canvas, place, mood, rng), half=4.6, back=13.5, high=5.6, sun=0)
    top = (-4.0, 4.0, 4.3, 5.1)
    outlook(r, low=-120)
    walls(r, "#8d8a86", ceiling="#6e6c6a", pattern=steel, skirting="")
    window(r, 0, top, bars=(8, 1), frame="#5a5c60")
    with r.wall(0) as wall:
        tone = r.tone("#7d868c")
        for k in range(30):
            wall.drawRect(
                box_of(-170, -340 + 11 * k, 170, -331 + 11 * k), fill(mix(tone, WHITE, 0.16 if k % 2 else 0.02))
            )
        wall.drawRect(box_of(-178, -348, 178, -338), fill(r.tone("#c8a23a")))
        for u in (-178, 170):
            wall.drawRect(box_of(u, -340, u + 8, 0), fill(r.tone("#c8a23a")))
    floor(r, "#8a857c", "concrete", mirror=0.06)
    with r.level() as flat:
        for u in (-190, 184):
            flat.drawRect(box_of(u, -1300, u + 8, -90), fill(r.tone("#d2b040"), 0.8))
    for z in (4.6, 7.2, 10.2):
        r.pool(0, z, 2.2, alpha=0.12 + 0.30 * mood.lamps)
    canvas.layer(0.5)
    for z in (12.0, 9.0, 6.6, 4.6, 3.2):
        _truss(r, z)
    canvas.layer(0.44)
    for z in (11.4, 9.3, 7.2):
        for side in (-1, 1):
            _rack(r, side, z)
    canvas.layer(0.28)
    for z in (10.2, 7.2, 4.9):
        pendant(r, (0, 3.3, z), tone="#3a4a46", wide=0.34)
    crate(r, (2.3, 0, 6.0), (0.9, 0.8, 0.8), "#a98659")
    crate(r, (2.25, 0.8, 6.05), (0.6, 0.5, 0.6), "#8f7350")
    crate(r, (-2.5, 0, 6.3), (1.0, 0.15, 0.9), "#9a7a50")
    crate(r, (-2.5, 0.15, 6.3), (0.85, 0.7, 0.75), "#b0905c")


def _truss(r: Room, z: float) -> None:
    """A girder under the roof."""
    iron, scale = r.tone("#5a5c62"), FOCAL / z
    low, high = 4.7, 5.4
    for y in (low, high):
        r.canvas.drawLine(*seen(-r.half, y, z), *seen(r.half, y, z), stroke(iron, 0.1 * scale))
    for k in range(12):
        x = -r.half + 2 * r.half * k / 12
        mid = x + r.half / 12
        for a, b in (((x, low), (mid, high)), ((mid, high), (x + r.half / 6, low))):
            r.canvas.drawLine(*seen(*a, z), *seen(*b, z), stroke(mix(iron, DARK, 0.2), 0.05 * scale))


def _rack(r: Room, side: int, z: float) -> None:
    """A rack of crates along a side, three levels high."""
    x0, x1 = sorted((side * 2.55, side * 4.3))
    r.shade((x0 + x1) / 2, z, (1.1, 0.8), dark=0.5)
    blue, orange = r.tone("#34507a"), r.tone("#c0662e")
    for px in (x0, x1):
        r.box((px - 0.05, px + 0.05, 0, 4.2, z + 0.7, z + 0.8), blue, edge=0)
    for level in range(3):
        y = 0.1 + 1.35 * level
        r.box((x0, x1, y, y + 0.1, z - 0.6, z + 0.75), orange, edge=0.3)
        x = x0 + 0.1
        while x < x1 - 0.35:
            wide, high = float(r.rng.uniform(0.34, 0.55)), float(r.rng.uniform(0.4, 0.95))
            wide = min(wide, x1 - 0.05 - x)
            tone = ("#a98659", "#8f7350", "#6f7a70", "#9a6a4a", "#b89a6a")[int(r.rng.integers(5))]
            block = (x, x + wide, y + 0.1, y + 0.1 + high, z - 0.5, z + 0.5)
            r.box(block, r.tone(tone), edge=0.2)
            with r.facing(z - 0.5) as plane:
                mid = 100 * (x + 0.42 * wide)
                plane.drawRect(
                    box_of(mid, -100 * (y + 0.1 + high), mid + 9, -100 * (y + 0.1)), fill(mix(r.tone(tone), WHITE, 0.3))
                )
            x += wide + 0.04
    for px in (x0, x1):
        r.box((px - 0.05, px + 0.05, 0, 4.2, z - 0.65, z - 0.55), blue, edge=0)


def garage(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A garage: a car under a cloth of dust, a wall of tools, tyres, a bench with a vice, a roller gate."""
    r = Room((canvas, place, mood, rng), half=3.4, back=8.4, high=3.0)
    side = (5.2, 7.2, 1.2, 2.3)
    outlook(r)
    walls(r, "#9a958c", ceiling="#7a766e", pattern=bricks, skirting="")
    window(r, -1, side, bars=(3, 2), frame="#6a665e")
    _tools(r)
    floor(r, "#86817a", "concrete", mirror=0.10)
    sunlight(r, -1, side, bars=(3, 2))
    for x in (-1.3, 1.4):
        panel_light(r, (x, 5.6), (0.25, 1.6))
    canvas.layer(0.42)
    r.shade(-1.3, 7.8, (1.5, 0.4))
    r.box((-2.9, 0.1, 0.82, 0.9, 7.6, 8.3), r.tone("#8a6844"), edge=0.8)
    for x in (-2.85, 0.0):
        r.box((x, x + 0.08, 0, 0.82, 7.65, 7.75), r.tone("#5a4430"))
    cupboards(r, (-2.2, -1.2, 0.1, 0.8, 7.7, 8.3), 2, r.tone("#a83a30"), rows=3)
    for k, x in enumerate((-0.9, -0.6, -0.25)):
        r.box((x, x + 0.16, 0.9, 1.05 + 0.05 * k, 7.8, 7.95), r.tone(GOODS[k]))
    _car(r, (1.75, 6.9))
    canvas.layer(0.26)
    for k in range(4):
        _tyre(r, (-2.75, 0.12 + 0.22 * k, 6.2))
    r.box((-1.75, -1.1, 0.0, 0.9, 6.1, 6.5), r.tone("#b03a30"), edge=0.6)
    with r.facing(6.1) as plane:
        for k in range(4):
            plane.drawRect(box_of(-172, -86 + 21 * k, -113, -69 + 21 * k), stroke(r.tone("#5a1c18"), 1.4))
            plane.drawLine(-154, -78 + 21 * k, -131, -78 + 21 * k, stroke(r.tone("#d8d4cc"), 2.2))
    pendant(r, (1.6, 2.3, 6.4), tone="#3f4a52", wide=0.3)


def _tools(r: Room) -> None:
    """Tools on a board."""
    with r.wall(0) as wall:
        wall.drawRect(box_of(-285, -225, 5, -105), fill(r.tone("#b08a5a")))
        wall.drawRect(box_of(-285, -225, 5, -105), stroke(r.tone("#6a4e34"), 3))
        for k in range(11):
            x, tall = -270 + 25.0 * k, 30.0 + 9 * ((k * 5) % 4)
            steel_, grip = r.tone("#c2c6ca"), r.tone(GOODS[(k * 3) % len(GOODS)])
            wall.drawLine(x, -212, x, -212 + tall, stroke(steel_, 4))
            wall.drawLine(x, -212 + tall, x, -196 + tall, stroke(grip, 6.4))
            if k % 3 == 0:
                wall.drawLine(x - 8, -212, x + 8, -212, stroke(mix(steel_, DARK, 0.3), 6))
        for k in range(3):
            shape = oval(-225 + 90 * k, -134, 11, 11)
            wall.drawOval(shape, stroke(r.tone("#8e9296"), 4.4))
        for k in range(26):
            y = -250 + 10.0 * k
            wall.drawRect(box_of(60, y, 320, y + 8.4), fill(mix(r.tone("#8e969a"), WHITE, 0.14 if k % 2 else 0.0)))


def _tyre(r: Room, at: tuple[float, float, float]) -> None:
    """A tyre lying flat."""
    x, y, z = at
    with r.facing(z, x, y) as plane:
        shape = skia.RRect.MakeRectXY(box_of(-34, -21, 34, 1), 10, 10)
        ramp = [((66, 66, 70), 1), ((34, 34, 38), 1), ((16, 16, 18), 1)]
        plane.drawRRect(shape, fill(shader=linear((-34, 0), (34, 0), ramp)))
        for k in range(-3, 4):
            plane.drawLine(9.0 * k, -18, 9.0 * k + 3, -2, stroke((12, 12, 14), 1.6))


def _car(r: Room, at: tuple[float, float]) -> None:
    """A car from the front, its lamps dark."""
    x, z = at
    paint = r.tone(("#2f5f7a", "#8a3430", "#4a5a4a")[r.place.seed % 3])
    r.shade(x, z, (1.15, 0.6), dark=0.65)
    with r.facing(z, x) as plane:
        for dx in (-66, 66):
            plane.drawRRect(skia.RRect.MakeRectXY(box_of(dx - 13, -46, dx + 13, 0), 7, 7), fill((20, 20, 22)))
        ramp = [(mix(paint, WHITE, 0.45), 1), (paint, 1), (mix(paint, DARK, 0.5), 1)]
        cabin = smooth([(-66, -88), (-50, -138), (-30, -148), (30, -148), (50, -138), (66, -88)], tension=0.5)
        plane.drawPath(cabin, fill(shader=linear((0, -150), (0, -80), ramp)))
        glass = smooth([(-58, -90), (-45, -132), (-28, -140), (28, -140), (45, -132), (58, -90)], tension=0.5)
        plane.drawPath(
            glass, fill(shader=linear((-50, -140), (50, -90), [(r.tone("#a8bcc6"), 1), (r.tone("#2c3a44"), 1)]))
        )
        hood = smooth([(-84, -26), (-86, -66), (-66, -90), (66, -90), (86, -66), (84, -26)], tension=0.5)
        plane.drawPath(hood, fill(shader=linear((0, -92), (0, -20), ramp)))
        plane.drawRRect(skia.RRect.MakeRectXY(box_of(-44, -56, 44, -36), 6, 6), fill((26, 28, 32)))
        for dx in (-64, 64):
            plane.drawOval(oval(dx, -56, 13, 10), fill(r.tone("#e8eef0")))
            plane.drawOval(oval(dx, -56, 13, 10), stroke((40, 42, 46), 2.4))
        plane.drawRRect(skia.RRect.MakeRectXY(box_of(-88, -30, 88, -16), 6, 6), fill(r.tone("#b8bcc0")))


def barn(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A barn: boards with light between them, beams, bales of hay, a big gate."""
    r = Room((canvas, place, mood, rng), half=3.8, back=10.0, high=4.6)
    gate, side = (-1.3, 1.3, 0.0, 3.2), (5.0, 6.4, 1.6, 2.8)
    outlook(r, city=False, low=40)
    walls(r, "#8d6a48", ceiling="#5e4630", pattern=planks, skirting="")
    window(r, 0, gate, bars=(1, 1), frame="#5a4028")
    window(r, -1, side, frame="#5a4028")
    floor(r, "#a08a5c", "earth")
    sunlight(r, 0, gate, bars=(1, 1))
    sunlight(r, -1, side)
    canvas.layer(0.46)
    for z in (9.4, 7.4, 5.6, 4.0):
        wood = r.tone("#6a4c30")
        for side_ in (-1, 1):
            r.box((side_ * 3.3 - 0.13, side_ * 3.3 + 0.13, 0, 4.6, z, z + 0.24), wood, edge=0)
            a, b = seen(side_ * 3.2, 3.0, z), seen(side_ * 1.9, 4.4, z)
            canvas.drawLine(*a, *b, stroke(wood, 0.2 * FOCAL / z))
        r.box((-3.8, 3.8, 4.1, 4.4, z, z + 0.24), wood, edge=0)
    canvas.layer(0.34)
    for x, y, z in ((-2.4, 0, 7.6), (-3.0, 0, 6.6), (-2.7, 0.5, 7.2), (2.6, 0, 7.4), (2.9, 0, 6.2), (2.75, 0.5, 6.9)):
        _bale(r, (x, y, z))
    pendant(r, (0.9, 2.7, 6.6), tone="#3a3430", wide=0.2)


def _bale(r: Room, at: tuple[float, float, float]) -> None:
    x, y, z = at
    hay = r.tone("#cfa95a")
    if y == 0:
        r.shade(x, z, (0.75, 0.45))
    r.box((x - 0.6, x + 0.6, y, y + 0.5, z - 0.3, z + 0.3), hay, edge=0.3)
    with r.facing(z - 0.3, x, y) as plane:
        for _ in range(46):
            a, b = float(r.rng.uniform(-58, 50)), float(r.rng.uniform(-48, -3))
            tone = mix(hay, DARK if r.rng.random() < 0.5 else WHITE, float(r.rng.uniform(0.1, 0.35)))
            plane.drawLine(a, b, a + float(r.rng.uniform(4, 12)), b + float(r.rng.uniform(-3, 3)), stroke(tone, 1.0))
        for u in (-26, 26):
            plane.drawLine(u, -50, u, 0, stroke(mix(hay, DARK, 0.5), 1.6))


def cellar(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A cellar: brick, pipes, a boiler, shelves with jars, a bare bulb, a stair."""
    r = Room((canvas, place, mood, rng), half=2.8, back=7.4, high=2.35)
    side = (5.4, 6.5, 1.75, 2.15)
    outlook(r, low=-160)
    walls(r, "#83705f", ceiling="#6a5c50", pattern=bricks, skirting="")
    window(r, -1, side, frame="#5a5048")
    lit_wall(r, (0.2, 1.7), 2.4, 0.5, LAMP)
    for y, tone in ((2.2, "#8a5a44"), (2.08, "#6f7a80")):
        with r.facing(7.3) as plane:
            plane.drawLine(-280, -100 * y, 280, -100 * y, stroke(r.tone(tone), 6))
            plane.drawLine(-280, -100 * y - 1.4, 280, -100 * y - 1.4, stroke(mix(r.tone(tone), WHITE, 0.4), 1.6))
    floor(r, "#7a736a", "concrete")
    sunlight(r, -1, side)
    r.pool(0.2, 5.8, 2.3, alpha=0.36)
    canvas.layer(0.42)
    r.shade(-1.9, 6.9, (0.6, 0.4))
    with r.facing(6.9, -1.9) as plane:
        metal = r.tone("#6f7a80")
        ramp = [(mix(metal, DARK, 0.4), 1), (mix(metal, WHITE, 0.35), 1), (metal, 1), (mix(metal, DARK, 0.6), 1)]
        plane.drawRRect(
            skia.RRect.MakeRectXY(box_of(-44, -170, 44, -6), 20, 20), fill(shader=linear((-44, 0), (44, 0), ramp))
        )
        plane.drawRect(box_of(-6, -235, 6, -168), fill(mix(metal, DARK, 0.2)))
        plane.drawCircle(0, -120, 10, fill(r.tone("#e8e4da")))
        plane.drawRect(box_of(-20, -60, 20, -26), fill((255, 140, 60), 0.9))
        for k in range(5):
            plane.drawLine(-20 + 10 * k, -60, -20 + 10 * k, -26, stroke((24, 20, 20), 3))
    r.glow((-1.9, 0.45, 6.8), 0.9, alpha=0.4, tone=(255, 150, 70))
    with r.facing(7.1) as plane:
        shelf(
            plane,
            r,
            (90, -190, 270, -4),
            5,
            "#6a5038",
            goods=("#c9a86a", "#a84a34", "#6a8a4a", "#b8b0a0"),
            wide=(8, 13),
        )
    canvas.layer(0.26)
    crate(r, (1.75, 0, 6.1), (0.7, 0.55, 0.6), "#94744c")
    crate(r, (1.9, 0.55, 6.15), (0.5, 0.4, 0.5), "#a98659")
    bulb(r, (0.2, 1.98, 5.9), 1.9, alpha=0.8)
    canvas.drawLine(*seen(0.2, 2.35, 5.9), *seen(0.2, 2.0, 5.9), stroke((24, 20, 20), 3))


WORKS: dict[str, Painter] = {"warehouse": warehouse, "garage": garage, "barn": barn, "cellar": cellar}
