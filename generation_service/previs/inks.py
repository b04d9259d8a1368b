"""Inner loops of scenes, compiled by numba: layers over a picture, added light, the colour grade, wet air.

Fixed point throughout: positions in 1/256 pixel, shares in 1/256. Nothing allocates; all release the interpreter lock.
"""

from typing import Any

import numpy as np

from generation_service.previs.kernels import _jit

_SPREAD, _COLOURS, _OVER = 0x00FF00FF00FF00FF, 0x000000FF00FF00FF, 0x0000010001000100


@_jit
def _blend(below: Any, y: int, x: int, p: Any) -> None:
    """One pixel, its four bytes spread over the 16-bit lanes of ``p`` (R, B, G, A from below), over RGB ``below``."""
    a = p >> 48
    if a < 255:
        rest = 256 - (a + (a >> 7))
        under = np.int64(below[y, x, 0]) | (np.int64(below[y, x, 2]) << 16) | (np.int64(below[y, x, 1]) << 32)
        p = (p & _COLOURS) + (((under * rest) >> 8) & _COLOURS)
        over = p & _OVER
        p |= over - (over >> 8)
    below[y, x, 0], below[y, x, 1], below[y, x, 2] = (
        np.uint8(p & 255),
        np.uint8((p >> 32) & 255),
        np.uint8((p >> 16) & 255),
    )


@_jit
def lay_layer(below: Any, above: Any, ux: Any, vy: Any, sway: Any, spans: Any, hidden: Any, wrap: int) -> None:  # noqa: C901, PLR0912, PLR0917  (numba)
    """A layer over RGB ``below`` (h, w, 3) in place, sampled between its pixels.

    ``above`` (rows, columns) uint32: RGBA bytes with colour already multiplied by alpha. ``ux`` (w,) and ``vy`` (h,)
    int64: source column and row of each output column and row; ``sway`` (h,) is added to ``ux`` row by row. ``spans``
    (rows, 2): first and last column that is not empty. ``hidden`` (h, 2): output columns from .. to before which need
    not be drawn. ``wrap`` > 0: columns repeat with that period.
    """
    height, width = below.shape[0], below.shape[1]
    rows, columns = above.shape
    line = np.empty(columns, np.int64)
    for y in range(height):
        iv, fy = vy[y] >> 8, (vy[y] & 255) >> 1  # seven bits, so that no sum reaches the sign of the word
        if iv < 0 or iv >= rows - 1:
            continue
        low, high = min(spans[iv, 0], spans[iv + 1, 0]) - 1, max(spans[iv, 1], spans[iv + 1, 1]) + 1
        if high <= low:
            continue
        first, last, start = 0, width, sway[y]
        if wrap == 0:  # columns are evenly spaced, so the filled part of the row is found by division
            low, high = max(low, 0), min(high, columns - 2)
            pace = max(1.0, (ux[width - 1] - ux[0]) / max(1, width - 1))
            first = min(width, max(0, int((low * 256 - start - ux[0]) / pace) - 2))
            last = max(0, min(width, int((high * 256 + 256 - start - ux[0]) / pace) + 3))
            while first < last and (ux[first] + start) >> 8 < low:
                first += 1
            while first < last and (ux[last - 1] + start) >> 8 > high:
                last -= 1
        else:
            start -= ((ux[0] + start) // (256 * wrap)) * (256 * wrap)
        for half in range(2):
            left, right = (first, min(last, hidden[y, 0])) if half == 0 else (max(first, hidden[y, 1]), last)
            if right <= left:
                continue
            c0, c1 = (0, columns) if wrap > 0 else ((ux[left] + start) >> 8, ((ux[right - 1] + start) >> 8) + 2)
            for c in range(c0, c1):
                p, r = np.int64(above[iv, c]), np.int64(above[iv + 1, c])
                p, r = (p & 0xFF00FF) | ((p & 0xFF00FF00) << 24), (r & 0xFF00FF) | ((r & 0xFF00FF00) << 24)
                line[c] = ((p * (128 - fy) + r * fy) >> 7) & _SPREAD
            for x in range(left, right):
                u = ux[x] + start
                iu, fx = u >> 8, (u & 255) >> 1
                if wrap > 0 and iu >= wrap:
                    iu %= wrap
                p = ((line[iu] * (128 - fx) + line[iu + 1] * fx) >> 7) & _SPREAD
                if p >> 48 > 0:
                    _blend(below, y, x, p)


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


@_jit
def lay_premultiplied(below: Any, above: Any, left: int, top: int) -> None:
    """RGBA ``above``, colour times alpha, over RGB ``below`` in place, its corner at (left, top); all inside."""
    for y in range(above.shape[0]):
        for x in range(above.shape[1]):
            if above[y, x, 3] > 0:
                _blend(below, top + y, left + x, _spread(above, y, x))


@_jit
def _spread(picture: Any, y: int, x: int) -> Any:
    """A pixel's bytes in the 16-bit lanes of a word."""
    p = np.int64(picture[y, x, 0]) | (np.int64(picture[y, x, 2]) << 16)
    return p | (np.int64(picture[y, x, 1]) << 32) | (np.int64(picture[y, x, 3]) << 48)


@_jit
def lay_moved(below: Any, above: Any, left: int, top: int, fx: int, fy: int) -> None:  # noqa: PLR0917  (numba)
    """As :func:`lay_premultiplied`, moved further by a part of a pixel: ``fx`` and ``fy`` in 1/128 to the right and
    down. The last row and column of ``above`` are empty. It may reach out of ``below``.
    """
    height, width = below.shape[0], below.shape[1]
    rows, columns = above.shape[0], above.shape[1]
    line = np.zeros(columns + 1, np.int64)
    first, last = max(0, -left), min(columns, width - left)
    for y in range(max(0, -top), min(rows, height - top)):
        for x in range(max(0, first - 1), last):
            p = _spread(above, y, x)
            r = _spread(above, y - 1, x) if y > 0 else np.int64(0)
            line[x + 1] = ((p * (128 - fy) + r * fy) >> 7) & _SPREAD
        for x in range(first, last):
            p = ((line[x + 1] * (128 - fx) + line[x] * fx) >> 7) & _SPREAD
            if p >> 48 > 0:
                _blend(below, top + y, left + x, p)


@_jit
def lay_upon(below: Any, above: Any, left: int, top: int) -> None:
    """Premultiplied RGBA ``above`` over such a ``below`` in place, its corner at (left, top), all inside."""
    for y in range(above.shape[0]):
        for x in range(above.shape[1]):
            a = np.int64(above[y, x, 3])
            if a == 0:
                continue
            p = _spread(above, y, x)
            if a < 255:
                p += ((_spread(below, top + y, left + x) * (256 - (a + (a >> 7)))) >> 8) & _SPREAD
                over = p & (_OVER | (1 << 56))
                p |= over - (over >> 8)
            at = below[top + y, left + x]
            at[0], at[1], at[2], at[3] = (
                np.uint8(p & 255),
                np.uint8((p >> 32) & 255),
                np.uint8((p >> 16) & 255),
                np.uint8((p >> 48) & 255),
            )


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
