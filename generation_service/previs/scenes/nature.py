"""Ridges, mountains, land, water, banks of air; with skies and plants the vocabulary of sets under the open sky.

Everything is painted in a 1600 x 900 frame, horizon near y = 520.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import skia

from generation_service.contract.shots import Place
from generation_service.previs.brush import Colour, Point, fill, linear, mix, poly, smooth, times
from generation_service.previs.scenes import textures
from generation_service.previs.scenes.layers import Motion
from generation_service.previs.scenes.light import Mood
from generation_service.previs.scenes.plants import grass, pine, tree
from generation_service.previs.scenes.skies import sky

__all__ = [
    "LEFT", "LOW", "RIGHT", "WAVES", "H", "Painter", "W", "fog_bank", "grass", "land", "mountains", "pine", "ridge",
    "sky", "tree", "water",
]  # fmt: skip

W, H = 1600, 900
# How far grounds and skies reach beyond the frame, for cameras that look down or aside.
LOW, LEFT, RIGHT = 2100.0, -1000.0, 2600.0
Painter = Callable[[Any, Place, Mood, np.random.Generator], None]
WAVES = Motion(ripple=0.0028)


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


def water(canvas: Any, mood: Mood, rng: np.random.Generator, span: Point, *, glint_x: float) -> None:
    """Open water from top to bottom of ``span``: the sky in it, ripples longer towards the viewer, a path of light."""
    top, bottom = span
    deep = mix(mix(mood.zenith, (16, 62, 86), 0.45), mood.shade, 0.12)
    ramp = [(mix(mood.horizon, deep, 0.22), 1), (mix(mood.horizon, deep, 0.66), 1), (deep, 1)]
    canvas.drawRect(
        skia.Rect.MakeLTRB(LEFT, top, RIGHT, bottom), fill(shader=linear((0, top), (0, bottom), ramp, [0, 0.3, 1]))
    )
    seed = int(rng.integers(1 << 12))
    box = (-700.0, top, 2300.0, bottom)
    x, y = textures.grid(box, textures.fine(canvas, 2.0))
    near = np.maximum(np.float32(0.05), (y - np.float32(top - 6)) / np.float32(260))
    u, v = (x - 800) / near * np.float32(0.0045) + seed % 71, np.float32(9.0) / near + seed % 37
    wave = textures.fractal(u, v, 4, gain=0.7) * np.clip(near * 3.2, 0.12, 1)
    light = np.array(mix(mood.horizon, (255, 255, 255), 0.12), np.float32)
    dark = np.array(mix(deep, (0, 8, 20), 0.5), np.float32)
    textures.lay(canvas, np.where((wave > 0)[..., None], light, dark), np.clip(np.abs(wave) * 0.21, 0, 0.55), box)
    width = 34 + 190 * np.clip(near, 0, 1.3)
    path = np.exp(-(((x - np.float32(glint_x)) / width) ** 2)).astype(np.float32)
    spark = np.clip((wave + 0.8 * path - 0.95) * 2.4, 0, 1) * np.clip(path * 1.5, 0, 1)
    tone = np.array(mix(mood.sun, (255, 255, 255), 0.45), np.float32)
    textures.lay(canvas, tone, spark * (0.9 if mood.haze < 0.7 else 0.25), box)


def mountains(
    canvas: Any,
    mood: Mood,
    line: list[Point],
    tones: tuple[Colour, Colour],
    *,
    far: float,
    snow: float,
    seed: int,
    wooded: bool = False,
) -> None:
    """A mountain side below a ridge ``line``, its facets turned to or from the sun; ``tones`` is bare rock or wood in
    light and in shade before the air (``far`` 0..1 of it) lies over them, ``snow`` how far down snow reaches (units);
    ``wooded`` sides show no facets.
    """
    top = min(y for _, y in line) - 12
    box = (-700.0, top, 2300.0, max(y for _, y in line) + 330)
    first, last = line[0], line[-1]
    whole = [(-720.0, first[1] - 6), *line, (2320.0, last[1] + 6)]
    pitch = textures.fine(canvas, 2.5)
    light, below, cover = textures.crags(whole, box, seed, pitch=pitch)
    # Woods even out what bare rock shows.
    facets = 0.22 + 0.55 * light if wooded else (light - 0.22) * 1.7
    share = np.clip(facets, 0, 1)[..., None]
    sunlit, shaded = times(tones[0], mix(mood.ambient, mood.sun, 0.6)), times(tones[1], mood.shade)
    tone = np.array(shaded, np.float32) * (1 - share) + np.array(sunlit, np.float32) * share
    if snow > 0:
        _, y = textures.grid(box, pitch)
        lies = np.clip((snow - (y - top) - 26 * (light - 0.4) * 4) / 16, 0, 1)[..., None]
        white = np.array(times((244, 247, 255), mix(mood.ambient, mood.sun, 0.5)), np.float32)
        blue = np.array(times((206, 218, 244), mood.shade), np.float32)
        tone = tone * (1 - lies) + (blue * (1 - share) + white * share) * lies
    depth = np.clip(below / 300, 0, 1)[..., None] * 0.55
    veil = np.clip(far * (0.5 + 0.4 * mood.haze) + depth * (0.35 + far), 0, 0.96)
    textures.lay(canvas, tone * (1 - veil) + np.array(mood.air, np.float32) * veil, cover, box)
    foot = [(LEFT, first[1]), *line, (RIGHT, last[1]), (RIGHT, LOW), (LEFT, LOW)]
    under = [(x, max(y, box[3] - 3)) for x, y in foot]
    canvas.drawPath(poly(under), fill(mood.air))


def fog_bank(canvas: Any, mood: Mood, y: float, tall: float, alpha: float) -> None:
    """A horizontal veil of air, strongest in its middle."""
    ramp = [(mood.air, 0.0), (mood.air, alpha), (mood.air, 0.0)]
    canvas.drawRect(
        skia.Rect.MakeLTRB(LEFT, y - tall, RIGHT, y + tall), fill(shader=linear((0, y - tall), (0, y + tall), ramp))
    )
