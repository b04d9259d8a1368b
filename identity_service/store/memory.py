"""The directory and the keyring in memory, for tests of the use cases. They forget everything with the process."""

import secrets
from collections.abc import Sequence

from identity_service.contract.methods import ListParties
from identity_service.domain import ASSET_ADDED, ASSETS_DELETED, CREATED, Kind
from infra.eventlog.log import Event, Transaction
from infra.kernel.errors import NotFound


class MemoryDirectory:
    """:class:`~identity_service.domain.Directory` in dictionaries."""

    def __init__(self) -> None:
        self._parties: dict[str, tuple[Kind, str | None]] = {}
        self._keys: dict[str, str] = {}
        self._assets: set[tuple[str, str]] = set()

    def apply(self, tx: Transaction, event: Event) -> None:
        party = event.stream.removeprefix("party-")
        if event.type == CREATED:
            self._parties[party] = (event.data["kind"], event.data["partner"])
            if event.data["api_key_sha256"]:
                self._keys[event.data["api_key_sha256"]] = party
        elif event.type == ASSET_ADDED:
            self._assets.add((party, event.data["sha256"]))
        elif event.type == ASSETS_DELETED:
            self._assets -= {(party, sha256) for sha256 in event.data["assets"]}

    def forget(self, tx: Transaction) -> None:
        self._parties.clear()
        self._keys.clear()
        self._assets.clear()

    def by_api_key(self, tx: Transaction, api_key_sha256: str) -> str | None:
        return self._keys.get(api_key_sha256)

    def owner_of_asset(self, tx: Transaction, sha256: str, subjects: Sequence[str]) -> str | None:
        return next((who for who in subjects if (who, sha256) in self._assets), None)

    def listed(self, tx: Transaction, query: ListParties, limit: int) -> list[str]:
        oldest = [p for p, (k, of) in self._parties.items() if k == query.kind and query.partner in (None, of)]
        if query.before is not None:
            return oldest[oldest.index(query.before) + 1 :][:limit] if query.before in oldest else []
        newest = oldest[::-1]
        return newest[newest.index(query.after) + 1 if query.after in newest else 0 :][:limit]


class MemoryKeyring:
    """:class:`~identity_service.domain.Keyring` in a dictionary."""

    def __init__(self) -> None:
        self._keys: dict[str, bytes] = {}

    def create(self, tx: Transaction, owner: str) -> bytes:
        return self._keys.setdefault(owner, secrets.token_bytes(32))

    def open(self, tx: Transaction, owner: str) -> bytes:
        if owner not in self._keys:
            raise NotFound("identity.erased", "this party's key was destroyed", id=owner)
        return self._keys[owner]

    def destroy(self, tx: Transaction, owner: str) -> None:
        self._keys.pop(owner, None)
