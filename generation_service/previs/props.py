"""Things that stand in a scene on their own: drawn once, lit by the place, put where the shot's schedule says."""

from collections.abc import Callable
from math import cos, pi, sin
from typing import Any

import cv2
import numpy as np
import skia
from numpy.typing import NDArray

from generation_service.previs.belongings import BELONGINGS
from generation_service.previs.brush import (
    Colour,
    Image,
    blob,
    fill,
    linear,
    mix,
    oval,
    poly,
    prepared,
    radial,
    rgb,
    smooth,
    stroke,
    times,
)
from generation_service.previs.cast.held import draw_held_alone
from generation_service.previs.passers import lay_sprite
from generation_service.previs.scenes.light import Mood
from generation_service.previs.utensils import UTENSILS
from generation_service.previs.wares import DRAWN, draw_card

# What stands on a small table rather than on the floor, and how high that table is, in persons.
STAND_TALL = 0.40
# A drawing's canvas: how wide it is in heights of the thing.
ROOM = 4.0


class Prop:
    """A thing as an item of the stage; it stands still while the camera moves."""

    still = True

    def __init__(self, picture: Image, foot: tuple[float, float], frame: tuple[int, int], depth: float) -> None:
        self.depth, self._picture, self._foot, self._frame = depth, picture, foot, frame

    def draw(self, below: Image, index: int, view: tuple[float, float, float]) -> None:
        """Over ``below`` in place."""
        zoom, dx, dy = view
        width, height = self._frame
        x, y = (
            width / 2 + (self._foot[0] - width / 2) * zoom + dx,
            height / 2 + (self._foot[1] - height / 2) * zoom + dy,
        )
        lay_sprite(below, self._picture, (x, y), zoom)


def drawn(
    kind: str, tall: int, mood: Mood, number: int, *, name: str = "", tabled: bool = False, shadow: bool = True,
    round_: bool = False,
) -> Image:  # fmt: skip
    """A thing of that kind, ``tall`` pixels high, premultiplied RGBA with its ``shadow``; ``tabled`` with a small table
    under it, a ``card`` with ``name`` written on it; ``round_``: shaded as a body in the light of the place.
    """
    light: Colour = tuple(c * mood.exposure for c in mood.ambient)  # type: ignore[assignment]
    shape = (round(tall * 1.16) + 4, round(tall * ROOM) + 4)
    picture = np.zeros((*shape, 4), np.uint8)
    canvas = skia.Surface(picture, skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType).getCanvas()
    canvas.translate(shape[1] / 2, shape[0] * 0.965)
    canvas.scale(tall / 100, tall / 100)
    if shadow:
        canvas.drawOval(oval(0, 0, 62, 5), fill((4, 5, 12), 0.5, blur=4))
    if tabled:
        _stand(canvas, light)
    paint(canvas, kind, light, mood, number, name=name)
    del canvas
    alpha = np.maximum(picture[..., 3:4].astype(np.float32), 1)
    straight = np.clip(picture[..., :3] * (255 / alpha), 0, 255).astype(np.uint8)
    straight = shaded(straight, picture[..., 3], mood) if round_ else straight
    toned = prepared(straight).astype(np.float32) * (alpha / 255)
    return np.ascontiguousarray(np.dstack([np.minimum(toned, picture[..., 3:4]).astype(np.uint8), picture[..., 3]]))


def paint(canvas: Any, kind: str, light: Colour, mood: Mood, number: int, *, name: str = "") -> None:
    """A thing of that kind on a canvas in its own units: 100 tall, standing on y = 0."""
    if kind == "card":
        draw_card(canvas, name, light)
    elif kind in _DRAW:
        _DRAW[kind](canvas, light, mood, number)
    else:
        draw_held_alone(canvas, kind, light)


def shaded(tone: Image, cover: NDArray[np.uint8], mood: Mood) -> Image:
    """A flat drawing as a body: ``tone`` (h, w, 3) where ``cover`` (h, w) is, brighter where it turns to the key light
    at the upper left, in the colour of the shade where it turns away, with a rim of the sky's light.
    """
    inside: Any = cv2.distanceTransform((cover > 128).astype(np.uint8), cv2.DIST_L2, 5)
    reach = max(3.0, 0.55 * float(inside.max()))
    swell: Any = np.sqrt(np.clip(1 - (1 - np.minimum(inside / reach, 1)) ** 2, 0, 1)) * reach
    swell = cv2.GaussianBlur(swell, (0, 0), max(1.0, 0.16 * reach))
    down_, across_ = np.gradient(swell)
    size = np.sqrt(across_**2 + down_**2 + 1)
    lit = np.clip((0.55 * across_ + 0.55 * down_ + 0.62) / size, 0, 1)
    rim = np.clip((-0.9 * across_ + 0.2 * down_) / size - 0.45, 0, 1)
    key, sky = np.array(mood.key, np.float32) / 255, np.array(mood.horizon, np.float32)
    share = (lit[..., None] - 0.62).astype(np.float32)
    gain = 1 + share * np.where(share > 0, 0.85 * (0.35 + 0.65 * key), 0.95)
    made = tone.astype(np.float32) * gain + 0.5 * rim[..., None] * sky * mood.exposure
    done: Image = np.clip(made, 0, 255).astype(np.uint8)
    return done


def _stand(canvas: Any, light: Colour) -> None:
    """A small table; what follows is drawn on it, at a quarter of the size."""
    wood = times(rgb("#7c5236"), light)
    for x in (-38, 32):
        _rect(canvas, (x, -70, x + 6, 0), mix(wood, (0, 0, 0), 0.4))
    _rect(canvas, (-44, -70, 44, -60), mix(wood, (0, 0, 0), 0.25))
    _rect(canvas, (-50, -76, 50, -69), wood, round_=3)
    canvas.translate(0, -75)
    canvas.scale(0.25, 0.25)


def _rect(canvas: Any, box: tuple[float, float, float, float], tone: Colour, *, round_: float = 2.0) -> None:
    shape = skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(*box), round_, round_)
    ramp = linear(
        (box[0], box[1]),
        (box[2], box[3]),
        [(mix(tone, (255, 244, 228), 0.22), 1), (tone, 1), (mix(tone, (4, 4, 10), 0.35), 1)],
    )
    canvas.drawRRect(shape, fill(shader=ramp))


def _table(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    wood = times(rgb(("#8a5f41", "#6d4a36", "#a47b52")[number % 3]), light)
    for x in (-112, 104):
        _rect(canvas, (x, -92, x + 9, 0), mix(wood, (0, 0, 0), 0.35))
    _rect(canvas, (-130, -100, 130, -88), wood, round_=3)
    _rect(canvas, (-118, -88, 118, -74), mix(wood, (0, 0, 0), 0.4))


def _chair(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    wood = times(rgb(("#7c5236", "#4f5a62")[number % 2]), light)
    for x in (-25, 19):
        _rect(canvas, (x, -48, x + 6, 0), mix(wood, (0, 0, 0), 0.35))
        _rect(canvas, (x, -100, x + 5, -44), wood)
    _rect(canvas, (-30, -52, 30, -44), wood)
    for y in (-98, -78, -62):
        _rect(canvas, (-24, y, 24, y + 10), wood)


def _lamp(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    iron = times((60, 54, 52), light)
    _rect(canvas, (-1.6, -84, 1.6, 0), iron)
    _rect(canvas, (-13, -3, 13, 0), iron)
    on = max(0.25, mood.lamps)
    canvas.drawCircle(
        0, -86, 60, fill(shader=radial((0, -86), 60, [((255, 206, 132), 0.5 * on), ((255, 206, 132), 0.0)]))
    )
    canvas.drawPath(
        poly([(-11, -100), (11, -100), (19, -76), (-19, -76)]), fill(mix((190, 168, 130), (255, 236, 190), on))
    )


def _wheel(canvas: Any, x: float, r: float, tone: Colour, *, spokes: bool) -> None:
    canvas.drawCircle(x, -r, r, stroke(tone, 3.6) if spokes else fill(tone))
    if spokes:
        for k in range(8):
            canvas.drawLine(x, -r, x + r * cos(k * pi / 4), -r + r * sin(k * pi / 4), stroke(tone, 0.6))
    else:
        canvas.drawCircle(x, -r, r * 0.55, fill(mix(tone, (220, 222, 228), 0.6)))


def _bicycle(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    frame, dark = times(rgb(("#b23a3a", "#2f6b8a", "#3d6b45")[number % 3]), light), times((36, 36, 42), light)
    for x in (-52, 52):
        _wheel(canvas, x, 33, dark, spokes=True)
    for a, b in (
        ((-52, -33), (-12, -33)),
        ((-12, -33), (-24, -80)),
        ((-24, -76), (40, -78)),
        ((-12, -33), (38, -70)),
        ((-52, -33), (-24, -76)),
        ((52, -33), (36, -90)),
    ):
        canvas.drawLine(*a, *b, stroke(frame, 4.2))
    canvas.drawLine(-36, -84, -12, -84, stroke(dark, 6))
    canvas.drawPath(smooth([(24, -96), (38, -92), (48, -98)], close=False), stroke(dark, 4))


def _car(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    tone, dark = times(rgb(("#8e2f36", "#2f4f6b", "#c9a13a", "#5b6b5b")[number % 4]), light), times((28, 28, 34), light)
    body = [(-148, -22), (-150, -50), (-96, -58), (-62, -98), (44, -98), (84, -60), (140, -52), (150, -22)]
    canvas.drawPath(
        smooth(body, tension=0.5),
        fill(
            shader=linear(
                (0, -98), (0, -16), [(mix(tone, (255, 255, 255), 0.35), 1), (tone, 1), (mix(tone, (0, 0, 0), 0.45), 1)]
            )
        ),
    )
    glass = mix(mood.horizon, (30, 40, 56), 0.55)
    canvas.drawPath(poly([(-54, -91), (-8, -91), (-8, -62), (-80, -62)]), fill(glass))
    canvas.drawPath(poly([(0, -91), (38, -91), (70, -62), (0, -62)]), fill(mix(glass, (0, 0, 0), 0.15)))
    canvas.drawLine(-4, -92, -4, -26, stroke(mix(tone, (0, 0, 0), 0.5), 1.6))
    for x in (-92, 92):
        _wheel(canvas, x, 24, dark, spokes=False)
    for x, lamp in ((146, (255, 240, 206)), (-148, (255, 70, 50))):
        blob(canvas, (x, -42), (5, 6), lamp, 1.0, blur=1)
        if mood.lamps > 0.3:
            blob(canvas, (x, -42), (26, 18), lamp, 0.35, blur=8)


def _case(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    tone = times(rgb(("#7a5234", "#4a5a4a", "#5b3a4a")[number % 3]), light)
    canvas.drawPath(
        smooth([(-16, -84), (-13, -99), (13, -99), (16, -84)], close=False), stroke(mix(tone, (0, 0, 0), 0.5), 5)
    )
    _rect(canvas, (-66, -86, 66, 0), tone, round_=9)
    for x in (-42, 36):
        _rect(canvas, (x, -86, x + 7, 0), mix(tone, (0, 0, 0), 0.35))


def _door(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    wood = times(rgb("#6d4a36"), light)
    _rect(canvas, (-30, -100, 30, 0), mix(wood, (0, 0, 0), 0.45))
    _rect(canvas, (-26, -97, 26, 0), wood)
    for y in (-90, -46):
        for x in (-20, 3):
            _rect(canvas, (x, y, x + 17, y + 36), mix(wood, (0, 0, 0), 0.2))
    canvas.drawCircle(20, -48, 2.4, fill(times((214, 176, 92), light)))


def _plant(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    rng = np.random.default_rng(number)
    for _ in range(34):
        a, long = float(rng.uniform(-1.2, 1.2)), float(rng.uniform(34, 74))
        tip = (long * sin(a), -28 - long * cos(a))
        tone = times(mix((38, 84, 48), (128, 168, 84), float(rng.random())), light)
        canvas.drawPath(
            smooth(
                [(0, -28), (tip[0] * 0.5 - 4, (tip[1] - 28) / 2 - 5), tip, (tip[0] * 0.5 + 4, (tip[1] - 28) / 2 + 3)]
            ),
            fill(tone),
        )
    canvas.drawPath(poly([(-17, -30), (17, -30), (12, 0), (-12, 0)]), fill(times((160, 98, 72), light)))


def _clock(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    wood = times(rgb("#5b3b2a"), light)
    _rect(canvas, (-15, -100, 15, 0), wood, round_=5)
    canvas.drawCircle(0, -82, 11, fill(times((240, 232, 212), light)))
    canvas.drawLine(0, -82, 0, -90, stroke((30, 26, 26), 1.2))
    canvas.drawLine(0, -82, 5, -79, stroke((30, 26, 26), 1.2))
    _rect(canvas, (-9, -62, 9, -16), mix(wood, (0, 0, 0), 0.5))
    canvas.drawCircle(0, -28, 4.5, fill(times((214, 176, 92), light)))


def _piano(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    black = times((34, 32, 38), light)
    _rect(canvas, (-92, -100, 92, -2), black, round_=4)
    _rect(canvas, (-98, -56, 98, -44), mix(black, (255, 255, 255), 0.12))
    for k in range(26):
        _rect(canvas, (-92 + 7.1 * k, -52, -86 + 7.1 * k, -46), times((240, 236, 226), light), round_=0.5)


def _bed(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    wood, sheet = times(rgb("#6d4a36"), light), times((226, 222, 214), light)
    _rect(canvas, (-150, -100, -138, 0), wood)
    _rect(canvas, (140, -66, 150, 0), wood)
    _rect(canvas, (-140, -48, 142, -14), sheet, round_=9)
    _rect(canvas, (-70, -54, 142, -12), times(rgb("#4f6a80"), light), round_=9)
    _rect(canvas, (-132, -64, -84, -44), times((244, 242, 238), light), round_=8)


def _screen(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    dark = times((40, 42, 48), light)
    _rect(canvas, (-10, -22, 10, 0), dark)
    _rect(canvas, (-76, -100, 76, -18), (22, 24, 30), round_=4)
    canvas.drawRect(
        skia.Rect.MakeLTRB(-71, -95, 71, -23),
        fill(shader=linear((-71, -95), (71, -23), [((130, 190, 226), 1), ((52, 92, 150), 1)])),
    )


def _dog(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    fur = times(rgb(("#8a5f3c", "#3c3634", "#c9b294")[number % 3]), light)
    dark = mix(fur, (0, 0, 0), 0.35)
    for x in (-38, -26, 24, 36):
        _rect(canvas, (x, -44, x + 9, 0), dark, round_=4)
    canvas.drawPath(smooth([(-50, -50), (-36, -70), (20, -70), (46, -62), (44, -36), (-40, -34)]), fill(fur))
    canvas.drawPath(smooth([(-46, -58), (-62, -82), (-66, -98)], close=False), stroke(fur, 8))
    canvas.drawPath(smooth([(36, -60), (40, -92), (62, -98), (74, -84), (92, -76), (88, -64), (64, -60)]), fill(fur))
    canvas.drawPath(smooth([(44, -92), (36, -70), (50, -66), (56, -88)]), fill(dark))
    canvas.drawCircle(66, -84, 2.6, fill((14, 10, 10)))
    canvas.drawCircle(91, -73, 4, fill((20, 16, 16)))


def _sign(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    post = times((70, 56, 48), light)
    _rect(canvas, (-3, -60, 3, 0), post)
    _rect(canvas, (-46, -100, 46, -54), times(rgb(("#d8c9a4", "#3d5a6b", "#7a3a34")[number % 3]), light), round_=4)
    for y in (-88, -77, -66):
        canvas.drawLine(-34, y, 34 - (y % 3) * 9, y, stroke(times((40, 34, 32), light), 4, 0.7))


def _robot(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    metal = times((176, 186, 194), light)
    for x in (-17, 8):
        _rect(canvas, (x, -32, x + 9, 0), mix(metal, (0, 0, 0), 0.3))
    _rect(canvas, (-24, -72, 24, -28), metal, round_=7)
    _rect(canvas, (-18, -100, 18, -75), metal, round_=7)
    for x in (-8, 8):
        blob(canvas, (x, -88), (4, 4), (110, 220, 255), 1.0, blur=1)
    for side in (-1, 1):
        canvas.drawLine(side * 26, -66, side * 34, -36, stroke(mix(metal, (0, 0, 0), 0.2), 7))


def _box_of(canvas: Any, light: Colour, mood: Mood, number: int) -> None:
    tone = times(rgb(("#a98659", "#8a7a68", "#6b7a80")[number % 3]), light)
    _rect(canvas, (-58, -100, 58, 0), tone, round_=2)
    _rect(canvas, (-7, -100, 7, 0), mix(tone, (255, 240, 210), 0.2))


_DRAW: dict[str, Callable[[Any, Colour, Mood, int], None]] = {
    "table": _table, "chair": _chair, "lamp": _lamp, "bicycle": _bicycle, "car": _car, "suitcase": _case, "door": _door,
    "plant": _plant, "clock": _clock, "piano": _piano, "bed": _bed, "screen": _screen, "dog": _dog,
    "sign": _sign, "robot": _robot, "box": _box_of, **DRAWN, **UTENSILS, **BELONGINGS,
}  # fmt: skip
