"""The director: scenes become shots. Pure and deterministic; a script and a seed always give the same film.

What a shot is follows from its own words and its scene, never from how many shots came before it, so that an edit
changes the shots it touches and no other. Directives win over every habit. No shot is shorter than two seconds.
"""

from collections.abc import Iterable, Iterator

from audio_service.contract.beds import match_bed
from generation_service.contract.methods import SubmitProduction
from generation_service.contract.shots import Shot, Transition
from generation_service.domain.casting import Roster
from generation_service.domain.plan.briefs import briefs, stage
from generation_service.domain.plan.keys import rekeyed
from generation_service.domain.plan.model import Dressing, PlaceOf, Plan, ScenePlace, stable_id
from generation_service.domain.plan.shots import Desk, make_shot, slug
from generation_service.domain.screenplay import Beat, Frame, Problem, Scene, Screenplay, refuse
from generation_service.domain.sheets import sheets_of
from generation_service.domain.things import is_known

__all__ = ["MAX_SECONDS", "MAX_SHOTS", "PlaceOf", "Plan", "plan", "rekeyed", "stable_id"]

MAX_SHOTS = 120
MAX_SECONDS = 20 * 60
LOOKED_AT = 20_000
"""Characters of a scene's action that set and bed are chosen by."""


def plan(command: SubmitProduction, production: str, screenplay: Screenplay, roster: Roster, place_of: PlaceOf) -> Plan:
    """Shots for the whole screenplay; ``command.cast`` holds everybody who speaks.

    Raises ``generation.screenplay_invalid`` as soon as the film is too long: nothing behind that place is looked at.
    """
    title = screenplay.title or command.title
    command = command.model_copy(update={"title": title})
    desk = Desk(command, production, sheets_of(command.cast, roster, screenplay.wardrobe))
    scenes: dict[str, int] = {}
    seconds = 0.0
    for number, scene in enumerate(screenplay.scenes, 1):
        for shot in _shoot(desk, number, scene, _scene_key(scene, scenes), place_of):
            seconds += shot.seconds
            _check_length(shot, seconds)
    return Plan(
        title,
        tuple(desk.shots),
        desk.at_least,
        (*screenplay.notes, *desk.notes, *_stand_ins(desk.shots), *_replaced(desk.shots)),
    )


def _stand_ins(shots: Iterable[Shot]) -> Iterator[str]:
    """For each heading that no set is known for, what is painted instead."""
    told = {shot.place.stand_in: shot.scene for shot in reversed([*shots]) if shot.place.stand_in}
    return (f"scene {scene}: {words}" for words, scene in sorted(told.items(), key=lambda one: one[1]))


def _replaced(shots: Iterable[Shot]) -> Iterator[str]:
    """For each thing that cannot be drawn, what stands for it; where a picture is not taken from where it is asked."""
    told: set[str] = set()
    for shot in shots:
        for one in shot.entities:
            if one.kind == "prop" and one.where != "offscreen" and one.name not in told and not is_known(one.name):
                told.add(one.name)
                yield f"shot {shot.number}: no picture of {one.name[:60]!r} is known: a card with its name stands in"
        if shot.angle == "overhead" and "overhead" not in told:
            told.add("overhead")
            yield f"shot {shot.number}: seen steeply from above: sets are not painted from straight overhead"


def _shoot(desk: Desk, number: int, scene: Scene, key: str, place_of: PlaceOf) -> Iterator[Shot]:
    action = " ".join(item.text for item in scene.items if isinstance(item, Beat | Frame))[:LOOKED_AT]
    place = place_of(scene.heading, action, desk.command.seed)
    where = ScenePlace(number, key, _entry(scene, number))
    staging = stage(scene, desk.sheets)
    dressing = Dressing(place, match_bed(f"{scene.heading} {action}"), len(desk.shots))
    for brief in briefs(scene, staging, desk.sheets):
        yield make_shot(desk, where, staging, brief, dressing)


def _scene_key(scene: Scene, used: dict[str, int]) -> str:
    """The scene's number where it has one, else its heading; the second scene under one heading is ``-2``."""
    key = slug(scene.number or scene.heading)
    used[key] = used.get(key, 0) + 1
    return key if used[key] == 1 else f"{key}-{used[key]}"


def _entry(scene: Scene, number: int) -> Transition:
    """How the film comes into a scene: as its transition says, else a fade from black first and a dissolve later."""
    return scene.transition or ("fade" if number == 1 else "dissolve")


def _check_length(shot: Shot, seconds: float) -> None:
    if shot.number > MAX_SHOTS or seconds > MAX_SECONDS:
        detail = f"the film is too long: over {MAX_SHOTS} shots or {MAX_SECONDS // 60} minutes from here on"
        raise refuse([Problem(shot.source_line, 1, detail, "cut it here and submit the rest as another film")])
