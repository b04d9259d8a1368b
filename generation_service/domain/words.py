"""The words of a production, kept out of the clear text of its events: dialogue, action, headings, how a voice sounded.
They lie sealed under the production's key inside the event itself, so that they die with that key, wherever copies of
the event log lie, while everything that is counted, timed or proven stays readable for ever.

Which values are words is told by their names, so a fact that grows a field of such a name hides it from the start.
Events that were written in the clear before stay as they are and still parse. Pure: no I/O.
"""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from infra.kernel.canonical import canonical
from infra.kernel.crypto import b64u, seal, unb64u, unseal
from infra.kernel.errors import Invalid

FIELD = "words_sealed"
"""The member of a stored fact with ``base64url(seal(key, JCS([[path, value], …])))``, bound to stream and type."""

_WORDS = frozenset(
    {
        "title", "heading", "action", "text", "parenthetical", "title_card", "identity", "wardrobe", "doing", "words",
        "phonemes", "similarity_before", "similarity_after", "before", "after", "says",
    }
)  # fmt: skip
_NAMED_BY_WORDS = ("place",)
_OPAQUE = frozenset({"decision", "checks", "measured"})
Path = tuple[str | int, ...]


def without_words(data: dict[str, Any], key: bytes | None, about: str) -> dict[str, Any]:
    """``data`` (a JSON object, left as it is) as it is stored: words emptied, and sealed beside the rest where there is
    a key. ``about`` is bound into the seal: the stream and the type.
    """
    found = list(_words(data, ()))
    if not found:
        return data
    told = deepcopy(data)
    for path, value in found:
        _put(told, path, _EMPTY[type(value)]())
    if key is not None:
        told[FIELD] = b64u(seal(key, canonical([[list(path), value] for path, value in found]), about.encode()))
    return dict(told)


def with_words(stored: dict[str, Any], key: bytes | None, about: str) -> dict[str, Any]:
    """``stored`` (left as it is) with its words back, as far as the key opens them; emptied where it does not."""
    if FIELD not in stored:
        return stored
    told = deepcopy({name: value for name, value in stored.items() if name != FIELD})
    if key is not None:
        try:
            words = json.loads(unseal(key, unb64u(stored[FIELD]), about.encode()))
        except Invalid:  # sealed under an earlier key of the production, which was destroyed on purpose
            return dict(told)
        for path, value in words:
            _put(told, tuple(path), value)
    return dict(told)


_EMPTY: dict[type, Any] = {str: str, list: list, float: lambda: None, int: lambda: None}


def _words(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, list):
        for n, item in enumerate(value):
            yield from _words(item, (*path, n))
    elif isinstance(value, dict):
        for name, item in value.items():
            if name in _OPAQUE:
                continue
            hides = name in _WORDS or (name == "name" and _named_by_words(value, path))
            if hides and item and type(item) in _EMPTY:
                yield (*path, name), item
            else:
                yield from _words(item, (*path, name))


def _named_by_words(value: dict[str, Any], path: Path) -> bool:
    """Whether the name of ``value`` is words of the script: a place's, or a thing's that the action points at."""
    of_thing = value.get("kind") == "prop" and len(path) > 1 and path[-2] == "entities"
    return of_thing or (bool(path) and path[-1] in _NAMED_BY_WORDS)


def _put(told: Any, path: Path, value: Any) -> None:
    for step in path[:-1]:
        told = told[step]
    told[path[-1]] = value
