"""A single prompt read into the scenes that a screenplay gives: ``shot one: a pier at dawn … cut to …``.

Cut words part the shots, quotation marks hold what is said, and the words around them say who, where, when and how.
What nothing says is assumed and noted: who is not cast is played by a stock character.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from generation_service.contract.shots import Transition
from generation_service.domain.prompt.people import People
from generation_service.domain.prompt.words import (
    CARD,
    CUTS,
    LEADING,
    OFFSCREEN,
    PASSING,
    PLACE,
    QUOTES,
    SECONDS,
    TIMES,
)
from generation_service.domain.screenplay.model import Directive, Frame, Problem, Scene, Screenplay, Segment, Turn
from generation_service.domain.screenplay.read import readable, refuse
from generation_service.domain.screenplay.source import Source
from generation_service.domain.screenplay.values import LONGEST_S, SHORTEST_S
from generation_service.domain.screenplay.words import transition_of

LIMIT_CHARS = 20_000
LIMIT_LINE_CHARS = 2_000


@dataclass(frozen=True)
class Quote:
    """Quoted words: from ``start`` to ``end``, marks included."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Piece:
    """The text of one shot, ``start`` to ``end``, quotes blanked; ``entry`` is the cut word before it."""

    start: int
    text: str
    quotes: tuple[Quote, ...]
    entry: Transition | None


def read_prompt(text: str, cast: Collection[str] = ()) -> Screenplay:
    """The scenes of a prompt. Raises Invalid ``generation.screenplay_invalid`` where it is empty, too long or a quote
    is never closed.
    """
    text = readable(text)
    if len(text) > LIMIT_CHARS:
        raise refuse([Problem(1, 1, f"a prompt of over {LIMIT_CHARS} characters", "write a screenplay instead")])
    source = Source(text)
    quotes, problems = _quotes(source)
    pieces = list(_pieces(text, quotes))
    if not pieces:
        problems.append(
            Problem(1, 1, "the prompt is empty", "say what is seen: a pier at dawn; Mara says “Good morning.”")
        )
    if problems:
        raise refuse(problems)
    return _Reader(source, pieces, People(cast)).read()


def _quotes(source: Source) -> tuple[list[Quote], list[Problem]]:
    found: list[Quote] = []
    problems: list[Problem] = []
    text, at = source.text, 0
    opening = re.compile("[" + re.escape("".join(QUOTES)) + "]")
    while match := opening.search(text, at):
        closing = re.compile("[" + re.escape(QUOTES[match.group()]) + "]").search(text, match.end())
        if closing is None:
            problems.append(Problem(*source.place(match.start()), "a quotation mark is never closed", "close it"))
            break
        at = closing.end()
        words = " ".join(text[match.end() : closing.start()].split())
        if len(words) > LIMIT_LINE_CHARS:
            detail, fix = f"a line of {len(words)} characters", f"say at most {LIMIT_LINE_CHARS} characters at once"
            problems.append(Problem(*source.place(match.start()), detail, fix))
        found.append(Quote(match.start(), closing.end(), words))
    return found, problems


def _pieces(text: str, quotes: list[Quote]) -> Iterator[Piece]:
    """The shots of a prompt: what stands between two cut words, if anything does."""
    parts, at = [], 0
    for quote in quotes:
        parts += [text[at : quote.start], '"' * (quote.end - quote.start)]
        at = quote.end
    bare = "".join([*parts, text[at:]])
    marks = [(0, 0, "")] + [(found.start(), found.end(), found.group()) for found in CUTS.finditer(bare)]
    entry: Transition | None = None
    waiting = list(reversed(quotes))
    for (_, start, mark), (end, _, _) in zip(marks, [*marks[1:], (len(bare), 0, "")], strict=True):
        entry = transition_of(mark) if mark and not mark.lower().startswith(("shot", "scene")) else entry
        inside: list[Quote] = []
        while waiting and waiting[-1].start < end:
            inside.append(waiting.pop())
        if re.search(r"\w", bare[start:end]) or inside:
            yield Piece(start, bare[start:end], tuple(inside), entry)
            entry = None


class _Reader:
    """Pieces to frames in scenes; a piece that names no place stays where the one before it was."""

    def __init__(self, source: Source, pieces: list[Piece], people: People) -> None:
        self._source, self._pieces, self._people = source, pieces, people
        self._notes: list[str] = []
        self._headings: dict[str, str] = {}

    def read(self) -> Screenplay:
        scenes: list[Scene] = []
        heading, time = "", "DAY"
        for piece in self._pieces:
            time = next((name for name, words in TIMES if re.search(words, piece.text, re.IGNORECASE)), time)
            heading = self._heading(piece, heading, time)
            frame = self._frame(piece)
            if scenes and scenes[-1].heading == heading:
                last = scenes[-1]
                scenes[-1] = Scene(last.heading, last.line, last.transition, (*last.items, frame))
            else:
                scenes.append(Scene(heading, frame.line, piece.entry or "", (frame,)))
        return Screenplay("", tuple(scenes), self._people.cast(), (), (*self._notes, *self._people.notes()))

    def _heading(self, piece: Piece, before: str, time: str) -> str:
        """The place in words; the one named after ``in``, ``at`` and the like counts before others."""
        found = [one for one in PLACE.finditer(piece.text) if not (before and one.group(0).lower().endswith(PASSING))]
        if not found and before:
            return before
        if not found:
            self._notes.append("no place is named: " + ("a room" if piece.quotes else "a street") + " is assumed")
            return f"INT. ROOM - {time}" if piece.quotes else f"EXT. STREET - {time}"
        led = [one for one in found if LEADING.search(piece.text[max(0, one.start() - 12) : one.start()])]
        best = (led or found)[0]
        noun = (best.group("inside") or best.group("outside")).lower()
        words = " ".join(best.group("name").split()).upper()
        name = self._headings.setdefault(noun, f"{'INT' if best.group('inside') else 'EXT'}. {words}")
        return f"{name} - {time}"

    def _frame(self, piece: Piece) -> Frame:
        line = self._source.place(piece.start)[0]
        seconds = SECONDS.search(piece.text)
        asked = min(LONGEST_S, max(SHORTEST_S, float(seconds.group(1)))) if seconds else None
        turns: list[Turn] = []
        title, at = None, 0
        self._people.enter(piece.text)
        for number, quote in enumerate(piece.quotes):
            before = piece.text[at : quote.start - piece.start]
            at = quote.end - piece.start
            end = piece.quotes[number + 1].start - piece.start if number + 1 < len(piece.quotes) else len(piece.text)
            if CARD.search(before[-40:]):
                title = quote.text[:200] or None
            elif quote.text:
                turns.append(self._turn(quote, (before, piece.text[at:end])))
        words = " ".join(re.sub(r'"+', " ", SECONDS.sub(" ", piece.text)).split()).strip(" ,;:–—-")
        directive = Directive(seconds=asked, title=title, transition=piece.entry)
        return Frame(words, tuple(turns), line, directive)

    def _turn(self, quote: Quote, around: tuple[str, str]) -> Turn:
        name, manner = self._people.speaker(*around)
        line = self._source.place(quote.start)[0]
        unseen = OFFSCREEN.search(around[0][-60:]) is not None
        return Turn(name, (Segment(quote.text, manner, line),), unseen, line)
