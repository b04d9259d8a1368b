"""How a line is said, read from its parenthetical: emotion, pace and pitch, and how long it will probably take."""

import re

from audio_service.contract.speech import Style

_EMOTIONS: tuple[tuple[str, str], ...] = (
    ("whisper", r"whisper|under (his|her|their) breath|hushed|barely audible"),
    ("aside", r"to (my|him|her|them|it)sel(f|ves)|mutter|mumbl|murmur|under breath|sotto"),
    ("afraid", r"afraid|scared|frightened|terrified|trembl|nervous|panick"),
    ("shout", r"shout|yell|scream|calling|at the top of|bellow|roar"),
    ("sarcastic", r"sarcas|ironic|dry(ly)?\b|mocking|deadpan|wry"),
    ("angry", r"angr|furious|snap|bitter|irritat|cold(ly)?\b"),
    ("weary", r"weary|weari|tired|exhaust|yawn"),
    ("sad", r"sad|\bcry|crying|tear|sob|weep|griev|broken|quiet|heavy|heart"),
    ("excited", r"excit|laugh|giggl|chuckl|joy|thrill|delight|bright|eager|grin"),
    ("warm", r"warm|soft|gent|tender|kind|smil|fond|loving|calm"),
)
_RATES: tuple[tuple[float, str], ...] = (
    (0.85, r"slow|carefully|weary|tired"),
    (1.2, r"quick|fast|hurr|rush|breathless"),
)
_PITCHES: tuple[tuple[float, str], ...] = ((-2.0, r"\blow\b|deep"), (2.0, r"\bhigh\b|squeak"))
_SHAKING: tuple[tuple[str, str], ...] = (
    ("laughter", r"laugh|giggl|chuckl"), ("tears", r"\bcry|crying|tear(s|ful)|sob|weep"),
)  # fmt: skip
_PAUSE = re.compile(r"\b(a )?(long )?(beat|pause|silence)\b", re.IGNORECASE)

WORDS_PER_SECOND = 2.3
PAUSE_S = 0.7


def style_of(parenthetical: str) -> Style:
    """The delivery a parenthetical asks for; neutral where it names none."""
    text = parenthetical.lower()
    emotion = next((name for name, words in _EMOTIONS if re.search(words, text)), "neutral")
    rate = next((value for value, words in _RATES if re.search(words, text)), 1.0)
    pitch = next((value for value, words in _PITCHES if re.search(words, text)), 0.0)
    shaking = next((what for what, words in _SHAKING if re.search(words, text)), "")
    return Style.model_validate({"emotion": emotion, "rate": rate, "pitch": pitch, "shaking": shaking})


def is_pause(parenthetical: str) -> bool:
    """Whether a parenthetical is a silence and nothing else."""
    return _PAUSE.fullmatch(parenthetical.strip()) is not None


def pause_before(parenthetical: str) -> float:
    """Seconds of silence a ``(beat)`` or ``(pause)`` puts before a line."""
    found = _PAUSE.search(parenthetical)
    return 0.0 if found is None else PAUSE_S * (2 if found.group(2) else 1)


def estimated_seconds(text: str, style: Style) -> float:
    """A guess, on the long side, of how long a line takes to say; scripts without spaces count by letters."""
    words = max(len(text.split()), len(text) / 8)
    stops = len(re.findall(r"[.!?…,;:—]", text))
    return round((0.4 + words / WORDS_PER_SECOND + 0.15 * stops) / style.rate, 3)
