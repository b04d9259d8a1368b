"""One eye that can turn and shut: the ball behind the lids, the skin that unfolds over it, and the lashes.

Built once from the resting picture. The iris is lifted off the photo and completed by its own rings where a lid hides
it, the white is continued beneath it, and the skin of the lid is grown from the skin around the eye, so that a shut
lid has the photo's own light. The frame's work is one kernel over the patch of the eye.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generation_service.previs.brush import Image
from generation_service.previs.portrait import topology
from generation_service.previs.portrait.eye_kernel import draw_eye

Points = NDArray[np.float32]
Plane = NDArray[np.float32]
IRIS_RINGS = ((469, 470, 471, 472), (474, 475, 476, 477))


@dataclass(frozen=True)
class Patch:
    """Where the eye is in the picture and its size: corner (x, y), columns, rows; ``wide`` and ``tall`` measure the
    opening, all in pixels.
    """

    x: int
    y: int
    columns: int
    rows: int
    wide: float
    tall: float


class Eye:
    """``picture`` RGB (h, w, 3) at rest; ``mesh`` (478, 2) in its pixels; ``index`` 0 or 1 as in ``topology.EYES``."""

    def __init__(self, picture: Image, mesh: Points, index: int) -> None:
        upper, lower, centre = topology.EYES[index]
        ring, brow = mesh[[*upper, *lower]], mesh[list(topology.BROWS[index])]
        wide = float(np.ptp(ring[:, 0]))
        self._patch = patch = _patch_of(picture, ring, brow, wide)
        corner = np.array([patch.x, patch.y], np.float32)
        self.usable = patch.columns > 6 and patch.rows > 4
        if not self.usable:
            return
        base = picture[patch.y : patch.y + patch.rows, patch.x : patch.x + patch.columns].astype(np.float32)
        self._base = np.ascontiguousarray(base)
        self._curves = _curves(mesh[list(upper)] - corner, mesh[list(lower)] - corner, brow - corner, patch)
        rows = np.arange(patch.rows, dtype=np.float32)[:, None]
        opening = np.clip(np.minimum(rows - self._curves[:, 1], self._curves[:, 2] - rows) + 0.5, 0, 1)
        iris = mesh[list(IRIS_RINGS[index])] - mesh[centre]
        self._radius = float(np.clip(np.linalg.norm(iris, axis=1).mean(), 0.14 * wide, 0.34 * wide))
        self._centre = mesh[centre] - corner
        self._iris, self._glint = _lift_iris(self._base, opening, self._centre, self._radius)
        self._white = _white(self._base, opening, self._centre, self._radius)
        self._skin, self._mask = _lid_skin(picture, self._base, self._curves, patch)
        self._lashes = _lash_fringe(patch, index)
        self._ink = _lash_tone(self._base, self._curves)

    def draw(self, target: Image, closure: float, gaze: NDArray[np.float32]) -> None:
        """Draw the eye into ``target`` (h, w, 3): ``closure`` -0.3 (wide) .. 1 (shut), ``gaze`` (2,) in eye widths."""
        if not self.usable:
            return
        patch = self._patch
        view = target[patch.y : patch.y + patch.rows, patch.x : patch.x + patch.columns]
        at = np.array(
            [
                self._centre[0] + gaze[0] * patch.wide, self._centre[1] + gaze[1] * patch.wide,
                closure, patch.tall, gaze[0] * patch.wide * 0.25,
            ], np.float32,
        )  # fmt: skip
        draw_eye(
            view, (self._base, self._skin, self._white, self._iris, self._lashes),
            (self._mask, self._glint), self._curves, at, self._ink,
        )  # fmt: skip


def _patch_of(picture: Image, ring: Points, brow: Points, wide: float) -> Patch:
    low, high = ring.min(axis=0), ring.max(axis=0)
    tall = max(float(high[1] - low[1]), 0.18 * wide)
    top = max(float(brow[:, 1].min()), float(low[1]) - 1.6 * tall)
    x0, y0 = max(0, int(low[0] - 0.40 * wide)), max(0, int(top))
    x1 = min(picture.shape[1], int(high[0] + 0.40 * wide) + 1)
    y1 = min(picture.shape[0], int(high[1] + 0.35 * tall) + 2)
    return Patch(x0, y0, max(0, x1 - x0), max(0, y1 - y0), wide, tall)


def _curves(upper: Points, lower: Points, brow: Points, patch: Patch) -> NDArray[np.float32]:
    """Per column of the patch: crease, upper lid, lower lid (rows), and the place along the eye, 0..1 at its corners,
    (columns, 4). Outside the corners both lids meet.
    """
    columns = np.arange(patch.columns, dtype=np.float64)
    up, low = upper[np.argsort(upper[:, 0])], lower[np.argsort(lower[:, 0])]
    reach = max(1.0, patch.wide / 30)
    y_up, y_low = (_soft(np.interp(columns, row[:, 0], row[:, 1]), reach) for row in (up, low))
    left, right = max(up[0, 0], low[0, 0]), min(up[-1, 0], low[-1, 0])
    along = (columns - left) / max(right - left, 1.0)
    middle = (y_up + y_low) / 2
    inside = np.clip(np.minimum(along, 1 - along) * 14, 0, 1)
    y_up, y_low = middle + (y_up - middle) * inside, middle + (y_low - middle) * inside
    dome = np.clip(1 - (2 * along - 1) ** 2, 0, 1) ** 0.5
    crease = np.maximum(y_up - patch.tall * (0.20 + 0.38 * dome), 0.25 * y_up + 0.75 * float(brow[:, 1].max()))
    crease = np.minimum(crease, y_up - 1.0)
    return np.ascontiguousarray(np.stack([crease, y_up, y_low, along], axis=1).astype(np.float32))


def _soft(values: NDArray[np.float64], sigma: float) -> NDArray[np.float64]:
    reach = int(3 * sigma) + 1
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    out: NDArray[np.float64] = np.convolve(np.pad(values, reach, mode="edge"), kernel / kernel.sum(), mode="valid")
    return out


def _lift_iris(base: Plane, opening: Plane, centre: Points, radius: float) -> tuple[Plane, Plane]:
    """The whole iris as RGBA sprite (alpha 0..1, centred) and the highlight (rows, columns) that stays on the ball.

    What a lid hides is told by the ring it lies on: the median of that ring's visible pixels.
    """
    half = int(np.ceil(radius)) + 2
    y, x = np.mgrid[-half : half + 1, -half : half + 1].astype(np.float32)
    map_x, map_y = x + centre[0], y + centre[1]
    colour: Any = cv2.remap(base, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    clear = cv2.erode(opening, np.ones((3, 3), np.uint8))
    seen: Any = cv2.remap(clear, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    distance = np.hypot(x, y)
    rings = np.clip((distance / max(radius, 1) * 10).astype(int), 0, 10)
    tone = np.zeros_like(colour)
    last = np.array([40.0, 34.0, 30.0], np.float32)
    for k in range(11):
        visible = colour[(rings == k) & (seen > 0.9)]
        if len(visible) >= 3:
            last = np.median(visible, axis=0).astype(np.float32)
        tone[rings == k] = last
    tone = cv2.GaussianBlur(tone, (0, 0), max(0.6, radius / 14))
    luma = colour.mean(axis=2)
    bright = np.clip((luma - tone.mean(axis=2) - 45) / 40, 0, 1) * np.clip(1.1 - distance / radius, 0, 1)
    share = (np.clip(seen, 0, 1) * (1 - cv2.dilate(bright, np.ones((3, 3), np.uint8))))[..., None]
    iris = tone + (colour - tone) * share
    alpha = np.clip((radius - distance) / max(1.0, radius * 0.14) + 0.5, 0, 1)
    glint = np.zeros(base.shape[:2], np.float32)
    gained = np.clip(luma - iris.mean(axis=2), 0, 255) * (bright > 0.05) * np.clip(seen, 0, 1)
    step = np.array([[1, 0, centre[0] - half], [0, 1, centre[1] - half]], np.float64)
    glint += cv2.warpAffine(gained.astype(np.float32), step, (base.shape[1], base.shape[0]))
    return np.ascontiguousarray(np.dstack([iris, alpha]).astype(np.float32)), np.ascontiguousarray(glint)


def _white(base: Plane, opening: Plane, centre: Points, radius: float) -> Plane:
    """The ball without its iris: the photo's own white where it shows, continued under iris and lids."""
    y, x = np.mgrid[0 : base.shape[0], 0 : base.shape[1]].astype(np.float32)
    away = np.hypot(x - centre[0], y - centre[1])
    clear = (cv2.erode(opening, np.ones((3, 3), np.uint8)) > 0.9) & (away > radius * 1.26)
    luma = base.mean(axis=2)
    if clear.sum() < 12:
        return np.ascontiguousarray(np.full_like(base, 196.0) * np.array([1.0, 0.97, 0.95], np.float32))
    clear &= luma > 0.80 * np.percentile(luma[clear], 60)
    filled = _grown(base, clear.astype(np.float32), (1.5, 3, 7, 18))
    keep = cv2.GaussianBlur(clear.astype(np.float32), (0, 0), max(0.8, radius / 8))[..., None]
    return np.ascontiguousarray(filled + (base - filled) * keep)


def _grown(picture: Plane, known: Plane, sigmas: tuple[float, ...]) -> Plane:
    """Colours of ``known`` pixels spread over the rest, near ones first."""
    spread: Any = np.zeros_like(picture) + picture[known > 0.5].mean(axis=0)
    for sigma in sigmas[::-1]:
        weight = cv2.GaussianBlur(known, (0, 0), sigma)
        near = cv2.GaussianBlur(picture * known[..., None], (0, 0), sigma) / np.maximum(weight, 1e-4)[..., None]
        share = np.clip(weight * 12, 0, 1)[..., None]
        spread = spread * (1 - share) + near * share
    return np.asarray(spread, np.float32)


def _lid_skin(picture: Image, base: Plane, curves: Plane, patch: Patch) -> tuple[Plane, Plane]:
    """Skin for the shut lid, and where it may replace the photo (0..1): grown inwards from the rim of the socket, with
    the fine grain of the cheek below.
    """
    rows = np.arange(patch.rows, dtype=np.float32)[:, None]
    columns = np.arange(patch.columns, dtype=np.float32)[None]
    crease, up, low, along = (curves[:, k][None] for k in range(4))
    beyond = np.maximum(np.maximum(-along, along - 1), 0) * patch.wide
    away = np.clip(np.abs(2 * along - 1), 0, 1)
    top = np.minimum(crease, up - (0.42 + 0.50 * away**2) * patch.tall) - 0.06 * patch.tall
    bottom = low + (0.20 + 0.25 * np.clip(beyond / (0.1 * patch.wide), 0, 1)) * patch.tall
    reach = 0.36 * patch.wide
    edge = np.minimum(rows - top, bottom - rows)
    side = 1 - np.clip(beyond / reach, 0, 1)
    hole = (edge > 0) & (side > 0.02)
    soft = max(1.0, 0.10 * patch.tall)
    calm = cv2.medianBlur(np.clip(base, 0, 255).astype(np.uint8), 5).astype(np.float32)
    tone = calm.mean(axis=2)
    dark = tone < 0.80 * np.median(tone[~hole]) if (~hole).any() else hole
    known = (~hole & ~dark).astype(np.float32)
    if known.sum() < 20:
        known = (~hole).astype(np.float32)
    scale = patch.wide / 60
    skin = _grown(calm, known, (2.0 * scale + 1, 5 * scale + 1, 11 * scale + 1, 26 * scale + 1))
    skin = cv2.GaussianBlur(skin, (0, 0), max(1.0, 1.5 * scale)) + _fine_grain(picture, patch)
    mask = np.clip(edge / soft, 0, 1) * np.clip(side * 2.2, 0, 1)
    mask = np.where(rows > low, mask * np.clip(2.2 * (1 - (rows - low) / (bottom - low)), 0, 1), mask)
    spread: Any = cv2.GaussianBlur((mask + 0 * columns).astype(np.float32), (0, 0), max(0.8, 0.035 * patch.wide))
    return np.ascontiguousarray(skin.astype(np.float32)), np.ascontiguousarray(spread)


def _fine_grain(picture: Image, patch: Patch) -> Plane:
    """Pores and lines of the skin below the eye or above its brow, whichever is calmer (a rim of glasses or hair is
    not), as a difference from its smooth colour, mirrored to fill the patch.
    """
    rows = max(4, int(0.9 * patch.tall))
    below, above = patch.y + patch.rows + int(0.25 * patch.tall), patch.y - int(0.9 * patch.tall) - rows
    found = []
    for top in (below, above):
        first = max(0, min(top, picture.shape[0] - rows))
        skin = picture[first : first + rows, patch.x : patch.x + patch.columns].astype(np.float32)
        found.append(skin - cv2.GaussianBlur(skin, (0, 0), max(1.2, patch.wide / 18)))
    fine = np.clip(min(found, key=lambda one: float(np.percentile(np.abs(one), 97))), -8, 8)
    tiles = int(np.ceil(patch.rows / max(1, len(fine)))) + 1
    sheet = np.concatenate([fine if k % 2 == 0 else fine[::-1] for k in range(tiles)])
    return np.asarray(sheet[: patch.rows], np.float32)


def _lash_fringe(patch: Patch, index: int) -> Plane:
    """Lashes of a lowered lid, (16, n): coverage by distance below the edge (0..1 of their length) and place along the
    eye; denser and longer towards the outer corner.
    """
    tall, wide = 16, max(48, 2 * patch.columns)
    rng = np.random.default_rng(41 + index)
    fringe = np.zeros((tall * 4, wide * 4), np.uint8)
    count = 46
    for k in range(count):
        s = (k + float(rng.uniform(-0.3, 0.3))) / (count - 1)
        outer = s if index else 1 - s
        long = (0.42 + 0.55 * outer) * float(rng.uniform(0.75, 1.0)) * np.clip(min(s, 1 - s) * 9, 0.15, 1)
        lean = (s - 0.5) * 0.075 + float(rng.normal(0, 0.005))
        t = np.linspace(0, 1, 8)
        xs, ys = (s + lean * t**1.5) * wide * 4, (long * t) * tall * 4
        for i in range(7):
            thick = max(1, round((1 - t[i]) * wide / 30))
            a, b = (int(xs[i]), int(ys[i])), (int(xs[i + 1]), int(ys[i + 1]))
            cv2.line(fringe, a, b, 255, thick, cv2.LINE_AA)
    small: Any = cv2.resize(fringe, (wide, tall), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(small.astype(np.float32) / 255)


def _lash_tone(base: Plane, curves: Plane) -> NDArray[np.float32]:
    """Colour of the lashes: the darkest tenth along the upper lid's edge."""
    inside = np.flatnonzero((curves[:, 3] > 0.12) & (curves[:, 3] < 0.88))
    rows = [np.clip(curves[inside, 1] + k, 0, base.shape[0] - 1).astype(int) for k in (-2, -1, 0, 1)]
    edge = np.concatenate([base[row, inside] for row in rows])
    return np.asarray(np.percentile(edge, 10, axis=0), np.float32)
