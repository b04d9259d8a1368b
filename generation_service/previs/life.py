"""What lives in a place and is drawn anew for each frame: fire, steam, traffic, birds, leaves in the wind, splashes."""

import re
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import skia
from numpy.typing import NDArray

from generation_service.contract.shots import Place, Shot
from generation_service.previs import inks
from generation_service.previs.brush import Colour, Image, fill, mix, oval, smooth, stroke
from generation_service.previs.camera import through
from generation_service.previs.passers import lay_sprite
from generation_service.previs.scenes.layers import Spot
from generation_service.previs.scenes.light import leaves, snowy
from generation_service.previs.scenes.plate import Plate
from generation_service.previs.standing import HORIZON, floor_of

BIRDS, LEAVES_FALLING, SPLASHES, CARS = 6, 26, 70, 7
FLAMES, PUFFS = 16, 5


class Lively:
    """Base of the items here: a seed of their own, the frame's size, the plate's geometry."""

    still = False

    def __init__(self, shot: Shot, plate: Plate, frame: tuple[int, int], seed: int, depth: float) -> None:
        self.depth, self._shot, self._plate, self._frame = depth, shot, plate, frame
        self._rng = np.random.default_rng(seed & 0xFFFFFFFF)
        self._fps = shot.fps

    def _seen(
        self, below: Image, at: tuple[float, float], view: tuple[float, float, float]
    ) -> tuple[float, float, float]:
        """A pixel of the frame as the camera shows it in ``below``, and how much larger things are there."""
        zoom, dx, dy = view
        width, height = self._frame
        factor = below.shape[0] / height
        x, y = width / 2 + (at[0] - width / 2) * zoom + dx, height / 2 + (at[1] - height / 2) * zoom + dy
        return x * factor, y * factor, zoom * factor


class Fire(Lively):
    """A fire with its flickering glow."""

    def __init__(self, shot: Shot, plate: Plate, frame: tuple[int, int], seed: int, spot: Spot) -> None:
        super().__init__(shot, plate, frame, seed, spot.depth)
        x, y, scale = through(plate.to_frame, *spot.at)
        self._at, self._tall = (x, y), max(8, round(spot.tall * scale))

    def draw(self, below: Image, index: int, view: tuple[float, float, float]) -> None:
        """Flames and glow, as added light."""
        x, y, grow = self._seen(below, self._at, view)
        tall = max(6, round(self._tall * grow / 4) * 4)
        t = index / self._fps
        flicker = 0.80 + 0.12 * np.sin(t * 11.3) + 0.08 * np.sin(t * 23.7 + 1.0)
        glow = glow_of(round(tall * 2.6), (255, 150, 64))
        inks.add_light(
            below, glow, int(x - glow.shape[1] / 2), int(y - tall * 0.4 - glow.shape[0] / 2), int(150 * flicker)
        )
        flame = flames(tall)[int(t * 14) % FLAMES]
        inks.add_light(below, flame, int(x - flame.shape[1] / 2), int(y - flame.shape[0] * 0.96), 256)


class Steam(Lively):
    """Steam that rises and thins."""

    def __init__(self, shot: Shot, plate: Plate, frame: tuple[int, int], seed: int, spot: Spot) -> None:
        super().__init__(shot, plate, frame, seed, spot.depth)
        x, y, scale = through(plate.to_frame, *spot.at)
        self._at, self._tall = (x, y), spot.tall * scale

    def draw(self, below: Image, index: int, view: tuple[float, float, float]) -> None:
        """Puffs of light."""
        x, y, grow = self._seen(below, self._at, view)
        t, tall = index / self._fps, self._tall * grow
        for k in range(PUFFS):
            age = (t * 0.42 + k / PUFFS) % 1.0
            size = max(4, round(tall * (0.22 + 0.5 * age) / 2) * 2)
            puff = glow_of(size, (232, 236, 240))
            drift = 0.16 * tall * np.sin(2.1 * t + 1.9 * k) * age
            share = int(120 * np.sin(np.pi * min(1.0, age * 1.05)) * (1 - 0.6 * age))
            inks.add_light(below, puff, int(x + drift - size / 2), int(y - tall * age - size / 2), max(0, share))


class Traffic(Lively):
    """Lights of cars on a street that runs to the vanishing point ``at``; ``tall`` is how far the road comes down."""

    def __init__(self, shot: Shot, plate: Plate, frame: tuple[int, int], seed: int, spot: Spot) -> None:
        super().__init__(shot, plate, frame, seed, spot.depth)
        self._spot = spot
        self._cars = [(float(self._rng.random()), float(self._rng.uniform(0.10, 0.16)), k % 2) for k in range(CARS)]

    def draw(self, below: Image, index: int, view: tuple[float, float, float]) -> None:
        """White lights come on the left, red ones leave on the right."""
        t = index / self._fps
        vx, vy = self._spot.at
        for start, speed, away in self._cars:
            far = (start + speed * t) % 1.0
            near = (1 - far if away else far) ** 2.4 * 0.62 + 0.012
            lane = 1 if away else -1
            x0, y0, scale = through(self._plate.to_frame, vx + lane * 300 * near, vy + self._spot.tall * near * 0.94)
            x, y, grow = self._seen(below, (x0, y0), view)
            size = max(3, round(scale * grow * 150 * near / 2) * 2)
            light = glow_of(size, (255, 60, 44) if away else (255, 238, 206))
            gap = scale * grow * 62 * near
            fade = min(1.0, far * 6, (1 - far) * 6)
            for side in (-1, 1):
                inks.add_light(below, light, int(x + side * gap - size / 2), int(y - size / 2), int(250 * fade))
                if snowy(self._shot.place) or self._shot.place.weather in {"rain", "storm"}:
                    inks.add_light(below, light, int(x + side * gap - size / 2), int(y + size * 0.4), int(90 * fade))


class Birds(Lively):
    """A few birds far off."""

    def __init__(self, shot: Shot, plate: Plate, frame: tuple[int, int], seed: int, tone: Colour) -> None:
        super().__init__(shot, plate, frame, seed, 0.95)
        r = self._rng
        self._birds = [
            (float(r.random()), float(r.uniform(0.08, 0.34)), float(r.random()), float(r.uniform(0.012, 0.022)))
            for _ in range(BIRDS)
        ]
        self._tone = tone

    def draw(self, below: Image, index: int, view: tuple[float, float, float]) -> None:
        """Wings up and down."""
        t = index / self._fps
        width, height = self._frame
        for start, high, phase, size in self._birds:
            x = ((start + 0.030 * t) % 1.15 - 0.08) * width
            sx, sy, grow = self._seen(below, (x, (high + 0.006 * np.sin(t + 6 * phase)) * height), view)
            wings = bird(max(6, round(size * height * 1.4)), self._tone)[int(t * 9 + phase * 8) % 8]
            lay_sprite(below, wings, (sx, sy), grow)


class Leaves(Lively):
    """Leaves or petals that sail down before the camera."""

    def __init__(
        self, shot: Shot, plate: Plate, frame: tuple[int, int], seed: int, tones: tuple[Colour, Colour]
    ) -> None:
        super().__init__(shot, plate, frame, seed, -0.05)
        self._leaves = self._rng.random((LEAVES_FALLING, 5))
        size = 0.016 if shot.place.season == "autumn" else 0.010
        self._sprites = [
            leaf(max(4, round(size * frame[1] * (0.6 + 0.25 * k))), mix(*tones, 0.3 + 0.3 * k)) for k in range(3)
        ]

    def draw(self, below: Image, index: int, view: tuple[float, float, float]) -> None:
        """Each on its own path."""
        t = index / self._fps
        width, height = self._frame
        for n, (x, y, spin, speed, sway) in enumerate(self._leaves):
            down = (y + t * (0.05 + 0.07 * speed)) % 1.1 - 0.05
            across = (x + 0.035 * np.sin(t * (1 + sway) + 6 * spin) - t * 0.02) % 1.1 - 0.05
            at = self._seen(below, (across * width, down * height), view)
            turns = self._sprites[n % 3]
            lay_sprite(below, turns[int(t * (3 + 5 * spin) + 8 * spin) % 8], (at[0], at[1]), at[2])


class Splashes(Lively):
    """Rings where rain meets the ground."""

    def __init__(self, shot: Shot, plate: Plate, frame: tuple[int, int], seed: int) -> None:
        super().__init__(shot, plate, frame, seed, 0.01)
        floor, _ = floor_of(shot.place)
        near = self._rng.random(SPLASHES) ** 0.6
        self._spots = []
        for share, x, phase in zip(near, self._rng.random(SPLASHES), self._rng.random(SPLASHES), strict=True):
            y = HORIZON + 60 + (floor + 110 - HORIZON - 60) * float(share)
            px, py, scale = through(plate.to_frame, 1800 * float(x) - 100, y)
            self._spots.append((px, py, scale * (y - HORIZON) / 250, float(phase)))

    def draw(self, below: Image, index: int, view: tuple[float, float, float]) -> None:
        """A drop a third of a second."""
        t = index / self._fps
        for n, (x, y, scale, phase) in enumerate(self._spots):
            age = (t * 3.1 + phase) % 1.0
            jump = np.sin(12.9 * (n + np.floor(t * 3.1 + phase))) * 40 * scale
            at = self._seen(below, (x + jump, y), view)
            rings = splash(max(4, round(22 * scale * at[2] / 2) * 2))
            lay_sprite(below, rings[min(4, int(age * 5))], (at[0], at[1]), 1.0)


def life_of(shot: Shot, plate: Plate, frame: tuple[int, int], seed: int) -> list[Any]:
    """Everything that lives in a shot's place."""
    place = shot.place
    found: list[Any] = []
    makers: dict[str, Any] = {"fire": Fire, "steam": Steam, "traffic": Traffic}
    for k, spot in enumerate(plate.spots):
        if spot.kind in makers:
            found.append(makers[spot.kind](shot, plate, frame, seed + k, spot))
    if place.interior:
        return found
    wide = shot.size in {"WS", "EWS", "MS"}
    if wide and place.time_of_day != "night" and place.weather in {"clear", "overcast"} and _birds_about(place):
        found.append(Birds(shot, plate, frame, seed + 50, mix(plate.mood.zenith, (20, 22, 30), 0.65)))
    if place.season in {"autumn", "spring"} and place.kind in _LEAFY:
        shade, light = (_under(c, plate.mood.ambient) for c in leaves(place))
        found.append(Leaves(shot, plate, frame, seed + 60, (shade, light)))
    if place.weather in {"rain", "storm"} and shot.size in {"WS", "EWS"}:
        found.append(Splashes(shot, plate, frame, seed + 70))
    return found


_BIRDS = {
    "park",
    "garden",
    "beach",
    "harbour",
    "mountain",
    "field",
    "village",
    "desert",
    "bridge",
    "rooftop",
    "coast",
    "sea",
}
_LEAFY = {"park", "garden", "forest", "street", "village", "field"}


def _birds_about(place: Place) -> bool:
    """Whether birds fly there: not on other planets."""
    return place.kind in _BIRDS and re.search(r"\b(?:mars|moon|planet|lunar)\b", place.name.lower()) is None


def _under(colour: Colour, light: Colour) -> Colour:
    return (colour[0] * light[0] / 255, colour[1] * light[1] / 255, colour[2] * light[2] / 255)


def _drawn(wide: int, tall: int) -> tuple[NDArray[np.uint8], Any]:
    picture = np.zeros((max(1, tall), max(1, wide), 4), np.uint8)
    return picture, skia.Surface(picture, skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType).getCanvas()


@lru_cache(maxsize=256)
def glow_of(size: int, tone: Colour) -> Image:
    """A round soft light as RGB on black."""
    y, x = np.mgrid[0:size, 0:size].astype(np.float32)
    r = np.hypot(x - (size - 1) / 2, y - (size - 1) / 2) / (size / 2)
    fall = np.clip(1 - r, 0, 1) ** 2.2
    return np.ascontiguousarray((fall[..., None] * np.array(tone, np.float32)).astype(np.uint8))


@lru_cache(maxsize=24)
def flames(tall: int) -> tuple[Image, ...]:
    """A loop of flames as light, ``tall`` pixels high."""
    wide, made = max(4, round(tall * 0.9)), []
    for k in range(FLAMES):
        picture, canvas = _drawn(wide, tall)
        phase = 2 * np.pi * k / FLAMES
        for n, (tone, share) in enumerate((((220, 60, 10), 1.0), ((255, 130, 24), 0.74), ((255, 214, 110), 0.46))):
            for m in (-1, 0, 1):
                high = tall * share * (0.90 - 0.26 * abs(m) + 0.10 * float(np.sin(phase * (1 + (m == 0)) + 2 * m + n)))
                half, x = wide * 0.20 * share + 1, wide / 2 + m * wide * 0.19 * share
                bent = wide * 0.10 * float(np.sin(phase + 1.7 * m + n))
                tongue = [
                    (x - half, tall * 0.93),
                    (x - half * 0.7, tall - high * 0.5),
                    (x + bent, tall - high),
                    (x + half * 0.8, tall - high * 0.45),
                    (x + half, tall * 0.93),
                    (x, tall),
                ]
                canvas.drawPath(smooth(tongue), fill(tone, 0.62, blur=max(0.5, tall / 42)))
        del canvas
        made.append(np.ascontiguousarray(picture[..., :3]))
    return tuple(made)


@lru_cache(maxsize=16)
def bird(size: int, tone: Colour) -> tuple[Image, ...]:
    """Eight positions of two wings."""
    made = []
    for k in range(8):
        picture, canvas = _drawn(size * 2, size)
        lift = size * 0.34 * float(np.sin(2 * np.pi * k / 8))
        wing = [
            (size * 0.2, size * 0.55 - lift),
            (size * 0.7, size * 0.48 - lift * 0.5),
            (size, size * 0.62),
            (size * 1.3, size * 0.48 - lift * 0.5),
            (size * 1.8, size * 0.55 - lift),
        ]
        canvas.drawPath(smooth(wing, close=False), stroke(tone, max(1.0, size * 0.09), 0.85))
        del canvas
        made.append(picture)
    return tuple(made)


@lru_cache(maxsize=24)
def leaf(size: int, tone: Colour) -> tuple[Image, ...]:
    """A leaf in eight positions."""
    made = []
    for k in range(8):
        picture, canvas = _drawn(size * 2, size * 2)
        canvas.translate(size, size)
        canvas.rotate(45 * k)
        canvas.drawOval(oval(0, 0, size * 0.85, size * (0.18 + 0.26 * abs(float(np.cos(k * 0.9))))), fill(tone, 0.92))
        del canvas
        made.append(np.asarray(cv2.GaussianBlur(picture, (0, 0), max(0.4, size / 9)), np.uint8))
    return tuple(made)


@lru_cache(maxsize=24)
def splash(size: int) -> tuple[Image, ...]:
    """A drop's five moments: a spark, then widening rings."""
    made = []
    for k in range(5):
        picture, canvas = _drawn(size * 2, size)
        grow = (k + 1) / 5
        canvas.drawOval(
            oval(size, size * 0.8, size * 0.85 * grow, size * 0.18 * grow),
            stroke((226, 234, 246), max(0.8, size / 16), 0.55 * (1.1 - grow)),
        )
        if k < 2:
            for side in (-1, 1):
                canvas.drawLine(
                    size,
                    size * 0.8,
                    size + side * size * 0.22,
                    size * (0.42 - 0.2 * k),
                    stroke((236, 242, 250), max(0.8, size / 18), 0.6),
                )
        del canvas
        made.append(picture)
    return tuple(made)
