"""Frames of one voice matched to frames of another by what is said in them, without a transcript of either.

A map from voice to voice is learnt by INCA (D. Erro et al., IEEE TASLP 18(5), 2010: nearest neighbours both ways, then
a regression, again and again) on frames with their surroundings. A line is then rebuilt from the other voice's frames
along the path that is near in sound and runs on where the sample ran on (as in unit selection; A. Hunt and A. Black,
ICASSP 1996), each frame the mean of the path and a few neighbours.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from audio_service.backends.chunks import Check, pieces
from audio_service.backends.vocoder import BINS, WORK_RATE, Frames

_BANDS, COEFFICIENTS = 48, 25
_CONTEXT, _CONTEXT_WEIGHT = 5, 0.5
"""Frames (25 ms) to each side that count as the surroundings of one, and how much they weigh."""

_ROUNDS, _EVERY = 6, 2
"""Rounds of INCA, on every second frame: neighbours in time say the same."""

_RIDGE = 0.5
_SCALE = (0.6, 1.7)
"""How far the spread of a coefficient may be changed before the first round."""

_CHOICES, _NEIGHBOURS, _PATH_WEIGHT = 12, 3, 2
_RUNS_ON = 2
"""Frames (10 ms) that a step in the sample may leap over and still be the sample running on."""

_PIECE = 40


@dataclass(frozen=True)
class Cloud:
    """Frames as points: ``point`` ``(t, 25)`` cepstra, ``shape`` ``(t, 513)`` level-free log power, ``breath``."""

    point: Frames
    shape: Frames
    breath: Frames


@dataclass(frozen=True)
class Map:
    """From the points of one voice to those of another: spreads made alike, then an affine step."""

    centre: Frames
    scale: Frames
    goal: Frames
    matrix: Frames
    shift: Frames

    def __call__(self, points: Frames) -> Frames:
        return np.asarray(self._alike(points) @ self.matrix + self.shift)

    def _alike(self, points: Frames) -> Frames:
        return np.asarray((points - self.centre) * self.scale + self.goal)


def _mel_bank() -> Frames:
    """Triangles that average 513 bins (0-12 kHz) into 48 bands equal in mel up to 8 kHz."""
    top = 2595 * np.log10(1 + 8000 / 700)
    edges = 700 * (10 ** (np.linspace(0, top, _BANDS + 2) / 2595) - 1)
    bins = np.linspace(0, WORK_RATE / 2, BINS)
    rise = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    fall = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    bank = np.maximum(0.0, np.minimum(rise, fall))
    return np.asarray(bank / np.maximum(bank.sum(axis=1, keepdims=True), 1e-9))


BANK = _mel_bank()


def points_of(log_power: Frames) -> Frames:
    """Mel cepstra 1 to 25 of log power spectra: the level, coefficient 0, is left out."""
    return np.asarray(fft.dct(log_power @ BANK.T, norm="ortho")[:, 1 : COEFFICIENTS + 1])


def learn(points: Frames, cloud: Cloud, check: Check) -> Map:
    """The map that brings ``points``, of any words, into ``cloud``."""
    centre, goal = points.mean(axis=0), cloud.point.mean(axis=0)
    scale = np.clip(cloud.point.std(axis=0) / np.maximum(points.std(axis=0), 1e-6), *_SCALE)
    found = Map(centre, scale, goal, np.eye(points.shape[1]), np.zeros(points.shape[1]))
    alike, moved, some = found(points)[::_EVERY], found(points), cloud.point[::_EVERY]
    there = _around(cloud.point)[::_EVERY]
    for _ in range(_ROUNDS):
        near = _around(moved)[::_EVERY]
        to, back = nearest(near, there, 1, check)[:, 0], nearest(there, near, 1, check)[:, 0]
        matrix, shift = _regression(np.concatenate([alike, alike[back]]), np.concatenate([some[to], some]))
        found = Map(centre, scale, goal, matrix, shift)
        moved = found(points)
    return found


def rebuilt(moved: Frames, cloud: Cloud, check: Check) -> tuple[Frames, Frames]:
    """The shape and breath of each frame of a line from the cloud: ``moved`` are its points under :func:`learn`."""
    here, there = _around(moved), _around(cloud.point)
    near = nearest(here, there, min(_CHOICES, len(there) - 1), check)
    path = _path(here, there, near, cloud.point, check)
    count = _PATH_WEIGHT + _NEIGHBOURS
    shape, breath = np.empty((len(moved), BINS)), np.empty((len(moved), BINS))
    for first, last in pieces(len(moved), check, _PIECE // 4):
        also = near[first:last, :_NEIGHBOURS]
        for out, known in ((shape, cloud.shape), (breath, cloud.breath)):
            mean = (_PATH_WEIGHT * known[path[first:last]] + known[also].sum(axis=1)) / count
            out[first:last] = mean
    return shape, breath


def nearest(points: Frames, among: Frames, count: int, check: Check) -> NDArray[np.int64]:
    """Indices of the ``count`` nearest of ``among`` for each point, nearest first, shape ``(t, count)``."""
    there = np.asarray(among, np.float32)
    norms = np.square(there).sum(axis=1)
    found = np.empty((len(points), count), np.int64)
    for first, last in pieces(len(points), check, _PIECE):
        distance = norms - 2 * np.asarray(points[first:last], np.float32) @ there.T
        if count == 1:
            found[first:last, 0] = distance.argmin(axis=1)
            continue
        some = np.argpartition(distance, count - 1, axis=1)[:, :count]
        order = np.take_along_axis(distance, some, axis=1).argsort(axis=1)
        found[first:last] = np.take_along_axis(some, order, axis=1)
    return found


def _around(points: Frames) -> Frames:
    """Each point with those before and after it, shape ``(t, 75)``."""
    padded = np.pad(points, ((_CONTEXT, _CONTEXT), (0, 0)), mode="edge")
    before, after = padded[: -2 * _CONTEXT], padded[2 * _CONTEXT :]
    return np.concatenate([points, _CONTEXT_WEIGHT * before, _CONTEXT_WEIGHT * after], axis=1)


def _regression(sources: Frames, targets: Frames) -> tuple[Frames, Frames]:
    """Matrix and shift of the ridge regression that takes ``sources`` to ``targets``, drawn toward the identity."""
    centre, goal = sources.mean(axis=0), targets.mean(axis=0)
    left = sources - centre
    gram = left.T @ left + _RIDGE * len(left) * np.eye(left.shape[1]) * left.var()
    matrix = np.linalg.solve(gram, left.T @ (targets - goal - left)) + np.eye(left.shape[1])
    return matrix, goal - centre @ matrix


def _path(here: Frames, there: Frames, near: NDArray[np.int64], points: Frames, check: Check) -> NDArray[np.int64]:
    """Of the ``near`` ones of each frame the one on the cheapest way through all of them, by Viterbi's algorithm. What
    follows in the sample follows free; a leap costs as much as it is heard. Costs are in units of the usual distance.
    """
    own = np.stack([np.square(here[at] - there[near[at]]).sum(axis=1) for at in range(len(here))])
    usual = max(float(np.median(own)), 1e-9)
    own /= usual
    after = np.minimum(np.arange(len(points)) + 1, len(points) - 1)
    total, came = own[0], np.zeros(near.shape, np.int64)
    for first, last in pieces(len(here), check, _PIECE // 4):
        for at in range(max(first, 1), last):
            before, now = near[at - 1], near[at]
            leap = np.square(points[after[before]][:, None] - points[now]).sum(axis=2) / usual
            step = now[None, :] - before[:, None]
            leap[(step >= 0) & (step <= _RUNS_ON)] = 0.0
            way = total[:, None] + leap
            came[at] = way.argmin(axis=0)
            total = way.min(axis=0) + own[at]
    chosen = np.empty(len(here), np.int64)
    at = int(total.argmin())
    for frame in range(len(here) - 1, -1, -1):
        chosen[frame] = near[frame, at]
        at = int(came[frame, at])
    return chosen
