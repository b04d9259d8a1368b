"""The director: scenes become shots. Pure and deterministic; a screenplay and a seed always give the same film.

Each scene opens with a wide shot of its place, each turn of dialogue is one closer shot of who speaks, each further
paragraph of action is a shot of its own. Sizes follow the emotion and never repeat twice on the same face; the sound
bed is what the heading and the action speak of. Directives win over every habit. No shot is shorter than two seconds.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from audio_service.contract.beds import match_bed
from generation_service.contract.methods import CastMember, SubmitProduction
from generation_service.contract.shots import CameraMove, Character, Line, Place, Shot, ShotSize
from generation_service.domain.casting import Roster, character
from generation_service.domain.delivery import estimated_seconds, is_pause, style_of
from generation_service.domain.screenplay import Beat, Problem, Scene, Screenplay, Segment, Turn, cue_key
from generation_service.domain.screenplay.model import Directive
from generation_service.domain.screenplay.read import refuse
from generation_service.domain.timing import MIN_SHOT_S, frames_for, lay_out

PlaceOf = Callable[[str, str, int], Place]
"""From a heading, the action under it and a seed to a place; the painter's own."""

MAX_SHOTS = 120
MAX_SECONDS = 20 * 60
_LONG_SPEECH_CHARS = 160
_CLOSE = {"whisper", "sad", "afraid", "angry"}
_OPENERS: tuple[CameraMove, ...] = ("push-in", "pan-right", "tilt-up", "pan-left")
_SENTENCE = re.compile(r"(?<=[.!?…。])\s+")


@dataclass(frozen=True)
class Plan:
    """Shots with estimated lengths. ``at_least`` is the shortest length in seconds each shot was asked for, by id."""

    title: str
    shots: tuple[Shot, ...]
    at_least: Mapping[str, float]


@dataclass(frozen=True)
class _Brief:
    """One shot before it is numbered."""

    line: int
    size: ShotSize
    camera: CameraMove
    directive: Directive
    action: str = ""
    seen: tuple[str, ...] = ()
    speaker: str | None = None
    segments: tuple[Segment, ...] = ()
    heard: str = ""


@dataclass
class _Director:
    command: SubmitProduction
    production: str
    roster: Roster
    place_of: PlaceOf
    shots: list[Shot] = field(default_factory=list)
    at_least: dict[str, float] = field(default_factory=dict)
    last_size: dict[str, str] = field(default_factory=dict)
    lines: int = 0


def plan(command: SubmitProduction, production: str, screenplay: Screenplay, roster: Roster, place_of: PlaceOf) -> Plan:
    """Shots for the whole screenplay. Raises ``generation.screenplay_invalid`` when the film would be too long."""
    director = _Director(command, production, roster, place_of)
    for number, scene in enumerate(screenplay.scenes, 1):
        _shoot_scene(director, number, scene)
    _check_length(director.shots)
    return Plan(screenplay.title or command.title, tuple(director.shots), director.at_least)


def _check_length(shots: list[Shot]) -> None:
    seconds = 0.0
    for shot in shots:
        seconds += shot.seconds
        if shot.number > MAX_SHOTS or seconds > MAX_SECONDS:
            detail = f"the film is too long: over {MAX_SHOTS} shots or {MAX_SECONDS // 60} minutes from here on"
            raise refuse([Problem(shot.source_line, 1, detail, "cut it here and submit the rest as another film")])


def _shoot_scene(director: _Director, number: int, scene: Scene) -> None:
    action = " ".join(item.text for item in scene.items if isinstance(item, Beat))
    place = director.place_of(scene.heading, action, director.command.seed)
    bed = match_bed(f"{scene.heading} {action}")
    for at, brief in enumerate(_briefs(director, number, scene)):
        bed = brief.directive.bed or bed
        bed = None if bed == "none" else bed
        transition = brief.directive.transition or (_entry(scene, number) if at == 0 else "cut")
        _add_shot(director, (number, scene.heading, place), brief, (bed, transition))


def _entry(scene: Scene, number: int) -> str:
    """How the film comes into a scene: as its transition says, else a fade from black first and a dissolve later."""
    if "DISSOLVE" in scene.transition:
        return "dissolve"
    if "FADE" in scene.transition or (number == 1 and not scene.transition):
        return "fade"
    return "cut" if scene.transition else "dissolve"


def _briefs(director: _Director, number: int, scene: Scene) -> Iterator[_Brief]:
    items = list(scene.items)
    opening = scene.directive
    words = ""
    first = items[0] if items else None
    if isinstance(first, Beat):
        items, words, opening = items[1:], first.text, opening.then(first.directive)
    yield _Brief(scene.line, "WS", _OPENERS[(number - 1) % len(_OPENERS)], opening, action=words)
    for item in items:
        if isinstance(item, Beat):
            yield _beat(director, item)
        else:
            yield from _turn(director, item)


def _beat(director: _Director, beat: Beat) -> _Brief:
    named = [name for name in director.command.cast if _mentions(beat.text, name)]
    if not named:
        return _Brief(beat.line, "WS", "pan-right", beat.directive, action=beat.text)
    size: ShotSize = (
        "MCU" if director.command.cast[named[0]].face else "MS"
    )  # a photo holds up close, not at full length
    director.last_size[named[0]] = beat.directive.size or size
    return _Brief(beat.line, size, "handheld", beat.directive, action=beat.text, seen=(named[0],), speaker=named[0])


def _mentions(text: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None


def _turn(director: _Director, turn: Turn) -> Iterator[_Brief]:
    name = _cast_name(director.command.cast, turn.character)
    for at, segments in enumerate(_speeches(turn.segments)):
        emotion = next((e for s in segments if (e := style_of(s.parenthetical).emotion) != "neutral"), "neutral")
        if turn.offscreen:
            yield _Brief(turn.line, "WS", "push-in", turn.directive, segments=segments, heard=name)
            continue
        size, camera = _framing(director, name, emotion)
        directive = turn.directive if at == 0 else Directive(size=turn.directive.size)
        director.last_size[name] = directive.size or size
        yield _Brief(
            turn.line, size, camera, directive, seen=(name,), speaker=name, segments=segments, heard=name
        )  # fmt: skip


def _framing(director: _Director, name: str, emotion: str) -> tuple[ShotSize, CameraMove]:
    """Close for strong feeling, else medium close; never the same size twice in a row on one face."""
    close = emotion in _CLOSE
    if director.last_size.get(name) == ("CU" if close else "MCU"):
        return ("MCU", "static") if close else ("CU", "push-in")
    return ("CU", "push-in") if close else ("MCU", "handheld" if emotion == "excited" else "static")


def _speeches(segments: tuple[Segment, ...]) -> Iterator[tuple[Segment, ...]]:
    """Segments in shots of at most 160 characters, cut between sentences: long speeches get several shots."""
    shot: list[Segment] = []
    for segment in segments:
        for part in _parts(segment):
            if shot and sum(len(said.text) for said in shot) + len(part.text) > _LONG_SPEECH_CHARS:
                yield tuple(shot)
                shot = []
            shot.append(part)
    if shot:
        yield tuple(shot)


def _parts(segment: Segment) -> Iterator[Segment]:
    text = ""
    for sentence in _SENTENCE.split(segment.text):
        if text and len(text) + len(sentence) > _LONG_SPEECH_CHARS:
            yield Segment(text, segment.parenthetical, segment.line)
            text = ""
        text = f"{text} {sentence}".strip()
    yield Segment(text, segment.parenthetical, segment.line)


def _add_shot(
    director: _Director, where: tuple[int, str, Place], brief: _Brief, dressing: tuple[str | None, str]
) -> None:
    command, number = director.command, len(director.shots) + 1
    lines = _lines(director, brief)
    seconds = [estimated_seconds(line.text, line.style) for line in lines]
    starts, end = lay_out(lines, seconds)
    lines = tuple(
        line.model_copy(update={"start_s": start, "seconds": length})
        for line, start, length in zip(lines, starts, seconds, strict=True)
    )
    asked = brief.directive.seconds or (MIN_SHOT_S if lines else _look_seconds(brief.action))
    shot_id = stable_id("sht", director.production, number)
    director.at_least[shot_id] = asked
    director.shots.append(
        Shot.model_validate(
            {
                "id": shot_id,
                "number": number,
                "scene": where[0],
                "heading": where[1],
                "place": where[2],
                "size": brief.directive.size or brief.size,
                "camera": brief.directive.camera or brief.camera,
                "characters": tuple(_character(director, name) for name in brief.seen),
                "speaker": brief.speaker,
                "action": brief.action,
                "lines": lines,
                "bed": dressing[0],
                "transition": dressing[1],
                "frames": frames_for(max(asked, end), command.fps),
                "fps": command.fps,
                "width": command.width,
                "height": command.height,
                "seed": brief.directive.seed if brief.directive.seed is not None else command.seed + number,
                "source_line": brief.line,
            }
        )
    )


def _look_seconds(action: str) -> float:
    """How long a picture without words is looked at: longer where more happens."""
    return round(min(6.0, max(2.5, 1.5 + 0.16 * len(action.split()))), 3)


def _lines(director: _Director, brief: _Brief) -> tuple[Line, ...]:
    lines: list[Line] = []
    for segment in brief.segments:
        style = style_of(segment.parenthetical)
        if lines and is_pause(segment.parenthetical):
            style = lines[-1].style  # a beat changes nothing in how it is said
        lines.append(
            Line(
                index=director.lines,
                character=brief.heard,
                text=segment.text,
                parenthetical=segment.parenthetical,
                style=style,
            )
        )
        director.lines += 1
    return tuple(lines)


def _character(director: _Director, name: str) -> Character:
    return character(name, director.command.cast[name], director.roster)


def _cast_name(cast: Mapping[str, CastMember], cue: str) -> str:
    """The cast entry a cue means; :func:`read_screenplay` has made sure there is one."""
    return next(name for name in cast if cue_key(name) == cue_key(cue))


def stable_id(prefix: str, *parts: object) -> str:
    """An id that the same parts always give: 128 bits of their SHA-256, so that repeating a step repeats its ids."""
    text = "\x1f".join(str(part) for part in parts)
    return f"{prefix}_{hashlib.sha256(text.encode()).hexdigest()[:32]}"
