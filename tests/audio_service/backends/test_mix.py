import numpy as np
import pyloudnorm
import pytest
from scipy import signal

from audio_service.backends.chunks import RATE, Sound, unchecked
from audio_service.backends.espeak import Script, speak, stock_voice
from audio_service.backends.limiter import levelled, limit
from audio_service.backends.loudness import SILENT, integrated, true_peak
from audio_service.backends.mix import PlacedBed, PlacedLine, Target, Track, mix
from audio_service.contract.speech import Style
from infra.kernel.errors import Denied, Invalid


@pytest.fixture(scope="module")
def line() -> Sound:
    return speak(Script("Did you ever find the letters?", Style()), stock_voice("wren"), unchecked).sound


@pytest.fixture(scope="module")
def track(line: Sound) -> Track:
    lines = [PlacedLine(line, 2.0, pan=-0.5), PlacedLine(line, 6.0, gain_db=-2.0, pan=0.5)]
    return mix(lines, [PlacedBed("rain", 0.0, 10.0, -14.0, 1)], Target(10.02, -16.0, -1.0), unchecked)


def level(sound: Sound, start: float, end: float) -> float:
    return float(10 * np.log10(np.mean(sound[round(start * RATE) : round(end * RATE)] ** 2)))


def test_the_track_has_its_length_loudness_and_ceiling(track: Track) -> None:
    assert track.sound.shape == (round(10.02 * RATE), 2)
    assert track.loudness_lufs == pytest.approx(-16.0, abs=0.3)
    meter = pyloudnorm.Meter(RATE).integrated_loudness(track.sound.astype(np.float64))
    assert track.loudness_lufs == pytest.approx(meter, abs=0.15)
    dense = signal.resample_poly(track.sound, 8, 1, axis=0)
    assert 20 * np.log10(np.abs(dense).max()) <= -1.0 + 0.05
    assert track.true_peak_dbtp <= -1.0


def test_the_bed_is_ducked_under_speech_and_comes_back(track: Track, line: Sound) -> None:
    end = 2.0 + len(line) / RATE
    assert track.ducking_db >= 6.0
    just_before, open_bed = level(track.sound, 1.85, 2.0), level(track.sound, 0.8, 1.3)
    assert just_before < open_bed - 6.0
    assert level(track.sound, end + 1.2, 5.3) == pytest.approx(open_bed, abs=1.5)


def test_ducking_moves_without_steps(line: Sound) -> None:
    quiet = PlacedLine(line * np.float32(1e-3) + np.float32(0), 2.0)  # too quiet to be heard as speech
    loud = mix([PlacedLine(line, 2.0)], [PlacedBed("drone", 0, 6, 0.0, 1)], Target(6.0, -16, -1), unchecked)
    silent = mix([quiet], [PlacedBed("drone", 0, 6, 0.0, 1)], Target(6.0, -16, -1), unchecked)
    assert silent.ducking_db == pytest.approx(0.0, abs=0.1)
    assert loud.ducking_db > 6
    assert np.abs(np.diff(loud.sound[: 2 * RATE - 200], axis=0)).max() < 0.05


def test_lines_are_placed_to_the_sample_and_panned(line: Sound) -> None:
    alone = mix([PlacedLine(line, 1.5, pan=-1.0)], [], Target(6.0, -23, -1), unchecked)
    assert np.abs(alone.sound[: round(1.5 * RATE)]).max() == 0
    assert np.abs(alone.sound[:, 1]).max() < 1e-6
    placed = alone.sound[round(1.5 * RATE) : round(1.5 * RATE) + len(line), 0]
    assert np.corrcoef(placed, line)[0, 1] > 0.99
    assert alone.ducking_db == 0


def test_a_line_that_ends_after_the_film_is_refused(line: Sound) -> None:
    with pytest.raises(Invalid) as refused:
        mix([PlacedLine(line, 5.5)], [], Target(6.0, -16, -1), unchecked)
    assert refused.value.code == "audio.cue_outside"


def test_silence_stays_silence() -> None:
    empty = mix([], [], Target(1.0, -16, -1), unchecked)
    assert empty.loudness_lufs == SILENT
    assert not empty.sound.any()


def test_the_guard_stops_the_mix(line: Sound) -> None:
    calls: list[int] = []

    def stop() -> None:
        calls.append(1)
        if len(calls) == 40:
            raise Denied("consent.grant_withdrawn", "withdrawn")

    with pytest.raises(Denied):
        mix([PlacedLine(line, 1.0)], [PlacedBed("rain", 0, 6, -18, 1)], Target(6.0, -16, -1), stop)
    assert len(calls) == 40


def test_a_full_scale_tone_reads_as_the_standard_says() -> None:
    time = np.arange(5 * RATE) / RATE
    tone = np.sin(2 * np.pi * 997 * time).astype(np.float32)
    assert integrated(tone) == pytest.approx(-3.01, abs=0.05)
    assert true_peak(tone) == pytest.approx(0.0, abs=0.1)
    between = np.sin(2 * np.pi * RATE / 4 * time + np.pi / 4).astype(np.float32)  # all samples at 0.707
    assert true_peak(between) == pytest.approx(0.0, abs=0.15)


def test_the_limiter_holds_peaks_and_leaves_quiet_sound_alone() -> None:
    rng = np.random.default_rng(4)
    quiet = (rng.standard_normal(RATE) * 0.05).astype(np.float32)
    burst = quiet.copy()
    burst[20_000:20_100] *= 60
    held = limit(burst, -1.0, unchecked)
    assert true_peak(burst) > 3
    assert true_peak(held) <= -1.0
    assert np.array_equal(held[:19_000], quiet[:19_000])
    made, reached = levelled(np.stack([burst, burst], axis=1), -20.0, -1.0, unchecked)
    assert reached.true_peak_dbtp <= -1.0
    assert reached.loudness_lufs == pytest.approx(integrated(made[:]), abs=0.01)
    assert reached.loudness_lufs == pytest.approx(-20.0, abs=0.1)
    made.close()
