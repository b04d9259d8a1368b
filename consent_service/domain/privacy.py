"""What the ledger must not hold: the port of the erasable store, and the list of erasures kept outside the database."""

from collections.abc import Sequence
from typing import Any, Protocol

from consent_service.contract.erasure import EraseSubject
from consent_service.contract.ledger import Entries
from consent_service.contract.private import Opened
from consent_service.contract.subject_index import ProveSubject, SubjectEntries, SubjectProof


class Vault(Protocol):
    """Openings of ledger entries, each sealed under its subject's own key.

    Durability is the transaction's. After :meth:`erase` commits, nothing of the subject can be opened again, whatever
    was kept of the sealed rows.
    """

    def keep(self, tx: Any, *opened: Opened) -> None:
        """Keep the openings of entries; a subject's key is made with its first."""
        ...

    def find(self, tx: Any, entries: Sequence[str]) -> dict[str, Opened]:
        """The openings of those ``entries`` that have any, by entry id."""
        ...

    def of_subject(self, tx: Any, subject: str) -> list[Opened]:
        """Every opening of a subject, oldest entry first."""
        ...

    def erase(self, tx: Any, command: EraseSubject) -> None:
        """Note the request outside the database, then destroy the subject's key, its openings, and what decisions
        about it were asked. May be repeated.
        """
        ...

    def erasures(self) -> list[EraseSubject]:
        """Every erasure that was ever noted, oldest first, whatever the database knows of it."""
        ...


class SubjectHistories(Protocol):
    """Complete lists of what concerns a subject, with proofs. See :mod:`consent_service.contract.subject_index`."""

    def prove(self, query: ProveSubject) -> SubjectProof: ...
    def entries(self, query: SubjectEntries) -> Entries: ...
