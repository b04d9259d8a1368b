"""From a scene to briefs: which shots it becomes. A scene opens wide on its place, each turn of dialogue is a shot of
who speaks and who listens, strong words at the end of an exchange are followed by the face they were meant for, things
that are pointed at get an insert, each further paragraph of action is a shot of its own. Frames are taken as told.
"""

import re
from collections.abc import Iterator, Sequence

from generation_service.contract.shots import ShotSize
from generation_service.domain.delivery import style_of
from generation_service.domain.entities import sides_of
from generation_service.domain.plan import framing
from generation_service.domain.plan.details import HANDS, LOOKS, Detail, detail_of
from generation_service.domain.plan.model import Brief, Look, Said, Sheets, Staging
from generation_service.domain.plan.whom import people_in
from generation_service.domain.screenplay import Beat, Frame, Scene, Segment, Turn, cue_key
from generation_service.domain.screenplay.model import NOTHING, Directive, Item
from generation_service.domain.screenplay.words import camera_words, without_camera_words
from generation_service.domain.things import pointed_at, things_in

LONG_SPEECH_CHARS = 160
_SENTENCE = re.compile(r"(?<=[.!?…。])\s+")
_STRONG = frozenset({"whisper", "sad", "afraid", "angry", "shout"})
_STRONG_WORDS = 6


def stage(scene: Scene, sheets: Sheets) -> Staging:
    """Who plays in a scene and on which side; ``pair`` when exactly two are seen."""
    names: list[str] = []
    for item in scene.items:
        for turn in _turns(item):
            if not turn.offscreen:
                names.append(sheets.by_cue[cue_key(turn.character)])
        names += sheets.named_in(item.text) if not isinstance(item, Turn) else ()
    sides = sides_of(names)
    return Staging(scene.heading, sides, tuple(sides) if len(sides) == 2 else ())


def _turns(item: Item) -> tuple[Turn, ...]:
    return item.turns if isinstance(item, Frame) else (item,) if isinstance(item, Turn) else ()


def briefs(scene: Scene, staging: Staging, sheets: Sheets) -> Iterator[Brief]:
    """All shots of a scene in order. Action of somebody is not cut to more of it at the same size."""
    before: Brief | None = None
    for brief in _as_told(scene, staging, sheets):
        shown = framing.varied(before, brief)
        yield shown
        before = shown


def _as_told(scene: Scene, staging: Staging, sheets: Sheets) -> Iterator[Brief]:
    """As :func:`briefs`, each for itself."""
    items: Sequence[Item] = scene.items
    at = 0
    if not items or not isinstance(items[0], Frame):
        at, opening = _opening(scene, staging, sheets)
        yield opening
    while at < len(items):
        item, rest = items[at], items[at + 1 : at + 3]
        if isinstance(item, Frame):
            directive = scene.directive.then(item.directive) if at == 0 else item.directive
            yield _frame(item, directive, staging, sheets, items[:at])
        elif isinstance(item, Beat):
            over = _over(rest[0]) if rest else None
            yield _beat(item, over, staging, sheets, items[:at])
            at += 1 if over else 0
        elif rest and isinstance(rest[0], Turn) and rest[0].dual:
            yield _dual(item, rest[0], sheets)
            at += 1
        else:
            yield from _turn(item, rest[0] if rest else None, staging, sheets)
        at += 1


def _opening(scene: Scene, staging: Staging, sheets: Sheets) -> tuple[int, Brief]:
    """The first shot, and how many items it has used up. Weather, mood and bed of a speech that begins a scene are
    there before its first word.
    """
    used, words, directive, over = 0, "", scene.directive, None
    if scene.items and isinstance(scene.items[0], Beat):
        used, words = 1, scene.items[0].text
        directive = directive.then(scene.items[0].directive)
    elif scene.items and isinstance(scene.items[0], Turn):
        directive = directive.then(scene.items[0].directive.of_scene())
    if len(scene.items) > used:
        over = _over(scene.items[used])
        used += 1 if over else 0
    seen = people_in(words, (), tuple(staging.sides), sheets)
    look = _told(framing.of_opening(scene.heading, people=len(seen)), words)
    brief = Brief(scene.line, "open", "", look, directive, action=words, seen=seen, props=things_in(words))
    return used, _with_voice(brief, over, sheets)


def _over(item: Item) -> Turn | None:
    """A voice-over short enough to lie over the picture before it, with no wish of its own."""
    if not isinstance(item, Turn) or not item.offscreen or item.dual or item.directive != NOTHING:
        return None
    return item if sum(len(said.text) for said in item.segments) <= LONG_SPEECH_CHARS else None


def _with_voice(brief: Brief, over: Turn | None, sheets: Sheets) -> Brief:
    if over is None:
        return brief
    said = tuple(Said(sheets.by_cue[cue_key(over.character)], segment) for segment in over.segments)
    return Brief(**{**vars(brief), "said": said})


def _told(look: Look, words: str) -> Look:
    """The look with what the words say of the camera: ``CLOSE ON the kettle``."""
    said = camera_words(words)
    return Look(said.size or look.size, said.camera or look.camera, said.angle or look.angle)


def _beat(
    beat: Beat, over: Turn | None, staging: Staging, sheets: Sheets, before: Sequence[Item]
) -> Brief:  # fmt: skip
    detail = detail_of(beat.text, before, sheets)
    if detail is not None:
        return _with_voice(_detail(detail, beat.line, beat.text, beat.directive), over, sheets)
    thing = pointed_at(beat.text)
    seen = sheets.named_in(beat.text) if thing else people_in(beat.text, before, tuple(staging.sides), sheets)
    drawn = bool(seen) and all(sheets.drawn(name) for name in seen)
    props = things_in(beat.text)
    look = _told(framing.of_action(beat.text, people=len(seen), drawn=drawn), beat.text)
    what = "action"
    if thing and not seen:
        props = (thing, *(one for one in props if one != thing))
    if not seen and props and (thing or _points_at(beat.text, props[0])):
        what, look = "insert", _told(framing.INSERT, beat.text)
    speaker = seen[0] if seen and look.size not in ("WS", "EWS") else None
    brief = Brief(beat.line, what, beat.text, look, beat.directive, beat.text, seen, speaker, props=props)
    return _with_voice(brief, over, sheets)


def _detail(detail: Detail, line: int, text: str, directive: Directive) -> Brief:
    """A part of somebody, seen alone."""
    usual, speaker = LOOKS[detail.part], None if detail.part == HANDS else detail.name
    told = _told(usual, text)
    look = Look("ECU" if "ECU" in (usual.size, told.size) else usual.size, told.camera, told.angle)
    return Brief(line, detail.part, text, look, directive, text, (detail.name,), speaker, doing=detail.doing)


def _points_at(text: str, prop: str) -> bool:
    """Whether a paragraph is about a thing: it is told to be looked at closely, or the sentence begins with it."""
    close = camera_words(text).size in ("ECU", "CU")
    return close or re.match(rf"(?:(?:the|a|an|his|her|one)\s+)?(?:\w+\s+)?{prop}", text, re.IGNORECASE) is not None


def _turn(turn: Turn, after: Item | None, staging: Staging, sheets: Sheets) -> Iterator[Brief]:
    name = sheets.by_cue[cue_key(turn.character)]
    listener = next((other for other in staging.pair if other != name), None) if name in staging.pair else None
    pair = listener is not None and sheets.drawn(name) == sheets.drawn(listener)
    for part, segments in enumerate(speeches(turn.segments)):
        words = " ".join(segment.text for segment in segments)
        said = tuple(Said(name, segment) for segment in segments)
        directive = turn.directive if part == 0 else _carried(turn.directive)
        if turn.offscreen:
            yield Brief(turn.line, "voice", words, framing.of_voice_over(words), directive, said=said)
            continue
        look = framing.of_speech(words, emotion_of(segments), part=part, pair=pair)
        with_whom = _with(name, listener, directive.size or look.size, sheets)
        yield Brief(turn.line, name, words, look, directive, "", with_whom, name, said)
    shown = after is not None and not isinstance(after, Turn) and listener in sheets.named_in(after.text)
    if listener and not shown and _calls_for_reaction(turn, after):
        yield Brief(
            turn.line,
            f"{listener} listens",
            words,
            framing.REACTION,
            Directive(),
            f"{listener} listens.",
            (listener,),
            listener,
        )


def _with(name: str, listener: str | None, size: ShotSize, sheets: Sheets) -> tuple[str, ...]:
    """Who is in the picture of a speech: two at half length, at chest length the listener's shoulder before a speaker;
    never a photo where a drawn listener would do.
    """
    if listener is None or not sheets.drawn(listener) or size not in ("MS", "MCU"):
        return (name,)
    return (name, listener) if size == "MCU" or sheets.drawn(name) else (name,)


def _carried(directive: Directive) -> Directive:
    """What the first shot of a long speech hands on to the next ones."""
    return Directive(size=directive.size, angle=directive.angle, captions=directive.captions, lock=directive.lock)


def _calls_for_reaction(turn: Turn, after: Item | None) -> bool:
    """Strong words that nobody answers: the scene ends, or something else happens."""
    words = sum(len(segment.text.split()) for segment in turn.segments)
    answered = isinstance(after, Turn)
    return not turn.offscreen and not answered and words >= _STRONG_WORDS and emotion_of(turn.segments) in _STRONG


def _dual(first: Turn, second: Turn, sheets: Sheets) -> Brief:
    """Two who speak at once are seen together."""
    names = [sheets.by_cue[cue_key(turn.character)] for turn in (first, second)]
    said = tuple(
        Said(name, segment, dual=at == 1)
        for at, (name, turn) in enumerate(zip(names, (first, second), strict=True))
        for segment in turn.segments
    )
    seen = tuple(name for name, turn in zip(names, (first, second), strict=True) if not turn.offscreen)
    words = " ".join(one.segment.text for one in said)
    directive = first.directive.then(second.directive)
    speaker = seen[0] if seen else None
    return Brief(
        first.line, " and ".join(names), words, Look("MS" if seen else "WS"), directive, "", seen, speaker, said
    )


def _frame(
    frame: Frame, directive: Directive, staging: Staging, sheets: Sheets, before: Sequence[Item]
) -> Brief:  # fmt: skip
    detail = detail_of(frame.text, before, sheets) if not frame.turns else None
    if detail is not None:
        return _detail(detail, frame.line, frame.text, directive)
    voices = [(sheets.by_cue[cue_key(turn.character)], turn) for turn in frame.turns]
    said = tuple(Said(name, segment, dual=turn.dual) for name, turn in voices for segment in turn.segments)
    speakers = [name for name, turn in voices if not turn.offscreen]
    unseen = {name for name, turn in voices if turn.offscreen} - set(speakers)
    told = people_in(frame.text, before, tuple(staging.sides), sheets)
    seen = tuple(name for name in dict.fromkeys((*speakers, *told)) if name not in unseen)
    if speakers:
        words, feeling = said[0].segment.text, emotion_of(frame.turns[0].segments)
        look = framing.of_speech(words, feeling, part=0, pair=False) if len(set(speakers)) == 1 else Look("MS")
    elif seen:
        look = framing.of_action(frame.text, people=len(seen), drawn=all(sheets.drawn(name) for name in seen))
    else:
        look = framing.of_opening(staging.heading, people=0)
    look = _told(look, frame.text)
    what = speakers[0] if speakers else "frame"
    words = f"{frame.text} {' '.join(one.segment.text for one in said)}".strip()
    close = (directive.size or look.size) not in ("WS", "EWS")
    speaker = speakers[0] if speakers else seen[0] if seen and close else None
    action = without_camera_words(frame.text)
    return Brief(frame.line, what, words, look, directive, action, seen, speaker, said, things_in(frame.text))


def emotion_of(segments: Sequence[Segment]) -> str:
    """The first feeling that a speech names."""
    return next((e for said in segments if (e := style_of(said.parenthetical).emotion) != "neutral"), "neutral")


def speeches(segments: tuple[Segment, ...]) -> Iterator[tuple[Segment, ...]]:
    """Segments in shots of at most 160 characters, cut between sentences: long speeches get several shots."""
    shot: list[Segment] = []
    for segment in segments:
        for part in _parts(segment):
            if shot and sum(len(said.text) for said in shot) + len(part.text) > LONG_SPEECH_CHARS:
                yield tuple(shot)
                shot = []
            shot.append(part)
    if shot:
        yield tuple(shot)


def _parts(segment: Segment) -> Iterator[Segment]:
    text = ""
    for sentence in _SENTENCE.split(segment.text):
        if text and len(text) + len(sentence) > LONG_SPEECH_CHARS:
            yield Segment(text, segment.parenthetical, segment.line)
            text = ""
        text = f"{text} {sentence}".strip()
    yield Segment(text, segment.parenthetical, segment.line)
