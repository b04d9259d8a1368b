"""The judges of finished sound: they answer as their libraries do, and stop when the guard says so."""

import numpy as np
import pytest

from audio_service.backends import espeak, likeness
from audio_service.backends.chunks import RATE, unchecked
from audio_service.client import hearing
from audio_service.contract.speech import Style
from infra.kernel.errors import Paused


@pytest.fixture(scope="module")
def said() -> hearing.Sound:
    """Five seconds at 16 kHz: a second of silence, a line, noise."""
    script = espeak.Script("Did you find the letters that my mother wrote?", Style())
    line = espeak.speak(script, espeak.stock_voice("wren"), unchecked).sound[::3][: 3 * hearing.RATE]
    sound = np.random.default_rng(1).normal(0, 0.002, 5 * hearing.RATE + 77).astype(np.float32)
    sound[hearing.RATE : hearing.RATE + len(line)] += line
    return sound


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_speech_is_judged_as_the_library_judges_step_after_step(said: hearing.Sound) -> None:
    import torch  # noqa: PLC0415
    from silero_vad import load_silero_vad  # noqa: PLC0415

    model = load_silero_vad()
    steps = len(said) // hearing.STEP
    with torch.no_grad():
        own = [float(model(one, hearing.RATE)) for one in torch.from_numpy(said)[: steps * 512].reshape(-1, 512)]
    likely = hearing.speech_probability(said, unchecked)
    assert likely.shape == (steps,)
    assert max(likely) > 0.9 > 0.1 > min(likely)
    assert np.abs(likely - own).max() < 1e-5


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_voice_is_embedded_as_the_library_does_it(said: hearing.Sound) -> None:
    from resemblyzer import VoiceEncoder  # noqa: PLC0415

    levelled = said * np.float32(10 ** (-30 / 20) / np.sqrt(np.mean(said**2)))
    own = VoiceEncoder("cpu", verbose=False).embed_utterance(levelled)
    assert float(own @ hearing.speaker(said, unchecked)) > 0.9999
    assert likeness.embed_windows(said, hearing.RATE, unchecked).shape == (5, 256)
    assert likeness.embed_windows(said[: RATE // 10], hearing.RATE, unchecked).shape == (0, 256)


def test_the_guard_stops_both(said: hearing.Sound) -> None:
    reads = 0

    def stop() -> None:
        nonlocal reads
        reads += 1
        if reads > 2:
            raise Paused("test.stop", "stop")

    with pytest.raises(Paused):
        hearing.speech_probability(said, stop)
    with pytest.raises(Paused):
        hearing.speaker(np.tile(said, 4), stop)
