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
MUTED, VEILED = 0.45, 0.2
IDLING = ("idle", "idle", "cross", "idle", "nod")
# Seconds after which what a crowd does begins anew.
ROUND = {"clap": 0.87, "cheer": 0.95, "dance": 2.14, "wave": 1.18}
APART, TABLE_TOP = 900.0, 1420.0
CLOTHES = ("#35506b", "#7a3b3f", "#4d5b3f", "#8a6a3c", "#3b3b46", "#6b4a6b", "#2f6b66", "#a3684a", "#c2b49a", "#54606e")


@dataclass(frozen=True)
class Sort:
    """A kind of stranger: which look, how turned (-1 .. 1), whether it walks or sits, its height and blur in pixels,
    how much air lies over it, and whether who sits at a table sits there ``alone``; ``deed`` what who stands does.
    """

    look: int
    turn: float
    walks: bool
    seated: bool
    tall: int
    blur: float
    veil: float = VEILED
    alone: bool = False
    deed: str = ""


SKINS = ("#e2b48f", "#c99a72", "#a9744f", "#7f4f35", "#d9a57e", "#5f3c2a", "#ecc4a4")
GREY = "#9a948c"
HAIRS = ("#2a1e18", "#54382a", "#8a6a48", "#17161a", GREY, "#6b4a30", "#c2a878")
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
        curve=1.0 if STYLES[(number * 3) % len(STYLES)] in {"long", "bob", "bun"} else 0.1,
        weight=(number * 7 % 10) / 11,
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
    other = (
        _kit((kind.look + 7) % STRANGER_LOOKS, mood, -0.5, small=scale < 0.035)
        if kind.seated and not kind.alone
        else None
    )
    shape = (round(kind.tall * 1.12), round(kind.tall * (1.3 if kind.seated else 0.9)))
    made = []
    for k in range(PHASES if kind.walks or kind.deed in ROUND else STILLS):
        plane = plane_of(*shape)
        canvas = plane.canvas
        canvas.translate(shape[1] / 2, shape[0] * 0.965)
        canvas.scale(scale, scale)
        canvas.translate(0, -SOLE)
        period = GAITS["walk"][0] if kind.walks else ROUND.get(kind.deed, 3.6)
        cue = Cue(
            period * k / (PHASES if kind.walks or kind.deed in ROUND else STILLS),
            phase=0.0 if kind.walks else kind.look / 7,
        )
        if kind.seated:
            _at_table(plane, (kit, other), cue, mood)
        else:
            deed = "walk" if kind.walks else kind.deed or IDLING[kind.look % len(IDLING)]
            pose = pose_of(deed, "", kind.turn if not kind.walks else np.sign(kind.turn), cue, broad=look.shoulders)
            draw_shadow(canvas, pose, 0.8)
            draw_puppet(plane, kit, pose)
        made.append(muted(plane.pixels, mood, kind))
    return tuple(made)


def _at_table(plane: Plane, pair: tuple[Kit, Kit | None], cue: Cue, mood: Mood) -> None:
    """One or two people on chairs at a small table, half turned to each other, cups before them."""
    canvas = plane.canvas
    light: Colour = tuple(c * mood.exposure for c in mood.ambient)  # type: ignore[assignment]
    wood, top = times(rgb("#8a5f41"), light), SOLE - TABLE_TOP
    canvas.drawOval(oval(0, SOLE + 10, 1700, 120), fill((4, 5, 12), 0.42, blur=70))
    for side, kit in zip((-1, 1), pair, strict=True):
        canvas.save()
        canvas.translate(side * APART, 0)
        _chair_of(canvas, side, mix(wood, (0, 0, 0), 0.35))
        if kit is not None:
            talk = replace(cue, phase=cue.phase + 0.3 * side)
            draw_puppet(plane, kit, pose_of("sit", "", -0.5 * side, talk, broad=kit.look.shoulders))
        canvas.restore()
    canvas.drawRect(skia.Rect.MakeLTRB(-46, top, 46, SOLE), fill(mix(wood, (0, 0, 0), 0.6)))
    canvas.drawOval(oval(0, SOLE, 330, 46), fill(mix(wood, (0, 0, 0), 0.6)))
    canvas.drawOval(oval(0, top + 46, 700, 112), fill(mix(wood, (0, 0, 0), 0.5)))
    ramp = [(mix(wood, (255, 240, 220), 0.36), 1.0), (wood, 1.0)]
    canvas.drawOval(oval(0, top, 700, 112), fill(shader=linear((-700, 0), (700, 0), ramp)))
    china = times((226, 220, 208), light)
    for x in (-300, 290) if pair[1] is not None else (-270,):
        canvas.drawOval(oval(x, top + 6, 120, 22), fill(mix(china, (0, 0, 0), 0.12)))
        cup = skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(x - 62, top - 112, x + 62, top + 4), 26, 26)
        canvas.drawRRect(
            cup, fill(shader=linear((x - 62, 0), (x + 62, 0), [(china, 1.0), (mix(china, (0, 0, 0), 0.35), 1.0)]))
        )
        canvas.drawOval(oval(x, top - 110, 60, 15), fill(times((90, 58, 40), light)))


def _chair_of(canvas: Any, side: int, wood: Colour) -> None:
    """A chair seen half from the side, its back away from the table."""
    back = side * 330
    canvas.drawPath(
        smooth([(back * 0.9, SOLE - 900), (back * 1.12, SOLE - 1400), (back * 1.2, SOLE - 1900)], close=False),
        stroke(wood, 76),
    )
    for y in (1820, 1600, 1380):
        bar = [(back * 1.16, SOLE - y), (back * 0.55, SOLE - y - 30), (-back * 0.1, SOLE - y - 16)]
        canvas.drawPath(smooth(bar, close=False), stroke(mix(wood, (255, 240, 220), 0.08), 84))
    for x in (-300, 300):
        canvas.drawLine(x, SOLE - 960, x * 1.06, SOLE, stroke(mix(wood, (0, 0, 0), 0.35), 58))
    canvas.drawRRect(skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(-370, SOLE - 1030, 370, SOLE - 930), 40, 40), fill(wood))


def muted(picture: NDArray[np.uint8], mood: Mood, kind: Sort) -> Image:
    """A premultiplied picture in quieter colours, some air over it, a little out of focus: the cast is looked at."""
    alpha = picture[..., 3:].astype(np.float32) / 255
    tone = picture[..., :3].astype(np.float32)
    grey = tone @ np.array([0.30, 0.59, 0.11], np.float32)
    tone += min(0.8, MUTED + 1.2 * (kind.veil - VEILED)) * (grey[..., None] - tone)
    air = np.array(mix(mood.air, times(mood.ambient, (120, 120, 124)), 0.5), np.float32)
    tone += kind.veil * (air * alpha - tone)
    made = np.dstack([tone, picture[..., 3]])
    if kind.blur > 0.5:
        made = cv2.GaussianBlur(made, (0, 0), 0.6 * kind.blur)
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
