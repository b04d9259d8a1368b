"""The film's one track: lines in their rooms, beds under them and ducked, effects, brought to loudness under a
true-peak ceiling. Memory does not grow with the film: it is made in blocks of 50 ms into a spool.

It measures what it made (EBU R128, ITU-R BS.1770-4) and reports the numbers; it never decides what may be heard.
"""

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field

import numpy as np
import soundfile
from scipy import ndimage

from audio_service.backends import files
from audio_service.backends.chunks import RATE, Check, Sound, pieces
from audio_service.backends.limiter import Level, levelled
from audio_service.backends.scene import (
    PlacedBed,
    PlacedEffect,
    PlacedLine,
    PlacedTone,
    Scene,
    Stretch,
    bed_stretches,
    effect_cues,
    line_cues,
    tone_stretches,
)  # fmt: skip
from audio_service.backends.spool import Spool
from infra.kernel.errors import Invalid

__all__ = ["PlacedBed", "PlacedEffect", "PlacedLine", "PlacedTone", "Scene", "Target", "Track", "mix", "mix_down"]

DUCK_DB = 9.0
"""How far beds go down under speech."""

_INSIDE = np.ones((1, 1), np.float32)

STEMS = ("dialogue", "beds", "effects")

_CODEC_DB = 0.5
"""Kept under the ceiling for what AAC at the film's rate adds to a peak."""

_RUN = RATE // 5
"""Samples of the finished mix that are handed on at once: 200 ms, a millisecond of work."""

_SPEECH_DB = -42.0
_TURN = 100
"""Values a second of the curve that says where somebody speaks."""
_HOLD, _SLOPE = 20, 17


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


@dataclass
class Mixdown:
    """A film's sound before its master gain, in spools: all of it, and each stem where stems were asked for. The
    stems add up to ``whole``.
    """

    whole: Spool
    stems: dict[str, Spool] = field(default_factory=dict)
    ducking_db: float = 0.0


@contextmanager
def mix_down(scene: Scene, seconds: float, check: Check, *, stems: bool = False) -> Iterator[Mixdown]:
    """Mix a scene; the guard is read at every 50 ms of sound. The spools are gone when the block is left.

    Raises :class:`Invalid` (``audio.cue_outside``) for a line that does not fit into the film.
    """
    length = round(seconds * RATE)
    with ExitStack() as kept:
        spools = [Spool() for _ in range(4 if stems else 1)]
        for spool in spools:
            kept.callback(spool.close)
        made = Mixdown(spools[0], dict(zip(STEMS, spools[1:], strict=False)))
        presence = _presence(scene.lines, length, check)
        duck = _Duck(presence)
        for start, buses in _buses(scene, length, duck, check):
            edge = _edges(start, len(buses[0]), length)
            faded = [bus * edge for bus in buses]
            made.whole.append(faded[0] + faded[1] + faded[2])
            for name, spool in made.stems.items():
                spool.append(faded[STEMS.index(name)])
        made.ducking_db = duck.depth_db()
        yield made


def mix(lines: Sequence[PlacedLine], beds: Sequence[PlacedBed], target: Target, check: Check) -> Track:
    """Lines and beds as one track in memory."""
    out: list[Sound] = []
    with mix_down(Scene(lines, beds), target.seconds, check) as made:
        level = master(made.whole, target, check, out.append)
    return Track(np.concatenate(out), level.loudness_lufs, level.true_peak_dbtp, made.ducking_db)


def master(whole: Spool, target: Target, check: Check, write: Callable[[Sound], None]) -> Level:
    """Bring a mixdown to its loudness and under its ceiling; ``write`` gets the blocks, which are measured too."""
    made, level = levelled(whole, target.loudness_lufs, target.true_peak_dbtp - _CODEC_DB, check)
    with closing(made):
        for start, stop in pieces(len(made), check, _RUN):
            write(made[start:stop])
    return level


def wav_of(spool: Spool, check: Check) -> bytes:
    """A stem as a 32-bit float WAV: it may go over full scale and still add up. The same stem gives the same bytes."""
    data = io.BytesIO()
    with soundfile.SoundFile(data, "w", RATE, 2, format="WAV", subtype="FLOAT") as file:
        for start, stop in pieces(len(spool), check):
            file.write(spool[start:stop])
    return files.undated(data)


def _buses(scene: Scene, length: int, duck: "_Duck", check: Check) -> Iterator[tuple[int, list[Sound]]]:
    """Block by block: its first sample, and dialogue, beds and effects of it."""
    lines, effects = line_cues(scene.lines, length, check), effect_cues(scene.effects, check)
    beds, tones = bed_stretches(scene.beds, length, check), tone_stretches(scene.tones, length)
    for start, stop in pieces(length, check):
        under = _laid(beds, start, stop)
        duck.lower(under, start)
        yield start, [lines.take(stop - start), under + _laid(tones, start, stop), effects.take(stop - start)]
        beds, tones = ([one for one in some if not one.over(stop)] for some in (beds, tones))


def _laid(stretches: list[Stretch], start: int, stop: int) -> Sound:
    out = np.zeros((stop - start, 2), np.float32)
    for stretch in stretches:
        stretch.add_to(out, start)
    return out


def _edges(start: int, count: int, length: int) -> Sound:
    """5 ms in and out at the ends of the film, for what is cut there."""
    if start >= RATE // 200 and start + count <= length - RATE // 200:
        return _INSIDE
    index = np.arange(start, start + count)
    inside = np.minimum(index + 1, length - index) / (RATE // 200)
    return np.asarray(np.sin(np.minimum(inside, 1.0) * np.pi / 2) ** 2, np.float32)[:, None]


class _Duck:
    """Lowers beds under speech and measures, in energy, by how much they went down there."""

    def __init__(self, presence: Sound) -> None:
        self._presence, self._before, self._after = presence, 0.0, 0.0

    def lower(self, under: Sound, start: int) -> None:
        """Lower a block of the beds, in place."""
        at = (np.arange(start, start + len(under)) + 0.5) * (_TURN / RATE) - 0.5
        here = np.interp(at, np.arange(len(self._presence)), self._presence)
        speaking = here > 0.5
        if not here.any():
            return
        self._before += float(np.square(under[speaking], dtype=np.float64).sum())
        under *= np.asarray(10 ** (-DUCK_DB / 20 * here), np.float32)[:, None]
        self._after += float(np.square(under[speaking], dtype=np.float64).sum())

    def depth_db(self) -> float:
        return float(10 * np.log10(self._before / self._after)) if self._after > 0 else 0.0


def _presence(lines: Sequence[PlacedLine], length: int, check: Check) -> Sound:
    """0 to 1, a hundred times a second: whether somebody speaks, held over short pauses, early and smooth at both
    ends. The hold reaches further than the slope, so a bed is down before the first sound and until after the last.
    """
    hop = RATE // _TURN
    heard = np.zeros(length // hop + 2, np.float32)
    for line in lines:
        check()
        sound, start = line.load(), round(line.start_s * RATE)
        if start + len(sound) > length + RATE // 20:
            raise Invalid(
                "audio.cue_outside", "a line ends after the film", start_s=line.start_s, seconds=length / RATE
            )
        first = start // hop
        whole = sound[: len(sound) // hop * hop].reshape(-1, hop)
        power = np.mean(np.square(whole), axis=1) * 10 ** (line.gain_db / 10) / 2
        own = heard[first : first + len(power)]
        own[power[: len(own)] > 10 ** (_SPEECH_DB / 10)] = 1.0
    held = ndimage.maximum_filter1d(heard, 2 * _HOLD + 1)
    once = ndimage.uniform_filter1d(held, _SLOPE, mode="nearest")
    return np.asarray(ndimage.uniform_filter1d(once, _SLOPE, mode="nearest"), np.float32)
