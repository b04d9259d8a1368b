"""What people own, carry and work with, drawn 100 units tall on y = 0, in the manner of ``wares``."""

from collections.abc import Callable
from typing import Any

import skia

from generation_service.previs.brush import Colour, blob, fill, linear, mix, oval, poly, rgb, smooth, stroke, times
from generation_service.previs.scenes.light import Mood
from generation_service.previs.wares import GOLD, STEEL, across, down

Draw = Callable[[Any, Colour, Mood, int], None]
DARK: Colour = (6, 4, 10)


def _page(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    paper, ink = times(rgb("#f1ead8"), light), times((64, 58, 66), light)
    canvas.drawPath(poly([(-34, 0), (-38, -98), (36, -100), (40, -3)]), down(-100, 0, paper))
    for k in range(10):
        canvas.drawLine(-28, -86 + 8 * k, 28 - 16 * (k % 4 == 3), -86.5 + 8 * k, stroke(ink, 2.0, 0.55))
    canvas.drawPath(poly([(40, -3), (24, -2), (38, -18)]), fill(mix(paper, DARK, 0.25)))


def _map(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    paper = times(rgb("#e9dfbf"), light)
    canvas.drawPath(poly([(-104, -6), (-92, -98), (100, -100), (108, -2)]), fill(paper))
    land, sea = times(rgb("#a9b982"), light), times(rgb("#9cbfca"), light)
    canvas.drawPath(smooth([(-88, -90), (-30, -94), (-16, -60), (-50, -30), (-94, -24)]), fill(land))
    canvas.drawPath(smooth([(30, -96), (96, -92), (98, -40), (52, -20), (20, -56)]), fill(sea))
    for line in ([(-96, -14), (-40, -44), (10, -30), (100, -70)], [(-60, -96), (-30, -50), (4, -4)]):
        canvas.drawPath(smooth(line, close=False), stroke(times((196, 84, 64), light), 3.4))
    for x in (-38, 30):
        ramp = [(mix(paper, DARK, 0.4), 0.5), (paper, 0.0)]
        canvas.drawRect(skia.Rect.MakeLTRB(x, -99, x + 26, -4), fill(shader=linear((x, 0), (x + 26, 0), ramp)))
    canvas.drawCircle(52, -62, 5, fill(times((180, 40, 40), light)))


def _photograph(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    canvas.drawRect(skia.Rect.MakeLTRB(-62, -100, 62, 0), down(-100, 0, times((244, 240, 230), light)))
    sky = linear((0, -92), (0, -12), [(times((206, 178, 140), light), 1), (times((112, 88, 74), light), 1)])
    canvas.drawRect(skia.Rect.MakeLTRB(-54, -92, 54, -14), fill(shader=sky))
    dark = times((66, 50, 44), light)
    for x, tall in ((-14, 46), (16, 38)):
        canvas.drawCircle(x, -16 - tall, 9, fill(dark))
        canvas.drawPath(smooth([(x - 17, -14), (x - 13, -tall), (x + 13, -tall), (x + 17, -14)]), fill(dark))


def _passport(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    cover = times(rgb(("#5b2a2e", "#27405b", "#3d3a34")[number % 3]), light)
    canvas.drawRRect(
        skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(-33, -96, 40, 3), 6, 6), fill(times((236, 228, 210), light))
    )
    canvas.drawRRect(skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(-37, -100, 36, 0), 6, 6), across(-37, 36, cover))
    canvas.drawCircle(0, -58, 15, stroke(times(GOLD, light), 3))
    for y in (-86, -26, -18):
        canvas.drawLine(-18, y, 18, y, stroke(times(GOLD, light), 3, 0.8))


def _ticket(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    paper = times(rgb("#e8d9b4"), light)
    canvas.drawRRect(skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(-120, -100, 120, 0), 9, 9), down(-100, 0, paper))
    for k in range(9):
        canvas.drawCircle(56, -94 + 11 * k, 2.6, fill(mix(paper, DARK, 0.6)))
    for k in range(4):
        canvas.drawLine(-98, -78 + 17 * k, 34 - 30 * (k % 2), -78 + 17 * k, stroke(mix(paper, DARK, 0.65), 6))
    canvas.drawCircle(88, -50, 15, stroke(times((168, 60, 50), light), 5))


def _pen(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    canvas.save()
    canvas.translate(0, -8)
    canvas.rotate(-58)
    tone = times(rgb(("#27406b", "#6b2a2e", "#2b2b2f")[number % 3]), light)
    canvas.drawRRect(skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(-8, -88, 8, 34), 7, 7), across(-8, 8, tone))
    canvas.drawPath(poly([(-7, 34), (7, 34), (0, 62)]), across(-7, 7, times(GOLD, light)))
    canvas.drawLine(9, -82, 9, -44, stroke(times(GOLD, light), 4))
    canvas.drawRect(skia.Rect.MakeLTRB(-8.4, -30, 8.4, -25), fill(times(GOLD, light)))
    canvas.restore()


def _flask(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    clear, fluid = (
        mix((228, 240, 244), mood.horizon, 0.15),
        ((70, 150, 236), (96, 214, 150), (226, 120, 90))[number % 3],
    )
    blob(canvas, (0, -36), (66, 24), fluid, 0.30, blur=8)
    canvas.drawPath(smooth([(-20, -46), (-46, -8), (-36, 0), (36, 0), (46, -8), (20, -46)], tension=0.4),
                    across(-46, 46, mix(fluid, (255, 255, 255), 0.15)))  # fmt: skip
    canvas.drawOval(oval(0, -46, 21, 4.5), fill(mix(fluid, (255, 255, 255), 0.45)))
    glass = [(-13, -100), (-13, -64), (-52, -8), (-42, 0), (42, 0), (52, -8), (13, -64), (13, -100)]
    canvas.drawPath(smooth(glass, close=False, tension=0.35), stroke(clear, 3.2, 0.85))
    canvas.drawOval(oval(0, -100, 15, 3.4), stroke(clear, 3))
    canvas.drawLine(-17, -58, -36, -18, stroke((255, 255, 255), 4.5, 0.5))
    for x, y in ((-12, -20), (10, -30), (2, -12)):
        canvas.drawCircle(x, y, 3, stroke((255, 255, 255), 1.4, 0.8))


def _microscope(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    tone, dark = times((226, 226, 222), light), times((48, 50, 56), light)
    canvas.drawRRect(skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(-36, -9, 36, 0), 5, 5), down(-9, 0, dark))
    canvas.drawPath(smooth([(20, -6), (34, -40), (16, -74), (2, -72)], close=False), stroke(tone, 12))
    canvas.drawRect(skia.Rect.MakeLTRB(-30, -34, 22, -28), fill(dark))
    canvas.save()
    canvas.translate(-4, -60)
    canvas.rotate(-24)
    canvas.drawRRect(skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(-9, -34, 9, 22), 4, 4), across(-9, 9, tone))
    canvas.drawRect(skia.Rect.MakeLTRB(-6, -46, 6, -32), across(-6, 6, dark))
    canvas.drawRect(skia.Rect.MakeLTRB(-5, 20, 5, 30), across(-5, 5, times(STEEL, light)))
    canvas.restore()


def _syringe(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    clear = times((226, 234, 240), light)
    canvas.drawLine(-170, -50, -120, -50, stroke(times(STEEL, light), 4))
    canvas.drawRRect(skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(-120, -72, 80, -28), 8, 8), down(-72, -28, clear))
    canvas.drawRect(skia.Rect.MakeLTRB(-112, -64, 10, -36), fill(times((120, 176, 206), light)))
    for k in range(8):
        canvas.drawLine(-100 + 22 * k, -72, -100 + 22 * k, -60, stroke((60, 70, 80), 3))
    canvas.drawLine(80, -50, 140, -50, stroke(times((190, 196, 204), light), 14))
    canvas.drawLine(140, -80, 140, -20, stroke(times((190, 196, 204), light), 10))


def _stethoscope(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    rubber = times((46, 56, 66), light)
    tube = [(-34, -98), (-46, -56), (0, -34), (46, -56), (34, -98)]
    canvas.drawPath(smooth(tube, close=False), stroke(rubber, 7))
    canvas.drawPath(smooth([(0, -36), (6, -10), (44, -4), (66, -24)], close=False), stroke(rubber, 7))
    canvas.drawCircle(70, -32, 15, across(55, 85, times(STEEL, light)))
    canvas.drawCircle(70, -32, 9, fill(mix(rubber, (255, 255, 255), 0.2)))


def _microphone(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    steel, black = times(STEEL, light), times((38, 38, 44), light)
    canvas.drawPath(poly([(-12, -56), (12, -56), (8, 0), (-8, 0)]), across(-12, 12, black))
    canvas.drawRect(skia.Rect.MakeLTRB(-16, -62, 16, -54), across(-16, 16, steel))
    canvas.drawCircle(0, -80, 20, across(-20, 20, steel))
    for k in range(-3, 4):
        canvas.drawLine(5.4 * k, -98, 5.4 * k, -62, stroke(black, 1.2, 0.5))
        canvas.drawLine(-19, -80 + 5.4 * k, 19, -80 + 5.4 * k, stroke(black, 1.2, 0.5))


def _sword(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    steel, gold = times((214, 220, 228), light), times(GOLD, light)
    canvas.drawPath(poly([(-3.2, -27), (-2.6, -94), (0, -100), (2.6, -94), (3.2, -27)]), across(-3.2, 3.2, steel))
    canvas.drawLine(0, -92, 0, -28, stroke(mix(steel, DARK, 0.4), 0.8))
    canvas.drawRRect(skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(-14, -28, 14, -24), 2, 2), across(-14, 14, gold))
    canvas.drawRect(skia.Rect.MakeLTRB(-2, -24, 2, -5), across(-2, 2, times(rgb("#5b3228"), light)))
    canvas.drawCircle(0, -3, 3.4, fill(gold))


def _gun(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    steel, grip = times((74, 78, 86), light), times(rgb("#5b3a28"), light)
    canvas.drawPath(smooth([(34, -60), (84, -56), (108, 0), (66, 0), (48, -40)], tension=0.4), across(48, 108, grip))
    canvas.drawRRect(skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(-118, -98, 84, -62), 8, 8), down(-98, -62, steel))
    canvas.drawRRect(
        skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(-20, -92, 34, -48), 10, 10),
        down(-92, -48, mix(steel, (255, 255, 255), 0.14)),
    )
    canvas.drawPath(smooth([(14, -50), (20, -26), (46, -28), (50, -48)], close=False), stroke(steel, 6))


def _crown(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    gold = times(GOLD, light)
    spikes = [(-70, -24), (-86, -88), (-48, -52), (-26, -100), (0, -56), (26, -100), (48, -52), (86, -88), (70, -24)]
    canvas.drawOval(oval(0, -26, 68, 12), fill(mix(gold, DARK, 0.6)))
    canvas.drawPath(poly([*spikes, (66, 0), (-66, 0)]), across(-86, 86, gold))
    canvas.drawRect(skia.Rect.MakeLTRB(-69, -24, 69, -2), across(-69, 69, mix(gold, (255, 255, 255), 0.1)))
    for k, x in enumerate((-46, 0, 46)):
        tone = times(((190, 40, 60), (50, 110, 190), (60, 150, 90))[k], light)
        canvas.drawOval(oval(x, -13, 8, 7), fill(tone))
        canvas.drawOval(oval(x - 2, -15, 2.6, 2), fill((255, 255, 255), 0.8))
    for x in (-86, -26, 26, 86):
        canvas.drawCircle(x, -88 if abs(x) > 50 else -100, 6, fill(mix(gold, (255, 255, 255), 0.4)))


def _hammer(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    wood, steel = times(rgb("#9a6a40"), light), times((120, 126, 134), light)
    canvas.drawRRect(skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(-5, -84, 5, 0), 4, 4), across(-5, 5, wood))
    canvas.drawPath(smooth([(-34, -98), (8, -98), (34, -104), (40, -92), (8, -80), (-34, -80)], tension=0.3),
                    down(-100, -80, steel))  # fmt: skip


def _broom(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    canvas.drawLine(0, -100, 0, -22, stroke(times(rgb("#a0744a"), light), 3))
    straw = times((206, 172, 96), light)
    canvas.drawPath(poly([(-6, -26), (6, -26), (15, 0), (-15, 0)]), across(-15, 15, straw))
    for k in range(-4, 5):
        canvas.drawLine(k * 1.2, -24, k * 3.2, -1, stroke(mix(straw, DARK, 0.4), 0.8, 0.7))


def _dumbbell(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    iron = times((58, 60, 68), light)
    canvas.drawLine(-70, -50, 70, -50, stroke(times(STEEL, light), 15))
    for side in (-1, 1):
        for x, tall in ((62, 46), (88, 50), (112, 40)):
            box = skia.Rect.MakeXYWH(side * x - 12, -50 - tall, 24, 2 * tall)
            canvas.drawRRect(skia.RRect.MakeRectXY(box, 8, 8), down(-50 - tall, -50 + tall, iron))


def _balloon(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    tone = times(rgb(("#c8433f", "#3f7fc0", "#e0a63c")[number % 3]), light)
    canvas.drawPath(smooth([(0, -46), (4, -28), (-4, -14), (2, 0)], close=False), stroke((240, 240, 240), 0.8, 0.8))
    canvas.drawPath(smooth([(0, -46), (-22, -66), (-21, -88), (0, -100), (21, -88), (22, -66)]), across(-22, 22, tone))
    canvas.drawPath(poly([(-3, -43), (3, -43), (0, -48)]), fill(tone))
    blob(canvas, (-9, -84), (4, 7), (255, 255, 255), 0.5, blur=2)


def _bear(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    fur, pale = times(rgb("#a8743f"), light), times(rgb("#dcb98a"), light)
    for x, y, rx, ry in ((-34, -8, 17, 10), (34, -8, 17, 10), (-36, -42, 10, 17), (36, -42, 10, 17)):
        canvas.drawOval(oval(x, y, rx, ry), across(x - rx, x + rx, fur))
    canvas.drawOval(oval(0, -32, 31, 32), across(-31, 31, fur))
    canvas.drawOval(oval(0, -28, 19, 21), fill(pale, 0.8))
    for x in (-24, 24):
        canvas.drawCircle(x, -94, 10, fill(fur))
        canvas.drawCircle(x, -94, 5.5, fill(pale))
    canvas.drawOval(oval(0, -76, 30, 25), across(-30, 30, fur))
    canvas.drawOval(oval(0, -68, 13, 10), fill(pale))
    canvas.drawOval(oval(0, -72, 5, 3.6), fill((36, 26, 24)))
    for x in (-12, 12):
        canvas.drawCircle(x, -80, 3, fill((24, 18, 18)))


def _trophy(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    gold = times(GOLD, light)
    for side in (-1, 1):
        canvas.drawPath(
            smooth([(side * 28, -90), (side * 54, -84), (side * 44, -56), (side * 20, -50)], close=False),
            stroke(gold, 6),
        )
    canvas.drawPath(
        smooth([(-34, -100), (-28, -58), (0, -40), (28, -58), (34, -100)], tension=0.6), across(-34, 34, gold)
    )
    canvas.drawOval(oval(0, -99, 34, 5), fill(mix(gold, DARK, 0.5)))
    canvas.drawRect(skia.Rect.MakeLTRB(-5, -44, 5, -18), across(-5, 5, gold))
    canvas.drawRect(skia.Rect.MakeLTRB(-26, -20, 26, 0), across(-26, 26, times((52, 40, 38), light)))


def _binoculars(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    black = times((50, 48, 52), light)
    for side in (-1, 1):
        canvas.drawPath(poly([(side * 16, -96), (side * 44, -96), (side * 62, -8), (side * 8, -8)]),
                        across(min(side * 8, side * 62), max(side * 8, side * 62), black))  # fmt: skip
        canvas.drawOval(oval(side * 35, -8, 27, 8), fill(mix(mood.horizon, (30, 40, 60), 0.5)))
    canvas.drawRect(skia.Rect.MakeLTRB(-16, -72, 16, -48), fill(mix(black, (255, 255, 255), 0.15)))


def _trumpet(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    brass = times(GOLD, light)
    canvas.drawPath(poly([(-150, -60), (-60, -58), (-60, -46), (-150, -40)]), fill(brass))
    canvas.drawLine(-150, -50, 110, -52, stroke(brass, 11))
    canvas.drawPath(
        smooth([(86, -58), (126, -66), (156, -98), (160, -6), (126, -38), (86, -46)], tension=0.5), down(-98, -6, brass)
    )
    canvas.drawRRect(skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(-70, -52, 56, -14), 18, 18), stroke(brass, 9))
    for x in (-26, 0, 26):
        canvas.drawRect(
            skia.Rect.MakeLTRB(x - 8, -76, x + 8, -20), across(x - 8, x + 8, mix(brass, (255, 255, 255), 0.2))
        )


def _drum(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    red = times((150, 44, 46), light)
    canvas.drawPath(smooth([(-70, -84), (-70, -10), (0, 6), (70, -10), (70, -84)], tension=0.3), across(-70, 70, red))
    canvas.drawOval(oval(0, -84, 71, 16), fill(times((238, 230, 214), light)))
    for k in range(6):
        x = -62 + 25 * k
        canvas.drawLine(x, -74, x + 12, -4, stroke(times(GOLD, light), 2.4))
        canvas.drawLine(x + 12, -4, x + 25, -74, stroke(times(GOLD, light), 2.4))


def _skull(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    bone, dark = times((232, 222, 198), light), times((46, 36, 34), light)
    head = [(-44, -60), (-34, -92), (0, -102), (34, -92), (44, -60), (28, -30), (26, 0), (-26, 0), (-28, -30)]
    canvas.drawPath(smooth(head, tension=0.8), across(-44, 44, bone))
    for x in (-18, 18):
        canvas.drawOval(oval(x, -54, 12, 13), fill(dark))
    canvas.drawPath(poly([(0, -44), (7, -30), (-7, -30)]), fill(dark))
    for k in range(-3, 4):
        canvas.drawLine(6 * k, -14, 6 * k, -2, stroke(dark, 1.6, 0.8))


def _stone(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    grey = times(rgb(("#8d8a84", "#9a8b76")[number % 2]), light)
    line = [(-92, -8), (-80, -56), (-34, -94), (24, -98), (76, -66), (94, -14), (60, 0), (-70, 0)]
    canvas.drawPath(smooth(line, tension=0.6), across(-92, 94, grey))
    for crack in ([(-30, -92), (-10, -52), (-26, -16)], [(40, -86), (30, -48)]):
        canvas.drawPath(smooth(crack, close=False), stroke(mix(grey, DARK, 0.4), 3, 0.6))


def _banana(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    tone = times((232, 196, 74), light)
    for shift in (0, 26):
        line = [(-96 + shift, -66), (-50 + shift, -22), (20 + shift, -12), (84 + shift, -52), (74 + shift, -62),
                (18 + shift, -44), (-40 + shift, -52), (-84 + shift, -84)]  # fmt: skip
        canvas.drawPath(smooth(line, tension=0.7), down(-84, -10, tone))
    canvas.drawCircle(-62, -78, 7, fill(times((96, 74, 40), light)))


def _backpack(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    cloth = times(rgb(("#4f6046", "#7a3f34", "#34506b")[number % 3]), light)
    canvas.drawPath(
        smooth([(-12, -94), (-8, -104), (8, -104), (12, -94)], close=False), stroke(mix(cloth, DARK, 0.4), 5)
    )
    canvas.drawPath(smooth([(-42, -6), (-46, -60), (-30, -98), (30, -98), (46, -60), (42, -6), (0, 2)], tension=0.6),
                    across(-46, 46, cloth))  # fmt: skip
    pocket = skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(-30, -44, 30, -8), 9, 9)
    canvas.drawRRect(pocket, across(-30, 30, mix(cloth, (255, 240, 220), 0.12)))
    canvas.drawLine(-26, -38, 26, -38, stroke(mix(cloth, DARK, 0.5), 2.4))
    canvas.drawPath(smooth([(-36, -72), (0, -62), (36, -72)], close=False), stroke(mix(cloth, DARK, 0.45), 4))


def _lantern(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    iron = times((64, 60, 62), mix(light, (255, 255, 255), 0.2))
    blob(canvas, (0, -46), (58, 34), (255, 196, 104), 0.40, blur=10)
    canvas.drawPath(smooth([(-18, -80), (-16, -100), (16, -100), (18, -80)], close=False), stroke(iron, 3.4))
    canvas.drawRect(skia.Rect.MakeLTRB(-22, -68, 22, -10), fill(mix((255, 214, 140), (255, 255, 255), 0.2), 0.85))
    canvas.drawPath(smooth([(0, -54), (8, -34), (0, -22), (-8, -34)]), fill((255, 250, 226)))
    for x in (-22, -7, 7, 22):
        canvas.drawLine(x, -68, x, -10, stroke(iron, 3.4 if abs(x) > 10 else 1.8))
    canvas.drawPath(poly([(-30, -68), (-12, -84), (12, -84), (30, -68)]), across(-30, 30, iron))
    canvas.drawRect(skia.Rect.MakeLTRB(-30, -11, 30, 0), across(-30, 30, iron))


def _umbrella(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    red, wood = times(rgb(("#a93a40", "#34506b", "#3d5b46")[number % 3]), light), times((96, 66, 48), light)
    canvas.drawPath(smooth([(0, -100), (-9, -62), (-5, -22), (5, -22), (9, -62)], tension=0.5), across(-9, 9, red))
    for x in (-4, 0, 4):
        canvas.drawLine(x * 0.3, -98, x, -24, stroke(mix(red, DARK, 0.4), 0.9, 0.8))
    canvas.drawLine(0, -22, 0, -8, stroke(wood, 2.4))
    canvas.drawPath(smooth([(0, -10), (0, -2), (7, 0), (10, -7)], close=False), stroke(wood, 3.4))


def _book(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    cover, paper = times(rgb(("#6b3a33", "#2f4a5b", "#4a5a3a")[number % 3]), light), times((240, 232, 214), light)
    canvas.drawPath(poly([(-128, -92), (0, -76), (128, -92), (134, 0), (0, 0), (-134, 0)]), fill(cover))
    for side in (-1, 1):
        page = [(0, -82), (side * 40, -98), (side * 122, -94), (side * 127, -8), (side * 40, -12), (0, -3)]
        ramp = [(mix(paper, DARK, 0.45), 1.0), (paper, 1.0), (mix(paper, DARK, 0.12), 1.0)]
        canvas.drawPath(poly(page), fill(shader=linear((0, 0), (side * 127, 0), ramp, [0.0, 0.22, 1.0])))
        for k in range(8):
            y, long = -84 + 9.4 * k, 104 - 34 * (k % 4 == 3)
            canvas.drawLine(side * 22, y + 4, side * long, y - 1, stroke(times((84, 78, 80), light), 2.2, 0.55))
    canvas.drawLine(0, -82, 0, -2, stroke(mix(paper, DARK, 0.6), 2.0))


def _letter(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    paper, ink = times((242, 236, 222), light), times((70, 66, 92), light)
    canvas.drawPath(poly([(-56, -2), (-50, -100), (52, -98), (58, 0)]), down(-100, 0, paper))
    for k in range(9):
        y = -86 + 9 * k
        line = [(-42, y), (-18, y - 2), (8, y + 2), (40 - 50 * (k in {0, 8}), y)]
        canvas.drawPath(smooth(line, close=False), stroke(ink, 2.2, 0.7))
    ramp = [(mix(paper, DARK, 0.35), 0.6), (paper, 0.0)]
    canvas.drawPath(poly([(-54, -52), (55, -50), (56, -34), (-55, -36)]), fill(shader=linear((0, -52), (0, -34), ramp)))


BELONGINGS: dict[str, Draw] = {
    "page": _page, "map": _map, "photograph": _photograph, "passport": _passport, "ticket": _ticket, "pen": _pen,
    "flask": _flask, "microscope": _microscope, "syringe": _syringe, "stethoscope": _stethoscope,
    "microphone": _microphone, "sword": _sword, "gun": _gun, "crown": _crown, "hammer": _hammer, "broom": _broom,
    "dumbbell": _dumbbell, "balloon": _balloon, "bear": _bear, "trophy": _trophy, "binoculars": _binoculars,
    "trumpet": _trumpet, "drum": _drum, "skull": _skull, "stone": _stone, "banana": _banana, "backpack": _backpack,
    "lantern": _lantern, "umbrella": _umbrella, "book": _book, "letter": _letter,
}  # fmt: skip
