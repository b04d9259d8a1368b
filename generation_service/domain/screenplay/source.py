"""The text of a screenplay with its notes and boneyard taken out, every place kept: what is left stands where it stood.

One pass, linear in the length of the text whatever is nested or left open in it.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from generation_service.domain.screenplay.model import Problem

_MARK = re.compile(r"/\*|\*/|\[\[|\]\]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True)
class Note:
    """The inside of a ``[[note]]``; ``start`` is its offset in the text."""

    body: str
    start: int
    line: int


@dataclass
class Source:
    """``lines`` as they are to be read; ``gone`` says which lines a note or boneyard stood on, counted from 0."""

    text: str
    notes: list[Note] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    gone: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._starts = [0, *(found.end() for found in re.finditer("\n", self.text))]
        self._read()

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both from 1."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def vanished(self, index: int) -> bool:
        """Whether nothing is left of a line that had words: it neither ends a dialogue nor begins anything."""
        return index in self.gone and not self.lines[index].strip()

    def _read(self) -> None:
        kept: list[str] = []
        at, opened, mark = 0, 0, ""
        for found in _MARK.finditer(self.text):
            if found.start() < at:
                continue
            if not mark and found.group() in ("/*", "[["):
                kept.append(self.text[at : found.start()])
                opened, mark = found.start(), found.group()
                at = found.end()
            elif mark and found.group() == ("*/" if mark == "/*" else "]]"):
                self._take(kept, opened, found.end(), mark)
                at, mark = found.end(), ""
        if mark:
            self._unclosed(opened, mark)
            kept.append(self.text[opened:])
        else:
            kept.append(self.text[at:])
        self.lines = "".join(kept).split("\n")

    def _take(self, kept: list[str], start: int, end: int, mark: str) -> None:
        inside = self.text[start:end]
        first, last = self.place(start)[0], self.place(end - 1)[0]
        self.gone.update(range(first - 1, last))
        kept.append(re.sub(r"[^\n]", " ", inside))
        if mark == "[[":
            self.notes.append(Note(inside[2:-2], start + 2, first))

    def _unclosed(self, offset: int, mark: str) -> None:
        what, close = ("a note", "]]") if mark == "[[" else ("a comment", "*/")
        self.problems.append(
            Problem(*self.place(offset), f"{what} is opened with {mark} and never closed", f"close it with {close}")
        )


def unreadable(text: str) -> list[Problem]:
    """Control characters and broken surrogates, one problem for each line that has any."""
    return [
        Problem(number, found.start() + 1, "a control character", "remove it: screenplays are plain text")
        for number, line in enumerate(text.split("\n"), 1)
        if (found := _CONTROL.search(line))
    ]
