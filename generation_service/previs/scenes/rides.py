"""Inside what drives and flies: a railway compartment, an underground carriage, a car seen through its windscreen, the
bridge of a ship among the stars.
"""

from typing import Any

import numpy as np
import skia

from generation_service.contract.shots import Place
from generation_service.previs.brush import Colour, blob, fill, linear, mix, poly, radial, rgb, smooth, stroke
from generation_service.previs.scenes.furniture import ride
from generation_service.previs.scenes.lamps import bulb
from generation_service.previs.scenes.light import TIMES, Mood
from generation_service.previs.scenes.nature import LEFT, LOW, RIGHT, H, Painter, W
from generation_service.previs.scenes.pieces import padded
from generation_service.previs.scenes.space import DARK, NEAR, WHITE, Room, seen
from generation_service.previs.scenes.surfaces import box_of, floor, steel, walls

# Seats as people sit on them: see generation_service.previs.cast.seats.
CLOTH: Colour = (120, 44, 46)
UNDERGROUND = ("subway", "metro", "underground", "tram", "bus")


def _pane(r: Room, ends: tuple[float, float], rows: tuple[float, float], round_: float = 34.0) -> None:
    """A rounded window in the back wall (metres) on what passes outside."""
    canvas, frame = r.canvas, r.tone("#3c3e42")
    (left, top), (right, low) = seen(ends[0], rows[1], r.back), seen(ends[1], rows[0], r.back)
    rim = skia.RRect.MakeRectXY(box_of(left - 11, top - 11, right + 11, low + 11), round_ + 8, round_ + 8)
    canvas.drawRRect(
        rim, fill(shader=linear((0, top), (0, low), [(mix(frame, WHITE, 0.12), 1), (mix(frame, DARK, 0.3), 1)]))
    )
    glass = skia.RRect.MakeRectXY(box_of(left, top, right, low), round_, round_)
    path = skia.Path()
    path.addRRect(glass)
    canvas.cut(path)
    shine = [((255, 255, 255), 0.20), ((255, 255, 255), 0.02), ((255, 255, 255), 0.0), ((255, 255, 255), 0.10)]
    canvas.drawRRect(glass, fill(shader=linear((left, top), (right, low), shine)))
    if r.place.weather in {"rain", "storm"}:
        canvas.save()
        canvas.clipPath(path, True)
        for _ in range(110):
            x, y = float(r.rng.uniform(left, right)), float(r.rng.uniform(top, low))
            paint = stroke((225, 235, 248), 2.0, float(r.rng.uniform(0.1, 0.5)))
            canvas.drawLine(x, y, x - float(r.rng.uniform(4, 20)), y + 7, paint)
        canvas.restore()
    canvas.drawRRect(glass, stroke(mix(frame, DARK, 0.4), 4))


def train(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A carriage: land passes behind its windows, seats face one another, racks above, reading lights."""
    under = any(word in place.name.lower() for word in UNDERGROUND)
    r = Room((canvas, place, mood, rng), half=6.0, back=6.4, high=2.3, sun=0)
    ride(canvas, place, rng, (90, 470), city=under or place.seed % 3 == 0)
    walls(r, "#c3bcaa" if not under else "#c9cdd0", ceiling="#d8d4c8", skirting="#4a443e")
    with r.wall(0) as wall:
        wall.drawRect(box_of(-600, -92, 600, 0), fill(r.tone("#7a5a44" if not under else "#8e989e")))
        wall.drawRect(box_of(-600, -96, 600, -90), fill(r.tone("#c8a878" if not under else "#c2c8cc")))
    pitch = 2.5
    for k in range(-3, 3):
        middle = pitch * (k + 0.5)
        _pane(r, (middle - 0.98, middle + 0.98), (1.0, 1.92))
    floor(
        r, "#5a4c46" if not under else "#6a7076", "carpet" if not under else "tiles", mirror=0.0 if not under else 0.12
    )
    canvas.layer(0.46)
    _ceiling_lights(r)
    (_metro if under else _compartments)(r, pitch)


def _ceiling_lights(r: Room) -> None:
    """A band of light along the curve of the roof, its glow on the walls."""
    on = 0.35 + 0.65 * r.mood.lamps
    with r.facing(r.back - 0.02) as plane:
        plane.drawRect(box_of(-600, -226, 600, -218), fill(mix(r.tone("#d8d4c8"), (255, 244, 220), on)))
    for x in np.arange(-3.75, 4.0, 2.5):
        r.glow((float(x), 2.2, r.back - 0.05), 1.3, alpha=0.34 * on, tone=(255, 232, 196))


def _compartments(r: Room, pitch: float) -> None:
    """Seats back to back, seen from the aisle, tables at the windows, racks with luggage."""
    cloth, wood = r.tone(CLOTH), r.tone("#6a4a36")
    r.canvas.drawRect(box_of(LEFT, seen(0, 2.12, 6.0)[1], RIGHT, seen(0, 2.08, 6.0)[1]), fill(r.tone("#b8a888")))
    for k, x in enumerate((-3.6, -2.1, -0.9, 0.5, 1.7, 3.0)):
        tone = r.tone(("#6a4a36", "#3f5a6a", "#7a3f3a", "#5a5f4a")[k % 4])
        r.box((x, x + 0.55, 2.12, 2.28, 5.95, 6.3), tone, edge=0)
    for k in range(-2, 3):
        x = pitch * k
        r.shade(x, 5.9, (0.6, 0.5), dark=0.6)
        for side in (-1, 1):
            back = (x - 0.02, x + 0.13) if side > 0 else (x - 0.13, x + 0.02)
            r.box((*back, 0.2, 1.28, 5.55, 6.4), cloth)
            base = (x + 0.1, x + 0.58) if side > 0 else (x - 0.58, x - 0.1)
            r.box((*base, 0.16, 0.46, 5.55, 6.4), mix(cloth, DARK, 0.06), edge=0.5)
        padded(r, (x - 0.15, 0.3, x + 0.15, 1.30), 5.54, cloth, 9)
        padded(r, (x - 0.14, 1.02, x + 0.14, 1.30), 5.53, r.tone("#ded6c6"), 8)
        padded(r, (x - 0.6, 0.30, x - 0.14, 0.47), 5.54, cloth, 7)
        padded(r, (x + 0.14, 0.30, x + 0.6, 0.47), 5.54, cloth, 7)
        r.box((x - 0.02, x + 0.02, 0.2, 0.5, 5.5, 5.56), wood)
    for k in range(-2, 2):
        middle = pitch * (k + 0.5)
        r.box((middle - 0.36, middle + 0.36, 0.70, 0.735, 5.95, 6.4), wood, edge=0.9)
        bulb(r, (middle, 0.98, 6.25), 0.75, alpha=0.25 + 0.35 * r.mood.lamps)
        with r.facing(6.25, middle, 0.735) as plane:
            plane.drawPath(
                poly([(-7, -26), (7, -26), (11, -15), (-11, -15)]),
                fill(mix(r.tone("#b08a58"), (255, 222, 160), 0.7 * r.mood.lamps)),
            )
            plane.drawLine(0, 0, 0, -15, stroke(r.tone("#a8884a"), 1.8))
    for k in range(-2, 3):
        r.glow((pitch * k, 1.5, 6.3), 1.3, alpha=0.18 * r.mood.lamps)


def _metro(r: Room, pitch: float) -> None:
    """A bench along the windows, poles and straps, adverts above."""
    tone = r.tone(("#2f6a8a", "#3f7a4a", "#8a4a2f")[r.place.seed % 3])
    for k in range(-14, 14):
        x = 0.5 * k
        r.box((x + 0.02, x + 0.48, 0.40, 0.46, 5.85, 6.3), tone, edge=0.6)
        padded(r, (x + 0.03, 0.46, x + 0.47, 0.95), 6.3, tone, 7)
        padded(r, (x + 0.03, 0.18, x + 0.47, 0.44), 5.86, mix(tone, DARK, 0.35), 4)
    with r.facing(6.3) as plane:
        for k in range(-8, 8):
            left = 78.0 * k
            colour = r.tone(("#d8b24a", "#b8503a", "#3f6f8a", "#e6ddca", "#6a8a4a")[k % 5])
            plane.drawRect(box_of(left, -218, left + 66, -196), fill(colour))
            plane.drawRect(box_of(left + 6, -212, left + 34, -207), fill((250, 248, 240), 0.8))
            plane.drawRect(box_of(left + 6, -204, left + 50, -201), fill((250, 248, 240), 0.5))
    metal = r.tone("#c8ccd0")
    for x, z in ((-3.4, 5.6), (-1.25, 5.6), (1.25, 5.6), (3.4, 5.6)):
        a, b = seen(x, 0, z), seen(x, 2.3, z)
        for wide, colour in ((0.05, mix(metal, DARK, 0.4)), (0.022, mix(metal, WHITE, 0.5))):
            r.canvas.drawLine(*a, *b, stroke(colour, wide * (a[1] - b[1]) / 2.3))
    with r.facing(5.6) as plane:
        plane.drawLine(-600, -205, 600, -205, stroke(metal, 3.4))
        for k in range(-12, 13):
            x = 42.0 * k
            plane.drawLine(x, -203, x, -186, stroke(r.tone("#3a3c40"), 2.2))
            plane.drawPath(poly([(x, -187), (x + 7, -174), (x - 7, -174)]), stroke(r.tone("#d8d8d4"), 2.2))


def car(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A car through its windscreen: side and rear windows on the street, the back seat, the dashboard in front."""
    r = Room((canvas, place, mood, rng), half=2.2, back=6.6, high=2.1, sun=0)
    ride(canvas, place, rng, (60, 560), city=place.seed % 4 != 0)
    _street_lights(r)
    canvas.layer(0.6)
    canvas.wall()
    lining, trim = r.tone("#8a8478"), r.tone("#3a383c")
    canvas.drawPaint(fill(shader=linear((0, 40), (0, 700), [(mix(lining, DARK, 0.1), 1), (mix(trim, DARK, 0.3), 1)])))
    for side in (-1, 1):
        _side_glass(r, side)
    rear = smooth([(430, 400), (452, 196), (520, 172), (800, 166), (1080, 172), (1148, 196), (1170, 400)], tension=0.35)
    canvas.cut(rear)
    canvas.drawPath(rear, stroke(mix(trim, DARK, 0.3), 14))
    shine = linear((430, 170), (1170, 400), [((255, 255, 255), 0.14), ((255, 255, 255), 0.0), ((255, 255, 255), 0.08)])
    canvas.drawPath(rear, fill(shader=shine))
    roof = linear((0, -60), (0, 150), [(mix(lining, DARK, 0.55), 1), (mix(lining, DARK, 0.1), 1)])
    canvas.drawPath(
        poly([(LEFT, -900), (RIGHT, -900), (RIGHT, 20), (1210, 140), (390, 140), (LEFT, 20)]), fill(shader=roof)
    )
    canvas.drawRRect(
        skia.RRect.MakeRectXY(box_of(740, 96, 860, 124), 10, 10),
        fill(mix((180, 170, 150), (255, 236, 196), 0.3 + 0.5 * mood.lamps)),
    )
    canvas.layer(0.42)
    _back_seat(r)
    canvas.layer(-0.12)
    _dashboard(r)


def _street_lights(r: Room) -> None:
    """Lamps and tail lights behind the glass where lamps burn."""
    outside = TIMES[r.place.time_of_day]
    if outside.lamps < 0.3:
        return
    rng, out = r.rng, r.canvas
    start, end = out.extent
    for _ in range(26):
        x, y = float(rng.uniform(-300, 1900)), float(rng.uniform(200, 400))
        tone = ((255, 206, 120), (255, 236, 200), (255, 84, 66), (120, 190, 255))[int(rng.choice((0, 0, 1, 2, 3)))]
        for shift in (start - end, 0.0, end - start):  # the layer repeats: what is cut at one end goes on at the other
            if start - 60 < x + shift < end + 60:
                blob(out, (x + shift, y), (9, 9), tone, 0.95, blur=2)
                blob(out, (x + shift, y), (34, 30), tone, 0.25, blur=14)


def _side_glass(r: Room, side: int) -> None:
    """The window of a door, in perspective; the pillar behind it."""

    def x(v: float) -> float:
        return 800 + side * v

    canvas, trim = r.canvas, r.tone("#2e2c30")
    pane = poly([(x(470), 196), (x(1250), 60), (x(1250), 640), (x(480), 440)])
    canvas.cut(pane)
    canvas.drawPath(pane, stroke(mix(trim, DARK, 0.2), 16))
    shine = linear((x(480), 196), (x(1000), 560), [((255, 255, 255), 0.18), ((255, 255, 255), 0.0)])
    canvas.drawPath(pane, fill(shader=shine))
    door = poly([(x(470), 440), (x(1300), 656), (x(1300), 1300), (x(440), 900)])
    canvas.drawPath(
        door,
        fill(shader=linear((0, 440), (0, 900), [(mix(trim, WHITE, 0.2), 1), (trim, 1), (mix(trim, DARK, 0.5), 1)])),
    )
    canvas.drawLine(x(480), 470, x(1260), 690, stroke(mix(trim, WHITE, 0.3), 9, 0.8))
    pillar = poly([(x(372), 150), (x(470), 150), (x(486), 470), (x(420), 470)])
    canvas.drawPath(pillar, fill(shader=linear((x(372), 0), (x(486), 0), [(mix(trim, WHITE, 0.26), 1), (trim, 1)])))


def _back_seat(r: Room) -> None:
    """The bench behind, with head rests."""
    hide = r.tone("#5c4a42")
    shape = smooth([(360, 960), (372, 470), (430, 420), (800, 410), (1170, 420), (1228, 470), (1240, 960)], tension=0.5)
    ramp = [(mix(hide, WHITE, 0.16), 1), (hide, 1), (mix(hide, DARK, 0.6), 1)]
    r.canvas.drawPath(shape, fill(shader=linear((0, 410), (0, 760), ramp)))
    for x in (620, 980):
        r.canvas.drawLine(x, 430, x, 760, stroke(mix(hide, DARK, 0.5), 3, 0.6))
    for x in (520, 800, 1080):
        rest = skia.RRect.MakeRectXY(box_of(x - 68, 352, x + 68, 436), 30, 30)
        r.canvas.drawRRect(
            rest,
            fill(shader=linear((x - 60, 352), (x + 60, 436), [(mix(hide, WHITE, 0.26), 1), (mix(hide, DARK, 0.3), 1)])),
        )


def _dashboard(r: Room) -> None:
    """Dashboard, wheel and the frame of the windscreen, nearer than the people."""
    canvas, trim = r.canvas, mix(r.tone("#2c2a2e"), DARK, 0.25)
    top = smooth([(LEFT, 650), (300, 616), (800, 600), (1300, 616), (RIGHT, 650)], close=False, tension=0.8)
    top.lineTo(RIGHT, LOW)
    top.lineTo(LEFT, LOW)
    ramp = [(mix(trim, (120, 126, 140), 0.45), 1), (trim, 1), (mix(trim, DARK, 0.6), 1)]
    canvas.drawPath(top, fill(shader=linear((0, 604), (0, 840), ramp, [0.0, 0.16, 1.0])))
    wheel = box_of(232, 566, 632, 956)
    canvas.drawOval(wheel, stroke((14, 13, 16), 36))
    canvas.drawArc(wheel, 190, 90, False, stroke((86, 84, 90), 7, 0.7))
    canvas.drawRRect(skia.RRect.MakeRectXY(box_of(352, 720, 512, 810), 30, 30), fill((20, 19, 22)))
    canvas.drawLine(250, 762, 614, 762, stroke((20, 19, 22), 30))
    glow = 0.35 + 0.65 * r.mood.lamps
    blob(canvas, (432, 640), (120, 14), (120, 200, 255), 0.30 * glow, blur=14)
    panel = skia.RRect.MakeRectXY(box_of(706, 668, 894, 760), 12, 12)
    canvas.drawRRect(panel, fill(mix((20, 26, 34), (90, 170, 220), 0.5 * glow)))
    canvas.drawRRect(panel, stroke(mix(trim, WHITE, 0.2), 5))
    for x in (990, 1230, 1470, 120):
        vent = skia.RRect.MakeRectXY(box_of(x, 664, x + 150, 716), 14, 14)
        canvas.drawRRect(vent, fill((18, 17, 20)))
        for k in range(1, 4):
            canvas.drawLine(x + 10, 664 + 13 * k, x + 140, 664 + 13 * k, stroke(mix(trim, WHITE, 0.14), 3))
    _windscreen(r, trim)


def _windscreen(r: Room, trim: Colour) -> None:
    """The posts beside the windscreen and the mirror."""
    canvas = r.canvas
    for side in (-1, 1):
        ends = [(800 + side * x, y) for x, y in ((900, -600), (1500, -600), (1500, 780), (1010, 660))]
        canvas.drawPath(poly(ends), fill(mix(trim, DARK, 0.4), blur=6))
    canvas.drawLine(800, -60, 800, 0, stroke((22, 21, 24), 12))
    canvas.drawRRect(skia.RRect.MakeRectXY(box_of(700, -8, 900, 58), 22, 22), fill((22, 21, 24)))
    shine = [(mix(r.mood.air, DARK, 0.2), 1), (mix(r.mood.air, DARK, 0.6), 1)]
    glass = skia.RRect.MakeRectXY(box_of(710, 0, 890, 50), 18, 18)
    canvas.drawRRect(glass, fill(shader=linear((710, 0), (890, 50), shine)))


def spaceship(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """The bridge of a ship: ribs that run to a wide window on stars and a planet, consoles, light strips."""
    r = Room((canvas, place, mood, rng), half=3.4, back=9.0, high=3.1, sun=0)
    _stars(r)
    walls(r, "#66707c", ceiling="#58616c", pattern=steel, skirting="")
    glass = poly(
        [seen(x, y, r.back) for x, y in ((-2.5, 0.95), (-2.9, 1.7), (-2.1, 2.7), (2.1, 2.7), (2.9, 1.7), (2.5, 0.95))]
    )
    canvas.cut(glass)
    hull = r.tone("#8a96a4")
    canvas.drawPath(glass, stroke(hull, 20))
    canvas.drawPath(glass, stroke(mix(hull, DARK, 0.5), 5))
    for x in (-1.0, 1.0):
        a, b = seen(x, 0.95, r.back), seen(x * 0.8, 2.7, r.back)
        canvas.drawLine(*a, *b, stroke(hull, 11))
    r.glow((1.2, 1.9, r.back), 2.4, alpha=0.22, tone=(120, 190, 255))
    floor(r, "#4a525c", "tiles", mirror=0.28)
    with r.level() as flat:
        for u in (-210, 210):
            flat.drawRect(box_of(u - 4, -890, u + 4, -90), fill((130, 220, 255), 0.9))
    for z in (8.0, 6.4, 5.0):
        r.pool(0, z, 1.8, alpha=0.10, tone=(110, 190, 255))
    canvas.layer(0.46)
    _ribs(r)
    _consoles(r)


def _stars(r: Room) -> None:
    """Space behind the window."""
    space, rng = r.canvas.outside, r.rng
    space.drawPaint(fill(shader=linear((0, 0), (W, H), [((10, 8, 26), 1), ((20, 26, 58), 1), ((6, 8, 18), 1)])))
    for _ in range(7):
        at = (float(rng.uniform(0, W)), float(rng.uniform(60, 520)))
        blob(space, at, (300, 90), ((92, 60, 150), (40, 90, 150))[int(rng.integers(2))], 0.24, blur=60)
    for _ in range(460):
        at = (float(rng.uniform(-200, W + 200)), float(rng.uniform(0, 640)))
        space.drawCircle(*at, float(rng.uniform(0.5, 2.0)), fill((236, 240, 255), float(rng.uniform(0.2, 1.0))))
    tone: Colour = (rgb("#c9763f"), rgb("#4f86b0"), rgb("#8a9a6a"))[r.place.seed % 3]
    ball = radial((930, 210), 220, [(mix(tone, WHITE, 0.45), 1), (tone, 1), ((10, 10, 20), 1)], [0, 0.45, 1])
    blob(space, (990, 260), (190, 190), tone, 0.35, blur=40)
    space.drawCircle(990, 260, 160, fill(shader=ball))
    for k in range(5):
        space.drawOval(box_of(850, 190 + 34 * k, 1130, 204 + 34 * k), fill(mix(tone, WHITE, 0.3), 0.12, blur=6))


def _ribs(r: Room) -> None:
    """Frames of the hull with strips of light, nearer and nearer."""
    hull = r.tone("#7c8896")
    for z in (8.6, 7.0, 5.7, 4.6, 3.6, 2.8):
        outer = [(-3.4, 0.0), (-3.4, 2.2), (-2.5, 3.1), (2.5, 3.1), (3.4, 2.2), (3.4, 0.0)]
        inner = [(3.16, 0.0), (3.16, 2.1), (2.4, 2.88), (-2.4, 2.88), (-3.16, 2.1), (-3.16, 0.0)]
        points = [seen(x, y, z) for x, y in (*outer, *inner)]
        shade = mix(hull, DARK, 0.12 + 0.05 * (9 - z))
        r.canvas.drawPath(
            poly(points),
            fill(
                shader=linear(
                    points[0], points[3], [(mix(shade, WHITE, 0.2), 1), (shade, 1), (mix(shade, DARK, 0.3), 1)]
                )
            ),
        )
        edge = [seen(x, y, z) for x, y in inner]
        r.canvas.drawPath(poly(edge, close=False), stroke((132, 216, 255), 4.0, 0.9))
        r.canvas.drawPath(poly(edge, close=False), stroke((110, 200, 255), 18.0, 0.28, blur=9))


def _consoles(r: Room) -> None:
    """Desks with lights along the sides and one before the window."""
    metal = r.tone("#5a6470")
    r.shade(0, 7.6, (2.4, 0.5), dark=0.5)
    r.box((-2.0, 2.0, 0, 0.85, 7.8, 8.4), metal, edge=0)
    _lights(r, (-2.0, 2.0), 7.8, 0.85)
    for side in (-1, 1):
        ends = (side * 1.75, side * 2.9)
        r.shade(side * 2.3, 5.9, (0.8, 0.5), dark=0.5)
        r.box((min(ends), max(ends), 0, 0.9, 5.7, 6.4), metal, edge=0)
        _lights(r, (min(ends), max(ends)), 5.7, 0.9)
        with r.facing(6.35, side * 2.32, 0.9) as plane:
            plane.drawRRect(skia.RRect.MakeRectXY(box_of(-46, -52, 46, -4), 4, 4), fill((14, 26, 38)))
            plane.drawRect(
                box_of(-42, -48, 42, -8),
                fill(shader=linear((-42, -48), (42, -8), [((50, 130, 170), 1), ((16, 48, 76), 1)])),
            )
            plane.drawPath(
                smooth([(-36, -20), (-18, -38), (0, -22), (18, -40), (36, -16)], close=False),
                stroke((150, 240, 255), 1.6),
            )
        r.glow((side * 2.32, 1.2, 6.3), 0.9, alpha=0.35, tone=(90, 200, 255))


def _lights(r: Room, ends: tuple[float, float], z: float, high: float) -> None:
    """Small lights on the sloping top and the front of a console."""
    a, b = ends
    top = [(a, high, z), (b, high, z), (b, high + 0.16, z + 0.5), (a, high + 0.16, z + 0.5)]
    r.quad(top, fill(mix(r.tone("#3a434e"), DARK, 0.2)))
    for k in range(int((b - a) * 16)):
        tone = ((90, 220, 255), (255, 176, 84), (120, 255, 170), (255, 96, 96))[int(r.rng.integers(4))]
        x, t = a + 0.06 + (b - a - 0.12) * ((k * 7) % 31) / 31, 0.12 + 0.72 * ((k * 5) % 7) / 7
        p = seen(x, high + 0.16 * t, z + 0.5 * t)
        r.canvas.drawRRect(
            skia.RRect.MakeRectXY(box_of(p[0], p[1] - 3, p[0] + 9, p[1] + 2), 2, 2), fill(tone, 0.95 if k % 3 else 0.35)
        )
    with r.facing(z) as plane:
        plane.drawRect(box_of(100 * a + 8, -20, 100 * b - 8, -16), fill((110, 205, 255), 0.85))
    r.glow(((a + b) / 2, 0.2, max(NEAR, z - 0.1)), 1.0, alpha=0.22, tone=(110, 200, 255))


RIDES: dict[str, Painter] = {"train": train, "car": car, "spaceship": spaceship}
