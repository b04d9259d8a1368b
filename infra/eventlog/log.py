"""The event log's port: what a use case may do inside one transaction. Adapters: memory (tests) and Postgres.

Durability: when :meth:`Log.run` returns, the transaction is on disk. Retries: ``run`` repeats the whole work on a
lost connection or a serialisation failure, so ``work`` must be free of other side effects; a commit whose answer was
lost is found again by its command id. Errors: :class:`~infra.kernel.errors.Conflict` (``eventlog.version``) when the
stream moved on, :class:`~infra.kernel.errors.Unavailable` (``eventlog.unavailable``) when the store did not answer.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

from infra.kernel.ids import uuid7

T = TypeVar("T")


@dataclass(frozen=True)
class NewEvent:
    """An event to be written. ``type`` carries its version: ``consent.grant-recorded.v1``; ``data`` is JSON-safe."""

    type: str
    data: dict[str, Any]
    at: datetime
    actor: dict[str, str] = field(default_factory=lambda: {"kind": "service", "ref": "self"})
    command_id: str = ""
    signatures: tuple[dict[str, str], ...] = ()
    id: str = field(default_factory=uuid7)
    trace: str = ""


@dataclass(frozen=True)
class Event:
    """A stored event. ``version`` counts from 1 in its stream; ``position`` is the gapless global order from 0, or
    None while a sequencer has not assigned it yet.
    """

    id: str
    type: str
    stream: str
    version: int
    data: dict[str, Any]
    at: datetime
    actor: dict[str, str]
    command_id: str
    signatures: tuple[dict[str, str], ...] = ()
    trace: str = ""
    position: int | None = None


@dataclass(frozen=True)
class Command:
    """What a writer was asked. The same ``id`` with another ``fingerprint`` raises ``eventlog.command_reused``."""

    id: str
    fingerprint: str


@dataclass(frozen=True)
class OutboxMessage:
    """A message that leaves with the transaction. ``exchange`` "" and ``key`` = queue name sends a job."""

    exchange: str
    key: str
    body: dict[str, Any]
    id: str = field(default_factory=uuid7)
    headers: dict[str, str] = field(default_factory=dict)
    expires_ms: int | None = None


class Transaction(Protocol):
    """One unit of work. Nothing of it is visible to others before the commit at its end."""

    def read(self, stream: str, *, after: int = 0) -> list[Event]:
        """Events of a stream with version > ``after``, in order; an unknown stream is empty."""
        ...

    def append(self, stream: str, *, expected_version: int, events: Sequence[NewEvent]) -> list[Event]:
        """Write events at versions ``expected_version + 1 …``; raises Conflict when that version is taken."""
        ...

    def publish(self, message: OutboxMessage) -> None:
        """Put a message into the outbox."""
        ...

    def once(self, command_id: str, fingerprint: str, work: "Callable[[], dict[str, Any]]") -> dict[str, Any]:
        """Do ``work`` unless this command was answered before; then give the first answer again. The same id with
        another fingerprint raises Conflict (``eventlog.command_reused``).
        """
        ...

    def attempt(self, work: "Callable[[], T]") -> T:
        """Do ``work``; when it raises an :class:`AssentError`, what it wrote is dropped, and only that."""
        ...

    def first_time(self, event_id: str) -> bool:
        """Note a consumed event; False when it was consumed before (consumers drop repeats)."""
        ...


class Log(Protocol):
    """Where transactions come from."""

    def run(self, work: Callable[[Any], T]) -> T:
        """Run ``work(transaction)`` and commit; its value is returned only after the commit."""
        ...

    def append(
        self,
        stream: str,
        *,
        expected_version: int,
        events: Sequence[NewEvent],
        command: Command | None = None,
        also: Callable[[Any], None] | None = None,
    ) -> list[str]:
        """Append and commit in one go, together with what others append at this moment; the ids of the events.

        For events that need no question asked inside their transaction. A repeated ``command`` gets the first ids.
        ``also(transaction)`` adds rows that must commit with the events: it only writes, and may run more than once.
        """
        ...
