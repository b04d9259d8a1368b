"""A stock line leaned toward a permitted voice: its pitch, the length of its vocal tract, the envelope of its sounds.

It leans toward the speaker; it is no clone, and says so with numbers: the speaker cosine before and after. Nothing is
learnt that outlives the line: the sample is taken apart for one job and forgotten. Timing is untouched: every frame
stays where it was, so phoneme times stay valid for the lips.

Steps: pitch moved to the speaker's median and span; the spectrum's frequency axis stretched to fit the speaker's mean
envelope; frames matched to the speaker's own frames and rebuilt from them (see ``matching``), their spread brought
back to the speaker's (T. Toda, A. Black and K. Tokuda, IEEE TASLP 15(8), 2007: means of frames are too flat), and the
loudness of sounds moved toward that of the speaker's.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage

from audio_service.backends.chunks import Check, Sound
from audio_service.backends.matching import BANK, Cloud, learn, points_of, rebuilt
from audio_service.backends.vocoder import BINS, WORK_RATE, Analysis, Frames, analyse

_AUDIBLE = -45.0 * np.log(10) / 10
"""What counts as heard: over -45 dB of the loudest frame, as a log of power."""

_FEW, _FEWEST = 40, 25
"""Frames of the sample, and of the line, under which nothing is matched."""

MOST_SAMPLE_S = 20
"""Seconds of the sample that are looked at, at most."""

_BLEND_VOICED, _BLEND_UNVOICED = 1.0, 0.8
_STRETCHES = np.exp(np.linspace(np.log(0.78), np.log(1.28), 41))
_CEPSTRA: Frames = fft.dct(np.eye(BINS), norm="ortho")[:, :60].T
"""The first 60 cosines over the spectrum, ``(60, 513)``: coarser than a harmonic."""

_MOST_SPREAD = 1.5
_LOUDNESS, _MOST_LOUDNESS = 0.6, 1.4
_ENOUGH = 30
"""Frames whose statistics count for half."""

_SMOOTH = 0.8


@dataclass(frozen=True)
class Sample:
    """A permitted sample taken apart: frames that sound, split by voicing, each with level taken out. ``levels`` are
    log powers of all that sound.
    """

    median_f0: float
    span_st: float
    voiced: Cloud
    unvoiced: Cloud
    levels: Frames


def open_sample(sound: Sound, check: Check) -> Sample:
    """Take apart a sample (mono, 24 kHz). A sample without voiced sound has ``median_f0`` 0 and shapes nothing."""
    parts = analyse(sound[: MOST_SAMPLE_S * WORK_RATE], check)
    heard = _heard(parts)
    check()
    voiced = _cloud(parts, heard & parts.voiced)
    check()
    unvoiced = _cloud(parts, heard & ~parts.voiced)
    check()
    return Sample(parts.median_f0, parts.span_st, voiced, unvoiced, _level(parts.envelope)[heard])


def lean(parts: Analysis, sample: Sample, check: Check, *, pitch_st: float = 0.0) -> Analysis:
    """``parts`` of a stock line, leaned toward ``sample`` and ``pitch_st`` semitones over its pitch. Frame count and
    voicing stay.
    """
    if sample.median_f0 <= 0 or not parts.voiced.any() or len(sample.voiced.point) < _FEW:
        return parts
    check()
    stretched = _stretch(parts.envelope, _fit_stretch(parts, sample, check))
    envelope, breath, heard = stretched.copy(), parts.breath.copy(), _heard(parts)
    for voiced, cloud, blend in ((True, sample.voiced, _BLEND_VOICED), (False, sample.unvoiced, _BLEND_UNVOICED)):
        mask = parts.voiced == voiced
        if len(cloud.point) < _FEW or (mask & heard).sum() < _FEWEST:
            continue
        own = np.log(stretched[mask])
        points = points_of(own)
        shape, air = rebuilt(learn(points[heard[mask]], cloud, check)(points), cloud, check)
        own -= own.mean(axis=1, keepdims=True)
        check()
        envelope[mask] = np.exp(blend * _spread(shape, cloud.shape, check) + (1 - blend) * own)
        breath[mask] = air
    check()
    envelope = np.exp(_smooth_in_time(np.log(envelope), parts.voiced))
    check()
    envelope *= np.exp(_louder(parts, sample) + _level(parts.envelope) - _level(envelope))[:, None]
    return Analysis(_pitch(parts, sample, pitch_st), envelope, breath)


def whispered(parts: Analysis) -> Analysis:
    """The same sounds without a voice: all breath, the low end of the glottal pulse taken out."""
    tilt = np.minimum(1.0, 0.02 + (np.arange(BINS) / BINS * 4.0) ** 1.5)
    return Analysis(np.zeros_like(parts.f0), parts.envelope * tilt, np.ones_like(parts.breath))


def _pitch(parts: Analysis, sample: Sample, pitch_st: float) -> Frames:
    """Pitch with the sample's median and its span, the change of span held between 0.6 and 1.5."""
    wider = float(np.clip(sample.span_st / max(parts.span_st, 0.3), 0.6, 1.5))
    f0 = parts.f0.copy()
    f0[parts.voiced] = sample.median_f0 * 2 ** (pitch_st / 12) * (f0[parts.voiced] / parts.median_f0) ** wider
    return np.where(f0 > 0, np.clip(f0, 55.0, 600.0), 0.0)


def _level(envelope: Frames) -> Frames:
    """Log of the mean power of each frame."""
    return np.asarray(np.log(envelope.mean(axis=1)))


def _heard(parts: Analysis) -> NDArray[np.bool_]:
    level = _level(parts.envelope)
    return np.asarray(level > level.max() + _AUDIBLE)


def _cloud(parts: Analysis, mask: NDArray[np.bool_]) -> Cloud:
    shape = np.log(parts.envelope[mask])
    shape -= shape.mean(axis=1, keepdims=True)
    return Cloud(points_of(shape), shape, parts.breath[mask])


def _stretch(envelope: Frames, factor: float) -> Frames:
    """Formants moved by ``factor`` (> 1: up, a shorter tract), by linear interpolation of the log spectrum."""
    place = np.minimum(np.arange(BINS) / factor, BINS - 1.001)
    low, part = place.astype(int), place % 1.0
    log = np.log(envelope)
    return np.asarray(np.exp(log[:, low] * (1 - part) + log[:, low + 1] * part))


def _fit_stretch(parts: Analysis, sample: Sample, check: Check) -> float:
    """The stretch whose mean voiced envelope lies nearest to the sample's, in mel bands with level and tilt removed."""
    goal = _untilted(sample.voiced.shape.mean(axis=0) @ BANK.T)
    mean = np.log(parts.envelope[parts.voiced]).mean(axis=0, keepdims=True)
    errors = []
    for factor in _STRETCHES:
        check()
        tried = _untilted(np.log(_stretch(np.exp(mean), float(factor)))[0] @ BANK.T)
        errors.append(float(np.mean((tried - goal) ** 2)) + 0.02 * float(np.log(factor)) ** 2)
    return float(_STRETCHES[int(np.argmin(errors))])


def _untilted(bands: Frames) -> Frames:
    axis = np.linspace(-1, 1, len(bands))
    return np.asarray(bands - np.polyval(np.polyfit(axis, bands, 1), axis))


def _spread(shape: Frames, goal: Frames, check: Check) -> Frames:
    """``shape`` with the coarse spread over time of ``goal``: each of its first cepstra moved away from its mean."""
    check()
    theirs = (goal @ _CEPSTRA.T).std(axis=0)
    check()
    cepstra = shape @ _CEPSTRA.T
    away = cepstra - cepstra.mean(axis=0)
    wider = np.clip(theirs / np.maximum(away.std(axis=0), 1e-6), 1.0, _MOST_SPREAD) - 1
    check()
    return np.asarray(shape + (away * wider * len(shape) / (len(shape) + _ENOUGH)) @ _CEPSTRA)


def _louder(parts: Analysis, sample: Sample) -> Frames:
    """Log of the gain of each frame that takes its rank among the levels of the line toward that of the sample."""
    level, heard = _level(parts.envelope), _heard(parts)
    count = int(heard.sum())
    rank = np.argsort(np.argsort(level[heard])) / max(count - 1, 1)
    wanted = np.quantile(sample.levels, rank)
    wanted += level[heard].mean() - wanted.mean()
    gain = np.zeros(len(level))
    gain[heard] = np.clip(wanted - level[heard], -_MOST_LOUDNESS, _MOST_LOUDNESS)
    return np.asarray(ndimage.gaussian_filter1d(gain, 4) * _LOUDNESS * count / (count + _ENOUGH))


def _smooth_in_time(log_power: Frames, voiced: NDArray[np.bool_]) -> Frames:
    """Envelopes smoothed over about 10 ms, inside stretches of one voicing only."""
    out = log_power.copy()
    edges = np.flatnonzero(np.diff(voiced.astype(int))) + 1
    for run in np.split(np.arange(len(voiced)), edges):
        out[run] = ndimage.gaussian_filter1d(log_power[run], _SMOOTH, axis=0, mode="nearest")
    return out
