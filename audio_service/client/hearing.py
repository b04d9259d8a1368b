"""What can be heard in a finished sound, by judges that had no part in making it: where somebody speaks, and who.

Both models ship inside their wheels (silero-vad, Resemblyzer) and are loaded at first use, or by :func:`warm`.
"""

import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audio_service.backends import likeness

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


def warm() -> None:
    """Load both judges now."""
    _listener()
    likeness.warm()


def speech_probability(sound: Sound, check: Callable[[], None]) -> NDArray[np.float64]:
    """How likely somebody speaks, 0..1, for each 32 ms of a mono sound at 16 kHz: shape ``(len(sound) // 512,)``. The
    guard is read at every step.
    """
    import torch  # noqa: PLC0415

    listener = _listener()
    listener.reset_states()
    steps = len(sound) // STEP
    wave = torch.from_numpy(np.ascontiguousarray(sound[: steps * STEP], np.float32)).reshape(steps, STEP)
    likely = np.empty(steps, np.float64)
    with torch.no_grad():
        for number, one in enumerate(wave):
            check()
            likely[number] = float(listener(one, RATE))
    return likely


def speaker(sound: Sound, check: Callable[[], None]) -> NDArray[np.float64]:
    """The embedding of the voice in a mono sound at 16 kHz, unit length, shape ``(256,)``. Give it 1 s or more; the
    guard is read before every 1.6 s that is judged.
    """
    return np.asarray(likeness.embed(sound, RATE, check), np.float64)
