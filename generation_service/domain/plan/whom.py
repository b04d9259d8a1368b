"""Who is meant in a paragraph of action: whoever is named, and whoever ``they both``, ``he`` or ``she`` stand for."""

import re
from collections.abc import Sequence

from generation_service.domain.deeds import EVERYBODY, KINDS, called, sentences
from generation_service.domain.plan.model import Sheets
from generation_service.domain.screenplay import Frame, Turn, cue_key
from generation_service.domain.screenplay.model import Item
from generation_service.domain.stock import STOCK

_SUBJECT = re.compile(r"(?:(?:then|and|now|slowly|suddenly)[,\s]+)*(he|she)\b", re.IGNORECASE)
_OBJECT = re.compile(
    r"\b(?:with|at|to|for|behind|beside|before|past|on) (?:both of )?(them|him)\b|\bbetween them\b", re.IGNORECASE
)


def people_in(text: str, before: Sequence[Item], scene: Sequence[str], sheets: Sheets) -> tuple[str, ...]:
    """Who of the cast a paragraph shows, in its order, each once. ``before`` are the scene's items so far, ``scene``
    everybody who is seen in it.
    """
    named = sheets.named_in(text)
    found = list(named)
    for at, sentence in enumerate(sentences(text)):
        here = [name for name in named if called(name).search(sentence)]
        if EVERYBODY.match(sentence) and not here and (at == 0 or named):
            found += _everybody(before, scene, sheets) if len(named) < 2 else ()
        one = _SUBJECT.match(sentence)
        if one and not any(kind_of(name, sheets) in ("", KINDS[one[1].lower()]) for name in named):
            found += [_last(KINDS[one[1].lower()], before, scene, sheets)]
    if not found and _OBJECT.search(text) and not _pointing(text):
        found += _everybody(before, scene, sheets)
    return tuple(name for name in dict.fromkeys(found) if name)


def _pointing(text: str) -> bool:
    return re.match(r"\W*(?:close|insert|tight)", text, re.IGNORECASE) is not None


def _everybody(before: Sequence[Item], scene: Sequence[str], sheets: Sheets) -> list[str]:
    """Who has been seen in the scene so far; everybody who will be, where that is nobody."""
    there = {name for item in before for name in spoken_of(item, sheets)}
    return [name for name in scene if name in there] or list(scene)


def _last(kind: str, before: Sequence[Item], scene: Sequence[str], sheets: Sheets) -> str:
    """The last one of that kind who was spoken of, else the only one in the scene."""
    seen = [name for item in reversed(before) for name in reversed(spoken_of(item, sheets))]
    fitting = [name for name in seen if kind_of(name, sheets) in ("", kind)]
    if fitting or seen:
        return next(iter(fitting), "")
    alone = [name for name in scene if kind_of(name, sheets) in ("", kind)]
    return alone[0] if len(alone) == 1 else ""


def spoken_of(item: Item, sheets: Sheets) -> tuple[str, ...]:
    """Who an item of a scene shows or names."""
    if isinstance(item, Turn):
        return () if item.offscreen else (sheets.by_cue[cue_key(item.character)],)
    turns = item.turns if isinstance(item, Frame) else ()
    speaking = [sheets.by_cue[cue_key(turn.character)] for turn in turns if not turn.offscreen]
    return tuple(dict.fromkeys((*sheets.named_in(item.text), *speaking)))


def kind_of(name: str, sheets: Sheets) -> str:
    """``man`` or ``woman``, where the sheet tells it; "" where it does not."""
    stock = sheets.characters[name].stock
    kind = STOCK[stock].kind if stock in STOCK else ""
    return kind if kind in ("man", "woman") else ""
