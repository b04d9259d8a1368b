"""Whole pictures made from others, pixel by pixel: read wherever a map says, or at twice the size.

Pictures are words as in ``sampling``. Compiled by numba; nothing takes the interpreter lock.
"""

from typing import Any

import numpy as np

from generation_service.previs.kernels import _jit
from generation_service.previs.sampling import _between, _packed, _spread, mix_rows

U = np.uint64


@_jit
def read_at(source: Any, where: Any, out: Any) -> None:
    """Each pixel of ``out`` (h, w) between the four pixels of ``source``, of that size too, that ``where`` names, as
    :func:`generation_service.previs.kernels.raster_fixed` does.
    """
    flat, width = source.reshape(-1), source.shape[1]
    for y in range(out.shape[0]):
        _read_row(flat, width, where[y], out[y])


@_jit
def _read_row(flat: Any, width: int, where: Any, out: Any) -> None:
    beside, under = flat[1:], flat[width:]
    across = flat[width + 1 :]
    for x in range(len(out)):
        at = U(where[x])
        k, fx, fy = at >> U(10), (at & U(31)) << U(3), (at >> U(2)) & U(248)
        upper = _between(_spread(flat[k]), _spread(beside[k]), fx)
        out[x] = _packed(_between(upper, _between(_spread(under[k]), _spread(across[k]), fx), fy))


@_jit
def grow(small: Any, out: Any) -> None:
    """A picture at twice its size, each new pixel a quarter of a pixel away from the middle of an old one."""
    rows, columns = small.shape
    line = np.empty(columns + 2, np.uint32)
    for y in range(2 * rows):
        near, other = y // 2, min(max(y // 2 + 2 * (y % 2) - 1, 0), rows - 1)
        mix_rows(small[near], small[other], U(64), line[1:])
        line[0], line[columns + 1] = line[1], line[columns]
        _doubled(out[y].view(np.uint64), line[:columns], line[1 : columns + 1], line[2:])


@_jit
def _doubled(out: Any, before: Any, line: Any, after: Any) -> None:
    for c in range(len(line)):
        middle = _spread(line[c])
        left, right = _between(middle, _spread(before[c]), U(64)), _between(middle, _spread(after[c]), U(64))
        out[c] = U(_packed(left)) | (U(_packed(right)) << U(32))
