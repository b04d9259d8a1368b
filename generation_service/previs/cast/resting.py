"""How people sit, kneel and lie, sit down and stand up, and what they do at a table."""

from collections.abc import Callable
from dataclasses import replace
from math import pi, sin

from generation_service.previs.cast.pose import (
    HIP_Y,
    SEAT,
    SOLE,
    Cue,
    Pose,
    blend,
    curve,
    ease,
    slow,
    with_hand,
)
from generation_service.previs.cast.stances import standing

# How far the hips of somebody seated are above the seat's front edge as it is drawn, and behind it.
SUNK, BACK = 168.0, 430.0
RISE_S = 1.25


def sitting(way: float, cue: Cue, broad: float) -> Pose:
    """On a seat, in one of a few ways by their phase: hands on the thighs, in the lap, one hand at rest; feet side by
    side, crossed at the ankles, or one drawn back.
    """
    kind, feet = int(cue.phase * 17) % 3, int(cue.phase * 29) % 3
    breath, calm = slow(cue, 1.7, 0.0), slow(cue, 0.4, 2.0)
    across, aim = 300 * way, 0.42 * way
    left, right = {
        0: ((-190.0, 340.0), (185.0, 370.0)), 1: ((70.0, 400.0), (-40.0, 330.0)), 2: ((-200.0, 400.0), (170.0, 130.0)),
    }[feet]  # fmt: skip
    tip = (0.0, 0.62) if feet == 2 else (0.0, 0.0)
    spread = 0.07 if feet == 1 else 0.14
    made = Pose(
        turn=way, hips=(-0.4 * across, SOLE - SEAT - HIP_Y - SUNK + 3 * breath), back=-BACK, seated=True,
        lean=0.012 * calm + way * (0.03 + 0.06 * cue.heed), head=(0.02 * slow(cue, 0.8, 1.0), 0.0, 2 * breath),
        feet=((across * 0.8 + left[0] * broad, 0.0), (across * 0.8 + right[0] * broad, 36.0 if tip[1] else 0.0)),
        deep=(left[1], right[1]), toes=tip, aims=(aim - spread, aim + spread),
        poles=((-0.8, 0.5, -0.45), (0.8, 0.5, -0.45)),
        hands=((-265.0 * broad, 1395 + 4 * breath, 400.0), (265.0 * broad, 1395 + 4 * breath, 400.0)),
    )  # fmt: skip
    if kind == 1:
        made = with_hand(made, 0, (-60.0, 1360.0, 330.0), grip="clasp")
        made = with_hand(made, 1, (52.0, 1372.0, 362.0), grip="clasp")
    elif kind == 2:
        made = with_hand(made, 1, (120.0 * broad, 1330.0, 330.0))
    return made


def on_the_ground(way: float, cue: Cue, broad: float) -> Pose:
    """On sand, grass or a floor: knees drawn up, arms around them."""
    breath = slow(cue, 1.7, 0.0)
    across = 240 * way
    return Pose(
        turn=way, hips=(-0.5 * across, SOLE - HIP_Y - 150 + 3 * breath), back=-300.0, seated=True,
        lean=0.02 * slow(cue, 0.4, 2.0) + 0.05 * way, head=(0.02 * slow(cue, 0.8, 1.0), 0.0, 2 * breath),
        feet=((across - 160 * broad, 0.0), (across + 140 * broad, 0.0)), deep=(330.0, 270.0),
        aims=(0.4 * way - 0.13, 0.4 * way + 0.12), poles=((-0.9, 0.4, -0.3), (0.9, 0.4, -0.3)),
        hands=((-90.0, 1130 + 5 * breath, 480.0), (90.0, 1150 + 5 * breath, 500.0)), grips=("clasp", "clasp"),
    )  # fmt: skip


def kneeling(way: float, cue: Cue, broad: float) -> Pose:
    """On one knee, seen from the side; the hands before the body on what lies there."""
    to = 1.0 if way >= 0 else -1.0
    stir = slow(cue, 2.2, 0.0)
    near, far = (0, 1) if to > 0 else (1, 0)
    feet, deep, toes = [(0.0, 0.0)] * 2, [0.0] * 2, [0.0] * 2
    feet[far], feet[near] = (to * 500.0, 0.0), (-to * 700.0, 60.0)
    deep[far], deep[near], toes[near] = -70.0, 70.0, 1.2
    return Pose(
        turn=way, hips=(0.0, SOLE - HIP_Y - 930), lean=to * (0.13 + 0.01 * stir), feet=(feet[0], feet[1]),
        head=(to * 0.05, 0.0, 12.0), deep=(deep[0], deep[1]), toes=(toes[0], toes[1]), aims=(to, to), seated=False,
        hands=((-160.0, 1340 + 14 * stir, 430.0), (150.0, 1300 - 16 * stir, 520.0)),
    )  # fmt: skip


def at_table(deed: str, made: Pose, cue: Cue, broad: float) -> Pose:
    """What the hands do on a table or a wheel: type, write, read, drive."""
    t = cue.t
    if deed == "table":
        made = with_hand(made, 0, (-96.0, 1286.0, 400.0), grip="clasp", pole=(-0.9, 0.5, -0.3))
        return with_hand(made, 1, (88.0, 1292.0, 430.0), grip="clasp", pole=(0.9, 0.5, -0.3))
    if deed == "type":
        taps = [9 * abs(sin(2 * pi * 3.1 * t)), 9 * abs(sin(2 * pi * 2.6 * t + 1))]
        drift = 24 * slow(cue, 1.1, 0.0)
        made = with_hand(made, 0, (-175.0 + drift, 1262 - taps[0], 430.0), grip="rest")
        return with_hand(made, 1, (175.0 + drift, 1262 - taps[1], 430.0), grip="rest")
    if deed == "drive":
        turn = 36 * slow(cue, 0.9, 0.0)
        made = with_hand(made, 0, (-250.0, 985 + turn, 470.0), grip="fist")
        return with_hand(made, 1, (250.0, 985 - turn, 470.0), grip="fist")
    if deed == "read":
        made = with_hand(made, 0, (-170.0, 1110.0, 400.0), grip="hold")
        return replace(with_hand(made, 1, (150.0, 1090.0, 410.0), grip="hold"), head=(0.02, 0.0, 20.0))
    line = curve(((0.0, 0.0), (2.4, 1.0), (2.9, 0.0)), t % 3.0)
    made = with_hand(made, 0, (-250.0, 1290.0, 400.0), grip="flat")
    at = (90 + 130 * line + 8 * sin(14 * t), 1270 + 5 * sin(17 * t), 420.0)
    return replace(with_hand(made, 1, at, grip="pinch"), head=(0.03, 0.0, 18.0), lean=made.lean + 0.015)


def rising(way: float, cue: Cue, broad: float, *, down: bool) -> Pose:
    """Standing up or sitting down: the trunk goes forward first, then the hips go up, late and soft."""
    u = (cue.t - 0.35) / RISE_S
    share = 1 - ease(u) if down else ease(u)
    made = blend(sitting(way, cue, broad), standing(way, cue, broad, busy=False), share)
    bow = 4 * share * (1 - share)
    roll, dx, dy = made.head
    return replace(
        made, lean=made.lean + (0.10 if way >= 0 else -0.10) * bow, head=(roll, dx, dy + 46 * bow),
        seated=share < 0.72,
    )  # fmt: skip


def lying(way: float, cue: Cue, broad: float) -> Pose:
    """In bed, the head on the pillow to the right, a hand on the chest."""
    breath = 7 * slow(cue, 1.2, 0.0)
    return Pose(
        turn=way, hips=(-330.0, SOLE - SEAT - 250 - HIP_Y), lean=1.42,
        head=(0.62 + 0.02 * slow(cue, 0.3, 1.0), 0.0, 0.0), feet=((-2040.0, 1010.0), (-2030.0, 1060.0)),
        hands=((-40.0, 1010 + breath, 230.0), (150.0, 960 + breath, 230.0)),
        poles=((-0.5, 0.8, -0.5), (0.5, 0.8, -0.5)),
    )  # fmt: skip


def fallen(way: float, cue: Cue, broad: float) -> Pose:
    """On the ground, one knee up, the head on an arm."""
    breath = 6 * slow(cue, 1.2, 0.0)
    return Pose(
        turn=way, hips=(-330.0, SOLE - HIP_Y - 290), lean=1.40, head=(0.60, 0.0, 0.0), aims=(-0.3, -0.9),
        hands=((-40.0, 1010 + breath, 230.0), (430.0 * broad, 90.0, 60.0)), feet=((-1990.0, 90.0), (-1370.0, 30.0)),
        poles=((-0.5, 0.8, -0.5), (0.9, 0.2, -0.2)),
    )  # fmt: skip


RESTING: dict[str, Callable[[float, Cue, float], Pose]] = {
    "sit": sitting, "table": sitting, "ground": on_the_ground, "kneel": kneeling, "lie": lying, "fallen": fallen,
    "type": sitting, "write": sitting, "read": sitting, "drive": sitting,
    "standup": lambda way, cue, broad: rising(way, cue, broad, down=False),
    "sitdown": lambda way, cue, broad: rising(way, cue, broad, down=True),
}  # fmt: skip
LYING = {"lie", "fallen"}
ON_SEAT = {"lie", "sit", "table", "type", "write", "read", "drive", "standup", "sitdown"}
AT_TABLE = {"table", "type", "write", "read", "drive"}
