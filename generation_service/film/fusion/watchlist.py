"""Which pictures of a film are worth a close look: those in which somebody speaks, and one or two of each face.

Looking costs time, so a character's mouth is watched for a few seconds of its longest lines and no more; that is
enough to know its offset, and keeps the check short on a long film.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from generation_service.contract.jobs import Heard, Seen, TakeRef

WATCHED_S = 4.0
"""How much of a character's speech is watched, seconds."""

_MARGIN_S = 0.2
_SHORTEST_S = 0.6
_ALONE = {"ECU", "CU", "MCU"}
"""Sizes in which the face of the one who is in the picture is by far the largest."""

_CLOSE = {"ECU", "CU", "MCU", "MS"}


@dataclass(frozen=True)
class Mouthed:
    """A stretch of a line whose mouth is watched: frames ``first`` to ``last`` (not included) of the film. ``alone``
    when nobody else is in the close picture.
    """

    take: int
    person: Seen
    line: Heard
    first: int
    last: int
    alone: bool = False


@dataclass(frozen=True)
class Posed:
    """A picture in which a person is looked at; ``frame`` of the film."""

    take: int
    person: Seen
    frame: int


@dataclass(frozen=True)
class Watchlist:
    """``frames`` is every picture somebody wants to see."""

    mouths: tuple[Mouthed, ...]
    poses: tuple[Posed, ...]
    frames: frozenset[int] = field(default=frozenset())


def watchlist(takes: Sequence[TakeRef], fps: int) -> Watchlist:
    """What to look at in a film of these takes."""
    starts = starts_of(takes)
    mouths = tuple(_mouths(takes, starts, fps))
    poses = tuple(_poses(takes, starts))
    frames = {number for one in mouths for number in range(one.first, one.last)} | {one.frame for one in poses}
    return Watchlist(mouths, poses, frozenset(frames))


def starts_of(takes: Sequence[TakeRef]) -> list[int]:
    """The film's frame each take begins at."""
    starts, at = [], 0
    for take in takes:
        starts.append(at)
        at += take.frames
    return starts


def _mouths(takes: Sequence[TakeRef], starts: Sequence[int], fps: int) -> Iterator[Mouthed]:
    left: dict[str, float] = {}
    for at, line in sorted(_visible(takes), key=lambda one: one[1].start_s - one[1].end_s):
        person = next(seen for seen in takes[at].seen if seen.name == line.character)
        budget = left.setdefault(person.name, WATCHED_S)
        length = min(line.end_s - line.start_s, budget)
        if length < _SHORTEST_S:
            continue
        left[person.name] = budget - length
        first = max(starts[at], int((line.start_s - _MARGIN_S) * fps))
        last = min(starts[at] + takes[at].frames, int((line.start_s + length + _MARGIN_S) * fps) + 1)
        alone = takes[at].size in _ALONE and len(takes[at].seen) == 1
        yield Mouthed(at, person, line, first, last, alone)


def _visible(takes: Sequence[TakeRef]) -> Iterator[tuple[int, Heard]]:
    for at, take in enumerate(takes):
        faces = {seen.name for seen in take.seen}
        yield from ((at, line) for line in take.lines if line.on_screen and line.character in faces)


def _poses(takes: Sequence[TakeRef], starts: Sequence[int]) -> Iterator[Posed]:
    """The person a close take is about, in the middle of it; people beside each other are not told apart here."""
    for at, take in enumerate(takes):
        if take.size in _CLOSE and len(take.seen) == 1:
            yield Posed(at, take.seen[0], starts[at] + take.frames // 2)
