"""Cutting a person out of a photo: a soft matte, refined along the picture's own edges, and colours bled outwards."""

from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generation_service.previs.brush import Image


@lru_cache(maxsize=1)
def _segmenter() -> Any:
    from mediapipe.python.solutions.selfie_segmentation import SelfieSegmentation  # noqa: PLC0415

    return SelfieSegmentation(model_selection=0)


def cut_out(picture: Image) -> Image:
    """RGB portrait to straight-alpha RGBA: the person opaque, the background gone, colours bled under the soft edge."""
    mask: Any = np.asarray(_segmenter().process(np.ascontiguousarray(picture)).segmentation_mask, np.float32)
    mask = cv2.resize(mask, (picture.shape[1], picture.shape[0]), interpolation=cv2.INTER_CUBIC)
    small = max(2, round(max(picture.shape[:2]) / 90))
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.float32) / 255
    alpha: Any = _guided(grey, mask, small, 2e-4)
    alpha = np.clip((alpha - 0.22) / 0.62, 0, 1)
    alpha = _largest(alpha)
    alpha = cv2.GaussianBlur(alpha, (0, 0), max(0.8, max(picture.shape[:2]) / 1400))
    return np.dstack([bleed(picture, alpha), np.round(alpha * 255).astype(np.uint8)])


def _guided(guide: Any, mask: Any, radius: int, eps: float) -> NDArray[np.float32]:
    """Guided filter (He, Sun and Tang, 2010): the mask follows the edges of the picture."""
    size = (2 * radius + 1, 2 * radius + 1)

    def mean(values: Any) -> Any:
        return cv2.boxFilter(values, -1, size)

    m_i, m_p = mean(guide), mean(mask)
    a = (mean(guide * mask) - m_i * m_p) / (mean(guide * guide) - m_i * m_i + eps)
    b = m_p - a * m_i
    return np.asarray(mean(a) * guide + mean(b), np.float32)


def _largest(alpha: Any) -> NDArray[np.float32]:
    """Drop islands: only the piece of the matte with the most pixels stays."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats((alpha > 0.08).astype(np.uint8))
    if count <= 2:
        return np.asarray(alpha, np.float32)
    keep = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    return np.where(labels == keep, alpha, 0).astype(np.float32)


def bleed(picture: Image, alpha: Any, *, sigmas: tuple[float, ...] = (1.5, 4, 10, 28)) -> Image:
    """Colours of the solid part spread outwards, so that soft edges never show the old background. ``sigmas`` are the
    reaches of the spread in pixels, near first.
    """
    solid: Any = (np.asarray(alpha) > 0.97).astype(np.float32)
    solid = cv2.erode(solid, np.ones((3, 3), np.uint8), iterations=max(1, max(picture.shape[:2]) // 500))
    known, colour = solid.copy(), picture.astype(np.float32) * solid[..., None]
    out: Any = colour.copy()
    for sigma in sigmas:
        step = max(1, int(sigma // 4))
        size = (max(1, picture.shape[1] // step), max(1, picture.shape[0] // step))
        weight = cv2.GaussianBlur(cv2.resize(solid, size, interpolation=cv2.INTER_AREA), (0, 0), sigma / step)
        spread = cv2.GaussianBlur(cv2.resize(colour, size, interpolation=cv2.INTER_AREA), (0, 0), sigma / step)
        spread = spread / np.maximum(weight, 1e-4)[..., None]
        big = (picture.shape[1], picture.shape[0])
        spread, weight = cv2.resize(spread, big), cv2.resize(weight, big)
        fresh = np.clip(weight * 40, 0, 1) * (1 - known)
        out += spread * fresh[..., None]
        known = known + fresh
    out += picture * (1 - known)[..., None]
    return np.asarray(np.clip(out, 0, 255), np.uint8)
