"""The inner loops, compiled by numba and kept in its on-disk cache: mesh raster, row map, eyelids, final composite.

All arrays are C-contiguous. Nothing here allocates per pixel; every kernel releases the interpreter lock.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np

F = TypeVar("F", bound=Callable[..., None])


def _jit(function: F) -> F:
    compiled: Any = numba.njit(cache=True, nogil=True, fastmath=True)(function)
    return cast("F", compiled)


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
def row_map(affine: Any, head: Any, weights: Any, whole: Any, fraction: Any) -> None:
    """The fixed-point map from output pixels to the person's texture, with the head's own motion.

    ``affine`` (6,): u = a0 x + a1, v = a2 y + a3 (no rotation), a4, a5 the output position of the map's corner.
    ``head`` (8,): roll sine, pivot x, pivot y, shift x, shift y, breath, unused, lean, in texture pixels; ``weights``
    (rows, 3): per texture row the share of head motion, of breathing and of lean. Writes cv2's CV_16SC2 + CV_16UC1.
    """
    height, width = whole.shape[0], whole.shape[1]
    last = weights.shape[0] - 1
    for y in range(height):
        v = affine[2] * (y + affine[5]) + affine[3]
        row = min(max(v, 0.0), last - 1e-3)
        r0 = int(row)
        t = row - r0
        w_head = weights[r0, 0] * (1 - t) + weights[r0 + 1, 0] * t
        w_breath = weights[r0, 1] * (1 - t) + weights[r0 + 1, 1] * t
        w_lean = weights[r0, 2] * (1 - t) + weights[r0 + 1, 2] * t
        roll = head[0] * w_head
        du = roll * (v - head[2]) - head[3] * w_head - head[7] * w_lean
        dv = -head[4] * w_head - head[5] * w_breath
        for x in range(width):
            u = affine[0] * (x + affine[4]) + affine[1]
            fu = (u + du) * 32.0
            fv = (v + dv - roll * (u - head[1])) * 32.0
            iu = min(max(int(np.floor(fu + 0.5)), -32 * 1024), 32 * 16000)
            iv = min(max(int(np.floor(fv + 0.5)), -32 * 1024), 32 * 16000)
            whole[y, x, 0] = iu >> 5
            whole[y, x, 1] = iv >> 5
            fraction[y, x] = (iv & 31) * 32 + (iu & 31)


@_jit
def close_lid(target: Any, curve: Any, tones: Any, left: int, closure: float, lash: float) -> None:  # noqa: PLR0917  (numba: no keyword-only)
    """Draw one upper lid over ``target`` (h, w, 3) down to its edge, with a lash line along the edge.

    ``curve`` (n, 3): per column the crease, the upper and the lower lid edge (y). ``tones`` (2, 3): skin and lash
    colour. ``closure`` 0 open .. 1 shut; ``lash`` is the half thickness of the lash line in pixels.
    """
    height, count = target.shape[0], curve.shape[0]
    for i in range(count):
        crease, upper, lower = curve[i, 0], curve[i, 1], curve[i, 2]
        edge = upper + closure * (lower - upper)
        x = left + i
        if x < 0 or x >= target.shape[1] or crease < 1:
            continue
        side = min(1.0, (0.5 + min(i, count - 1 - i)) / (0.035 * count))
        inner = min(1.0, (0.5 + min(i, count - 1 - i)) / (0.22 * count))
        thick = lash * (0.30 + 0.70 * inner)
        for y in range(int(crease), min(height - 1, int(edge + lash) + 2)):
            t = min(max((y - crease) / max(edge - crease, 1.0), 0.0), 1.0)
            cover = side * min(1.0, 3.5 * t) * (min(1.0, 1.6 * closure) if y < upper + 1 else 1.0)
            cover *= min(max(edge - y + 0.5, 0.0), 1.0)
            dome = 1.03 - 0.16 * t * t - 0.10 * np.exp(-(((t - 0.25) / 0.12) ** 2))
            ink = min(max((thick - abs(y - edge)) / max(0.6 * thick, 0.8), 0.0), 1.0) * (0.15 + 0.85 * inner)
            for c in range(3):
                value = target[y, x, c] * (1 - cover) + min(tones[0, c] * dome, 255.0) * cover
                target[y, x, c] = np.uint8(value * (1 - ink) + min(tones[1, c], value) * ink)


@_jit
def lay_over(below: Any, above: Any, left: int, top: int) -> None:
    """Straight-alpha RGBA ``above`` over RGB ``below`` in place, its corner at (left, top); all inside ``below``."""
    for y in range(above.shape[0]):
        for x in range(above.shape[1]):
            a = np.int32(above[y, x, 3])
            if a == 0:
                continue
            a += a >> 7
            for c in range(3):
                b = np.int32(below[top + y, left + x, c])
                below[top + y, left + x, c] = np.uint8(b + (((np.int32(above[y, x, c]) - b) * a) >> 8))


@_jit
def finish_luma(luma: Any, vignette: Any, grain: Any, at_x: int, at_y: int) -> None:
    """Vignette and grain on a luma plane in place (limited range). ``vignette`` (h, w) uint8, 255 = full light;
    ``grain`` int8, at least (h + at_y, w + at_x). Grain is strongest in the mid-tones, as on film.
    """
    height, width = luma.shape
    for y in range(height):
        row, light, noise = luma[y], vignette[y], grain[y + at_y]
        for x in range(width):
            value = ((np.int32(row[x]) - 16) * (np.int32(light[x]) + 1)) >> 8
            body = 256 - abs(2 * value - 200)
            grainy: Any = value + 16 + ((np.int32(noise[at_x + x]) * body) >> 8)
            row[x] = np.uint8(min(max(grainy, 16), 235))


@_jit
def finish_chroma(chroma: Any, vignette: Any) -> None:
    """Vignette on one chroma plane in place; ``vignette`` has the plane's own size."""
    height, width = chroma.shape
    for y in range(height):
        row, light = chroma[y], vignette[y]
        for x in range(width):
            row[x] = np.uint8((((np.int32(row[x]) - 128) * (np.int32(light[x]) + 1)) >> 8) + 128)


@_jit
def fall_over(plane: Any, tile: Any, at: Any, step: int, white: int, share: int) -> None:  # noqa: PLR0917  (numba)
    """Falling weather over a plane in place: towards ``white`` by ``tile`` * ``share`` / 256. ``tile`` is read every
    ``step`` pixels (2 for chroma) from ``at`` (x, y) and is large enough.
    """
    height, width = plane.shape
    for y in range(height):
        row, light = plane[y], tile[y * step + at[1]]
        for x in range(width):
            add = (np.int32(light[at[0] + x * step]) * share) >> 8
            row[x] = np.uint8(np.int32(row[x]) + (((white - np.int32(row[x])) * add) >> 8))
