"""Where people are shut in, shelter or record: a cell, a cave, a tent, a studio."""

from typing import Any

import numpy as np
import skia

from generation_service.contract.shots import Place
from generation_service.previs.brush import Colour, blob, fill, linear, mix, poly, rgb, smooth, stroke, times
from generation_service.previs.scenes.lamps import bulb, pendant
from generation_service.previs.scenes.light import TIMES, Mood
from generation_service.previs.scenes.nature import Painter
from generation_service.previs.scenes.openings import door, outlook, sunlight, window
from generation_service.previs.scenes.pieces import chair, crate, padded, stool, table
from generation_service.previs.scenes.space import DARK, FOCAL, NEAR, WHITE, Room, seen
from generation_service.previs.scenes.surfaces import box_of, floor, lit_wall, rug, stones, walls


def cell(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A cell: stone, a barred window whose light falls on the floor, a bunk on chains, bars on the right; a bare
    room with a mirror and a lamp where somebody is interrogated.
    """
    if "interrogat" in place.name.lower():
        _interrogation(Room((canvas, place, mood, rng), half=2.7, back=7.4, high=2.7, sun=0))
        return
    r = Room((canvas, place, mood, rng), half=2.5, back=6.8, high=2.9)
    pane = (-0.45, 0.55, 1.75, 2.4)
    outlook(r, low=-200)
    walls(r, "#8b8a84", ceiling="#74736e", pattern=stones, skirting="")
    window(r, 0, pane, bars=(5, 1), frame="#4a4a4c")
    lit_wall(r, (0.05, 1.9), 1.7, 0.2, TIMES[place.time_of_day].horizon)
    with r.wall(0) as wall:
        for k in range(13):
            x = -215 + 6.5 * (k % 7) + 3
            y = -150 + 24 * (k // 7)
            wall.drawLine(x, y, x + (0 if k % 5 < 4 else -26), y + 15, stroke((226, 224, 216), 1.6, 0.6))
    floor(r, "#7d7a74", "concrete")
    sunlight(r, 0, pane, bars=(5, 1))
    canvas.layer(0.5)
    _ray(r, pane)
    canvas.layer(0.4)
    _bunk(r)
    steel_ = r.tone("#c2c8cc")
    r.shade(1.7, 6.3, (0.35, 0.3))
    padded(r, (1.45, 0.0, 1.95, 0.42), 6.3, steel_, 10)
    r.box((1.4, 2.0, 0.42, 0.48, 6.15, 6.7), steel_, edge=0.7)
    with r.wall(1) as wall:
        iron = r.tone("#3a3c42")
        for u in range(250, 640, 17):
            wall.drawLine(u, -290, u, 0, stroke(iron, 4.4))
            wall.drawLine(u - 1, -290, u - 1, 0, stroke(mix(iron, WHITE, 0.35), 1.2))
        for v in (-232, -120, -20):
            wall.drawLine(240, v, 650, v, stroke(iron, 6))


def _interrogation(r: Room) -> None:
    """A table and chairs under one lamp, a mirror that others look through."""
    walls(r, "#7d8684", ceiling="#5c6260", skirting="#4a4f4e")
    with r.wall(0) as wall:
        wall.drawRect(box_of(-150, -215, 150, -95), fill(r.tone("#4a4f4e")))
        ramp = [(r.tone("#2c363c"), 1), (r.tone("#74868c"), 1), (r.tone("#2f3a40"), 1)]
        wall.drawRect(box_of(-144, -209, 144, -101), fill(shader=linear((-144, -209), (144, -101), ramp)))
    door(r, 1, 6.3, "#5f6a6c")
    floor(r, "#6d716e", "concrete", mirror=0.08)
    r.pool(0, 6.0, 2.2, alpha=0.45, tone=(255, 238, 206))
    r.canvas.layer(0.34)
    chair(r, (0.0, 6.75), "#3c4042")
    table(r, (0.0, 6.15), (1.7, 0.8, 0.76), "#8a8f90")
    r.box((-0.4, -0.1, 0.76, 0.775, 6.0, 6.25), r.tone("#e8e2d2"), edge=0)
    r.box((0.35, 0.5, 0.76, 0.82, 6.05, 6.15), r.tone("#2a2c30"), edge=0.2)
    pendant(r, (0.0, 1.98, 6.1), tone="#2f3436", wide=0.3, light=1.6)


def _ray(r: Room, pane: tuple[float, float, float, float]) -> None:
    """The light of the window in the dusty air."""
    a, b, _, high = pane
    tone = TIMES[r.place.time_of_day].horizon
    top = [seen(a, high, r.back), seen(b, high, r.back)]
    low = [seen(b + 1.5, 0, 4.8), seen(a + 0.4, 0, 4.8)]
    ray = linear(top[0], low[0], [(tone, 0.20), (tone, 0.0)])
    r.canvas.drawPath(poly([*top, *low]), fill(shader=ray, blur=12, mode=skia.BlendMode.kScreen))


def _bunk(r: Room) -> None:
    """A bunk that hangs on chains from the left wall."""
    r.shade(-1.95, 5.6, (0.6, 0.9), dark=0.6)
    r.box((-2.5, -1.45, 0.42, 0.5, 4.7, 6.6), r.tone("#5a5c60"), edge=0.5)
    r.box((-2.5, -1.48, 0.5, 0.62, 4.75, 6.55), r.tone("#a8a294"), edge=0.3)
    r.box((-2.4, -1.6, 0.62, 0.74, 6.1, 6.5), r.tone("#d8d4c8"), edge=0.2)
    r.box((-2.5, -1.44, 0.52, 0.65, 4.75, 5.6), r.tone("#6a7468"), edge=0.2)
    for z in (4.75, 6.5):
        a, b = seen(-1.47, 0.5, z), seen(-2.5, 1.45, z)
        r.canvas.drawLine(*a, *b, stroke(r.tone("#3a3c40"), 5))


def cave(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A cave or a tunnel: arches of rock one within the other to the light outside, stalactites, a wet floor."""
    r = Room((canvas, place, mood, rng), half=3.0, back=12.0, high=4.0, sun=0)
    light = mix(TIMES[place.time_of_day].horizon, WHITE, 0.3)
    outlook(r, city=False, low=10)
    rock = rgb(("#75675a", "#5f6670", "#7a6a52")[place.seed % 3])
    floor(r, "#6a6056", "earth", mirror=0.24)
    r.pool(0, 10.8, 3.2, alpha=0.55, tone=light)
    for k, (z, depth) in enumerate(((12.0, 0.62), (9.4, 0.5), (7.4, 0.42), (5.9, 0.34), (3.6, 0.12))):
        canvas.layer(depth)
        tone = mix(times(rock, mood.ambient), DARK, 0.10 + 0.16 * k)
        _rock_ring(r, z, tone)
    canvas.layer(0.3)
    r.glow((0, 1.1, 12.0), 2.6, alpha=0.4, tone=light)
    for x, z in ((-1.9, 6.2), (2.1, 6.0)):
        bulb(r, (x, 1.7, z), 1.7, alpha=0.5, tone=(255, 190, 110))


def _rock_ring(r: Room, z: float, tone: Colour) -> None:
    """One arch of rock, lit at its inner edge."""
    scale, rng, foot = FOCAL / z, r.rng, seen(0, 0, z)[1]
    wide = 1.0 - 0.42 * min(1.0, max(0.0, (z - 4.0) / 8.0))
    waves = [(k, float(rng.uniform(0, 6.3)), float(rng.uniform(0.4, 1.0)) / k) for k in (2, 3, 5, 9, 14)]
    inner = []
    for a in np.linspace(np.pi * 0.97, np.pi * 2.03, 60):
        bumps = sum(share * float(np.sin(k * a + phase)) for k, phase, share in waves)
        x = 2.5 * wide * (1 + 0.12 * bumps) * float(np.cos(a))
        y = 3.0 * wide * (1 + 0.09 * bumps) * float(-np.sin(a))
        inner.append((800 + x * scale, foot - max(-0.02, y) * scale))
    edge = smooth(inner, close=False)
    mass = smooth(inner, close=False)
    for corner in ((4200, foot + 4), (4200, -2600), (-2600, -2600), (-2600, foot + 4)):
        mass.lineTo(*corner)
    mass.close()
    top = foot - 2.9 * scale
    ramp = [(mix(tone, DARK, 0.35), 1), (mix(tone, WHITE, 0.06), 1), (mix(tone, DARK, 0.45), 1)]
    r.canvas.drawPath(mass, fill(shader=linear((0, top), (0, foot), ramp)))
    r.canvas.save()
    r.canvas.clipPath(mass, True)
    r.canvas.drawPath(edge, stroke(mix(tone, WHITE, 0.30), 0.34 * scale, 0.5, blur=0.12 * scale))
    for _ in range(34):
        x, y = float(rng.uniform(-3.6, 3.6)), float(rng.uniform(0.1, 3.6))
        at, size = seen(x, y, z), float(rng.uniform(0.2, 0.6)) * scale
        blob(
            r.canvas,
            at,
            (size, 0.5 * size),
            mix(tone, DARK if rng.random() < 0.6 else WHITE, 0.4),
            0.3,
            blur=0.25 * size,
        )
        crack = smooth([at, (at[0] + 0.3 * size, at[1] + 0.5 * size), (at[0] + 0.1 * size, at[1] + size)], close=False)
        r.canvas.drawPath(crack, stroke(mix(tone, DARK, 0.55), 0.018 * scale, 0.5))
    r.canvas.restore()


def tent(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A tent: cloth that falls from the ridge, poles, camp beds, a chest with maps, a lantern, the way out."""
    r = Room((canvas, place, mood, rng), half=3.0, back=6.6, high=2.9, sun=0)
    outlook(r, city=False, low=40)
    canvas.layer(0.6)
    canvas.wall()
    cloth = r.tone("#b8a47c")
    canvas.drawPaint(fill(mix(cloth, DARK, 0.2)))
    for side in (-1, 1):
        _slope(r, side, cloth)
    with r.wall(0) as wall:
        end = poly([(-300, 0), (-300, -120), (0, -290), (300, -120), (300, 0)])
        wall.drawPath(
            end, fill(shader=linear((0, -290), (0, 0), [(mix(cloth, WHITE, 0.18), 1), (mix(cloth, DARK, 0.15), 1)]))
        )
        for u in range(-280, 300, 40):
            wall.drawLine(u, 0, u * 0.4, -270, stroke(mix(cloth, DARK, 0.4), 1.6, 0.5))
    flap = poly([seen(x, y, r.back) for x, y in ((-0.55, 0.0), (-0.12, 2.3), (0.12, 2.3), (0.55, 0.0))])
    canvas.cut(flap)
    canvas.drawPath(flap, stroke(mix(cloth, WHITE, 0.3), 10))
    floor(r, "#8a7550", "earth")
    rug(r, 0, 5.4, (2.6, 1.9), "#7a4a34")
    sunlight(r, 0, (-0.5, 0.5, 0.0, 2.2), bars=(1, 1))
    canvas.layer(0.4)
    for x in (-2.1, 2.1):
        r.shade(x, 6.0, (0.55, 0.8))
        r.box((x - 0.42, x + 0.42, 0.3, 0.4, 5.3, 6.5), r.tone("#7a7a54"), edge=0.5)
        r.box((x - 0.4, x + 0.4, 0.4, 0.5, 5.3, 6.1), r.tone("#5f6a58"), edge=0.3)
        for dz in (5.35, 6.3):
            for dx in (-0.38, 0.32):
                r.box((x + dx, x + dx + 0.06, 0, 0.3, dz, dz + 0.06), r.tone("#6a4c30"), edge=0)
    r.box((-0.04, 0.04, 0, 2.9, 6.3, 6.38), r.tone("#6a4c30"), edge=0)
    crate(r, (1.05, 0, 6.1), (0.7, 0.5, 0.5), "#7a5a38")
    r.box((0.85, 1.2, 0.5, 0.515, 5.95, 6.2), r.tone("#e8dcb8"), edge=0)
    canvas.layer(0.3)
    canvas.drawLine(*seen(-0.9, 2.5, 5.8), *seen(-0.9, 2.05, 5.8), stroke((40, 32, 26), 3))
    with r.facing(5.8, -0.9, 1.8) as plane:
        plane.drawRRect(
            skia.RRect.MakeRectXY(box_of(-7, -24, 7, 0), 4, 4), fill(mix((200, 180, 130), (255, 232, 170), mood.lamps))
        )
        plane.drawRect(box_of(-9, -28, 9, -23), fill((44, 40, 38)))
        plane.drawRect(box_of(-9, -2, 9, 2), fill((44, 40, 38)))
    r.glow((-0.9, 1.9, 5.8), 2.2, alpha=0.2 + 0.5 * mood.lamps)
    r.pool(-0.9, 5.6, 2.0, alpha=0.4 * mood.lamps)


def _slope(r: Room, side: int, cloth: Colour) -> None:
    """A low wall and a slope of cloth from it to the ridge."""
    edge, ridge = side * 3.0, 2.9
    lit = mix(cloth, DARK, 0.12 if side < 0 else 0.02)
    r.quad(
        [(edge, -0.5, NEAR), (edge, 1.2, NEAR), (edge, 1.2, r.back), (edge, -0.5, r.back)], fill(mix(lit, DARK, 0.25))
    )
    ramp = linear(seen(edge, 1.2, 4.0), seen(0, ridge, 4.0), [(lit, 1), (mix(lit, DARK, 0.35), 1)])
    r.quad([(edge, 1.2, NEAR), (0, ridge, NEAR), (0, ridge, r.back), (edge, 1.2, r.back)], fill(shader=ramp))
    for z in (1.6, 2.4, 3.4, 4.4, 5.5):
        a, b = seen(edge, 1.2, z), seen(0, ridge, z)
        r.canvas.drawLine(*a, *b, stroke(mix(lit, DARK, 0.45), 3, 0.6))
        r.canvas.drawLine(*a, *seen(edge, 0, z), stroke(mix(lit, DARK, 0.5), 3, 0.6))


def studio(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A studio: a paper backdrop, soft boxes on stands, a camera, cables; panels and a desk where sound is recorded."""
    r = Room((canvas, place, mood, rng), half=3.4, back=8.2, high=3.6, sun=0)
    sound = any(word in place.name.lower() for word in ("record", "radio", "sound", "podcast", "music"))
    walls(r, "#4a4c52", ceiling="#2c2e32", skirting="#2a2a2c")
    with r.wall(0) as wall:
        if sound:
            for i in range(14):
                for j in range(6):
                    left, top = -336 + 48.0 * i, -330 + 46.0 * j
                    tone = r.tone(("#5a3a44", "#3f4450", "#4a3340")[(i + 2 * j) % 3])
                    for k in range(3):
                        wall.drawRect(
                            box_of(left + 15 * k, top, left + 15 * k + 12, top + 43),
                            fill(mix(tone, WHITE, 0.14 - 0.08 * k)),
                        )
            _booth_window(wall, r)
    floor(r, "#5a5450", "boards" if sound else "concrete", mirror=0.1)
    if not sound:
        _backdrop(r)
    canvas.layer(0.4)
    if sound:
        _mixing_desk(r)
        return
    for x, z, way in ((-2.5, 6.3, 1), (2.6, 6.1, -1)):
        _softbox(r, (x, z), way)
    stool(r, (1.35, 6.6), "#2c2a2a", seat=0.7)
    crate(r, (-1.5, 0, 6.7), (0.5, 0.45, 0.5), "#e4e0d8")


def _backdrop(r: Room) -> None:
    """A roll of paper that runs from the wall onto the floor."""
    tone = r.tone(("#c9b59a", "#8fa6a8", "#b58d84")[r.place.seed % 3])
    with r.facing(7.6) as plane:
        shader = linear((0, -330), (0, 0), [(mix(tone, DARK, 0.2), 1), (mix(tone, WHITE, 0.26), 1)])
        plane.drawRect(box_of(-200, -330, 200, 0), fill(shader=shader))
        plane.drawRect(box_of(-215, -338, 215, -326), fill(r.tone("#d8d4cc")))
        for u in (-222, 222):
            plane.drawLine(u, -345, u, 0, stroke((26, 26, 28), 5))
    points = [(-2.0, 0.0, 7.6), (2.0, 0.0, 7.6), (2.0, 0.0, 4.0), (-2.0, 0.0, 4.0)]
    ramp = linear(seen(0, 0, 7.6), seen(0, 0, 4.0), [(mix(tone, WHITE, 0.26), 1), (mix(tone, DARK, 0.1), 1)])
    r.quad(points, fill(shader=ramp))
    r.glow((0, 1.4, 7.6), 2.2, alpha=0.3, tone=(255, 248, 236))


def _softbox(r: Room, at: tuple[float, float], way: int) -> None:
    """A lamp behind cloth on a stand."""
    x, z = at
    with r.facing(z, x) as plane:
        for dx in (-30, 0, 30):
            plane.drawLine(0, -40, dx, 0, stroke((24, 24, 26), 3))
        plane.drawLine(0, -40, 0, -200, stroke((24, 24, 26), 4))
        box = poly([(-20 * way, -255), (34 * way, -275), (34 * way, -160), (-20 * way, -185)])
        plane.drawPath(box, fill((30, 30, 33)))
        front = poly([(26 * way, -276), (40 * way, -272), (40 * way, -163), (26 * way, -159)])
        plane.drawPath(front, fill((255, 252, 244)))
    r.glow((x + 0.35 * way, 2.15, z), 1.7, alpha=0.6, tone=(255, 248, 234))


def _booth_window(wall: Any, r: Room) -> None:
    """The window of a booth, lit, with a sign."""
    wall.drawRect(box_of(-150, -215, 150, -105), fill((16, 16, 18)))
    ramp = [((120, 150, 160), 1), ((54, 70, 84), 1)]
    wall.drawRect(box_of(-144, -209, 144, -111), fill(shader=linear((-144, -209), (144, -111), ramp)))
    wall.drawRRect(skia.RRect.MakeRectXY(box_of(-40, -250, 40, -228), 4, 4), fill((236, 52, 44)))
    r.glow((0, 2.4, r.back), 1.2, alpha=0.4, tone=(255, 80, 64))


def _mixing_desk(r: Room) -> None:
    """A desk full of faders, microphones over it."""
    r.shade(0, 7.0, (1.7, 0.4))
    r.box((-1.6, 1.6, 0, 0.72, 6.8, 7.4), r.tone("#4a3a32"), edge=0.3)
    r.quad([(-1.65, 0.74, 6.7), (1.65, 0.74, 6.7), (1.65, 0.96, 7.4), (-1.65, 0.96, 7.4)], fill((44, 46, 52)))
    for k in range(30):
        for j in range(4):
            t = 0.15 + 0.22 * j
            p = seen(-1.55 + 3.1 * k / 29, 0.74 + 0.22 * t, 6.7 + 0.7 * t)
            tone = ((120, 230, 150), (250, 190, 90), (230, 232, 236), (110, 190, 250))[(k + j * 3) % 4]
            r.canvas.drawRect(box_of(p[0] - 2, p[1] - 3, p[0] + 2, p[1] + 2), fill(tone, 0.85 if (k * j) % 3 else 0.4))
    for x in (-1.9, 1.9):
        r.box((x - 0.2, x + 0.2, 0.95, 1.5, 7.2, 7.5), (34, 34, 38), edge=0.4)
        with r.facing(7.2, x, 0.95) as plane:
            plane.drawCircle(0, -18, 12, fill((70, 72, 78)))
            plane.drawCircle(0, -43, 6, fill((70, 72, 78)))
    with r.facing(6.4, 0.9) as plane:
        plane.drawPath(smooth([(40, 0), (34, -120), (0, -152)], close=False), stroke((28, 28, 30), 3))
        plane.drawRRect(skia.RRect.MakeRectXY(box_of(-9, -166, 7, -138), 7, 7), fill((150, 154, 160)))


HIDEOUTS: dict[str, Painter] = {"cell": cell, "cave": cave, "tent": tent, "studio": studio}
