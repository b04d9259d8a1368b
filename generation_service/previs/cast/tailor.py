"""Spots of a garment laid on a drawn body as it is turned, and the parts that garments share."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import skia

from generation_service.previs.brush import Point, fill, linear, mix, smooth, stroke
from generation_service.previs.cast.build import Build
from generation_service.previs.cast.cloth import Cloth, button, cloth_of, fold, piece, ribs, seam
from generation_service.previs.cast.looks import Look

# Where a garment begins at the neck; above it there is only skin, and collars.
RIM = 380.0


@dataclass(frozen=True)
class Tailor:
    """Somebody who is being dressed: where their body has a spot, and the tones of the cloth."""

    canvas: Any
    look: Look
    build: Build
    cloth: Cloth
    turn: float
    rng: np.random.Generator

    def at(self, x: float, y: float) -> Point:
        """A spot of the front on the turned body."""
        return self.build.place((x, y), self.turn)

    def edge(self, y: float, side: int, more: float = 0.0) -> Point:
        """A spot of the outline."""
        return (self.build.edge(y, self.turn, side) + side * more, y)

    def path(self, points: Sequence[Point], *, close: bool = True, tension: float = 0.6) -> Any:
        """A curve through spots of the front."""
        return smooth([self.at(*one) for one in points], close=close, tension=tension)

    def spots(self, points: Sequence[Point]) -> list[Point]:
        """Spots of the front on the turned body."""
        return [self.at(*one) for one in points]

    def tone(self, side: int, cloth: Cloth | None = None) -> Any:
        """The paint of a piece to the left (-1) or to the right (1) of the middle."""
        c = cloth or self.cloth
        pair = [(c.lit, 1), (c.mid, 1)] if side < 0 else [(mix(c.mid, c.lit, 0.35), 1), (mix(c.mid, c.dark, 0.7), 1)]
        return fill(shader=linear((side * 30, 400), (side * 190, 900), pair))


def opening(t: Tailor, deep: float, wide: float, *, skin: float = 0.0) -> None:
    """What shows in an opening: the inner garment, and skin above it down to ``skin`` below the neck's pit."""
    cloth = cloth_of(t.look.inner)
    n = t.build.neck
    opening = [(-n - 26, 380), (-wide, 500), (0, deep), (wide, 500), (n + 26, 380), (0, 412)]
    path = t.path(opening, tension=0.35)
    t.canvas.drawPath(
        path, fill(shader=linear((-90, 380), (130, deep), [(cloth.lit, 1), (cloth.mid, 1), (cloth.dark, 1)]))
    )
    if skin > 0:
        neckline(t, [(-n - 16, 380), (-n * 0.72, 446 + skin * 0.6), (0, 452 + skin), (n * 0.72, 446 + skin * 0.6), (n + 16, 380), (0, 330)], cloth)  # fmt: skip  # noqa: E501
    t.canvas.save()
    t.canvas.clipPath(path, True)
    for side in (-1, 1):
        shade = t.path([(side * (wide + 8), 440), (side * (wide * 0.66), 640), (0, deep)], close=False)
        t.canvas.drawPath(shade, stroke((6, 4, 12), 34, 0.34, blur=14))
    t.canvas.restore()


def neckline(t: Tailor, points: Sequence[Point], cloth: Cloth, tension: float = 0.85) -> None:
    """A neckline: the garment is cut away from the skin that is painted under it, and shades its rim."""
    path = t.path(points, tension=tension)
    t.canvas.save()
    t.canvas.clipRect(skia.Rect.MakeLTRB(-640, RIM, 640, 900))
    t.canvas.drawPath(path, stroke(cloth.deep, 11, 0.6, blur=4))
    t.canvas.drawPath(path, fill((0, 0, 0), mode=skia.BlendMode.kDstOut))
    t.canvas.clipPath(path, True)
    t.canvas.drawPath(path, stroke((34, 10, 10), 26, 0.30, blur=9))
    t.canvas.restore()


def shirt_collar(t: Tailor, cloth: Cloth, *, spread: float = 96.0, low: float = 548.0) -> None:
    """A turned-down collar on its stand, open at the top button."""
    n = t.build.neck
    for side in (-1, 1):
        points = [(side * (n - 2), 352), (side * (n + 26), 384), (side * (spread + 40), 452), (side * spread, low), (side * 6, 470), (side * (n - 26), 420)]  # fmt: skip  # noqa: E501
        piece(t.canvas, t.path(points, tension=0.28), cloth, t.tone(side, cloth), lift=9)
        stitch = [(side * (spread + 26), 456), (side * (spread - 2), low - 16), (side * 18, 470)]
        t.canvas.drawPath(t.path(stitch, close=False, tension=0.2), stroke(cloth.deep, 2, 0.35))


def lapels(t: Tailor, deep: float, *, wide: float, notch: float) -> None:
    """A collar that goes over into lapels, down to where the front closes."""
    n, c = t.build.neck, t.cloth
    for side in (1, -1):
        middle = (0.56 * wide + 14, notch + 0.46 * (deep - notch) + 30)
        lapel = [(side * (n + 6), 392), (side * (n + 50), 452), (side * (wide + 6), notch + 2), (side * wide, notch + 52), (side * middle[0], middle[1]), (side * 8 if side < 0 else 12, deep), (side * 46, 0.5 * (deep + 480)), (side * (n - 14), 470)]  # fmt: skip  # noqa: E501
        piece(t.canvas, t.path(lapel, tension=0.3), c, t.tone(side), lift=13)
        collar = [(side * (n - 4), 352), (side * (n + 36), 380), (side * (n + 92), 440), (side * (wide + 2), notch - 26), (side * (wide - 52), notch + 4), (side * (n + 20), 452)]  # fmt: skip  # noqa: E501
        piece(t.canvas, t.path(collar, tension=0.34), c, t.tone(side), lift=9)


def front(t: Tailor, top: float, low: float, buttons: Sequence[float], *, away: float = 0.0) -> None:
    """The edge where a front overlaps the other one, its buttons and the pull of the cloth at them; ``away`` how far
    the edge is cut back at the hem.
    """
    c = t.cloth
    line = t.spots([(12, top), (14, top + 160), (14 + 0.2 * away, (top + low) / 2 + 60), (14 + away, low + 20)])
    t.canvas.drawPath(smooth([(x + 9, y) for x, y in line], close=False), stroke((4, 3, 10), 18, 0.34, blur=8))
    seam(t.canvas, c, line, 4.5, 0.9)
    for side in (-1, 1):
        y = buttons[0]
        fold(t.canvas, c, t.spots([(side * 24 - 6, y + 6), (side * 76, y + 26), (side * 128, y + 64)]), 12, 0.16)
    for y in buttons:
        button(t.canvas, t.at(-12, y), 13, mix(c.dark, c.deep, 0.4))


def pocket(t: Tailor, x: float, y: float, wide: float, *, tilt: float = 8.0) -> None:
    """A pocket's flap; ``x`` its inner end, ``wide`` to the side that ``x`` lies on."""
    side = 1 if x > 0 else -1
    a, b = (x, y), (x + side * wide, y - tilt)
    path = t.path([a, b, (b[0] - side * 2, b[1] + 52), (a[0] + side * 4, a[1] + 52)], tension=0.12)
    piece(t.canvas, path, t.cloth, t.tone(side), lift=7)


def roll_neck(t: Tailor, cloth: Cloth, *, low: float) -> None:
    """A knitted collar turned down once around the neck."""
    n = t.build.neck
    ring = [
        (-n - 2, 348),
        (0, 392),
        (n + 2, 348),
        (n + 16, 386),
        (n + 12, low - 64),
        (0.62 * n, low - 16),
        (0, low),
        (-0.62 * n, low - 16),
        (-n - 12, low - 64),
        (-n - 16, 386),
    ]
    path = t.path(ring, tension=0.8)
    t.canvas.drawPath(path, fill((4, 3, 10), 0.5, blur=12))
    t.canvas.drawPath(
        path, fill(shader=linear((-n, 0), (n + 30, 60), [(cloth.lit, 1), (cloth.mid, 1), (cloth.dark, 1)]))
    )
    t.canvas.save()
    t.canvas.clipPath(path, True)
    xs = [k / 9 for k in range(-9, 10)]
    top = t.spots([(u * n, 396 - 46 * u * u) for u in xs])
    bottom = t.spots([(u * (n + 18), low - 6 - 58 * abs(u) ** 2.6) for u in xs])
    ribs(t.canvas, cloth, top, bottom)
    t.canvas.drawPath(t.path([(-n - 4, 352), (0, 398), (n + 4, 352)], close=False), stroke(cloth.edge, 8, 0.5, blur=3))
    t.canvas.drawPath(
        t.path(
            [(-n - 12, low - 62), (-0.62 * n, low - 16), (0, low), (0.62 * n, low - 16), (n + 12, low - 62)],
            close=False,
        ),
        stroke(cloth.deep, 14, 0.6, blur=5),
    )
    t.canvas.restore()


def hem_ribs(t: Tailor, top: float, low: float) -> None:
    """The knitted band at the lower end of a sweater."""
    xs = [k / 16 for k in range(-16, 17)]
    half = t.build.half(low) + 30
    upper, lower = (t.spots([(u * half, y + 14 * (1 - u * u)) for u in xs]) for y in (top, low))
    t.canvas.drawPath(smooth(upper, close=False), stroke(t.cloth.deep, 12, 0.55, blur=4))
    ribs(t.canvas, t.cloth, upper, lower)
