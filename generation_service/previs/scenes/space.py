"""The space of a room in one-point perspective: metres to the painting's units, drawing on its walls, blocks in it.

x runs to the right of the middle, y up from the floor, z away from the camera, all in metres. The camera stands as
high as a pair of eyes, so that the horizon of every set goes through the people's faces; they stand at ``PEOPLE``,
where a metre is as long as they are drawn tall (see :mod:`generation_service.previs.standing`). Drawing on a wall or on
the floor is in centimetres of it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import skia

from generation_service.contract.shots import Place
from generation_service.previs.brush import Colour, Point, blob, fill, linear, mix, poly, radial, rgb, stroke, times
from generation_service.previs.scenes.light import Mood
from generation_service.previs.standing import INDOORS_FLOOR, TALL_INSIDE

PERSON = 1.75
PEOPLE = 4.4
MIDDLE, HORIZON = 800.0, 330.0
FOCAL = TALL_INSIDE / PERSON * PEOPLE
EYE = (INDOORS_FLOOR - HORIZON) * PERSON / TALL_INSIDE
NEAR = 0.9
WHITE: Colour = (255, 248, 236)
DARK: Colour = (6, 5, 10)
LAMP: Colour = (255, 214, 150)

Block = tuple[float, float, float, float, float, float]
Solid = tuple[float, float, float]


def seen(x: float, y: float, z: float) -> Point:
    """A point of the room in painting units."""
    scale = FOCAL / z
    return MIDDLE + x * scale, HORIZON + (EYE - y) * scale


class Room:
    """A room while it is painted: half as wide as ``half``, ``back`` metres deep, ``high`` metres high. ``sun`` is
    where the light comes from: -1 left, 1 right, 0 the back.
    """

    def __init__(
        self,
        scene: tuple[Any, Place, Mood, np.random.Generator],
        *,
        half: float = 2.8,
        back: float = 7.6,
        high: float = 2.7,
        sun: int = -1,
    ) -> None:
        self.canvas, self.place, self.mood, self.rng = scene
        self.half, self.back, self.high, self.sun = half, back, high, sun

    def tone(self, colour: str | Colour) -> Colour:
        """A surface's colour under the light of the room."""
        return times(rgb(colour) if isinstance(colour, str) else colour, self.mood.ambient)

    def at(self, x: float, y: float, z: float) -> Point:
        """A point of the room in painting units."""
        return seen(x, y, z)

    @contextmanager
    def plane(self, origin: Solid, across: Solid, down: Solid) -> Iterator[Any]:
        """Draw on the plane through ``origin`` whose centimetres run along ``across`` and ``down``."""
        rows = [
            [FOCAL * p[0] + MIDDLE * p[2], -FOCAL * p[1] + HORIZON * p[2], p[2]]
            for p in ([0.01 * v for v in across], [0.01 * v for v in down], [origin[0], origin[1] - EYE, origin[2]])
        ]
        self.canvas.save()
        self.canvas.concat(skia.Matrix([float(v) for v in np.array(rows).T.reshape(-1)]))
        yield self.canvas
        self.canvas.restore()

    def facing(self, z: float, x: float = 0.0, y: float = 0.0) -> Any:
        """The upright plane parallel to the picture at ``z``: centimetres from (x, y), downwards positive."""
        return self.plane((x, y, z), (1, 0, 0), (0, -1, 0))

    def wall(self, side: int) -> Any:
        """The wall on the left (-1), at the back (0) or on the right (1); on a side wall the first coordinate is the
        distance from the camera.
        """
        if side == 0:
            return self.facing(self.back)
        return self.plane((side * self.half, 0, 0), (0, 0, 1), (0, -1, 0))

    def level(self, y: float = 0.0) -> Any:
        """The level plane at height ``y``: centimetres to the right and towards the camera (distance is negative)."""
        return self.plane((0, y, 0), (1, 0, 0), (0, 0, -1))

    def quad(self, corners: Sequence[Solid], paint: Any) -> None:
        """A flat shape."""
        self.canvas.drawPath(poly([seen(*one) for one in corners]), paint)

    def box(self, block: Block, tone: Colour, *, top: Colour | None = None, edge: float = 0.35) -> None:
        """A solid block (x0, x1, y0, y1, z0, z1): the faces that are seen, each in its own light."""
        x0, x1, y0, y1, z0, z1 = block
        if y1 < EYE:
            shine = top or mix(tone, WHITE, 0.26)
            ramp = linear(seen(x0, y1, z0), seen(x0, y1, z1), [(shine, 1), (mix(shine, DARK, 0.16), 1)])
            self.quad([(x0, y1, z0), (x1, y1, z0), (x1, y1, z1), (x0, y1, z1)], fill(shader=ramp))
        if y0 > EYE:
            self.quad([(x0, y0, z0), (x1, y0, z0), (x1, y0, z1), (x0, y0, z1)], fill(mix(tone, DARK, 0.55)))
        for x, shows, side in ((x0, x0 > 0, -1), (x1, x1 < 0, 1)):
            if shows:
                lit = mix(tone, WHITE, 0.10) if side == self.sun else mix(tone, DARK, 0.36)
                ramp = linear(seen(x, y1, z0), seen(x, y0, z0), [(lit, 1), (mix(lit, DARK, 0.3), 1)])
                self.quad([(x, y0, z0), (x, y1, z0), (x, y1, z1), (x, y0, z1)], fill(shader=ramp))
        light = -1 if self.sun <= 0 else 1
        a, b = seen(x0, y1, z0), seen(x1, y0, z0)
        ends = (a, b) if light < 0 else ((b[0], a[1]), (a[0], b[1]))
        ramp = linear(*ends, [(mix(tone, WHITE, 0.13), 1), (tone, 1), (mix(tone, DARK, 0.34), 1)])
        self.canvas.drawRect(skia.Rect.MakeLTRB(a[0], a[1], b[0], b[1]), fill(shader=ramp))
        if y1 < EYE and edge:
            self.canvas.drawLine(*a, b[0], a[1], stroke(mix(tone, WHITE, 0.6), 1.6, edge))

    def shade(self, x: float, z: float, radii: tuple[float, float], *, dark: float = 0.5) -> None:
        """The soft shadow on the floor under a thing, ``radii`` across and along."""
        middle, scale = seen(x, 0, z), FOCAL / z
        near = seen(x, 0, max(NEAR, z - radii[1]))[1] - middle[1]
        size = (radii[0] * scale, max(4.0, near))
        blob(self.canvas, middle, size, (4, 4, 10), dark, blur=max(3.0, 0.09 * scale))

    def glow(self, at: Solid, reach: float, *, alpha: float = 0.5, tone: Colour = LAMP) -> None:
        """Light in the air and on what is near: a soft disc of ``reach`` metres around a point."""
        x, y = seen(*at)
        radius = reach * FOCAL / at[2]
        shader = radial((x, y), radius, [(tone, alpha), (tone, 0.42 * alpha), (tone, 0.0)], [0.0, 0.32, 1.0])
        self.canvas.drawCircle(x, y, radius, fill(shader=shader, mode=skia.BlendMode.kScreen))

    def pool(self, x: float, z: float, reach: float, *, alpha: float = 0.4, tone: Colour = LAMP) -> None:
        """Light on the floor around a point."""
        with self.level() as floor:
            at = (100 * x, -100 * z)
            shader = radial(at, 100 * reach, [(tone, alpha), (tone, 0.5 * alpha), (tone, 0.0)], [0.0, 0.4, 1.0])
            box = skia.Rect.MakeLTRB(
                at[0] - 100 * reach, max(at[1] - 100 * reach, -100 * self.back), at[0] + 100 * reach,
                min(-100 * NEAR, at[1] + 100 * reach),
            )  # fmt: skip
            floor.drawRect(box, fill(shader=shader, mode=skia.BlendMode.kScreen))
