"""One person standing in a frame: framed, lit by the place, animated, and laid over the plate."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from generation_service.contract.shots import ShotSize
from generation_service.previs import sampling, warps
from generation_service.previs.brush import Image, prepared
from generation_service.previs.portrait.basis import face_of
from generation_service.previs.portrait.develop import enlarged
from generation_service.previs.portrait.head import TalkingHead
from generation_service.previs.portrait.motion import Track
from generation_service.previs.portrait.posing import HANDS, Posing
from generation_service.previs.portrait.relight import light_of, lit
from generation_service.previs.portrait.topology import OVAL
from generation_service.previs.scenes.light import Mood

__all__ = ["FRAMINGS", "GROUND", "Figure", "Placement", "lit", "place", "stand"]

# Face height (hairline to chin) and eye line, both in frame heights; texture pixels per output pixel.
FRAMINGS: dict[ShotSize, tuple[float, float, float]] = {
    "ECU": (0.80, 0.40, 0.8), "CU": (0.50, 0.405, 1.0), "MCU": (0.345, 0.385, 1.08), "MS": (0.235, 0.34, 1.25),
}  # fmt: skip

EYES = (1.62, 0.48)
# How low the eyes of a photo that ends high may be in a medium shot, in frame heights.
LOWEST = 0.43

# Where feet stand in a wide shot, in frame heights.
GROUND = {
    "street": 0.88,
    "rooftop": 0.97,
    "park": 0.90,
    "forest": 0.92,
    "beach": 0.97,
    "mountain": 0.985,
    "desert": 0.94,
}

# From the head's turning axis to the plane of the face, in face heights.
HEAD_DEPTH = 0.46


@dataclass(frozen=True)
class Placement:
    """Where a picture goes: ``scale`` output pixels per picture pixel; (``left``, ``top``) its corner in the frame."""

    scale: float
    left: float
    top: float
    density: float


def place(
    picture: Image, mesh: NDArray[np.float64], size: ShotSize, frame: tuple[int, int], across: float,
    *, eyes: bool = False,
) -> Placement:  # fmt: skip
    """Frame a person: ``frame`` is (width, height), ``across`` the face's x in frame widths. A picture that ends too
    high (a photo cut at the chest) is enlarged until its lower edge leaves the frame. ``eyes``: nothing but the eyes.
    """
    width, height = frame
    face = face_of(mesh)
    share, line, _ = FRAMINGS.get(size, FRAMINGS["MS"])
    if eyes:
        share, line = min(EYES[0], 1.9 * width / height), EYES[1]
    scale = share * height / face.height
    eye_x, eye_y = face.eye_centre
    below = picture.shape[0] - eye_y
    if size == "MS":  # a photo that ends at the chest is laid lower before it is enlarged
        line = float(np.clip(1.06 - scale * below / height, line, LOWEST))
    scale = max(scale, (1.06 - line) * height / below)
    line_px = line * height
    if float(picture[0, :, 3].max()) > 128:  # hair cut by the photo's own edge: keep that edge out of the frame
        line_px = min(line_px, eye_y * scale - 0.03 * height)
    return Placement(
        scale, across * width - eye_x * scale, line_px - eye_y * scale, _density(scale * face.height / height)
    )


def _density(share: float) -> float:
    """Texture pixels per output pixel for a face of ``share`` frame heights, whatever the shot is called: a photo that
    ends at the chest comes nearer than a medium shot is.
    """
    shares, densities = zip(*sorted((face, density) for face, _, density in FRAMINGS.values()), strict=True)
    return float(np.interp(share, shares, densities))


def stand(picture: Image, kind: str, interior: bool, *, frame: tuple[int, int], across: float) -> Placement:
    """Place a whole person with the feet on the ground of a set."""
    width, height = frame
    scale = (0.76 if interior else 0.50) * height / picture.shape[0]
    foot = GROUND.get(kind, 0.97) * height
    return Placement(scale, across * width - picture.shape[1] / 2 * scale, foot - picture.shape[0] * scale, 1.3)


class Figure:
    """A person ready to be laid over frames of ``frame`` (width, height) following ``track``."""

    def __init__(
        self,
        picture: Image,
        mesh: NDArray[np.float64],
        *,
        spot: Placement,
        frame: tuple[int, int],
        mood: Mood,
        track: Track,
    ) -> None:
        picture, (x0, y0) = _visible(picture, spot, frame)
        spot = replace(spot, left=spot.left + x0 * spot.scale, top=spot.top + y0 * spot.scale)
        self._spot, self._frame, self._track = spot, frame, track
        factor = spot.scale * spot.density
        rows, columns = picture.shape[:2]
        size = (max(2, round(columns * factor)), max(2, round(rows * factor)))
        texture = enlarged(picture, size)
        self._per = np.array([size[0] / columns, size[1] / rows])
        points = (mesh - np.array([x0, y0, 0.0])) * np.array([*self._per, self._per[0]])
        texture = prepared(lit(texture, mood, face_of(points).height, points))
        self.head = TalkingHead(texture, points, light=light_of(mood), soft=0.55 * max(0.0, factor - 1))
        self._posed = Posing(self.head, track)
        self._rows = self._row_weights(size[1])
        self._columns = self._depth_across(size[0])
        self._spans = self.head.spans
        self._steps = np.arange(frame[0])

    def _row_weights(self, rows: int) -> NDArray[np.float32]:
        """Per texture row: share of head motion (1 above the chin, 0 at the shoulders), of breathing, of lean, and how
        near the head comes to the camera there (0 at the crown, 0 at the neck).
        """
        face = self.head.face
        y = np.arange(rows)
        t = np.clip((y - face.chin[1]) / (0.55 * face.height), 0, 1)
        head = 1 - t * t * (3 - 2 * t)
        breath = np.where(
            t < 1, 0.75 + 0.25 * t, np.clip(1 - (y - face.chin[1] - 0.55 * face.height) / (2.2 * face.height), 0, 1)
        )
        lean = np.clip(1 - (y - face.chin[1]) / (3.0 * face.height), 0, 1)
        middle = face.points[list(OVAL), 1].mean()
        up = (y - middle) / np.where(y < middle, 0.95 * face.height, 0.85 * face.height)
        deep = np.clip(1 - up * up, 0, 1) ** 1.2
        return np.ascontiguousarray(np.stack([head, breath, lean, deep], axis=1).astype(np.float32))

    def _depth_across(self, columns: int) -> NDArray[np.float32]:
        """Per texture column how near the head comes: 1 in the middle of the face, 0 beyond its sides."""
        oval = self.head.face.points[list(OVAL), 0]
        half = 0.5 * np.ptp(oval) * 1.30
        across = (np.arange(columns) - oval.mean()) / half
        return np.ascontiguousarray((np.clip(1 - across * across, 0, 1) ** 1.3).astype(np.float32))

    def begin(self, index: int) -> None:
        """Let the face take its pose for the frame that is to be drawn next, while what is behind it is drawn."""
        self._posed.begin(index)

    def draw(self, below: Image, index: int, view: tuple[float, float, float]) -> None:
        """Lay the person over ``below`` (h, w, 4) as of frame ``index``; ``view`` is zoom and shift in pixels."""
        head = self.head
        self._posed.wait(index)
        zoom, dx, dy = view
        width, height = self._frame
        scale_x, scale_y = self._per[0] / self._spot.scale / zoom, self._per[1] / self._spot.scale / zoom
        left = width / 2 + (self._spot.left - width / 2) * zoom + dx
        top = height / 2 + (self._spot.top - height / 2) * zoom + dy
        x0, y0 = max(0, int(left) - 12), max(0, int(top) - 12)
        x1 = min(width, int(left + head.canvas.shape[1] / scale_x) + 12)
        y1 = min(height, int(top + head.canvas.shape[0] / scale_y) + 12)
        if x1 <= x0 or y1 <= y0:
            return
        middle = (y0 + y1) // 2
        over, sway = sampling.words(below), self._sway(index)
        at = scale_x * self._steps - left * scale_x - sway[3]
        near = self._columns[np.clip(at, 0, len(self._columns) - 1).astype(np.int64)]

        def lay(first: int, last: int) -> None:
            affine = np.array([scale_x, -left * scale_x, scale_y, -top * scale_y, first, last], np.float64)
            person = sampling.words(head.canvas)
            warps.lay_person(over, person, self._spans, affine, sway, self._rows, near, self._columns)

        lower = HANDS.submit(lay, middle, y1)
        lay(y0, middle)
        lower.result()

    def _sway(self, index: int) -> NDArray[np.float64]:
        roll, shift_x, shift_y, breath, lean, yaw, pitch, shrug = (float(v) for v in self._track.head[index])
        face = self.head.face
        unit = face.height
        pivot = face.chin + face.ey * 0.35 * unit
        near = HEAD_DEPTH * unit
        return np.array([
            roll, pivot[0], pivot[1], shift_x * unit, shift_y * unit, (breath + shrug) * unit, lean * unit,
            near * np.sin(yaw), near * np.sin(pitch),
        ])  # fmt: skip


def _visible(picture: Image, spot: Placement, frame: tuple[int, int]) -> tuple[Image, tuple[int, int]]:
    """The part of a picture that holds the person and can come into the frame, and where it begins (column, row)."""
    bounds = []
    for axis, start, length in ((1, spot.left, frame[0]), (0, spot.top, frame[1])):
        there = np.flatnonzero((picture[..., 3] > 0).any(axis=1 - axis))
        least, most = (there[0], there[-1] + 1) if len(there) else (0, picture.shape[axis])
        low = max(0, int(least) - 4, int((-0.12 * length - start) / spot.scale))
        high = min(picture.shape[axis], int(most) + 4, int((1.12 * length - start) / spot.scale) + 1)
        bounds.append((low, max(high, low + 2)))
    (x0, x1), (y0, y1) = bounds
    return np.ascontiguousarray(picture[y0:y1, x0:x1]), (x0, y0)
