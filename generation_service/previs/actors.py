"""Drawn people at more than head size: a puppet with a talking face, its deeds, what it carries, what it sits on."""

from collections.abc import Callable
from dataclasses import replace
from typing import cast

import numpy as np
import skia

from generation_service.contract.shots import Character, Shot
from generation_service.previs.acting import Acting, deed_of
from generation_service.previs.blocking import Part, side_of
from generation_service.previs.brush import Colour, Image
from generation_service.previs.camera import Path
from generation_service.previs.carried import draw_carried
from generation_service.previs.cast.draw import CENTRE
from generation_service.previs.cast.dress import dressed
from generation_service.previs.cast.head import TURN_NARROW, TURN_SHIFT
from generation_service.previs.cast.held import draw_wheel
from generation_service.previs.cast.looks import LOOKS, Look, look_of
from generation_service.previs.cast.puppet import (
    HEAD_BOX,
    Painted,
    Plane,
    draw_arms,
    draw_shadow,
    draw_trunk,
    head_on,
    joints_of,
    kit_of,
    mesh_turned,
    plane_of,
)  # fmt: skip
from generation_service.previs.cast.rig import GAITS, LYING, ON_SEAT, SOLE, Pose, facing
from generation_service.previs.cast.seats import draw_blanket, draw_pillow, draw_seat, draw_table
from generation_service.previs.cels import Body, Cel, cel_of
from generation_service.previs.marks import Mark
from generation_service.previs.people import look_from_afar, stock_id, stock_person
from generation_service.previs.portrait.head import TalkingHead
from generation_service.previs.portrait.motion import Track
from generation_service.previs.portrait.posing import Posing
from generation_service.previs.scenes.light import Mood, from_afar

# Deeds done at a table, whether or not one is named; deeds that reach far out of the body, to the sides or up.
BED_LONG = 1.5
DESK = {"table", "type", "write"}
FAR = {"point", "cheer", "run", "wave", "hug", "dance", "float", "toast", "push", "kneel", "ground", "play", "raise"}
# Where the head of somebody in bed lies, from where it would be over the hips.
PILLOW = (900.0, 1060.0)
HIGH = {"wave", "cheer", "raise", "lift", "climb", "float"}
LEAST_SCALE = 0.05


def look_for(character: Character, faces: dict[str, Image]) -> Look:
    """A character's look from far or medium: their stock design in the colours of their sheet, or one dressed like
    their portrait.
    """
    look = look_of(stock_id(character)) or LOOKS[0]
    if character.face is not None:
        look = look_from_afar(character, faces)
    return dressed(look, character) if character.face is None else look


class Actor:
    """A drawn person of a shot as an item of the stage. ``track`` moves the face, the deed of ``part`` the body.
    Somebody known by a photo is seen from behind: the photo holds nothing to draw a body's front from.
    """

    still = False

    def __init__(
        self, part: Part, look: Look, shot: Shot, *, mark: Mark, mood: Mood, track: Track | None,
        frame: tuple[int, int], path: Path,
    ) -> None:  # fmt: skip
        self.depth = 0.02 if part.back else 0.0
        self._part, self._look, self._shot, self._mark, self._track = part, look, shot, mark, track
        mood = from_afar(mood, 1.0 if shot.size in {"WS", "EWS"} else 0.45)
        self._mood, self._frame = mood, frame
        self._light: Colour = (mood.key[0] * mood.exposure, mood.key[1] * mood.exposure, mood.key[2] * mood.exposure)
        self._behind = part.character.face is not None
        deed = deed_of(part)
        turn = 0.0 if self._behind else facing(deed, part.way, float(side_of(part.character)))
        self._turn = turn
        self._kit = kit_of(look, mood, max(LEAST_SCALE, round(mark.scale * 1.04, 4)), turn=turn, behind=self._behind)
        self._path, self._body = path, cast("Body | None", None)
        self._head = self._talking() if track is not None and not self._behind else None
        self._posed = Posing(self._head, track) if self._head is not None and track is not None else None
        self._face = self._kit.head if self._head is None else Painted(self._head.canvas, HEAD_BOX, self._head.spans)
        self.acting = Acting(part, shot, turn=turn, broad=look.shoulders, behind=self._behind)
        if deed == "lie" and shot.size == "MS":  # the frame goes to the pillow
            self._mark = replace(mark, x=mark.x - PILLOW[0] * mark.scale, y=mark.y - PILLOW[1] * mark.scale)

    def _talking(self) -> TalkingHead | None:
        """The kit's head with a mesh that speaks, where it is large enough for lips to be seen."""
        scale = self._kit.scale
        if self._mark.scale * 590 < 26 or look_of(self._look.id) is None:
            return None
        _, mesh = stock_person(self._look.id)
        units = mesh_turned(mesh - np.array([CENTRE[0], CENTRE[1], 0.0]), self._turn, TURN_SHIFT, TURN_NARROW)
        points = (units - np.array([HEAD_BOX[0], HEAD_BOX[1], 0.0])) * scale
        return TalkingHead(self._kit.head.picture, points, light=self._light)

    def _headed(self, pose: Pose, index: int) -> Pose:
        """The pose with the head as the track has it in a frame."""
        if self._track is None:
            return pose
        roll, dx, dy = (float(v) for v in self._track.head[index][:3])
        return replace(pose, head=(pose.head[0] + roll, pose.head[1] + dx * 560, pose.head[2] + dy * 560))

    def pose(self, index: int) -> tuple[Pose, float]:
        """The pose of a frame and how far they have gone by then, in units."""
        return self._headed(self.acting.pose(index), index), self.acting.gone(index)

    def begin(self, index: int) -> None:
        """As :meth:`generation_service.previs.figure.Figure.begin`."""
        if self._posed is not None:
            self._posed.begin(index)

    def draw(self, below: Image, index: int, view: tuple[float, float, float]) -> None:
        """The person over ``below`` (RGB, in place). The head moves in each frame, the body in every second one, as in
        drawn films, unless it walks; the camera always moves.
        """
        at = index if self.acting.deed in GAITS else index - index % 2
        if self._body is None or self._body.index != at:
            self._body = self._redrawn(at)
        body, (zoom, dx, dy) = self._body, view
        x, y = self._foot(zoom, body.gone)
        x, y, scale = x + dx, y + dy, self._mark.scale * zoom
        tall = scale * self._mark.tall
        base = skia.Matrix().setAll(scale, 0, x, 0, tall, y - SOLE * tall, 0, 0, 1)
        pose = self._headed(body.pose, index)
        *floor, trunk, arms = body.layers
        for one in floor:
            one.lay(below, x, y)
        head_on(below, base, self._kit.back, pose)
        trunk.lay(below, x, y)
        if self._posed is not None:
            self._posed.wait(index)
        head_on(below, base, self._face, pose)
        arms.lay(below, x, y)

    def _seat(self, plane: Plane) -> None:
        """What they sit or lie on; one that two share stands between them."""
        lies = self.acting.deed == "lie"
        plane.canvas.save()
        plane.canvas.translate(self._part.seat_shift, 0)
        plane.canvas.scale(BED_LONG if lies else 1, 1)
        draw_seat(plane.canvas, self._part.seat or ("bed" if lies else "chair"), self._shot.place, self._light)
        plane.canvas.restore()
        if lies:
            draw_pillow(plane.canvas, self._light)

    def _foot(self, zoom: float, gone: float) -> tuple[float, float]:
        """Where they stand in the frame before the camera's shift."""
        (width, height), mark = self._frame, self._mark
        x = width / 2 + (mark.x + gone * mark.scale - width / 2) * zoom
        return x, height / 2 + (mark.y - height / 2) * zoom

    def _redrawn(self, index: int) -> Body:
        """The body of a frame, as the camera sees it there but for its shift."""
        pose, gone = self.acting.pose(index), self.acting.gone(index)
        width, height = self._frame
        zoom, _, _ = self._path.at(index, height, depth=self.depth)
        (x, y), scale = self._foot(zoom, gone), self._mark.scale * zoom
        held, deed = self._part.held, self.acting.deed
        far = held in {"umbrella", "lantern"} or deed in FAR
        reach = 2150.0 if deed in LYING else 1720.0 if deed in ON_SEAT else 1330.0 if far else 900.0
        top = 1750.0 if held == "umbrella" else 700.0 if deed in HIGH else 470.0
        room = int(np.ceil(np.abs(self._path.shift).max() * height)) + 8
        left, upper = max(-room, int(x - reach * scale)), max(-room, int(y - (SOLE + top) * scale))
        right, lower = min(width + room, int(x + reach * scale) + 2), min(height + room, int(y + 260 * scale) + 2)

        def layer(*draw: Callable[[Plane], object]) -> Cel:
            plane = plane_of(max(2, lower - upper), max(2, right - left))
            plane.canvas.translate(x - left, y - upper)
            plane.canvas.scale(scale, scale * self._mark.tall)
            plane.canvas.translate(0, -SOLE)
            for one in draw:
                one(plane)
            return cel_of(plane.pixels, left - x, upper - y)

        joints = joints_of(self._kit.look, pose)
        inside, thrown = self._shot.place.interior, max(0.0, 1 - 1.7 * self._mood.haze)
        floor: list[Callable[[Plane], object]] = [
            lambda p: draw_shadow(p.canvas, pose, 0.7 if inside else 0.95, cast=0.0 if inside else thrown)
        ]
        if deed in ON_SEAT:
            floor.append(self._seat)
        under: list[Callable[[Plane], object]] = [lambda p: draw_trunk(p, self._kit, pose, joints)]
        over: list[Callable[[Plane], object]] = [lambda p: draw_arms(p.canvas, self._kit, pose, joints)]
        if held:
            over.insert(0, lambda p: draw_carried(p.canvas, held, joints, self._light, self._mood, k=pose.holder))
        if deed in DESK or (self._part.at_table and deed in ON_SEAT):
            over.insert(0, lambda p: draw_table(p.canvas, self._shot.place, self._light))
        if deed == "lie":
            over.insert(0, lambda p: draw_blanket(p.canvas, self._shot.place, self._light))
        if deed == "drive":
            over.insert(0, lambda p: draw_wheel(p.canvas, joints, self._light))
        cels = (layer(*floor), layer(*under)) if deed in ON_SEAT else (layer(*floor, *under),)
        return Body(index, pose, gone, (*cels, layer(*over)))
