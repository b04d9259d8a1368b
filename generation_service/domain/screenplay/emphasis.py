r"""Emphasis: ``*italics*``, ``**bold**``, ``_underline_`` and ``\*`` escapes taken out, lone marks left alone."""

import re

_RUN = re.compile(r"\\[*_\\]|\*{1,3}|_")


def plain(text: str) -> str:
    """``text`` without its emphasis. A mark counts where it opens before a word and the same one closes after one."""
    if "*" not in text and "_" not in text:
        return text
    runs = list(_RUN.finditer(text))
    dropped: set[int] = set()
    waiting: dict[str, list[int]] = {}
    for number, run in enumerate(runs):
        mark = run.group()
        if mark[0] == "\\":
            continue
        before, after = text[run.start() - 1 : run.start()], text[run.end() : run.end() + 1]
        if waiting.get(mark) and before.strip() and not (mark == "_" and after.isalnum()):
            dropped |= {waiting[mark].pop(), number}
        elif after.strip() and not (mark == "_" and before.isalnum()):
            waiting.setdefault(mark, []).append(number)
    return _without(text, runs, dropped)


def _without(text: str, runs: list[re.Match[str]], dropped: set[int]) -> str:
    parts, at = [], 0
    for number, run in enumerate(runs):
        parts.append(text[at : run.start()])
        at = run.end()
        if number not in dropped:
            parts.append(run.group()[1:] if run.group()[0] == "\\" else run.group())
    return "".join([*parts, text[at:]])
