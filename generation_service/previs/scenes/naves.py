"""Halls of stone: the nave of a church, the hall of a castle."""

from typing import Any

import numpy as np
import skia

from generation_service.contract.shots import Place
from generation_service.previs.brush import fill, linear, mix, poly, rgb, smooth, stroke
from generation_service.previs.scenes.lamps import candles
from generation_service.previs.scenes.light import TIMES, Mood
from generation_service.previs.scenes.nature import Painter
from generation_service.previs.scenes.openings import SUN, outlook, sunlight, thrown, window
from generation_service.previs.scenes.pieces import column
from generation_service.previs.scenes.space import DARK, NEAR, WHITE, Room, seen
from generation_service.previs.scenes.surfaces import box_of, floor, lit_wall, rug, stones, walls


def church(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A nave: columns and arches that run to a stained window, pews along a carpet, candles, light in the air."""
    r = Room((canvas, place, mood, rng), half=3.9, back=13.0, high=7.5, sun=1)
    walls(r, "#b3a894", side="#a89c88", ceiling="#968c7c", pattern=stones, skirting="")
    glow = 1.0 if place.time_of_day in {"day", "dawn", "golden"} else 0.36
    _stained(r, (0.0, 2.3, 1.5, 3.1), glow)
    for x in (-2.7, 2.7):
        _stained(r, (x, 1.5, 0.75, 2.4), glow)
    for z in (5.0, 7.6, 10.2):
        with r.wall(-1) as wall:
            arch = _arch((100 * z, -150.0, 60.0, 250.0))
            wall.drawPath(
                arch, fill(mix((24, 26, 40), mix(TIMES[place.time_of_day].horizon, (190, 200, 240), 0.4), glow), 0.9)
            )
            wall.drawPath(arch, stroke(r.tone("#8a7f70"), 10))
    floor(r, "#a89c8a", "flags", mirror=0.08)
    rug(r, 0, 7.2, (1.3, 11.4), "#7a2a2e")
    for z in (5.0, 7.6, 10.2):
        _coloured_light(r, z, glow)
    canvas.layer(0.5)
    r.box((-0.8, 0.8, 0, 0.2, 11.4, 12.6), r.tone("#b8ac98"))
    r.box((-0.9, 0.9, 0.2, 1.15, 11.9, 12.4), r.tone("#d8d0c0"), edge=0.8)
    candles(r, (-0.6, 1.15, 12.0), 3)
    candles(r, (0.6, 1.15, 12.0), 3)
    _vault(r)
    canvas.layer(0.42)
    for z in (12.0, 10.0, 8.0):
        for side in (-1, 1):
            column(r, (side * 2.75, z), 0.3, 7.4, "#b8ad9a")
    canvas.layer(0.3)
    for z in (9.0, 8.0, 7.0, 6.1):
        for side in (-1, 1):
            _pew(r, side, z)
    for side in (-1, 1):
        column(r, (side * 2.9, 5.7), 0.34, 7.4, "#b0a592")
    _shafts(r, glow)


def _arch(shape: tuple[float, float, float, float]) -> Any:
    """A pointed arch: middle, foot, half width, height."""
    x, foot, half, tall = shape
    path = skia.Path()
    path.moveTo(x - half, foot)
    path.lineTo(x - half, foot - 0.55 * tall)
    path.quadTo(x - half, foot - 0.85 * tall, x, foot - tall)
    path.quadTo(x + half, foot - 0.85 * tall, x + half, foot - 0.55 * tall)
    path.lineTo(x + half, foot)
    path.close()
    return path


def _stained(r: Room, spec: tuple[float, float, float, float], glow: float) -> None:
    """A stained window in the back wall: middle, foot, half width, height in metres."""
    x, foot, half, tall = (100 * v for v in spec)
    tones = ("#b23a4a", "#3a5fb2", "#e0b23a", "#3a8a6a", "#7a4fa0", "#d8dcec")
    with r.wall(0) as wall:
        arch = _arch((x, -foot, half, tall))
        wall.save()
        wall.clipPath(arch, True)
        wall.drawPaint(fill((16, 16, 26)))
        size = 22.0
        for i in range(-8, 9):
            for j in range(18):
                px, py = x + size * (i + 0.5 * (j % 2)), -foot - size * 0.9 * j
                tone = mix((18, 18, 32), rgb(tones[(abs(i) * 2 + j * 3) % len(tones)]), glow)
                gem = [(px - 11, py), (px, py - 12), (px + 11, py), (px, py + 12)]
                wall.drawPath(poly(gem), fill(mix(tone, WHITE, 0.12 * float(r.rng.random()))))
        wall.drawLine(x, -foot, x, -foot - tall, stroke((30, 28, 30), 5))
        wall.drawLine(x - half, -foot - 0.5 * tall, x + half, -foot - 0.5 * tall, stroke((30, 28, 30), 5))
        wall.restore()
        wall.drawPath(arch, stroke(r.tone("#8a7f70"), 14))
    r.glow((spec[0], spec[1] + 0.5 * spec[3], r.back), 1.4 * spec[3], alpha=0.34 * glow, tone=(255, 236, 204))


def _coloured_light(r: Room, z: float, glow: float) -> None:
    """What stained glass throws on the floor."""
    strength, throw = SUN[r.place.time_of_day]
    for k, tone in enumerate(((230, 90, 90), (100, 130, 240), (250, 210, 110))):
        for j in range(3):
            patch = [
                thrown(r, -1, (z - 0.5 + 0.34 * k + u, 1.7 + 0.5 * j + v), throw)
                for u, v in ((0, 0), (0, 0.46), (0.3, 0.46), (0.3, 0))
            ]
            r.quad(patch, fill(tone, 0.75 * strength * glow, blur=7, mode=skia.BlendMode.kScreen))


def _vault(r: Room) -> None:
    """Ribs of the vault over the nave."""
    stone = r.tone("#c2b7a4")
    for z in (12.0, 10.0, 8.0, 5.8):
        rib = [
            seen(x, y, z)
            for x, y in ((-2.75, 4.4), (-2.3, 6.0), (-1.2, 7.0), (0, 7.4), (1.2, 7.0), (2.3, 6.0), (2.75, 4.4))
        ]
        scale = seen(1, 0, z)[0] - 800
        r.canvas.drawPath(smooth(rib, close=False), stroke(mix(stone, DARK, 0.5), 0.3 * scale))
        r.canvas.drawPath(smooth(rib, close=False), stroke(stone, 0.2 * scale))


def _pew(r: Room, side: int, z: float) -> None:
    """A pew that faces the altar, seen from behind."""
    wood, ends = r.tone("#6a4832"), (0.85, 3.9)
    x0, x1 = min(side * ends[0], side * ends[1]), max(side * ends[0], side * ends[1])
    r.shade(side * 1.8, z, (1.2, 0.35), dark=0.45)
    r.box((x0, x1, 0.42, 0.48, z, z + 0.42), mix(wood, DARK, 0.2))
    r.box((x0, x1, 0.1, 0.92, z - 0.06, z), wood, edge=0.7)
    inner = side * ends[0]
    r.box((inner - 0.04, inner + 0.04, 0, 1.0, z - 0.1, z + 0.45), mix(wood, WHITE, 0.08), edge=0.6)


def _shafts(r: Room, glow: float) -> None:
    """Light in the air from the high windows."""
    tone = mix(r.mood.rim, (255, 240, 214), 0.5)
    for z in (10.2, 7.6, 5.0):
        a, b = seen(-3.9, 3.9, z - 0.5), seen(-3.9, 2.0, z + 0.5)
        low = seen(0.6, 0, max(NEAR, z - 1.2))
        ray = linear(a, low, [(tone, 0.24 * glow), (tone, 0.0)])
        path = poly([a, b, (low[0] - 90, low[1]), (low[0] + 150, low[1])])
        r.canvas.drawPath(path, fill(shader=ray, blur=18, mode=skia.BlendMode.kScreen))


def hall(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """The hall of a castle: stone, columns, banners, torches, a carpet to a throne."""
    r = Room((canvas, place, mood, rng), half=3.8, back=11.5, high=5.6)
    outlook(r, city=False, low=20)
    walls(r, "#9a9082", side="#8f8578", ceiling="#5a4a3c", pattern=stones, skirting="")
    for z in (2.6, 4.6, 6.8, 9.0):
        r.box((-3.8, 3.8, 5.0, 5.5, z, z + 0.35), r.tone("#4a3626"))
    panes = [(z, z + 0.9, 2.0, 4.2) for z in (5.4, 8.2)]
    for pane in panes:
        window(r, -1, pane, bars=(2, 3), frame="#6a6258")
    for k, x in enumerate((-2.9, -1.75, 1.75, 2.9)):
        _banner(r, x, ("#8a2430", "#2f4a7a")[k % 2])
    lit_wall(r, (0, 2.0), 3.0, 0.24, (255, 206, 140))
    floor(r, "#8f8678", "flags", mirror=0.06)
    _runner(r)
    for pane in panes:
        sunlight(r, -1, pane, bars=(2, 3))
    canvas.layer(0.48)
    for k in range(3):
        r.box(
            (-1.9 + 0.3 * k, 1.9 - 0.3 * k, 0.18 * k, 0.18 * (k + 1), 9.7 + 0.3 * k, 11.5), r.tone("#a89e8e"), edge=0.6
        )
    _throne(r)
    canvas.layer(0.4)
    for z in (10.0, 7.6):
        for side in (-1, 1):
            column(r, (side * 2.6, z), 0.32, 5.5, "#a89e8e")
    canvas.layer(0.28)
    for side in (-1, 1):
        column(r, (side * 2.85, 5.7), 0.36, 5.5, "#a0968a")
        for z in (5.35, 7.25):
            _torch(r, (side * (2.5 if z < 6 else 2.28), 2.0, z))


def _runner(r: Room) -> None:
    """The carpet to the throne."""
    with r.level() as flat:
        flat.drawRect(box_of(-70, -1060, 70, -90), fill(r.tone("#8a2430")))
        for u in (-62, 62):
            flat.drawRect(box_of(u - 3, -1060, u + 3, -90), fill(r.tone("#d2ac5c")))


def _banner(r: Room, x: float, tone: str) -> None:
    """A banner with a device."""
    cloth, gold = r.tone(tone), r.tone("#d8b050")
    u = 100 * x
    with r.wall(0) as wall:
        shape = poly([(u - 34, -460), (u + 34, -460), (u + 34, -190), (u, -160), (u - 34, -190)])
        ramp = [(mix(cloth, DARK, 0.3), 1), (mix(cloth, WHITE, 0.14), 1), (cloth, 1), (mix(cloth, DARK, 0.4), 1)]
        wall.drawPath(shape, fill(shader=linear((u - 34, 0), (u + 34, 0), ramp)))
        wall.drawPath(shape, stroke(gold, 4))
        wall.drawLine(u - 42, -460, u + 42, -460, stroke(r.tone("#5a4630"), 7))
        wall.drawPath(poly([(u, -370), (u + 17, -340), (u, -290), (u - 17, -340)]), fill(gold))
        wall.drawCircle(u, -332, 7, fill(cloth))


def _throne(r: Room) -> None:
    """A throne on its steps, where nobody has it under them elsewhere."""
    if "no throne" in r.place.elements:
        return
    gold, red = r.tone("#b8903c"), r.tone("#8a2430")
    z = 10.9
    r.box((-0.62, 0.62, 0.54, 2.35, z, z + 0.12), mix(gold, DARK, 0.2))
    with r.facing(z, 0, 0.54) as plane:
        back = _arch((0, -40, 46, 150))
        plane.drawPath(
            back,
            fill(
                shader=linear((-46, -190), (46, -40), [(mix(red, WHITE, 0.2), 1), (red, 1), (mix(red, DARK, 0.5), 1)])
            ),
        )
        plane.drawPath(back, stroke(gold, 5))
        for dx in (-58, 58):
            plane.drawCircle(dx, -186, 7, fill(mix(gold, WHITE, 0.3)))
    for x in (-0.62, 0.5):
        r.box((x, x + 0.12, 0.54, 1.15, z - 0.55, z), gold)
    r.box((-0.5, 0.5, 0.54, 0.96, z - 0.5, z), red, edge=0.4)


def _torch(r: Room, at: tuple[float, float, float]) -> None:
    """A torch in its iron."""
    x, y, z = at
    with r.facing(z, x, y) as plane:
        plane.drawLine(0, 24, 0, -8, stroke((30, 26, 26), 4))
        plane.drawPath(poly([(-7, -6), (7, -6), (4, 6), (-4, 6)]), fill((44, 38, 36)))
        plane.drawPath(
            smooth([(-6, -7), (-5, -18), (0, -31), (5, -18), (6, -7)], tension=0.9), fill((255, 170, 70), 0.95)
        )
        plane.drawPath(smooth([(-3, -7), (0, -20), (3, -7)], tension=0.9), fill((255, 240, 180)))
    r.glow((x, y + 0.15, z), 1.8, alpha=0.62, tone=(255, 176, 90))


NAVES: dict[str, Painter] = {"church": church, "hall": hall}
