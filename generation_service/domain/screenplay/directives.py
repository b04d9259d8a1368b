"""Directives: ``[[shot: CU, 3s, cam=push-in, bed="rain", seed=7, lock]]`` beside the words they steer.

A note is a directive when it begins with a lower-case word and ``:`` or ``=``; every other note is a comment and is
left alone, and so is ``[[note: …]]``. A directive belongs to the element it stands in, else to the next one. What
dresses the set (bed, mood, weather, season, time, elements, props, wardrobe) holds until the scene ends.
"""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from generation_service.domain.screenplay.model import NOTHING, Directive, Problem
from generation_service.domain.screenplay.source import Note, Source
from generation_service.domain.screenplay.values import ANGLES, CAMERAS, FLAGS, READERS, SIZES, Wrong, duration

_HEAD = re.compile(r"\s*([a-z][a-z_-]*)\s*([:=])")
_ITEM = re.compile(r"""((?:"[^"]*"|[^,"]|")+)""")
_LOOKS_TIMED = re.compile(r"-?\d")
_FIX = 'write [[shot: CU, 3s, cam=push-in, bed="rain", seed=7, transition=dissolve]], or [[note: …]] for a comment'


@dataclass(frozen=True)
class Placed:
    """A directive and the line it stands on."""

    line: int
    directive: Directive


def find_directives(source: Source) -> tuple[list[Placed], list[Problem]]:
    """All directives of a screenplay in order, and what is wrong with them."""
    placed: list[Placed] = []
    problems: list[Problem] = []
    for note in source.notes:
        head = _HEAD.match(note.body)
        if head is None or head.group(1) == "note":
            continue
        listed = head.group(2) == ":"
        if listed and head.group(1) not in ("shot", "cast"):
            problems.append(_unknown(head.group(1), source.place(note.start + head.start(1))))
            continue
        directive = NOTHING
        for item, offset in _items(note, head.end() if listed else 0):
            try:
                directive = directive.then(_read(item, casting=listed and head.group(1) == "cast"))
            except Wrong as wrong:
                problems.append(Problem(*source.place(offset), wrong.detail, wrong.fix))
            except KeyError as unknown:
                problems.append(_unknown(str(unknown.args[0]), source.place(offset)))
        placed.append(Placed(note.line, directive))
    return placed, problems


def _items(note: Note, start: int) -> Iterator[tuple[str, int]]:
    """Comma-separated items, quotes respected, each with its offset in the text; empty ones are passed over."""
    for found in _ITEM.finditer(note.body, start):
        item = found.group(1)
        if item.strip():
            yield item.strip(), note.start + found.start(1) + len(item) - len(item.lstrip())


def _read(item: str, *, casting: bool) -> Directive:
    """Raises :class:`Wrong`, or KeyError with the word that is not known."""
    key, equals, raw = item.partition("=")
    value = raw.strip().strip('"').strip()
    if casting:
        return READERS["cast"](f"{key.strip()}:{value}" if equals else key)
    if equals:
        return READERS[key.strip()](value)
    if _LOOKS_TIMED.match(item):
        return duration(item)
    for key, known in (("size", SIZES), ("cam", CAMERAS), ("angle", ANGLES)):
        if item in known or item.upper() in known:
            return READERS[key](item)
    return FLAGS[item]


def _unknown(word: str, at: tuple[int, int]) -> Problem:
    near = difflib.get_close_matches(word[:40], [*READERS, *FLAGS, *CAMERAS, *SIZES], 1)
    fix = f"did you mean {near[0]}? " if near and near[0] != word else ""
    return Problem(*at, f"unknown directive {word[:40]!r}", fix + _FIX)
