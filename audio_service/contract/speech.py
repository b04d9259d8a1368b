"""Timed speech: what was said, and when each word and phoneme sounds. Lip sync is built on nothing else."""

from typing import Literal

from pydantic import Field

from infra.kernel.rpc import Message


class Timed(Message):
    """A word or an IPA phoneme with its times in seconds from the start of the line's own sound."""

    text: str
    start_s: float = Field(ge=0)
    end_s: float = Field(ge=0)


class SpeechTiming(Message):
    """``seconds`` is the length of the whole sound, silence included."""

    seconds: float = Field(gt=0)
    words: tuple[Timed, ...]
    phonemes: tuple[Timed, ...]


class Style(Message):
    """Delivery of a line. ``rate`` 1.0 is the voice's own pace; ``pitch`` in semitones; ``emotion`` from the
    parenthetical; ``shaking`` what shakes the voice besides.
    """

    rate: float = Field(default=1.0, ge=0.5, le=2.0)
    pitch: float = Field(default=0.0, ge=-12, le=12)
    emotion: Literal[
        "neutral", "warm", "sad", "angry", "excited", "whisper", "afraid", "shout", "sarcastic", "weary",
        "aside",
    ] = "neutral"  # fmt: skip
    shaking: Literal["", "laughter", "tears"] = ""


class StockVoice(Message):
    """A voice that belongs to nobody."""

    id: str
    name: str
    description: str
    language: str = "en"


class VoiceRef(Message):
    """Either a stock voice, or a subject's enrolled sample (the SHA-256 of the reference asset)."""

    stock: str | None = None
    subject: str | None = None
    asset: str | None = None
