"""The read models of generation made again from its events: views, ties, and what may be used again.

What went with a key stays gone: of a production without its key only what is counted, timed or proven comes back.
Nothing here sends anything, makes a key or touches a blob.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, cast

from generation_service.domain import facts as f
from generation_service.domain.production import Production, evolve, ties_of
from generation_service.domain.views import view
from generation_service.usecases.account import forget, note_fact
from generation_service.usecases.desk import Desk, over, read_stored
from generation_service.usecases.purge import made_of, strike
from infra.eventlog.log import Event


class Tables(Protocol):
    """The tables behind the read models. What may be used again is a cache as much as a read model (parts of films lie
    in it under names that no event tells), so it is not emptied but ``trim``med to what the events still know of: the
    addresses by production.
    """

    def empty(self, tx: Any) -> None: ...
    def trim(self, tx: Any, known: Mapping[str, Collection[str]]) -> None: ...


@dataclass
class Replay:
    """:class:`~infra.eventlog.rebuild.ReadModels` of the generation service."""

    desk: Desk
    tables: Tables
    _running: dict[str, Production] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)

    def forget(self, tx: Any) -> None:
        self.tables.empty(tx)

    def apply(self, tx: Any, event: Event) -> None:
        """One fact, as the desk takes account of it when it happens."""
        production, books = event.stream, self.desk.books
        before = self._running.pop(production, None) or self.desk.load(tx, production, until=event.version - 1)
        fact = read_stored(event, books.keys.get(tx, production))
        if fact is None:
            self._running[production] = replace(before, version=event.version)
            return
        state = replace(evolve(before, fact), version=event.version)
        self._seen.add(production)
        if not isinstance(fact, f.LineDone) or _said(state, fact):
            note_fact(books, tx, state, cast("f.Fact", fact), event.at)
        if isinstance(fact, f.TakeDone) and fact.digest:
            books.takes.note(tx, state.planned.partner, fact.digest, production=production, sha256=fact.sha256)
        if isinstance(fact, f.LikenessPurged) and fact.film == "kept":
            strike(books, tx, production, made_of(before, fact), fact)
        if over(state):
            books.takes.forget(tx, production)
            forget(books, tx, production, state.state, event.at)
        if state.running:
            self._running[production] = state

    def finish(self, tx: Any) -> None:
        """The view and the ties of each production, once."""
        known = {}
        for production in sorted(self._seen):
            state = self.desk.load(tx, production)
            known[production] = {take.sha256 for take in state.takes.values()} | _parts(state)
            self.desk.books.index.put(tx, view(state))
            self.desk.books.ties.put(tx, production, ties_of(state))
        self.tables.trim(tx, known)
        self._running.clear()


def _parts(state: Production) -> set[str]:
    return {part for parts in state.sealed.parts.values() for part in parts} if state.sealed else set()


def _said(state: Production, line: f.LineDone) -> bool:
    """Whether the words of a line can still be read: without them nobody finds its sound again."""
    shot = next(shot for shot in state.planned.shots if shot.id == line.shot)
    return any(words.index == line.line and words.text for words in shot.lines)
