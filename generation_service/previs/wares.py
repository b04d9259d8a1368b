"""More things for a scene, most of them small: what a kitchen, a pocket or a stage needs; 100 units tall on y = 0."""

from collections.abc import Callable
from math import cos, pi, sin
from typing import Any

import skia

from generation_service.previs.brush import Colour, blob, fill, linear, mix, oval, poly, rgb, smooth, stroke, times
from generation_service.previs.captions import drawable
from generation_service.previs.lettering import font
from generation_service.previs.scenes.light import Mood

Draw = Callable[[Any, Colour, Mood, int], None]
GOLD, STEEL = (226, 184, 92), (196, 202, 208)


def _lit(tone: Colour) -> list[tuple[Colour, float]]:
    return [(mix(tone, (255, 246, 230), 0.38), 1.0), (tone, 1.0), (mix(tone, (6, 4, 10), 0.45), 1.0)]


def across(left: float, right: float, tone: Colour) -> Any:
    """Paint for something round that the light meets from the left."""
    return fill(shader=linear((left, 0), (right, 0), _lit(tone), [0.1, 0.5, 1.0]))


def down(top: float, bottom: float, tone: Colour) -> Any:
    """Paint for something that the light meets from above."""
    return fill(shader=linear((0, top), (0, bottom), _lit(tone), [0.0, 0.4, 1.0]))


def _bread(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    crust, crumb = times(rgb("#b5702f"), light), times(rgb("#f0d7a4"), light)
    loaf = [(-118, -4), (-128, -46), (-92, -88), (-20, -100), (60, -96), (116, -66), (126, -22), (112, -2), (0, 0)]
    canvas.drawPath(smooth(loaf), down(-100, 0, crust))
    for x in (-74, -26, 22, 68):
        cut = [(x - 14, -84 + abs(x) * 0.12), (x + 6, -70), (x + 22, -40)]
        canvas.drawPath(smooth(cut, close=False), stroke(mix(crumb, crust, 0.25), 9))
        canvas.drawPath(smooth([(a + 5, b + 3) for a, b in cut], close=False), stroke(mix(crust, (0, 0, 0), 0.4), 2.4))
    blob(canvas, (-50, -84), (44, 8), mix(crumb, (255, 255, 255), 0.5), 0.35, blur=5)


def _kettle(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    tone, dark = times(rgb(("#9a3b34", "#3f6b7a", "#b9bec4")[number % 3]), light), times((44, 40, 42), light)
    canvas.drawPath(smooth([(-44, -66), (-40, -104), (40, -104), (44, -66)], close=False), stroke(dark, 7))
    canvas.drawPath(smooth([(44, -22), (74, -40), (82, -72), (98, -70), (92, -30), (52, -4)], tension=0.6),
                    across(44, 98, tone))  # fmt: skip
    canvas.drawPath(smooth([(-60, 0), (-72, -30), (-48, -66), (0, -74), (48, -66), (72, -30), (60, 0)], tension=0.7),
                    across(-72, 72, tone))  # fmt: skip
    canvas.drawPath(smooth([(-30, -68), (0, -80), (30, -68)]), fill(mix(tone, (0, 0, 0), 0.3)))
    canvas.drawCircle(0, -82, 6, fill(dark))
    for x, y in ((94, -82), (102, -96), (92, -110)):
        blob(canvas, (x, y), (9, 8), (240, 240, 240), 0.30, blur=5)


def _bottle(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    glass = times(rgb(("#3f6b4a", "#6b4a2c", "#dfe6ea")[number % 3]), light)
    side = [(-20, 0), (-21, -52), (-8, -70), (-8, -94), (8, -94), (8, -70), (21, -52), (20, 0)]
    canvas.drawPath(smooth(side, tension=0.4), across(-22, 22, glass))
    canvas.drawRect(skia.Rect.MakeLTRB(-20.5, -44, 20.5, -16), across(-22, 22, times(rgb("#efe4cc"), light)))
    for y in (-36, -29):
        canvas.drawLine(-11, y, 11, y, stroke(times((90, 60, 44), light), 2.2, 0.7))
    canvas.drawRect(skia.Rect.MakeLTRB(-8, -100, 8, -90), fill(times(rgb("#7a3a30"), light)))
    canvas.drawLine(-13, -50, -13, -8, stroke((255, 255, 255), 2.6, 0.35))


def _wine(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    glass = mix(times((226, 234, 238), light), mood.horizon, 0.25)
    canvas.drawOval(oval(0, -2, 24, 4), fill(glass, 0.75))
    canvas.drawLine(0, -3, 0, -46, stroke(glass, 3.2, 0.85))
    bowl = [(-26, -98), (-29, -70), (0, -44), (29, -70), (26, -98)]
    canvas.drawPath(smooth([(-28, -76), (-24, -62), (0, -46), (24, -62), (28, -76)], tension=0.7),
                    across(-28, 28, times((150, 30, 46), light)))  # fmt: skip
    canvas.drawPath(smooth(bowl, close=False), stroke(glass, 2.2, 0.9))
    canvas.drawOval(oval(0, -98, 26, 4), stroke(glass, 1.6, 0.9))
    canvas.drawLine(-18, -90, -20, -70, stroke((255, 255, 255), 2.6, 0.5))


def _cake(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    cream, sponge = times(rgb("#f3e3d3"), light), times(rgb(("#b0653f", "#c98f9a", "#8a5a3c")[number % 3]), light)
    canvas.drawOval(oval(0, -4, 96, 8), fill(times((206, 212, 218), light)))
    canvas.drawRRect(skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(-76, -66, 76, -4), 8, 8), across(-76, 76, sponge))
    drip = [(-78, -62), (-60, -36), (-44, -54), (-24, -32), (0, -52), (26, -30), (46, -52), (64, -38), (78, -62)]
    canvas.drawPath(smooth([*drip, (60, -78), (-60, -78)]), across(-76, 76, cream))
    for x in (-40, 0, 40):
        canvas.drawLine(x, -76, x, -92, stroke(times((226, 120, 110), light), 4))
        blob(canvas, (x, -97), (12, 14), (255, 190, 90), 0.5, blur=5)
        blob(canvas, (x, -97), (3, 5), (255, 240, 190), 1.0, blur=0.6)


def _bowl(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    tone = times(rgb(("#e8e2d6", "#4a6f8a", "#b9653c")[number % 3]), light)
    canvas.drawPath(smooth([(-110, -76), (-78, -14), (-36, 0), (36, 0), (78, -14), (110, -76)], tension=0.8),
                    across(-110, 110, tone))  # fmt: skip
    canvas.drawOval(oval(0, -78, 110, 20), fill(mix(tone, (255, 255, 255), 0.25)))
    canvas.drawOval(oval(0, -76, 96, 15), fill(times(rgb("#c9793a"), light)))
    for x, y in ((-44, -78), (10, -72), (50, -80)):
        canvas.drawOval(oval(x, y, 15, 4), fill(times(rgb("#7f9a4a"), light)))
    for x, y in ((-24, -104), (20, -112)):
        blob(canvas, (x, y), (12, 18), (240, 240, 240), 0.20, blur=7)


def _fruit(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    tone = times(rgb(("#b9382f", "#7f9a3a", "#d98a3a")[number % 3]), light)
    body = [(0, -78), (-32, -88), (-54, -56), (-42, -14), (-14, 0), (14, 0), (42, -14), (54, -56), (32, -88)]
    canvas.drawPath(smooth(body), across(-54, 54, tone))
    canvas.drawPath(smooth([(0, -78), (3, -92), (10, -102)], close=False), stroke(times((74, 50, 34), light), 4))
    leaf = [(6, -92), (26, -106), (42, -94), (22, -86)]
    canvas.drawPath(smooth(leaf), fill(times((86, 128, 66), light)))
    blob(canvas, (-26, -62), (9, 14), (255, 255, 255), 0.4, blur=4)


def _ball(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    tone = times(rgb(("#e6e0d2", "#b9483c", "#3f6b9a")[number % 3]), light)
    canvas.drawCircle(0, -50, 50, across(-50, 50, tone))
    for bend in (-26, 26):
        seam = [(bend * 0.6, -97), (bend * 1.3, -50), (bend * 0.6, -3)]
        canvas.drawPath(smooth(seam, close=False), stroke(mix(tone, (0, 0, 0), 0.5), 2.6))
    canvas.drawLine(-49, -50, 49, -50, stroke(mix(tone, (0, 0, 0), 0.5), 2.6))


def _key(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    brass = times(GOLD, light)
    canvas.drawCircle(-62, -44, 26, stroke(mix(brass, (0, 0, 0), 0.4), 15))
    canvas.drawCircle(-63, -46, 26, stroke(brass, 11))
    canvas.drawLine(-36, -40, 92, -26, stroke(mix(brass, (0, 0, 0), 0.4), 15))
    canvas.drawLine(-36, -42, 92, -28, stroke(brass, 11))
    for x in (62, 86):
        canvas.drawLine(x, -32 + x * 0.02, x - 3, -4, stroke(brass, 10))


def _coin(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    tone = times(GOLD, light)
    canvas.drawCircle(4, -50, 50, fill(mix(tone, (0, 0, 0), 0.5)))
    canvas.drawCircle(0, -50, 50, across(-50, 50, tone))
    canvas.drawCircle(0, -50, 40, stroke(mix(tone, (0, 0, 0), 0.3), 3))
    canvas.drawPath(poly([(8 * (1 + 2.2 * (k % 2)) * sin(k * pi / 5), -50 - 8 * (1 + 2.2 * (k % 2)) * cos(k * pi / 5))
                          for k in range(10)]), fill(mix(tone, (0, 0, 0), 0.3)))  # fmt: skip


def _ring(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    tone = times(GOLD, light)
    canvas.drawCircle(0, -36, 30, stroke(mix(tone, (0, 0, 0), 0.35), 11))
    canvas.drawCircle(-1, -37, 30, stroke(mix(tone, (255, 250, 230), 0.25), 6))
    stone = [(-20, -88), (-10, -100), (10, -100), (20, -88), (0, -66)]
    canvas.drawPath(poly(stone), across(-20, 20, mix(times((150, 206, 226), light), (255, 255, 255), 0.2)))
    canvas.drawLine(-20, -88, 20, -88, stroke((255, 255, 255), 1.6, 0.7))
    blob(canvas, (-6, -92), (6, 6), (255, 255, 255), 0.8, blur=2)


def _knife(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    steel = times(STEEL, light)
    canvas.drawPath(smooth([(-30, -58), (70, -66), (128, -36), (-30, -26)], tension=0.5), down(-66, -24, steel))
    canvas.drawLine(-28, -30, 116, -37, stroke((255, 255, 255), 2.0, 0.5))
    handle = skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(-124, -58, -28, -26), 12, 12)
    canvas.drawRRect(handle, down(-58, -26, times(rgb("#5b3b2a"), light)))
    for x in (-104, -76, -48):
        canvas.drawCircle(x, -42, 4, fill(steel))


def _candle(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    blob(canvas, (0, -96), (74, 70), (255, 190, 96), 0.45, blur=22)
    brass = times(GOLD, light)
    canvas.drawOval(oval(0, -5, 36, 7), fill(brass))
    canvas.drawRect(skia.Rect.MakeLTRB(-13, -74, 13, -8), across(-13, 13, times((240, 228, 204), light)))
    canvas.drawOval(oval(0, -74, 13, 3.4), fill((255, 232, 180)))
    canvas.drawLine(0, -74, 0, -82, stroke((40, 30, 26), 2))
    canvas.drawPath(smooth([(0, -110), (8, -90), (0, -79), (-8, -90)]), fill((255, 206, 110)))
    canvas.drawPath(smooth([(0, -100), (4, -88), (0, -81), (-4, -88)]), fill((255, 250, 226)))


def _match(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    blob(canvas, (60, -66), (54, 40), (255, 190, 96), 0.45, blur=16)
    canvas.drawLine(-80, -4, 56, -52, stroke(times((222, 190, 140), light), 7))
    canvas.drawCircle(58, -53, 7, fill((90, 40, 30)))
    canvas.drawPath(smooth([(63, -98), (76, -66), (60, -47), (45, -62)]), fill((255, 196, 96)))
    canvas.drawPath(smooth([(61, -80), (68, -63), (60, -52), (52, -62)]), fill((255, 248, 220)))


def _envelope(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    paper = times(rgb("#eadfc6"), light)
    canvas.save()
    canvas.rotate(-3)
    canvas.drawRRect(skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(-84, -100, 84, 0), 4, 4), down(-100, 0, paper))
    edge = stroke(mix(paper, (60, 44, 30), 0.5), 2.4)
    for flap in ([(-84, 0), (-14, -54)], [(84, 0), (14, -54)], [(-84, -100), (0, -42), (84, -100)]):
        canvas.drawPath(poly(flap, close=False), edge)
    canvas.drawPath(smooth([(0, -62), (16, -56), (19, -42), (9, -28), (-8, -28), (-19, -40), (-15, -56)]),
                    across(-18, 18, times(rgb("#a82f2c"), light)))  # fmt: skip
    canvas.drawCircle(0, -44, 9, stroke(times(rgb("#6f1a1c"), light), 2.6))
    canvas.restore()


def _camera(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    black, metal = times((46, 44, 46), light), times(STEEL, light)
    canvas.drawRRect(skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(-78, -84, 78, 0), 10, 10), down(-84, 0, black))
    canvas.drawRRect(skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(-78, -86, 78, -62), 8, 8), down(-86, -62, metal))
    canvas.drawPath(poly([(-28, -86), (-18, -102), (18, -102), (28, -86)]), down(-102, -86, metal))
    canvas.drawRect(skia.Rect.MakeLTRB(-66, -94, -44, -86), fill(metal))
    for r, tone in ((36, metal), (31, black), (24, (30, 40, 58)), (13, (66, 92, 124))):
        canvas.drawCircle(0, -40, r, fill(tone))
    blob(canvas, (-10, -50), (7, 5), (255, 255, 255), 0.7, blur=2)


def _radio(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    wood, cloth = times(rgb("#7a4f34"), light), times(rgb("#cbb68c"), light)
    canvas.drawLine(60, -84, 92, -128, stroke(times(STEEL, light), 2.6))
    canvas.drawRRect(skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(-92, -86, 92, 0), 16, 16), down(-86, 0, wood))
    canvas.drawRRect(skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(-78, -72, 16, -14), 8, 8), fill(cloth))
    for k in range(9):
        canvas.drawLine(-68 + 10 * k, -70, -68 + 10 * k, -16, stroke(mix(cloth, (0, 0, 0), 0.35), 2))
    canvas.drawCircle(54, -54, 20, fill(times((238, 224, 186), mix(light, (255, 255, 255), 0.4))))
    canvas.drawLine(54, -54, 64, -66, stroke((170, 50, 40), 2.4))
    for x in (40, 68):
        canvas.drawCircle(x, -18, 8, fill(times((44, 36, 32), light)))


def _rope(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    tone = times(rgb("#b9945c"), light)
    for k in range(4):
        y, r = -18 - 22 * k, 92 - 7 * k
        canvas.drawOval(oval(0, y, r, 20), stroke(mix(tone, (0, 0, 0), 0.5), 21))
        canvas.drawOval(oval(0, y - 1, r, 20), stroke(tone, 16))
        for step in range(18):
            a = step * pi / 9
            at = (r * cos(a), y + 20 * sin(a))
            canvas.drawLine(at[0] - 4, at[1] - 6, at[0] + 4, at[1] + 6, stroke(mix(tone, (0, 0, 0), 0.35), 2))


def _guitar(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    wood, dark = times(rgb(("#b5713a", "#8a3f2c", "#c99a5c")[number % 3]), light), times((46, 34, 30), light)
    canvas.save()
    canvas.rotate(9)
    body = [(0, -54), (-17, -50), (-13, -32), (-25, -14), (-12, 0), (12, 0), (25, -14), (13, -32), (17, -50)]
    canvas.drawPath(smooth(body), across(-26, 26, wood))
    canvas.drawRect(skia.Rect.MakeLTRB(-3, -92, 3, -30), fill(dark))
    canvas.drawRect(skia.Rect.MakeLTRB(-5, -101, 5, -90), fill(dark))
    canvas.drawCircle(0, -32, 6.5, fill(mix(dark, (0, 0, 0), 0.4)))
    canvas.drawRect(skia.Rect.MakeLTRB(-8, -13, 8, -10), fill(dark))
    for x in (-1.6, 0, 1.6):
        canvas.drawLine(x, -96, x, -12, stroke((240, 232, 210), 0.35, 0.8))
    canvas.restore()


def _newspaper(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    paper, ink = times(rgb("#ece5d3"), light), times((52, 48, 48), light)
    canvas.drawPath(poly([(-96, -2), (-80, -98), (92, -98), (100, -2)]), fill(mix(paper, (0, 0, 0), 0.3)))
    canvas.drawPath(poly([(-100, -4), (-84, -100), (88, -100), (96, -4)]), fill(paper))
    canvas.drawRect(skia.Rect.MakeLTRB(-72, -92, 76, -80), fill(ink, 0.85))
    canvas.drawRect(skia.Rect.MakeLTRB(-80, -70, -8, -30), fill(mix(paper, ink, 0.45)))
    for k in range(5):
        canvas.drawLine(2, -68 + 10 * k, 80, -68 + 10 * k, stroke(ink, 3, 0.5))
    for k in range(2):
        canvas.drawLine(-82 - 2 * k, -22 + 9 * k, 82 + 2 * k, -22 + 9 * k, stroke(ink, 3, 0.5))


def _watch(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    tone = times(GOLD, light)
    canvas.drawCircle(0, -94, 9, stroke(tone, 5))
    canvas.drawCircle(0, -42, 42, across(-42, 42, tone))
    canvas.drawCircle(0, -42, 34, fill(times((244, 238, 222), light)))
    for k in range(12):
        a = k * pi / 6
        canvas.drawCircle(27 * sin(a), -42 - 27 * cos(a), 1.6, fill((50, 42, 40)))
    canvas.drawLine(0, -42, 0, -66, stroke((40, 32, 32), 2.4))
    canvas.drawLine(0, -42, 15, -34, stroke((40, 32, 32), 3.2))


def _hat(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    felt = times(rgb(("#4a3f3a", "#6b5a44", "#3a4454")[number % 3]), light)
    canvas.drawOval(oval(0, -12, 112, 13), down(-26, 0, felt))
    crown = [(-62, -16), (-58, -72), (-34, -98), (0, -86), (34, -98), (58, -72), (62, -16)]
    canvas.drawPath(smooth(crown, tension=0.7), across(-62, 62, felt))
    canvas.drawRect(skia.Rect.MakeLTRB(-61, -38, 61, -19), fill(mix(felt, (0, 0, 0), 0.5)))


def _shoe(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    tone = times(rgb(("#5b3b2a", "#2f3640", "#8a3a34")[number % 3]), light)
    shape = [(-88, -8), (-86, -92), (-30, -100), (-16, -58), (50, -46), (98, -24), (100, -8)]
    canvas.drawPath(smooth(shape, tension=0.6), down(-100, 0, tone))
    canvas.drawRRect(skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(-90, -10, 104, 0), 4, 4), fill(mix(tone, (0, 0, 0), 0.6)))
    for k in range(3):
        canvas.drawLine(-12 + 16 * k, -60 + 6 * k, -26 + 18 * k, -74 + 12 * k, stroke((236, 228, 210), 4))


def _cat(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    fur = times(rgb(("#3c3a40", "#b9763c", "#d8d2c6")[number % 3]), light)
    canvas.drawPath(smooth([(-30, 0), (-34, -34), (-12, -64), (14, -60), (26, -24), (26, 0)]), fill(fur))
    canvas.drawPath(smooth([(-28, -6), (-58, -8), (-66, -36), (-56, -46)], close=False), stroke(fur, 9))
    canvas.drawOval(oval(12, -76, 21, 18), fill(fur))
    for x in (0, 24):
        canvas.drawPath(poly([(x - 8, -86), (x, -104), (x + 8, -86)]), fill(fur))
        canvas.drawCircle(x + 1, -78, 2.6, fill((210, 200, 90)))


def _boat(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    tone = times(rgb(("#8e3a36", "#2f5a7a", "#d8d2c6")[number % 3]), light)
    canvas.drawPath(
        smooth([(-150, -92), (-110, -14), (0, 0), (110, -14), (156, -98), (60, -72), (-60, -70)], tension=0.7),
        fill(shader=linear((0, -92), (0, 0), [(mix(tone, (255, 255, 255), 0.25), 1), (mix(tone, (0, 0, 0), 0.5), 1)])),
    )


DRAWN: dict[str, Draw] = {
    "bread": _bread, "kettle": _kettle, "bottle": _bottle, "wine": _wine, "cake": _cake, "bowl": _bowl,
    "fruit": _fruit, "ball": _ball, "key": _key, "coin": _coin, "ring": _ring, "knife": _knife, "candle": _candle,
    "match": _match, "envelope": _envelope, "camera": _camera, "radio": _radio, "rope": _rope, "guitar": _guitar,
    "newspaper": _newspaper,
    "watch": _watch, "hat": _hat, "shoe": _shoe,
    "cat": _cat, "boat": _boat,
}  # fmt: skip


def draw_card(canvas: Any, name: str, light: Colour) -> None:
    """What stands in for a thing that nobody knows how to draw: a folded card with its name, 100 units tall."""
    paper = times(rgb("#f1e9d8"), mix(light, (255, 255, 255), 0.35))
    canvas.drawPath(poly([(-112, 0), (-100, -100), (108, -100), (124, -6)]), fill(mix(paper, (0, 0, 0), 0.5)))
    canvas.drawPath(poly([(-120, 0), (-104, -98), (104, -98), (120, 0)]), down(-98, 0, paper))
    canvas.drawLine(-104, -98, 104, -98, stroke((255, 255, 255), 2, 0.6))
    words = drawable(name)[:40] or "?"
    letters = font(34, bold=True)
    letters.setSize(min(34.0, 34 * 180 / max(1.0, letters.measureText(words))))
    wide = letters.measureText(words)
    canvas.drawString(words, -wide / 2, -48 + letters.getSize() * 0.36, letters, fill((52, 42, 38)))
