"""Themes that words suggest, and what a grant's description rules out. Lists of words, no understanding: see the limits
stated in ``themes.toml``, which is part of the registration policy by its digest.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

from consent_service.domain.words import Reading, tokens

_QUOTED = re.compile("[\"“«„]([^\"“”«»„]{2,120})[\"”»“]|(?<!\\w)['‘]([^'‘’]{2,120})['’](?!\\w)")
_RULED_OUT = re.compile(
    r"\b(?:no|not|never|without|except|excluding|nothing about|neither|nor)\s+"
    r"((?:[\w-]+)(?:\s+(?:[\w-]+)){0,2}?(?:\s*(?:,|or|nor|and)\s*(?:[\w-]+))*)\s*(?=[.;:!)]|$|\bbut\b)",
    re.IGNORECASE,
)
_LISTED = re.compile(r"\s*(?:,|\bor\b|\bnor\b|\band\b)\s*", re.IGNORECASE)
_SMALL = frozenset({"a", "an", "the", "any", "other", "of", "for", "in", "to", "scenes", "content", "use", "used"})


@dataclass(frozen=True)
class Lexicon:
    """Phrases per theme. ``digest`` is the SHA-256 of the file they were read from."""

    version: str
    digest: str
    strong: Mapping[str, tuple[str, ...]]
    weak: Mapping[str, tuple[str, ...]]


@cache
def lexicon() -> Lexicon:
    """The lexicon of this release."""
    data = files(__package__).joinpath("themes.toml").read_bytes()
    found = tomllib.loads(data.decode())
    version = found.pop("version")
    return Lexicon(
        version=version, digest=sha256(data).hexdigest(),
        strong={theme: tuple(lists["strong"]) for theme, lists in found.items()},
        weak={theme: tuple(lists["weak"]) for theme, lists in found.items()},
    )  # fmt: skip


def themes_in(reading: Reading) -> tuple[str, ...]:
    """Themes that a text suggests, in the order of the lexicon."""
    known = lexicon()
    return tuple(
        theme
        for theme in known.strong
        if any(map(reading.has, known.strong[theme])) or sum(map(reading.has, known.weak[theme])) > 1
    )


def titles_in(description: str) -> tuple[str, ...]:
    """Titles that a description names in quotation marks, folded."""
    return tuple(" ".join(tokens(double or single)) for double, single in _QUOTED.findall(description))


def ruled_out(description: str) -> tuple[str, ...]:
    """What a description rules out in plain English: ``no gambling or alcohol``, ``without violence``. Phrases of at
    most three words; what is ruled out in other ways must be named in the grant's own fields.
    """
    found = [item for run in _RULED_OUT.findall(description) for item in _LISTED.split(run)]
    kept = (" ".join(word for word in tokens(item) if word not in _SMALL) for item in found)
    return tuple(dict.fromkeys(phrase for phrase in kept if phrase))


def names_theme(description: Reading, theme: str) -> bool:
    """Whether a description speaks of a theme: by its name, or by any of its words."""
    known = lexicon()
    words = (theme.replace("_", " "), *known.strong.get(theme, ()), *known.weak.get(theme, ()))
    return any(map(description.has, words))
