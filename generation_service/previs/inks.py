"""Inner loops of scenes, compiled by numba: layers over a picture, added light, the colour grade, wet air.

Fixed point throughout: positions in 1/256 pixel, shares in 1/256. Nothing allocates; all release the interpreter lock.
"""

from typing import Any

import numpy as np

from generation_service.previs.kernels import _jit

_SPREAD = 0x00FF00FF00FF00FF


@_jit
def lay_layer(below: Any, above: Any, ux: Any, vy: Any, sway: Any, spans: Any, wrap: int) -> None:  # noqa: PLR0917  (numba)
    """A layer over RGB ``below`` (h, w, 3) in place, sampled between its pixels.

    ``above`` (rows, columns) uint32: RGBA bytes with colour already multiplied by alpha. ``ux`` (w,) and ``vy`` (h,)
    int64: source column and row of each output column and row; ``sway`` (h,) is added to ``ux`` row by row. ``spans``
    (rows, 2): first and last column that is not empty. ``wrap`` > 0: columns repeat with that period.
    """
    height, width = below.shape[0], below.shape[1]
    rows, columns = above.shape
    for y in range(height):
        iv, fv = vy[y] >> 8, vy[y] & 255
        if iv < 0 or iv >= rows - 1:
            continue
        low, high = min(spans[iv, 0], spans[iv + 1, 0]) - 1, max(spans[iv, 1], spans[iv + 1, 1]) + 1
        if high <= low:
            continue
        first, last = 0, width
        if wrap == 0:  # columns are evenly spaced, so the filled part of the row is found by division
            pace = max(1.0, (ux[width - 1] - ux[0]) / max(1, width - 1))
            first = max(0, int((low * 256 - sway[y] - ux[0]) / pace) - 2)
            last = min(width, int((high * 256 + 256 - sway[y] - ux[0]) / pace) + 3)
        for x in range(first, last):
            u = ux[x] + sway[y]
            iu, fu = u >> 8, u & 255
            if wrap > 0:
                iu %= wrap
            elif iu < low or iu > high or iu < 0 or iu >= columns - 1:
                continue
            p, q = np.int64(above[iv, iu]), np.int64(above[iv, iu + 1])
            r, s = np.int64(above[iv + 1, iu]), np.int64(above[iv + 1, iu + 1])
            if (p | q | r | s) == 0:
                continue
            p, q = (p & 0xFF00FF) | ((p & 0xFF00FF00) << 24), (q & 0xFF00FF) | ((q & 0xFF00FF00) << 24)
            r, s = (r & 0xFF00FF) | ((r & 0xFF00FF00) << 24), (s & 0xFF00FF) | ((s & 0xFF00FF00) << 24)
            fx, fy = fu >> 1, fv >> 1  # seven bits, so that no sum reaches the sign of the word
            p = ((p * (128 - fx) + q * fx) >> 7) & _SPREAD
            r = ((r * (128 - fx) + s * fx) >> 7) & _SPREAD
            p = ((p * (128 - fy) + r * fy) >> 7) & _SPREAD
            a = p >> 48
            rest = 256 - (a + (a >> 7))
            below[y, x, 0] = np.uint8(min(255, (p & 255) + ((np.int64(below[y, x, 0]) * rest) >> 8)))
            below[y, x, 1] = np.uint8(min(255, ((p >> 32) & 255) + ((np.int64(below[y, x, 1]) * rest) >> 8)))
            below[y, x, 2] = np.uint8(min(255, ((p >> 16) & 255) + ((np.int64(below[y, x, 2]) * rest) >> 8)))


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
def grade_chroma(plane: Any, luma: Any, vignette: Any, tint: Any, saturation: int) -> None:
    """Saturation (256 = as it is), a tint by brightness and the vignette on one chroma plane in place. ``luma`` is the
    whole luma plane; ``tint`` (256,) int16 is added at full light.
    """
    height, width = plane.shape
    for y in range(height):
        row, light, bright = plane[y], vignette[y], luma[2 * y]
        for x in range(width):
            value = (((np.int32(row[x]) - 128) * saturation) >> 8) + np.int32(tint[bright[2 * x]])
            graded: Any = ((value * (np.int32(light[x]) + 1)) >> 8) + 128
            row[x] = np.uint8(min(max(graded, 16), 240))


@_jit
def lay_premultiplied(below: Any, above: Any, left: int, top: int) -> None:
    """RGBA ``above``, colour times alpha, over RGB ``below`` in place, its corner at (left, top); all inside."""
    for y in range(above.shape[0]):
        for x in range(above.shape[1]):
            a = np.int32(above[y, x, 3])
            if a == 0:
                continue
            rest = 256 - (a + (a >> 7))
            for c in range(3):
                value: Any = np.int32(above[y, x, c]) + ((np.int32(below[top + y, left + x, c]) * rest) >> 8)
                below[top + y, left + x, c] = np.uint8(min(value, 255))


@_jit
def lay_upon(below: Any, above: Any, left: int, top: int) -> None:
    """Premultiplied RGBA ``above`` over such a ``below`` in place, its corner at (left, top), all inside."""
    for y in range(above.shape[0]):
        for x in range(above.shape[1]):
            a = np.int32(above[y, x, 3])
            if a == 0:
                continue
            rest = 256 - (a + (a >> 7))
            for c in range(4):
                value: Any = np.int32(above[y, x, c]) + ((np.int32(below[top + y, left + x, c]) * rest) >> 8)
                below[top + y, left + x, c] = np.uint8(min(value, 255))


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
