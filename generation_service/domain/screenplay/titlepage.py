"""The title page: ``Key: value`` lines before the first empty one. ``Title``, ``Cast``, ``Wardrobe`` and
``Language`` are read.
"""

import re
from dataclasses import dataclass, field

from generation_service.contract.casting import FORMS, read_member
from generation_service.contract.methods import CastMember
from generation_service.domain.screenplay.emphasis import plain
from generation_service.domain.screenplay.model import Problem
from generation_service.domain.screenplay.source import Source

_KEY = re.compile(r"([A-Za-z][A-Za-z /]{0,30}):(?!//)\s*(.*)")
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
"""A language tag as BCP 47 writes it: ``fr``, ``pt-BR``."""
_KNOWN = {
    "title", "credit", "author", "authors", "source", "notes", "draft date", "date", "contact", "copyright",
    "revision", "cast", "wardrobe", "language", "format",
}  # fmt: skip


@dataclass
class TitlePage:
    """``end`` is the index of the first line after it; 0 where there is none."""

    end: int = 0
    title: str = ""
    language: str = ""
    cast: dict[str, CastMember] = field(default_factory=dict)
    wardrobe: list[tuple[str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_title_page(source: Source) -> TitlePage:
    """What the title page says. A screenplay without one begins at once."""
    page = TitlePage()
    first = _KEY.match(source.lines[0])
    if first is None or first.group(1).strip().lower() not in _KNOWN:
        return page
    key, titles = "", list[str]()
    for index, line in enumerate(source.lines):
        if not line.strip() and not source.vanished(index):
            break
        page.end = index + 1
        named = _KEY.match(line)
        key = named.group(1).strip().lower() if named else key
        words = (named.group(2) if named else line).strip()
        if key == "title" and words:
            titles.append(plain(words))
        elif key == "language" and words:
            _language(page, words, (index + 1, line.find(words) + 1))
        elif key in ("cast", "wardrobe") and words:
            _pair(page, key, words, (index + 1, line.find(words) + 1))
    page.title = " ".join(" ".join(titles).split())[:200]
    return page


def _language(page: TitlePage, words: str, at: tuple[int, int]) -> None:
    if LANGUAGE.fullmatch(words):
        page.language = words
    else:
        page.problems.append(Problem(*at, f"no language {words[:40]!r}", "write its tag: Language: fr"))


def _pair(page: TitlePage, key: str, words: str, at: tuple[int, int]) -> None:
    name, _, told = (part.strip() for part in words.rstrip(", ").partition("="))
    name = name.removeprefix("@").strip()  # as a cue without capitals is written
    member = read_member(told) if key == "cast" else None
    if key == "wardrobe" and name and 0 < len(told) <= 80:
        page.wardrobe.append((name, told))
    elif key == "wardrobe":
        page.problems.append(Problem(*at, "not a wardrobe", "write NAME = red coat, 80 letters at most"))
    elif member is not None and 0 < len(name) <= 80:
        page.cast[name] = member
    else:
        page.problems.append(Problem(*at, f"bad casting {words[:60]!r}", f"write NAME = WHO: {FORMS}"))
