"""What people carry: the drawings of their own that ``held`` has, and every small thing of the catalogue at its true
size, in the hand or between both.
"""

from math import atan2, cos, sin
from typing import Any

from generation_service.previs.brush import Colour
from generation_service.previs.cast.held import draw_held
from generation_service.previs.cast.joints import Joints
from generation_service.previs.cast.rig import PERSON
from generation_service.previs.catalogue import HELD_SHARE, share_of
from generation_service.previs.props import paint
from generation_service.previs.scenes.light import Mood

# As which of the things that poses know something is carried: open before the chest in both hands, upright in one, or
# hanging from it.
_BOTH = frozenset(
    {"newspaper", "map", "page", "bowl", "parcel", "gift", "plate", "pot", "basket", "laptop", "cake", "bread", "bear",
     "drum", "trophy", "crown", "guitar", "ball", "fish"}
)  # fmt: skip
_HANGS, _FLOATS, _WORN = frozenset({"bucket"}), frozenset({"balloon"}), frozenset({"backpack"})
# Small things are carried larger than they are, so that they are seen; how much of a thing is above the grip.
SEEN, LEAST, SIDE_ON = 1.3, 0.075, 0.6
_ABOVE = {"bottle": 0.62, "wine": 0.4, "candle": 0.7, "sword": 0.86, "microphone": 0.6, "flask": 0.55, "glass": 0.5,
          "broom": 0.55, "balloon": 1.0, "hammer": 0.7, "jug": 0.5}  # fmt: skip


def posed(held: str) -> str:
    """What a pose is told of a thing in the hand: something it knows, held alike."""
    if not held or held in HELD_SHARE:
        return held
    if held in _WORN:
        return ""
    return "book" if held in _BOTH else "suitcase" if held in _HANGS else "cup"


def draw_carried(canvas: Any, held: str, joints: Joints, light: Colour, mood: Mood, *, k: int = 1) -> None:
    """The thing in hand ``k`` of ``joints``, or in both, under ``light`` (255 = full); units of the body."""
    if held in HELD_SHARE:
        draw_held(canvas, held, joints, light, k)
        return
    if held in _WORN:
        _wear(canvas, held, joints, light, mood)
        return
    (lx, ly), (rx, ry) = joints.wrists
    (x, y), elbow = joints.wrists[k], joints.elbows[k]
    way = atan2(y - elbow[1], x - elbow[0])
    at = ((lx + rx) / 2, (ly + ry) / 2) if held in _BOTH else (x + 70 * cos(way), y + 70 * sin(way))
    tall = max(LEAST, share_of(held)) * PERSON * SEEN
    scale = min(tall, 1500.0) / 100
    canvas.save()
    canvas.translate(at[0], at[1] + (0.35 if held in _BOTH else 1 - _ABOVE.get(held, 0.6)) * 100 * scale)
    if held in _HANGS:
        canvas.translate(0, 0.75 * 100 * scale)
    if held in _FLOATS:
        canvas.rotate(26.0 * (2 * k - 1))  # beside the head, not before it
    canvas.scale(scale, scale)
    paint(canvas, held, light, mood, 1)
    canvas.restore()


def _wear(canvas: Any, held: str, joints: Joints, light: Colour, mood: Mood) -> None:
    """On the back of somebody who is seen from the side; from the front it is behind them."""
    way = (joints.aims[0] + joints.aims[1]) / 2
    if abs(way) < SIDE_ON:
        return
    (lx, ly), (rx, ry) = joints.shoulders
    scale = share_of(held) * PERSON * 0.78 / 100
    canvas.save()
    canvas.translate((lx + rx) / 2 - (300 if way > 0 else -300), (ly + ry) / 2 + 78 * scale)
    canvas.scale(0.8 * scale, scale)
    paint(canvas, held, light, mood, 1)
    canvas.restore()
