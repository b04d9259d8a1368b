"""What is seen between the lips: cavity, teeth, tongue. Drawn once per face, laid in under an anti-aliased mask."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import skia
from numpy.typing import NDArray

from generation_service.previs.brush import (
    Colour,
    Image,
    Point,
    blob,
    fill,
    linear,
    pixels,
    prepared,
    smooth,
    stroke,
    surface,
)

WIDE, TALL = 320, 260
Points = NDArray[np.float32]


@dataclass(frozen=True)
class Interior:
    """Layers of 320 x 260 pixels, the mouth's width being 280: cavity RGB; tongue, lower and upper teeth RGBA float."""

    cavity: NDArray[np.float32]
    tongue: NDArray[np.float32]
    lower: NDArray[np.float32]
    upper: NDArray[np.float32]


def draw_interior(light: Colour = (255, 255, 255)) -> Interior:
    """The layers, lit from above by ``light`` (255 = full), the same that falls on the face."""

    def seen(image: Image) -> NDArray[np.float32]:
        tone = image.astype(np.float32)
        tone[..., :3] *= np.array(light, np.float32) / 255
        return prepared(np.clip(tone, 0, 255).astype(np.uint8)).astype(np.float32)

    return Interior(seen(_cavity())[..., :3], seen(_tongue()), seen(_teeth(upper=False)), seen(_teeth(upper=True)))


def _cavity() -> Image:
    made = surface(WIDE, TALL)
    canvas = made.getCanvas()
    ramp = [((34, 12, 14), 1.0), ((62, 20, 22), 1.0), ((96, 38, 36), 1.0)]
    canvas.drawPaint(fill(shader=linear((0, 40), (0, TALL), ramp)))
    return pixels(made)


def _tongue() -> Image:
    made = surface(WIDE, TALL)
    canvas = made.getCanvas()
    path = smooth([(70, 250), (84, 150), (160, 118), (236, 150), (250, 250)])
    canvas.drawPath(path, fill(shader=linear((0, 112), (0, 240), [((172, 84, 84), 1.0), ((116, 46, 50), 1.0)]), blur=3))
    blob(canvas, (150, 142), (44, 9), (236, 160, 154), 0.45, blur=8)
    canvas.drawPath(smooth([(160, 128), (158, 176), (160, 230)], close=False), stroke((96, 34, 40), 5, 0.5, blur=4))
    return pixels(made)


def _teeth(*, upper: bool) -> Image:
    made = surface(WIDE, TALL)
    canvas = made.getCanvas()
    sizes = (36, 30, 29, 24, 20) if upper else (24, 25, 27, 25, 21)
    tall = 56 if upper else 46
    base = 0.0 if upper else 34.0
    for side in (-1, 1):
        x = 0.0
        for i, width in enumerate(sizes):
            drop = tall - i * i * 1.6
            _tooth(
                canvas,
                (160 + side * (x + width / 2), base),
                (width, drop if upper else tall - i * 2.0),
                index=i,
                upper=upper,
            )
            x += width * (1 - 0.03 * i)
    return pixels(made)


def _tooth(canvas: Any, at: Point, size: Point, *, index: int, upper: bool) -> None:
    (x, base), (width, tall) = at, size
    shade = 1 - 0.13 * index
    light, dark = (228 * shade, 214 * shade, 196 * shade), (172 * shade, 144 * shade, 128 * shade)
    top, bottom = (base - 30, base + tall) if upper else (base - 2, base + tall + 30)
    rect = skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(x - width / 2 + 0.7, top, x + width / 2 - 0.7, bottom), 8, 8)
    ramp = [(dark, 1.0), (light, 1.0), (light, 1.0)] if upper else [(light, 1.0), (light, 1.0), (dark, 1.0)]
    canvas.drawRRect(rect, fill(shader=linear((0, base), (0, base + tall), ramp), blur=0.8))


def paint(
    target: Image,
    interior: Interior,
    lips: tuple[Points, Points],
    rest: tuple[Points, Points],
    *,
    width: float,
    axis: float,
) -> None:
    """Lay the interior into ``target`` (h, w, >= 3) between the posed inner lips.

    ``lips``: the posed upper and lower inner lip, (11, 2) each, from corner to corner, in pixels of ``target``;
    ``rest``: where the resting upper and the jaw-borne lower lip centre are; ``width``: mouth width; ``axis``: roll
    (rad).
    """
    upper, lower = lips
    gap = float(np.max(np.linalg.norm(lower - upper, axis=1)))
    if gap < 0.6:
        return
    ring = np.concatenate([upper, lower[::-1][1:-1]])
    x0, y0 = np.floor(ring.min(axis=0)).astype(int) - 3
    x1, y1 = np.ceil(ring.max(axis=0)).astype(int) + 4
    if x0 < 0 or y0 < 0 or x1 > target.shape[1] or y1 > target.shape[0]:
        return
    size = (int(x1 - x0), int(y1 - y0))
    mask = _mask(ring - (x0, y0), size)
    inside = _compose(interior, rest, corner=(int(x0), int(y0)), size=size, scale=width / 280.0, axis=axis)
    deep = np.clip(cv2.GaussianBlur(mask, (0, 0), max(1.2, 0.035 * width)) * 1.6 - 0.55, 0, 1)
    open_ = min(1.0, gap / (0.12 * width))
    inside *= (0.30 + (0.28 + 0.42 * open_) * deep)[..., None]
    patch = target[y0:y1, x0:x1, :3]
    soft = mask[..., None]
    patch[:] = np.clip(patch * (1 - soft) + inside * soft + 0.5, 0, 255).astype(np.uint8)


def _mask(ring: NDArray[np.float64], size: tuple[int, int]) -> NDArray[np.float32]:
    """Coverage of the opening, 0..1: four samples a side per pixel, then a slight softness like skin has."""
    fine = np.zeros((size[1] * 4, size[0] * 4), np.uint8)
    cv2.fillPoly(fine, [np.round((ring + 0.5) * 4 * 16).astype(np.int32)], 255, shift=4)
    mask = cv2.resize(fine, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), 0.7), np.float32)


def _compose(
    interior: Interior,
    rest: tuple[Points, Points],
    *,
    corner: tuple[int, int],
    size: tuple[int, int],
    scale: float,
    axis: float,
) -> NDArray[np.float32]:
    """The layers at their places: upper teeth stay with the head, lower teeth and tongue follow the jaw."""
    fixed, jaw = rest
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP

    def placed(layer: NDArray[np.float32], anchor: Any, at: tuple[float, float], border: int) -> NDArray[np.float32]:
        cos, sin = np.cos(axis) / scale, np.sin(axis) / scale
        dx, dy = corner[0] - anchor[0], corner[1] - anchor[1]
        step = np.array([[cos, sin, at[0] + cos * dx + sin * dy], [-sin, cos, at[1] - sin * dx + cos * dy]])
        return np.asarray(cv2.warpAffine(layer, step, size, flags=flags, borderMode=border), np.float32)

    out: Any = placed(interior.cavity, fixed, (160, 60), cv2.BORDER_REPLICATE)
    drop = jaw - fixed
    for layer, anchor, at in (
        (interior.tongue, fixed + 0.75 * drop, (160, 205)),
        (interior.lower, jaw, (160, 58)),
        (interior.upper, fixed, (160, 22)),
    ):
        top = placed(layer, anchor, at, cv2.BORDER_CONSTANT)
        alpha = top[..., 3:4] / 255
        out = out * (1 - alpha) + top[..., :3] * alpha
    return np.asarray(out, np.float32)
