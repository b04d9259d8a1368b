import numpy as np
import pytest
from scipy import signal

from audio_service.backends.cascade import Cascade
from audio_service.backends.filters import band, high_pass, shelf

SECTIONS = np.concatenate([high_pass(60.0), shelf(250.0, 3.0, high=False), band(900.0, 4200.0, order=2)])


@pytest.mark.parametrize("shape", [(5000,), (5000, 2)])
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_pieces_filtered_one_by_one_are_the_whole_filtered_at_once(shape: tuple[int, ...], kind: type) -> None:
    sound: np.ndarray = np.random.default_rng(3).standard_normal(shape).astype(kind)
    cascade = Cascade(SECTIONS)
    made = np.concatenate([cascade(sound[:1]), cascade(sound[1:2400]), cascade(sound[2400:])])
    assert np.array_equal(made, signal.sosfilt(SECTIONS, sound.astype(np.float64), axis=0))


def test_what_it_is_given_stays_as_it_was() -> None:
    sound = np.random.default_rng(4).standard_normal((100, 2))
    before, sections = sound.copy(), SECTIONS.copy()
    Cascade(SECTIONS)(sound)
    assert np.array_equal(sound, before)
    assert np.array_equal(SECTIONS, sections)
