"""When things happen in a shot and in the film, in seconds and whole frames. Before speech estimated, after it exact.

A shot leads in before its first line, leaves a gap between lines and a tail after the last; its length is rounded up
to whole frames, and the film is the sum of its shots: a dissolve or fade shortens nothing.
"""

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction

from audio_service.contract.speech import SpeechTiming
from generation_service.contract.shots import Line, Shot
from generation_service.domain.delivery import pause_before

LEAD_S = 0.25
GAP_S = 0.35
TAIL_S = 0.45
MIN_SHOT_S = 2.0


def lay_out(lines: Sequence[Line], seconds: Sequence[float]) -> tuple[tuple[float, ...], float]:
    """Start of each line in the shot, and when the shot may end. Both in seconds from the start of the shot. Dual lines
    begin with the turn before them and follow one another.
    """
    starts: list[float] = []
    turn = at = end = LEAD_S
    before: Line | None = None
    for line, length in zip(lines, seconds, strict=True):
        if before is None or (before.character, before.dual) != (line.character, line.dual):
            at, turn = (turn, turn) if line.dual else (end, end)
        at += pause_before(line.parenthetical)
        starts.append(round(at, 6))
        at += length + GAP_S
        before, end = line, max(end, at)
    return tuple(starts), (end - GAP_S + TAIL_S if lines else 0.0)


def frames_for(seconds: float, fps: int) -> int:
    """Whole frames that hold ``seconds``: rounded up, with a thousandth of a frame forgiven."""
    return max(1, math.ceil(seconds * fps - 1e-3))


def fix_shot(shot: Shot, spoken: Mapping[int, SpeechTiming], at_least_s: float = MIN_SHOT_S) -> Shot:
    """The shot with its lines placed and its frames fixed, ``at_least_s`` long.

    ``spoken`` holds the timing of every line by its index. Words and phonemes stay relative to their own line.
    """
    lengths = [spoken[line.index].seconds for line in shot.lines]
    starts, end = lay_out(shot.lines, lengths)
    lines = tuple(
        line.model_copy(
            update={
                "start_s": start,
                "seconds": spoken[line.index].seconds,
                "words": spoken[line.index].words,
                "phonemes": spoken[line.index].phonemes,
            }
        )
        for line, start in zip(shot.lines, starts, strict=True)
    )
    wanted = max(at_least_s, MIN_SHOT_S, end)
    return shot.model_copy(update={"lines": lines, "frames": frames_for(wanted, shot.fps)})


def starts_of(shots: Sequence[Shot]) -> tuple[Fraction, ...]:
    """Exact start of each shot in the film, in seconds."""
    starts, frames = [], 0
    for shot in shots:
        starts.append(Fraction(frames, shot.fps))
        frames += shot.frames
    return tuple(starts)


def film_seconds(shots: Sequence[Shot]) -> float:
    """Exact length of the film in seconds: whole frames over the frame rate."""
    return float(Fraction(sum(shot.frames for shot in shots), shots[0].fps))
