"""What turns and bends as it is laid over a picture: drawn parts that tilt, people whose head and chest move.

Each row of the picture is made in two steps: the source's columns are mixed between their rows along the line that the
row is a picture of, then that line is read between its columns. Pictures are words as in ``sampling``. Compiled by
numba; nothing takes the interpreter lock.
"""

from typing import Any

import numpy as np

from generation_service.previs.kernels import _jit
from generation_service.previs.sampling import _LANES, _packed, _spread, between_pair, lay_line, mix_rows_each, pair

U = np.uint64
BLOCK = 64  # columns that are looked at together: mostly they lie between the same two rows


@_jit
def _ends(values: Any) -> Any:
    low, high = values[0], values[0]
    for k in range(len(values)):
        low, high = min(low, values[k]), max(high, values[k])
    return low, high


@_jit
def _slanted(picture: Any, at: Any, line: Any, pairs: Any) -> None:
    """Columns of ``picture`` mixed between their rows, ``at`` (columns,) in 1/256 pixel, into ``line`` and ``pairs``;
    empty beyond the first and last row.
    """
    rows, columns = picture.shape
    c = 0
    while c < columns:
        row, end = at[c] >> 8, min(c + BLOCK, columns)
        low, high = _ends(at[c:end])
        if low >> 8 != high >> 8:
            end = c + 1
            while end < columns and at[end] >> 8 == row:
                end += 1
        if 0 <= row < rows - 1:
            mix_rows_each(picture[row, c:end], picture[row + 1, c:end], at[c:end], line[c:end])
        else:
            line[c:end] = 0
        c = end
    pair(line[: columns - 1], line[1:columns], pairs)


@_jit
def lay_turned(below: Any, above: Any, spans: Any, step: Any, upper: int, lower: int) -> None:  # noqa: PLR0917  (numba)
    """``above`` over the rows of ``below`` from ``upper`` to before ``lower``; ``step`` (6,) takes a pixel of ``below``
    to one of ``above``: u = s0 x + s1 y + s2, v = s3 x + s4 y + s5, s0 > 0. ``spans`` as
    :func:`generation_service.previs.sampling.spans_of` gives them.
    """
    width, (rows, columns) = below.shape[1], above.shape
    at, line = np.empty(columns, np.int32), np.empty(columns, np.uint32)
    pairs, found = np.empty(columns, np.uint64), np.empty(width, np.uint64)
    pace = int(step[0] * 65536)
    for y in range(upper, lower):
        start = step[1] * y + step[2]
        slope = step[3] / step[0]
        head = step[4] * y + step[5] - slope * start  # the source row of column 0
        high, low = head + slope * (columns - 1), head
        top, bottom = max(0, int(np.floor(min(low, high)))), min(rows - 1, int(np.floor(max(low, high))) + 1)
        c0, c1 = columns, 0
        for k in range(top, bottom + 1):
            if spans[k, 1] > spans[k, 0]:
                c0, c1 = min(c0, spans[k, 0]), max(c1, spans[k, 1])
        c0, c1 = max(0, c0 - 1), min(columns, c1 + 1)
        if c1 - c0 < 2:
            continue
        u = int(np.floor(start * 65536))
        first = max(0, ((c0 << 16) - u + pace - 1) // pace)
        last = min(width, (((c1 - 1) << 16) - 1 - u) // pace + 1)
        if last <= first:
            continue
        _along(at[: c1 - c0], head + slope * c0, slope)
        _slanted(above[:, c0:c1], at[: c1 - c0], line, pairs)
        lay_line(below[y, first:last], pairs, found, u + first * pace - (c0 << 16), pace)


@_jit
def _along(at: Any, start: float, slope: float) -> None:
    """Rows along a line, in 1/256."""
    begin, step = np.float32(256 * start), np.float32(256 * slope)
    for c in range(len(at)):
        at[c] = np.int32(np.floor(begin + step * np.float32(c)))


@_jit
def _blended(row: Any, pairs: Any, found: Any, at: Any) -> None:
    """A line with straight alpha, in pairs, over part of a row, read at ``at`` (columns, in 1/256 pixel)."""
    for x in range(len(found)):
        found[x] = pairs[U(at[x] >> 8)]
    for x in range(len(found)):
        p = between_pair(found[x], U(at[x] & 255))
        a = p >> U(48)
        a += a >> U(7)
        row[x] = _packed(((p * a + _spread(row[x]) * (U(256) - a)) >> U(8)) & _LANES)


@_jit
def lay_person(below: Any, person: Any, spans: Any, affine: Any, head: Any, shares: Any, near: Any, deep: Any) -> None:  # noqa: PLR0917  (numba)
    """A person with straight alpha over ``below``, with the motion of head and chest.

    ``affine`` (6,): u = a0 x + a1, v = a2 y + a3 from pixels of the frame to the person's; a4 and a5 the rows of the
    frame from .. to before. ``head`` (9,): roll sine, pivot x, pivot y, shift x, shift y, breath, lean, then how far
    the nearest point of the head travels right and down as it turns, all in the person's pixels; ``shares`` (n, 4): per
    row of the person the share of head motion, of breathing, of lean, and the head's depth 0..1; ``near`` (w,) and
    ``deep`` (columns,) float32: its depth 0..1 per column of the frame and of the person. ``spans`` as
    :func:`generation_service.previs.sampling.spans_of` gives them.
    """
    width, columns, last_row = below.shape[1], person.shape[1], shares.shape[0] - 1
    across, down = np.empty(width, np.int32), np.empty(columns, np.int32)
    line, pairs, found = np.empty(columns, np.uint32), np.empty(columns, np.uint64), np.empty(width, np.uint64)
    pace = affine[0]
    for y in range(int(affine[4]), int(affine[5])):
        v = affine[2] * y + affine[3]
        at = min(max(v, 0.0), last_row - 1e-3)
        r = int(at)
        t = at - r
        w_head, w_breath = shares[r, 0] * (1 - t) + shares[r + 1, 0] * t, shares[r, 1] * (1 - t) + shares[r + 1, 1] * t
        w_lean, close = shares[r, 2] * (1 - t) + shares[r + 1, 2] * t, shares[r, 3] * (1 - t) + shares[r + 1, 3] * t
        roll = head[0] * w_head
        start = affine[1] + roll * (v - head[2]) - head[3] * w_head - head[6] * w_lean
        v += -head[4] * w_head - head[5] * w_breath - roll * (affine[1] - head[1])
        turn_x, turn_y = head[7] * close, head[8] * close + roll * head[7] * close
        room = abs(roll) * columns + abs(turn_y) + 1
        c0, c1 = columns, 0
        for k in range(max(0, int(v - room)), min(len(spans), int(v + room) + 2)):
            if spans[k, 1] > spans[k, 0]:
                c0, c1 = min(c0, spans[k, 0]), max(c1, spans[k, 1])
        c0, c1 = max(0, c0 - 1), min(columns, c1 + 1)
        first = max(0, int((c0 - abs(turn_x) - start) / affine[0]) - 1)
        last = min(width, int((c1 + abs(turn_x) - start) / affine[0]) + 2)
        _columns_of(across[first:last], near[first:last], start + affine[0] * first, pace, turn_x)
        while first < last and across[first] < c0 << 8:
            first += 1
        while first < last and across[last - 1] >= (c1 - 1) << 8:
            last -= 1
        if last <= first or c1 - c0 < 2:
            continue
        c0, c1 = max(c0, (across[first] >> 8) - 2), min(c1, (across[last - 1] >> 8) + 4)
        _rows_of(down[: c1 - c0], deep[c0:c1], v - roll * (c0 - start), roll, turn_y)
        _slanted(person[:, c0:c1], down[: c1 - c0], line, pairs)
        _held(across[first:last], c0 << 8, ((c1 - c0 - 1) << 8) - 1)
        _blended(below[y, first:last], pairs, found[: last - first], across[first:last])


@_jit
def _held(at: Any, start: int, end: int) -> None:
    """Positions counted from ``start`` and held between 0 and ``end``."""
    for x in range(len(at)):
        at[x] = min(max(at[x] - start, 0), end)


@_jit
def _columns_of(across: Any, near: Any, start: float, pace: float, turn: float) -> None:
    """The person's column for each column of the frame, in 1/256."""
    begin, step, way = np.float32(256 * start + 0.5), np.float32(256 * pace), np.float32(256 * turn)
    for x in range(len(across)):
        across[x] = np.int32(begin + step * np.float32(x) - way * near[x])


@_jit
def _rows_of(down: Any, deep: Any, start: float, roll: float, turn: float) -> None:
    """The person's row along the line, for each of its columns, in 1/256."""
    begin, step, way = np.float32(256 * start + 0.5), np.float32(256 * roll), np.float32(256 * turn)
    for c in range(len(down)):
        down[c] = np.int32(begin - step * np.float32(c) - way * deep[c])
