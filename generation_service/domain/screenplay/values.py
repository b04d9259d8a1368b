"""What each word of a directive may be: one reader per key, from its value to what it asks for or what is wrong.

The same readers serve the notes of a screenplay and the fields of a storyboard.
"""

import math
import re
from collections.abc import Callable
from typing import get_args

from audio_service.contract.beds import bed_names, match_bed
from audio_service.contract.effects import effect_names, match_effect
from generation_service.contract.casting import FORMS, read_member
from generation_service.contract.shots import Angle, CameraMove, Mood, Season, ShotSize, TimeOfDay, Transition, Weather
from generation_service.domain.screenplay.model import Directive, Effect

SIZES: tuple[str, ...] = get_args(ShotSize)
CAMERAS: tuple[str, ...] = get_args(CameraMove)
ANGLES: tuple[str, ...] = get_args(Angle)
MOODS: tuple[str, ...] = get_args(Mood)
SHORTEST_S, LONGEST_S = 2.0, 30.0
MANY = 12
_WORDS = re.compile(r"\w[\w '\-]{0,39}")
_SECONDS = re.compile(r"(-?\d{1,6}(?:[.,]\d{1,6})?)\s*(s|sec|seconds)?")
_TIME = re.compile(r"\d{1,3}(?:[.,]\d{1,3})?s?")
_WHERE = ("left", "centre", "right", "background", "offscreen")
_ON = {"yes": True, "on": True, "true": True, "no": False, "off": False, "false": False}


class Wrong(ValueError):
    """A value that cannot be: what is wrong, and the fix."""

    def __init__(self, detail: str, fix: str) -> None:
        super().__init__(detail)
        self.detail, self.fix = detail, fix


Reader = Callable[[str], Directive]


def _one_of(field: str, what: str, known: tuple[str, ...]) -> Reader:
    def read(value: str) -> Directive:
        found = next((one for one in known if one.casefold() == value.casefold()), None)
        if found is None:
            raise Wrong(f"no {what} {value[:40]!r}", "use one of " + ", ".join(known))
        return Directive(**{field: found})  # type: ignore[arg-type]

    return read


def _bed(value: str) -> Directive:
    if not _WORDS.fullmatch(value):
        raise Wrong("a sound bed needs a name of up to 40 letters", 'write bed="rain", or bed=none to end it')
    if value.lower() != "none" and match_bed(value) is None:
        raise Wrong(f"no sound bed is like {value!r}", "use one of " + ", ".join(bed_names()))
    return Directive(bed=value.lower())


def _seed(value: str) -> Directive:
    if not re.fullmatch(r"[0-9]{1,9}", value):
        raise Wrong(f"seed {value[:40]!r} is not a whole number", "write a number from 0 to 999999999, as seed=7")
    return Directive(seed=int(value))


def _take(value: str) -> Directive:
    if not re.fullmatch(r"[1-9][0-9]?", value):
        raise Wrong(f"take {value[:40]!r} is not a number from 1 to 99", "write take=2 for the second take")
    return Directive(alternate=int(value))


def duration(value: str) -> Directive:
    """The shortest length wanted, as ``3s`` or ``3.5``."""
    found = _SECONDS.fullmatch(value)
    seconds = float(found.group(1).replace(",", ".")) if found else math.nan
    if not SHORTEST_S <= seconds <= LONGEST_S:
        raise Wrong(f"bad duration {value[:40]!r}", f"a shot lasts {SHORTEST_S:g} to {LONGEST_S:g} seconds: write 3s")
    return Directive(seconds=seconds)


def _title(value: str) -> Directive:
    if not 0 < len(value) <= 200:
        raise Wrong("a title card needs words, 200 characters at most", 'write title="Two days later"')
    return Directive(title=value)


def _identity(value: str) -> Directive:
    if not re.fullmatch(r"[\w-]{1,40}", value):
        raise Wrong(f"bad id {value[:40]!r}", "use up to 40 letters, digits and hyphens, as id=the-door")
    return Directive(id=value.casefold())


def _effects(value: str) -> Directive:
    if value.lower() == "none":
        return Directive(quiet=True)
    found = []
    for part in re.split(r"[;+]", value):
        words, at, time = part.strip().partition("@")
        name = match_effect(words.strip()) if _WORDS.fullmatch(words.strip()) else None
        if name is None:
            raise Wrong(f"no effect is like {words.strip()[:40]!r}", "use one of " + ", ".join(effect_names()))
        if at and not _TIME.fullmatch(time.strip()):
            raise Wrong(f"bad time {time.strip()[:40]!r}", "write seconds from the start of the shot: door@1.2")
        found.append(Effect(name, float(time.strip().rstrip("s").replace(",", ".")) if at else None))
    return Directive(effects=tuple(found[:MANY]))


def _elements(value: str) -> Directive:
    words = tuple(word.strip().lower() for word in re.split(r"[;+]", value))
    if not all(_WORDS.fullmatch(word) for word in words):
        raise Wrong(f"bad elements {value[:40]!r}", "name what lives in the picture: with=crowd+lights")
    return Directive(elements=words[:MANY])


def _where(field: str) -> Reader:
    def read(value: str) -> Directive:
        name, at, where = (part.strip() for part in value.partition("@"))
        where = where.lower().replace("center", "centre") or "centre"
        if not _WORDS.fullmatch(name) or (at and where not in _WHERE):
            raise Wrong(f"bad place {value[:40]!r}", f"write lantern@left; places: {', '.join(_WHERE)}")
        return Directive(**{field: ((name, where),)})  # type: ignore[arg-type]

    return read


def _wardrobe(value: str) -> Directive:
    name, colon, words = (part.strip() for part in value.partition(":"))
    if not colon or not words or not name or len(words) > 80:
        raise Wrong(f"bad wardrobe {value[:40]!r}", 'write wardrobe="ANA: red coat", 80 letters at most')
    return Directive(wardrobe=((name, words),))


def cast(value: str) -> Directive:
    """Who plays whom, as ``ANA:stock/mara+voice/odile``."""
    name, colon, words = (part.strip() for part in value.partition(":"))
    member = read_member(words) if colon and name else None
    if member is None:
        raise Wrong(f"bad casting {value[:60]!r}", f"write cast=NAME:WHO, where WHO is {FORMS}")
    return Directive(cast=((name, member),))


def _flag(field: str) -> Reader:
    def read(value: str) -> Directive:
        if value.lower() not in _ON:
            raise Wrong(f"{value[:40]!r} is neither on nor off", "write on or off")
        return Directive(**{field: _ON[value.lower()]})  # type: ignore[arg-type]

    return read


_camera = _one_of("camera", "camera move", CAMERAS)
_mood = _one_of("mood", "mood", MOODS)
READERS: dict[str, Reader] = {
    "size": _one_of("size", "shot size", SIZES),
    "angle": _one_of("angle", "angle", ANGLES),
    "cam": _camera, "camera": _camera, "bed": _bed, "seed": _seed, "take": _take, "for": duration,
    "duration": duration, "transition": _one_of("transition", "transition", get_args(Transition)),
    "mood": _mood, "grade": _mood,
    "season": _one_of("season", "season", tuple(one for one in get_args(Season) if one)),
    "weather": _one_of("weather", "weather", get_args(Weather)),
    "time": _one_of("time", "time of day", get_args(TimeOfDay)),
    "title": _title, "id": _identity, "fx": _effects, "effect": _effects, "with": _elements,
    "elements": _elements, "prop": _where("props"), "stage": _where("stage"), "wardrobe": _wardrobe, "cast": cast,
    "caption": _flag("captions"), "captions": _flag("captions"), "lock": _flag("lock"),
}  # fmt: skip
"""The reader of every key."""
FLAGS = {"lock": Directive(lock=True), "caption": Directive(captions=True), "captions": Directive(captions=True)}
"""Words that stand alone."""
