"""Interior sets, back to front, in a 1600 x 900 frame. Windows show the time of day outside."""

from typing import Any

import numpy as np
import skia

from generation_service.contract.shots import Place
from generation_service.previs.brush import Colour, blob, fill, linear, mix, oval, poly, rgb, smooth, stroke
from generation_service.previs.scenes.city import LAMP
from generation_service.previs.scenes.furniture import (
    bookcase,
    curtain,
    framed_picture,
    in_light,
    pane,
    plant,
    rect,
    ride,
    shell,
    slab,
    standing_lamp,
    window,
)
from generation_service.previs.scenes.halls import HALLS
from generation_service.previs.scenes.layers import Motion
from generation_service.previs.scenes.light import Mood
from generation_service.previs.scenes.nature import LEFT, LOW, RIGHT, H, Painter, W
from generation_service.previs.scenes.tower import lantern


def room(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A lived-in room: window with curtains, shelf, pictures, sofa, lamp, plant."""
    walls = ("#b9a58c", "#8f9d95", "#a98d84", "#7f8ba0", "#c4b59a")
    shell(canvas, mood, rgb(walls[place.seed % len(walls)]), rgb("#8a5f41"))
    window(canvas, place, mood, rng, (930, 120, 1350, 560))
    cloth: Colour = ((182, 170, 150), (120, 60, 56), (70, 92, 108))[place.seed % 3]
    canvas.layer(0.54, motion=Motion(ripple=0.0012))
    curtain(canvas, mood, (830, 90, 960, 690), cloth)
    curtain(canvas, mood, (1320, 90, 1450, 690), cloth)
    canvas.layer(0.52)
    canvas.drawLine(810, 92, 1470, 92, stroke((60, 46, 38), 9))
    if "fire" in place.elements:
        _hearth(canvas, mood)
    else:
        bookcase(canvas, mood, (90, 150, 420, 670), rng, rows=5)
    framed_picture(canvas, mood, (520, 190, 690, 320), rng)
    framed_picture(canvas, mood, (610, 350, 740, 450), rng)
    sofa = in_light((86, 104, 112), mood)
    canvas.layer(0.34)
    canvas.drawRRect(skia.RRect.MakeRectXY(rect((470, 560, 960, 770)), 46, 46), fill((0, 0, 0), 0.4, blur=22))
    canvas.drawRRect(
        skia.RRect.MakeRectXY(rect((470, 540, 960, 740)), 46, 46),
        fill(
            shader=linear((0, 540), (0, 740), [(mix(sofa, (255, 255, 255), 0.16), 1), (mix(sofa, (0, 0, 0), 0.35), 1)])
        ),
    )
    for x in (500, 720):
        canvas.drawRRect(
            skia.RRect.MakeRectXY(rect((x, 630, x + 210, 720)), 26, 26),
            fill(shader=linear((0, 630), (0, 720), [(mix(sofa, (255, 255, 255), 0.2), 1), (sofa, 1)])),
        )
    canvas.drawRRect(skia.RRect.MakeRectXY(rect((560, 585, 660, 670)), 16, 16), fill(in_light((196, 136, 78), mood)))
    canvas.layer(0.28)
    standing_lamp(canvas, mood, 1010, 330, 720)
    plant(canvas, mood, (1500, 760), 260, rng)
    canvas.layer(-0.5)
    plant(canvas, mood, (30, 985), 420, rng)


def _hearth(canvas: Any, mood: Mood) -> None:
    """A fireplace with a fire in it."""
    canvas.save()
    canvas.translate(-340, 0)
    stone = in_light((150, 136, 122), mood)
    slab(canvas, (440, -60, 760, 420), mix(stone, (255, 240, 220), 0.08), round_=2)
    slab(canvas, (420, 420, 780, 700), stone, round_=4)
    slab(canvas, (400, 396, 800, 426), in_light((92, 62, 44), mood), round_=4)
    canvas.drawRRect(skia.RRect.MakeRectXY(rect((490, 480, 710, 720)), 70, 70), fill((18, 12, 12)))
    canvas.drawLine(540, 690, 660, 672, stroke((52, 32, 24), 18))
    canvas.drawLine(545, 672, 655, 692, stroke((64, 40, 28), 18))
    canvas.restore()
    canvas.spot("fire", (260, 694), 165)


def kitchen(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A kitchen: window over the sink, tiles, wall cupboards, a stove with a kettle, a lamp over the table."""
    shell(canvas, mood, rgb("#c9bfa8"), rgb("#7d5a40"), base=760)
    for row in range(7):
        for column in range(27):
            tone = mix(in_light(rgb("#dfe3dc"), mood), (40, 44, 50), float(rng.uniform(0.02, 0.12)))
            box = (column * 60 + 1, 292 + row * 44, column * 60 + 58, 334 + row * 44)
            canvas.drawRRect(skia.RRect.MakeRectXY(rect(box), 3, 3), fill(tone, 0.9))
    window(canvas, place, mood, rng, (560, 110, 1060, 500), city=False)
    wood = in_light(((86, 108, 104), (120, 84, 58), (92, 102, 122))[place.seed % 3], mood)
    for left in (20, 190, 360, 1130, 1300, 1470):
        _cupboard(canvas, wood, (left, 40, left + 160, 290))
    canvas.layer(0.38)
    canvas.drawRect(rect((-420, 620, W + 420, 806)), fill(mix(wood, (0, 0, 0), 0.55)))
    top = in_light(rgb("#b58a5e"), mood)
    for left in range(-450, 2000, 205):
        _cupboard(canvas, wood, (left, 622, left + 195, 800))
    ramp = [(mix(top, (255, 240, 215), 0.35), 1.0), (top, 1.0)]
    canvas.drawRect(rect((-420, 590, W + 420, 624)), fill(shader=linear((0, 590), (0, 624), ramp)))
    _stove(canvas, mood, 1310)
    jars = ((176, 92, 60), (214, 190, 140), (120, 140, 96), (226, 220, 206))
    for k, left in enumerate((90, 150, 206, 258, 420)):
        tone, tall = in_light(jars[k % 4], mood), 60 + 22 * (k % 3)
        jar = skia.RRect.MakeRectXY(rect((left, 590 - tall, left + 42, 590)), 9, 9)
        canvas.drawRRect(
            jar,
            fill(
                shader=linear(
                    (left, 0),
                    (left + 42, 0),
                    [(mix(tone, (255, 255, 255), 0.35), 1), (tone, 1), (mix(tone, (0, 0, 0), 0.4), 1)],
                )
            ),
        )
    plant(canvas, mood, (505, 590), 120, rng)
    canvas.layer(0.2)
    _pendant(canvas, mood, 330, 250)
    _pendant(canvas, mood, 1230, 230)


def _cupboard(canvas: Any, wood: Colour, box: tuple[float, float, float, float]) -> None:
    left, top, right, bottom = box
    canvas.drawRect(
        rect(box), fill(shader=linear((left, top), (right, bottom), [(mix(wood, (255, 255, 255), 0.14), 1), (wood, 1)]))
    )
    inner = rect((left + 18, top + 18, right - 18, bottom - 18))
    canvas.drawRect(inner, fill(mix(wood, (0, 0, 0), 0.10)))
    canvas.drawRect(inner, stroke(mix(wood, (0, 0, 0), 0.35), 2.5, 0.8))
    canvas.drawRect(rect(box), stroke(mix(wood, (0, 0, 0), 0.5), 3, 0.8))
    canvas.drawCircle(right - 12, (top + bottom) / 2, 6, fill((206, 186, 140)))


def _stove(canvas: Any, mood: Mood, left: float) -> None:
    """A black stove, a blue flame and a kettle with a little steam."""
    iron = in_light((52, 52, 58), mood)
    canvas.drawRect(
        rect((left, 604, left + 210, 800)),
        fill(shader=linear((left, 0), (left + 210, 0), [(mix(iron, (255, 255, 255), 0.22), 1), (iron, 1)])),
    )
    canvas.drawRect(rect((left + 26, 668, left + 184, 776)), fill((14, 12, 14)))
    blob(canvas, (left + 104, 600), (46, 6), (120, 170, 255), 0.8, blur=4)
    x, metal = left + 104, in_light((186, 92, 66), mood)
    body = smooth([(x - 56, 592), (x - 62, 552), (x - 36, 512), (x, 502), (x + 36, 512), (x + 62, 552), (x + 56, 592)])
    canvas.drawPath(
        smooth([(x + 48, 556), (x + 84, 536), (x + 96, 512)], close=False), stroke(mix(metal, (0, 0, 0), 0.25), 15)
    )
    canvas.drawPath(
        body,
        fill(
            shader=linear(
                (x - 60, 0),
                (x + 60, 0),
                [(mix(metal, (255, 255, 255), 0.45), 1), (metal, 1), (mix(metal, (0, 0, 0), 0.5), 1)],
            )
        ),
    )
    canvas.drawPath(
        smooth([(x - 34, 512), (x - 20, 468), (x + 20, 468), (x + 34, 512)], close=False), stroke((30, 26, 26), 8)
    )
    canvas.spot("steam", (x + 98, 506), 150)


def _pendant(canvas: Any, mood: Mood, x: float, y: float) -> None:
    """A lamp on a cord; its glow follows how much lamp light there is."""
    canvas.drawLine(x, 0, x, y - 44, stroke((24, 20, 20), 3))
    canvas.drawPath(
        poly([(x - 14, y - 50), (x + 14, y - 50), (x + 60, y), (x - 60, y)]), fill(in_light((64, 84, 80), mood))
    )
    glow = 0.25 + 0.75 * mood.lamps
    blob(canvas, (x, y + 4), (30, 12), (255, 240, 204), glow, blur=4)
    blob(canvas, (x, y + 50), (190, 150), LAMP, 0.38 * glow, blur=60)


def cafe(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A cafe: street windows, pendant lamps, a counter with bottles, small tables."""
    shell(canvas, mood, rgb("#7d5b49"), rgb("#6d4a36"), base=720)
    window(canvas, place, mood, rng, (60, 150, 820, 610), bars=4)
    brick = in_light(rgb("#8d5140"), mood)
    for r in range(19):
        for c in range(13):
            x, y = 880 + c * 58 + (r % 2) * 29, 40 + r * 34
            tone = mix(brick, (20, 10, 10), float(rng.uniform(0, 0.35)))
            canvas.drawRect(rect((x, y, x + 54, y + 30)), fill(tone, 0.85))
    for y in (250, 400):
        canvas.drawRect(rect((960, y, 1560, y + 14)), fill(in_light((64, 42, 30), mood)))
        for k in range(22):
            x, high = 975 + k * 27, float(rng.uniform(44, 96))
            tone = in_light(((70, 110, 74), (150, 96, 44), (196, 190, 178), (60, 70, 92))[int(rng.integers(4))], mood)
            canvas.drawRRect(
                skia.RRect.MakeRectXY(rect((x, y - high, x + 18, y)), 5, 5),
                fill(
                    shader=linear(
                        (x, 0),
                        (x + 18, 0),
                        [(mix(tone, (255, 255, 255), 0.4), 1), (tone, 1), (mix(tone, (0, 0, 0), 0.5), 1)],
                    )
                ),
            )
    bar = in_light((92, 62, 44), mood)
    canvas.layer(0.42)
    canvas.drawRect(
        rect((900, 560, RIGHT, 800)),
        fill(shader=linear((0, 560), (0, 800), [(mix(bar, (255, 220, 180), 0.2), 1), (mix(bar, (0, 0, 0), 0.45), 1)])),
    )
    canvas.drawRect(rect((880, 546, RIGHT, 574)), fill(mix(bar, (255, 235, 205), 0.35)))
    for x, y, depth in ((560, 760, 0.22), (150, 850, -0.3)):
        canvas.layer(depth)
        canvas.spot("steam", (x + 26, y - 24), 90)
        canvas.drawLine(x, y, x, y + 110, stroke((30, 24, 24), 12))
        canvas.drawOval(
            oval(x, y, 130, 26),
            fill(
                shader=linear(
                    (x - 130, 0), (x + 130, 0), [(in_light((190, 140, 98), mood), 1), (in_light((96, 66, 46), mood), 1)]
                )
            ),
        )
        canvas.drawOval(oval(x + 26, y - 12, 24, 12), fill(in_light((240, 236, 228), mood)))
    canvas.layer(0.3)
    for x in (300, 640, 1040, 1300, 1520):
        canvas.drawLine(x, -600, x, 190, stroke((24, 20, 20), 3))
        canvas.drawPath(poly([(x - 14, 186), (x + 14, 186), (x + 46, 236), (x - 46, 236)]), fill((34, 30, 32)))
        glow = 0.4 + 0.6 * mood.lamps
        blob(canvas, (x, 240), (22, 13), (255, 240, 204), glow, blur=4)
        blob(canvas, (x, 270), (150, 130), LAMP, 0.40 * glow, blur=56)


def office(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A floor of desks behind glass: city view, ceiling lights, screens."""
    shell(canvas, mood, rgb("#b8c0c6"), rgb("#6c7279"), base=660)
    window(canvas, place, mood, rng, (120, 130, 1480, 560), bars=6)
    for k in range(5):
        x = 120 + k * 330
        canvas.drawPath(
            poly([(x, 46), (x + 180, 46), (x + 200, 76), (x - 20, 76)]), fill((246, 250, 255), 0.55 + 0.4 * mood.lamps)
        )
        blob(canvas, (x + 90, 90), (190, 60), (232, 242, 255), 0.25 + 0.25 * mood.lamps, blur=40)
    for x, y, s in (  # desks, back to front
        (210, 640, 0.7),
        (620, 650, 0.75),
        (1060, 645, 0.72),
        (1400, 650, 0.75),
        (380, 790, 1.25),
        (1240, 800, 1.3),
    ):
        if x in {210, 380}:
            canvas.layer(0.45 if s < 1 else 0.2)
        desk = in_light((176, 150, 122), mood)
        canvas.drawRect(rect((x - 170 * s, y, x + 170 * s, y + 16 * s)), fill(mix(desk, (255, 255, 255), 0.15)))
        canvas.drawRect(rect((x - 160 * s, y + 16 * s, x + 160 * s, y + 130 * s)), fill(mix(desk, (10, 10, 14), 0.6)))
        canvas.drawRRect(
            skia.RRect.MakeRectXY(rect((x - 80 * s, y - 118 * s, x + 60 * s, y - 28 * s)), 5, 5), fill((24, 26, 32))
        )
        canvas.drawRect(
            rect((x - 74 * s, y - 112 * s, x + 54 * s, y - 34 * s)),
            fill(shader=linear((x - 74 * s, 0), (x + 54 * s, 0), [((120, 176, 214), 1), ((50, 92, 140), 1)])),
        )
        canvas.drawRect(rect((x - 18 * s, y - 30 * s, x, y)), fill((30, 32, 38)))
        canvas.drawRect(rect((x + 84 * s, y - 22 * s, x + 134 * s, y)), fill(in_light((220, 214, 204), mood)))
    plant(canvas, mood, (60, 800), 300, rng)


def library(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """Tall bookcases, a reading lamp, an arched window at the end."""
    shell(canvas, mood, rgb("#7a6350"), rgb("#5f412d"), base=740)
    window(canvas, place, mood, rng, (670, 110, 930, 560), city=False)
    bookcase(canvas, mood, (20, 40, 330, 740), rng, rows=8)
    bookcase(canvas, mood, (350, 90, 620, 730), rng, rows=7)
    bookcase(canvas, mood, (980, 90, 1250, 730), rng, rows=7)
    bookcase(canvas, mood, (1270, 40, 1580, 740), rng, rows=8)
    table = in_light((92, 58, 38), mood)
    canvas.layer(0.25)
    canvas.drawPath(
        poly([(420, 742), (1180, 742), (1300, 820), (300, 820)]),
        fill(shader=linear((0, 742), (0, 820), [(mix(table, (255, 220, 170), 0.25), 1), (table, 1)])),
    )
    canvas.drawRect(rect((300, 820, 1300, 850)), fill(mix(table, (0, 0, 0), 0.5)))
    for x in (560, 1040):
        canvas.drawLine(x, 640, x, 752, stroke((150, 120, 60), 7))
        canvas.drawRRect(
            skia.RRect.MakeRectXY(rect((x - 62, 612, x + 62, 652)), 18, 18), fill(in_light((40, 110, 74), mood))
        )
        blob(canvas, (x, 690), (150, 70), LAMP, 0.25 + 0.35 * mood.lamps, blur=34)


def train(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A carriage: a long window on moving land, seats, rack, reading lights."""
    ride(canvas, place, rng, (150, 570), city=place.seed % 3 == 0)
    shell(canvas, mood, rgb("#8c8f8a"), rgb("#4b4d55"), base=760)
    for left in range(-660, 2200, 730):
        pane(canvas, place, mood, rng, (left, 150, left + 690, 570))
    metal = in_light((150, 152, 154), mood)
    canvas.drawRect(
        rect((LEFT, 90, RIGHT, 120)),
        fill(
            shader=linear((0, 90), (0, 120), [(mix(metal, (255, 255, 255), 0.4), 1), (mix(metal, (0, 0, 0), 0.4), 1)])
        ),
    )
    canvas.drawRect(rect((LEFT, 590, RIGHT, 622)), fill(mix(metal, (30, 30, 36), 0.5)))
    canvas.layer(0.3)
    for x in (-680, -60, 560, 1190, 1820):
        cloth = in_light((120, 44, 46), mood)
        seat = skia.RRect.MakeRectXY(rect((x, 430, x + 300, 1200)), 54, 54)
        canvas.drawRRect(seat, fill((0, 0, 0), 0.4, blur=20))
        canvas.drawRRect(
            seat,
            fill(
                shader=linear(
                    (x, 0),
                    (x + 300, 0),
                    [(mix(cloth, (255, 220, 200), 0.16), 1), (cloth, 1), (mix(cloth, (0, 0, 0), 0.45), 1)],
                )
            ),
        )
        canvas.drawRRect(
            skia.RRect.MakeRectXY(rect((x + 40, 440, x + 260, 520)), 30, 30), fill(in_light((222, 214, 200), mood))
        )
        blob(canvas, (x + 150, 120), (70, 18), (255, 240, 210), 0.3 + 0.5 * mood.lamps, blur=10)
        blob(canvas, (x + 150, 260), (170, 150), LAMP, 0.22 * mood.lamps, blur=60)


def car(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """Inside a car: side glass on the street, pillar, head rests."""
    ride(canvas, place, rng, (90, 560), city=place.seed % 4 != 0)
    canvas.layer(0.6)
    canvas.wall()
    canvas.drawPaint(fill(in_light((52, 50, 54), mood)))
    for box in ((-700.0, 90.0, -60.0, 560.0), (40.0, 90.0, 760.0, 560.0), (840.0, 90.0, 1570.0, 560.0)):
        pane(canvas, place, mood, rng, box)
    canvas.layer(0.4)
    trim = in_light((40, 38, 42), mood)
    canvas.drawRect(
        rect((LEFT, 560, RIGHT, LOW)),
        fill(shader=linear((0, 560), (0, H), [(mix(trim, (255, 255, 255), 0.15), 1), (mix(trim, (0, 0, 0), 0.5), 1)])),
    )
    canvas.drawRect(rect((LEFT, 556, RIGHT, 584)), fill(mix(trim, (160, 150, 140), 0.35)))
    for x in (200, 1130):
        canvas.drawRRect(
            skia.RRect.MakeRectXY(rect((x, 330, x + 260, 480)), 50, 50), fill(mix(trim, (90, 70, 60), 0.4))
        )
        canvas.drawRRect(
            skia.RRect.MakeRectXY(rect((x - 60, 500, x + 320, H + 60)), 70, 70), fill(mix(trim, (90, 70, 60), 0.3))
        )


INDOORS: dict[str, Painter] = {
    "room": room, "lantern": lantern,
    "kitchen": kitchen, "cafe": cafe, "office": office, "library": library, "train": train, "car": car,
    **HALLS,
}  # fmt: skip
