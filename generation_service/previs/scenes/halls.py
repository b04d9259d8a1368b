"""More interior sets, back to front, in a 1600 x 900 frame: where people sleep, heal, learn, store, shop and pass."""

from typing import Any

import numpy as np

from generation_service.contract.shots import Place
from generation_service.previs.brush import Colour, blob, fill, linear, mix, poly, rgb, smooth, stroke
from generation_service.previs.scenes.city import LAMP
from generation_service.previs.scenes.furniture import (
    curtain,
    framed_picture,
    in_light,
    plant,
    rect,
    shell,
    slab,
    standing_lamp,
    window,
)  # fmt: skip
from generation_service.previs.scenes.grand import church, spaceship, theatre
from generation_service.previs.scenes.layers import Motion
from generation_service.previs.scenes.light import Mood
from generation_service.previs.scenes.nature import LOW, H, Painter

COOL: Colour = (226, 240, 255)


def tubes(canvas: Any, mood: Mood, *, y: float = 60) -> None:
    """Ceiling lights in a row."""
    for k in range(-1, 6):
        x = -40 + k * 330
        canvas.drawPath(
            poly([(x, y), (x + 190, y), (x + 210, y + 22), (x - 20, y + 22)]),
            fill(mix((210, 214, 218), (250, 252, 255), 0.4 + 0.6 * mood.lamps)),
        )
        blob(canvas, (x + 95, y + 40), (190, 60), COOL, 0.20 + 0.2 * mood.lamps, blur=40)


def bedroom(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A bed with a quilt, night tables with lamps, a window, a wardrobe."""
    shell(canvas, mood, rgb(("#9aa2ac", "#b59c92", "#8f9a8c", "#a8a0b4")[place.seed % 4]), rgb("#80604a"), base=680)
    window(canvas, place, mood, rng, (150, 130, 480, 520))
    canvas.layer(0.54, motion=Motion(ripple=0.0014))
    cloth: Colour = ((196, 186, 172), (92, 108, 128), (128, 74, 78))[place.seed % 3]
    curtain(canvas, mood, (70, 100, 190, 680), cloth)
    curtain(canvas, mood, (440, 100, 560, 680), cloth)
    canvas.layer(0.5)
    framed_picture(canvas, mood, (830, 190, 1030, 330), rng)
    slab(canvas, (1310, 190, 1640, 720), in_light(rgb("#6d4e3a"), mood))
    canvas.drawLine(1475, 200, 1475, 712, stroke((30, 20, 16), 4, 0.6))
    canvas.layer(0.32)
    wood, quilt = in_light(rgb("#5f4331"), mood), in_light(cloth, mood)
    slab(canvas, (640, 400, 1220, 700), wood, round_=30)
    for x in (680, 950):
        slab(canvas, (x, 520, x + 230, 610), in_light((236, 232, 226), mood), round_=34)
    slab(canvas, (610, 580, 1250, 800), quilt, round_=40)
    for k in range(7):
        canvas.drawLine(640 + k * 95, 600, 620 + k * 101, 790, stroke(mix(quilt, (0, 0, 0), 0.35), 3, 0.4))
    for x in (540, 1290):
        slab(canvas, (x - 60, 620, x + 60, 740), wood)
        canvas.drawLine(x, 620, x, 560, stroke((90, 76, 60), 8))
        canvas.drawPath(
            poly([(x - 24, 500), (x + 24, 500), (x + 46, 562), (x - 46, 562)]),
            fill(mix((170, 156, 136), (255, 232, 184), mood.lamps)),
        )
        blob(canvas, (x, 540), (210, 180), LAMP, 0.36 * mood.lamps, blur=56)


def hospital(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A corridor that runs away between doors, with a handrail, signs and a trolley."""
    shell(canvas, mood, rgb("#cfdad6"), rgb("#93a3a4"), base=560)
    canvas.layer(0.54)
    wall, vx = in_light(rgb("#c6d3d0"), mood), 800.0
    for side in (-1, 1):
        far, near = vx + side * 130, vx + side * 1300
        panel = [(far, 330), (near, -260), (near, 1120), (far, 500)]
        canvas.drawPath(
            poly(panel),
            fill(
                shader=linear(
                    (far, 0), (near, 0), [(mix(wall, (0, 0, 0), 0.16), 1), (mix(wall, (255, 255, 255), 0.10), 1)]
                )
            ),
        )
        stripe = [(far, 452), (near, 660), (near, 720), (far, 464)]
        canvas.drawPath(poly(stripe), fill(in_light(rgb("#5fa39a"), mood), 0.9))
        for t0, t1 in ((0.16, 0.28), (0.42, 0.62)):
            a, b = far + (near - far) * t0, far + (near - far) * t1
            door = [(a, 345 - 480 * t0), (b, 345 - 480 * t1), (b, 500 + 610 * t1), (a, 500 + 610 * t0)]
            canvas.drawPath(poly(door), fill(in_light(rgb("#8fb0b8"), mood)))
            canvas.drawPath(poly(door), stroke(mix(wall, (20, 30, 30), 0.4), 5))
    slab(canvas, (690, 338, 910, 500), in_light(rgb("#9db6ba"), mood), round_=2)
    canvas.drawLine(800, 340, 800, 500, stroke((60, 74, 80), 4))
    canvas.layer(0.45, ground=True)
    floor = in_light(rgb("#a3b3b2"), mood)
    canvas.drawPath(
        poly([(670, 500), (930, 500), (2700, LOW), (-1100, LOW)]),
        fill(
            shader=linear(
                (0, 500), (0, H), [(mix(floor, (255, 255, 255), 0.25), 1), (mix(floor, (20, 34, 40), 0.25), 1)]
            )
        ),
    )
    for k in range(5):
        y = 520 + 62 * k * (1 + 0.25 * k)
        blob(canvas, (800, y), (60 + 50 * k, 8 + 5 * k), COOL, 0.30, blur=10)
    canvas.layer(0.5)
    for k in range(4):
        y, half = 300 - 92 * k * (1 + 0.3 * k), 46 + 40 * k
        canvas.drawPath(
            poly(
                [
                    (800 - half, y),
                    (800 + half, y),
                    (800 + half * 1.3, y - 16 - 10 * k),
                    (800 - half * 1.3, y - 16 - 10 * k),
                ]
            ),
            fill((248, 252, 255), 0.95),
        )
        blob(canvas, (800, y), (half * 2.4, 46 + 12 * k), COOL, 0.35, blur=24)
    slab(canvas, (715, 250, 885, 292), in_light(rgb("#2f7a6b"), mood), round_=5)
    canvas.drawPath(poly([(850, 264), (872, 271), (850, 278)]), fill((240, 250, 246)))
    canvas.layer(0.22)
    _trolley(canvas, mood, 1270.0, 790.0)


def _trolley(canvas: Any, mood: Mood, x: float, foot: float) -> None:
    metal = in_light((176, 184, 190), mood)
    for dx in (-130, 130):
        canvas.drawLine(x + dx, foot - 20, x + dx, foot - 190, stroke(metal, 9))
        canvas.drawCircle(x + dx, foot - 12, 13, fill((40, 42, 46)))
    slab(canvas, (x - 160, foot - 226, x + 160, foot - 184), in_light((236, 238, 238), mood), round_=16)
    slab(canvas, (x - 150, foot - 90, x + 150, foot - 76), metal)
    slab(canvas, (x - 140, foot - 250, x - 50, foot - 218), in_light((246, 246, 246), mood), round_=14)


def classroom(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A blackboard with writing, desks in rows, a globe, a clock, a window."""
    shell(canvas, mood, rgb("#c9bd9c"), rgb("#8d6a4a"), base=660)
    window(canvas, place, mood, rng, (1280, 130, 1590, 520), city=False)
    slab(canvas, (250, 130, 1130, 500), in_light(rgb("#7a5638"), mood), round_=4)
    canvas.drawRect(rect((268, 148, 1112, 482)), fill(in_light(rgb("#2f4a3d"), mood)))
    for k in range(6):
        y, x = 200 + 44 * k, 310.0
        while x < 300 + float(rng.uniform(420, 760)):
            wide = float(rng.uniform(18, 60))
            canvas.drawPath(
                smooth([(x, y), (x + wide * 0.3, y - 9), (x + wide * 0.6, y + 5), (x + wide, y - 2)], close=False),
                stroke((226, 232, 226), 3, 0.7),
            )
            x += wide + 16
    canvas.drawCircle(980, 330, 70, stroke((226, 232, 226), 3, 0.7))
    canvas.drawLine(910, 330, 1050, 330, stroke((226, 232, 226), 3, 0.7))
    canvas.drawCircle(1200, 190, 44, fill((240, 236, 226)))
    canvas.drawCircle(1200, 190, 44, stroke((60, 50, 44), 6))
    canvas.drawLine(1200, 190, 1200, 160, stroke((40, 34, 34), 4))
    canvas.drawLine(1200, 190, 1220, 200, stroke((40, 34, 34), 4))
    tubes(canvas, mood)
    wood = in_light(rgb("#b58a5e"), mood)
    for row, (foot, size, depth) in enumerate(((650.0, 0.62, 0.42), (748.0, 0.9, 0.24), (930.0, 1.35, -0.35))):
        canvas.layer(depth)
        for k in range(5):
            x = 130 + k * 335 + (60 if row == 1 else 0)
            if depth > 0 or k in {0, 4}:
                _desk(canvas, (float(x), foot), size, wood)


def _desk(canvas: Any, foot: tuple[float, float], size: float, wood: Colour) -> None:
    x, y = foot
    for dx in (-70, 70):
        canvas.drawLine(x + dx * size, y, x + dx * size, y - 84 * size, stroke((64, 66, 70), 8 * size))
    slab(canvas, (x - 96 * size, y - 100 * size, x + 96 * size, y - 82 * size), wood, round_=4)
    slab(canvas, (x - 60 * size, y - 112 * size, x - 6 * size, y - 100 * size), (206, 200, 186), round_=2)


def warehouse(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """Steel roof, high racks with crates, a roller gate, pools of lamp light."""
    shell(canvas, mood, rgb("#7d7a78"), rgb("#77716a"), base=640)
    window(canvas, place, mood, rng, (620, 90, 980, 210), bars=6)
    steel = in_light((84, 80, 84), mood)
    for k in range(34):
        canvas.drawLine(
            560, 240 + 12 * k, 1040, 240 + 12 * k, stroke(mix(steel, (255, 255, 255), 0.12 if k % 2 else 0.0), 10)
        )
    canvas.layer(0.5)
    for k in range(-2, 8):
        x = k * 240.0
        canvas.drawPath(smooth([(x, 20), (x + 120, 96), (x + 240, 20)], close=False), stroke(steel, 12))
        canvas.drawLine(x, 16, x + 240, 16, stroke(steel, 16))
    for depth, lefts, size, foot in ((0.48, (80.0, 1090.0), 1.0, 660.0), (0.2, (-420.0, 1440.0), 1.5, 800.0)):
        canvas.layer(depth)
        for left in lefts:
            _rack(canvas, (left, foot), size, mood, rng)
    canvas.layer(0.3)
    for x in (360.0, 800.0, 1240.0):
        canvas.drawLine(x, -200, x, 110, stroke((24, 24, 28), 5))
        canvas.drawPath(
            poly([(x - 16, 106), (x + 16, 106), (x + 62, 156), (x - 62, 156)]), fill(in_light((52, 66, 62), mood))
        )
        glow = 0.3 + 0.7 * mood.lamps
        blob(canvas, (x, 160), (40, 12), (255, 244, 214), glow, blur=5)
        cone = linear((0, 160), (0, 820), [(LAMP, 0.30 * glow), (LAMP, 0.0)])
        canvas.drawPath(
            poly([(x - 56, 160), (x + 56, 160), (x + 300, 830), (x - 300, 830)]), fill(shader=cone, blur=24)
        )


def _rack(canvas: Any, at: tuple[float, float], size: float, mood: Mood, rng: np.random.Generator) -> None:
    left, foot = at
    wide, tall = 430 * size, 460 * size
    orange = in_light(rgb("#b8622f"), mood)
    for level in range(3):
        y = foot - tall * level / 3 - 14 * size
        x = left + 16 * size
        while x < left + wide - 80 * size:
            w, h = float(rng.uniform(60, 110)) * size, float(rng.uniform(70, 128)) * size
            tone = in_light(rgb(("#a98659", "#8f7350", "#6f7a70", "#9a6a4a")[int(rng.integers(4))]), mood)
            slab(canvas, (x, y - h, x + w, y), tone, round_=2)
            canvas.drawRect(rect((x + w * 0.42, y - h, x + w * 0.56, y)), fill(mix(tone, (255, 240, 210), 0.25)))
            x += w + 6 * size
        slab(canvas, (left, y, left + wide, y + 14 * size), orange, round_=2)
    for x in (left, left + wide):
        canvas.drawLine(x, foot, x, foot - tall - 60 * size, stroke(in_light((50, 74, 108), mood), 15 * size))


def shop(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """Shelves of goods, a counter with a till, a window on the street."""
    shell(canvas, mood, rgb("#bfae92"), rgb("#86664a"), base=690)
    window(canvas, place, mood, rng, (80, 150, 560, 560), bars=3)
    canvas.layer(0.5)
    for left in (640.0, 960.0, 1280.0):
        for level in range(5):
            y = 190 + 100 * level
            x = left + 8
            while x < left + 270:
                wide, tall = float(rng.uniform(18, 44)), float(rng.uniform(34, 76))
                tone = in_light(
                    rgb(("#b8503a", "#3f6f8a", "#d8b24a", "#6a8a4a", "#e6ddca", "#8a4f7a")[int(rng.integers(6))]), mood
                )
                slab(canvas, (x, y - tall, x + wide, y), tone, round_=4)
                x += wide + 4
            slab(canvas, (left, y, left + 290, y + 12), in_light((96, 66, 46), mood), round_=2)
    tubes(canvas, mood, y=40)
    canvas.layer(0.22)
    wood = in_light(rgb("#7a5638"), mood)
    slab(canvas, (990, 620, 1900, 820), wood)
    slab(canvas, (970, 604, 1920, 628), mix(wood, (255, 235, 205), 0.3))
    slab(canvas, (1180, 530, 1320, 606), in_light((64, 66, 72), mood))
    standing_lamp(canvas, mood, 60, 420, 790)
    plant(canvas, mood, (600, 780), 220, rng)


def corridor(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A hallway with doors, a runner on the floor and wall lamps."""
    shell(canvas, mood, rgb(("#a58f7d", "#8f9a98", "#9a8a9a")[place.seed % 3]), rgb("#5f4232"), base=650)
    wood = in_light(rgb("#6d4a36"), mood)
    for x in (130.0, 640.0, 1150.0):
        slab(canvas, (x - 18, 182, x + 258, 652), mix(wood, (0, 0, 0), 0.4), round_=2)
        slab(canvas, (x, 200, x + 240, 652), wood, round_=2)
        for y in (236, 440):
            for dx in (26, 130):
                slab(canvas, (x + dx, y, x + dx + 84, y + 170), mix(wood, (0, 0, 0), 0.18), round_=4)
        canvas.drawCircle(x + 216, 440, 11, fill(in_light((214, 176, 92), mood)))
    canvas.layer(0.5)
    for x in (520.0, 1030.0, 1540.0):
        canvas.drawPath(
            poly([(x - 20, 250), (x + 20, 250), (x + 34, 320), (x - 34, 320)]),
            fill(mix((170, 156, 136), (255, 232, 184), mood.lamps)),
        )
        blob(canvas, (x, 290), (190, 190), LAMP, 0.2 + 0.3 * mood.lamps, blur=56)
    canvas.layer(0.4, ground=True)
    rug = in_light(rgb("#8a2f36"), mood)
    canvas.drawPath(poly([(500, 690), (1100, 690), (1900, LOW), (-300, LOW)]), fill(rug))
    for edge in (((530, 690), (-200, LOW)), ((1070, 690), (1800, LOW))):
        canvas.drawLine(*edge[0], *edge[1], stroke(in_light((214, 176, 92), mood), 8, 0.8))


HALLS: dict[str, Painter] = {
    "bedroom": bedroom, "hospital": hospital, "school": classroom, "warehouse": warehouse, "theatre": theatre,
    "spaceship": spaceship, "church": church, "shop": shop, "corridor": corridor,
}  # fmt: skip
