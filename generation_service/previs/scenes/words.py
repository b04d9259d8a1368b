"""From a scene heading to a place. Words decide; what no word decides is drawn from the heading's own digest."""

import hashlib
import re
from typing import Literal, cast

from generation_service.contract.shots import Place, TimeOfDay

KINDS: tuple[tuple[str, bool, str], ...] = (
    ("rooftop", False, r"roof|rooftop|terrace|skyline"),
    ("train", True, r"train|carriage|compartment|tram|metro|subway|bus\b|wagon"),
    ("car", True, r"\bcar\b|taxi|\bcab\b|van\b"),
    ("cafe", True, r"caf[eé]|coffee|bar\b|restaurant|diner|bistro|pub\b|bakery|tavern"),
    (
        "office",
        True,
        r"office|newsroom|meeting|conference|studio|\blab\b|laborator|bank|court|clinic|hospital|school|class",
    ),
    ("library", True, r"librar|archive|bookshop|museum"),
    ("kitchen", True, r"kitchen|pantry"),
    ("beach", False, r"lighthouse|beach|shore|sea\b|seaside|ocean|coast|harbou?r|pier|island|bay\b"),
    ("mountain", False, r"mountain|alps?\b|summit|ridge|valley|hill|cliff|glacier|lake"),
    ("desert", False, r"desert|dune|sahara|canyon|mesa"),
    ("forest", False, r"forest|wood|jungle|grove"),
    ("park", False, r"park|garden|meadow|field|farm|orchard|path\b|cemetery|yard"),
    (
        "street",
        False,
        r"street|alley|avenue|road|market|square|plaza|bridge|city|town|crosswalk|corner|village|platform",
    ),
    ("room", True, r"room|apartment|flat\b|house|home|hallway|corridor|hotel|attic|basement|loft|cabin"),
)
TIMES: tuple[tuple[TimeOfDay, str], ...] = (
    ("dawn", r"dawn|sunrise|early morning|daybreak"),
    ("dusk", r"dusk|twilight|sunset|evening|nightfall|blue hour"),
    ("golden", r"golden|late afternoon|magic hour"),
    ("night", r"night|midnight|moonlit"),
    ("day", r"day|morning|noon|afternoon|continuous|later"),
)
WEATHERS = (
    ("rain", r"\brain|storm|drizzl|downpour|umbrella|\bwet\b"),
    ("snow", r"snow|blizzard|frost|\bice\b|winter"),
    ("fog", r"\bfog|mist|haz[ey]|smok"),
    ("overcast", r"overcast|cloud|gr[ea]y sky|bleak"),
)
Weather = Literal["clear", "rain", "snow", "fog", "overcast"]


def place_from_heading(heading: str, action: str = "") -> Place:
    """``EXT. ROOFTOP - NIGHT`` to a :class:`Place`. ``action`` may add weather and, where the heading names no set, the
    set. The seed depends on the place's name alone, so a place looks the same every time the film returns to it.
    """
    head = heading.strip().lower()
    told_inside = re.match(r"\.?(int|i/e|int\./ext|int/ext)\b", head) is not None
    told_outside = re.match(r"\.?ext\b", head) is not None
    name = re.sub(r"^\.?(int\.?/ext|i/e|int|ext|est)[. ]+", "", heading.strip(), flags=re.IGNORECASE)
    name = re.split(r"\s+[-–—]\s+", name)[0].strip(" .") or "Somewhere"
    kind, interior = _kind(name.lower(), action.lower(), told_inside, told_outside)
    weather = next((w for w, pattern in WEATHERS if re.search(pattern, f"{head} {action.lower()}")), "clear")
    time = next((t for t, pattern in TIMES if re.search(pattern, head)), None)
    if time is None:
        time = next((t for t, pattern in TIMES[:4] if re.search(pattern, action.lower())), "day")
    seed = int.from_bytes(hashlib.sha256(name.lower().encode()).digest()[:4], "big")
    return Place(name=name, kind=kind, interior=interior, time_of_day=time, weather=cast("Weather", weather), seed=seed)


def _kind(name: str, action: str, inside: bool, outside: bool) -> tuple[str, bool]:
    """The set and whether it is indoors. INT and EXT win over what the name would suggest."""
    for text in (name, action):
        for kind, interior, pattern in KINDS:
            if not re.search(pattern, text):
                continue
            if inside and not interior:
                continue
            if outside and interior:
                return ("street", False)
            return kind, interior
    return ("room", True) if inside else ("street", False)
