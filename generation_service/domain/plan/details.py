"""Close looks at a part of somebody: ``CLOSE ON her hands``, ``ECU on NOOR'S eyes``, or hands that open a letter.

Who is meant is whoever is named; a pronoun means the one last spoken of, of that kind where their sheet tells it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from generation_service.domain.plan.model import Look, Sheets
from generation_service.domain.plan.whom import kind_of, spoken_of
from generation_service.domain.screenplay.model import Item
from generation_service.domain.screenplay.words import camera_words
from generation_service.domain.things import things_in

HANDS, EYES, FACE = "hands", "eyes", "face"
_PARTS = rf"(?P<{HANDS}>hands?|fingers?|fists?|palms?|knuckles)|(?P<{EYES}>eyes?|gaze|tears?)|(?P<{FACE}>face|smile)"
_OF_WHOM = r"(?P<who>[\w .'-]{1,60}?['’]s?|his|her|their|the)"
_OPENS = re.compile(rf"^\W*{_OF_WHOM}\s+(?:[\w-]+\s+){{0,2}}?(?:{_PARTS})\b", re.IGNORECASE)
_CLOSE_ON = re.compile(
    rf"(?:\b(?:on|of|to)\b|[-:–—])\s*{_OF_WHOM}\s+(?:[\w-]+\s+){{0,2}}?(?:{_PARTS})\b", re.IGNORECASE
)
_HANDLES = re.compile(
    r"\b(?P<who>he|she)\b\s+(?:\w+ly\s+)?(?:opens?|unfolds?|folds?|holds?|turns?|takes?|lifts?|picks?|strikes?|writes?"
    r"|tears?|unwraps?|grips?|reads?|signs?|counts?)\b",
    re.IGNORECASE,
)
_KINDS = {"he": "man", "his": "man", "she": "woman", "her": "woman"}
LOOKS = {HANDS: Look("CU", "push-in"), EYES: Look("ECU", "static"), FACE: Look("CU", "push-in")}


@dataclass(frozen=True)
class Detail:
    """``part`` (hands, eyes, face) of ``name``; ``held`` is what the hands hold, "" for nothing."""

    part: str
    name: str
    held: str = ""

    @property
    def doing(self) -> str:
        """The detail in the words of a shot's schedule, as the painter reads them."""
        if self.part == FACE:
            return "idle"
        return f"{self.part} with {self.held}" if self.held and self.part == HANDS else self.part


def detail_of(text: str, before: Sequence[Item], sheets: Sheets) -> Detail | None:
    """The detail that a paragraph of action asks to be shown, None where it asks for none or nobody is meant."""
    close = camera_words(text).size in ("ECU", "CU")
    found = _CLOSE_ON.search(text[:200]) if close else _OPENS.match(text[:120])
    things = things_in(text)
    if found is not None:
        part = next(part for part in (HANDS, EYES, FACE) if found.group(part))
        name = _owner(found.group("who"), text, before, sheets)
        return Detail(part, name, things[0] if things else "") if name else None
    handles = _HANDLES.search(text) if close and things else None
    if handles is None or sheets.named_in(text):
        return None
    name = _owner(handles.group("who"), text, before, sheets)
    return Detail(HANDS, name, things[-1]) if name else None


def _owner(who: str, text: str, before: Sequence[Item], sheets: Sheets) -> str:
    named = sheets.named_in(who) or sheets.named_in(text)
    if named:
        return named[0]
    kind = _KINDS.get(who.casefold(), "")
    before_it = [name for item in reversed(before) for name in reversed(spoken_of(item, sheets))]
    fitting = [name for name in before_it if kind in ("", kind_of(name, sheets)) or not kind_of(name, sheets)]
    return next(iter(fitting or before_it), "")
