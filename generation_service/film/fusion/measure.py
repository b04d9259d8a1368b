"""The fusion and continuity report of a finished film: one pass of looking, one of listening, and what is wrong.

What blocks a release: a watched character whose lips are off by more than one picture or do not move while it speaks,
a line nobody hears, and speech where the script has none. Continuity is measured and told, and blocks nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
from generation_service.film.fusion.witnessed import Features, Witnessed

Floats = NDArray[np.float64]


def warm_judges() -> None:
    """Load all that looks and listens, so that it never holds up a running lease."""
    eyes.warm()
    hearing.warm()


@dataclass(frozen=True)
class Listened:
    """What was heard in the film's sound: how loud speech is, where lines are, how near voices are to each other."""

    loud: Floats
    rate: int
    speech: dict[str, Any]
    voices: dict[str, Any]


class Witness:
    """Looks at the pictures somebody wants to see, as they are decoded; :meth:`report` tells what came of it."""

    def __init__(self, takes: Sequence[TakeRef], fps: int) -> None:
        self.takes, self._fps = takes, fps
        self._list: Watchlist = watchlist(takes, fps)
        self._starts = set(starts_of(takes))
        self._mouths = {number for one in self._list.mouths for number in range(one.first, one.last)}
        self._alone = {number for one in self._list.mouths if one.alone for number in range(one.first, one.last)}
        self._poses: dict[int, Posed] = {one.frame: one for one in self._list.poses}
        self._seen = Witnessed()
        self._last = -2

    def asks(self, first: int, frames: int) -> list[Any]:
        """What is wanted of this stretch of the film: mouths, those that are alone, and poses by picture, counted from
        its first.
        """
        stretch = range(first, first + frames)
        mouths = sorted(number - first for number in self._mouths.intersection(stretch))
        poses = sorted((at - first, one.person.face is not None) for at, one in self._poses.items() if at in stretch)
        alone = sorted(number - first for number in self._alone.intersection(stretch))
        return [mouths, alone, [list(pose) for pose in poses]]

    def told(self, first: int, frames: int) -> Witnessed:
        """What was seen in this stretch, for :meth:`recall`."""
        stretch = range(first, first + frames)
        opened = {at - first: openings for at, openings in self._seen.opened.items() if at in stretch}
        posed = {at - first: features for at, features in self._seen.posed.items() if at in stretch}
        return Witnessed(opened, posed)

    def recall(self, first: int, told: Witnessed) -> None:
        """The same questions were asked of the same pictures before: this was seen."""
        self._seen.opened.update({first + at: openings for at, openings in told.opened.items()})
        self._seen.posed.update({first + at: features for at, features in told.posed.items()})

    def wants(self, number: int) -> bool:
        """Whether picture ``number`` of the film should be shown to :meth:`see`."""
        return number in self._list.frames

    def see(self, number: int, picture: NDArray[np.uint8]) -> None:
        """Look at one RGB picture (h, w, 3). Pictures come in order."""
        if number in self._starts or number != self._last + 1:
            eyes.forget()
        self._last = number
        faces = eyes.look(picture, 1 if number in self._alone else 2)
        if number in self._mouths:
            self._seen.opened[number] = [face.opening for face in faces]
        if number in self._poses and len(faces) == 1:
            portrait = self._poses[number].person.face is not None
            face = eyes.recognise(picture, faces[0]) if portrait else None
            self._seen.posed[number] = Features(face, faces[0].shape, eyes.colours(picture, faces[0]))

    def listen(self, samples: Floats, rate: int, check: Callable[[], None]) -> Listened:
        """``samples`` is the film's sound, shape (n, channels), and ``check`` the guard. It needs no pictures and may
        run beside them.
        """
        mono = samples.mean(axis=1) if samples.size else np.zeros(rate)
        judged = to_judge(mono, rate)
        speech, voices = measure_speech(self.takes, judged, check), measure_voices(self.takes, judged, check)
        return Listened(envelope(mono, rate), rate, speech, voices)

    def report(self, heard: Listened) -> tuple[dict[str, Any], list[str]]:
        """(``fusion`` and ``continuity``, what is wrong), when all pictures were seen."""
        lips = measure_lips(self._list.mouths, self._seen.opened, heard.loud, heard.rate, self._fps)
        looks = measure_looks([self._sight(at, features) for at, features in sorted(self._seen.posed.items())])
        for name, voice in heard.voices.items():
            looks[name] = looks.get(name, {"kind": "heard", "shots": []}) | voice
        continuity = {"characters": looks, "worst": worst_shot(looks)}
        return {"fusion": {"lips": lips, "speech": heard.speech}, "continuity": continuity}, _wrong(lips, heard.speech)

    def _sight(self, number: int, features: Features) -> Sight:
        posed = self._poses[number]
        portrait = posed.person.face is not None
        return Sight(
            posed.take + 1, posed.person.name, portrait, features.face, features.shape, features.colours
        )  # fmt: skip


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
