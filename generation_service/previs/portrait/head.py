"""One person ready to be animated: a texture, its mesh and bases; ``pose`` redraws the face for one frame.

The face is redrawn in texture space (mesh warp, lids, mouth), so the later map that carries head motion and camera
sees one ordinary picture and no seam can open.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generation_service.previs import kernels
from generation_service.previs.brush import Colour, Image
from generation_service.previs.portrait import basis, mouth, topology

# OpenCV takes one two-channel map with an empty second one.
NO_MAP = np.empty((0, 0), np.float32)


class TalkingHead:
    """``texture`` is straight-alpha RGBA, ``mesh`` (478, 3) in its pixels; ``light`` falls on the teeth. ``canvas`` is
    the picture to draw from.
    """

    def __init__(self, texture: Image, mesh: NDArray[np.float64], *, light: Colour = (255, 255, 255)) -> None:
        self._rest = np.ascontiguousarray(texture)
        self.canvas = self._rest.copy()
        self.face = basis.face_of(mesh)
        self._bases = basis.build(self.face)
        self._triangles = topology.triangles()
        self._points = self._with_rings(self.face.points.astype(np.float32))
        self._box = self._face_box()
        x0, y0, x1, y1 = self._box
        self._local = np.ascontiguousarray(self._points - np.array([x0, y0], np.float32))
        self._map = np.ascontiguousarray(
            np.stack(np.meshgrid(np.arange(x1 - x0), np.arange(y1 - y0)), axis=-1).astype(np.float32)
        )
        self._face_rest = np.ascontiguousarray(self._rest[y0:y1, x0:x1, :3])
        self._interior = mouth.draw_interior(light)
        self._roll = float(np.arctan2(self.face.ex[1], self.face.ex[0]))
        self._lids = [self._lid_curves(k) for k in (0, 1)]
        self._tones = [self._lid_tones(k) for k in (0, 1)]
        self._gaze = [self._gaze_window(k) for k in (0, 1)]

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

    def _lid_curves(self, eye: int) -> tuple[int, NDArray[np.float32], float]:
        """Left column, per-column crease, upper and lower lid edge (box coordinates), and the lash half height."""
        upper, lower, _ = topology.EYES[eye]
        top, low = self._local[list(upper)], self._local[list(lower)]
        order_t, order_l = np.argsort(top[:, 0]), np.argsort(low[:, 0])
        left, right = int(np.floor(top[:, 0].min())), int(np.ceil(top[:, 0].max()))
        columns = np.arange(left, right + 1, dtype=np.float32)
        up = np.interp(columns, top[order_t, 0], top[order_t, 1])
        down = np.interp(columns, low[order_l, 0], low[order_l, 1])
        tall = float(np.max(down - up))
        brow = self._local[list(topology.BROWS[eye])][:, 1].max()
        crease = np.maximum(up - 0.85 * tall, 0.35 * up + 0.65 * brow)
        curve = np.stack([crease, up, down - 0.04 * tall], axis=1).astype(np.float32)
        return left, np.ascontiguousarray(curve), max(0.9, 0.10 * tall)

    def _lid_tones(self, eye: int) -> NDArray[np.float32]:
        """Skin colour from the clean strip below the eye, lash colour from the darkest part of the upper lid's edge."""
        left, curve, _ = self._lids[eye]
        n, tall = len(curve), float(np.max(curve[:, 2] - curve[:, 1]))
        columns = np.arange(n // 5, n - n // 5)
        height, width = self._face_rest.shape[:2]
        x = np.clip(left + columns, 0, width - 1)
        below = [np.clip(curve[columns, 2] + tall * k, 0, height - 1).astype(int) for k in (0.55, 0.7, 0.85, 1.0)]
        skin = np.median(np.concatenate([self._face_rest[y, x] for y in below]), axis=0)
        edge = [np.clip(curve[columns, 1] + k, 0, height - 1).astype(int) for k in (-2, -1, 0, 1, 2)]
        lash = np.percentile(np.concatenate([self._face_rest[y, x] for y in edge]), 12, axis=0)
        return np.stack([skin, np.minimum(lash, skin * 0.5)]).astype(np.float32)

    def _gaze_window(self, eye: int) -> tuple[int, int, NDArray[np.float32], float]:
        """Where and how strongly a shift of the iris moves pixels: 1 on the iris, 0 at the eye's border."""
        upper, lower, iris = topology.EYES[eye]
        ring = self._local[[*upper, *lower]]
        low, high = np.floor(ring.min(axis=0)).astype(int), np.ceil(ring.max(axis=0)).astype(int)
        wide = float(np.linalg.norm(self._local[upper[-1]] - self._local[upper[0]]))
        tall = max(float(high[1] - low[1]), 2.0)
        x, y = np.meshgrid(np.arange(low[0], high[0] + 1), np.arange(low[1], high[1] + 1))
        centre = self._local[iris]
        d2 = ((x - centre[0]) / (0.52 * wide)) ** 2 + ((y - centre[1]) / (0.80 * tall)) ** 2
        weight = np.clip(1.15 * (1 - d2), 0, 1)
        return int(low[0]), int(low[1]), (weight * weight * (3 - 2 * weight)).astype(np.float32), wide

    def pose(self, weights: NDArray[np.float32], blink: float, gaze: NDArray[np.float32]) -> None:
        """Redraw the face in :attr:`canvas`: ``weights`` (14,) of the bases, ``blink`` 0..1, ``gaze`` in eye widths."""
        points = self.face.points.astype(np.float32) + np.tensordot(weights, self._bases, axes=1)
        self._part_lips(points)
        moved = points[list(topology.OVAL)] - self._points[list(topology.OVAL)]
        rings = [
            self._points[topology.MESH + 36 * k : topology.MESH + 36 * (k + 1)] + share * moved
            for k, (_, share) in enumerate(topology.RINGS)
        ]
        x0, y0, x1, y1 = self._box
        posed = np.concatenate([points, *rings]).astype(np.float32) - np.array([x0, y0], np.float32)
        kernels.raster_inverse(self._triangles, posed, self._local, self._map)
        face = cv2.remap(
            self._looking(gaze, blink), self._map, NO_MAP, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        self._speak(face, posed, weights)
        self.canvas[y0:y1, x0:x1, :3] = face

    def _looking(self, gaze: NDArray[np.float32], blink: float) -> Image:
        """The resting face with the eyes turned and the lids lowered."""
        face = self._face_rest
        turned = bool(np.abs(gaze).max() > 1e-3)
        if not turned and blink < 0.02:
            return face
        face = face.copy()
        for left, top, weight, wide in self._gaze if turned else []:
            h, w = weight.shape
            if left < 1 or top < 1 or top + h >= face.shape[0] or left + w >= face.shape[1]:
                continue
            x, y = np.meshgrid(np.arange(left, left + w, dtype=np.float32), np.arange(top, top + h, dtype=np.float32))
            face[top : top + h, left : left + w] = cv2.remap(
                self._face_rest,
                x - weight * np.float32(gaze[0] * wide),
                y - weight * np.float32(gaze[1] * wide),
                cv2.INTER_CUBIC,
            )
        if blink >= 0.02:
            for (left, curve, lash), tones in zip(self._lids, self._tones, strict=True):
                kernels.close_lid(face, curve, tones, left, float(blink), lash)
        return face

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
        rest_gap = self._points[14] - self._points[13]
        if float(np.linalg.norm(rest_gap)) > 0.10 * self.face.mouth_width:
            return  # the photo shows its own open mouth; its teeth stay
        upper_rest = self._local[13] + (posed[1] - self._local[1]) * 0.5
        rest = (upper_rest, posed[14])
        mouth.paint(face, self._interior, (upper, lower), rest, width=self.face.mouth_width, axis=self._roll)
