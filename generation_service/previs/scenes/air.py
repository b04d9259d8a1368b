"""What is in the air: rain, snow and leaves before the camera, banks of fog, the flash of a storm, grain, vignette."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generation_service.contract.shots import Shot
from generation_service.previs.brush import fill, pixels, poly, stroke, surface

GRAIN_ROAM = 256
FALL_TILE = 1024


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
    """Rain, storm or snow for a frame of that size; nothing for other weather."""
    if kind not in {"rain", "snow", "storm"}:
        return Fall(np.zeros((0, 0), np.uint8), (0, 0), (0, 0))
    size, unit = FALL_TILE, min(width, height) / 720
    made = surface(size, size)
    canvas = made.getCanvas()
    rng = np.random.default_rng(23)
    if kind == "snow":
        _snow(canvas, rng, size, unit)
    else:
        _rain(canvas, rng, size, unit, slant=0.045 if kind == "rain" else 0.20, count=300 if kind == "rain" else 430)
    tile = np.ascontiguousarray(pixels(made)[..., 3])
    speeds = {
        "rain": ((-60, 1350), (-40, 950)), "storm": ((-310, 1560), (-220, 1120)), "snow": ((26, 88), (-14, 56)),
    }[kind]  # fmt: skip
    (nx, ny), (fx, fy) = speeds
    sheet = np.pad(tile, ((0, height + 2), (0, width + 2)), mode="wrap")
    return Fall(np.ascontiguousarray(sheet), (nx * unit, ny * unit), (fx * unit, fy * unit))


def _tiled(size: int, at: tuple[float, float]) -> list[tuple[float, float]]:
    return [(at[0] + dx, at[1] + dy) for dx in (-size, 0, size) for dy in (-size, 0, size)]


def _rain(canvas: Any, rng: np.random.Generator, size: int, unit: float, *, slant: float, count: int) -> None:
    for _ in range(count):
        at, long = (float(rng.uniform(0, size)), float(rng.uniform(0, size))), float(rng.uniform(26, 80)) * unit
        paint = stroke((255, 255, 255), float(rng.uniform(0.8, 1.9)) * unit, float(rng.uniform(0.06, 0.24)), blur=0.6)
        for x, y in _tiled(size, at):
            canvas.drawLine(x, y, x - long * slant, y + long, paint)


def _snow(canvas: Any, rng: np.random.Generator, size: int, unit: float) -> None:
    for _ in range(330):
        at, radius = (float(rng.uniform(0, size)), float(rng.uniform(0, size))), float(rng.gamma(2.0, 1.1) + 0.9) * unit
        paint = fill(
            (255, 255, 255), float(rng.uniform(0.3, 0.85)) / (1 + radius / (5 * unit)), blur=max(0.6, radius * 0.45)
        )
        for x, y in _tiled(size, at):
            canvas.drawCircle(x, y, radius, paint)


@lru_cache(maxsize=4)
def fog_sheet(width: int, height: int) -> NDArray[np.float32]:
    """Coverage 0..1 of a bank of fog that repeats sideways: soft noise of several sizes, thicker in its middle."""
    rng, total = np.random.default_rng(17), np.zeros((height, width), np.float32)
    for size, share in ((width // 3, 0.5), (width // 7, 0.3), (width // 16, 0.2)):
        cells = max(2, width // max(1, size))
        rough = rng.random((max(2, cells // 2), cells), dtype=np.float32)
        wide: Any = cv2.resize(np.tile(rough, (1, 3)), (width * 3, height), interpolation=cv2.INTER_CUBIC)
        total += share * wide[:, width : 2 * width]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    cover: NDArray[np.float32] = np.clip((total - 0.25) * 1.6, 0, 1) * (1 - y * y) ** 1.5
    return cover


APART = 0.8  # seconds between flashes at least: well below three in a second


def flashes_of(shot: Shot, seed: int) -> tuple[float, ...]:
    """When lightning strikes in a shot under the open sky: shortly before each thunder that it is told to have, else,
    in a storm, at times of its own. Never less than ``APART`` seconds after one another.
    """
    if shot.place.interior:
        return ()
    told = [max(0.35, one.at_s - 0.25) for one in shot.effects if one.name == "thunder"]
    if not told and shot.place.weather == "storm":
        return flash_times(seed, shot.seconds)
    found: list[float] = []
    for time in sorted(told):
        if time < shot.seconds - 0.3 and (not found or time - found[-1] >= APART):
            found.append(time)
    return tuple(found)


def flash_times(seed: int, seconds: float) -> tuple[float, ...]:
    """When lightning strikes in a shot of a storm: the first within two seconds, then every three to seven. Never in
    the first or last half second, so that no flash is taken for a cut.
    """
    rng = np.random.default_rng(seed & 0xFFFFFFFF)
    clock, found = float(rng.uniform(0.7, 1.8)), []
    while clock < seconds - 0.5:
        found.append(clock)
        clock += float(rng.uniform(3.0, 7.0))
    return tuple(found)


def flash_at(times: tuple[float, ...], t: float) -> float:
    """Strength 0..1 of the flash at ``t`` seconds: a quick rise, a flicker, a slow fall."""
    strength = 0.0
    for time in times:
        since = t - time
        if -0.09 < since < 0.6:
            rise = min(1.0, (since + 0.09) / 0.10)
            fall = float(np.exp(-max(0.0, since - 0.02) / 0.14))
            strength = max(strength, rise * fall * (0.78 + 0.22 * float(np.cos(since * 46))))
    return strength


@lru_cache(maxsize=4)
def bolt(tall: int, seed: int) -> NDArray[np.uint8]:
    """A branching stroke of lightning as light on black, (tall, tall * 3 / 5, 3): a bright core in a violet glow."""
    wide = tall * 3 // 5
    made, glow = surface(wide, tall), surface(wide, tall)
    rng = np.random.default_rng(seed & 0xFFFFFFFF)
    todo = [((wide * 0.5, -4.0), 0.0, tall * 1.0, tall / 130)]
    while todo:
        (x, y), lean, end, thick = todo.pop()
        line = [(x, y)]
        while y < end and thick > 0.35:
            x += float(rng.normal(lean, 0.9)) * tall * 0.022
            y += float(rng.uniform(0.4, 1.0)) * tall * 0.028
            line.append((x, y))
            if rng.random() < 0.13 and thick > tall / 420:
                turn = float(rng.choice((-1.0, 1.0))) * float(rng.uniform(0.6, 1.3))
                todo.append(((x, y), turn, y + tall * float(rng.uniform(0.12, 0.35)), thick * 0.48))
        path = poly(line, close=False)
        glow.getCanvas().drawPath(path, stroke((130, 120, 255), thick * 7, 0.55, blur=thick * 4))
        made.getCanvas().drawPath(path, stroke((236, 238, 255), max(1.0, thick), 1.0, blur=max(0.4, thick * 0.22)))
    light = np.zeros((tall, wide, 3), np.float32)
    for one in (glow, made):
        rgba = pixels(one).astype(np.float32)
        light += rgba[..., :3] * rgba[..., 3:] / 255
    return np.ascontiguousarray(np.clip(light, 0, 255).astype(np.uint8))
