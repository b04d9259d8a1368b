"""Walls, ceilings and floors of rooms: what they are made of, and the shade that gathers where they meet."""

from collections.abc import Callable
from typing import Any

import numpy as np
import skia

from generation_service.previs.brush import Colour, fill, linear, mix, radial, stroke
from generation_service.previs.scenes.space import DARK, NEAR, WHITE, Room

Pattern = Callable[[Any, tuple[float, float, float], Colour, np.random.Generator], None]
BELOW = 90.0


def box_of(left: float, top: float, right: float, bottom: float) -> Any:
    """A rectangle."""
    return skia.Rect.MakeLTRB(left, top, right, bottom)


def walls(
    room: Room, back: str, *, side: str = "", ceiling: str = "#e9e4da", pattern: Pattern | None = None,
    skirting: str = "#efe9de",
) -> None:  # fmt: skip
    """A closed room: ceiling, side walls and back wall with a pattern, skirting, and shade in the corners. ``skirting``
    may be empty.
    """
    canvas, high = room.canvas, 100 * room.high
    canvas.layer(0.6)
    canvas.wall()
    canvas.drawPaint(fill(room.tone(back)))
    _ceiling(room, ceiling)
    for where in (-1, 1, 0):
        tone = room.tone(side or back) if where else room.tone(back)
        if where:
            tone = mix(tone, DARK, 0.26) if where == room.sun else mix(tone, WHITE, 0.05)
        with room.wall(where) as wall:
            ends = (-100 * room.half, 100 * room.half) if where == 0 else (100 * NEAR, 100 * room.back)
            wall.drawRect(box_of(ends[0], -high, ends[1], BELOW), fill(tone))
            if pattern is not None:
                pattern(wall, (*ends, high), tone, room.rng)
            if skirting:
                _trims(wall, (*ends, high), mix(room.tone(skirting), DARK, 0.2 if where == room.sun else 0.0))
            _corners(wall, (*ends, high), where == 0)
    _falloff(room)


def _ceiling(room: Room, ceiling: str) -> None:
    tone = room.tone(ceiling)
    with room.level(room.high) as flat:
        half, near, far = 100 * room.half, -100 * NEAR, -100 * room.back
        ramp = linear((0, near), (0, far), [(mix(tone, DARK, 0.42), 1), (mix(tone, DARK, 0.22), 1)])
        flat.drawRect(box_of(-half, far, half, near), fill(shader=ramp))
        for side in (-1, 1):
            edge = linear((side * half, 0), (side * (half - 90), 0), [(DARK, 0.3), (DARK, 0.0)])
            flat.drawRect(box_of(-half, far, half, near), fill(shader=edge))
        edge = linear((0, far), (0, far + 120), [(DARK, 0.3), (DARK, 0.0)])
        flat.drawRect(box_of(-half, far, half, near), fill(shader=edge))


def _trims(wall: Any, size: tuple[float, float, float], tone: Colour) -> None:
    a, b, high = size
    wall.drawRect(box_of(a, -13, b, BELOW), fill(tone))
    wall.drawLine(a, -13, b, -13, stroke(mix(tone, DARK, 0.45), 1.0, 0.7))
    wall.drawLine(a, -1, b, -1, stroke(mix(tone, DARK, 0.7), 2.0, 0.8))
    wall.drawRect(box_of(a, -high, b, -high + 8), fill(mix(tone, DARK, 0.18)))
    wall.drawLine(a, -high + 8, b, -high + 8, stroke(mix(tone, DARK, 0.5), 1.0, 0.5))


def _corners(wall: Any, size: tuple[float, float, float], back: bool) -> None:
    """Shade where a wall meets ceiling, floor and the next wall."""
    a, b, high = size
    whole = box_of(a, -high, b, BELOW)
    for start, end, dark in (((0, -high), (0, -high + 95), 0.34), ((0, 0), (0, -85), 0.30)):
        wall.drawRect(whole, fill(shader=linear(start, end, [(DARK, dark), (DARK, 0.0)])))
    for start, end in (((b, 0), (b - 95, 0)), *((((a, 0), (a + 95, 0)),) if back else ())):
        wall.drawRect(whole, fill(shader=linear(start, end, [(DARK, 0.30), (DARK, 0.0)])))


def _falloff(room: Room) -> None:
    """Darker away from the middle, more so by lamp light: people stand out before the middle of the back wall."""
    dark = 0.20 + 0.30 * room.mood.lamps
    shader = radial((800, 360), 1000, [(DARK, 0.0), (DARK, 0.0), (DARK, dark)], [0.0, 0.32, 1.0])
    room.canvas.drawPaint(fill(shader=shader))


def floor(room: Room, tone: str, kind: str = "boards", *, mirror: float = 0.0) -> None:
    """The floor as a layer of its own, of ``kind`` boards, tiles, checks, carpet, concrete, earth or flags."""
    canvas = room.canvas
    canvas.layer(0.55, ground=True, mirror=mirror)
    lit = room.tone(tone)
    with room.level() as flat:
        half, near, far = 100 * room.half, -100 * NEAR, -100 * room.back
        flat.drawRect(box_of(-half, far, half, near), fill(lit))
        _FLOORS[kind](flat, (half, near, far), lit, room.rng)
        whole = box_of(-half, far, half, near)
        for start, end, dark in (
            ((-half, 0), (-half + 110, 0), 0.40), ((half, 0), (half - 110, 0), 0.40), ((0, far), (0, far + 130), 0.42),
            ((0, near), (0, -400), 0.30),
        ):  # fmt: skip
            flat.drawRect(whole, fill(shader=linear(start, end, [(DARK, dark), (DARK, 0.0)])))
        reach = 420.0
        light = radial((0, -480), reach, [(WHITE, 0.10), (WHITE, 0.0)])
        flat.drawRect(box_of(-half, -480 - reach, half, -480 + reach), fill(shader=light))
        night = 0.30 * room.mood.lamps
        if night > 0.05:
            dim = radial((0, -520), 480, [(DARK, 0.0), (DARK, 0.0), (DARK, night)], [0.0, 0.3, 1.0])
            flat.drawRect(whole, fill(shader=dim))


def _boards(flat: Any, size: tuple[float, float, float], tone: Colour, rng: np.random.Generator) -> None:
    half, near, far = size
    x = -half
    while x < half:
        y = far - float(rng.uniform(0, 180))
        while y < near:
            long = float(rng.uniform(130, 260))
            shade = mix(mix(tone, DARK, float(rng.uniform(0, 0.24))), WHITE, float(rng.uniform(0, 0.07)))
            flat.drawRect(box_of(x, max(y, far), x + 15, min(y + long, near)), fill(shade))
            flat.drawLine(x, max(y, far), x + 15, max(y, far), stroke(mix(tone, DARK, 0.6), 0.8, 0.7))
            y += long
        flat.drawLine(x, far, x, near, stroke(mix(tone, DARK, 0.6), 0.9, 0.75))
        x += 15


def _tiles(flat: Any, size: tuple[float, float, float], tone: Colour, rng: np.random.Generator) -> None:
    _squares(flat, size, (tone, tone), rng, 44.0)


def _checks(flat: Any, size: tuple[float, float, float], tone: Colour, rng: np.random.Generator) -> None:
    _squares(flat, size, (tone, mix(tone, DARK, 0.55)), rng, 46.0)


def _flags(flat: Any, size: tuple[float, float, float], tone: Colour, rng: np.random.Generator) -> None:
    _squares(flat, size, (tone, mix(tone, DARK, 0.14)), rng, 72.0, rough=0.2)


def _squares(
    flat: Any, size: tuple[float, float, float], tones: tuple[Colour, Colour], rng: np.random.Generator, pitch: float,
    *, rough: float = 0.08,
) -> None:  # fmt: skip
    half, near, far = size
    for i, x in enumerate(np.arange(-half, half, pitch)):
        for j, y in enumerate(np.arange(near, far, -pitch)):
            shade = mix(tones[(i + j) % 2], DARK, float(rng.uniform(0, rough)))
            flat.drawRect(
                box_of(float(x) + 0.6, max(far, float(y) - pitch + 0.6), min(half, float(x) + pitch), float(y)),
                fill(shade),
            )
    line = stroke(mix(tones[0], DARK, 0.5), 1.0, 0.7)
    for x in np.arange(-half, half, pitch):
        flat.drawLine(float(x), near, float(x), far, line)
    for y in np.arange(near, far, -pitch):
        flat.drawLine(-half, float(y), half, float(y), line)


def _carpet(flat: Any, size: tuple[float, float, float], tone: Colour, rng: np.random.Generator) -> None:
    half, near, far = size
    for x in np.arange(-half, half, 50.0):
        for y in np.arange(near, far, -50.0):
            shade = mix(tone, DARK, float(rng.uniform(0, 0.09)))
            flat.drawRect(box_of(float(x), max(far, float(y) - 50), min(half, float(x) + 50), float(y)), fill(shade))


def _earth(flat: Any, size: tuple[float, float, float], tone: Colour, rng: np.random.Generator) -> None:
    half, near, far = size
    for _ in range(90):
        at = (float(rng.uniform(-half, half)), float(rng.uniform(far, near)))
        reach = float(rng.uniform(25, 90))
        dark = mix(tone, DARK, float(rng.uniform(0.1, 0.4)))
        shader = radial(at, reach, [(dark, 0.3), (dark, 0.0)])
        flat.drawRect(
            box_of(at[0] - reach, max(far, at[1] - reach), at[0] + reach, min(near, at[1] + reach)), fill(shader=shader)
        )


def _concrete(flat: Any, size: tuple[float, float, float], tone: Colour, rng: np.random.Generator) -> None:
    half, near, far = size
    _earth(flat, size, tone, rng)
    for y in np.arange(-300, far, -240.0):
        flat.drawLine(-half, float(y), half, float(y), stroke(mix(tone, DARK, 0.5), 1.4, 0.6))
    for x in np.arange(-half, half, 240.0):
        flat.drawLine(float(x), near, float(x), far, stroke(mix(tone, DARK, 0.5), 1.4, 0.6))


_FLOORS: dict[str, Callable[[Any, tuple[float, float, float], Colour, np.random.Generator], None]] = {
    "boards": _boards, "tiles": _tiles, "checks": _checks, "carpet": _carpet, "concrete": _concrete,
    "earth": _earth, "flags": _flags,
}  # fmt: skip


def paper(wall: Any, size: tuple[float, float, float], tone: Colour, rng: np.random.Generator) -> None:
    """Wallpaper in quiet stripes."""
    a, b, high = size
    for x in np.arange(a, b, 22.0):
        wall.drawRect(box_of(float(x), -high, float(x) + 11, 0), fill(mix(tone, WHITE, 0.10), 0.5))


def panels(wall: Any, size: tuple[float, float, float], tone: Colour, rng: np.random.Generator) -> None:
    """Wooden panels to the height of a shoulder, plaster above."""
    a, b, _ = size
    wood = mix(tone, (84, 52, 34), 0.72)
    wall.drawRect(box_of(a, -128, b, BELOW), fill(wood))
    wall.drawRect(box_of(a, -134, b, -126), fill(mix(wood, WHITE, 0.22)))
    for x in np.arange(a + 6, b - 40, 74.0):
        inner = box_of(float(x), -114, float(x) + 62, -24)
        wall.drawRect(inner, fill(mix(wood, DARK, 0.14)))
        wall.drawRect(inner, stroke(mix(wood, DARK, 0.5), 1.8, 0.8))
        wall.drawLine(float(x), -24, float(x) + 62, -24, stroke(mix(wood, WHITE, 0.35), 1.4, 0.7))


def full_panels(wall: Any, size: tuple[float, float, float], tone: Colour, rng: np.random.Generator) -> None:
    """Wooden panels up to the ceiling."""
    a, b, high = size
    for x in np.arange(a + 5, b - 50, 92.0):
        for top, low in ((-high + 18, -124.0), (-108.0, -22.0)):
            inner = box_of(float(x), top, float(x) + 78, low)
            wall.drawRect(inner, fill(mix(tone, DARK, 0.13)))
            wall.drawRect(inner, stroke(mix(tone, DARK, 0.5), 1.8, 0.8))
            wall.drawLine(float(x), low, float(x) + 78, low, stroke(mix(tone, WHITE, 0.35), 1.4, 0.6))


def bricks(wall: Any, size: tuple[float, float, float], tone: Colour, rng: np.random.Generator) -> None:
    """Brick, course upon course."""
    a, b, high = size
    wall.drawRect(box_of(a, -high, b, 0), fill(mix(tone, (186, 176, 160), 0.3)))
    for row, y in enumerate(np.arange(-high, 0, 11.0)):
        for x in np.arange(a - (row % 2) * 14, b, 28.0):
            shade = mix(tone, DARK, float(rng.uniform(0, 0.34)))
            wall.drawRect(box_of(max(a, float(x)), float(y), min(b, float(x) + 26.5), float(y) + 9.8), fill(shade))


def tiled(wall: Any, size: tuple[float, float, float], tone: Colour, rng: np.random.Generator) -> None:
    """Glazed tiles, each a little different."""
    a, b, high = size
    for row, y in enumerate(np.arange(-high, 0, 15.0)):
        for x in np.arange(a - (row % 2) * 15, b, 30.0):
            shade = mix(mix(tone, WHITE, 0.16), DARK, float(rng.uniform(0, 0.12)))
            left, right = max(a, float(x)), min(b, float(x) + 29.2)
            wall.drawRect(box_of(left, float(y), right, float(y) + 14.3), fill(shade))


def planks(wall: Any, size: tuple[float, float, float], tone: Colour, rng: np.random.Generator) -> None:
    """Walls of logs or planks lying on one another."""
    a, b, high = size
    for y in np.arange(-high, 0, 21.0):
        shade = mix(tone, DARK, float(rng.uniform(0, 0.2)))
        ramp = [(mix(shade, WHITE, 0.16), 1), (shade, 1), (mix(shade, DARK, 0.55), 1)]
        top = float(y)
        wall.drawRect(box_of(a, top, b, top + 21), fill(shader=linear((0, top), (0, top + 21), ramp, [0.0, 0.45, 1.0])))
        for _ in range(int((b - a) / 90)):
            x = float(rng.uniform(a, b - 40))
            wall.drawLine(x, top + 9, x + float(rng.uniform(12, 40)), top + 9, stroke(mix(shade, DARK, 0.5), 0.9, 0.5))


def stones(wall: Any, size: tuple[float, float, float], tone: Colour, rng: np.random.Generator) -> None:
    """Blocks of stone."""
    a, b, high = size
    wall.drawRect(box_of(a, -high, b, 0), fill(mix(tone, DARK, 0.42)))
    for row, y in enumerate(np.arange(-high, 0, 36.0)):
        x = a - (row % 2) * 34
        while x < b:
            wide = float(rng.uniform(54, 92))
            shade = mix(tone, DARK, float(rng.uniform(0, 0.3)))
            block = skia.RRect.MakeRectXY(
                box_of(max(a, x + 1), float(y) + 1, min(b, x + wide - 1), float(y) + 35), 3, 3
            )
            ramp = linear((0, float(y)), (0, float(y) + 36), [(mix(shade, WHITE, 0.12), 1), (shade, 1)])
            wall.drawRRect(block, fill(shader=ramp))
            x += wide


def steel(wall: Any, size: tuple[float, float, float], tone: Colour, rng: np.random.Generator) -> None:
    """Corrugated sheets on posts."""
    a, b, high = size
    for x in np.arange(a, b, 16.0):
        ramp = [(mix(tone, WHITE, 0.14), 1), (mix(tone, DARK, 0.2), 1)]
        left = float(x)
        wall.drawRect(box_of(left, -high, min(b, left + 16), 0), fill(shader=linear((left, 0), (left + 16, 0), ramp)))
    for x in np.arange(a, b, 240.0):
        wall.drawRect(box_of(float(x), -high, float(x) + 16, 0), fill(mix(tone, DARK, 0.45)))


def rug(room: Room, x: float, z: float, size: tuple[float, float], tone: str, *, round_: bool = False) -> None:
    """A rug with borders, ``size`` in metres across and along."""
    lit, border = room.tone(tone), mix(room.tone(tone), WHITE, 0.4)
    with room.level() as flat:
        wide, long = 50 * size[0], 50 * size[1]
        for share, colour in ((1.0, mix(lit, DARK, 0.2)), (0.93, border), (0.88, lit), (0.6, mix(lit, WHITE, 0.1))):
            box = box_of(
                100 * x - wide * share, -100 * z - long * share, 100 * x + wide * share, -100 * z + long * share
            )
            (flat.drawOval if round_ else flat.drawRect)(box, fill(colour))


def lit_wall(room: Room, at: tuple[float, float], reach: float, alpha: float, tone: Colour) -> None:
    """Light on the back wall around a point of it, in metres."""
    middle, wide = (100 * at[0], -100 * at[1]), 100 * reach
    with room.wall(0) as wall:
        shader = radial(middle, wide, [(tone, alpha), (tone, 0.4 * alpha), (tone, 0.0)], [0.0, 0.4, 1.0])
        wall.drawCircle(*middle, wide, fill(shader=shader, mode=skia.BlendMode.kScreen))
