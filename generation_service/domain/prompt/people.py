"""Who is in a prompt: names of the cast, stock characters by name, and people by what they are, each played by one
stock character to the end of the film.
"""

import re
from collections.abc import Collection

from generation_service.contract.methods import CastMember
from generation_service.domain.prompt.words import DOING, MANNERS, OLD, PERSONS, SAYING, YOUNG
from generation_service.domain.screenplay.model import cue_key
from generation_service.domain.stock import STOCK

_KIND = {word: (kind, age) for word, kind, age in PERSONS}
_GENERIC = r"(?<!\w)(?:[^\W\d_]{1,20} ){0,2}?(?P<person>" + "|".join(_KIND) + r")\b"
_NAMED = rf"(?-i:(?P<name>[A-ZÀ-Þ][\w'-]{{1,30}})(?= (?:\w+ly )?(?:{SAYING}|{DOING})\b))"
_AFTER = re.compile(
    rf"^[\s,.]*(?:(?:{SAYING}) (?P<late>[\w' -]{{1,40}})|(?P<early>[\w' -]{{1,40}}?) (?:\w+ly )?(?:{SAYING}))\b",
    re.IGNORECASE,
)
_ANY_NAME = re.compile(r"(?P<name>[A-ZÀ-Þ][\w'-]{1,30})")
_HINT = re.compile(r"\b(he|his|him|she|her)\b", re.IGNORECASE)
_TOLD_BEFORE = re.compile(rf"\b(?:{SAYING})\b[\w ]{{0,30}}[:,]?\s*$", re.IGNORECASE)
_PRONOUN = re.compile(r"\b(he|she)\b", re.IGNORECASE)
_NOT_NAMES = {
    "The",
    "She",
    "He",
    "They",
    "It",
    "We",
    "And",
    "Then",
    "Cut",
    "Shot",
    "Camera",
    "Rain",
    "Snow",
    "Nobody",
    "His",
    "Her",
}
_NEAR = 90


class People:
    """Everybody met so far. ``cast`` are names that are cast by the order."""

    def __init__(self, cast: Collection[str]) -> None:
        self._ordered = {cue_key(name): name for name in cast}
        self._met: dict[str, CastMember] = {}
        self._latest: list[str] = []
        self._notes: list[str] = []
        self._unsure: set[str] = set()
        self._spoke: set[str] = set()
        names = "|".join(sorted(map(re.escape, [*self._ordered, *STOCK]), key=len, reverse=True))
        self._pattern = re.compile(rf"\b(?P<known>{names})\b|{_NAMED}|{_GENERIC}", re.IGNORECASE)

    def cast(self) -> dict[str, CastMember]:
        """Who of the people met is not cast by the order, and by whom they are played."""
        return dict(self._met)

    def notes(self) -> tuple[str, ...]:
        """What had to be assumed."""
        stand_ins = ((name, member.stock) for name, member in self._met.items() if member.stock != name.casefold())
        return (*self._notes, *(f"{name} is not cast: stock/{stock} stands in" for name, stock in stand_ins))

    def enter(self, text: str) -> None:
        """Meet everybody that a shot's words name."""
        self._spoke.clear()
        for found in self._pattern.finditer(text):
            self._meet(found)

    def speaker(self, before: str, after: str) -> tuple[str, str]:
        """Who says the words between ``before`` and ``after``, and how."""
        told = None if _TOLD_BEFORE.search(before[-_NEAR:]) else _AFTER.match(after)
        tail = re.split(r"[.;!?]", after[told.start() : _NEAR])[0] if told else ""
        name = self._called((told.group("late") or told.group("early")).strip()) if told else None
        if name is None:
            for one in self._pattern.finditer(before[-400:]):
                name = self._meet(one) or name
        pronoun = None if name or told else _PRONOUN.search(before[-_NEAR:])
        name = name or (self._of_kind(pronoun.group(1)) if pronoun else None)
        manner = next((how for how, words in MANNERS if re.search(words, before[-_NEAR:] + tail, re.IGNORECASE)), "")
        name = name or (self._latest[-1] if self._latest else self._stranger())
        self._spoke.add(name)
        return name, manner

    def _called(self, words: str) -> str | None:
        """Who is meant beside a word of saying: a pronoun, somebody known, or any name in capitals."""
        if _PRONOUN.fullmatch(words):
            return self._of_kind(words)
        found = self._pattern.search(words) or _ANY_NAME.match(words)
        return self._meet(found) if found else None

    def _of_kind(self, pronoun: str) -> str:
        """The last one spoken of whom ``he`` or ``she`` may mean, else somebody new. Nothing says what a bare name is,
        so it may be either, unless its owner has just spoken.
        """
        kind = "woman" if pronoun.lower() == "she" else "man"
        for name in reversed(self._latest):
            stock = self._met[name].stock if name in self._met else None
            if name in self._unsure or stock is None:
                if name not in self._spoke:
                    self._settle(name, kind)
                    return name
            elif STOCK[stock].kind == kind:
                return name
        return self._meet(re.match(_GENERIC, kind)) or kind.upper()

    def _settle(self, name: str, kind: str) -> None:
        """A bare name turns out to be a woman's or a man's: its stand-in fits from the first shot on."""
        stock = self._met[name].stock if name in self._unsure else None
        self._unsure.discard(name)
        if stock is not None and STOCK[stock].kind != kind:
            self._met[name] = CastMember(stock=self._pick(kind, ""))

    def _meet(self, found: re.Match[str] | None) -> str | None:
        """The name somebody has in the cast; None for a word that only looks like a name."""
        groups = found.groupdict() if found else {}
        known, name, person = groups.get("known"), groups.get("name"), groups.get("person")
        if found is None or name in _NOT_NAMES:
            return None
        words = known or name or person or ""
        called = self._ordered.get(cue_key(words), words.upper())
        if cue_key(words) not in self._ordered and called not in self._met:
            self._introduce(called, person or "", found)
        if called in self._latest:
            self._latest.remove(called)
        self._latest.append(called)
        return called

    def _introduce(self, called: str, person: str, found: re.Match[str]) -> None:
        """Give somebody new a stock character: their namesake, else one that fits what is said of them."""
        stock = called.casefold()
        if stock not in STOCK:
            hint = _HINT.search(found.string[found.end() :][:200].split('"')[0])
            if not person and hint is None:
                self._unsure.add(called)
            elif not person and hint is not None:
                person = "woman" if hint.group(1).lower() in ("she", "her") else "man"
            stock = self._pick(person, found.group())
        self._met[called] = CastMember(stock=stock)

    def _stranger(self) -> str:
        """Somebody speaks and nobody is named."""
        if self._ordered:
            return next(iter(self._ordered.values()))
        self._met.setdefault("SPEAKER", CastMember(stock=self._pick("", "")))
        self._notes.append("nobody is named who speaks")
        self._latest.append("SPEAKER")
        return "SPEAKER"

    def _pick(self, person: str, words: str) -> str:
        """The first stock character that fits and has no part yet, else the first that fits."""
        kind, age = _KIND.get(person.lower(), ("person", ""))
        age = "old" if OLD.search(words) else "young" if YOUNG.search(words) else age
        fitting = [name for name, sheet in STOCK.items() if kind in ("person", sheet.kind)]
        exact = [name for name in fitting if age in ("", STOCK[name].age)]
        playing = {member.stock for member in self._met.values()}
        for pool in (exact, fitting):
            free = [name for name in pool if name not in playing]
            if free:
                return free[0]
        return (exact or fitting)[0]
