"""Inner loops of scenes, compiled by numba: layers over a picture, added light, the colour grade, wet air.

Fixed point throughout: positions in 1/256 pixel, shares in 1/256. Nothing allocates; all release the interpreter lock.
"""

from typing import Any

import numpy as np

from generation_service.previs.brush import Image
from generation_service.previs.kernels import _jit
from generation_service.previs.sampling import lay_flat, words


@_jit
def solid_runs(packed: Any, runs: Any) -> None:
    """The longest run of opaque pixels in each row of ``packed`` (rows, columns) uint32 RGBA: first and one past the
    last column into ``runs`` (rows, 2), zeros where there is none.
    """
    for y in range(packed.shape[0]):
        begun, best, end = 0, 0, 0
        for x in range(packed.shape[1]):
            if packed[y, x] >> 24 != 255:
                begun = x + 1
            elif x + 1 - begun > best:
                best, end = x + 1 - begun, x + 1
        runs[y, 0], runs[y, 1] = end - best, end


@_jit
def add_light(below: Any, light: Any, left: int, top: int, share: int) -> None:
    """Light over RGB in place, as through a second exposure: ``below`` + ``light`` * share / 256, held below white.
    ``light`` is (rows, columns, 3) and may reach out of the picture.
    """
    height, width = below.shape[0], below.shape[1]
    for y in range(max(0, -top), min(light.shape[0], height - top)):
        for x in range(max(0, -left), min(light.shape[1], width - left)):
            for c in range(3):
                b = np.int32(below[top + y, left + x, c])
                add: Any = (np.int32(light[y, x, c]) * share) >> 8
                below[top + y, left + x, c] = np.uint8(b + (((255 - b) * min(add, 255)) >> 8))


@_jit
def grade_chroma(plane: Any, tint: Any, vignette: Any, saturation: float) -> None:
    """Saturation (1 = as it is), a tint and the vignette on one chroma plane in place. ``tint`` and ``vignette`` have
    the plane's size; 128 is no tint.
    """
    base, unit = np.float32(128), np.float32(1 / 256)
    factor = np.float32(saturation)
    for y in range(plane.shape[0]):
        row, light, shade = plane[y], vignette[y], tint[y]
        for x in range(plane.shape[1]):
            value = (np.float32(row[x]) - base) * factor + (np.float32(shade[x]) - base)
            graded = value * ((np.float32(light[x]) + np.float32(1)) * unit) + np.float32(128.5)
            row[x] = np.uint8(min(max(graded, np.float32(16)), np.float32(240)))


@_jit
def fall_twice(plane: Any, tile: Any, near: Any, far: Any) -> None:
    """Falling weather over a luma plane in place, towards white by ``tile`` read from ``near`` (x, y), then by half of
    it read from ``far``; ``tile`` is large enough.
    """
    height, width = plane.shape
    white, unit = np.float32(235), np.float32(1 / 256)
    for y in range(height):
        row = plane[y]
        close, away = tile[y + near[1], near[0] : near[0] + width], tile[y + far[1], far[0] : far[0] + width]
        for x in range(width):
            value = np.float32(row[x])
            value += (white - value) * (np.float32(close[x]) * unit)
            value += (white - value) * (np.float32(away[x]) * (unit * np.float32(0.5)))
            row[x] = np.uint8(value + np.float32(0.5))


def lay_premultiplied(below: Image, above: Image, left: int, top: int) -> None:
    """RGBA ``above``, colour times alpha, over ``below`` (h, w, 4) in place, its corner at (left, top); all inside."""
    lay_flat(words(below), words(above), left, top)


@_jit
def premultiply(picture: Any, out: Any) -> None:
    """Straight RGBA to RGBA whose colour is multiplied by its alpha; both (h, w, 4)."""
    for y in range(picture.shape[0]):
        for x in range(picture.shape[1]):
            a = np.int32(picture[y, x, 3])
            share = a + (a >> 7)
            for c in range(3):
                out[y, x, c] = np.uint8((np.int32(picture[y, x, c]) * share) >> 8)
            out[y, x, 3] = np.uint8(a)
