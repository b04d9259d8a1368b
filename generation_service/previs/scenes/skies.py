"""The sky of an hour and a weather: its colours from the zenith down, the sun or the moon, stars, billowing clouds."""

from typing import Any

import numpy as np

from generation_service.previs.brush import Colour, Point, fill, linear, mix, poly, radial, times
from generation_service.previs.scenes import textures
from generation_service.previs.scenes.layers import Motion, Painting
from generation_service.previs.scenes.light import Mood

CLOUDS = Motion(drift=0.006)
WIDE = (-700.0, 2300.0)


def is_night(mood: Mood) -> bool:
    """Whether stars are out."""
    return mood.lamps > 0.95 and sum(mood.zenith) < 160


def sky(
    canvas: Any, mood: Mood, rng: np.random.Generator, *, horizon: float = 540, clouds: float = 0.6, sun: bool = True,
    at: Point | None = None,
) -> Point:  # fmt: skip
    """Gradient, sun or moon with its glow, clouds; stars at night. On a painting the clouds are a layer that drifts,
    and what is drawn next stands before it. Returns where the sun or the moon
    stands: ``at``, or a place drawn for the set.
    """
    stops = [(mood.zenith, 1.0), (mix(mood.zenith, mood.horizon, 0.42), 1.0), (mood.horizon, 1.0), (mood.horizon, 1.0)]
    canvas.drawPaint(fill(shader=linear((0, -60), (0, horizon), stops, [0, 0.5, 0.96, 1])))
    night = is_night(mood)
    if night:
        _stars(canvas, rng, horizon)
    own = (float(rng.uniform(1020, 1360)), 130.0 if night else horizon - float(rng.uniform(90, 180)))
    at = own if at is None or night else at
    if sun:
        _disc(canvas, mood, at, night=night)
    layered = isinstance(canvas, Painting)
    if layered:
        canvas.layer(0.98, motion=CLOUDS)
    _clouds(canvas, mood, (horizon, clouds), int(rng.integers(1 << 16)), at)
    if layered:
        canvas.layer(0.9)
    return at


def _stars(canvas: Any, rng: np.random.Generator, horizon: float) -> None:
    for _ in range(420):
        at = (float(rng.uniform(-300, 1900)), float(horizon * 0.92 * rng.random() ** 1.3))
        size = 0.5 + 1.3 * float(rng.random()) ** 4
        tone = mix((255, 226, 196), (196, 214, 255), float(rng.random()))
        canvas.drawCircle(*at, size, fill(tone, float(rng.uniform(0.2, 0.95))))


def _disc(canvas: Any, mood: Mood, at: Point, *, night: bool) -> None:
    """The sun or the moon and the light around it."""
    glow = (200, 216, 255) if night else mix(mood.sun, (255, 250, 230), 0.25)
    veil = max(0.12, 1.0 - 2.6 * max(0.0, mood.haze - 0.5))
    for reach, share in ((760, 0.34), (300, 0.42), (110, 0.55)):
        ramp = [(glow, share * (0.4 if night else 1.0) * veil), (glow, 0.28 * share * veil * (0.4 if night else 1.0)),
                (glow, 0.0)]  # fmt: skip
        canvas.drawCircle(*at, reach, fill(shader=radial(at, reach, ramp, [0, 0.38, 1])))
    if mood.haze > 0.52:
        return
    bright = mix(glow, (255, 255, 255), 0.75)
    canvas.drawCircle(*at, 34 if night else 40, fill(bright, 0.98, blur=1.2 if night else 4))
    if night:
        for dx, dy, r in ((-9, -6, 8), (10, 4, 6), (-2, 13, 5), (14, -12, 4)):
            canvas.drawCircle(at[0] + dx, at[1] + dy, r, fill((150, 168, 205), 0.28, blur=2))


def _clouds(canvas: Any, mood: Mood, spread: tuple[float, float], seed: int, sun: Point) -> None:
    """Clouds that catch the light on the sun's side and glow around it; ``spread`` is the horizon and how many."""
    horizon, amount = spread
    if amount <= 0:
        return
    box = (WIDE[0], -60.0, WIDE[1], horizon)
    heavy = max(0.0, mood.haze - 0.45)
    pitch = textures.fine(canvas, 2.5)
    density, light, thick = textures.billows(
        box, seed, cover=min(0.86, 0.30 + 0.26 * amount + 0.9 * heavy), flat=1.0, pitch=pitch
    )
    x, y = textures.grid(box, pitch)
    around = np.exp(-(((x - sun[0]) / 640) ** 2) - ((y - sun[1]) / 330) ** 2).astype(np.float32)
    lit, base = cloud_tones(mood)
    share = np.clip(light * (1 - 0.62 * thick) * 1.25 + 0.22 * around, 0, 1)[..., None]
    tone = np.array(base, np.float32) * (1 - share) + np.array(lit, np.float32) * share
    blaze = (0.5 * around * (1 - 0.5 * thick))[..., None]
    tone = tone * (1 - blaze) + np.array(mix(mood.sun, (255, 255, 255), 0.2), np.float32) * blaze
    fade = np.clip((horizon - y) / 130, 0, 1) * (0.94 if not is_night(mood) else 0.72)
    if heavy == 0:  # the sun or the moon burns through what passes before it, and is never a wedge between two clouds
        fade *= 1 - 0.9 * np.exp(-((((x - sun[0]) ** 2 + (y - sun[1]) ** 2) / 78.0**2) ** 2)).astype(np.float32)
    textures.lay(canvas, tone, density * fade, box)


def cloud_tones(mood: Mood) -> tuple[Colour, Colour]:
    """Clouds where the sun strikes them, and their undersides."""
    if is_night(mood):
        return mix(mood.horizon, mood.sun, 0.22), mix(mood.zenith, mood.horizon, 0.30)
    lit = mix(mix(mood.sun, (255, 255, 255), 0.55), mood.horizon, 0.12)
    base = mix(mix(mood.zenith, mood.air, 0.62), mood.shade, 0.25)
    heavy = min(1.0, max(0.0, 6 * (mood.haze - 0.52)))
    return mix(mix(lit, mood.ambient, 0.15), mood.air, 0.7 * heavy), mix(
        base, times(mood.zenith, (120, 122, 138)), heavy
    )


def sunglow(canvas: Any, mood: Mood, at: Point, reach: float, share: float) -> None:
    """The sun's light in the air before what was drawn: planes near it melt into it."""
    ramp = [(mood.sun, share), (mood.sun, 0.4 * share), (mood.sun, 0.0)]
    canvas.drawCircle(*at, reach, fill(shader=radial(at, reach, ramp, [0, 0.4, 1])))


def shafts(canvas: Any, mood: Mood, sun: Point, rng: np.random.Generator, *, low: float, share: float = 0.16) -> None:
    """Rays that fan out from the sun down to ``low``."""
    for k in range(7):
        foot = sun[0] - 1250 + 290 * k + float(rng.normal(0, 50))
        wide = float(rng.uniform(40, 130))
        beam = linear(sun, (foot, low), [(mood.sun, share), (mood.sun, share * 0.55), (mood.sun, 0.0)], [0, 0.6, 1])
        fan = [(sun[0] - 8, sun[1] - 20), (sun[0] + 8, sun[1] - 20), (foot + wide, low), (foot - wide, low)]
        canvas.drawPath(poly(fan), fill(shader=beam, blur=14))
