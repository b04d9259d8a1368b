"""Finding words in what is spoken and shown. It compares text; it does not understand it.

Text and phrases are folded alike (Unicode NFKC, case folded, invisible characters dropped). A phrase is found in its
own form and, for English, in the inflected forms of its words: ``gamble`` finds *gambling*. In scripts that write
without spaces a phrase is found anywhere; elsewhere only at word borders, so that ``ass`` is not found in ``class``.
"""

import re
import unicodedata
from collections.abc import Iterable

_TOKEN = re.compile(r"\w+")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_VOWEL = re.compile("[aeiouy]")
_SHORTEST = 3
"""A stem keeps at least this many letters, a vowel among them; shorter words stand for themselves."""


def folded(text: str) -> str:
    """The form in which texts are compared."""
    visible = "".join(char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char) != "Cf")
    return visible.casefold()


def tokens(text: str) -> tuple[str, ...]:
    """The words of a text, folded."""
    return tuple(_TOKEN.findall(folded(text)))


def stem(word: str) -> str:
    """A folded English word without its inflection: steps 1a, 1b and 1c of Porter (1980), and a silent *e* dropped."""
    if len(word) <= _SHORTEST or not word.isascii() or not word.isalpha():
        return word
    word = _singular(word)
    if word.endswith("eed"):
        return word[:-2]
    for ending in ("ing", "ed"):
        base = word.removesuffix(ending)
        if base != word and len(base) >= _SHORTEST and _VOWEL.search(base):
            word = base[:-1] if base[-1] == base[-2] and base[-1] not in "lsz" else base
            break
    if len(word) > _SHORTEST and word.endswith("e"):
        word = word[:-1]
    return word[:-1] + "i" if len(word) > _SHORTEST and word.endswith("y") else word


def _singular(word: str) -> str:
    if word.endswith(("sses", "ies")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is", "news")):
        return word[:-1]
    return word


class Reading:
    """A text prepared once for many phrases."""

    def __init__(self, text: str) -> None:
        self._plain = folded(text)
        self.words: tuple[str, ...] = tuple(_TOKEN.findall(self._plain))
        self._spaced = f" {' '.join(self.words)} "
        self._stems = f" {' '.join(map(stem, self.words))} "

    def has(self, phrase: str) -> bool:
        """Whether the phrase occurs, in its own form or inflected."""
        if _UNSPACED.search(phrase):
            return folded(phrase) in self._plain
        wanted = tokens(phrase)
        exact, stemmed = " ".join(wanted), " ".join(map(stem, wanted))
        return bool(wanted) and (f" {exact} " in self._spaced or f" {stemmed} " in self._stems)


def phrases_in(text: str, phrases: Iterable[str]) -> tuple[str, ...]:
    """Those ``phrases`` that occur in ``text``, in their given order."""
    reading = Reading(text)
    return tuple(phrase for phrase in phrases if reading.has(phrase))


def words_outside(text: str, phrases: Iterable[str]) -> tuple[str, ...]:
    """Words of ``text`` that no phrase contains, each once, in order of first use. Only the very forms count."""
    known = {token for phrase in phrases for token in tokens(phrase)}
    return tuple(dict.fromkeys(token for token in tokens(text) if token not in known))
