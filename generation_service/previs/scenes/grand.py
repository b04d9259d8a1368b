"""Where people perform and judge: a stage under lights, a court of law."""

from typing import Any

import numpy as np
import skia

from generation_service.contract.shots import Place
from generation_service.previs.brush import Colour, fill, linear, mix, oval, poly, smooth, stroke
from generation_service.previs.scenes.lamps import candles, panel_light
from generation_service.previs.scenes.layers import Motion
from generation_service.previs.scenes.light import Mood
from generation_service.previs.scenes.nature import Painter
from generation_service.previs.scenes.openings import door, outlook, sunlight, window
from generation_service.previs.scenes.pieces import chair, counter, table
from generation_service.previs.scenes.space import DARK, LAMP, WHITE, Room, seen
from generation_service.previs.scenes.surfaces import box_of, floor, full_panels, lit_wall, walls

CONCERT = ("concert", "club", "disco", "gig", "arena")


def theatre(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A stage between curtains under spotlights, a painted cloth behind; at a concert amplifiers and beams; in front
    the heads of the first row.
    """
    show = any(word in place.name.lower() for word in CONCERT)
    r = Room((canvas, place, mood, rng), half=5.0, back=8.6, high=6.0, sun=0)
    dusk = mix(r.tone("#2a2434"), DARK, 0.35)
    canvas.layer(0.6)
    canvas.wall()
    canvas.drawPaint(
        fill(shader=linear((0, 0), (0, 640), [(mix(dusk, DARK, 0.5), 1), (mix(dusk, (120, 84, 110), 0.45), 1)]))
    )
    (_backline if show else _painted_cloth)(r)
    floor(r, "#8a5f3c", mirror=0.12)
    for x, tone in ((-1.9, (255, 214, 160)), (0.0, (255, 244, 222)), (1.9, (190, 206, 255))):
        r.pool(x, 5.2, 1.7, alpha=0.42, tone=tone)
    canvas.layer(0.42)
    if show:
        _amplifiers(r)
    else:
        table(r, (2.3, 6.6), (0.9, 0.6, 0.74), "#6a4630")
        chair(r, (-2.4, 6.7), "#6a4630", faces=1)
        candles(r, (2.3, 0.74, 6.6), 2)
    canvas.layer(0.34, motion=Motion(ripple=0.0008))
    for side in (-1, 1):
        _curtain(r, side)
    canvas.layer(0.32)
    _pelmet(r)
    canvas.layer(0.14)
    _beams(r, show)
    canvas.layer(-0.3)
    for k in range(13):
        x, y = -40 + k * 142 + float(rng.normal(0, 14)), 944 + float(rng.normal(0, 8))
        canvas.drawOval(oval(x, y - 50, 35, 42), fill((14, 10, 14), blur=3))
        canvas.drawOval(oval(x, y + 44, 84, 66), fill((14, 10, 14), blur=3))


def _painted_cloth(r: Room) -> None:
    """Scenery: a moonlit town painted on cloth, wings of painted trees."""
    with r.wall(0) as wall:
        ramp = [((42, 52, 96), 1), ((120, 96, 140), 1), ((226, 160, 128), 1)]
        wall.drawRect(box_of(-420, -520, 420, 0), fill(shader=linear((0, -430), (0, -60), ramp)))
        wall.drawCircle(-150, -300, 44, fill((250, 240, 214), 0.95, blur=2))
        for row, (base, tone) in enumerate(((-120.0, (74, 66, 104)), (-70.0, (44, 38, 66)))):
            x = -430.0
            while x < 430:
                wide, tall = float(r.rng.uniform(40, 90)), float(r.rng.uniform(40, 110))
                roof = [
                    (x, 0),
                    (x, base - tall),
                    (x + wide / 2, base - tall - 30),
                    (x + wide, base - tall),
                    (x + wide, 0),
                ]
                wall.drawPath(poly(roof), fill(tone))
                if row:
                    wall.drawRect(
                        box_of(x + 0.4 * wide, base - 0.6 * tall, x + 0.55 * wide, base - 0.4 * tall), fill(LAMP, 0.9)
                    )
                x += wide + 4
        wall.drawRect(box_of(-460, -560, 460, 0), fill(shader=linear((0, -560), (0, -260), [(DARK, 0.6), (DARK, 0.0)])))


def _backline(r: Room) -> None:
    """A wall of light behind a band."""
    tones: tuple[Colour, ...] = ((255, 70, 130), (90, 120, 255), (255, 170, 70))
    with r.wall(0) as wall:
        for i in range(15):
            for j in range(6):
                x, y = -390 + 52.0 * i, -330 + 48.0 * j
                tone = mix(tones[(i + j) % 3], DARK, 0.25 + 0.4 * float(r.rng.random()))
                wall.drawRRect(skia.RRect.MakeRectXY(box_of(x, y, x + 44, y + 40), 4, 4), fill(tone, 0.7))
    for k, x in enumerate((-3.0, 0.0, 3.0)):
        r.glow((x, 1.9, r.back), 2.8, alpha=0.5, tone=tones[k])


def _amplifiers(r: Room) -> None:
    """Loudspeakers, a drum kit and a microphone."""
    for x in (-2.9, -2.15, 2.15, 2.9):
        for y in (0.0, 0.75):
            r.box((x - 0.35, x + 0.35, y, y + 0.73, 6.4, 7.0), (34, 33, 38), edge=0.4)
            with r.facing(6.4, x, y) as plane:
                plane.drawCircle(0, -36, 24, fill((14, 14, 16)))
                plane.drawCircle(0, -36, 24, stroke((74, 74, 80), 2))
                plane.drawCircle(0, -36, 8, fill((52, 52, 58)))
    r.shade(0, 7.2, (0.9, 0.4))
    with r.facing(7.2) as plane:
        for x, y, rad in ((0, -34, 34), (-46, -52, 20), (46, -52, 20), (-26, -84, 15), (26, -84, 15)):
            tone = (168, 36, 46)
            plane.drawCircle(
                x,
                y,
                rad,
                fill(
                    shader=linear(
                        (x - rad, y - rad), (x + rad, y + rad), [(mix(tone, WHITE, 0.3), 1), (mix(tone, DARK, 0.5), 1)]
                    )
                ),
            )
            plane.drawCircle(x, y, rad * 0.84, fill((232, 226, 214)))
        for x, y in ((-66, -112), (66, -112)):
            plane.drawLine(x, 0, x, y, stroke((150, 150, 154), 2))
            plane.drawOval(oval(x, y, 24, 4), fill((214, 172, 84)))


def _curtain(r: Room, side: int) -> None:
    """One half of the curtain, drawn open, in deep folds."""
    red = r.tone("#a3262e")
    with r.facing(6.2) as plane:
        for k in range(9):
            a = side * (205 + 30.0 * k)
            b = side * (205 + 30.0 * (k + 1))
            ramp = [(mix(red, WHITE, 0.16), 1), (red, 1), (mix(red, (12, 0, 6), 0.66), 1)]
            fold = smooth([(a, -620), (b, -620), (b + 4, -4), ((a + b) / 2, 0), (a - 4, -4)], tension=0.2)
            plane.drawPath(fold, fill(shader=linear((a, 0), (b, 0), ramp, [0.0, 0.4, 1.0])))
        plane.drawRect(
            box_of(min(side * 200, side * 480), -16, max(side * 200, side * 480), -6), fill(r.tone("#d0a048"))
        )


def _pelmet(r: Room) -> None:
    """Swags of cloth over the opening."""
    red = r.tone("#a3262e")
    for k in range(-4, 13):
        x = -40 + k * 160.0
        swag = smooth([(x, -400), (x + 160, -400), (x + 164, 20), (x + 80, 92), (x - 4, 20)], tension=0.5)
        ramp = [(mix(red, (255, 210, 190), 0.16), 1), (red, 1), (mix(red, (20, 0, 6), 0.6), 1)]
        r.canvas.drawPath(swag, fill(shader=linear((x, 0), (x + 160, 0), ramp)))
        edge = smooth([(x - 4, 20), (x + 80, 92), (x + 164, 20)], close=False)
        r.canvas.drawPath(edge, stroke(r.tone("#d0a048"), 7))


def _beams(r: Room, show: bool) -> None:
    """Light from above; in colours at a concert."""
    tones = (
        ((255, 90, 150), (120, 150, 255), (255, 190, 90))
        if show
        else ((255, 226, 180), (255, 244, 222), (210, 220, 255))
    )
    for k, x in enumerate((-1.9, 0.0, 1.9)):
        top, low = (800 + 520.0 * (k - 1), -60.0), seen(x, 0, 5.2)
        half = 1.2 * (seen(1, 0, 5.2)[0] - 800)
        beam = linear(top, low, [(tones[k], 0.42 if show else 0.32), (tones[k], 0.02)])
        shape = poly([(top[0] - 18, top[1]), (top[0] + 18, top[1]), (low[0] + half, low[1]), (low[0] - half, low[1])])
        r.canvas.drawPath(shape, fill(shader=beam, blur=16, mode=skia.BlendMode.kScreen))


def court(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """A court of law: panelled walls, the bench under a seal, the witness box, flags, a rail."""
    r = Room((canvas, place, mood, rng), half=3.6, back=9.4, high=3.8)
    side = (5.0, 8.4, 1.3, 3.2)
    outlook(r)
    walls(r, "#8a5f40", ceiling="#e0d8c8", pattern=full_panels, skirting="")
    window(r, -1, side, bars=(4, 3), frame="#d8cdb8")
    lit_wall(r, (0, 2.2), 2.6, 0.26, (255, 232, 196))
    with r.wall(0) as wall:
        gold = r.tone("#c8a04a")
        for rad, tone in ((46.0, gold), (40.0, r.tone("#3a4a5c")), (36.0, gold), (33.0, r.tone("#2f3f52"))):
            wall.drawCircle(0, -262, rad, fill(tone))
        wall.drawLine(0, -286, 0, -240, stroke(gold, 3))
        wall.drawLine(-22, -278, 22, -278, stroke(gold, 3))
        for dx in (-20, 20):
            wall.drawPath(poly([(dx, -278), (dx + 9, -256), (dx - 9, -256)]), stroke(gold, 2))
    for x in (-1.5, 1.5):
        for z in (4.4, 7.0):
            panel_light(r, (x, z), (0.9, 0.9), tone=(255, 244, 224))
    door(r, 1, 7.0, "#5a3a26")
    floor(r, "#6a3f3c", "carpet")
    sunlight(r, -1, side, bars=(4, 3))
    canvas.layer(0.46)
    for x, cloth in ((-2.1, "#9c2f38"), (2.1, "#2f4f8a")):
        _flag(r, x, cloth)
    r.box((-2.6, 2.6, 0, 0.3, 8.0, 9.4), r.tone("#6a4630"), edge=0.5)
    with r.facing(8.9) as plane:
        plane.drawRRect(
            skia.RRect.MakeRectXY(box_of(-36, -215, 36, -120), 16, 16),
            fill(shader=linear((-36, -215), (36, -120), [(r.tone("#5a2c26"), 1), (r.tone("#2c1612"), 1)])),
        )
    counter(r, (-1.5, 1.5, 0.3, 1.55, 8.0, 8.6), "#7a5034", "#a87a50", panels=5)
    r.box((0.5, 0.62, 1.55, 1.6, 8.1, 8.2), r.tone("#3a241a"))
    counter(r, (1.75, 2.75, 0.0, 1.1, 7.4, 8.0), "#7a5034", "#a87a50", panels=2)
    canvas.layer(0.3)
    for x in (-1.9, 1.7):
        for apart in (-0.4, 0.4):
            chair(r, (x + apart, 5.9), "#4a3024", faces=2)
        table(r, (x, 6.4), (1.7, 0.7, 0.76), "#7a5034")
        r.box((x - 0.5, x - 0.2, 0.76, 0.79, 6.2, 6.45), r.tone("#e8e2d2"), edge=0)


def _flag(r: Room, x: float, tone: str) -> None:
    cloth = r.tone(tone)
    with r.facing(9.2, x) as plane:
        plane.drawLine(0, 0, 0, -240, stroke(r.tone("#c8a04a"), 3.4))
        folds = smooth([(0, -232), (24, -214), (30, -150), (22, -96), (4, -92)], tension=0.7)
        plane.drawPath(
            folds,
            fill(
                shader=linear(
                    (0, 0),
                    (30, 0),
                    [(mix(cloth, DARK, 0.4), 1), (mix(cloth, WHITE, 0.2), 1), (mix(cloth, DARK, 0.3), 1)],
                )
            ),
        )
        plane.drawCircle(0, -243, 5, fill(r.tone("#e0bc60")))


GRAND: dict[str, Painter] = {"theatre": theatre, "court": court}
