"""What can be heard in a finished sound, by judges that had no part in making it: where somebody speaks, and who.

Both models ship inside their wheels (silero-vad, Resemblyzer) and are loaded at first use, or by :func:`warm`.
"""

import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from audio_service.backends import likeness

RATE = 16_000
STEP = 512
"""Samples at 16 kHz that one probability speaks of: 32 ms."""

_BEFORE, _AT_ONCE = 64, 32
"""Samples before a step that it is judged with, and steps that are worked out together."""

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
    guard is read before every second that is judged.

    The model remembers only in its last stage: what comes before it (spectrum and encoder, each step with the 4 ms
    before it) is worked out for many steps at once, and the answers are those of step after step (a test holds both
    against each other).
    """
    import torch  # noqa: PLC0415

    model, steps = _listener()._model, len(sound) // STEP
    before = np.concatenate([np.zeros(_BEFORE, np.float32), np.asarray(sound[: steps * STEP], np.float32)])
    windows = torch.from_numpy(sliding_window_view(before, _BEFORE + STEP)[::STEP].copy())
    likely, state = np.empty(steps, np.float64), torch.zeros(0)
    with torch.inference_mode():
        for start in range(0, steps, _AT_ONCE):
            check()
            encoded = model.encoder(model.run_extractors(windows[start : start + _AT_ONCE]))
            for number in range(len(encoded)):
                told, state = model.decoder(encoded[number : number + 1], state)
                likely[start + number] = float(told.mean())
    return likely


def speaker(sound: Sound, check: Callable[[], None]) -> NDArray[np.float64]:
    """The embedding of the voice in a mono sound at 16 kHz, unit length, shape ``(256,)``. Give it 1 s or more; the
    guard is read before every three windows of 1.6 s.
    """
    return np.asarray(likeness.embed(sound, RATE, check), np.float64)
