"""From a scene heading to a place. Words decide; what no word decides is drawn from the heading's own digest."""

import hashlib
import re
from typing import cast

from generation_service.contract.shots import Mood, Place, Season, TimeOfDay, Weather

KINDS: tuple[tuple[str, bool, str], ...] = (
    (
        "orbit",
        False,
        r"^(?:the |outer |deep |open )*space$|(?:outer|deep) space|space ?(?:station|ship|walk)|starship|\borbit"
        r"|asteroid|nebula|\bhull\b",
    ),
    (
        "frontier",
        False,
        r"(?:desert|western|frontier|mining|ghost|prairie|dusty|gold[- ]rush|border) (?:town|street|settlement)"
        r"|wild west|saloon",
    ),
    ("alley", False, r"alley|back ?street|side street|passageway"),
    ("highway", False, r"highway|motorway|freeway|interstate|open road|roadside|(?:country|desert|lonely|empty) road"),
    ("rooftop", False, r"roof|rooftop|terrace|skyline|balcony"),
    ("spaceship", True, r"space ?ship|submarine|space ?station|starship|cockpit|airlock|bridge of the|shuttle|orbit"),
    (
        "station",
        False,
        r"(?:train |railway |tube |subway |metro )station|platform|railway|tracks\b|bus stop|airport|terminal",
    ),
    (
        "corridor",
        True,
        r"(?:school|college|university|office|hotel|apartment|castle|palace|prison|theat\w+|court\w*|library)"
        r"(?: building)? (?:corridor|hallway|stair\w*|lobby)"
        r"|(?<!space )(?<!police )station\b|airport|terminal|platform",
    ),
    ("train", True, r"train|carriage|compartment|tram|metro|subway|bus\b|wagon|airplane|aeroplane|cabin of a plane"),
    ("car", True, r"\bcar\b(?! (?:park|shop|wash))|taxi|\bcab\b|van\b|truck|limousine"),
    ("tent", True, r"\btents?\b|yurt|marquee|tepee|teepee"),
    ("restaurant", True, r"restaurant|bistro|dining hall|trattoria|pizzeria|steak ?house"),
    ("bar", True, r"\bbar\b|\bpub\b|tavern|saloon|night ?club|casino|\binn\b|discoth"),
    ("cafe", True, r"caf[eé]|coffee|diner|bakery|canteen"),
    ("hospital", True, r"hospital|clinic|ward\b|surgery|infirmary|morgue|operating|dentist|ambulance"),
    ("gym", True, r"\bgym|sports hall|(?:basketball|tennis|squash) court|boxing|dojo|fitness"),
    ("cell", True, r"prison|\bjail|\bcells?\b|dungeon|interrogation|holding room"),
    ("court", True, r"court ?room|court ?house|tribunal|parliament|senate|court of|\bcourt\b"),
    ("bathroom", True, r"bath ?room|\bbath\b|shower|toilet|rest ?room|wash ?room|changing room|locker room"),
    ("laboratory", True, r"\blab\b|laborator|observatory|clean ?room"),
    (
        "den",
        True,
        r"detective|private (?:eye|office)|investigator|\bstudy\b|oval office|home office|law office"
        r"|(?:lawyer|attorney|principal|headmaster|director|doctor|professor|captain|editor|boss|agent|mayor)'?s'?"
        r" office",
    ),
    (
        "studio",
        True,
        r"(?:photo\w*|record\w+|radio|tv|television|film|sound|music|podcast|art|artist'?s|dance) studio"
        r"|^(?:the |\w+'s )?studio$|sound ?stage|dark ?room",
    ),
    ("garage", True, r"garage|workshop|mechanic|\bshed\b|smithy|\bforge\b|body shop"),
    ("school", True, r"school|class|lecture|universit|college"),
    ("theatre", True, r"theat(?:re|er)|stage\b|opera|cinema|concert|auditorium|circus|backstage"),
    ("barn", True, r"\bbarn\b|stables?\b|hay ?loft|\bmill\b"),
    ("cellar", True, r"cellar|basement|boiler|crypt|catacomb|bunker|vault|sewer"),
    ("cave", True, r"\bcaves?\b|cavern|grotto|\bmines?\b|tunnel|mine ?shaft"),
    ("warehouse", True, r"warehouse|factory|hangar|engine room|depot|\bplant\b"),
    ("church", True, r"church|chapel|cathedral|temple|mosque|synagogue|monastery|abbey"),
    ("hall", True, r"castle|throne|palace|great hall|banquet|ball ?room|fortress"),
    ("shop", True, r"shop\b(?<!bookshop)|store\b|supermarket|boutique|pharmacy|grocer|mall\b|hairdresser|salon"),
    ("museum", True, r"museum|gallery|exhibition"),
    ("library", True, r"librar|archive|bookshop"),
    (
        "office",
        True,
        r"office|newsroom|meeting|conference|bank|police|control room|agency|board ?room|server room|war room",
    ),
    ("kitchen", True, r"kitchen|pantry|laundry"),
    ("bedroom", True, r"bedroom|hotel room|dormitor|nursery|motel"),
    ("lift", True, r"elevator|\blift\b"),
    ("corridor", True, r"corridor|hallway|lobby|stair|foyer|reception"),
    ("cottage", True, r"cottage|cabin\b|\bhut\b|farm ?house|lodge\b|chalet|shack|igloo"),
    ("market", False, r"market|bazaar|fair\b|festival|carnival|square|plaza|piazza"),
    ("harbour", False, r"harbou?r|\bport\b|\bdock|quay|marina|pier|wharf|shipyard|jetty"),
    ("bridge", False, r"bridge|riverbank|river|canal|embankment"),
    ("coast", False, r"coast(?:al)? path|cliffs?(?:top)?\b|headland|\bbluffs?\b|moor\b|moorland|heath\b"),
    (
        "sea",
        False,
        r"open sea|high seas?|at sea\b|^(?:the )?(?:\w+ )?(?:sea|ocean)$|\bdeck\b|life ?boat|\braft\b|yacht"
        r"|^(?:\w+ )?(?:boat|ship|trawler|ferry)$|on (?:a|the) (?:boat|ship)",
    ),
    ("beach", False, r"lighthouse|beach|shore|sea\b|seaside|ocean|coast|island|bay\b|boat"),
    ("mountain", False, r"mountain|alps?\b|summit|ridge|valley|hill|glacier|lake|volcano|waterfall"),
    ("desert", False, r"desert|dune|sahara|canyon|mesa|wasteland|\bmoon\b|\bmars\b|planet"),
    ("forest", False, r"forest|wood|jungle|grove|swamp|camp"),
    ("garden", False, r"garden|greenhouse|courtyard|backyard|patio|swimming|\bpool\b|zoo\b"),
    ("field", False, r"field|farm|meadow|orchard|vineyard|prairie|countryside|country road|pasture"),
    ("park", False, r"park|path\b|cemetery|yard|playground|graveyard"),
    ("village", False, r"village|hamlet|cottage|suburb"),
    (
        "street",
        False,
        r"street|alley|avenue|road|city|town|crosswalk|corner|highway|downtown|sidewalk|parking",
    ),
    ("lantern", True, r"lamp ?room|lantern room|lighthouse"),
    ("room", True, r"room|apartment|flat\b|house|home|hotel|attic|loft|parlou?r|lounge|mansion|villa\b"),
    # What is indoors unless a heading says EXT.
    ("village", False, r"\bhouse|\bhome|mansion|villa\b|cabin|\bhut\b"),
    ("street", False, r"crossing|hotel|warehouse|apartment|shop\b|caf[eé]|school|office|museum|theat|cinema"),
)
# What a set is painted for only because none comes nearer: the plan says so.
LOOSE = re.compile(
    r"submarine|\bbus\b|plane\b|\btram\b|\bvan\b|truck|casino|morgue|dentist|ambulance|parliament|senate|observatory"
    r"|(?:locker|changing|engine|server|war) room|dance studio|\bforge\b|smithy|cinema|circus|backstage|\bmill\b|sewer"
    r"|vault|hangar|\bplant\b|temple|mosque|synagogue|ball ?room|pharmacy|hairdresser|salon|bank\b|police|newsroom"
    r"|pantry|laundry|lobby|stair|foyer|reception|igloo|attic|(?<!space )station|airport|terminal|platform"
)
# The rooms that are homes; any other "… room" is painted as one for want of its own set.
HOMELY = re.compile(
    r"(?:living|sitting|family|drawing|dining|guest|front|day|play|common)[- ]?room|apartment|flat\b|\bhouse|\bhome"
    r"|hotel|loft|parlou?r|lounge|mansion|villa"
    r"|^(?:the |a |an |\w+'s? )*(?:small |large |empty |dark |bright |bare |old |white |cosy |tiny |rented )?room$"
)
TIMES: tuple[tuple[TimeOfDay, str], ...] = (
    ("dawn", r"dawn|sunrise|early morning|daybreak"),
    ("dusk", r"dusk|twilight|sunset|evening|nightfall|blue hour"),
    ("golden", r"golden|late afternoon|magic hour"),
    ("night", r"night|midnight|moonlit"),
    ("day", r"day|morning|noon|afternoon|continuous|later"),
)
WEATHERS: tuple[tuple[Weather, str], ...] = (
    ("storm", r"\bstorm|thunder|lightning|tempest|hurricane"),
    ("rain", r"\brain|drizzl|downpour|umbrella|\bwet\b"),
    ("snow", r"snow|blizzard|frost|\bice\b"),
    ("fog", r"\bfog|mist\b|mists|misty|haz[ey]|smoky|thick smoke"),
    ("overcast", r"overcast|cloud|gr[ea]y sky|bleak"),
)
SEASONS: tuple[tuple[Season, str], ...] = (
    ("winter", r"winter|christmas|january|february|december"),
    ("spring", r"\bspring\b(?! in)|blossom|april\b|easter"),
    ("autumn", r"autumn|in the fall\b|\bfall -|october|november|fallen leaves|dead leaves|hallowe"),
    ("summer", r"summer|july\b|august\b|heat wave|heatwave"),
)
MOODS: tuple[tuple[Mood, str], ...] = (
    ("noir", r"\bnoir\b|detective|black and white|monochrome"),
    ("tense", r"tense|tension|danger|threat|ominous|fear|menac|chase|suspense"),
    ("dreamy", r"dream|reverie|memory|flashback|nostalg|hazy light"),
    ("joyful", r"joy|celebrat|party|laughter|festive|carnival|cheer"),
    ("cold", r"\bcold\b|icy|sterile|lonely|bleak|clinical"),
    ("warm", r"cosy|cozy|\bwarm|tender|candle|fireside|hearth"),
)
ELEMENTS: tuple[tuple[str, str], ...] = (
    ("crowd", r"crowd|busy|packed|bustl|people (?:pass|walk|hurry|everywhere)|audience|throng|commuters|passers"),
    ("fire", r"\bfire(?!f|w|m)\w*|fireplace|campfire|bonfire|hearth|flames"),
    ("traffic", r"traffic|cars pass|headlights"),
    ("lights", r"city lights|neon|lit windows|bokeh|street ?lights|fairy lights"),
    ("water", r"water|river|sea\b|waves|lake|canal"),
    ("birds", r"birds|gulls|crows|pigeons"),
    ("steam", r"steam"),
    ("blue hour", r"blue hour"),
    (
        "seated",
        r"\b(?:children|pupils|students|people|men|women|clerks|workers|reporters|journalists|colleagues|girls|boys"
        r"|kids|teenagers|everybody|everyone|staff|officers|agents|typists|analysts|traders)\b[^.!?]{0,40}?"
        r"\bat (?:their |the |small |long |old |wooden )*(?:desks|computers|screens|monitors|typewriters|tables)\b"
        r"|\b(?:full of|filled with|rows? of) (?:\w+ )?(?:children|pupils|students|clerks|reporters|colleagues)\b"
        r"|\b(?:pupils|schoolchildren)\b"
        r"|\bthe (?:whole )?class (?:laughs|listens|looks|stares|waits|is|giggles|turns|sits)\b",
    ),
)


def place_from_heading(heading: str, action: str = "") -> Place:
    """``EXT. ROOFTOP - NIGHT`` to a :class:`Place`. ``action`` may add weather, season, mood, what lives there and,
    where the heading names no set, the set. The seed depends on the place's name alone, so a place looks the same
    every time the film returns to it.
    """
    head, told = heading.strip().lower(), action.lower()
    inside, outside = _told(head)
    name, *others = _parts(heading)
    where = " ".join([name, *(one for one in others if _first(TIMES, one.lower()) is None)]).lower()
    kind, interior, known = _kind(where, told, inside, outside)
    both = f"{head} {told}"
    season = _first(SEASONS, both) or ""
    weather = _first(WEATHERS, both) or "clear"
    time = _first(TIMES, head) or _first(TIMES[:4], told) or "day"
    elements = tuple(element for element, pattern in ELEMENTS if re.search(pattern, both))
    seed = int.from_bytes(hashlib.sha256(name.lower().encode()).digest()[:4], "big")
    return Place(
        name=name, kind=kind, interior=interior, time_of_day=cast("TimeOfDay", time), weather=cast("Weather", weather),
        season=cast("Season", season), mood=cast("Mood", _first(MOODS, both) or "neutral"),
        elements=elements, seed=seed,
        stand_in="" if known else f"no set is known for {name[:60]!r}: it is painted as {_a(kind)}",
    )  # fmt: skip


def _first(words: tuple[tuple[str, str], ...], text: str) -> str | None:
    return next((word for word, pattern in words if re.search(pattern, text)), None)


def _told(head: str) -> tuple[bool, bool]:
    inside = re.match(r"\.?(int|i/e|int\./ext|int/ext)\b", head) is not None
    return inside, re.match(r"\.?ext\b", head) is not None


def _parts(heading: str) -> list[str]:
    """A heading without INT or EXT, cut at its dashes: ``HOUSE - KITCHEN - DAY``."""
    name = re.sub(r"^\.?(int\.?/ext|i/e|int|ext|est)[. ]+", "", heading.strip(), flags=re.IGNORECASE)
    first, *others = re.split(r"\s+[-–—]\s+", name)
    return [first.strip(" .") or "Somewhere", *others]


def _kind(name: str, action: str, inside: bool, outside: bool) -> tuple[str, bool, bool]:
    """The set, whether it is indoors, and whether it is what a word named rather than what comes nearest to it. INT and
    EXT win over what the name would suggest.
    """
    for text in (name, action):
        for kind, interior, pattern in KINDS:
            if not re.search(pattern, text) or (inside and not interior):
                continue
            if outside and interior:
                continue
            return kind, interior, not (interior and text == name and _nearly(kind, name))
    return ("room", True, False) if inside else ("street", False, False)


def _a(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def _nearly(kind: str, name: str) -> bool:
    """Whether an interior stands in for what its name says."""
    return LOOSE.search(name) is not None or (kind == "room" and HOMELY.search(name) is None)
