"""From the written line and its style to what the speech engine is told. It reads text and numbers only."""

import re
from dataclasses import dataclass
from math import log2

from audio_service.backends.espeak_lib import EspeakVoice
from audio_service.backends.stock import StockSpec
from audio_service.contract.speech import Style

_PLAIN = {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": ", ", "\u2014": ", ", "\u2026": "... "}
_MARKS = re.compile(r"[*_\\]+")
_NOTES = re.compile(r"\([^()]*\)|\[\[.*?\]\]")
_DASHES = re.compile(r"\s*--+\s*")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")
_REST_UNITS = 20
"""A beat, in the engine's units: 0.7 s at its usual pace."""


@dataclass(frozen=True)
class Delivery:
    """How an emotion changes a voice: factors of pace, semitones, steps of intonation span, dB; ``tremor`` cents at 6
    Hz; ``press`` dB by which soft parts are brought up; ``stress`` how much emphasis there is, 1 the usual.
    """

    rate: float = 1.0
    pitch: float = 0.0
    span: int = 0
    gain_db: float = 0.0
    gap: int = 0
    high_db: float = 0.0
    whisper: bool = False
    tremor: float = 0.0
    press: float = 0.0
    stress: float = 1.0


DELIVERY: dict[str, Delivery] = {
    "neutral": Delivery(),
    "warm": Delivery(rate=0.94, pitch=-0.7, span=8, gain_db=-0.5, high_db=-1.5),
    "sad": Delivery(rate=0.84, pitch=-1.8, span=-20, gain_db=-2.5, gap=3, high_db=-2.0, tremor=10, stress=0.6),
    "angry": Delivery(rate=1.08, pitch=1.2, span=22, gain_db=2.5, high_db=2.5, press=2.0, stress=1.5),
    "excited": Delivery(rate=1.14, pitch=2.2, span=25, gain_db=1.5, high_db=1.5, stress=1.3),
    "whisper": Delivery(rate=0.9, span=-25, gain_db=-7.0, whisper=True),
    "afraid": Delivery(rate=1.12, pitch=1.8, span=-8, gain_db=-1.0, gap=1, tremor=45),
    "shout": Delivery(rate=0.97, pitch=4.0, span=28, gain_db=5.0, high_db=5.0, press=4.0, stress=1.4),
    "sarcastic": Delivery(rate=0.88, pitch=-0.8, span=32, gain_db=-0.5, stress=1.6),
    "aside": Delivery(rate=1.03, pitch=-1.6, span=-22, gain_db=-5.0, high_db=-3.0, stress=0.7),
    "weary": Delivery(rate=0.8, pitch=-1.4, span=-14, gain_db=-2.0, gap=2, high_db=-2.5, stress=0.6),
}

_EMPHASIS = re.compile(r"(\*{1,3}|_)(?=\S)(.+?)(?<=\S)\1")
_BEAT = re.compile(r"\((?:a )?(long )?(?:beat|pause|silence)\)", re.IGNORECASE)
_CAPS = re.compile(r"\b[A-Z][A-Z']+\b")
_SAID_IN_CAPS = frozenset(
    "NO YES NOT NOW YOU ALL ME MY HE SHE WE GO OUT OFF ON UP DO DID IS ARE WAS HIM HER US IT".split()  # noqa: SIM905
)
_MOST_EMPHASISED = 4
_ON, _OFF, _REST = "\x02", "\x03", "\x04"
_COMMAND = re.compile(r"\x01[+-]?\d+[A-Z]")


@dataclass(frozen=True)
class Reading:
    """A line made ready: ``shown`` its words as they are written, ``told`` the same with the engine's commands in it.

    ``place`` finds for a character of ``told`` the character of ``shown`` that it stands before or is.
    """

    shown: str
    told: str
    place: tuple[int, ...]

    def word(self, position: int, length: int) -> str:
        """The written word behind an event of the engine."""
        inside = self.told[position : position + length]
        start = self.place[min(position, len(self.place) - 1)]
        if not _COMMAND.search(inside):
            return self.shown[start : start + length]
        end = start
        while end < len(self.shown) and not self.shown[end].isspace():
            end += 1
        return self.shown[start:end].strip(".,;:!?\"'")


def plain(text: str) -> str:
    """The words to be spoken: Fountain emphasis, notes and typographic marks taken out, dashes made pauses."""
    for mark, instead in _PLAIN.items():
        text = text.replace(mark, instead)
    text = _DASHES.sub(", ", _MARKS.sub("", _NOTES.sub(" ", text)))
    return " ".join(_UNPRINTABLE.sub(" ", text).split())


def read(text: str, style: Style) -> Reading:
    """How a line is to be said: words in capitals or between ``*`` or ``_`` are stressed, ``(beat)`` is a silence.

    A line all in capitals is a loud line, not a stressed one; letters that are said one by one (``FBI``) stay so.
    """
    shown = plain(text)
    marked = _BEAT.sub(lambda found: _REST * (2 if found.group(1) else 1), _UNPRINTABLE.sub(" ", text))
    marked = _EMPHASIS.sub(_stressed, marked)
    if any(letter.islower() for letter in shown):
        marked = _CAPS.sub(lambda found: _loud(found.group()), marked)
    elif shown.isupper():
        marked = marked.lower()
    marks, bare = _marks_of(_kept(marked))
    if bare.lower() != shown.lower():  # marks that did not pair: say it plainly
        marks, bare = {}, shown
    return _told(shown, bare, marks, DELIVERY[style.emotion].stress)


def _stressed(found: re.Match[str]) -> str:
    words = found.group(2)
    return f"{_ON}{words}{_OFF}" if len(words.split()) <= _MOST_EMPHASISED else words


def _loud(word: str) -> str:
    said = len(word) > 3 or word in _SAID_IN_CAPS
    return f"{_ON}{word.lower()}{_OFF}" if said and word != "I" else word


def _kept(marked: str) -> str:
    """:func:`plain`, which leaves our marks alone."""
    for mark, instead in _PLAIN.items():
        marked = marked.replace(mark, instead)
    marked = _DASHES.sub(", ", _MARKS.sub("", _NOTES.sub(" ", marked)))
    return " ".join(marked.split())


def _marks_of(marked: str) -> tuple[dict[int, str], str]:
    """Where our marks stand in the text without them. A mark that stands alone leaves no second space."""
    marks: dict[int, str] = {}
    bare: list[str] = []
    for letter in marked:
        if letter in (_ON, _OFF, _REST):
            marks[len(bare)] = marks.get(len(bare), "") + letter
        elif not (letter == " " and (not bare or bare[-1] == " ")):
            bare.append(letter)
    return marks, "".join(bare).rstrip()


def _rests_early(bare: str, marks: dict[int, str]) -> dict[int, str]:
    """The engine rests after the word that follows its command: rests move in front of the word before them."""
    moved = {at: some.replace(_REST, "") for at, some in marks.items()}
    for at, some in marks.items():
        before = [found.start() for found in re.finditer(r"\S+", bare[:at])]
        if _REST in some and before:
            moved[before[-1]] = _REST * some.count(_REST) + moved.get(before[-1], "")
    return moved


def _told(shown: str, bare: str, marks: dict[int, str], stress: float) -> Reading:
    rise, loud, slow = round(9 * stress), round(12 * stress), round(22 * stress)
    commands = {_ON: f"\x01+{rise}P\x01+{loud}A\x01-{slow}S", _OFF: f"\x01-{rise}P\x01-{loud}A\x01+{slow}S",
                _REST: f"\x01{_REST_UNITS}B"}  # fmt: skip
    marks = _rests_early(bare, marks)
    told: list[str] = []
    place: list[int] = []
    waiting = ""
    for at, letter in enumerate(bare):
        waiting += "".join(commands[mark] for mark in marks.get(at, ""))
        if waiting and letter not in " .,;:!?":  # a command in front of a space would be taken for a word
            told += waiting
            place += [at] * len(waiting)
            waiting = ""
        told.append(letter)
        place.append(at)
    return Reading(shown, "".join(told), (*place, len(shown)))


def engine_voice(spec: StockSpec, style: Style, base: str) -> EspeakVoice:
    """The engine's setting for a stock voice, its style and the voice name ``base`` of the language.

    The tract is made by playing slower, so pace and pitch are set the other way by the same factor. The engine's
    pitch moves the voice by 0.2 semitones a step around 50 (measured: 0.16 to 0.21, by voice and direction).
    """
    how = DELIVERY[style.emotion]
    semitones = spec.pitch + style.pitch + how.pitch + 12 * log2(spec.tract)
    return EspeakVoice(
        name=f"{base}+{spec.whisper if how.whisper else spec.variant}",
        rate=_clip(spec.rate * style.rate * how.rate * spec.tract, 80, 450),
        pitch=_clip(50 + semitones * 5, 0, 99),
        span=_clip(spec.span + how.span, 0, 99),
        gap=how.gap,
    )


def _clip(value: float, low: int, high: int) -> int:
    return int(min(max(round(value), low), high))
