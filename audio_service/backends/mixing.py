"""From a mix job to its track: the words of its cues to beds, rooms and effects that exist, takes opened one by one."""

from collections.abc import Sequence
from functools import partial

from audio_service.backends import files, filters
from audio_service.backends.chunks import RATE, Check, Sound
from audio_service.backends.coding import Coder
from audio_service.backends.mix import (
    PlacedBed,
    PlacedEffect,
    PlacedLine,
    PlacedTone,
    Scene,
    Target,
    master,
    mix_down,
    wav_of,
)  # fmt: skip
from audio_service.backends.rooms import match_room
from audio_service.contract.beds import match_bed
from audio_service.contract.effects import match_effect
from audio_service.contract.jobs import BedCue, Cue, EffectCue, MixJob
from audio_service.domain.ports import Mixed, Report
from infra.kernel.errors import Invalid


def mix_job(job: MixJob, takes: Sequence[bytes], check: Check, report: Report) -> Mixed:
    """The track, and its stems where they are asked for. ``takes`` belong to the cues; each is read when its time
    comes. Raises :class:`Invalid` (``audio.bed_unknown``, ``audio.effect_unknown``, ``audio.cue_outside``,
    ``audio.take_unreadable``).
    """
    scene, target = scene_of(job, takes, check), Target(job.seconds, job.loudness_lufs, job.true_peak_dbtp)
    with mix_down(scene, job.seconds, check, stems=job.stems) as made:
        report(0.5)
        coder = Coder()
        level = master(made.whole, target, check, coder.put)
        report(0.9)
        stems = {name: wav_of(spool, check) for name, spool in made.stems.items()}
        return Mixed(
            coder.finish(), len(made.whole) / RATE, round(level.loudness_lufs, 2), round(level.true_peak_dbtp, 2),
            round(made.ducking_db, 2), stems,
        )  # fmt: skip


def scene_of(job: MixJob, takes: Sequence[bytes], check: Check) -> Scene:
    """What sounds when. Raises as :func:`mix_job`."""
    if len(takes) != len(job.cues):
        raise ValueError("each cue has a take")
    return Scene(
        [_line(cue, partial(_opened, takes, at, check)) for at, cue in enumerate(job.cues)],
        [_bed(cue) for cue in job.beds],
        [_effect(cue) for cue in job.effects],
        [PlacedTone(match_room(cue.room) or "room", cue.start_s, cue.end_s, cue.seed) for cue in job.rooms],
    )


def _opened(takes: Sequence[bytes], at: int, check: Check) -> Sound:
    check()
    sound, rate = files.from_wav(takes[at])
    return filters.resample(sound, filters.ratio(rate, RATE), check)


def _line(cue: Cue, load: "partial[Sound]") -> PlacedLine:
    return PlacedLine(load, cue.start_s, cue.gain_db, cue.pan, match_room(cue.room), cue.distance)


def _bed(cue: BedCue) -> PlacedBed:
    name = match_bed(cue.name)
    if name is None:
        raise Invalid("audio.bed_unknown", "no bed is meant by these words", fix="use a bed of list_beds", bed=cue.name)
    return PlacedBed(name, cue.start_s, cue.end_s, cue.gain_db, cue.seed)


def _effect(cue: EffectCue) -> PlacedEffect:
    name = match_effect(cue.name)
    if name is None:
        raise Invalid("audio.effect_unknown", "no effect is meant by these words", fix="use a listed spot effect",
                      effect=cue.name)  # fmt: skip
    return PlacedEffect(name, cue.start_s, cue.gain_db, cue.pan, cue.seed, match_room(cue.room), cue.distance)
