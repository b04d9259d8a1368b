"""Which beds there are, and which one the words of a screenplay mean. Data only: any process may read it."""

from audio_service.contract.words import best_match, word_forms

BED_WORDS: dict[str, tuple[str, ...]] = {
    "rain": ("rain", "rainy", "drizzle", "downpour", "shower", "puddle", "wet"),
    "rain-tin": ("rain", "tin", "roof", "gutter", "corrugated", "metal", "shed", "barn"),
    "rain-window": ("rain", "window", "pane", "windscreen", "windshield", "inside", "indoors"),
    "storm": ("storm", "stormy", "thunder", "thunderstorm", "lightning", "tempest", "hurricane"),
    "wind": ("wind", "windy", "gale", "breeze", "desert", "mountain", "moor", "field", "snow", "blizzard", "hill"),
    "sea": ("sea", "ocean", "wave", "surf", "beach", "shore", "coast", "harbour", "harbor", "pier", "cliff", "boat"),
    "river": ("river", "stream", "brook", "creek", "waterfall", "rapids", "fountain", "canal", "bridge", "lake"),
    "forest": ("forest", "wood", "woods", "woodland", "jungle", "trees", "grove", "park", "garden", "meadow"),
    "birds": ("bird", "birdsong", "orchard", "gull", "aviary", "dovecote"),
    "insects": ("insect", "cricket", "cicada", "grasshopper", "swamp", "marsh", "prairie", "savannah"),
    "fire": ("fire", "campfire", "fireplace", "hearth", "flame", "bonfire", "embers", "burning"),
    "city": ("city", "street", "traffic", "road", "car", "alley", "rooftop", "avenue", "town", "bus", "station"),
    "train": ("train", "railway", "railroad", "carriage", "compartment", "subway", "metro", "tram", "tracks"),
    "cafe": ("cafe", "coffee", "restaurant", "diner", "bistro", "bakery", "canteen", "teahouse"),
    "crowd": ("crowd", "bar", "market", "party", "audience", "people", "pub", "square", "stadium", "theatre", "fair"),
    "office": ("office", "desk", "newsroom", "workplace", "computer", "laboratory", "lab", "server", "clerk"),
    "room": ("room", "kitchen", "house", "bedroom", "hall", "studio", "apartment", "interior", "flat", "cabin"),
    "drone": ("drone", "hum", "tension", "space", "dark", "dream", "ominous", "void", "eerie"),
    "music-calm": ("music", "calm", "peaceful", "serene", "quiet", "ambient", "gentle", "soft", "piano"),
    "music-tense": ("music", "tense", "suspense", "thriller", "danger", "chase", "dread", "anxious"),
    "music-joyful": ("music", "joyful", "happy", "cheerful", "upbeat", "playful", "bright", "fun", "jolly"),
    "music-sad": ("music", "sad", "melancholy", "sorrow", "grief", "mournful", "lonely", "elegy"),
    "music-hopeful": ("music", "hopeful", "inspiring", "uplifting", "warm", "optimistic", "triumph", "hope"),
}
"""Each bed with the words that mean it, the strongest first; a word also counts with common endings. Moods of music
are meant only when music, score or a melody is spoken of.
"""

_MUSIC = {"music", "score", "melody", "song", "tune", "piano", "strings", "soundtrack", "underscore"}
_PLACES = {name: words for name, words in BED_WORDS.items() if not name.startswith("music-")}


def bed_names() -> tuple[str, ...]:
    """The beds that can be made."""
    return tuple(BED_WORDS)


def match_bed(words: str) -> str | None:
    """The bed that words such as ``rain on tin``, ``tense music`` or ``INT. CAFE - NIGHT`` mean; None when none of
    them is known.
    """
    return best_match(BED_WORDS if word_forms(words) & _MUSIC else _PLACES, words)
