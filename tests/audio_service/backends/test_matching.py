"""Frames of one voice found among those of another, without anybody telling which is which."""

import numpy as np
import pytest

from audio_service.backends import matching, vocoder
from audio_service.backends.chunks import RATE, unchecked
from audio_service.backends.espeak import Script, speak
from audio_service.backends.filters import ratio, resample
from audio_service.backends.matching import Cloud
from audio_service.backends.stock import SOURCE
from audio_service.contract.speech import Style
from infra.kernel.errors import Denied


@pytest.fixture(scope="module")
def cloud() -> Cloud:
    said = speak(Script("Every morning I open the door before the first boats go out.", Style()), SOURCE, unchecked)
    parts = vocoder.analyse(resample(said.sound, ratio(RATE, vocoder.WORK_RATE), unchecked), unchecked)
    shape = np.log(parts.envelope[parts.voiced])
    shape -= shape.mean(axis=1, keepdims=True)
    return Cloud(matching.points_of(shape), shape, parts.breath[parts.voiced])


def test_a_voice_that_was_bent_is_brought_back(cloud: Cloud) -> None:
    """The same words with every coefficient scaled and moved: each frame finds itself or its neighbour again."""
    rng = np.random.default_rng(3)
    bent = cloud.point * rng.uniform(0.75, 1.3, 25) + rng.normal(0, 2.0, 25)

    def lost(points: vocoder.Frames) -> float:
        found = matching.nearest(points, cloud.point, 1, unchecked)[:, 0]
        return float(np.mean(np.abs(found - np.arange(len(found))) > 4))

    assert lost(bent) > 0.4
    assert lost(matching.learn(bent, cloud, unchecked)(bent)) < 0.02


def test_a_path_runs_on_where_the_sample_runs_on(cloud: Cloud) -> None:
    """Noise on the points makes single neighbours jump about; the path through them does not."""
    rng = np.random.default_rng(4)
    noisy = cloud.point + rng.normal(0, 0.35 * cloud.point.std(axis=0), cloud.point.shape)
    near = matching.nearest(noisy, cloud.point, 12, unchecked)
    path = matching._path(noisy, cloud.point, near, cloud.point, unchecked)

    def leaps(chosen: np.ndarray) -> float:
        steps = np.diff(chosen)
        return float(np.mean((steps < 0) | (steps > 2)))

    assert leaps(path) < 0.6 * leaps(near[:, 0])


def test_a_line_is_rebuilt_from_the_sample_alone(cloud: Cloud) -> None:
    shape, breath = matching.rebuilt(cloud.point, cloud, unchecked)
    assert np.abs(shape - cloud.shape).mean() < 0.5  # of itself: nearly itself
    assert cloud.shape.min() <= shape.min() <= shape.max() <= cloud.shape.max()
    assert cloud.breath.min() <= breath.min() <= breath.max() <= cloud.breath.max()


def test_the_guard_stops_matching(cloud: Cloud) -> None:
    left = 5

    def stop() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise Denied("consent.grant_withdrawn", "withdrawn")

    with pytest.raises(Denied):
        matching.rebuilt(cloud.point, cloud, stop)
    assert left == 0
