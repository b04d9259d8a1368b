"""Where a value stands in a JSON text: line and column for an RFC 6901 pointer, so that a mistake can be found."""

import re
from bisect import bisect_right
from collections.abc import Sequence

_MARK = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_DEEPEST = 8


def pointer_of(path: Sequence[str | int]) -> str:
    """The RFC 6901 pointer of a path."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


class JsonPlaces:
    """Offsets of all values of a well-formed JSON text, found in one pass."""

    def __init__(self, text: str) -> None:
        self._offsets: dict[tuple[str, ...], int] = {}
        self._lines = [0, *(found.end() for found in re.finditer("\n", text))]
        self._walk(text)

    def place(self, path: Sequence[str | int]) -> tuple[int, int]:
        """Line and column, from 1, of the value at ``path`` or of the deepest part of the path that is there."""
        wanted = tuple(str(part) for part in path)
        while wanted and wanted not in self._offsets:
            wanted = wanted[:-1]
        offset = self._offsets.get(wanted, 0)
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1

    def _walk(self, text: str) -> None:
        inside: list[tuple[str, str]] = []
        at_key = False
        for found in _MARK.finditer(text):
            mark = found.group()
            if mark == ",":
                at_key = inside[-1][0] == "{"
                inside[-1] = inside[-1] if at_key else ("[", str(int(inside[-1][1]) + 1))
            elif mark in ("]", "}"):
                inside.pop()
                at_key = False
            elif at_key:
                inside[-1] = ("{", _unquoted(mark))
                at_key = False
            elif mark != ":":
                if len(inside) <= _DEEPEST:
                    self._offsets[tuple(key for _, key in inside)] = found.start()
                if mark in ("[", "{"):
                    inside.append((mark, "0"))
                at_key = mark == "{"


def _unquoted(mark: str) -> str:
    return re.sub(r"\\(.)", r"\1", mark[1:-1]) if mark.startswith('"') else mark
