"""Lips from sound: IPA phonemes with times to mouth shapes per frame.

A step function of viseme targets is smoothed by a gaussian (coarticulation), the mouth runs 30 ms ahead of the sound,
and the lips are forced shut for p, b and m, whatever the neighbours want.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from audio_service.contract.speech import Timed

SHAPES = ("jaw", "wide", "round", "upper", "press", "tuck")
LEAD_S = 0.030
SIGMA_S = (0.042, 0.050, 0.055, 0.042, 0.030, 0.030)
STEP_S = 0.005
CLOSURE_RAMP_S = 0.035

# jaw, wide, round, upper lip, press, lower lip under the teeth; 0..1
VISEMES: dict[str, tuple[float, ...]] = {
    "a": (0.88, 0.25, 0.0, 0.25, 0, 0), "ɑ": (0.92, 0.05, 0.10, 0.18, 0, 0), "æ": (0.82, 0.40, 0.0, 0.35, 0, 0),
    "ɐ": (0.62, 0.15, 0.0, 0.18, 0, 0), "ʌ": (0.62, 0.10, 0.0, 0.18, 0, 0), "ə": (0.34, 0.10, 0.0, 0.10, 0, 0),
    "ɚ": (0.32, 0.0, 0.30, 0.12, 0, 0), "ɜ": (0.42, 0.0, 0.25, 0.12, 0, 0), "e": (0.46, 0.50, 0.0, 0.22, 0, 0),
    "ɛ": (0.56, 0.35, 0.0, 0.26, 0, 0), "ɪ": (0.32, 0.45, 0.0, 0.16, 0, 0), "i": (0.22, 0.75, 0.0, 0.20, 0, 0),
    "ɔ": (0.62, 0.0, 0.60, 0.12, 0, 0), "o": (0.46, 0.0, 0.78, 0.06, 0, 0), "ʊ": (0.30, 0.0, 0.72, 0.0, 0, 0),
    "u": (0.22, 0.0, 1.0, 0.0, 0, 0), "ɒ": (0.72, 0.0, 0.40, 0.12, 0, 0), "y": (0.20, 0.0, 0.95, 0.0, 0, 0),
    "ø": (0.36, 0.0, 0.82, 0.05, 0, 0), "œ": (0.50, 0.0, 0.60, 0.12, 0, 0), "ɨ": (0.26, 0.35, 0.0, 0.12, 0, 0),
    "p": (0, 0, 0, 0, 1, 0), "b": (0, 0, 0, 0, 1, 0), "m": (0, 0, 0, 0, 1, 0),
    "f": (0.12, 0.12, 0.0, 0.30, 0.0, 1.0), "v": (0.12, 0.12, 0.0, 0.30, 0.0, 1.0),
    "θ": (0.24, 0.18, 0, 0.14, 0, 0), "ð": (0.24, 0.18, 0, 0.14, 0, 0),
    "t": (0.18, 0.24, 0, 0.12, 0, 0), "d": (0.20, 0.22, 0, 0.12, 0, 0), "n": (0.22, 0.20, 0, 0.12, 0, 0),
    "l": (0.28, 0.20, 0, 0.12, 0, 0), "s": (0.10, 0.46, 0, 0.18, 0, 0), "z": (0.10, 0.46, 0, 0.18, 0, 0),
    "ʃ": (0.15, 0.0, 0.58, 0.28, 0, 0), "ʒ": (0.15, 0.0, 0.58, 0.28, 0, 0),
    "k": (0.26, 0.12, 0, 0.12, 0, 0), "g": (0.26, 0.12, 0, 0.12, 0, 0), "ɡ": (0.26, 0.12, 0, 0.12, 0, 0),
    "ŋ": (0.26, 0.12, 0, 0.10, 0, 0), "h": (0.32, 0.10, 0, 0.10, 0, 0), "x": (0.26, 0.10, 0, 0.12, 0, 0),
    "ɹ": (0.20, 0.0, 0.48, 0.12, 0, 0), "r": (0.24, 0.0, 0.30, 0.12, 0, 0), "ɾ": (0.20, 0.16, 0, 0.12, 0, 0),
    "w": (0.14, 0.0, 1.0, 0.0, 0, 0), "j": (0.16, 0.52, 0, 0.12, 0, 0), "ɬ": (0.2, 0.2, 0, 0.1, 0, 0),
}  # fmt: skip
REST = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
CLOSED = frozenset("pbm")


def symbols(phoneme: str) -> list[str]:
    """The sounding letters of one IPA token: stress, length and tie marks dropped. Unknown letters are left out."""
    return [letter for letter in phoneme if letter in VISEMES]


def targets(phonemes: Sequence[Timed], start_s: float) -> list[tuple[float, float, tuple[float, ...], bool]]:
    """``(start, end, shape, closed)`` in shot time; a diphthong or an affricate gives one span per letter."""
    spans: list[tuple[float, float, tuple[float, ...], bool]] = []
    for phoneme in phonemes:
        letters = symbols(phoneme.text)
        if not letters or phoneme.end_s <= phoneme.start_s:
            continue
        step = (phoneme.end_s - phoneme.start_s) / len(letters)
        for i, letter in enumerate(letters):
            begin = start_s + phoneme.start_s + i * step
            spans.append((begin, begin + step, VISEMES[letter], letter in CLOSED))
    return spans


def mouth_track(
    lines: Sequence[tuple[float, Sequence[Timed]]], frames: int, fps: float, *, vigour: float = 1.0
) -> NDArray[np.float32]:
    """Mouth shapes per frame, (frames, 6) in the order of :data:`SHAPES`, 0..about 1.

    ``lines`` holds each line's start in the shot (seconds) and its phonemes (times from the line's start).
    """
    seconds = frames / fps
    count = int(np.ceil((seconds + 0.4) / STEP_S)) + 1
    steps = np.zeros((count, len(SHAPES)), dtype=np.float64)
    shut = np.zeros(count)
    for start_s, phonemes in lines:
        for begin, end, shape, closed in targets(phonemes, start_s):
            a, b = int(max(0.0, begin) / STEP_S), int(min(seconds + 0.4, end) / STEP_S)
            steps[a : max(b, a + 1)] = shape
            if closed:
                _shut(shut, begin, end, 1.0 / fps)
    for k, sigma in enumerate(SIGMA_S):
        steps[:, k] = _gaussian(steps[:, k], sigma / STEP_S)
    steps[:, :4] *= vigour
    for k in (0, 1, 2, 3, 5):
        steps[:, k] *= 1 - shut * (0.35 if k in {1, 2} else 1.0)
    steps[:, 4] = np.maximum(steps[:, 4], shut)
    at = (np.arange(frames) + 0.5) / fps + LEAD_S
    grid = np.arange(count) * STEP_S
    return np.stack([np.interp(at, grid, steps[:, k]) for k in range(len(SHAPES))], axis=1).astype(np.float32)


def _shut(shut: NDArray[np.float64], begin: float, end: float, frame_s: float) -> None:
    """Raise closure to 1 over the span (at least one frame long), with short ramps on both sides."""
    middle, half = (begin + end) / 2, max(end - begin, 1.2 * frame_s) / 2
    grid = np.arange(len(shut)) * STEP_S
    distance = np.maximum(np.abs(grid - middle) - half, 0.0)
    np.maximum(shut, np.clip(1 - distance / CLOSURE_RAMP_S, 0, 1), out=shut)


def _gaussian(values: NDArray[np.float64], sigma: float) -> NDArray[np.float64]:
    reach = int(np.ceil(3 * sigma))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    padded = np.pad(values, reach, mode="edge")
    smoothed: NDArray[np.float64] = np.convolve(padded, kernel / kernel.sum(), mode="valid")
    return smoothed
