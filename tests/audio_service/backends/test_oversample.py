import numpy as np
import pytest
from scipy import signal

from audio_service.backends.oversample import Oversampler


@pytest.mark.parametrize("up", [3, 4])
@pytest.mark.parametrize("count", [1, 7, 8, 800, 2401])
def test_it_gives_the_samples_of_the_plain_filter(up: int, count: int) -> None:
    taps = signal.firwin(24 * up + 3, 1 / up, window=("kaiser", 8.0)) * up
    dense = Oversampler(taps, up)
    sound = np.random.default_rng(9).standard_normal(count + 2 * dense.reach).astype(np.float32)
    plain = signal.upfirdn(taps, sound, up=up)[len(taps) // 2 + dense.reach * up :]
    assert np.allclose(dense(sound), plain[: count * up].reshape(count, up), atol=2e-6)
