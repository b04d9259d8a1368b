"""From briefs to shots: keys, seeds, dressing, schedule and estimated lengths."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from generation_service.contract.methods import SubmitProduction
from generation_service.contract.shots import Character, Line, Shot, ShotSize, SpotEffect
from generation_service.domain.delivery import estimated_seconds, is_pause, style_of
from generation_service.domain.entities import CROWDED, in_frame, schedule
from generation_service.domain.plan.model import (
    Brief,
    Dressing,
    ScenePlace,
    Sheets,
    Staging,
    stable_id,
    stable_number,
)
from generation_service.domain.screenplay import cue_key
from generation_service.domain.spotting import asked_effects, effects_in
from generation_service.domain.timing import MIN_SHOT_S, frames_for, lay_out
from generation_service.domain.wardrobe import palette_of

_SLUG = re.compile(r"\W+")
KEY_CHARS = 60


@dataclass
class Desk:
    """What the director writes on while the film is planned."""

    command: SubmitProduction
    production: str
    sheets: Sheets
    shots: list[Shot] = field(default_factory=list)
    at_least: dict[str, float] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)
    lines: int = 0
    notes: list[str] = field(default_factory=list)

    def unused(self, key: str) -> str:
        """The key, numbered from its second use on."""
        self.keys[key] = self.keys.get(key, 0) + 1
        return key if self.keys[key] == 1 else f"{key}.{self.keys[key]}"


def slug(text: str) -> str:
    """Letters, digits and hyphens of any script: ``INT. KITCHEN - DAWN`` is ``int-kitchen-dawn``."""
    return _SLUG.sub("-", text.casefold()).strip("-")[:KEY_CHARS] or "scene"


def key_of(scene: ScenePlace, brief: Brief) -> str:
    """The shot's place by content: its scene, what it shows, and the words that tell it from others of its kind. A
    directive's ``id`` replaces the last two.
    """
    told = slug(brief.what) + (f"-{stable_id('', ' '.join(brief.content.split()))[1:7]}" if brief.content else "")
    return f"{scene.key}/{brief.directive.id or told}"


def make_shot(desk: Desk, scene: ScenePlace, staging: Staging, brief: Brief, dressing: Dressing) -> Shot:
    """The shot of a brief, appended to the desk's; estimated until its lines are spoken."""
    dressing.take(brief.directive)
    opening = brief.what == "open"
    key = desk.unused(key_of(scene, brief))
    shot_id = stable_id("sht", desk.production, key)
    lines, end = _lines(desk, brief)
    asked = brief.directive.seconds or (MIN_SHOT_S if lines else look_seconds(brief.action))
    seconds = max(asked, end)
    size = brief.directive.size or brief.look.size
    seen = _seen(desk, brief, size, dressing)
    visible = {one.name for one in seen}
    desk.at_least[shot_id] = asked
    shot = Shot(
        id=shot_id,
        key=key,
        number=len(desk.shots) + 1,
        scene=scene.number,
        heading=staging.heading,
        place=dressing.place,
        size=size,
        angle=brief.directive.angle or brief.look.angle,
        camera=brief.directive.camera or brief.look.camera,
        characters=seen,
        speaker=brief.speaker if brief.speaker in visible else None,
        action=brief.action,
        lines=lines,
        entities=schedule(
            seen, speaking={one.name for one in brief.said}, action=brief.action,
            sides={**staging.sides, **dict(_stage(desk, dressing))}, props=_props(brief, size, dressing),
            opening=opening, does=brief.doing,
        ),
        bed=dressing.bed,
        effects=_effects(brief, seconds),
        title_card=brief.directive.title or (_title(desk) if not desk.shots else None),
        captions=desk.command.captions == "burnt" if brief.directive.captions is None else brief.directive.captions,
        transition=brief.directive.transition or (scene.entry if len(desk.shots) == dressing.first else "cut"),
        frames=frames_for(seconds, desk.command.fps),
        fps=desk.command.fps,
        width=desk.command.width,
        height=desk.command.height,
        seed=_seed(desk, staging, brief),
        alternate=brief.directive.alternate or 1,
        lock=bool(brief.directive.lock),
        source_line=brief.line,
    )  # fmt: skip
    desk.shots.append(shot)
    return shot


def _title(desk: Desk) -> str | None:
    return desk.command.title if desk.command.title_card else None


def _seed(desk: Desk, staging: Staging, brief: Brief) -> int:
    """The directive's, else one of the scene and what is shown: neither words nor neighbours change it."""
    if brief.directive.seed is not None:
        return brief.directive.seed
    return stable_number(desk.command.seed, staging.heading, brief.what)


def look_seconds(action: str) -> float:
    """How long a picture without words is looked at: longer where more happens."""
    return round(min(6.0, max(2.5, 1.5 + 0.16 * len(action.split()))), 3)


def _lines(desk: Desk, brief: Brief) -> tuple[tuple[Line, ...], float]:
    """The shot's lines, laid out by estimate, and when it may end."""
    lines: list[Line] = []
    for one in brief.said:
        manner = one.segment.parenthetical
        style = lines[-1].style if lines and is_pause(manner) else style_of(manner)  # a beat changes no delivery
        lines.append(
            Line(index=desk.lines, character=one.name, text=one.segment.text, parenthetical=manner, style=style,
                 dual=one.dual)
        )  # fmt: skip
        desk.lines += 1
    seconds = [estimated_seconds(line.text, line.style) for line in lines]
    starts, end = lay_out(lines, seconds)
    placed = zip(lines, starts, seconds, strict=True)
    return tuple(ln.model_copy(update={"start_s": start, "seconds": length}) for ln, start, length in placed), end


def _seen(desk: Desk, brief: Brief, size: ShotSize, dressing: Dressing) -> tuple[Character, ...]:
    """The sheets of who is in frame, with what the scene has them wear."""
    drawn = {name: desk.sheets.drawn(name) for name in brief.seen}
    worn = {cue_key(name): words for name, words in dressing.wardrobe.items()}
    framed = in_frame(size, brief.seen, brief.speaker, drawn)
    if size in CROWDED and len(framed) == CROWDED[size] < len(brief.seen):
        left = [name for name in brief.seen if name not in framed]
        others = left[0] if len(left) == 1 else f"{left[0]} and {len(left) - 1} more"
        desk.notes.append(f"shot {len(desk.shots) + 1}: {size} holds {len(framed)} people, without {others}")
    people = (desk.sheets.characters[name] for name in framed)
    return tuple(_wearing(one, worn[cue_key(one.name)]) if cue_key(one.name) in worn else one for one in people)


def _wearing(one: Character, words: str) -> Character:
    return one.model_copy(update={"wardrobe": words, "palette": palette_of(words, one.palette)})


def _stage(desk: Desk, dressing: Dressing) -> Iterator[tuple[str, str]]:
    return ((desk.sheets.by_cue.get(cue_key(name), name), where) for name, where in dressing.stage.items())


def _props(brief: Brief, size: ShotSize, dressing: Dressing) -> dict[str, str]:
    """What the words name, and what the scene has been given; a face in close-up hides all but what is asked for."""
    asked = dict(brief.directive.props)
    if brief.doing:
        return {}
    if size in ("ECU", "CU", "MCU") and brief.seen:
        return asked
    if brief.what == "insert":
        return {**dict.fromkeys(brief.props, ""), **asked} or dressing.props
    return {**dict.fromkeys(brief.props, ""), **dressing.props}


def _effects(brief: Brief, seconds: float) -> tuple[SpotEffect, ...]:
    asked = asked_effects(brief.directive.effects, seconds)
    heard = () if asked or brief.directive.quiet else effects_in(brief.action, seconds)
    return asked or heard
