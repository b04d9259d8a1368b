"""What somebody sits on: the seats that a place has, in the cloth and wood that it is furnished with, and the table
that somebody sits at.
"""

import re
from collections.abc import Callable
from typing import Any

import skia

from generation_service.contract.shots import Place
from generation_service.previs.brush import Colour, Point, fill, linear, mix, oval, rgb, smooth, stroke, times
from generation_service.previs.cast.rig import SEAT, SOLE

TOP = SOLE - SEAT
TABLE_TOP = SOLE - 1330.0
# The seats of places; where nothing is said a chair indoors, a bench outdoors.
SEATS = {
    "room": "armchair", "library": "armchair", "lantern": "crate", "bedroom": "bed", "hospital": "bed",
    "train": "berth", "car": "berth", "church": "pew", "office": "swivel", "spaceship": "pilot", "warehouse": "crate",
    "theatre": "chair", "beach": "rock", "coast": "rock", "sea": "crate", "mountain": "rock", "desert": "rock",
    "forest": "log", "field": "log", "rooftop": "crate", "harbour": "crate", "market": "crate",
    "den": "swivel", "laboratory": "swivel", "gym": "bench", "museum": "bench", "cell": "bed", "garage": "crate",
    "barn": "crate", "cellar": "crate", "cave": "rock", "tent": "crate",
}  # fmt: skip
TOLD: tuple[tuple[str, str], ...] = (
    ("bed", r"\bon (?:the|a|his|her|their) (?:edge of (?:the|a|his|her) )?(?:bed|cot|bunk|mattress)\b"),
    ("throne", r"\bthrone\b"), ("armchair", r"\b(?:sofa|couch|armchair|settee)\b"),
    ("bench", r"\bbench\b"), ("pew", r"\bpew\b"),
    ("log", r"\b(?:log|trunk|hay ?bale)\b"), ("rock", r"\bon (?:the|a|this) (?:rock|stone|boulder|dune|wall)\b"),
    ("crate", r"\b(?:crate|box|barrel|chest)\b"), ("chair", r"\bchair\b"),
)  # fmt: skip
AT_TABLE = re.compile(
    r"\bat (?:the|a|an|his|her|their|one)\s+(?:\w+\s+)?(?:table|desk|counter|bar|console|workbench)\b"
)
# The quilts and armchairs of rooms, as the sets paint them.
QUILTS = ((196, 186, 172), (92, 108, 128), (128, 74, 78))


def seat_of(place: Place, told: str) -> str:
    """What somebody sits on, by the words about them (lower case), else by the place."""
    said = next((kind for kind, words in TOLD if re.search(words, told)), "")
    if said == "chair" and SEATS.get(place.kind) == "armchair":
        return "armchair"
    return said or SEATS.get(place.kind, "chair" if place.interior else "bench")


def draw_seat(canvas: Any, kind: str, place: Place, light: Colour) -> None:
    """Behind the person who sits on it; units of the body. Nothing for the ground."""
    draw = _DRAW.get(kind)
    if draw is not None:
        draw(canvas, place, light)


def draw_table(canvas: Any, place: Place, light: Colour) -> None:
    """The table before somebody who sits at it."""
    tone = {"office": "#b09678", "spaceship": "#4d5663", "school": "#b58a5e"}.get(place.kind, "#8a5f41")
    wood = times(rgb(tone), light)
    if place.kind == "den":
        _pedestals(canvas, wood)
    for x in (-860, 800) if place.kind != "den" else ():
        canvas.drawRect(
            skia.Rect.MakeLTRB(x, TABLE_TOP + 60, x + 66, SOLE + 40), _lit(x, x + 66, mix(wood, (0, 0, 0), 0.4))
        )
    canvas.drawRect(
        skia.Rect.MakeLTRB(-880, TABLE_TOP + 50, 880, TABLE_TOP + 150),
        fill(
            shader=linear(
                (0, TABLE_TOP + 50),
                (0, TABLE_TOP + 150),
                [(mix(wood, (0, 0, 0), 0.55), 1), (mix(wood, (0, 0, 0), 0.3), 1)],
            )
        ),
    )
    top = skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(-960, TABLE_TOP - 30, 960, TABLE_TOP + 62), 22, 22)
    canvas.drawRRect(top, fill(shader=linear((-960, 0), (960, 0), [(mix(wood, (255, 240, 220), 0.34), 1), (wood, 1)])))


def _pedestals(canvas: Any, wood: Colour) -> None:
    """What carries a heavy desk: two boxes with panels, and the board between them."""
    dark = mix(wood, (0, 0, 0), 0.42)
    canvas.drawRect(skia.Rect.MakeLTRB(-500, TABLE_TOP + 60, 500, SOLE - 210), fill(mix(wood, (0, 0, 0), 0.6)))
    for x in (-880, 420):
        canvas.drawRect(skia.Rect.MakeLTRB(x, TABLE_TOP + 60, x + 460, SOLE + 40), _lit(x, x + 460, dark))
        for y in (TABLE_TOP + 190, TABLE_TOP + 720):
            panel = skia.Rect.MakeLTRB(x + 60, y, x + 400, y + 460)
            canvas.drawRect(panel, fill(mix(dark, (0, 0, 0), 0.22)))
            canvas.drawRect(panel, stroke(mix(dark, (255, 236, 208), 0.28), 14, 0.6))


def draw_pillow(canvas: Any, light: Colour) -> None:
    """Under the head of somebody who lies in a bed."""
    _block(canvas, (700, TOP - 360, 1560, TOP + 20), times((232, 228, 220), light), 170)


def draw_blanket(canvas: Any, place: Place, light: Colour) -> None:
    """Over somebody who lies in a bed, from the chest down."""
    tone = (214, 224, 230) if place.kind == "hospital" else QUILTS[place.seed % 3]
    cloth = times(tone, light)
    body = [
        (240, TOP - 560), (120, TOP - 640), (-330, TOP - 600), (-1100, TOP - 500), (-1800, TOP - 470),
        (-2010, TOP - 250), (-2060, TOP + 260), (250, TOP + 290), (330, TOP - 120),
    ]  # fmt: skip
    shape = smooth([(float(x), float(y)) for x, y in body], tension=0.6)
    ramp = [(mix(cloth, (255, 246, 232), 0.34), 1), (cloth, 1), (mix(cloth, (0, 0, 0), 0.42), 1)]
    canvas.drawPath(shape, fill(shader=linear((0, TOP - 640), (-200, TOP + 300), ramp)))
    canvas.save()
    canvas.clipPath(shape, True)
    for x, lean in ((-60, 120), (-520, -90), (-1000, 140), (-1500, -60)):
        fold = smooth([(x, TOP - 600), (x + lean, TOP - 250), (x + 0.3 * lean, TOP + 260)], close=False)
        canvas.drawPath(fold, stroke(mix(cloth, (0, 0, 0), 0.45), 34, 0.4, blur=22))
    hem = smooth([(270, TOP - 600), (210, TOP - 200), (250, TOP + 320)], close=False)
    canvas.drawPath(hem, stroke(mix(cloth, (255, 250, 240), 0.30), 120, 0.8, blur=4))
    canvas.restore()


def _lit(left: float, right: float, tone: Colour) -> Any:
    ramp = [(mix(tone, (255, 240, 222), 0.22), 1), (tone, 1), (mix(tone, (0, 0, 0), 0.42), 1)]
    return fill(shader=linear((left, 0), (right, 0), ramp))


def _block(canvas: Any, box: tuple[float, float, float, float], tone: Colour, round_: float) -> None:
    """A padded or wooden block, brighter above."""
    ramp = [(mix(tone, (255, 244, 228), 0.26), 1), (tone, 1), (mix(tone, (0, 0, 0), 0.42), 1)]
    shape = skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(*box), round_, round_)
    canvas.drawRRect(shape, fill(shader=linear((box[0], box[1]), (box[2] * 0.4, box[3]), ramp)))


def _shade(canvas: Any, half: float) -> None:
    canvas.drawOval(oval(0, SOLE + 8, half, 0.11 * half), fill((4, 5, 12), 0.5, blur=46))


def _chair(canvas: Any, place: Place, light: Colour) -> None:
    wood = times(rgb("#7c5236"), light)
    dark = mix(wood, (0, 0, 0), 0.45)
    _shade(canvas, 560)
    for x in (-360, 360):
        canvas.drawLine(x, TOP + 60, x * 1.08, SOLE, stroke(dark, 56))
        canvas.drawLine(x * 0.94, TOP - 860, x, TOP + 40, stroke(dark, 50))
    for y in (-860, -560):
        _block(canvas, (-360, TOP + y, 360, TOP + y + 150), wood, 50)
    _block(canvas, (-430, TOP - 40, 430, TOP + 110), wood, 50)


def _armchair(canvas: Any, place: Place, light: Colour) -> None:
    cloth = times((86, 104, 112), light)
    _shade(canvas, 900)
    _block(canvas, (-660, TOP - 900, 660, SOLE - 110), mix(cloth, (0, 0, 0), 0.12), 190)
    _block(canvas, (-560, TOP - 800, 560, TOP + 60), cloth, 150)
    _block(canvas, (-560, TOP - 40, 560, SOLE - 150), mix(cloth, (255, 255, 255), 0.06), 90)
    for side in (-1, 1):
        box = (min(side * 560, side * 800), TOP - 330, max(side * 560, side * 800), SOLE - 90)
        _block(canvas, box, mix(cloth, (255, 255, 255), 0.1), 110)
        canvas.drawLine(side * 660, SOLE - 100, side * 660, SOLE, stroke(times((50, 36, 28), light), 76))


def _throne(canvas: Any, place: Place, light: Colour) -> None:
    gold, red = times((190, 148, 66), light), times((142, 38, 50), light)
    _shade(canvas, 900)
    _block(canvas, (-640, TOP - 1700, 640, SOLE - 60), mix(gold, (0, 0, 0), 0.25), 60)
    arch = [(-520, TOP + 40), (-520, TOP - 1250), (-300, TOP - 1520), (0, TOP - 1640), (300, TOP - 1520),
            (520, TOP - 1250), (520, TOP + 40)]  # fmt: skip
    ramp = [(mix(red, (255, 224, 214), 0.2), 1), (red, 1), (mix(red, (0, 0, 0), 0.5), 1)]
    canvas.drawPath(smooth(arch, tension=0.6), fill(shader=linear((-520, TOP - 1600), (520, TOP), ramp)))
    canvas.drawPath(smooth(arch, tension=0.6), stroke(gold, 40))
    _block(canvas, (-560, TOP - 40, 560, TOP + 190), red, 70)
    _block(canvas, (-600, TOP + 180, 600, SOLE - 40), gold, 20)
    for side in (-1, 1):
        box = (min(side * 540, side * 720), TOP - 420, max(side * 540, side * 720), SOLE - 30)
        _block(canvas, box, gold, 46)
        canvas.drawCircle(side * 640, TOP - 1740, 96, fill(mix(gold, (255, 246, 220), 0.25)))


def _bed(canvas: Any, place: Place, light: Colour) -> None:
    sheet = times((228, 234, 236), light) if place.kind == "hospital" else times(QUILTS[place.seed % 3], light)
    frame = times((150, 156, 162), light) if place.kind == "hospital" else times(rgb("#5f4331"), light)
    _shade(canvas, 1500)
    for x in (-1250, 1180):
        canvas.drawRect(skia.Rect.MakeLTRB(x, TOP + 300, x + 76, SOLE), fill(mix(frame, (0, 0, 0), 0.3)))
    _block(canvas, (-1330, TOP + 230, 1330, TOP + 400), frame, 30)
    _block(canvas, (-1360, TOP - 50, 1360, TOP + 300), sheet, 110)
    for x in (-980, -420, 520, 960):
        fold = smooth([(x, TOP - 20), (x - 40, TOP + 130), (x + 30, TOP + 290)], close=False)
        canvas.drawPath(fold, stroke(mix(sheet, (0, 0, 0), 0.3), 22, 0.5, blur=12))
    if place.kind == "hospital":
        _block(canvas, (820, TOP - 190, 1330, TOP + 10), times((246, 248, 248), light), 90)


def _berth(canvas: Any, place: Place, light: Colour) -> None:
    cloth = times((120, 44, 46) if place.kind == "train" else (64, 58, 60), light)
    _block(canvas, (-620, TOP - 1500, 620, TOP + 500), mix(cloth, (0, 0, 0), 0.1), 200)
    _block(canvas, (-640, TOP - 60, 640, SOLE - 60), cloth, 120)
    _block(canvas, (-400, TOP - 1440, 400, TOP - 1100), times((214, 206, 192), light), 110)


def _pew(canvas: Any, place: Place, light: Colour) -> None:
    wood = times(rgb("#6d4a34"), light)
    _shade(canvas, 1500)
    _block(canvas, (-1500, TOP - 880, 1500, TOP - 60), mix(wood, (0, 0, 0), 0.2), 26)
    _block(canvas, (-1540, TOP - 960, 1540, TOP - 860), wood, 40)
    _block(canvas, (-1540, TOP - 50, 1540, TOP + 100), wood, 30)
    _block(canvas, (-1480, TOP + 100, 1480, SOLE), mix(wood, (0, 0, 0), 0.45), 10)
    for x in (-1560, 1470):
        _block(canvas, (x, TOP - 900, x + 90, SOLE), wood, 30)


def _swivel(canvas: Any, place: Place, light: Colour) -> None:
    dark, metal = times((52, 56, 64), light), times((150, 154, 160), light)
    _shade(canvas, 620)
    canvas.drawLine(0, TOP + 80, 0, SOLE - 90, stroke(metal, 74))
    for x in (-380, -150, 170, 380):
        canvas.drawLine(0, SOLE - 130, x, SOLE - 50, stroke(metal, 52))
        canvas.drawCircle(x, SOLE - 32, 40, fill(mix(dark, (0, 0, 0), 0.4)))
    _block(canvas, (-400, TOP - 960, 400, TOP - 120), dark, 150)
    _block(canvas, (-470, TOP - 50, 470, TOP + 130), mix(dark, (255, 255, 255), 0.06), 90)


def _pilot(canvas: Any, place: Place, light: Colour) -> None:
    hull = times((104, 110, 122), light)
    _shade(canvas, 620)
    _block(canvas, (-300, TOP + 80, 300, SOLE), mix(hull, (0, 0, 0), 0.4), 40)
    _block(canvas, (-520, TOP - 1320, 520, TOP + 80), hull, 190)
    _block(canvas, (-400, TOP - 1180, 400, TOP), mix(hull, (16, 20, 30), 0.45), 130)
    _block(canvas, (-560, TOP - 50, 560, TOP + 170), hull, 90)
    for side in (-1, 1):
        canvas.drawLine(side * 470, TOP - 1100, side * 470, TOP - 160, stroke((96, 214, 255), 20, 0.8, blur=8))


def _crate(canvas: Any, place: Place, light: Colour) -> None:
    wood = times(rgb("#94744c"), light)
    _shade(canvas, 760)
    _block(canvas, (-580, TOP - 20, 580, SOLE), wood, 12)
    for y in (TOP + 230, TOP + 480, TOP + 730):
        canvas.drawLine(-570, y, 570, y, stroke(mix(wood, (0, 0, 0), 0.6), 20, 0.7))
    for x in (-520, 440):
        _block(canvas, (x, TOP - 20, x + 90, SOLE), mix(wood, (255, 240, 220), 0.12), 8)


def _mound(canvas: Any, tone: Colour, line: list[Point]) -> None:
    ramp = [(mix(tone, (255, 246, 232), 0.3), 1), (tone, 1), (mix(tone, (0, 0, 0), 0.55), 1)]
    canvas.drawPath(smooth(line, tension=0.75), fill(shader=linear((-500, TOP), (500, SOLE), ramp)))


def _rock(canvas: Any, place: Place, light: Colour) -> None:
    stone = times(rgb("#8d8578" if place.kind != "desert" else "#a9764f"), light)
    _shade(canvas, 1000)
    _mound(canvas, stone, [
        (-900, SOLE + 30), (-820, SOLE - 420), (-520, TOP + 120), (-120, TOP - 20), (440, TOP + 10), (760, TOP + 330),
        (930, SOLE - 200), (960, SOLE + 30),
    ])  # fmt: skip
    for crack in ([(-420, TOP + 260), (-300, TOP + 520), (-360, SOLE - 120)], [(420, TOP + 180), (520, TOP + 420)]):
        canvas.drawPath(smooth(crack, close=False), stroke(mix(stone, (0, 0, 0), 0.5), 18, 0.5))


def _log(canvas: Any, place: Place, light: Colour) -> None:
    bark = times(rgb("#5b4332"), light)
    _shade(canvas, 1500)
    _block(canvas, (-1500, TOP + 20, 1400, SOLE - 30), bark, 300)
    for y in (TOP + 240, TOP + 480, TOP + 720):
        canvas.drawPath(
            smooth([(-1350, y), (-300, y + 40), (600, y - 20), (1200, y + 10)], close=False),
            stroke(mix(bark, (0, 0, 0), 0.5), 20, 0.6),
        )
    canvas.drawOval(oval(1330, (TOP + SOLE) / 2, 210, 470), fill(times(rgb("#c9a678"), light)))
    for r in (0.72, 0.42):
        canvas.drawOval(oval(1330, (TOP + SOLE) / 2, 210 * r, 470 * r), stroke(times(rgb("#8f6d48"), light), 14))


def _bench(canvas: Any, place: Place, light: Colour) -> None:
    wood, iron = times(rgb("#7d6149"), light), times((58, 60, 62), light)
    _shade(canvas, 1200)
    for x in (-880, 880):
        canvas.drawLine(x, TOP + 60, x * 1.02, SOLE, stroke(iron, 62))
        canvas.drawLine(x * 0.97, TOP - 800, x, TOP + 60, stroke(iron, 50))
    for y in (-800, -590, -380):
        _block(canvas, (-1050, TOP + y, 1050, TOP + y + 140), wood, 40)
    _block(canvas, (-1080, TOP - 50, 1080, TOP + 100), wood, 40)


_DRAW: dict[str, Callable[[Any, Place, Colour], None]] = {
    "chair": _chair, "armchair": _armchair, "bed": _bed, "berth": _berth, "pew": _pew, "swivel": _swivel,
    "pilot": _pilot, "crate": _crate, "rock": _rock, "log": _log, "bench": _bench,
    "throne": _throne,
}  # fmt: skip
