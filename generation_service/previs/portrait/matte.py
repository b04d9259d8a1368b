"""Cutting a person out of a photo: a soft matte, refined along the picture's own edges, and colours bled outwards."""

from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generation_service.previs.brush import Image
from generation_service.previs.portrait.develop import toned


@lru_cache(maxsize=1)
def _segmenter() -> Any:
    from mediapipe.python.solutions.selfie_segmentation import SelfieSegmentation  # noqa: PLC0415

    return SelfieSegmentation(model_selection=0)


def cut_out(picture: Image) -> Image:
    """RGB portrait to straight-alpha RGBA: the person opaque, the background gone, colours bled under the soft edge,
    the tones of a washed-out photo spread.
    """
    mask: Any = np.asarray(_segmenter().process(np.ascontiguousarray(picture)).segmentation_mask, np.float32)
    mask = cv2.resize(mask, (picture.shape[1], picture.shape[0]), interpolation=cv2.INTER_CUBIC)
    long = max(picture.shape[:2])
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.float32) / 255
    rough: Any = np.clip((_guided(grey, mask, max(2, round(long / 90)), 2e-4) - 0.22) / 0.62, 0, 1)
    rough = _largest(rough)
    alpha, behind = _by_colour(picture, rough, long)
    alpha = cv2.GaussianBlur(_largest(alpha), (0, 0), max(0.6, long / 1800))
    return toned(np.dstack([_cleaned(picture, alpha, behind), np.round(alpha * 255).astype(np.uint8)]))


def _by_colour(picture: Image, rough: Any, long: int) -> tuple[Any, Any]:
    """The matte's soft band solved by colour, and the background grown under it, float (h, w, 3).

    Every pixel of the band lies between a foreground colour grown from the inside and a background colour grown from
    the outside; where it lies is its alpha. Where both look alike the rough matte stands.
    """
    reach = max(2, round(long / 170))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    solid = cv2.erode((rough > 0.96).astype(np.uint8), disc).astype(np.float32)
    empty = cv2.erode((rough < 0.04).astype(np.uint8), disc).astype(np.float32)
    colour = picture.astype(np.float32)
    if solid.sum() < 100 or empty.sum() < 100:
        return rough, colour
    front, behind = (_grow(colour, known, reach) for known in (solid, empty))
    span = front - behind
    power: Any = (span * span).sum(axis=2)
    between = np.clip(((colour - behind) * span).sum(axis=2) / (power + 60.0), 0, 1)
    trust = power / (power + 45.0**2)
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.float32) / 255
    fine: Any = _guided(grey, trust * between + (1 - trust) * rough, max(1, reach // 2), 1e-4)
    fine = np.clip((fine - 0.06) / 0.86, 0, 1)
    near = np.clip(rough * 3, 0, 1)  # far outside the rough matte nothing is the person, whatever its colour
    alpha = np.where(solid > 0, 1.0, np.where(empty > 0, 0.0, np.minimum(fine, near)))
    return np.maximum(alpha, np.clip((rough - 0.90) * 10, 0, 1)).astype(np.float32), behind


def _grow(colour: Any, known: Any, reach: int) -> Any:
    """Colours of the known pixels spread over the rest, near ones first."""
    out: Any = np.zeros_like(colour) + colour[known > 0].mean(axis=0)
    for sigma in (12.0 * reach, 4.0 * reach, 1.5 * reach):
        step = max(1, int(sigma // 4))
        size = (max(1, colour.shape[1] // step), max(1, colour.shape[0] // step))
        weight = cv2.GaussianBlur(cv2.resize(known, size, interpolation=cv2.INTER_AREA), (0, 0), sigma / step)
        small = cv2.resize(colour * known[..., None], size, interpolation=cv2.INTER_AREA)
        spread = cv2.GaussianBlur(small, (0, 0), sigma / step) / np.maximum(weight, 1e-4)[..., None]
        full = (colour.shape[1], colour.shape[0])
        share = np.clip(cv2.resize(weight, full) * 20, 0, 1)[..., None]
        out = out * (1 - share) + cv2.resize(spread, full) * share
    return out


def _cleaned(picture: Image, alpha: Any, behind: Any) -> Image:
    """The person's own colours: the background's share taken out of soft pixels; thin ones take their neighbours'."""
    share = np.clip(alpha, 0.25, 1)[..., None]
    own = (picture.astype(np.float32) - (1 - share) * behind) / share
    grown = bleed(picture, alpha).astype(np.float32)
    trust = np.clip((alpha - 0.35) / 0.5, 0, 1)[..., None]
    return np.asarray(np.clip(grown + (np.clip(own, 0, 255) - grown) * trust, 0, 255), np.uint8)


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
