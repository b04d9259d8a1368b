"""What the body of somebody in a shot does from moment to moment: their deed, their hands while they speak, how they
heed others, and how far they have gone. It draws nothing.
"""

import re
from dataclasses import replace

import numpy as np

from generation_service.contract.shots import Line, Shot
from generation_service.previs.blocking import Part
from generation_service.previs.carried import posed
from generation_service.previs.cast.gestures import gestures_at, strokes
from generation_service.previs.cast.pose import Cue, Pose, ease
from generation_service.previs.cast.rig import GAITS, pose_of, travelled
from generation_service.previs.portrait.motion import Spoken, stressed

# From how long before a line the body is with it, and how long after its hands may still be coming down.
BEFORE_S, AFTER_S = 0.2, 0.9
ON_THE_SPOT = re.compile(
    r"\bon the spot\b|\b(?:run\w*|jog\w*|walk\w*|march\w*) in place\b|\btreadmill\b", re.IGNORECASE
)


def deed_of(part: Part) -> str:
    """What a part's body does: who sits at a table has the hands on it, who sits on the ground draws the knees up, who
    lies without a bed lies on the ground.
    """
    if part.deed == "sit":
        return "table" if part.at_table else "ground" if part.seat == "ground" else "sit"
    if part.deed == "lie":
        return "lie" if part.seat in {"", "bed"} and not part.character.face else "fallen"
    return part.deed


class Acting:
    """The poses of one part over a shot. ``turn`` is how the body faces, ``broad`` its shoulders' factor; who is seen
    from behind (``behind``) turns no further.
    """

    def __init__(self, part: Part, shot: Shot, *, turn: float, broad: float, behind: bool) -> None:
        self.deed = deed_of(part)
        self._part, self._shot, self._turn, self._broad, self._behind = part, shot, turn, broad, behind
        name = part.character.name
        self._lines = [line for line in shot.lines if line.character == name]
        self._heard = [line for line in shot.lines if line.character != name]
        self._strokes = [stroke for line in self._lines for stroke in _strokes_of(line)]
        self._phase = sum(name.encode()) % 97 / 97

    def pose(self, index: int) -> Pose:
        """The pose of a frame but for what the face's track does to the head."""
        t, part = self._at(index), self._part
        way = self._turn if not self._behind else part.way * 0.3
        pose = pose_of(self.deed, posed(part.held), way, self._cue(t), broad=self._broad)
        return replace(pose, turn=0.0) if self._behind and self.deed not in GAITS else pose

    def gone(self, index: int) -> float:
        """How far they have gone to the right by a frame, in units; 0 in the middle of the shot."""
        if self.deed in GAITS and ON_THE_SPOT.search(self._shot.action):
            return 0.0
        way = 1.0 if self._part.way >= 0 else -1.0
        middle = self._shot.frames / self._shot.fps / 2
        return way * (travelled(self.deed, self._at(index)) - travelled(self.deed, middle))

    def _at(self, index: int) -> float:
        return (index + 0.5) / self._shot.fps

    def _cue(self, t: float) -> Cue:
        cue = Cue(t, phase=self._phase, heed=self._heed(t))
        for line in self._lines:
            end = line.start_s + line.seconds
            if line.start_s - BEFORE_S <= t <= end + AFTER_S:
                gate = min(1.0, (t - line.start_s + BEFORE_S) / 0.35, (end + 0.25 - t) / 0.35)
                hands = gestures_at(self._strokes, t)
                return replace(
                    cue, talk=ease(gate), beat=_beat(line, t), emotion=line.style.emotion, gestures=hands, heed=0.0
                )
        return cue

    def _heed(self, t: float) -> float:
        """How much they listen to somebody else's line: 0..1, coming late and going slowly."""
        shares = [
            min((t - one.start_s - 0.3) / 0.7, (one.start_s + one.seconds + AFTER_S - t) / 0.7) for one in self._heard
        ]
        return ease(max(shares, default=0.0))


def _strokes_of(line: Line) -> list[tuple[float, str]]:
    """The gestures of a line, on its stressed words."""
    spoken = Spoken(line.start_s, line.seconds, line.phonemes, line.words, line.style.emotion)
    return strokes(stressed(spoken), line.style.emotion, line.character)


def _beat(line: Line, t: float) -> float:
    """Stress 0..1 at ``t``: a short stroke on each longer word."""
    strength = 0.0
    for word in line.words:
        if len(word.text) > 3:
            since = t - line.start_s - word.start_s
            strength = max(strength, float(np.exp(-0.5 * ((since - 0.09) / 0.09) ** 2)))
    return strength
