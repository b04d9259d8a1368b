"""The skeleton of a drawn person: joints, poses, and how a deed becomes a pose at a moment. It draws nothing.

Units are those of ``head``: the origin between the eyes, y down, the soles on ``SOLE``. Image left comes first in
every pair. A foot that carries does not slide: while it stands, it goes back under the body just as fast as the body
goes forward.
"""

from dataclasses import dataclass, replace
from math import acos, atan2, cos, exp, hypot, pi, sin

Joint = tuple[float, float]
Pair = tuple[Joint, Joint]

SOLE, HIP_Y, ANKLE = 3330.0, 1500.0, 96.0
THIGH, SHIN, UPPER, FORE = 900.0, 872.0, 520.0, 490.0
PERSON = 3622.0  # from crown to sole
# Strides: seconds for two steps, share of it on the ground, metres-like speed in units a second, lift of the foot.
GAITS = {"walk": (1.06, 0.58, 1950.0, 150.0), "run": (0.68, 0.36, 5200.0, 430.0)}
SEAT = 1010.0
GESTURE = {"neutral": 0.55, "warm": 0.7, "sad": 0.18, "angry": 1.0, "excited": 1.1, "whisper": 0.25, "afraid": 0.5}


@dataclass(frozen=True)
class Pose:
    """``turn`` -1 left .. 1 right; ``hips`` moves the body's middle (x, y down); ``lean`` radians to the right;
    ``head`` roll in radians and shift in units; ``hands`` wrists in the trunk's own units; ``feet`` ankles' points on
    the ground (x, height); ``grips`` how each hand is held; ``seated``: the thighs point at the viewer.
    """

    turn: float = 0.0
    hips: Joint = (0.0, 0.0)
    lean: float = 0.0
    head: tuple[float, float, float] = (0.0, 0.0, 0.0)
    hands: Pair = ((-500.0, 1520.0), (500.0, 1520.0))
    feet: Pair = ((-150.0, 0.0), (150.0, 0.0))
    grips: tuple[str, str] = ("rest", "rest")
    seated: bool = False


@dataclass(frozen=True)
class Cue:
    """The moment a pose is wanted for: ``t`` seconds, ``talk`` 0..1 how much somebody speaks, ``beat`` 0..1 the stress
    of a word, ``emotion`` of the line, ``phase`` a number of their own that keeps two people from moving alike.
    """

    t: float
    talk: float = 0.0
    beat: float = 0.0
    emotion: str = "neutral"
    phase: float = 0.0


def pose_of(deed: str, held: str, way: float, cue: Cue, *, broad: float = 1.0) -> Pose:
    """The pose of a deed. ``way`` is where they face, ``broad`` their shoulders' factor."""
    if deed in GAITS:
        made = gait(deed, 1.0 if way >= 0 else -1.0, cue, broad)
    elif deed == "sit":
        made = _sitting(_standing(way, cue, broad), cue)
    else:
        made = _standing(way, cue, broad)
    made = _gestures(made, cue, broad) if deed not in GAITS else made
    acting = {"wave": _wave, "point": _point, "cheer": _cheer, "cross": _cross}.get(deed)
    made = acting(made, cue, broad) if acting else made
    if deed == "nod":
        made = replace(made, head=(made.head[0], made.head[1], made.head[2] + 26 * (0.5 + 0.5 * sin(8.5 * cue.t))))
    return _holding(made, held, broad, cue) if held else made


def slow(cue: Cue, rate: float, k: float) -> float:
    """A calm movement of unit reach, made of two waves."""
    at = cue.t * rate + cue.phase * 6.3 + k
    return 0.7 * sin(at) + 0.3 * sin(2.3 * at + 1.7)


def _standing(way: float, cue: Cue, broad: float) -> Pose:
    weight, breath = slow(cue, 0.55, 0.0), sin(1.7 * cue.t + cue.phase * 5)
    rest = 470 * broad + 6
    droop = 1.0 if cue.emotion in {"sad", "afraid"} else 0.0
    return Pose(
        turn=way,
        hips=(26 * weight, 8 + 6 * abs(weight)),
        lean=0.012 * slow(cue, 0.4, 2.0) + 0.03 * way,
        head=(0.025 * slow(cue, 0.8, 1.0) + 0.05 * droop, 0.0, 3 * breath + 14 * droop),
        hands=((-rest + 8 * breath, 1512.0), (rest - 8 * breath, 1512.0)),
        feet=((-138.0 * broad, 0.0), (138.0 * broad, 0.0)),
    )


def _gestures(made: Pose, cue: Cue, broad: float) -> Pose:
    """Hands that speak: lifted while talking, struck down on stressed words, each emotion in its own way."""
    size = GESTURE.get(cue.emotion, 0.55) * cue.talk
    if size < 0.02:
        return made
    swing, beat = 0.5 + 0.5 * slow(cue, 1.9, 3.0), cue.beat
    wide = 470 * broad
    talk = (wide * (0.80 + 0.22 * swing), 1130.0 - 330 * size * swing + 90 * beat)
    hush = (wide * 0.62, 1330.0 - 220 * size * (1 - swing) + 60 * beat)
    goal: Pair = ((-hush[0], hush[1]), talk)
    grips = ("rest", "open")
    if cue.emotion == "excited":
        goal, grips = (
            ((-wide * 1.08, 900 - 170 * swing + 120 * beat), (wide * 1.08, 860 - 190 * (1 - swing) + 120 * beat)),
            ("open", "open"),
        )
    elif cue.emotion == "angry":
        goal, grips = ((-wide * 0.86, 1290.0 + 80 * beat), (wide * 0.72, 830.0 + 190 * beat)), ("fist", "point")
    elif cue.emotion == "afraid":
        goal, grips = ((-170.0, 900.0 + 30 * swing), (190.0, 860.0 + 30 * (1 - swing))), ("rest", "rest")
    share = min(1.0, cue.talk * (1.0 if cue.emotion in {"angry", "excited", "afraid"} else 0.35 + 0.65 * size))
    hands = tuple(_mix(a, b, share) for a, b in zip(made.hands, goal, strict=True))
    return replace(made, hands=(hands[0], hands[1]), grips=grips if share > 0.3 else made.grips)


def _sitting(made: Pose, cue: Cue) -> Pose:
    down = SOLE - SEAT - HIP_Y
    return replace(
        made, hips=(0.0, down), lean=0.01 * slow(cue, 0.4, 2.0), seated=True,
        hands=((-255.0, 1560.0), (255.0, 1560.0)), feet=((-190.0, 0.0), (190.0, 0.0)),
    )  # fmt: skip


def gait(deed: str, way: float, cue: Cue, broad: float) -> Pose:
    """A moment of walking or running towards ``way`` (-1, 1). The phase comes from time alone, the travel from
    :func:`travelled`, so that both agree.
    """
    period, ground, speed, lift = GAITS[deed]
    phase = (cue.t / period + cue.phase) % 1.0
    feet = tuple(_step((phase + k) % 1.0, ground, speed * period, lift, way) for k in (0.0, 0.5))
    swing = sin(2 * pi * (phase + 0.25 + (0.5 - ground) / 2))
    run = deed == "run"
    reach, high = (430.0, 1060.0) if run else (330.0, 1465.0)
    shoulder = 120.0 * broad
    bob = (46 if run else 20) * cos(4 * pi * phase) + (150 if run else 66)
    hands = tuple(
        (
            -side * shoulder * 0.4 - side * swing * reach + way * (140 if run else 20),
            high - (150 if run else 60) * max(0.0, -side * swing * way),
        )
        for side in (-1, 1)
    )
    return Pose(
        turn=way, hips=(0.0, bob), lean=way * (0.20 if run else 0.045), head=(way * 0.02, 0.0, 4 * cos(4 * pi * phase)),
        hands=(hands[0], hands[1]), feet=(feet[0], feet[1]), grips=("fist", "fist") if run else ("rest", "rest"),
    )  # fmt: skip


def travelled(deed: str, t: float) -> float:
    """How far somebody has gone after ``t`` seconds, in units."""
    return GAITS[deed][2] * t if deed in GAITS else 0.0


def _step(phase: float, ground: float, stride: float, lift: float, way: float) -> Joint:
    """One foot relative to the body: on the ground from ahead to behind, then through the air to ahead again."""
    reach = ground * stride / 2
    if phase < ground:
        return (way * (reach - stride * phase), 0.0)
    u = (phase - ground) / (1 - ground)
    eased = u * u * (3 - 2 * u)
    return (way * (-reach + 2 * reach * eased), lift * sin(pi * u) * (1.25 - 0.5 * u))


def _wave(made: Pose, cue: Cue, broad: float) -> Pose:
    at = (470 * broad + 150 + 120 * sin(9.5 * cue.t), -60.0 + 30 * cos(9.5 * cue.t))
    return replace(made, hands=(made.hands[0], at), grips=(made.grips[0], "open"))


def _point(made: Pose, cue: Cue, broad: float) -> Pose:
    settle = 1 - exp(-4 * cue.t)
    far, high = 470 * broad + 760, 640 + 14 * slow(cue, 1.3, 0.0)
    if made.turn < 0:
        return replace(made, hands=(_mix(made.hands[0], (-far, high), settle), made.hands[1]), grips=("point", "rest"))
    return replace(made, hands=(made.hands[0], _mix(made.hands[1], (far, high), settle)), grips=("rest", "point"))


def _cheer(made: Pose, cue: Cue, broad: float) -> Pose:
    jump = abs(sin(5.2 * cue.t))
    wide = 470 * broad
    hands = ((-wide - 60 - 60 * jump, -120.0 - 90 * jump), (wide + 60 + 60 * jump, -140.0 - 80 * jump))
    feet = tuple((x, 190 * jump) for x, _ in made.feet)
    return replace(made, hands=hands, hips=(0.0, 60 - 230 * jump), feet=(feet[0], feet[1]), grips=("open", "open"))


def _cross(made: Pose, cue: Cue, broad: float) -> Pose:
    return replace(made, hands=((190.0, 960.0), (-190.0, 1000.0)), grips=("fist", "fist"))


# Where a held thing is carried: wrist of the right hand (in shares of the shoulders, and units), grip.
CARRIED: dict[str, tuple[float, float, str]] = {
    "phone": (0.46, 150.0, "hold"), "umbrella": (0.62, 880.0, "hold"), "lantern": (1.25, 930.0, "hold"),
    "book": (0.30, 1020.0, "hold"), "cup": (0.52, 900.0, "hold"), "letter": (0.34, 960.0, "hold"),
    "suitcase": (1.08, 1530.0, "fist"), "flowers": (0.40, 960.0, "hold"),
}  # fmt: skip


def _holding(made: Pose, held: str, broad: float, cue: Cue) -> Pose:
    wide, high, grip = CARRIED.get(held, CARRIED["cup"])
    at = (470 * broad * wide, high + 10 * slow(cue, 0.9, 4.0))
    left = made.hands[0]
    if held == "book" and made.grips[0] == "rest":
        left = (-470 * broad * 0.34, high + 30)
    return replace(made, hands=(left, at), grips=(made.grips[0], grip))


def _mix(a: Joint, b: Joint, share: float) -> Joint:
    return (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share)


def bend(a: Joint, c: Joint, lengths: tuple[float, float], side: float) -> tuple[Joint, Joint]:
    """Two bones from ``a`` towards ``c``: the joint between them and where the end comes to lie. ``side`` > 0 bends
    to the right of the line seen from ``a`` (image coordinates).
    """
    one, two = lengths
    dx, dy = c[0] - a[0], c[1] - a[1]
    far = min(max(hypot(dx, dy), abs(one - two) + 2.0), one + two - 2.0)
    angle = atan2(dy, dx)
    inner = acos(min(1.0, max(-1.0, (one * one + far * far - two * two) / (2 * one * far))))
    at = angle - inner if side > 0 else angle + inner
    joint = (a[0] + one * cos(at), a[1] + one * sin(at))
    return joint, (a[0] + far * cos(angle), a[1] + far * sin(angle))
