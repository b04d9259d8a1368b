"""Whether one person or two speak in a sample: windows of speech in two groups by speaker embedding, and how far apart
the groups are. It knows nobody.
"""

from dataclasses import dataclass

import numpy as np

from audio_service.backends import likeness
from audio_service.backends.chunks import Check, Sound

APART = 0.75
"""Cosine of two groups below which they are two people. Measured (Resemblyzer, 1.6 s windows): eight single voices
0.80 to 0.97; 28 pairs of voices 0.47 to 0.73, and one pair of alike men 0.81, which is not told apart.
"""

_LEAST_SHARE = 0.2
_FEWEST = 5


@dataclass(frozen=True)
class Split:
    """``cosine`` between the two groups; ``share`` of windows in the smaller one."""

    cosine: float
    share: float

    @property
    def two_people(self) -> bool:
        return self.cosine < APART and self.share >= _LEAST_SHARE


def split(speech: Sound, rate: int, check: Check) -> Split:
    """Divide ``speech`` (mono, silence cut out) by speaker; too little of it counts as one person."""
    heads = likeness.embed_windows(speech, rate, check)
    if len(heads) < _FEWEST:
        return Split(1.0, 0.0)
    first, second = np.unravel_index(int(np.argmin(heads @ heads.T)), (len(heads), len(heads)))
    centres = heads[[first, second]]
    groups = np.zeros(len(heads), int)
    for _ in range(8):
        groups = np.argmax(heads @ centres.T, axis=1)
        for number in (0, 1):
            if (groups == number).any():
                mean = heads[groups == number].mean(axis=0)
                centres[number] = mean / np.linalg.norm(mean)
    return Split(float(centres[0] @ centres[1]), float(min((groups == 0).mean(), (groups == 1).mean())))
