"""Somebody's painted parts: head, hair behind it, trunk, sleeves, trouser legs, hands and shoes, painted once with the
strokes of the close pictures.
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from generation_service.previs import inks
from generation_service.previs.brush import Image, pixels, prepared, surface
from generation_service.previs.cast.body import draw_hips, draw_neck, draw_trunk
from generation_service.previs.cast.hair import draw_back, draw_front
from generation_service.previs.cast.hands import HAND_BOX, SHOE_BOX, draw_hand, draw_shoe
from generation_service.previs.cast.head import draw_head
from generation_service.previs.cast.lap import LAP_BOX, draw_lap
from generation_service.previs.cast.looks import Look
from generation_service.previs.cast.nape import draw_nape
from generation_service.previs.cast.outfits import CUTS
from generation_service.previs.cast.parts import Box, Painted, painted
from generation_service.previs.cast.ribbon import Strip
from generation_service.previs.cast.rig import FORE, SHIN, THIGH, UPPER
from generation_service.previs.cast.strips import LEG_BOX, SLEEVE_BOX, draw_leg_strip, draw_sleeve
from generation_service.previs.figure import lit
from generation_service.previs.scenes.light import Mood

# Boxes of the painted parts, in units: left, top, right, bottom.
HEAD_BOX: Box = (-350.0, -460.0, 350.0, 640.0)
TRUNK_BOX: Box = (-660.0, 180.0, 660.0, 1780.0)
HIPS_BOX: Box = (-460.0, 1030.0, 460.0, 1740.0)
SHOE = (58.0, 46.0, 42.0)


@dataclass(frozen=True, eq=False)
class Kit:
    """Somebody's painted parts under the light of a place. ``scale`` pixels per unit; ``sleeves`` and ``legs`` the left
    one on screen first; hands, shoes and a seated lap are painted when they are first seen.
    """

    look: Look
    scale: float
    back: Painted
    hips: Painted
    trunk: Painted
    head: Painted
    sleeves: tuple[Strip, Strip]
    legs: tuple[Strip, Strip]
    paint: Callable[..., Painted]
    _later: dict[str, Painted] = field(default_factory=dict)

    def hand(self, grip: str) -> Painted:
        """The image's right hand as it is held, hanging from the wrist at (0, 0)."""
        return self._once(f"hand {grip}", HAND_BOX, lambda c: draw_hand(c, self.look.skin, grip))

    def shoe(self, *, beside: bool) -> Painted:
        """The image's right shoe under the ankle at (0, 0), or one from the side that points to the right."""
        return self._once(
            f"shoe {beside}", SHOE_BOX, lambda c: draw_shoe(c, SHOE, beside=beside, pump=self.look.outfit == "dress")
        )

    def lap(self) -> Painted:
        """The thighs of somebody who sits, towards the viewer."""
        return self._once("lap", LAP_BOX, lambda c: draw_lap(c, self.look))

    def _once(self, name: str, box: Box, draw: Callable[[Any], None]) -> Painted:
        if name not in self._later:
            self._later[name] = self.paint(box, draw)
        return self._later[name]


@lru_cache(maxsize=48)
def kit_of(look: Look, mood: Mood, scale: float, *, turn: float = 0.0, behind: bool = False) -> Kit:
    """The parts of somebody who looks to the side by ``turn``, or away from the camera (``behind``)."""
    rng = np.random.default_rng(zlib.crc32(look.id.encode()))
    face = 480 * scale

    def part(box: Box, *draw: Any) -> Painted:
        made = surface(max(2, round((box[2] - box[0]) * scale)), max(2, round((box[3] - box[1]) * scale)))
        canvas = made.getCanvas()
        canvas.scale(scale, scale)
        canvas.translate(-box[0], -box[1])
        for one in draw:
            one(canvas)
        return painted(_ready(lit(pixels(made), mood, face)), box)

    back = part(HEAD_BOX, lambda c: None if behind else draw_back(c, look, rng))
    low = max(TRUNK_BOX[3], CUTS[look.outfit].hem + 40, 2010 if CUTS[look.outfit].over is not None else 0)
    trunk = part(
        (*TRUNK_BOX[:3], low),
        lambda c: draw_neck(c, look),
        lambda c: draw_trunk(c, look, rng, turn=0.0 if behind else turn, front=not behind),
    )
    hips = part(HIPS_BOX, lambda c: draw_hips(c, look, turn=0.0 if behind else turn))
    if behind:
        head = part(HEAD_BOX, lambda c: draw_nape(c, look, rng))
    else:
        head = part(HEAD_BOX, lambda c: draw_head(c, look, rng, turn=turn), lambda c: _hair(c, look, rng, turn))
    sleeves = [Strip(part(SLEEVE_BOX, lambda c, s=s: draw_sleeve(c, look, rng, s)), (UPPER, FORE)) for s in (-1, 1)]
    legs = [Strip(part(LEG_BOX, lambda c, s=s: draw_leg_strip(c, look, rng, s)), (THIGH, SHIN)) for s in (-1, 1)]
    return Kit(look, scale, back, hips, trunk, head, (sleeves[0], sleeves[1]), (legs[0], legs[1]), part)


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
