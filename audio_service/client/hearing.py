"""What can be heard in a finished sound, by judges that had no part in making it: where somebody speaks, and who.

Both models ship inside their wheels (silero-vad, Resemblyzer) and are loaded at first use, or by :func:`warm`.
"""

import warnings
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
STEP = 512
"""Samples at 16 kHz that one probability speaks of: 32 ms."""

Sound = NDArray[np.float32]


@cache
def _listener() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import torch  # noqa: PLC0415 - takes seconds
        from silero_vad import load_silero_vad  # noqa: PLC0415

        torch.set_num_threads(1)
        return load_silero_vad()


@cache
def _knower() -> Any:
    with warnings.catch_warnings():  # the package imports a scipy module by its old name
        warnings.simplefilter("ignore")
        import torch  # noqa: PLC0415
        from resemblyzer import VoiceEncoder  # noqa: PLC0415

        torch.set_num_threads(1)
        return VoiceEncoder("cpu", verbose=False)


def warm() -> None:
    """Load both judges now."""
    _listener()
    _knower()


def speech_probability(sound: Sound) -> NDArray[np.float64]:
    """How likely somebody speaks, 0..1, for each 32 ms of a mono sound at 16 kHz: shape ``(len(sound) // 512,)``."""
    import torch  # noqa: PLC0415

    listener = _listener()
    listener.reset_states()
    steps = len(sound) // STEP
    wave = torch.from_numpy(np.ascontiguousarray(sound[: steps * STEP], np.float32)).reshape(steps, STEP)
    with torch.no_grad():
        return np.array([float(listener(one, RATE)) for one in wave], np.float64)


def speaker(sound: Sound) -> NDArray[np.float64]:
    """The embedding of the voice in a mono sound at 16 kHz, unit length, shape ``(256,)``. Give it 1 s or more."""
    power = float(np.sqrt(np.mean(np.square(sound)))) or 1.0
    level = np.ascontiguousarray(sound * np.float32(10 ** (-30 / 20) / power), np.float32)
    return np.asarray(_knower().embed_utterance(level), np.float64)
