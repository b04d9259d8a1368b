"""How people stand and what their hands are busy with: weight on one leg, hip and shoulders on a slant, a hand in a
pocket, at the hip, around what they carry. Deterministic by each person's own phase.
"""

from dataclasses import replace

from generation_service.previs.cast.pose import Cue, Pose, Space, slow, with_hand

# What the hands of somebody at rest do; chosen by their phase.
RESTS = ("pocket", "folded", "hip", "loose", "clasped", "pocket", "loose")


def standing(way: float, cue: Cue, broad: float, *, busy: bool = True) -> Pose:
    """At rest with the weight on one leg. ``busy``: the hands have an occupation, else they hang."""
    side = 1.0 if int(cue.phase * 13) % 2 else -1.0
    weight = side * (0.8 + 0.2 * slow(cue, 0.5, 0.0))
    breath = slow(cue, 1.7, 0.0)
    droop = 1.0 if cue.emotion in {"sad", "afraid"} else 0.0
    wide, calm = 470 * broad, cue.heed
    firm, free = (1, 0) if side > 0 else (0, 1)
    feet = [(0.0, 0.0), (0.0, 0.0)]
    feet[firm], feet[free] = (side * 96 * broad, 0.0), (-side * 225 * broad, 0.0)
    deep, aims = [0.0, 0.0], [0.0, 0.0]
    deep[free] = 85.0
    aims[firm], aims[free] = 0.75 * way + side * 0.10, 0.75 * way - side * 0.24
    made = Pose(
        turn=way, hips=(64 * weight + 60 * way * calm * 0.4, -13 + 3 * breath),
        lean=0.016 * weight + 0.010 * slow(cue, 0.4, 2.0) + way * (0.02 + 0.07 * calm),
        head=(-0.035 * weight + 0.02 * slow(cue, 0.8, 1.0) + 0.05 * droop, 0.0, 2.5 * breath + 14 * droop),
        hands=(
            (-(wide - 52) + 6 * breath, 1474.0, 110 + 14 * slow(cue, 0.7, 1.0)),
            (wide - 52 - 6 * breath, 1474.0, 110 + 14 * slow(cue, 0.7, 2.5)),
        ),
        feet=(feet[0], feet[1]), deep=(deep[0], deep[1]), aims=(aims[0], aims[1]), roll=-0.13 * weight,
    )  # fmt: skip
    return _busy(made, cue, broad, free) if busy else made


def _busy(made: Pose, cue: Cue, broad: float, free: int) -> Pose:
    """The hands of somebody who has nothing to do."""
    wide, kind = 470 * broad, RESTS[int(cue.phase * 31) % len(RESTS)]
    stir = slow(cue, 0.9, 4.0)
    side = 2 * free - 1
    if kind == "pocket":
        at = (side * (wide - 128), 1425 + 4 * stir, 120.0)
        return with_hand(made, free, at, grip="pocket", pole=(side * 0.7, 0.4, -0.6))
    if kind == "hip":
        at = (side * (wide - 112), 1325 + 4 * stir, 40.0)
        return with_hand(made, free, at, grip="fist", pole=(side * 1.0, 0.1, -0.35))
    if kind == "folded":
        return folded(made, (1240.0 + 5 * stir, 250.0))
    if kind == "clasped":
        return folded(made, (1400.0 + 4 * stir, 210.0))
    at = (side * (wide - 70), 1400 + 6 * stir, 190.0)
    return with_hand(made, free, at)


def folded(made: Pose, at: tuple[float, float]) -> Pose:
    """One hand in the other before the body at (height, towards the viewer)."""
    high, near = at
    made = with_hand(made, 0, (-64.0, high - 8, near), grip="clasp", pole=(-0.5, 0.8, -0.5))
    return with_hand(made, 1, (58.0, high, near + 34), grip="clasp", pole=(0.5, 0.8, -0.5))


# Where a held thing is carried: wrist of the right hand (in shares of the shoulders, and units), how far before the
# body, grip.
CARRIED: dict[str, tuple[float, float, float, str]] = {
    "phone": (0.63, 190.0, 120.0, "hold"), "umbrella": (0.62, 880.0, 260.0, "hold"),
    "lantern": (1.20, 900.0, 260.0, "hold"), "book": (0.30, 1020.0, 340.0, "hold"),
    "cup": (0.60, 960.0, 330.0, "hold"), "letter": (0.34, 940.0, 340.0, "hold"),
    "suitcase": (1.02, 1480.0, 40.0, "fist"), "flowers": (0.44, 960.0, 300.0, "hold"),
}  # fmt: skip
GAZED, SIDE_ON, NEAR_EAR = {"phone", "letter", "book"}, 0.6, 300.0


def holding(made: Pose, held: str, broad: float, cue: Cue, *, mute: bool) -> Pose:
    """With something in the hand that is seen. ``mute``: nobody speaks, so that a phone is looked at."""
    wide, high, near, grip = CARRIED.get(held, CARRIED["cup"])
    k = 0 if made.turn > 0.6 else 1
    side = 2 * k - 1
    across = 470 * wide * (broad if held != "phone" else 1.0)  # a head is as wide on any shoulders
    at: Space = (side * across, high + 8 * slow(cue, 0.9, 4.0), near)
    if held == "phone" and mute:
        at = (side * 150 * broad, 900 + 6 * slow(cue, 0.9, 4.0), 380.0)
    if held == "phone" and abs(made.turn) > SIDE_ON:  # before the chest: at the ear the arm would hide the face
        at = (330.0 if made.turn > 0 else -330.0, 800 + 8 * slow(cue, 0.9, 4.0), 300.0)
    if held in GAZED and mute:
        made = replace(made, head=(made.head[0] + 0.03, made.head[1], made.head[2] + 20))
    if held == "suitcase" and abs(made.turn) > 0.6:  # it swings a little with the step
        at = (side * 470 * broad * 0.8, 1490.0, 0.35 * made.hands[k][2])
    pole = (side * 0.4, 0.9, 0.75) if held == "phone" and at[1] < NEAR_EAR else (side * 0.75, 0.6, -0.4)
    made = replace(with_hand(made, k, at, grip=grip, pole=pole), holder=k)
    if held == "suitcase":
        return replace(made, lean=made.lean - side * 0.03, hips=(made.hips[0] - side * 14, made.hips[1]))
    if held == "book" and abs(made.turn) <= 0.6 and made.grips[0] not in {"open", "point", "fist"}:
        made = with_hand(made, 0, (-470 * broad * 0.34, high + 30, near), grip="hold", pole=(-0.75, 0.6, -0.4))
    return made
