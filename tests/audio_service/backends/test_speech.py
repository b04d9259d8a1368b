import numpy as np
import pytest

from audio_service.backends import espeak_lib
from audio_service.backends.chunks import RATE, unchecked
from audio_service.backends.espeak import Script, Speech, speak, stock_voice
from audio_service.backends.filters import envelope_db
from audio_service.backends.loudness import integrated, true_peak
from audio_service.backends.prosody import plain
from audio_service.backends.stock import STOCK
from audio_service.backends.vocoder import analyse
from audio_service.contract.speech import Style
from infra.kernel.errors import Denied, Invalid, NotFound

TEXT = "The rain had stopped by the time we reached the harbour, and nobody could say where the boats had gone."


def say(text: str = TEXT, voice: str = "wren", **script: object) -> Speech:
    return speak(Script(text, Style(**script.pop("style", {})), **script), stock_voice(voice), unchecked)  # type: ignore[arg-type]


@pytest.mark.parametrize("voice", [spec.id for spec in STOCK])
def test_every_stock_voice_speaks_levelled_and_in_time(voice: str) -> None:
    said = say(voice=voice)
    timing = said.timing
    assert said.sound.dtype == np.float32
    assert timing.seconds == pytest.approx(len(said.sound) / RATE)
    assert integrated(said.sound) == pytest.approx(-20.0, abs=0.6)
    assert true_peak(said.sound) <= -1.4
    assert [word.text for word in timing.words][:3] == ["The", "rain", "had"]
    for items in (timing.words, timing.phonemes):
        edges = [edge for item in items for edge in (item.start_s, item.end_s)]
        assert edges == sorted(edges)
        assert 0 <= edges[0] < edges[-1] <= timing.seconds
    assert timing.words[0].start_s == timing.phonemes[0].start_s
    assert timing.words[-1].end_s == timing.phonemes[-1].end_s


def test_vowels_are_loud_where_the_times_say_and_pauses_are_quiet() -> None:
    said = say("Go. Do it now. Stay here, please.", voice="bram")
    level = envelope_db(said.sound, unchecked)

    def mean(start: float, end: float) -> float:
        return float(np.mean(level[round(start * RATE) : round(end * RATE)]))

    vowels = [p for p in said.timing.phonemes if any(letter in "aeiouəɪʊɔɛæʌɑ" for letter in p.text)]
    gaps = [
        (a.end_s + 0.06, b.start_s - 0.01)
        for a, b in zip(said.timing.phonemes, said.timing.phonemes[1:], strict=False)
        if b.start_s - a.end_s > 0.15
    ]
    assert len(vowels) >= 6
    assert len(gaps) == 3
    quietest_vowel = min(mean(p.start_s, p.end_s) for p in vowels)
    loudest_gap = max(mean(*gap) for gap in gaps)
    assert quietest_vowel > loudest_gap + 15


def test_an_onset_is_where_its_phoneme_begins() -> None:
    said = say("Papa. Papa. Papa.", voice="marlow")
    level = envelope_db(said.sound, unchecked, RATE // 200)
    onsets = [p.start_s for p in said.timing.phonemes if p.text.strip("ˈˌ") == "p"]
    for vowel in (p for p in said.timing.phonemes if "ɑ" in p.text):
        start = round(vowel.start_s * RATE)
        inside = level[start : round(vowel.end_s * RATE)].max()
        before = level[start - RATE // 20 : start - RATE // 50].max()
        assert inside > before + 10  # the closure of p comes before, the vowel after its time
    assert len(onsets) == 6


def test_the_same_line_is_the_same_sound_whatever_was_said_before() -> None:
    first = say(seed=3)
    say("Something else entirely!", voice="agatha")
    assert np.array_equal(first.sound, say(seed=3).sound)


def test_voices_differ_in_pitch_and_pace() -> None:
    assert say(voice="agatha").timing.seconds > say(voice="wren").timing.seconds * 1.15


def test_style_changes_pace_pitch_and_level() -> None:
    normal = say()
    assert say(style={"rate": 0.7}).timing.seconds > 1.25 * normal.timing.seconds
    assert say(style={"emotion": "sad"}).timing.seconds > 1.08 * normal.timing.seconds
    assert integrated(say(style={"emotion": "whisper"}).sound) < integrated(normal.sound) - 5
    assert pitch_of(say(style={"pitch": 4})) > 1.15 * pitch_of(normal) > 1.3 * pitch_of(say(style={"pitch": -4}))


def pitch_of(said: Speech) -> float:
    return analyse(said.sound[::2], unchecked).median_f0


def test_punctuation_makes_pauses() -> None:
    assert say("Well, no, never.").timing.seconds > say("Well no never").timing.seconds + 0.2


def test_text_is_cleaned_of_screenplay_marks() -> None:
    assert plain("*No* — “never” (beat) he _said_…") == 'No , "never" he said...'


@pytest.mark.parametrize("text", ["...", " — ", "!?", "(beat)"])
def test_text_without_words_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        say(text)
    assert refused.value.code == "audio.text_unspeakable"


def test_unknown_voice_and_language_are_refused_with_what_there_is() -> None:
    with pytest.raises(NotFound) as voice:
        stock_voice("nobody")
    assert "wren" in voice.value.info["voices"]
    with pytest.raises(Invalid) as language:
        say(language="tlh")
    assert language.value.code == "audio.language_unavailable"
    assert "de" in language.value.info["languages"]


def test_another_language_is_spoken_by_the_same_voice() -> None:
    assert say("Guten Morgen, liebe Leute.", language="de").timing.words[0].text == "Guten"


def test_the_guard_stops_speech_within_a_piece() -> None:
    calls = 0

    def stop_at_fifth() -> None:
        nonlocal calls
        calls += 1
        if calls == 5:
            raise Denied("consent.grant_withdrawn", "withdrawn")

    with pytest.raises(Denied):
        speak(Script(TEXT, Style()), stock_voice("wren"), stop_at_fifth)
    assert calls == 5
    assert say().timing.seconds > 3  # the engine is whole after a stop


def test_the_guard_is_read_at_every_50_ms() -> None:
    calls = []
    said = speak(Script(TEXT, Style()), stock_voice("wren"), lambda: calls.append(1))
    assert len(calls) > 3 * said.timing.seconds / 0.05


def test_listed_languages_can_all_be_selected() -> None:
    known = espeak_lib.languages()
    assert {"en-us", "de", "fr-fr"} <= known.keys()
    voice = espeak_lib.EspeakVoice(known["de"], 160, 50, 50)
    assert len(espeak_lib.speak("eins", voice, seed=0, check=unchecked).samples) > 4000
