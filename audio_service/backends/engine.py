"""The studio: the one object the worker knows, over speech, shaping and the mix. It knows no lease and no key."""

from collections.abc import Sequence
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import numpy as np

from audio_service.backends import espeak, files, filters, likeness, shaping, vocoder
from audio_service.backends.chunks import RATE, Check, Sound
from audio_service.backends.espeak import Script, Speech
from audio_service.backends.mixing import mix_job
from audio_service.backends.prosody import DELIVERY
from audio_service.backends.stock import SOURCE
from audio_service.contract.jobs import LineJob, MixJob
from audio_service.domain.ports import Mixed, Report, Spoken, Studio
from infra.kernel.errors import Invalid
from infra.sources import source_version

_DOWN, _UP = filters.ratio(RATE, vocoder.WORK_RATE), filters.ratio(vocoder.WORK_RATE, RATE)


class Engine(Studio):
    """Implements :class:`audio_service.domain.ports.Studio` on this machine's processor."""

    version = source_version("espeak", Path(__file__).parent, metadata.version("espeakng-loader"))

    @classmethod
    def warmed(cls) -> "Engine":
        """An engine whose slow parts are loaded."""
        likeness.warm()
        return cls()

    def speak(self, job: LineJob, sample: bytes | None, check: Check, report: Report) -> Spoken:
        """Raises :class:`Invalid` (``audio.text_unspeakable``, ``audio.language_unavailable``,
        ``audio.sample_unusable``) and :class:`NotFound` (``audio.voice_unknown``).
        """
        script = Script(job.text, job.style, job.language, job.seed)
        if sample is None:
            said = espeak.speak(script, espeak.stock_voice(job.voice.stock or ""), check)
            return Spoken(files.to_wav(said.sound, RATE, check), said.timing)
        return lean_toward(script, sample, check, report)

    def mix(self, job: MixJob, takes: Sequence[bytes], check: Check, report: Report) -> Mixed:
        """Raises :class:`Invalid` (``audio.bed_unknown``, ``audio.effect_unknown``, ``audio.cue_outside``,
        ``audio.take_unreadable``).
        """
        return mix_job(job, takes, check, report)


def lean_toward(script: Script, sample: bytes, check: Check, report: Report) -> Spoken:
    """A line in the source voice, leaned toward a sample (WAV), with the speaker cosine before and after."""
    wave, rate = files.from_wav(sample)
    goal = shaping.open_sample(filters.resample(wave, filters.ratio(rate, vocoder.WORK_RATE), check), check)
    if goal.median_f0 <= 0:
        raise Invalid("audio.sample_unusable", "the enrolled sample has no voiced sound", fix="enrol another sample")
    report(0.3)
    raw = espeak.speak(_voiced(script), SOURCE, check)
    shaped = shape(raw, script, goal, check)
    report(0.8)
    person = likeness.embed(wave, rate, check)
    before = likeness.cosine(likeness.embed(raw.sound, RATE, check), person)
    after = likeness.cosine(likeness.embed(shaped, RATE, check), person)
    return Spoken(files.to_wav(shaped, RATE, check), raw.timing, before, after)


def shape(raw: Speech, script: Script, goal: shaping.Sample, check: Check) -> Sound:
    """The sound of ``raw`` leaned toward ``goal``, sample for sample as long as before, at the line's loudness."""
    how = DELIVERY[script.style.emotion]
    low = filters.resample(raw.sound, _DOWN, check)
    parts = shaping.lean(vocoder.analyse(low, check), goal, check, pitch_st=script.style.pitch + how.pitch)
    if how.whisper:
        parts = shaping.whispered(parts)
    made = filters.resample(vocoder.synthesise(parts, len(low), script.seed, check), _UP, check)
    sound = np.zeros(len(raw.sound), np.float32)
    sound[: len(made)] = made[: len(sound)]
    sound = filters.equalise(sound, filters.high_pass(60.0), check)
    return espeak.levelled(filters.fade(sound, RATE // 200, RATE // 50), espeak.LINE_LUFS + how.gain_db, check)


def _voiced(script: Script) -> Script:
    """Whispering is done to the shaped voice, so the source speaks with its voice."""
    if not DELIVERY[script.style.emotion].whisper:
        return script
    return replace(script, style=script.style.model_copy(update={"emotion": "neutral"}))
