"""What a witness saw in one stretch of a film, without the names of who it saw: numbers that can be kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_FACES = 2
"""Faces that are looked at in one picture, at most."""


@dataclass(frozen=True)
class Features:
    """One person: ``face`` (128,) where it was asked for, ``shape`` (32, 2) and ``colours`` (2, 3; not a number where
    there is none to see).
    """

    face: Floats | None
    shape: Floats
    colours: Floats


@dataclass(frozen=True)
class Witnessed:
    """By picture, counted from the first of the stretch: the opening of each mouth, and who was posed."""

    opened: dict[int, list[float]] = field(default_factory=dict)
    posed: dict[int, Features] = field(default_factory=dict)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The same as arrays."""
        mouths = np.full((len(self.opened), 1 + _FACES), np.nan)
        for row, (number, openings) in zip(mouths, self.opened.items(), strict=True):
            row[: 1 + len(openings)] = [number, *openings]
        arrays: dict[str, NDArray[Any]] = {"mouths": mouths, "posed": np.array(list(self.posed), np.int64)}
        for number, one in self.posed.items():
            arrays |= {f"shape-{number}": one.shape, f"colours-{number}": one.colours}
            arrays |= {} if one.face is None else {f"face-{number}": one.face}
        return arrays

    @classmethod
    def read(cls, held: Mapping[str, NDArray[Any]]) -> "Witnessed":
        """What :meth:`arrays` gave; raises KeyError or ValueError where something is missing."""
        opened = {int(row[0]): [float(one) for one in row[1:] if not np.isnan(one)] for row in held["mouths"]}
        posed = {}
        for number in held["posed"].tolist():
            face = held.get(f"face-{number}")
            posed[number] = Features(face, held[f"shape-{number}"], held[f"colours-{number}"])
        return cls(opened, posed)
