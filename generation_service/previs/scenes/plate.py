"""A painted place as layers of pixels: the plate around the people, in focus by depth, hazed by depth, and lit."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generation_service.contract.shots import Place
from generation_service.previs.brush import Colour, Image, over, prepared
from generation_service.previs.camera import View
from generation_service.previs.scenes.air import fog_sheet
from generation_service.previs.scenes.indoors import INDOORS
from generation_service.previs.scenes.layers import Layer, Motion, Painting, Sheet, Spot, pack, straight
from generation_service.previs.scenes.light import Mood, mood_of
from generation_service.previs.scenes.outdoors import OUTDOORS

MARGIN = 1.18
HALF_FROM = 4.5


@dataclass(frozen=True)
class Plate:
    """``layers`` back to front (colours prepared for I420), ``MARGIN`` times the frame in each direction, stored at
    1 / ``step`` of that size where they are so far out of focus that nothing is lost; the first one is opaque.
    ``to_frame`` (3 x 3) maps painting units to pixels of the frame; ``spots`` are what lives in it; ``mood`` lights it.
    """

    layers: tuple[Layer, ...]
    spots: tuple[Spot, ...]
    mood: Mood
    step: int
    size: tuple[int, int]
    to_frame: NDArray[np.float64]

    @property
    def picture(self) -> Image:
        """All layers over one another as they stand: RGB (rows, columns, 3)."""
        whole = np.zeros((self.size[1], self.size[0], 3), np.float32)
        for layer in self.layers:
            rgba = layer.pixels.view(np.uint8).reshape(*layer.pixels.shape, 4).astype(np.float32)
            if layer.wrap:
                rgba = rgba[:, : layer.wrap]
            box = whole[layer.top : layer.top + rgba.shape[0], layer.left : layer.left + rgba.shape[1]]
            box[:] = box * (1 - rgba[..., 3:] / 255) + rgba[..., :3]
        done: Image = np.clip(whole + 0.5, 0, 255).astype(np.uint8)
        return done


@lru_cache(maxsize=8)
def paint_plate(place: Place, width: int, height: int, focus: float, view: View | None = None) -> Plate:
    """Paint a place for a frame of ``width`` x ``height`` as ``view`` sees it. ``focus`` is the radius of the blur disc
    at depth 1, in frame heights; what stands nearer than the people blurs alike.
    """
    seen = view or View()
    mood = mood_of(place)
    wide, tall = round(width * MARGIN), round(height * MARGIN)
    matrix = seen.skia(width, height)
    matrix.postTranslate((wide - width) / 2, (tall - height) / 2)
    grow = max(wide / width, tall / height)
    matrix.postScale(grow, grow, wide / 2, tall / 2)
    painting = Painting((wide, tall), matrix)
    _painter(place)(painting, place, mood, np.random.default_rng(place.seed))
    step = 2 if focus * height >= HALF_FROM else 1
    layers = _finished(painting, place, mood, focus * height, step)
    into = seen.matrix(width, height)
    shift = np.array([[grow, 0, width / 2 * (1 - grow)], [0, grow, height / 2 * (1 - grow)], [0, 0, 1.0]])
    size = (-(-wide // step), -(-tall // step))
    return Plate(tuple(layers), tuple(painting.spots), mood, step, size, shift @ into)


def _painter(place: Place) -> Any:
    sets = INDOORS if place.interior else OUTDOORS
    return sets.get(place.kind) or sets["room" if place.interior else "street"]


def _finished(painting: Painting, place: Place, mood: Mood, focus: float, step: int) -> list[Layer]:
    """Sheets to layers: reflections, air, paper, focus."""
    layers: list[Layer] = []
    behind: Image | None = None
    wet = not place.interior and place.weather in {"rain", "storm"}
    for number, sheet in enumerate(painting.sheets):
        picture = straight(sheet)
        if number == 0:
            picture[..., 3] = 255
        if wet and sheet.ground and number:
            picture = _mirrored(picture, _standing(painting, number), max(sheet.mirror, 0.5), soft=True)
        elif sheet.mirror and behind is not None:
            picture = _mirrored(picture, behind, sheet.mirror, soft=False)
        if not place.interior and number and sheet.depth > 0.05:
            fog = place.weather == "fog"
            picture = _in_air(picture, mood, sheet.depth ** (1.3 if fog else 1.0), 0.80 if fog else 0.16 * mood.haze)
        if picture[..., 3].any():
            behind = picture[..., :3].copy() if behind is None else over(behind, picture)
            layers.extend(_layer(picture, sheet, mood, focus, step))
        if place.weather == "fog" and not place.interior and sheet.ground:
            layers.extend(_fog(picture.shape[1], picture.shape[0], mood, step))
    return layers


def _standing(painting: Painting, ground: int) -> Image:
    """All that stands on and behind a wet ground, (rows, columns, 3), as far as its soft reflection needs it; what is
    before the people is not in it.
    """
    rows, columns = painting.sheets[0].made.height(), painting.sheets[0].made.width()
    size = (max(1, columns // 4), max(1, rows // 4))
    whole: Image = np.zeros((size[1], size[0], 3), np.uint8)
    for number, sheet in enumerate(painting.sheets):
        if number != ground and sheet.depth > 0:
            small: Any = cv2.resize(straight(sheet), size, interpolation=cv2.INTER_AREA)
            whole = over(whole, np.asarray(small, np.uint8))
    made: Any = cv2.resize(whole, (columns, rows), interpolation=cv2.INTER_LINEAR)
    return np.asarray(made, np.uint8)


def _layer(picture: Image, sheet: Sheet, mood: Mood, focus: float, step: int) -> list[Layer]:
    if step > 1:
        size = (-(-picture.shape[1] // step), -(-picture.shape[0] // step))
        picture = _halved(picture, size)
    picture = np.dstack([prepared(_print(picture[..., :3], mood)), picture[..., 3]])
    radius = focus / step * (sheet.depth**0.8 if sheet.depth > 0 else 0.9)
    made = pack(_blurred(picture, radius), sheet.depth, sheet.motion, ground=sheet.ground)
    return [made] if made else []


def _halved(picture: Image, size: tuple[int, int]) -> Image:
    """Half the size, colours weighted by how much of them there is."""
    alpha = picture[..., 3:].astype(np.float32) / 255
    tone: Any = cv2.resize(picture[..., :3] * alpha, size, interpolation=cv2.INTER_AREA)
    cover: Any = cv2.resize(alpha, size, interpolation=cv2.INTER_AREA)[..., None]
    return np.dstack([np.clip(tone / np.maximum(cover, 1e-3), 0, 255), cover * 255]).astype(np.uint8)


def _blurred(picture: Image, radius: float) -> Image:
    if radius < 0.6:
        return picture
    alpha = picture[..., 3:]
    if alpha.min() == 255:
        return np.dstack([lens_blur(picture[..., :3], radius), alpha])
    share = alpha.astype(np.float32) / 255
    cover: Any = _disc(share[..., 0], radius)[..., None]
    tone = _disc(picture[..., :3].astype(np.float32) * share, radius) / np.maximum(cover, 1e-3)
    return np.clip(np.dstack([tone, cover * 255]) + 0.5, 0, 255).astype(np.uint8)


def _mirrored(picture: Image, behind: Image, share: float, *, soft: bool) -> Image:
    """What stands behind, upside down in a wet or watery surface, smeared downwards."""
    rows = np.flatnonzero(picture[..., 3].max(axis=1) > 8)
    if rows.size == 0:
        return picture
    top = int(rows[0])
    source = behind[: top + max(2, len(behind) // 60)][::-1]
    reach = min(len(source), picture.shape[0] - top)
    flipped = np.zeros_like(behind)
    flipped[top : top + reach] = source[:reach]
    flipped[top + reach :] = source[reach - 1]
    tall = len(picture)
    smeared: Any = cv2.GaussianBlur(flipped, (0, 0), sigmaX=tall / (130 if soft else 400), sigmaY=tall / 45)
    made = picture.copy()
    near = np.linspace(1.0, 0.35, reach, dtype=np.float32)
    fade = np.full(tall, 0.35, np.float32)
    fade[top : top + reach] = near
    mixed = (share * fade)[:, None, None]
    made[..., :3] = np.clip(picture[..., :3] * (1 - mixed) + smeared * mixed, 0, 255).astype(np.uint8)
    return made


def _in_air(picture: Image, mood: Mood, depth: float, thick: float) -> Image:
    """Aerial perspective: the farther, the more of the air's own colour."""
    share = min(0.9, thick * depth**0.7)
    tone = picture[..., :3].astype(np.float32) * (1 - share) + np.array(mood.air, np.float32) * share
    return np.dstack([tone.astype(np.uint8), picture[..., 3]])


def _fog(wide: int, tall: int, mood: Mood, step: int) -> list[Layer]:
    """A bank of fog over the ground that drifts."""
    rows, columns = tall // step, -(-wide // step)
    cover = np.zeros((rows, columns), np.float32)
    top = int(rows * 0.30)
    cover[top:] = fog_sheet(columns, rows - top) * 0.62
    tone: Colour = mood.air
    rgb = prepared(np.full((rows, columns, 3), [round(c) for c in tone], np.uint8))
    made = pack(np.dstack([rgb, (cover * 255).astype(np.uint8)]), 0.30, Motion(drift=0.018))
    return [made] if made else []


def _print(picture: Image, mood: Mood) -> Image:
    """A paper texture and a soft glow, so that clean vectors read as a painted picture."""
    rng = np.random.default_rng(3)
    height, width = picture.shape[:2]
    noise: Any = sum(
        share
        * cv2.resize(
            rng.standard_normal((max(1, height // k), max(1, width // k)), np.float32), (width, height),
            interpolation=cv2.INTER_CUBIC,
        )
        for k, share in ((3, 1.0), (12, 0.35))
    )  # fmt: skip
    glow = cv2.GaussianBlur(picture, (0, 0), height / 60).astype(np.float32)
    tone: Any = picture.astype(np.float32)
    tone = tone + (0.22 + 0.2 * mood.lamps) * np.maximum(glow - 120, 0) * (1 - tone / 255)
    return np.asarray(np.clip(tone * (1 + 0.009 * noise[..., None]), 0, 255), np.uint8)


def _disc(picture: Any, radius: float) -> Any:
    reach = int(np.ceil(radius))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    kernel = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1).astype(np.float32)
    return cv2.filter2D(picture, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REFLECT)


def lens_blur(picture: Image, radius: float) -> Image:
    """Out of focus like a lens: a disc in linear light, so that lamps open into bright discs. ``radius`` in pixels."""
    if radius < 0.6:
        return picture
    light = (picture.astype(np.float32) / 255) ** 2.2
    light *= 1 + 4.0 * np.clip(light.max(axis=2, keepdims=True) - 0.72, 0, 1)
    done: Image = (np.clip(_disc(light, radius), 0, 1) ** (1 / 2.2) * 255 + 0.5).astype(np.uint8)
    return done
