"""The directory on Postgres, built again from nothing, answers what it answered."""

from typing import Any, cast

import pytest

from identity_service.contract.methods import ListParties
from identity_service.rebuild import DirectoryModels
from identity_service.store.postgres import PostgresDirectory
from identity_service.usecases import Identity, Retention
from infra.blobs import BlobStore
from infra.eventlog.postgres import PgLog
from infra.eventlog.rebuild import rebuild
from tests.identity_service.conftest import Ledger
from tests.identity_service.test_erasure import erase, furnished
from tests.identity_service.test_usecases import asset, subject

TABLES = (
    "SELECT id, kind, partner, rank() OVER (ORDER BY seq) FROM parties ORDER BY seq",
    "SELECT sha256, party FROM api_keys ORDER BY 1",
    "SELECT subject, sha256 FROM assets ORDER BY 1, 2",
)


@pytest.mark.parametrize("identity", ["postgres"], indirect=True)
def test_everything_comes_back_as_it_was(identity: Identity, ledger: Ledger, blobs: BlobStore) -> None:
    who, digest = furnished(identity, blobs)
    other = subject(identity, command_id="another").id
    identity.add_asset(asset(other, command_id="face"))
    ledger.owed = {who: (digest,)}
    Retention(identity).run()
    erase(identity, other)

    def rows(tx: Any) -> list[Any]:
        return [tx.conn.execute(statement).fetchall() for statement in TABLES]

    before, listed = identity.log.run(rows), identity.list_parties(ListParties(kind="subject"))
    assert [len(table) for table in before] == [3, 1, 1]
    assert rebuild(cast("PgLog", identity.log), DirectoryModels(PostgresDirectory())) > 5
    assert identity.log.run(rows) == before
    assert identity.list_parties(ListParties(kind="subject")) == listed


def test_what_was_forgotten_is_not_found(identity: Identity, blobs: BlobStore) -> None:
    who, digest = furnished(identity, blobs)

    def owner(tx: Any) -> str | None:
        return identity.directory.owner_of_asset(tx, digest, [who])

    assert identity.log.run(owner) == who
    identity.log.run(identity.directory.forget)
    assert identity.log.run(owner) is None
