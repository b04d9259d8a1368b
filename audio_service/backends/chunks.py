"""Work in pieces of at most 50 ms of sound, with the guard read before each piece. It decides nothing about sound.

Every engine of this package takes a ``check``: a callable that returns, or raises to stop the work. A filter that is
local in time gives exactly the result of the whole when each piece is computed with enough context on both sides.
"""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float32]
"""float32 samples, shape ``(n,)`` mono or ``(n, 2)`` stereo, full scale ±1."""

Check = Callable[[], None]

RATE = 48_000
"""Sample rate of all sound that leaves this package, Hz."""

CHUNK = RATE // 20
"""50 ms: the most sound that is made between two reads of the guard."""


def unchecked() -> None:
    """A guard for work that needs no permission: it never stops anything."""


def pieces(length: int, check: Check, size: int = CHUNK) -> Iterator[tuple[int, int]]:
    """Half-open ranges that cover ``[0, length)``; the guard is read before each is given out."""
    for start in range(0, length, size):
        check()
        yield start, min(start + size, length)


def by_pieces(sound: Sound, work: Callable[[Sound], Sound], *, context: int, check: Check) -> Sound:
    """Apply a length-preserving ``work`` whose reach is at most ``context`` samples to each side, piece by piece."""
    out = np.empty_like(sound)
    for start, stop in pieces(len(sound), check):
        left = max(0, start - context)
        out[start:stop] = work(sound[left : stop + context])[start - left : stop - left]
    return out
