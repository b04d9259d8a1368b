"""Where the joints of a drawn body are in a pose: bent in space, then seen by a camera at the height of the eyes."""

from dataclasses import dataclass
from math import cos, pi, radians, sin

from generation_service.previs.brush import Point
from generation_service.previs.cast.build import TURNED, build_of
from generation_service.previs.cast.head import chin_y
from generation_service.previs.cast.looks import Look
from generation_service.previs.cast.pose import (
    ANKLE,
    FORE,
    HIP_Y,
    SHIN,
    SOLE,
    THIGH,
    UPPER,
    Joint,
    Pose,
    Space,
    bend,
)

Two = tuple[Joint, Joint]
# How far the camera is, in units: what of a leg comes nearer is seen lower.
CAMERA = 14000.0
# From the tip of a shoulder to its joint; from the side of the hips to theirs.
TIP, HIPS = 106.0, 0.44


@dataclass(frozen=True)
class Depths:
    """How far the joints are towards the viewer, in units."""

    shoulders: Joint
    elbows: Joint
    wrists: Joint
    hips: Joint
    knees: Joint
    ankles: Joint


@dataclass(frozen=True)
class Joints:
    """Where everything is on screen, in units below the head's own origin when standing; ``toes`` how each shoe is
    tipped (radians, above 0 the heel is up), ``aims`` where it points (-1 .. 1, 1 to the right), ``behind`` which arm
    lies behind the trunk.
    """

    shoulders: Two
    elbows: Two
    wrists: Two
    hips: Two
    knees: Two
    ankles: Two
    depths: Depths
    toes: Joint = (0.0, 0.0)
    aims: Joint = (0.0, 0.0)
    behind: tuple[bool, bool] = (False, False)


def joints_of(look: Look, pose: Pose) -> Joints:
    """The joints of a pose."""
    arms = [_arm(look, pose, k) for k in (0, 1)]
    legs = [_leg(look, pose, k) for k in (0, 1)]
    near = [(one[n][2], two[n][2]) for one, two in (arms, legs) for n in range(3)]
    shoulders, elbows, wrists = ((_flat(arms[0][n]), _flat(arms[1][n])) for n in range(3))
    hips, knees, ankles = ((_seen(legs[0][n]), _seen(legs[1][n])) for n in range(3))
    far = abs(pose.turn) > 0.6
    return Joints(
        shoulders, elbows, wrists, hips, knees, ankles, Depths(*near), pose.toes, pose.aims,
        (far and pose.turn < 0, far and pose.turn > 0),
    )  # fmt: skip


def _arm(look: Look, pose: Pose, k: int) -> tuple[Space, Space, Space]:
    side, body, yaw = 2 * k - 1, lean_of(pose), pose.turn * radians(TURNED) + pose.twist
    wide, y = build_of(look).tip - TIP, chin_y(look) + 256
    a = _chest(body, yaw, (side * wide, y, 0.0))
    goal = _chest(body, yaw, pose.hands[k])
    pole = _turned(yaw, pose.poles[k])
    return a, *bend(a, goal, (UPPER, FORE), pole)


def _leg(look: Look, pose: Pose, k: int) -> tuple[Space, Space, Space]:
    """Hip, knee and ankle; the hips are given as they are seen, the foot as it stands on the ground."""
    side, yaw = 2 * k - 1, pose.turn * radians(TURNED) * (1.35 if abs(pose.turn) > 0.6 else 1.0) - pose.twist
    wide = HIPS * build_of(look).half(HIP_Y - 60)
    x, _, z = _turned(yaw, (side * wide, 0.0, 0.0))
    seen = HIP_Y + pose.hips[1] + side * wide * sin(pose.roll)
    hip = (pose.hips[0] + x, seen / (1 + (z + pose.back) / CAMERA), z + pose.back)
    foot = (pose.feet[k][0], SOLE - ANKLE - pose.feet[k][1], pose.deep[k])
    aim = pose.aims[k] * pi / 2
    return hip, *bend(hip, foot, (THIGH, SHIN), (sin(aim), -0.6, cos(aim)))


def _turned(yaw: float, at: Space) -> Space:
    c, s = cos(yaw), sin(yaw)
    return (at[0] * c + at[2] * s, at[1], at[2] * c - at[0] * s)


def _chest(body: tuple[float, float, float, float], yaw: float, at: Space) -> Space:
    """A point of the trunk's own space where lean and turn have it."""
    x, y, z = _turned(yaw, at)
    return (*through(body, (x, y)), z)


def _flat(at: Space) -> Joint:
    return (at[0], at[1])


def _seen(at: Space) -> Joint:
    return (at[0], at[1] * (1 + at[2] / CAMERA))


def lean_of(pose: Pose) -> tuple[float, float, float, float]:
    """Cosine and sine of the lean and the trunk's shift; the trunk turns about the hips."""
    return cos(pose.lean), sin(pose.lean), pose.hips[0], pose.hips[1]


def through(body: tuple[float, float, float, float], at: Point) -> Joint:
    """A point of the upright body where the lean has it."""
    c, s, dx, dy = body
    x, y = at[0], at[1] - HIP_Y
    return (x * c - y * s + dx, x * s + y * c + dy + HIP_Y)
