"""Lips from sound: IPA phonemes with times to mouth shapes per frame.

Every sound pulls at each part of the mouth with a dominance that fades with distance in time (Cohen and Massaro, 1993):
a vowel rules the jaw, "u" and "w" round the lips long before they sound, "t" leaves the lips to its neighbours. The
mouth runs 30 ms ahead of the sound, and the lips are forced shut for p, b and m, whatever the neighbours want.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audio_service.contract.speech import Timed

SHAPES = ("jaw", "wide", "round", "upper", "press", "tuck", "tongue")
LEAD_S = 0.012
# How long a sound reaches ahead of itself and behind itself, per shape; lips move earlier than the jaw.
AHEAD_S = (0.042, 0.052, 0.075, 0.044, 0.024, 0.030, 0.034)
BEHIND_S = (0.036, 0.042, 0.048, 0.036, 0.024, 0.026, 0.030)
SIGMA_S = 0.016
STEP_S = 0.005
CLOSURE_RAMP_S = 0.035

# jaw, wide, round, upper lip, press, lower lip under the teeth; 0..1. The tongue is in TONGUE.
VISEMES: dict[str, tuple[float, ...]] = {
    "a": (0.88, 0.25, 0.0, 0.25, 0, 0), "ɑ": (0.92, 0.05, 0.10, 0.18, 0, 0), "æ": (0.82, 0.40, 0.0, 0.35, 0, 0),
    "ɐ": (0.62, 0.15, 0.0, 0.18, 0, 0), "ʌ": (0.62, 0.10, 0.0, 0.18, 0, 0), "ə": (0.34, 0.10, 0.0, 0.10, 0, 0),
    "ɚ": (0.32, 0.0, 0.30, 0.12, 0, 0), "ɜ": (0.42, 0.0, 0.25, 0.12, 0, 0), "e": (0.46, 0.50, 0.0, 0.22, 0, 0),
    "ɛ": (0.56, 0.35, 0.0, 0.26, 0, 0), "ɪ": (0.32, 0.45, 0.0, 0.16, 0, 0), "i": (0.22, 0.75, 0.0, 0.20, 0, 0),
    "ɔ": (0.62, 0.0, 0.60, 0.12, 0, 0), "o": (0.46, 0.0, 0.78, 0.06, 0, 0), "ʊ": (0.30, 0.0, 0.72, 0.0, 0, 0),
    "u": (0.22, 0.0, 1.0, 0.0, 0, 0), "ɒ": (0.72, 0.0, 0.40, 0.12, 0, 0), "y": (0.20, 0.0, 0.95, 0.0, 0, 0),
    "ø": (0.36, 0.0, 0.82, 0.05, 0, 0), "œ": (0.50, 0.0, 0.60, 0.12, 0, 0), "ɨ": (0.26, 0.35, 0.0, 0.12, 0, 0),
    "p": (0, 0, 0, 0, 1, 0), "b": (0, 0, 0, 0, 1, 0), "m": (0, 0, 0, 0, 1, 0),
    "f": (0.08, 0.10, 0.0, 0.50, 0.0, 1.0), "v": (0.08, 0.10, 0.0, 0.45, 0.0, 1.0),
    "θ": (0.34, 0.18, 0, 0.20, 0, 0), "ð": (0.32, 0.18, 0, 0.18, 0, 0),
    "t": (0.18, 0.24, 0, 0.12, 0, 0), "d": (0.20, 0.22, 0, 0.12, 0, 0), "n": (0.22, 0.20, 0, 0.12, 0, 0),
    "l": (0.28, 0.20, 0, 0.12, 0, 0), "s": (0.10, 0.46, 0, 0.18, 0, 0), "z": (0.10, 0.46, 0, 0.18, 0, 0),
    "ʃ": (0.15, 0.0, 0.58, 0.28, 0, 0), "ʒ": (0.15, 0.0, 0.58, 0.28, 0, 0),
    "k": (0.26, 0.12, 0, 0.12, 0, 0), "g": (0.26, 0.12, 0, 0.12, 0, 0), "ɡ": (0.26, 0.12, 0, 0.12, 0, 0),
    "ŋ": (0.26, 0.12, 0, 0.10, 0, 0), "h": (0.32, 0.10, 0, 0.10, 0, 0), "x": (0.26, 0.10, 0, 0.12, 0, 0),
    "ɹ": (0.20, 0.0, 0.48, 0.12, 0, 0), "r": (0.24, 0.0, 0.30, 0.12, 0, 0), "ɾ": (0.20, 0.16, 0, 0.12, 0, 0),
    "w": (0.14, 0.0, 1.0, 0.0, 0, 0), "j": (0.16, 0.52, 0, 0.12, 0, 0), "ɬ": (0.2, 0.2, 0, 0.1, 0, 0),
}  # fmt: skip
CLOSED = frozenset("pbm")
# The tongue's tip: at the ridge for t, d, n, l, between the teeth for th.
TONGUE = {"θ": 1.0, "ð": 1.0, "l": 0.74, "ɬ": 0.74, "n": 0.58, "t": 0.55, "d": 0.55, "ɾ": 0.6, "s": 0.3, "z": 0.3}
# Sounds made behind the lips: they shape them little, and the jaw about half as much as a vowel does.
NEUTRAL_LIPS = frozenset("tdnlszθðkgɡŋhxɾɬ")
SILENCE_PULL = 0.55


@dataclass(frozen=True)
class Span:
    """One sounding letter in shot time (seconds): its mouth shape, how strongly it holds each part of it (0..1), and
    whether the lips shut.
    """

    begin: float
    end: float
    shape: tuple[float, ...]
    hold: tuple[float, ...]
    closed: bool


def symbols(phoneme: str) -> list[str]:
    """The sounding letters of one IPA token: stress, length and tie marks dropped. Unknown letters are left out."""
    return [letter for letter in phoneme if letter in VISEMES]


def targets(phonemes: Sequence[Timed], start_s: float) -> list[Span]:
    """The spans of a line in shot time; a diphthong or an affricate gives one per letter."""
    spans: list[Span] = []
    for phoneme in phonemes:
        letters = symbols(phoneme.text)
        if not letters or phoneme.end_s <= phoneme.start_s:
            continue
        step = (phoneme.end_s - phoneme.start_s) / len(letters)
        for i, letter in enumerate(letters):
            begin = start_s + phoneme.start_s + i * step
            shape = (*VISEMES[letter], TONGUE.get(letter, 0.0))
            spans.append(Span(begin, begin + step, shape, _hold(letter), letter in CLOSED))
    return spans


def _hold(letter: str) -> tuple[float, ...]:
    """Dominance per shape: what a sound insists on, and what it leaves to its neighbours."""
    if letter in CLOSED:
        return (1.0, 0.25, 0.25, 1.0, 1.0, 1.0, 0.6)
    if letter in "fv":
        return (1.0, 0.5, 0.5, 1.0, 1.0, 1.4, 0.6)
    if letter in NEUTRAL_LIPS:
        return (0.75, 0.30, 0.22, 0.6, 1.0, 1.0, 1.0)
    strong = 1.25 if VISEMES[letter][2] > 0.45 else 1.0
    return (1.0, 1.0, strong, 0.9, 1.0, 1.0, 0.7)


def mouth_track(
    lines: Sequence[tuple[float, Sequence[Timed]]], frames: int, fps: float, *, vigour: float = 1.0
) -> NDArray[np.float32]:
    """Mouth shapes per frame, (frames, 7) in the order of :data:`SHAPES`, 0..about 1.

    ``lines`` holds each line's start in the shot (seconds) and its phonemes (times from the line's start); ``vigour``
    scales how far the mouth goes for a vowel, as a loud or a low voice does.
    """
    seconds = frames / fps
    grid = np.arange(int(np.ceil((seconds + 0.4) / STEP_S)) + 1, dtype=np.float64) * STEP_S
    spans = [span for start_s, phonemes in lines for span in targets(phonemes, start_s) if span.begin < seconds + 0.4]
    steps, shut = _dominated(spans, grid), np.zeros(len(grid))
    for span in spans:
        if span.closed:
            _shut(shut, span.begin, span.end, 1.0 / fps)
    for k in range(len(SHAPES)):
        steps[:, k] = _gaussian(steps[:, k], SIGMA_S / STEP_S)
    steps[:, :4] *= vigour
    for k in (0, 1, 2, 3, 5):
        steps[:, k] *= 1 - shut * (0.35 if k in {1, 2} else 1.0)
    steps[:, 4] = np.maximum(steps[:, 4], shut)
    at = (np.arange(frames) + 0.5) / fps + LEAD_S
    return np.stack([np.interp(at, grid, steps[:, k]) for k in range(len(SHAPES))], axis=1).astype(np.float32)


def _dominated(spans: Sequence[Span], grid: NDArray[np.float64]) -> NDArray[np.float64]:
    """Every shape over time as the mean of all targets, each weighed by its dominance there; silence pulls to rest."""
    count = len(SHAPES)
    top, total = np.zeros((len(grid), count)), np.full((len(grid), count), 1e-6)
    spoken = np.zeros(len(grid))
    for span in spans:
        reach = 0.36
        a, b = np.searchsorted(grid, (span.begin - reach, span.end + reach))
        if a == b:
            continue
        before, after = np.maximum(span.begin - grid[a:b], 0), np.maximum(grid[a:b] - span.end, 0)
        np.maximum(spoken[a:b], np.clip(1 - np.maximum(before, after) / 0.05, 0, 1), out=spoken[a:b])
        short = min(1.0, 0.55 + (span.end - span.begin) / 0.16)  # a hurried sound falls short of its shape
        for k in range(count):
            pull = span.hold[k] * np.exp(-((before / AHEAD_S[k]) ** 1.4) - (after / BEHIND_S[k]) ** 1.4)
            top[a:b, k] += pull * span.shape[k] * (short if k in {0, 1} else 1.0)
            total[a:b, k] += pull
    quiet = SILENCE_PULL * (1 - spoken)[:, None]
    out: NDArray[np.float64] = top / (total + quiet)
    return out


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
