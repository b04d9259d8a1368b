"""Captions from what was spoken and when: WebVTT (W3C) and SubRip. Two rows of at most 42 characters at a time.

A caption begins with its first word and ends with its last, or a little later where nothing follows; long lines are cut
between words, at the end of a sentence where there is one. Words are taken at their measured times, so a caption never
runs ahead of the voice.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generation_service.contract.jobs import Spoken

ROW, ROWS = 42, 2
_LINGER_S, _SHORTEST_S, _GAP_S = 0.4, 1.0, 0.04
_FULL_STOP = re.compile(r"[.!?…。][\"'”’)]*$")


@dataclass(frozen=True)
class Caption:
    """One caption, in seconds of the film. ``speaker`` is empty where the one before was by the same."""

    start_s: float
    end_s: float
    speaker: str
    rows: tuple[str, ...]


def captions(spoken: Sequence[Spoken]) -> list[Caption]:
    """All captions in order; none overlaps the next."""
    raw = sorted((piece for line in spoken for piece in _pieces(line)), key=lambda one: one[0])
    made: list[Caption] = []
    for number, (start, end, speaker, text) in enumerate(raw):
        following = raw[number + 1][0] if number + 1 < len(raw) else float("inf")
        stop = min(max(end + _LINGER_S, start + _SHORTEST_S), max(end, following - _GAP_S))
        stop = min(stop, following) if following > start else stop
        named = speaker if not made or raw[number - 1][2] != speaker else ""
        made.append(Caption(round(start, 3), round(stop, 3), named, tuple(_rows(text))))
    return made


def _pieces(line: Spoken) -> Iterator[tuple[float, float, str, str]]:
    """(start, end, speaker, text) of a line, cut where it does not fit."""
    texts = line.text.split()
    times = _times(line, len(texts))
    begin, held = 0, ""
    for at, word in enumerate(texts):
        longer = f"{held} {word}".strip()
        if held and (len(list(_rows(longer))) > ROWS or (_FULL_STOP.search(held) and len(held) > ROW)):
            yield times[begin][0], times[at - 1][1], line.character, held
            begin, longer = at, word
        held = longer
    if held:
        yield times[begin][0], times[-1][1], line.character, held


def _times(line: Spoken, count: int) -> list[tuple[float, float]]:
    """Start and end of each written word. Where the engine counted other words, the line is shared out by length."""
    if len(line.words) == count:
        return [(word.start_s, word.end_s) for word in line.words]
    sizes = [len(word) + 1 for word in line.text.split()]
    first = line.words[0].start_s if line.words else line.start_s
    last = line.words[-1].end_s if line.words else line.end_s
    each = (last - first) / sum(sizes)
    starts = [first + each * sum(sizes[:n]) for n in range(count)]
    return [(start, start + each * size) for start, size in zip(starts, sizes, strict=True)]


def _rows(text: str) -> Iterator[str]:
    row = ""
    for word in text.split():
        if row and len(row) + 1 + len(word) > ROW:
            yield row
            row = word
        else:
            row = f"{row} {word}".strip()
    if row:
        yield row


def web_vtt(made: Sequence[Caption]) -> str:
    """A WebVTT file; the speaker is a voice span."""
    cues = [
        f"{_clock(one.start_s, '.')} --> {_clock(one.end_s, '.')}\n{_voiced(one)}\n" for one in made
    ]  # fmt: skip
    return "\n".join(["WEBVTT\n", *cues])


def _voiced(one: Caption) -> str:
    text = "\n".join(_escaped(row) for row in one.rows)
    return f"<v {_escaped(one.speaker)}>{text}" if one.speaker else text


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def sub_rip(made: Sequence[Caption]) -> str:
    """A SubRip file; the speaker stands before the first words."""
    cues = []
    for number, one in enumerate(made, 1):
        text = "\n".join(one.rows)
        said = f"{one.speaker}: {text}" if one.speaker else text
        cues.append(f"{number}\n{_clock(one.start_s, ',')} --> {_clock(one.end_s, ',')}\n{said}\n")
    return "\n".join(cues)


def _clock(seconds: float, mark: str) -> str:
    thousandths = round(seconds * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d}{mark}{rest % 1000:03d}"
