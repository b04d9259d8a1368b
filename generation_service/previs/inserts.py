"""A thing seen close on a table: modelled by the light of the place, with its shadow and its reflection in the wood."""

import zlib
from typing import Any

import cv2
import numpy as np

from generation_service.contract.shots import Entity, Shot
from generation_service.previs.blocking import ACROSS
from generation_service.previs.brush import Colour, Image, mix, prepared, rgb, times
from generation_service.previs.catalogue import UNKNOWN, kind_of
from generation_service.previs.props import Prop, drawn
from generation_service.previs.scenes.light import Mood

# How much of the frame a thing fills, by the size of the shot: of its height, and of its width.
INSERT = {"MS": (0.38, 0.36), "MCU": (0.48, 0.44), "CU": (0.60, 0.56), "ECU": (0.78, 0.76)}
# In a picture higher than wide it takes more of the width, and stands below the middle.
NARROW = 1.5
# What is drawn close instead of what stands in a room.
CLOSE_LOOK = {UNKNOWN: "card", "clock": "dial"}
TRIAL = 300
WOODS = ("#7a5640", "#6a4a38", "#8a6a4c")


def insert(shot: Shot, entities: list[Entity], mood: Mood, frame: tuple[int, int]) -> list[Prop]:
    """The thing that the action names, else the first known, large: the point of an insert. A card with its name
    stands in for one that nobody knows.
    """
    told = shot.action.lower()
    found = sorted(entities, key=lambda one: (one.name.lower() not in told, kind_of(one.name)[0] == UNKNOWN))
    if not found:
        return []
    thing, (width, height) = found[0], frame
    kind = kind_of(thing.name)[0]
    kind = CLOSE_LOOK.get(kind, kind)
    number = zlib.crc32(thing.name.lower().encode())
    tall = _tall(drawn(kind, TRIAL, mood, number, name=thing.name, shadow=False), shot, frame)
    picture = _cut(drawn(kind, tall, mood, number, name=thing.name, shadow=False, round_=True))
    high = 0.965 * picture.shape[0]
    side = ACROSS.get(thing.where, 0.5) - 0.5
    foot = (
        width * (0.5 + 0.4 * side),
        height * (0.5 if shot.size == "ECU" else 0.53 if width >= height else 0.57) + 0.5 * high,
    )
    edge = foot[1] - (0.10 + 0.05 * (high < 0.3 * height)) * height
    board = _board(frame, edge, mood, number)
    _shadow(board, picture, (foot[0] + frame[0] * 0.25, foot[1] - edge), mood)
    return [
        Prop(board, (width / 2, edge + 0.965 * board.shape[0]), frame, 0.0),
        Prop(picture, (foot[0], foot[1]), frame, 0.0),
    ]


def _cut(picture: Image) -> Image:
    """A thing without the empty room around it, but for what a foot of :func:`lay_sprite` leaves below."""
    there = picture[..., 3] > 24
    rows, columns = np.flatnonzero(there.any(axis=1)), np.flatnonzero(there.any(axis=0))
    edge = max(2, round(0.1 * len(columns)))  # a glow or a blurred edge goes on a little
    left, right = max(0, int(columns[0]) - edge), min(picture.shape[1], int(columns[-1]) + edge + 1)
    half = max((columns[0] + columns[-1]) // 2 - left, right - (columns[0] + columns[-1]) // 2)
    middle = int(columns[0] + columns[-1]) // 2
    top, bottom = max(0, int(rows[0]) - 2), int(rows[-1]) + 1
    tall = round((bottom - top) / 0.965)
    made = np.zeros((tall, 2 * int(half), 4), np.uint8)
    a, b = max(left, middle - int(half)), min(right, middle + int(half))
    made[: bottom - top, a - middle + int(half) : b - middle + int(half)] = picture[top:bottom, a:b]
    return made


def _tall(trial: Image, shot: Shot, frame: tuple[int, int]) -> int:
    """The height to draw a thing in so that it fills its share of the frame, whatever shape it has."""
    there = trial[..., 3] > 24
    rows, columns = np.flatnonzero(there.any(axis=1)), np.flatnonzero(there.any(axis=0))
    high, wide = float(rows[-1] - rows[0] + 1), float(columns[-1] - columns[0] + 1)
    share_high, share_wide = INSERT.get(shot.size, INSERT["CU"])
    if frame[1] > frame[0]:
        share_high, share_wide = 0.8 * share_high, min(0.9, NARROW * share_wide)
    return max(8, round(TRIAL * min(share_high * frame[1] / high, share_wide * frame[0] / wide)))


def _board(frame: tuple[int, int], edge: float, mood: Mood, number: int) -> Image:
    """The table top from its far ``edge`` down, premultiplied RGBA half as wide again as the frame: wood in the light
    of the place, its grain nearer toward the camera.
    """
    width, height = round(frame[0] * 1.5), round(frame[1] * 1.2 - edge)
    light: Colour = tuple(c * mood.exposure for c in mood.ambient)  # type: ignore[assignment]
    wood = times(rgb(WOODS[number % len(WOODS)]), light)
    rng = np.random.default_rng(11)
    down = np.linspace(0.0, 1.0, height, dtype=np.float32)
    far, near = np.array(mix(wood, (255, 240, 220), 0.20)), np.array(mix(wood, (6, 4, 8), 0.58))
    tone: Any = far + (near - far) * down[:, None, None] ** 0.8
    grain: Any = cv2.resize(rng.standard_normal((70, 9), np.float32), (width, 700), interpolation=cv2.INTER_CUBIC)
    pick = np.clip(699 * (1 - (1 - down) ** 1.7) ** 0.6, 0, 699).astype(int)
    across = np.linspace(-1, 1, width, dtype=np.float32)
    glow = np.exp(-2.2 * (across + 0.25) ** 2)[None, :] * (1 - 0.8 * down)[:, None]
    tone = tone * (1 + 0.05 * grain[pick] + 0.22 * glow)[..., None]
    soft = np.clip(np.arange(height, dtype=np.float32) / max(2.0, 0.016 * frame[1]), 0, 1)[:, None, None]
    made = prepared(np.clip(tone, 0, 255).astype(np.uint8)) * soft
    return np.ascontiguousarray(np.dstack([made, np.broadcast_to(255 * soft, (height, width, 1))]).astype(np.uint8))


def _shadow(board: Image, picture: Image, foot: tuple[float, float], mood: Mood) -> None:
    """Darken the wood under a thing that stands at ``foot`` of the board, and mirror the thing in it; in place."""
    rows, columns = board.shape[:2]
    high, wide = picture.shape[:2]
    cover: Any = np.zeros((rows, columns), np.float32)
    there = picture[..., 3].max(axis=0) > 24
    half = max(4.0, 0.5 * float(there.sum()))
    x, y = foot
    squash = max(3.0, 0.10 * half)
    cv2.ellipse(cover, (round(x), round(y)), (round(half * 0.98), round(squash)), 0, 0, 360, 1.0, -1)
    tight = cv2.GaussianBlur(cover, (0, 0), max(1.5, 0.30 * squash))
    cv2.ellipse(
        cover, (round(x + 0.55 * half), round(y + 0.2 * squash)), (round(half), round(1.5 * squash)), 3, 0, 360, 1.0, -1
    )
    wide_ = cv2.GaussianBlur(cover, (0, 0), max(3.0, 1.1 * squash))
    dark = 1 - np.clip(0.62 * tight + 0.34 * wide_, 0, 0.85)
    top = round(y - 0.012 * high)
    reach = max(0, min(rows - top, high // 2, rows))
    left = round(x - wide / 2)
    a, b = max(0, -left), min(wide, columns - left)
    toned = board[..., :3].astype(np.float32) * dark[..., None]
    if reach > 2 and b > a:
        foot_row = round(high * 0.965)
        mirror = picture[max(0, foot_row - reach) : foot_row, a:b][::-1].astype(np.float32)
        soft = cv2.GaussianBlur(mirror, (0, 0), max(1.0, 0.006 * high), sigmaY=max(1.5, 0.02 * high))
        mirror = np.asarray(soft, np.float32)
        fade = np.linspace(0.20, 0.0, len(mirror), dtype=np.float32)[:, None, None]
        box = toned[top : top + len(mirror), left + a : left + b]
        mirror, fade = mirror[: len(box)], fade[: len(box)]
        share = fade * mirror[..., 3:] / 255
        box[:] = box * (1 - share) + mirror[..., :3] * fade
    board[..., :3] = np.clip(toned, 0, 255).astype(np.uint8)
