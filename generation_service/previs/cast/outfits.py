"""What a drawn person wears on the trunk: each garment is a cut, which says where it ends, how loosely it falls, and
what is drawn on it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from generation_service.previs.brush import fill, linear, mix, smooth, stroke
from generation_service.previs.cast.cloth import button, cloth_of, fold, piece, seam
from generation_service.previs.cast.looks import Outfit
from generation_service.previs.cast.tailor import (
    Tailor,
    front,
    hem_ribs,
    lapels,
    neckline,
    opening,
    pocket,
    roll_neck,
    shirt_collar,
)

__all__ = ["CUTS", "Cut", "Tailor"]


@dataclass(frozen=True)
class Cut:
    """A garment: height of its hem, how far it stands off, how much wider it is at the hem, what is drawn on it, how
    far beside the neck its collar stands above the shoulders, and what is worn over all of it.
    """

    hem: float
    loose: float
    flare: float
    draw: Callable[[Tailor], None]
    collar: float = 24.0
    over: Callable[[Tailor], None] | None = None


def _jacket(t: Tailor) -> None:
    deep = 930.0 - 20 * t.look.curve
    wide = 0.34 * t.build.tip + 20
    if t.look.curve > 0.5:
        opening(t, deep, 104, skin=74)
    else:
        opening(t, deep, 112)
        inner = cloth_of(t.look.inner)
        seam(t.canvas, inner, t.spots([(0, 480), (2, deep)]), 3, 0.6)
        for y in (580, 690, 800):
            button(t.canvas, t.at(0, y), 8, mix(inner.lit, (255, 255, 255), 0.3))
        shirt_collar(t, inner, spread=82, low=540)
    lapels(t, deep, wide=wide, notch=548)
    for side in (-1, 1):
        dart = [(side * 0.50 * t.build.half(800), 800), (side * 0.52 * t.build.half(1090), 1090), (side * 0.52 * t.build.half(1240), 1236)]  # fmt: skip  # noqa: E501
        seam(t.canvas, t.cloth, t.spots(dart), 3, 0.45)
        pocket(t, side * 0.40 * t.build.half(1290), 1290, 0.44 * t.build.half(1290))
    welt = t.path([(0.42 * t.build.tip - 6, 770), (0.62 * t.build.tip - 4, 756), (0.62 * t.build.tip - 2, 784), (0.42 * t.build.tip - 4, 798)], tension=0.1)  # fmt: skip  # noqa: E501
    piece(t.canvas, welt, t.cloth, t.tone(1), lift=4)
    front(t, deep, 1580, (deep + 30, deep + 190), away=58)


def _coat(t: Tailor) -> None:
    opening(t, 800, 122)
    roll_neck(t, cloth_of(t.look.inner), low=480)
    lapels(t, 800, wide=0.38 * t.build.tip + 26, notch=548)
    for side in (-1, 1):
        x = side * 0.58 * t.build.half(1250)
        welt = t.path([(x, 1180), (x + side * 40, 1186), (x + side * 96, 1392), (x + side * 54, 1398)], tension=0.12)
        piece(t.canvas, welt, t.cloth, t.tone(side), lift=7)
        for k in range(2):
            hang = [(side * (120 + 90 * k), 1420), (side * (128 + 100 * k), 1640), (side * (122 + 112 * k), 1880)]
            fold(t.canvas, t.cloth, t.spots(hang), 18, 0.30)
    front(t, 800, CUTS["coat"].hem, (830, 1010, 1190, 1370), away=14)


def _turtleneck(t: Tailor) -> None:
    for k in range(-15, 16):
        line = t.spots([(k * 0.062 * t.build.half(y), y) for y in (480.0, 780.0, 1090.0, 1300.0, 1470.0)])
        t.canvas.drawPath(smooth(line, close=False), stroke(t.cloth.deep, 3, 0.20, blur=1.2))
        t.canvas.drawPath(smooth([(x - 5, y) for x, y in line], close=False), stroke(t.cloth.edge, 2.4, 0.12, blur=1.2))
    roll_neck(t, t.cloth, low=484)
    hem_ribs(t, 1452, 1540)


def _shirt(t: Tailor) -> None:
    inner, n = cloth_of(mix(t.look.inner, t.look.cloth, 0.15)), t.build.neck
    neckline(t, [(-n - 8, 384), (-46, 470), (0, 566), (46, 470), (n + 8, 384), (0, 330)], t.cloth, 0.4)
    c = t.cloth
    for side in (-1, 1):
        seam(t.canvas, c, t.spots([(side * (t.build.neck + 60), 420), (side * 0.60 * t.build.tip, 560), (side * 0.70 * t.build.tip, 566)]), 3, 0.4)  # fmt: skip  # noqa: E501
    left, right = (
        t.spots([(-26, y) for y in (556.0, 1000.0, 1590.0)]),
        t.spots([(24, y) for y in (556.0, 1000.0, 1590.0)]),
    )
    placket = smooth([*left, *reversed(right)], tension=0.04)
    piece(t.canvas, placket, c, t.tone(-1), lift=5)
    for k in range(6):
        button(t.canvas, t.at(0, 620 + 158 * k), 9, mix(inner.lit, (255, 255, 255), 0.25))
    x = 0.30 * t.build.tip
    pocket = t.path([(x, 720), (x + 124, 714), (x + 122, 850), (x + 62, 874), (x + 2, 852)], tension=0.1)
    piece(t.canvas, pocket, c, t.tone(1), lift=5)
    shirt_collar(t, c)


def _hoodie(t: Tailor) -> None:
    n, c = t.build.neck, t.cloth
    opening(t, 560, 66, skin=16)
    for side in (1, -1):
        hood = [(side * (n - 12), 330), (side * (n + 46), 344), (side * (n + 104), 410), (side * (n + 92), 486), (side * (n + 10), 548), (side * 4, 596), (side * 10, 540), (side * (n * 0.66), 478), (side * (n + 2), 400)]  # fmt: skip  # noqa: E501
        piece(t.canvas, t.path(hood, tension=0.8), c, t.tone(side), lift=14)
        fold(t.canvas, c, t.spots([(side * (n + 66), 420), (side * (n + 40), 486), (side * 52, 544)]), 12, 0.4)
        cord = t.spots([(side * 30, 566), (side * 40, 660), (side * 34 - 4, 766)])
        t.canvas.drawPath(smooth([(x + 4, y + 4) for x, y in cord], close=False), stroke((4, 3, 8), 10, 0.4, blur=4))
        t.canvas.drawPath(smooth(cord, close=False), stroke(t.look.inner, 8))
        t.canvas.drawCircle(*cord[-1], 8, fill(mix(t.look.inner, (0, 0, 0), 0.25)))
    half = t.build.half(1300)
    pouch = t.path([(-0.42 * half, 1150), (0.42 * half, 1150), (0.72 * half, 1330), (0.66 * half, 1440), (-0.66 * half, 1440), (-0.72 * half, 1330)], tension=0.14)  # fmt: skip  # noqa: E501
    piece(
        t.canvas,
        pouch,
        c,
        fill(shader=linear((-half, 1150), (half, 1440), [(c.lit, 1), (c.mid, 1), (c.dark, 1)])),
        lift=9,
    )
    hem_ribs(t, 1470, 1552)


def _blouse(t: Tailor) -> None:
    n, c = t.build.neck, t.cloth
    neckline(t, [(-n - 10, 384), (-n * 0.8, 470), (0, 590), (n * 0.8, 470), (n + 10, 384), (0, 330)], c, 0.5)
    for side in (-1, 1):
        edge = t.path([(side * (n + 10), 398), (side * n * 0.84, 474), (side * 2, 600)], close=False)
        t.canvas.drawPath(edge, stroke(c.deep, 22, 0.45, blur=8))
        t.canvas.drawPath(edge, stroke(c.edge, 10, 0.9))
        for k in range(3):
            gather = [
                (side * (60 + 46 * k), 600 + 40 * k),
                (side * (78 + 54 * k), 760 + 40 * k),
                (side * (84 + 58 * k), 900),
            ]
            fold(t.canvas, c, t.spots(gather), 12, 0.22)
        for k in range(4):
            hang = [(side * (30 + 62 * k), 1180), (side * (36 + 72 * k), 1330), (side * (34 + 80 * k), 1520)]
            fold(t.canvas, c, t.spots(hang), 15, 0.26)
    seam(t.canvas, c, t.spots([(0, 604), (2, 760)]), 3, 0.6)
    seam(t.canvas, c, t.spots([(u * (t.build.half(1490) + 20), 1496) for u in (-1.0, -0.5, 0.0, 0.5, 1.0)]), 3, 0.4)


def _dress(t: Tailor) -> None:
    n, c = t.build.neck, t.cloth
    neckline(t, [(-n - 34, 396), (-n - 6, 500), (0, 566), (n + 6, 500), (n + 34, 396), (0, 330)], c, 0.8)
    rim = t.path([(-n - 34, 400), (-n - 8, 502), (0, 570), (n + 8, 502), (n + 34, 400)], close=False)
    t.canvas.drawPath(rim, stroke(c.edge, 7, 0.7))
    waist = t.spots([(u * (t.build.half(1080) + 20), 1086 + 12 * (1 - u * u)) for u in (-1.0, -0.5, 0.0, 0.5, 1.0)])
    t.canvas.drawPath(smooth(waist, close=False), stroke(c.deep, 30, 0.5, blur=10))
    seam(t.canvas, c, waist, 5, 0.8)
    for k in range(-5, 6):
        x = k / 5
        hang = t.spots([(x * 0.8 * t.build.half(1100), 1100), (x * 0.95 * t.build.half(1400), 1400)])
        low = (hang[1][0] * 1.34 + 12 * k, CUTS["dress"].hem)
        fold(t.canvas, c, [*hang, low], 20, 0.34 if k % 2 else 0.24)
    for side in (-1, 1):
        dart = [(side * 120, 1070), (side * 118, 960), (side * 132, 870)]
        fold(t.canvas, c, t.spots(dart), 12, 0.26)


def _tee(t: Tailor) -> None:
    n, c = t.build.neck, t.cloth
    neckline(t, [(-n - 20, 394), (-n * 0.8, 462), (0, 492), (n * 0.8, 462), (n + 20, 394), (0, 330)], c)
    band = t.path([(-n - 26, 400), (-n * 0.82, 474), (0, 506), (n * 0.82, 474), (n + 26, 400)], close=False)
    t.canvas.drawPath(band, stroke(c.dark, 22, 0.9))
    t.canvas.drawPath(band, stroke(c.mid, 17))
    for k, (x, y) in enumerate(((-150, 1240), (120, 1300), (-40, 1400), (170, 1420))):
        fold(t.canvas, c, t.spots([(x, y), (x + 70, y + 34 - 10 * k), (x + 150, y + 14)]), 15, 0.24)
    seam(t.canvas, c, t.spots([(u * (t.build.half(1500) + 20), 1506) for u in (-1.0, -0.5, 0.0, 0.5, 1.0)]), 3.5, 0.5)


def _apron(t: Tailor) -> None:
    """A bib and skirt over the shirt, with neck strap, waist tie and pocket."""
    tone = t.look.inner if sum(t.look.inner) > sum(t.look.cloth) else mix(t.look.inner, (236, 228, 214), 0.7)
    c, n, hip = cloth_of(tone), t.build.neck, 0.86 * t.build.half(1400)
    for side in (-1, 1):
        strap = t.path([(side * 150, 700), (side * 118, 560), (side * (n + 22), 410)], close=False)
        t.canvas.drawPath(strap, stroke((4, 3, 10), 30, 0.35, blur=8))
        t.canvas.drawPath(strap, stroke(c.mid if side < 0 else mix(c.mid, c.dark, 0.4), 24))
    bib = [(-160, 690), (160, 690), (176, 960), (hip * 0.9, 1110), (hip, 1500), (hip * 1.02, 1960), (-hip * 1.02, 1960), (-hip, 1500), (-hip * 0.9, 1110), (-176, 960)]  # fmt: skip  # noqa: E501
    ramp = [(c.mid, 1.0), (c.lit, 1.0), (c.mid, 1.0), (c.dark, 1.0)]
    piece(t.canvas, t.path(bib, tension=0.3), c, fill(shader=linear((-hip, 700), (hip, 900), ramp)), lift=12)
    tie = t.path([(-hip * 0.93, 1130), (0, 1146), (hip * 0.93, 1130)], close=False)
    t.canvas.drawPath(tie, stroke(c.deep, 30, 0.5, blur=6))
    t.canvas.drawPath(tie, stroke(c.lit, 22))
    for k in range(-2, 3):
        fold(t.canvas, c, t.spots([(70.0 * k, 1200), (84.0 * k + 10, 1560), (96.0 * k, 1950)]), 17, 0.28)
    pouch = t.path([(-120, 1300), (120, 1300), (118, 1480), (-118, 1480)], tension=0.08)
    piece(t.canvas, pouch, c, t.tone(-1, c), lift=6)


CUTS: dict[Outfit, Cut] = {
    "jacket": Cut(1580.0, 10.0, 14.0, _jacket), "coat": Cut(1900.0, 22.0, 66.0, _coat),
    "turtleneck": Cut(1540.0, 10.0, 0.0, _turtleneck), "shirt": Cut(1560.0, 16.0, 6.0, _shirt),
    "hoodie": Cut(1550.0, 30.0, -6.0, _hoodie, 108.0), "blouse": Cut(1520.0, 12.0, 26.0, _blouse),
    "dress": Cut(2080.0, 6.0, 130.0, _dress), "tee": Cut(1530.0, 20.0, 4.0, _tee),
    "apron": Cut(1560.0, 16.0, 6.0, _shirt, over=_apron),
}  # fmt: skip
