"""What grows and lies about: conifers, broad trees, trunks, tufts of grass, ferns, stones. The sun stands on the right.

``tones`` are everywhere the colour in the shade and the colour in the light.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import skia

from generation_service.previs.brush import Colour, Point, fill, linear, mix, poly, smooth, stroke, times

Tones = tuple[Colour, Colour]


def pine(canvas: Any, at: Point, tall: float, tones: Tones, rng: np.random.Generator) -> None:
    """A conifer: boughs that hang to both sides of the stem, ragged, lit on the right and towards the top."""
    shade, _ = tones
    x, y = at
    canvas.drawLine(x, y, x, y - tall * 0.5, stroke(mix(shade, (30, 20, 14), 0.5), max(1.2, tall * 0.022)))
    levels = int(np.clip(tall / 11, 9, 72))
    spread = float(rng.uniform(0.15, 0.20)) if tall > 300 else float(rng.uniform(0.19, 0.25))
    core = [(x, y - tall)]
    for side in (1, -1):
        for t in np.linspace(0, 1, 7)[:: 1 if side > 0 else -1]:
            core.append((x + side * tall * spread * 0.55 * t, y - tall * (1 - 0.86 * t)))
    canvas.drawPath(poly(core), fill(shade))
    for k in range(levels):
        t = k / (levels - 1)
        root = y - tall * (0.10 + 0.88 * t)
        reach = tall * spread * (1 - t) ** 0.85 + tall * 0.012
        for side in (-1, 1):
            long = reach * float(rng.uniform(0.62, 1.12))
            drop = long * float(rng.uniform(0.26, 0.5))
            _bough(canvas, (x, root, side * long, drop), tall * min(0.034, 0.9 / levels) * (1.15 - 0.75 * t), tones, t)


def _bough(canvas: Any, bough: tuple[float, float, float, float], thick: float, tones: Tones, t: float) -> None:
    """One bough of a conifer: ``bough`` is its root and how far out and down it reaches."""
    x, y, out, down = bough
    shade, light = tones
    share = (0.50 if out > 0 else 0.10) + 0.25 * t
    tip = (x + out, y + down)
    shape = [(x, y - thick), (x + 0.55 * out, y + 0.25 * down - thick * 0.5), tip,
             (x + 0.72 * out, y + down * 0.95 + thick * 0.5), (x + 0.45 * out, y + 0.55 * down + thick * 0.8),
             (x + 0.30 * out, y + 0.62 * down + thick * 1.5), (x, y + thick * 1.2)]  # fmt: skip
    canvas.drawPath(poly(shape), fill(mix(shade, light, share * 0.72)))
    if thick > 1.3:
        edge = smooth([(x + 0.1 * out, y - thick * 0.7), (x + 0.55 * out, y + 0.22 * down - thick * 0.4), tip],
                      close=False)  # fmt: skip
        canvas.drawPath(
            edge, stroke(mix(shade, light, min(1.0, share + 0.35)), thick * 0.34, 0.8 if thick < 5 else 0.45)
        )


def tree(canvas: Any, at: Point, tall: float, tones: Tones, rng: np.random.Generator, *, bare: bool = False) -> None:
    """A broad tree: forked trunk, then clumps of leaves, dark below and behind, lit from the upper right; ``bare`` in
    winter.
    """
    shade, light = tones
    x, y = at
    bark = mix(times(shade, (130, 100, 90)), (44, 32, 26), 0.45)
    _stem(canvas, at, tall, (bark, mix(bark, light, 0.35)))
    if bare:
        _twigs(canvas, at, tall, (mix(bark, light, 0.15), light), rng)
        return
    clumps = []
    for k in range(15):
        a, r = k * 2.4 + float(rng.normal(0, 0.25)), np.sqrt((k + 0.5) / 15)
        clumps.append((x + tall * 0.33 * r * np.cos(a), y - tall * 0.69 - tall * 0.23 * r * np.sin(a)))
    for cx, cy in sorted(clumps, key=lambda c: -c[1] + 0.35 * c[0]):
        whole = float(np.clip(0.42 + 0.9 * (cx - x) / tall - 1.5 * (cy - y + tall * 0.69) / tall, 0, 1))
        _clump(canvas, (float(cx), float(cy), tall * float(rng.uniform(0.10, 0.145))), tones, whole, rng)


def _stem(canvas: Any, at: Point, tall: float, tones: Tones) -> None:
    """A trunk with three limbs, its right side in the light."""
    x, y = at
    half = tall * 0.034
    ramp = [(mix(tones[0], (0, 0, 0), 0.35), 1), (tones[0], 1), (tones[1], 1)]
    paint = fill(shader=linear((x - half, 0), (x + half, 0), ramp, [0, 0.55, 1]))
    right = [(x + half * 0.62, y - tall * 0.42), (x + half * 0.9, y - tall * 0.06), (x + half * 2.2, y + half * 0.4)]
    foot = [*((2 * x - a, b) for a, b in right[::-1]), *right]
    canvas.drawPath(smooth(foot, tension=0.5), paint)
    for lean in (-0.13, 0.01, 0.15):
        limb = smooth([(x, y - tall * 0.30), (x + tall * lean * 0.7, y - tall * 0.48),
                       (x + tall * lean * 1.7, y - tall * 0.66)], close=False)  # fmt: skip
        canvas.drawPath(limb, stroke(mix(tones[0], tones[1], 0.5 if lean > 0 else 0.1), tall * 0.024))


def _clump(canvas: Any, spot: tuple[float, float, float], tones: Tones, whole: float, rng: np.random.Generator) -> None:
    """One clump of leaves as a heap of dabs: the shaded ones first, then towards the light. ``spot`` is its middle and
    radius, ``whole`` 0..1 how much it stands in the light.
    """
    (shade, light), at, radius = tones, spot[:2], spot[2]
    canvas.drawOval(_oval(at, radius * 0.92, radius * 0.74), fill(mix(shade, light, 0.10 * whole), 0.95))
    count = int(np.clip(radius * 1.2, 12, 54))
    for k in range(count):
        t = k / count
        a, r = float(rng.uniform(0, 2 * np.pi)), radius * float(np.sqrt(rng.random())) * (1.12 - 0.5 * t)
        px = at[0] + r * float(np.cos(a)) + radius * 0.34 * t
        py = at[1] + 0.78 * r * float(np.sin(a)) - radius * 0.34 * t
        size = radius * float(rng.uniform(0.10, 0.20)) * (1.15 - 0.45 * t)
        tone = mix(shade, light, float(np.clip(0.06 + t * (0.35 + 0.75 * whole) + rng.normal(0, 0.08), 0, 1)))
        canvas.drawOval(_oval((px, py), size * 1.25, size * 0.8), fill(tone, 0.9))


def _oval(at: Point, rx: float, ry: float) -> Any:
    return skia.Rect.MakeLTRB(at[0] - rx, at[1] - ry, at[0] + rx, at[1] + ry)


def _twigs(canvas: Any, at: Point, tall: float, tones: Tones, rng: np.random.Generator) -> None:
    """Boughs that fork to twigs, with snow on the upper sides. ``tones`` are bark and snow."""
    bark, snow = tones
    x, y = at
    todo = [
        ((x + tall * lean, y - tall * 0.50), np.pi / 2 - 1.6 * lean, tall * 0.22, 0)
        for lean in (-0.12, 0.0, 0.02, 0.15)
    ]
    while todo:
        (px, py), way, long, level = todo.pop()
        tip = (px + long * float(np.cos(way)), py - long * float(np.sin(way)))
        canvas.drawLine(px, py, *tip, stroke(bark, max(1.0, tall * 0.018 / (1 + level))))
        if level < 3 and rng.random() < 0.7:
            upper = (px, py - tall * 0.006, tip[0], tip[1] - tall * 0.006)
            canvas.drawLine(*upper, stroke(snow, max(0.8, tall * 0.006), 0.8))
        if level < 3:
            for turn in (-0.55, 0.1, 0.6):
                bent = way + turn + float(rng.normal(0, 0.16))
                todo.append((tip, bent, long * float(rng.uniform(0.55, 0.78)), level + 1))


def grass(canvas: Any, span: Point, tones: Tones, rng: np.random.Generator, *, count: int = 1500) -> None:
    """Blades between the heights of ``span`` in tufts, longer towards the viewer, lit at their tips."""
    top, bottom = span
    for _ in range(count // 6):
        t = float(rng.random()) ** 0.55
        x, y = float(rng.uniform(-200, 1800)), top + (bottom - top) * t
        tall, lit = 4 + 30 * t * t, float(rng.random())
        for _ in range(6):
            lean = float(rng.normal(0, 0.45))
            foot = x + float(rng.normal(0, tall * 0.35))
            tip = (foot + tall * lean, y - tall * float(rng.uniform(0.5, 1.1)))
            tone = mix(tones[0], tones[1], 0.25 + 0.5 * lit + 0.25 * float(rng.random()))
            canvas.drawLine(foot, y, *tip, stroke(tone, 0.7 + 1.5 * t, 0.62))


def flowers(canvas: Any, span: Point, tones: tuple[Colour, ...], rng: np.random.Generator, *, count: int = 90) -> None:
    """Dots of colour in the grass, in drifts."""
    for _ in range(count // 9):
        t = float(rng.random()) ** 0.7
        x, y = float(rng.uniform(-200, 1800)), span[0] + (span[1] - span[0]) * t
        tone = tones[int(rng.integers(len(tones)))]
        for _ in range(9):
            at = (x + float(rng.normal(0, 20 + 60 * t)), y + float(rng.normal(0, 4 + 10 * t)))
            canvas.drawCircle(*at, 1.2 + 3.0 * t, fill(mix(tone, (255, 255, 255), 0.3 * float(rng.random())), 0.95))


def stones(canvas: Any, spots: Sequence[tuple[float, float, float]], tones: Tones, rng: np.random.Generator) -> None:
    """Stones with a lit and a shaded face; each spot is where its foot's middle is and how wide it is."""
    for x, y, wide in spots:
        cast_shadow(canvas, (x, y), wide * 0.55, wide * 0.8, 0.34)
        high = wide * float(rng.uniform(0.42, 0.62))
        ring = [(-0.5, 0.02), (-0.46, -0.42), (-0.20, -0.92), (0.14, -1.0), (0.40, -0.62), (0.52, -0.1), (0.30, 0.10),
                (-0.28, 0.10)]  # fmt: skip
        shape = [(x + wide * (a + float(rng.normal(0, 0.03))), y + high * b) for a, b in ring]
        canvas.drawPath(poly(shape), fill(tones[0]))
        facet = [shape[2], shape[3], shape[4], shape[5], (x + wide * 0.20, y - high * 0.38)]
        canvas.drawPath(poly(facet), fill(mix(tones[0], tones[1], 0.85), 0.95))
        canvas.drawPath(poly([shape[1], shape[2], facet[-1], (x - wide * 0.14, y - high * 0.3)]),
                        fill(mix(tones[0], tones[1], 0.42)))  # fmt: skip


def cast_shadow(canvas: Any, foot: Point, half: float, long: float, share: float) -> None:
    """The shadow of something on the ground: it falls to the left and towards the viewer."""
    x, y = foot
    shape = [(x + half, y - half * 0.10), (x + half * 0.2, y + half * 0.24), (x - long, y + long * 0.30),
             (x - long - half, y + long * 0.20), (x - half, y - half * 0.16)]  # fmt: skip
    canvas.drawPath(smooth(shape, tension=0.6), fill((10, 14, 30), share, blur=max(1.5, half * 0.10)))


def ferns(canvas: Any, spots: Sequence[tuple[float, float, float]], tones: Tones, rng: np.random.Generator) -> None:
    """Ferns: fans of feathered fronds; each spot is the foot and how tall."""
    for x, y, tall in spots:
        for k in range(7):
            lean = -1.15 + 2.3 * k / 6 + float(rng.normal(0, 0.1))
            tip = (x + tall * 0.9 * lean, y - tall * (1.0 - 0.42 * abs(lean)))
            bend = (x + tall * 0.32 * lean, y - tall * (0.80 - 0.2 * abs(lean)))
            tone = mix(tones[0], tones[1], float(np.clip(0.45 + 0.3 * lean + rng.normal(0, 0.12), 0, 1)))
            canvas.drawPath(smooth([(x, y), bend, tip], close=False), stroke(tone, max(1.0, tall * 0.03)))
            for t in np.linspace(0.25, 0.98, 9):
                px = (1 - t) ** 2 * x + 2 * t * (1 - t) * bend[0] + t * t * tip[0]
                py = (1 - t) ** 2 * y + 2 * t * (1 - t) * bend[1] + t * t * tip[1]
                size = tall * 0.20 * (1.1 - t)
                for side in (-1, 1):
                    end = (px + side * size * 0.55 + size * 0.4 * lean, py - size * 0.35 + abs(lean) * size * 0.3)
                    canvas.drawLine(px, py, *end, stroke(tone, max(0.9, tall * 0.035 * (1.1 - t)), 0.9))
