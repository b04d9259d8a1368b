"""Grand interior sets, back to front, in a 1600 x 900 frame: a stage, the bridge of a ship among stars, a nave."""

from typing import Any

import numpy as np
import skia

from generation_service.contract.shots import Place
from generation_service.previs.brush import Colour, blob, fill, linear, mix, oval, poly, radial, rgb, smooth, stroke
from generation_service.previs.scenes.city import LAMP
from generation_service.previs.scenes.furniture import (
    curtain,
    in_light,
    rect,
    shell,
    slab,
)  # fmt: skip
from generation_service.previs.scenes.layers import Motion
from generation_service.previs.scenes.light import Mood
from generation_service.previs.scenes.nature import LEFT, LOW, RIGHT, H, W


def theatre(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A stage between red curtains under spotlights; the heads of the first row in front."""
    canvas.layer(0.6)
    canvas.wall()
    dark = mix(in_light(rgb("#3a2026"), mood), (10, 6, 10), 0.35)
    canvas.drawPaint(fill(shader=radial((800, 430), 900, [(mix(dark, (120, 60, 70), 0.5), 1), (dark, 1)])))
    floor = in_light(rgb("#8a5a36"), mood)
    canvas.layer(0.45, ground=True)
    canvas.drawRect(
        rect((LEFT, 690, RIGHT, LOW)),
        fill(shader=linear((0, 690), (0, H), [(mix(floor, (20, 10, 8), 0.5), 1), (floor, 1)])),
    )
    for k in range(-20, 22):
        canvas.drawLine(W / 2 + k * 84, 690, W / 2 + k * 84 * 2.6, LOW, stroke(mix(floor, (20, 8, 6), 0.6), 2.4, 0.5))
    canvas.layer(0.4, motion=Motion(ripple=0.0016))
    red: Colour = rgb("#a3262e")
    for box in ((-260.0, -300.0, 330.0, 760.0), (1270.0, -300.0, 1860.0, 760.0)):
        curtain(canvas, mood, box, red)
    canvas.layer(0.36)
    for k in range(-3, 12):
        x = -40 + k * 160.0
        canvas.drawPath(
            smooth([(x, -60), (x + 160, -60), (x + 150, 86), (x + 80, 150), (x + 10, 86)], tension=0.7),
            fill(
                shader=linear(
                    (x, 0),
                    (x + 160, 0),
                    [
                        (mix(in_light(red, mood), (255, 210, 190), 0.15), 1),
                        (mix(in_light(red, mood), (20, 0, 6), 0.5), 1),
                    ],
                )
            ),
        )
    canvas.layer(0.14)
    for x, tone in ((420.0, (255, 226, 180)), (800.0, (255, 244, 222)), (1180.0, (210, 220, 255))):
        beam = linear((0, -40), (0, 820), [(tone, 0.34), (tone, 0.06)])
        canvas.drawPath(
            poly([(x - 20, -40), (x + 20, -40), (x * 0.6 + 320 + 210, 810), (x * 0.6 + 320 - 210, 810)]),
            fill(shader=beam, blur=16),
        )
        canvas.drawOval(oval(x * 0.6 + 320, 812, 230, 34), fill(tone, 0.22, blur=12))
    canvas.layer(-0.3)
    for k in range(13):
        x, y = -40 + k * 142 + float(rng.normal(0, 14)), 930 + float(rng.normal(0, 8))
        tone = (16, 11, 14)
        canvas.drawOval(oval(x, y - 62, 37, 44), fill(tone))
        canvas.drawOval(oval(x, y + 34, 84, 70), fill(tone))


def spaceship(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """The bridge of a ship: a wide window on stars and a planet, consoles, rings of light."""
    space = canvas.outside
    space.drawPaint(fill(shader=linear((0, 0), (W, H), [((10, 8, 26), 1), ((20, 26, 58), 1), ((6, 8, 18), 1)])))
    for _ in range(420):
        at = (float(rng.uniform(-200, W + 200)), float(rng.uniform(0, 640)))
        space.drawCircle(*at, float(rng.uniform(0.5, 2.2)), fill((236, 240, 255), float(rng.uniform(0.2, 1.0))))
    for _ in range(7):
        blob(
            space,
            (float(rng.uniform(0, W)), float(rng.uniform(60, 520))),
            (300, 90),
            ((92, 60, 150), (40, 90, 150))[int(rng.integers(2))],
            0.22,
            blur=60,
        )
    tone: Colour = (rgb("#c9763f"), rgb("#4f86b0"), rgb("#8a9a6a"))[place.seed % 3]
    space.drawCircle(
        1120,
        430,
        190,
        fill(
            shader=radial(
                (1050, 370), 270, [(mix(tone, (255, 255, 255), 0.4), 1), (tone, 1), ((10, 10, 20), 1)], [0, 0.45, 1]
            )
        ),
    )
    shell(canvas, mood, rgb("#6b7480"), rgb("#3f4650"), base=700)
    canvas.hole((200, 140, 1400, 560))
    steel = in_light((104, 114, 126), mood)
    canvas.drawRRect(skia.RRect.MakeRectXY(rect((200, 140, 1400, 560)), 70, 70), stroke(steel, 34))
    for x in (500.0, 800.0, 1100.0):
        canvas.drawLine(x, 140, x, 560, stroke(steel, 18))
    for y in (96, 612):
        slab(canvas, (LEFT, y, RIGHT, y + 12), (130, 216, 255), round_=5)
        blob(canvas, (W / 2, y + 6), (1100, 26), (110, 200, 255), 0.34, blur=16)
    canvas.layer(0.3)
    for x, size in ((90.0, 1.0), (1290.0, 1.0)):
        _console(canvas, (x, 800.0), size, mood, rng)
    canvas.layer(-0.4)
    _console(canvas, (-300.0, 1010.0), 1.7, mood, rng)


def _console(canvas: Any, at: tuple[float, float], size: float, mood: Mood, rng: np.random.Generator) -> None:
    x, y = at
    metal = in_light((70, 78, 90), mood)
    slab(canvas, (x, y - 130 * size, x + 260 * size, y), metal, round_=10)
    canvas.drawPath(
        poly(
            [
                (x - 12 * size, y - 130 * size),
                (x + 20 * size, y - 210 * size),
                (x + 240 * size, y - 210 * size),
                (x + 272 * size, y - 130 * size),
            ]
        ),
        fill(mix(metal, (0, 0, 0), 0.4)),
    )
    for k in range(24):
        light = ((90, 220, 255), (255, 170, 80), (120, 255, 170), (255, 90, 90))[int(rng.integers(4))]
        px, py = x + (20 + 26 * (k % 9)) * size, y - (196 - 22 * (k // 9)) * size
        canvas.drawRRect(
            skia.RRect.MakeRectXY(rect((px, py, px + 15 * size, py + 9 * size)), 2, 2),
            fill(light, 0.95 if rng.random() < 0.6 else 0.25),
        )
    blob(canvas, (x + 130 * size, y - 190 * size), (150 * size, 50 * size), (90, 200, 255), 0.22, blur=24)


def church(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A nave with columns, stained windows, candles and pews."""
    shell(canvas, mood, rgb("#a59a88"), rgb("#7d7264"), base=680)
    for x in (250.0, 800.0, 1350.0):
        wide = 150.0 if x != 800 else 210.0
        arch = smooth(
            [(x - wide / 2, 520), (x - wide / 2, 220), (x, 70), (x + wide / 2, 220), (x + wide / 2, 520)], tension=0.6
        )
        canvas.save()
        canvas.clipPath(arch, True)
        glow = 1.0 if place.time_of_day in {"day", "dawn", "golden"} else 0.34
        for _ in range(60):
            tone = (rgb("#b23a4a"), rgb("#3a5fb2"), rgb("#d8a83a"), rgb("#3a8a6a"), rgb("#7a4fa0"))[
                int(rng.integers(5))
            ]
            px, py = x + float(rng.uniform(-wide / 2, wide / 2)), float(rng.uniform(60, 520))
            canvas.drawPath(
                poly([(px - 24, py), (px, py - 34), (px + 24, py), (px, py + 34)]),
                fill(mix((12, 14, 26), tone, glow), 0.9),
            )
        canvas.restore()
        canvas.drawPath(arch, stroke(in_light((96, 88, 78), mood), 16))
        if glow > 0.9:
            beam = linear((0, 300), (0, 840), [(mood.rim, 0.20), (mood.rim, 0.0)])
            canvas.drawPath(
                poly([(x - wide / 2, 200), (x + wide / 2, 200), (x + 330, 840), (x + 40, 840)]),
                fill(shader=beam, blur=20),
            )
    canvas.layer(0.45)
    stone = in_light(rgb("#b3a896"), mood)
    for x in (30.0, 525.0, 1075.0, 1570.0):
        slab(canvas, (x - 42, -300, x + 42, 700), stone, round_=4)
        slab(canvas, (x - 62, 660, x + 62, 710), stone, round_=4)
    canvas.layer(0.24)
    wood = in_light(rgb("#5f4230"), mood)
    for k in range(3):
        for left, right in ((-300.0, 560.0 - 60 * k), (1040.0 + 60 * k, 1900.0)):
            y = 690 + 62 * k
            slab(canvas, (left, y - 70, right, y - 30), wood, round_=6)
            slab(canvas, (left, y - 30, right, y + 14), mix(wood, (0, 0, 0), 0.4), round_=4)
    for x in (690.0, 910.0):
        canvas.drawLine(x, 700, x, 520, stroke(in_light((150, 120, 64), mood), 9))
        for dx in (-34, 0, 34):
            slab(canvas, (x + dx - 6, 470, x + dx + 6, 520), (238, 230, 210), round_=3)
            blob(canvas, (x + dx, 456), (7, 14), (255, 226, 150), 1.0, blur=2)
        blob(canvas, (x, 460), (180, 140), LAMP, 0.34, blur=46)
