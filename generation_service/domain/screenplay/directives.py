"""Directives: ``[[shot: CU, 3s, cam=push-in, bed="rain", seed=7, transition=dissolve]]`` beside the words they steer.

A note is a directive when it begins with a lower-case word and ``:`` or ``=``; every other note is a comment and is
left alone, and so is ``[[note: …]]``. A directive belongs to the element it stands in, else to the next one. ``bed``
holds until the scene ends or ``bed=none``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

from audio_service.contract.beds import bed_names, match_bed
from generation_service.contract.shots import CameraMove, ShotSize
from generation_service.domain.screenplay.model import Directive, Problem

SIZES: tuple[str, ...] = get_args(ShotSize)
CAMERAS: tuple[str, ...] = get_args(CameraMove)
TRANSITIONS = ("cut", "dissolve", "fade")
SHORTEST_S, LONGEST_S = 2.0, 30.0

_NOTE = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)
_BONEYARD = re.compile(r"/\*.*?\*/", re.DOTALL)
_HEAD = re.compile(r"\s*([a-z][a-z_-]*)\s*([:=])")
_ITEM = re.compile(r"""((?:"[^"]*"|[^,"])+)""")
_SECONDS = re.compile(r"(-?\d+(?:[.,]\d+)?)\s*(s|sec|seconds)?")
_LOOKS_TIMED = re.compile(r"-?\d")
_BED = re.compile(r"[\w][\w \-]{0,39}")


@dataclass(frozen=True)
class Placed:
    """A directive and the line it stands on."""

    line: int
    directive: Directive


@dataclass(frozen=True)
class _At:
    line: int
    column: int

    def problem(self, detail: str, fix: str) -> Problem:
        return Problem(self.line, self.column, detail, fix)


def find_directives(text: str) -> tuple[list[Placed], list[Problem]]:
    """All directives of a screenplay in order, and what is wrong with them. Boneyards are skipped."""
    masked = _BONEYARD.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), text)
    placed: list[Placed] = []
    problems: list[Problem] = []
    for note in _NOTE.finditer(masked):
        head = _HEAD.match(note.group(1))
        if head is None or head.group(1) == "note":
            continue
        start = note.start(1) + (head.end() if head.group(2) == ":" else 0)
        if head.group(2) == ":" and head.group(1) != "shot":
            problems.append(_unknown(head.group(1), _at(masked, note.start(1) + head.start(1))))
            continue
        directive = Directive()
        for item, offset in _items(masked[start : note.end(1)]):
            said = _read_item(item, _at(masked, start + offset))
            if isinstance(said, Problem):
                problems.append(said)
            else:
                directive = directive.then(said)
        placed.append(Placed(_at(masked, note.start()).line, directive))
    return placed, problems


def _items(body: str) -> Iterator[tuple[str, int]]:
    """Comma-separated items, quotes respected, each with its offset; empty ones are passed over."""
    for found in _ITEM.finditer(body):
        item = found.group(1)
        if item.strip():
            yield item.strip(), found.start(1) + len(item) - len(item.lstrip())


def _read_item(item: str, at: _At) -> Directive | Problem:
    key, equals, raw = item.partition("=")
    value = raw.strip().strip('"').strip()
    if equals:
        return _read_pair(key.strip(), value, at)
    if item.upper() in SIZES:
        return _size(item, at)
    if _LOOKS_TIMED.match(item):
        return _duration(item, at)
    if item in CAMERAS:
        return _camera(item, at)
    return _unknown(item, at)


def _read_pair(key: str, value: str, at: _At) -> Directive | Problem:
    readers = {
        "size": _size, "cam": _camera, "camera": _camera, "bed": _bed, "seed": _seed, "for": _duration,
        "duration": _duration, "transition": _transition,
    }  # fmt: skip
    reader = readers.get(key)
    return reader(value, at) if reader else _unknown(key, at)


def _size(value: str, at: _At) -> Directive | Problem:
    if value.upper() not in SIZES:
        return at.problem(f"no shot size {value!r}", "use one of " + ", ".join(SIZES))
    return Directive(size=value.upper())  # type: ignore[arg-type]


def _camera(value: str, at: _At) -> Directive | Problem:
    if value not in CAMERAS:
        return at.problem(f"no camera move {value!r}", "use one of " + ", ".join(CAMERAS))
    return Directive(camera=value)  # type: ignore[arg-type]


def _transition(value: str, at: _At) -> Directive | Problem:
    if value not in TRANSITIONS:
        return at.problem(f"no transition {value!r}", "use one of " + ", ".join(TRANSITIONS))
    return Directive(transition=value)


def _bed(value: str, at: _At) -> Directive | Problem:
    if not _BED.fullmatch(value):
        return at.problem("a sound bed needs a name of up to 40 letters", 'write bed="rain", or bed=none to end it')
    if value.lower() != "none" and match_bed(value) is None:
        return at.problem(f"no sound bed is like {value!r}", "use one of " + ", ".join(bed_names()))
    return Directive(bed=value.lower())


def _seed(value: str, at: _At) -> Directive | Problem:
    if not re.fullmatch(r"\d{1,9}", value):
        return at.problem(f"seed {value!r} is not a whole number", "write a number from 0 to 999999999, as seed=7")
    return Directive(seed=int(value))


def _duration(value: str, at: _At) -> Directive | Problem:
    found = _SECONDS.fullmatch(value)
    seconds = float(found.group(1).replace(",", ".")) if found else 0.0
    if not SHORTEST_S <= seconds <= LONGEST_S:
        return at.problem(f"bad duration {value!r}", f"a shot lasts {SHORTEST_S:g} to {LONGEST_S:g} seconds: write 3s")
    return Directive(seconds=seconds)


def _unknown(word: str, at: _At) -> Problem:
    return at.problem(
        f"unknown directive {word[:40]!r}",
        'write [[shot: CU, 3s, cam=push-in, bed="rain", seed=7, transition=dissolve]], or [[note: …]] for a comment',
    )


def _at(text: str, offset: int) -> _At:
    return _At(text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1)
