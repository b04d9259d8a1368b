"""The pose of a drawn person: what it holds, how two are mixed, and the curves that movements are made of. It knows no
deed and draws nothing.

Units are those of ``head``: the origin between the eyes, x to the right of the picture, y down, z towards the viewer;
the soles on ``SOLE``. Image left comes first in every pair.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import sin, sqrt

Joint = tuple[float, float]
Space = tuple[float, float, float]
Pair = tuple[Joint, Joint]

SOLE, HIP_Y, ANKLE = 3330.0, 1500.0, 96.0
SHOULDER_Y = 552.0
THIGH, SHIN, UPPER, FORE = 900.0, 872.0, 520.0, 490.0
PERSON = 3622.0  # from crown to sole
SEAT = 1010.0


@dataclass(frozen=True)
class Pose:
    """``turn`` -1 left .. 1 right; ``hips`` moves the body's middle (x, y down); ``lean`` radians to the right;
    ``head`` roll in radians and shift in units; ``hands`` wrists in the trunk's own space; ``feet`` ankles' points on
    the ground (x, height) and ``deep`` how far each is towards the viewer; ``toes`` radians that each shoe is tipped
    (above 0 the heel is up); ``aims`` -1..1 where feet and knees point, 1 to the right; ``grips`` how each hand is
    held; ``seated``: the thighs lie before the trunk; ``back``: how far the hips are from the viewer; ``twist``
    radians that the shoulders turn against the hips; ``roll`` radians that the hips sink to the right; ``poles`` where
    each elbow points, in the trunk's space; ``holder`` which hand holds what is held.
    """

    turn: float = 0.0
    hips: Joint = (0.0, 0.0)
    lean: float = 0.0
    head: tuple[float, float, float] = (0.0, 0.0, 0.0)
    hands: tuple[Space, Space] = ((-440.0, 1470.0, 90.0), (440.0, 1470.0, 90.0))
    feet: Pair = ((-150.0, 0.0), (150.0, 0.0))
    grips: tuple[str, str] = ("rest", "rest")
    seated: bool = False
    deep: Joint = (0.0, 0.0)
    toes: Joint = (0.0, 0.0)
    aims: Joint = (-0.2, 0.2)
    back: float = 0.0
    twist: float = 0.0
    roll: float = 0.0
    holder: int = 1
    poles: tuple[Space, Space] = ((-0.6, 0.45, -0.65), (0.6, 0.45, -0.65))


@dataclass(frozen=True)
class Cue:
    """The moment a pose is wanted for: ``t`` seconds, ``talk`` 0..1 how much somebody speaks, ``beat`` 0..1 the stress
    of a word, ``emotion`` of the line, ``phase`` a number of their own that keeps two people from moving alike;
    ``gestures`` what the hands say, each with the share 0..1 that it has; ``heed`` 0..1 how much they listen.
    """

    t: float
    talk: float = 0.0
    beat: float = 0.0
    emotion: str = "neutral"
    phase: float = 0.0
    gestures: tuple[tuple[str, float], ...] = ()
    heed: float = 0.0


def slow(cue: Cue, rate: float, k: float) -> float:
    """A calm movement of unit reach, made of two waves."""
    at = cue.t * rate + cue.phase * 6.3 + k
    return 0.7 * sin(at) + 0.3 * sin(2.3 * at + 1.7)


def ease(x: float) -> float:
    """0..1 as it starts and stops softly; held beyond."""
    x = min(1.0, max(0.0, x))
    return x * x * (3 - 2 * x)


def settle(x: float, *, over: float = 0.12) -> float:
    """As :func:`ease`, past the goal by the share ``over`` at x = 1 and back to it at x = 1.6."""
    return ease(x) * (1 + over * sin(3.14159 * min(1.0, max(0.0, (x - 0.55) / 1.05))))


def curve(keys: Sequence[Joint], at: float) -> float:
    """The value at ``at`` of a smooth line through (place, value) that goes nowhere beyond its keys (monotone cubic:
    Fritsch and Carlson, 1980); held before the first and after the last.
    """
    if at <= keys[0][0]:
        return keys[0][1]
    for k in range(len(keys) - 1):
        (x0, y0), (x1, y1) = keys[k], keys[k + 1]
        if at <= x1:
            wide, u = x1 - x0, (at - x0) / (x1 - x0)
            a, b = _slope(keys, k) * wide, _slope(keys, k + 1) * wide
            return (
                y0 * (1 + 2 * u) * (1 - u) ** 2 + a * u * (1 - u) ** 2
                + y1 * u * u * (3 - 2 * u) + b * u * u * (u - 1)
            )  # fmt: skip
    return keys[-1][1]


def cycle(keys: Sequence[Joint], phase: float) -> float:
    """As :func:`curve` for a movement that comes round at phase 1; keys from 0 up to less than 1."""
    before = [(x - 1, y) for x, y in keys[-2:]]
    return curve([*before, *keys, *((x + 1, y) for x, y in keys[:2])], phase % 1.0)


def _slope(keys: Sequence[Joint], k: int) -> float:
    if k in {0, len(keys) - 1}:
        return 0.0
    (xa, ya), (xb, yb), (xc, yc) = keys[k - 1 : k + 2]
    one, two = (yb - ya) / (xb - xa), (yc - yb) / (xc - xb)
    return 2 * one * two / (one + two) if one * two > 0 else 0.0


def mix(a: Space, b: Space, share: float) -> Space:
    """Between two points."""
    return (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share)


def flat_mix(a: Joint, b: Joint, share: float) -> Joint:
    """Between two pairs of numbers."""
    return (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share)


def blend(a: Pose, b: Pose, share: float) -> Pose:
    """A pose on the way from ``a`` to ``b``."""
    if share <= 0 or share >= 1:
        return a if share <= 0 else b
    late = a if share < 0.5 else b
    one = flat_mix((a.turn, a.lean), (b.turn, b.lean), share)
    two = flat_mix((a.back, a.twist), (b.back, b.twist), share)
    return replace(
        late, turn=one[0], lean=one[1], back=two[0], twist=two[1], roll=a.roll + (b.roll - a.roll) * share,
        hips=flat_mix(a.hips, b.hips, share), head=mix(a.head, b.head, share), deep=flat_mix(a.deep, b.deep, share),
        hands=(mix(a.hands[0], b.hands[0], share), mix(a.hands[1], b.hands[1], share)),
        feet=(flat_mix(a.feet[0], b.feet[0], share), flat_mix(a.feet[1], b.feet[1], share)),
        toes=flat_mix(a.toes, b.toes, share), aims=flat_mix(a.aims, b.aims, share),
        poles=(mix(a.poles[0], b.poles[0], share), mix(a.poles[1], b.poles[1], share)),
    )  # fmt: skip


def with_hand(made: Pose, k: int, at: Space, *, grip: str = "", pole: Space | None = None, share: float = 1.0) -> Pose:
    """The pose with hand ``k`` on its way to ``at``; ``pole`` where its elbow points meanwhile."""
    x, y, near = mix(made.hands[k], at, share)
    # A hand that goes far up or down swings out before the body, not through the shoulder.
    hand = (x, y, near + abs(at[1] - made.hands[k][1]) * share * (1 - share))
    elbow = made.poles[k] if pole is None else mix(made.poles[k], pole, share)
    held = grip if grip and share > 0.35 else made.grips[k]
    if k == 0:
        return replace(made, hands=(hand, made.hands[1]), poles=(elbow, made.poles[1]), grips=(held, made.grips[1]))
    return replace(made, hands=(made.hands[0], hand), poles=(made.poles[0], elbow), grips=(made.grips[0], held))


def bend(a: Space, c: Space, lengths: tuple[float, float], pole: Space) -> tuple[Space, Space]:
    """Two bones from ``a`` towards ``c``: the joint between them, bent to where ``pole`` points, and where the end
    comes to lie.
    """
    one, two = lengths
    d = (c[0] - a[0], c[1] - a[1], c[2] - a[2])
    long = max(1e-6, sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]))
    u = (d[0] / long, d[1] / long, d[2] / long)
    far = min(max(long, abs(one - two) + 2.0), one + two - 2.0)
    along = (one * one + far * far - two * two) / (2 * far)
    high = sqrt(max(0.0, one * one - along * along))
    dot = pole[0] * u[0] + pole[1] * u[1] + pole[2] * u[2]
    p = (pole[0] - dot * u[0], pole[1] - dot * u[1], pole[2] - dot * u[2])
    size = max(1e-6, sqrt(p[0] * p[0] + p[1] * p[1] + p[2] * p[2]))
    joint = (
        a[0] + u[0] * along + p[0] / size * high,
        a[1] + u[1] * along + p[1] / size * high,
        a[2] + u[2] * along + p[2] / size * high,
    )
    return joint, (a[0] + u[0] * far, a[1] + u[1] * far, a[2] + u[2] * far)
