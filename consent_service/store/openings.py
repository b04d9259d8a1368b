"""Openings on Postgres, in memory for tests, and the read models as people agreed to them.

A row is AES-256-GCM under the subject's key, bound to its entry; the key is wrapped by the 32-byte vault key, bound to
its subject. Rows copied between entries or subjects do not open.
"""

import json
import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from consent_service.contract.erasure import EraseSubject
from consent_service.contract.methods import ListGrants
from consent_service.contract.private import Opened, open_terms
from consent_service.domain.flags import FlagNow
from consent_service.domain.grants import GrantNow
from consent_service.domain.parties import PartyNow
from consent_service.domain.ports import Lock, Views
from consent_service.domain.privacy import Vault
from consent_service.store.erasures import Erasures
from infra.eventlog.db import named_sql
from infra.eventlog.log import Event
from infra.eventlog.postgres import PgTransaction
from infra.kernel.canonical import canonical
from infra.kernel.crypto import seal, unseal

SQL = named_sql(Path(__file__).with_name("openings.sql"))


class PgVault:
    """Implements the ``Vault`` port. ``master`` (32 bytes) wraps the subjects' keys."""

    def __init__(self, master: bytes, erasures: Erasures) -> None:
        self._master, self._erasures = master, erasures

    def keep(self, tx: PgTransaction, *opened: Opened) -> None:
        if opened:
            keys = self._keys(tx, sorted({one.subject for one in opened}))
            rows = {
                "entries": [one.entry for one in opened],
                "subjects": [one.subject for one in opened],
                "sealed": [_sealed(keys[one.subject], one) for one in opened],
            }
            tx.conn.execute(SQL["keep"], rows)

    def find(self, tx: PgTransaction, entries: Sequence[str]) -> dict[str, Opened]:
        rows = tx.conn.execute(SQL["find"], {"entries": list(entries)}, binary=True) if entries else ()
        return {opened.entry: opened for opened in self._opened(rows)}

    def of_subject(self, tx: PgTransaction, subject: str) -> list[Opened]:
        return list(self._opened(tx.conn.execute(SQL["of_subject"], {"subject": subject}, binary=True)))

    def erase(self, tx: PgTransaction, command: EraseSubject) -> None:
        self._erasures.note(command)
        tx.conn.execute(SQL["erase"], {"subject": command.erasure.subject})

    def erasures(self) -> list[EraseSubject]:
        return self._erasures.all()

    def _keys(self, tx: PgTransaction, subjects: Sequence[str]) -> dict[str, bytes]:
        made = [seal(self._master, secrets.token_bytes(32), subject.encode()) for subject in subjects]
        tx.conn.execute(SQL["make_keys"], {"subjects": list(subjects), "wrapped": made})
        rows = tx.conn.execute(SQL["keys"], {"subjects": list(subjects)}, binary=True)
        return {subject: unseal(self._master, bytes(wrapped), subject.encode()) for subject, wrapped in rows}

    def _opened(self, rows: Iterable[tuple[Any, ...]]) -> Iterable[Opened]:
        for entry, subject, sealed, wrapped in rows:
            key = unseal(self._master, bytes(wrapped), subject.encode())
            yield Opened.model_validate(json.loads(unseal(key, bytes(sealed), entry.encode())))


class MemoryVault:
    """The ``Vault`` port in a dictionary, for tests."""

    def __init__(self) -> None:
        self._kept: dict[str, Opened] = {}
        self._erasures = Erasures()

    def keep(self, tx: Any, *opened: Opened) -> None:
        self._kept |= {one.entry: one for one in opened}

    def find(self, tx: Any, entries: Sequence[str]) -> dict[str, Opened]:
        return {entry: self._kept[entry] for entry in entries if entry in self._kept}

    def of_subject(self, tx: Any, subject: str) -> list[Opened]:
        return [one for _, one in sorted(self._kept.items()) if one.subject == subject]

    def erase(self, tx: Any, command: EraseSubject) -> None:
        self._erasures.note(command)
        gone = command.erasure.subject
        self._kept = {entry: one for entry, one in self._kept.items() if one.subject != gone}

    def erasures(self) -> list[EraseSubject]:
        return self._erasures.all()


class OpenedViews:
    """Implements the ``Views`` port over another: grants read without a lock have their texts, as far as they still
    open. Under a lock nothing that is judged depends on a text.
    """

    def __init__(self, inner: Views, vault: Vault) -> None:
        self._inner, self._vault = inner, vault

    def apply(self, tx: Any, events: Sequence[Event]) -> None:
        self._inner.apply(tx, events)

    def parties(self, tx: Any, handles: Sequence[str], *, lock: Lock = "none") -> dict[str, PartyNow]:
        return self._inner.parties(tx, handles, lock=lock)

    def grants(
        self, tx: Any, *, ids: Sequence[str] = (), subjects: Sequence[str] = (), lock: Lock = "none"
    ) -> list[GrantNow]:
        found = self._inner.grants(tx, ids=ids, subjects=subjects, lock=lock)
        return found if lock != "none" else self._open(tx, found)

    def page(self, tx: Any, query: ListGrants) -> list[GrantNow]:
        return self._open(tx, self._inner.page(tx, query))

    def flags(self, tx: Any, *, keys: Sequence[str] | None = None, lock: Lock = "none") -> dict[str, FlagNow]:
        return self._inner.flags(tx, keys=keys, lock=lock)

    def _open(self, tx: Any, grants: list[GrantNow]) -> list[GrantNow]:
        known = self._vault.find(tx, [grant.entry for grant in grants if grant.terms.commitments])
        return [_opened(grant, known[grant.entry]) if grant.entry in known else grant for grant in grants]


def _sealed(key: bytes, opened: Opened) -> bytes:
    return seal(key, canonical(opened.model_dump(mode="json")), opened.entry.encode())


def _opened(grant: GrantNow, known: Opened) -> GrantNow:
    return grant.model_copy(update={"terms": open_terms(grant.terms, known.values)})
