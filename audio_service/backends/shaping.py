"""A stock line leaned toward a permitted voice: its pitch, the length of its vocal tract, the envelope of its sounds.

It leans toward the speaker; it is no clone, and says so with numbers: the speaker cosine before and after. Nothing is
learnt that outlives the line: the sample is taken apart for one job and forgotten. Timing is untouched: every frame
stays where it was, so phoneme times stay valid for the lips.

Steps: pitch moved to the speaker's median and span; the spectrum's frequency axis stretched to fit the speaker's mean
envelope; frames matched to the speaker's own frames by INCA (D. Erro et al., IEEE TASLP 18(5), 2010), then replaced by
the mean of their nearest neighbours, keeping each frame's own loudness.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage

from audio_service.backends.chunks import Check, Sound, pieces
from audio_service.backends.vocoder import BINS, WORK_RATE, Analysis, Frames, analyse

_BANDS, _COEFFICIENTS = 48, 25
_NEIGHBOURS = 4
_ROUNDS = 8
_RIDGE = 0.5
_PIECE = 10
_AUDIBLE_DB = -45.0
_FEW = 40
MOST_SAMPLE_S = 20
"""Seconds of the sample that are looked at, at most."""

_BLEND_VOICED, _BLEND_UNVOICED = 1.0, 0.6
_STRETCHES = np.exp(np.linspace(np.log(0.78), np.log(1.28), 41))


@dataclass(frozen=True)
class Sample:
    """A permitted sample taken apart: frames that sound, split by voicing, each with level taken out."""

    median_f0: float
    span_st: float
    voiced: "Cloud"
    unvoiced: "Cloud"


@dataclass(frozen=True)
class Cloud:
    """Frames as points: ``point`` ``(t, 25)`` cepstra, ``shape`` ``(t, 513)`` level-free log power, ``breath``."""

    point: Frames
    shape: Frames
    breath: Frames


def open_sample(sound: Sound, check: Check) -> Sample:
    """Take apart a sample (mono, 24 kHz). A sample without voiced sound has ``median_f0`` 0 and shapes nothing."""
    parts = analyse(sound[: MOST_SAMPLE_S * WORK_RATE], check)
    level = _level(parts.envelope)
    heard = level > level.max() + _AUDIBLE_DB * np.log(10) / 10
    voiced, unvoiced = _cloud(parts, heard & parts.voiced), _cloud(parts, heard & ~parts.voiced)
    return Sample(parts.median_f0, parts.span_st, voiced, unvoiced)


def lean(parts: Analysis, sample: Sample, check: Check, *, pitch_st: float = 0.0) -> Analysis:
    """``parts`` of a stock line, leaned toward ``sample`` and ``pitch_st`` semitones over its pitch. Frame count,
    voicing and loudness contour stay.
    """
    if sample.median_f0 <= 0 or not parts.voiced.any() or len(sample.voiced.point) < _FEW:
        return parts
    check()
    stretched = _stretch(parts.envelope, _fit_stretch(parts, sample, check))
    envelope, breath = stretched.copy(), parts.breath.copy()
    check()
    level = _level(parts.envelope)
    for mask, cloud, blend in (
        (parts.voiced, sample.voiced, _BLEND_VOICED), (~parts.voiced, sample.unvoiced, _BLEND_UNVOICED),
    ):  # fmt: skip
        if len(cloud.point) < _FEW or mask.sum() < _COEFFICIENTS:
            continue
        own = np.log(stretched[mask])
        shape, air = _matched(own, cloud, check)
        own -= own.mean(axis=1, keepdims=True)
        check()
        envelope[mask] = np.exp(blend * shape + (1 - blend) * own)
        breath[mask] = air
    envelope = np.exp(_smooth_in_time(np.log(envelope), parts.voiced))
    envelope *= np.exp(level - _level(envelope))[:, None]
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


def _cloud(parts: Analysis, mask: NDArray[np.bool_]) -> Cloud:
    shape = np.log(parts.envelope[mask])
    shape -= shape.mean(axis=1, keepdims=True)
    return Cloud(_points(shape), shape, parts.breath[mask])


def _mel_bank() -> Frames:
    """Triangles that average 513 bins (0-12 kHz) into 48 bands equal in mel up to 8 kHz."""
    top = 2595 * np.log10(1 + 8000 / 700)
    edges = 700 * (10 ** (np.linspace(0, top, _BANDS + 2) / 2595) - 1)
    bins = np.linspace(0, WORK_RATE / 2, BINS)
    rise = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    fall = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    bank = np.maximum(0.0, np.minimum(rise, fall))
    return np.asarray(bank / np.maximum(bank.sum(axis=1, keepdims=True), 1e-9))


_BANK = _mel_bank()


def _points(log_power: Frames) -> Frames:
    """Mel cepstra 1 to 25 of log power spectra: the level, coefficient 0, is left out."""
    return np.asarray(fft.dct(log_power @ _BANK.T, norm="ortho")[:, 1 : _COEFFICIENTS + 1])


def _stretch(envelope: Frames, factor: float) -> Frames:
    """Formants moved by ``factor`` (> 1: up, a shorter tract), by linear interpolation of the log spectrum."""
    source = np.minimum(np.arange(BINS) / factor, BINS - 1.001)
    low, part = source.astype(int), source % 1.0
    log = np.log(envelope)
    return np.asarray(np.exp(log[:, low] * (1 - part) + log[:, low + 1] * part))


def _fit_stretch(parts: Analysis, sample: Sample, check: Check) -> float:
    """The stretch whose mean voiced envelope lies nearest to the sample's, in mel bands with level and tilt removed."""
    goal = _untilted(sample.voiced.shape.mean(axis=0) @ _BANK.T)
    mean = np.log(parts.envelope[parts.voiced]).mean(axis=0, keepdims=True)
    errors = []
    for factor in _STRETCHES:
        check()
        tried = _untilted(np.log(_stretch(np.exp(mean), float(factor)))[0] @ _BANK.T)
        errors.append(float(np.mean((tried - goal) ** 2)) + 0.02 * float(np.log(factor)) ** 2)
    return float(_STRETCHES[int(np.argmin(errors))])


def _untilted(bands: Frames) -> Frames:
    axis = np.linspace(-1, 1, len(bands))
    return np.asarray(bands - np.polyval(np.polyfit(axis, bands, 1), axis))


def _matched(log_power: Frames, cloud: Cloud, check: Check) -> tuple[Frames, Frames]:
    """For each frame the mean shape and breath of its neighbours in the cloud, after INCA has brought them near."""
    start = _points(log_power)
    moved = start + cloud.point.mean(axis=0) - start.mean(axis=0)
    for _ in range(_ROUNDS):
        there = _nearest(moved, cloud.point, 1, check)[:, 0]
        back = _nearest(cloud.point, moved, 1, check)[:, 0]
        sources = np.concatenate([start, start[back]])
        targets = np.concatenate([cloud.point[there], cloud.point])
        moved = _affine(sources, targets, start)
    shape, breath = np.empty_like(log_power), np.empty_like(log_power)
    near = _nearest(moved, cloud.point, _NEIGHBOURS, check)
    for first, last in pieces(len(near), check, _PIECE):
        shape[first:last] = cloud.shape[near[first:last]].mean(axis=1)
        breath[first:last] = cloud.breath[near[first:last]].mean(axis=1)
    return shape, breath


def _affine(sources: Frames, targets: Frames, points: Frames) -> Frames:
    """``points`` under the ridge regression that takes ``sources`` to ``targets``, drawn toward the identity."""
    centre, goal = sources.mean(axis=0), targets.mean(axis=0)
    left = sources - centre
    gram = left.T @ left + _RIDGE * len(left) * np.eye(left.shape[1]) * left.var()
    matrix = np.linalg.solve(gram, left.T @ (targets - goal - left)) + np.eye(left.shape[1])
    return np.asarray((points - centre) @ matrix + goal)


def _nearest(points: Frames, among: Frames, count: int, check: Check) -> NDArray[np.int64]:
    """Indices of the ``count`` nearest of ``among`` for each point, shape ``(t, count)``."""
    norms = np.square(among).sum(axis=1)
    found = np.empty((len(points), count), np.int64)
    for first, last in pieces(len(points), check, _PIECE):
        distance = norms - 2 * points[first:last] @ among.T
        found[first:last] = np.argpartition(distance, count - 1, axis=1)[:, :count]
    return found


def _smooth_in_time(log_power: Frames, voiced: NDArray[np.bool_]) -> Frames:
    """Envelopes smoothed over about 15 ms, inside stretches of one voicing only."""
    out = log_power.copy()
    edges = np.flatnonzero(np.diff(voiced.astype(int))) + 1
    for run in np.split(np.arange(len(voiced)), edges):
        out[run] = ndimage.gaussian_filter1d(log_power[run], 1.5, axis=0, mode="nearest")
    return out
