"""Lines to elements, by the Fountain syntax 1.1 (fountain.io/syntax): what each line is, where it stands, no meaning.

Nothing here refuses: what is no other element is action, as the syntax has it. Linear in the number of lines.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from generation_service.domain.screenplay.emphasis import plain
from generation_service.domain.screenplay.source import Source

Kind = Literal["heading", "action", "cue", "parenthetical", "dialogue", "lyric", "transition", "centred", "outline"]

_HEADING = re.compile(r"(?:int\.?/ext|ext\.?/int|i/e|e/i|int|ext|est)(?:[. ]|$)", re.IGNORECASE)
_NUMBER = re.compile(r"\s*#([\w.\-]{1,20})#$")
_TRANSITION = re.compile(r".{0,60}TO:|FADE IN:|FADE OUT[.:]?|(?:FADE|CUT|DISSOLVE|SMASH CUT) TO \w{1,20}[.:]?")
_OUTLINE = re.compile(r"#{1,6}(?:\s|$|\w)|=(?!==)|={3,}\s*$")
_LONGEST_CUE = 80


@dataclass(frozen=True)
class Element:
    """``line`` and ``column`` from 1; ``last`` is its last line. ``detail`` is a scene number or a cue's extensions;
    ``cue_like``: action that would be a cue if anything were said under it.
    """

    kind: Kind
    text: str
    line: int
    column: int
    last: int
    detail: str = ""
    dual: bool = False
    cue_like: bool = False


def elements(source: Source, first: int) -> Iterator[Element]:
    """All elements from line index ``first`` on."""
    at, after_blank = first, True
    while at < len(source.lines):
        if source.vanished(at):
            at += 1
        elif not source.lines[at].strip():
            at, after_blank = at + 1, True
        else:
            found = _block(source, at, after_blank)
            yield from found
            at, after_blank = found[-1].last, False


def _block(source: Source, at: int, after_blank: bool) -> list[Element]:
    text = source.lines[at].strip()
    if _OUTLINE.match(text):
        return [_one(source, at, "outline", text.lstrip("#= "))]
    if after_blank and (_HEADING.match(text) or (text[0] == "." and text[1:2].strip(". "))):
        return [_heading(source, at, text.removeprefix("."))]
    if text[0] in ">~":
        kind: Kind = "lyric" if text[0] == "~" else "centred" if text.endswith("<") else "transition"
        return [_one(source, at, kind, text[1:] if kind == "lyric" else text.strip("><"))]
    return _loose(source, at, text) if after_blank and text[0] != "!" else [_action(source, at)]


def _loose(source: Source, at: int, text: str) -> list[Element]:
    """What stands after an empty line without a mark of its own: a transition, a cue with its words, or action."""
    followed = _followed(source, at)
    if not followed and text == text.upper() and _TRANSITION.fullmatch(text):
        return [_one(source, at, "transition", text)]
    cue = _cue(source, at, text)
    if cue is not None and followed:
        return [cue, *_speech(source, cue)]
    return [_action(source, at, cue_like=cue is not None)]


def _one(source: Source, at: int, kind: Kind, text: str) -> Element:
    return Element(kind, plain(" ".join(text.split())), at + 1, _column(source, at), at + 1)


def _column(source: Source, at: int) -> int:
    line = source.lines[at]
    return len(line) - len(line.lstrip()) + 1


def _heading(source: Source, at: int, text: str) -> Element:
    number = _NUMBER.search(text[-40:])
    text = text[: len(text) - len(number.group())] if number else text
    words = plain(" ".join(text.split()))
    return Element("heading", words, at + 1, _column(source, at), at + 1, number.group(1) if number else "")


def _followed(source: Source, at: int) -> bool:
    """Whether words stand on the next line that is not a note's."""
    at += 1
    while at < len(source.lines) and source.vanished(at):
        at += 1
    return at < len(source.lines) and bool(source.lines[at].strip())


def _cue(source: Source, at: int, text: str) -> Element | None:
    forced = text[0] == "@"
    name = plain(text.removeprefix("@")).strip()
    dual = name.endswith("^")
    name = name.rstrip("^").rstrip()
    extensions: list[str] = []
    while name.endswith(")") and "(" in name:
        name, _, extension = name[:-1].rpartition("(")
        name, extensions = name.rstrip(), [extension.strip(), *extensions]
    named = any(letter.isalnum() for letter in name) and len(name) <= _LONGEST_CUE
    capitals = name == name.upper() and any(letter.isupper() for letter in name)
    if not named or not (forced or capitals):
        return None
    words = " ".join(name.split())
    return Element("cue", words, at + 1, _column(source, at), at + 1, " ".join(extensions), dual)


def _speech(source: Source, cue: Element) -> list[Element]:
    """What is said under a cue, to the first empty line; a line of two spaces keeps it open."""
    found: list[Element] = []
    at = cue.last
    while at < len(source.lines):
        line = source.lines[at]
        text = line.strip()
        if not text and not source.vanished(at) and len(line) < 2:
            break
        kind: Kind = "dialogue"
        if text.startswith("(") and text.endswith(")"):
            kind, text = "parenthetical", text[1:-1]
        elif text.startswith("~"):
            kind, text = "lyric", text[1:]
        found.append(_one(source, at, kind, text))
        at += 1
    return found


def _action(source: Source, at: int, *, cue_like: bool = False) -> Element:
    words, last = [source.lines[at].strip().removeprefix("!")], at + 1
    while last < len(source.lines):
        text = source.lines[last].strip()
        if not text and not source.vanished(last):
            break
        if text and (text[0] in "~>" or _OUTLINE.match(text)):
            break
        words.append(text)
        last += 1
    single = cue_like and not any(words[1:])
    return Element(
        "action", plain(" ".join(" ".join(words).split())), at + 1, _column(source, at), last, "", False, single
    )
