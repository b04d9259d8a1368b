"""How people walk and run: contact, down, passing, up. A foot that carries does not slide: its heel, then its sole,
then its ball stays where it is while the body goes on.
"""

from dataclasses import dataclass
from math import cos, pi, sin

from generation_service.previs.cast.pose import ANKLE, FORE, SHOULDER_Y, UPPER, Cue, Joint, Pose, Space, curve, cycle

# Seconds for two steps, share of it on the ground, speed in units a second, lift of the foot.
GAITS = {"walk": (1.06, 0.60, 2050.0, 190.0), "run": (0.68, 0.36, 5200.0, 760.0)}
# From the ankle to the heel and to the ball of the foot.
HEEL, BALL = 80.0, 200.0
APART = 72.0


@dataclass(frozen=True)
class _Stride:
    """One leg's part of a gait: ``ahead`` where the foot lands; until phase ``flat`` it rolls down from the heel, from
    ``rise`` on it rolls over the ball; angles in radians; lifts and tips over the way through the air (0..1).
    """

    ahead: float
    strike: float
    flat: float
    rise: float
    push: float
    lifts: tuple[Joint, ...]
    tips: tuple[Joint, ...]
    slopes: Joint


STRIDES = {
    "walk": _Stride(
        545.0, 0.36, 0.09, 0.33, 0.66, ((0.22, 205.0), (0.55, 92.0), (0.82, 74.0)),
        ((0.16, 0.80), (0.52, 0.20), (0.84, -0.36)), (-260.0, -190.0),
    ),
    "run": _Stride(
        500.0, 0.0, 0.0, 0.20, 0.78, ((0.16, 420.0), (0.40, 800.0), (0.66, 430.0), (0.90, 110.0)),
        ((0.14, 1.15), (0.42, 1.30), (0.70, 0.25), (0.92, -0.12)), (-900.0, -700.0),
    ),
}  # fmt: skip
# How the hips sink and rise over one step: lowest just after a foot has landed, highest as the legs pass.
BOB = {
    "walk": ((0.0, 40.0), (0.20, 56.0), (0.62, -16.0), (0.84, 4.0)),
    "run": ((0.0, 66.0), (0.34, 150.0), (0.74, 20.0), (0.88, -6.0)),
}


def travelled(deed: str, t: float) -> float:
    """How far somebody has gone after ``t`` seconds, in units."""
    return GAITS[deed][2] * t if deed in GAITS else 0.0


def gait(deed: str, way: float, cue: Cue, broad: float) -> Pose:
    """A moment of walking or running towards ``way`` (-1, 1). The phase comes from time alone, the travel from
    :func:`travelled`, so that both agree.
    """
    run = deed == "run"
    phase = (cue.t / GAITS[deed][0] + cue.phase) % 1.0
    steps = [_step(deed, (phase + k) % 1.0) for k in (0.0, 0.5)]
    bob = cycle(BOB[deed], 2 * phase)
    arms = [_arm(deed, phase + k, side, broad) for k, side in ((0.0, -1), (0.5, 1))]
    turned = cos(2 * pi * (phase + 0.5 - 0.02))
    step = cos(4 * pi * (phase - (0.17 if run else 0.10)))
    return Pose(
        turn=way, hips=(way * (10 if run else 6) * step, bob),
        lean=way * (0.19 + 0.02 * step if run else 0.035 + 0.008 * step),
        head=(way * (-0.07 if run else 0.0) + way * 0.012 * step, way * (16 if run else 6), -0.16 * bob + 2 * step),
        hands=(arms[0], arms[1]), feet=tuple((way * x, high) for x, high, _ in steps),  # type: ignore[arg-type]
        grips=("fist", "fist") if run else ("rest", "rest"), deep=(way * APART, -way * APART),
        toes=(steps[0][2], steps[1][2]), aims=(way, way), twist=(0.26 if run else 0.15) * turned,
        poles=((-0.25, 0.25, -0.95), (0.25, 0.25, -0.95)),
    )  # fmt: skip


def _step(deed: str, phase: float) -> tuple[float, float, float]:
    """One foot relative to the body, going to the right: how far ahead its ankle is, how high, and how it is tipped."""
    period, ground, speed, _ = GAITS[deed]
    stride, one = speed * period, STRIDES[deed]
    if phase < ground:
        at = one.ahead - stride * phase
        if phase < one.flat:
            return _tipped(at, -one.strike * (1 - phase / one.flat) ** 1.5)
        up = max(0.0, (phase - one.rise) / (ground - one.rise))
        return _tipped(at, one.push * up**1.7)
    u = (phase - ground) / (1 - ground)
    x0, high0, tip0 = _tipped(one.ahead - stride * ground, one.push)
    x1, high1, tip1 = _tipped(one.ahead, -one.strike)
    a, b = one.slopes
    x = (
        x0 * (1 + 2 * u) * (1 - u) ** 2 + a * u * (1 - u) ** 2
        + x1 * u * u * (3 - 2 * u) + b * u * u * (u - 1)
    )  # fmt: skip
    high = curve([(0.0, high0), *one.lifts, (1.0, high1)], u)
    return x, high, curve([(0.0, tip0), *one.tips, (1.0, tip1)], u)


def _tipped(at: float, tip: float) -> tuple[float, float, float]:
    """A foot whose sole would lie under ``at``, tipped over its ball (``tip`` above 0) or back on its heel."""
    if tip == 0.0:
        return at, 0.0, 0.0
    c, s = cos(tip), sin(tip)
    arm = BALL if tip > 0 else -HEEL
    return at + arm - arm * c + ANKLE * s, arm * s + ANKLE * c - ANKLE, tip


def _arm(deed: str, phase: float, side: int, broad: float) -> Space:
    """The wrist of an arm that swings against its own leg, the forearm a little late."""
    at = 2 * pi * phase
    if deed == "run":
        upper, fold = -0.18 - 0.72 * cos(at), 1.55 - 0.28 * cos(at - 0.5)
    else:
        upper, fold = -0.06 - 0.37 * cos(at), 0.30 - 0.20 * cos(at - 0.7)
    wide = 470 * broad - 106
    out = 40.0 if deed == "walk" else -60.0 - 60.0 * cos(at)
    return (
        side * (wide + out),
        SHOULDER_Y + UPPER * cos(upper) + FORE * cos(upper + fold) - 6,
        UPPER * sin(upper) + FORE * sin(upper + fold),
    )
