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
    far beside the neck its collar stands above the shoulders.
    """

    hem: float
    loose: float
    flare: float
    draw: Callable[[Tailor], None]
    collar: float = 24.0


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


CUTS: dict[Outfit, Cut] = {
    "jacket": Cut(1580.0, 10.0, 14.0, _jacket), "coat": Cut(1900.0, 22.0, 66.0, _coat),
    "turtleneck": Cut(1540.0, 10.0, 0.0, _turtleneck), "shirt": Cut(1560.0, 16.0, 6.0, _shirt),
    "hoodie": Cut(1550.0, 30.0, -6.0, _hoodie, 108.0), "blouse": Cut(1520.0, 12.0, 26.0, _blouse),
}  # fmt: skip
