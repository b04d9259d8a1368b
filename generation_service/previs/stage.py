"""A shot set up for rendering: plate, people, camera, weather and label; ``frame(i)`` gives one I420 picture."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generation_service.contract.shots import Character, Shot
from generation_service.previs import camera, kernels, lettering
from generation_service.previs.brush import Image
from generation_service.previs.figure import Figure, place, stand
from generation_service.previs.passers import Passers
from generation_service.previs.people import full_person, person_of, stock_id
from generation_service.previs.portrait.motion import Spoken, Track, act
from generation_service.previs.scenes.plate import FALL_TILE, GRAIN_ROAM, grain, paint_plate, vignette, weather

FOCUS = {"ECU": 0.017, "CU": 0.013, "MCU": 0.0085, "MS": 0.0045, "WS": 0.0, "EWS": 0.0}
LABEL_SECONDS, LABEL_FADE = 2.6, 0.35


@dataclass(frozen=True)
class _Cast:
    character: Character
    across: float


class Stage:
    """Everything a shot's frames need, built once. Deterministic for the same shot and faces. ``check`` is called
    between the parts of the set-up and may raise.
    """

    def __init__(self, shot: Shot, faces: dict[str, Image], *, check: Callable[[], None] = lambda: None) -> None:
        self.shot = shot
        self.width, self.height = shot.width // 2 * 2, shot.height // 2 * 2
        frame = (self.width, self.height)
        self._seed = int.from_bytes(hashlib.sha256(f"{shot.id}/{shot.seed}".encode()).digest()[:8], "big")
        self._path = camera.path(shot.camera, shot.frames, shot.fps, self._seed)
        self._plate = paint_plate(shot.place, self.width, self.height, FOCUS[shot.size])
        self.tracks: dict[str, Track] = {}
        self._figures = []
        for one in self._in_frame():
            check()
            self._figures.append(self._figure(one, faces, frame))
        self._passers = Passers(shot, frame, self._plate.mood, self._seed, faces)
        self._vignette, self._grain = vignette(*frame), grain(*frame)
        self._vignette_half = np.ascontiguousarray(self._vignette[::2, ::2])
        self._fall = weather("none" if shot.place.interior else shot.place.weather, *frame)
        self._still: Image | None = None
        self._label = lettering.label(shot.label, *frame) if shot.label else None
        self._i420 = np.empty((self.height * 3 // 2, self.width), np.uint8)
        self._chroma = self._planes()

    def _planes(self) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Views of the two chroma planes inside the I420 array."""
        flat, luma = self._i420.reshape(-1), self.height * self.width
        half = (self.height // 2, self.width // 2)
        return flat[luma : luma + luma // 4].reshape(half), flat[luma + luma // 4 :].reshape(half)

    def _in_frame(self) -> list[_Cast]:
        """Who is on screen, back to front. Close shots show the speaker alone, a medium shot up to two people."""
        shot = self.shot
        if shot.size == "EWS" or not shot.characters:
            return []
        if shot.size == "WS":
            drawn = [c for c in shot.characters[:3] if c.face is None]
            return [_Cast(one, 0.5 + 0.17 * (k - (len(drawn) - 1) / 2)) for k, one in enumerate(drawn)]
        order = sorted(shot.characters, key=lambda c: c.name != shot.speaker)
        side = 1 if sum(order[0].name.encode()) % 2 else -1
        if shot.size == "MS" and len(order) > 1:
            return [_Cast(order[1], 0.5 - side * 0.20), _Cast(order[0], 0.5 + side * 0.18)]
        offset = {"ECU": 0.02, "CU": 0.05, "MCU": 0.085, "MS": 0.06}[shot.size]
        return [_Cast(order[0], 0.5 + side * offset)]

    def _figure(self, one: _Cast, faces: dict[str, Image], frame: tuple[int, int]) -> Figure:
        shot = self.shot
        wide = shot.size == "WS"
        picture, mesh = full_person(stock_id(one.character)) if wide else person_of(one.character, faces)
        lines = [
            Spoken(line.start_s, line.seconds, line.phonemes, line.words, line.style.emotion)
            for line in shot.lines if line.character == one.character.name
        ]  # fmt: skip
        name = int.from_bytes(hashlib.sha256(one.character.name.encode()).digest()[:4], "big")
        track = act(lines, shot.frames, shot.fps, self._seed ^ name)
        self.tracks[one.character.name] = track
        if wide:
            spot = stand(picture, shot.place.kind, shot.place.interior, frame=frame, across=one.across)
        else:
            spot = place(picture, mesh, size=shot.size, frame=frame, across=one.across)
        return Figure(picture, mesh, spot=spot, frame=frame, mood=self._plate.mood, track=track)

    def picture(self, index: int) -> Image:
        """Frame ``index`` before vignette, grain, weather and label: RGB (h, w, 3)."""
        below = self._background(index)
        view = self._path.at(index, self.height, depth=0.0)
        self._passers.draw(below, index, self._path.at(index, self.height, depth=0.7))
        for figure in self._figures:
            figure.draw(below, index, view)
        return below

    def _background(self, index: int) -> Image:
        if self.shot.camera == "static":
            if self._still is None:
                self._still = self._warped(index)
            return self._still.copy()
        return self._warped(index)

    def _warped(self, index: int) -> Image:
        zoom, dx, dy = self._path.at(index, self.height, depth=1.0)
        step, picture = self._plate.step, self._plate.picture
        rows, columns = picture.shape[:2]
        size, k = (self.width // step, self.height // step), 1 / zoom
        middle = (
            (columns - 1) / 2 - ((size[0] - 1) / 2 + dx / step) * k,
            (rows - 1) / 2 - ((size[1] - 1) / 2 + dy / step) * k,
        )
        affine = np.array([[k, 0, middle[0]], [0, k, middle[1]]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        out: Any = cv2.warpAffine(picture, affine, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        if step > 1:
            out = cv2.resize(out, (self.width, self.height), interpolation=cv2.INTER_LINEAR)
        return np.asarray(out, np.uint8)

    def frame(self, index: int) -> NDArray[np.uint8]:
        """Frame ``index`` as I420, (h * 3 / 2, w). The array is reused by the next call."""
        cv2.cvtColor(self.picture(index), cv2.COLOR_RGB2YUV_I420, dst=self._i420)
        luma, (cb, cr) = self._i420[: self.height], self._chroma
        self._weather(index, luma, cb, cr)
        at = np.random.default_rng((self._seed + index) & 0xFFFFFFFF).integers(0, GRAIN_ROAM, 2)
        kernels.finish_luma(luma, self._vignette, self._grain, int(at[0]), int(at[1]))
        for plane in (cb, cr):
            kernels.finish_chroma(plane, self._vignette_half)
        if self._label is not None:
            self._burn(index)
        return self._i420

    def _weather(self, index: int, luma: NDArray[np.uint8], cb: NDArray[np.uint8], cr: NDArray[np.uint8]) -> None:
        if not self._fall.sheet.size:
            return
        t = index / self.shot.fps
        for speed, share, start in ((self._fall.near, 256, 0), (self._fall.far, 128, 311)):
            x, y = (int(start - t * v) % FALL_TILE for v in speed)
            for plane, step, white in ((luma, 1, 235), (cb, 2, 128), (cr, 2, 128)):
                kernels.fall_over(plane, self._fall.sheet, (x, y), step, white, share)

    def _burn(self, index: int) -> None:
        """The label over luma and chroma, whole for the first seconds, then faded out."""
        strip, top = self._label if self._label is not None else (np.zeros((0, 0, 4), np.uint8), 0)
        share = min(1.0, max(0.0, (LABEL_SECONDS + LABEL_FADE - (index + 1) / self.shot.fps) / LABEL_FADE))
        if share <= 0:
            return
        alpha = strip[..., 3].astype(np.float32) * (share / 255)
        white = strip[..., :3].astype(np.float32) @ np.array([0.2126, 0.7152, 0.0722], np.float32)
        rows = strip.shape[0]
        luma = self._i420[top : top + rows]
        luma[:] = luma * (1 - alpha) + (16 + white * 219 / 255) * alpha
        half = alpha[::2, ::2]
        rows_half = slice(top // 2, (top + rows) // 2)
        for plane in self._chroma:
            plane[rows_half] = plane[rows_half] * (1 - half) + 128 * half
