"""Linear displacement bases of one face: how each mesh point moves for a unit of jaw, lips, brows, turn.

Built once per photo from its own mesh, in the face's own axes and sizes, so that a tilted or small face behaves like
any other. Displacements are in pixels of the picture the mesh came from.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generation_service.previs.portrait import topology

Points = NDArray[np.float64]
NAMES = (
    "jaw", "wide", "round", "upper", "press", "tuck", "smile", "frown", "brow_up", "brow_in", "brow_sad", "squint",
    "yaw", "pitch", "tongue", "smirk", "arch",
)  # fmt: skip

# What a plain closed mouth measures: gap by its width, width by the eyes' span, corners above the seam by its width.
OPEN_LIPS, PLAIN_WIDTH, PLAIN_LIFT = 0.045, 0.60, 0.03
# What is let go of a smile: shares of its width and of its lift, and the lift that stays in any case; by a calm person,
# and by one who is angry or sad.
CALM, STERN = (0.65, 0.80, PLAIN_LIFT), (0.95, 1.0, 0.0)


@dataclass(frozen=True)
class Face:
    """The mesh with its axes and sizes. ``ex`` runs along the eyes, ``ey`` down the face; lengths in pixels."""

    points: Points
    depth: NDArray[np.float64]
    ex: NDArray[np.float64]
    ey: NDArray[np.float64]
    mouth: NDArray[np.float64]
    mouth_width: float
    height: float

    @property
    def eye_centre(self) -> NDArray[np.float64]:
        return np.asarray((self.points[468] + self.points[473]) / 2)

    @property
    def chin(self) -> NDArray[np.float64]:
        return np.asarray(self.points[152])


def face_of(mesh: Points) -> Face:
    """Axes and sizes of a (478, 3) mesh in pixels."""
    points = mesh[:, :2].astype(np.float64)
    across = points[263] - points[33]
    ex = across / np.linalg.norm(across)
    ey = np.array([-ex[1], ex[0]])
    mouth = (points[61] + points[291] + points[13] + points[14]) / 4
    return Face(
        points=points,
        depth=mesh[:, 2] - mesh[list(topology.OVAL), 2].mean(),
        ex=ex,
        ey=ey,
        mouth=mouth,
        mouth_width=float(np.linalg.norm(points[291] - points[61])),
        height=float(np.linalg.norm(points[152] - points[10])),
    )


def _ramp(x: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
    t = np.clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def build(face: Face) -> NDArray[np.float32]:
    """The bases, (17, 478, 2), in the order of :data:`NAMES`; the tongue moves no skin."""
    rel = face.points - face.mouth
    x = rel @ face.ex / (face.mouth_width / 2)
    y = rel @ face.ey / float(np.linalg.norm(face.chin - face.mouth))
    below = _below(x, y)
    fields = {**_mouth_fields(face, x, y, below), **_brow_fields(face), **_turn_fields(face)}
    one_side = _ramp(x, -0.35, 0.35)
    fields["tongue"] = (np.zeros(topology.MESH), np.zeros(topology.MESH))
    fields["smirk"] = (fields["smile"][0] * one_side, fields["smile"][1] * one_side)
    fields["arch"] = (fields["brow_up"][0], fields["brow_up"][1] * one_side)
    for name in ("brow_up", "brow_in", "brow_sad", "arch"):
        for axis in fields[name]:
            axis[list(topology.OVAL)] = 0.0
    out = np.stack([fields[name][0][:, None] * face.ex + fields[name][1][:, None] * face.ey for name in NAMES])
    return out.astype(np.float32)


def at_rest(mesh: Points, let_go: tuple[float, float, float] = CALM) -> Points:
    """The mesh with lips closed and most of a smile let go, (478, 3): where speech starts from, whatever the photo
    shows. A closed, plain mouth stays as it is.
    """
    calm = mesh.astype(np.float64).copy()
    face = face_of(calm)
    upper, lower = list(topology.INNER_UPPER), list(topology.INNER_LOWER)
    gap = float((face.points[14] - face.points[13]) @ face.ey)
    if gap > OPEN_LIPS * face.mouth_width:
        bases = build(face)
        calm[:, :2] -= bases[NAMES.index("jaw")] * min(1.0, 0.45 * gap / (0.34 * face.mouth_width))
        _meet(calm, face, upper, lower)
    return _without_smile(calm, let_go)


def _meet(calm: Points, face: Face, upper: list[int], lower: list[int]) -> None:
    """Both lips come together, rows behind the edge and the skin around them following ever less."""
    gaps = np.maximum((calm[lower, :2] - calm[upper, :2]) @ face.ey, 0)
    for share, sign, table in ((0.6, 1.0, topology.UPPER_ROWS), (0.4, -1.0, topology.LOWER_ROWS)):
        for follow, row in zip((1.0, 0.92, 0.80, 0.66), table, strict=True):
            calm[list(row), :2] += (sign * share * follow * gaps[1:-1])[:, None] * face.ey
    lips = {i for table in (topology.UPPER_ROWS, topology.LOWER_ROWS) for row in table for i in row}
    rel = face.points - face.mouth
    x, y = rel @ face.ex / (face.mouth_width / 2), rel @ face.ey / face.mouth_width
    skin = 0.45 * float(gaps.max()) * np.exp(-((x / 1.0) ** 2) - (np.minimum(np.abs(y), 9) / 0.34) ** 2)
    skin = np.where(y < 0, skin, -skin * 0.5)
    skin[list(lips)] = 0
    skin[[61, 76, 62, 78, 291, 306, 292, 308, *topology.OVAL]] = 0
    calm[:, :2] += skin[:, None] * face.ey


def _without_smile(calm: Points, let_go: tuple[float, float, float]) -> Points:
    """Corners of a smile come in and down, not all the way: a person keeps their own face."""
    face = face_of(calm)
    bases = build(face)
    span = float(np.linalg.norm(face.points[263] - face.points[33]))
    ratio = face.mouth_width / span
    spare = max(0.0, ratio - PLAIN_WIDTH) * let_go[0] / ratio
    middle, corners = (face.points[13] + face.points[14]) / 2, (face.points[61] + face.points[291]) / 2
    lift = float((middle - corners) @ face.ey) / face.mouth_width
    calm = calm.copy()
    calm[:, :2] -= bases[NAMES.index("wide")] * (spare / 0.15)
    calm[:, :2] += bases[NAMES.index("frown")] * (min(max(lift - let_go[2], 0.0), 0.12) * let_go[1] / 0.060)
    return calm


def _below(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 for points that ride on the lower jaw, 0 for the rest; the two lips are told apart by index, not by place."""
    below = _ramp(y, -0.02, 0.16)
    for row in topology.UPPER_ROWS:
        below[list(row)] = 0.0
    for row in topology.LOWER_ROWS:
        below[list(row)] = 1.0
    corner = [61, 76, 62, 78, 291, 306, 292, 308]
    below[corner] = 0.5
    return below


Field = tuple[NDArray[np.float64], NDArray[np.float64]]


def _mouth_fields(
    face: Face, x: NDArray[np.float64], y: NDArray[np.float64], below: NDArray[np.float64]
) -> dict[str, Field]:
    unit, ax, none = face.mouth_width, np.abs(x), np.zeros(len(x))
    lip = np.where(ax < 1, 1 - 0.55 * ax**2.4, 0.45 * np.exp(-(((ax - 1) / 0.75) ** 2)))
    chin = np.exp(-((ax / 2.5) ** 4))
    drop = _rounded_opening(x, below * (lip + (chin - lip) * _ramp(y, 0.15, 0.75)))
    near = np.exp(-((np.maximum(ax - 1, 0) / 0.75) ** 2)) * np.exp(-((y / 0.55) ** 2))
    centre = np.exp(-((x / 0.75) ** 2))
    corner = np.exp(-(((ax - 1) / 0.55) ** 2) - (y / 0.38) ** 2)
    upper = (1 - below) * np.exp(-((np.minimum(y, 0) / 0.42) ** 2)) * (y < 0.2)
    pucker = _lip_bulge()
    thin = _lip_rows()
    return {
        "jaw": (-0.05 * unit * x.clip(-1, 1) * near, 0.34 * unit * drop - 0.02 * unit * upper * centre),
        "wide": (0.075 * unit * x.clip(-1.3, 1.3) * near, -0.008 * unit * corner),
        "round": (-0.17 * unit * x.clip(-1.2, 1.2) * near, 0.035 * unit * pucker * centre),
        "upper": (none, -0.075 * unit * upper * np.exp(-((x / 0.9) ** 2))),
        "press": (0.015 * unit * x.clip(-1, 1) * near, 0.032 * unit * thin * np.exp(-((x / 0.9) ** 4))),
        "tuck": (none, -0.045 * unit * below * np.exp(-((y / 0.35) ** 2)) * centre),
        "smile": (0.065 * unit * x.clip(-1.3, 1.3) * near, -0.085 * unit * corner - 0.03 * unit * _cheek(x, y)),
        "frown": (0.010 * unit * x.clip(-1, 1) * near, 0.060 * unit * corner),
    }


def _rounded_opening(x: NDArray[np.float64], drop: NDArray[np.float64]) -> NDArray[np.float64]:
    """The jaw opens the lips as a lens between the corners, whatever the spacing of the photo's own lip points."""
    half = np.abs(x[[78, 308]]).mean()
    across = np.clip(np.abs(x) / half, 0, 1)
    corner = float(drop[[78, 308]].mean())
    for follow, low, up in zip((1.0, 0.8, 0.5, 0.25), topology.LOWER_ROWS, topology.UPPER_ROWS, strict=True):
        low_row, up_row = list(low), list(up)
        lens = corner + (1 - corner) * (1 - across[low_row] ** 2) ** 0.68
        drop[low_row] += follow * (lens - drop[low_row])
        drop[up_row] += follow * corner * _ramp(across[up_row], 0.70, 1.0)
    return drop


def _cheek(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    cheek: NDArray[np.float64] = np.exp(-(((np.abs(x) - 1.5) / 0.6) ** 2) - ((y + 0.75) / 0.5) ** 2)
    return cheek


def _lip_rows() -> NDArray[np.float64]:
    """How pressing moves lip rows: outer rows towards the seam, so both lips grow thin."""
    rows = np.zeros(topology.MESH)
    for sign, table in ((1.0, topology.UPPER_ROWS), (-1.0, topology.LOWER_ROWS)):
        for share, row in zip((0.15, 0.5, 0.8, 1.0), table, strict=True):
            rows[list(row)] = sign * share
    return rows


def _lip_bulge() -> NDArray[np.float64]:
    """How rounding moves lip rows: outwards, so both lips look fuller and leave a small opening."""
    rows = np.zeros(topology.MESH)
    for sign, table in ((-1.0, topology.UPPER_ROWS), (1.0, topology.LOWER_ROWS)):
        for share, row in zip((0.1, 0.45, 0.8, 1.0), table, strict=True):
            rows[list(row)] = sign * share
    return rows


def _brow_fields(face: Face) -> dict[str, Field]:
    up, knit, sad, squint = (np.zeros(topology.MESH) for _ in range(4))
    aside = np.zeros(topology.MESH)
    h = face.height
    for (upper, lower, _), brow in zip(topology.EYES, topology.BROWS, strict=True):
        centre = face.points[list(brow)].mean(axis=0)
        rel = face.points - centre
        dx, dy = rel @ face.ex / (0.17 * h), rel @ face.ey
        window = np.exp(-((np.maximum(np.abs(dx) - 0.7, 0) / 0.5) ** 2)) * np.exp(
            -(np.where(dy < 0, dy / (0.20 * h), dy / (0.085 * h)) ** 2)
        )
        inward = 1.0 if centre @ face.ex < face.mouth @ face.ex else -1.0
        inner = _ramp(dx * inward, -0.6, 1.0)
        up += -0.040 * h * window
        knit += 0.026 * h * window * inner
        aside += inward * 0.018 * h * window * inner
        sad += h * window * (-0.034 * inner + 0.012 * (1 - inner))
        squint[list(lower)] = -0.012 * h
        squint[list(upper)] = 0.006 * h
    none = np.zeros(topology.MESH)
    return {"brow_up": (none, up), "brow_in": (aside, knit), "brow_sad": (none, sad), "squint": (none, squint)}


def _turn_fields(face: Face) -> dict[str, Field]:
    """Parallax of a small turn, per radian: near points (nose) travel further than the contour."""
    none = np.zeros(topology.MESH)
    oval = face.points[list(topology.OVAL)]
    rel = face.points - oval.mean(axis=0)
    across = rel @ face.ex / np.abs((oval - oval.mean(axis=0)) @ face.ex).max()
    down = rel @ face.ey / np.abs((oval - oval.mean(axis=0)) @ face.ey).max()
    depth = np.clip(face.depth, -0.5 * face.height, 0) * (1 - _ramp(np.hypot(across, down), 0.55, 0.98))
    depth[list(topology.OVAL)] = 0.0
    return {"yaw": (-depth, none), "pitch": (none, -depth)}
