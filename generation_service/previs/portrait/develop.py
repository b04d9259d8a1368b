"""A photo made ready to be lit and enlarged: a washed-out one gets its black and white back, a small one loses the
blocks of its compression. A photo with full tones, shown no larger than it is, stays as it is.
"""

from typing import Any

import cv2
import numpy as np

from generation_service.previs.brush import Image

SPAN, MOST, BLACK = 165.0, 2.0, 14.0
"""Tones that a person spans at least (0..255, without the darkest and lightest hundredth), how many times they are
spread at most, and how dark the darkest becomes at most by it.
"""


def toned(picture: Image) -> Image:
    """RGBA with tones spread to ``SPAN`` where those of what is opaque span less: haze, flat light, faded prints."""
    solid = picture[..., 3] > 230
    if not solid.any():
        return picture
    light: Any = cv2.cvtColor(np.ascontiguousarray(picture[..., :3]), cv2.COLOR_RGB2GRAY)[solid]
    low, high = (float(v) for v in np.percentile(light, (1, 99)))
    factor = min(MOST, SPAN / max(1.0, high - low))
    if factor <= 1:
        return picture
    out = picture.copy()
    table = np.clip((np.arange(256) - low) * factor + min(low, BLACK) + 0.5, 0, 255).astype(np.uint8)
    out[..., :3] = cv2.LUT(out[..., :3], table)
    return out


def enlarged(picture: Image, size: tuple[int, int]) -> Image:
    """RGBA at ``size`` (width, height); one that grows by a quarter or more loses its blocks and colour blotches before
    and gets its edges back after, by an unsharp mask.
    """
    factor = size[0] / picture.shape[1]
    if factor <= 1.25:
        small = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
        return np.asarray(cv2.resize(picture, size, interpolation=small), np.uint8)
    made: Any = cv2.resize(_smooth(picture, min(1.0, factor - 1.25)), size, interpolation=cv2.INTER_CUBIC)
    tone = made[..., :3].astype(np.float32)
    edges = tone - cv2.GaussianBlur(tone, (0, 0), 0.75 * factor)
    made[..., :3] = np.clip(tone + 0.6 * np.clip(edges, -24, 24), 0, 255).astype(np.uint8)
    return np.asarray(made, np.uint8)


def _smooth(picture: Image, share: float) -> Image:
    """Flat parts without noise, edges as they are; colours softer than light, as they are stored."""
    plain: Any = cv2.cvtColor(np.ascontiguousarray(picture[..., :3]), cv2.COLOR_RGB2YCrCb)
    plain[..., 0] = cv2.bilateralFilter(np.ascontiguousarray(plain[..., 0]), 7, 14 * share, 2.0)
    plain[..., 1:] = cv2.GaussianBlur(plain[..., 1:], (0, 0), max(0.3, 1.2 * share))
    return np.dstack([cv2.cvtColor(plain, cv2.COLOR_YCrCb2RGB), picture[..., 3]])
