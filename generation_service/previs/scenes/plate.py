"""A painted place as pixels: the plate behind the people, focus, vignette, and what falls through the air."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import skia
from numpy.typing import NDArray

from generation_service.contract.shots import Place
from generation_service.previs.brush import Image, fill, linear, pixels, prepared, stroke, surface
from generation_service.previs.scenes.indoors import INDOORS
from generation_service.previs.scenes.light import Mood, mood_of
from generation_service.previs.scenes.nature import H, W
from generation_service.previs.scenes.outdoors import OUTDOORS

MARGIN = 1.18
HALF_FROM = 4.5
GRAIN_ROAM = 256
FALL_TILE = 1024


@dataclass(frozen=True)
class Plate:
    """``picture`` RGB (prepared for I420), ``MARGIN`` times the frame in each direction, stored at 1 / ``step`` of that
    size where it is so far out of focus that nothing is lost; ``mood`` lights the people in it.
    """

    picture: Image
    mood: Mood
    step: int


@lru_cache(maxsize=16)
def paint_plate(place: Place, width: int, height: int, focus: float) -> Plate:
    """Paint a place for a frame of ``width`` x ``height``. ``focus`` is the blur disc's radius in frame heights."""
    mood = mood_of(place)
    wide, tall = round(width * MARGIN), round(height * MARGIN)
    made = surface(wide, tall)
    canvas = made.getCanvas()
    scale = max(wide / W, tall / H)
    canvas.translate((wide - W * scale) / 2, (tall - H * scale) / 2)
    canvas.scale(scale, scale)
    rng = np.random.default_rng(place.seed)
    painter = (INDOORS if place.interior else OUTDOORS).get(place.kind) or (
        INDOORS["room"] if place.interior else OUTDOORS["street"]
    )
    painter(canvas, place, mood, rng)
    if not place.interior:
        air = [(mood.air, 0.0), (mood.air, 0.30 * mood.haze), (mood.air, 0.05 * mood.haze)]
        canvas.drawRect(skia.Rect.MakeLTRB(0, 0, W, H), fill(shader=linear((0, 120), (0, H), air, [0.0, 0.5, 1.0])))
    picture = _print(pixels(made)[..., :3], mood)
    radius = focus * height
    picture = lens_blur(picture, radius)
    picture = prepared(picture)
    if radius >= HALF_FROM:
        picture = np.asarray(cv2.resize(picture, (wide // 2, tall // 2), interpolation=cv2.INTER_AREA), np.uint8)
    picture.setflags(write=False)
    return Plate(picture, mood, 2 if radius >= HALF_FROM else 1)


def _print(picture: Image, mood: Mood) -> Image:
    """A paper texture and a soft glow, so that clean vectors read as a painted picture."""
    rng = np.random.default_rng(3)
    height, width = picture.shape[:2]
    noise: Any = sum(
        share
        * cv2.resize(
            rng.standard_normal((height // k, width // k), np.float32), (width, height), interpolation=cv2.INTER_CUBIC
        )
        for k, share in ((3, 1.0), (12, 0.7))
    )
    glow = cv2.GaussianBlur(picture, (0, 0), height / 60).astype(np.float32)
    tone: Any = picture.astype(np.float32)
    tone = tone + (0.22 + 0.2 * mood.lamps) * np.maximum(glow - 120, 0) * (1 - tone / 255)
    return np.asarray(np.clip(tone * (1 + 0.009 * noise[..., None]), 0, 255), np.uint8)


def lens_blur(picture: Image, radius: float) -> Image:
    """Out of focus like a lens: a disc in linear light, so that lamps open into bright discs. ``radius`` in pixels."""
    if radius < 0.6:
        return picture
    reach = int(np.ceil(radius))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    kernel = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1).astype(np.float32)
    light = (picture.astype(np.float32) / 255) ** 2.2
    light *= 1 + 4.0 * np.clip(light.max(axis=2, keepdims=True) - 0.72, 0, 1)
    soft = cv2.filter2D(light, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REFLECT)
    return (np.clip(soft, 0, 1) ** (1 / 2.2) * 255 + 0.5).astype(np.uint8)


@lru_cache(maxsize=4)
def vignette(width: int, height: int) -> NDArray[np.uint8]:
    """Light fall-off towards the corners: 255 in the middle, about 205 in the corners."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    d2 = ((x - width / 2) / (width / 2)) ** 2 + ((y - height / 2) / (height / 2)) ** 2
    fall = 1 - 0.20 * np.clip(d2 / 2, 0, 1) ** 1.25
    return np.ascontiguousarray((255 * fall).astype(np.uint8))


@lru_cache(maxsize=2)
def grain(width: int, height: int) -> NDArray[np.int8]:
    """Film grain, about 2 code values of spread; ``GRAIN_ROAM`` pixels larger than the frame, to be read at a new place
    in each frame.
    """
    rng = np.random.default_rng(5)
    noise = rng.standard_normal((height + GRAIN_ROAM, width + GRAIN_ROAM), dtype=np.float32)
    soft = cv2.GaussianBlur(noise, (0, 0), 0.8, borderType=cv2.BORDER_REFLECT)
    return np.ascontiguousarray(np.clip(soft / soft.std() * 2.0, -9, 9).astype(np.int8))


@dataclass(frozen=True)
class Fall:
    """Weather in front of everything: light that repeats every ``FALL_TILE`` pixels, unrolled to be read from any
    offset below that, and its speeds (pixels a second, near and far layer). ``sheet`` is empty where nothing falls.
    """

    sheet: NDArray[np.uint8]
    near: tuple[float, float]
    far: tuple[float, float]


@lru_cache(maxsize=4)
def weather(kind: str, width: int, height: int) -> Fall:
    """Rain or snow for a frame of that size; nothing for other weather."""
    if kind not in {"rain", "snow"}:
        return Fall(np.zeros((0, 0), np.uint8), (0, 0), (0, 0))
    size, unit = FALL_TILE, height / 720
    made = surface(size, size)
    canvas = made.getCanvas()
    rng = np.random.default_rng(23)
    (_rain if kind == "rain" else _snow)(canvas, rng, size, unit)
    tile = np.ascontiguousarray(pixels(made)[..., 3])
    speeds = ((-60, 1350), (-40, 950)) if kind == "rain" else ((26, 88), (-14, 56))
    (nx, ny), (fx, fy) = speeds
    sheet = np.pad(tile, ((0, height + 2), (0, width + 2)), mode="wrap")
    return Fall(np.ascontiguousarray(sheet), (nx * unit, ny * unit), (fx * unit, fy * unit))


def _tiled(size: int, at: tuple[float, float]) -> list[tuple[float, float]]:
    return [(at[0] + dx, at[1] + dy) for dx in (-size, 0, size) for dy in (-size, 0, size)]


def _rain(canvas: Any, rng: np.random.Generator, size: int, unit: float) -> None:
    for _ in range(300):
        at, long = (float(rng.uniform(0, size)), float(rng.uniform(0, size))), float(rng.uniform(26, 80)) * unit
        paint = stroke((255, 255, 255), float(rng.uniform(0.8, 1.9)) * unit, float(rng.uniform(0.06, 0.24)), blur=0.6)
        for x, y in _tiled(size, at):
            canvas.drawLine(x, y, x - long * 0.045, y + long, paint)


def _snow(canvas: Any, rng: np.random.Generator, size: int, unit: float) -> None:
    for _ in range(330):
        at, radius = (float(rng.uniform(0, size)), float(rng.uniform(0, size))), float(rng.gamma(2.0, 1.1) + 0.9) * unit
        paint = fill(
            (255, 255, 255), float(rng.uniform(0.3, 0.85)) / (1 + radius / (5 * unit)), blur=max(0.6, radius * 0.45)
        )
        for x, y in _tiled(size, at):
            canvas.drawCircle(x, y, radius, paint)
