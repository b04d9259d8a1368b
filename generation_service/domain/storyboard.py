"""A storyboard read into the scenes that a screenplay gives: every shot a frame, every mistake with its place."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any

from pydantic import ValidationError

from generation_service.contract.casting import FORMS, read_member
from generation_service.contract.methods import CastMember
from generation_service.contract.storyboard import BoardScene, BoardShot, Dressing, Storyboard
from generation_service.domain.json_places import JsonPlaces, pointer_of
from generation_service.domain.screenplay.model import (
    Directive,
    Effect,
    Frame,
    Problem,
    Scene,
    Screenplay,
    Segment,
    Turn,
    cue_key,
)
from generation_service.domain.screenplay.read import readable, refuse
from generation_service.domain.screenplay.values import READERS, Wrong

_SYNTAX = re.compile(r"line (\d+) column (\d+)")
_FIXES = {
    "extra_forbidden": "remove it, or see the schema of storyboards for what may stand here",
    "missing": "add it",
    "literal_error": "use one of {expected}",
    "string_too_short": "write at least {min_length} character",
    "string_too_long": "write at most {max_length} characters",
    "too_short": "give at least {min_length}",
    "too_long": "give at most {max_length}",
    "greater_than_equal": "use {ge} or more",
    "less_than_equal": "use {le} or less",
    "string_pattern_mismatch": "use letters, digits and hyphens only",
}


def read_storyboard(text: str, cast: Collection[str] = ()) -> Screenplay:
    """The scenes of a storyboard; who speaks must be of ``cast`` or cast by the storyboard itself.

    Raises Invalid ``generation.screenplay_invalid`` with ``errors`` = [{line, column, pointer, detail, fix}].
    """
    text = readable(text)
    try:
        board = Storyboard.model_validate_json(text)
    except ValidationError as invalid:
        raise refuse(_problems(text, invalid)) from invalid
    reader = _Reader(text, board, cast)
    screenplay = reader.read()
    if reader.problems:
        raise refuse(reader.problems)
    return screenplay


def _problems(text: str, invalid: ValidationError) -> list[Problem]:
    errors = invalid.errors(include_url=False)
    if errors[0]["type"] == "json_invalid":
        found = _SYNTAX.search(errors[0]["msg"])
        line, column = (int(found.group(1)), int(found.group(2))) if found else (1, 1)
        detail = errors[0]["msg"].removeprefix("Invalid JSON: ").split(" at line")[0]
        return [Problem(line, max(1, column), f"this is no JSON: {detail}", "check commas, quotes and brackets there")]
    places = JsonPlaces(text)
    inside = {error["loc"][:depth] for error in errors for depth in range(len(error["loc"]))}
    return [_problem(places, error) for error in errors[:100] if error["loc"] not in inside]


def _problem(places: JsonPlaces, error: Any) -> Problem:
    context = {name: str(value) for name, value in (error.get("ctx") or {}).items()}
    path = [part for part in error["loc"] if part not in ("CastMember", "str")]
    fix = _FIXES.get(error["type"], "see the schema of storyboards")
    fix = fix.format_map(defaultdict(str, context))
    name = str(path[-1]) if path else "the storyboard"
    told = "" if error["type"] in ("missing", "extra_forbidden") else f": {error['msg'][:1].lower()}{error['msg'][1:]}"
    what = {"missing": f"{name} is missing", "extra_forbidden": f"unknown field {name[:40]!r}"}.get(error["type"])
    return _at(places, path, what or f"{name[:40]}{told}", fix)


def _at(places: JsonPlaces, path: list[str | int], detail: str, fix: str) -> Problem:
    return Problem(*places.place(path), detail, fix, pointer_of(path))


class _Reader:
    """Walks a well-formed storyboard once; ``problems`` fills on the way."""

    def __init__(self, text: str, board: Storyboard, cast: Collection[str]) -> None:
        self._places, self._board = JsonPlaces(text), board
        self.problems: list[Problem] = []
        self._own = dict(self._members())
        self._known = {cue_key(name) for name in (*cast, *self._own)}

    def read(self) -> Screenplay:
        scenes = tuple(self._scene(number, scene) for number, scene in enumerate(self._board.scenes))
        wardrobe = tuple(self._board.wardrobe.items())
        return Screenplay(self._board.title, scenes, self._own, wardrobe, language=self._board.language)

    def _members(self) -> Iterator[tuple[str, CastMember]]:
        for name, told in self._board.cast.items():
            member = read_member(told) if isinstance(told, str) else told
            if member is None:
                self._wrong(["cast", name], f"bad casting {str(told)[:60]!r}", f"write {FORMS}")
            else:
                yield name, member

    def _scene(self, number: int, scene: BoardScene) -> Scene:
        path: list[str | int] = ["scenes", number]
        frames = tuple(self._frame([*path, "shots", at], shot) for at, shot in enumerate(scene.shots))
        return Scene(
            " ".join(scene.heading.split()), self._line(path), scene.transition or "", frames,
            self._dressing(path, scene, entry=False), scene.number,
        )  # fmt: skip

    def _frame(self, path: list[str | int], shot: BoardShot) -> Frame:
        directive = self._dressing(path, shot).then(
            Directive(
                size=shot.size, angle=shot.angle, camera=shot.camera, seconds=shot.seconds, seed=shot.seed,
                title=shot.title, captions=shot.captions, lock=shot.lock, alternate=shot.take,
                id=shot.id.casefold() if shot.id else None, effects=tuple(self._effects(path, shot)),
            )
        )  # fmt: skip
        line = self._line(path)
        turns = tuple(
            Turn(
                said.who,
                (Segment(" ".join(said.says.split()), said.how, line),),
                said.offscreen,
                line,
                dual=at > 0 and said.together,
            )
            for at, said in enumerate(shot.lines)
        )
        for at, said in enumerate(shot.lines):
            self._check_line([*path, "lines", at], said.who, said.says)
        return Frame(" ".join(shot.action.split()), turns, line, directive)

    def _check_line(self, path: list[str | int], who: str, says: str) -> None:
        if not says.strip():
            self._wrong([*path, "says"], f"{who} says nothing", "write what is said, or leave the line out")
        if cue_key(who) not in self._known:
            self._wrong([*path, "who"], f"nobody is cast as {who}", f'cast it: "cast": {{"{who}": "stock/mara"}}')
            self._known.add(cue_key(who))

    def _effects(self, path: list[str | int], shot: BoardShot) -> Iterator[Effect]:
        for at, effect in enumerate(shot.effects):
            found = self._value([*path, "effects", at, "name"], "fx", effect.name)
            for one in found.effects:
                yield Effect(one.name, effect.at)

    def _dressing(self, path: list[str | int], told: Dressing, *, entry: bool = True) -> Directive:
        bed = self._value([*path, "bed"], "bed", told.bed).bed if told.bed is not None else None
        elements = self._value([*path, "elements"], "with", "+".join(told.elements)).elements if told.elements else ()
        return Directive(
            bed=bed, mood=told.mood, season=told.season or None, weather=told.weather, time=told.time,
            elements=elements, props=tuple((prop.name, prop.where) for prop in told.props),
            stage=tuple(told.stage.items()), wardrobe=tuple(told.wardrobe.items()),
            transition=told.transition if entry else None,
        )  # fmt: skip

    def _value(self, path: list[str | int], key: str, value: str) -> Directive:
        try:
            return READERS[key](value.strip())
        except Wrong as wrong:
            self._wrong(path, wrong.detail, wrong.fix)
            return Directive()

    def _line(self, path: list[str | int]) -> int:
        return self._places.place(path)[0]

    def _wrong(self, path: list[str | int], detail: str, fix: str) -> None:
        self.problems.append(_at(self._places, path, detail, fix))
