"""People at a distance: passers-by and crowds that walk in groups, stand about or sit, always behind the cast."""

import re
from typing import Any

import cv2
import numpy as np

from generation_service.contract.shots import Place, Shot
from generation_service.previs import inks
from generation_service.previs.blocking import in_frame
from generation_service.previs.brush import Image
from generation_service.previs.camera import through
from generation_service.previs.cast.rig import GAITS, PERSON
from generation_service.previs.scenes.plate import Plate
from generation_service.previs.standing import GROUND_TOP, HORIZON, floor_of, tall_at
from generation_service.previs.strangers import ROUND, STRANGER_LOOKS, Sort, audience, cycle_of

# Where nobody walks in the night or in a storm.
LONELY = {"beach", "coast", "park", "garden", "harbour", "village"}
# How many strangers a set has without being asked, and how many a crowd is.
STRANGERS = {"street": 4, "park": 3, "market": 9, "station": 6, "beach": 2, "village": 3, "bridge": 2}
CROWD, CROWD_INSIDE, AT_TABLES = 22, 8, 6
# Sets so open that others are seen far along them, at the sides and small, and what share of their size that leaves.
FAR_OFF = {"beach": 0.52, "coast": 0.5, "desert": 0.42, "mountain": 0.5, "field": 0.6, "rooftop": 0.6}
# Sets where people stand about rather than walk, and where they sit at small tables.
STANDING, TABLES = {"theatre", "cafe", "church", "court", "office", "school"}, {"cafe", "restaurant", "bar"}
# Who looks on from the dark hall is seen from behind, before the picture.
AUDIENCE = {"theatre"}
WIDE = {"WS", "EWS"}
# How many of those who are about stand and talk rather than walk, where it is not two of five.
TALKING = {"market": 0.62, "park": 0.5, "street": 0.25, "station": 0.55, "beach": 0.5}
INDOORS_TOP, VEIL, VEIL_INSIDE = 690.0, 0.24, 0.1
# How large a stranger is at most beside the cast, and what a crowd that is told of does.
NEAREST = 0.82
CROWD_DOES = re.compile(
    r"\b(?:crowd|people|guests|soldiers|everybody|everyone|students|dancers)\W+(?:\w+\W+)?"
    r"(kneel|clap|cheer|danc|wave|bow)\w*",
    re.IGNORECASE,
)
_DEEDS = {"danc": "dance", "bow": "kneel"}


class Passer:
    """One stranger as an item of the stage: a cycle of pictures that walks across or stands and breathes."""

    still = False

    def __init__(
        self, cycle: tuple[Image, ...], *, at: tuple[float, float], tall: float, speed: float, depth: float,
        phase: float, frame: tuple[int, int], fps: float, pace: float = 1.0,
        round_s: float = 3.6,
    ) -> None:  # fmt: skip
        self.depth, self.at, self.tall, self.speed, self._pace = depth, at, tall, speed * pace, pace
        self._round = round_s
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
        period = (GAITS["walk"][0] if self.speed else self._round) / self._pace
        picture = self._cycle[int((t / period + self._phase) * len(self._cycle)) % len(self._cycle)]
        lay_sprite(below, picture, (x * factor, y * factor), zoom * factor * self.tall * 1.12 / picture.shape[0])


class Audience:
    """The first rows of the hall from behind, between the camera and the stage."""

    still, depth = True, -0.3

    def __init__(self, frame: tuple[int, int], plate: Plate, seed: int) -> None:
        self._frame, self._picture = frame, audience(*frame, plate.mood, seed)

    def draw(self, below: Image, index: int, view: tuple[float, float, float]) -> None:
        """Over ``below`` in place."""
        zoom, dx, dy = view
        width, height = self._frame
        foot = height * 1.10
        at = (width / 2 + dx, height / 2 + (foot - height / 2) * zoom + dy)
        lay_sprite(below, self._picture, at, zoom)


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


def passers_of(shot: Shot, plate: Plate, frame: tuple[int, int], seed: int, focus: float) -> list[Any]:
    """The strangers of a shot, behind everybody who plays in it: in groups, farther away, in quieter colours. ``focus``
    is the blur at depth 1 in pixels.
    """
    place, wide = shot.place, shot.size in WIDE
    crowd = "crowd" in place.elements
    if place.interior and place.kind in AUDIENCE:
        return [Audience(frame, plate, seed)] if crowd and wide else []
    count = min(_how_many(shot, crowd=crowd), AT_TABLES if place.interior and place.kind in TABLES else CROWD)
    rng = np.random.default_rng(seed)
    taken = [part.across * frame[0] for part in in_frame(shot)] if wide else []
    found: list[Any] = []
    while count > 0:
        many = min(
            count,
            int(rng.choice((1, 2, 2))) if place.kind in TABLES and place.interior else int(rng.choice((1, 1, 2, 2, 3))),
        )
        found += _group(shot, plate, frame, rng, many=many, focus=focus, taken=taken)
        count -= many
    return found


def _how_many(shot: Shot, *, crowd: bool) -> int:
    place = shot.place
    count = (CROWD_INSIDE if place.interior else CROWD) if crowd else STRANGERS.get(place.kind, 0)
    if not crowd and (place.interior or shot.size not in WIDE):
        return 0
    if not crowd and place.kind in LONELY and (place.time_of_day == "night" or place.weather in {"storm", "snow"}):
        return 0
    if crowd and shot.height > shot.width:
        count = (2 * count + 2) // 3
    return count if shot.size in WIDE else (count + 1) // 2


def _group(
    shot: Shot, plate: Plate, frame: tuple[int, int], rng: np.random.Generator, *, many: int, focus: float,
    taken: list[float],
) -> list["Passer"]:  # fmt: skip
    """People who belong together: they walk one way, or stand and turn to each other, or sit at one table."""
    place, wide = shot.place, shot.size in WIDE
    floor, _ = floor_of(place)
    x0, y0 = _where(place, rng, wide=wide)
    seated = place.interior and place.kind in TABLES
    if seated:
        x0 = _free_table(plate, [one / frame[0] for one in taken], rng, frame[0])
    cast = floor_of(place)[1] * through(plate.to_frame, 800.0, floor)[2]
    far = FAR_OFF.get(place.kind, 1.0) if not place.interior else 1.0
    stands = place.interior or place.kind in STANDING or rng.random() < TALKING.get(place.kind, 0.4)
    way, pace = 1.0 if rng.random() < 0.5 else -1.0, float(rng.uniform(0.82, 1.16))
    told = CROWD_DOES.search(shot.action)
    deed = _DEEDS.get(told[1].lower(), told[1].lower()) if told else ""
    found = []
    for k in range(1 if seated else many):
        y = min(y0 + float(rng.uniform(-0.03, 0.05)) * (floor - y0), floor - 0.12 * (floor - y0))
        apart = (k - (many - 1) / 2) * far * tall_at(place, y) * float(rng.uniform(0.30, 0.42))
        x, foot, scale = through(plate.to_frame, x0 + apart, y)
        if stands and not seated and any(abs(x - one) < 0.055 * frame[0] for one in taken):
            x += 0.11 * frame[0] * (1 if x0 < 800 else -1)
        if seated:
            taken.append(x)
        size = far * tall_at(place, y) * float(rng.choice((0.94, 0.99, 1.03, 0.72), p=(0.35, 0.3, 0.25, 0.1)))
        tall = size * scale * (0.62 if shot.size == "EWS" and not place.interior else 1.0)
        inward = -1.0 if k > (many - 1) / 2 else 1.0
        turn = (0.5 * inward if many > 1 else 0.5 * float(rng.integers(-1, 2))) if stands else way
        tall = tall if tall < NEAREST * cast else 0.93 * NEAREST * tall * cast / max(tall, cast)
        depth = max(0.04, 0.92 * (1 - (y - HORIZON) / (floor - HORIZON)) if not place.interior else 0.24)
        depth = max(depth, 1.0 - far)
        blur = max((0.003 if seated else 0.0016) * frame[1] if wide else 0.0, focus * (0.35 + depth) * 1.6)
        veil = VEIL_INSIDE if place.interior else round(VEIL * (0.6 + 0.8 * min(1.0, depth)), 1)
        sort = Sort(
            int(rng.integers(STRANGER_LOOKS)), turn, not stands, seated, _step(tall, frame[1]), round(blur, 1), veil,
            alone=seated and many < 2, deed=deed if stands else "",
        )  # fmt: skip
        speed = 0.0 if stands else way * GAITS["walk"][2] * tall / PERSON
        found.append(
            Passer(
                cycle_of(sort, plate.mood), at=(x, foot), tall=tall, speed=speed, depth=depth,
                phase=float(rng.random()), frame=frame, fps=shot.fps, pace=pace * float(rng.uniform(0.95, 1.05)),
                round_s=ROUND.get(sort.deed, 3.6),
            )
        )  # fmt: skip
    return found


def _free_table(plate: Plate, taken: list[float], rng: np.random.Generator, width: int) -> float:
    """The x in the painting of a table where nobody sits or stands yet; of several the one with most room."""
    slots = [float(one + rng.uniform(-25, 25)) for one in (150, 1450, 480, 1120, 800)]
    across = [through(plate.to_frame, one, 720.0)[0] / width for one in slots]
    room = [min((abs(at - one) for one in taken), default=1.0) for at in across]
    return slots[max(range(len(slots)), key=room.__getitem__)]


def _where(place: Place, rng: np.random.Generator, *, wide: bool) -> tuple[float, float]:
    """The point of the painting where a group is: somewhere on the ground, far along it where all is open."""
    floor, _ = floor_of(place)
    if not place.interior and place.kind in FAR_OFF:
        side = float(rng.uniform(-60, 430)) if rng.random() < 0.5 else float(rng.uniform(1170, 1660))
        return side, GROUND_TOP.get(place.kind, 700.0) + float(rng.uniform(0.0, 12.0))
    top = GROUND_TOP.get(place.kind, 700.0) if not place.interior else INDOORS_TOP
    y = top + float(rng.beta(1.1, 1.6)) * (0.62 if wide else 0.4) * (floor - top)
    return float(rng.uniform(-60, 1660)), y


def _step(tall: float, most: int) -> int:
    """The height a stranger is drawn in: one of few, so that pictures are shared."""
    return int(min(1.1 * most, max(18, round(tall * 1.05 / 12) * 12)))
