"""The schedule of a shot: who and which props are in it, where they stand, what they do, and whether they were there.

Sides keep the 180° rule: whoever stands left in a scene stays left in all of its shots.
"""

import re
from collections.abc import Collection, Iterable, Mapping

from generation_service.contract.shots import Character, Entity, ShotSize
from generation_service.domain.deeds import doing
from generation_service.domain.screenplay import cue_key
from generation_service.domain.stock import STOCK

_SIDES = ("left", "right", "centre")
_ENTERS = re.compile(
    r"\b(?:enters?|comes? in|appears?|arrives?|bursts? in|steps? (?:in|out)|walks? in)\b", re.IGNORECASE
)
MOST_WIDE = 6
CROWDED: Mapping[ShotSize, int] = {"WS": MOST_WIDE, "MS": 3}
"""How many people a picture of this size holds at most."""


def sides_of(names: Iterable[str]) -> dict[str, str]:
    """Left, right, centre, then background, in the order of the alphabet: it does not change when lines are put in.
    Who is alone has no side.
    """
    ordered = sorted(dict.fromkeys(names), key=cue_key)
    if len(ordered) == 1:
        return {ordered[0]: "centre"}
    return {name: _SIDES[at] if at < len(_SIDES) else "background" for at, name in enumerate(ordered)}


def schedule(
    seen: Collection[Character], *, speaking: Collection[str], action: str, sides: Mapping[str, str],
    props: Mapping[str, str], opening: bool, does: str = "",
) -> tuple[Entity, ...]:  # fmt: skip
    """Everybody and everything in the shot. ``props`` by name to where they are ("" where nobody says); ``does`` what
    they all do, where the shot itself says it.
    """
    people = [
        Entity.model_validate(
            {
                "name": one.name,
                "where": sides.get(one.name, "centre"),
                "doing": does or _bearing(action, one, speaking),
                "continues": not opening and not _ENTERS.search(action[:300]),
            }
        )
        for one in seen
    ]
    things = [
        Entity.model_validate({"name": name, "kind": "prop", "where": where or "centre", "continues": not opening})
        for name, where in props.items()
        if not any(re.search(rf"\b{re.escape(name)}\b", one.doing) for one in people)  # it is in somebody's hand
    ]
    return (*people, *things)


def _bearing(action: str, one: Character, speaking: Collection[str]) -> str:
    """What the action tells; who does nothing there talks or listens while something is said."""
    kind = STOCK[one.stock].kind if one.stock in STOCK else ""
    told = doing(action, one.name, kind) if action else "idle"
    if told != "idle" or not speaking:
        return told
    return "talks" if one.name in speaking else "listens"


def in_frame(size: ShotSize, seen: tuple[str, ...], speaker: str | None, drawn: Mapping[str, bool]) -> tuple[str, ...]:
    """Who of ``seen`` a picture of this size holds: nobody from very far, drawn people from afar, three at half length,
    a face with a drawn shoulder before it at chest length, one face in a close shot.
    """
    if size == "EWS":
        return ()
    if size == "WS":
        return tuple(name for name in seen if drawn[name])[:MOST_WIDE]
    ordered = tuple(sorted(seen, key=lambda name: name != speaker))
    if size == "MCU":
        return ordered[:1] + tuple(name for name in ordered[1:2] if drawn[name])
    return ordered[: CROWDED.get(size, 1)]
