import numpy as np
import pytest
import soundfile

from audio_service import fictional_voice
from audio_service.backends import engine, files, likeness, shaping, vocoder
from audio_service.backends.chunks import RATE, Sound, unchecked
from audio_service.backends.espeak import Script, speak
from audio_service.backends.filters import envelope_db, ratio, resample
from audio_service.backends.stock import SOURCE
from audio_service.contract.speech import Style
from infra.kernel.errors import Denied, Invalid

TEXT = "The rain had stopped by the time we reached the harbour."


@pytest.fixture(scope="module")
def ana() -> bytes:
    sound, rate = soundfile.read(fictional_voice.PATH, dtype="float32")
    return files.to_wav(sound[: 7 * rate], rate)


@pytest.fixture(scope="module")
def parts() -> vocoder.Analysis:
    said = speak(Script(TEXT, Style()), SOURCE, unchecked).sound
    return vocoder.analyse(resample(said, ratio(RATE, vocoder.WORK_RATE), unchecked), unchecked)


def test_a_shaped_line_leans_toward_the_sample_and_keeps_its_timing(ana: bytes) -> None:
    raw = speak(Script(TEXT, Style()), SOURCE, unchecked)
    made = engine.lean_toward(Script(TEXT, Style()), ana, unchecked, lambda _: None)
    assert made.timing == raw.timing
    assert made.similarity_before is not None
    assert made.similarity_after is not None
    assert made.similarity_after > made.similarity_before + 0.08
    assert made.similarity_after > 0.82
    shaped, rate = files.from_wav(made.wav)
    assert (len(shaped), rate) == (len(raw.sound), RATE)
    assert correlation(shaped, raw.sound) > 0.8
    sample, rate = files.from_wav(ana)
    goal = shaping.open_sample(sample, unchecked)
    pitch = vocoder.analyse(shaped[::2], unchecked).median_f0
    assert pitch == pytest.approx(goal.median_f0, rel=0.06)


def correlation(one: Sound, other: Sound) -> float:
    """Of the levels over time: whether the same things are loud at the same moments."""
    a, b = (np.maximum(envelope_db(sound, unchecked)[::480], -60) for sound in (one, other))
    return float(np.corrcoef(a, b)[0, 1])


def test_the_vocoder_gives_back_what_it_took_apart(parts: vocoder.Analysis) -> None:
    length = (len(parts.f0) - 1) * 120
    again = vocoder.analyse(vocoder.synthesise(parts, length, 0, unchecked), unchecked)
    count = min(len(again.f0), len(parts.f0))
    both = again.voiced[:count] & parts.voiced[:count]
    assert both.sum() > 0.85 * parts.voiced.sum()
    cents = 1200 * np.log2(again.f0[:count][both] / parts.f0[:count][both])
    assert np.median(np.abs(cents)) < 10
    bins = slice(5, 300)
    decibels = 10 * np.log10(again.envelope[:count][both][:, bins] / parts.envelope[:count][both][:, bins])
    assert abs(float(decibels.mean())) < 4


def test_the_guard_stops_inside_shaping(ana: bytes) -> None:
    counted: list[int] = []
    engine.lean_toward(Script("Good.", Style()), ana, lambda: counted.append(1), lambda _: None)
    for at in (len(counted) // 4, len(counted) // 2, len(counted) - 3):
        left = at

        def stop() -> None:
            nonlocal left
            left -= 1
            if left <= 0:
                raise Denied("consent.grant_withdrawn", "withdrawn")

        with pytest.raises(Denied):
            engine.lean_toward(Script("Good.", Style()), ana, stop, lambda _: None)
        assert left == 0  # nothing ran on after the first no


def test_a_whisper_has_no_pitch(parts: vocoder.Analysis) -> None:
    whisper = vocoder.synthesise(shaping.whispered(parts), (len(parts.f0) - 1) * 120, 0, unchecked)
    assert vocoder.analyse(whisper, unchecked).voiced.mean() < 0.4 * parts.voiced.mean()


def test_a_sample_without_voice_is_refused() -> None:
    noise = np.random.default_rng(0).standard_normal(24_000 * 3).astype(np.float32) * 0.05
    with pytest.raises(Invalid) as refused:
        engine.lean_toward(
            Script("Good.", Style()), files.to_wav(np.zeros_like(noise), 24_000), unchecked, lambda _: None
        )
    assert refused.value.code == "audio.sample_unusable"


def test_ana_is_remade_bit_for_bit_and_is_none_of_the_stock_voices(ana: bytes) -> None:
    made = fictional_voice.make_voice()
    shipped, rate = soundfile.read(fictional_voice.PATH, dtype="float32")
    assert rate == vocoder.WORK_RATE
    assert 10 < len(shipped) / rate < 15
    assert np.abs(made - shipped).max() < 2e-4
    person = likeness.embed(shipped, rate, unchecked)
    for voice in ("agatha", "bram"):  # the two that come nearest
        spoken = speak(Script(TEXT, Style()), engine.espeak.stock_voice(voice), unchecked).sound
        assert likeness.cosine(person, likeness.embed(spoken, RATE, unchecked)) < 0.75
