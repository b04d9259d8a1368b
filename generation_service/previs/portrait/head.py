"""One person ready to be animated: a texture, its mesh and bases; ``pose`` redraws the face for one frame.

The face is redrawn in texture space (mesh warp, lids, mouth), so the later map that carries head motion and camera
sees one ordinary picture and no seam can open.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from generation_service.previs import kernels, reading, sampling
from generation_service.previs.brush import Colour, Image
from generation_service.previs.portrait import basis, eyes, glasses, mouth, topology

# How far each eye turns outwards (eye widths) when the look leaves the near lens for something far.
VERGENCE = 0.008
BROWS = [basis.NAMES.index(name) for name in ("brow_up", "brow_in", "brow_sad", "arch")]
SERIOUS = [basis.NAMES.index(name) for name in ("frown", "brow_in", "brow_sad")]
TONGUE, ROUND = basis.NAMES.index("tongue"), basis.NAMES.index("round")


class TalkingHead:
    """``texture`` is RGBA, opaque in the face, ``mesh`` (478, 3) in its pixels; ``light`` falls on the teeth, ``soft``
    (pixels) is how blurred an enlarged photo is. ``canvas`` is the picture to draw from.
    """

    def __init__(
        self, texture: Image, mesh: NDArray[np.float64], *, light: Colour = (255, 255, 255), soft: float = 0.0
    ) -> None:
        self._rest = np.ascontiguousarray(texture)
        self.canvas = self._rest.copy()
        self.face = basis.face_of(basis.at_rest(mesh))
        stern = basis.at_rest(mesh, basis.STERN)[:, :2] - self.face.points
        self._stern = stern.astype(np.float32) if np.abs(stern).max() > 0.2 else None
        self._bases = basis.build(self.face)
        if glasses.worn(texture, mesh):
            self._bases[BROWS] *= glasses.BROWS_BEHIND_GLASSES
        self._triangles = topology.triangles()
        self._points = self._with_rings(mesh[:, :2].astype(np.float32))
        self._box = self._face_box()
        x0, y0, x1, y1 = self._box
        self._local = np.ascontiguousarray(self._points - np.array([x0, y0], np.float32))
        at_rest = np.arange((y1 - y0) * (x1 - x0), dtype=np.uint32).reshape(y1 - y0, x1 - x0)
        at_rest[-1], at_rest[:, -1] = at_rest[-2], at_rest[:, -2]  # the last row and column have none after them
        self._where = at_rest << np.uint32(10)
        self._face_rest = np.ascontiguousarray(self._rest[y0:y1, x0:x1])
        self._open = mouth.is_open(mesh)
        if self._open:
            mouth.close_over(self._face_rest[..., :3], self._local)
        seen = mouth.exposure(texture, mesh, light)
        lamp = (light[0] * seen, light[1] * seen, light[2] * seen)
        self._interior = mouth.draw_interior(lamp, soft * mouth.UNIT / self.face.mouth_width)
        self._roll = float(np.arctan2(self.face.ex[1], self.face.ex[0]))
        self._looked, self._look = self._face_rest, (0.0, 0.0, 0.0)
        self._eyes = [eyes.Eye(self._face_rest[..., :3], self._local, k) for k in (0, 1)]

    def _with_rings(self, points: NDArray[np.float32]) -> NDArray[np.float32]:
        loop = points[list(topology.OVAL)]
        centre = loop.mean(axis=0)
        rings = [centre + (loop - centre) * scale for scale, _ in topology.RINGS]
        return np.concatenate([points[: topology.MESH], *rings]).astype(np.float32)

    def _face_box(self) -> tuple[int, int, int, int]:
        used = self._points[np.unique(self._triangles)]
        low, high = np.floor(used.min(axis=0)) - 2, np.ceil(used.max(axis=0)) + 3
        height, width = self._rest.shape[:2]
        return max(0, int(low[0])), max(0, int(low[1])), min(width, int(high[0])), min(height, int(high[1]))

    @property
    def spans(self) -> NDArray[np.int64]:
        """(rows, 2): columns of the canvas from .. to before which can show something in any pose."""
        spans = sampling.spans_of(sampling.words(self._rest))
        x0, y0, x1, y1 = self._box
        empty = spans[y0:y1, 1] <= spans[y0:y1, 0]
        spans[y0:y1, 0] = np.where(empty, x0, np.minimum(spans[y0:y1, 0], x0))
        spans[y0:y1, 1] = np.where(empty, x1, np.maximum(spans[y0:y1, 1], x1))
        return spans

    def pose(self, weights: NDArray[np.float32], blink: float, gaze: NDArray[np.float32]) -> None:
        """Redraw the face in :attr:`canvas`: ``weights`` (17,) of the bases, ``blink`` 0..1, ``gaze`` in eye widths."""
        points = self.face.points.astype(np.float32) + np.tensordot(weights, self._bases, axes=1)
        if self._stern is not None:
            points += self._stern * min(1.0, float(weights[SERIOUS].max()))
        self._part_lips(points)
        moved = points[list(topology.OVAL)] - self._points[list(topology.OVAL)]
        rings = [
            self._points[topology.MESH + 36 * k : topology.MESH + 36 * (k + 1)] + share * moved
            for k, (_, share) in enumerate(topology.RINGS)
        ]
        x0, y0, x1, y1 = self._box
        posed = np.concatenate([points, *rings]).astype(np.float32) - np.array([x0, y0], np.float32)
        kernels.raster_fixed(self._triangles, posed, self._local, self._where)
        face = self.canvas[y0:y1, x0:x1]
        reading.read_at(sampling.words(self._looking(gaze, blink)), self._where, sampling.words(face))
        self._speak(face, posed, weights)

    def _looking(self, gaze: NDArray[np.float32], blink: float) -> Image:
        """The resting face with the eyes turned and the lids lowered; lids follow a look down or up. Kept while
        the look holds.
        """
        lids = float(np.clip(blink + 1.6 * gaze[1] * (1 - blink), -0.3, 1.0))
        look = (lids, float(gaze[0]), float(gaze[1]))
        if look != self._look:
            self._look, self._looked = look, self._face_rest.copy()
            aside = VERGENCE * min(1.0, abs(look[1]) / 0.08)
            for eye, turn in zip(self._eyes, (-aside, aside), strict=True):
                eye.draw(self._looked, lids, gaze + np.array([turn, 0], np.float32))
        return self._looked

    def _part_lips(self, points: NDArray[np.float32]) -> None:
        """Lips never cross: where pressing would fold them, both inner edges meet halfway."""
        upper, lower = list(topology.INNER_UPPER[1:-1]), list(topology.INNER_LOWER[1:-1])
        down = self.face.ey.astype(np.float32)
        gap = (points[lower] - points[upper]) @ down
        fold = np.minimum(gap, 0)[:, None] * down / 2
        points[upper] += fold
        points[lower] -= fold

    def _speak(self, face: Any, posed: NDArray[np.float32], weights: NDArray[np.float32]) -> None:
        upper, lower = posed[list(topology.INNER_UPPER)], posed[list(topology.INNER_LOWER)]
        corner = np.array(self._box[:2], np.float32)
        calm = self.face.points.astype(np.float32)
        upper_rest = calm[13] - corner + (posed[1] - (calm[1] - corner)) * 0.5
        tongue, rounded = float(weights[TONGUE]), float(weights[ROUND])
        place = mouth.Place(upper_rest, posed[14], self.face.mouth_width, self._roll, tongue, rounded)
        if self._open:
            mouth.draw_seam(face, (upper, lower), self.face.mouth_width)
        mouth.paint(face, self._interior, (upper, lower), place)
