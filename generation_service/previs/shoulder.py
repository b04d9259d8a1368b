"""Somebody seen from behind at the edge of the frame, out of focus: the other side of a conversation."""

import cv2
import numpy as np

from generation_service.contract.shots import Shot
from generation_service.previs.brush import Image
from generation_service.previs.cast.looks import Look
from generation_service.previs.cast.puppet import draw_puppet, kit_of, plane_of
from generation_service.previs.cast.rig import Cue, pose_of
from generation_service.previs.passers import lay_sprite
from generation_service.previs.scenes.light import Mood


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
