"""Somebody's painted parts: head, hair behind it and trunk, painted once with the strokes of the close pictures."""

import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from generation_service.previs import inks
from generation_service.previs.brush import Colour, Image, mix, pixels, prepared, surface, times
from generation_service.previs.cast.body import draw_body, draw_neck
from generation_service.previs.cast.hair import draw_back, draw_front
from generation_service.previs.cast.head import draw_head
from generation_service.previs.cast.looks import Look
from generation_service.previs.cast.nape import draw_nape
from generation_service.previs.cast.parts import Painted, painted
from generation_service.previs.figure import lit
from generation_service.previs.scenes.light import Mood

# Boxes of the painted parts, in units: left, top, right, bottom.
HEAD_BOX = (-350.0, -460.0, 350.0, 640.0)
TRUNK_BOX = (-640.0, 230.0, 640.0, 1660.0)


@dataclass(frozen=True)
class Kit:
    """Somebody's painted parts under the light of a place. ``scale`` pixels per unit; ``cloth``, ``trousers``,
    ``skin``, ``shoe`` are lit, ``rim`` is the light from behind.
    """

    look: Look
    scale: float
    back: Painted
    trunk: Painted
    head: Painted
    cloth: Colour
    trousers: Colour
    skin: Colour
    shoe: Colour
    rim: Colour


@lru_cache(maxsize=48)
def kit_of(look: Look, mood: Mood, scale: float, *, turn: float = 0.0, behind: bool = False) -> Kit:
    """The parts of somebody who looks to the side by ``turn``, or away from the camera (``behind``)."""
    rng = np.random.default_rng(zlib.crc32(look.id.encode()))
    face = 480 * scale

    def part(box: tuple[float, float, float, float], *draw: Any) -> Painted:
        made = surface(max(2, round((box[2] - box[0]) * scale)), max(2, round((box[3] - box[1]) * scale)))
        canvas = made.getCanvas()
        canvas.scale(scale, scale)
        canvas.translate(-box[0], -box[1])
        for one in draw:
            one(canvas)
        return painted(_ready(lit(pixels(made), mood, face)), box)

    back = part(HEAD_BOX, lambda c: None if behind else draw_back(c, look, rng))
    trunk = part(
        TRUNK_BOX, lambda c: draw_neck(c, look), lambda c: draw_body(c, look, rng, front=not behind, arms=False)
    )
    if behind:
        head = part(HEAD_BOX, lambda c: draw_nape(c, look, rng))
    else:
        head = part(HEAD_BOX, lambda c: draw_head(c, look, rng, turn=turn), lambda c: _hair(c, look, rng, turn))
    light = np.array(mood.key) * mood.exposure * 0.85 + 0.15 * 255 * mood.exposure
    under: Colour = (float(light[0]), float(light[1]), float(light[2]))
    trousers = mix(times(look.cloth, (120, 122, 138)), (44, 46, 56), 0.55)
    return Kit(
        look, scale, back, trunk, head, cloth=_tone(times(look.cloth, under)), trousers=_tone(times(trousers, under)),
        skin=_tone(times(look.skin, under)), shoe=_tone(times((46, 36, 34), under)), rim=_tone(mood.rim),
    )  # fmt: skip


def _hair(canvas: Any, look: Look, rng: np.random.Generator, turn: float) -> None:
    canvas.save()
    canvas.translate(turn * 16, 0)
    draw_front(canvas, look, rng)
    canvas.restore()


def _ready(picture: Image) -> Image:
    """Prepared for I420, colour times alpha."""
    made = np.empty(picture.shape, np.uint8)
    inks.premultiply(np.ascontiguousarray(prepared(picture)), made)
    return made


def _tone(colour: Colour) -> Colour:
    """A colour as :func:`prepared` makes it."""
    dot = np.array([[[min(255, round(c)) for c in colour]]], np.uint8)
    r, g, b = (float(v) for v in prepared(dot)[0, 0])
    return r, g, b
