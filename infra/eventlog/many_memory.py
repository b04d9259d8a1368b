"""Many commands in one transaction of the log in memory, for tests: the port of :mod:`infra.eventlog.many`.

Transactions of that log run one at a time, so a command is reserved by nature and nothing is ever raced.
"""

from collections.abc import Mapping, Sequence

from infra.eventlog.envelope import seal
from infra.eventlog.log import NewEvent
from infra.eventlog.many import Answered, Sealed
from infra.eventlog.memory import MemoryTransaction


class MemoryMany:
    """Implements ``infra.eventlog.many.Many``."""

    def reserve(self, tx: MemoryTransaction, commands: Sequence[str]) -> dict[str, Answered]:
        known = tx.state.answers
        return {command: Answered(*known[command]) for command in commands if command in known}

    def stored(self, tx: MemoryTransaction, events: Sequence[str]) -> set[str]:
        return tx.state.ids.intersection(events)

    def seal(self, tx: MemoryTransaction, new: NewEvent, stream: str, version: int) -> Sealed:
        return seal(new, stream, version)

    def write(self, tx: MemoryTransaction, events: Sequence[Sealed], answers: Mapping[str, Answered]) -> None:
        for event, _ in events:
            tx.state.streams.setdefault(event.stream, []).append(event)
            tx.state.ids.add(event.id)
            tx.appended.append(event)
        for command, one in answers.items():
            tx.state.answers[command] = (one.fingerprint, one.answer)
