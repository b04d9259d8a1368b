import numpy as np
import pytest

from audio_service.backends.bed_parts import Weather
from audio_service.backends.beds import MAKERS, make_bed
from audio_service.backends.chunks import CHUNK, RATE, unchecked
from audio_service.backends.music import MOODS, _Player
from audio_service.contract.beds import bed_names, match_bed
from infra.kernel.errors import Denied, NotFound


def test_every_named_bed_can_be_made() -> None:
    assert set(bed_names()) == set(MAKERS)


@pytest.mark.parametrize("name", bed_names())
def test_a_bed_is_the_same_for_its_seed_and_goes_on_without_a_seam(name: str) -> None:
    long = make_bed(name, 5, 2 * RATE, unchecked)
    assert np.array_equal(long[: RATE + 77], make_bed(name, 5, RATE + 77, unchecked))
    assert not np.array_equal(long[:RATE], make_bed(name, 6, RATE, unchecked))
    assert np.isfinite(long).all()


TAPPING = {"rain-tin", "rain-window", "fire", "office", "cafe"}
"""Beds that are made of taps and crackles."""


@pytest.mark.parametrize("name", bed_names())
def test_a_bed_has_no_clicks_where_blocks_meet(name: str) -> None:
    bed = make_bed(name, 1, 3 * RATE, unchecked)
    steps = np.abs(np.diff(bed, axis=0)).max(axis=1)
    seams = steps[CHUNK - 1 :: CHUNK]
    assert seams.mean() < 1.25 * steps.mean()
    assert seams.max() <= steps.max()
    sharp = np.abs(np.diff(bed, n=2, axis=0)).max(axis=1)
    seams = np.maximum(sharp[CHUNK - 2 :: CHUNK], sharp[CHUNK - 1 :: CHUNK])
    assert np.median(seams) < 2.0 * np.median(sharp)  # a click is a needle in the second difference
    if name not in TAPPING:
        assert sharp.max() < 30 * sharp.std()


BANDS = ((20, 200), (200, 1000), (1000, 4000), (4000, 12_000))


def shares(name: str) -> list[float]:
    bed = make_bed(name, 2, 8 * RATE, unchecked)[:, 0]
    power = np.abs(np.fft.rfft(bed)) ** 2
    hertz = np.fft.rfftfreq(len(bed), 1 / RATE)
    found = [power[(hertz >= low) & (hertz < high)].sum() for low, high in BANDS]
    return [float(one / sum(found)) for one in found]


def test_beds_have_the_colours_of_their_names() -> None:
    asked = ("rain", "room", "wind", "crowd", "drone", "city", "sea", "insects", "birds", "train", "river", "fire")
    spectra = {name: shares(name) for name in (*asked, "rain-tin", "rain-window")}
    assert spectra["rain"][3] > 0.12  # hiss
    assert spectra["room"][0] > 0.3  # rumble
    assert sum(spectra["wind"][:2]) > 0.9
    assert sum(spectra["crowd"][1:3]) > 0.8
    assert spectra["drone"][0] > 0.5
    assert sum(spectra["city"][:2]) > 0.75
    assert 0.3 < sum(spectra["sea"][:2]) < 0.8
    assert spectra["insects"][3] > 0.6
    assert spectra["birds"][3] > 0.4
    assert spectra["train"][0] > 0.6
    assert spectra["river"][2] > 0.4
    assert spectra["rain-window"][3] < 0.02 < spectra["rain-tin"][3]  # a wall takes the hiss, a roof does not
    assert spectra["fire"][0] + spectra["fire"][1] > 0.7


def modulation(name: str, low: float, high: float) -> float:
    """The part of the movement of the level (up to 40 Hz) that lies between two rates, in Hz."""
    bed = make_bed(name, 2, 10 * RATE, unchecked).mean(axis=1)
    level = np.sqrt(np.mean(bed.reshape(-1, RATE // 100) ** 2, axis=1))
    power = np.abs(np.fft.rfft(level / level.mean() - 1)) ** 2
    hertz = np.fft.rfftfreq(len(level), 0.01)
    return float(power[(hertz >= low) & (hertz < high)].sum() / power[(hertz > 0.2) & (hertz < 40)].sum())


def test_beds_move_at_the_pace_of_their_names() -> None:
    assert modulation("train", 1.2, 20) > 0.5  # joints in pairs, some two a second
    assert modulation("insects", 20, 35) > 1.5 * modulation("forest", 20, 35)  # pulses of a chirp
    assert modulation("crowd", 0.2, 8) > 0.5  # syllables
    assert modulation("crowd", 3, 6) > 1.5 * modulation("rain", 3, 6)  # as speech moves, but not as noise does
    assert modulation("rain", 0.2, 8) < 0.5  # a steady hiss


def test_slow_movement_does_not_come_round() -> None:
    """At the pace of syllables, five seconds of it against every later place in three minutes: nowhere the same."""
    weather = Weather(5, 2)
    first = [weather.slow(block, 0.2) for block in range(100)]
    for start in range(104, 3600, 4):
        later = [weather.slow(start + block, 0.2) for block in range(100)]
        assert np.corrcoef(first, later)[0, 1] < 0.9


@pytest.mark.parametrize("name", MOODS)
def test_a_phrase_of_music_comes_home(name: str) -> None:
    mood = MOODS[name]
    player, degrees = _Player(mood, 4), []
    for half in range(32 * 2 * mood.chord_beats):
        player.half_beat(0)
        if half % (2 * mood.chord_beats) == 0:
            degrees.append(player._degree)
    assert degrees[7::8] == [0, 0, 0, 0]
    assert set(degrees[6::8]) == {mood.before_home}
    assert len({tuple(degrees[start + 1 : start + 6]) for start in (0, 8, 16, 24)}) > 1  # by different ways


def test_music_stays_in_its_key_and_moves_on() -> None:
    for name, mood in MOODS.items():
        piece = make_bed(name, 3, 12 * RATE, unchecked).mean(axis=1)
        power = np.abs(np.fft.rfft(piece * np.hanning(len(piece)))) ** 2
        hertz = np.fft.rfftfreq(len(piece), 1 / RATE)
        heard = (hertz > 100) & (hertz < 1000)
        notes = np.round(12 * np.log2(hertz[heard] / 440)).astype(int) + 69
        in_key = np.isin((notes - mood.key) % 12, mood.scale)
        assert power[heard][in_key].sum() > 0.9 * power[heard].sum(), name
        first, second = np.split(piece, 2)
        assert abs(np.corrcoef(first, second)[0, 1]) < 0.5, name  # no loop


def test_the_sea_comes_and_goes() -> None:
    bed = make_bed("sea", 2, 24 * RATE, unchecked)
    seconds = np.sqrt(np.mean(bed.reshape(24, RATE, 2) ** 2, axis=(1, 2)))
    assert seconds.max() > 3 * seconds.min()


@pytest.mark.parametrize(
    ("words", "bed"),
    [
        ("rain", "rain"), ("rain on tin", "rain-tin"), ("EXT. HARBOUR - DUSK", "sea"), ("night city", "city"),
        ("INT. CAFÉ - NIGHT", "cafe"), ("a kitchen clock", "room"), ("gales over the moor", "wind"), ("theremin", None),
        ("tense music", "music-tense"), ("a tense silence", None), ("night insects", "insects"), ("INT. HALL", "room"),
    ],
)  # fmt: skip
def test_words_find_their_bed(words: str, bed: str | None) -> None:
    assert match_bed(words) == bed


def test_unknown_bed_and_a_stop() -> None:
    with pytest.raises(NotFound) as refused:
        make_bed("theremin", 0, 10, unchecked)
    assert refused.value.code == "audio.bed_unknown"
    calls = []

    def stop() -> None:
        calls.append(1)
        if len(calls) == 3:
            raise Denied("consent.grant_withdrawn", "withdrawn")

    with pytest.raises(Denied):
        make_bed("rain", 0, 60 * RATE, stop)
    assert len(calls) == 3
