"""Is this file usable as a voice reference? Answered by a child process with limits; only clean sound comes back.

The file comes from a stranger, so it is decoded where memory, time and files are bounded and nothing else lives. What
comes back is always re-encoded: metadata and polyglots do not survive. Nothing is decided about who it is.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from infra.kernel.errors import AssentError, Internal, Invalid, TooLarge, Unavailable

MAX_BYTES = 32 * 1024 * 1024
_TIMEOUT_S = 60.0
_INTAKE = "audio_service.backends.intake"


@dataclass(frozen=True)
class InspectedVoice:
    """A sample that passed: ``wav`` is mono 16-bit 24 kHz, trimmed and levelled; ``quality`` what was measured."""

    wav: bytes
    quality: dict[str, float | int | str]


def inspect_voice(data: bytes) -> InspectedVoice:
    """Check and clean a voice sample (WAV, FLAC or MP3, at most 32 MiB, 3 to 120 s). Takes about 5 s.

    Raises :class:`Invalid` with ``audio.sample_empty``, ``audio.sample_wrong_type``, ``audio.sample_unreadable``,
    ``audio.sample_too_short``, ``audio.sample_low_rate``, ``audio.sample_narrow_band``, ``audio.sample_silent``,
    ``audio.sample_clipped``, ``audio.sample_no_speech``, ``audio.sample_noisy`` or ``audio.sample_two_voices``,
    :class:`TooLarge`
    (``audio.sample_too_large``, ``audio.sample_too_long``); each says how to fix it.
    """
    if not data:
        raise Invalid("audio.sample_empty", "the file has no bytes", fix="choose another file")
    if len(data) > MAX_BYTES:
        raise TooLarge("audio.sample_too_large", "the file is too large", fix="send at most 32 MiB", limit=MAX_BYTES)
    return _answer(_run(data))


def _run(data: bytes) -> bytes:
    command = [sys.executable, "-m", _INTAKE]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=_TIMEOUT_S, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise Invalid("audio.sample_unreadable", "the file took too long to read", fix="record it again") from error
    except OSError as error:
        raise Unavailable("audio.intake_unavailable", "the sample could not be checked", fix="try again") from error
    if done.returncode < 0:  # ended by a limit
        raise Invalid("audio.sample_unreadable", "the file could not be read within its limits", fix="record it again")
    if done.returncode != 0:
        raise Internal("audio.intake_failed", "the check of the sample broke")
    return done.stdout


def _answer(output: bytes) -> InspectedVoice:
    """The child's answer: one line of JSON, then the WAV."""
    head, _, wav = output.partition(b"\n")
    told: dict[str, Any] = json.loads(head)
    if "error" in told:
        raise AssentError.from_wire(told["error"])
    return InspectedVoice(wav, told["quality"])
