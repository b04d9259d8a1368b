"""What the pictures of a finished film show: one pass over each take, and no second one over the same bytes.

A take that lies in the file as it lay in an earlier film, byte for byte, was looked at then: what was seen is kept
under the digest of its packets (:mod:`spans`), of the code that looked, and of the questions asked. Every other take
is decoded. Nothing is recalled by what a take should be, only by what the file holds.
"""

import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache, partial
from importlib import metadata
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from generation_service.film.beside import Beside
from generation_service.film.fusion.eyes import WIDEST
from generation_service.film.fusion.measure import Witness
from generation_service.film.fusion.witnessed import Witnessed
from generation_service.film.label import Label, find_label
from generation_service.film.mux import NoShelf, Shelf
from generation_service.film.spans import Span, spans_of
from generation_service.film.stills import Still, middles, still_of
from generation_service.film.transitions import NEEDS_BEFORE
from infra.kernel.canonical import digest
from infra.sources import source_version

_SMALL = (160, 90)
_STRETCHED = np.clip((np.arange(256) - 16) * 255 / 219 + 0.5, 0, 255).astype(np.uint8)
_JUDGES = ("av", "opencv-python-headless", "mediapipe", "dlib-bin", "face_recognition_models")
Plane = NDArray[np.uint8]
Lay = Callable[[int, Still], None]
"""Takes the still of a picture of the film, by its number."""


@cache
def version() -> str:
    """Names all that has a say in what is seen: other code, or other judges, look for themselves."""
    return source_version("look", Path(__file__).parent, *(metadata.version(name) for name in _JUDGES))


@dataclass(frozen=True)
class Scheme:
    """What the film should look like: pictures of each take, how the film comes into it, the label."""

    fps: int
    label: Label
    text: str
    takes: Sequence[tuple[int, str]] = ()


@dataclass(frozen=True)
class Seen:
    """The whole film. ``labelled`` counts pictures from the start that carry the label without a break; ``jumps`` are
    mean absolute luma differences of each picture to the one before, 0 for the first.
    """

    frames: int
    rate: Fraction
    size: tuple[int, int]
    labelled: int
    jumps: NDArray[np.float64]


@dataclass(frozen=True)
class Looked:
    """One span. ``jumps`` lie inside it, shape (frames - 1,); ``ends`` are its first and last picture, made small,
    shape (2, 90, 160); ``stills`` by picture, counted from its first.
    """

    frames: int
    labelled: int
    jumps: NDArray[np.float64]
    ends: Plane
    witnessed: Witnessed
    stills: dict[int, Still] = field(default_factory=dict)

    def packed(self, name: str) -> bytes:
        """As bytes, with the name they are kept under."""
        arrays = self.witnessed.arrays() | {"jumps": self.jumps, "ends": self.ends}
        for number, still in self.stills.items():
            arrays[f"still-{number}"] = np.frombuffer(still.png, np.uint8)
            arrays[f"small-{number}"] = np.frombuffer(still.small, np.uint8)
        out = io.BytesIO()
        np.savez(out, allow_pickle=False, name=np.array(name), counts=np.array([self.frames, self.labelled]), **arrays)
        return out.getvalue()


def unpacked(data: bytes, name: str) -> Looked | None:
    """What :meth:`Looked.packed` made; None where it is anything else, or was kept under another name."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as held:
            if str(held["name"]) != name:
                return None
            frames, labelled = (int(count) for count in held["counts"])
            numbers = [int(key.removeprefix("still-")) for key in held if key.startswith("still-")]
            stills = {n: Still(held[f"still-{n}"].tobytes(), held[f"small-{n}"].tobytes()) for n in numbers}
            return Looked(frames, labelled, held["jumps"], held["ends"], Witnessed.read(held), stills)
    except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile):
        return None


@dataclass(frozen=True)
class Viewing:
    """One film, looked at. ``check`` is the guard, called for every picture of it; ``lay`` gets the still of the
    picture in the middle of each take.
    """

    path: Path
    scheme: Scheme
    witness: Witness
    check: Callable[[], None]
    shelf: Shelf = field(default_factory=NoShelf)
    lay: Lay = lambda _number, _still: None

    def seen(self) -> Seen:
        """Raises ``av.FFmpegError`` or IndexError for what is no film."""
        spans = spans_of(self.path, [frames for frames, _ in self.scheme.takes], self.scheme.fps, self.check)
        frames, labelled, jumps = 0, 0, [0.0]
        last: Plane | None = None
        with av.open(str(self.path), "r") as container:
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            rate, size = Fraction(stream.average_rate or 0), (stream.width, stream.height)
            for number, span in enumerate(spans):
                self.check()
                looked = self._recalled(number, span) or self._looked(container, number, span)
                labelled += looked.labelled if labelled == frames else 0
                jumps += [] if last is None or not looked.frames else [_jump(last, looked.ends[0])]
                jumps += looked.jumps.tolist()
                last, frames = looked.ends[1] if looked.frames else last, frames + looked.frames
        return Seen(frames, rate, size, labelled, np.array(jumps))

    def _name(self, span: Span) -> str:
        asked = [self.witness.asks(span.first, span.frames), self._middles(span)]
        return digest(
            {"looked": [version(), span.digest, self.scheme.fps, self.scheme.text, self.scheme.label.plate, asked]}
        )

    def _recalled(self, number: int, span: Span) -> Looked | None:
        """What was seen in the same bytes before."""
        if not span.digest:
            return None
        name = self._name(span)
        data = self.shelf.find(name, number)
        looked = None if data is None else unpacked(data, name)
        if data is None or looked is None:
            return None
        self._also_before(name, data, number)
        self.witness.recall(span.first, looked.witnessed)
        self._lay(span, looked)
        return looked

    def _looked(self, container: Any, number: int, span: Span) -> Looked:
        looked = self._look(container, span)
        if span.digest and looked.frames == span.frames:
            name = self._name(span)
            data = looked.packed(name)
            self.shelf.keep(name, data, number)
            self._also_before(name, data, number)
        self._lay(span, looked)
        return looked

    def _also_before(self, name: str, data: bytes, number: int) -> None:
        """What shows the take before too goes with either."""
        if number and self.scheme.takes[number][1] in NEEDS_BEFORE:
            self.shelf.keep(name, data, number - 1)

    def _look(self, container: Any, span: Span) -> Looked:
        small: list[Plane] = []
        stills: dict[int, Still] = {}
        labelled, wanted = 0, set(self._middles(span))
        with Beside() as eyes:
            for at, frame in enumerate(_decoded(container, span, self.scheme.fps)):
                self.check()
                luma = _luma(frame)
                labelled += labelled == at and find_label(self.scheme.label, _full_range(luma))
                if self.witness.wants(span.first + at):
                    eyes.do(partial(self.witness.see, span.first + at, _shown(frame)))
                if at in wanted:
                    picture = np.asarray(frame.to_ndarray(format="yuv420p"), dtype=np.uint8)
                    stills[at] = still_of(picture, self.scheme.text)
                small.append(_full_range(np.asarray(cv2.resize(luma, _SMALL, interpolation=cv2.INTER_AREA), np.uint8)))
        jumps = np.array([_jump(a, b) for a, b in pairwise(small)], np.float64)
        ends = np.stack([small[0], small[-1]]) if small else np.zeros((2, *_SMALL[::-1]), np.uint8)
        return Looked(len(small), labelled, jumps, ends, self.witness.told(span.first, span.frames), stills)

    def _middles(self, span: Span) -> list[int]:
        """Pictures in the middle of takes, counted from the first of the span."""
        wanted = middles([frames for frames, _ in self.scheme.takes])
        return [middle - span.first for middle in wanted if span.first <= middle < span.first + span.frames]

    def _lay(self, span: Span, looked: Looked) -> None:
        for number, still in looked.stills.items():
            self.lay(span.first + number, still)


def _decoded(container: Any, span: Span, fps: int) -> Iterator[Any]:
    """The pictures of a span; of one without a digest all that there are."""
    stream = container.streams.video[0]
    container.seek(round(Fraction(span.first, fps) / (stream.time_base or 1)), stream=stream)
    left = span.frames
    for frame in container.decode(video=0):
        if span.digest and round((frame.pts or 0) * Fraction(frame.time_base or 1) * fps) < span.first:
            continue
        yield frame
        left -= 1
        if span.digest and not left:
            return


def _shown(frame: av.VideoFrame) -> Plane:
    """A decoded picture as RGB, brought to the size the witness looks at before it gets its colours."""
    width = min(frame.width, WIDEST)
    height = round(frame.height * width / frame.width)
    small = frame.reformat(width=width, height=height, format="rgb24", interpolation="AREA")
    return np.ascontiguousarray(small.to_ndarray(), dtype=np.uint8)  # rows are padded; the judge of faces wants none


def _luma(frame: av.VideoFrame) -> Plane:
    """The luma plane of a decoded picture as it lies there, limited range, shape (height, width)."""
    if frame.format.name != "yuv420p":
        frame = frame.reformat(format="yuv420p")
    plane = frame.planes[0]
    rows: Plane = np.frombuffer(bytes(plane), np.uint8).reshape(-1, plane.line_size)
    return np.ascontiguousarray(rows[: frame.height, : frame.width])


def _full_range(luma: Plane) -> Plane:
    """Limited-range luma (16 to 235) stretched to 0 to 255."""
    return np.asarray(cv2.LUT(luma, _STRETCHED), np.uint8)


def _jump(before: Plane, after: Plane) -> float:
    """Mean absolute difference of two small pictures."""
    return float(np.abs(after.astype(np.int16) - before).mean())
