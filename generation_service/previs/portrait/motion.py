"""How a person behaves over a shot: speech on the lips, blinks, gaze, brows, small movements of head and chest.

Everything is a function of the shot's seed, its timed lines and its frame count; two renderings move alike. The head
nods on stressed words (Hadar et al., 1983), eyes jump in saccades and blink with the larger ones, between phrases and
after a line, and a listener answers what is heard.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audio_service.contract.speech import Timed
from generation_service.previs.portrait import looks
from generation_service.previs.portrait.basis import NAMES
from generation_service.previs.portrait.looks import bearing_of
from generation_service.previs.visemes import SHAPES, mouth_track

Curve = NDArray[np.float64]
# What the columns of ``Track.head`` are.
HEAD = ("roll", "x", "y", "breath", "lean", "yaw", "pitch", "shrug")


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
    """Per frame: ``weights`` (f, 17) of the bases; ``blink``, how far the lids are lowered (below 0 wide open, 1 shut);
    ``gaze`` (f, 2) in eye widths; ``head`` (f, 8), the columns of :data:`HEAD`: angles in rad (yaw to the picture's
    right, pitch down), lengths in face heights.
    """

    weights: NDArray[np.float32]
    blink: NDArray[np.float32]
    gaze: NDArray[np.float32]
    head: NDArray[np.float32]


def act(
    lines: Sequence[Spoken],
    frames: int,
    fps: float,
    seed: int,
    *,
    heard: Sequence[Spoken] = (),
    toward: float = 0.0,
) -> Track:
    """The whole performance of one person; without lines they listen. ``heard`` are the lines of others in the shot,
    ``toward`` is where those stand: -1 the picture's left, 1 its right, 0 at the lens.
    """
    rng = np.random.default_rng(seed)
    at: Curve = (np.arange(frames, dtype=np.float64) + 0.5) / fps
    weights = np.zeros((frames, len(NAMES)))
    _speak(weights, lines, frames, fps)
    talk, attend = _talking(lines, at), _talking(heard, at)
    for name, values in _mood(lines, at).items():
        weights[:, NAMES.index(name)] += values
    weights[:, NAMES.index("smile")] *= 1 - 0.45 * np.clip(weights[:, NAMES.index("round")], 0, 1)
    energy: Curve = (0.55 + 0.75 * talk) * _over_lines(lines, at, "vigour_head", 1.0)
    drift = np.stack([wander(rng, frames, fps, tau) for tau in (0.9, 1.1, 1.3, 1.0, 1.7, 0.8)], axis=1)
    nod = _accents(lines, at, rng) + _answers(heard, at, rng)
    gaze = looks.gaze(at, rng, [(line.start_s, line.seconds, line.emotion) for line in lines], toward * attend)
    head = np.zeros((frames, len(HEAD)))
    follow = _smoothed(gaze, fps)
    yaw = 0.042 * drift[:, 0] * energy + 0.55 * follow[:, 0] + 0.07 * toward * np.maximum(attend, 0.35)
    pitch = 0.024 * drift[:, 1] * energy + 0.062 * nod + 0.4 * follow[:, 1] + _over_lines(lines, at, "bow", 0.0)
    tremor = _over_lines(lines, at, "tremor", 0.0)
    weights[:, NAMES.index("yaw")], weights[:, NAMES.index("pitch")] = yaw, pitch
    lift = 0.50 * _accents(lines, at, rng, every=3)
    weights[:, NAMES.index("brow_up")] += 0.10 * np.maximum(drift[:, 5], 0) * energy + lift + 0.12 * attend
    head[:, 0] = 0.020 * drift[:, 2] * energy + 0.12 * yaw + _over_lines(lines, at, "tilt", 0.0)
    head[:, 1] = 0.012 * drift[:, 0] * energy + 0.02 * toward * attend + 0.004 * tremor * wander(rng, frames, fps, 0.09)
    head[:, 2] = 0.010 * drift[:, 3] * energy + 0.014 * nod
    breath = np.sin(2 * np.pi * (at / 3.7 + rng.random()))
    head[:, 3] = 0.0062 * breath
    head[:, 4] = 0.013 * drift[:, 4]
    head[:, 5], head[:, 6] = yaw, pitch
    head[:, 7] = 0.004 * breath + 0.008 * talk * np.maximum(drift[:, 5], 0)
    lids = looks.lids(at, rng, gaze, [(line.start_s, line.seconds, line.emotion, line.words) for line in lines])
    return Track(*(values.astype(np.float32) for values in (weights, lids, gaze, head)))


def _speak(weights: NDArray[np.float64], lines: Sequence[Spoken], frames: int, fps: float) -> None:
    for line in lines:
        vigour = bearing_of(line.emotion).vigour
        mouth = mouth_track([(line.start_s, line.phonemes)], frames, fps, vigour=vigour)
        for k, name in enumerate(SHAPES):
            weights[:, NAMES.index(name)] = np.maximum(weights[:, NAMES.index(name)], mouth[:, k])


def _talking(lines: Sequence[Spoken], at: Curve) -> Curve:
    talk = np.zeros(len(at))
    for line in lines:
        talk = np.maximum(talk, looks.gate(at, line.start_s, line.start_s + line.seconds, 0.25))
    return talk


def _mood(lines: Sequence[Spoken], at: Curve) -> dict[str, Curve]:
    total: dict[str, Curve] = {}
    for line in lines:
        shape = looks.gate(at, line.start_s - 0.2, line.start_s + line.seconds + 0.6, 0.5)
        for name, share in bearing_of(line.emotion).face.items():
            total[name] = np.maximum(total.get(name, np.zeros(len(at))), share * shape)
    return total


def _over_lines(lines: Sequence[Spoken], at: Curve, name: str, rest: float) -> Curve:
    """One trait of the bearing over time: ``rest`` outside lines, the emotion's value within."""
    value = np.full(len(at), rest)
    for line in lines:
        shape = looks.gate(at, line.start_s - 0.2, line.start_s + line.seconds + 0.6, 0.5)
        value += (float(getattr(bearing_of(line.emotion), name)) - rest) * shape
    return value


def wander(rng: np.random.Generator, frames: int, fps: float, tau: float) -> Curve:
    """Smooth noise of unit spread: white noise under a gaussian of ``tau`` seconds."""
    sigma = max(tau * fps / 2, 1.0)
    reach = int(3 * sigma)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    kernel /= np.sqrt((kernel**2).sum())
    noise: Curve = np.convolve(rng.normal(0, 1, frames + 2 * reach), kernel, mode="valid")
    return np.clip(noise, -2.2, 2.2)


def _smoothed(gaze: NDArray[np.float64], fps: float) -> NDArray[np.float64]:
    """The head follows the eyes late and softly."""
    sigma = 0.16 * fps
    reach = int(3 * sigma)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    kernel[reach + 1 :] *= 1.0
    padded = np.pad(gaze, ((2 * reach, 0), (0, 0)), mode="edge")
    columns = [np.convolve(padded[:, k], kernel / kernel.sum(), mode="valid")[: len(gaze)] for k in (0, 1)]
    return np.stack(columns, axis=1)


def stressed(line: Spoken) -> list[tuple[float, float]]:
    """Stressed words of a line as (time of the peak in the shot, strength 0..1): those that last long for their
    letters, are written in capitals, or carry a stress mark on a long vowel.
    """
    found = []
    pace = np.median([(w.end_s - w.start_s) / max(2, len(w.text)) for w in line.words]) if line.words else 0.0
    for k, word in enumerate(line.words):
        letters = max(2, len(word.text.strip(".,;:!?…")))
        slow = (word.end_s - word.start_s) / letters / max(float(pace), 1e-3)
        loud = word.text.isupper() and len(word.text) > 2
        last = k == len(line.words) - 1
        weight = 0.35 * (letters > 3) + 0.4 * (slow > 1.15) + 0.6 * loud + 0.25 * last
        if weight >= 0.35:
            found.append((line.start_s + 0.55 * word.start_s + 0.45 * word.end_s, min(1.0, 0.35 + weight)))
    return found


def _accents(lines: Sequence[Spoken], at: Curve, rng: np.random.Generator, *, every: int = 1) -> Curve:
    """Short nods on stressed words, at least 0.45 s apart: 1 at the peak, with a small lift before."""
    total = np.zeros(len(at))
    for line in lines:
        last = -1.0
        for k, (peak, strength) in enumerate(stressed(line)):
            if peak - last < 0.45 or k % every:
                continue
            last = peak
            size = strength * float(rng.uniform(0.6, 1.0)) * bearing_of(line.emotion).vigour_head
            total += size * np.exp(-0.5 * ((at - peak) / 0.10) ** 2)
            total -= 0.30 * size * np.exp(-0.5 * ((at - peak + 0.24) / 0.09) ** 2)
    return np.clip(total, -0.5, 1.3)


def _answers(heard: Sequence[Spoken], at: Curve, rng: np.random.Generator) -> Curve:
    """A listener's nods: one or two small ones where somebody else ends a line, and now and then within a long one."""
    total = np.zeros(len(at))
    for line in heard:
        times = [line.start_s + line.seconds + 0.15]
        times += [line.start_s + k for k in np.arange(2.2, line.seconds - 0.8, float(rng.uniform(2.2, 3.4)))]
        for time in times:
            for beat in range(int(rng.integers(1, 3))):
                total += 0.55 * np.exp(-0.5 * ((at - time - 0.36 * beat) / 0.11) ** 2) / (1 + beat)
    return total
