"""Small figures in wide shots: the shot's own characters at a distance and a few passers-by, walking."""

import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np

from generation_service.contract.shots import Shot
from generation_service.previs import kernels
from generation_service.previs.brush import (
    Colour,
    Image,
    blob,
    fill,
    mix,
    oval,
    pixels,
    poly,
    prepared,
    smooth,
    stroke,
    surface,
    times,
)
from generation_service.previs.cast.looks import LOOKS, Look, look_of
from generation_service.previs.people import stock_for
from generation_service.previs.scenes.light import Mood

PHASES, TALL = 16, 320
GROUND = {
    "street": 0.80,
    "rooftop": 0.90,
    "park": 0.80,
    "forest": 0.86,
    "beach": 0.93,
    "mountain": 0.93,
    "desert": 0.86,
}


@dataclass(frozen=True)
class _Walker:
    sprites: tuple[Image, ...]
    start: float
    speed: float
    foot: float
    tall: float
    phase: float


class Passers:
    """Walkers of one wide shot; in closer shots there are none. Deterministic by seed."""

    def __init__(self, shot: Shot, frame: tuple[int, int], mood: Mood, seed: int) -> None:
        self._frame, self._fps = frame, shot.fps
        self._walkers = self._people(shot, mood, np.random.default_rng(seed)) if shot.size in {"WS", "EWS"} else []

    def _people(self, shot: Shot, mood: Mood, rng: np.random.Generator) -> list[_Walker]:
        width, height = self._frame
        big = 0.34 if shot.size == "WS" else 0.17
        ground = GROUND.get(shot.place.kind, 0.93)
        found = []
        strangers = 0 if shot.place.interior else (4 if shot.place.kind == "street" else 2)
        for k in range(strangers):
            look = LOOKS[int(rng.integers(len(LOOKS)))]
            tall = height * big * float(rng.uniform(0.30, 0.55))
            way = 1 if rng.random() < 0.5 else -1
            foot = height * (ground - 0.13 + 0.04 * k / 3)
            found.append(
                _Walker(
                    _sprites(look, mood, way),
                    float(rng.uniform(0.05, 0.95)) * width,
                    way * tall * 0.55,
                    foot,
                    tall,
                    float(rng.random()),
                )
            )
        for k, character in enumerate(shot.characters[:3]):
            look = look_of(character.stock or stock_for(character.name)) or LOOKS[0]
            way = 1 if (zlib.crc32(character.name.encode()) & 1) else -1
            start = width * (0.40 + 0.14 * k) - way * width * 0.06
            found.append(
                _Walker(
                    _sprites(look, mood, way), start, way * height * big * 0.36, height * ground, height * big, 0.37 * k
                )
            )
        return sorted(found, key=lambda walker: walker.foot)

    def draw(self, below: Image, index: int, view: tuple[float, float, float]) -> None:
        """Lay all walkers over ``below`` as of frame ``index``."""
        zoom, dx, dy = view
        width, height = self._frame
        for walker in self._walkers:
            t = index / self._fps
            x = width / 2 + (walker.start + walker.speed * t - width / 2) * zoom + dx
            y = height / 2 + (walker.foot - height / 2) * zoom + dy
            stride = abs(walker.speed) * t / (walker.tall * 0.78) + walker.phase
            self._lay(below, walker.sprites[int(stride * PHASES) % PHASES], x, y, walker.tall * zoom / TALL)

    @staticmethod
    def _lay(below: Image, sprite: Image, x: float, y: float, scale: float) -> None:
        left, top = x - sprite.shape[1] / 2 * scale, y - (TALL + 20) * scale
        x0, y0 = int(np.floor(left)), int(np.floor(top))
        size = (int(sprite.shape[1] * scale) + 3, int(sprite.shape[0] * scale) + 3)
        step = np.array([[scale, 0, left - x0], [0, scale, top - y0]])
        placed = np.asarray(
            cv2.warpAffine(sprite, step, size, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_CONSTANT), np.uint8
        )
        a, b = max(0, -x0), max(0, -y0)
        c, d = min(size[0], below.shape[1] - x0), min(size[1], below.shape[0] - y0)
        if a < c and b < d:
            kernels.lay_over(below, np.ascontiguousarray(placed[b:d, a:c]), x0 + a, y0 + b)


@lru_cache(maxsize=40)
def _sprites(look: Look, mood: Mood, way: int) -> tuple[Image, ...]:
    """One step cycle of 16 pictures, 360 x 220, feet at y = 340, walking to the right for ``way`` 1."""
    return tuple(_walk(look, mood, k / PHASES, way) for k in range(PHASES))


def _walk(look: Look, mood: Mood, phase: float, way: int) -> Image:
    made = surface(220, TALL + 40)
    canvas = made.getCanvas()
    canvas.translate(110, 20)
    canvas.scale(way, 1)
    light: Colour = times(mood.ambient, (mood.exposure * 255,) * 3)
    coat, skin, hair = times(look.cloth, light), times(look.skin, light), times(look.hair, light)
    cloth = times(mix(look.cloth, (40, 42, 52), 0.7), light)
    swing = np.sin(2 * np.pi * phase)
    bob = 3.0 * np.cos(4 * np.pi * phase)
    blob(canvas, (0, TALL - 2), (62, 7), (0, 0, 8), 0.38, blur=6)
    _limb(canvas, (0, 168 + bob), -swing, mix(cloth, (0, 0, 0), 0.35), leg=True)
    _limb(canvas, (2, 82 + bob), swing, mix(coat, (0, 0, 0), 0.35), leg=False)
    _limb(canvas, (0, 168 + bob), swing, cloth, leg=True)
    body = smooth(
        [
            (-24, 70 + bob),
            (0, 62 + bob),
            (25, 70 + bob),
            (30, 120 + bob),
            (32, 206 + bob),
            (-30, 206 + bob),
            (-28, 120 + bob),
        ]
    )
    canvas.drawPath(body, fill(coat))
    canvas.save()
    canvas.clipPath(body, True)
    blob(canvas, (-28, 130 + bob), (20, 80), (0, 0, 0), 0.30, blur=12)
    blob(canvas, (24, 110 + bob), (9, 60), mood.rim, 0.35, blur=6)
    canvas.restore()
    _limb(canvas, (-2, 82 + bob), -swing, mix(coat, mood.rim, 0.08), leg=False)
    canvas.drawRect(_box(-7, 46 + bob, 9, 70 + bob), fill(times(skin, (190, 170, 170))))
    canvas.drawOval(oval(2, 32 + bob, 19, 23), fill(skin))
    cap = smooth(
        [(-20, 40 + bob), (-21, 14 + bob), (-2, 2 + bob), (18, 12 + bob), (20, 24 + bob), (2, 20 + bob), (-8, 34 + bob)]
    )
    if look.style != "bald":
        canvas.drawPath(cap, fill(hair))
    if look.style in {"long", "bob", "scarf"}:
        canvas.drawPath(
            smooth([(-20, 18 + bob), (-6, 20 + bob), (-10, 66 + bob), (-26, 70 + bob), (-26, 40 + bob)]), fill(hair)
        )
    return prepared(pixels(made))


def _limb(canvas: Any, top: tuple[float, float], swing: float, tone: Colour, *, leg: bool) -> None:
    """A leg or an arm with its joint; ``swing`` -1 back .. 1 forward."""
    x, y = top
    upper, lower = (72.0, 76.0) if leg else (50.0, 44.0)
    a = swing * (0.46 if leg else 0.40)
    b = a - (0.62 * max(0.0, 0.25 - swing * 0.7) if leg else -0.35)
    knee = (x + upper * np.sin(a), y + upper * np.cos(a))
    foot = (knee[0] + lower * np.sin(b), min(knee[1] + lower * np.cos(b), TALL - 4.0))
    wide = 25 if leg else 16
    canvas.drawPath(poly([(x, y), knee, foot], close=False), stroke(tone, wide))
    if leg:
        canvas.drawPath(
            poly([(foot[0] - 5, foot[1]), (foot[0] + 16, foot[1] + 2)], close=False),
            stroke(mix(tone, (16, 12, 12), 0.6), 15),
        )
    else:
        canvas.drawCircle(float(foot[0]), float(foot[1]), 8, fill(mix(tone, (200, 150, 120), 0.75)))


def _box(left: float, top: float, right: float, bottom: float) -> Any:
    return oval((left + right) / 2, (top + bottom) / 2, (right - left) / 2, (bottom - top) / 2)
