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


@dataclass(frozen=True)
class Delivery:
    """How an emotion changes a voice: factors of pace, semitones, steps of intonation span, dB."""

    rate: float = 1.0
    pitch: float = 0.0
    span: int = 0
    gain_db: float = 0.0
    gap: int = 0
    high_db: float = 0.0
    whisper: bool = False


DELIVERY: dict[str, Delivery] = {
    "neutral": Delivery(),
    "warm": Delivery(rate=0.94, pitch=-0.7, span=8, gain_db=-0.5, high_db=-1.5),
    "sad": Delivery(rate=0.84, pitch=-1.8, span=-20, gain_db=-2.5, gap=3, high_db=-2.0),
    "angry": Delivery(rate=1.08, pitch=1.2, span=22, gain_db=2.5, high_db=2.5),
    "excited": Delivery(rate=1.14, pitch=2.2, span=25, gain_db=1.5, high_db=1.5),
    "whisper": Delivery(rate=0.9, span=-25, gain_db=-7.0, whisper=True),
    "afraid": Delivery(rate=1.12, pitch=1.8, span=-8, gain_db=-1.0, gap=1),
    "shout": Delivery(rate=0.97, pitch=4.0, span=28, gain_db=5.0, high_db=5.0),
    "sarcastic": Delivery(rate=0.88, pitch=-0.8, span=32, gain_db=-0.5),
    "weary": Delivery(rate=0.8, pitch=-1.4, span=-14, gain_db=-2.0, gap=2, high_db=-2.5),
}


def plain(text: str) -> str:
    """The words to be spoken: Fountain emphasis, notes and typographic marks taken out, dashes made pauses."""
    for mark, instead in _PLAIN.items():
        text = text.replace(mark, instead)
    text = _DASHES.sub(", ", _MARKS.sub("", _NOTES.sub(" ", text)))
    return " ".join(_UNPRINTABLE.sub(" ", text).split())


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
