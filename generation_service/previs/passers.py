"""People at a distance: passers-by and crowds that walk and stand about, each in clothes of their own."""

from dataclasses import replace
from functools import lru_cache

import cv2
import numpy as np

from generation_service.contract.shots import Shot
from generation_service.previs import inks
from generation_service.previs.brush import Colour, Image, rgb
from generation_service.previs.camera import through
from generation_service.previs.cast.looks import LOOKS, Look
from generation_service.previs.cast.puppet import draw_puppet, draw_shadow, kit_of, plane_of
from generation_service.previs.cast.rig import GAITS, PERSON, SOLE, Cue, pose_of
from generation_service.previs.scenes.light import Mood
from generation_service.previs.scenes.plate import Plate
from generation_service.previs.standing import GROUND_TOP, HORIZON, floor_of, tall_at

PHASES = 12
# Where nobody walks in the night or in a storm.
LONELY = {"beach", "park", "garden", "harbour", "village"}
# How many strangers a set has without being asked, and how many a crowd is.
STRANGERS = {"street": 4, "park": 3, "market": 9, "station": 6, "harbour": 3, "beach": 2, "village": 3, "bridge": 2}
CROWD, CROWD_INSIDE = 22, 9
# Sets where people stand about rather than walk.
STANDING = {"theatre", "cafe", "church", "court"}
CLOTHES = ("#35506b", "#7a3b3f", "#4d5b3f", "#8a6a3c", "#3b3b46", "#6b4a6b", "#2f6b66", "#a3684a", "#c2b49a", "#54606e")


class Passer:
    """One stranger as an item of the stage: a cycle of pictures that walks across or stands and breathes."""

    still = False

    def __init__(
        self, cycle: tuple[Image, ...], *, at: tuple[float, float], tall: float, speed: float, depth: float,
        phase: float, frame: tuple[int, int], fps: float,
    ) -> None:  # fmt: skip
        self.depth, self.at, self.tall, self.speed = depth, at, tall, speed
        self._cycle, self._phase, self._frame, self._fps = cycle, phase, frame, fps

    def draw(self, below: Image, index: int, view: tuple[float, float, float]) -> None:
        """Over ``below`` in place; a smaller ``below`` is the same picture at a smaller size."""
        zoom, dx, dy = view
        width, height = self._frame
        factor = below.shape[0] / height
        t = index / self._fps
        room = width + 1.2 * self.tall
        x = (self.at[0] + self.speed * t + 0.6 * self.tall) % room - 0.6 * self.tall
        x, y = width / 2 + (x - width / 2) * zoom + dx, height / 2 + (self.at[1] - height / 2) * zoom + dy
        period = GAITS["walk"][0] if self.speed else 3.6
        picture = self._cycle[int((t / period + self._phase) * len(self._cycle)) % len(self._cycle)]
        lay_sprite(below, picture, (x * factor, y * factor), zoom * factor * self.tall * 1.12 / picture.shape[0])


def lay_sprite(below: Image, picture: Image, foot: tuple[float, float], scale: float) -> None:
    """A premultiplied RGBA picture, its lower middle at ``foot``, ``scale`` times its size."""
    left, top = foot[0] - picture.shape[1] / 2 * scale, foot[1] - picture.shape[0] * 0.965 * scale
    x0, y0 = int(np.floor(left)), int(np.floor(top))
    size = (int(picture.shape[1] * scale) + 3, int(picture.shape[0] * scale) + 3)
    a, b = max(0, -x0), max(0, -y0)
    c, d = min(size[0], below.shape[1] - x0), min(size[1], below.shape[0] - y0)
    if a >= c or b >= d:
        return
    if abs(scale - 1) < 0.004 and picture.shape[0] < 40:
        placed = picture
        c, d = min(placed.shape[1], below.shape[1] - x0), min(placed.shape[0], below.shape[0] - y0)
        if a >= c or b >= d:
            return
    else:
        step = np.array([[scale, 0, left - x0], [0, scale, top - y0]])
        placed = np.asarray(cv2.warpAffine(picture, step, size, flags=cv2.INTER_LINEAR), np.uint8)
    inks.lay_premultiplied(below, np.ascontiguousarray(placed[b:d, a:c]), x0 + a, y0 + b)


def passers_of(shot: Shot, plate: Plate, frame: tuple[int, int], seed: int, focus: float) -> list[Passer]:
    """The strangers of a shot. ``focus`` is the blur at depth 1 in pixels."""
    place = shot.place
    crowd = "crowd" in place.elements
    count = (CROWD_INSIDE if place.interior else CROWD) if crowd else STRANGERS.get(place.kind, 0)
    if place.interior and not crowd:
        count = 0
    if not crowd and place.kind in LONELY and (place.time_of_day == "night" or place.weather in {"storm", "snow"}):
        count = 0
    if shot.size not in {"WS", "EWS"}:
        count = (count + 1) // 2 if crowd else 0
    rng = np.random.default_rng(seed)
    floor, _ = floor_of(place)
    horizon = HORIZON if not place.interior else 640.0
    top = GROUND_TOP.get(place.kind, 700.0) if not place.interior else 705.0
    found, looks = [], rng.permutation(10)
    for k in range(count):
        y = float(rng.uniform(top, floor - 0.12 * (floor - top)))
        near = (y - horizon) / (floor - horizon)
        x, foot, scale = through(plate.to_frame, float(rng.uniform(-100, 1700)), y)
        tall = tall_at(place, y) * scale * (0.62 if shot.size == "EWS" and not place.interior else 1.0)
        stands = place.kind in STANDING or rng.random() < (0.35 if crowd else 0.15)
        way = 1.0 if rng.random() < 0.5 else -1.0
        size = int(min(1.1 * frame[1], max(24, round(tall * 1.05 / 12) * 12)))
        blur = round(focus * (1 - near), 1)
        cycle = cycle_of(int(looks[k % 10]), plate.mood, 0.0 if stands else way, size, blur)
        speed = 0.0 if stands else way * GAITS["walk"][2] * tall / PERSON
        depth = max(0.03, 0.92 * (1 - near))
        found.append(
            Passer(
                cycle,
                at=(x, foot),
                tall=tall,
                speed=speed,
                depth=depth,
                phase=float(rng.random()),
                frame=frame,
                fps=shot.fps,
            )
        )
    return found


def stranger(number: int) -> Look:
    """One of ten strangers: a face nobody will see close, and clothes of their own."""
    base = LOOKS[number % len(LOOKS)]
    cloth: Colour = rgb(CLOTHES[number % len(CLOTHES)])
    return replace(base, id=f"stranger-{number}", cloth=cloth, inner=cloth, detail=0.12)


@lru_cache(maxsize=48)
def cycle_of(number: int, mood: Mood, way: float, tall: int, blur: float = 0.0) -> tuple[Image, ...]:
    """Twelve pictures of a stranger who walks to ``way`` (0: stands), premultiplied RGBA, ``tall`` pixels from crown to
    sole with room around.
    """
    look = stranger(number)
    scale = tall / PERSON
    kit = kit_of(look, mood, 0.035 if scale < 0.035 else 0.09, turn=0.78 * way)
    shape = (round(tall * 1.12), round(tall * 0.9))
    kept: dict[object, Image] = {}
    made = []
    for k in range(PHASES if way else 6):
        plane = plane_of(*shape, kept)
        canvas = plane.canvas
        canvas.translate(shape[1] / 2, shape[0] * 0.965)
        canvas.scale(scale, scale)
        canvas.translate(0, -SOLE)
        t = GAITS["walk"][0] * k / PHASES if way else 3.6 * k / 6
        pose = pose_of(
            "walk" if way else "idle", "", way, Cue(t, phase=0.0 if way else number / 7), broad=look.shoulders
        )
        draw_shadow(canvas, pose, 0.8)
        draw_puppet(plane, kit, pose)
        picture = plane.pixels
        made.append(cv2.GaussianBlur(picture, (0, 0), blur * 0.6) if blur > 0.8 else picture)
    return tuple(np.ascontiguousarray(np.asarray(one, np.uint8)) for one in made)
