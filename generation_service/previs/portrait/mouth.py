"""What is seen between the lips: cavity, teeth, tongue. Drawn once per face, laid in under an anti-aliased mask."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generation_service.previs.brush import Colour, Image, prepared
from generation_service.previs.portrait import teeth, topology
from generation_service.previs.portrait.basis import OPEN_LIPS, face_of

Points = NDArray[np.float32]
UNIT = teeth.UNIT
SEAM = np.array([92, 44, 44], np.float32)
# Light of a full white on the teeth; what the lips throw back into the mouth is red.
ENAMEL, BOUNCE = 205.0, np.array([1.04, 0.99, 0.965], np.float32)
FORWARD = 0.86
# Layer rows that lie on the resting edges of the lips: this much of each row of teeth shows.
UPPER_ROW, LOWER_ROW, TEETH_EDGE = 37.0, 47.0, 60.0


@dataclass(frozen=True)
class Interior:
    """Layers of ``teeth.WIDE`` x ``teeth.TALL`` pixels, the mouth's width being ``UNIT``: cavity, opaque; tongue, its
    raised tip, lower and upper teeth RGBA, all float.
    """

    cavity: NDArray[np.float32]
    tongue: NDArray[np.float32]
    tip: NDArray[np.float32]
    lower: NDArray[np.float32]
    upper: NDArray[np.float32]


@dataclass(frozen=True)
class Place:
    """Where the interior hangs, in pixels of the target: the resting centre of the upper lip's edge, the jaw-borne one
    of the lower lip; the mouth's width; its roll (rad); how far the tongue's tip is raised, 0..1 (from ``FORWARD`` on
    it comes out between the teeth); how round the lips are, 0..1.
    """

    fixed: Points
    jaw: Points
    width: float
    axis: float
    tongue: float = 0.0
    round: float = 0.0


def draw_interior(light: Colour = (255, 255, 255), soft: float = 0.0) -> Interior:
    """The layers, lit from above by ``light`` (255 = full), the same that falls on the face; ``soft`` is the blur of an
    enlarged photo, in layer pixels.
    """

    def seen(image: Image) -> NDArray[np.float32]:
        tone = image.astype(np.float32)
        tone[..., :3] *= np.array(light, np.float32) / 255
        if soft > 0.4:
            tone = np.asarray(cv2.GaussianBlur(tone, (0, 0), soft), np.float32)
        return prepared(np.clip(tone, 0, 255).astype(np.uint8)).astype(np.float32)

    rows = teeth.row(upper=False), teeth.row(upper=True)
    return Interior(seen(teeth.cavity()), seen(teeth.tongue()), seen(teeth.tip()), seen(rows[0]), seen(rows[1]))


def exposure(picture: Image, mesh: NDArray[np.float64], light: Colour) -> float:
    """How much of ``light`` reaches the teeth of a lit picture, 0..1: a face in a dark photo has no shining teeth."""
    at = np.round(mesh[[50, 280, 205, 425, 4, 151], :2]).astype(int)
    x, y = np.clip(at, 0, (picture.shape[1] - 1, picture.shape[0] - 1)).T
    skin = float(np.percentile(picture[y, x, :3].mean(axis=1), 70))
    return float(np.clip((36 + 1.15 * skin) / (ENAMEL * max(0.05, sum(light) / 765)), 0.35, 1.0))


def is_open(mesh: NDArray[np.float64]) -> bool:
    """True where the photo itself shows parted lips."""
    face = face_of(mesh)
    return float((face.points[14] - face.points[13]) @ face.ey) > OPEN_LIPS * face.mouth_width


def close_over(picture: Image, mesh: Points) -> None:
    """Let the lips of a photo with an open mouth grow over its teeth, in place: what is between them is drawn anew, and
    no rim of the photo's own teeth may show along it. ``mesh`` (n, 2) in pixels of ``picture``.
    """
    inner = np.concatenate([mesh[list(topology.INNER_UPPER)], mesh[list(topology.INNER_LOWER)][::-1][1:-1]])
    outer = np.concatenate([mesh[[61, *topology.UPPER_ROWS[3], 291]], mesh[list(topology.LOWER_ROWS[3])][::-1]])
    low, high = outer.min(axis=0).astype(int) - 6, outer.max(axis=0).astype(int) + 7
    low, high = np.maximum(low, 0), np.minimum(high, (picture.shape[1], picture.shape[0]))
    view = picture[low[1] : high[1], low[0] : high[0]]
    size = (view.shape[1], view.shape[0])
    wide = float(np.ptp(outer[:, 0]))
    reach = max(1, round(0.012 * wide))
    hole = cv2.dilate((_cover(inner - low, size) > 0.02).astype(np.uint8), np.ones((2 * reach + 1,) * 2, np.uint8))
    lips = (_cover(outer - low, size) > 0.9) & (hole == 0)
    known = lips.astype(np.float32)
    tone = view.astype(np.float32)
    out: Any = tone * 0 + (tone[lips].mean(axis=0) if lips.any() else SEAM)
    for sigma in (0.10 * wide, 0.04 * wide, 0.016 * wide):
        weight = cv2.GaussianBlur(known, (0, 0), sigma)
        near = cv2.GaussianBlur(tone * known[..., None], (0, 0), sigma) / np.maximum(weight, 1e-4)[..., None]
        share = np.clip(weight * 10, 0, 1)[..., None]
        out = out * (1 - share) + near * share
    soft = cv2.GaussianBlur(hole.astype(np.float32), (0, 0), max(0.8, 0.5 * reach))[..., None]
    view[:] = np.clip(tone * (1 - soft) + out * soft, 0, 255).astype(np.uint8)


def draw_seam(target: Image, lips: tuple[Points, Points], width: float) -> None:
    """The dark line where closed lips meet, fading as they part. Only for photos whose own lips are parted."""
    upper, lower = lips
    gap = float(np.max(np.linalg.norm(lower - upper, axis=1)))
    share = 0.62 * max(0.0, 1 - gap / (0.03 * width))
    if share <= 0:
        return
    middle = (upper + lower) / 2
    x0, y0 = np.maximum(np.floor(middle.min(axis=0)).astype(int) - 6, 0)
    x1, y1 = np.ceil(middle.max(axis=0)).astype(int) + 7
    view = target[y0:y1, x0:x1, :3]
    line = np.zeros((view.shape[0] * 4, view.shape[1] * 4), np.uint8)
    bent = np.round((middle - (x0, y0) + 0.5) * 4 * 16).astype(np.int32)
    cv2.polylines(line, [bent], False, 255, max(2, round(0.016 * width * 4)), cv2.LINE_AA, 4)
    soft: Any = cv2.resize(line, (view.shape[1], view.shape[0]), interpolation=cv2.INTER_AREA).astype(np.float32)
    soft = cv2.GaussianBlur(soft, (0, 0), max(0.7, 0.010 * width))[..., None] * (share / 255)
    view[:] = np.clip(view * (1 - soft) + np.minimum(SEAM, view) * soft + 0.5, 0, 255).astype(np.uint8)


def paint(target: Image, interior: Interior, lips: tuple[Points, Points], place: Place) -> None:
    """Lay the interior into ``target`` (h, w, >= 3) between the posed inner lips, upper and lower, (11, 2) each, from
    corner to corner, in pixels of ``target``.
    """
    upper, lower = lips
    gap = float(np.max(np.linalg.norm(lower - upper, axis=1)))
    gate = min(1.0, (gap - 0.3) / 0.9)
    if gate <= 0:
        return
    ring = np.concatenate([_bent(upper), _bent(lower)[::-1][1:-1]])
    x0, y0 = np.floor(ring.min(axis=0)).astype(int) - 3
    x1, y1 = np.ceil(ring.max(axis=0)).astype(int) + 4
    if x0 < 0 or y0 < 0 or x1 > target.shape[1] or y1 > target.shape[0]:
        return
    size = (int(x1 - x0), int(y1 - y0))
    mask = _mask(ring - (x0, y0), size)
    inside = _compose(interior, place, corner=(int(x0), int(y0)), size=size)
    inside *= _shade(mask, upper - (x0, y0), gap, place)
    patch = target[y0:y1, x0:x1, :3]
    soft = (mask * gate)[..., None]
    patch[:] = np.clip(patch * (1 - soft) + inside * soft + 0.5, 0, 255).astype(np.uint8)


def _shade(mask: NDArray[np.float32], upper: Points, gap: float, place: Place) -> Any:
    """Light in the mouth: the upper lip throws a shadow, the corners are dim, and rounded lips let little in."""
    rows = np.arange(mask.shape[0], dtype=np.float32)[:, None]
    columns = np.arange(mask.shape[1], dtype=np.float32)
    order = np.argsort(upper[:, 0])
    edge = np.interp(columns, upper[order, 0], upper[order, 1]).astype(np.float32)[None]
    reach = max(0.6, min(0.040 * place.width, 0.30 * gap))
    cast = 1 - 0.50 * np.exp(-np.maximum(rows - edge, 0) / reach)
    middle, half = (upper[0, 0] + upper[-1, 0]) / 2, max(1.0, abs(upper[-1, 0] - upper[0, 0]) / 2)
    aside = np.clip(np.abs(columns - middle) / half, 0, 1)[None]
    entering = 0.74 + 0.26 * min(1.0, gap / (0.10 * place.width))
    hidden = BOUNCE - np.array([0.55, 0.72, 0.70], np.float32) * min(1.0, place.round)
    return (entering * cast * (1 - 0.5 * aside**3))[..., None] * hidden


def _bent(edge: Points) -> Points:
    """A lip's edge as a smooth curve: Catmull-Rom through its points, four pieces a span."""
    p = np.concatenate([2 * edge[:1] - edge[1:2], edge, 2 * edge[-1:] - edge[-2:-1]])
    t = np.linspace(0, 1, 4, endpoint=False, dtype=np.float32)[None, :, None]
    a, b, c, d = (p[k : len(p) - 3 + k][:, None] for k in range(4))
    curve = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    return np.asarray(np.concatenate([curve.reshape(-1, 2), edge[-1:]]), np.float32)


def _cover(ring: Any, size: tuple[int, int]) -> NDArray[np.float32]:
    """Coverage of a polygon, 0..1, four samples a side per pixel."""
    fine = np.zeros((size[1] * 4, size[0] * 4), np.uint8)
    cv2.fillPoly(fine, [np.round((ring + 0.5) * 4 * 16).astype(np.int32)], 255, shift=4)
    small: Any = cv2.resize(fine, size, interpolation=cv2.INTER_AREA)
    return np.asarray(small.astype(np.float32) / 255)


def _mask(ring: Any, size: tuple[int, int]) -> NDArray[np.float32]:
    """Coverage of the opening, with a slight softness like skin has."""
    return np.asarray(cv2.GaussianBlur(_cover(ring, size), (0, 0), 0.7), np.float32)


def _compose(
    interior: Interior, place: Place, *, corner: tuple[int, int], size: tuple[int, int]
) -> NDArray[np.float32]:
    """The layers at their places: upper teeth stay with the head, lower teeth and tongue follow the jaw; a raised tip
    stands before the lower teeth and behind the upper ones.
    """
    fixed, jaw, scale = place.fixed, place.jaw, place.width / UNIT
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    cos, sin = np.cos(place.axis) / scale, np.sin(place.axis) / scale

    def placed(layer: NDArray[np.float32], anchor: Any, at: tuple[float, float], border: int) -> NDArray[np.float32]:
        dx, dy = corner[0] - anchor[0], corner[1] - anchor[1]
        step = np.array([[cos, sin, at[0] + cos * dx + sin * dy], [-sin, cos, at[1] - sin * dx + cos * dy]])
        return np.asarray(cv2.warpAffine(layer, step, size, flags=flags, borderMode=border), np.float32)

    # OpenCV turns four channels several times faster than three.
    out: Any = placed(interior.cavity, fixed, (teeth.WIDE / 2, 60), cv2.BORDER_REPLICATE)[..., :3]
    drop, middle, raised = jaw - fixed, teeth.WIDE / 2, place.tongue
    layers = [
        (interior.tongue, fixed + 0.80 * drop, (middle, 190), 1.0),
        (interior.lower, jaw, (middle, LOWER_ROW), 1.0),
        (interior.upper, fixed, (middle, UPPER_ROW), 1.0),
    ]
    if raised > 0.05:
        up = min(1.0, raised / FORWARD)
        anchor = fixed + (1 - up) * drop
        tip = (interior.tip, anchor, (middle, 18 - (TEETH_EDGE - UPPER_ROW - 9) * up), min(1.0, 2.5 * raised))
        layers.insert(3 if raised > FORWARD else 2, tip)
    for layer, anchor, at, share in layers:
        top = placed(layer, anchor, at, cv2.BORDER_CONSTANT)
        alpha = top[..., 3:4] * (share / 255)
        out = out * (1 - alpha) + top[..., :3] * alpha
    return np.asarray(out, np.float32)
