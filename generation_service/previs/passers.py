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
from generation_service.previs.cast.looks import LOOKS, Look
from generation_service.previs.figure import GROUND, lit
from generation_service.previs.people import look_from_afar, seen_from_behind
from generation_service.previs.scenes.light import Mood

PHASES, TALL = 16, 320
# How many passers-by a set has, and where the furthest of them walks, in frame heights.
STRANGERS = {"street": (4, 0.69), "park": (3, 0.66), "rooftop": (0, 0.0), "desert": (1, 0.74)}


@dataclass(frozen=True)
class _Walker:
    sprites: tuple[Image, ...]
    start: float
    speed: float
    foot: float
    tall: float
    phase: float


class Passers:
    """Small people of a wide shot: subjects from behind, passers-by where the set has room for them, and in the widest
    shots the characters themselves as walkers. In closer shots there are none. Deterministic by seed.
    """

    def __init__(self, shot: Shot, frame: tuple[int, int], mood: Mood, seed: int, faces: dict[str, Image]) -> None:
        self._frame, self._fps = frame, shot.fps
        self._walkers: list[_Walker] = []
        if shot.size in {"WS", "EWS"}:
            rng = np.random.default_rng(seed)
            found = [*self._strangers(shot, mood, rng), *self._characters(shot, mood, faces)]
            self._walkers = sorted(found, key=lambda walker: walker.foot)

    def _strangers(self, shot: Shot, mood: Mood, rng: np.random.Generator) -> list[_Walker]:
        width, height = self._frame
        share, ground = STRANGERS.get(shot.place.kind, (0, 0.0)) if not shot.place.interior else (0, 0.0)
        found = []
        for k in range(share):
            look = LOOKS[int(rng.integers(len(LOOKS)))]
            tall = height * (0.34 if shot.size == "WS" else 0.17) * float(rng.uniform(0.30, 0.55))
            way = 1 if rng.random() < 0.5 else -1
            start, phase = float(rng.uniform(0.05, 0.95)) * width, float(rng.random())
            sprites = _sprites(look, mood, way)
            found.append(_Walker(sprites, start, way * tall * 0.55, height * (ground + 0.012 * k), tall, phase))
        return found

    def _characters(self, shot: Shot, mood: Mood, faces: dict[str, Image]) -> list[_Walker]:
        width, height = self._frame
        found = []
        for k, character in enumerate(shot.characters[:3]):
            foot = height * GROUND.get(shot.place.kind, 0.97)
            if shot.size == "WS" and character.face is not None:
                tall = height * (0.74 if shot.place.interior else 0.49)
                picture = _standing(seen_from_behind(character, faces), mood, round(tall))
                found.append(_Walker((picture,), width * (0.34 + 0.12 * k), 0.0, foot, tall, 0.0))
            elif shot.size == "EWS":
                look = look_from_afar(character, faces)
                way = 1 if (zlib.crc32(character.name.encode()) & 1) else -1
                start, tall = width * (0.40 + 0.14 * k - way * 0.06), height * 0.17
                found.append(
                    _Walker(_sprites(look, mood, way), start, way * tall * 0.36, foot - 0.04 * height, tall, 0.37 * k)
                )
        return found

    def draw(self, below: Image, index: int, view: tuple[float, float, float]) -> None:
        """Lay all walkers over ``below`` as of frame ``index``."""
        zoom, dx, dy = view
        width, height = self._frame
        for walker in self._walkers:
            t = index / self._fps
            x = width / 2 + (walker.start + walker.speed * t - width / 2) * zoom + dx
            y = height / 2 + (walker.foot - height / 2) * zoom + dy
            stride = abs(walker.speed) * t / (walker.tall * 0.78) + walker.phase
            sprite = walker.sprites[int(stride * PHASES) % len(walker.sprites)]
            self._lay(
                below, sprite, x, y, walker.tall * zoom / (TALL if len(walker.sprites) > 1 else sprite.shape[0] - 20)
            )

    @staticmethod
    def _lay(below: Image, sprite: Image, x: float, y: float, scale: float) -> None:
        left, top = x - sprite.shape[1] / 2 * scale, y - (sprite.shape[0] - 20) * scale
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


def _standing(picture: Image, mood: Mood, tall: int) -> Image:
    """A whole figure scaled to ``tall`` pixels and lit by the place, with 20 empty rows below the feet."""
    size = (max(2, round(picture.shape[1] * tall / picture.shape[0])), tall)
    small = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    return prepared(np.pad(lit(small, mood, tall * 0.12), ((0, 20), (0, 0), (0, 0))))


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
