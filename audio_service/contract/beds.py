"""Which beds there are, and which one the words of a screenplay mean. Data only: any process may read it."""

import re

BED_WORDS: dict[str, tuple[str, ...]] = {
    "rain": ("rain", "rainy", "drizzle", "downpour", "storm", "shower", "tin", "gutter", "puddle"),
    "wind": ("wind", "windy", "gale", "breeze", "desert", "mountain", "moor", "field", "snow", "blizzard", "forest"),
    "sea": ("sea", "ocean", "wave", "surf", "beach", "shore", "coast", "harbour", "harbor", "pier", "cliff", "boat"),
    "city": ("city", "street", "traffic", "road", "car", "alley", "rooftop", "avenue", "town", "bus", "station"),
    "room": ("room", "office", "kitchen", "house", "bedroom", "hall", "studio", "apartment", "interior", "indoors"),
    "crowd": ("crowd", "cafe", "café", "bar", "market", "restaurant", "party", "audience", "people", "diner", "pub"),
    "drone": ("drone", "hum", "tension", "space", "dark", "dream", "ominous", "music"),
}
"""Each bed with the words that mean it, the strongest first; a word also counts in its plural."""

_ORDER = tuple(BED_WORDS)


def bed_names() -> tuple[str, ...]:
    """The beds that can be made."""
    return _ORDER


def match_bed(words: str) -> str | None:
    """The bed that words such as ``rain on tin`` or ``INT. CAFE - NIGHT`` mean; None when none of them is known.

    A bed named outright wins over one that is only hinted at; then the one with more of its words; then the first.
    """
    said = {form for word in re.findall(r"\w+", words.lower()) for form in (word, word.removesuffix("s"))}
    scores = {name: len(said & set(known)) + (2 if name in said else 0) for name, known in BED_WORDS.items()}
    best = max(_ORDER, key=lambda name: scores[name])
    return best if scores[best] else None
