"""Furniture as solid things in the space of a room (metres): tables, chairs, sofas, beds, shelves, cupboards."""

from typing import Any

import numpy as np
import skia

from generation_service.previs.brush import Colour, fill, linear, mix, poly, stroke
from generation_service.previs.scenes.space import DARK, WHITE, Room, seen
from generation_service.previs.scenes.surfaces import box_of

BOOKS: tuple[str, ...] = ("#7c342c", "#344a5c", "#967a4c", "#3e5642", "#beb29c", "#583c54", "#8a5a34", "#28384a")
# The colours of pictures on walls.
ART: tuple[str, ...] = ("#b8a47e", "#7a8f96", "#a86f54", "#56706a", "#c9b08a", "#8c7a86", "#5b6a80", "#94875f")
GOODS: tuple[str, ...] = ("#b8503a", "#3f6f8a", "#d8b24a", "#6a8a4a", "#e6ddca", "#8a4f7a", "#d0763c", "#4f9a94")


def padded(room: Room, box: tuple[float, float, float, float], z: float, tone: Colour, round_: float = 8.0) -> None:
    """An upholstered shape facing the camera: (x0, y0, x1, y1) in metres at ``z``, corners in centimetres."""
    x0, y0, x1, y1 = box
    with room.facing(z) as plane:
        shape = skia.RRect.MakeRectXY(box_of(100 * x0, -100 * y1, 100 * x1, -100 * y0), round_, round_)
        ramp = [(mix(tone, WHITE, 0.28), 1), (tone, 1), (mix(tone, DARK, 0.42), 1)]
        plane.drawRRect(
            shape, fill(shader=linear((100 * x0, -100 * y1), (100 * x0 + 20, -100 * y0), ramp, [0.0, 0.35, 1.0]))
        )
        plane.drawRRect(shape, stroke(mix(tone, DARK, 0.6), 0.8, 0.35))


def table(room: Room, at: tuple[float, float], size: tuple[float, float, float], tone: str, *, cloth: str = "") -> None:
    """A table in the middle of ``at`` (x, z); ``size`` across, along, high. ``cloth``: a table cloth of that colour."""
    (x, z), (wide, deep, high) = at, size
    wood = room.tone(tone)
    room.shade(x, z, (0.62 * wide, 0.62 * deep), dark=0.5)
    leg = mix(wood, DARK, 0.35)
    for k, (dx, dz) in enumerate(((-1, 1), (1, 1), (-1, -1), (1, -1))):
        px, pz = x + dx * (wide / 2 - 0.07), z + dz * (deep / 2 - 0.07)
        room.box((px - 0.035, px + 0.035, 0, high - 0.04, pz - 0.03, pz + 0.03), mix(leg, DARK, 0.3 if k < 2 else 0.0))
    z0, z1 = z - deep / 2, z + deep / 2
    if cloth:
        room.box((x - wide / 2, x + wide / 2, high - 0.34, high, z0, z1), room.tone(cloth))
        return
    room.box((x - wide / 2 + 0.05, x + wide / 2 - 0.05, high - 0.12, high - 0.04, z0 + 0.04, z1), leg)
    room.box((x - wide / 2, x + wide / 2, high - 0.05, high, z0, z1), wood, top=mix(wood, WHITE, 0.3), edge=0.6)


def chair(room: Room, at: tuple[float, float], tone: str, *, faces: int = 0, seat: float = 0.46) -> None:
    """A plain chair; ``faces`` 0 the camera, 2 away from it, -1 left, 1 right."""
    (x, z), wood = at, room.tone(tone)
    dark = mix(wood, DARK, 0.34)
    room.shade(x, z, (0.32, 0.3), dark=0.4)
    for dx, dz in ((-0.19, 0.19), (0.19, 0.19), (-0.19, -0.19), (0.19, -0.19)):
        room.box((x + dx - 0.022, x + dx + 0.022, 0, seat, z + dz - 0.02, z + dz + 0.02), dark, edge=0)
    back = {
        0: (x - 0.21, x + 0.21, seat, seat + 0.44, z + 0.18, z + 0.22),
        2: (x - 0.21, x + 0.21, seat, seat + 0.44, z - 0.22, z - 0.18),
        -1: (x + 0.18, x + 0.22, seat, seat + 0.44, z - 0.2, z + 0.2),
        1: (x - 0.22, x - 0.18, seat, seat + 0.44, z - 0.2, z + 0.2),
    }[faces]
    if faces != 2:
        room.box(back, mix(wood, DARK, 0.12))
    room.box((x - 0.23, x + 0.23, seat - 0.05, seat, z - 0.22, z + 0.22), wood, edge=0.5)
    if faces == 2:
        room.box(back, wood, edge=0.5)


def stool(room: Room, at: tuple[float, float], tone: str, *, seat: float = 0.74) -> None:
    """A round stool on one leg."""
    x, z = at
    metal = room.tone("#8a8c90")
    room.shade(x, z, (0.26, 0.22), dark=0.4)
    foot, top = seen(x, 0, z), seen(x, seat, z)
    scale = (foot[1] - top[1]) / seat
    room.canvas.drawLine(*foot, *top, stroke(metal, 0.05 * scale))
    disc(room, (x, 0.02, z), 0.2, mix(metal, DARK, 0.4))
    with room.facing(z, x, seat) as plane:
        pad = skia.RRect.MakeRectXY(box_of(-19, -4, 19, 5), 4, 4)
        lit = room.tone(tone)
        plane.drawRRect(
            pad, fill(shader=linear((-19, 0), (19, 0), [(mix(lit, WHITE, 0.2), 1), (mix(lit, DARK, 0.4), 1)]))
        )
    disc(room, (x, seat + 0.04, z), 0.19, mix(room.tone(tone), WHITE, 0.2))


def disc(room: Room, at: tuple[float, float, float], radius: float, tone: Colour) -> None:
    """A level round plate."""
    x, y, z = at
    with room.level(y) as plane:
        plane.drawCircle(100 * x, -100 * z, 100 * radius, fill(tone))


def round_table(room: Room, at: tuple[float, float], radius: float, tone: str, *, high: float = 0.74) -> None:
    """A small round table on a column."""
    (x, z), wood = at, room.tone(tone)
    room.shade(x, z, (1.1 * radius, radius), dark=0.45)
    foot, top = seen(x, 0, z), seen(x, high, z)
    scale = (foot[1] - top[1]) / high
    disc(room, (x, 0.02, z), 0.5 * radius, room.tone("#26221f"))
    room.canvas.drawLine(*foot, *top, stroke(room.tone("#34302c"), 0.07 * scale))
    disc(room, (x, high - 0.035, z), radius, mix(wood, DARK, 0.5))
    disc(room, (x, high, z), radius, mix(wood, WHITE, 0.22))


def sofa(room: Room, at: tuple[float, float], wide: float, cloth: Colour, cushions: tuple[str, ...] = ()) -> None:
    """A sofa that faces the camera; ``cloth`` is lit already."""
    x, z = at
    room.shade(x, z - 0.1, (0.58 * wide, 0.62), dark=0.55)
    half = wide / 2
    dark = mix(cloth, DARK, 0.16)
    room.box((x - half, x + half, 0.14, 0.84, z + 0.25, z + 0.48), dark)
    seats = 3 if wide > 1.9 else 2
    for k in range(seats):
        a = x - half + 0.2 + (wide - 0.4) * k / seats
        b = x - half + 0.2 + (wide - 0.4) * (k + 1) / seats
        padded(room, (a, 0.40, b, 0.86), z + 0.2, cloth, 9)
    room.box((x - half + 0.16, x + half - 0.16, 0.14, 0.40, z - 0.42, z + 0.25), mix(cloth, DARK, 0.12))
    for k in range(seats):
        a = x - half + 0.2 + (wide - 0.4) * k / seats
        b = x - half + 0.2 + (wide - 0.4) * (k + 1) / seats
        room.box((a, b, 0.32, 0.46, z - 0.42, z + 0.22), mix(cloth, WHITE, 0.08))
    for k, name in enumerate(cushions):
        cx = x + (-1) ** k * (half - 0.55)
        with room.facing(z + 0.04, cx, 0.62) as plane:
            plane.rotate(-14.0 if k % 2 else 12.0)
            tone = room.tone(name)
            ramp = linear((-20, -20), (20, 22), [(mix(tone, WHITE, 0.3), 1), (tone, 1), (mix(tone, DARK, 0.4), 1)])
            plane.drawRRect(skia.RRect.MakeRectXY(box_of(-20, -18, 20, 18), 7, 7), fill(shader=ramp))
    for side in (-1, 1):
        a = x + side * (half - 0.09)
        room.box((a - 0.12, a + 0.12, 0.10, 0.60, z - 0.46, z + 0.46), cloth)
        padded(room, (a - 0.13, 0.50, a + 0.13, 0.64), z - 0.46, mix(cloth, WHITE, 0.1), 7)


def bed(room: Room, at: tuple[float, float], wide: float, quilt: Colour, tones: tuple[str, str]) -> None:
    """A bed, its head at the back wall, its middle at ``at``; ``tones`` of wood and linen, ``quilt`` is lit already."""
    (x, z), wood, linen = at, room.tone(tones[0]), room.tone(tones[1])
    half, head, foot = wide / 2, z + 1.0, z - 1.0
    room.shade(x, z, (0.6 * wide, 1.1), dark=0.55)
    room.box((x - half - 0.06, x + half + 0.06, 0.1, 1.12, head, head + 0.08), wood)
    padded(room, (x - half + 0.02, 0.55, x + half - 0.02, 1.06), head - 0.005, mix(wood, WHITE, 0.10), 6)
    room.box((x - half, x + half, 0.12, 0.32, foot, head), mix(wood, DARK, 0.1))
    room.box((x - half + 0.02, x + half - 0.02, 0.32, 0.52, foot + 0.04, head), linen)
    for k in (-1, 1):
        padded(room, (x + k * half / 2 - 0.36, 0.5, x + k * half / 2 + 0.36, 0.80), head - 0.16, linen, 14)
    room.box((x - half - 0.03, x + half + 0.03, 0.22, 0.58, foot - 0.02, head - 0.55), quilt, edge=0)
    fold = mix(quilt, WHITE, 0.35)
    ends = ((x - half - 0.03, 0.585, head - 0.55), (x + half + 0.03, 0.585, head - 0.55))
    room.quad([*ends, (ends[1][0], 0.585, head - 0.85), (ends[0][0], 0.585, head - 0.85)], fill(mix(fold, linen, 0.4)))
    for k in range(6):
        dx = -half + wide * (k + 0.5) / 6
        a, b, c = (
            seen(x + dx, 0.58, head - 0.9),
            seen(x + dx * 1.02, 0.58, foot),
            seen(x + dx * 1.02 + 0.02, 0.24, foot - 0.02),
        )
        room.canvas.drawPath(poly([a, b, c], close=False), stroke(mix(quilt, DARK, 0.45), 2.2, 0.4, blur=1.5))


def bookcase(
    room: Room, box: tuple[float, float, float, float, float, float], rows: int, *, wood: str = "#60422e"
) -> None:
    """A case of books against the back wall or, on a side, seen on the face that looks into the room."""
    room.box(box, room.tone(wood))
    x0, x1, y0, y1, z0, _ = box
    with room.facing(z0) as plane:
        shelf(plane, room, (100 * x0 + 4, -100 * y1 + 4, 100 * x1 - 4, -100 * y0 - 6), rows, wood)


def shelf(
    plane: Any, room: Room, box: tuple[float, float, float, float], rows: int, wood: str, *,
    goods: tuple[str, ...] = BOOKS, wide: tuple[float, float] = (3.4, 8.0),
) -> None:  # fmt: skip
    """Rows of books, or of ``goods``, on a plane in centimetres; each row is dark behind and shaded from above."""
    left, top, right, low = box
    tone, rng = room.tone(wood), room.rng
    plane.drawRect(box_of(*box), fill(mix(tone, DARK, 0.66)))
    tall = (low - top) / rows
    for r in range(rows):
        y, x = top + tall * (r + 1), left + 1.0
        while x < right - wide[1]:
            w, h = float(rng.uniform(*wide)), tall * float(rng.uniform(0.55, 0.86))
            if rng.random() < 0.93:
                colour = mix(room.tone(goods[int(rng.integers(len(goods)))]), DARK, float(rng.uniform(0, 0.3)))
                ramp = [(mix(colour, WHITE, 0.2), 1), (colour, 1), (mix(colour, DARK, 0.35), 1)]
                plane.drawRect(box_of(x, y - h, x + w, y - 2.5), fill(shader=linear((x, 0), (x + w, 0), ramp)))
                if w > 5:
                    plane.drawRect(box_of(x, y - h * 0.82, x + w, y - h * 0.76), fill(mix(colour, WHITE, 0.5), 0.7))
            x += w + 0.5
        shade = linear((0, y - tall), (0, y - tall + 0.5 * tall), [(DARK, 0.55), (DARK, 0.0)])
        plane.drawRect(box_of(left, y - tall, right, y), fill(shader=shade))
        plane.drawRect(box_of(left, y - 2.5, right, y + 0.8), fill(mix(tone, WHITE, 0.14)))


def cupboards(
    room: Room, box: tuple[float, float, float, float, float, float], doors: int, tone: Colour, *, rows: int = 1
) -> None:
    """A row of cupboards with panelled doors and knobs; ``tone`` is lit already."""
    room.box(box, tone)
    x0, x1, y0, y1, z0, _ = box
    with room.facing(z0) as plane:
        wide, tall = 100 * (x1 - x0) / doors, 100 * (y1 - y0) / rows
        for k in range(doors * rows):
            left, top = 100 * x0 + wide * (k % doors), -100 * y1 + tall * (k // doors)
            face = box_of(left + 1, top + 1.5, left + wide - 1, top + tall - 1.5)
            ramp = linear(
                (left, top), (left + wide, top + tall), [(mix(tone, WHITE, 0.15), 1), (mix(tone, DARK, 0.12), 1)]
            )
            plane.drawRect(face, fill(shader=ramp))
            plane.drawRect(face, stroke(mix(tone, DARK, 0.62), 1.1, 0.9))
            if tall > 24:
                inner = box_of(left + 7, top + 7.5, left + wide - 7, top + tall - 7.5)
                plane.drawRect(inner, stroke(mix(tone, DARK, 0.45), 0.9, 0.8))
                plane.drawLine(
                    left + 7,
                    top + tall - 7.5,
                    left + wide - 7,
                    top + tall - 7.5,
                    stroke(mix(tone, WHITE, 0.5), 0.8, 0.7),
                )
            knob = (left + wide - 4.5, top + tall / 2) if k % 2 == 0 else (left + 4.5, top + tall / 2)
            plane.drawCircle(*knob, 1.7, fill(room.tone("#d8c49a")))


def picture(
    room: Room, side: int, box: tuple[float, float, float, float], frame: str = "#40302a", *, art: int = 0
) -> None:
    """A framed picture on a wall: (from, to, lower, upper edge) in metres."""
    a, b, low, high = (100 * v for v in box)
    rng = np.random.default_rng(room.place.seed + art)
    with room.wall(side) as wall:
        wall.drawRect(box_of(a + 1.5, -high + 3, b + 3, -low + 5), fill(DARK, 0.4))
        wall.drawRect(box_of(a, -high, b, -low), fill(room.tone(frame)))
        wall.drawRect(box_of(a + 2.5, -high + 2.5, b - 2.5, -low - 2.5), fill(room.tone("#e8dfcc")))
        inner = box_of(a + 7, -high + 7, b - 7, -low - 7)
        wall.save()
        wall.clipRect(inner)
        tones = [room.tone(ART[int(rng.integers(len(ART)))]) for _ in range(4)]
        wall.drawPaint(fill(shader=linear((0, -high), (0, -low), [(tones[0], 1), (mix(tones[0], WHITE, 0.5), 1)])))
        for k in range(3):
            y = -low - (high - low) * (0.55 - 0.2 * k)
            ridge = [(a + (b - a) * t / 6, y + (high - low) * float(rng.uniform(-0.12, 0.12))) for t in range(7)]
            wall.drawPath(poly([*ridge, (b, -low), (a, -low)]), fill(mix(tones[k + 1], DARK, 0.12 * k)))
        wall.restore()


def counter(
    room: Room, box: tuple[float, float, float, float, float, float], tone: str, top: str, *, panels: int = 5
) -> None:
    """A counter with a panelled front and a top that stands out."""
    x0, x1, y0, y1, z0, z1 = box
    room.shade((x0 + x1) / 2, z0, (0.55 * (x1 - x0), 0.35), dark=0.5)
    room.box((x0, x1, y0, y1 - 0.05, z0, z1), room.tone(tone))
    wood = room.tone(tone)
    with room.facing(z0) as plane:
        wide = 100 * (x1 - x0) / panels
        for k in range(panels):
            left = 100 * x0 + wide * k
            face = box_of(left + 6, -100 * y1 + 16, left + wide - 6, -100 * y0 - 12)
            plane.drawRect(face, fill(mix(wood, DARK, 0.16)))
            plane.drawRect(face, stroke(mix(wood, DARK, 0.5), 1.4, 0.8))
            plane.drawLine(
                left + 6, -100 * y0 - 12, left + wide - 6, -100 * y0 - 12, stroke(mix(wood, WHITE, 0.4), 1.0, 0.6)
            )
    room.box((x0 - 0.06, x1 + 0.06, y1 - 0.05, y1, z0 - 0.08, z1), room.tone(top), edge=0.8)


def side_case(
    room: Room, side: int, box: tuple[float, float, float, float], *, rows: int, wood: str,
    goods: tuple[str, ...] = BOOKS, wide: tuple[float, float] = (3.4, 8.0),
) -> None:  # fmt: skip
    """A long case along a side wall, its shelves towards the room; ``box``: from, to, high, deep."""
    near, far, high, deep = box
    x = side * (room.half - deep)
    block = (min(x, side * room.half), max(x, side * room.half), 0.0, high, near, far)
    room.box(block, room.tone(wood), edge=0)
    with room.plane((x, 0, 0), (0, 0, 1), (0, -1, 0)) as plane:
        bays = max(1, round((far - near) / 0.9))
        for k in range(bays):
            a, b = (100 * (near + (far - near) * (k + t) / bays) for t in (0.03, 0.97))
            shelf(plane, room, (a, -100 * high + 6, b, -8), rows, wood, goods=goods, wide=wide)
        dim = linear((100 * near, 0), (100 * far, 0), [(DARK, 0.05), (DARK, 0.42)])
        plane.drawRect(box_of(100 * near, -100 * high, 100 * far, 0), fill(shader=dim))


def column(room: Room, at: tuple[float, float], radius: float, high: float, tone: str) -> None:
    """A round column with base and capital; it may go on above the picture."""
    (x, z), stone = at, room.tone(tone)
    room.shade(x, z, (1.7 * radius, 1.4 * radius), dark=0.45)
    ramp = [(mix(stone, DARK, 0.35), 1), (mix(stone, WHITE, 0.26), 1), (stone, 1), (mix(stone, DARK, 0.55), 1)]
    stops = [0.0, 0.3, 0.55, 1.0] if room.sun <= 0 else [0.0, 0.6, 0.8, 1.0]
    with room.facing(z, x) as plane:
        for r, top, low in ((radius, -high, 0.0), (1.35 * radius, -0.22, 0.0), (1.3 * radius, -high, -high + 0.22)):
            wide, box = 100 * r, box_of(-100 * r, 100 * top, 100 * r, 100 * low)
            plane.drawRect(box, fill(shader=linear((-wide, 0), (wide, 0), ramp, stops)))
            plane.drawLine(-wide, 100 * top, wide, 100 * top, stroke(mix(stone, WHITE, 0.3), 1.2, 0.6))


def crate(room: Room, at: tuple[float, float, float], size: tuple[float, float, float], tone: str) -> None:
    """A wooden box standing at (x, y, z)."""
    (x, y, z), (wide, high, deep), wood = at, size, room.tone(tone)
    if y == 0:
        room.shade(x, z, (0.62 * wide, 0.5 * deep), dark=0.45)
    room.box((x - wide / 2, x + wide / 2, y, y + high, z - deep / 2, z + deep / 2), wood)
    with room.facing(z - deep / 2, x, y) as plane:
        half, tall = 50 * wide, 100 * high
        for k in range(1, 4):
            plane.drawLine(-half, -tall * k / 4, half, -tall * k / 4, stroke(mix(wood, DARK, 0.55), 0.9, 0.8))
        plane.drawRect(box_of(-half + 1, -tall + 1, half - 1, -1), stroke(mix(wood, WHITE, 0.16), 3.4, 0.9))
        plane.drawRect(box_of(-half, -tall, half, 0), stroke(mix(wood, DARK, 0.6), 0.8, 0.8))


def clock(room: Room, side: int, at: tuple[float, float], radius: float = 0.16) -> None:
    """A wall clock at ten past ten."""
    u, v, r = 100 * at[0], -100 * at[1], 100 * radius
    with room.wall(side) as wall:
        wall.drawCircle(u + 1.5, v + 2.5, r, fill(DARK, 0.4))
        wall.drawCircle(u, v, r, fill(room.tone("#3c3430")))
        wall.drawCircle(u, v, 0.87 * r, fill(room.tone("#f2ece0")))
        for k in range(12):
            a = k * np.pi / 6
            wall.drawCircle(u + 0.72 * r * float(np.sin(a)), v - 0.72 * r * float(np.cos(a)), 0.05 * r, fill(DARK))
        wall.drawLine(u, v, u - 0.36 * r, v - 0.30 * r, stroke(DARK, 0.11 * r))
        wall.drawLine(u, v, u + 0.52 * r, v - 0.34 * r, stroke(DARK, 0.07 * r))
