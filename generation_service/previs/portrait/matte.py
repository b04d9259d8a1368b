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


def widen(picture: Image, reach: float) -> tuple[Image, int]:
    """Continue shoulders that the photo's sides cut off: a slope that falls away over ``reach`` pixels, so that no
    straight edge stands in the frame. Returns the wider RGBA picture and how far its content moved to the right.
    """
    cut = [float(picture[:, column, 3].max()) > 128 for column in (0, -1)]
    pad = round(reach) if any(cut) else 0
    if pad < 2:
        return picture, 0
    wide = np.pad(picture, ((0, 0), (pad, pad), (0, 0)))
    for mirrored in (False, True):
        side = wide[:, ::-1] if mirrored else wide
        if cut[int(mirrored)]:
            _continue(side, pad)
    return np.ascontiguousarray(wide), pad


def _continue(side: Image, pad: int) -> None:
    """Fill the ``pad`` columns left of the content in place: the edge column again, ever lower."""
    edge = side[:, pad + 1].copy()
    rows = np.arange(side.shape[0])

    def shoulder(column: int) -> float:
        solid = np.flatnonzero(side[:, column, 3] > 128)
        return float(solid[0]) if len(solid) else float(side.shape[0])

    span = max(4, pad // 3)
    slope = float(np.clip((shoulder(pad + 1) - shoulder(pad + 1 + span)) / span, 0.15, 1.2))
    for step in range(1, pad + 1):
        t = step / pad
        drop = slope * step + 1.6 * pad * t**4
        source = np.clip(rows - drop, 0, len(rows) - 1)
        low = source.astype(int)
        share = (source - low)[:, None]
        column = edge[low] * (1 - share) + edge[np.minimum(low + 1, len(rows) - 1)] * share
        column[:, :3] *= 1 - 0.35 * t
        column[:, 3] *= np.clip((1 - t) * 12, 0, 1)
        column[rows < drop, 3] = 0
        side[:, pad + 1 - step] = np.clip(column, 0, 255).astype(np.uint8)
