"""How a person behaves over a shot: speech on the lips, blinks, gaze, brows, small movements of head and chest.

Everything is a function of the shot's seed, its timed lines and its frame count; two renderings move alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audio_service.contract.speech import Timed
from generation_service.previs.portrait.basis import NAMES
from generation_service.previs.visemes import mouth_track

Curve = NDArray[np.float64]
# Resting expression for each emotion of a line's style, by basis name.
EXPRESSIONS: dict[str, dict[str, float]] = {
    "neutral": {},
    "warm": {"smile": 0.55, "squint": 0.5, "brow_up": 0.12},
    "sad": {"frown": 0.55, "brow_sad": 0.75, "squint": 0.15},
    "angry": {"brow_in": 0.95, "frown": 0.30, "squint": 0.55},
    "excited": {"smile": 0.45, "brow_up": 0.65},
    "whisper": {"brow_in": 0.25, "squint": 0.3},
    "afraid": {"brow_sad": 0.85, "brow_up": 0.55, "frown": 0.2},
}
VIGOUR = {"neutral": 1.0, "warm": 1.0, "sad": 0.85, "angry": 1.14, "excited": 1.15, "whisper": 0.78, "afraid": 0.95}


@dataclass(frozen=True)
class Spoken:
    """One line as the face sees it: when it starts in the shot, its sounds and words, its emotion."""

    start_s: float
    seconds: float
    phonemes: Sequence[Timed]
    words: Sequence[Timed]
    emotion: str = "neutral"


@dataclass(frozen=True)
class Track:
    """Per frame: ``weights`` (f, 14) of the bases, ``blink`` 0..1, ``gaze`` (f, 2) in eye widths, ``head`` (f, 6):
    roll (rad), shift x, shift y (head heights), breath, lean (head heights), unused.
    """

    weights: NDArray[np.float32]
    blink: NDArray[np.float32]
    gaze: NDArray[np.float32]
    head: NDArray[np.float32]


def act(lines: Sequence[Spoken], frames: int, fps: float, seed: int) -> Track:
    """The whole performance of one person; without lines they listen."""
    rng = np.random.default_rng(seed)
    at: Curve = (np.arange(frames, dtype=np.float64) + 0.5) / fps
    weights = np.zeros((frames, len(NAMES)))
    _speak(weights, lines, frames, fps)
    talk = _talking(lines, at)
    mood = _mood(lines, at)
    for name, values in mood.items():
        weights[:, NAMES.index(name)] += values
    weights[:, NAMES.index("smile")] *= 1 - 0.45 * np.clip(weights[:, NAMES.index("round")], 0, 1)
    energy: Curve = 0.55 + 0.75 * talk
    drift = np.stack([_wander(rng, frames, fps, tau) for tau in (0.9, 1.1, 1.3, 1.0, 1.7, 0.8)], axis=1)
    nod = _accents(lines, at, rng)
    weights[:, NAMES.index("yaw")] = 0.045 * drift[:, 0] * energy
    weights[:, NAMES.index("pitch")] = 0.026 * drift[:, 1] * energy + 0.050 * nod
    lift = 0.55 * _accents(lines, at, rng, every=3)
    weights[:, NAMES.index("brow_up")] += 0.10 * np.maximum(drift[:, 5], 0) * energy + lift
    head = np.zeros((frames, 6))
    head[:, 0] = 0.016 * drift[:, 2] * energy
    head[:, 1] = 0.017 * drift[:, 0] * energy
    head[:, 2] = 0.011 * drift[:, 3] * energy + 0.016 * nod
    head[:, 3] = 0.0045 * np.sin(2 * np.pi * (at / 3.7 + rng.random()))
    head[:, 4] = 0.010 * drift[:, 4]
    return Track(weights.astype(np.float32), _blinks(lines, at, rng), _gaze(at, rng), head.astype(np.float32))


def _speak(weights: NDArray[np.float64], lines: Sequence[Spoken], frames: int, fps: float) -> None:
    for line in lines:
        mouth = mouth_track([(line.start_s, line.phonemes)], frames, fps, vigour=VIGOUR.get(line.emotion, 1.0))
        for k, name in enumerate(("jaw", "wide", "round", "upper", "press", "tuck")):
            weights[:, NAMES.index(name)] = np.maximum(weights[:, NAMES.index(name)], mouth[:, k])


def _talking(lines: Sequence[Spoken], at: NDArray[np.float64]) -> NDArray[np.float64]:
    talk = np.zeros(len(at))
    for line in lines:
        talk = np.maximum(talk, _gate(at, line.start_s, line.start_s + line.seconds, 0.25))
    return talk


def _gate(at: NDArray[np.float64], begin: float, end: float, ramp: float) -> NDArray[np.float64]:
    """1 between begin and end, with smooth shoulders of ``ramp`` seconds."""
    t = np.clip(np.minimum((at - begin) / ramp + 1, (end - at) / ramp + 1), 0, 1)
    gate: NDArray[np.float64] = t * t * (3 - 2 * t)
    return gate


def _mood(lines: Sequence[Spoken], at: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    total: dict[str, NDArray[np.float64]] = {}
    for line in lines:
        gate = _gate(at, line.start_s - 0.2, line.start_s + line.seconds + 0.6, 0.5)
        for name, share in EXPRESSIONS.get(line.emotion, {}).items():
            total[name] = np.maximum(total.get(name, np.zeros(len(at))), share * gate)
    return total


def _wander(rng: np.random.Generator, frames: int, fps: float, tau: float) -> NDArray[np.float64]:
    """Smooth noise of unit spread: white noise under a gaussian of ``tau`` seconds."""
    sigma = max(tau * fps / 2, 1.0)
    reach = int(3 * sigma)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    kernel /= np.sqrt((kernel**2).sum())
    noise: NDArray[np.float64] = np.convolve(rng.normal(0, 1, frames + 2 * reach), kernel, mode="valid")
    return np.clip(noise, -2.2, 2.2)


def _accents(
    lines: Sequence[Spoken], at: NDArray[np.float64], rng: np.random.Generator, *, every: int = 2
) -> NDArray[np.float64]:
    """Short nods on longer words: 1 at the peak."""
    total = np.zeros(len(at))
    for line in lines:
        long_words = [word for word in line.words if len(word.text) > 3]
        for word in long_words[:: max(1, every)]:
            peak = line.start_s + word.start_s + 0.09
            total += float(rng.uniform(0.5, 1.0)) * np.exp(-0.5 * ((at - peak) / 0.10) ** 2)
    return np.clip(total, 0, 1.2)


def _blinks(lines: Sequence[Spoken], at: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float32]:
    """Lid closure: 70 ms down, 130 ms up, every 2 to 5 s and shortly after a line ends."""
    seconds = float(at[-1]) + 0.1
    times = [line.start_s + line.seconds + 0.12 for line in lines]
    clock = float(rng.uniform(0.5, 1.8))
    while clock < seconds:
        if all(abs(clock - other) > 0.7 for other in times):
            times.append(clock)
        clock += float(rng.uniform(2.0, 4.6))
    closure = np.zeros(len(at))
    for time in times:
        t = at - time
        down, up = np.clip(1 + t / 0.075, 0, 1), np.clip(1 - (t - 0.035) / 0.14, 0, 1)
        lid = np.where(t < 0, down, up)
        closure = np.maximum(closure, lid * lid * (3 - 2 * lid))
    return closure.astype(np.float32)


def _gaze(at: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float32]:
    """Fixations of 0.6 to 2.2 s, jumps of 40 ms; (f, 2) in eye widths, mostly at the lens."""
    gaze = np.zeros((len(at), 2))
    clock, here = 0.0, np.zeros(2)
    while clock < float(at[-1]):
        stay = float(rng.uniform(0.6, 2.2))
        there = np.array([rng.normal(0, 0.045), rng.normal(0, 0.014)]) if rng.random() < 0.6 else np.zeros(2)
        there = np.clip(there, (-0.10, -0.03), (0.10, 0.03))
        jump = np.clip((at - clock) / 0.05, 0, 1)[:, None]
        gaze = np.where((at >= clock)[:, None], here * (1 - jump) + there * jump, gaze)
        clock, here = clock + stay, there
    return gaze.astype(np.float32)
