"""How a deed becomes a pose at a moment. It draws nothing; the movements are in ``gaits``, ``stances``, ``gestures``,
``deeds`` and ``resting``.
"""

from dataclasses import replace

from generation_service.previs.cast.deeds import ACTING
from generation_service.previs.cast.gaits import GAITS, gait, travelled
from generation_service.previs.cast.gestures import gestured
from generation_service.previs.cast.pose import (
    ANKLE,
    FORE,
    HIP_Y,
    PERSON,
    SEAT,
    SHIN,
    SOLE,
    THIGH,
    UPPER,
    Cue,
    Joint,
    Pose,
    bend,
)
from generation_service.previs.cast.resting import AT_TABLE, LYING, ON_SEAT, RESTING, at_table
from generation_service.previs.cast.stances import holding, standing

__all__ = [
    "ANKLE", "FORE", "GAITS", "HIP_Y", "LYING", "ON_SEAT", "PERSON", "SEAT", "SHIN", "SOLE", "THIGH", "UPPER", "Cue",
    "Joint", "Pose", "bend", "facing", "gait", "pose_of", "travelled",
]  # fmt: skip

# Deeds that use the hand that else would hold a thing, and those whose hands speak all the same.
TAKEN = {"toast", "drink", "dance", "clap", "cheer", "hug", "cook", "work", "push", "type", "write", "drive", "board"}
SPEAKING = {"nod", "laugh", "shrug"}
# Deeds seen from the side.
SIDEWAYS = {"kneel", "push"}


def facing(deed: str, way: float, aside: float) -> float:
    """How far a body is turned for a deed by somebody who looks to ``way``; who looks to the camera turns a little to
    ``aside`` when sitting, and wholly for what is only seen from the side.
    """
    if deed in GAITS or deed in SIDEWAYS:
        return 1.0 if (way or aside) >= 0 else -1.0
    if deed in LYING:
        return 0.0
    if deed in ON_SEAT and way == 0.0:
        return 0.26 * aside
    return way


def pose_of(deed: str, held: str, way: float, cue: Cue, *, broad: float = 1.0) -> Pose:
    """The pose of a deed. ``way`` is where they face, ``broad`` their shoulders' factor."""
    if deed in GAITS:
        made = gait(deed, 1.0 if way >= 0 else -1.0, cue, broad)
        return holding(made, held, broad, cue, mute=False) if held else made
    made = RESTING[deed](way, cue, broad) if deed in RESTING else standing(way, cue, broad, busy=not held)
    if deed in AT_TABLE:
        made = at_table(deed, made, cue, broad)
    if held and deed not in TAKEN:
        made = holding(made, held, broad, cue, mute=deed not in {"talk", "listen"} and cue.talk == 0)
    acting = ACTING.get(deed)
    if acting is None or deed in SPEAKING:
        spoken = gestured(made, cue, broad)
        made = _kept(made, spoken) if held == "phone" and deed not in TAKEN else spoken
    return acting(made, cue, broad) if acting else made


def _kept(before: Pose, after: Pose) -> Pose:
    """The later pose with the holding hand as it was: who telephones speaks with the other."""
    k, hands, grips, poles = before.holder, list(after.hands), list(after.grips), list(after.poles)
    hands[k], grips[k], poles[k] = before.hands[k], before.grips[k], before.poles[k]
    return replace(after, hands=(hands[0], hands[1]), grips=(grips[0], grips[1]), poles=(poles[0], poles[1]))
