"""Makes ``examples/cast/ana_voice.flac``: the enrolment sample of Ana, who does not exist.

``python -m audio_service.fictional_voice [path]`` writes the same file every time. Ana is built from the speech engine
and the vocoder: another length for each part of the vocal tract than any stock voice has, a lower and more lively
pitch than any stock woman, a softer top and more breath. No recording of anybody is in her.
"""

import sys
from pathlib import Path

import numpy as np
import soundfile

from audio_service.backends import espeak, filters, vocoder
from audio_service.backends.chunks import RATE, Sound, unchecked
from audio_service.backends.espeak import Script
from audio_service.backends.stock import StockSpec
from audio_service.contract.speech import Style

PATH = Path(__file__).parents[1] / "examples" / "cast" / "ana_voice.flac"

SENTENCES = (
    "My name is Ana, and I have lived beside this river all my life.",
    "Every morning I open the bakery before the first boats go out.",
    "Do you know what I like best? The quiet hour, when the bread is still warm.",
)

_BASE = StockSpec("ana", "Ana", "the source Ana is built from", "en-us", "klatt4", rate=158, pitch=3.0, span=62)
_FORMANTS = np.array([[0, 0], [500, 600], [1300, 1600], [2200, 2300], [3200, 2900], [4200, 3700], [12_000, 12_000]])
"""Where a frequency of the source (left, Hz) lies in Ana (right): an open throat, a short front."""

_PAUSE_S = 0.35


def make_voice() -> Sound:
    """Ana's sample: mono float32 at 24 kHz, about 12 s, peak -3 dBFS."""
    pause = np.zeros(round(_PAUSE_S * vocoder.WORK_RATE), np.float32)
    parts = [pause]
    for number, sentence in enumerate(SENTENCES):
        said = espeak.speak_straight(Script(sentence, Style(), seed=number), _BASE, unchecked).sound
        low = filters.resample(said, filters.ratio(RATE, vocoder.WORK_RATE), unchecked)
        parts += [vocoder.synthesise(_ana(vocoder.analyse(low, unchecked), number), len(low), number, unchecked), pause]
    sound = filters.equalise(np.concatenate(parts), filters.high_pass(70.0, vocoder.WORK_RATE), unchecked)
    hiss = np.random.default_rng(7).standard_normal(len(sound)).astype(np.float32) * np.float32(4e-5)
    return np.asarray(sound / np.abs(sound).max() * 10 ** (-3 / 20), np.float32) + hiss


def _ana(parts: vocoder.Analysis, number: int) -> vocoder.Analysis:
    bins = np.linspace(0, vocoder.WORK_RATE / 2, vocoder.BINS)
    source = np.interp(bins, _FORMANTS[:, 1], _FORMANTS[:, 0]) / bins[1]
    low = np.minimum(source.astype(int), vocoder.BINS - 2)
    part = source - low
    log = np.log(parts.envelope)
    tilt = -1.1 * np.clip(np.log2(np.maximum(bins, 50.0) / 2500.0), 0, None)
    envelope = np.exp(log[:, low] * (1 - part) + log[:, low + 1] * part + tilt)
    breath = np.clip(parts.breath + 0.22 * np.clip(bins / 4000.0, 0, 1) ** 2, 0.0, 1.0)
    return vocoder.Analysis(_melody(parts, number), envelope, breath)


def _melody(parts: vocoder.Analysis, number: int) -> vocoder.Frames:
    """Pitch around 178 Hz with a wider span, a slow drift and the small unsteadiness of a throat."""
    rng = np.random.default_rng(100 + number)
    time = np.arange(len(parts.f0)) * vocoder.HOP_S
    drift = 0.5 * np.sin(2 * np.pi * 0.7 * time + number) + 0.12 * np.sin(2 * np.pi * 5.2 * time)
    jitter = 0.10 * rng.standard_normal(len(time))
    wide = (np.maximum(parts.f0, 1.0) / max(parts.median_f0, 1.0)) ** 1.35
    return np.where(parts.voiced, 178.0 * wide * 2 ** ((drift + jitter) / 12), 0.0)


def main(arguments: list[str]) -> None:
    """Write the file."""
    path = Path(arguments[0]) if arguments else PATH
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, make_voice(), vocoder.WORK_RATE, format="FLAC", subtype="PCM_16")


if __name__ == "__main__":
    main(sys.argv[1:])
