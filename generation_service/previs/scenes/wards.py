"""Where people wait, heal and pass: a hospital, a hallway, a lift."""

from typing import Any

import numpy as np
import skia

from generation_service.contract.shots import Place
from generation_service.previs.brush import fill, linear, mix, poly, smooth, stroke
from generation_service.previs.scenes.halls import screen
from generation_service.previs.scenes.lamps import (
    COOL,
    panel_light,
    plant,
    sconce,
)
from generation_service.previs.scenes.light import Mood
from generation_service.previs.scenes.nature import Painter
from generation_service.previs.scenes.openings import door, outlook, sunlight, window
from generation_service.previs.scenes.pieces import (
    chair,
    cupboards,
    padded,
    picture,
)
from generation_service.previs.scenes.space import DARK, Room
from generation_service.previs.scenes.surfaces import (
    box_of,
    floor,
    full_panels,
    panels,
    walls,
)


def hospital(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A corridor that runs away between doors, or where the name says a room: a bed with its machines."""
    ward = any(word in place.name.lower() for word in ("room", "ward", "bed", "surgery", "operat", "clinic"))
    (_ward if ward else _passage)(
        Room((canvas, place, mood, rng), half=2.9 if ward else 1.9, back=7.8 if ward else 17.0, high=2.7)
    )


def _passage(r: Room) -> None:
    canvas = r.canvas
    walls(r, "#d8e2de", ceiling="#eef2f0", skirting="#8fa8a6")
    for side in (-1, 1):
        with r.wall(side) as wall:
            wall.drawRect(box_of(90, -118, 1700, -84), fill(r.tone("#5fa39a")))
            wall.drawRect(box_of(90, -104, 1700, -98), fill(r.tone("#e6ecea")))
        for at in (4.6, 7.4, 10.4, 13.6):
            door(r, side, at + (0.6 if side > 0 else 0), "#9dbcc2", glass=at < 10)
    with r.wall(0) as wall:
        wall.drawRect(box_of(-95, -215, 95, 0), fill(r.tone("#a9c0c4")))
        wall.drawLine(0, -215, 0, 0, stroke(r.tone("#5a7076"), 3))
        for u in (-48, 48):
            wall.drawRect(box_of(u - 20, -180, u + 20, -110), fill((236, 246, 250), 0.85))
    for k in range(7):
        panel_light(r, (0.0, 2.4 + 2.2 * k), (0.6, 1.3))
    floor(r, "#a9bab8", "tiles", mirror=0.22)
    for k in range(7):
        r.pool(0, 2.6 + 2.2 * k, 1.1, alpha=0.14, tone=COOL)
    canvas.layer(0.4)
    with r.facing(9.4) as plane:
        plane.drawRect(box_of(-62, -262, 62, -228), fill(r.tone("#2f7a6b")))
        plane.drawPath(poly([(38, -252), (50, -245), (38, -238)]), fill((240, 250, 246)))
        plane.drawRect(box_of(-50, -248, 24, -242), fill((240, 250, 246)))
    _seats(r)
    _trolley(r, (1.25, 5.9))


def _seats(r: Room) -> None:
    """Waiting seats along the left wall."""
    for k in range(3):
        z = 6.3 + 0.62 * k
        tone = r.tone("#3f7f8a")
        r.box((-1.85, -1.78, 0.46, 0.92, z - 0.26, z + 0.26), tone)
        r.box((-1.85, -1.36, 0.40, 0.46, z - 0.26, z + 0.26), tone, edge=0.6)
        r.box((-1.62, -1.56, 0, 0.40, z - 0.03, z + 0.03), r.tone("#8c9498"))


def _trolley(r: Room, at: tuple[float, float]) -> None:
    """A steel trolley with bottles."""
    x, z = at
    metal = r.tone("#b8c0c6")
    r.shade(x, z, (0.5, 0.35), dark=0.45)
    for dx, dz in ((-0.32, 0.2), (0.32, 0.2), (-0.32, -0.2), (0.32, -0.2)):
        r.box((x + dx - 0.018, x + dx + 0.018, 0.06, 0.9, z + dz - 0.018, z + dz + 0.018), metal, edge=0)
    for y in (0.3, 0.86):
        r.box((x - 0.36, x + 0.36, y, y + 0.04, z - 0.24, z + 0.24), metal, edge=0.9)
    for k, name in enumerate(("#f0f2f2", "#7a4a2a", "#5f8ab0", "#f0f2f2")):
        r.box((x - 0.26 + 0.15 * k, x - 0.18 + 0.15 * k, 0.9, 1.04 + 0.04 * (k % 2), z - 0.05, z + 0.03), r.tone(name))


def _ward(r: Room) -> None:
    canvas = r.canvas
    side = (4.9, 7.0, 0.95, 2.2)
    outlook(r)
    walls(r, "#d6e0dd", ceiling="#eef2f0", skirting="#8fa8a6")
    window(r, -1, side, bars=(2, 1))
    door(r, 1, 6.6, "#9dbcc2", glass=True)
    with r.wall(0) as wall:
        wall.drawRect(box_of(-290, -150, 290, -140), fill(r.tone("#8aa6a8")))
        wall.drawRect(box_of(-30, -172, 190, -146), fill(r.tone("#c2ccd0")))
        for k in range(5):
            wall.drawCircle(-8 + 44 * k, -159, 6, fill(r.tone(("#3f8f6a", "#d8b24a", "#4a7ab0")[k % 3])))
    panel_light(r, (-1.2, 5.2), (0.6, 1.4))
    panel_light(r, (1.2, 5.2), (0.6, 1.4))
    floor(r, "#a9bab8", "tiles", mirror=0.16)
    sunlight(r, -1, side, bars=(2, 1))
    canvas.layer(0.42)
    _hospital_bed(r, (0.85, 6.6))
    with r.facing(7.2, 2.2) as plane:
        plane.drawLine(0, 0, 0, -190, stroke(r.tone("#b8c0c6"), 2.6))
        plane.drawRRect(skia.RRect.MakeRectXY(box_of(-11, -186, 9, -150), 4, 4), fill((214, 234, 240), 0.9))
        plane.drawPath(smooth([(-2, -150), (-8, -110), (-30, -90)], close=False), stroke((226, 240, 244), 1.0))
    screen(r, (-0.55, 1.25, 7.4), wide=0.5)
    r.box((-0.75, -0.35, 0, 1.2, 7.25, 7.7), r.tone("#c8d0d4"))
    with r.facing(7.4, -0.55, 1.25) as plane:
        line = [(-20, -26), (-10, -26), (-7, -38), (-3, -18), (1, -26), (20, -26)]
        plane.drawPath(poly(line, close=False), stroke((120, 255, 160), 1.4))
    chair(r, (-1.7, 6.9), "#5f8a94", faces=1)


def _hospital_bed(r: Room, at: tuple[float, float]) -> None:
    (x, z), white = at, r.tone("#eef2f4")
    r.shade(x, z, (0.75, 1.1), dark=0.45)
    metal = r.tone("#aab4ba")
    for dx in (-0.42, 0.42):
        r.box((x + dx - 0.03, x + dx + 0.03, 0, 0.4, z - 0.95, z - 0.9), metal)
    r.box((x - 0.5, x + 0.5, 0.38, 0.48, z - 1.0, z + 1.0), metal)
    r.box((x - 0.52, x + 0.52, 0.4, 1.1, z + 1.0, z + 1.05), r.tone("#c8b494"))
    r.box((x - 0.48, x + 0.48, 0.48, 0.66, z - 0.98, z + 1.0), white)
    padded(r, (x - 0.36, 0.64, x + 0.36, 0.94), z + 0.78, white, 14)
    r.box((x - 0.51, x + 0.51, 0.44, 0.71, z - 1.0, z + 0.4), r.tone("#9ec4cc"), edge=0)
    r.box((x - 0.5, x + 0.5, 0.4, 0.86, z - 1.06, z - 1.02), r.tone("#c8b494"))


def corridor(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A hallway of doors with a runner and wall lamps."""
    r = Room((canvas, place, mood, rng), half=1.95, back=14.0, high=2.75)
    walls(r, ("#b09a86", "#96a3a2", "#a494a4")[place.seed % 3], pattern=panels, skirting="")
    for side in (-1, 1):
        for k, at in enumerate((4.5, 7.0, 9.6, 12.2)):
            door(r, side, at, "#6d4a36")
            sconce(r, side, (at + 1.25, 1.75), reach=1.0)
            if k < 3:
                picture(r, side, (at + 0.95, at + 1.55, 1.1, 1.5), art=k + side)
    outlook(r)
    window(r, 0, (-0.6, 0.6, 0.8, 2.2))
    for z in (4.4, 7.6, 10.8):
        panel_light(r, (0, z), (0.34, 0.34), tone=(255, 226, 176))
    floor(r, "#6a4a38")
    with r.level() as flat:
        red = r.tone("#8a2f36")
        flat.drawRect(box_of(-78, -1390, 78, -90), fill(red))
        for u in (-68, 68):
            flat.drawRect(box_of(u - 3, -1390, u + 3, -90), fill(r.tone("#d2ac5c")))
        for k in range(26):
            flat.drawPath(
                poly([(0, -110 - 50 * k), (20, -130 - 50 * k), (0, -150 - 50 * k), (-20, -130 - 50 * k)]),
                fill(mix(red, DARK, 0.3)),
            )
    for z in (3.4, 6.0, 8.6, 11.2):
        r.pool(0, z, 1.5, alpha=0.12 + 0.16 * mood.lamps)
    sunlight(r, 0, (-0.6, 0.6, 0.8, 2.2))
    canvas.layer(0.36)
    cupboards(r, (1.45, 1.95, 0, 0.8, 5.4, 6.3), 1, r.tone("#7a5238"))
    plant(r, (1.68, 0.8, 5.8), 0.5)


def lift(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A lift: brushed metal, a mirror, a rail, buttons, a lit ceiling."""
    r = Room((canvas, place, mood, rng), half=1.75, back=6.2, high=2.5, sun=0)
    walls(r, "#a7a39c", ceiling="#e8e8e4", pattern=full_panels, skirting="#6a6864")
    with r.wall(0) as wall:
        ramp = [(r.tone("#7f8c94"), 1), (r.tone("#d8e0e2"), 1), (r.tone("#8c989e"), 1)]
        wall.drawRect(box_of(-120, -225, 120, -105), fill(shader=linear((-120, -225), (120, -105), ramp)))
        wall.drawRect(box_of(-120, -225, 120, -105), stroke(r.tone("#c8ccd0"), 3))
    with r.wall(1) as wall:
        wall.drawRect(box_of(490, -165, 525, -80), fill(r.tone("#d4d2cc")))
        for k in range(10):
            on = k == place.seed % 10
            wall.drawCircle(
                501 + 14 * (k % 2), -152 + 15 * (k // 2), 4.6, fill((255, 190, 90) if on else r.tone("#8a8a88"))
            )
    for side in (-1, 1):
        with r.wall(side) as wall:
            wall.drawLine(300, -92, 620, -92, stroke(r.tone("#d8dadc"), 5))
    for x in (-0.9, 0.0, 0.9):
        for z in (4.2, 5.5):
            panel_light(r, (x, z), (0.4, 0.4), tone=(255, 246, 228))
    floor(r, "#7a756e", "checks", mirror=0.2)
    r.pool(0, 5.0, 2.0, alpha=0.2, tone=(255, 246, 228))
    canvas.layer(0.4)
    with r.facing(6.1) as plane:
        plane.drawLine(-170, -92, 170, -92, stroke(r.tone("#d8dadc"), 5))


WARDS: dict[str, Painter] = {"hospital": hospital, "corridor": corridor, "lift": lift}
