"""Where the joints of a drawn body are in a pose: shoulders, elbows, hands, hips, knees, feet, and its lean."""

from dataclasses import dataclass
from math import cos, hypot, sin

from generation_service.previs.brush import Point
from generation_service.previs.cast.head import chin_y
from generation_service.previs.cast.looks import Look
from generation_service.previs.cast.rig import ANKLE, FORE, HIP_Y, SHIN, SOLE, THIGH, UPPER, Joint, Pose, bend


@dataclass(frozen=True)
class Joints:
    """Where everything is, in units below the head's own origin when standing."""

    shoulders: tuple[Joint, Joint]
    elbows: tuple[Joint, Joint]
    wrists: tuple[Joint, Joint]
    hips: tuple[Joint, Joint]
    knees: tuple[Joint, Joint]
    ankles: tuple[Joint, Joint]


def joints_of(look: Look, pose: Pose) -> Joints:
    """The joints of a pose."""
    side_on = min(1.0, abs(pose.turn))
    body = lean_of(pose)
    wide = (470 * look.shoulders - 106) * (1 - 0.62 * side_on)
    y = chin_y(look) + 256
    shoulders, elbows, wrists = [], [], []
    for k, side in enumerate((-1, 1)):
        a = through(body, (side * wide, y))
        goal = through(body, pose.hands[k])
        elbow, wrist = bend(a, goal, (UPPER, FORE), _elbow(pose.turn, side, a, goal))
        shoulders.append(a)
        elbows.append(elbow)
        wrists.append(wrist)
    hips, knees, ankles = [], [], []
    for k, side in enumerate((-1, 1)):
        hip = (pose.hips[0] + side * 118 * look.shoulders * (1 - 0.7 * side_on), HIP_Y + pose.hips[1])
        foot = (pose.feet[k][0], SOLE - ANKLE - pose.feet[k][1])
        if pose.seated:
            knee, ankle = (side * 235.0, hip[1] + 190), (side * 220.0, foot[1])
        elif side_on > 0.6:
            knee, ankle = bend(hip, foot, (THIGH, SHIN), pose.turn)
        else:  # knees that bend towards the viewer stay on the line from hip to foot
            knee, ankle = (hip[0] * 0.48 + foot[0] * 0.52 + side * 10, hip[1] * 0.49 + foot[1] * 0.51), foot
        hips.append(hip)
        knees.append(knee)
        ankles.append(ankle)
    return Joints(*((pair[0], pair[1]) for pair in (shoulders, elbows, wrists, hips, knees, ankles)))


def _elbow(turn: float, side: int, shoulder: Joint, hand: Joint) -> float:
    """To which side an elbow bends: behind the body of somebody seen from the side, else outwards, and down where the
    hand is far out or raised.
    """
    if abs(turn) > 0.6:
        way = -1.0 if turn > 0 else 1.0
        return way if hand[1] > shoulder[1] - 150 else -way
    apart = hypot(hand[0] - shoulder[0], hand[1] - shoulder[1])
    far = ((hand[0] - shoulder[0]) * side > 140 and apart > 640) or hand[1] < shoulder[1] + 40
    return -float(side) if far else float(side)


def lean_of(pose: Pose) -> tuple[float, float, float, float]:
    """Cosine and sine of the lean and the trunk's shift; the trunk turns about the hips."""
    return cos(pose.lean), sin(pose.lean), pose.hips[0], pose.hips[1]


def through(body: tuple[float, float, float, float], at: Point) -> Joint:
    """A point of the upright body where the lean has it."""
    c, s, dx, dy = body
    x, y = at[0], at[1] - HIP_Y
    return (x * c - y * s + dx, x * s + y * c + dy + HIP_Y)
