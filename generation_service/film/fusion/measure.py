"""The fusion and continuity report of a finished film: one pass of looking, one of listening, and what is wrong.

What blocks a release: a watched character whose lips are off by more than one picture or do not move while it speaks,
a line nobody hears, and speech where the script has none. Continuity is measured and told, and blocks nothing.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audio_service.client import hearing
from generation_service.contract.jobs import TakeRef
from generation_service.film.fusion import eyes
from generation_service.film.fusion.continuity import Sight, measure_looks, measure_voices, worst_shot
from generation_service.film.fusion.lips import MOST_FRAMES, envelope, measure_lips
from generation_service.film.fusion.speech import measure_speech, stray_is_too_long, to_judge
from generation_service.film.fusion.watchlist import Posed, Watchlist, starts_of, watchlist

Floats = NDArray[np.float64]


def warm_judges() -> None:
    """Load all that looks and listens, so that it never holds up a running lease."""
    eyes.warm()
    hearing.warm()


class Witness:
    """Looks at the pictures somebody wants to see, as they are decoded; :meth:`report` tells what came of it."""

    def __init__(self, takes: Sequence[TakeRef], fps: int) -> None:
        self._takes, self._fps = takes, fps
        self._list: Watchlist = watchlist(takes, fps)
        self._starts = set(starts_of(takes))
        self._mouths = {number for one in self._list.mouths for number in range(one.first, one.last)}
        self._poses: dict[int, Posed] = {one.frame: one for one in self._list.poses}
        self._opened: dict[int, list[float]] = {}
        self._sights: list[Sight] = []
        self._last = -2

    def wants(self, number: int) -> bool:
        """Whether picture ``number`` of the film should be shown to :meth:`see`."""
        return number in self._list.frames

    def see(self, number: int, picture: NDArray[np.uint8]) -> None:
        """Look at one RGB picture (h, w, 3). Pictures come in order."""
        if number in self._starts or number != self._last + 1:
            eyes.forget()
        self._last = number
        faces = eyes.look(picture)
        if number in self._mouths:
            self._opened[number] = [face.opening for face in faces]
        if number in self._poses and len(faces) == 1:
            self._sights.append(self._sight(self._poses[number], picture, faces[0]))

    def _sight(self, posed: Posed, picture: NDArray[np.uint8], face: eyes.Look) -> Sight:
        portrait = posed.person.face is not None
        return Sight(
            shot=posed.take + 1,
            person=posed.person.name,
            portrait=portrait,
            face=eyes.recognise(picture, face) if portrait else None,
            shape=face.shape,
            colours=eyes.colours(picture, face),
        )

    def report(self, samples: Floats, rate: int, check: Callable[[], None]) -> tuple[dict[str, Any], list[str]]:
        """(``fusion`` and ``continuity``, what is wrong). ``samples`` is the film's sound, shape (n, channels), and
        ``check`` the guard.
        """
        mono = samples.mean(axis=1) if samples.size else np.zeros(rate)
        judged = to_judge(mono, rate)
        lips = measure_lips(self._list.mouths, self._opened, envelope(mono, rate), rate, self._fps)
        speech = measure_speech(self._takes, judged, check)
        looks = measure_looks(self._sights)
        for name, voice in measure_voices(self._takes, judged, check).items():
            looks[name] = looks.get(name, {"kind": "heard", "shots": []}) | voice
        continuity = {"characters": looks, "worst": worst_shot(looks)}
        return {"fusion": {"lips": lips, "speech": speech}, "continuity": continuity}, _wrong(lips, speech)


def _wrong(lips: dict[str, Any], speech: dict[str, Any]) -> list[str]:
    errors = []
    for name, one in lips.items():
        if one["verdict"] == "off":
            errors.append(f"the lips of {name} are {one['offset_frames']:+g} frames off, more than {MOST_FRAMES:g}")
        elif one["verdict"] == "still":
            errors.append(f"the lips of {name} do not move while it speaks")
    errors += [f"nobody hears {line}" for line in speech["missing"]]
    if stray_is_too_long(speech):
        errors.append(f"{speech['stray_seconds']} s of speech where the script has none")
    return errors
