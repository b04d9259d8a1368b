"""Finding words in what is spoken and shown. It compares text; it does not understand it: themes are declared.

Text and phrases are folded alike (Unicode NFKC, case folded, invisible characters dropped). In scripts that write
without spaces a phrase is found anywhere; elsewhere only at word borders, so that ``ass`` is not found in ``class``.
"""

import re
import unicodedata
from collections.abc import Iterable

_TOKEN = re.compile(r"\w+")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


def folded(text: str) -> str:
    """The form in which texts are compared."""
    visible = "".join(char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char) != "Cf")
    return visible.casefold()


def tokens(text: str) -> tuple[str, ...]:
    """The words of a text, folded."""
    return tuple(_TOKEN.findall(folded(text)))


def phrases_in(text: str, phrases: Iterable[str]) -> tuple[str, ...]:
    """Those ``phrases`` that occur in ``text``, in their given order."""
    spaced, plain = f" {' '.join(tokens(text))} ", folded(text)
    return tuple(phrase for phrase in phrases if _occurs(phrase, spaced, plain))


def words_outside(text: str, phrases: Iterable[str]) -> tuple[str, ...]:
    """Words of ``text`` that no phrase contains, each once, in order of first use."""
    known = {token for phrase in phrases for token in tokens(phrase)}
    return tuple(dict.fromkeys(token for token in tokens(text) if token not in known))


def _occurs(phrase: str, spaced: str, plain: str) -> bool:
    if _UNSPACED.search(phrase):
        return folded(phrase) in plain
    wanted = " ".join(tokens(phrase))
    return bool(wanted) and f" {wanted} " in spaced
