"""Words of the screenwriter's trade: what a transition, an extension or a camera direction in the action means."""

import re
from typing import Any

from generation_service.contract.shots import Transition
from generation_service.domain.screenplay.model import Directive

_TRANSITIONS: tuple[tuple[Transition, str], ...] = (
    ("match", r"\bmatch\b"),
    ("dissolve", r"dissol"),
    ("wipe", r"\bwip"),
    ("fade", r"\bfad"),
)
_OFFSCREEN = re.compile(r"\b(?:V\.?\s?O|O\.?\s?S|O\.?\s?C)\b|OFF|PHONE|RADIO|FILTERED", re.IGNORECASE)

SIZE_WORDS: tuple[tuple[str, str], ...] = (
    ("ECU", r"extreme close|\becu\b|macro shot|detail of"),
    ("MCU", r"medium close|\bmcu\b|chest.up|head and shoulders"),
    ("CU", r"close[- ]?up|\bcu\b|close on\b|tight on\b|^insert\b|\binsert ?[-:–—]"),
    ("EWS", r"extreme wide|extreme long|\bews\b|aerial|vista|establishing|bird'?s.eye|drone shot"),
    ("WS", r"wide shot|wide on\b|\bwide(?: angle)?:|long shot|full shot|\bws\b|\bwide view|^wide\b"),
    ("MS", r"medium shot|mid shot|\bms\b|waist.up|two.shot|cowboy"),
)
ANGLE_WORDS: tuple[tuple[str, str], ...] = (
    ("low", r"low[- ]angle|from below|worm'?s.eye"),
    ("high", r"high[- ]angle|looking down on|from above"),
    ("dutch", r"dutch|canted|tilted frame"),
    ("overhead", r"overhead|bird'?s.eye|top.down|straight down"),
)
CAMERA_WORDS: tuple[tuple[str, str], ...] = (
    ("dolly-in", r"dolly(?:ing|s)? in|track(?:ing|s)? in"),
    ("dolly-out", r"dolly(?:ing|s)? (?:out|back)|track(?:ing|s)? (?:out|back)"),
    ("dolly-left", r"(?:dolly|track|truck)(?:ing|s)? left"),
    ("dolly-right", r"(?:dolly|track|truck)(?:ing|s)? right|tracking shot|camera follows|dolly shot"),
    ("push-in", r"push(?:es|ing)?[- ]in|zoom(?:s|ing)? in|camera (?:moves|creeps) in|slow push"),
    ("pull-out", r"pull(?:s|ing)?[- ](?:out|back)|zoom(?:s|ing)? out|camera (?:moves|draws) back"),
    ("pan-left", r"pan(?:s|ning)?(?: slowly)? (?:to the )?left"),
    ("pan-right", r"pan(?:s|ning)?(?: slowly)? (?:to the )?right|\bpan(?:s|ning)? (?:across|over)|slow pan"),
    ("tilt-up", r"tilt(?:s|ing)?(?: slowly)? up|crane up"),
    ("tilt-down", r"tilt(?:s|ing)?(?: slowly)? down|crane down"),
    ("handheld", r"hand-?held|shaky"),
    ("static", r"static shot|locked.off|camera (?:is |stays )?still"),
)
_TABLES = {
    "size": [(name, re.compile(words, re.IGNORECASE)) for name, words in SIZE_WORDS],
    "angle": [(name, re.compile(words, re.IGNORECASE)) for name, words in ANGLE_WORDS],
    "camera": [(name, re.compile(words, re.IGNORECASE)) for name, words in CAMERA_WORDS],
}
_LOOKED_AT = 4_000
_BETWEEN = re.compile(r"\s*([,;:])(?:\s*[,;:])+")
_BEFORE = re.compile(r"^(?:[\s,;:–—-]+|of\s+(?=\w))+", re.IGNORECASE)


def transition_of(text: str) -> Transition:
    """The kind of a transition such as ``SMASH CUT TO:`` or ``DISSOLVE TO:``; what is not known is a cut."""
    return next((kind for kind, words in _TRANSITIONS if re.search(words, text, re.IGNORECASE)), "cut")


def is_offscreen(extension: str) -> bool:
    """Whether a cue's extension means that the voice is heard and nobody is seen."""
    return _OFFSCREEN.search(extension) is not None


def camera_words(text: str) -> Directive:
    """The size, angle and move that words such as ``CLOSE ON the kettle`` or ``low angle, tracking left`` ask for."""
    text = text[:_LOOKED_AT]
    said: dict[str, Any] = {}
    for field, table in _TABLES.items():
        found = next((name for name, pattern in table if pattern.search(text)), None)
        if found:
            said[field] = found
    return Directive(**said)


def without_camera_words(text: str) -> str:
    """The text without those words, for what is to be looked at rather than how; nor the commas they stood between."""
    for table in _TABLES.values():
        for _, pattern in table:
            text = pattern.sub(" ", text)
    return _BEFORE.sub("", _BETWEEN.sub(r"\1", " ".join(text.split())))
