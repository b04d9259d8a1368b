"""Hair of a drawn person: what lies behind the head and what falls before it, in the head's coordinates."""

from typing import Any

import numpy as np

from generation_service.previs.brush import Point, blob, fill, linear, mix, smooth, strands, stroke, times
from generation_service.previs.cast.cover import (
    DEEP,
    as_points,
    draw_curls,
    draw_curly,
    draw_scarf,
    draw_scarf_back,
    flipped,
    tones,
)
from generation_service.previs.cast.looks import LIGHT, Look


def draw_back(canvas: Any, look: Look, rng: np.random.Generator) -> None:
    """Hair behind neck and ears."""
    t = tones(look)
    shadow = times(t[0], DEEP)
    if look.style in {"long", "bob"}:
        end = 560 if look.style == "long" else 250
        wide = 262 if look.style == "long" else 256
        half: list[Point] = [
            (0, -340),
            (150, -310),
            (236, -190),
            (wide, 0),
            (wide + 6, end * 0.55),
            (wide - 40, end - 6),
            (130, end + 22),
        ]
        deep = mix(shadow, t[0], 0.45)
        canvas.drawPath(
            smooth([*half, (0, end + 26), *flipped(half[1:])[::-1]]),
            fill(shader=linear((-200, 0), (200, 0), [(t[0], 1), (deep, 1), (shadow, 1)])),
        )
        for side in (-1, 1):
            a = [(side * 60.0, -310.0), (side * 210.0, -120.0), (side * 205.0, 120.0), (side * 120.0, end + 14.0)]
            b = [
                (side * 60.0, -330.0),
                (side * 252.0, -150.0),
                (side * (wide + 14.0), 120.0),
                (side * (wide - 44.0), end - 2.0),
            ]
            strands(
                canvas,
                as_points(a),
                as_points(b),
                t if side < 0 else t[:3],
                count=int(240 * look.detail),
                rng=rng,
                alpha=0.6,
                waves=14 if look.style == "long" else 3,
            )
    elif look.style == "bun":
        canvas.drawCircle(0, -352, 98, fill(t[0]))
        for _ in range(160):
            r, a0 = rng.uniform(20, 96), rng.uniform(0, 6.28)
            arc = [(r * np.cos(a0 + k * 0.4), -352 + r * 0.95 * np.sin(a0 + k * 0.4)) for k in range(4)]
            canvas.drawPath(smooth(arc, close=False), stroke(t[int(rng.integers(5))], 2.2, 0.4))
    elif look.style == "curly":
        draw_curls(canvas, look, rng, 326, behind=True)
    elif look.style == "scarf":
        draw_scarf_back(canvas, look)


def draw_front(canvas: Any, look: Look, rng: np.random.Generator) -> None:
    """Hair (or scarf) over the forehead and temples."""
    FRONTS[look.style](canvas, look, rng)


def _cap(canvas: Any, look: Look, hairline: list[Point], crown: list[Point]) -> None:
    t = tones(look)
    path = smooth([*crown, *hairline[::-1]])
    canvas.drawPath(path, fill((20, 8, 6), 0.35, blur=12))
    canvas.drawPath(path, fill(shader=linear((-140, -330), (190, 0), [(t[3], 1), (t[1], 1), (t[0], 1)])))


def _short(canvas: Any, look: Look, rng: np.random.Generator) -> None:
    hairline: list[Point] = [
        (-206, 6),
        (-196, -92),
        (-160, -168),
        (-86, -206),
        (0, -198),
        (86, -206),
        (160, -168),
        (196, -92),
        (206, 6),
    ]
    crown: list[Point] = [
        (-214, -8),
        (-226, -130),
        (-190, -252),
        (-100, -326),
        (0, -342),
        (100, -326),
        (190, -252),
        (226, -130),
        (214, -8),
    ]
    _cap(canvas, look, hairline, crown)
    t = tones(look)
    for _ in range(int(900 * look.detail)):
        u, v = rng.uniform(0, 8), rng.uniform(0, 1)
        k, f = int(u), u - int(u)
        a = np.array(hairline[k]) * (1 - f) + np.array(hairline[k + 1]) * f
        b = np.array(crown[k]) * (1 - f) + np.array(crown[k + 1]) * f
        p = a * (1 - v) + b * v
        d = (b - a) / (np.linalg.norm(b - a) + 1e-6) * rng.uniform(18, 46) + rng.normal(0, 7, 2)
        q = p - d * (0.9 if v > 0.35 else -0.4)
        canvas.drawLine(
            float(p[0]),
            float(p[1]),
            float(q[0]),
            float(q[1]),
            stroke(t[int(rng.integers(5))], float(rng.uniform(1.2, 2.8)), 0.5),
        )


def _parted(canvas: Any, look: Look, rng: np.random.Generator) -> None:
    hairline: list[Point] = [
        (-206, 4),
        (-198, -92),
        (-170, -150),
        (-96, -214),
        (20, -206),
        (110, -176),
        (172, -132),
        (198, -80),
        (206, 4),
    ]
    crown: list[Point] = [
        (-216, -6),
        (-230, -130),
        (-196, -258),
        (-96, -340),
        (20, -366),
        (130, -338),
        (206, -256),
        (230, -130),
        (216, -6),
    ]
    _cap(canvas, look, hairline, crown)
    t = tones(look)
    part = (-96.0, -318.0)
    strands(
        canvas,
        as_points([part, (0, -352), (120, -300), (178, -142)]),
        as_points([part, (60, -262), (128, -210), (150, -150)]),
        t,
        count=int(260 * look.detail),
        rng=rng,
        alpha=0.6,
    )
    strands(
        canvas,
        as_points([part, (0, -360), (150, -330), (222, -150), (212, -10)]),
        as_points([part, (60, -340), (170, -270), (204, -130), (204, 0)]),
        t,
        count=int(200 * look.detail),
        rng=rng,
        alpha=0.55,
    )
    strands(
        canvas,
        as_points([part, (-150, -300), (-214, -170), (-214, -10)]),
        as_points([part, (-130, -250), (-184, -140), (-203, 0)]),
        t,
        count=int(180 * look.detail),
        rng=rng,
        alpha=0.55,
    )


def _long(canvas: Any, look: Look, rng: np.random.Generator) -> None:
    _curtain(canvas, look, rng, end=500.0, part=-24.0, waves=12.0)


def _bob(canvas: Any, look: Look, rng: np.random.Generator) -> None:
    _curtain(canvas, look, rng, end=236.0, part=-70.0, waves=2.0)


def _curtain(canvas: Any, look: Look, rng: np.random.Generator, *, end: float, part: float, waves: float) -> None:
    """Two falls of hair from a parting, framing the face."""
    t = tones(look)
    for side in (-1, 1):
        inner: list[Point] = [
            (part, -272),
            (side * 90 + part * 0.45, -206),
            (side * 168, -98),
            (side * 196, 30),
            (side * 190, end * 0.6),
            (side * 152, end),
        ]
        outer: list[Point] = [
            (part * 0.6, -366),
            (side * 132, -340),
            (side * 232, -222),
            (side * 268, -10),
            (side * 274, end * 0.6),
            (side * 226, end + 10),
        ]
        short = [(x, y - 14 * (k == len(outer) - 1)) for k, (x, y) in enumerate(outer)]
        path = smooth([*short, *[(x, y - 14 * (k == 0)) for k, (x, y) in enumerate(inner[::-1])]], tension=0.9)
        canvas.drawPath(path, fill((20, 8, 6), 0.42, blur=13))
        ramp = (
            [(t[3], 1.0), (t[1], 1.0), (t[0], 1.0)]
            if side < 0
            else [(t[1], 1.0), (t[0], 1.0), (times(t[0], DEEP), 1.0)]
        )
        canvas.drawPath(path, fill(shader=linear((0, -330), (side * 60, end), ramp)))
        strands(
            canvas,
            as_points(inner),
            as_points(outer),
            t if side < 0 else t[:4],
            count=int(300 * look.detail),
            rng=rng,
            alpha=0.6,
            waves=waves,
            ragged=0.16,
        )
        gloss = [(x * 0.55 + ox * 0.45, y * 0.55 + oy * 0.45) for (x, y), (ox, oy) in zip(inner, outer, strict=True)]
        canvas.drawPath(
            smooth(gloss[1:4], close=False), stroke(mix(t[4], LIGHT, 0.5), 22, 0.30 if side < 0 else 0.12, blur=12)
        )


def _bun(canvas: Any, look: Look, rng: np.random.Generator) -> None:
    hairline: list[Point] = [
        (-205, 10),
        (-196, -80),
        (-158, -168),
        (-80, -214),
        (0, -222),
        (80, -214),
        (158, -168),
        (196, -80),
        (205, 10),
    ]
    crown: list[Point] = [
        (-216, 0),
        (-226, -130),
        (-190, -250),
        (-100, -320),
        (0, -334),
        (100, -320),
        (190, -250),
        (226, -130),
        (216, 0),
    ]
    _cap(canvas, look, hairline, crown)
    t = tones(look)
    for k in range(len(hairline) - 1):
        a, b = hairline[k], hairline[k + 1]
        strands(
            canvas,
            as_points([a, (a[0] * 0.9, a[1] * 0.6 - 130), (a[0] * 0.3, -322)]),
            as_points([b, (b[0] * 0.9, b[1] * 0.6 - 130), (b[0] * 0.3, -326)]),
            t,
            count=int(46 * look.detail),
            rng=rng,
            alpha=0.55,
        )


def _bald(canvas: Any, look: Look, rng: np.random.Generator) -> None:
    t = tones(look)
    blob(canvas, (-64, -236), (74, 30), (255, 250, 240), 0.42, blur=22)
    for side in (-1, 1):
        blob(canvas, (side * 196, -58), (12, 56), t[1], 0.75, blur=8)
        start, end = (
            [(side * 186, -112), (side * 190, -60), (side * 192, 10)],
            [(side * 204, -100), (side * 210, -60), (side * 204, 4)],
        )
        strands(canvas, as_points(start), as_points(end), t, count=60, rng=rng, alpha=0.5)


FRONTS = {
    "short": _short,
    "parted": _parted,
    "long": _long,
    "bob": _bob,
    "bun": _bun,
    "curly": draw_curly,
    "bald": _bald,
    "scarf": draw_scarf,
}
