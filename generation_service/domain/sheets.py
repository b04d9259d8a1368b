"""Character sheets: what somebody looks and sounds like, fixed once for a production and the same in every shot."""

import re
from collections.abc import Iterable, Mapping

from generation_service.contract.methods import CastMember
from generation_service.contract.shots import Character
from generation_service.domain.casting import Roster, voice
from generation_service.domain.plan.model import Sheets
from generation_service.domain.screenplay import cue_key
from generation_service.domain.stock import STOCK, StockSheet
from generation_service.domain.wardrobe import palette_of


def sheet(name: str, member: CastMember, roster: Roster, wardrobe: str = "") -> Character:
    """The sheet of one character. A subject without a face is drawn by the roster's stand-in; ``wardrobe`` in words
    replaces what the stock character wears by habit.
    """
    if member.subject is not None and member.face is not None:
        return Character(
            name=name, subject=member.subject, face=member.face, voice=voice(member, roster), wardrobe=wardrobe,
            identity=_identity(name, "as in the permitted reference photo", wardrobe),
        )  # fmt: skip
    stock = member.stock or roster.default
    known = STOCK.get(stock, StockSheet("", ""))
    worn = wardrobe or known.wardrobe
    return Character(
        name=name, stock=stock, voice=voice(member, roster), wardrobe=worn, palette=palette_of(wardrobe, known.palette),
        identity=_identity(name, known.looks, worn),
    )  # fmt: skip


def _identity(name: str, looks: str, wardrobe: str) -> str:
    """One sentence that never changes within a production."""
    told = ", ".join(part for part in (looks, f"wearing {wardrobe}" if wardrobe else "") if part)
    return f"{name}: {told}." if told else f"{name}."


def sheets_of(cast: Mapping[str, CastMember], roster: Roster, wardrobe: Iterable[tuple[str, str]]) -> Sheets:
    """The sheets of a whole cast. Wardrobe of names that nobody has is left out."""
    worn = {cue_key(name): words for name, words in wardrobe}
    characters = {name: sheet(name, member, roster, worn.get(cue_key(name), "")) for name, member in cast.items()}
    by_cue = {cue_key(name): name for name in cast}
    for first, owners in _first_names(cast).items():
        if len(owners) == 1:
            by_cue.setdefault(first, owners[0])
    return Sheets(characters, by_cue, _pattern(by_cue))


def _first_names(cast: Iterable[str]) -> dict[str, list[str]]:
    """``ANA REYES`` is spoken of as Ana, unless another name begins alike."""
    found: dict[str, list[str]] = {}
    for name in cast:
        first = cue_key(name).split(" ")[0]
        if len(first) > 2:
            found.setdefault(first, []).append(name)
    return found


def _pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    """All names at once, the longest first; spaces in a name match any run of them."""
    words = [r"\s+".join(map(re.escape, name.split(" "))) for name in sorted(names, key=len, reverse=True) if name]
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", re.IGNORECASE) if words else None
