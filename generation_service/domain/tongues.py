"""Which language a line is spoken in, and which letters can be burnt into a picture.

A voice reads the letters of its own language; of others it says their names ("Chinese letter"), which nobody wants in a
film. So a line in other letters than the film's is spoken in the language these letters are usual for, and letters that
remain are left out of what is said. Each is told in the plan. Scripts are told apart by Unicode's character names.
"""

import re
import unicodedata
from collections import Counter
from functools import lru_cache

SPOKEN_IN = {
    "LATIN": "en", "CJK": "cmn", "HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "ko", "ARABIC": "ar", "HEBREW": "he",
    "CYRILLIC": "ru", "GREEK": "el", "DEVANAGARI": "hi", "BENGALI": "bn", "GURMUKHI": "pa", "GUJARATI": "gu",
    "TAMIL": "ta", "TELUGU": "te", "KANNADA": "kn", "MALAYALAM": "ml", "SINHALA": "si", "THAI": "th",
    "ARMENIAN": "hy", "GEORGIAN": "ka", "ETHIOPIC": "am", "MYANMAR": "my",
}  # fmt: skip
"""The language a script is read in where nothing else is said."""

_OTHER_SCRIPT = {
    "zh": "CJK", "cmn": "CJK", "yue": "CJK", "hak": "CJK", "ja": "HIRAGANA", "ko": "HANGUL", "ar": "ARABIC",
    "fa": "ARABIC", "ur": "ARABIC", "ug": "ARABIC", "sd": "ARABIC", "he": "HEBREW", "ru": "CYRILLIC", "uk": "CYRILLIC",
    "be": "CYRILLIC", "bg": "CYRILLIC", "mk": "CYRILLIC", "sr": "CYRILLIC", "kk": "CYRILLIC", "ky": "CYRILLIC",
    "tt": "CYRILLIC", "ba": "CYRILLIC", "cv": "CYRILLIC", "el": "GREEK", "grc": "GREEK", "hi": "DEVANAGARI",
    "mr": "DEVANAGARI", "ne": "DEVANAGARI", "kok": "DEVANAGARI", "bn": "BENGALI", "as": "BENGALI", "pa": "GURMUKHI",
    "gu": "GUJARATI", "ta": "TAMIL", "te": "TELUGU", "kn": "KANNADA", "ml": "MALAYALAM", "si": "SINHALA", "th": "THAI",
    "hy": "ARMENIAN", "ka": "GEORGIAN", "am": "ETHIOPIC", "ti": "ETHIOPIC", "my": "MYANMAR",
}  # fmt: skip
"""Languages that are not written in Latin letters; all others are."""

_ENGINES = {"zh": "cmn", "yue": "yue"}
_BURNT = frozenset({"LATIN", "GREEK", "CYRILLIC", "ARABIC", "HEBREW", "ARMENIAN", "GEORGIAN"})
"""Scripts the typeface of burnt words has letters for (DejaVu Sans)."""
_ALONE = re.compile(r"(?<![\u0370-\u03ff])[\u0370-\u03ff](?![\u0370-\u03ff])")
_NO_LETTERS = frozenset(
    {"MODIFIER", "COMBINING", "MASCULINE", "FEMININE", "MICRO", "DIGIT", "FULLWIDTH", "SUPERSCRIPT"}
)


@lru_cache(maxsize=4096)
def script_of(letter: str) -> str:
    """The script of a letter; empty for digits, signs, emoji and what belongs to every script."""
    if not letter.isalpha():
        return ""
    first = unicodedata.name(letter, "").split(" ")[0].split("-")[0]
    return "" if first in _NO_LETTERS else {"HALFWIDTH": "KATAKANA"}.get(first, first)


def tongue_of(text: str, language: str) -> str:
    """The language ``text`` is spoken in, in a film of ``language``: its own where at least half of the letters are
    its own, else the one that most of them are usual for; the film's own where no voice is known for them.
    """
    letters = Counter(script for script in map(script_of, text) if script)
    own = _scripts(language)
    if not letters or 2 * sum(letters[script] for script in own) >= letters.total():
        return language
    kana = letters["HIRAGANA"] + letters["KATAKANA"]
    most = "HIRAGANA" if kana else letters.most_common(1)[0][0]
    return SPOKEN_IN.get(most, language)


def said(text: str, language: str) -> str:
    """What a voice that speaks ``language`` says of ``text``: without letters that it would only spell out."""
    gone = set(_unsaid(text, language))
    return " ".join("".join(" " if at in gone else c for at, c in enumerate(text)).split()) if gone else text


def unsaid(text: str, language: str) -> str:
    """The letters of ``text`` that a voice of ``language`` cannot read, as they stand."""
    return "".join(text[at] for at in _unsaid(text, language))


def _unsaid(text: str, language: str) -> list[int]:
    """Where they stand. A Greek letter on its own is said by its name, as it should be."""
    own = _scripts(language)
    alone = {found.start() for found in _ALONE.finditer(text)}
    return [at for at, c in enumerate(text) if (s := script_of(c)) and s not in own and at not in alone]


def unburnt(text: str) -> str:
    """The letters of ``text`` that cannot be written into a picture."""
    return "".join(c for c in text if (script := script_of(c)) and script not in _BURNT)


def engine_tag(language: str) -> str:
    """The name of a language as the speech engine has it."""
    return _ENGINES.get(_short(language), language)


def _scripts(language: str) -> frozenset[str]:
    """What a voice of a language can read. Japanese is read from kana: the engine has no readings of ideographs."""
    script = _OTHER_SCRIPT.get(_short(language))
    if script == "HIRAGANA":
        return frozenset({"LATIN", "HIRAGANA", "KATAKANA"})
    return frozenset({"LATIN", script} if script else {"LATIN"})


def _short(language: str) -> str:
    return language.lower().partition("-")[0]
