"""The film's one track: lines placed, beds under them and ducked, brought to loudness under a true-peak ceiling.

It measures what it made (EBU R128, ITU-R BS.1770-4) and reports the numbers; it never decides what may be heard.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from audio_service.backends.beds import make_bed
from audio_service.backends.chunks import CHUNK, RATE, Check, Sound, by_pieces, pieces
from audio_service.backends.filters import envelope_db, fade
from audio_service.backends.limiter import to_loudness
from audio_service.backends.loudness import SILENT, integrated
from infra.kernel.errors import Invalid

DUCK_DB = 9.0
"""How far beds go down under speech."""

_BED_LUFS = -20.0
"""Loudness of a bed at gain 0 dB, that of a neutral line."""

_SPEECH_DB = -42.0
_HOLD = RATE // 5
_SLOPE = RATE // 6
_FADE = RATE // 2


@dataclass(frozen=True)
class PlacedLine:
    """Mono sound at 48 kHz, from ``start_s`` of the film; ``pan`` -1 left to 1 right."""

    sound: Sound
    start_s: float
    gain_db: float = 0.0
    pan: float = 0.0


@dataclass(frozen=True)
class PlacedBed:
    """A bed by its name (see ``bed_names``), from ``start_s`` to ``end_s`` of the film."""

    name: str
    start_s: float
    end_s: float
    gain_db: float
    seed: int


@dataclass(frozen=True)
class Target:
    """What the track must be: exactly ``round(seconds * 48000)`` samples, loudness in LUFS, ceiling in dBTP."""

    seconds: float
    loudness_lufs: float
    true_peak_dbtp: float


@dataclass(frozen=True)
class Track:
    """Stereo float32 at 48 kHz, and what was measured on it. ``ducking_db`` is 0 when nothing had to duck."""

    sound: Sound
    loudness_lufs: float
    true_peak_dbtp: float
    ducking_db: float


def mix(lines: list[PlacedLine], beds: list[PlacedBed], target: Target, check: Check) -> Track:
    """Mix to one track; the guard is read at every 50 ms of sound in every step.

    Raises :class:`Invalid` (``audio.cue_outside``) for a line that does not fit into the film.
    """
    length = round(target.seconds * RATE)
    speech = np.zeros((length, 2), np.float32)
    for line in lines:
        _place(speech, line, check)
    under = np.zeros((length, 2), np.float32)
    for bed in beds:
        _lay(under, bed, check)
    depth = _duck(under, speech, check) if beds and lines else 0.0
    for start, stop in pieces(length, check):
        speech[start:stop] += under[start:stop]
    track, level = to_loudness(speech, target.loudness_lufs, target.true_peak_dbtp, check)
    return Track(track, level.loudness_lufs, level.true_peak_dbtp, depth)


def _place(speech: Sound, line: PlacedLine, check: Check) -> None:
    start = round(line.start_s * RATE)
    stop = start + len(line.sound)
    if stop > len(speech) + CHUNK:
        raise Invalid(
            "audio.cue_outside", "a line ends after the film", start_s=line.start_s, seconds=len(speech) / RATE
        )
    sound = fade(line.sound[: len(speech) - start], 48, 480)
    gain = 10 ** (line.gain_db / 20)
    angle = (line.pan + 1) * np.pi / 4
    gains = np.array([np.cos(angle), np.sin(angle)], np.float32) * np.float32(gain * np.sqrt(0.5) * np.sqrt(2))
    for first, last in pieces(len(sound), check):
        speech[start + first : start + last] += sound[first:last, None] * gains


def _lay(under: Sound, bed: PlacedBed, check: Check) -> None:
    start, stop = round(bed.start_s * RATE), min(round(bed.end_s * RATE), len(under))
    if stop <= start:
        return
    sound = make_bed(bed.name, bed.seed, stop - start, check)
    measured = integrated(sound, check)
    gain_db = _BED_LUFS - measured + bed.gain_db if measured > SILENT else 0.0
    faded = fade(sound, min(_FADE, (stop - start) // 3), min(_FADE, (stop - start) // 3))
    for first, last in pieces(len(faded), check):
        under[start + first : start + last] += faded[first:last] * np.float32(10 ** (gain_db / 20))


def _duck(under: Sound, speech: Sound, check: Check) -> float:
    """Lower the beds under speech, in place; by how much they went down there, measured in dB of energy."""
    presence = _presence(speech, check)
    before = after = 0.0
    for start, stop in pieces(len(under), check):
        speaking = presence[start:stop] > 0.5
        before += float(np.square(under[start:stop][speaking], dtype=np.float64).sum())
        under[start:stop] *= np.asarray(10 ** (-DUCK_DB / 20 * presence[start:stop]), np.float32)[:, None]
        after += float(np.square(under[start:stop][speaking], dtype=np.float64).sum())
    return float(10 * np.log10(before / after)) if after > 0 else 0.0


def _presence(speech: Sound, check: Check) -> Sound:
    """0 to 1 per sample: whether somebody speaks, held over short pauses, early and smooth at both ends.

    The hold reaches further than the slope, so a bed is down before the first sound and until after the last.
    """
    loudest = np.empty(len(speech), np.float32)
    for start, stop in pieces(len(speech), check):
        loudest[start:stop] = np.abs(speech[start:stop]).max(axis=1)
    level = envelope_db(loudest, check)
    heard = np.asarray(level > _SPEECH_DB, np.float32)
    held = by_pieces(heard, lambda part: ndimage.maximum_filter1d(part, 2 * _HOLD + 1), context=_HOLD + 1, check=check)

    def smooth(part: Sound) -> Sound:
        once = ndimage.uniform_filter1d(part, _SLOPE, mode="nearest")
        return np.asarray(ndimage.uniform_filter1d(once, _SLOPE, mode="nearest"), np.float32)

    return by_pieces(held, smooth, context=_SLOPE + 2, check=check)
