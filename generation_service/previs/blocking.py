"""Who is in a shot, where they stand, what they do and which part of the place the camera looks at.

A shot's entities say it; what they leave open follows from the size of the shot, who speaks and what the action tells.
"""

import re
import zlib
from dataclasses import dataclass, replace

from generation_service.contract.shots import Character, Entity, Shot
from generation_service.previs.camera import View
from generation_service.previs.cast.seats import AT_TABLE, seat_of

ACROSS = {"left": 0.27, "centre": 0.5, "right": 0.73, "background": 0.5}
# Who stands at the back is seen between those in front.
BEHIND = (0.615, 0.385, 0.845, 0.155)
OFFSET = {"ECU": 0.02, "CU": 0.05, "MCU": 0.085, "MS": 0.06}
ZOOM = {"ECU": 2.1, "CU": 1.75, "MCU": 1.5, "MS": 1.28, "WS": 1.0, "EWS": 1.0}
MOST_WIDE, MOST_MEDIUM = 6, 3
# How many people a picture higher than wide takes side by side no more, and how large who stands at the back is.
NARROW_FROM, BACK_SHARE = 3, 0.80
# What a shot may show of somebody instead of all that fits.
PARTS_OF = {"hands", "eyes"}
# Indoors people fill more of a wide picture: from below the camera is aimed that much higher to keep their heads in it.
LOW_ROOM = 120.0
DEEDS: tuple[tuple[str, str], ...] = (
    ("run", r"\b(run|runs|running|sprint\w*|races|flees|chas\w+)\b"),
    ("walk", r"\b(walk\w*|stroll\w*|step\w*|cross\w*|enters?|leaves?|pac(?:es|ing)|approach\w*|wander\w*|march\w*)\b"),
    ("sit", r"\b(sit|sits|sitting|seated|sat)\b"),
    ("wave", r"\b(wave|waves|waving|greets?)\b"),
    ("point", r"\b(points?|pointing|gestur\w+ (?:at|to))\b"),
    ("nod", r"\b(nods?|nodding)\b"),
    ("cheer", r"\b(cheers?|cheering|danc\w+|jumps?|celebrat\w+)\b"),
    ("cross", r"\b(cross(?:es|ed) (?:his|her|their) arms|arms crossed|folds? (?:his|her|their) arms)\b"),
)
HELD: tuple[tuple[str, str], ...] = (
    ("phone", r"\b(phone|mobile|telephone|handset)\b"), ("umbrella", r"\bumbrella\b"),
    ("lantern", r"\b(lantern|torch|flashlight)\b"), ("book", r"\b(book|notebook|script|diary)\b"),
    ("cup", r"\b(cup|mug|coffee|tea|glass)\b"), ("letter", r"\b(letter|envelope|note|paper|photograph|photo|map)\b"),
    ("suitcase", r"\b(suitcase|bag|briefcase|luggage)\b"), ("flowers", r"\b(flowers?|bouquet|rose)\b"),
)  # fmt: skip


@dataclass(frozen=True)
class Part:
    """One person of a shot: ``across`` in frame widths; ``deed`` (idle, talk, listen, walk …); ``held`` a prop or "";
    ``way`` -1 left .. 1 right, 0 to the camera; ``back`` stands behind the others; ``role`` of the camera: ``front`` or
    ``shoulder`` (seen from behind, out of focus, at the frame's edge); ``seat`` what somebody sits on, ``at_table``
    whether at a table; ``share`` of full size they are drawn in, because they stand farther back.
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


def in_frame(shot: Shot) -> list[Part]:
    """Who is on screen, back to front."""
    entities = {e.name.lower(): e for e in shot.entities if e.kind == "person"}
    seen = [c for c in shot.characters if _where(entities, c) != "offscreen"]
    if not seen:
        return []
    if shot.size in {"WS", "EWS"}:
        return _wide(shot, seen[:MOST_WIDE], entities)
    order = sorted(seen, key=lambda c: c.name != shot.speaker)
    side = side_of(order[0])
    if shot.size == "MS" and len(order) > 1:
        many = order[:MOST_MEDIUM]
        places = (0.5 + side * 0.18, 0.5 - side * 0.20, 0.5 - side * 0.01)
        if shot.height > shot.width:
            places = (0.5 + side * 0.16, 0.5 - side * 0.20, 0.5)
        parts = [
            _part(shot, c, x, entities.get(c.name.lower()), way=0.34 * (1 if x < 0.5 else -1))
            for c, x in zip(many, places, strict=False)
        ]
        return [*parts[2:], *parts[1:2], *parts[:1]]
    narrow = 0.4 if shot.height > shot.width else 1.0
    first = _part(shot, order[0], 0.5 + side * OFFSET[shot.size] * narrow, entities.get(order[0].name.lower()))
    if shot.size == "MCU" and len(order) > 1 and shot.width >= shot.height:
        return [first, Part(order[1], 0.5 - side * 0.41, role="shoulder")]
    return [first]


def _wide(shot: Shot, seen: list[Character], entities: dict[str, Entity]) -> list[Part]:
    count, parts = len(seen), []
    gap = min(0.17, 0.78 / max(1, count)) * min(1.0, 1.25 * shot.width / shot.height)
    taken: dict[str, int] = {}
    sided = any(_where(entities, one) in {"left", "right"} for one in seen)
    for k, one in enumerate(seen):
        entity = entities.get(one.name.lower())
        across = 0.5 + gap * (k - (count - 1) / 2)
        if entity is not None and (entity.where != "centre" or count == 1 or sided):
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
    return sorted(parts, key=lambda part: part.share)


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
    held = next((name for name, pattern in HELD if re.search(pattern, told)), "")
    if not deed:
        deed = "talk" if speaks else ("listen" if shot.lines else "walk" if shot.size == "EWS" else "idle")
    if deed in {"walk", "run"}:
        way = 1.0 if re.search(r"\bright\b", told) else -1.0 if re.search(r"\bleft\b", told) else float(side_of(one))
    back = entity is not None and entity.where == "background"
    if deed != "sit":
        return Part(one, across, deed, held, way, back=back)
    told = f"{told} {_sentences_about(shot.action.lower(), one.name.lower())}"
    at_table = AT_TABLE.search(told) is not None
    return Part(one, across, deed, held, way, back=back, seat=seat_of(shot.place, told), at_table=at_table)


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
    """On which side of the frame somebody is seen alone: always the same, so that cuts between two people face."""
    return 1 if sum(one.name.encode()) % 2 else -1


def props_of(shot: Shot) -> list[Entity]:
    """The things of a shot that are to be drawn on their own."""
    return [e for e in shot.entities if e.kind == "prop" and e.where != "offscreen"]


def view_of(shot: Shot) -> View:
    """Which part of the place is behind the people. Close shots look at the side of the place the speaker turns their
    back to, the same one each time, so that a reverse shot shows the other side of the same room.
    """
    zoom = ZOOM[shot.size]
    tall = shot.height > shot.width
    if shot.size in {"WS", "EWS"} or not shot.characters:
        drift = (zlib.crc32(shot.place.name.encode()) % 5 - 2) * 60 if tall else 0
        lifted = LOW_ROOM if shot.place.interior and shot.angle == "low" and shot.characters else 0.0
        return View(1.0, 800.0 + drift, 450.0 - lifted, shot.angle)
    first = next((c for c in shot.characters if c.name == shot.speaker), shot.characters[0])
    room = 800 * (1 - 1 / zoom / 1.02)
    reach = min(room, 330.0) if not tall else 330.0
    middle = 450 + 450 * (1 - 1 / zoom) * 0.42
    return View(zoom, 800.0 - side_of(first) * reach, min(middle, 640.0) - 40 * (zoom > 1.4), shot.angle)
