"""Many commands in one transaction: what each would ask and write for itself, in a few statements for all.

The caller decides in memory between :meth:`Many.reserve` and :meth:`Many.write`. Commit point: that of the transaction.
Nothing is written before :meth:`Many.write`, so a command that the caller refuses leaves nothing behind.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from infra.eventlog.log import Event, NewEvent

RACED = "eventlog.raced"

Sealed = tuple[Event, bytes]
"""An event at its place, with its canonical bytes."""


@dataclass(frozen=True)
class Answered:
    """What a command was told, and the fingerprint it had."""

    fingerprint: str
    answer: dict[str, Any]


class Many(Protocol):
    """The set-based side of a transaction. ``tx`` is the running one of the same store.

    Durability and retries are the transaction's. Errors: those of ``Log.run``, and Conflict (:data:`RACED`) from
    :meth:`write` when somebody took a row in the same moment: the transaction is lost, and may be run again.
    """

    def reserve(self, tx: Any, commands: Sequence[str]) -> dict[str, Answered]:
        """Be the only transaction that answers these commands until the commit; the answers of those that have one."""
        ...

    def stored(self, tx: Any, events: Sequence[str]) -> set[str]:
        """Those of the event ids (UUIDs) that are taken."""
        ...

    def seal(self, tx: Any, new: NewEvent, stream: str, version: int) -> Sealed:
        """A new event with its bytes; raises what ``Transaction.append`` raises for one that cannot be stored."""
        ...

    def write(self, tx: Any, events: Sequence[Sealed], answers: Mapping[str, Answered]) -> None:
        """Store events, in order, and answers by command id."""
        ...
