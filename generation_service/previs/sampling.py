"""Pictures over pictures, sampled between their pixels: layers of a place, drawn bodies, parts that turn, people.

A picture here is (rows, columns) uint32, a word a pixel: R, G, B, A from the lowest byte up; colours are multiplied by
alpha unless said otherwise. The fourth byte of a finished frame means nothing. A pixel is worked on as one 64-bit word
with 16 bits a channel, and no loop asks what it finds: opaque, empty and half-covered pixels take the same few steps.
What is empty is left out by rows: each knows where it holds something. Compiled by numba; nothing takes the
interpreter lock.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from generation_service.previs.brush import Image
from generation_service.previs.kernels import _jit

Words = NDArray[np.uint32]
U = np.uint64
# Channels R and B, then G and A; the lanes of a spread pixel, and the bit above each of them.
_RB, _GA, _LANES, _ABOVE = U(0x00FF00FF), U(0xFF00FF00), U(0x00FF00FF00FF00FF), U(0x0100010001000100)
_LOW, _HALF = U(0xFFFFFFFF), U(0x0080008000800080)
GAP = 8  # columns; empty stretches shorter than this are drawn rather than left out


def words(picture: Image) -> Words:
    """An RGBA picture (h, w, 4), contiguous, as the words it is made of: the same memory."""
    return picture.view(np.uint32)[..., 0]


@_jit
def _spread(pixel: Any) -> Any:
    """A pixel's bytes in the lanes of a word: R, B, G, A from the lowest up."""
    p = U(pixel)
    return (p & _RB) | ((p & _GA) << U(24))


@_jit
def _packed(p: Any) -> Any:
    return np.uint32((p & _RB) | ((p >> U(24)) & _GA))


@_jit
def _between(p: Any, r: Any, share: Any) -> Any:
    """From ``p`` to ``r`` by ``share`` / 256, lane by lane."""
    return (((p << U(8)) + (r - p) * share + _HALF) >> U(8)) & _LANES


@_jit
def _over(p: Any, under: Any) -> Any:
    """``p`` over ``under``; no colour of ``p`` is above its alpha."""
    a = p >> U(48)
    return p + (((under * (U(256) - (a + (a >> U(7))))) >> U(8)) & _LANES)


@_jit
def mix_rows(upper: Any, lower: Any, share: Any, line: Any) -> None:
    """A row between two rows."""
    for c in range(len(upper)):
        line[c] = _packed(_between(_spread(upper[c]), _spread(lower[c]), share))


@_jit
def mix_rows_each(upper: Any, lower: Any, at: Any, line: Any) -> None:
    """As :func:`mix_rows` with a share of its own for each column: the lowest byte of ``at``."""
    for c in range(len(upper)):
        line[c] = _packed(_between(_spread(upper[c]), _spread(lower[c]), U(at[c] & 255)))


@_jit
def pair(line: Any, following: Any, pairs: Any) -> None:
    """Each pixel of a line with the one after it, as one word: so that both are found by one look."""
    for c in range(len(line)):
        pairs[c] = U(line[c]) | (U(following[c]) << U(32))


@_jit
def _picked(pairs: Any, found: Any, at: int, pace: int) -> None:
    for x in range(len(found)):
        found[x] = pairs[U((at + x * pace) >> 16)]


@_jit
def between_pair(found: Any, share: Any) -> Any:
    """Between the two pixels of a pair, spread."""
    return _between(_spread(found & _LOW), _spread(found >> U(32)), share)


@_jit
def _laid(row: Any, found: Any, at: int, pace: int) -> None:
    for x in range(len(row)):
        share = U(((at + x * pace) >> 8) & 255)
        row[x] = _packed(_over(between_pair(found[x], share), _spread(row[x])))


@_jit
def _copied(row: Any, found: Any, at: int, pace: int) -> None:
    for x in range(len(row)):
        row[x] = _packed(between_pair(found[x], U(((at + x * pace) >> 8) & 255)))


@_jit
def lay_line(row: Any, pairs: Any, found: Any, at: int, pace: int) -> None:
    """A line, in pairs, over part of a row, read from ``at`` on in steps of ``pace``, both in 1/65536 pixel; ``found``
    is room for as many words as the row has.
    """
    _picked(pairs, found[: len(row)], at, pace)
    _laid(row, found, at, pace)


@_jit
def find_runs(picture: Any, starts: Any, runs: Any) -> int:
    """Where each row and the one below it hold something: columns from .. to before, those of row ``y`` in ``runs``
    from ``starts[y]`` to before ``starts[y + 1]``. How many there are; more than fit are counted and left out.
    """
    rows, columns = picture.shape
    count = 0
    for y in range(rows):
        starts[y] = count
        c = 0 if y + 1 < rows else columns
        while c < columns:
            if (picture[y, c] | picture[y + 1, c]) >> 24 == 0:
                c += 1
                continue
            begin, last = c, c
            while c < columns and c - last <= GAP:
                if (picture[y, c] | picture[y + 1, c]) >> 24 != 0:
                    last = c
                c += 1
            if count < len(runs):
                runs[count, 0], runs[count, 1] = begin, last + 1
            count += 1
    return count


def runs_of(picture: Words) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """``starts`` (rows,) and ``runs`` (n, 2) as :func:`find_runs` tells them."""
    starts, runs = np.zeros(len(picture), np.int64), np.zeros((4 * len(picture), 2), np.int32)
    count = find_runs(picture, starts, runs)
    if count > len(runs):
        runs = np.zeros((count, 2), np.int32)
        find_runs(picture, starts, runs)
    return starts, runs[:count]


@_jit
def lay_layer(below: Any, above: Any, across: Any, down: Any, sway: Any, where: Any, hidden: Any, wrap: int) -> None:  # noqa: PLR0917  (numba)
    """A layer over ``below`` (h, w).

    ``across`` (start, pace), in 1/65536 pixel: the source column of the first output column and from one to the next;
    ``down`` (h,) the source row of each output row and ``sway`` (h,) added to its columns, in 1/256 pixel. ``where`` as
    :func:`runs_of` gives it. ``hidden`` (h, 2): output columns from .. to before which need not be drawn. ``wrap`` > 0:
    columns repeat with that period.
    """
    height, width = below.shape
    rows, columns = above.shape
    pace, (starts, runs) = across[1], where
    line, pairs, found = np.empty(columns, np.uint32), np.empty(columns, np.uint64), np.empty(width, np.uint64)
    end = wrap if wrap > 0 else columns - 1
    for y in range(height):
        iv, share = down[y] >> 8, U(down[y] & 255)
        if iv < 0 or iv >= rows - 1:
            continue
        start = across[0] + (sway[y] << 8)
        if wrap > 0:
            start -= (start // (wrap << 16)) * (wrap << 16)
        while start + (width - 1) * pace >= 0:
            for k in range(starts[iv], starts[iv + 1]):
                low, high = max(runs[k, 0] - 1, 0), min(runs[k, 1], end)
                first = max(0, ((low << 16) - start + pace - 1) // pace)
                last = min(width, ((high << 16) - 1 - start) // pace + 1)
                for half in range(2):
                    left, right = (first, min(last, hidden[y, 0])) if half == 0 else (max(first, hidden[y, 1]), last)
                    if right > left:
                        at = start + left * pace
                        c0, c1 = at >> 16, ((at + (right - 1 - left) * pace) >> 16) + 2
                        mix_rows(above[iv, c0:c1], above[iv + 1, c0:c1], share, line)
                        pair(line[: c1 - c0 - 1], line[1 : c1 - c0], pairs)
                        lay_line(below[y, left:right], pairs, found, at - (c0 << 16), pace)
            if wrap == 0:
                break
            start -= wrap << 16


@_jit
def lay_ground(below: Any, above: Any, across: Any, down: Any, hidden: Any) -> None:
    """As :func:`lay_layer` for the opaque layer behind all others, which goes on beyond its edges as it ends there."""
    height, width = below.shape
    rows, columns = above.shape
    start, pace = across
    line, pairs, found = np.empty(columns, np.uint32), np.empty(columns, np.uint64), np.empty(width, np.uint64)
    for y in range(height):
        at = min(max(down[y], 0), ((rows - 1) << 8) - 1)
        iv, share = at >> 8, U(at & 255)
        inner = min(max(0, (-start + pace - 1) // pace), width)
        outer = max(inner, min(width, (((columns - 1) << 16) - 1 - start) // pace + 1))
        for half in range(2):
            left, right = (0, min(width, hidden[y, 0])) if half == 0 else (max(0, hidden[y, 1]), width)
            first, last = min(max(left, inner), right), max(min(right, outer), left)
            if last > first:
                u = start + first * pace
                c0, c1 = u >> 16, ((u + (last - 1 - first) * pace) >> 16) + 2
                mix_rows(above[iv, c0:c1], above[iv + 1, c0:c1], share, line)
                pair(line[: c1 - c0 - 1], line[1 : c1 - c0], pairs)
                _picked(pairs, found[: last - first], u - (c0 << 16), pace)
                _copied(below[y, first:last], found, u - (c0 << 16), pace)
            for x in range(left, first):
                below[y, x] = above[iv, 0]
            for x in range(max(last, left), right):
                below[y, x] = above[iv, columns - 1]


def spans_of(picture: Words) -> NDArray[np.int64]:
    """(rows, 2): the first and one past the last column of each row that are not empty; alike where all are."""
    spans = np.zeros((len(picture), 2), np.int64)
    _find_spans(picture, spans)
    return spans


@_jit
def _find_spans(picture: Any, spans: Any) -> None:
    for y in range(picture.shape[0]):
        low, high = 0, picture.shape[1]
        while low < high and picture[y, low] >> 24 == 0:
            low += 1
        while low < high and picture[y, high - 1] >> 24 == 0:
            high -= 1
        spans[y, 0], spans[y, 1] = low, high


@_jit
def lay_moved(below: Any, above: Any, spans: Any, at: Any) -> None:
    """``above`` over ``below``, its corner at ``at`` (x, y), in 1/256 pixel; it may reach out of ``below``. ``spans``
    as :func:`spans_of` gives them.
    """
    height, width = below.shape
    rows, columns = above.shape
    left, top, fx, fy = at[0] >> 8, at[1] >> 8, U(at[0] & 255), U(at[1] & 255)
    line, none = np.zeros(columns + 2, np.uint32), np.zeros(columns, np.uint32)
    for y in range(max(0, -top), min(rows + 1, height - top)):
        low, high = columns, 0
        for k in range(max(0, y - 1), min(rows, y + 1)):
            if spans[k, 1] > spans[k, 0]:
                low, high = min(low, spans[k, 0]), max(high, spans[k, 1])
        first, last = max(low, -left), min(high + 1, width - left)
        if last <= first:
            continue
        begin, end = max(0, first - 1), min(last, columns)
        upper = above[y - 1, begin:end] if y > 0 else none[begin:end]
        lower = above[y, begin:end] if y < rows else none[begin:end]
        line[0], line[end - begin + 1] = 0, 0  # an empty column at either end
        mix_rows(lower, upper, fy, line[1:])
        at = first - begin
        _shifted(below[top + y, left + first : left + last], line[at + 1 :], line[at:], fx)


@_jit
def _shifted(row: Any, line: Any, before: Any, share: Any) -> None:
    for x in range(len(row)):
        row[x] = _packed(_over(_between(_spread(line[x]), _spread(before[x]), share), _spread(row[x])))


@_jit
def lay_flat(below: Any, above: Any, left: int, top: int) -> None:
    """``above`` over ``below`` with its corner at (left, top), all inside. A colour above its alpha ends at white."""
    for y in range(above.shape[0]):
        _flat(below[top + y, left : left + above.shape[1]], above[y])


@_jit
def _flat(row: Any, picture: Any) -> None:
    for x in range(len(row)):
        p = _over(_spread(picture[x]), _spread(row[x]))
        over = p & _ABOVE
        row[x] = _packed(p | (over - (over >> U(8))))
