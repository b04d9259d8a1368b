"""Which things are known, by the words for them: what is drawn for a name, how tall it is, and what a hand may hold."""

import re

# Kind by words, with its height in persons' heights: large things first, then those of a kitchen, a pocket, a trade.
KINDS: tuple[tuple[str, str, float], ...] = (
    ("telephone", r"telephone|handset|rotary phone|receiver", 0.10),
    ("laptop", r"laptop|computer|tablet", 0.15), ("clock", r"clock", 1.15),
    ("microscope", r"microscope", 0.22), ("mirror", r"mirror", 0.50), ("ladder", r"ladder", 1.20),
    ("table", r"table|desk|counter|workbench", 0.44), ("chair", r"chair|stool|seat|throne", 0.52),
    ("lamp", r"(?:\w+ ?)?lamp|light|lamp ?post|street ?light", 0.95),
    ("wheel", r"(?:steering )?wheel", 0.12),
    ("bicycle", r"bicycle|(?:motor ?)?bike|motorcycle", 0.62),
    ("car", r"car|taxi|cab|van|truck|automobile", 0.80),
    ("gift", r"gift|present", 0.16), ("parcel", r"box|crate|chest|parcel|package", 0.17),
    ("backpack", r"backpack|rucksack", 0.26), ("basket", r"basket", 0.18), ("bucket", r"bucket|pail", 0.18),
    ("suitcase", r"suitcase|briefcase|case|trunk|luggage|bag", 0.34),
    ("door", r"door|gate", 1.22), ("plant", r"plant|tree|bush|fern", 0.66),
    ("piano", r"piano|organ", 0.72), ("bed", r"bed|cot|bunk", 0.42),
    ("screen", r"screen|television|tv|monitor", 0.50),
    ("dog", r"dog|puppy|hound", 0.36), ("cat", r"cat|kitten", 0.20), ("sign", r"sign|poster|banner|board", 0.95),
    ("boat", r"boat|dinghy|canoe", 0.42), ("robot", r"robot|android|drone", 0.80),
)  # fmt: skip
WARES: tuple[tuple[str, str, float], ...] = (
    ("pan", r"(?:frying ?|sauce ?)?pan|wok|skillet", 0.07), ("pot", r"cooking pot|stew ?pot|pot|cauldron", 0.12),
    ("plate", r"plate|dish|tray|pizza|food|meal|sandwich", 0.04), ("jug", r"jug|pitcher|vase|milk", 0.13),
    ("spoon", r"spoon|ladle|fork|cutlery", 0.11), ("egg", r"egg", 0.035), ("fish", r"fish", 0.08),
    ("glass", r"glass|tumbler|drink|beer|lemonade", 0.07), ("glasses", r"glasses|spectacles|sunglasses|goggles", 0.035),
    ("bread", r"bread|loaf|dough|baguette|bun", 0.09), ("kettle", r"kettle|teapot|coffee ?pot", 0.13),
    ("flask", r"flask|beaker|test tube|vial|potion", 0.12), ("syringe", r"syringe", 0.04),
    ("bottle", r"bottle|medicine|oil|vinegar|perfume", 0.11),
    ("wine", r"wine|champagne|goblet|cocktail", 0.12),
    ("cake", r"cake|pie|pudding|tart", 0.10), ("bowl", r"bowl|soup|pasta|rice|salad|noodles", 0.06),
    ("banana", r"banana", 0.06),
    ("fruit", r"apple|orange|peach|pear|lemon|tomato|fruit", 0.06), ("balloon", r"balloon|kite", 0.30),
    ("bear", r"teddy(?: bear)?|bear|doll|toy", 0.18), ("trophy", r"trophy|award", 0.16),
    ("ball", r"ball|football|globe", 0.13),
    ("key", r"key", 0.05), ("coin", r"coin|medal|token", 0.04), ("ring", r"ring|necklace|jewel|bracelet", 0.03),
    ("sword", r"sword|sabre", 0.50), ("gun", r"gun|pistol|revolver|rifle", 0.08), ("crown", r"crown|tiara", 0.09),
    ("hammer", r"hammer|axe|mallet", 0.16), ("broom", r"broom|shovel|mop|rake|spade", 0.72),
    ("knife", r"knife|blade|dagger|razor", 0.14), ("candle", r"candle", 0.13),
    ("dumbbell", r"dumbbell|weights?", 0.08), ("microphone", r"microphone|mike|mic", 0.12),
    ("match", r"match|cigarette|lighter", 0.05), ("pen", r"pen|pencil|brush|quill|chalk", 0.08),
    ("envelope", r"envelope", 0.07), ("page", r"page|paper|sheet|document|contract|file|report", 0.12),
    ("passport", r"passport|wallet|notebook|diary|purse", 0.06), ("ticket", r"ticket|card", 0.035),
    ("photograph", r"photograph|photo|picture|postcard", 0.07), ("map", r"map|chart", 0.11),
    ("binoculars", r"binoculars|telescope|spyglass", 0.08), ("stethoscope", r"stethoscope", 0.12),
    ("trumpet", r"trumpet|horn|saxophone", 0.16), ("drum", r"drum", 0.24), ("skull", r"skull", 0.10),
    ("stone", r"stone|rock|shell|pebble", 0.06),
    ("camera", r"camera", 0.10), ("radio", r"radio|speaker|stereo", 0.15), ("rope", r"rope|cable|chain|string", 0.09),
    ("guitar", r"guitar|violin|cello|ukulele|banjo|fiddle", 0.56),
    ("newspaper", r"newspaper|magazine", 0.12),
    ("watch", r"watch|stopwatch|compass", 0.05), ("hat", r"hat|cap|helmet", 0.10), ("shoe", r"shoes?|boots?", 0.12),
)  # fmt: skip
# What is carried by drawings of its own, by words.
HELD: tuple[tuple[str, str], ...] = (
    ("phone", r"\b(phone|smartphone|mobile)\b"), ("umbrella", r"\bumbrella\b"),
    ("lantern", r"\b(lantern|torch|flashlight)\b"), ("book", r"\b(book|script)\b"),
    ("cup", r"\b(cup|teacup|mug|coffee|tea)\b"), ("letter", r"\b(letter|envelope|note|paper|photograph|photo|page)\b"),
    ("suitcase", r"\b(suitcase|bag|briefcase|luggage)\b"), ("flowers", r"\b(flowers?|bouquet|rose)\b"),
)  # fmt: skip
HELD_SHARE = {"phone": 0.09, "umbrella": 0.5, "lantern": 0.2, "book": 0.09, "cup": 0.07, "letter": 0.12,
              "suitcase": 0.34, "flowers": 0.18}  # fmt: skip
_ALONE = {"letter": r"\b(letter|note)\b"}
UNKNOWN, UNKNOWN_SHARE = "box", 0.30
_TABLE = [(kind, re.compile(rf"\b(?:{words})(?:e?s)?\b"), share) for kind, words, share in (*KINDS, *WARES)]
_OWN = [(kind, re.compile(_ALONE.get(kind, words))) for kind, words in HELD]
_HELD = [(kind, re.compile(words)) for kind, words in HELD]
_IN_HAND = re.compile(r"\b(?:with|holds|reads|lifts|stirs|pours|drinks|plays)\s+(?:an?\s+)?([\w ]+)$")
TABLED = frozenset(kind for kind, _, share in WARES if share < 0.2) | {
    "phone", "cup", "book", "letter", "flowers", "telephone", "laptop", "gift", "parcel", "basket",
}  # fmt: skip
"""What stands on a small table rather than on the floor."""
NOT_CARRIED = frozenset(kind for kind, _, share in KINDS if share > 0.3 and kind != "suitcase") | {
    "microscope",
    "wheel",
}


def kind_of(name: str) -> tuple[str, float]:
    """What is drawn for a thing's name and how tall it is, in persons; an unknown thing is a box."""
    told = name.lower()
    for kind, pattern in _OWN:
        if pattern.search(told) and "telephone" not in told:
            return kind, HELD_SHARE[kind]
    for kind, pattern, share in _TABLE:
        if pattern.search(told):
            return kind, share
    return UNKNOWN, UNKNOWN_SHARE


def share_of(kind: str) -> float:
    """How tall a thing of that kind is, in persons."""
    known = {name: share for name, _, share in (*KINDS, *WARES)}
    return HELD_SHARE.get(kind, known.get(kind, UNKNOWN_SHARE))


def held_in(told: str) -> str:
    """What somebody has in a hand by what a schedule or an action says of them (lower case), "" for nothing."""
    own = next((kind for kind, pattern in _HELD if pattern.search(told)), "")
    if own:
        return own
    found = _IN_HAND.search(told)
    kind = kind_of(found[1])[0] if found else ""
    return "" if kind in NOT_CARRIED else "parcel" if kind == UNKNOWN else kind
