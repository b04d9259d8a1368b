"""One drawn person as a picture: stock characters on nothing, the demo subject before a soft backdrop."""

import zlib
from functools import lru_cache
from typing import Any

import cv2
import numpy as np

from generation_service.previs.brush import Image, blob, fill, linear, mix, over, pixels, rgb, surface
from generation_service.previs.cast.body import draw_neck, draw_trunk
from generation_service.previs.cast.build import CHIN, HEAD, SUNK, build_of
from generation_service.previs.cast.hair import draw_back, draw_front
from generation_service.previs.cast.head import chin_y, draw_head
from generation_service.previs.cast.looks import ANA, Look
from generation_service.previs.cast.strips import draw_sleeve

WIDTH, HEIGHT = 1320, 1960
CENTRE = (660.0, 480.0)
# Degrees that an upper arm hangs outwards.
HANGING = 4.0


@lru_cache(maxsize=12)
def draw_person(look: Look) -> Image:
    """The person from head to hip: straight-alpha RGBA, 1960 x 1320, uint8. Do not write into it."""
    made = surface(WIDTH, HEIGHT)
    canvas = made.getCanvas()
    canvas.translate(*CENTRE)
    rng = np.random.default_rng(zlib.crc32(look.id.encode()))
    draw_back(canvas, look, rng)
    draw_standing(canvas, look, rng)
    draw_head(canvas, look, rng)
    draw_front(canvas, look, rng)
    picture = pixels(made)
    picture.setflags(write=False)
    return picture


def draw_standing(canvas: Any, look: Look, rng: np.random.Generator, *, front: bool = True) -> None:
    """Neck, trunk and hanging arms below a head that is drawn at its own size."""
    canvas.save()
    canvas.translate(0, CHIN - (CHIN + SUNK) / HEAD)
    canvas.scale(1 / HEAD, 1 / HEAD)
    draw_neck(canvas, look)
    draw_trunk(canvas, look, rng, front=front)
    x, y = build_of(look).tip - 106, chin_y(look) + 256
    for side in (-1, 1):
        canvas.save()
        canvas.translate(side * x, y)
        canvas.rotate(-side * HANGING)
        draw_sleeve(canvas, look, rng, side)
        canvas.restore()
    canvas.restore()


def portrait(look: Look = ANA, size: tuple[int, int] = (1024, 1280)) -> Image:
    """A studio portrait of the person: opaque RGB, shape (height, width, 3). ``size`` is (width, height)."""
    width, height = size
    person = draw_person(look)
    scale = height / 1330
    step = np.array([[scale, 0, width / 2 - CENTRE[0] * scale], [0, scale, height * 0.415 - CENTRE[1] * scale]])
    flags = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    bled = np.where(person[..., 3:4] > 0, person, np.array([60, 40, 36, 0], np.uint8))
    placed = np.asarray(cv2.warpAffine(bled, step, size, flags=flags, borderMode=cv2.BORDER_CONSTANT), np.uint8)
    return _finish(over(_backdrop(width, height), placed))


def _backdrop(width: int, height: int) -> Image:
    """A studio wall with falling light and a few lamps far out of focus."""
    made = surface(width, height)
    canvas = made.getCanvas()
    canvas.drawPaint(
        fill(shader=linear((0, 0), (width, height), [(rgb("#8fa0a3"), 1), (rgb("#5d6a70"), 1), (rgb("#33393f"), 1)]))
    )
    blob(canvas, (width * 0.2, height * 0.22), (width * 0.34, height * 0.26), rgb("#e8d3b0"), 0.5, blur=width / 9)
    blob(canvas, (width * 0.9, height * 0.5), (width * 0.2, height * 0.3), rgb("#27303a"), 0.5, blur=width / 10)
    rng = np.random.default_rng(7)
    for _ in range(9):
        at = (float(rng.uniform(0, width)), float(rng.uniform(0, height * 0.55)))
        tone = mix(rgb("#f0c890"), rgb("#bcd2dc"), float(rng.random()))
        blob(canvas, at, (34, 34), tone, float(rng.uniform(0.08, 0.2)), blur=7)
    return pixels(made)[..., :3]


def _finish(picture: Image) -> Image:
    """Lens softness, a filmic curve and fine grain: the difference between a diagram and a photograph."""
    soft = cv2.GaussianBlur(picture, (0, 0), 6.0).astype(np.float32)
    tone = picture.astype(np.float32) * 0.86 + soft * 0.14
    x = tone / 255
    curved = 255 * (x + 0.10 * (x - x * x) * (2 * x - 0.75))
    grain = np.random.default_rng(11).normal(0, 2.2, picture.shape[:2]).astype(np.float32)
    grain = cv2.GaussianBlur(grain, (0, 0), 0.7)[..., None] * 1.5
    return np.clip(curved + grain, 0, 255).astype(np.uint8)
