"""Sky, clouds, ridges, trees, water, dunes. Everything is painted in a 1600 x 900 frame, horizon near y = 520."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import skia

from generation_service.contract.shots import Place
from generation_service.previs.brush import Colour, Point, blob, fill, linear, mix, poly, radial, smooth, stroke, times
from generation_service.previs.scenes.layers import Motion, Painting
from generation_service.previs.scenes.light import Mood

W, H = 1600, 900
# How far grounds and skies reach beyond the frame, for cameras that look down or aside.
LOW, LEFT, RIGHT = 2100.0, -1000.0, 2600.0
Painter = Callable[[Any, Place, Mood, np.random.Generator], None]
CLOUDS = Motion(drift=0.006)
WAVES = Motion(ripple=0.0028)


def sky(
    canvas: Any, mood: Mood, rng: np.random.Generator, *, horizon: float = 540, clouds: float = 0.6, sun: bool = True
) -> None:
    """Gradient, sun or moon glow, clouds; stars at night. On a painting the clouds are a layer that drifts, and what is
    drawn next stands before it.
    """
    middle = mix(mood.zenith, mood.horizon, 0.55)
    canvas.drawPaint(
        fill(shader=linear((0, 0), (0, horizon), [(mood.zenith, 1), (middle, 1), (mood.horizon, 1)], [0, 0.55, 1]))
    )
    night = mood.lamps > 0.95 and sum(mood.zenith) < 160
    if night:
        for _ in range(220):
            at = (float(rng.uniform(0, W)), float(rng.uniform(0, horizon * 0.8)))
            canvas.drawCircle(*at, float(rng.uniform(0.5, 1.6)), fill((230, 236, 255), float(rng.uniform(0.2, 0.9))))
    if sun:
        at = (float(rng.uniform(980, 1400)), 130.0 if night else horizon - float(rng.uniform(60, 190)))
        glow = (216, 226, 255) if night else mix(mood.rim, (255, 250, 230), 0.4)
        canvas.drawCircle(*at, 420, fill(shader=radial(at, 420, [(glow, 0.55 if not night else 0.25), (glow, 0.0)])))
        if mood.haze < 0.62:
            canvas.drawCircle(
                *at, 40 if night else 34, fill(mix(glow, (255, 255, 255), 0.6), 0.95, blur=2 if night else 7)
            )
    layered = isinstance(canvas, Painting)
    if layered:
        canvas.layer(0.98, motion=CLOUDS)
    for _ in range(int(9 * clouds)):
        _cloud(canvas, mood, rng, horizon)
    if layered:
        canvas.layer(0.9)


def _cloud(canvas: Any, mood: Mood, rng: np.random.Generator, horizon: float) -> None:
    x, y = float(rng.uniform(-100, W + 100)), float(horizon * rng.uniform(0.10, 0.85))
    size = float(rng.uniform(0.5, 1.3)) * (0.5 + 0.9 * (1 - y / horizon))
    under = mix(mood.air, mood.zenith, 0.35)
    top = mix(mood.horizon, (255, 255, 255), 0.25 if sum(mood.zenith) > 250 else 0.02)
    for _ in range(18):
        dx, dy = float(rng.normal(0, 120 * size)), float(rng.normal(0, 12 * size))
        r = (float(rng.uniform(40, 110)) * size, float(rng.uniform(9, 24)) * size)
        blob(canvas, (x + dx, y + dy + 8), r, under, 0.20, blur=13)
        blob(canvas, (x + dx - 6, y + dy - 5), (r[0] * 0.85, r[1] * 0.7), top, 0.22, blur=11)


def ridge(rng: np.random.Generator, base: float, height: float, *, rough: float = 0.55, steps: int = 7) -> list[Point]:
    """A mountain line by midpoint displacement from x = -20 to 1620, as points."""
    line = [float(rng.uniform(0.2, 0.8)), float(rng.uniform(0.2, 0.8))]
    scale = 0.6
    for _ in range(steps):
        mids = [(a + b) / 2 + float(rng.normal(0, scale * 0.5)) for a, b in pairwise(line)]
        line = [v for pair in zip(line, mids, strict=False) for v in pair] + [line[-1]]
        scale *= rough
    xs = np.linspace(-20, W + 20, len(line))
    return [(float(x), base - height * v) for x, v in zip(xs, line, strict=True)]


def land(canvas: Any, line: list[Point], near: Colour, far: Colour, *, depth: float = 240, curve: bool = False) -> None:
    """Ground under a line, fading from ``near`` at the line to ``far`` below it (mist in valleys)."""
    top = min(y for _, y in line)
    first, last = line[0], line[-1]
    points = [(LEFT, first[1]), *line, (RIGHT, last[1]), (RIGHT, LOW), (LEFT, LOW)]
    path = smooth(points, tension=0.35) if curve else poly(points)
    canvas.drawPath(path, fill(shader=linear((0, top), (0, top + depth), [(near, 1), (far, 1)])))


def pine(canvas: Any, at: Point, tall: float, tones: tuple[Colour, Colour], rng: np.random.Generator) -> None:
    """A conifer of ragged tiers; ``tones`` are shade and light."""
    tone, light = tones
    x, y = at
    canvas.drawLine(x, y, x, y - tall * 0.4, stroke(mix(tone, (30, 20, 14), 0.5), max(1.5, tall * 0.035)))
    tiers = 9
    for k in range(tiers):
        t = k / tiers
        half = tall * 0.23 * (1 - t) * float(rng.uniform(0.8, 1.15)) + tall * 0.015
        top, low = y - tall * (0.16 + 0.84 * (t + 1.6 / tiers)), y - tall * (0.12 + 0.84 * t)
        canvas.drawPath(
            poly(
                [
                    (x, max(top, y - tall)),
                    (x + half, low + half * 0.12),
                    (x + half * 0.3, low - half * 0.1),
                    (x - half * 0.3, low - half * 0.1),
                    (x - half, low + half * 0.12),
                ]
            ),
            fill(mix(tone, light, 0.10 + 0.25 * t)),
        )


def tree(
    canvas: Any, at: Point, tall: float, tones: tuple[Colour, Colour], rng: np.random.Generator, *, bare: bool = False
) -> None:
    """A broad tree: forked trunk, then leaf clusters from dark below to light above left; ``bare`` in winter."""
    tone, light = tones
    x, y = at
    bark = mix(times(tone, (120, 90, 80)), (40, 28, 22), 0.4)
    for lean in (-0.10, 0.02, 0.13):
        limb = smooth(
            [(x, y), (x + tall * lean * 0.4, y - tall * 0.3), (x + tall * lean * 1.6, y - tall * 0.62)], close=False
        )
        canvas.drawPath(limb, stroke(bark, tall * 0.04))
    if bare:
        _twigs(canvas, at, tall, (mix(bark, light, 0.15), light), rng)
        return
    for k in range(130):
        a, r = rng.uniform(0, 2 * np.pi), np.sqrt(rng.random())
        px, py = x + tall * 0.36 * r * np.cos(a), y - tall * 0.70 + tall * 0.29 * r * np.sin(a)
        up = float(np.clip(0.5 - 0.45 * np.sin(a) * r - 0.25 * np.cos(a) * r + 0.2 * (k / 130), 0, 1))
        size = tall * float(rng.uniform(0.035, 0.085))
        canvas.drawOval(
            skia.Rect.MakeLTRB(px - size, py - size * 0.72, px + size, py + size * 0.72),
            fill(mix(tone, light, up), 0.85),
        )


def _twigs(canvas: Any, at: Point, tall: float, tones: tuple[Colour, Colour], rng: np.random.Generator) -> None:
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
            canvas.drawLine(
                px, py - tall * 0.006, tip[0], tip[1] - tall * 0.006, stroke(snow, max(0.8, tall * 0.006), 0.8)
            )
        if level < 3:
            for turn in (-0.55, 0.1, 0.6):
                todo.append(
                    (tip, way + turn + float(rng.normal(0, 0.16)), long * float(rng.uniform(0.55, 0.78)), level + 1)
                )


def grass(
    canvas: Any, span: Point, tones: tuple[Colour, Colour], rng: np.random.Generator, *, count: int = 1500
) -> None:
    """Blades between the heights of ``span``, longer towards the viewer."""
    top, bottom = span
    for _ in range(count):
        t = float(rng.random()) ** 0.6
        x, y = float(rng.uniform(-10, W + 10)), top + (bottom - top) * t
        tall = 5 + 30 * t
        canvas.drawLine(
            x,
            y,
            x + float(rng.normal(0, tall * 0.3)),
            y - tall * float(rng.uniform(0.5, 1)),
            stroke(mix(tones[0], tones[1], float(rng.random())), 1 + 1.6 * t, 0.55),
        )


def water(canvas: Any, mood: Mood, rng: np.random.Generator, span: Point, *, glint_x: float) -> None:
    """Open water from top to bottom of ``span``: mirrored sky, waves longer towards the viewer, a path of light."""
    top, bottom = span
    deep = mix(mix(mood.zenith, (20, 66, 88), 0.45), mood.ambient, 0.05)
    canvas.drawRect(
        skia.Rect.MakeLTRB(LEFT, top, RIGHT, bottom),
        fill(shader=linear((0, top), (0, bottom), [(mix(mood.horizon, deep, 0.35), 1), (deep, 1)])),
    )
    for _ in range(900):
        t = float(rng.random()) ** 1.5
        x, y = float(rng.uniform(-50, W + 50)), top + (bottom - top) * t
        long = 8 + 130 * t * float(rng.uniform(0.3, 1))
        tone = mood.horizon if rng.random() < 0.55 else mix(deep, (0, 10, 20), 0.4)
        wave = smooth([(x - long, y), (x, y - 1 - 4 * t), (x + long, y)], close=False)
        canvas.drawPath(wave, stroke(tone, 0.8 + 2.4 * t, 0.10 + 0.16 * float(rng.random())))
    for _ in range(420):
        t = float(rng.random())
        x = glint_x + float(rng.normal(0, 26 + 120 * t))
        y, long = top + (bottom - top) * t, 3 + 26 * t
        canvas.drawLine(
            x - long,
            y,
            x + long,
            y,
            stroke(mix(mood.rim, (255, 255, 255), 0.4), 1 + 2 * t, float(rng.uniform(0.1, 0.7))),
        )


def fog_bank(canvas: Any, mood: Mood, y: float, tall: float, alpha: float) -> None:
    """A horizontal veil of air, strongest in its middle."""
    ramp = [(mood.air, 0.0), (mood.air, alpha), (mood.air, 0.0)]
    canvas.drawRect(
        skia.Rect.MakeLTRB(LEFT, y - tall, RIGHT, y + tall), fill(shader=linear((0, y - tall), (0, y + tall), ramp))
    )
