import numpy as np
import pytest

from audio_service.backends.chunks import RATE, unchecked
from audio_service.backends.rooms import DISTANCES, ROOMS, convolved, heard_in, match_room, response
from infra.kernel.errors import Denied


@pytest.mark.parametrize(
    ("words", "room"),
    [
        ("", None), ("kitchen", "kitchen"), ("INT. KITCHEN - NIGHT", "kitchen"), ("EXT. STREET - NIGHT", "street"),
        ("EXT. HARBOUR - DAWN", "outside"), ("INT. CAR - DAY", "car"), ("a church", "church"),
        ("EXT. KITCHEN GARDEN", "outside"), ("INT. WHEREVER", "room"),
    ],
)  # fmt: skip
def test_words_find_their_room(words: str, room: str | None) -> None:
    assert match_room(words) == room


def direct_to_rest_db(room: str, distance: str) -> float:
    energy = np.square(response(room, distance).astype(np.float64)).sum(axis=1)
    first = RATE // 400
    return float(10 * np.log10(energy[:first].sum() / energy[first:].sum()))


def decay_s(room: str, distance: str = "far") -> float:
    """Reverberation time from the slope between -5 and -25 dB of Schroeder's integral."""
    energy = np.square(response(room, distance).astype(np.float64)).sum(axis=1)
    left = 10 * np.log10(np.cumsum(energy[::-1])[::-1] / energy.sum() + 1e-12)
    return float(3 * (np.argmax(left < -25) - np.argmax(left < -5)) / RATE)


@pytest.mark.parametrize("room", ROOMS)
def test_farther_away_is_less_direct_quieter_and_duller(room: str) -> None:
    ratios = [direct_to_rest_db(room, distance) for distance in DISTANCES]
    assert ratios == sorted(ratios, reverse=True)
    levels = [np.square(response(room, distance)).sum() for distance in DISTANCES]
    assert levels == sorted(levels, reverse=True)
    bright = [brightness(response(room, distance)[:256, 0]) for distance in DISTANCES]
    assert bright == sorted(bright, reverse=True)


def brightness(sound: np.ndarray) -> float:
    power = np.abs(np.fft.rfft(sound, 4096)) ** 2
    hertz = np.fft.rfftfreq(4096, 1 / RATE)
    return float(power[hertz > 6000].sum() / power.sum())


def test_rooms_ring_as_long_as_they_say() -> None:
    assert decay_s("church") == pytest.approx(2.5, rel=0.3)
    assert decay_s("kitchen") == pytest.approx(0.6, rel=0.25)
    assert decay_s("car") < 0.15
    assert decay_s("bedroom") < decay_s("room") < decay_s("hall") < decay_s("church")
    assert decay_s("outside") < 0.05


def test_the_start_of_a_line_stays_its_start() -> None:
    tick = np.zeros(RATE, np.float32)
    tick[1000:1200] = np.hanning(200)
    for room in ("kitchen", "church", "outside"):
        heard = heard_in(tick, room, "medium", unchecked)
        power = np.square(heard).sum(axis=1)
        onset = int(np.argmax(power > 0.05 * power.max()))
        assert abs(onset - 1030) < RATE // 200
        assert len(heard) >= len(tick)


def test_no_room_and_close_is_the_line_itself() -> None:
    line = np.random.default_rng(0).standard_normal(4800).astype(np.float32)
    heard = heard_in(line, None, "close", unchecked)
    assert np.allclose(heard, line[:, None] * np.sqrt(0.5), atol=1e-6)


def test_stereo_goes_through_the_same_room_and_keeps_its_sides() -> None:
    mono = np.random.default_rng(2).standard_normal(9600).astype(np.float32)
    wide = np.repeat(mono[:, None], 2, axis=1) * np.float32(np.sqrt(0.5))
    assert np.allclose(
        heard_in(wide, "kitchen", "far", unchecked), heard_in(mono, "kitchen", "far", unchecked), atol=1e-4
    )
    wide[:, 1] = 0
    assert not np.abs(heard_in(wide, "kitchen", "far", unchecked)[:, 1]).any()
    assert np.array_equal(heard_in(wide, None, "close", unchecked), wide)


def test_convolving_in_blocks_equals_convolving_the_whole() -> None:
    rng = np.random.default_rng(1)
    line, room = rng.standard_normal(40_001).astype(np.float32), rng.standard_normal((1500, 2)).astype(np.float32)
    whole = np.stack([np.convolve(line, room[:, side]) for side in (0, 1)], axis=1)
    assert np.abs(convolved(line, room, unchecked) - whole).max() < 1e-3


def test_the_guard_stops_a_reverberation() -> None:
    def stop() -> None:
        raise Denied("consent.grant_withdrawn", "withdrawn")

    with pytest.raises(Denied):
        heard_in(np.zeros(RATE, np.float32), "church", "far", stop)
