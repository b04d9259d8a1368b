"""Whole-number oversampling as one matrix product for many samples at once. It keeps nothing between calls."""

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from audio_service.backends.chunks import Sound

_TILE = 8
"""Samples whose outputs one row of the product gives: few, so that most of the matrix is not zeros."""


class Oversampler:
    """A symmetric filter of odd length, ``taps`` at ``up`` times the rate (gain ``up``), between and at the samples."""

    def __init__(self, taps: NDArray[np.float64], up: int) -> None:
        self._up = up
        self.reach = -(-(len(taps) // 2) // up)
        """Samples on each side that an output depends on."""
        wide = 2 * self.reach + 1
        late = np.arange(up)[None, :] + len(taps) // 2 + up * np.arange(self.reach, -self.reach - 1, -1)[:, None]
        one = np.where((late >= 0) & (late < len(taps)), taps[np.clip(late, 0, len(taps) - 1)], 0.0)
        self._matrix = np.zeros((_TILE + 2 * self.reach, _TILE * up), np.float32)
        for sample in range(_TILE):
            self._matrix[sample : sample + wide, sample * up : (sample + 1) * up] = one

    def __call__(self, sound: Sound) -> Sound:
        """Mono ``(n + 2 * reach,)``, context included, to ``(n, up)``: the outputs from each sample to the next."""
        count = len(sound) - 2 * self.reach
        tiles = -(-count // _TILE)
        whole = np.zeros(tiles * _TILE + 2 * self.reach, np.float32)
        whole[: len(sound)] = sound
        rows = as_strided(whole, (tiles, len(self._matrix)), (whole.itemsize * _TILE, whole.itemsize))
        return np.asarray((rows.copy() @ self._matrix).reshape(-1, self._up)[:count], np.float32)
