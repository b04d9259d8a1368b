"""What the words of an action have somebody do, and what they have in their hands: ``walks left with a lantern``.

Who is meant is whoever is named; ``they both`` means everybody, ``he`` and ``she`` the one spoken of before.
"""

import re
from collections.abc import Iterator

from generation_service.domain.screenplay import cue_key
from generation_service.domain.things import CARRIED, thing_in

# Verbs by what they are called in a schedule. The soft ones only count where nothing stronger is told.
_DOING: tuple[tuple[str, str], ...] = (
    ("runs", r"runs?|running|races|sprint\w*|chases|flees|dashes"),
    ("climbs", r"climbs?|climbing"),
    ("walks", r"walk\w*|stroll\w*|strides?|march\w*|wander\w*|pac(?:es|ing)|enters?|leaves|crosses|steps"
              r"|approach\w*|hurr(?:y|ies)|rides?|limps?|comes? (?:in|out|closer|toward\w*)|goes (?:in|out|to)"),
    ("talks", r"(?:talk\w*|speak\w*|chat\w*|whisper\w*|is) (?:on|into) (?:the|a|his|her) (?:tele|smart)?phone"
              r"|answers? (?:the|his|her) (?:smart)?phone"),
    ("dances", r"danc(?:es?|ing)|jumps?|cheer(?:s|ing)|celebrat\w+"),
    ("floats", r"floats?|floating|drifts?|hovers?"),
    ("lies", r"lies? (?:in|on|down|awake|asleep|there|still)|lying|sleeps?|sleeping|asleep"),
    ("kneels", r"kneels?|kneeling|crouch\w*|squats?"),
    ("sits down", r"sits? down|takes? (?:a|the|his|her) seat"),
    ("sits", r"sits?|sitting|seated|perched"),
    ("drives", r"drives?|driving|steers?|steering"),
    ("hugs", r"hugs?|hugging|embrac\w+|kiss\w*"),
    ("crosses arms", r"(?:crosses|folds) (?:his|her|their) arms"),
    ("puts on", r"puts? on"),
    ("raises a hand", r"raises? (?:his|her|their|a) hands?|salutes?"),
    ("lifts", r"(?:lifts?|holds?|raises?)(?: \w+){0,4} (?:up|high)|lifts?|raises?|toasts?"),
    ("claps", r"claps?|clapping|applau\w+"),
    ("waves", r"waves?|waving|greets?|beckons?"),
    ("points", r"points?|pointing"),
    ("sings", r"sings?|singing"),
    ("plays", r"plays?|playing|strums?"),
    ("stirs", r"stirs?|stirring|fr(?:y|ies)|cooks?|cooking|whisks?|kneads?|chops?|mix(?:es)?"),
    ("types", r"types?|typing"),
    ("writes on the board", r"(?:writ\w+|draws)(?: \w+){0,4} (?:black|white)?board"),
    ("writes", r"writes?|writing|draws|sketch\w*|signs"),
    ("pours", r"pours?|pouring"),
    ("drinks", r"drinks?|drinking|sips?"),
    ("eats", r"eats?|eating|bites?"),
    ("reads", r"reads?|reading|studies"),
    ("stands up", r"stands? up|rises|gets? up"),
    ("laughs", r"laugh(?:s|ing)?|giggles?|chuckles?"),
    ("holds", r"holds?|holding|carr(?:y|ies|ying)|takes?|picks?|lowers?|brings?|hands|shows?|opens?|unfolds?|wears?"
              r"|serves?|offers?"),
    ("nods", r"nods?|nodding"),
    ("turns", r"turns?|turning"),
    ("looks", r"looks?|watch(?:es|ing)|stares?|gazes?"),
    ("listens", r"listen(?:s|ing)?|hears?"),
)  # fmt: skip
_VERBS = [(name, re.compile(rf"\b(?:{words})\b", re.IGNORECASE)) for name, words in _DOING]
_SOFT = frozenset({"turns", "looks", "listens", "nods", "laughs", "stands up"})
_MUTUAL = frozenset({"hugs"})
_WAY = re.compile(r"\b(from (?:the )?)?(left|right)\b", re.IGNORECASE)
_GOES = frozenset({"walks", "runs", "points", "looks", "turns", "climbs"})
_IN_HAND = frozenset(
    {
        "walks", "runs", "holds", "lifts", "reads", "waves", "sits", "looks", "stirs", "writes", "drinks", "eats",
        "plays", "pours", "kneels", "drives", "sings", "dances", "claps", "talks",
    }
)  # fmt: skip
_OBJECT = frozenset({"holds", "reads", "lifts", "stirs", "pours", "drinks", "plays"})
_IMPLIED = {"stirs": "pan", "drinks": "cup", "reads": "book"}
_LOOKED_AT = frozenset(
    {"phone", "map", "photograph", "photo", "letter", "book", "newspaper", "watch", "ticket", "note"}
)
_SENTENCE = re.compile(r"(?<!\bdr\.)(?<!\bmr\.)(?<!\bms\.)(?<!\bst\.)(?<!\bmrs\.)(?<=[.!?;])\s+", re.IGNORECASE)
_CLAUSE = re.compile(r",\s+(?:and |while |as |then )*(?=[A-Z])|\bwhile\b")
EVERYBODY = re.compile(r"(?:then\s+)?(?:they|both|all of them|the two|the three|together)\b", re.IGNORECASE)
_ONE = re.compile(r"(?:then\s+|and\s+)?(he|she|they)\b", re.IGNORECASE)
_TITLES = frozenset({"dr.", "dr", "mr.", "mr", "mrs.", "mrs", "ms.", "ms", "sir", "miss", "old", "young", "the", "st."})
KINDS = {"he": "man", "she": "woman", "they": ""}
LOOKED_AT = 600
"""Characters of an action that are looked at."""


def sentences(text: str) -> list[str]:
    """The sentences of an action; titles such as ``Dr.`` end none."""
    return [one for one in _SENTENCE.split(text[:LOOKED_AT].strip()) if one]


def called(name: str) -> "re.Pattern[str]":
    """Where a text names somebody: in full or by their first name."""
    words = cue_key(name).split(" ")
    short = [word for word in words if word not in _TITLES and len(word) > 2][:1]
    told = "|".join(re.escape(one) for one in dict.fromkeys((r" ".join(words), *short)))
    return re.compile(rf"(?<!\w)(?:{told})(?!\w)", re.IGNORECASE)


def doing(text: str, name: str, kind: str = "") -> str:
    """What somebody does in a paragraph: the first strong verb told of them with the way and the thing in hand, as in
    ``walks left with a lantern``; else ``idle``. ``kind`` is ``man`` or ``woman``, where it is known.
    """
    told = [(_verb(clause), clause) for clause in _clauses(text, name, kind)]
    strong = [(verb, clause) for verb, clause in told if verb and verb not in _SOFT]
    soft = [(verb, clause) for verb, clause in told if verb]
    verb, clause = next(iter(strong or soft), ("idle", ""))
    whole = clause if len(told) < 2 or thing_in(clause) else " ".join(part for _, part in told)
    way = _way(clause) if verb in _GOES else ""
    held = _held(verb, whole)
    return " ".join(part for part in (verb, way, held) if part)


def _clauses(text: str, name: str, kind: str) -> Iterator[str]:
    """The clauses that somebody is the subject of, from their name on; one that hugs them is theirs too."""
    pattern, about, named = called(name), False, False
    for sentence in sentences(text):
        found = pattern.search(sentence)
        pronoun = _ONE.match(sentence)
        if found:
            rest = _CLAUSE.split(sentence[found.end() :])[0]
            about = named = True
            yield sentence if not _verb(rest) and _verb(sentence) in _MUTUAL else rest
        elif EVERYBODY.match(sentence) or (pronoun and _means(pronoun[1].lower(), kind, about=about, named=named)):
            yield sentence
    if not named and not EVERYBODY.match(text) and not _ONE.match(text):
        yield " ".join(text.split()[:1])  # a board's "waves at us", which names nobody


def _means(pronoun: str, kind: str, *, about: bool, named: bool) -> bool:
    """Whether ``he``, ``she`` or ``they`` is somebody of that kind: the one just spoken of, else one nobody names."""
    return about or (not named and KINDS[pronoun] == kind)


def _verb(clause: str) -> str:
    clause = clause[:300]
    found = [
        (name in _SOFT, match.start(), at, name)
        for at, (name, verb) in enumerate(_VERBS)
        if (match := verb.search(clause))
    ]
    return min(found)[3] if found else ""


def _way(clause: str) -> str:
    found = _WAY.search(clause)
    if found is None:
        return ""
    way = found[2].lower()
    return {"left": "right", "right": "left"}[way] if found[1] else str(way)


def _held(verb: str, clause: str) -> str:
    if verb not in _IN_HAND and verb != "puts on":
        return ""
    thing = thing_in(clause) or _IMPLIED.get(verb, "")
    if not thing or (thing not in CARRIED and verb not in _OBJECT):
        return ""
    if verb == "looks" and thing not in _LOOKED_AT:
        return ""
    article = "" if thing.endswith("s") else "an " if thing[0] in "aeiou" else "a "
    return f"{'' if verb in _OBJECT or verb == 'puts on' else 'with '}{article}{thing}"
