"""Open space: stars, a nebula, a planet that the sun lights from the right, the hull that somebody stands on."""

import re
from typing import Any

import cv2
import numpy as np
import skia

from generation_service.contract.shots import Place
from generation_service.previs.brush import blob, fill, linear, mix, poly, radial, rgb, stroke
from generation_service.previs.scenes import textures
from generation_service.previs.scenes.light import Mood
from generation_service.previs.scenes.nature import LEFT, LOW, RIGHT

PLANET, RADIUS = (1080.0, 560.0), 420.0
SUN = (1490.0, 150.0)


def orbit(canvas: Any, place: Place, mood: Mood, rng: np.random.Generator) -> None:
    """Space as seen from the outside of a station."""
    canvas.drawPaint(fill((4, 5, 12) if mood.lamps > 0.5 else (12, 17, 38)))
    _stars(canvas, rng, place.seed)
    glare = radial(SUN, 700, [((255, 250, 236), 0.85), ((150, 180, 255), 0.16), ((90, 120, 220), 0.0)], [0, 0.12, 1])
    canvas.drawCircle(*SUN, 700, fill(shader=glare))
    canvas.drawCircle(*SUN, 26, fill((255, 255, 255), blur=5))
    canvas.layer(0.95)
    _planet(canvas, place, mood)
    canvas.layer(0.6)
    _station(canvas, mood)
    canvas.layer(0.3, ground=True)
    _hull(canvas, mood, rng)


def _stars(canvas: Any, rng: np.random.Generator, seed: int) -> None:
    """Stars of several sizes, and a band of glowing gas among them."""
    box = (-700.0, -200.0, 2300.0, 1200.0)
    x, y = textures.grid(box, textures.fine(canvas, 5.0))
    gas = textures.fractal(x / 420 + seed % 31, y / 330 + seed % 17, 5, gain=0.6)
    band = np.exp(-(((y - 330 + 0.28 * (x - 800)) / 260) ** 2)).astype(np.float32)
    warm = textures.sample(x / 600 + 9, y / 500)
    pink, teal = np.array((120, 62, 150), np.float32), np.array((36, 84, 150), np.float32)
    share = np.clip(0.5 + 0.4 * warm, 0, 1)[..., None]
    tone = pink * share + teal * (1 - share)
    textures.lay(canvas, tone, np.clip((gas + 0.5) * 0.32, 0, 0.62) * band, box)
    for _ in range(1300):
        at = (float(rng.uniform(-600, 2200)), float(rng.uniform(-200, 1200)))
        size = 0.4 + 1.7 * float(rng.random()) ** 6
        tone_of = mix((255, 214, 180), (190, 212, 255), float(rng.random()))
        canvas.drawCircle(*at, size, fill(tone_of, float(rng.uniform(0.25, 1.0))))
        if size > 1.6:
            blob(canvas, at, (7, 7), tone_of, 0.4, blur=3)


def _planet(canvas: Any, place: Place, mood: Mood) -> None:
    """A sphere with seas, land, weather, a dark side with a thin line of air."""
    name = place.name.lower()
    radius, (cx, cy) = RADIUS, PLANET
    box = (cx - radius, cy - radius, cx + radius, cy + radius)
    x, y = textures.grid(box, textures.fine(canvas, 2.0))
    nx, ny = (x - np.float32(cx)) / np.float32(radius), (y - np.float32(cy)) / np.float32(radius)
    r2 = nx * nx + ny * ny
    nz = np.sqrt(np.clip(1 - r2, 0, 1))
    u, v = np.arctan2(nx, nz + 1e-3).astype(np.float32) * 1.5 + place.seed % 13, np.arcsin(np.clip(ny, -1, 1)) * 1.7
    v = np.asarray(v + 0.2 * u, np.float32)
    land = textures.fractal(u * 1.4, v * 1.4, 6, gain=0.6)
    cloud = np.clip(textures.fractal(u * 1.8 + 4, v * 3.2, 6, gain=0.62) * 0.7 + 0.05, 0, 1)[..., None]
    if re.search(r"\bmars\b", name):
        low, high, cloud = rgb("#8a4a30"), rgb("#d88c5c"), cloud * 0.12
    elif re.search(r"\bmoon\b|lunar", name):
        low, high, cloud = rgb("#6a6a70"), rgb("#b8b8bc"), cloud * 0.0
    else:
        low, high = rgb("#17487e"), rgb("#7a8a58")
    shore = np.clip(land * 3 + 0.2, 0, 1)[..., None]
    tone = np.array(low, np.float32) * (1 - shore) + np.array(high, np.float32) * shore
    tone = tone * (1 + 0.22 * np.clip(land, -1, 1)[..., None])
    tone = tone * (1 - cloud) + np.array((246, 248, 252), np.float32) * cloud
    level = 0.45 - 0.62 * mood.lamps
    day = np.clip((0.54 * nx - 0.46 * ny + 0.60 * nz) * 1.7 + level, 0, 1)[..., None]
    tone = tone * (0.035 + 1.0 * day) + np.array((80, 150, 255), np.float32) * (
        np.clip(r2 - 0.72, 0, 1)[..., None] * 2.6 * day
    )
    halo = radial(PLANET, radius * 1.14, [((90, 160, 255), 0.0), ((110, 176, 255), 0.60), ((90, 160, 255), 0.0)],
                  [0.84, 0.882, 1])  # fmt: skip
    canvas.save()
    canvas.clipRect(skia.Rect.MakeLTRB(LEFT, -900, RIGHT, LOW))
    canvas.drawCircle(cx + 9, cy - 7, radius * 1.14, fill(shader=halo))
    canvas.restore()
    cover: Any = cv2.GaussianBlur((r2 < 0.997).astype(np.float32), (0, 0), 0.7)
    textures.lay(canvas, tone, cover, box)


def _station(canvas: Any, mood: Mood) -> None:
    """A truss with panels far off, bright on the sun's side."""
    steel, dark = (196, 202, 214), (44, 50, 66)
    canvas.save()
    canvas.translate(330, 300)
    canvas.rotate(-14)
    canvas.drawRect(skia.Rect.MakeLTRB(-250, -7, 250, 7), fill(mix(dark, steel, 0.45)))
    for x in (-240.0, -170.0, 110.0, 180.0):
        for top, bottom in ((-150.0, -14.0), (14.0, 150.0)):
            panel = skia.Rect.MakeLTRB(x, top, x + 58, bottom)
            canvas.drawRect(
                panel, fill(shader=linear((x, top), (x + 58, bottom), [((24, 40, 92), 1), ((70, 98, 170), 1)]))
            )
            canvas.drawRect(panel, stroke((170, 180, 205), 1.6, 0.8))
            for k in range(1, 6):
                bar = top + (bottom - top) * k / 6
                canvas.drawLine(x, bar, x + 58, bar, stroke((150, 164, 200), 0.8, 0.6))
    body = linear((0, -36), (0, 36), [(steel, 1), (mix(dark, steel, 0.5), 1), (dark, 1)])
    canvas.drawRRect(skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(-96, -36, 70, 36), 18, 18), fill(shader=body))
    for x in (-70.0, -36.0, -2.0, 32.0):
        canvas.drawCircle(x, 2, 7, fill(mix((255, 226, 160), (120, 150, 190), 1 - mood.lamps)))
    canvas.drawCircle(84, -30, 4, fill((255, 60, 50)))
    canvas.restore()


def _hull(canvas: Any, mood: Mood, rng: np.random.Generator) -> None:
    """Plates of the station's skin toward the viewer, a rail, lights."""
    level = 1.25 - 0.45 * mood.lamps
    plate, dark = (122 * level, 130 * level, 144 * level), (24 * level, 28 * level, 40 * level)
    edge = [(LEFT, 770.0), (200.0, 742.0), (800.0, 730.0), (1400.0, 742.0), (RIGHT, 770.0)]
    whole = poly([*edge, (RIGHT, LOW), (LEFT, LOW)])
    canvas.drawPath(
        whole, fill(shader=linear((400, 740), (1500, 900), [(dark, 1), (mix(dark, plate, 0.7), 1), (plate, 1)]))
    )
    for k in range(-26, 28):
        canvas.drawLine(800 + k * 62, 730 + abs(k) * 0.9, 800 + k * 230, LOW / 1.6, stroke((10, 12, 18), 2.4, 0.6))
    for y in (748.0, 778.0, 822.0, 884.0):
        canvas.drawLine(LEFT, y + 26, 800, y, stroke((10, 12, 18), 2.2, 0.55))
        canvas.drawLine(800, y, RIGHT, y + 26, stroke((214, 222, 236), 1.5, 0.35))
    for _ in range(46):
        x, y = float(rng.uniform(-200, 1800)), float(rng.uniform(760, 900))
        canvas.drawRect(skia.Rect.MakeLTRB(x, y, x + 40, y + 9), fill(mix(dark, plate, float(rng.random())), 0.55))
    canvas.drawPath(poly(edge, close=False), stroke((226, 236, 252), 3, 0.75))
    for x in (90.0, 470.0, 1130.0, 1510.0):
        canvas.drawLine(x, 752, x, 690, stroke((150, 158, 172), 7))
        blob(canvas, (x, 690), (6, 6), (255, 96, 70), 1.0, blur=1)
        blob(canvas, (x, 690), (34, 30), (255, 80, 60), 0.5 * mood.lamps + 0.1, blur=12)
