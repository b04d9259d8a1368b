"""The retention clock: what is due is deleted, the ledger is told, and a crash in between loses neither."""

import pytest

from consent_service.contract.retention import DueQuery
from identity_service.contract.methods import AddAsset, ListAssets, OpenAsset
from identity_service.usecases import Identity, Retention
from infra.blobs import BlobStore
from infra.kernel.crypto import b64u
from infra.kernel.errors import NotFound, Unavailable
from tests.identity_service.conftest import Ledger, Permits
from tests.identity_service.test_erasure import FILE, KEY, erase, furnished
from tests.identity_service.test_usecases import subject

OTHER = "cd" * 32


def test_what_is_due_goes_and_the_ledger_is_told(
    identity: Identity, ledger: Ledger, blobs: BlobStore, permits: Permits
) -> None:
    who, digest = furnished(identity, blobs)
    other = subject(identity, command_id="another").id
    ledger.owed = {who: (digest,), other: (OTHER,)}
    retention = Retention(identity)
    assert len(retention.due(DueQuery()).deletions) == 1
    done = retention.run().deleted
    assert {one.subject: one.assets for one in done} == {who: (digest,), other: (OTHER,)}
    assert sorted(one.ledger_index or 0 for one in done) == [41, 42]
    assert not blobs.exists("library", digest, KEY)
    assert identity.assets(ListAssets(subject=who)).assets == ()
    permits.tokens["good"] = {who: (digest,)}
    with pytest.raises(NotFound, match=r"identity\.unknown_asset"):
        identity.open_asset(OpenAsset(sha256=digest, permit="good"))
    assert retention.run().deleted == ()


def test_a_ledger_that_goes_away_is_told_at_the_next_turn(identity: Identity, ledger: Ledger, blobs: BlobStore) -> None:
    who, digest = furnished(identity, blobs)
    ledger.owed, ledger.fail_before = {who: (digest,)}, 1
    retention = Retention(identity)
    with pytest.raises(Unavailable):
        retention.run()
    assert not blobs.exists("library", digest, KEY)
    assert ledger.told == []
    retention.sweep()
    assert len(ledger.told) == 1
    events = identity.log.run(lambda tx: [event.type for event in tx.read(f"party-{who}")])
    assert events.count("identity.assets-deleted.v1") == 1


def test_a_sweep_outlives_a_ledger_that_is_away(identity: Identity, ledger: Ledger, blobs: BlobStore) -> None:
    who, digest = furnished(identity, blobs)
    ledger.owed, ledger.fail_before = {who: (digest,)}, 1
    Retention(identity).sweep()
    assert ledger.owed == {who: (digest,)}


def test_a_deleted_file_may_be_entered_again(identity: Identity, ledger: Ledger, blobs: BlobStore) -> None:
    who, digest = furnished(identity, blobs)
    ledger.owed = {who: (digest,)}
    Retention(identity).run()
    blobs.put("library", FILE, KEY)
    identity.add_asset(AddAsset(
        command_id="again", subject=who, kind="face", sha256=digest, media_type="image/png", data_key=b64u(KEY)
    ))  # fmt: skip
    assert [one.sha256 for one in identity.assets(ListAssets(subject=who)).assets] == [digest]


def test_files_of_an_erased_subject_are_only_reported(identity: Identity, ledger: Ledger, blobs: BlobStore) -> None:
    who, digest = furnished(identity, blobs)
    erase(identity, who)
    ledger.owed = {who: (digest,)}
    assert Retention(identity).run().deleted[0].ledger_index == 41
