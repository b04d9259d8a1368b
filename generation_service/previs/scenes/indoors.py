"""Interior sets, back to front, in a 1600 x 900 frame. Windows show the time of day outside."""

from typing import Any

import numpy as np
import skia

from generation_service.contract.shots import Place
from generation_service.previs.brush import Colour, blob, fill, linear, mix, oval, poly, rgb, smooth, stroke, times
from generation_service.previs.scenes import nature
from generation_service.previs.scenes.light import TIMES, Mood
from generation_service.previs.scenes.nature import H, W
from generation_service.previs.scenes.outdoors import LAMP, Painter, _skyline

Box = tuple[float, float, float, float]


def _lit(colour: Colour, mood: Mood) -> Colour:
    return times(colour, mood.ambient)


def _rect(box: Box) -> Any:
    return skia.Rect.MakeLTRB(*box)


def _shell(canvas: Any, mood: Mood, wall: Colour, floor: Colour, *, base: float = 690) -> None:
    """Back wall, ceiling shade, floor with boards running to the viewer, skirting."""
    lit = _lit(wall, mood)
    canvas.drawPaint(
        fill(
            shader=linear(
                (0, 0), (W, base), [(mix(lit, (255, 255, 255), 0.12), 1), (lit, 1), (mix(lit, (10, 8, 14), 0.28), 1)]
            )
        )
    )
    canvas.drawRect(_rect((0, 0, W, 120)), fill(shader=linear((0, 0), (0, 120), [((0, 0, 0), 0.22), ((0, 0, 0), 0.0)])))
    ground = _lit(floor, mood)
    canvas.drawRect(
        _rect((0, base, W, H)), fill(shader=linear((0, base), (0, H), [(mix(ground, (8, 6, 8), 0.35), 1), (ground, 1)]))
    )
    for k in range(-14, 15):
        x = W / 2 + k * 70
        canvas.drawLine(x, base, W / 2 + k * 150, H + 10, stroke(mix(ground, (10, 6, 6), 0.55), 2.2, 0.5))
    canvas.drawRect(_rect((0, base - 16, W, base + 2)), fill(mix(lit, (255, 255, 255), 0.2)))


def window(
    canvas: Any, place: Place, mood: Mood, rng: np.random.Generator, box: Box, *, bars: int = 2, city: bool = True
) -> None:
    """A framed view outside and the light it throws into the room."""
    left, top, right, bottom = box
    canvas.save()
    canvas.clipRect(_rect(box), True)
    outside = TIMES[place.time_of_day]
    canvas.save()
    canvas.translate(left - 300, top - 260 + (bottom - top) * 0.2)
    nature.sky(canvas, outside, rng, horizon=560, clouds=0.5, sun=False)
    if city:
        _skyline(canvas, outside, rng, 640, (60, 240, 16), 0.7)
        _skyline(canvas, outside, rng, 700, (60, 200, 24), 0.4)
    else:
        nature.land(canvas, nature.ridge(rng, 520, 160), mix(rgb("#5f7080"), outside.air, 0.5), outside.air, depth=200)
        nature.land(
            canvas,
            nature.ridge(rng, 600, 90),
            mix(times(rgb("#4d6a45"), outside.ambient), outside.air, 0.2),
            times(rgb("#6f8a4d"), outside.ambient),
            depth=200,
        )
    canvas.restore()
    canvas.drawRect(
        _rect(box),
        fill(
            shader=linear(
                (left, top), (right, bottom), [((255, 255, 255), 0.16), ((255, 255, 255), 0.0), ((255, 255, 255), 0.08)]
            )
        ),
    )
    if place.weather == "rain":
        for _ in range(160):
            x, y = float(rng.uniform(left, right)), float(rng.uniform(top, bottom))
            canvas.drawLine(
                x, y, x - 1, y + float(rng.uniform(5, 26)), stroke((225, 235, 248), 2.2, float(rng.uniform(0.1, 0.5)))
            )
    canvas.restore()
    frame = mix(_lit((226, 220, 210), mood), (40, 30, 30), 0.25)
    canvas.drawRect(_rect(box), stroke(frame, 14))
    for k in range(1, bars):
        x = left + (right - left) * k / bars
        canvas.drawLine(x, top, x, bottom, stroke(frame, 9))
    if outside.lamps < 0.6:
        spill = mix(outside.horizon, (255, 255, 255), 0.3)
        canvas.drawPath(
            poly([(left, bottom), (right, bottom), (right + 240, H), (left - 40, H)]),
            fill(shader=linear((0, bottom), (0, H), [(spill, 0.30), (spill, 0.04)]), blur=16),
        )
        blob(
            canvas,
            ((left + right) / 2, (top + bottom) / 2),
            ((right - left) * 0.7, (bottom - top) * 0.7),
            spill,
            0.22,
            blur=70,
        )


def _curtain(canvas: Any, mood: Mood, x: float, top: float, bottom: float, wide: float, tone: Colour) -> None:
    lit = _lit(tone, mood)
    for k in range(8):
        a = x + wide * k / 8
        canvas.drawPath(smooth([(a, top), (a + wide / 8, top), (a + wide / 7 + 4, bottom), (a - 3, bottom)], tension=0.3),
                        fill(shader=linear((a, 0), (a + wide / 8, 0), [(mix(lit, (255, 255, 255), 0.2), 0.96), (mix(lit, (10, 8, 16), 0.35), 0.96)])))  # fmt: skip


def _lamp(canvas: Any, mood: Mood, x: float, top: float, foot: float) -> None:
    """A standing lamp; its glow follows how much lamp light the mood has."""
    canvas.drawLine(x, top, x, foot, stroke((46, 38, 36), 7))
    canvas.drawOval(oval(x, foot, 46, 9), fill((36, 30, 30)))
    shade = poly([(x - 44, top - 60), (x + 44, top - 60), (x + 72, top + 40), (x - 72, top + 40)])
    on = mood.lamps
    canvas.drawPath(
        shade,
        fill(
            shader=linear(
                (0, top - 60),
                (0, top + 40),
                [(mix((180, 160, 130), (255, 224, 168), on), 1), (mix((140, 120, 96), (255, 240, 204), on), 1)],
            )
        ),
    )
    if on > 0.2:
        blob(canvas, (x, top), (240, 220), LAMP, 0.42 * on, blur=80)
        blob(canvas, (x, top - 90), (130, 90), (255, 226, 170), 0.36 * on, blur=40)


def _picture(canvas: Any, mood: Mood, box: Box, rng: np.random.Generator) -> None:
    left, top, right, bottom = box
    canvas.drawRect(_rect((left + 6, top + 8, right + 8, bottom + 10)), fill((0, 0, 0), 0.35, blur=7))
    canvas.drawRect(_rect(box), fill(_lit((64, 48, 40), mood)))
    inner = (left + 9, top + 9, right - 9, bottom - 9)
    canvas.drawRect(_rect(inner), fill(_lit((226, 216, 198), mood)))
    for _ in range(5):
        tone = _lit((float(rng.uniform(60, 220)), float(rng.uniform(60, 180)), float(rng.uniform(60, 180))), mood)
        blob(
            canvas,
            (float(rng.uniform(left + 30, right - 30)), float(rng.uniform(top + 30, bottom - 30))),
            (26, 20),
            tone,
            0.6,
            blur=5,
        )


def _shelf(canvas: Any, mood: Mood, box: Box, rng: np.random.Generator, rows: int) -> None:
    """A bookcase with books of many heights."""
    left, top, right, bottom = box
    wood = _lit((96, 66, 46), mood)
    canvas.drawRect(_rect(box), fill(mix(wood, (8, 5, 6), 0.55)))
    tall = (bottom - top) / rows
    for r in range(rows):
        y = top + tall * (r + 1)
        x = left + 8
        while x < right - 16:
            wide, high = float(rng.uniform(8, 22)), tall * float(rng.uniform(0.5, 0.84))
            hue = [(124, 52, 44), (52, 74, 92), (150, 122, 76), (62, 86, 66), (190, 178, 156), (88, 60, 84)][
                int(rng.integers(6))
            ]
            tone = _lit(mix(hue, (70, 60, 54), float(rng.random() * 0.5)), mood)
            if rng.random() < 0.88:
                canvas.drawRect(
                    _rect((x, y - high, x + wide, y)),
                    fill(
                        shader=linear(
                            (x, 0),
                            (x + wide, 0),
                            [(mix(tone, (255, 255, 255), 0.14), 1), (mix(tone, (0, 0, 0), 0.3), 1)],
                        )
                    ),
                )
            x += wide + 1.5
        canvas.drawRect(_rect((left, y - 2, right, y + 9)), fill(wood))
    canvas.drawRect(_rect(box), stroke(wood, 12))


def _plant(canvas: Any, mood: Mood, x: float, foot: float, tall: float, rng: np.random.Generator) -> None:
    pot = _lit((150, 92, 68), mood)
    canvas.drawPath(
        poly([(x - 34, foot - 70), (x + 34, foot - 70), (x + 25, foot), (x - 25, foot)]),
        fill(
            shader=linear(
                (x - 34, 0), (x + 34, 0), [(mix(pot, (255, 255, 255), 0.15), 1), (mix(pot, (0, 0, 0), 0.4), 1)]
            )
        ),
    )
    for _ in range(26):
        a, reach = float(rng.uniform(-1.1, 1.1)), tall * float(rng.uniform(0.5, 1))
        tip = (x + reach * np.sin(a) * 0.8, foot - 70 - reach * np.cos(a * 0.8))
        leaf = smooth(
            [
                (x, foot - 70),
                (x + (tip[0] - x) * 0.5 - 9, (foot - 70 + tip[1]) / 2 - 14),
                tip,
                (x + (tip[0] - x) * 0.5 + 9, (foot - 70 + tip[1]) / 2),
            ]
        )
        canvas.drawPath(leaf, fill(_lit(mix((38, 78, 48), (116, 156, 78), float(rng.random())), mood), 0.95))


def room(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A lived-in room: window with curtains, shelf, pictures, sofa, lamp, plant."""
    walls = ("#b9a58c", "#8f9d95", "#a98d84", "#7f8ba0", "#c4b59a")
    _shell(canvas, mood, rgb(walls[place.seed % len(walls)]), rgb("#8a5f41"))
    window(canvas, place, mood, rng, (930, 120, 1350, 560))
    cloth: Colour = ((182, 170, 150), (120, 60, 56), (70, 92, 108))[place.seed % 3]
    _curtain(canvas, mood, 830, 90, 690, 130, cloth)
    _curtain(canvas, mood, 1320, 90, 690, 130, cloth)
    canvas.drawLine(810, 92, 1470, 92, stroke((60, 46, 38), 9))
    _shelf(canvas, mood, (90, 150, 420, 670), rng, 5)
    _picture(canvas, mood, (520, 190, 690, 320), rng)
    _picture(canvas, mood, (610, 350, 740, 450), rng)
    sofa = _lit((86, 104, 112), mood)
    canvas.drawRRect(skia.RRect.MakeRectXY(_rect((470, 560, 960, 770)), 46, 46), fill((0, 0, 0), 0.4, blur=22))
    canvas.drawRRect(
        skia.RRect.MakeRectXY(_rect((470, 540, 960, 740)), 46, 46),
        fill(
            shader=linear((0, 540), (0, 740), [(mix(sofa, (255, 255, 255), 0.16), 1), (mix(sofa, (0, 0, 0), 0.35), 1)])
        ),
    )
    for x in (500, 720):
        canvas.drawRRect(
            skia.RRect.MakeRectXY(_rect((x, 630, x + 210, 720)), 26, 26),
            fill(shader=linear((0, 630), (0, 720), [(mix(sofa, (255, 255, 255), 0.2), 1), (sofa, 1)])),
        )
    canvas.drawRRect(skia.RRect.MakeRectXY(_rect((560, 585, 660, 670)), 16, 16), fill(_lit((196, 136, 78), mood)))
    _lamp(canvas, mood, 1010, 330, 720)
    _plant(canvas, mood, 1500, 760, 260, rng)


def cafe(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A cafe: street windows, pendant lamps, a counter with bottles, small tables."""
    _shell(canvas, mood, rgb("#7d5b49"), rgb("#6d4a36"), base=720)
    window(canvas, place, mood, rng, (60, 150, 820, 610), bars=4)
    brick = _lit(rgb("#8d5140"), mood)
    for r in range(19):
        for c in range(13):
            x, y = 880 + c * 58 + (r % 2) * 29, 40 + r * 34
            tone = mix(brick, (20, 10, 10), float(rng.uniform(0, 0.35)))
            canvas.drawRect(_rect((x, y, x + 54, y + 30)), fill(tone, 0.85))
    for y in (250, 400):
        canvas.drawRect(_rect((960, y, 1560, y + 14)), fill(_lit((64, 42, 30), mood)))
        for k in range(22):
            x, high = 975 + k * 27, float(rng.uniform(44, 96))
            tone = _lit(((70, 110, 74), (150, 96, 44), (196, 190, 178), (60, 70, 92))[int(rng.integers(4))], mood)
            canvas.drawRRect(
                skia.RRect.MakeRectXY(_rect((x, y - high, x + 18, y)), 5, 5),
                fill(
                    shader=linear(
                        (x, 0),
                        (x + 18, 0),
                        [(mix(tone, (255, 255, 255), 0.4), 1), (tone, 1), (mix(tone, (0, 0, 0), 0.5), 1)],
                    )
                ),
            )
    bar = _lit((92, 62, 44), mood)
    canvas.drawRect(
        _rect((900, 560, W, 800)),
        fill(shader=linear((0, 560), (0, 800), [(mix(bar, (255, 220, 180), 0.2), 1), (mix(bar, (0, 0, 0), 0.45), 1)])),
    )
    canvas.drawRect(_rect((880, 546, W, 574)), fill(mix(bar, (255, 235, 205), 0.35)))
    for x, y in ((170, 770), (560, 800)):
        canvas.drawLine(x, y, x, H + 10, stroke((30, 24, 24), 12))
        canvas.drawOval(
            oval(x, y, 130, 26),
            fill(
                shader=linear(
                    (x - 130, 0), (x + 130, 0), [(_lit((190, 140, 98), mood), 1), (_lit((96, 66, 46), mood), 1)]
                )
            ),
        )
        canvas.drawOval(oval(x + 26, y - 12, 24, 12), fill(_lit((240, 236, 228), mood)))
    for x in (300, 640, 1040, 1300, 1520):
        canvas.drawLine(x, 0, x, 190, stroke((24, 20, 20), 3))
        canvas.drawPath(poly([(x - 14, 186), (x + 14, 186), (x + 46, 236), (x - 46, 236)]), fill((34, 30, 32)))
        glow = 0.4 + 0.6 * mood.lamps
        blob(canvas, (x, 240), (22, 13), (255, 240, 204), glow, blur=4)
        blob(canvas, (x, 270), (150, 130), LAMP, 0.40 * glow, blur=56)


def office(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A floor of desks behind glass: city view, ceiling lights, screens."""
    _shell(canvas, mood, rgb("#b8c0c6"), rgb("#6c7279"), base=660)
    window(canvas, place, mood, rng, (120, 130, 1480, 560), bars=6)
    for k in range(5):
        x = 120 + k * 330
        canvas.drawPath(
            poly([(x, 46), (x + 180, 46), (x + 200, 76), (x - 20, 76)]), fill((246, 250, 255), 0.55 + 0.4 * mood.lamps)
        )
        blob(canvas, (x + 90, 90), (190, 60), (232, 242, 255), 0.25 + 0.25 * mood.lamps, blur=40)
    for x, y, s in (
        (210, 640, 0.7),
        (620, 650, 0.75),
        (1060, 645, 0.72),
        (1400, 650, 0.75),
        (380, 790, 1.25),
        (1240, 800, 1.3),
    ):
        desk = _lit((176, 150, 122), mood)
        canvas.drawRect(_rect((x - 170 * s, y, x + 170 * s, y + 16 * s)), fill(mix(desk, (255, 255, 255), 0.15)))
        canvas.drawRect(_rect((x - 160 * s, y + 16 * s, x + 160 * s, y + 130 * s)), fill(mix(desk, (10, 10, 14), 0.6)))
        canvas.drawRRect(
            skia.RRect.MakeRectXY(_rect((x - 80 * s, y - 118 * s, x + 60 * s, y - 28 * s)), 5, 5), fill((24, 26, 32))
        )
        canvas.drawRect(
            _rect((x - 74 * s, y - 112 * s, x + 54 * s, y - 34 * s)),
            fill(shader=linear((x - 74 * s, 0), (x + 54 * s, 0), [((120, 176, 214), 1), ((50, 92, 140), 1)])),
        )
        canvas.drawRect(_rect((x - 18 * s, y - 30 * s, x, y)), fill((30, 32, 38)))
        canvas.drawRect(_rect((x + 84 * s, y - 22 * s, x + 134 * s, y)), fill(_lit((220, 214, 204), mood)))
    _plant(canvas, mood, 60, 800, 300, rng)
    canvas.drawRect(
        _rect((0, 0, W, H)), fill(shader=linear((0, 0), (W, H), [((255, 255, 255), 0.05), ((255, 255, 255), 0.0)]))
    )


def library(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """Tall bookcases, a reading lamp, an arched window at the end."""
    _shell(canvas, mood, rgb("#7a6350"), rgb("#5f412d"), base=740)
    window(canvas, place, mood, rng, (670, 110, 930, 560), city=False)
    _shelf(canvas, mood, (20, 40, 330, 740), rng, 8)
    _shelf(canvas, mood, (350, 90, 620, 730), rng, 7)
    _shelf(canvas, mood, (980, 90, 1250, 730), rng, 7)
    _shelf(canvas, mood, (1270, 40, 1580, 740), rng, 8)
    table = _lit((92, 58, 38), mood)
    canvas.drawPath(
        poly([(420, 742), (1180, 742), (1300, 820), (300, 820)]),
        fill(shader=linear((0, 742), (0, 820), [(mix(table, (255, 220, 170), 0.25), 1), (table, 1)])),
    )
    canvas.drawRect(_rect((300, 820, 1300, 850)), fill(mix(table, (0, 0, 0), 0.5)))
    for x in (560, 1040):
        canvas.drawLine(x, 640, x, 752, stroke((150, 120, 60), 7))
        canvas.drawRRect(
            skia.RRect.MakeRectXY(_rect((x - 62, 612, x + 62, 652)), 18, 18), fill(_lit((40, 110, 74), mood))
        )
        blob(canvas, (x, 690), (150, 70), LAMP, 0.25 + 0.35 * mood.lamps, blur=34)


def train(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A carriage: a long window on moving land, seats, rack, reading lights."""
    _shell(canvas, mood, rgb("#8c8f8a"), rgb("#4b4d55"), base=760)
    window(canvas, place, mood, rng, (70, 150, 1530, 570), bars=2, city=place.seed % 3 == 0)
    metal = _lit((150, 152, 154), mood)
    canvas.drawRect(
        _rect((0, 90, W, 120)),
        fill(
            shader=linear((0, 90), (0, 120), [(mix(metal, (255, 255, 255), 0.4), 1), (mix(metal, (0, 0, 0), 0.4), 1)])
        ),
    )
    canvas.drawRect(_rect((0, 590, W, 622)), fill(mix(metal, (30, 30, 36), 0.5)))
    for x in (-60, 560, 1190):
        cloth = _lit((120, 44, 46), mood)
        seat = skia.RRect.MakeRectXY(_rect((x, 430, x + 300, 900)), 54, 54)
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
            skia.RRect.MakeRectXY(_rect((x + 40, 440, x + 260, 520)), 30, 30), fill(_lit((222, 214, 200), mood))
        )
        blob(canvas, (x + 150, 120), (70, 18), (255, 240, 210), 0.3 + 0.5 * mood.lamps, blur=10)
        blob(canvas, (x + 150, 260), (170, 150), LAMP, 0.22 * mood.lamps, blur=60)


def car(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """Inside a car: side glass on the street, pillar, head rests."""
    canvas.drawPaint(fill(_lit((52, 50, 54), mood)))
    window(canvas, place, mood, rng, (40, 90, 760, 560), bars=1)
    window(canvas, place, mood, rng, (840, 90, 1570, 560), bars=1)
    trim = _lit((40, 38, 42), mood)
    canvas.drawRect(
        _rect((0, 560, W, H)),
        fill(shader=linear((0, 560), (0, H), [(mix(trim, (255, 255, 255), 0.15), 1), (mix(trim, (0, 0, 0), 0.5), 1)])),
    )
    canvas.drawRect(_rect((0, 556, W, 584)), fill(mix(trim, (160, 150, 140), 0.35)))
    for x in (200, 1130):
        canvas.drawRRect(
            skia.RRect.MakeRectXY(_rect((x, 330, x + 260, 480)), 50, 50), fill(mix(trim, (90, 70, 60), 0.4))
        )
        canvas.drawRRect(
            skia.RRect.MakeRectXY(_rect((x - 60, 500, x + 320, H + 60)), 70, 70), fill(mix(trim, (90, 70, 60), 0.3))
        )


INDOORS: dict[str, Painter] = {
    "room": room, "cafe": cafe, "office": office, "library": library, "train": train, "car": car,
}  # fmt: skip
