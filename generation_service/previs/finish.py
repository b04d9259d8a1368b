"""The last steps of a frame: lightning, falling weather, grade, grain, vignette, words; from RGB to I420."""

import cv2
import numpy as np
from numpy.typing import NDArray

from generation_service.contract.shots import Shot
from generation_service.previs import inks, kernels, lettering
from generation_service.previs.brush import Image
from generation_service.previs.captions import Words
from generation_service.previs.grade import grade_for
from generation_service.previs.scenes import air

LABEL_SECONDS, LABEL_FADE = 2.6, 0.35


class Finish:
    """The last steps for all frames of a shot, ``frame`` being (width, height)."""

    def __init__(self, shot: Shot, frame: tuple[int, int], seed: int) -> None:
        self.shot, self._seed = shot, seed
        self.width, self.height = frame
        self._grade = grade_for(shot.place)
        self._vignette, self._grain = air.vignette(*frame), air.grain(*frame)
        self._vignette_half = np.ascontiguousarray(self._vignette[::2, ::2])
        outdoors = "none" if shot.place.interior else shot.place.weather
        self._fall = air.weather(outdoors, *frame)
        self._flashes = air.flashes_of(shot, self._seed)
        self._words = Words(shot, frame)
        self._label = lettering.label(shot.label, *frame) if shot.label else None
        self._i420 = np.empty((self.height * 3 // 2, self.width), np.uint8)
        self._chroma = self._planes()

    def _planes(self) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Views of the two chroma planes inside the I420 array."""
        flat, luma = self._i420.reshape(-1), self.height * self.width
        half = (self.height // 2, self.width // 2)
        return flat[luma : luma + luma // 4].reshape(half), flat[luma + luma // 4 :].reshape(half)

    def frame(self, picture: Image, index: int) -> NDArray[np.uint8]:
        """What :meth:`composed` gave for ``index`` with weather, grade, grain and words, as I420; written over. It may
        run in another thread than what is composed meanwhile. The array is reused by the next call.
        """
        flash = air.flash_at(self._flashes, (index + 0.5) / self.shot.fps)
        if flash > 0.02:
            self._lightning(picture, flash)
        cv2.cvtColor(picture, cv2.COLOR_RGBA2YUV_I420, dst=self._i420)
        luma, (cb, cr) = self._i420[: self.height], self._chroma
        self._weather(index, luma)
        at = np.random.default_rng((self._seed + index) & 0xFFFFFFFF).integers(0, air.GRAIN_ROAM, 2)
        grade = self._grade
        bright = np.ascontiguousarray(luma[::2, ::2])
        for plane, tint in ((cb, grade.blue), (cr, grade.red)):
            inks.grade_chroma(plane, cv2.LUT(bright, tint), self._vignette_half, grade.saturation)
        cv2.LUT(luma, grade.curve, dst=luma)
        kernels.finish_luma(luma, self._vignette, self._grain, int(at[0]), int(at[1]))
        self._words.draw(self._i420, index)
        if self._label is not None:
            self._burn(index)
        return self._i420

    def _lightning(self, picture: Image, flash: float) -> None:
        """The whole scene lit up for a moment."""
        np.minimum(255, picture * (1 + 0.55 * flash) + 26 * flash, out=picture, casting="unsafe")

    def _weather(self, index: int, luma: NDArray[np.uint8]) -> None:
        if not self._fall.sheet.size:
            return
        t, fall = index / self.shot.fps, self._fall
        near, far = (
            (int(start - t * speed[0]) % air.FALL_TILE, int(start - t * speed[1]) % air.FALL_TILE)
            for speed, start in ((fall.near, 0), (fall.far, 311))
        )
        inks.fall_twice(luma, fall.sheet, near, far)

    def _burn(self, index: int) -> None:
        """The label over luma and chroma, whole for the first seconds, then faded out."""
        strip, top = self._label if self._label is not None else (np.zeros((0, 0, 4), np.uint8), 0)
        share = min(1.0, max(0.0, (LABEL_SECONDS + LABEL_FADE - (index + 1) / self.shot.fps) / LABEL_FADE))
        if share > 0:
            lettering.burn(self._i420, strip, (0, top), share)
