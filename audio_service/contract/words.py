"""Finding what is meant by the words of a screenplay in a table of names and the words for each. Pure."""

import re
import unicodedata
from collections.abc import Mapping


def best_match(table: Mapping[str, tuple[str, ...]], words: str) -> str | None:
    """The name of ``table`` that ``words`` mean; None when none of them is known.

    A name said outright (all the parts of ``rain-tin``) wins over one that is only hinted at, a longer name over a
    shorter; then the one with more of its words; then the first of the table. Accents, case and endings do not count.
    """
    said = word_forms(words)

    def score(name: str) -> int:
        parts = set(name.split("-"))
        return len(said & set(table[name])) + (2 * len(parts) if parts <= said else 0)

    best = max(table, key=score)
    return best if score(best) else None


def word_forms(words: str) -> set[str]:
    """The words of a text in lower case without accents, each with what is left when a common ending is taken off."""
    flat = "".join(one for one in unicodedata.normalize("NFKD", words.lower()) if not unicodedata.combining(one))
    found: set[str] = set()
    for word in re.findall(r"[^\W_]+", flat):
        found.add(word)
        found |= {word.removesuffix(end) for end in ("s", "es", "ed", "ing") if word.endswith(end) and len(word) > 4}
        found.add(word.removesuffix("s"))
    return found
