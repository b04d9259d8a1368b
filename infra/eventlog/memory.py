"""The event log in memory, for tests: the same contract as Postgres, without durability.

One transaction runs at a time; what it wrote is merged at its end or dropped whole. It never touches a disk.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from infra.eventlog.envelope import seal
from infra.eventlog.log import Command, Event, NewEvent, OutboxMessage
from infra.eventlog.replayed import note_replay
from infra.kernel.canonical import canonical
from infra.kernel.errors import AssentError, Conflict

T = TypeVar("T")


@dataclass
class _State:
    """All that is stored. ``order`` holds event ids by position; ``answers`` what each command was told."""

    streams: dict[str, list[Event]] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    outbox: list[OutboxMessage] = field(default_factory=list)
    answers: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    consumed: set[str] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)

    def copy(self) -> "_State":
        return _State(
            {name: list(events) for name, events in self.streams.items()},
            list(self.order), list(self.outbox), dict(self.answers), set(self.consumed), set(self.ids),
        )  # fmt: skip


class MemoryTransaction:
    """One unit of work on a private copy of the state. Implements ``infra.eventlog.log.Transaction``."""

    def __init__(self, state: _State) -> None:
        self.state = state
        self.appended: list[Event] = []
        self.broken: Conflict | None = None

    def read(self, stream: str, *, after: int = 0) -> list[Event]:
        return [event for event in self.state.streams.get(stream, []) if event.version > after]

    def append(self, stream: str, *, expected_version: int, events: Sequence[NewEvent]) -> list[Event]:
        stored = self.state.streams.setdefault(stream, [])
        if len(stored) != expected_version:
            raise self._break("eventlog.version", "the stream moved on", stream=stream, expected=expected_version)
        sealed = [seal(new, stream, expected_version + n)[0] for n, new in enumerate(events, start=1)]
        for event in sealed:
            if event.id in self.state.ids:
                raise self._break("eventlog.event_id", "an event with this id is already stored", id=event.id)
            self.state.ids.add(event.id)
        stored.extend(sealed)
        self.appended.extend(sealed)
        return sealed

    def publish(self, message: OutboxMessage) -> None:
        self.state.outbox.append(message)

    def once(self, command_id: str, fingerprint: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        if command_id in self.state.answers:
            known, answer = self.state.answers[command_id]
            if known != fingerprint:
                raise self._break("eventlog.command_reused", "this id was used for another command", id=command_id)
            note_replay()
            return answer
        answer = work()
        canonical(answer)
        self.state.answers[command_id] = (fingerprint, answer)
        return answer

    def attempt(self, work: Callable[[], T]) -> T:
        state, appended = self.state.copy(), len(self.appended)
        try:
            return work()
        except AssentError:
            self.state, self.broken = state, None
            del self.appended[appended:]
            raise

    def first_time(self, event_id: str) -> bool:
        if event_id in self.state.consumed:
            return False
        self.state.consumed.add(event_id)
        return True

    def _break(self, code: str, detail: str, **info: Any) -> Conflict:
        self.broken = Conflict(code, detail, **info)
        return self.broken


class MemoryLog:
    """Implements ``infra.eventlog.log.Log``. ``outbox`` lists what was published, oldest first."""

    def __init__(self) -> None:
        self._state = _State()
        self._lock = threading.Lock()

    def run(self, work: Callable[[MemoryTransaction], T]) -> T:
        with self._lock:
            transaction = MemoryTransaction(self._state.copy())
            result = work(transaction)
            if transaction.broken:
                raise transaction.broken
            self._settle(transaction)
            self._state = transaction.state
            return result

    def append(
        self,
        stream: str,
        *,
        expected_version: int,
        events: Sequence[NewEvent],
        command: Command | None = None,
        also: Callable[[Any], None] | None = None,
    ) -> list[str]:
        def work(transaction: MemoryTransaction) -> dict[str, Any]:
            stored = transaction.append(stream, expected_version=expected_version, events=events)
            if also is not None:
                also(transaction)
            return {"entries": [event.id for event in stored]}

        def once(transaction: MemoryTransaction) -> dict[str, Any]:
            if command is None:
                return work(transaction)
            return transaction.once(command.id, command.fingerprint, lambda: work(transaction))

        return list(self.run(once)["entries"]) if events else []

    @property
    def outbox(self) -> list[OutboxMessage]:
        return list(self._state.outbox)

    def history(self, *, after: int = -1, limit: int = 1000) -> list[Event]:
        """Events with position > ``after`` in the global order, at most ``limit``."""
        by_id = {event.id: event for events in self._state.streams.values() for event in events}
        return [by_id[id_] for id_ in self._state.order[after + 1 : after + 1 + limit]]

    @staticmethod
    def _settle(transaction: MemoryTransaction) -> None:
        """Give every appended event its position, in the order of appending."""
        state = transaction.state
        for event in transaction.appended:
            stream = state.streams[event.stream]
            stream[event.version - 1] = replace(event, position=len(state.order))
            state.order.append(event.id)
