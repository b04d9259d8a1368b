"""Takes and track to one MP4: H.264 and AAC, exact frame rate, sound exactly as long as the picture.

A take is cut where something touches its pictures: a transition at its head, a fade at its tail, the label over the
first seconds of the film. What nothing touches is copied out of the take as it was rendered; each other part is encoded
once and kept by what it is made of (:class:`Shelf`), so a film that changed in one shot copies the others. Memory does
not grow with the film: takes are opened one at a time and the sound is copied packet by packet.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import av
import numpy as np
from numpy.typing import NDArray

from generation_service.film.codec import VERSION, Format, Joiner, cut_piece, decode_piece, encode_piece, parameter_sets
from generation_service.film.label import SECONDS, draw_label, make_label
from generation_service.film.sound import SAMPLE_RATE, SoundTrack
from generation_service.film.transitions import FADE_FRAMES, NEEDS_BEFORE, TOUCHES, entering, leaving
from infra.kernel.canonical import digest, sha256_hex

Plane = NDArray[np.uint8]


@dataclass(frozen=True)
class Piece:
    """One take as it was rendered: its MP4 or how to open it, its frames, and how the film comes into it. ``sha256`` is
    its address; needed where it is not given whole.
    """

    mp4: bytes | Callable[[], bytes]
    frames: int
    transition: str = "cut"
    sha256: str = ""

    @property
    def address(self) -> str:
        """The SHA-256 of the MP4."""
        return self.sha256 or sha256_hex(self.data())

    def data(self) -> bytes:
        """The MP4."""
        return self.mp4 if isinstance(self.mp4, bytes) else self.mp4()


@dataclass(frozen=True)
class Recipe:
    """How the film is made. ``metadata`` are the text tags of the file; ``label`` the disclosure shown first."""

    width: int
    height: int
    fps: int
    label: str
    metadata: dict[str, str]

    @property
    def form(self) -> Format:
        return Format(self.width, self.height, self.fps)


class Shelf(Protocol):
    """Finished parts of shots by what they are made of. ``shot`` counts from 0 and says whose picture a part is."""

    def find(self, name: str, shot: int) -> bytes | None: ...
    def keep(self, name: str, data: bytes, shot: int) -> None: ...


@dataclass
class NoShelf:
    """Keeps nothing."""

    def find(self, name: str, shot: int) -> bytes | None:
        """Never there."""

    def keep(self, name: str, data: bytes, shot: int) -> None:
        """Forgotten at once."""


@dataclass(frozen=True)
class Part:
    """Pictures ``first`` … ``stop`` of take ``shot``, each changed in the same way: ``made_of`` names all that went in.
    ``labelled`` counts the pictures from the start of the part that carry the label.
    """

    shot: int
    first: int
    stop: int
    transition: str = "cut"
    ends_black: bool = False
    labelled: int = 0
    before: str = ""

    @property
    def frames(self) -> int:
        return self.stop - self.first

    @property
    def untouched(self) -> bool:
        """Whether it shows the pictures as they were rendered."""
        return self.transition == "cut" and not (self.ends_black or self.labelled)


def parts_of(pieces: Sequence[Piece], labelled: int) -> Iterator[Part]:
    """The parts of a film in order. ``labelled`` is the number of frames from the start that carry the label."""
    start = 0
    for number, piece in enumerate(pieces):
        following = pieces[number + 1].transition if number + 1 < len(pieces) else "fade"
        touched = piece.transition in TOUCHES and (number > 0 or piece.transition == "fade")
        label = max(0, min(piece.frames, labelled - start))
        head = min(piece.frames, max(FADE_FRAMES if touched else 0, label))
        tail = max(head, piece.frames - FADE_FRAMES) if following == "fade" else piece.frames
        if 0 < tail - head < FADE_FRAMES:
            head = tail if head else head
        before = pieces[number - 1].address if touched and piece.transition in NEEDS_BEFORE else ""
        if head:
            black = head == piece.frames and following == "fade"
            yield Part(number, 0, head, piece.transition if touched else "cut", black, label, before)
        if tail > head:
            yield Part(number, head, tail)
        if piece.frames > tail >= head:
            yield Part(number, tail, piece.frames, ends_black=True)
        start += piece.frames


@dataclass
class _Cutter:
    """Makes parts, or takes them from the take as they are, or from the shelf. Holds at most one take open."""

    pieces: Sequence[Piece]
    recipe: Recipe
    shelf: Shelf
    check: Callable[[], None]
    encoded: int = 0
    _sets: bytes = b""
    _open: tuple[int, bytes] = field(default=(-1, b""))

    def make(self, part: Part) -> bytes:
        """The part, encoded; it is the same whoever makes it and when. The first one is always made here, for it bears
        the label: its parameter sets are those that all others must have.
        """
        made = (self._copied(part) if part.untouched and self._sets else None) or self._made(part)
        self._sets = self._sets or parameter_sets(made)
        return made

    def _copied(self, part: Part) -> bytes | None:
        """A part that lies in its take as the film wants it."""
        frames, cut = self.pieces[part.shot].frames, slice(part.first, part.stop)
        found = cut_piece(self._take(part.shot), frames, cut, self.recipe.form)
        return found if found is not None and parameter_sets(found) == self._sets else None

    def _made(self, part: Part) -> bytes:
        name = self._name(part)
        known = self.shelf.find(name, part.shot)
        if known is None:
            known = encode_piece(self._pictures(part), self.recipe.form)
            self.encoded += part.frames
            self.shelf.keep(name, known, part.shot)
        if part.before:  # it shows the shot before too, and goes with either
            self.shelf.keep(name, known, part.shot - 1)
        return known

    def _name(self, part: Part) -> str:
        label = self.recipe.label if part.labelled else ""
        size = [self.recipe.width, self.recipe.height, self.recipe.fps]
        cut = [part.first, part.stop, part.transition, part.ends_black, part.labelled]
        return digest({"part": [VERSION, self.pieces[part.shot].address, part.before, *cut, label, *size]})

    def _pictures(self, part: Part) -> Iterator[Plane]:
        piece = self.pieces[part.shot]
        before = self._last_picture(part.shot - 1) if part.before else None
        label = make_label(self.recipe.label, self.recipe.width, self.recipe.height)
        source = decode_piece(self._take(part.shot), piece.frames, self.recipe.form, first=part.first)
        for at, picture in enumerate(source, part.first):
            if at >= part.stop and part.stop < piece.frames:
                return  # the last part of a take reads on, so that one with too many pictures is found
            self.check()
            shown = entering(part.transition, at, picture, before) if at < FADE_FRAMES else picture
            left = piece.frames - 1 - at
            if part.ends_black and left < FADE_FRAMES:
                shown = leaving(shown, left)
            yield draw_label(label, shown) if at - part.first < part.labelled else shown

    def _last_picture(self, shot: int) -> Plane:
        piece = self.pieces[shot]
        return next(decode_piece(self._take(shot), piece.frames, self.recipe.form, first=piece.frames - 1))

    def _take(self, shot: int) -> bytes:
        if self._open[0] != shot:
            self._open = (-1, b"")
            self._open = (shot, self.pieces[shot].data())
        return self._open[1]


def mux(
    pieces: Sequence[Piece], track: Path | bytes, recipe: Recipe, path: Path, check: Callable[[], None], *,
    shelf: Shelf | None = None, progress: Callable[[float], None] = lambda _: None,
) -> int:  # fmt: skip
    """Write the film to ``path``; how many frames had to be encoded for it. ``check`` is the guard: called for every
    frame that is encoded and every part that is copied, it raises to stop.

    Raises Invalid ``generation.take_broken`` when a take is not what its reference says, ``generation.track_broken``
    for a track that is not AAC, at another rate, or not as long as the takes.
    """
    frames = sum(piece.frames for piece in pieces)
    options = {"movflags": "use_metadata_tags+faststart", "movie_timescale": str(SAMPLE_RATE)}
    cutter = _Cutter(pieces, recipe, shelf or NoShelf(), check)
    with ExitStack() as kept:
        container = kept.enter_context(av.open(str(path), "w", format="mp4", options=options))
        container.metadata.update(recipe.metadata)
        joiner = Joiner(container, recipe.form)
        sound = kept.enter_context(SoundTrack(track, frames, recipe.fps))
        for part in parts_of(pieces, int(np.ceil(SECONDS * recipe.fps))):
            check()
            made = cutter.make(part)
            if not joiner.frames:
                joiner.open(made)
                sound.open(container)
            joiner.add(made, part.frames)
            sound.until(joiner.frames)
            progress(joiner.frames / frames)
        sound.finish()
        joiner.close()
    return cutter.encoded


def aigc_tag(*, production: str, output: str, producer: str = "Assent") -> str:
    """The ``AIGC`` metadata value (GB 45438-2025; formats.md, Marking 3). Label "1": this is synthetic."""
    return json.dumps(
        {
            "Label": "1",
            "ContentProducer": producer,
            "ProduceID": production,
            "ReservedCode1": "",
            "ContentPropagator": producer,
            "PropagateID": output,
            "ReservedCode2": "",
        },
        separators=(",", ":"),
    )
