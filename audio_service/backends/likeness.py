"""How near one voice is to another: the cosine of Resemblyzer's speaker embeddings. It measures, it never trains.

The judge is not used to shape anything: an equaliser trained through it would flatter itself.
"""

import warnings
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audio_service.backends.chunks import Check, Sound
from audio_service.backends.filters import ratio, resample

_RATE = 16_000
_AT_ONCE = 3
"""Windows of 1.6 s that are judged together: 35 ms of work between two reads of the guard."""
Embedding = NDArray[np.float32]


@dataclass(frozen=True)
class _Judge:
    """The library's three parts that are used here."""

    encoder: Any
    spectrum: Any
    windows: Any
    frozen: Any


@cache
def _judge() -> _Judge:
    with warnings.catch_warnings():  # the package imports a scipy module by its old name
        warnings.simplefilter("ignore")
        import torch  # noqa: PLC0415 - takes seconds; asked for at start by the worker, or at first use
        from resemblyzer import VoiceEncoder, audio  # noqa: PLC0415

        torch.set_num_threads(1)
        encoder = VoiceEncoder("cpu", verbose=False)
        return _Judge(encoder, audio.wav_to_mel_spectrogram, VoiceEncoder.compute_partial_slices, torch.no_grad)


def warm() -> None:
    """Load the judge now."""
    _judge()


def embed(sound: Sound, rate: int, check: Check) -> Embedding:
    """The embedding of a voice, unit length, shape ``(256,)``; the guard is read before every three windows of it."""
    judge = _judge()
    wave = resample(sound, ratio(rate, _RATE), check)
    power = float(np.sqrt(np.mean(np.square(wave)))) or 1.0
    wave = wave * np.float32(10 ** (-30 / 20) / power)
    _, windows = judge.windows(len(wave), 1.3, 0.75)
    longest = windows[-1].stop * (_RATE // 100)
    frames = judge.spectrum(np.pad(wave, (0, max(0, longest - len(wave)))))
    return _mean(_judged(judge, [frames[window] for window in windows], check))


def embed_windows(sound: Sound, rate: int, check: Check) -> NDArray[np.float32]:
    """An embedding of every 1.6 s, half of it shared with the next, shape ``(t, 256)``; t may be 0."""
    judge, span = _judge(), 16 * _RATE // 10
    wave = resample(sound, ratio(rate, _RATE), check)
    wave = wave * np.float32(10 ** (-30 / 20) / (float(np.sqrt(np.mean(np.square(wave)))) or 1.0))
    starts = range(0, len(wave) - span + 1, span // 2)
    return _judged(judge, [judge.spectrum(wave[start : start + span])[:160] for start in starts], check)


def _judged(judge: _Judge, parts: list[NDArray[np.float32]], check: Check) -> NDArray[np.float32]:
    """An embedding of each spectrum of 1.6 s, shape ``(t, 256)``; the guard is read before every three."""
    out = np.empty((len(parts), 256), np.float32)
    for start in range(0, len(parts), _AT_ONCE):
        check()
        with judge.frozen():
            tensor = judge.encoder.linear.weight.new_tensor(np.stack(parts[start : start + _AT_ONCE]))
            out[start : start + _AT_ONCE] = judge.encoder(tensor).numpy()
    return out


def _mean(parts: NDArray[np.float32]) -> Embedding:
    mean = np.mean(parts, axis=0)
    return np.asarray(mean / np.linalg.norm(mean), np.float32)


def cosine(one: Embedding, other: Embedding) -> float:
    """-1 to 1; the same speaker, recorded twice, reaches 0.9 and more."""
    return round(float(one @ other), 4)
