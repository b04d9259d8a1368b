"""The directory and the keyring on Postgres, always inside the transaction that appends the events."""

import secrets
from collections.abc import Sequence
from typing import Any

from identity_service.contract.methods import ListParties
from identity_service.domain import ASSET_ADDED, ASSETS_DELETED, CREATED
from infra.eventlog.log import Event, Transaction
from infra.kernel.crypto import seal, unseal
from infra.kernel.errors import NotFound

_PARTY = "INSERT INTO parties (id, kind, partner) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
_API_KEY = "INSERT INTO api_keys (sha256, party) VALUES (%s, %s) ON CONFLICT DO NOTHING"
_ASSET = "INSERT INTO assets (subject, sha256) VALUES (%s, %s) ON CONFLICT DO NOTHING"
_LISTED = """
SELECT id FROM parties
WHERE kind = %(kind)s AND (%(partner)s::text IS NULL OR partner = %(partner)s)
  AND (%(after)s::text IS NULL OR seq < (SELECT seq FROM parties WHERE id = %(after)s))
ORDER BY seq DESC LIMIT %(limit)s
"""
_LISTED_BEFORE = """
SELECT id FROM parties
WHERE kind = %(kind)s AND (%(partner)s::text IS NULL OR partner = %(partner)s)
  AND seq > (SELECT seq FROM parties WHERE id = %(before)s)
ORDER BY seq LIMIT %(limit)s
"""


def _conn(tx: Transaction) -> Any:
    """The psycopg connection a Postgres transaction runs on."""
    return tx.conn  # type: ignore[attr-defined]


class PostgresDirectory:
    """:class:`~identity_service.domain.Directory` in the tables of migration 001."""

    def apply(self, tx: Transaction, event: Event) -> None:
        party = event.stream.removeprefix("party-")
        if event.type == CREATED:
            _conn(tx).execute(_PARTY, (party, event.data["kind"], event.data["partner"]))
            if event.data["api_key_sha256"]:
                _conn(tx).execute(_API_KEY, (event.data["api_key_sha256"], party))
        elif event.type == ASSET_ADDED:
            _conn(tx).execute(_ASSET, (party, event.data["sha256"]))
        elif event.type == ASSETS_DELETED:
            gone = "DELETE FROM assets WHERE subject = %s AND sha256 = ANY(%s)"
            _conn(tx).execute(gone, (party, event.data["assets"]))

    def forget(self, tx: Transaction) -> None:
        for table in ("parties", "api_keys", "assets"):
            _conn(tx).execute(f"DELETE FROM {table}")  # noqa: S608 - names of this line

    def by_api_key(self, tx: Transaction, api_key_sha256: str) -> str | None:
        row = _conn(tx).execute("SELECT party FROM api_keys WHERE sha256 = %s", (api_key_sha256,)).fetchone()
        return None if row is None else str(row[0])

    def owner_of_asset(self, tx: Transaction, sha256: str, subjects: Sequence[str]) -> str | None:
        found = "SELECT subject FROM assets WHERE sha256 = %s AND subject = ANY(%s) LIMIT 1"
        row = _conn(tx).execute(found, (sha256, list(subjects))).fetchone()
        return None if row is None else str(row[0])

    def listed(self, tx: Transaction, query: ListParties, limit: int) -> list[str]:
        where = {**query.model_dump(), "limit": limit}
        statement = _LISTED if query.before is None else _LISTED_BEFORE
        return [str(row[0]) for row in _conn(tx).execute(statement, where)]


class PostgresKeyring:
    """:class:`~identity_service.domain.Keyring`: each key sealed by the 32-byte master key, bound to its owner."""

    def __init__(self, master: bytes) -> None:
        self._master = master

    def create(self, tx: Transaction, owner: str) -> bytes:
        key = secrets.token_bytes(32)
        wrapped = seal(self._master, key, owner.encode())
        _conn(tx).execute("INSERT INTO owner_keys (owner, wrapped) VALUES (%s, %s)", (owner, wrapped))
        return key

    def open(self, tx: Transaction, owner: str) -> bytes:
        row = _conn(tx).execute("SELECT wrapped FROM owner_keys WHERE owner = %s", (owner,)).fetchone()
        if row is None:
            raise NotFound("identity.erased", "this party's key was destroyed", id=owner)
        return unseal(self._master, bytes(row[0]), owner.encode())

    def destroy(self, tx: Transaction, owner: str) -> None:
        """The fingerprint of the command that made a party is a digest of the name: it goes with the key."""
        _conn(tx).execute("DELETE FROM owner_keys WHERE owner = %s", (owner,))
        _conn(tx).execute("DELETE FROM commands WHERE answer ->> 'id' = %s", (owner,))
