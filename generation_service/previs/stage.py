"""A shot set up for rendering: plate, people, camera, weather and label; ``frame(i)`` gives one I420 picture."""

import hashlib
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generation_service.contract.shots import Character, Shot
from generation_service.previs import camera, kernels, lettering
from generation_service.previs.brush import Image
from generation_service.previs.figure import Figure, place
from generation_service.previs.passers import Passers
from generation_service.previs.people import person_of
from generation_service.previs.portrait.motion import Spoken, Track, act
from generation_service.previs.scenes.plate import MARGIN, grain, paint_plate, vignette, weather

FOCUS = {"ECU": 0.017, "CU": 0.013, "MCU": 0.0085, "MS": 0.0045, "WS": 0.0, "EWS": 0.0}
LABEL_SECONDS, LABEL_FADE = 2.6, 0.35


@dataclass(frozen=True)
class _Cast:
    character: Character
    across: float


class Stage:
    """Everything a shot's frames need, built once. Deterministic for the same shot and faces."""

    def __init__(self, shot: Shot, faces: dict[str, Image]) -> None:
        self.shot = shot
        self.width, self.height = shot.width // 2 * 2, shot.height // 2 * 2
        frame = (self.width, self.height)
        self._seed = int.from_bytes(hashlib.sha256(f"{shot.id}/{shot.seed}".encode()).digest()[:8], "big")
        self._path = camera.path(shot.camera, shot.frames, shot.fps, self._seed)
        self._plate = paint_plate(shot.place, self.width, self.height, FOCUS[shot.size])
        self.tracks: dict[str, Track] = {}
        self._figures = [self._figure(one, faces, frame) for one in self._in_frame()]
        self._passers = Passers(shot, frame, self._plate.mood, self._seed)
        self._vignette, self._grain = vignette(*frame), grain()
        self._fall = weather("none" if shot.place.interior else shot.place.weather, self.height)
        self._label = lettering.label(shot.label, *frame) if shot.label else None
        self._i420 = np.empty((self.height * 3 // 2, self.width), np.uint8)

    def _in_frame(self) -> list[_Cast]:
        """Who is on screen, back to front. Close shots show the speaker alone, a medium shot up to two people."""
        shot = self.shot
        if shot.size in {"WS", "EWS"} or not shot.characters:
            return []
        order = sorted(shot.characters, key=lambda c: c.name != shot.speaker)
        side = 1 if sum(order[0].name.encode()) % 2 else -1
        if shot.size == "MS" and len(order) > 1:
            return [_Cast(order[1], 0.5 - side * 0.20), _Cast(order[0], 0.5 + side * 0.18)]
        offset = {"ECU": 0.02, "CU": 0.05, "MCU": 0.085, "MS": 0.06}[shot.size]
        return [_Cast(order[0], 0.5 + side * offset)]

    def _figure(self, one: _Cast, faces: dict[str, Image], frame: tuple[int, int]) -> Figure:
        shot = self.shot
        picture, mesh = person_of(one.character, faces)
        lines = [
            Spoken(line.start_s, line.seconds, line.phonemes, line.words, line.style.emotion)
            for line in shot.lines if line.character == one.character.name
        ]  # fmt: skip
        name = int.from_bytes(hashlib.sha256(one.character.name.encode()).digest()[:4], "big")
        track = act(lines, shot.frames, shot.fps, self._seed ^ name)
        self.tracks[one.character.name] = track
        return Figure(picture, mesh, place(picture, mesh, shot.size, frame, one.across), frame, self._plate.mood, track)

    def picture(self, index: int) -> Image:
        """Frame ``index`` before vignette, grain, weather and label: RGB (h, w, 3)."""
        below = self._background(index)
        view = self._path.at(index, self.height, depth=0.0)
        self._passers.draw(below, index, self._path.at(index, self.height, depth=0.7))
        for figure in self._figures:
            figure.draw(below, index, view)
        return below

    def _background(self, index: int) -> Image:
        zoom, dx, dy = self._path.at(index, self.height, depth=1.0)
        rows, columns = self._plate.picture.shape[:2]
        step = 1 / zoom
        affine = np.array([
            [step, 0, columns / 2 - (self.width / 2 + dx) * step], [0, step, rows / 2 - (self.height / 2 + dy) * step],
        ])  # fmt: skip
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        out: Any = cv2.warpAffine(
            self._plate.picture, affine, (self.width, self.height), flags=flags, borderMode=cv2.BORDER_REFLECT
        )
        return np.asarray(out, np.uint8)

    def frame(self, index: int) -> NDArray[np.uint8]:
        """Frame ``index`` as I420, (h * 3 / 2, w). The array is reused by the next call."""
        kernels.finish(
            self.picture(index), self._vignette, self._grain, self._fall.tile, self._offsets(index), self._i420
        )
        if self._label is not None:
            self._burn(index)
        return self._i420

    def _offsets(self, index: int) -> NDArray[np.int32]:
        t = index / self.shot.fps
        jump = np.random.default_rng((self._seed + index) & 0xFFFFFFFF).integers(0, 512, 2)
        near = [round(-t * v) for v in self._fall.near]
        far = [round(-t * v) + 311 for v in self._fall.far]
        return np.array([jump[0], jump[1], *near, *far], np.int32)

    def _burn(self, index: int) -> None:
        """The label over luma and chroma, whole for the first seconds, then faded out."""
        strip, top = self._label if self._label is not None else (np.zeros((0, 0, 4), np.uint8), 0)
        share = min(1.0, max(0.0, (LABEL_SECONDS + LABEL_FADE - (index + 1) / self.shot.fps) / LABEL_FADE))
        if share <= 0:
            return
        alpha = strip[..., 3].astype(np.float32) * (share / 255)
        white = strip[..., :3].astype(np.float32) @ np.array([0.2126, 0.7152, 0.0722], np.float32)
        rows, width = strip.shape[0], self.width
        luma = self._i420[top : top + rows]
        luma[:] = luma * (1 - alpha) + (16 + white * 219 / 255) * alpha
        half = alpha[::2, ::2]
        for plane in (0, 1):
            start = self.height * width + plane * self.height * width // 4
            view = self._i420.reshape(-1)[start : start + self.height * width // 4].reshape(
                self.height // 2, width // 2
            )
            view[top // 2 : (top + rows) // 2] = view[top // 2 : (top + rows) // 2] * (1 - half) + 128 * half


def plate_margin() -> float:
    """How much larger than the frame a plate is; what a camera move may use."""
    return MARGIN
