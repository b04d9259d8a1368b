"""The messages of the queue ``audio.jobs`` and the events that answer them."""

from typing import Literal

from pydantic import Field

from audio_service.contract.speech import SpeechTiming, Style, VoiceRef
from consent_service.contract.decisions import Use
from infra.kernel.rpc import Message


class KnownLine(Message):
    """A line that was spoken before: sealed under the key of ``production``, by the ``engine`` of that day. It is used
    again when the engine is still the same; ``kept`` says to use it whatever the engine, for a locked shot.
    """

    production: str
    sha256: str
    engine: str = ""
    timing: SpeechTiming
    similarity_before: float | None = None
    similarity_after: float | None = None
    kept: bool = False


class LineJob(Message):
    """Speak one line. ``uses`` is empty for stock voices; the result goes sealed into the ``takes`` blob area."""

    kind: Literal["line"] = "line"
    job: str
    production: str
    shot: str
    line: int
    decision: str
    text: str = Field(min_length=1, max_length=2000)
    voice: VoiceRef
    style: Style = Style()
    language: str = "en"
    seed: int = 0
    uses: tuple[Use, ...] = ()
    features: tuple[str, ...] = ("allow.audio_generation",)
    known: KnownLine | None = Field(default=None, description="the same words in the same voice, spoken before")


class Cue(Message):
    """One spoken take, placed in the film. ``sha256`` addresses its sealed WAV in the ``takes`` area."""

    sha256: str
    start_s: float = Field(ge=0)
    gain_db: float = 0.0
    pan: float = Field(default=0.0, ge=-1, le=1)
    distance: Literal["close", "medium", "far"] = "close"
    room: str = Field(default="", description="the set it is spoken in, for its reverberation: kitchen, street …")


class EffectCue(Message):
    """A short sound by its word (``door``, ``thunder``, ``glass``), at ``start_s`` of the film."""

    name: str
    start_s: float = Field(ge=0)
    gain_db: float = -6.0
    pan: float = Field(default=0.0, ge=-1, le=1)
    seed: int = 0
    distance: Literal["close", "medium", "far"] = "close"
    room: str = Field(default="", description="the set it sounds in, as of a line")


class RoomCue(Message):
    """Room tone: the silence of a set, from ``start_s`` to ``end_s`` of the film."""

    room: str
    start_s: float = Field(ge=0)
    end_s: float = Field(gt=0)
    seed: int = 0


class BedCue(Message):
    """A sound bed by its words (``rain``, ``city night``), from ``start_s`` to ``end_s`` of the film."""

    name: str
    start_s: float = Field(ge=0)
    end_s: float = Field(gt=0)
    gain_db: float = -18.0
    seed: int = 0


class MixJob(Message):
    """Mix lines and beds to one stereo 48 kHz track of exactly ``seconds``, beds ducked under speech."""

    kind: Literal["mix"] = "mix"
    job: str
    production: str
    decision: str
    seconds: float = Field(gt=0, le=3600)
    cues: tuple[Cue, ...]
    beds: tuple[BedCue, ...] = ()
    effects: tuple[EffectCue, ...] = ()
    rooms: tuple[RoomCue, ...] = ()
    stems: bool = Field(default=False, description="keep dialogue, beds and effects as tracks of their own too")
    loudness_lufs: float = Field(default=-16.0, ge=-31, le=-9)
    true_peak_dbtp: float = Field(default=-1.0, le=0)
    features: tuple[str, ...] = ("allow.audio_generation",)


class LineSpoken(Message):
    """Event ``line_spoken`` of service ``audio``."""

    job: str
    production: str
    shot: str
    line: int
    sha256: str
    timing: SpeechTiming
    similarity_before: float | None = Field(default=None, description="speaker cosine before shaping (Resemblyzer)")
    similarity_after: float | None = None
    engine: str = Field(default="", description="what spoke it: equal engines make equal sound of equal words")
    reused: bool = False
    lease: str | None = None
    ledger_index: int | None = None


class TrackMixed(Message):
    """Event ``track_mixed`` of service ``audio``."""

    job: str
    production: str
    sha256: str
    seconds: float
    loudness_lufs: float
    true_peak_dbtp: float
    ducking_db: float
    stems: dict[str, str] = Field(default_factory=dict, description="SHA-256 of each sealed stem by its name")
    ledger_index: int | None = None


class AudioJobStopped(Message):
    """Event ``job_stopped`` of service ``audio``: refused or aborted; nothing of it was kept."""

    job: str
    production: str
    code: str
    detail: str
    stop_ms: float | None = None
    ledger_index: int | None = None
