"""Which points make the face: triangles of the 478-point mesh, the rings around it, the lips and the eyes.

Index lists follow the canonical face model of mediapipe's face mesh (Kartynnik et al., 2019).
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

OVAL = (
    10,
    338,
    297,
    332,
    284,
    251,
    389,
    356,
    454,
    323,
    361,
    288,
    397,
    365,
    379,
    378,
    400,
    377,
    152,
    148,
    176,
    149,
    150,
    136,
    172,
    58,
    132,
    93,
    234,
    127,
    162,
    21,
    54,
    103,
    67,
    109,
)
INNER_UPPER = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308)
INNER_LOWER = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308)
UPPER_ROWS = (
    (191, 80, 81, 82, 13, 312, 311, 310, 415), (183, 42, 41, 38, 12, 268, 271, 272, 407),
    (184, 74, 73, 72, 11, 302, 303, 304, 408), (185, 40, 39, 37, 0, 267, 269, 270, 409),
)  # fmt: skip
LOWER_ROWS = (
    (95, 88, 178, 87, 14, 317, 402, 318, 324), (96, 89, 179, 86, 15, 316, 403, 319, 325),
    (77, 90, 180, 85, 16, 315, 404, 320, 307), (146, 91, 181, 84, 17, 314, 405, 321, 375),
)  # fmt: skip
EYES = (
    ((33, 246, 161, 160, 159, 158, 157, 173, 133), (33, 7, 163, 144, 145, 153, 154, 155, 133), 468),
    ((362, 398, 384, 385, 386, 387, 388, 466, 263), (362, 382, 381, 380, 374, 373, 390, 249, 263), 473),
)  # fmt: skip
BROWS = ((70, 63, 105, 66, 107, 55, 65, 52, 53, 46), (300, 293, 334, 296, 336, 285, 295, 282, 283, 276))
MESH = 478
RINGS = ((1.10, 0.7), (1.22, 0.3), (1.40, 0.0))


@lru_cache(maxsize=1)
def triangles() -> NDArray[np.int32]:
    """All triangles, (t, 3): rings below the jaw first (points from 478, 36 a ring), then eyes, mouth, skin."""
    from mediapipe.python.solutions.face_mesh_connections import FACEMESH_TESSELATION  # noqa: PLC0415

    near: dict[int, set[int]] = {}
    for a, b in FACEMESH_TESSELATION:
        near.setdefault(a, set()).add(b)
        near.setdefault(b, set()).add(a)
    skin = sorted({tuple(sorted((a, b, c))) for a, b in FACEMESH_TESSELATION for c in near[a] & near[b]})
    return np.array([*_rings(), *_eyes(), *_mouth(), *skin], dtype=np.int32)


def _rings() -> list[tuple[int, int, int]]:
    n = len(OVAL)
    loops = [list(OVAL), *[[MESH + r * n + i for i in range(n)] for r in range(len(RINGS))]]
    found = []
    for inner, outer in zip(loops[::-1][1:], loops[::-1][:-1], strict=True):
        for i in range(7, 29):  # cheek to cheek below the ears; above them the contour does not move
            j = (i + 1) % n
            found += [(inner[i], inner[j], outer[i]), (inner[j], outer[j], outer[i])]
    return found


def _eyes() -> list[tuple[int, int, int]]:
    found = []
    for upper, lower, centre in EYES:
        loop = [*upper, *lower[::-1][1:-1]]
        found += [(loop[i], loop[(i + 1) % len(loop)], centre) for i in range(len(loop))]
    return found


def _mouth() -> list[tuple[int, int, int]]:
    found = []
    for i in range(len(INNER_UPPER) - 1):
        found += [
            (INNER_UPPER[i], INNER_UPPER[i + 1], INNER_LOWER[i]),
            (INNER_LOWER[i], INNER_LOWER[i + 1], INNER_UPPER[i + 1]),
        ]
    return found
