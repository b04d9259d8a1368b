"""Second-order sections that remember: a filter that is fed piece by piece and goes on where it stopped.

It gives what ``scipy.signal.sosfilt`` gives, number for number, and calls the same compiled loop without the public
function's preparation, which takes 50 to 70 us a call: five times the filtering of 50 ms of sound (scipy 1.17, pinned).
"""

import numpy as np
from numpy.typing import NDArray
from scipy.signal._sosfilt import _sosfilt

from audio_service.backends.chunks import Sound

Floats = NDArray[np.float64]


class Cascade:
    """Sections ``(s, 6)`` applied one after the other; silent before the first sample."""

    def __init__(self, sections: Floats) -> None:
        self._sections = np.array(sections, np.float64, order="C")
        self._state: Floats | None = None

    def __call__(self, sound: Sound | Floats) -> Floats:
        """The next samples filtered: shape ``(n,)`` or ``(n, channels)``, always the same number of channels."""
        rows = self.rows(sound)
        return rows.T if sound.ndim == 2 else rows[0]

    def rows(self, sound: Sound | Floats) -> Floats:
        """The same with a row for each channel, shape ``(channels, n)``."""
        rows = np.array(sound.T, np.float64, order="C", ndmin=2)
        if self._state is None:
            self._state = np.zeros((len(rows), len(self._sections), 2))
        _sosfilt(self._sections, rows, self._state)
        return rows
