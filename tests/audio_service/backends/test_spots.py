import numpy as np
import pytest

from audio_service.backends.chunks import RATE, Sound, unchecked
from audio_service.backends.loudness import loudest
from audio_service.backends.spots import SPOTS, make_effect
from audio_service.contract.effects import effect_names, match_effect
from infra.kernel.errors import Denied, NotFound


def test_every_named_effect_can_be_made() -> None:
    assert set(effect_names()) == set(SPOTS)


@pytest.mark.parametrize("name", effect_names())
def test_an_effect_is_levelled_short_and_ends_softly(name: str) -> None:
    sound = make_effect(name, 1, unchecked)
    assert sound.dtype == np.float32
    assert sound.ndim == 2
    assert np.isfinite(sound).all()
    assert 0.2 < len(sound) / RATE < 7
    assert loudest(sound) <= -19.8
    assert np.abs(sound).max() <= 10 ** (-3 / 20) + 1e-4
    assert loudest(sound) > -20.2 or np.abs(sound).max() > 0.7  # as loud as it may be
    assert max(np.abs(sound[:2]).max(), np.abs(sound[-2:]).max()) < 2e-3
    assert np.array_equal(sound, make_effect(name, 1, unchecked))


def brightness(sound: Sound) -> float:
    """Median frequency of the energy, Hz."""
    power = np.cumsum(np.abs(np.fft.rfft(sound.mean(axis=1))) ** 2)
    return float(np.searchsorted(power, power[-1] / 2) * RATE / len(sound))


def test_effects_have_the_colours_of_their_names() -> None:
    found = {name: brightness(make_effect(name, 1, unchecked)) for name in SPOTS}
    assert found["heartbeat"] < 120
    assert found["boom"] < 200
    assert found["thunder"] < 900
    assert found["slam"] < found["knock"] < found["click"] < found["coins"]
    assert found["glass"] > 3000
    assert found["paper"] > 3000


def onsets(sound: Sound) -> int:
    """How often the level jumps by 12 dB within 30 ms."""
    step = RATE // 100
    level = np.sqrt(np.mean(sound[: len(sound) // step * step].reshape(-1, step, 2) ** 2, axis=(1, 2)))
    db = 20 * np.log10(np.maximum(level, 10 ** (-50 / 20)))
    rises = db[3:] - db[:-3] > 12
    return int((rises[1:] & ~rises[:-1]).sum() + rises[0])


@pytest.mark.parametrize(("name", "beats"), [("knock", 3), ("clock", 6), ("drop", 3), ("footsteps", 6)])
def test_effects_beat_as_often_as_they_say(name: str, beats: int) -> None:
    assert onsets(make_effect(name, 1, unchecked)) == beats


def test_a_car_passes_from_left_to_right() -> None:
    car = make_effect("car-pass", 1, unchecked)
    early, late = car[:RATE], car[-RATE:]
    assert np.square(early[:, 0]).sum() > 4 * np.square(early[:, 1]).sum()
    assert np.square(late[:, 1]).sum() > 4 * np.square(late[:, 0]).sum()


@pytest.mark.parametrize(
    ("words", "name"),
    [("a door slams", "slam"), ("Glass breaks.", "glass"), ("the phone rings", "phone"), ("church bell", "bell"),
     ("a car passes", "car-pass"), ("camera shutter", "shutter"), ("footsteps", "footsteps"), ("xyzzy", None)],
)  # fmt: skip
def test_words_find_their_effect(words: str, name: str | None) -> None:
    assert match_effect(words) == name


@pytest.mark.parametrize("name", effect_names())
def test_a_name_means_itself(name: str) -> None:
    assert match_effect(name) == name


def test_an_unknown_effect_and_a_stop() -> None:
    with pytest.raises(NotFound) as refused:
        make_effect("theremin", 0, unchecked)
    assert refused.value.code == "audio.effect_unknown"

    def stop() -> None:
        raise Denied("consent.grant_withdrawn", "withdrawn")

    with pytest.raises(Denied):
        make_effect("door", 0, stop)
