"""What strangers look like: people in quiet colours who walk, stand, sit at tables, or look on from a hall."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import skia
from numpy.typing import NDArray

from generation_service.previs.brush import Colour, Image, fill, linear, mix, oval, rgb, smooth, stroke, times
from generation_service.previs.cast.looks import LOOKS, HairStyle, Look, Outfit
from generation_service.previs.cast.puppet import Kit, Plane, draw_puppet, draw_shadow, kit_of, plane_of
from generation_service.previs.cast.rig import GAITS, PERSON, SOLE, Cue, pose_of
from generation_service.previs.scenes.light import Mood

PHASES, STILLS = 10, 4
# How much of their colour strangers lose, and how much of the air lies over them.
MUTED, VEILED = 0.45, 0.24
IDLING = ("idle", "idle", "cross", "idle", "nod")
APART, TABLE_TOP = 900.0, 1420.0
CLOTHES = ("#35506b", "#7a3b3f", "#4d5b3f", "#8a6a3c", "#3b3b46", "#6b4a6b", "#2f6b66", "#a3684a", "#c2b49a", "#54606e")


@dataclass(frozen=True)
class Sort:
    """A kind of stranger: which look, how turned (-1 .. 1), whether it walks or sits, its height and blur in pixels."""

    look: int
    turn: float
    walks: bool
    seated: bool
    tall: int
    blur: float


SKINS = ("#e2b48f", "#c99a72", "#a9744f", "#7f4f35", "#d9a57e", "#5f3c2a", "#ecc4a4")
HAIRS = ("#2a1e18", "#54382a", "#8a6a48", "#17161a", "#9a948c", "#6b4a30", "#c2a878")
STYLES: tuple[HairStyle, ...] = ("short", "bob", "parted", "long", "bun", "short", "curly", "bald", "long", "parted")
OUTFITS: tuple[Outfit, ...] = ("coat", "jacket", "hoodie", "turtleneck", "shirt", "blouse")
STRANGER_LOOKS = 20


def stranger(number: int) -> Look:
    """One of two dozen strangers: a face nobody will see close, skin, hair and clothes of their own."""
    rng = np.random.default_rng(100 + number)
    cloth: Colour = rgb(CLOTHES[number % len(CLOTHES)])
    return replace(
        LOOKS[0], id=f"stranger-{number}", cloth=cloth, inner=mix(cloth, (200, 196, 188), 0.4), detail=0.12,
        skin=rgb(SKINS[int(rng.integers(len(SKINS)))]), hair=rgb(HAIRS[int(rng.integers(len(HAIRS)))]),
        style=STYLES[(number * 3) % len(STYLES)], outfit=OUTFITS[(number * 5 + number // 6) % len(OUTFITS)],
        lips=(150, 96, 88), lashes=0.2, freckles=False, shoulders=float(rng.uniform(0.86, 1.08)),
        jaw=float(rng.uniform(0.92, 1.08)), age=float(rng.uniform(0.1, 0.9)),
        beard=float(rng.choice((0.0, 0.0, 0.6))) if STYLES[(number * 3) % len(STYLES)] in {"short", "bald"} else 0.0,
    )  # fmt: skip


@lru_cache(maxsize=48)
def _kit(look: int, mood: Mood, turn: float, *, small: bool) -> Kit:
    return kit_of(stranger(look), mood, 0.035 if small else 0.07, turn=turn)


@lru_cache(maxsize=64)
def cycle_of(kind: Sort, mood: Mood) -> tuple[Image, ...]:
    """The pictures of a stranger's movement, premultiplied RGBA, ``kind.tall`` pixels from crown to sole with room
    around; who sits, sits at a table with somebody else.
    """
    look, scale = stranger(kind.look), kind.tall / PERSON
    turn = 0.5 if kind.seated else 0.78 * kind.turn if kind.walks else kind.turn
    kit = _kit(kind.look, mood, turn, small=scale < 0.035)
    other = _kit((kind.look + 7) % STRANGER_LOOKS, mood, -0.5, small=scale < 0.035) if kind.seated else None
    shape = (round(kind.tall * 1.12), round(kind.tall * (1.3 if kind.seated else 0.9)))
    made = []
    for k in range(PHASES if kind.walks else STILLS):
        plane = plane_of(*shape)
        canvas = plane.canvas
        canvas.translate(shape[1] / 2, shape[0] * 0.965)
        canvas.scale(scale, scale)
        canvas.translate(0, -SOLE)
        period = GAITS["walk"][0] if kind.walks else 3.6
        cue = Cue(period * k / (PHASES if kind.walks else STILLS), phase=0.0 if kind.walks else kind.look / 7)
        if other is not None:
            _at_table(plane, (kit, other), cue, mood)
        else:
            deed = "walk" if kind.walks else IDLING[kind.look % len(IDLING)]
            pose = pose_of(deed, "", kind.turn if not kind.walks else np.sign(kind.turn), cue, broad=look.shoulders)
            draw_shadow(canvas, pose, 0.8)
            draw_puppet(plane, kit, pose)
        made.append(_muted(plane.pixels, mood, kind.blur))
    return tuple(made)


def _at_table(plane: Plane, pair: tuple[Kit, Kit], cue: Cue, mood: Mood) -> None:
    """Two people who sit opposite each other, and the small table between them."""
    canvas = plane.canvas
    light: Colour = tuple(c * mood.exposure for c in mood.ambient)  # type: ignore[assignment]
    wood, top = times(rgb("#8a5f41"), light), SOLE - TABLE_TOP
    for side, kit in zip((-1, 1), pair, strict=True):
        canvas.save()
        canvas.translate(side * APART, 0)
        talk = replace(cue, phase=cue.phase + 0.3 * side)
        pose = pose_of("sit", "", -0.5 * side, talk, broad=kit.look.shoulders)
        canvas.drawRect(skia.Rect.MakeLTRB(-330, SOLE - 1900, 330, SOLE - 900), fill(mix(wood, (0, 0, 0), 0.5)))
        for x in (-300, 300):
            canvas.drawLine(x, SOLE - 1000, x, SOLE, stroke(mix(wood, (0, 0, 0), 0.6), 54))
        draw_puppet(plane, kit, pose)
        canvas.restore()
    canvas.drawLine(0, top, 0, SOLE, stroke(mix(wood, (0, 0, 0), 0.6), 90))
    canvas.drawOval(oval(0, SOLE, 330, 46), fill(mix(wood, (0, 0, 0), 0.6)))
    ramp = [(mix(wood, (255, 240, 220), 0.3), 1.0), (wood, 1.0)]
    canvas.drawOval(oval(0, top, 640, 96), fill(shader=linear((-640, 0), (640, 0), ramp)))
    for x in (-260, 250):
        canvas.drawRect(skia.Rect.MakeLTRB(x - 60, top - 120, x + 60, top), fill(times((226, 220, 208), light)))


def _muted(picture: NDArray[np.uint8], mood: Mood, blur: float) -> Image:
    """A premultiplied picture in quieter colours, some air over it, a little out of focus: the cast is looked at."""
    alpha = picture[..., 3:].astype(np.float32) / 255
    tone = picture[..., :3].astype(np.float32)
    grey = tone @ np.array([0.30, 0.59, 0.11], np.float32)
    tone += MUTED * (grey[..., None] - tone)
    air = np.array(mix(mood.air, times(mood.ambient, (120, 120, 124)), 0.5), np.float32)
    tone += VEILED * (air * alpha - tone)
    made = np.dstack([tone, picture[..., 3]])
    if blur > 0.5:
        made = cv2.GaussianBlur(made, (0, 0), 0.6 * blur)
    return np.ascontiguousarray(np.clip(made + 0.5, 0, 255).astype(np.uint8))


@lru_cache(maxsize=4)
def audience(width: int, height: int, mood: Mood, seed: int) -> Image:
    """Heads and shoulders of the front rows, seen from behind and nearly black, with a rim of light from the stage.
    Premultiplied RGBA, a little wider than the frame.
    """
    rng = np.random.default_rng(seed)
    wide, tall = round(width * 1.3), round(height * 0.30)
    plane = plane_of(tall, wide)
    canvas: Any = plane.canvas
    for row, (size, base, shade) in enumerate(((0.060, 0.62, 0.34), (0.082, 0.98, 0.16))):
        head = size * height
        x = -head + (1.1 * head if row else 0.0)
        while x < wide + head:
            at = (x + float(rng.normal(0, 0.12 * head)), tall * base - head * float(rng.uniform(0.9, 1.15)))
            _onlooker(canvas, at, head * float(rng.uniform(0.88, 1.06)), mood, shade)
            x += 2.5 * head
    return np.ascontiguousarray(cv2.GaussianBlur(plane.pixels, (0, 0), max(0.8, 0.003 * height)))


def _onlooker(canvas: Any, at: tuple[float, float], head: float, mood: Mood, shade: float) -> None:
    x, y = at
    dark = mix((5, 4, 9), times(mood.ambient, (88, 66, 74)), shade)
    rim = mix(dark, mood.key, 0.42)
    shoulders = [
        (x - 1.25 * head, y + 3.4 * head), (x - 1.12 * head, y + 1.25 * head), (x - 0.34 * head, y + 0.72 * head),
        (x + 0.34 * head, y + 0.72 * head), (x + 1.12 * head, y + 1.25 * head), (x + 1.25 * head, y + 3.4 * head),
    ]  # fmt: skip
    for lift, tone in ((0.05 * head, rim), (0.0, dark)):
        canvas.save()
        canvas.translate(0, -lift)
        canvas.drawPath(smooth(shoulders, tension=0.7), fill(tone))
        canvas.drawOval(oval(x, y, 0.52 * head, 0.68 * head), fill(tone))
        canvas.restore()
