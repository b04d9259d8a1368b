"""The inner loops, compiled by numba and kept in its on-disk cache: mesh raster, the last steps of a frame.

All arrays are C-contiguous. Nothing here allocates per pixel; every kernel releases the interpreter lock.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np

F = TypeVar("F", bound=Callable[..., Any])


def _jit(function: F) -> F:
    """Compile on first use, without the interpreter lock."""
    made: Any = numba.njit(cache=True, nogil=True, fastmath=True)(function)
    return cast("F", made)


@_jit
def raster_inverse(triangles: Any, posed: Any, rest: Any, out: Any) -> None:
    """Fill ``out`` (h, w, 2; x, y of the source) inside each triangle: where a pixel of the posed face comes from.

    ``triangles`` (t, 3) int32; ``posed`` and ``rest`` (n, 2) float32 in pixels of ``out``. Pixels outside all
    triangles keep what ``out`` held.
    """
    height, width = out.shape[0], out.shape[1]
    for k in range(triangles.shape[0]):
        a, b, c = triangles[k, 0], triangles[k, 1], triangles[k, 2]
        ax, ay, bx, by, cx, cy = posed[a, 0], posed[a, 1], posed[b, 0], posed[b, 1], posed[c, 0], posed[c, 1]
        area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
        if abs(area) < 1e-6:
            continue
        inv = 1.0 / area
        top, bottom = max(0, int(np.ceil(min(ay, by, cy)))), min(height - 1, int(np.floor(max(ay, by, cy))))
        left, right = max(0, int(np.ceil(min(ax, bx, cx)))), min(width - 1, int(np.floor(max(ax, bx, cx))))
        for y in range(top, bottom + 1):
            for x in range(left, right + 1):
                u = ((x - ax) * (cy - ay) - (cx - ax) * (y - ay)) * inv
                v = ((bx - ax) * (y - ay) - (x - ax) * (by - ay)) * inv
                if u >= -1e-4 and v >= -1e-4 and u + v <= 1.0001:
                    w = 1.0 - u - v
                    out[y, x, 0] = w * rest[a, 0] + u * rest[b, 0] + v * rest[c, 0]
                    out[y, x, 1] = w * rest[a, 1] + u * rest[b, 1] + v * rest[c, 1]


@_jit
def raster_fixed(triangles: Any, posed: Any, rest: Any, where: Any) -> None:
    """As :func:`raster_inverse`, but row by row and in fixed point: each pixel of ``where`` (h, w) uint32 is ten bits
    of position between pixels (row, then column, in 1/32) below the number of the pixel, counted row by row.
    """
    height, width = where.shape
    for k in range(triangles.shape[0]):
        a, b, c = triangles[k, 0], triangles[k, 1], triangles[k, 2]
        ax, ay, bx, by, cx, cy = posed[a, 0], posed[a, 1], posed[b, 0], posed[b, 1], posed[c, 0], posed[c, 1]
        area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
        if abs(area) < 1e-4:
            continue
        ux, uy = (cy - ay) / area, -(cx - ax) / area
        vx, vy = -(by - ay) / area, (bx - ax) / area
        gx0 = 32 * (ux * (rest[b, 0] - rest[a, 0]) + vx * (rest[c, 0] - rest[a, 0]))
        gy0 = 32 * (uy * (rest[b, 0] - rest[a, 0]) + vy * (rest[c, 0] - rest[a, 0]))
        gx1 = 32 * (ux * (rest[b, 1] - rest[a, 1]) + vx * (rest[c, 1] - rest[a, 1]))
        gy1 = 32 * (uy * (rest[b, 1] - rest[a, 1]) + vy * (rest[c, 1] - rest[a, 1]))
        top = max(0, int(np.ceil(min(ay, by, cy) - 1e-3)))
        bottom = min(height - 1, int(np.floor(max(ay, by, cy) + 1e-3)))
        for y in range(top, bottom + 1):
            low, high = 1e9, -1e9
            for e in range(3):
                px, py, qx, qy = (ax, ay, bx, by) if e == 0 else ((bx, by, cx, cy) if e == 1 else (cx, cy, ax, ay))
                if (py - 2e-3 <= y <= qy + 2e-3) or (qy - 2e-3 <= y <= py + 2e-3):
                    if abs(qy - py) < 1e-6:
                        low, high = min(low, px, qx), max(high, px, qx)
                    else:
                        t = min(max((y - py) / (qy - py), 0.0), 1.0)
                        low, high = min(low, px + t * (qx - px)), max(high, px + t * (qx - px))
            left, right = max(0, int(np.ceil(low - 2e-3))), min(width - 1, int(np.floor(high + 2e-3)))
            s0 = np.float32(32 * rest[a, 0] + gy0 * (y - ay) - gx0 * ax + 0.5)
            s1 = np.float32(32 * rest[a, 1] + gy1 * (y - ay) - gx1 * ax + 0.5)
            d0, d1 = np.float32(gx0), np.float32(gx1)
            for x in range(left, right + 1):
                at, least = np.float32(x), np.float32(0)
                iu, iv = np.int32(max(s0 + d0 * at, least)), np.int32(max(s1 + d1 * at, least))
                pixel = min(iv >> 5, height - 2) * width + min(iu >> 5, width - 2)
                where[y, x] = np.uint32((pixel << 10) | ((iv & 31) << 5) | (iu & 31))


@_jit
def finish_luma(luma: Any, vignette: Any, grain: Any, at_x: int, at_y: int) -> None:
    """Vignette and grain on a luma plane in place (limited range). ``vignette`` (h, w) uint8, 255 = full light;
    ``grain`` int8, at least (h + at_y, w + at_x). Grain is strongest in the mid-tones, as on film.
    """
    height, width = luma.shape
    black, unit, half = np.float32(16), np.float32(1 / 256), np.float32(0.5)
    for y in range(height):
        row, light, noise = luma[y], vignette[y], grain[y + at_y, at_x : at_x + width]
        for x in range(width):
            value = (np.float32(row[x]) - black) * ((np.float32(light[x]) + np.float32(1)) * unit)
            body = np.float32(1) - abs(value + value - np.float32(200)) * unit
            grainy = value + np.float32(noise[x]) * body + black
            row[x] = np.uint8(min(max(grainy, black), np.float32(235)) + half)
