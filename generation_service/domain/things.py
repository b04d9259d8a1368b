"""The things that words of an action may name, and which of them fit into a hand. Words that are verbs or scenery too
(``page``, ``glass``, ``ring``) count as things only after an article, and so do several: ``two cups``, and not
``lanterns everywhere``.
"""

import re

PLAIN = (
    "lantern", "letter", "envelope", "cup", "mug", "teapot", "kettle", "bottle", "phone", "telephone", "smartphone",
    "umbrella", "book", "notebook", "diary", "newspaper", "magazine", "map", "candle", "lamp", "bicycle", "suitcase",
    "briefcase", "backpack", "rucksack", "bag", "basket", "bucket", "box", "parcel", "key", "camera", "guitar",
    "flower", "flowers", "bouquet", "photograph", "clock", "laptop", "cake", "bread", "apple", "ball", "rope", "radio",
    "violin", "coin", "bowl", "frying pan", "saucepan", "wok", "spoon", "fork", "ladle", "knife", "jug", "teacup",
    "sandwich", "pizza", "tray", "glasses", "spectacles", "sunglasses", "passport", "wallet", "microphone", "trumpet",
    "microscope", "test tube", "flask", "syringe", "stethoscope", "hammer", "axe", "broom", "shovel", "flashlight",
    "sword", "pistol", "revolver", "gun", "rifle", "crown", "trophy", "medal", "teddy bear", "doll", "balloon", "kite",
    "compass", "telescope", "binoculars", "steering wheel", "ticket", "pencil", "cigarette", "dumbbell", "necklace",
    "egg", "banana", "lemon", "ladder",
)  # fmt: skip
ASKED = (
    "pan", "pot", "plate", "glass", "pen", "page", "paper", "note", "card", "ring", "watch", "hat", "shoe", "boot",
    "torch", "mirror", "gift", "present", "photo", "picture", "medicine", "fish", "shell", "flask", "document", "file",
    "contract", "coffee", "tea", "drink", "beer", "wine", "soup", "dish", "match", "stone", "skull", "drum", "wheel",
    "tablet", "computer", "rose", "handset", "mobile",
)  # fmt: skip
CARRIED = frozenset((*PLAIN, *ASKED)) - {
    "lamp", "bicycle", "clock", "kettle", "microscope", "laptop", "computer", "telescope", "bread", "cake", "wheel",
    "steering wheel", "mirror", "ladder", "stone", "picture", "radio", "fish", "plate", "torch",
} | {"torch", "plate"}  # fmt: skip
"""Things that somebody may have in a hand while doing something else."""
_AND_PLAIN = "|".join(sorted(map(re.escape, PLAIN), key=len, reverse=True))
_AND_ASKED = "|".join(sorted(map(re.escape, ASKED), key=len, reverse=True))
_ARTICLE = (
    r"(?:(?<!\w)(?:a|an|the|his|her|their|my|your|one|two|three|this|of)\s+"
    rf"(?:(?!(?:{_AND_PLAIN})\b)(?!\w+\s+(?:is|are|was)\b)\w+\s+)?)"
)
_THING = re.compile(
    rf"(?<![\w-])(?P<plain>{_AND_PLAIN})(?![\w-])|{_ARTICLE}(?P<asked>{_AND_PLAIN}|{_AND_ASKED})(?:e?s)?(?![\w-])",
    re.IGNORECASE,
)
_CLOSE = re.compile(
    r"(?:\bclose(?:[- ]?up)? (?:on|of)|\btight on|\binsert\s*[-:–—]|\bcu on|\becu on|\bdetail of)\s*[-:–—]?\s*"
    r"(?:(?:the|a|an|his|her|their|one|my|that|this)\s+)?(?P<thing>[^\W\d_][\w' -]{1,40}?)"
    r"(?=\s*[.,;:!?(]|\s+(?:of|on|in|at|with|that|which|as|and|under|from|around|lies|is|are|beside|to|for|by)\b|$)",
    re.IGNORECASE,
)
# What a close look at is a look at the place, a person or a part of one, which no thing stands in for.
_NO_THING = re.compile(
    r"\b(?:window|door|rain|snow|fire|flames?|sky|sea|water|waves?|moon|sun|stars?|road|street|wall|floor|ceiling|city"
    r"|light|lights|sign|tree|trees|leaves|ground|sand|horizon|face|eyes?|hands?|fingers?|feet|foot|mouth|lips|smile"
    r"|tears?|hair|man|woman|boy|girl|child|people|crowd|room|house|scene|it|him|her|them|everything|nothing)\b",
    re.IGNORECASE,
)
MOST_PROPS = 4


def things_in(text: str) -> tuple[str, ...]:
    """Things that the words of an action name, each once, in their order; at most four."""
    found = (one["plain"] or one["asked"] for one in _THING.finditer(text))
    return tuple(dict.fromkeys(word.lower() for word in found))[:MOST_PROPS]


def thing_in(text: str) -> str:
    """The first thing that words name, "" for none."""
    found = _THING.search(text)
    return str(found["plain"] or found["asked"]).lower() if found else ""


def pointed_at(text: str) -> str:
    """What ``CLOSE ON the astrolabe`` asks to be shown, whether it is known or not; "" where it is a place, a person
    or nothing.
    """
    found = _CLOSE.search(text[:200])
    if found is None or _NO_THING.search(found["thing"]):
        return ""
    told = " ".join(found["thing"].lower().split())
    return thing_in(f"the {told}") or told


def is_known(thing: str) -> bool:
    """Whether a thing is one that can be drawn; another is stood in for."""
    return thing in PLAIN or thing in ASKED or thing_in(f"the {thing}") != ""
