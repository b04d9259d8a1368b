"""Things of a kitchen, a table and a house, drawn 100 units tall on y = 0, in the manner of ``wares``."""

from collections.abc import Callable
from math import cos, pi, sin
from typing import Any

import skia

from generation_service.previs.brush import Colour, blob, fill, linear, mix, oval, poly, rgb, smooth, stroke, times
from generation_service.previs.scenes.light import Mood
from generation_service.previs.wares import GOLD, STEEL, across, down

Draw = Callable[[Any, Colour, Mood, int], None]
DARK: Colour = (6, 4, 10)


def _rim(canvas: Any, y: float, half: float, tone: Colour, inside: Colour) -> None:
    """The open top of something round, seen a little from above."""
    canvas.drawOval(oval(0, y, half, half * 0.17), fill(mix(tone, (255, 250, 240), 0.3)))
    canvas.drawOval(oval(0, y + half * 0.025, half * 0.93, half * 0.135), fill(inside))


def _pan(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    iron = times((62, 62, 68), light)
    handle = [(92, -62), (138, -88), (188, -104), (194, -90), (146, -68), (96, -40)]
    canvas.drawPath(smooth(handle, tension=0.5), down(-106, -40, times((92, 66, 50), light)))
    canvas.drawPath(smooth([(-118, -66), (-104, -8), (-60, 0), (60, 0), (104, -8), (118, -66)], tension=0.6),
                    across(-118, 118, iron))  # fmt: skip
    _rim(canvas, -66, 118, iron, mix(times((36, 32, 34), light), DARK, 0.2))
    yolk = times((240, 190, 70), light)
    canvas.drawPath(smooth([(-70, -64), (-40, -74), (0, -70), (24, -62), (-8, -54), (-52, -55)]),
                    fill(times((244, 240, 230), light)))  # fmt: skip
    canvas.drawOval(oval(-26, -66, 17, 6), fill(yolk))
    canvas.drawOval(oval(-30, -68, 6, 2), fill((255, 255, 255), 0.7))
    for x in (46, 70, 58):
        canvas.drawOval(oval(x, -62 - (x % 7), 9, 3.6), fill(times((96, 130, 66), light)))
    for x, y in ((-30, -100), (10, -112), (44, -98)):
        blob(canvas, (x, y), (13, 24), (244, 244, 244), 0.16, blur=9)


def _pot(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    tone = times(STEEL if number % 2 else rgb("#b2493a"), light)
    for side in (-1, 1):
        canvas.drawPath(smooth([(side * 74, -62), (side * 100, -66), (side * 98, -48), (side * 74, -46)], close=False),
                        stroke(mix(tone, DARK, 0.4), 9))  # fmt: skip
    canvas.drawPath(smooth([(-76, -78), (-76, -10), (-64, 0), (64, 0), (76, -10), (76, -78)], tension=0.4),
                    across(-76, 76, tone))  # fmt: skip
    canvas.drawOval(oval(0, -78, 78, 13), fill(mix(tone, (255, 255, 255), 0.3)))
    canvas.drawPath(smooth([(-72, -80), (-40, -92), (0, -95), (40, -92), (72, -80), (0, -74)]), across(-72, 72, tone))
    canvas.drawCircle(0, -97, 6, fill(mix(tone, DARK, 0.5)))


def _plate(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    china, food = times((240, 236, 228), light), times(rgb(("#c98a3c", "#a85a34", "#d9b25a")[number % 3]), light)
    canvas.drawOval(oval(0, -16, 190, 26), fill(mix(china, DARK, 0.35)))
    canvas.drawOval(oval(0, -24, 190, 27), fill(china))
    canvas.drawOval(oval(0, -26, 140, 18), fill(mix(china, DARK, 0.1)))
    canvas.drawPath(smooth([(-104, -30), (-70, -74), (-10, -92), (54, -84), (100, -40), (60, -20), (-60, -18)]),
                    across(-104, 104, food))  # fmt: skip
    for x, y in ((-50, -60), (0, -78), (40, -56), (66, -38), (-20, -42)):
        canvas.drawOval(oval(x, y, 15, 8), fill(times(((96, 132, 70), (206, 84, 58))[int(x) % 2], light)))


def _jug(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    tone = times(rgb(("#e6ddcc", "#5b7f92", "#c07a4a")[number % 3]), light)
    canvas.drawPath(
        smooth([(34, -80), (66, -74), (62, -36), (36, -28)], close=False), stroke(mix(tone, DARK, 0.25), 10)
    )
    body = [(-30, -98), (-26, -76), (-44, -44), (-40, -6), (-20, 0), (20, 0), (40, -6), (44, -44), (26, -76), (32, -98)]
    canvas.drawPath(smooth(body, tension=0.7), across(-44, 44, tone))
    canvas.drawOval(oval(1, -98, 31, 5.5), fill(mix(tone, DARK, 0.55)))


def _spoon(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    steel = times(STEEL, light)
    canvas.drawLine(6, -58, 40, -4, stroke(mix(steel, DARK, 0.4), 9))
    canvas.drawLine(5, -60, 39, -6, stroke(steel, 6))
    canvas.save()
    canvas.translate(-8, -80)
    canvas.rotate(-32)
    canvas.drawOval(oval(0, 0, 15, 23), across(-15, 15, steel))
    canvas.drawOval(oval(-2, 1, 9, 16), fill(mix(steel, DARK, 0.3)))
    canvas.restore()


def _egg(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    tone = times(rgb(("#ecd6bb", "#d9a779")[number % 2]), light)
    shell = [(0, -100), (-23, -86), (-37, -48), (-29, -13), (0, 0), (29, -13), (37, -48), (23, -86)]
    canvas.drawPath(smooth(shell), across(-37, 37, tone))


def _fish(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    tone = times((132, 152, 164), light)
    canvas.drawPath(poly([(96, -48), (150, -90), (138, -46), (150, -8)]), fill(mix(tone, DARK, 0.3)))
    body = [(-140, -46), (-90, -84), (-10, -96), (70, -66), (108, -48), (70, -28), (-10, -4), (-90, -12)]
    canvas.drawPath(smooth(body), down(-96, 0, tone))
    canvas.drawPath(smooth([(-40, -92), (0, -112), (40, -84)]), fill(mix(tone, DARK, 0.35)))
    for k in range(5):
        canvas.drawPath(smooth([(-50 + 26 * k, -74 + 3 * k), (-40 + 26 * k, -48), (-52 + 26 * k, -22)], close=False),
                        stroke(mix(tone, DARK, 0.35), 3, 0.7))  # fmt: skip
    canvas.drawCircle(-104, -54, 7, fill((244, 240, 224)))
    canvas.drawCircle(-104, -54, 4, fill((16, 16, 20)))


def _glass(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    clear = mix(times((228, 236, 240), light), mood.horizon, 0.2)
    drink = times(rgb(("#d99a3a", "#b9542f", "#8fb9c9")[number % 3]), light)
    canvas.drawPath(poly([(-31, -70), (31, -70), (27, -4), (-27, -4)]), across(-31, 31, drink))
    canvas.drawOval(oval(0, -70, 31, 5.5), fill(mix(drink, (255, 255, 255), 0.3)))
    canvas.drawPath(smooth([(-36, -100), (-29, -3), (0, 0), (29, -3), (36, -100)], close=False, tension=0.2),
                    stroke(clear, 3.4, 0.8))  # fmt: skip
    canvas.drawOval(oval(0, -100, 36, 6), stroke(clear, 2.4, 0.9))
    canvas.drawLine(-25, -90, -20, -14, stroke((255, 255, 255), 5, 0.4))


def _glasses(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    frame = times((44, 34, 32), light)
    for side in (-1, 1):
        canvas.drawPath(
            smooth([(side * 132, -66), (side * 176, -86), (side * 196, -60)], close=False), stroke(frame, 11)
        )
        lens = skia.RRect.MakeRectXY(skia.Rect.MakeXYWH(side * 74 - 60, -96, 120, 92), 42, 42)
        canvas.drawRRect(lens, fill(mix(mood.horizon, (255, 255, 255), 0.5), 0.30))
        canvas.drawLine(side * 74 - 26, -74, side * 74 - 44, -34, stroke((255, 255, 255), 8, 0.45))
        canvas.drawRRect(lens, stroke(frame, 12))
    canvas.drawPath(smooth([(-18, -62), (0, -74), (18, -62)], close=False), stroke(frame, 11))


def _basket(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    cane = times((176, 128, 74), light)
    canvas.drawPath(
        smooth([(-66, -48), (-50, -96), (50, -96), (66, -48)], close=False), stroke(mix(cane, DARK, 0.25), 8)
    )
    for k, (x, tone) in enumerate(((-40, "#b9382f"), (-8, "#d98a3a"), (28, "#7f9a3a"), (50, "#b9382f"))):
        canvas.drawCircle(x, -52 - 4 * (k % 2), 19, across(x - 19, x + 19, times(rgb(tone), light)))
    canvas.drawPath(poly([(-78, -50), (78, -50), (60, 0), (-60, 0)]), across(-78, 78, cane))
    for row in range(4):
        for col in range(9):
            x = -68 + 16 * col + 8 * (row % 2)
            canvas.drawLine(x, -44 + 12 * row, x + 10, -40 + 12 * row, stroke(mix(cane, DARK, 0.45), 3, 0.8))


def _bucket(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    tin = times(STEEL, light)
    canvas.drawPath(
        smooth([(-56, -80), (-30, -112), (30, -112), (56, -80)], close=False), stroke(mix(tin, DARK, 0.4), 4)
    )
    canvas.drawPath(poly([(-58, -80), (58, -80), (44, 0), (-44, 0)]), across(-58, 58, tin))
    _rim(canvas, -80, 58, tin, times((70, 96, 110), light))
    for y in (-58, -18):
        canvas.drawLine(-54 - y / 8 - 6, y, 54 + y / 8 + 6, y, stroke(mix(tin, DARK, 0.35), 3))


def _telephone(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    tone = times(rgb(("#2b2a2e", "#8a2f2c", "#2f5a4a")[number % 3]), light)
    body = [(-84, 0), (-74, -30), (-44, -62), (44, -62), (74, -30), (84, 0)]
    canvas.drawPath(smooth(body, tension=0.4), across(-84, 84, tone))
    canvas.drawOval(oval(0, -30, 34, 25), fill(mix(tone, (240, 236, 226), 0.85)))
    for k in range(10):
        a = k * pi / 5.6 + 0.6
        canvas.drawOval(oval(24 * cos(a), -30 + 17 * sin(a), 4.6, 3.8), fill(mix(tone, DARK, 0.3)))
    canvas.drawOval(oval(0, -30, 10, 8), fill(tone))
    horn = [(-92, -66), (-86, -92), (-40, -88), (40, -88), (86, -92), (92, -66), (62, -66), (40, -76), (-40, -76),
            (-62, -66)]  # fmt: skip
    canvas.drawPath(smooth(horn, tension=0.6), down(-96, -62, mix(tone, (255, 255, 255), 0.1)))
    canvas.drawPath(
        smooth([(-86, -60), (-120, -44), (-100, -20), (-126, -4)], close=False), stroke(mix(tone, DARK, 0.2), 6)
    )


def _laptop(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    metal = times((150, 154, 160), light)
    slab = skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(-74, -100, 74, -10), 5, 5)
    canvas.drawRRect(slab, fill((22, 24, 28)))
    glow = linear((-69, -95), (69, -16), [((150, 202, 232), 1), ((62, 104, 168), 1)])
    canvas.drawRect(skia.Rect.MakeLTRB(-69, -95, 69, -16), fill(shader=glow))
    for k in range(4):
        canvas.drawRect(
            skia.Rect.MakeLTRB(-58, -84 + 15 * k, 20 - 14 * (k % 2), -78 + 15 * k), fill((240, 246, 250), 0.6)
        )
    canvas.drawPath(poly([(-76, -10), (76, -10), (96, 0), (-96, 0)]), down(-10, 0, metal))


def _mirror(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    gold = times(GOLD, light)
    canvas.drawOval(oval(0, -52, 37, 48), across(-37, 37, gold))
    glass = linear(
        (-30, -96), (30, -8), [(mix(mood.horizon, (255, 255, 255), 0.5), 1), (mix(mood.horizon, DARK, 0.3), 1)]
    )
    canvas.drawOval(oval(0, -52, 30, 41), fill(shader=glass))
    canvas.drawLine(-14, -70, 6, -84, stroke((255, 255, 255), 4, 0.6))


def _ladder(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    wood = times(rgb("#a0744a"), light)
    for x0, x1 in ((-13, -9), (13, 9)):
        canvas.drawLine(x0, 0, x1, -100, stroke(mix(wood, DARK, 0.3), 3.4))
        canvas.drawLine(x0 - 0.5, 0, x1 - 0.5, -100, stroke(wood, 2.2))
    for k in range(9):
        canvas.drawLine(-12.5 + 0.4 * k, -8 - 11 * k, 12.5 - 0.4 * k, -8 - 11 * k, stroke(wood, 2.2))


def _parcel(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    card = times(rgb(("#b58a58", "#a67f52", "#c29a68")[number % 3]), light)
    canvas.drawPath(poly([(-78, -76), (-58, -100), (88, -100), (74, -76)]), fill(mix(card, (255, 244, 226), 0.25)))
    canvas.drawPath(poly([(74, -76), (88, -100), (88, -22), (74, 0)]), fill(mix(card, DARK, 0.45)))
    canvas.drawRect(skia.Rect.MakeLTRB(-78, -76, 74, 0), across(-78, 74, card))
    tape = mix(card, (250, 240, 214), 0.45)
    canvas.drawPath(poly([(-14, -76), (0, -100), (22, -100), (10, -76)]), fill(tape))
    canvas.drawRect(skia.Rect.MakeLTRB(-14, -76, 10, -48), fill(tape))
    canvas.drawRect(skia.Rect.MakeLTRB(34, -26, 62, -10), fill(mix(card, (255, 255, 255), 0.6)))


def _gift(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    paper, band = times(rgb(("#a83240", "#2f6b6b", "#4a4a8a")[number % 3]), light), times((236, 206, 130), light)
    canvas.drawRect(skia.Rect.MakeLTRB(-62, -70, 62, 0), across(-62, 62, paper))
    canvas.drawRect(skia.Rect.MakeLTRB(-68, -82, 68, -60), across(-68, 68, mix(paper, (255, 255, 255), 0.12)))
    canvas.drawRect(skia.Rect.MakeLTRB(-11, -82, 11, 0), across(-11, 11, band))
    for side in (-1, 1):
        loop = [(0, -82), (side * 18, -104), (side * 46, -100), (side * 34, -84)]
        canvas.drawPath(smooth(loop), across(-46, 46, band))


def _steering(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    black = times((40, 40, 46), light)
    canvas.drawOval(oval(0, -50, 62, 50), stroke(mix(black, DARK, 0.5), 15))
    canvas.drawOval(oval(0, -51, 62, 50), stroke(mix(black, (255, 255, 255), 0.10), 9))
    canvas.drawLine(-58, -46, 58, -46, stroke(black, 13))
    canvas.drawLine(0, -46, 0, -4, stroke(black, 13))
    canvas.drawOval(oval(0, -46, 20, 16), fill(mix(black, (255, 255, 255), 0.16)))


def _cup(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    tone = times(rgb(("#efe8da", "#d9e0e2", "#e6d3bf")[number % 3]), light)
    canvas.drawOval(oval(0, -6, 96, 15), fill(mix(tone, DARK, 0.35)))
    canvas.drawOval(oval(0, -11, 96, 14), across(-96, 96, tone))
    canvas.drawOval(oval(0, -11, 58, 8), fill(mix(tone, DARK, 0.22)))
    canvas.drawPath(
        smooth([(50, -84), (88, -84), (82, -44), (42, -34)], close=False), stroke(mix(tone, DARK, 0.16), 11)
    )
    body = [(-58, -98), (-54, -60), (-38, -22), (-24, -12), (24, -12), (38, -22), (54, -60), (58, -98)]
    canvas.drawPath(smooth(body, tension=0.5), across(-58, 58, tone))
    canvas.drawOval(oval(0, -98, 58, 9), fill(mix(tone, (255, 255, 255), 0.35)))
    canvas.drawOval(oval(0, -97, 52, 7), fill(times((84, 52, 34), light)))
    canvas.drawOval(oval(-8, -98, 26, 3), fill(times((150, 104, 70), light), 0.7))


def _dial(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    """A clock for a close look: a round one that stands on two feet, with bells."""
    brass, face = times(GOLD, light), times((244, 238, 222), light)
    for side in (-1, 1):
        canvas.drawLine(side * 26, -14, side * 36, 0, stroke(mix(brass, DARK, 0.35), 7))
        canvas.drawPath(smooth([(side * 44, -80), (side * 38, -96), (side * 18, -98), (side * 14, -88)]),
                        across(-44, 44, brass))  # fmt: skip
    canvas.drawLine(0, -100, 0, -88, stroke(mix(brass, DARK, 0.3), 4))
    canvas.drawCircle(0, -48, 46, across(-46, 46, brass))
    canvas.drawCircle(0, -48, 39, fill(face))
    for k in range(60):
        a, long = k * pi / 30, 6.0 if k % 5 == 0 else 2.4
        canvas.drawLine(36 * sin(a), -48 - 36 * cos(a), (36 - long) * sin(a), -48 - (36 - long) * cos(a),
                        stroke((44, 38, 38), 2.0 if k % 5 == 0 else 0.8))  # fmt: skip
    for a, long, wide in ((5.3, 20.0, 4.4), (0.55, 30.0, 3.2)):
        canvas.drawLine(0, -48, long * sin(a), -48 - long * cos(a), stroke((34, 28, 30), wide))
    canvas.drawCircle(0, -48, 3.6, fill(mix(brass, DARK, 0.3)))


UTENSILS: dict[str, Draw] = {
    "pan": _pan, "pot": _pot, "plate": _plate, "jug": _jug, "spoon": _spoon, "egg": _egg, "fish": _fish,
    "glass": _glass, "glasses": _glasses, "basket": _basket, "bucket": _bucket, "telephone": _telephone,
    "laptop": _laptop, "mirror": _mirror, "ladder": _ladder, "parcel": _parcel, "gift": _gift, "wheel": _steering,
    "cup": _cup, "dial": _dial,
}  # fmt: skip
