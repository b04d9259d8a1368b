"""Somebody's hands seen alone: at rest on a table, or around what they hold, in the light and the sleeves of the shot.

Drawn once for a shot and laid down in each frame with a little life. Units: 1000 to the frame's height, the origin in
the middle of the frame.
"""

from functools import lru_cache
from math import cos, radians, sin
from typing import Any

import cv2
import numpy as np
import skia

from generation_service.contract.shots import Shot
from generation_service.previs import inks
from generation_service.previs.brush import (
    Colour,
    Image,
    Point,
    fill,
    linear,
    mix,
    oval,
    prepared,
    smooth,
    stroke,
    times,
)
from generation_service.previs.cast.looks import WARM_SHADE, Look
from generation_service.previs.catalogue import kind_of
from generation_service.previs.props import drawn
from generation_service.previs.scenes.light import Mood

# How tall a held thing is; what is not listed is a letter.
TALL = {
    "key": 190, "coin": 170, "ring": 150, "match": 170, "cup": 270, "bread": 190, "bowl": 180, "rope": 190, "book": 300,
    "envelope": 260, "camera": 260, "newspaper": 330, "suitcase": 330, "kettle": 320, "cake": 260, "fruit": 230,
}  # fmt: skip
TABLE = 250.0


class Hands:
    """The hands of one person as an item of the stage."""

    depth, still = 0.0, False

    def __init__(self, look: Look, held: str, shot: Shot, mood: Mood, frame: tuple[int, int]) -> None:
        self._frame, self._fps = frame, shot.fps
        unit = min(frame[1], frame[0] * 1.25) / 1000 * (1.25 if shot.size == "ECU" else 1.0)
        self._behind = _torso(look, mood, frame, unit)
        self._picture = picture_of(look, kind_of(held)[0] if held else "", mood, frame, unit)

    def draw(self, below: Image, index: int, view: tuple[float, float, float]) -> None:
        """Over ``below`` in place: they breathe with who they belong to."""
        zoom, dx, dy = view
        t, (width, height) = index / self._fps, self._frame
        for picture, lift in ((self._behind, 0.004), (self._picture, 0.0022)):
            sway = lift * height * float(np.sin(1.5 * t))
            step = np.array([[zoom, 0, width / 2 * (1 - zoom) + dx], [0, zoom, height / 2 * (1 - zoom) + dy + sway]])
            placed = cv2.warpAffine(picture, step, (width, height), flags=cv2.INTER_LINEAR)
            inks.lay_premultiplied(below, np.ascontiguousarray(placed), 0, 0)


def _light(mood: Mood) -> Colour:
    """The light on whom the camera looks at, as on a whole figure."""
    r, g, b = (0.85 * c * mood.exposure + 0.15 * 255 * mood.exposure for c in mood.key)
    return r, g, b


def _finished(made: Image, soft: float = 0.0) -> Image:
    """Premultiplied RGBA in the colours of the frame, out of focus by ``soft`` pixels."""
    alpha = np.maximum(made[..., 3:].astype(np.float32), 1)
    straight = np.clip(made[..., :3] * (255 / alpha), 0, 255).astype(np.uint8)
    toned = np.dstack([np.minimum(prepared(straight) * (alpha / 255), made[..., 3:]), made[..., 3]])
    if soft > 0.5:
        toned = cv2.GaussianBlur(toned.astype(np.float32), (0, 0), soft)
    return np.ascontiguousarray(toned.astype(np.uint8))


def _canvas(frame: tuple[int, int], unit: float) -> tuple[Image, Any]:
    picture = np.zeros((frame[1], frame[0], 4), np.uint8)
    canvas = skia.Surface(picture, skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType).getCanvas()
    canvas.translate(frame[0] / 2, frame[1] / 2)
    canvas.scale(unit, unit)
    return picture, canvas


def _torso(look: Look, mood: Mood, frame: tuple[int, int], unit: float) -> Image:
    """Who the hands belong to, behind them and out of focus."""
    picture, canvas = _canvas(frame, unit)
    cloth, inner = times(look.cloth, _light(mood)), times(look.inner, _light(mood))
    wide = 520 * look.shoulders
    body = [
        (-wide * 0.86, -620),
        (wide * 0.86, -620),
        (wide, 120),
        (wide * 0.94, 620),
        (-wide * 0.94, 620),
        (-wide, 120),
    ]
    ramp = [(mix(cloth, (255, 244, 230), 0.14), 1.0), (cloth, 1.0), (mix(cloth, (0, 0, 0), 0.45), 1.0)]
    canvas.drawPath(smooth(body, tension=0.7), fill(shader=linear((-wide, -500), (wide, 500), ramp)))
    if look.outfit in {"jacket", "coat", "hoodie"}:
        canvas.drawPath(smooth([(-110, -640), (110, -640), (34, 60), (-34, 60)], tension=0.4), fill(inner))
    for x in (-0.45, 0.4):
        fold = smooth([(x * wide, -420), (x * wide * 0.8, 0), (x * wide * 1.1, 420)], close=False)
        canvas.drawPath(fold, stroke(mix(cloth, (0, 0, 0), 0.4), 26, 0.5))
    del canvas
    return _finished(picture, 0.014 * frame[1])


@lru_cache(maxsize=4)
def picture_of(look: Look, kind: str, mood: Mood, frame: tuple[int, int], unit: float) -> Image:
    """The hands, the table or the thing they hold: premultiplied RGBA of the frame's size."""
    picture, canvas = _canvas(frame, unit)
    skin, cloth = times(look.skin, _light(mood)), times(look.cloth, _light(mood))
    if not kind:
        _table(canvas, frame, unit, mood)
        _rest(canvas, skin, cloth, look)
    else:
        _hold(canvas, (skin, cloth), look, kind, mood)
    del canvas
    return _finished(picture)


def _table(canvas: Any, frame: tuple[int, int], unit: float, mood: Mood) -> None:
    wood = times((122, 86, 64), tuple(c * mood.exposure for c in mood.ambient))  # type: ignore[arg-type]
    half, low = frame[0] / unit, frame[1] / unit
    ramp = [(mix(wood, (255, 240, 220), 0.12), 1.0), (mix(wood, (6, 4, 8), 0.55), 1.0)]
    canvas.drawRect(
        skia.Rect.MakeLTRB(-half, TABLE - 90, half, low), fill(shader=linear((0, TABLE - 90), (0, 620), ramp))
    )
    canvas.drawRect(
        skia.Rect.MakeLTRB(-half, TABLE - 96, half, TABLE - 86), fill(mix(wood, (255, 244, 228), 0.3), blur=2)
    )


def _rest(canvas: Any, skin: Colour, cloth: Colour, look: Look) -> None:
    """One hand over the other on the table, the elbows beside the body."""
    canvas.drawOval(oval(-10, TABLE - 24, 300, 40), fill((4, 4, 10), 0.6, blur=18))
    for side, wrist, way, bends in ((1, (-205.0, 118.0), 13.0, 0.30), (-1, (-235.0, 86.0), 15.0, 0.42)):
        canvas.save()
        canvas.scale(-side, 1)
        _arm(canvas, wrist, cloth)
        _cuff(canvas, wrist, way, cloth)
        _hand(canvas, wrist, way, skin, bends=bends, nails=_nails(look, skin))
        canvas.restore()


def _arm(canvas: Any, wrist: Point, cloth: Colour) -> None:
    """An arm in cloth from the shoulder down beside the body to ``wrist`` on the table."""
    bent = [(-400, -720), (-470, -280), (-478, -40), (-400, 66), (wrist[0] - 50, wrist[1] - 12)]
    path = smooth(bent, close=False, tension=0.7)
    canvas.drawPath(path, stroke(mix(cloth, (0, 0, 0), 0.55), 192))
    canvas.drawPath(path, stroke(mix(cloth, (0, 0, 0), 0.16), 174))
    canvas.save()
    canvas.translate(-8, -26)
    canvas.drawPath(path, stroke(mix(cloth, (255, 244, 230), 0.2), 70, 0.7, blur=22))
    canvas.restore()
    for x, y in ((-462, -190), (-470, -60), (-420, 40)):
        fold = smooth([(x + 8, y + 26), (x + 40, y + 6), (x + 66, y - 20)], close=False)
        canvas.drawPath(fold, stroke(mix(cloth, (0, 0, 0), 0.5), 12, 0.4, blur=5))


def _nails(look: Look, skin: Colour) -> Colour:
    return look.lips if look.lashes > 0.8 else mix(skin, (255, 226, 214), 0.4)


def _hold(canvas: Any, tones: tuple[Colour, Colour], look: Look, kind: str, mood: Mood) -> None:
    """Both hands around a thing: fingers behind it, thumbs before it."""
    (skin, cloth), tall = tones, float(TALL.get(kind, 400))
    nails = _nails(look, skin)
    thing = _bare(drawn(kind, round(1.6 * tall), mood, 1, shadow=False))
    wide = tall * thing.shape[1] / thing.shape[0]
    half, low = max(wide / 2, 30.0), 120.0
    for side in (-1, 1):
        canvas.save()
        canvas.scale(-side, 1)
        at = (-half - 128, low + 140)
        _sleeve(canvas, at, -52, cloth, 1100)
        _hand(canvas, at, -44, skin, bends=0.34, nails=nails, thumb=False)
        canvas.restore()
    image = skia.Image.fromarray(thing, skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType)
    box = skia.Rect.MakeXYWH(-wide / 2, low + 50 - tall, wide, tall)
    canvas.drawImageRect(image, box, skia.SamplingOptions(skia.FilterMode.kLinear, skia.MipmapMode.kLinear))
    for side in (-1, 1):
        canvas.save()
        canvas.scale(-side, 1)
        root, tip = (-half - 92, low + 84), (-half + 36, low - 36)
        _digit(canvas, [root, ((root[0] + tip[0]) / 2 - 12, (root[1] + tip[1]) / 2 - 34), tip], 66, skin, nails)
        canvas.restore()


def _bare(picture: Image) -> Image:
    """A thing without the empty room around it."""
    there = picture[..., 3] > 24
    rows, columns = np.flatnonzero(there.any(axis=1)), np.flatnonzero(there.any(axis=0))
    return np.ascontiguousarray(picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])


def _sleeve(canvas: Any, wrist: Point, degrees: float, cloth: Colour, long: float) -> None:
    """A forearm in cloth that ends in a cuff before ``wrist``; it comes from where ``degrees`` points away."""
    canvas.save()
    canvas.translate(*wrist)
    canvas.rotate(degrees)
    arm = [(-24, -76), (-24, 78), (-long, 150), (-long, -150)]
    ramp = [(mix(cloth, (255, 244, 230), 0.28), 1.0), (cloth, 1.0), (mix(cloth, (0, 0, 0), 0.5), 1.0)]
    canvas.drawPath(smooth(arm, tension=0.25), fill(shader=linear((0, -110), (0, 120), ramp)))
    for k in range(4):
        fold = smooth([(-110 - 120 * k, -88), (-90 - 120 * k, 0), (-130 - 120 * k, 90)], close=False)
        canvas.drawPath(fold, stroke(mix(cloth, (0, 0, 0), 0.45), 12, 0.35, blur=4))
    canvas.restore()
    _cuff(canvas, wrist, degrees, cloth)


def _cuff(canvas: Any, wrist: Point, degrees: float, cloth: Colour) -> None:
    """The end of a sleeve around a wrist."""
    canvas.save()
    canvas.translate(*wrist)
    canvas.rotate(degrees)
    ramp = [(mix(cloth, (255, 244, 230), 0.28), 1.0), (cloth, 1.0), (mix(cloth, (0, 0, 0), 0.5), 1.0)]
    cuff = skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(-66, -82, -10, 84), 22, 22)
    canvas.drawRRect(cuff, fill(shader=linear((0, -90), (0, 100), ramp)))
    canvas.drawLine(-66, -78, -66, 80, stroke(mix(cloth, (0, 0, 0), 0.5), 6, 0.6))
    canvas.restore()


def _hand(
    canvas: Any, wrist: Point, degrees: float, skin: Colour, *, bends: float, nails: Colour, thumb: bool = True
) -> None:
    """The back of a hand beyond ``wrist``, its fingers bent by ``bends`` (0 straight .. 1)."""
    shade = times(skin, WARM_SHADE)
    canvas.save()
    canvas.translate(*wrist)
    canvas.rotate(degrees)
    if thumb:
        _digit(canvas, [(40, 40), (110, 92), (186, 96)], 58, skin, nails)
    for k, (y, long) in enumerate(((54.0, 112.0), (22.0, 142.0), (-14.0, 150.0), (-48.0, 128.0))):
        turn = radians(6 - 7 * k)
        mid = (150 + 0.55 * long * cos(turn), y + 0.55 * long * sin(turn))
        fall = turn + bends * 1.7
        tip = (mid[0] + 0.55 * long * cos(fall), mid[1] + 0.55 * long * sin(fall))
        _digit(canvas, [(128, y), mid, tip], 46, skin, nails)
    back = [(-40, -60), (60, -76), (150, -72), (176, -20), (170, 46), (130, 82), (40, 78), (-40, 62)]
    canvas.drawPath(smooth(back, tension=0.7), fill(mix(shade, (30, 12, 10), 0.25)))
    ramp = [(mix(skin, (255, 242, 226), 0.24), 1.0), (skin, 1.0), (shade, 1.0)]
    canvas.drawPath(smooth([(x * 0.985, y * 0.96) for x, y in back], tension=0.7),
                    fill(shader=linear((0, -80), (40, 84), ramp)))  # fmt: skip
    for y in (-48.0, -14.0, 22.0, 54.0):
        canvas.drawOval(oval(146, y, 20, 13), fill(mix(skin, (255, 236, 220), 0.26), 0.7, blur=5))
        canvas.drawPath(smooth([(60, y * 0.6), (132, y)], close=False), stroke(shade, 5, 0.28, blur=3))
    canvas.restore()


def _digit(canvas: Any, joints: list[Point], wide: float, skin: Colour, nail: Colour) -> None:
    """A finger through its joints, lit from above, with creases and a nail."""
    shade = times(skin, WARM_SHADE)
    path = smooth(joints, close=False)
    canvas.drawPath(path, stroke(mix(shade, (30, 12, 10), 0.3), wide))
    canvas.drawPath(path, stroke(skin, wide - 7))
    canvas.save()
    canvas.translate(0, -wide * 0.15)
    canvas.drawPath(path, stroke(mix(skin, (255, 242, 226), 0.3), wide * 0.34, 0.75, blur=5))
    canvas.restore()
    (ax, ay), (bx, by) = joints[-2], joints[-1]
    long = max(1.0, float(np.hypot(bx - ax, by - ay)))
    ux, uy = (bx - ax) / long, (by - ay) / long
    for share in (0.02, 0.12):
        x, y = ax + (bx - ax) * share, ay + (by - ay) * share
        canvas.drawLine(
            x - uy * wide * 0.26,
            y + ux * wide * 0.26,
            x + uy * wide * 0.26,
            y - ux * wide * 0.26,
            stroke(shade, 3.5, 0.5),
        )
    canvas.save()
    canvas.translate(bx + ux * wide * 0.10, by + uy * wide * 0.10 - wide * 0.06)
    canvas.rotate(float(np.degrees(np.arctan2(uy, ux))))
    canvas.drawOval(oval(0, 0, wide * 0.27, wide * 0.22), fill(nail))
    canvas.drawOval(oval(-wide * 0.04, -wide * 0.06, wide * 0.15, wide * 0.07), fill((255, 255, 255), 0.35))
    canvas.restore()
