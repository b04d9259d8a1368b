"""A script in any of its three forms, read to one: scenes, a cast in which the order's word counts before the script's
own, and what cannot be spoken or written as it stands.
"""

from collections.abc import Iterator
from dataclasses import replace

from generation_service.contract.methods import CastMember, SubmitProduction
from generation_service.domain.prompt import read_prompt
from generation_service.domain.screenplay import Frame, Problem, Screenplay, Turn, cue_key, read_screenplay, refuse
from generation_service.domain.screenplay.model import Item, Segment
from generation_service.domain.storyboard import read_storyboard
from generation_service.domain.tongues import said, tongue_of, unburnt, unsaid

READERS = {"fountain": read_screenplay, "storyboard": read_storyboard, "prompt": read_prompt}


def read_script(command: SubmitProduction) -> tuple[SubmitProduction, Screenplay]:
    """The order with everybody cast who is cast anywhere, and the scenes; ``notes`` of the screenplay name what the
    order overruled. Raises ``generation.screenplay_invalid``.
    """
    play = READERS[command.format](command.screenplay, command.cast)
    ordered = {cue_key(name): member for name, member in command.cast.items()}
    notes = tuple(
        f"{name}: the script says {who(member)}, the order says {who(ordered[cue_key(name)])}; the order counts"
        for name, member in play.cast.items()
        if cue_key(name) in ordered and who(ordered[cue_key(name)]) != who(member)
    )
    own = {name: member for name, member in _once(play).items() if cue_key(name) not in ordered}
    command = command.model_copy(
        update={"cast": {**command.cast, **own}, "language": play.language or command.language}
    )  # fmt: skip
    notes = (*play.notes, *notes, *_foreign(command, play), *_unwritten(command, play))
    return command, replace(play, notes=notes)


def _foreign(command: SubmitProduction, play: Screenplay) -> tuple[str, ...]:
    """A note for each line in other letters than the film's language has. Raises ``generation.screenplay_invalid``
    where a permitted voice would speak another language than permission is asked for, or nothing could be said.
    """
    cast = {cue_key(name): member for name, member in command.cast.items()}
    notes, problems = list[str](), list[Problem]()
    for turn, segment in _spoken(play):
        tongue = tongue_of(segment.text, command.language)
        left_out = unsaid(segment.text, tongue)[:20]
        member = cast.get(cue_key(turn.character))
        if tongue != command.language and member is not None and member.subject is not None:
            detail = f"{turn.character}'s own voice would speak {tongue} in a film of {command.language}"
            problems.append(Problem(segment.line, 1, detail, "write it in the film's language, or cast a stock voice"))
        elif left_out and (tongue == "ja" or not _sounds(said(segment.text, tongue))):
            kana = "Japanese is read from kana: write it in kana" if tongue == "ja" else "write it as it is spoken"
            problems.append(Problem(segment.line, 1, f"no voice can read {left_out!r}", kana))
        elif left_out:
            notes.append(f"line {segment.line}: a voice of {tongue} cannot read {left_out!r} and leaves it out")
        elif tongue != command.language:
            notes.append(f"line {segment.line}: {turn.character} speaks another language here ({tongue})")
    if problems:
        raise refuse(problems)
    return tuple(notes)


def _unwritten(command: SubmitProduction, play: Screenplay) -> Iterator[str]:
    """A note for each caption or title that stays out of the picture because there are no letters for it."""
    burnt = command.captions == "burnt" or any(item.directive.captions for scene in play.scenes for item in scene.items)
    for _, segment in _spoken(play):
        if burnt and unburnt(segment.text):
            letters = unburnt(segment.text)[:20]
            yield f"line {segment.line}: there are no letters to burn {letters!r} with: a caption beside the film only"
    if command.title_card and unburnt(play.title or command.title):
        yield "the title is left out of the picture: there are no letters to write it with"
    for scene in play.scenes:
        for item in scene.items:
            if item.directive.title and unburnt(item.directive.title):
                letters = unburnt(item.directive.title)[:20]
                yield f"line {item.line}: there are no letters to write {letters!r} with: this title is left out"


def _spoken(play: Screenplay) -> Iterator[tuple[Turn, Segment]]:
    for scene in play.scenes:
        for item in scene.items:
            yield from ((turn, segment) for turn in _turns(item) for segment in turn.segments)


def _turns(item: Item) -> tuple[Turn, ...]:
    return item.turns if isinstance(item, Frame) else (item,) if isinstance(item, Turn) else ()


def _sounds(text: str) -> bool:
    return any(c.isalnum() for c in text)


def _once(play: Screenplay) -> dict[str, CastMember]:
    """The script's cast, one entry for each name however it is written; the last one counts."""
    found: dict[str, tuple[str, CastMember]] = {}
    for name, member in play.cast.items():
        found[cue_key(name)] = (name, member)
    return dict(found.values())


def who(member: CastMember) -> str:
    """A cast member in a word or two."""
    return f"stock/{member.stock}" if member.stock else f"subject/{member.subject}"
