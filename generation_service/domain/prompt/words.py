"""The words a single prompt is understood by: cuts, places, times, persons, and how something is said. Data only."""

import re

CUTS = re.compile(
    r"\b(?:(?P<shot>(?:the )?(?:shot|scene) (?:\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
    r"|(?:first|second|third|next|final|last) shot)\s*(?:[:.,–—-]|is\b|shows\b)"
    r"|(?P<cut>(?:smash |hard |match |jump |we )*cuts? (?:back )?to\b|match on\b|dissolves? (?:in)?to\b"
    r"|fades? (?:in |out )?(?:in)?to\b|wipes? to\b|then we see\b))\s*[:,–—-]?\s*",
    re.IGNORECASE,
)
QUOTES = {'"': '"', "“": "”", "«": "»", "„": "“”"}
SECONDS = re.compile(r"\b(?:for |lasting )?(\d{1,3}(?:\.\d)?)[ -]?(?:s|sec|secs|seconds?)\b[.,]?", re.IGNORECASE)
CARD = re.compile(
    r"\b(?:title(?: card)?|caption|super|text|sign|logo|card)(?: (?:reads?|says|on screen))*\s*[:,]?\s*$", re.IGNORECASE
)
OFFSCREEN = re.compile(r"\b(?:narrator|voice[- ]?over|v\.?o\.?|off[- ]?screen|announcer)\b", re.IGNORECASE)

SAYING = (
    "says|say|said|asks|whispers|shouts|yells|replies|answers|murmurs|calls|cries|sighs|laughs|mutters|adds|sings"
    "|explains|tells|speaks|snaps|breathes|announces|continues|smiles"
)
DOING = (
    "walks|runs|looks|sits|stands|turns|smiles|waits|opens|holds|dances|enters|leaves|waves|points|reads|drinks|steps"
    "|watches|laughs|nods|cries|climbs|crosses|listens|arrives|stops|lifts|pours|takes|rides|drives|sleeps|wakes"
)
MANNERS: tuple[tuple[str, str], ...] = (
    ("whispering", r"whisper|murmur|breathes|under (?:his|her) breath"),
    ("shouting", r"shout|yell|calls out"),
    ("angry", r"angr|furious|snaps|snapping"),
    ("sad", r"sadly|tears|crying|cries|grie"),
    ("afraid", r"afraid|scared|trembl|terrified|nervous"),
    ("weary", r"sigh|tired|weary|wearily"),
    ("laughing", r"laugh|excited|joy|beaming|delighted"),
    ("dry", r"dryly|deadpan|sarcas"),
    ("warm", r"softly|gently|warm|smil|kindly|tender"),
    ("slowly", r"slowly"),
)
PERSONS: tuple[tuple[str, str, str], ...] = (
    ("grandmother", "woman", "old"), ("grandfather", "man", "old"), ("woman", "woman", ""), ("man", "man", ""),
    ("girl", "woman", "young"), ("boy", "man", "young"), ("lady", "woman", ""), ("guy", "man", ""),
    ("mother", "woman", ""), ("father", "man", ""), ("waitress", "woman", ""), ("waiter", "man", ""),
    ("barista", "person", "young"), ("baker", "person", ""), ("chef", "person", ""), ("teacher", "person", ""),
    ("student", "person", "young"), ("detective", "person", ""), ("driver", "person", ""), ("fisherman", "man", "old"),
    ("doctor", "person", ""), ("friend", "person", ""), ("stranger", "person", ""), ("traveller", "person", ""),
    ("traveler", "person", ""), ("person", "person", ""), ("narrator", "person", ""), ("keeper", "person", "old"),
    ("runner", "person", "young"), ("musician", "person", ""), ("scientist", "person", ""), ("gardener", "person", ""),
)  # fmt: skip
"""Word, the kind of stock character it asks for, and the age."""
OLD = re.compile(r"\b(?:old|elderly|aged|grey-haired|gray-haired)\b", re.IGNORECASE)
YOUNG = re.compile(r"\byoung\b", re.IGNORECASE)

INDOORS = (
    "kitchen|living room|bedroom|bathroom|room|office|newsroom|laboratory|lab|studio|hallway|corridor|attic"
    "|basement|loft|apartment|flat|hotel|café|cafe|coffee shop|coffee bar|restaurant|diner|bistro|bakery|bar"
    "|pub|library|bookshop|museum|archive|hospital|clinic|school|classroom|train|carriage|compartment|tram"
    "|subway|bus|taxi|car|workshop|garage|cabin|theatre|theater|gym|shop|store|church|lamp room|court|bank"
)
OUTDOORS = (
    "rooftop|roof|terrace|street|alley|avenue|road|market square|market|square|plaza|bridge|city|town|village"
    "|platform|station|beach|shore|sea|ocean|coast|harbour|harbor|pier|island|bay|lighthouse|cliff|mountain"
    "|mountains|summit|ridge|valley|hill|hills|lake|river|glacier|desert|dunes?|canyon|forest|woods?|jungle"
    "|grove|park|garden|meadow|field|farm|orchard|path|cemetery|yard|moor|campsite|stadium"
)
PASSING = ("path", "road", "hill", "hills", "yard", "roof", "car")
"""Places that are part of most others: they change no scene by themselves."""
_STOP = (
    "in|at|on|an?|the|of|by|to|and|with|his|her|their|into|over|under|through|along|across|inside|outside|near|from|its"
    "|this|that|is"
)
PLACE = re.compile(
    rf"\b(?P<name>(?:(?!(?:{_STOP})\b)[^\W\d_]{{3,14}} )?(?:(?P<inside>{INDOORS})|(?P<outside>{OUTDOORS})))\b"
    r"(?! (?:door|window|table|light|lights|sign)\b)",
    re.IGNORECASE,
)
LEADING = re.compile(
    r"\b(?:in|at|on|inside|outside|by|near|through|along|across|over|under|from|of|above|into|onto|to|around)\b",
    re.IGNORECASE,
)
TIMES: tuple[tuple[str, str], ...] = (
    ("DAWN", r"\bdawn|sunrise|first light|daybreak|early morning"),
    ("GOLDEN HOUR", r"golden hour|late afternoon|golden light|magic hour"),
    ("DUSK", r"\bdusk|sunset|twilight|evening|blue hour"),
    ("NIGHT", r"\bnight|midnight|moonlit|moonlight|after dark"),
    ("DAY", r"\bday\b|morning|noon|afternoon|daylight|sunny|midday"),
)
