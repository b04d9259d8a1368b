"""The schedule of a shot: who and which props are in it, where they stand, what they do, and whether they were there.

Sides keep the 180° rule: whoever stands left in a scene stays left in all of its shots.
"""

import re
from collections.abc import Collection, Iterable, Mapping

from generation_service.contract.shots import Character, Entity, ShotSize
from generation_service.domain.screenplay import cue_key

_SIDES = ("left", "right", "centre")
_DOING: tuple[tuple[str, str], ...] = (
    ("runs", r"runs?|running|races|sprint\w*|chases|flees"),
    ("walks", r"walk\w*|stroll\w*|strides?|march\w*|wander\w*|pac(?:es|ing)|enters?|leaves|crosses|climbs?|steps"
              r"|approach\w*|hurries"),
    ("dances", r"danc(?:es?|ing)|jumps?|cheer(?:s|ing)"),
    ("sits", r"sits?|sitting|seated|perched"),
    ("waves", r"waves?|waving|greets?"),
    ("points", r"points?|pointing"),
    ("crosses arms", r"(?:crosses|folds) (?:his|her|their) arms"),
    ("laughs", r"laugh(?:s|ing)?|giggles?|chuckles?"),
    ("nods", r"nods?|nodding"),
    ("turns", r"turns?|turning"),
    ("reads", r"reads?|reading|studies"),
    ("holds", r"holds?|holding|carr(?:ies|ying)|lifts?|takes?|picks?|pours?|drinks?|sips?|lowers?|raises?"),
    ("looks", r"looks?|watch(?:es|ing)|stares?|gazes?"),
    ("listens", r"listen(?:s|ing)?|hears?"),
)  # fmt: skip
_VERBS = [(name, re.compile(rf"\b(?:{words})\b", re.IGNORECASE)) for name, words in _DOING]
_ENTERS = re.compile(
    r"\b(?:enters?|comes? in|appears?|arrives?|bursts? in|steps? (?:in|out)|walks? in)\b", re.IGNORECASE
)
_WAY = re.compile(r"\b(left|right)\b", re.IGNORECASE)
_IN_HAND = frozenset({"walks", "runs", "holds", "reads", "waves", "sits", "looks"})
PROPS = (
    "lantern", "letter", "envelope", "cup", "mug", "teapot", "kettle", "bottle", "phone", "umbrella", "book",
    "newspaper", "map", "candle", "lamp", "bicycle", "suitcase", "bag", "box", "key", "camera", "guitar", "flower",
    "flowers", "photograph", "clock", "laptop", "cake", "bread", "apple", "ball", "rope", "radio", "violin", "coin",
)  # fmt: skip
_PROP = re.compile(r"\b(" + "|".join(sorted(PROPS, key=len, reverse=True)) + r")s?\b", re.IGNORECASE)
MOST_PROPS, MOST_WIDE = 4, 6
CROWDED: Mapping[ShotSize, int] = {"WS": MOST_WIDE, "MS": 3}
"""How many people a picture of this size holds at most."""


def sides_of(names: Iterable[str]) -> dict[str, str]:
    """Left, right, centre, then background, in the order of the alphabet: it does not change when lines are put in."""
    ordered = sorted(dict.fromkeys(names), key=cue_key)
    return {name: _SIDES[at] if at < len(_SIDES) else "background" for at, name in enumerate(ordered)}


def doing(text: str, name: str) -> str:
    """What somebody does in a paragraph: the first verb known after the name, the way and the thing in hand, as in
    ``walks left with a lantern``; else ``idle``.
    """
    at = max(0, text.casefold().find(cue_key(name).split(" ")[0]))
    clause = re.split(r"[.;!?]", text[at:][:300])[0]
    found = [(match.start(), what) for what, verb in _VERBS if (match := verb.search(clause))]
    verb = min(found)[1] if found else "idle"
    way = _WAY.search(clause) if verb in ("walks", "runs", "points", "looks", "turns") else None
    held = _PROP.search(clause) if verb in _IN_HAND else None
    told = (verb, way.group(1).lower() if way else "", _in_hand(verb, held.group(1).lower()) if held else "")
    return " ".join(part for part in told if part)


def _in_hand(verb: str, thing: str) -> str:
    article = "" if thing.endswith("s") else "an " if thing[0] in "aeiou" else "a "
    return f"{'' if verb in ('holds', 'reads') else 'with '}{article}{thing}"


def props_in(text: str) -> tuple[str, ...]:
    """Props that the words of the action name, each once, in their order."""
    return tuple(dict.fromkeys(word.lower() for word in _PROP.findall(text)))[:MOST_PROPS]


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
                "doing": does or _bearing(action, one.name, speaking),
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


def _bearing(action: str, name: str, speaking: Collection[str]) -> str:
    """What the action tells; who does nothing there talks or listens while something is said."""
    told = doing(action, name) if action else "idle"
    if told != "idle" or not speaking:
        return told
    return "talks" if name in speaking else "listens"


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
