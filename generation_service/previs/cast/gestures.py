"""Hands that speak: each stressed word may have a gesture that is made ready before it, struck on it, held and let go
(preparation, stroke, retraction: Kendon, 2004), smaller or larger with the emotion.
"""

import zlib
from collections.abc import Sequence

from generation_service.previs.cast.pose import Cue, Pose, Space, ease, slow, with_hand

# What people do with their hands in each emotion; and how large.
KINDS: dict[str, tuple[str, ...]] = {
    "neutral": ("beat", "palm", "small", "both", "beat", "pinch"),
    "warm": ("palm", "chest", "both", "small"),
    "sad": ("small", "chest", "none", "small"),
    "angry": ("chop", "point", "both", "chop"),
    "excited": ("both", "high", "palm", "high"),
    "whisper": ("small", "none", "pinch"),
    "afraid": ("ward", "chest", "ward"),
}
SIZE = {"neutral": 0.85, "warm": 0.9, "sad": 0.6, "angry": 1.0, "excited": 1.1, "whisper": 0.55, "afraid": 0.9}
READY_S, HOLD_S, LEAVE_S = 0.42, 0.34, 0.55
APART_S = 0.95


def strokes(words: Sequence[tuple[float, float]], emotion: str, name: str) -> list[tuple[float, str]]:
    """When somebody strikes which gesture: ``words`` are (time of the peak, strength 0..1) of the stressed words."""
    kinds = KINDS.get(emotion, KINDS["neutral"])
    found: list[tuple[float, str]] = []
    start = zlib.crc32(name.encode()) % len(kinds)
    for at, _ in words:
        if not found or at - found[-1][0] >= APART_S:
            found.append((at, kinds[(start + len(found)) % len(kinds)]))
    return found


def gestures_at(found: Sequence[tuple[float, str]], t: float) -> tuple[tuple[str, float], ...]:
    """The gestures that are under way at ``t``, each with its share 0..1; a later one takes over from an earlier."""
    made = []
    for k, (at, kind) in enumerate(found):
        side = "r" if (k + zlib.crc32(kind.encode())) % 3 else "l"
        until = at + HOLD_S
        share = ease((t - at + READY_S) / READY_S) * (1 - ease((t - until) / LEAVE_S))
        if share > 0 and kind != "none":
            made.append((f"{kind}/{side}", share))
    return tuple(made)


def gestured(made: Pose, cue: Cue, broad: float) -> Pose:
    """The pose with the hands that speak."""
    size = SIZE.get(cue.emotion, 0.85)
    if cue.talk > 0 and cue.emotion not in {"sad", "whisper"}:  # between two strokes a hand stays ready
        k = int(cue.phase * 7) % 2
        side = 2 * k - 1
        ready = (side * 245.0 * broad, 1035.0 + 26 * cue.beat, 330.0)
        made = with_hand(made, k, ready, grip="rest", pole=(side * 0.42, 0.85, -0.5), share=0.8 * cue.talk)
    for name, share in cue.gestures:
        kind, _, hand = name.partition("/")
        for k, at, grip in _goals(kind, 1 if hand == "r" else 0, cue, broad):
            side = 2 * k - 1
            pole = (side * 0.42, 0.85, -0.5)
            made = with_hand(made, k, at, grip=grip, pole=pole, share=share * min(1.0, 0.55 + 0.5 * size))
    return made


def _goals(kind: str, k: int, cue: Cue, broad: float) -> list[tuple[int, Space, str]]:
    """Which hands go where in a gesture of hand ``k``."""
    wide, side, down = 470 * broad, 2 * k - 1, 75 * cue.beat
    float_ = 16 * slow(cue, 2.3, 3.0)
    both = [(0, -1), (1, 1)]
    if kind in {"both", "ward", "high"}:
        out, high, near = {"both": (0.92, 905.0, 340.0), "ward": (0.46, 800.0, 360.0), "high": (0.98, 730.0, 270.0)}[
            kind
        ]
        return [(n, (s * (wide * out + float_), high + down + 26 * n, near), "open") for n, s in both]
    out, high, near, grip = {
        "beat": (0.60, 905.0, 370.0, "rest"), "palm": (0.98, 890.0, 330.0, "open"),
        "small": (0.50, 1015.0, 340.0, "rest"), "chest": (0.16, 800.0, 190.0, "rest"),
        "pinch": (0.48, 860.0, 350.0, "rest"), "chop": (0.60, 800.0, 380.0, "open"),
        "point": (0.66, 760.0, 420.0, "point"),
    }[kind]  # fmt: skip
    return [(k, (side * (wide * out + float_), high + down * (1.5 if kind == "chop" else 1.0), near), grip)]
