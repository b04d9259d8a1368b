"""How the film comes from one take into the next. Nothing is shortened: it happens inside the first or last half second
of a take.

*cut* and *match* change nothing. A *dissolve* lays the last picture of the take before over the new one and lets it
go; a *wipe* pushes it out to the right behind a soft edge; a *fade* lets the take before end in black and comes out of
black. The film ends in black.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

FADE_FRAMES = 12
TOUCHES = frozenset({"dissolve", "wipe", "fade"})
"""Transitions that change pictures at the head of the take they lead into."""

NEEDS_BEFORE = frozenset({"dissolve", "wipe"})
_EDGE = 0.12
Plane = NDArray[np.uint8]


def entering(transition: str, at: int, picture: Plane, before: Plane | None) -> Plane:
    """Picture ``at`` (from 0) of a take that the film comes into by ``transition``; ``before`` is the last picture of
    the take before it. I420, shape (height * 3 / 2, width).
    """
    share = (at + 1) / (FADE_FRAMES + 1)
    if transition == "fade":
        return blend(black(picture), picture, share)
    if transition == "dissolve" and before is not None:
        return blend(before, picture, share)
    if transition == "wipe" and before is not None:
        return _wiped(before, picture, share)
    return picture


def leaving(picture: Plane, left: int) -> Plane:
    """A picture that has ``left`` more behind it before the film is black."""
    return blend(black(picture), picture, left / FADE_FRAMES)


def blend(under: Plane, over: Plane, share: float) -> Plane:
    """``share`` 0..1 of ``over`` upon ``under``."""
    weight = round(256 * share)
    mixed = under.astype(np.uint16) * (256 - weight) + over.astype(np.uint16) * weight
    return (mixed >> 8).astype(np.uint8)


def black(like: Plane) -> Plane:
    """Black in limited-range I420: luma 16, chroma 128."""
    dark = np.full_like(like, 128)
    dark[: like.shape[0] * 2 // 3] = 16
    return dark


def _wiped(before: Plane, picture: Plane, share: float) -> Plane:
    """The new picture up to an edge that moves from left to right."""
    height, width = picture.shape[0] * 2 // 3, picture.shape[1]
    mixed = np.empty_like(picture)
    mixed[:height] = _mixed(before[:height], picture[:height], _edge(width, round(share * 1000)))
    chroma = _edge(width // 2, round(share * 1000))
    for first in (height, height + height // 4):
        rows = slice(first, first + height // 4)
        old, new = (plane[rows].reshape(height // 2, width // 2) for plane in (before, picture))
        mixed[rows] = _mixed(old, new, chroma).reshape(height // 4, width)
    return mixed


def _mixed(old: Plane, new: Plane, weights: NDArray[np.uint16]) -> Plane:
    return ((old.astype(np.uint16) * (256 - weights) + new.astype(np.uint16) * weights) >> 8).astype(np.uint8)


@lru_cache(maxsize=64)
def _edge(width: int, thousandths: int) -> NDArray[np.uint16]:
    """Weights 0..256 of the new picture, shape (width,): full to the left of the edge, none to the right."""
    place = thousandths / 1000 * (1 + _EDGE) - _EDGE / 2
    x = (np.arange(width) + 0.5) / width
    return np.asarray(np.clip((place - x) / _EDGE + 0.5, 0, 1) * 256, dtype=np.uint16)
