"""Who is in a shot, where they stand, what they do and which part of the place the camera looks at.

A shot's entities say it; what they leave open follows from the size of the shot, who speaks and what the action tells.
"""

import re
import zlib
from dataclasses import dataclass, replace

from generation_service.contract.shots import Character, Entity, Shot
from generation_service.previs.camera import View
from generation_service.previs.cast.seats import AT_TABLE, seat_of
from generation_service.previs.catalogue import held_in

ACROSS = {"left": 0.27, "centre": 0.5, "right": 0.73, "background": 0.5}
# Who stands at the back is seen between those in front.
BEHIND = (0.615, 0.385, 0.845, 0.155)
ALONE = 0.40
OFFSET = {"ECU": 0.02, "CU": 0.065, "MCU": 0.085, "MS": 0.09}
# Where the shoulder of who listens is, from the middle.
AWAY = 0.445
ZOOM = {"ECU": 2.1, "CU": 1.75, "MCU": 1.5, "MS": 1.28, "WS": 1.0, "EWS": 1.0}
# How far down the picture the eyes of a close figure are.
FACE_AT = {"ECU": 0.40, "CU": 0.405, "MCU": 0.385, "MS": 0.34}
CLOSE = {"ECU": 1.7, "CU": 1.5, "MCU": 1.35, "MS": 1.2}
MOST_WIDE, MOST_MEDIUM = 6, 3
# How many people a picture higher than wide takes side by side no more, and how large who stands at the back is.
NARROW_FROM, BACK_SHARE = 3, 0.80
# What a shot may show of somebody instead of all that fits.
PARTS_OF = {"hands", "eyes"}
# By what a schedule or an action says (lower case); the first that is found counts.
DEEDS: tuple[tuple[str, str], ...] = (
    ("run", r"\b(run|runs|running|sprint\w*|races|flees|chas\w+|dash\w*)\b"),
    ("climb", r"\bclimb\w*\b"),
    ("dance", r"\bdanc\w+\b"),
    ("clap", r"\b(clap\w*|applau\w+)\b"),
    ("walk", r"\b(walk\w*|stroll\w*|step\w*|enters?|leaves?|pac(?:es|ing)|approach\w*|wander\w*|march\w*)\b"),
    ("drive", r"\b(drives?|driving|steers?)\b"), ("talk", r"\btalks with a (?:tele|smart)?phone\b"),
    ("type", r"\b(types?|typing)\b"),
    ("board", r"\bwrit\w+ (?:\w+ ){0,4}(?:black|white)?board\b"),
    ("write", r"\b(writes?|writing|sketch\w*)\b"),
    ("sitdown", r"\bsits? down\b"),
    ("sit", r"\b(sit|sits|sitting|seated|sat)\b"),
    ("kneel", r"\b(kneel\w*|crouch\w*|squat\w*)\b"),
    ("lie", r"\b(lies|lying|sleep\w*|asleep)\b"),
    ("hug", r"\b(hug\w*|embrac\w+)\b"),
    ("wave", r"\b(wave|waves|waving|greets?)\b"),
    ("raise", r"\braises? (?:a|his|her|their) hands?\b"),
    ("toast", r"\b(toast\w*|lifts (?:a|an) (?:cup|glass|wine|mug))\b"),
    ("lift", r"\b(lifts?|holds? up)\b"),
    ("float", r"\b(floats?|floating|hovers?|drifts)\b"), ("sing", r"\bsing(?:s|ing)?\b"),
    ("play", r"\b(plays?|strums?)\b"), ("eat", r"\b(eats?|eating|bites)\b"), ("pour", r"\b(pours?|pouring)\b"),
    ("push", r"\bpush\w*\b"), ("work", r"\b(works?|working|repairs?|polishes)\b"),
    ("point", r"\b(points?|pointing|gestur\w+ (?:at|to))\b"),
    ("cook", r"\b(stir\w*|fr(?:y|ies)|cook\w*|chop\w*|knead\w*|whisk\w*)\b"),
    ("drink", r"\b(drinks?|sips?|drinking)\b"),
    ("nod", r"\b(nods?|nodding)\b"),
    ("cheer", r"\b(cheers?|cheering|jumps?|celebrat\w+)\b"),
    ("cross", r"\b(cross(?:es|ed) (?:his|her|their) arms|arms crossed|folds? (?:his|her|their) arms)\b"),
    ("walk", r"\bcross\w*\b"),
    ("standup", r"\bstands? up\b"),
    ("shrug", r"\bshrug\w*\b"),
    ("laugh", r"\blaugh\w*\b"),
    ("look", r"\b(looks?|watch\w*|stares?|gazes?|search\w*)\b"),
)  # fmt: skip
# Deeds of people on a seat, and what they sit down to where nothing is said; deeds that need a table before them.
SEATED = {"sit", "type", "write", "read", "drive", "sitdown", "standup"}
AT_DESK = {"type", "write"}
LOW = {"sit", "ground", "kneel", "lie", *SEATED} - {"standup", "sitdown"}
# Seats that two can share, and how far apart they sit on one (units of the body).
SHARED, BESIDE = {"bench", "bed", "log", "pew", "berth", "rock", "crate"}, 470.0
ON_GROUND = re.compile(
    r"\b(?:in|on) (?:the )?(?:\w+ )?(?:sand|grass|ground|floor|snow|meadow|carpet|rug|roof|deck|shore)\b"
)
# Places where who reads sits down to it, and places where nobody stands.
READS, READING = re.compile(r"\bread\w*\b"), {"library", "school", "office"}
ALWAYS_SEATED = {"car"}


@dataclass(frozen=True)
class Part:
    """One person of a shot: ``across`` in frame widths; ``deed`` (idle, talk, listen, walk …); ``held`` a prop or "";
    ``way`` -1 left .. 1 right, 0 to the camera; ``back`` stands behind the others; ``role`` of the camera: ``front`` or
    ``shoulder`` (seen from behind, out of focus, at the frame's edge); ``seat`` what somebody sits on, ``at_table``
    whether at a table; ``share`` of full size they are drawn in, because they stand farther back. ``seat_shift``: where
    the middle of a seat that two share is from them, in units of the body; who only shares it has the seat ``none``.
    """

    character: Character
    across: float
    deed: str = "idle"
    held: str = ""
    way: float = 0.0
    back: bool = False
    role: str = "front"
    seat: str = ""
    at_table: bool = False
    share: float = 1.0
    seat_shift: float = 0.0


def in_frame(shot: Shot) -> list[Part]:
    """Who is on screen, back to front."""
    entities = {e.name.lower(): e for e in shot.entities if e.kind == "person"}
    seen = [c for c in shot.characters if _where(entities, c) != "offscreen"]
    if not seen:
        return []
    if shot.size in {"WS", "EWS"}:
        return _wide(shot, seen[:MOST_WIDE], entities)
    order = sorted(seen, key=lambda c: c.name != shot.speaker)
    side = stands(shot, order[0])
    if shot.size == "MS" and len(order) > 1:
        return _medium(shot, order[:MOST_MEDIUM], entities, side)
    narrow = 0.4 if shot.height > shot.width else 1.0
    first = _part(shot, order[0], 0.5 + side * OFFSET[shot.size] * narrow, entities.get(order[0].name.lower()))
    if shot.size == "MCU" and len(order) > 1 and shot.width >= shot.height:
        return [first, Part(order[1], 0.5 - side * AWAY, role="shoulder")]
    return [first]


def _medium(shot: Shot, order: list[Character], entities: dict[str, Entity], side: int) -> list[Part]:
    """Two or three at half length, each on their own side; where the frame is narrow, nearer and smaller."""
    room = min(1.0, (shot.width / shot.height) / 1.5)
    share = max(0.57, room) if len(order) == 2 else max(0.55, 0.92 * room)
    gap = (0.185, 0.20, 0.0) if room >= 1.0 else (0.235, 0.24, 0.0)
    places = (0.5 + side * gap[0], 0.5 - side * gap[1], 0.5 - side * 0.01)
    parts = [
        replace(_part(shot, c, x, entities.get(c.name.lower()), way=0.42 * (1 if x < 0.5 else -1)), share=share)
        for c, x in zip(order, places, strict=False)
    ]
    if len(parts) == 2 and all(part.deed == "hug" for part in parts):
        parts = [replace(part, across=0.5 + 0.5 * (part.across - 0.5)) for part in parts]
    return [*parts[2:], *parts[1:2], *parts[:1]]


def _wide(shot: Shot, seen: list[Character], entities: dict[str, Entity]) -> list[Part]:
    count, parts = len(seen), []
    gap = min(0.17, 0.78 / max(1, count)) * min(1.0, 1.25 * shot.width / shot.height)
    taken: dict[str, int] = {}
    sided = any(_where(entities, one) in {"left", "right"} for one in seen)
    for k, one in enumerate(seen):
        entity = entities.get(one.name.lower())
        across = 0.5 + gap * (k - (count - 1) / 2)
        if entity is not None and count == 1 and entity.where == "centre":
            across = ALONE if one.name and "walk" not in entity.doing and "run" not in entity.doing else 0.5
        elif entity is not None and (entity.where != "centre" or sided):
            across = ACROSS.get(entity.where, 0.5) + 0.13 * taken.get(entity.where, 0) * (1 if across > 0.5 else -1)
            if entity.where == "background" and sided:
                across = BEHIND[taken.get(entity.where, 0) % len(BEHIND)]
            taken[entity.where] = taken.get(entity.where, 0) + 1
        face = 0.0 if count == 1 else (0.34 if across < 0.5 else -0.34)
        parts.append(_part(shot, one, across, entity, way=face))
    if shot.width < shot.height and count >= NARROW_FROM:
        parts = _in_rows(parts)
    else:
        parts = [replace(part, share=BACK_SHARE) if part.back else part for part in parts]
    return sorted(_together(shot, parts), key=lambda part: part.share)


def _together(shot: Shot, parts: list[Part]) -> list[Part]:
    """Two who sit on one seat, or hug, side by side; everybody else where they are."""
    pair = [part for part in parts if part.deed in {"sit", "sitdown"} and part.seat in SHARED]
    named = len(pair) == 2 and pair[0].seat == pair[1].seat and not pair[0].at_table
    hugs = [part for part in parts if part.deed == "hug"]
    if not named and len(hugs) != 2:
        return parts
    left, right = sorted(pair if named else hugs, key=lambda part: part.across)
    middle = 0.5 * (left.across + right.across) if len(parts) > 2 else 0.5
    reach = (BESIDE if named else 0.62 * BESIDE) * _unit(shot) * 2
    apart = {
        left.character.name: replace(left, across=middle - reach / 2, seat_shift=BESIDE if named else 0.0),
        right.character.name: replace(right, across=middle + reach / 2, seat="none" if named else right.seat),
    }
    return [apart.get(part.character.name, part) for part in parts]


def _unit(shot: Shot) -> float:
    """About how many frame widths a unit of the body is in a wide shot."""
    tall = 0.70 if shot.place.interior else 0.58
    return tall * (0.42 if shot.size == "EWS" else 1.0) * shot.height / shot.width / 3622.0


def _in_rows(parts: list[Part]) -> list[Part]:
    """A group in a picture higher than wide, as for a photograph: smaller, every second one in the gaps behind."""
    ordered = sorted(parts, key=lambda part: (part.across, part.character.name))
    gap = 0.84 / len(ordered)
    rows = (0.80, 0.66) if len(ordered) > NARROW_FROM else (0.86, 0.72)
    return [
        replace(part, across=0.5 + gap * (k - (len(ordered) - 1) / 2), share=rows[k % 2], back=k % 2 == 1)
        for k, part in enumerate(ordered)
    ]


def _part(shot: Shot, one: Character, across: float, entity: Entity | None, *, way: float = 0.0) -> Part:
    told = entity.doing.lower() if entity is not None else ""
    if told.split(" ")[0] in PARTS_OF:
        return Part(one, 0.5, told.split(" ")[0], told.partition(" with ")[2])
    told = told or _sentences_about(shot.action.lower(), one.name.lower())
    deed = next((name for name, pattern in DEEDS if re.search(pattern, told)), "")
    speaks = any(line.character == one.name for line in shot.lines)
    held = held_in(told)
    whole = f"{told} {_sentences_about(shot.action.lower(), one.name.lower())}"
    if not deed:
        deed = "talk" if speaks else ("listen" if shot.lines else "walk" if shot.size == "EWS" else "idle")
    if deed in {"talk", "listen", "idle", "look"} and shot.place.kind in ALWAYS_SEATED and shot.place.interior:
        deed = "sit"
    if deed == "idle" and READS.search(told) and shot.place.kind in READING:
        deed = "read"
    if deed in {"walk", "run"}:
        way = (
            1.0
            if re.search(r"\bright\b", told)
            else -1.0
            if re.search(r"\bleft\b", told)
            else float(-stands(shot, one))
        )
    back = entity is not None and entity.where == "background"
    part = Part(one, across, deed, held, way, back=back)
    return _seated(part, shot, whole) if deed in SEATED else part


def _seated(part: Part, shot: Shot, told: str) -> Part:
    """On what somebody sits: what is said, the ground, or what the place has."""
    if part.deed in {"sit", "sitdown"} and ON_GROUND.search(told) and "bench" not in told:
        return replace(part, deed="ground", seat="ground")
    if "throne" in told:
        return replace(part, across=0.5, seat="throne")
    at_table = part.deed in AT_DESK or AT_TABLE.search(told) is not None
    if shot.place.kind in ALWAYS_SEATED and shot.place.interior:
        return replace(part, seat="none", at_table=False)  # the set has the seats
    return replace(part, seat=seat_of(shot.place, told), at_table=at_table)


def _sentences_about(action: str, name: str) -> str:
    """The sentences of an action that name somebody, and those that go on with a pronoun."""
    found, last = [], False
    for sentence in re.split(r"(?<=[.!?])\s+", action):
        named = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", sentence) is not None
        last = named or (last and re.match(r"(he|she|they)\b", sentence) is not None)
        if last:
            found.append(sentence)
    return " ".join(found)


def _where(entities: dict[str, Entity], one: Character) -> str:
    entity = entities.get(one.name.lower())
    return entity.where if entity is not None else "centre"


def side_of(one: Character) -> int:
    """A side for somebody of whom nothing tells one: always the same."""
    return 1 if sum(one.name.encode()) % 2 else -1


def stands(shot: Shot, one: Character) -> int:
    """On which side of the frame somebody is seen alone, -1 left or 1 right: where they stand in the scene, so that
    who stands left looks right, and two who talk to each other look at each other across the cut.
    """
    where = next((e.where for e in shot.entities if e.kind == "person" and e.name == one.name), "centre")
    return {"left": -1, "right": 1}.get(where) or side_of(one)


def looks_to(shot: Shot, one: Character) -> float:
    """Whereto somebody looks who is seen without whom they talk to: -1 left .. 1 right, 0 at the lens."""
    where = next((e.where for e in shot.entities if e.kind == "person" and e.name == one.name), "centre")
    return {"left": 1.0, "right": -1.0}.get(where, 0.0)


def props_of(shot: Shot) -> list[Entity]:
    """The things of a shot that are to be drawn on their own."""
    return [e for e in shot.entities if e.kind == "prop" and e.where != "offscreen"]


def view_of(shot: Shot) -> View:
    """Which part of the place is behind the people. Close shots look at the side of the place the speaker turns their
    back to, the same one each time, so that a reverse shot shows the other side of the same room.
    """
    zoom = ZOOM[shot.size]
    tall = shot.height > shot.width
    if not shot.characters and shot.size in CLOSE:
        return View(CLOSE[shot.size], 800.0, 560.0, shot.angle)
    if shot.size in {"WS", "EWS"} or not shot.characters:
        drift = (zlib.crc32(shot.place.name.encode()) % 5 - 2) * 60 if tall else 0
        return View(1.0, 800.0 + drift, 450.0, shot.angle)
    first = next((c for c in shot.characters if c.name == shot.speaker), shot.characters[0])
    room = 800 * (1 - 1 / zoom / 1.02)
    reach = min(room, 330.0) if not tall else 330.0
    middle = 450 + 450 * (1 - 1 / zoom) * 0.42
    if shot.place.interior:  # the horizon of a room goes through the face
        middle = 330.0 + (0.5 - FACE_AT[shot.size]) * 900 / zoom + 40 * (zoom > 1.4)
    turned = -1.0 if shot.place.kind == "car" else 1.0  # in a car everybody has a seat and a window of their own
    x = 800.0 - turned * stands(shot, first) * reach
    return View(zoom, x, min(middle, 640.0) - 40 * (zoom > 1.4), shot.angle)
