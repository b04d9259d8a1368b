"""Stock speech: one line in one stock voice, as sound at 48 kHz with the times of its words and phonemes.

It never speaks as a person: what leans toward a permitted sample is made from this by ``shaping``. Timing goes through
every step with the sound, so a phoneme's time is where it is heard.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from audio_service.backends import espeak_lib, filters
from audio_service.backends.chunks import RATE, Check, Sound
from audio_service.backends.humanise import SHAKES, Bend, bend_for, bent, breathed, shaken, voiced_up
from audio_service.backends.limiter import limit
from audio_service.backends.loudness import SILENT, integrated
from audio_service.backends.prosody import DELIVERY, Reading, engine_voice, read
from audio_service.backends.stock import BY_ID, StockSpec
from audio_service.contract.speech import SpeechTiming, Style, Timed
from infra.kernel.errors import Invalid, NotFound

LINE_LUFS = -20.0
"""Integrated loudness of a neutral line."""

_PEAK_DBTP = -1.5
_LEAD, _TAIL = 0.03, 0.09
_SOUNDING_DB = -55.0


@dataclass(frozen=True)
class Speech:
    """A spoken line: mono float32 at 48 kHz, and its timing in seconds of that sound."""

    sound: Sound
    timing: SpeechTiming


@dataclass(frozen=True)
class Script:
    """What to say and how: ``language`` a tag such as ``en`` or ``de``; ``seed`` fixes breath and flutter."""

    text: str
    style: Style
    language: str = "en"
    seed: int = 0


def stock_voice(voice: str) -> StockSpec:
    """The stock voice of this id; raises :class:`NotFound` (``audio.voice_unknown``)."""
    spec = BY_ID.get(voice)
    if spec is None:
        raise NotFound("audio.voice_unknown", "no such stock voice", fix="choose one of list_voices", voices=[*BY_ID])
    return spec


def speak(script: Script, spec: StockSpec, check: Check) -> Speech:
    """Speak one line; the guard is read at least every 50 ms of sound.

    Raises :class:`Invalid`: ``audio.text_unspeakable`` when nothing of the text sounds, ``audio.language_unavailable``.
    """
    sound, phones = _engine(script, spec, check)
    how = DELIVERY[script.style.emotion]
    shake = SHAKES[script.style.shaking]
    bend = bend_for(len(sound), script.seed, how.tremor + shake.cents, () if how.whisper else phones.phonemes)
    sound = shaken(sound, shake, script.seed)
    sound, phones = voiced_up(bent(sound, bend, check), script.seed, how.press, check), phones.bent(bend)
    return finish(breathed(sound, phones.phonemes, script.seed), phones, spec, script, check)


def speak_straight(script: Script, spec: StockSpec, check: Check) -> Speech:
    """A line as the engine makes it, for what is built from it."""
    return finish(*_engine(script, spec, check), spec, script, check)


def _engine(script: Script, spec: StockSpec, check: Check) -> tuple[Sound, "Phones"]:
    reading = read(script.text, script.style)
    if not any(letter.isalnum() for letter in reading.shown):
        raise Invalid("audio.text_unspeakable", "the line has no words to speak", fix="write at least one word")
    voice = engine_voice(spec, script.style, _base(spec, script.language))
    said = espeak_lib.speak(reading.told, voice, seed=script.seed, check=check)
    step = filters.ratio(said.rate / spec.tract, RATE)
    sound = filters.resample(np.asarray(said.samples / 32768, np.float32), step, check)
    return sound, _timed(said, reading, float(step))


def finish(sound: Sound, phones: "Phones", spec: StockSpec, script: Script, check: Check) -> Speech:
    """Equalise, trim to what sounds, and bring the line to its loudness; the times move with the trimming."""
    how = DELIVERY[script.style.emotion]
    sections = [filters.high_pass(60.0)]
    for hertz, gain, high in ((250.0, spec.low_db, False), (4000.0, spec.high_db + how.high_db, True)):
        if gain:
            sections.append(filters.shelf(hertz, gain, high=high))
    if spec.edge_db:
        sections.append(filters.peak(2600.0, spec.edge_db, 1.6))
    sound = filters.equalise(sound, np.concatenate(sections), check)
    start, stop = _sounding(sound, check)
    if phones.phonemes:
        start = min(start, max(0, round((phones.phonemes[0][1] - _LEAD) * RATE)))
    sound = filters.fade(sound[start:stop], RATE // 200, RATE // 50)
    return Speech(levelled(sound, LINE_LUFS + how.gain_db, check), phones.timing(start / RATE, len(sound) / RATE))


def levelled(sound: Sound, lufs: float, check: Check) -> Sound:
    """``sound`` at a loudness, with its peaks held under -1.5 dBTP."""
    measured = integrated(sound, check)
    if measured <= SILENT:
        raise Invalid("audio.text_unspeakable", "nothing of the line sounds", fix="write words of the line's language")
    return limit(sound, _PEAK_DBTP, check, gain_db=lufs - measured)


def _base(spec: StockSpec, language: str) -> str:
    """The engine's voice name for a language: the voice's own accent for English, else the language's first."""
    if language in ("en", spec.accent):
        return spec.accent
    known = espeak_lib.languages()
    tag = language.lower()
    short = tag.split("-")[0]
    kin = next((name for other, name in known.items() if other.split("-")[0] == short), None)
    name = known.get(tag) or known.get(short) or known.get(f"{short}-{short}") or kin
    if name is None:
        raise Invalid("audio.language_unavailable", "no voice speaks this language", fix="use a listed language",
                      language=language, languages=sorted(known))  # fmt: skip
    return name


def _sounding(sound: Sound, check: Check) -> tuple[int, int]:
    """The range from shortly before the first to shortly after the last sample that can be heard."""
    power = filters.envelope(sound, check)
    heard = np.flatnonzero(power > max(float(power.max(initial=0.0)), 1e-12) * 10 ** (_SOUNDING_DB / 10))
    if not len(heard):
        return 0, len(sound)
    return max(0, int(heard[0] - _LEAD * RATE)), min(len(sound), int(heard[-1] + _TAIL * RATE))


@dataclass(frozen=True)
class Phones:
    """Words and phonemes as ``(text, start, end)`` in seconds of the untrimmed sound."""

    words: list[tuple[str, float, float]]
    phonemes: list[tuple[str, float, float]]

    def bent(self, bend: Bend) -> "Phones":
        """The times after the sound was bent."""

        def moved(items: list[tuple[str, float, float]]) -> list[tuple[str, float, float]]:
            return [(text, bend.at(start), bend.at(end)) for text, start, end in items]

        return Phones(moved(self.words), moved(self.phonemes))

    def timing(self, cut_s: float, seconds: float) -> SpeechTiming:
        """The times after ``cut_s`` was cut from the front, held inside ``[0, seconds]``."""

        def moved(items: list[tuple[str, float, float]]) -> tuple[Timed, ...]:
            ends = [(t, min(max(a - cut_s, 0.0), seconds), min(max(b - cut_s, 0.0), seconds)) for t, a, b in items]
            return tuple(Timed(text=t, start_s=round(a, 5), end_s=round(b, 5)) for t, a, b in ends if b > a)

        return SpeechTiming(seconds=seconds, words=moved(self.words), phonemes=moved(self.phonemes))


def _timed(said: espeak_lib.Utterance, reading: Reading, step: float) -> Phones:
    """Phonemes last until the next event that sounds or pauses; a word from its first phoneme to its last one's end."""
    scale = step / RATE
    words: list[tuple[str, float, float]] = []
    phonemes: list[tuple[str, float, float]] = []
    marks = [event for event in said.events if event.kind != "word"]
    ends = {id(a): b.sample for a, b in pairwise(marks)}
    spoken, first = "", -1
    for event in said.events:
        if event.kind == "word":
            words += _word(spoken, phonemes, first)
            spoken, first = reading.word(event.position, event.length), len(phonemes)
        elif event.kind == "phoneme" and event.text:
            end = ends.get(id(event), len(said.samples))
            phonemes.append((event.text, event.sample * scale, end * scale))
    return Phones(words + _word(spoken, phonemes, first), phonemes)


def _word(text: str, phonemes: list[tuple[str, float, float]], first: int) -> list[tuple[str, float, float]]:
    own = phonemes[first:] if first >= 0 else []
    return [(text, own[0][1], own[-1][2])] if own else []
