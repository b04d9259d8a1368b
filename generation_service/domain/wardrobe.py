"""From wardrobe in words to colours: ``a yellow oilskin coat over a grey shirt`` is yellow outside and grey inside."""

import re
from collections.abc import Sequence

COLOURS: tuple[tuple[str, str], ...] = (
    ("navy", "#22304f"), ("teal", "#2f6b6b"), ("turquoise", "#3fa39a"), ("olive", "#6b6b3a"), ("khaki", "#8f8355"),
    ("emerald", "#1f7a55"), ("mint", "#a9d8bd"), ("lime", "#9bbf3a"), ("sage", "#7f927f"), ("green", "#3f7a4a"),
    ("sky[- ]blue", "#7fb2d9"), ("light[- ]blue", "#8fb8da"), ("denim", "#4a6488"), ("indigo", "#46506e"),
    ("blue", "#34589a"), ("crimson", "#8f1f2f"), ("scarlet", "#b8242a"), ("burgundy|maroon|wine", "#6a2433"),
    ("brick", "#7a2f2b"), ("rust", "#9a4f2c"), ("red", "#b03034"), ("coral", "#e07a64"), ("pink|rose", "#d98aa4"),
    ("magenta|fuchsia", "#b03a82"), ("plum", "#7b4f66"), ("violet|purple", "#69458a"), ("lilac|lavender", "#a892c4"),
    ("mustard", "#c2942e"), ("gold|golden", "#c9a040"), ("ochre", "#b8732d"), ("yellow", "#e0b92e"),
    ("orange", "#d9772e"), ("tan|camel", "#b08a5c"), ("beige|sand", "#cdb893"), ("brown", "#6b4a34"),
    ("cream|ivory", "#efe6d2"), ("white", "#ecebe6"), ("silver", "#b4b9bf"), ("charcoal", "#3b3f4a"),
    ("grey|gray", "#7d8288"), ("black", "#23242a"),
)  # fmt: skip
_COLOUR = re.compile("|".join(rf"(?P<c{k}>\b(?:{words})\b)" for k, (words, _) in enumerate(COLOURS)), re.IGNORECASE)
_SHADE = re.compile(r"\b(dark|deep|pale|light|bright)[- ]$", re.IGNORECASE)
_MEANT = {"dark": (0.62, 0), "deep": (0.75, 0), "pale": (0.55, 255), "light": (0.65, 255), "bright": (1.0, 0)}


def palette_of(words: str, usual: Sequence[str]) -> tuple[str, ...]:
    """``#rrggbb`` of the outer and the inner garment. What no colour is said of stays as it is by habit; nothing is
    said of a subject's clothes where ``usual`` is empty.
    """
    if not usual:
        return ()
    found = []
    for match in _COLOUR.finditer(words):
        number = int((match.lastgroup or "c0")[1:])
        shade = _SHADE.search(words[: match.start()])
        found.append(_shaded(COLOURS[number][1], shade.group(1).lower() if shade else "bright"))
    return (*found[:2], *usual[len(found[:2]) :])


def _shaded(tone: str, shade: str) -> str:
    share, other = _MEANT[shade]
    parts = (int(tone[k : k + 2], 16) for k in (1, 3, 5))
    return "#" + "".join(f"{round(share * part + (1 - share) * other):02x}" for part in parts)
