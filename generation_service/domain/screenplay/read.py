"""From Fountain text to scenes. The syntax is fountain-py's; what a film needs of it is checked here.

Every problem is collected with its line and column; a screenplay with one problem makes no film. Text is kept as
written: emoji and right-to-left scripts pass through untouched.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace

from fountain import ElementType, FountainElement, FountainParser

from generation_service.domain.screenplay.directives import Placed, find_directives
from generation_service.domain.screenplay.model import (
    Beat,
    Directive,
    Problem,
    Scene,
    Screenplay,
    Segment,
    Turn,
    cue_key,
)
from infra.kernel.errors import Invalid

LIMIT_BYTES = 400_000
LIMIT_LINE_CHARS = 2_000
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_OFFSCREEN = re.compile(r"V\.?O|O\.?S|O\.?C|OFF|PHONE|RADIO", re.IGNORECASE)
_SPOKEN = (ElementType.DIALOGUE, ElementType.LYRICS)
_HEADING_FIX = "begin the scene with a heading such as INT. KITCHEN - DAY"


def read_screenplay(text: str, cast: Collection[str]) -> Screenplay:
    """The scenes of ``text``; every cue must be a name of ``cast`` (case and spacing do not count).

    Raises :class:`Invalid` ``generation.screenplay_invalid`` with ``errors`` = [{line, column, detail, fix}].
    """
    if len(text.encode()) > LIMIT_BYTES:
        limit = Problem(1, 1, f"the screenplay is over {LIMIT_BYTES} bytes", "split it into several films")
        raise refuse([limit])
    text = text.replace("\r\n", "\n").removeprefix("\ufeff")
    problems = _control_characters(text)
    if problems:
        raise refuse(problems)
    reader = _Reader(text, {cue_key(name) for name in cast})
    screenplay = reader.read()
    if reader.problems:
        raise refuse(reader.problems)
    return screenplay


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


def _control_characters(text: str) -> list[Problem]:
    return [
        Problem(number, found.start() + 1, "a control character", "remove it: screenplays are plain text")
        for number, line in enumerate(text.split("\n"), 1)
        if (found := _CONTROL.search(line))
    ]


@dataclass
class _Draft:
    """A scene while it is being read."""

    heading: str
    line: int
    transition: str
    items: list[Beat | Turn] = field(default_factory=list)
    directive: Directive = field(default_factory=Directive)


class _Reader:
    """Walks the parsed elements once; ``problems`` fills on the way."""

    def __init__(self, text: str, cast: set[str]) -> None:
        self._lines = text.split("\n")
        self._cast = cast
        document = FountainParser().parse(text)
        self._title = str(document.metadata.get("title") or "").strip()
        self._issues = list(document.issues)
        self._elements = list(_flat(document.elements))
        placed, self.problems = find_directives(text)
        self._placed: list[Placed] = placed
        self._drafts: list[_Draft] = []
        self._transition = ""

    def read(self) -> Screenplay:
        self._report_issues()
        at = 0
        while at < len(self._elements):
            at = self._step(at)
        if not self._drafts:
            self._problem(1, "there is no scene", _HEADING_FIX)
        scenes = tuple(
            Scene(draft.heading, draft.line, draft.transition, tuple(draft.items), draft.directive)
            for draft in self._drafts
        )
        return Screenplay(self._title, scenes)

    def _step(self, at: int) -> int:
        element = self._elements[at]
        if element.type is ElementType.CHARACTER:
            return self._turn(at)
        if element.type is ElementType.SCENE_HEADING:
            heading = " ".join(element.text.split())
            directive = self._take_directives(element.line_number)
            self._drafts.append(_Draft(heading, element.line_number, self._transition, directive=directive))
            self._transition = ""
        elif element.type is ElementType.TRANSITION:
            self._transition = element.text.strip().upper()
        elif element.type in (ElementType.ACTION, ElementType.CENTERED):
            last = element.line_number + element.text.count("\n")
            self._add(Beat(element.text.strip(), element.line_number, self._take_directives(last)))
        return at + 1

    def _turn(self, at: int) -> int:
        cue = self._elements[at]
        segments: list[Segment] = []
        words: list[str] = []
        manner, line = "", cue.line_number
        at += 1
        while at < len(self._elements) and self._elements[at].type in (*_SPOKEN, ElementType.PARENTHETICAL):
            element = self._elements[at]
            if element.type is ElementType.PARENTHETICAL:
                _flush(segments, words, manner, line)
                manner = element.text.strip().strip("()").strip()
            else:
                line = line if words else element.line_number
                words.append(element.text.strip())
            at += 1
        _flush(segments, words, manner, line)
        self._finish_turn(cue, segments, self._elements[at - 1].line_number)
        return at

    def _finish_turn(self, cue: FountainElement, segments: list[Segment], last: int) -> None:
        name = " ".join(cue.text.split())
        if not segments:
            self._problem(cue.line_number, f"{name} has a cue but no words", "write what is said under the name")
        if cue_key(name) not in self._cast:
            fix = f'cast it: "{name}": {{"stock": …}} or {{"subject": …, "face": …, "voice": …}}'
            self._problem(cue.line_number, f"nobody is cast as {name}", fix)
            self._cast.add(cue_key(name))  # once is enough
        for segment in segments:
            if len(segment.text) > LIMIT_LINE_CHARS:
                detail = f"a line of {len(segment.text)} characters"
                self._problem(segment.line, detail, f"break it into lines of at most {LIMIT_LINE_CHARS} characters")
        offscreen = bool(_OFFSCREEN.search(str(cue.metadata.get("extension") or "")))
        self._add(Turn(name, tuple(segments), offscreen, cue.line_number, self._take_directives(last)))

    def _add(self, item: Beat | Turn) -> None:
        if self._drafts:
            self._drafts[-1].items.append(item)
        elif isinstance(item, Turn):
            self._problem(item.line, f"{item.character} speaks before the first scene", _HEADING_FIX)

    def _take_directives(self, last_line: int) -> Directive:
        taken = Directive()
        while self._placed and self._placed[0].line <= last_line:
            taken = taken.then(self._placed.pop(0).directive)
        return taken

    def _report_issues(self) -> None:
        for issue in self._issues:
            line = issue.line_number
            if issue.code == "unclosed-note":
                self._problem(line, "a note is opened with [[ and never closed", "close it with ]]", "[[")
            elif issue.code == "unclosed-boneyard":
                self._problem(line, "a comment is opened with /* and never closed", "close it with */", "/*")
            elif issue.code == "orphan-character-cue" and self._is_known_cue(line):
                name = self._lines[line - 1].strip()
                self._problem(line, f"{name} has a cue but no words", "write what is said under the name")

    def _is_known_cue(self, line: int) -> bool:
        name = re.sub(r"\(.*", "", self._lines[line - 1]).strip(" @^")
        spoken = {cue_key(element.text) for element in self._elements if element.type is ElementType.CHARACTER}
        return cue_key(name) in self._cast | spoken

    def _problem(self, line: int, detail: str, fix: str, mark: str = "") -> None:
        source = self._lines[min(line, len(self._lines)) - 1]
        column = source.find(mark) if mark in source else 0
        column = column if mark else len(source) - len(source.lstrip())
        self.problems.append(Problem(line, column + 1, detail, fix))


def _flush(segments: list[Segment], words: list[str], manner: str, line: int) -> None:
    text = " ".join(word for word in words if word).strip()
    if text:
        segments.append(Segment(text, manner, line))
    words.clear()


def _flat(elements: Iterable[FountainElement]) -> Iterator[FountainElement]:
    """Elements in the order they are spoken: two who speak at once speak one after the other."""
    for element in elements:
        if element.type is not ElementType.DUAL_DIALOGUE:
            yield element
            continue
        for side in ("left", "right"):
            yield _element(element.metadata[f"{side}_character"])
            spoken = element.metadata[f"{side}_dialogue"]
            yield from (_element(line) for line in (spoken if isinstance(spoken, list) else []))


def _element(value: object) -> FountainElement:
    if not isinstance(value, FountainElement):
        raise Invalid("generation.screenplay_invalid", "the parser answered a dialogue without a speaker")
    return replace(value)
