"""Spot effects from the words of the action: a door that slams is heard where the words stand. Only what makes a sound
as it is told counts: a door alone is silent.
"""

import re
from collections.abc import Iterable

from generation_service.contract.shots import SpotEffect
from generation_service.domain.screenplay.model import Effect

_HEARD: tuple[tuple[str, str], ...] = (
    ("slam", r"slam(?:s|med|ming)?\b|bangs? shut"),
    ("knock", r"knock(?:s|ing|ed)?\b|raps? (?:at|on)"),
    ("creak", r"creak(?:s|ing|ed)?\b"),
    ("door", r"(?:door|gate|latch)\w* (?:opens?|closes?|clicks?|swings?|shuts?)"
             r"|(?:opens?|closes?|shuts?) (?:the|a|his|her) (?:door|gate)"),
    ("footsteps", r"foot-?steps?\b|footfalls?"),
    ("thunder", r"thunder(?:claps?|s|ing)?\b|lightning"),
    ("glass", r"(?:glass|bottle|window|plate|cup)\w* (?:breaks?|shatters?|smash)|shatter(?:s|ed)?\b"),
    ("boom", r"explo(?:des?|sions?)\b|boom(?:s)?\b|blast\b"),
    ("phone", r"(?:phone|mobile)\w* (?:rings?|buzz)|ringtone"),
    ("bell", r"bells? (?:rings?|tolls?|chimes?|jingles?)|(?:church|door) ?bells?\b|chimes?\b"),
    ("clock", r"clock\w* (?:ticks?|strikes?)|ticking"),
    ("horn", r"horns? (?:sounds?|blows?|hoots?)|honk(?:s|ing)?\b|fog ?horn|hoots?\b"),
    ("car-pass", r"(?:car|truck|taxi|bus|motorbike)s? (?:passes|drives? (?:by|past|off)|speeds?|roars?)"),
    ("siren", r"sirens?\b"),
    ("keyboard", r"typ(?:es|ing)\b|keyboard clatter"),
    ("beep", r"beep(?:s|ing)?\b|pings?\b"),
    ("click", r"clicks?\b|flips? (?:the|a) switch|switch(?:es)? (?:on|off)"),
    ("shutter", r"shutter\b|takes? (?:a|the|her|his) (?:photo|picture)|camera flash"),
    ("paper", r"(?:letter|paper|page|envelope|map)s? (?:rustles?|tears?)"
              r"|(?:unfolds?|opens?|tears?|turns?) (?:the|a|his|her) (?:letter|paper|page|envelope|map)"),
    ("match", r"(?:strikes?|lights?) (?:a|the) (?:match|candle|lantern|lamp|lighter)"),
    ("splash", r"splash(?:es|ing)?\b|dives? in|plunges?"),
    ("drop", r"drips?\b|dripping"),
    ("whoosh", r"whoosh(?:es)?\b|swoosh(?:es)?\b"),
    ("applause", r"applause|applauds?|claps?\b|clapping"),
    ("heartbeat", r"heart ?beats?\b"),
    ("coins", r"coins? (?:drops?|jingles?|falls?|clinks?)"),
)  # fmt: skip
_PATTERNS = [(name, re.compile(rf"\b(?:{words})", re.IGNORECASE)) for name, words in _HEARD]
EFFECT_NAMES = frozenset(name for name, _ in _HEARD)
MOST, LOOKED_AT = 3, 4_000
_FIRST_S, _LAST_S = 0.3, 0.6


def effects_in(action: str, seconds: float) -> tuple[SpotEffect, ...]:
    """At most three effects, each where its word stands in the paragraph: the words spread over the shot's length."""
    action = action[:LOOKED_AT]
    found = sorted((match.start(), name) for name, words in _PATTERNS if (match := words.search(action)))
    return tuple(
        SpotEffect(name=name, at_s=_within(max(_FIRST_S, start / len(action) * seconds), seconds))
        for start, name in found[:MOST]
    )


def asked_effects(asked: Iterable[Effect], seconds: float) -> tuple[SpotEffect, ...]:
    """Effects of directives; without a time they sound as the shot begins."""
    return tuple(
        SpotEffect(name=one.name, at_s=_within(_FIRST_S if one.at_s is None else one.at_s, seconds)) for one in asked
    )


def _within(at: float, seconds: float) -> float:
    return round(min(at, max(0.0, seconds - _LAST_S)), 3)
