"""What part of the ledger a pack is about: which entries match, and which others are needed to judge those. Pure.

An entry matches a query when each asked id stands in it as a quoted text: ids are random, so nothing else can look like
one, and anybody can repeat the search on the entry's bytes. With the matching entries come, whole, the streams they
belong to and the streams of the grants, parties and flags they name, so that every signature and every film among them
can be judged. Without ``complete`` nobody can see from a pack whether other entries match; with it, every entry of the
index range is in the pack, each proven to stand at its index, so that nothing between is missing.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from infra.kernel.errors import Invalid
from infra.kernel.rpc import Message
from infra.tlog.keyset import STREAM

_NAMED_STREAMS = ("grant-", "party-", "flag-")


class Scope(Message):
    """The question. Ids are handles (``prd_…``, ``grt_…``, ``sub_…``, ``prt_…``); ``start`` and ``end`` are indices,
    ``since`` and ``until`` times an entry states, ``end`` and ``until`` exclusive. Nothing set is the whole ledger.
    """

    production: str | None = None
    grant: str | None = None
    subject: str | None = None
    partner: str | None = None
    start: int | None = None
    end: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    complete: bool = False

    @property
    def query(self) -> dict[str, str]:
        """The ids asked for, by kind."""
        asked = {name: getattr(self, name) for name in ("production", "grant", "subject", "partner")}
        return {name: value for name, value in asked.items() if value is not None}


@dataclass(frozen=True)
class Selection:
    """The answer: indices in the pack; the range ``start`` to ``end``; how many in it match; whether it is complete."""

    indices: Sequence[int]
    start: int
    end: int
    query: dict[str, str]
    matched: int
    complete: bool

    def manifest(self) -> dict[str, Any]:
        """How the manifest states it."""
        return {
            "start": self.start, "end": self.end, "query": self.query, "matched": self.matched,
            "complete": self.complete,
        }  # fmt: skip


def select(entries: Sequence[bytes], scope: Scope, size: int | None = None) -> Selection:
    """The part of the ledger of the first ``size`` of ``entries`` (all by default) that ``scope`` asks for.

    Raises :class:`Invalid` (``consent.scope_empty``) when nothing matches.
    """
    size = len(entries) if size is None else size
    start, end = _range(entries, scope, size)
    found: Sequence[int] = range(start, end)
    if scope.query:
        found = [index for index in found if matches(entries[index], scope.query)]
    if not found:
        raise Invalid("consent.scope_empty", "no entry of the ledger matches", fix="check the ids and the range")
    whole = not scope.query or scope.complete
    if whole and (start, end) == (0, size):
        return Selection(range(size), start, end, scope.query, len(found), complete=True)
    wanted = set(range(start, end)) if whole else set(found)
    wanted |= _context(entries, wanted, size)
    return Selection(tuple(sorted(wanted)), start, end, scope.query, len(found), whole)


def matches(entry: bytes, query: dict[str, str]) -> bool:
    """Whether every asked id stands in the entry as a whole JSON text."""
    return all(json.dumps(value, ensure_ascii=False).encode() in entry for value in query.values())


def _range(entries: Sequence[bytes], scope: Scope, size: int) -> tuple[int, int]:
    """The smallest index range that holds every entry of the asked indices and times."""
    start = max(scope.start or 0, 0)
    end = size if scope.end is None else min(scope.end, size)
    if scope.since is None and scope.until is None:
        return start, max(end, start)
    inside = [index for index in range(start, end) if _within(entries[index], scope)]
    return (inside[0], inside[-1] + 1) if inside else (start, start)


def _within(entry: bytes, scope: Scope) -> bool:
    at = datetime.fromisoformat(json.loads(entry)["at"])
    return (scope.since is None or at >= scope.since) and (scope.until is None or at < scope.until)


def _context(entries: Sequence[bytes], wanted: set[int], size: int) -> set[int]:
    """The first entry (it names the log's key and rules), every change of the log's keys, and every entry of each
    stream that is in the pack or that an entry in the pack names.
    """
    streams: dict[str, list[int]] = {}
    for index in range(size):
        streams.setdefault(json.loads(entries[index])["stream"], []).append(index)
    found, waiting = {0, *streams.get(STREAM, ())}, list(wanted)
    while waiting:
        event = json.loads(entries[waiting.pop()])
        named = {prefix + text for text in _texts(event) for prefix in _NAMED_STREAMS} | {event["stream"]}
        for stream in named & streams.keys():
            new = set(streams.pop(stream)) - found
            found |= new
            waiting += new
    return found


def _texts(value: Any) -> set[str]:
    """Every text anywhere in a JSON value."""
    if isinstance(value, str):
        return {value}
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {text for item in items for text in _texts(item)}
