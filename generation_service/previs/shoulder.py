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
        self._foot = (across * frame[0], frame[1] * 1.05)
        kit = kit_of(look, mood, round(min(scale, 0.5), 4), behind=True)
        shape = (round(frame[1] * 0.98), round(1420 * scale))
        plane = plane_of(*shape)
        plane.canvas.translate(shape[1] / 2, 440 * scale)
        plane.canvas.scale(scale, scale)
        draw_puppet(plane, kit, pose_of("idle", "", 0.0, Cue(0.0), broad=look.shoulders))
        self._picture = _backlit(plane.pixels, mood, 1.0 if across < 0.5 else -1.0, frame[1])

    def draw(self, below: Image, index: int, view: tuple[float, float, float]) -> None:
        """The shoulder, swaying a little."""
        zoom, dx, dy = view
        width, height = self._frame
        t = index / self._fps
        x = self._foot[0] + 0.004 * height * float(np.sin(0.9 * t + self._phase))
        y = self._foot[1] + 0.003 * height * float(np.sin(1.7 * t + self._phase))
        at = (width / 2 + (x - width / 2) * zoom + dx, height / 2 + (y - height / 2) * zoom + dy)
        lay_sprite(below, self._picture, at, zoom)


def _backlit(picture: Image, mood: Mood, toward: float, height: int) -> Image:
    """Somebody between the camera and the light: dark toward the edge of the frame, strands of light in the hair, a rim
    on the side that the other one is on (``toward``: 1 to the right). Premultiplied RGBA, out of focus.
    """
    cover = picture[..., 3].astype(np.float32) / 255
    rows, columns = cover.shape
    across = np.linspace(-1, 1, columns, dtype=np.float32) * toward
    tone = picture[..., :3].astype(np.float32) * (0.74 + 0.20 * np.clip(across, -1, 1))[None, :, None]
    inner = cv2.GaussianBlur(cover, (0, 0), 0.016 * height)
    shift = round(0.012 * height)
    lit = np.clip(cover - np.roll(np.roll(inner, -round(shift * toward), axis=1), shift, axis=0), 0, 1)
    strands = np.random.default_rng(5).standard_normal((max(2, rows // 48), columns // 2)).astype(np.float32)
    comb = 1 + 0.16 * cv2.resize(strands, (columns, rows), interpolation=cv2.INTER_CUBIC)
    head = np.clip(1.4 - np.arange(rows, dtype=np.float32) / (0.44 * rows), 0, 1)[:, None]
    light = np.array(mood.key, np.float32) * mood.exposure
    tone = tone * (1 + head * (comb - 1))[..., None] + 0.42 * (lit * cover)[..., None] * light
    made = np.dstack([np.clip(tone, 0, 255 * cover[..., None]), picture[..., 3]])
    return np.ascontiguousarray(cv2.GaussianBlur(made, (0, 0), 0.0058 * height).astype(np.uint8))
