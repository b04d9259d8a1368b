"""Bearing and eyes: what an emotion does to face, head and lids; where the eyes go; when they blink."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from audio_service.contract.speech import Timed

Curve = NDArray[np.float64]
Line = tuple[float, float, str, Sequence[Timed]]


@dataclass(frozen=True)
class Bearing:
    """One emotion: ``face`` by basis name; ``vigour`` scales the mouth, ``vigour_head`` nods and sway; ``lids`` lowers
    (or, below 0, widens) the eyes; ``blink_s`` is the mean time between blinks; ``bow`` (rad) lowers the head, ``tilt``
    (rad) leans it; ``tremor`` 0..1; ``look`` (x, y in eye widths) is where the eyes like to be beside the lens.
    """

    face: Mapping[str, float] = field(default_factory=dict)
    vigour: float = 1.0
    vigour_head: float = 1.0
    lids: float = 0.0
    blink_s: float = 3.4
    bow: float = 0.0
    tilt: float = 0.0
    tremor: float = 0.0
    look: tuple[float, float] = (0.0, 0.0)


BEARINGS: dict[str, Bearing] = {
    "neutral": Bearing(),
    "warm": Bearing({"smile": 0.55, "squint": 0.45, "brow_up": 0.14}, lids=0.05, blink_s=3.2, tilt=0.030),
    "sad": Bearing(
        {"frown": 0.60, "brow_sad": 0.85, "squint": 0.15}, 0.84, 0.65, lids=0.16, blink_s=4.4, bow=0.055, tilt=-0.025,
        look=(-0.02, 0.040),
    ),
    "angry": Bearing(
        {"brow_in": 1.0, "frown": 0.50, "squint": 0.60, "press": 0.12}, 1.14, 1.25, lids=0.03, blink_s=5.5, bow=0.035
    ),
    "excited": Bearing(
        {"smile": 0.75, "brow_up": 0.60, "squint": 0.25}, 1.16, 1.35, lids=-0.12, blink_s=2.4, bow=-0.02
    ),
    "whisper": Bearing({"brow_in": 0.22, "squint": 0.30}, 0.76, 0.65, lids=0.06, blink_s=3.8, bow=0.02, tilt=0.02),
    "afraid": Bearing(
        {"brow_sad": 0.90, "brow_up": 0.60, "frown": 0.22, "wide": 0.12}, 0.95, 0.9, lids=-0.16, blink_s=1.9,
        bow=-0.015, tremor=1.0,
    ),
    "shout": Bearing({"brow_in": 0.75, "squint": 0.30, "upper": 0.12}, 1.30, 1.45, lids=-0.05, blink_s=4.5, bow=-0.02),
    "sarcastic": Bearing(
        {"smirk": 0.75, "arch": 0.80, "squint": 0.30}, 0.98, 0.9, lids=0.14, blink_s=3.6, tilt=-0.045, look=(0.03, 0.0)
    ),
    "weary": Bearing({"frown": 0.28, "brow_sad": 0.35}, 0.80, 0.55, lids=0.27, blink_s=2.6, bow=0.045, look=(0, 0.03)),
}  # fmt: skip


def bearing_of(emotion: str) -> Bearing:
    """The bearing of an emotion; an unknown one is neutral."""
    return BEARINGS.get(emotion, BEARINGS["neutral"])


def gate(at: Curve, begin: float, end: float, ramp: float) -> Curve:
    """1 between begin and end, with smooth shoulders of ``ramp`` seconds."""
    t = np.clip(np.minimum((at - begin) / ramp + 1, (end - at) / ramp + 1), 0, 1)
    shape: Curve = t * t * (3 - 2 * t)
    return shape


def gaze(
    at: Curve, rng: np.random.Generator, lines: Sequence[tuple[float, float, str]], aside: Curve
) -> NDArray[np.float64]:
    """Fixations of 0.5 to 2.2 s joined by saccades of 40 ms; (f, 2) in eye widths. Mostly at the lens; away at the
    start of a line, as people do who think of words; towards ``aside`` (-1..1 per frame) when another one speaks.
    """
    out = np.zeros((len(at), 2))
    clock, here = 0.0, np.zeros(2)
    end = float(at[-1]) if len(at) else 0.0
    while clock < end:
        emotion = next((e for start, long, e in lines if start - 0.2 <= clock <= start + long + 0.5), "neutral")
        begins = any(abs(clock - start) < 0.35 for start, _, _ in lines)
        nervous = 0.55 if emotion == "afraid" else 1.0
        stay = float(rng.uniform(0.5, 2.2)) * nervous
        there = np.array(bearing_of(emotion).look)
        if rng.random() < (0.75 if begins else 0.5):
            there = there + np.array([rng.normal(0, 0.060), rng.normal(0, 0.016)])
        there[0] += 0.13 * float(aside[min(len(at) - 1, int(np.searchsorted(at, clock + 0.2)))])
        there = np.clip(there, (-0.17, -0.035), (0.17, 0.055))
        jump = np.clip((at - clock) / (0.030 + 0.25 * float(np.abs(there - here).max())), 0, 1)[:, None]
        out = np.where((at >= clock)[:, None], here * (1 - jump) + there * jump, out)
        clock, here = clock + stay, there
    return out


def lids(at: Curve, rng: np.random.Generator, eyes: NDArray[np.float64], lines: Sequence[Line]) -> Curve:
    """Lowering of the lids over time: the emotion's bearing plus blinks: 55 ms down, 20 ms shut, 90 ms up."""
    base = np.zeros(len(at))
    for start, long, emotion, _ in lines:
        shape = gate(at, start - 0.2, start + long + 0.6, 0.4)
        base = np.where(np.abs(base) > np.abs(bearing_of(emotion).lids * shape), base, bearing_of(emotion).lids * shape)
    shut = np.zeros(len(at))
    for time in _blink_times(at, rng, eyes, lines):
        t = at - time
        down, up = np.clip(1 + t / 0.055, 0, 1), np.clip(1 - (t - 0.020) / 0.090, 0, 1)
        lid = np.where(t < 0, down, up)
        shut = np.maximum(shut, lid * lid * (3 - 2 * lid))
    out: Curve = base * (1 - shut) + shut
    return out


def _blink_times(at: Curve, rng: np.random.Generator, eyes: NDArray[np.float64], lines: Sequence[Line]) -> list[float]:
    """After a line, in the pauses between its phrases, with large jumps of the eyes, and at the emotion's own pace."""
    seconds = float(at[-1]) + 0.1 if len(at) else 0.0
    times = [start + long + 0.12 for start, long, _, _ in lines]
    for start, _, _, words in lines:
        pauses = [b.start_s - 0.03 for a, b in pairwise(words) if b.start_s - a.end_s > 0.16]
        _spaced(times, [start + pause for pause in pauses if rng.random() < 0.6])
    jumps = np.flatnonzero(np.abs(np.diff(eyes[:, 0])) > 0.06)
    _spaced(times, [float(at[k]) for k in jumps if rng.random() < 0.6])
    clock = float(rng.uniform(0.6, 1.9))
    while clock < seconds:
        emotion = next((e for start, long, e, _ in lines if start <= clock <= start + long), "neutral")
        _spaced(times, [clock])
        clock += bearing_of(emotion).blink_s * float(rng.uniform(0.55, 1.45))
    return times


def _spaced(times: list[float], more: Sequence[float], apart: float = 0.8) -> None:
    times.extend(time for time in more if all(abs(time - other) > apart for other in times))
