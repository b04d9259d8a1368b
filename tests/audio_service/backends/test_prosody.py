"""How lines are said: stress, silence, questions, emotions, and that the times stay with the sound."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import signal

from audio_service.backends import likeness
from audio_service.backends.chunks import RATE, Sound, unchecked
from audio_service.backends.espeak import Script, Speech, speak, stock_voice
from audio_service.backends.filters import envelope_db
from audio_service.backends.humanise import SHAKES, bend_for, bent, breathed, micro_cents, shaken
from audio_service.backends.loudness import integrated
from audio_service.backends.prosody import DELIVERY, read
from audio_service.backends.stock import STOCK
from audio_service.backends.vocoder import analyse
from audio_service.contract.speech import Style

SAID = "I never said that to you, and you know it well enough."


def say(text: str = SAID, voice: str = "bram", **style: object) -> Speech:
    return speak(Script(text, Style.model_validate(style)), stock_voice(voice), unchecked)


def length_of(said: Speech, word: str) -> float:
    return next(one.end_s - one.start_s for one in said.timing.words if one.text.lower() == word)


def test_marks_of_stress_and_silence_leave_the_words_as_they_are_written() -> None:
    reading = read("Well -- *not now* (beat), the FBI said NO. It's _mine_!", Style())
    assert reading.shown == "Well, not now , the FBI said NO. It's mine!"
    assert reading.told.count("\x01+9P") == 3
    assert reading.told.count("\x01-9P") == 2  # nothing comes after the last
    assert "FBI" in reading.told
    assert "no." in reading.told
    assert reading.told.index("B") < reading.told.index("now")  # the engine rests after the word
    plainly = read("I NEVER SAID THAT", Style())
    assert (plainly.shown, plainly.told) == ("I NEVER SAID THAT", "i never said that")


@pytest.mark.parametrize(
    "text", ["*", "a * b", "__", "**bold", "_(beat)_ hm", "(beat)", "NO", "*NO*", "é *à* ü", "🎬 go"]
)
def test_odd_marks_do_no_harm(text: str) -> None:
    reading = read(text, Style())
    assert len(reading.place) == len(reading.told) + 1
    assert max(reading.place) <= len(reading.shown)


def test_a_stressed_word_is_longer_and_words_keep_their_names() -> None:
    usual, starred, loud = say("I never said that."), say("I *never* said that."), say("I NEVER said that.")
    assert length_of(starred, "never") > 1.1 * length_of(usual, "never")
    assert length_of(loud, "never") > 1.1 * length_of(usual, "never")
    assert [word.text for word in starred.timing.words] == ["I", "never", "said", "that"]
    assert [word.text for word in loud.timing.words] == ["I", "NEVER", "said", "that"]


def test_a_beat_is_a_silence_in_its_place() -> None:
    usual, held = say("I never said that."), say("I never (beat) said that.")
    longer = held.timing.seconds - usual.timing.seconds
    assert 0.4 < longer < 1.1
    words = held.timing.words
    assert words[2].start_s - words[1].end_s > 0.35
    assert envelope_db(held.sound, unchecked)[round((words[2].start_s - 0.1) * RATE)] < -50


def last_rise(text: str) -> float:
    """Semitones from the first to the last third of the last word."""
    said = say(text)
    word, pitch = said.timing.words[-1], analyse(said.sound[::2], unchecked).f0
    heard = [hertz for hertz in pitch[round(word.start_s * 200) : round(word.end_s * 200)] if hertz > 0]
    third = len(heard) // 3
    return float(12 * np.log2(np.median(heard[-third:]) / np.median(heard[:third])))


def test_a_question_rises_where_a_statement_falls() -> None:
    assert last_rise("You are going home?") > last_rise("You are going home.") + 4
    assert last_rise("Is it raining?") > last_rise("It is raining.") + 3


def test_emotions_are_told_apart_by_pitch_pace_and_level() -> None:
    found = {}
    for emotion in ("neutral", "sad", "excited", "shout", "whisper", "weary", "angry"):
        said = say(emotion=emotion)
        parts = analyse(said.sound[::2], unchecked)
        found[emotion] = (parts.median_f0, said.timing.seconds, integrated(said.sound), parts.voiced.mean())
    neutral = found["neutral"]
    assert found["shout"][0] > 1.2 * neutral[0]
    assert found["shout"][2] > neutral[2] + 3
    assert found["excited"][0] > 1.08 * neutral[0]
    assert found["excited"][1] < 0.95 * neutral[1]
    assert found["sad"][0] < 0.93 * neutral[0]
    assert found["sad"][1] > 1.15 * neutral[1]
    assert found["weary"][1] > 1.2 * neutral[1]
    assert found["angry"][2] > neutral[2] + 1.5
    assert found["whisper"][2] < neutral[2] - 5
    assert found["whisper"][3] < 0.3 * neutral[3]
    assert DELIVERY["afraid"].tremor > 3 * DELIVERY["sad"].tremor


def test_who_speaks_to_himself_is_softer_and_flatter() -> None:
    aside, plain = say(emotion="aside"), say()
    assert integrated(aside.sound) < integrated(plain.sound) - 4
    assert analyse(aside.sound[::2], unchecked).span_st < 0.85 * analyse(plain.sound[::2], unchecked).span_st


@pytest.mark.parametrize(("shaking", "a_second"), [("laughter", 4.7), ("tears", 3.1)])
def test_laughter_and_tears_shake_the_voice(shaking: str, a_second: float) -> None:
    steady = np.full(6 * RATE, 0.1, np.float32)
    level = shaken(steady, SHAKES[shaking], 2)[:: RATE // 200]
    let_go = (level[1:-1] <= level[:-2]) & (level[1:-1] < level[2:]) & (level[1:-1] < 0.08)
    assert let_go.sum() == pytest.approx(6 * a_second, abs=3)
    calm, moved = say(emotion="excited"), say(emotion="excited", shaking=shaking)
    later = [abs(a.start_s - b.start_s) for a, b in zip(calm.timing.words, moved.timing.words, strict=True)]
    assert max(later) < 0.03  # the words stay where they are
    levels = [envelope_db(one.sound, unchecked)[::480][: len(calm.sound) // 480 - 20] for one in (calm, moved)]
    heard = levels[0] > -40
    assert np.std((levels[1] - levels[0])[heard]) > 1.5


def test_a_tremor_is_heard_in_the_pitch() -> None:
    tone = np.sin(2 * np.pi * 150 * np.arange(3 * RATE) / RATE).astype(np.float32)

    def trembling(cents: float) -> float:
        pitch = analyse(bent(tone, bend_for(len(tone), 1, cents), unchecked)[::2], unchecked).f0[60:-60]
        moved = np.abs(np.fft.rfft(1200 * np.log2(pitch / 150)))
        return float(moved[int(5 * len(pitch) / 200) : int(7.5 * len(pitch) / 200)].max())

    assert trembling(45.0) > 3 * trembling(0.0)


@pytest.mark.parametrize("voice", ["marlow", "wren", "theo", "ines"])
def test_sound_begins_where_the_words_say(voice: str) -> None:
    """The rise of the level lies within 30 ms of the time of each word that comes after a silence."""
    said = say("Time. Don't. Pay. Keep. Boats.", voice=voice)
    level = envelope_db(said.sound, unchecked, RATE // 200)
    for word in said.timing.words:
        around = level[max(0, round((word.start_s - 0.12) * RATE)) : round((word.start_s + 0.15) * RATE)]
        onset = float(np.argmax(around > level.max() - 32)) / RATE + max(0.0, word.start_s - 0.12)
        assert abs(onset - word.start_s) < 0.03, (word, onset)


def test_bending_time_moves_sound_by_what_it_tells() -> None:
    clicks = np.zeros(4 * RATE, np.float32)
    places = np.arange(1, 8) * RATE // 2
    clicks[places] = 1.0
    bend = bend_for(len(clicks), 3, 40.0)
    moved = bent(clicks, bend, unchecked)
    for place in places:
        at = round(bend.at(place / RATE) * RATE)
        near = moved[at - 200 : at + 200]
        assert abs(int(np.argmax(near)) - 200) < 24  # half a millisecond
    assert 0.0005 < np.abs(bend.later).max() < 0.015


@pytest.fixture(scope="module")
def everybody() -> list[Sound]:
    """The same words by every stock voice."""
    return [say("Every morning I open the door before the first boats go out.", spec.id).sound for spec in STOCK]


def test_the_stock_voices_are_different_people(everybody: list[Sound]) -> None:
    """Speaker cosines (Resemblyzer) between all pairs; each voice reaches 0.89 with its own other lines."""
    heads = [likeness.embed(sound, RATE, unchecked) for sound in everybody]
    pairs = (np.array(heads) @ np.array(heads).T)[np.triu_indices(len(heads), 1)]
    assert len(STOCK) >= 8
    assert pairs.max() < 0.78
    assert pairs.mean() < 0.62
    pitches = sorted(analyse(sound[: 2 * RATE : 2], unchecked).median_f0 for sound in everybody)
    assert pitches[0] < 95
    assert pitches[-1] > 280
    assert 12 * np.log2(pitches[-1] / pitches[0]) > 18


_THIRDS = (500, 630, 800, 1000, 1250, 1600, 2000, 2500, 3150, 4000, 5000, 6300, 8000)
_SPEECH = (62.1, 60.5, 56.8, 53.7, 53.0, 52.0, 48.7, 48.1, 46.8, 45.6, 44.5, 44.3, 43.7)
"""Third-octave levels of running speech, men and women of many languages (D. Byrne et al., JASA 96(4), 1994)."""


def test_the_voices_together_have_the_spectrum_of_speech(everybody: list[Sound]) -> None:
    levels = []
    for sound in everybody:
        hertz, power = signal.welch(sound, RATE, nperseg=4096)
        bands = [power[(hertz >= c / 2 ** (1 / 6)) & (hertz < c * 2 ** (1 / 6))].sum() for c in _THIRDS]
        level = 10 * np.log10(bands)
        levels.append(level - level.mean() - np.array(_SPEECH) + np.mean(_SPEECH))
    assert np.abs(np.mean(levels, axis=0)).max() < 5.0
    assert np.sqrt(np.mean(np.square(levels))) < 5.5


def test_consonants_and_vowels_move_the_pitch() -> None:
    phonemes = [("p", 0.1, 0.2), ("a", 0.2, 0.5), ("b", 0.5, 0.6), ("i", 0.6, 0.9)]
    cents = micro_cents(phonemes, 200)
    assert cents[42] > cents[80] + 40  # high after p, and soon over
    assert cents[110] < -30  # gives way under b
    assert cents[170] > cents[90] + 35  # i lies over a
    tone = np.sin(2 * np.pi * 150 * np.arange(RATE) / RATE).astype(np.float32)
    still, moved = (analyse(bent(tone, bend_for(RATE, 1, 0.0, some), unchecked)[::2], unchecked).f0
                    for some in ((), phonemes))  # fmt: skip
    assert 1200 * np.log2(moved[43] / still[43]) > 15 > -15 > 1200 * np.log2(moved[110] / still[110])


def test_a_breath_is_drawn_before_the_next_sentence_and_only_there() -> None:
    said = say("Nobody knew that the old boats had gone. The rain had stopped, and we went home.")
    level = envelope_db(said.sound, unchecked)
    pauses = [(a.end_s, b.start_s) for a, b in pairwise(said.timing.phonemes) if b.start_s - a.end_s > 0.15]
    loudest = [float(level[round((start + 0.05) * RATE) : round((end - 0.03) * RATE)].max()) for start, end in pauses]
    assert len(pauses) == 2
    assert -62 < loudest[0] < -38  # after the full stop
    assert loudest[1] < -75  # at the comma
    short = np.zeros(3 * RATE, np.float32) + np.float32(0.1)
    assert breathed(short, [("a", 0.0, 0.5), ("a", 1.5, 2.0)], 1) is short


@pytest.mark.parametrize(
    ("language", "text", "first"),
    [("de", "Guten Abend, liebe Leute.", "Guten"), ("fr", "Bonsoir, mes amis.", "Bonsoir"),
     ("es", "Buenas noches, amigos.", "Buenas"), ("it", "Buona sera, amici.", "Buona"),
     ("pt", "Boa noite, amigos.", "Boa"), ("pt-BR", "Boa noite.", "Boa")],
)  # fmt: skip
def test_languages_are_spoken_by_every_voice(language: str, text: str, first: str) -> None:
    said = speak(Script(text, Style(), language), stock_voice("odile"), unchecked)
    english = speak(Script(text, Style()), stock_voice("odile"), unchecked)
    assert said.timing.words[0].text == first
    assert [one.text for one in said.timing.phonemes] != [one.text for one in english.timing.phonemes]
