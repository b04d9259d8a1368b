"""The desk where a production moves on: load, decide, write, send. The service and the render worker share it.

Commit point: the transaction in :meth:`Desk.change`. It holds the facts, the jobs they ask for, the news for followers
and the read model together; before it nothing happened, after it all of it did. When a production ends early its key
is destroyed in the same transaction, so what was made of it is unreadable from then on; deleting the bytes follows
and may be lost in a crash without harm.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from generation_service.contract.jobs import PRODUCTION_CHANGED, QUEUE, ProductionChanged
from generation_service.domain import facts as f
from generation_service.domain.orders import Job, orders_for
from generation_service.domain.pace import Times
from generation_service.domain.ports import Books
from generation_service.domain.production import Production, evolve, fold, ties_of
from generation_service.domain.views import view
from generation_service.domain.words import with_words, without_words
from generation_service.usecases.account import forget, note_fact, with_known
from infra.blobs import BlobStore
from infra.eventlog.log import Event, Log, NewEvent
from infra.kernel.clock import Clock, parse_rfc3339, rfc3339
from infra.kernel.errors import Conflict
from infra.kernel.rpc import Message
from infra.messaging.events import event_message, job_message

AUDIO_QUEUE = "audio.jobs"
_ENDED = frozenset({"stopped", "failed", "cancelled", "purged"})
_ATTEMPTS = 8

Decide = Callable[[Production], Sequence[f.Fact]]
Also = Callable[[Any], None]


@dataclass(frozen=True)
class Desk:
    """What every use case works with."""

    log: Log
    books: Books
    blobs: BlobStore
    clock: Clock

    def load(self, tx: Any, production: str, *, until: int | None = None) -> Production:
        """The production from its events, with its words as long as its key opens them; as it was at version ``until``,
        if one is given.
        """
        events, key = tx.read(production), self.books.keys.get(tx, production)
        return fold(
            (event.version, event.type, with_words(event.data, key, f"{production}/{event.type}"))
            for event in events
            if until is None or event.version <= until
        )

    def timed(self, tx: Any, production: str) -> tuple[Production, Times]:
        """The production, and when each type of its events came first and last."""
        times: dict[str, tuple[datetime, datetime]] = {}
        for event in tx.read(production):
            times[event.type] = (times.get(event.type, (event.at, event.at))[0], event.at)
        return self.load(tx, production), times

    def state(self, production: str) -> Production:
        """The production as it stands; its ``plan`` is None when there is none."""
        return self.log.run(lambda tx: self.load(tx, production))

    def key(self, production: str) -> bytes | None:
        return self.log.run(lambda tx: self.books.keys.get(tx, production))

    def change(
        self, production: str, decide: Decide, *, event_id: str = "", command_id: str = "", also: Also | None = None
    ) -> Production:
        """Let ``decide`` add facts to a production; repeats when another writer was faster.

        With ``event_id`` a consumed event is dropped the second time; ``also`` writes what must commit with the facts,
        if there are any. Answers the state after the commit.
        """
        for attempt in range(_ATTEMPTS):
            try:
                state, waste = self.log.run(lambda tx: self._work(tx, production, decide, (event_id, command_id), also))
            except Conflict as error:
                if error.code != "eventlog.version" or attempt == _ATTEMPTS - 1:
                    raise
                continue
            self._sweep(waste)
            if waste.key is not None:
                self.sweep(production, waste.key)
            return state
        raise Conflict("eventlog.version", "the production kept moving on")

    def delete_all(self, state: Production, key: bytes | None = None) -> None:
        """Delete every object of a production under ``key`` (its own, where none is given)."""
        held = key or self.key(state.planned.production)
        if held is not None:
            self._sweep(_waste_of(state, held))

    def _work(
        self, tx: Any, production: str, decide: Decide, ids: tuple[str, str], also: Also | None = None
    ) -> tuple[Production, "_Waste"]:
        state = self.load(tx, production)
        if ids[0] and not tx.first_time(ids[0]):
            return state, _NO_WASTE
        decided = list(decide(state))
        if not decided:
            return state, _NO_WASTE
        now = parse_rfc3339(rfc3339(self.clock.now()))  # as the events will tell it
        if state.plan is None and isinstance(decided[0], f.Submitted):
            self.books.keys.create(tx, production)
        key = self.books.keys.get(tx, production)
        events = [NewEvent(f.type_of(x), _stored(x, production, key), at=now, command_id=ids[1]) for x in decided]
        tx.append(production, expected_version=state.version, events=events)
        if also is not None:
            also(tx)
        version = state.version
        for fact in decided:
            version += 1
            state = evolve(state, fact)
            note_fact(self.books, tx, state, fact, now)
            for asked in orders_for(state, fact):
                order = with_known(self.books, tx, state, asked)
                tx.publish(job_message(_queue_of(order), order, order.job))
        return self._settle(tx, Production(**{**vars(state), "version": version}), now)

    def _settle(self, tx: Any, state: Production, at: datetime) -> tuple[Production, "_Waste"]:
        plan, waste = state.planned, _NO_WASTE
        changed = ProductionChanged(
            production=plan.production, partner=plan.partner, version=state.version, state=state.state
        )
        tx.publish(event_message("generation", PRODUCTION_CHANGED, changed, at=at, subject=plan.production))
        if over(state):
            waste = _waste_of(state, self.books.keys.get(tx, plan.production))
            self.books.keys.destroy(tx, plan.production)
            self.books.takes.forget(tx, plan.production)
            self.books.sources.forget(tx, plan.production)
            state = self.load(tx, plan.production)  # as it reads from now on: without its words
            forget(self.books, tx, plan.production, state.state, at)
        if not state.running:
            self.books.progress.clear(tx, plan.production)
        self.books.index.put(tx, view(state))
        self.books.ties.put(tx, plan.production, ties_of(state))
        return state, waste

    def _sweep(self, waste: "_Waste") -> None:
        if waste.key is not None:
            for area, address in waste.objects:
                self.blobs.delete(area, address, waste.key)

    def sweep(self, production: str, key: bytes) -> None:
        """Delete whatever lies under the key of a production that is over without a film: also what a worker sealed
        after the end was recorded, or never got to report.
        """
        if self.key(production) is None:
            self.blobs.sweep(key)


@dataclass(frozen=True)
class _Waste:
    """Objects of a production that ended early, and the key that names them; it lives in this frame only."""

    objects: tuple[tuple[Any, str], ...] = ()
    key: bytes | None = None


_NO_WASTE = _Waste()


def _waste_of(state: Production, key: bytes | None) -> _Waste:
    objects = [("takes", line.sha256) for line in state.lines.values()]
    objects += [("takes", take.sha256) for take in state.takes.values()]
    if state.track:
        objects += [("takes", sha256) for sha256 in (state.track.sha256, *state.track.stems.values())]
    if state.sealed:
        objects += [(area, state.sealed.sha256) for area in ("quarantine", "released")]
        objects += [(area, state.sealed.contact_sheet) for area in ("quarantine", "released")]
        objects += [(area, file.sha256) for file in state.sealed.files for area in ("quarantine", "released")]
        objects += [("takes", part) for parts in state.sealed.parts.values() for part in parts]
    return _Waste(tuple(objects), key)


def over(state: Production) -> bool:
    """Whether nothing of a production may be opened any more: its key is destroyed when it gets here."""
    return state.state in _ENDED or any(purge.film == "deleted" for purge in state.purged)


def read_stored(event: Event, key: bytes | None) -> Message | None:
    """The fact of a stored event, with its words as far as ``key`` opens them; None for a type nobody knows here."""
    return f.read_fact(event.type, with_words(event.data, key, f"{event.stream}/{event.type}"))


def _stored(fact: f.Fact, production: str, key: bytes | None) -> dict[str, Any]:
    return without_words(fact.model_dump(mode="json"), key, f"{production}/{f.type_of(fact)}")


def _queue_of(order: Job) -> str:
    return QUEUE if order.kind in ("render", "assemble") else AUDIO_QUEUE
