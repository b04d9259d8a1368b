"""What use cases need beside the event log. Every method runs inside the caller's transaction and commits with it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from generation_service.contract.methods import ListProductions, ProductionView
from generation_service.domain.shelf import History, Lines, Sources


class Keys(Protocol):
    """Data keys of productions, wrapped by the master key. Destroying one makes every object under it unreadable."""

    def create(self, tx: Any, production: str) -> None:
        """Make and keep a random 32-byte key, unless there is one."""
        ...

    def hold(self, tx: Any, production: str) -> bool:
        """Whether there is one; if so it is not destroyed before this transaction ends."""
        ...

    def get(self, tx: Any, production: str) -> bytes | None:
        """The key; None where none was made or it was destroyed."""
        ...

    def replace(self, tx: Any, production: str, key: bytes) -> None:
        """Put another 32-byte key in the place of the one there is: what only the old one opened is lost."""
        ...

    def destroy(self, tx: Any, production: str) -> None:
        """Forget the key for good. Repeating does nothing."""
        ...


class Index(Protocol):
    """The read model of productions: one row each, replaced whenever the production moves on."""

    def put(self, tx: Any, view: ProductionView) -> None: ...

    def page(self, tx: Any, query: ListProductions) -> tuple[list[ProductionView], bool]:
        """Newest first, and whether there are more."""
        ...

    def of_output(self, tx: Any, output: str) -> str | None:
        """The production a released output belongs to."""
        ...


class Takes(Protocol):
    """Where takes that may be used again lie, by digest. Only a hint: the bytes and their key must still be there."""

    def note(self, tx: Any, partner: str, digest: str, *, production: str, sha256: str) -> None: ...

    def find(self, tx: Any, partner: str, digest: str) -> tuple[str, str] | None:
        """(production, sha256) of the latest take with this digest whose production still has its key."""
        ...

    def forget(self, tx: Any, production: str, sha256s: Collection[str] | None = None) -> None:
        """Strike these takes of a production off the index; all of them when none are named."""
        ...


Tie = Literal["subject", "grant", "output", "film"]


class Ties(Protocol):
    """Which productions depend on whom: on a ``subject``, a ``grant``, or under what they came out (``output``: the
    SHA-256 of the film, ``film``: its id). Ties are never cut: what was erased must be found again to stay erased.
    """

    def put(self, tx: Any, production: str, ties: Iterable[tuple[Tie, str]]) -> None: ...

    def of(self, tx: Any, kind: Tie, ref: str) -> list[str]:
        """The productions tied to ``ref``, in a fixed order."""
        ...


class Progress(Protocol):
    """How far running shots have come, and how often a job was tried. Worth nothing after a crash."""

    def set(self, tx: Any, production: str, shot: str, fraction: float) -> None: ...

    def of(self, tx: Any, production: str) -> Mapping[str, float]: ...

    def clear(self, tx: Any, production: str) -> None: ...

    def attempt(self, tx: Any, job: str) -> int:
        """Count one more attempt of a job; the first is 1."""
        ...


@dataclass(frozen=True)
class Books:
    """The tables beside the event log."""

    keys: Keys
    index: Index
    takes: Takes
    progress: Progress
    ties: Ties
    lines: Lines
    history: History
    sources: Sources
