"""Captions from what was spoken and when: WebVTT (W3C) and SubRip. Two rows of at most 42 characters at a time; a
character of Chinese, Japanese or Korean counts as two.

A caption begins with its first word and ends with its last, or a little later where nothing follows; long lines are cut
between words, at the end of a sentence where there is one. Words are taken at their measured times, so a caption never
runs ahead of the voice. Two who speak at once share a caption.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from generation_service.contract.jobs import Spoken

ROW, ROWS = 42, 2
_LINGER_S, _SHORTEST_S, _GAP_S = 0.4, 1.0, 0.04
_AT_ONCE_S = 0.25
"""Two voices that overlap by more than this speak at once; by less, one falls in on the other."""
_FULL_STOP = re.compile(r"[.!?…。！？][\"'”’)」』]*$")
_BREAKS = re.compile(r"(?<=[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef])(?![\u3000-\u3002」』）！？，、ー])")
"""Where a script without spaces may be cut: after any of its characters, but not before what closes."""


@dataclass(frozen=True)
class Caption:
    """One caption, in seconds of the film. ``beside`` is what somebody else says at the same time: speaker and rows."""

    start_s: float
    end_s: float
    speaker: str
    rows: tuple[str, ...]
    beside: tuple[str, tuple[str, ...]] | None = None

    @property
    def turns(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Who says what, in order."""
        return ((self.speaker, self.rows), *((self.beside,) if self.beside else ()))


def captions(spoken: Sequence[Spoken]) -> list[Caption]:
    """All captions in order; none overlaps the next."""
    raw = sorted((piece for line in spoken for piece in _pieces(line)), key=lambda one: one.start_s)
    joined: list[Caption] = []
    for one in raw:
        last = joined[-1] if joined else None
        if last and not last.beside and last.speaker != one.speaker and last.end_s - one.start_s > _AT_ONCE_S:
            end = max(last.end_s, one.end_s)
            joined[-1] = replace(last, end_s=end, beside=(one.speaker, one.rows))
        else:
            joined.append(one)
    following = [*(one.start_s for one in joined[1:]), float("inf")][: len(joined)]
    return [_timed(one, after) for one, after in zip(joined, following, strict=True)]


def _timed(one: Caption, following: float) -> Caption:
    """The caption, up a little longer than it is said where nothing follows."""
    stop = min(max(one.end_s + _LINGER_S, one.start_s + _SHORTEST_S), max(one.end_s, following - _GAP_S))
    stop = min(stop, following) if following > one.start_s else stop
    return replace(one, start_s=round(one.start_s, 3), end_s=round(stop, 3))


def _pieces(line: Spoken) -> Iterator[Caption]:
    """What is shown of a line at a time, cut where it does not fit, as long as it is said."""
    texts = _words(line.text)
    times = _times(line, texts)
    begin, held = 0, ""
    for at, word in enumerate(texts):
        longer = held + word
        if held and (len(list(_rows(longer))) > ROWS or (_FULL_STOP.search(held.rstrip()) and _wide(held) > ROW)):
            yield Caption(times[begin][0], times[at - 1][1], line.character, tuple(_rows(held)))
            begin, longer = at, word
        held = longer
    if held:
        yield Caption(times[begin][0], times[-1][1], line.character, tuple(_rows(held)))


def _words(text: str) -> list[str]:
    """The text in pieces that a row may end after, each with the space that follows it."""
    spaced = " ".join(text.split())
    return [piece for word in re.findall(r"\S+\s?", spaced) for piece in _BREAKS.split(word) if piece]


def _wide(text: str) -> int:
    """How many columns a text takes: ideographs and full-width signs two each."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text.strip())


def _times(line: Spoken, texts: Sequence[str]) -> list[tuple[float, float]]:
    """Start and end of each written word. Where the engine counted other words, the line is shared out by length."""
    if len(line.words) == len(texts):
        return [(word.start_s, word.end_s) for word in line.words]
    sizes = [len(word.strip()) + 1 for word in texts]
    first = line.words[0].start_s if line.words else line.start_s
    last = line.words[-1].end_s if line.words else line.end_s
    each = (last - first) / sum(sizes)
    starts = [first + each * sum(sizes[:n]) for n in range(len(sizes))]
    return [(start, start + each * size) for start, size in zip(starts, sizes, strict=True)]


def _rows(text: str) -> Iterator[str]:
    row = ""
    for word in _words(text):
        if row and _wide(row + word) > ROW:
            yield row.strip()
            row = word
        else:
            row += word
    if row:
        yield row.strip()


def web_vtt(made: Sequence[Caption]) -> str:
    """A WebVTT file; every speaker is a voice span, and who speaks at once stands on rows with dashes."""
    cues = [f"{_clock(one.start_s, '.')} --> {_clock(one.end_s, '.')}\n{_voiced(one)}\n" for one in made]
    return "\n".join(["WEBVTT\n", *cues])


def _voiced(one: Caption) -> str:
    dash = "- " if one.beside else ""
    spans = [f"<v {_escaped(speaker)}>{dash}" + "\n".join(_escaped(row) for row in rows) for speaker, rows in one.turns]
    return "</v>\n".join(spans) + ("</v>" if one.beside else "")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def sub_rip(made: Sequence[Caption]) -> str:
    """A SubRip file; a speaker is named where the one before was another."""
    cues, before = [], ""
    for number, one in enumerate(made, 1):
        told = [(speaker, "\n".join(rows)) for speaker, rows in one.turns]
        said = "\n".join(f"{speaker}: {text}" if one.beside or speaker != before else text for speaker, text in told)
        before = "" if one.beside else one.speaker
        cues.append(f"{number}\n{_clock(one.start_s, ',')} --> {_clock(one.end_s, ',')}\n{said}\n")
    return "\n".join(cues)


def _clock(seconds: float, mark: str) -> str:
    thousandths = round(seconds * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d}{mark}{rest % 1000:03d}"
