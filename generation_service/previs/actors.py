"""Drawn people at more than head size: a puppet with a talking face, its deeds, what it carries, what it sits on."""

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from generation_service.contract.shots import Character, Line, Shot
from generation_service.previs import inks
from generation_service.previs.blocking import Part
from generation_service.previs.brush import Colour, Image, rgb
from generation_service.previs.cast.draw import CENTRE
from generation_service.previs.cast.head import TURN_NARROW, TURN_SHIFT
from generation_service.previs.cast.held import draw_held
from generation_service.previs.cast.looks import LOOKS, Look, look_of
from generation_service.previs.cast.puppet import HEAD_BOX, Kit, draw_puppet, draw_shadow, kit_of, mesh_turned, plane_of
from generation_service.previs.cast.rig import PERSON, SOLE, Cue, Pose, pose_of, travelled
from generation_service.previs.cast.seats import draw_seat
from generation_service.previs.passers import lay_sprite
from generation_service.previs.people import look_from_afar, stock_id, stock_person
from generation_service.previs.portrait.head import TalkingHead
from generation_service.previs.portrait.motion import Track
from generation_service.previs.scenes.light import Mood

BESIDE = 0.78  # how far somebody who walks is turned
LEAST_SCALE = 0.05


@dataclass(frozen=True)
class Mark:
    """Where somebody stands: the spot between the feet in pixels of the frame, and pixels per unit."""

    x: float
    y: float
    scale: float


def look_for(character: Character, faces: dict[str, Image]) -> Look:
    """A character's look from far or medium: their stock design in the colours of their sheet, or one dressed like
    their portrait.
    """
    look = look_of(stock_id(character)) or LOOKS[0]
    if character.face is not None:
        look = look_from_afar(character, faces)
    if character.palette:
        cloth = rgb(character.palette[0])
        inner = rgb(character.palette[1]) if len(character.palette) > 1 else look.inner
        look = replace(look, cloth=cloth, inner=inner)
    return look


class Actor:
    """A drawn person of a shot as an item of the stage. ``track`` moves the face, the deed of ``part`` the body.
    Somebody known by a photo is seen from behind: the photo holds nothing to draw a body's front from.
    """

    still = False

    def __init__(
        self, part: Part, look: Look, shot: Shot, *, mark: Mark, mood: Mood, track: Track | None, frame: tuple[int, int]
    ) -> None:
        self.depth = 0.02 if part.back else 0.0
        self._part, self._look, self._shot, self._mark, self._track = part, look, shot, mark, track
        self._mood, self._frame = mood, frame
        self._light: Colour = (mood.key[0] * mood.exposure, mood.key[1] * mood.exposure, mood.key[2] * mood.exposure)
        self._behind = part.character.face is not None
        turn = 0.0 if self._behind else BESIDE * part.way if abs(part.way) > 0.6 else part.way
        self._turn = turn
        self._kit = kit_of(look, mood, max(LEAST_SCALE, round(mark.scale * 1.04, 4)), turn=turn, behind=self._behind)
        self._kept: dict[Any, Image] = {}
        self._head = self._talking() if track is not None and not self._behind else None
        self._lines = [line for line in shot.lines if line.character == part.character.name]
        self._phase = sum(part.character.name.encode()) % 97 / 97

    def _talking(self) -> TalkingHead | None:
        """The kit's head with a mesh that speaks, where it is large enough for lips to be seen."""
        scale = self._kit.scale
        if self._mark.scale * 590 < 26 or look_of(self._look.id) is None:
            return None
        _, mesh = stock_person(self._look.id)
        units = mesh_turned(mesh - np.array([CENTRE[0], CENTRE[1], 0.0]), self._turn, TURN_SHIFT, TURN_NARROW)
        points = (units - np.array([HEAD_BOX[0], HEAD_BOX[1], 0.0])) * scale
        return TalkingHead(self._kit.head, points, light=self._light)

    def pose(self, index: int) -> tuple[Pose, float]:
        """The pose of a frame and how far they have gone by then, in units."""
        fps, part = self._shot.fps, self._part
        t = (index + 0.5) / fps
        line = next((one for one in self._lines if one.start_s - 0.2 <= t <= one.start_s + one.seconds + 0.25), None)
        cue = Cue(t, phase=self._phase)
        if line is not None:
            gate = min(1.0, (t - line.start_s + 0.2) / 0.35, (line.start_s + line.seconds + 0.25 - t) / 0.35)
            cue = Cue(t, max(0.0, gate), _beat(line, t), line.style.emotion, self._phase)
        pose = pose_of(
            part.deed, part.held, self._turn if not self._behind else part.way * 0.3, cue, broad=self._look.shoulders
        )
        if self._behind and part.deed not in {"walk", "run"}:
            pose = replace(pose, turn=0.0)
        if self._track is not None:
            roll, dx, dy = (float(v) for v in self._track.head[index][:3])
            pose = replace(pose, head=(pose.head[0] + roll, pose.head[1] + dx * 560, pose.head[2] + dy * 560))
        way = 1.0 if part.way >= 0 else -1.0
        middle = self._shot.frames / fps / 2
        return pose, way * (travelled(part.deed, t) - travelled(part.deed, middle))

    def draw(self, below: Image, index: int, view: tuple[float, float, float]) -> None:
        """The person over ``below`` (RGB, in place)."""
        zoom, dx, dy = view
        pose, gone = self.pose(index)
        scale = self._mark.scale * zoom
        width, height = self._frame
        x = width / 2 + (self._mark.x + gone * self._mark.scale - width / 2) * zoom + dx
        y = height / 2 + (self._mark.y - height / 2) * zoom + dy
        if self._head is not None and self._track is not None:
            self._head.pose(self._track.weights[index], float(self._track.blink[index]), self._track.gaze[index])
        reach = (
            1330.0
            if self._part.held in {"umbrella", "lantern"} or self._part.deed in {"point", "cheer", "run"}
            else 900.0
        )
        top = 1750.0 if self._part.held == "umbrella" else 640.0 if self._part.deed in {"wave", "cheer"} else 470.0
        box = (
            int(x - reach * scale),
            int(y - (SOLE + top) * scale),
            int(x + reach * scale) + 2,
            int(y + 130 * scale) + 2,
        )
        clip = (max(0, box[0]), max(0, box[1]), min(width, box[2]), min(height, box[3]))
        if clip[2] - clip[0] < 2 or clip[3] - clip[1] < 2:
            return
        plane = plane_of(clip[3] - clip[1], clip[2] - clip[0], self._kept)
        canvas = plane.canvas
        canvas.translate(x - clip[0], y - clip[1])
        canvas.scale(scale, scale)
        canvas.translate(0, -SOLE)
        draw_shadow(canvas, pose, 0.9 if not self._shot.place.interior else 0.7)
        if pose.seated:
            draw_seat(canvas, self._shot.place, self._light)
        talking = self._head.canvas if self._head is not None else None
        draw_puppet(plane, self._kit, pose, head=talking, carry=self._carry if self._part.held else None)
        inks.lay_premultiplied(below, plane.pixels, clip[0], clip[1])

    def _carry(self, canvas: Any, joints: Any, kit: Kit) -> None:
        draw_held(canvas, self._part.held, joints, self._light)


def _beat(line: Line, t: float) -> float:
    """Stress 0..1 at ``t``: a short stroke on each longer word."""
    strength = 0.0
    for word in line.words:
        if len(word.text) > 3:
            since = t - line.start_s - word.start_s
            strength = max(strength, float(np.exp(-0.5 * ((since - 0.09) / 0.09) ** 2)))
    return strength


def mark_at(across: float, frame: tuple[int, int], foot: tuple[float, float, float], *, back: bool = False) -> Mark:
    """Where somebody of a wide shot stands; ``foot`` as :func:`generation_service.previs.standing.foot_of` gives it."""
    _, y, tall = foot
    share = 0.80 if back else 1.0
    return Mark(across * frame[0], y - (0.045 * frame[1] if back else 0.0), tall * share / PERSON)


def mark_close(across: float, frame: tuple[int, int], face: float, line: float) -> Mark:
    """Where somebody of a medium shot stands: ``face`` height and eye ``line`` in frame heights, the feet far below."""
    scale = face * frame[1] / 480.0
    return Mark(across * frame[0], line * frame[1] + SOLE * scale, scale)


class Shoulder:
    """Somebody seen from behind at the edge of the frame, out of focus: the other side of a conversation."""

    depth, still = -0.25, False

    def __init__(self, look: Look, shot: Shot, *, across: float, mood: Mood, frame: tuple[int, int], seed: int) -> None:
        self._frame, self._fps, self._phase = frame, shot.fps, (seed % 100) / 16
        scale = 0.46 * frame[1] / 480.0
        self._foot = (across * frame[0], frame[1] * 1.01)
        kit = kit_of(look, mood, round(min(scale, 0.5), 4), behind=True)
        shape = (round(frame[1] * 0.94), round(1420 * scale))
        plane = plane_of(*shape)
        plane.canvas.translate(shape[1] / 2, 440 * scale)
        plane.canvas.scale(scale, scale)
        draw_puppet(plane, kit, pose_of("idle", "", 0.0, Cue(0.0), broad=look.shoulders))
        soft = cv2.GaussianBlur(plane.pixels, (0, 0), 0.010 * frame[1])
        self._picture = np.ascontiguousarray((soft.astype(np.float32) * (0.80, 0.80, 0.80, 1.0)).astype(np.uint8))

    def draw(self, below: Image, index: int, view: tuple[float, float, float]) -> None:
        """The shoulder, swaying a little."""
        zoom, dx, dy = view
        width, height = self._frame
        t = index / self._fps
        x = self._foot[0] + 0.004 * height * float(np.sin(0.9 * t + self._phase))
        y = self._foot[1] + 0.003 * height * float(np.sin(1.7 * t + self._phase))
        at = (width / 2 + (x - width / 2) * zoom + dx, height / 2 + (y - height / 2) * zoom + dy)
        lay_sprite(below, self._picture, at, zoom)
