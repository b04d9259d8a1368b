"""From Fountain text to scenes: https://fountain.io/syntax, version 1.1, and what a film needs of it is checked here.

Every problem is collected with its line and column; a screenplay with one problem makes no film. Text is kept as
written: emoji and right-to-left scripts pass through untouched.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from generation_service.contract.methods import CastMember
from generation_service.contract.shots import Transition
from generation_service.domain.screenplay.directives import find_directives
from generation_service.domain.screenplay.elements import Element, elements
from generation_service.domain.screenplay.model import (
    NOTHING,
    Beat,
    Directive,
    Item,
    Problem,
    Scene,
    Screenplay,
    Segment,
    Turn,
    cue_key,
)
from generation_service.domain.screenplay.source import Source, unreadable
from generation_service.domain.screenplay.titlepage import read_title_page
from generation_service.domain.screenplay.words import is_offscreen, transition_of
from infra.kernel.errors import Invalid

LIMIT_BYTES = 400_000
LIMIT_LINE_CHARS = 2_000
LIMIT_HEADING_CHARS = 200
LIMIT_ITEMS = 1_000
_SPLIT = f"a film has at most {LIMIT_ITEMS} speeches and paragraphs, 120 shots or 20 minutes: split it here"
_HEADING_FIX = "begin the scene with a heading such as INT. KITCHEN - DAY"


def read_screenplay(text: str, cast: Collection[str] = ()) -> Screenplay:
    """The scenes of ``text``; every cue must be a name of ``cast`` or cast by the script itself (case and spacing do
    not count).

    Raises :class:`Invalid` ``generation.screenplay_invalid`` with ``errors`` = [{line, column, detail, fix}].
    """
    text = readable(text)
    reader = _Reader(text, {cue_key(name) for name in cast})
    screenplay = reader.read()
    if reader.problems:
        raise refuse(reader.problems)
    return screenplay


def readable(text: str) -> str:
    """The text with one kind of line end. Raises ``generation.screenplay_invalid`` where it is too long or no text."""
    if len(text) > LIMIT_BYTES or len(text.encode("utf-8", "surrogatepass")) > LIMIT_BYTES:
        limit = Problem(1, 1, f"the screenplay is over {LIMIT_BYTES} bytes", "split it into several films")
        raise refuse([limit])
    text = text.replace("\r\n", "\n").removeprefix("\ufeff")
    problems = unreadable(text)
    if problems:
        raise refuse(problems)
    return text


def refuse(problems: Iterable[Problem]) -> Invalid:
    """The error that names all problems, in the order of the text."""
    found = sorted(set(problems))
    first = found[0]
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return Invalid(
        "generation.screenplay_invalid",
        f"line {first.line}, column {first.column}: {first.detail}{more}",
        fix=first.fix,
        errors=[problem.to_wire() for problem in found[:100]],
    )


@dataclass
class _Draft:
    """A scene while it is being read."""

    heading: Element
    transition: Transition | None
    directive: Directive
    items: list[Item] = field(default_factory=list)

    def done(self) -> Scene:
        return Scene(
            self.heading.text, self.heading.line, self.transition or "", tuple(self.items), self.directive,
            self.heading.detail,
        )  # fmt: skip


class _Reader:
    """Walks the elements once; ``problems`` fills on the way."""

    def __init__(self, text: str, cast: set[str]) -> None:
        source = Source(text)
        page = read_title_page(source)
        self._placed, wrong = find_directives(source)
        self.problems = [*source.problems, *page.problems, *wrong]
        self._elements = list(elements(source, page.end))
        self._title, self._wardrobe, self._language = page.title, tuple(page.wardrobe), page.language
        self._own_cast: dict[str, CastMember] = dict(page.cast)
        for placed in self._placed:
            self._own_cast.update(placed.directive.cast)
        self._cast = cast | {cue_key(name) for name in self._own_cast}
        self._named = self._cast | {cue_key(one.text) for one in self._elements if one.kind == "cue"}
        self._drafts: list[_Draft] = []
        self._transition: Transition | None = None
        self._next = 0

    def read(self) -> Screenplay:
        at = items = 0
        while at < len(self._elements) and items <= LIMIT_ITEMS:
            items += self._elements[at].kind in ("heading", "cue", "action", "centred", "lyric")
            at = self._step(at)
        if items > LIMIT_ITEMS:
            self._problem(self._elements[at - 1], "the screenplay is too long for one film", _SPLIT)
            return Screenplay("", ())
        if not self._drafts:
            self._problem(Element("action", "", 1, 1, 1), "there is no scene", _HEADING_FIX)
        self._check_leftover()
        scenes = tuple(draft.done() for draft in self._drafts)
        return Screenplay(self._title, scenes, self._own_cast, self._wardrobe, language=self._language)

    def _step(self, at: int) -> int:
        element = self._elements[at]
        if element.kind == "cue":
            return self._turn(at)
        if element.kind == "heading":
            if len(element.text) > LIMIT_HEADING_CHARS:
                self._problem(element, "a very long heading", f"use at most {LIMIT_HEADING_CHARS} characters")
            self._drafts.append(_Draft(element, self._transition, self._take(element.last)))
            self._transition = None
        elif element.kind == "transition":
            self._transition = transition_of(element.text)
        elif element.kind == "action" and element.cue_like and cue_key(element.text) in self._named:
            self._problem(element, f"{element.text} has a cue but no words", "write what is said under the name")
        elif element.kind in ("action", "lyric"):
            self._beat(element, element.text, NOTHING)
        elif element.kind == "centred":
            self._beat(element, "", Directive(title=element.text[:200] or None))
        return at + 1

    def _beat(self, element: Element, text: str, said: Directive) -> None:
        directive = self._entry().then(said).then(self._take(element.last))
        if self._drafts and (text or directive is not NOTHING):
            self._transition = None
            self._drafts[-1].items.append(Beat(text, element.line, directive))

    def _turn(self, at: int) -> int:
        cue = self._elements[at]
        segments: list[Segment] = []
        words: list[str] = []
        manner, line = "", cue.line
        at += 1
        while at < len(self._elements) and self._elements[at].kind in ("dialogue", "lyric", "parenthetical"):
            element = self._elements[at]
            if element.line != self._elements[at - 1].last + 1:
                break
            if element.kind == "parenthetical":
                _flush(segments, words, manner, line)
                manner = element.text
            else:
                line = line if words else element.line
                words.append(element.text)
            at += 1
        _flush(segments, words, manner, line)
        self._finish_turn(cue, segments, self._elements[at - 1].last)
        return at

    def _finish_turn(self, cue: Element, segments: list[Segment], last: int) -> None:
        name = cue.text
        if not segments:
            self._problem(cue, f"{name} has a cue but no words", "write what is said under the name")
        if cue_key(name) not in self._cast:
            fix = f'cast it when you submit, "{name}": {{"stock": …}}, or on the title page: Cast: {name} = stock/mara'
            self._problem(cue, f"nobody is cast as {name}", fix)
            self._cast.add(cue_key(name))  # once is enough
        for segment in segments:
            if len(segment.text) > LIMIT_LINE_CHARS:
                detail = f"a line of {len(segment.text)} characters"
                fix = f"break it into lines of at most {LIMIT_LINE_CHARS} characters"
                self.problems.append(Problem(segment.line, 1, detail, fix))
        if not self._drafts:
            self._problem(cue, f"{name} speaks before the first scene", _HEADING_FIX)
            return
        directive = self._entry().then(self._take(last))
        self._transition = None
        dual = cue.dual and bool(self._drafts[-1].items) and isinstance(self._drafts[-1].items[-1], Turn)
        self._drafts[-1].items.append(
            Turn(name, tuple(segments), is_offscreen(cue.detail), cue.line, directive, dual)
        )  # fmt: skip

    def _entry(self) -> Directive:
        """The transition that was written before what comes now."""
        return Directive(transition=self._transition) if self._transition else NOTHING

    def _take(self, last_line: int) -> Directive:
        taken = NOTHING
        while self._next < len(self._placed) and self._placed[self._next].line <= last_line:
            taken = taken.then(self._placed[self._next].directive)
            self._next += 1
        return taken

    def _check_leftover(self) -> None:
        for placed in self._placed[self._next :]:
            if replace(placed.directive, cast=()) != NOTHING:
                detail, fix = "a directive that no shot follows", "put it before the words it steers"
                self.problems.append(Problem(placed.line, 1, detail, fix))

    def _problem(self, element: Element, detail: str, fix: str) -> None:
        self.problems.append(Problem(element.line, element.column, detail, fix))


def _flush(segments: list[Segment], words: list[str], manner: str, line: int) -> None:
    text = " ".join(word for word in words if word).strip()
    if text:
        segments.append(Segment(text, manner, line))
    words.clear()
